//! How sharp a photo is: impressions must not be crisper than the skin around
//! them.

use super::image::Photo;
use super::lay::CAMERA_VARIANCE_PX2;

/// Pixels across which an edge is looked at: an edge blurred with a standard
/// deviation of 2 px, more than any photo worth showing, is whole in it.
const ACROSS: usize = 11;
/// Levels of 255 by which the brightness must differ across an edge: far above
/// noise and pores.
const STEP_LEVELS: i32 = 50;
/// Share of that step which lies between the two ends: a bright or dark line
/// is no edge.
const ONE_WAY: (i32, i32) = (17, 20);
/// About how many rows, and columns, of a photo are looked at.
const ROWS: usize = 300;
/// Share of the edges that are the photo's sharpest; those that are less so
/// are soft by themselves, or out of focus.
const SHARPEST: f64 = 0.03;
/// What measuring a slope between the pixels on either side adds to the
/// variance, px²: between it and [`CAMERA_VARIANCE_PX2`] lies the sharpest edge
/// that pixels can show, of 0.8 px.
const SLOPE_PX2: f64 = 0.34;
/// Bins per px of width in which edges are counted.
const PER_PX: f64 = 64.0;
/// Fewest edges that tell anything.
const FEWEST: u32 = 100;

/// Variance of the blur of the photo's sharpest edges, px², as
/// [`super::field::Optics::camera_px2`] wants it; the least there is where the
/// photo has no edges to speak of.
#[must_use]
pub fn camera_variance_px2(photo: &Photo) -> f32 {
    let (width, height) = (photo.width() as usize, photo.height() as usize);
    let light = |x: usize, y: usize| -> i32 {
        let at = (y * width + x) * 4;
        let pixel = photo.rgba().get(at..at + 3);
        // Green counts twice: it is most of the light.
        pixel.map_or(0, |p| {
            i32::from(p[0]) + 2 * i32::from(p[1]) + i32::from(p[2])
        }) / 4
    };
    let mut widths = [0u32; 4 * PER_PX as usize];
    let mut count = |line: &[i32]| {
        for window in line.windows(ACROSS).step_by(3) {
            if let Some(bin) = width_of(window).and_then(|w| widths.get_mut((w * PER_PX) as usize))
            {
                *bin += 1;
            }
        }
    };
    for y in (0..height).step_by((height / ROWS).max(3)) {
        let row: Vec<i32> = (0..width).map(|x| light(x, y)).collect();
        count(&row);
    }
    for x in (0..width).step_by((width / ROWS).max(3)) {
        let column: Vec<i32> = (0..height).map(|y| light(x, y)).collect();
        count(&column);
    }
    let all: u32 = widths.iter().sum();
    if all < FEWEST {
        return CAMERA_VARIANCE_PX2;
    }
    let mut left = (f64::from(all) * SHARPEST) as u32;
    let bin = widths.iter().position(|count| {
        let reached = left < *count;
        left = left.saturating_sub(*count);
        reached
    });
    let sharpest = (bin.unwrap_or(0) as f64 + 0.5) / PER_PX;
    ((sharpest * sharpest - SLOPE_PX2) as f32).max(CAMERA_VARIANCE_PX2)
}

/// The standard deviation of the blur of the edge in a window, px, by its
/// steepest slope; none where there is no edge.
fn width_of(window: &[i32]) -> Option<f64> {
    let (least, most) = window
        .iter()
        .fold((i32::MAX, i32::MIN), |(a, b), v| (a.min(*v), b.max(*v)));
    let step = most - least;
    if step < STEP_LEVELS {
        return None;
    }
    let ends = (window.last()? - window.first()?).abs();
    if ends * ONE_WAY.1 < step * ONE_WAY.0 {
        return None;
    }
    let slopes = window.iter().zip(window.get(2..)?);
    let steepest = (0..).zip(slopes.map(|(a, b)| (b - a).abs()));
    let (at, twice) = steepest.max_by_key(|(_, slope)| *slope)?;
    // An edge that the window cuts off looks smaller than it is, and sharper.
    if usize::abs_diff(at, (ACROSS - 3) / 2) > 1 {
        return None;
    }
    // A Gaussian's steepest slope is its step over σ √(2π).
    Some(f64::from(step) / f64::from(twice.max(1)) * 2.0 / 2.506_628)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No whole number, so that edges lie anywhere between pixels.
    const PERIOD: f64 = 28.3;

    /// Bars with edges blurred by a Gaussian of `sigma` px.
    fn bars(sigma: f64) -> Photo {
        let bytes = (0..200 * 200).flat_map(|i| {
            let x = f64::from(i % 200) + 0.5;
            let from_edge = (x % PERIOD) - 0.5 * PERIOD;
            let rises = ((x / PERIOD) as u32).is_multiple_of(2);
            let share = 0.5 * (1.0 + libm::erf(from_edge / sigma / std::f64::consts::SQRT_2));
            let v = (60.0 + 140.0 * if rises { share } else { 1.0 - share }) as u8;
            [v, v, v, 255]
        });
        Photo::new(200, 200, bytes.collect()).unwrap()
    }

    #[test]
    fn the_blur_of_edges_is_read() {
        for sigma in [0.8, 1.0, 1.4] {
            let found = f64::from(camera_variance_px2(&bars(sigma))).sqrt();
            assert!((found / sigma - 1.0).abs() < 0.12, "{sigma}: {found}");
        }
        assert!(camera_variance_px2(&bars(0.1)) < 0.4);
    }

    #[test]
    fn a_photo_without_edges_counts_as_sharp() {
        for (width, height) in [(1, 1), (5, 300), (64, 64)] {
            let grey = vec![128; width as usize * height as usize * 4];
            let photo = Photo::new(width, height, grey).unwrap();
            assert_eq!(camera_variance_px2(&photo), CAMERA_VARIANCE_PX2);
        }
    }
}
