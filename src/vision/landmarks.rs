//! The 468 points of a face, from MediaPipe's face mesh model.

use glam::{DVec2, DVec3};

use super::crop::{Pyramid, Square};
use super::tflite::{Model, ModelError};

/// Side of the model's input, px.
const INPUT_PX: usize = 192;
/// Points of the mesh.
pub const POINTS: usize = 468;

/// Outer corner of the person's right eye, and of the left: the line between
/// them is level in an upright face.
pub const OUTER_CANTHI: [usize; 2] = [33, 263];
/// Inner corners.
pub const INNER_CANTHI: [usize; 2] = [133, 362];
/// Lowest point of the chin.
pub const MENTON: usize = 152;

/// Points around the opening of the person's right eye, and of the left.
pub const EYE_OPENINGS: [[usize; 16]; 2] = [
    [
        33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246,
    ],
    [
        263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466,
    ],
];

/// A face's points.
#[derive(Debug, Clone, PartialEq)]
pub struct Mesh {
    /// How sure the model is that there is a face, 0–1.
    pub flag: f64,
    /// In the photo: x right and y down in px, z towards the camera in the
    /// same measure, from the face's middle.
    pub points: Vec<DVec3>,
}

impl Mesh {
    /// A point as the photo shows it, px; the origin where there is none.
    #[must_use]
    pub fn at(&self, index: usize) -> DVec2 {
        self.points
            .get(index)
            .copied()
            .unwrap_or_default()
            .truncate()
    }

    /// Middle of several points, px.
    #[must_use]
    pub fn middle(&self, indices: &[usize]) -> DVec2 {
        indices.iter().map(|i| self.at(*i)).sum::<DVec2>() / indices.len().max(1) as f64
    }

    /// The square to look at again: around all points, half as large again,
    /// turned so that the eyes are level.
    #[must_use]
    pub fn square(&self) -> Square {
        let flat = || self.points.iter().map(|p| p.truncate());
        let low = flat().fold(DVec2::INFINITY, DVec2::min);
        let high = flat().fold(DVec2::NEG_INFINITY, DVec2::max);
        let eyes = self.at(OUTER_CANTHI[1]) - self.at(OUTER_CANTHI[0]);
        Square {
            centre: (low + high) * 0.5,
            side: 1.5 * (high - low).max_element(),
            turn: libm::atan2(eyes.y, eyes.x),
        }
    }
}

/// The mesh of the face in a square of the photo; none where the model gives
/// no numbers that are numbers.
///
/// # Errors
/// [`ModelError`] where the model is another.
pub fn mesh(
    model: &mut dyn Model,
    pyramid: &Pyramid<'_>,
    square: &Square,
) -> Result<Option<Mesh>, ModelError> {
    let outputs = model.run(&pyramid.crop(square, INPUT_PX))?;
    let (Some(numbers), Some([flag])) = (outputs.first(), outputs.get(1)) else {
        return Ok(None);
    };
    let points = numbers.as_chunks::<3>().0.iter().map(|p| {
        let [x, y, z] = p.map(|v| f64::from(v) / INPUT_PX as f64);
        // The model's depth grows away from the camera.
        square
            .photo_from_square(DVec2::new(x, y))
            .extend(-z * square.side)
    });
    let points: Vec<DVec3> = points.collect();
    let flag = 1.0 / (1.0 + libm::exp(-f64::from(*flag)));
    let whole = points.len() == POINTS && points.iter().all(|p| p.is_finite());
    Ok(whole.then_some(Mesh { flag, points }))
}
