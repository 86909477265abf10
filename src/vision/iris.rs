//! The irises: a second ruler in the face, whose width differs less between
//! people than anything else there.
//!
//! In each eye's crop a circle is sought whose left and right arcs go from dark
//! to light, outwards. Both eyes share its radius, as a person's two irises do.
//! The arcs above and below are left out: there the lids lie.

use glam::DVec2;

use super::crop::{Pyramid, Square};
use super::face::Face;
use super::landmarks::EYE_OPENINGS;
use crate::engine::anthropometry::{IPD_PER_IRIS, IRIS_MM};

/// The irises of a face.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Irises {
    /// Their centres, the person's right first, photo px.
    pub centres: [DVec2; 2],
    /// How wide they are across their whole width, photo px: as if they looked
    /// at the camera.
    pub across_px: f64,
    /// How far off that may be, SD, photo px.
    pub across_sd_px: f64,
    /// The distance between them, as if the face looked at the camera, as a
    /// multiple of their width.
    pub ipd_per_iris: f64,
}

/// Why there are none.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum NoIrises {
    /// The farther eye is too far round the corner.
    #[error("turned")]
    Turned,
    /// The lids are nearly closed.
    #[error("closed")]
    Closed,
    /// No clear edge: dark, behind glare, or covered.
    #[error("faint")]
    Faint,
    /// What is found in one eye is not what is found in the other.
    #[error("unlike")]
    Unlike,
    /// They look aside.
    #[error("aside")]
    Aside,
    /// Too few pixels.
    #[error("small")]
    Small,
    /// Nobody's eyes are so far apart for their width: something else was
    /// found. The multiple.
    #[error("{0:.2}")]
    Implausible(f64),
}

/// Side of an eye's crop, px, and how many of them are a mm of an average face.
const CROP_PX: usize = 96;
const CROP_PX_PER_MM: f64 = 2.5;
/// An average iris in the crop, px.
const IRIS_PX: f64 = IRIS_MM * CROP_PX_PER_MM;
/// How far the face may be turned, degrees: the project's photos turned by 30°
/// and more show no limbus on both sides of both irises.
const TURN_MAX_DEG: f64 = 25.0;
/// Least opening between the lids, as a share of the iris: closed eyes read
/// 0.22 to 0.24 on the project's photos, narrowed ones 0.5.
const OPENING_MIN: f64 = 0.4;
/// Least mean step from dark to light on each arc, of 1 in sRGB, as it counts
/// (see [`STEP_HALF`]).
const STEP_MIN: f64 = 0.045;
/// Narrowest iris that is believed, photo px: the project's photos made smaller
/// until theirs were 5 px wide gave up to a third less or another edge.
const ACROSS_MIN_PX: f64 = 6.0;
/// Error of the width, SD: px and share. The project's photos made two to four
/// times smaller give widths within 0.5 px, but for one of eighteen; both eyes
/// of a face, each for itself, differ by 2 % in the median. (From `iris_landmark`'s
/// they differ by 8 %, SD; by 5 % where its own two eyes agree to 5 %.)
const EDGE_SD_PX: f64 = 0.5;
const WIDTH_SD: f64 = 0.025;
/// Arcs reach so far from the level, in steps of [`ARC_STEP`], rad; with fewer
/// than half of their places between the lids they count for less.
const ARC_STEPS: i32 = 5;
const ARC_STEP: f64 = std::f64::consts::PI / 18.0;
const PLACES_MIN: f64 = 5.0;
/// The step is seen over so many crop px on either side of the edge, and one as
/// large as this counts by half, larger ones for ever less: a catch-light's edge
/// is the largest of all.
const STEP_PX: f64 = 2.2;
const STEP_HALF: f64 = 0.25;
/// An iris lies so near to the height of the lids' middle: its score falls by
/// this times the squared distance in widths.
const LEVEL: f64 = 3.0;
/// The same of the radius, about an average face's: the rings within an iris,
/// and the lids, are seldom as large as it. Too blunt to move the edge itself.
const USUAL: f64 = 1.0;
/// Least score of an eye's circle as a share of its best of any radius: 0.97 to
/// 1 where both irises are seen, 0.78 to 0.94 where one is not.
const LIKE: f64 = 0.95;
/// From an eye's centre of rotation to the plane of its limbus, and on to the
/// line through its lids' corners, mm: cornea's top at 13, limbus 3 behind it,
/// corners 5 to 11 behind it (rounded textbook figures).
const LIMBUS_MM: f64 = 10.0;
const CORNERS_MM: f64 = 5.0;
/// How far aside the eyes may look: sine.
const ASIDE_MAX: f64 = 0.5;

/// An eye's crop.
struct Eye {
    square: Square,
    light: Vec<f32>,
    /// The upper and the lower lid's y in each column; beside the eye nothing is
    /// between them.
    opening: [(f64, f64); CROP_PX],
    /// Middle between the corners, x.
    middle: f64,
}

/// A circle in an eye's crop and how good it is.
#[derive(Clone, Copy)]
struct Fit {
    score: f64,
    centre: DVec2,
}

impl Eye {
    fn new(pyramid: &Pyramid<'_>, face: &Face, opening: &[usize; 16]) -> Self {
        let square = Square {
            centre: face.mesh.middle(opening),
            side: CROP_PX as f64 / CROP_PX_PER_MM * face.pose.px_per_mm,
            turn: face.mesh.square().turn,
        };
        let crop = pyramid.crop(&square, CROP_PX);
        let light = crop.as_chunks::<3>().0.iter();
        let light = light.map(|[r, g, b]| 0.25 * r + 0.5 * g + 0.25 * b);
        let points = opening.map(|i| square.square_from_photo(face.mesh.at(i)) * CROP_PX as f64);
        Self {
            square,
            light: light.collect(),
            opening: std::array::from_fn(|column| lids(&points, column as f64 + 0.5)),
            middle: 0.5 * (points[0].x + points[8].x),
        }
    }

    /// Largest distance between the lids, px.
    fn open_px(&self) -> f64 {
        let open = self.opening.iter();
        open.fold(0.0, |most, (upper, lower)| most.max(lower - upper))
    }

    /// The light between four pixels.
    fn at(&self, p: DVec2) -> f64 {
        let p = (p - 0.5).clamp(DVec2::ZERO, DVec2::splat(CROP_PX as f64 - 1.001));
        let (x, y) = (p.x as usize, p.y as usize);
        let share = p - DVec2::new(x as f64, y as f64);
        let from = self.light.get(y * CROP_PX + x..).unwrap_or_default();
        let Some(near) = from.first_chunk::<{ CROP_PX + 2 }>() else {
            return 0.0;
        };
        let pixel = |i: usize| f64::from(near[i]);
        let row = |i: usize| pixel(i) + (pixel(i + 1) - pixel(i)) * share.x;
        row(0) + (row(CROP_PX) - row(0)) * share.y
    }

    /// Mean step from dark to light across an arc between the lids; the arc is
    /// around the direction `side`.
    fn arc(&self, centre: DVec2, radius: f64, side: f64, arc: &[DVec2]) -> f64 {
        let (mut sum, mut places) = (0.0, 0.0);
        for direction in arc {
            let outwards = DVec2::new(direction.x * side, direction.y);
            let p = centre + outwards * radius;
            let lids = self.opening.get(p.x as usize);
            if lids.is_some_and(|(upper, lower)| p.y > *upper && p.y < *lower) {
                let step = self.at(p + outwards * STEP_PX) - self.at(p - outwards * STEP_PX);
                sum += step * STEP_HALF / (STEP_HALF + step.abs());
                places += 1.0;
            }
        }
        sum / PLACES_MIN.max(places)
    }

    /// The best of the circles of one radius around places near `near`.
    fn best(&self, near: DVec2, radius: f64, step: f64, reach: [i32; 2], arc: &[DVec2]) -> Fit {
        let mut best = Fit {
            score: f64::NEG_INFINITY,
            centre: near,
        };
        for x in -reach[0]..=reach[0] {
            for y in -reach[1]..=reach[1] {
                let centre = near + DVec2::new(f64::from(x), f64::from(y)) * step;
                let off = (centre.y - 0.5 * CROP_PX as f64) / IRIS_PX;
                let arcs = self.arc(centre, radius, 1.0, arc) + self.arc(centre, radius, -1.0, arc);
                let score = arcs * (1.0 - LEVEL * off * off);
                if score > best.score {
                    best = Fit { score, centre };
                }
            }
        }
        best
    }
}

/// Where the lids, a closed line of points, cross a column: above and below.
/// Where they do not, it is the other way round.
fn lids(points: &[DVec2; 16], x: f64) -> (f64, f64) {
    let (mut upper, mut lower) = (f64::INFINITY, f64::NEG_INFINITY);
    for (p, q) in points.iter().zip(points.iter().cycle().skip(1)) {
        if (p.x <= x) != (q.x <= x) {
            let y = p.y + (q.y - p.y) * (x - p.x) / (q.x - p.x);
            (upper, lower) = (upper.min(y), lower.max(y));
        }
    }
    (upper, lower)
}

/// The radius that suits both eyes best, and each one's circle of it; none
/// where what suits both does not suit each.
fn search(eyes: &[Eye; 2], arc: &[DVec2]) -> Option<(f64, [Fit; 2])> {
    let middle = Fit {
        score: 0.0,
        centre: DVec2::splat(0.5 * CROP_PX as f64),
    };
    let mut found = (0.535 * IRIS_PX, [middle; 2]);
    let mut step = 0.06 * IRIS_PX;
    // First widths from 0.71 to 1.43 of an average face's, with centres all over
    // the opening, then ever nearer.
    let (mut radii, mut reach, mut radius_step) = (9, [10, 5], 0.02 * IRIS_PX);
    let mut alone = [0.0_f64; 2];
    for _ in 0..6 {
        let (radius, near) = found;
        let mut most = f64::NEG_INFINITY;
        for i in -radii..=radii {
            let radius = radius + f64::from(i) * radius_step;
            let fits: [Fit; 2] = std::array::from_fn(|eye| {
                eyes[eye].best(near[eye].centre, radius, step, reach, arc)
            });
            for (alone, fit) in alone.iter_mut().zip(&fits) {
                *alone = fit.score.max(*alone);
            }
            let off = 2.0 * radius / IRIS_PX - 1.0;
            let score = (fits[0].score + fits[1].score) * (1.0 - USUAL * off * off);
            if score > most {
                (most, found) = (score, (radius, fits));
            }
        }
        (radii, reach) = (1, [1, 1]);
        step *= 0.6;
        radius_step = 0.5 * step;
    }
    let like = |eye: usize| found.1[eye].score >= LIKE * alone[eye];
    (like(0) && like(1)).then_some(found)
}

/// The irises of a face.
///
/// # Errors
/// [`NoIrises`], where they cannot be told.
pub fn irises(pyramid: &Pyramid<'_>, face: &Face) -> Result<Irises, NoIrises> {
    let pose = face.pose.pose;
    if pose.yaw_deg.abs() > TURN_MAX_DEG {
        return Err(NoIrises::Turned);
    }
    let eyes = EYE_OPENINGS
        .each_ref()
        .map(|opening| Eye::new(pyramid, face, opening));
    if eyes.iter().any(|eye| eye.open_px() < OPENING_MIN * IRIS_PX) {
        return Err(NoIrises::Closed);
    }
    let arc: [DVec2; 2 * ARC_STEPS as usize + 1] = std::array::from_fn(|i| {
        let (sin, cos) = libm::sincos(f64::from(i as i32 - ARC_STEPS) * ARC_STEP);
        DVec2::new(cos, sin)
    });
    let (radius, fits) = search(&eyes, &arc).ok_or(NoIrises::Unlike)?;
    let pairs = || eyes.iter().zip(&fits);
    for (eye, fit) in pairs() {
        let step = |side| eye.arc(fit.centre, radius, side, &arc);
        if step(1.0).min(step(-1.0)) < STEP_MIN {
            return Err(NoIrises::Faint);
        }
    }
    let photo_px = face.pose.px_per_mm / CROP_PX_PER_MM;
    // An iris turned away is an ellipse, narrower by its cosine. Eyes may look
    // elsewhere than the face: how far from the camera they do shows in where
    // their irises stand before the centres of rotation. Up and down does not
    // change the width.
    let aside_mm: f64 = pairs()
        .map(|(eye, fit)| fit.centre.x - eye.middle)
        .sum::<f64>()
        / (2.0 * CROP_PX_PER_MM);
    let (sin, cos) = libm::sincos(pose.yaw_deg * (std::f64::consts::PI / 180.0));
    let aside = (aside_mm + CORNERS_MM * sin) / LIMBUS_MM;
    if aside.abs() > ASIDE_MAX {
        return Err(NoIrises::Aside);
    }
    let across_px = 2.0 * radius * photo_px / (1.0 - aside * aside).sqrt();
    let [right, left] = [0, 1].map(|i| {
        let place = fits[i].centre / CROP_PX as f64;
        eyes[i].square.photo_from_square(place)
    });
    let ipd_per_iris = right.distance(left) / (cos * across_px);
    if !IPD_PER_IRIS.contains(&ipd_per_iris) {
        return Err(NoIrises::Implausible(ipd_per_iris));
    }
    if across_px < ACROSS_MIN_PX {
        return Err(NoIrises::Small);
    }
    Ok(Irises {
        centres: [right, left],
        across_px,
        across_sd_px: DVec2::new(EDGE_SD_PX, WIDTH_SD * across_px).length(),
        ipd_per_iris,
    })
}
