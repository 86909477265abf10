//! The filter that others offer, as the peer: black dots strewn uniformly at
//! random and blended over the photo as it is encoded.

use smp_visualizer::engine::image::{Photo, Rect};
use smp_visualizer::engine::look::Density;
use smp_visualizer::engine::rng::Stream;

/// How opaque its dots are: a usual setting of a paint program's brush.
const OPACITY: f64 = 0.7;
/// Samples per pixel and axis for the discs' edges.
const SAMPLES: u32 = 8;

/// `photo` with dots in `rect`: as many and as large as `density` says, where a
/// millimetre is `px_per_mm` long.
pub(crate) fn overlay(photo: &Photo, rect: Rect, density: &Density, px_per_mm: f64) -> Photo {
    let mut out = photo.clone();
    let mut stream = Stream::new(1, 0);
    let radius = 0.5 * density.diameter_mm * px_per_mm;
    // Wider than the patch, so that its edge is no other than its middle.
    let (width, height) = (
        f64::from(rect.width) + 2.0 * radius,
        f64::from(rect.height) + 2.0 * radius,
    );
    let area_cm2 = width * height / (px_per_mm * px_per_mm) / 100.0;
    let count = (area_cm2 * density.per_cm2).round() as usize;
    for _ in 0..count {
        let x = f64::from(rect.x) - radius + width * f64::from(stream.unit());
        let y = f64::from(rect.y) - radius + height * f64::from(stream.unit());
        disc(&mut out, rect, [x, y], radius);
    }
    out
}

fn disc(photo: &mut Photo, rect: Rect, [x, y]: [f64; 2], radius: f64) {
    let around = Rect::from_edges(x - radius, y - radius, x + radius, y + radius);
    let around = around.intersect(rect);
    let width = photo.width();
    for py in around.y..around.bottom() {
        for px in around.x..around.right() {
            let inside = (0..SAMPLES * SAMPLES).filter(|i| {
                let sub = |i: u32| (f64::from(i) + 0.5) / f64::from(SAMPLES);
                let (dx, dy) = (
                    f64::from(px) + sub(i % SAMPLES) - x,
                    f64::from(py) + sub(i / SAMPLES) - y,
                );
                libm::hypot(dx, dy) <= radius
            });
            let share = inside.count() as f64 / f64::from(SAMPLES * SAMPLES);
            let at = (py as usize * width as usize + px as usize) * 4;
            if let Some(pixel) = photo.rgba_mut().get_mut(at..at + 3) {
                for channel in pixel {
                    *channel = (f64::from(*channel) * (1.0 - OPACITY * share)).round() as u8;
                }
            }
        }
    }
}
