//! From the markers a person placed to a [`HeadModel`]: the head that is most
//! probable given the markers and how heads vary (maximum a posteriori), by a
//! damped Gauss–Newton iteration of fixed length.
//!
//! The fit works in a frame whose longer edge is `FRAME_PX`, whatever the
//! photo's size, so the full-size export shows exactly the working photo's
//! head, scaled.

use glam::DVec2;

use super::camera::{longer_edge_px, marker_from_photo};
use super::error::{BadPlacement, EngineError};
use super::head::HeadModel;
use super::markers::{face_problem, outline_problem};
use super::placement::{KnownLength, Placement};
use super::problem::{FRAME_PX, Near};
pub use super::starting::{starting_placement, usual_tilt_deg};

/// Something `mm` long, marked across the middle of a fitted head so that it
/// tells nothing new: to be moved to where the photo shows it.
#[must_use]
pub fn known_length(
    placement: &Placement,
    head: &HeadModel,
    mm: f64,
    photo_width: u32,
    photo_height: u32,
) -> KnownLength {
    let near = match placement {
        Placement::Face(_) => Near::Face,
        Placement::Outline(_) => Near::Scalp,
    };
    let px = mm * near.px_per_mm(head, &head.landmarks());
    let middle = head.silhouette_ellipse().centre;
    let end = |side: f64| {
        let p = middle + DVec2::new(0.5 * side * px, 0.0);
        marker_from_photo(p, photo_width, photo_height)
    };
    KnownLength {
        from: end(-1.0),
        to: end(1.0),
        mm,
    }
}

/// Smallest head across, px of the photo itself.
const SMALLEST_HEAD_PX: f64 = 20.0;
/// The head that best explains the placement in a photo of this size.
///
/// Face: the centre, scale, pose and five sizes are fitted to the markers.
/// Pupil markers are swapped without a word where the chin says that they
/// stand the wrong way round, side markers likewise; any roll is allowed.
///
/// Outline: the pose is the view's, plus turn and tilt. The turn is applied
/// first, about the head's own vertical, then the view's pitch and the tilt
/// about the photo's horizontal, then the roll about the line of sight: in
/// [`super::camera::Pose`]'s terms yaw = view + turn, pitch = view + tilt (top view: 90° −
/// tilt, so that tilting shows the forehead), roll = `roll_deg`.
///
/// # Errors
/// [`EngineError::Size`] for a photo without pixels, else
/// [`EngineError::BadPlacement`] with what is wrong.
pub fn fit(
    placement: &Placement,
    photo_width: u32,
    photo_height: u32,
) -> Result<HeadModel, EngineError> {
    if photo_width == 0 || photo_height == 0 {
        return Err(EngineError::Size {
            width: photo_width,
            height: photo_height,
        });
    }
    let factor = longer_edge_px(photo_width, photo_height) / FRAME_PX;
    let smallest_px = SMALLEST_HEAD_PX / factor;
    let problem = match placement {
        Placement::Face(face) => face_problem(face, smallest_px)?,
        Placement::Outline(outline) => outline_problem(outline, smallest_px)?,
    };
    let head = problem.solve()?;
    if 2.0 * head.semi_axes_mm.x * head.camera.px_per_mm < smallest_px {
        return Err(BadPlacement::TooSmall.into());
    }
    Ok(head.scaled(factor))
}
