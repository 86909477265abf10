//! How alike two patches of skin are: colour, lightness and grain.

use palette::color_difference::Ciede2000;
use palette::{Lab, white_point::D65};
use rustfft::FftPlanner;
use rustfft::num_complex::Complex;
use smp_visualizer::engine::color::{lab_from_linear, linear_from_rgb8};
use smp_visualizer::engine::image::{Photo, Rect};

/// Rings of a spectrum, each as far from the next in the logarithm of its
/// frequency: from one and a half cycles per patch to the finest there is.
const RINGS: usize = 10;
/// Coarsest frequency looked at, cycles per patch: below it is the light's own
/// fall across the patch.
const COARSEST: f64 = 1.5;
/// Added to every power, (L*)² per cell: the noise of rounding to 8 bits, so
/// that an empty ring of a flat patch is no infinity.
const LEAST_POWER: f64 = 1e-3;

/// What is compared of a patch.
#[derive(Debug, Clone)]
pub(crate) struct Patch {
    /// CIELAB of its mean in linear light.
    pub(crate) mean_lab: [f64; 3],
    /// Every pixel's L*, ascending.
    lightness: Vec<f64>,
    /// Power of L* by frequency, dB: [`RINGS`] of them, coarse to fine.
    pub(crate) spectrum_db: Vec<f64>,
}

/// Three distances between patches.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Distance {
    /// CIEDE2000 of their means.
    pub(crate) delta_e: f64,
    /// Earth mover's distance of L* in one dimension.
    pub(crate) mover: f64,
    /// Root mean square of the difference of their log spectra, dB.
    pub(crate) spectrum_db: f64,
}

impl Distance {
    /// The mean of two.
    pub(crate) fn mean(self, other: Self) -> Self {
        Self {
            delta_e: 0.5 * (self.delta_e + other.delta_e),
            mover: 0.5 * (self.mover + other.mover),
            spectrum_db: 0.5 * (self.spectrum_db + other.spectrum_db),
        }
    }
}

impl Patch {
    /// The part of `photo` in `rect`, which must lie within it and be at least
    /// 8 px wide and high.
    pub(crate) fn new(photo: &Photo, rect: Rect) -> Self {
        let rows = rect.y..rect.bottom();
        let pixels = rows.flat_map(|y| (rect.x..rect.right()).map(move |x| (x, y)));
        let linear: Vec<[f64; 3]> = pixels
            .filter_map(|(x, y)| photo.pixel(x, y))
            .map(|[r, g, b, _]| linear_from_rgb8([r, g, b]))
            .collect();
        let count = linear.len().max(1) as f64;
        let mean = |channel: usize| linear.iter().map(|p| p[channel]).sum::<f64>() / count;
        let light: Vec<f64> = linear.iter().map(|p| lab_from_linear(*p)[0]).collect();
        let spectrum_db = spectrum_db(&light, rect.width as usize);
        let mut lightness = light;
        lightness.sort_by(f64::total_cmp);
        Self {
            mean_lab: lab_from_linear([mean(0), mean(1), mean(2)]),
            lightness,
            spectrum_db,
        }
    }

    /// How far another patch is off; both of the same size.
    pub(crate) fn distance(&self, other: &Self) -> Distance {
        let lab = |[l, a, b]: [f64; 3]| Lab::<D65, f64>::new(l, a, b);
        let pairs = self.lightness.iter().zip(&other.lightness);
        let moved: f64 = pairs.map(|(a, b)| (a - b).abs()).sum();
        let rings = self.spectrum_db.iter().zip(&other.spectrum_db);
        let squares: f64 = rings.map(|(a, b)| (a - b) * (a - b)).sum();
        Distance {
            delta_e: lab(self.mean_lab).difference(lab(other.mean_lab)),
            mover: moved / self.lightness.len().max(1) as f64,
            spectrum_db: (squares / self.spectrum_db.len().max(1) as f64).sqrt(),
        }
    }
}

/// The radial power spectrum of a picture's L*, dB per ring, after the plane
/// that fits it best is taken away: a patch lies in a gradient of light.
fn spectrum_db(light: &[f64], width: usize) -> Vec<f64> {
    let height = light.len() / width.max(1);
    let flat = without_plane(light, width);
    let window = |i: usize, n: usize| {
        let phase = std::f64::consts::TAU * (i as f64 + 0.5) / n as f64;
        0.5 - 0.5 * libm::cos(phase)
    };
    let mut cells: Vec<Complex<f64>> = flat
        .iter()
        .enumerate()
        .map(|(i, v)| {
            Complex::new(
                v * window(i % width, width) * window(i / width, height),
                0.0,
            )
        })
        .collect();
    transform(&mut cells, width);
    let mut cells = transposed(&cells, width);
    transform(&mut cells, height);
    let size = width.min(height) as f64;
    let finest = size / 2.0;
    let cycles = |i: usize, n: usize| {
        let i = i as f64;
        i.min(n as f64 - i) * size / n as f64
    };
    let (mut power, mut count) = (vec![0.0; RINGS], vec![0.0; RINGS]);
    for (i, cell) in cells.iter().enumerate() {
        let (down, across) = (cycles(i % height, height), cycles(i / height, width));
        let frequency = libm::hypot(down, across);
        let way = libm::log(frequency / COARSEST) / libm::log(finest / COARSEST);
        if (0.0..1.0).contains(&way) {
            let ring = (way * RINGS as f64) as usize;
            power[ring] += cell.norm_sqr();
            count[ring] += 1.0;
        }
    }
    let cells = (width * height) as f64;
    power
        .iter()
        .zip(&count)
        .filter(|(_, count)| **count > 0.0)
        .map(|(power, count)| 10.0 * libm::log10(power / count / cells + LEAST_POWER))
        .collect()
}

fn without_plane(light: &[f64], width: usize) -> Vec<f64> {
    let height = light.len() / width.max(1);
    let at = |i: usize| {
        let (x, y) = ((i % width) as f64, (i / width) as f64);
        (
            x - (width as f64 - 1.0) / 2.0,
            y - (height as f64 - 1.0) / 2.0,
        )
    };
    let mean = light.iter().sum::<f64>() / light.len().max(1) as f64;
    // On a grid about its middle the two slopes do not know of each other.
    let (mut sx, mut sy, mut xx, mut yy) = (0.0, 0.0, 0.0, 0.0);
    for (i, v) in light.iter().enumerate() {
        let (x, y) = at(i);
        sx += x * (v - mean);
        sy += y * (v - mean);
        xx += x * x;
        yy += y * y;
    }
    let (slope_x, slope_y) = (sx / f64::max(xx, 1e-9), sy / f64::max(yy, 1e-9));
    let flat = light.iter().enumerate().map(|(i, v)| {
        let (x, y) = at(i);
        v - mean - slope_x * x - slope_y * y
    });
    flat.collect()
}

/// Fourier transform of each row.
fn transform(cells: &mut [Complex<f64>], width: usize) {
    FftPlanner::new().plan_fft_forward(width).process(cells);
}

fn transposed(cells: &[Complex<f64>], width: usize) -> Vec<Complex<f64>> {
    let height = cells.len() / width.max(1);
    let at = |i: usize| cells.get((i % height) * width + i / height).copied();
    (0..cells.len()).filter_map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(value: impl Fn(u32, u32) -> u8) -> Patch {
        let bytes = (0..64 * 64).flat_map(|i| {
            let v = value(i % 64, i / 64);
            [v, v, v, 255]
        });
        let photo = Photo::new(64, 64, bytes.collect()).unwrap();
        Patch::new(&photo, photo.rect())
    }

    #[test]
    fn like_patches_are_no_way_apart_and_steps_are_as_far_as_they_are() {
        let a = patch(|x, y| 120 + (x * 7 + y * 13) as u8 % 10);
        let same = a.distance(&a);
        assert_eq!(
            (same.delta_e, same.mover, same.spectrum_db),
            (0.0, 0.0, 0.0)
        );
        let b = patch(|x, y| 130 + (x * 7 + y * 13) as u8 % 10);
        let step = a.distance(&b);
        assert!((3.0..5.0).contains(&step.mover), "{step:?}");
        assert!((2.0..5.0).contains(&step.delta_e), "{step:?}");
        assert!(step.spectrum_db < 0.5, "{step:?}");
    }

    #[test]
    fn waves_stand_in_the_ring_of_their_frequency_and_slopes_in_none() {
        let slope = patch(|x, y| (60 + x + y) as u8);
        let flat = patch(|_, _| 100);
        assert!(slope.distance(&flat).spectrum_db < 12.0);
        let wave = patch(|x, _| if x % 4 < 2 { 90 } else { 110 });
        // 16 cycles of 64 px.
        let ring =
            (libm::log(16.0 / COARSEST) / libm::log(32.0 / COARSEST) * RINGS as f64) as usize;
        let loudest =
            (0..RINGS).max_by(|a, b| wave.spectrum_db[*a].total_cmp(&wave.spectrum_db[*b]));
        assert_eq!(loudest, Some(ring));
    }
}
