//! What the markers tell, and the iteration that finds the head behind them.

use glam::{DVec2, DVec3};

use super::anthropometry::{
    self, BREADTH_SD, FACE_LENGTH_MM, FACE_SD, HEIGHT_SD, IPD_MEASURED_SD_MM, IPD_MM, IPD_SD,
    LENGTH_SD, Landmarks, SIZE_CORRELATION, STANDARD_SEMI_AXES_MM,
};
use super::camera::{Camera, DEFAULT_DISTANCE_MM, Pose};
use super::error::BadPlacement;
use super::head::HeadModel;
use super::least_squares::minimise;

/// Longer edge of the frame the fit works in, px: the working photo's largest.
pub(super) const FRAME_PX: f64 = 2048.0;
/// Sum of squared deviations, in SDs, beyond which the markers fit no head. A
/// face gives at most 20 of them; all of them three SDs off makes 180.
const NOT_A_HEAD: f64 = 400.0;
/// One degree in radians.
pub(super) const RADIAN: f64 = std::f64::consts::PI / 180.0;

/// How many unknowns the fit has; [`Unknowns`] names them.
const N: usize = 11;
/// Which unknown is the logarithm of the scale.
const SCALE: usize = 2;
/// No unknown may leave ± this: centre mm; then log of scale; roll, yaw and
/// pitch, rad; then logs of five sizes.
const LIMIT: [f64; N] = [400.0, 400.0, 1.5, 1.5, 1.2, 1.2, 0.7, 0.7, 0.7, 0.7, 0.7];
/// Step of the numeric derivative by each unknown.
const PROBE: [f64; N] = [
    1e-3, 1e-3, 1e-5, 1e-5, 1e-5, 1e-5, 1e-5, 1e-5, 1e-5, 1e-5, 1e-5,
];

/// What a marker tells. SDs in px of the fit's frame.
pub(super) enum Observation {
    /// A landmark's image lies here.
    Point {
        of: fn(&Landmarks) -> DVec3,
        at: DVec2,
        sd: f64,
    },
    /// The cranium's outline reaches just this far, seen along an axis of it.
    Edge {
        towards: Towards,
        at: DVec2,
        sd: f64,
    },
    /// The cranium's outline passes through here.
    Outline { at: DVec2, sd: f64 },
    /// Somebody measured the interpupillary distance.
    Ipd { mm: f64 },
    /// Something of known length lies on the head, where it is as near to the
    /// camera as this, and looks so long.
    Length {
        near: Near,
        mm: f64,
        seen_px: f64,
        sd: f64,
    },
}

/// How near to the camera something lies that is held against a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Near {
    /// As near as the eyes.
    Face,
    /// As near as the scalp is in the middle of its image.
    Scalp,
}

impl Near {
    /// Pixels to a millimetre there.
    pub(super) fn px_per_mm(self, head: &HeadModel, landmarks: &Landmarks) -> f64 {
        let at_mm = match self {
            Self::Face => Some((landmarks.left_pupil + landmarks.right_pupil) * 0.5),
            Self::Scalp => head.scalp_from_photo(head.silhouette_ellipse().centre),
        };
        head.px_per_mm_at(at_mm.unwrap_or(DVec3::ZERO))
    }
}

/// A direction across the photo that rolls with the head.
#[derive(Clone, Copy)]
pub(super) enum Towards {
    Up,
    Down,
    /// Against the pupil line's direction: person's right in a front view.
    Right,
    /// Along it.
    Left,
}

impl Towards {
    /// As a unit vector of the photo frame for a head rolled by `roll`, rad.
    pub(super) fn in_photo(self, roll: f64) -> DVec2 {
        let (sin, cos) = libm::sincos(roll);
        match self {
            Self::Up => DVec2::new(sin, -cos),
            Self::Down => DVec2::new(-sin, cos),
            Self::Right => DVec2::new(-cos, -sin),
            Self::Left => DVec2::new(cos, sin),
        }
    }
}

/// A placement made ready for the iteration: where to start, what to believe
/// beforehand and what was seen.
pub(super) struct Problem {
    /// Start of the ellipsoid centre's image, px of the frame.
    pub(super) centre: DVec2,
    /// Start of the scale, px per mm.
    pub(super) px_per_mm: f64,
    /// Start of the pose, and what is believed of it.
    pub(super) pose: Pose,
    /// SD of roll, yaw and pitch around that, rad.
    pub(super) turn_sd: [f64; 3],
    /// What the markers tell.
    pub(super) seen: Vec<Observation>,
}

/// The unknowns, each as its difference from the problem's start.
struct Unknowns {
    head: HeadModel,
    landmarks: Landmarks,
    ipd_mm: f64,
}

impl Problem {
    /// The head these values of the unknowns stand for.
    fn unknowns(&self, x: &[f64; N]) -> Unknowns {
        let [
            cx,
            cy,
            scale,
            roll,
            yaw,
            pitch,
            breadth,
            height,
            length,
            ipd,
            face,
        ] = *x;
        let axes = STANDARD_SEMI_AXES_MM
            * DVec3::new(libm::exp(breadth), libm::exp(height), libm::exp(length));
        let ipd_mm = IPD_MM * libm::exp(ipd);
        let pose = Pose {
            roll_deg: self.pose.roll_deg + roll / RADIAN,
            yaw_deg: self.pose.yaw_deg + yaw / RADIAN,
            pitch_deg: self.pose.pitch_deg + pitch / RADIAN,
        };
        let camera = Camera {
            centre_in_photo: self.centre + DVec2::new(cx, cy) * self.px_per_mm,
            px_per_mm: self.px_per_mm * libm::exp(scale),
            distance_mm: DEFAULT_DISTANCE_MM,
        };
        Unknowns {
            head: HeadModel::posed(axes, pose, camera),
            landmarks: anthropometry::landmarks(axes, ipd_mm, FACE_LENGTH_MM * libm::exp(face)),
            ipd_mm,
        }
    }

    /// Deviations from what was believed and seen, each in its SDs.
    fn residuals(&self, x: &[f64; N], out: &mut Vec<f64>) {
        let [_, _, _, roll, yaw, pitch, sizes @ ..] = *x;
        out.extend(
            [roll, yaw, pitch]
                .iter()
                .zip(self.turn_sd)
                .map(|(turn, sd)| turn / sd),
        );
        out.extend(size_residuals(sizes));
        let u = self.unknowns(x);
        let outline = u.head.silhouette_ellipse();
        let rolled = u.head.pose.roll_deg * RADIAN;
        for seen in &self.seen {
            match *seen {
                Observation::Point { of, at, sd } => {
                    let off = (u.head.photo_from_head(of(&u.landmarks)) - at) / sd;
                    out.extend(off.to_array());
                }
                Observation::Edge { towards, at, sd } => {
                    let dir = towards.in_photo(rolled);
                    out.push((outline.extent(dir) - at.dot(dir)) / sd);
                }
                Observation::Outline { at, sd } => out.push(outline.beyond(at) / sd),
                Observation::Ipd { mm } => out.push((u.ipd_mm - mm) / IPD_MEASURED_SD_MM),
                Observation::Length {
                    near,
                    mm,
                    seen_px,
                    sd,
                } => {
                    let px_per_mm = near.px_per_mm(&u.head, &u.landmarks);
                    out.push((mm * px_per_mm - seen_px) / sd);
                }
            }
        }
    }

    /// The most probable head, in the fit's frame.
    pub(super) fn solve(&self) -> Result<HeadModel, BadPlacement> {
        let found = minimise([0.0; N], &LIMIT, &PROBE, |x, out| self.residuals(x, out))
            .filter(|found| found.cost <= NOT_A_HEAD)
            .ok_or(BadPlacement::NotAHead)?;
        let head = self.unknowns(&found.at).head;
        Ok(HeadModel {
            scale_error: found.deviation(SCALE).ok_or(BadPlacement::NotAHead)?,
            pose: head.pose.normalised(),
            ..head
        })
    }
}

/// The deviations of the five log sizes from the mean head, made independent.
/// All pairs correlate alike, so their correlation matrix has one eigenvalue
/// for the mean of all and one for the differences from it.
fn size_residuals(sizes: [f64; 5]) -> [f64; 5] {
    const SD: [f64; 5] = [BREADTH_SD, HEIGHT_SD, LENGTH_SD, IPD_SD, FACE_SD];
    let mut deviations = sizes;
    for (deviation, sd) in deviations.iter_mut().zip(SD) {
        *deviation /= sd;
    }
    let mean = deviations.iter().sum::<f64>() / 5.0;
    let (common, own) = (1.0 + 4.0 * SIZE_CORRELATION, 1.0 - SIZE_CORRELATION);
    deviations.map(|deviation| (deviation - mean) / own.sqrt() + mean / common.sqrt())
}
