//! Which way the head's surface faces, cell by cell.

use glam::{DVec2, DVec3};

use super::cells::Cells;
use crate::engine::head::HeadModel;

/// The head's surface at one cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    /// Unit normal, camera frame. Off the cranium that of the nearest outline.
    pub(super) normal: DVec3,
    /// Distance from the cranium's outline, mm: below 0 inside it.
    pub(super) outside_mm: f32,
    /// Height above the cranium's middle as the photo shows it, mm.
    pub(super) up_mm: f32,
    /// Place on the cranium, head frame, mm; none off it.
    pub(super) p_mm: Option<DVec3>,
}

/// Where no hair of the head grows: foremost on the head, below the brows
/// (their upper edge lies about 5 mm below the cranium's middle).
const FACE_Z_MM: f64 = 40.0;
/// See [`FACE_Z_MM`].
const FACE_Y_MM: f64 = -5.0;

/// How far the ears stand out from the cranium, cm, and how far down they
/// reach from its middle, mm; farther down there are jaw and neck.
const EARS_CM: f32 = 2.2;
/// See [`EARS_CM`].
const EARS_DOWN_MM: f32 = 60.0;

impl Spot {
    /// How far, cm, beyond anything that could be this head's own skin: above
    /// the ears that is the cranium, where other skin is a hand's.
    pub(super) fn beyond_skin_cm(&self) -> f32 {
        let outside_cm = self.outside_mm * 0.1;
        let beyond = if self.up_mm > 0.0 {
            outside_cm
        } else if self.up_mm > -EARS_DOWN_MM {
            outside_cm - EARS_CM
        } else {
            0.0
        };
        beyond.clamp(0.0, 4.0)
    }

    /// Whether it lies on the face, brows and below.
    pub(super) fn is_face(&self) -> bool {
        self.p_mm
            .is_some_and(|p_mm| p_mm.z > FACE_Z_MM && p_mm.y < FACE_Y_MM)
    }
}

/// All cells' spots.
pub(super) fn surface(cells: &Cells, head: &HeadModel) -> Vec<Spot> {
    let ellipse = head.silhouette_ellipse();
    let inverse = ellipse.shape.inverse();
    let (sin, cos) = libm::sincos(head.pose.roll_deg.to_radians());
    let up = DVec2::new(sin, -cos);
    let spot = |x, y| {
        let q = cells.photo_from_cell(x, y);
        let from_centre = q - ellipse.centre;
        // 1 on the outline.
        let reach = from_centre.dot(inverse * from_centre).max(0.0).sqrt();
        let distance_px = from_centre.length() * (1.0 - 1.0 / reach.max(1e-3));
        let p_mm = head.scalp_from_photo(q);
        let normal = match p_mm {
            Some(p_mm) => head.camera_from_head * head.normal(p_mm),
            None => {
                let out = (inverse * from_centre).normalize_or(DVec2::NEG_Y);
                DVec3::new(out.x, -out.y, 0.0)
            }
        };
        Spot {
            normal,
            outside_mm: (distance_px / head.camera.px_per_mm) as f32,
            up_mm: (from_centre.dot(up) / head.camera.px_per_mm) as f32,
            p_mm,
        }
    };
    (0..cells.side * cells.side)
        .map(|i| spot(i % cells.side, i / cells.side))
        .collect()
}
