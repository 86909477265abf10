//! The ear of a head seen from its side: where its opening is in the photo tells
//! how far the head is tilted towards the camera and turned to it, which a skull's
//! outline does not.

use glam::{DVec2, DVec3};

use super::anthropometry::{STANDARD_SEMI_AXES_MM, TRAGION_MM};
use super::error::EngineError;
use super::fit::fit;
use super::head::HeadModel;
use super::markers::OUTLINE_TURN_MAX_DEG;
use super::placement::{HeadOutline, Placement, View};

/// Rounds of the search at most: each puts the ear where it is asked but for how the
/// fitted skull moves with its turn, of which up to 0.86 is left (both at 40°).
const ROUNDS: usize = 60;

/// A round that turns the head by less ends the search, degrees: what is then left is
/// at most six times as much.
const SETTLED_DEG: f64 = 0.01;

/// The opening of the ear that such a view shows, on a skull with these semi-axes, head
/// frame, mm; none where a view shows both ears or neither.
#[must_use]
pub fn ear_mm(view: View, semi_axes_mm: DVec3) -> Option<DVec3> {
    let left = TRAGION_MM / STANDARD_SEMI_AXES_MM * semi_axes_mm;
    match view {
        View::LeftSide => Some(left),
        View::RightSide => Some(DVec3::new(-left.x, left.y, left.z)),
        View::Front | View::Top | View::Back => None,
    }
}

/// Where the photo shows that opening on a fitted head, px.
#[must_use]
pub fn ear_in_photo(view: View, head: &HeadModel) -> Option<DVec2> {
    ear_mm(view, head.semi_axes_mm).map(|at_mm| head.photo_from_head(at_mm))
}

/// The outline tilted and turned so that its ear is at a point of the photo, px, or as
/// near as 45° either way bring it. As it was where its view shows no single ear.
///
/// # Errors
/// Those of [`fit`].
pub fn with_ear_at(
    outline: &HeadOutline,
    ear_in_photo: DVec2,
    photo_width: u32,
    photo_height: u32,
) -> Result<HeadOutline, EngineError> {
    let mut outline = *outline;
    for _ in 0..ROUNDS {
        let head = fit(&Placement::Outline(outline), photo_width, photo_height)?;
        let Some(ear_mm) = ear_mm(outline.view, head.semi_axes_mm) else {
            break;
        };
        let [tilt, turn] = turned(&outline, &head, ear_mm, ear_in_photo);
        let limited = |radians: f64| {
            let deg = radians.to_degrees();
            deg.clamp(-OUTLINE_TURN_MAX_DEG, OUTLINE_TURN_MAX_DEG)
        };
        let (tilt_deg, turn_deg) = (limited(tilt), limited(turn));
        let moved_deg = (tilt_deg - outline.tilt_deg)
            .abs()
            .max((turn_deg - outline.turn_deg).abs());
        (outline.tilt_deg, outline.turn_deg) = (tilt_deg, turn_deg);
        if moved_deg < SETTLED_DEG {
            break;
        }
    }
    Ok(outline)
}

/// Tilt and turn, radians, that bring the ear there if the skull's middle and size stay.
///
/// From the side the ear is `x` towards the camera and `y` below the middle. Turned by t
/// it lies x sin t along the nose and x cos t near; tilted by u then, y cos u + x cos t
/// sin u below.
fn turned(outline: &HeadOutline, head: &HeadModel, ear_mm: DVec3, to: DVec2) -> [f64; 2] {
    let camera = &head.camera;
    let depth_mm = (head.camera_from_head * ear_mm).z;
    let from_middle = (to - camera.centre_in_photo) / camera.px_per_mm_at_depth(depth_mm);
    let (sin, cos) = libm::sincos(outline.roll_deg.to_radians());
    let along = from_middle.x * cos + from_middle.y * sin;
    let below = from_middle.y * cos - from_middle.x * sin;
    let (out, down) = (ear_mm.x.abs(), -ear_mm.y);
    let most = OUTLINE_TURN_MAX_DEG.to_radians();
    let turn = libm::asin((along / out).clamp(-1.0, 1.0)).clamp(-most, most);
    let near = out * libm::cos(turn);
    let reach = libm::hypot(near, down);
    let tilt = libm::asin((below / reach).clamp(-1.0, 1.0)) - libm::atan2(down, near);
    [tilt, turn]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::fit::starting_placement;

    const PHOTO: [u32; 2] = [900, 1200];

    fn seen_from(view: View) -> HeadOutline {
        match starting_placement(Some(view), PHOTO[0], PHOTO[1]) {
            Placement::Outline(outline) => outline,
            Placement::Face(_) => panic!("a view has an outline"),
        }
    }

    fn fitted(outline: &HeadOutline) -> HeadModel {
        fit(&Placement::Outline(*outline), PHOTO[0], PHOTO[1]).unwrap()
    }

    proptest! {
        #[test]
        fn an_ear_tells_tilt_and_turn(
            is_right: bool,
            roll_deg in -60.0..60.0,
            tilt_deg in -40.0..40.0,
            turn_deg in -40.0..40.0,
        ) {
            let view = if is_right { View::RightSide } else { View::LeftSide };
            let plain = HeadOutline { roll_deg, ..seen_from(view) };
            let posed = HeadOutline { tilt_deg, turn_deg, ..plain };
            let ear = ear_in_photo(view, &fitted(&posed)).unwrap();
            let found = with_ear_at(&plain, ear, PHOTO[0], PHOTO[1]).unwrap();
            prop_assert!((found.tilt_deg - tilt_deg).abs() < 0.1, "{found:?}");
            prop_assert!((found.turn_deg - turn_deg).abs() < 0.1, "{found:?}");
        }

        #[test]
        fn an_ear_anywhere_is_a_head(x in -3000.0..4000.0, y in -3000.0..4000.0) {
            let plain = seen_from(View::LeftSide);
            let found = with_ear_at(&plain, DVec2::new(x, y), PHOTO[0], PHOTO[1]).unwrap();
            let most = OUTLINE_TURN_MAX_DEG;
            prop_assert!(found.tilt_deg.abs() <= most && found.turn_deg.abs() <= most);
            fitted(&found);
        }
    }

    #[test]
    fn other_views_have_no_single_ear() {
        for view in [View::Front, View::Top, View::Back] {
            let plain = seen_from(view);
            let same = with_ear_at(&plain, DVec2::splat(100.0), PHOTO[0], PHOTO[1]).unwrap();
            assert_eq!(same, plain);
            assert!(ear_in_photo(view, &fitted(&plain)).is_none());
        }
    }
}
