//! Where the markers stand in a photo nobody has touched yet.

use glam::DVec2;

use super::anthropometry::{BREADTH_PER_IPD, FACE_LENGTH_MM, IPD_MM};
use super::camera::marker_from_photo;
use super::markers::standard_outline_mm;
use super::placement::{FaceMarkers, HeadOutline, Placement, View};

/// Head breadth in a usual portrait, as a share of the photo's shorter edge.
const PORTRAIT_BREADTH: f64 = 0.4;
/// How far a head seen from above is usually tilted towards the camera, degrees:
/// whoever takes the photo stands in front of it, or holds the camera there. In
/// this project's photos from above it is 0 to 40, by eye.
const USUAL_TILT_DEG: f64 = 15.0;
/// Half the drawn outline's longer side, as a share of the shorter edge.
const OUTLINE_REACH: f64 = 0.35;

/// How far a head seen so is usually tilted, degrees.
#[must_use]
pub const fn usual_tilt_deg(view: View) -> f64 {
    match view {
        View::Top => USUAL_TILT_DEG,
        _ => 0.0,
    }
}

/// Markers to start from: without a view a face as in a usual portrait (top,
/// sides and measured interpupillary distance not given), with a view a
/// standard head's outline in the photo's middle. Sizes of 0 count as 1.
#[must_use]
pub fn starting_placement(view: Option<View>, photo_width: u32, photo_height: u32) -> Placement {
    let size = DVec2::new(
        f64::from(photo_width.max(1)),
        f64::from(photo_height.max(1)),
    );
    let marker = |p: DVec2| marker_from_photo(p, photo_width, photo_height);
    if let Some(view) = view {
        let shape = standard_outline_mm(view);
        let half = shape * (OUTLINE_REACH * size.min_element() / shape.max_element());
        return Placement::Outline(HeadOutline {
            view,
            centre: marker(size * 0.5),
            half_axes: marker(half),
            roll_deg: 0.0,
            tilt_deg: usual_tilt_deg(view),
            turn_deg: 0.0,
            known_length: None,
        });
    }
    // Eyes a little above the middle, as photographers put them.
    let eyes = size * DVec2::new(0.5, 0.45);
    let ipd = size.min_element() * PORTRAIT_BREADTH / BREADTH_PER_IPD;
    Placement::Face(FaceMarkers {
        right_pupil: marker(eyes - DVec2::new(0.5 * ipd, 0.0)),
        left_pupil: marker(eyes + DVec2::new(0.5 * ipd, 0.0)),
        chin: marker(eyes + DVec2::new(0.0, ipd * FACE_LENGTH_MM / IPD_MM)),
        top: None,
        right_side: None,
        left_side: None,
        ipd_mm: None,
        yaw_pitch_deg: None,
        known_length: None,
        iris: None,
    })
}
