//! Reads a placement's markers: refuses the impossible, puts right what is
//! merely swapped, and says where the fit is to start and what it is to match.

use glam::{DVec2, DVec3};

use super::anthropometry::{
    self, BREADTH_PER_IPD, FACE_LENGTH_MM, IPD_MM, IPD_PER_IRIS, IPD_RANGE_MM, IRIS_MM, IRIS_SD,
    STANDARD_SEMI_AXES_MM,
};
use super::camera::{DEFAULT_DISTANCE_MM, Pose};
use super::error::BadPlacement;
use super::placement::{
    FaceMarkers, HeadOutline, IrisWidth, KNOWN_LENGTH_RANGE_MM, KnownLength, MarkerInPhoto, View,
};
use super::problem::{FRAME_PX, Near, Observation, Problem, RADIAN, Towards};

/// How exactly any marker can be put down, px of the fit's frame.
const HAND_SD_PX: f64 = 1.0;
/// How well a pupil marker is on the pupil, mm.
const PUPIL_SD_MM: f64 = 0.5;
/// How well a chin marker is on the menton, mm: a soft, round place.
const CHIN_SD_MM: f64 = 4.0;
/// How well a marker on the head's outline is on the cranium's ellipsoid, mm.
const EDGE_SD_MM: f64 = 1.5;
/// How well the drawn outline is the ellipsoid's, mm: it is to be matched.
const OUTLINE_SD_MM: f64 = 0.5;
/// How well something held against a head shows its length, SD, share: turned
/// away by 11° it looks 2 % shorter, and 20 mm nearer to the camera 2 % longer.
const KNOWN_LENGTH_SD: f64 = 0.02;
/// Shortest known length in the photo, px of the fit's frame.
const SHORTEST_LENGTH_PX: f64 = 8.0;
/// How far from straight on people hold their head in a face photo, SD, rad.
const FACE_TURN_SD: f64 = 12.0 * RADIAN;
/// How well the points of a face tell its turn, SD, rad: the face model's own
/// scatter, and how far an average face's frame lies from a person's skull.
const MEASURED_TURN_SD: f64 = 4.0 * RADIAN;
/// Largest believable turn of a face whose two eyes can be seen, degrees.
const FACE_TURN_MAX_DEG: f64 = 75.0;
/// SD of an angle the placement states outright, rad: as good as fixed.
const STATED_TURN_SD: f64 = 1e-4;
/// SD of an angle nothing is believed about, rad.
const FREE_TURN_SD: f64 = 10.0;
/// Largest tilt or turn of an outline beyond its plain view, degrees.
pub(super) const OUTLINE_TURN_MAX_DEG: f64 = 45.0;
/// Markers farther than this outside the photo, in longer edges, are mistakes.
const REACH: f64 = 4.0;
/// Pupils to chin in pupil distances: 1.8 straight on, 3.5 for a face turned
/// by 60°, 0.9 for one bowed by 60°; anything outside is a misplaced marker.
const CHIN_PER_PUPILS: std::ops::RangeInclusive<f64> = 0.6..=5.0;
/// Outline's height to width, as a multiple of the standard head's.
const OUTLINE_ASPECT: std::ops::RangeInclusive<f64> = 0.5..=2.0;

/// What face markers tell. `smallest_px`: the smallest head across, px of the
/// fit's frame.
pub(super) fn face_problem(face: &FaceMarkers, smallest_px: f64) -> Result<Problem, BadPlacement> {
    let chin = frame_point(face.chin)?;
    let top = face.top.map(frame_point).transpose()?;
    let (right, left) = pupils(face, chin)?;
    let across = left - right;
    let pupil_px = across.length();
    if pupil_px * BREADTH_PER_IPD < smallest_px {
        return Err(BadPlacement::TooSmall);
    }
    let mid = (right + left) * 0.5;
    let down = across.perp() / pupil_px;
    if !CHIN_PER_PUPILS.contains(&((chin - mid).length() / pupil_px)) {
        return Err(BadPlacement::ChinOutOfPlace);
    }
    if top.is_some_and(|top| (top - mid).dot(down) >= 0.0) {
        return Err(BadPlacement::TopBelowEyes);
    }
    let (right_side, left_side) = sides(face, mid, across / pupil_px)?;

    let ipd_mm = face.ipd_mm.unwrap_or(IPD_MM);
    if !ipd_mm.is_finite() {
        return Err(BadPlacement::NotANumber);
    }
    if !IPD_RANGE_MM.contains(&ipd_mm) {
        return Err(BadPlacement::InterpupillaryDistance);
    }
    let pose = face_pose(face, across)?;

    // The pupils are nearer than the head's centre, hence larger.
    let standard = anthropometry::landmarks(STANDARD_SEMI_AXES_MM, ipd_mm, FACE_LENGTH_MM);
    let eyes = standard.left_pupil;
    let camera_from_head = pose.camera_from_head();
    let shown = (camera_from_head * DVec3::X).truncate().length();
    let px_per_mm = pupil_px / (ipd_mm * shown) * (1.0 - eyes.z / DEFAULT_DISTANCE_MM);

    // From the head's centre to between the eyes, as the photo shows it.
    let between_eyes = camera_from_head * DVec3::new(0.0, eyes.y, eyes.z);
    let between_eyes = DVec2::new(between_eyes.x, -between_eyes.y);

    let sd = |mm: f64| libm::hypot(mm * px_per_mm, HAND_SD_PX);
    let mut seen = vec![
        Observation::Point {
            of: |l| l.right_pupil,
            at: right,
            sd: sd(PUPIL_SD_MM),
        },
        Observation::Point {
            of: |l| l.left_pupil,
            at: left,
            sd: sd(PUPIL_SD_MM),
        },
        Observation::Point {
            of: |l| l.menton,
            at: chin,
            sd: sd(CHIN_SD_MM),
        },
    ];
    // Not the outline's extremes: of a turned and bowed head those lie
    // elsewhere than where a top or a side is looked for.
    let edges = [top, right_side, left_side].into_iter().flatten();
    seen.extend(edges.map(|at| Observation::Outline {
        at,
        sd: sd(EDGE_SD_MM),
    }));
    seen.extend(face.ipd_mm.map(|mm| Observation::Ipd { mm }));
    seen.extend(known(face.known_length, Near::Face, px_per_mm)?);
    // Whoever measured knows better than what most people have.
    if face.ipd_mm.is_none() && face.known_length.is_none() {
        seen.extend(iris(face.iris, pupil_px / shown)?);
    }
    let turn_sd = match face.yaw_pitch_deg {
        Some(_) => MEASURED_TURN_SD,
        None => FACE_TURN_SD,
    };
    Ok(Problem {
        centre: mid - between_eyes * px_per_mm,
        px_per_mm,
        pose,
        turn_sd: [FREE_TURN_SD, turn_sd, turn_sd],
        seen,
    })
}

/// The pose to start from: as measured, where it was, else straight ahead.
fn face_pose(face: &FaceMarkers, across: DVec2) -> Result<Pose, BadPlacement> {
    let [yaw_deg, pitch_deg] = face.yaw_pitch_deg.unwrap_or_default();
    if !yaw_deg.is_finite() || !pitch_deg.is_finite() {
        return Err(BadPlacement::NotANumber);
    }
    if yaw_deg.abs().max(pitch_deg.abs()) > FACE_TURN_MAX_DEG {
        return Err(BadPlacement::OutOfReach);
    }
    let mut pose = Pose {
        yaw_deg,
        pitch_deg,
        roll_deg: 0.0,
    };
    // A turned and bowed face's pupils are not level even where it does not
    // roll: what their line shows beyond that is the roll.
    let eyes = pose.camera_from_head() * DVec3::X;
    let level = libm::atan2(-eyes.y, eyes.x);
    pose.roll_deg = (libm::atan2(across.y, across.x) - level) / RADIAN;
    Ok(pose)
}

/// The pupils in the frame, the person's right one first in the sense of an
/// unmirrored photo: with the chin below, it is to the photo's left.
fn pupils(face: &FaceMarkers, chin: DVec2) -> Result<(DVec2, DVec2), BadPlacement> {
    let right = frame_point(face.right_pupil)?;
    let left = frame_point(face.left_pupil)?;
    let across = left - right;
    if across.length() < HAND_SD_PX {
        return Err(BadPlacement::PupilsTogether);
    }
    let chin_below = (chin - (right + left) * 0.5).dot(across.perp()) >= 0.0;
    Ok(if chin_below {
        (right, left)
    } else {
        (left, right)
    })
}

/// The side markers in the frame, sorted along the pupil line's direction
/// `along` (unit) whichever way round they were given.
fn sides(
    face: &FaceMarkers,
    mid: DVec2,
    along: DVec2,
) -> Result<(Option<DVec2>, Option<DVec2>), BadPlacement> {
    let given = [face.right_side, face.left_side];
    let (mut right, mut left) = (None, None);
    for marker in given.into_iter().flatten() {
        let at = frame_point(marker)?;
        let side = if (at - mid).dot(along) < 0.0 {
            &mut right
        } else {
            &mut left
        };
        if side.replace(at).is_some() {
            return Err(BadPlacement::SidesOutOfPlace);
        }
    }
    Ok((right, left))
}

/// What a drawn outline tells; `smallest_px` as for [`face_problem`].
pub(super) fn outline_problem(
    outline: &HeadOutline,
    smallest_px: f64,
) -> Result<Problem, BadPlacement> {
    let centre = frame_point(outline.centre)?;
    let half = frame_point(outline.half_axes)?;
    let angles = [outline.roll_deg, outline.tilt_deg, outline.turn_deg];
    if angles.iter().any(|angle| !angle.is_finite()) {
        return Err(BadPlacement::NotANumber);
    }
    let turned = [outline.tilt_deg, outline.turn_deg];
    // A roll of any size is a direction, but a huge one has lost its digits.
    if turned
        .iter()
        .any(|angle| angle.abs() > OUTLINE_TURN_MAX_DEG)
        || outline.roll_deg.abs() > 360_000.0
    {
        return Err(BadPlacement::OutOfReach);
    }
    if 2.0 * half.min_element() < smallest_px {
        return Err(BadPlacement::TooSmall);
    }
    let pose = outline_pose(outline);
    let standard = standard_outline_mm(outline.view);
    if !OUTLINE_ASPECT.contains(&((half.y / half.x) / (standard.y / standard.x))) {
        return Err(BadPlacement::OutlineShape);
    }
    let px_per_mm = ((half.x * half.y) / (standard.x * standard.y)).sqrt();
    let roll = pose.roll_deg * RADIAN;
    let sd = OUTLINE_SD_MM * px_per_mm;
    let edges = [
        (Towards::Up, half.y),
        (Towards::Down, half.y),
        (Towards::Right, half.x),
        (Towards::Left, half.x),
    ];
    let edges = edges.map(|(towards, reach)| Observation::Edge {
        towards,
        at: centre + towards.in_photo(roll) * reach,
        sd,
    });
    let mut seen: Vec<Observation> = edges.into();
    seen.extend(known(outline.known_length, Near::Scalp, px_per_mm)?);
    Ok(Problem {
        centre,
        px_per_mm,
        pose,
        turn_sd: [STATED_TURN_SD; 3],
        seen,
    })
}

/// The pose an outline states; [`super::fit::fit`] says how its angles compose.
fn outline_pose(outline: &HeadOutline) -> Pose {
    let (yaw, pitch) = match outline.view {
        View::Front => (0.0, outline.tilt_deg),
        View::Back => (180.0, outline.tilt_deg),
        View::RightSide => (90.0, outline.tilt_deg),
        View::LeftSide => (-90.0, outline.tilt_deg),
        View::Top => (0.0, 90.0 - outline.tilt_deg),
    };
    Pose {
        yaw_deg: yaw + outline.turn_deg,
        pitch_deg: pitch,
        roll_deg: outline.roll_deg,
    }
}

/// Half the standard cranium's width and height as the plain view shows it, mm.
pub(super) fn standard_outline_mm(view: View) -> DVec2 {
    let axes = STANDARD_SEMI_AXES_MM;
    match view {
        View::Front | View::Back => DVec2::new(axes.x, axes.y),
        View::RightSide | View::LeftSide => DVec2::new(axes.z, axes.y),
        View::Top => DVec2::new(axes.x, axes.z),
    }
}

/// What something of known length tells; `px_per_mm` is a first guess.
fn known(
    length: Option<KnownLength>,
    near: Near,
    px_per_mm: f64,
) -> Result<Option<Observation>, BadPlacement> {
    let Some(KnownLength { from, to, mm }) = length else {
        return Ok(None);
    };
    let seen_px = (frame_point(to)? - frame_point(from)?).length();
    // Not-a-number is in no range.
    if !KNOWN_LENGTH_RANGE_MM.contains(&mm) || seen_px < SHORTEST_LENGTH_PX {
        return Err(BadPlacement::KnownLength);
    }
    let sd = libm::hypot(KNOWN_LENGTH_SD * mm * px_per_mm, HAND_SD_PX);
    Ok(Some(Observation::Length {
        near,
        mm,
        seen_px,
        sd,
    }))
}

/// What the irises tell beside eyes so far apart, px of the frame; nothing
/// where no person's can be so wide.
fn iris(width: Option<IrisWidth>, ipd_px: f64) -> Result<Option<Observation>, BadPlacement> {
    let Some(IrisWidth { across, sd }) = width else {
        return Ok(None);
    };
    if !across.is_finite() || !sd.is_finite() {
        return Err(BadPlacement::NotANumber);
    }
    let seen_px = across * FRAME_PX;
    Ok(IPD_PER_IRIS
        .contains(&(ipd_px / seen_px))
        .then(|| Observation::Length {
            near: Near::Face,
            mm: IRIS_MM,
            seen_px,
            sd: libm::hypot(IRIS_SD * seen_px, sd * FRAME_PX),
        }))
}

/// A marker in the fit's frame, px.
fn frame_point(marker: MarkerInPhoto) -> Result<DVec2, BadPlacement> {
    let point = DVec2::from_array(marker);
    if !point.is_finite() {
        Err(BadPlacement::NotANumber)
    } else if point.abs().max_element() > REACH {
        Err(BadPlacement::OutOfReach)
    } else {
        Ok(point * FRAME_PX)
    }
}
