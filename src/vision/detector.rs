//! Faces as boxes with six points, from the BlazeFace short-range model.
//!
//! The model looks at fixed places (anchors) of a 128 px square: two at each
//! of 16 × 16, six at each of 8 × 8, and says for each how likely a face is
//! there, where its box and points lie (mediapipe/modules/face_detection,
//! Apache-2.0).

use glam::DVec2;

use super::crop::{Pyramid, Square};
use super::tflite::{Model, ModelError};

/// Side of the model's input, px.
const INPUT_PX: usize = 128;
/// Places along a side, and anchors at each.
const GRIDS: [(usize, usize); 2] = [(16, 2), (8, 6)];
/// Numbers per anchor: box, then six points.
const NUMBERS: usize = 16;
/// Scores are held to ± this before they are made shares.
const MOST_SCORE: f32 = 100.0;
/// Boxes that share more than this of their union are one face.
const SAME_FACE: f64 = 0.3;

/// A face the detector saw.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// How sure, 0–1.
    pub score: f64,
    /// Middle of its box, photo px.
    pub centre: DVec2,
    /// Longer side of its box, photo px.
    pub side: f64,
    /// The person's right eye, left eye, nose tip, mouth, right and left ear,
    /// photo px.
    pub points: [DVec2; 6],
}

impl Detection {
    /// The square that the landmark model wants: around the box, half as
    /// large again, turned so that the eyes are level.
    #[must_use]
    pub fn square(&self) -> Square {
        let eyes = self.points[1] - self.points[0];
        Square {
            centre: self.centre,
            side: 1.5 * self.side,
            turn: libm::atan2(eyes.y, eyes.x),
        }
    }
}

/// A face in the square's own measure, 0–1.
#[derive(Debug, Clone)]
struct Raw {
    score: f64,
    centre: DVec2,
    size: DVec2,
    points: [DVec2; 6],
}

/// The faces in a square of the photo that are at least as sure as `least`,
/// the surest first.
///
/// # Errors
/// [`ModelError`] where the model is not the one described above.
pub fn detect(
    model: &mut dyn Model,
    pyramid: &Pyramid<'_>,
    square: &Square,
    least: f64,
) -> Result<Vec<Detection>, ModelError> {
    let mut input = pyramid.crop(square, INPUT_PX);
    input.iter_mut().for_each(|v| *v = 2.0 * *v - 1.0);
    let outputs = model.run(&input)?;
    let (Some(numbers), Some(scores)) = (outputs.first(), outputs.get(1)) else {
        return Ok(Vec::new());
    };
    let seen = decode(numbers, scores, least);
    Ok(merged(seen)
        .into_iter()
        .map(|raw| placed(&raw, square))
        .collect())
}

fn placed(raw: &Raw, square: &Square) -> Detection {
    Detection {
        score: raw.score,
        centre: square.photo_from_square(raw.centre),
        side: raw.size.max_element() * square.side,
        points: raw.points.map(|p| square.photo_from_square(p)),
    }
}

/// Middles of the anchors, in the square's measure, in the model's order.
fn anchors() -> impl Iterator<Item = DVec2> {
    GRIDS.into_iter().flat_map(|(side, each)| {
        (0..side * side * each).map(move |i| {
            let place = i / each;
            DVec2::new((place % side) as f64 + 0.5, (place / side) as f64 + 0.5) / side as f64
        })
    })
}

fn decode(numbers: &[f32], scores: &[f32], least: f64) -> Vec<Raw> {
    let rows = numbers.as_chunks::<NUMBERS>().0;
    let all = anchors().zip(rows).zip(scores);
    let faces = all.filter_map(|((anchor, row), score)| {
        let score = f64::from(score.clamp(-MOST_SCORE, MOST_SCORE));
        let score = 1.0 / (1.0 + libm::exp(-score));
        if score < least {
            return None;
        }
        let pair =
            |i: usize| DVec2::new(f64::from(row[i]), f64::from(row[i + 1])) / INPUT_PX as f64;
        Some(Raw {
            score,
            centre: anchor + pair(0),
            size: pair(2),
            points: std::array::from_fn(|i| anchor + pair(4 + 2 * i)),
        })
    });
    faces.filter(|raw| raw.size.min_element() > 0.0).collect()
}

/// One face for each heap of overlapping boxes: their mean, weighted by how
/// sure they are. The surest first. (Sorting would bring 10 KB of code along.)
fn merged(mut seen: Vec<Raw>) -> Vec<Raw> {
    let mut faces = Vec::new();
    let surest = |seen: &[Raw]| {
        seen.iter()
            .max_by(|a, b| a.score.total_cmp(&b.score))
            .cloned()
    };
    while let Some(best) = surest(&seen) {
        let (heap, rest): (Vec<Raw>, Vec<Raw>) = seen
            .into_iter()
            .partition(|raw| overlap(raw, &best) > SAME_FACE);
        seen = rest;
        // A box without a size overlaps not even itself.
        if heap.is_empty() {
            break;
        }
        let weight: f64 = heap.iter().map(|raw| raw.score).sum();
        let mean = |of: &dyn Fn(&Raw) -> DVec2| {
            heap.iter().map(|raw| of(raw) * raw.score).sum::<DVec2>() / weight
        };
        faces.push(Raw {
            score: best.score,
            centre: mean(&|raw| raw.centre),
            size: mean(&|raw| raw.size),
            points: std::array::from_fn(|i| mean(&|raw| raw.points[i])),
        });
    }
    faces
}

/// Share of two boxes' union that both cover.
fn overlap(a: &Raw, b: &Raw) -> f64 {
    let low = (a.centre - a.size * 0.5).max(b.centre - b.size * 0.5);
    let high = (a.centre + a.size * 0.5).min(b.centre + b.size * 0.5);
    let both = (high - low).max(DVec2::ZERO);
    let both = both.x * both.y;
    both / (a.size.x * a.size.y + b.size.x * b.size.y - both)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_896_places_row_by_row() {
        let anchors: Vec<DVec2> = anchors().collect();
        assert_eq!(anchors.len(), 896);
        assert_eq!(anchors[0], DVec2::splat(0.5 / 16.0));
        assert_eq!(anchors[2], DVec2::new(1.5, 0.5) / 16.0);
        assert_eq!(anchors[512], DVec2::splat(0.5 / 8.0));
        assert_eq!(anchors[895], DVec2::splat(7.5 / 8.0));
    }

    #[test]
    fn overlapping_boxes_are_one_face_and_distant_ones_two() {
        let face = |x: f64, score: f64| Raw {
            score,
            centre: DVec2::new(x, 0.5),
            size: DVec2::splat(0.2),
            points: [DVec2::new(x, 0.4); 6],
        };
        let faces = merged(vec![face(0.3, 0.9), face(0.32, 0.6), face(0.8, 0.75)]);
        assert_eq!(faces.len(), 2);
        assert!((faces[0].centre.x - 0.308).abs() < 1e-9, "{:?}", faces[0]);
        assert!((faces[0].score, faces[1].score) == (0.9, 0.75));
    }
}
