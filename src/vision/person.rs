//! Which part of the photo is the person, from MediaPipe's selfie
//! segmentation model.

use glam::DVec2;

use super::crop::{Pyramid, Square};
use super::tflite::{Model, ModelError};

/// Side of the model's input and of its answer, px.
const INPUT_PX: usize = 256;

/// How likely each place of a square is the person.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonMask {
    /// Where it lies in the photo.
    pub square: Square,
    /// Places along a side.
    pub side: usize,
    /// 0–1, rows from the top.
    pub share: Vec<f32>,
}

impl PersonMask {
    /// The share at a photo point, px, between the places; none outside.
    #[must_use]
    pub fn at(&self, q: DVec2) -> Option<f32> {
        let p = self.square.square_from_photo(q) * self.side as f64 - DVec2::splat(0.5);
        let low = p.floor();
        let inside = |v: f64| v >= 0.0 && v < (self.side - 1) as f64;
        if !inside(low.x) || !inside(low.y) {
            return None;
        }
        let start = low.y as usize * self.side + low.x as usize;
        let two = |from: usize| self.share.get(from..).and_then(<[f32]>::first_chunk::<2>);
        let ([a, b], [c, d]) = (two(start)?, two(start + self.side)?);
        let share = (p - low).as_vec2();
        let (upper, lower) = (a + (b - a) * share.x, c + (d - c) * share.x);
        Some(upper + (lower - upper) * share.y)
    }
}

/// The person in a square of the photo.
///
/// # Errors
/// [`ModelError`] where the model is another.
pub fn person(
    model: &mut dyn Model,
    pyramid: &Pyramid<'_>,
    square: &Square,
) -> Result<PersonMask, ModelError> {
    let outputs = model.run(&pyramid.crop(square, INPUT_PX))?;
    let share = outputs.first().map(|out| out.to_vec()).unwrap_or_default();
    Ok(PersonMask {
        square: *square,
        side: INPUT_PX,
        share,
    })
}
