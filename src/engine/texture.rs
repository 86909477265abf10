//! How grainy skin is, band by band: what shaved hair and impressions differ
//! from bare skin by, besides their colour.

use super::color::{LINEAR_FROM_SRGB8, luminance};
use super::image::{Photo, Rect};

/// Standard deviations of the blurs between which a band lies, px, fine to
/// coarse: the first is of all that is finer than the second.
pub const BLURS_PX: [f64; 5] = [0.0, 0.7, 1.4, 2.8, 5.6];
/// Bands.
pub const BANDS: usize = BLURS_PX.len() - 1;
/// A patch is at least so many times as wide as a band's coarser blur, or says
/// nothing of it.
const WIDE: f64 = 4.0;
/// Smallest patch, px.
const LEAST_SIDE_PX: u32 = 8;

/// Grain below which nothing is seen: of a quarter of a level in the middle
/// greys.
pub(super) const LEAST_GRAIN: f64 = 4e-6;

/// What matters of a patch of skin, with hair or without.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Texture {
    /// Mean colour, linear light, 0–1.
    pub mean_linear: [f64; 3],
    /// Variance of the luminance in each band, as a share of the mean's square;
    /// none where the patch is too small for it.
    pub grain: [Option<f64>; BANDS],
}

impl Texture {
    /// How grainy it is in all: the geometric mean of its three finest bands; 1
    /// where it says nothing of them.
    #[must_use]
    pub fn roughness(&self) -> f64 {
        let known: Vec<f64> = self.grain.iter().take(3).flatten().copied().collect();
        let logs: f64 = known
            .iter()
            .map(|grain| libm::log(grain + LEAST_GRAIN))
            .sum();
        libm::exp(logs / known.len().max(1) as f64)
    }
}

/// Reads a part of a photo; none where it is not all in the photo, or less than
/// 8 px wide or high.
#[must_use]
#[inline(never)]
pub fn texture(photo: &Photo, rect: Rect) -> Option<Texture> {
    let side = rect.width.min(rect.height);
    if rect.intersect(photo.rect()) != rect || side < LEAST_SIDE_PX {
        return None;
    }
    let mean_linear = photo.mean_linear(rect)?;
    let light = |x: u32, y: u32| {
        let [r, g, b, _] = photo.pixel(x, y).unwrap_or_default();
        luminance([r, g, b].map(|v| LINEAR_FROM_SRGB8[usize::from(v)]))
    };
    let pixels = (rect.y..rect.bottom()).flat_map(|y| (rect.x..rect.right()).map(move |x| (x, y)));
    let mut finer: Vec<f64> = pixels.map(|(x, y)| light(x, y)).collect();
    let mean = luminance(mean_linear).max(1e-6);
    let width = rect.width as usize;
    let mut grain = [None; BANDS];
    for (band, blurs) in grain.iter_mut().zip(BLURS_PX.windows(2)) {
        if f64::from(side) < WIDE * blurs[1] {
            break;
        }
        // From the blur before to the next one: variances add up.
        let step = (blurs[1] * blurs[1] - blurs[0] * blurs[0]).sqrt();
        let coarser = blurred(&finer, width, step);
        let squares = finer.iter().zip(&coarser).map(|(a, b)| (a - b) * (a - b));
        *band = Some(squares.sum::<f64>() / finer.len() as f64 / (mean * mean));
        finer = coarser;
    }
    Some(Texture { mean_linear, grain })
}

/// Blurred by a Gaussian, the picture mirrored at its edges.
#[inline(never)]
fn blurred(light: &[f64], width: usize, sigma_px: f64) -> Vec<f64> {
    let height = light.len() / width.max(1);
    let across = turned(&rows_blurred(light, width, sigma_px), width);
    turned(&rows_blurred(&across, height, sigma_px), height)
}

#[inline(never)]
fn rows_blurred(light: &[f64], width: usize, sigma_px: f64) -> Vec<f64> {
    let reach = (3.0 * sigma_px).ceil() as isize;
    let weights: Vec<f64> = (-reach..=reach)
        .map(|d| libm::exp(-0.5 * (d * d) as f64 / (sigma_px * sigma_px)))
        .collect();
    let whole: f64 = weights.iter().sum();
    let last = width as isize - 1;
    let mirrored = |x: isize| {
        let inside = if x < 0 { -x } else { x.min(2 * last - x) };
        inside.clamp(0, last) as usize
    };
    let mut out = vec![0.0; light.len()];
    // A row and what is mirrored beside it: most of the time goes here, and it goes
    // fastest weight by weight.
    let mut wide: Vec<f64> = Vec::with_capacity(width + weights.len());
    let rows = light.chunks_exact(width.max(1));
    for (row, out) in rows.zip(out.chunks_exact_mut(width.max(1))) {
        wide.clear();
        let columns = (-reach..=last + reach).map(mirrored);
        wide.extend(columns.filter_map(|x| row.get(x).copied()));
        for (weight, light) in weights.iter().zip(wide.windows(width)) {
            let sums = out.iter_mut().zip(light);
            sums.for_each(|(sum, light)| *sum += weight * light);
        }
        out.iter_mut().for_each(|sum| *sum /= whole);
    }
    out
}

/// Rows for columns.
#[inline(never)]
fn turned(light: &[f64], width: usize) -> Vec<f64> {
    let height = light.len() / width.max(1);
    let at = |i: usize| light.get((i % height) * width + i / height).copied();
    (0..light.len()).filter_map(at).collect()
}

/// Variance in each band of Gaussian spots of unit sum strewn at random, one to
/// a pixel, each with that variance, px².
#[must_use]
#[inline(never)]
pub fn grain_of_spots(variance_px2: f64) -> [f64; BANDS] {
    const PI: f64 = core::f64::consts::PI;
    per_band(|a, b| {
        let (a, b) = (variance_px2 + a, variance_px2 + b);
        1.0 / (4.0 * PI * a) + 1.0 / (4.0 * PI * b) - 1.0 / (PI * (a + b))
    })
}

/// Variance in each band of a field of variance 1 whose correlation falls as a
/// Gaussian of standard deviation `reach_px`, blurred by that variance, px².
#[must_use]
#[inline(never)]
pub fn grain_of_noise(reach_px: f64, blur_px2: f64) -> [f64; BANDS] {
    let square = reach_px * reach_px;
    per_band(|a, b| {
        let (a, b) = (blur_px2 + a, blur_px2 + b);
        square * (1.0 / (square + 2.0 * a) + 1.0 / (square + 2.0 * b) - 2.0 / (square + a + b))
    })
}

/// For each band the variances, px², of the blurs around it.
fn per_band(of: impl Fn(f64, f64) -> f64) -> [f64; BANDS] {
    std::array::from_fn(|i| {
        let variance = |i: usize| BLURS_PX.get(i).map_or(0.0, |blur| blur * blur);
        of(variance(i), variance(i + 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::rng::Stream;

    /// Grey skin of linear light 0.2, with that much more or less at each pixel.
    fn skin(more: &[f64], width: u32) -> Photo {
        let bytes = more.iter().flat_map(|more| {
            let v = crate::engine::color::srgb8_from_linear(0.2 * (1.0 + more));
            [v, v, v, 255]
        });
        let height = more.len() as u32 / width;
        Photo::new(width, height, bytes.collect()).unwrap()
    }

    fn read(more: &[f64], width: u32) -> [f64; BANDS] {
        let photo = skin(more, width);
        let read = texture(&photo, photo.rect()).unwrap();
        assert!((luminance(read.mean_linear) - 0.2).abs() < 0.01);
        read.grain.map(|band| band.unwrap())
    }

    #[test]
    fn spots_have_the_grain_that_is_said_of_them() {
        let (width, sigma) = (160usize, 1.1);
        let mut stream = Stream::new(4, 0);
        let mut more = vec![0.0; width * width];
        let count = 700;
        for _ in 0..count {
            let mut at = || f64::from(stream.unit()) * width as f64;
            let (x, y) = (at(), at());
            for (i, more) in more.iter_mut().enumerate() {
                let (dx, dy) = ((i % width) as f64 + 0.5 - x, (i / width) as f64 + 0.5 - y);
                *more += 0.3 * libm::exp(-0.5 * (dx * dx + dy * dy) / (sigma * sigma));
            }
        }
        let mean = more.iter().sum::<f64>() / more.len() as f64;
        more.iter_mut().for_each(|more| *more -= mean);
        let sum = 0.3 * 2.0 * std::f64::consts::PI * sigma * sigma;
        let per_px = f64::from(count) / (width * width) as f64;
        let wanted = grain_of_spots(sigma * sigma).map(|v| v * sum * sum * per_px);
        // The finest band holds the rounding to 8 bits as well.
        for (found, wanted) in read(&more, width as u32).iter().zip(wanted).skip(1) {
            assert!((found / wanted - 1.0).abs() < 0.2, "{found} {wanted}");
        }
    }

    #[test]
    fn patches_too_small_or_outside_say_nothing() {
        let photo = skin(&[0.0; 400], 20);
        let read = |width, height, x| {
            let rect = Rect {
                x,
                y: 0,
                width,
                height,
            };
            texture(&photo, rect)
        };
        assert_eq!(read(7, 20, 0), None);
        assert_eq!(read(10, 10, 15), None);
        let known = read(12, 12, 0).unwrap().grain.map(|band| band.is_some());
        assert_eq!(known, [true, true, true, false]);
    }
}
