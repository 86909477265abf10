//! From a photo to its faces.

use glam::DVec2;

use super::canonical::FacePose;
use super::crop::{Pyramid, Square};
use super::detector::{Detection, detect};
use super::landmarks::{EYE_OPENINGS, Mesh, mesh};
use super::models::Models;
use super::tflite::ModelError;
use crate::engine::image::Photo;

/// Below these nothing counts as a face. The detector's own usual 0.5 sees
/// faces on bald crowns; both together saw none on 92 photos of crowns and
/// backs of heads (vision.md §5; chosen on that very set).
const LEAST_DETECTION: f64 = 0.7;
const LEAST_FLAG: f64 = 0.5;
/// Two meshes whose middles are nearer than this share of their size are of
/// one face.
const SAME_FACE: f64 = 0.25;
/// Side of the parts looked at one by one, as a share of the longer edge, and
/// how many of them along it.
const PART: f64 = 0.55;
const PARTS: usize = 3;
/// A face that fills the photo is found when there is room around it.
const ROOM: f64 = 1.6;

/// A face in the photo.
#[derive(Debug, Clone, PartialEq)]
pub struct Face {
    /// How sure the detector was, 0–1.
    pub score: f64,
    /// Its points.
    pub mesh: Mesh,
    /// How it lies.
    pub pose: FacePose,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// The models are not what they should be.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// It was cancelled.
    #[error("cancelled")]
    Cancelled,
}

/// The faces of a photo, the largest first; none where there is none.
///
/// Looks at the whole photo upright first; only where that shows no face at
/// it with room around, at its parts, and turned. `go_on` is asked before each
/// look.
///
/// # Errors
/// [`FindError`].
pub fn find_faces(
    photo: &Photo,
    pyramid: &Pyramid<'_>,
    models: &mut Models,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<Vec<Face>, FindError> {
    let mut faces: Vec<Face> = Vec::new();
    for look in looks(photo) {
        for square in look {
            if !go_on() {
                return Err(FindError::Cancelled);
            }
            for seen in detect(&mut *models.detector, pyramid, &square, LEAST_DETECTION)? {
                let Some(face) = face(models, pyramid, &seen)? else {
                    continue;
                };
                if !faces.iter().any(|other| same(other, &face)) {
                    // The largest first.
                    let before = faces.iter().take_while(|other| size(other) >= size(&face));
                    let place = before.count();
                    faces.insert(place, face);
                }
            }
        }
        if !faces.is_empty() {
            break;
        }
    }
    Ok(faces)
}

/// Where to look, one set of squares after the other.
fn looks(photo: &Photo) -> Vec<Vec<Square>> {
    let whole = Square::around(photo);
    let turned = |quarters: f64| Square {
        turn: quarters * std::f64::consts::FRAC_PI_2,
        ..whole
    };
    let room = Square {
        side: ROOM * whole.side,
        ..whole
    };
    let part = |i: usize| {
        let step = |i: usize| (1.0 - PART) * (i as f64 / (PARTS - 1) as f64 - 0.5);
        Square {
            centre: whole.centre + DVec2::new(step(i % PARTS), step(i / PARTS)) * whole.side,
            side: PART * whole.side,
            turn: 0.0,
        }
    };
    vec![
        vec![whole],
        vec![room],
        (0..PARTS * PARTS).map(part).collect(),
        vec![turned(1.0), turned(3.0)],
        vec![turned(2.0)],
    ]
}

/// The face at a detection, where there is one: its points are found in the
/// detector's square, and again in the square that they make themselves.
fn face(
    models: &mut Models,
    pyramid: &Pyramid<'_>,
    seen: &Detection,
) -> Result<Option<Face>, ModelError> {
    let mut square = seen.square();
    let mut found = None;
    for _ in 0..2 {
        let Some(mesh) = mesh(&mut *models.landmark, pyramid, &square)? else {
            return Ok(None);
        };
        if mesh.flag <= LEAST_FLAG {
            return Ok(None);
        }
        square = mesh.square();
        found = Some(mesh);
    }
    Ok(found.and_then(|mesh| {
        let pose = models.canonical.pose(&mesh)?;
        Some(Face {
            score: seen.score,
            mesh,
            pose,
        })
    }))
}

fn size(face: &Face) -> f64 {
    face.mesh.square().side
}

fn same(a: &Face, b: &Face) -> bool {
    let (p, q) = (a.mesh.square(), b.mesh.square());
    (p.centre - q.centre).length() < SAME_FACE * p.side.max(q.side)
}

impl Face {
    /// Middles of the person's right and left eye opening, photo px: where
    /// the pupils are when the eyes look ahead.
    #[must_use]
    pub fn pupils(&self) -> [DVec2; 2] {
        EYE_OPENINGS.map(|opening| self.mesh.middle(&opening))
    }
}
