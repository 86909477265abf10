//! Where the head's outline is the scalp's: the top of the head and its sides
//! above the ears, read from the person mask, and only where the skin goes on
//! up to the outline. Under hair the outline says nothing of the skull.

use glam::DVec2;

use super::crop::Square;
use super::face::Face;
use super::person::PersonMask;
use crate::engine::anthropometry::{PUPILS_BEHIND_GLABELLA_MM, STANDARD_SEMI_AXES_MM};
use crate::engine::head::HeadModel;
use crate::engine::image::Photo;

/// Where the head meets the background, photo px; none where hair, a hat or a
/// hand is in the way, or the photo's edge.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ScalpEdges {
    /// Top of the head.
    pub top: Option<DVec2>,
    /// The person's right side, above the ear.
    pub right_side: Option<DVec2>,
    /// Left side.
    pub left_side: Option<DVec2>,
}

/// Side of the square that the person mask is made for, mm, and how far above
/// the eyes its middle lies: the head with its neck and some background, as
/// the model has learnt people.
const MASK_SIDE_MM: f64 = 420.0;
/// See [`MASK_SIDE_MM`].
const MASK_ABOVE_EYES_MM: f64 = 20.0;

/// The square around a face's head that the person mask is made for.
#[must_use]
pub fn head_square(face: &Face) -> Square {
    let [right, left] = face.pupils();
    let turn = face.mesh.square().turn;
    let (sin, cos) = libm::sincos(turn);
    let up = DVec2::new(sin, -cos) * face.pose.px_per_mm;
    Square {
        centre: (right + left) * 0.5 + up * MASK_ABOVE_EYES_MM,
        side: MASK_SIDE_MM * face.pose.px_per_mm,
        turn,
    }
}

/// The like square around a head without a face.
#[must_use]
pub fn square_with_body(head: &HeadModel) -> Square {
    let ellipse = head.silhouette_ellipse();
    Square {
        centre: ellipse.centre,
        side: MASK_SIDE_MM * head.camera.px_per_mm,
        turn: 0.0,
    }
}

/// Step of the walk outwards, mm.
const STEP_MM: f64 = 0.5;
/// How far from between the eyes the outline can be, mm: the vertex lies 114
/// above the pupils (ANSUR II), ± 20 % and more for a bowed head.
const TOP_MM: std::ops::RangeInclusive<f64> = 75.0..=160.0;
/// How far from there a side can be, as shares of the standard head's.
const SIDE_SHARE: std::ops::Range<f64> = 0.65..1.35;
/// Heights above the eyes at which the sides are looked for, mm: above the
/// ears, below where the head narrows.
const SIDE_HEIGHTS_MM: std::ops::Range<u32> = 38..62;
/// How much higher that is on a bowed head, mm per sine of its pitch: its ears
/// lie some 80 mm behind the eyes; half of it, because in the photos from above
/// in which heads look bowed the camera is near, and the pitch read too large.
const EARS_RISE_MM: f64 = 25.0;
/// Ways to go up from, mm to either side of the middle.
const TOP_OFFSETS_MM: std::ops::Range<i32> = -45..46;
/// Fewest ways that tell where the outline is.
const LEAST_WAYS: usize = 3;
/// The way from the forehead to the outline is looked at in steps of so many
/// mm, by discs of that radius, up to so far from the outline, where the skin
/// turns away from the light.
const LOOK_STEP_MM: f64 = 2.0;
/// See [`LOOK_STEP_MM`].
const LOOK_RADIUS_MM: f64 = 3.0;
/// See [`LOOK_STEP_MM`].
const RIM_MM: f64 = 7.0;
/// Hair begins with a step: within so many steps of the way the light falls
/// to less than this share. Shading, highlights and stubble do not fall so
/// fast (chosen on the photos of this project's set).
const HAIR_STEPS: usize = 4;
/// See [`HAIR_STEPS`].
const HAIR_LIGHT: f64 = 0.5;
/// Skin at the outline has at least this share of the way's most light: black
/// hair may begin where the way does.
const LEAST_LIGHT: f64 = 0.06;
/// Where the way to a side begins, mm from the face's middle: on the temple.
const TEMPLE_MM: f64 = 38.0;
/// The mesh's uppermost point, where the way to the top begins.
const UPPER_FOREHEAD: usize = 10;

/// The edges of a face's head.
#[must_use]
pub fn scalp_edges(photo: &Photo, face: &Face, mask: &PersonMask) -> ScalpEdges {
    let look = Look::new(photo, face, mask);
    let top = TOP_OFFSETS_MM.step_by(3).map(|mm| {
        look.way(
            look.eyes + look.right * (f64::from(mm) * look.px_per_mm),
            look.up,
            &TOP_MM,
        )
    });
    let axes = STANDARD_SEMI_AXES_MM;
    let (turn, straight) = libm::sincos(face.pose.pose.yaw_deg.to_radians());
    let bowed = libm::sin(face.pose.pose.pitch_deg.to_radians()).max(0.0);
    let ears_mm = EARS_RISE_MM * bowed;
    let side = |dir: DVec2| {
        // A turned head shows some of its length.
        let half = libm::hypot(axes.x * straight, axes.z * turn);
        let nearer = (axes.z - PUPILS_BEHIND_GLABELLA_MM) * turn * dir.dot(look.right);
        let usual_mm = half - nearer;
        let range = SIDE_SHARE.start * usual_mm..=SIDE_SHARE.end * usual_mm;
        let ways = SIDE_HEIGHTS_MM.step_by(3).map(|mm| {
            let height_mm = f64::from(mm) + ears_mm;
            look.way(
                look.eyes + look.up * (height_mm * look.px_per_mm),
                dir,
                &range,
            )
        });
        farthest(dir, &ways.collect::<Vec<_>>())
    };
    let forehead = face.mesh.at(UPPER_FOREHEAD);
    let skin = |edge: Option<DVec2>, from: DVec2| edge.filter(|edge| look.is_skin(from, *edge));
    let temple = |edge: Option<DVec2>, dir: DVec2| {
        // Level with the edge.
        let height = edge.map_or(0.0, |edge| (edge - look.eyes).dot(look.up));
        let from = look.eyes + look.up * height + dir * (TEMPLE_MM * look.px_per_mm);
        skin(edge, from)
    };
    ScalpEdges {
        top: skin(farthest(look.up, &top.collect::<Vec<_>>()), forehead),
        // To the photo's left is the person's right.
        right_side: temple(side(-look.right), -look.right),
        left_side: temple(side(look.right), look.right),
    }
}

/// Where a way outwards has led to.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// To the outline.
    Arrived(DVec2),
    /// Out of the photo.
    Left,
    /// To no outline in reach.
    Lost,
}

/// The farthest place in direction `dir` that ways have arrived at; none where
/// fewer have arrived than were lost. What leaves the photo says nothing: a
/// head that it cuts off has its outline to the left and right of that.
fn farthest(dir: DVec2, ways: &[Way]) -> Option<DVec2> {
    let arrived = ways.iter().filter_map(|way| match way {
        Way::Arrived(at) => Some(*at),
        Way::Left | Way::Lost => None,
    });
    let lost = ways.iter().filter(|way| matches!(way, Way::Lost)).count();
    // A gap in the mask makes a way too short, never too long.
    let farthest = arrived
        .clone()
        .max_by(|a, b| a.dot(dir).total_cmp(&b.dot(dir)));
    farthest.filter(|_| arrived.count() >= lost.max(LEAST_WAYS))
}

struct Look<'a> {
    photo: &'a Photo,
    mask: &'a PersonMask,
    eyes: DVec2,
    /// Unit, photo.
    up: DVec2,
    right: DVec2,
    px_per_mm: f64,
}

impl<'a> Look<'a> {
    fn new(photo: &'a Photo, face: &Face, mask: &'a PersonMask) -> Self {
        let [a, b] = face.pupils();
        let px_per_mm = face.pose.px_per_mm;
        let (sin, cos) = libm::sincos(mask.square.turn);
        Self {
            photo,
            mask,
            eyes: (a + b) * 0.5,
            up: DVec2::new(sin, -cos),
            right: DVec2::new(cos, sin),
            px_per_mm,
        }
    }

    /// Goes to the last place of the person, px, where there is background
    /// behind it within the range.
    fn way(&self, from: DVec2, dir: DVec2, range: &std::ops::RangeInclusive<f64>) -> Way {
        let share = |mm: f64| self.mask.at(from + dir * (mm * self.px_per_mm));
        let mut mm = 0.0;
        let mut before = share(0.0).unwrap_or(0.0);
        while mm <= *range.end() {
            let Some(now) = share(mm + STEP_MM) else {
                break;
            };
            if before >= 0.5 && now < 0.5 {
                let within = f64::from((before - 0.5) / (before - now));
                let at = mm + STEP_MM * within;
                let edge = from + dir * (at * self.px_per_mm);
                return match (range.contains(&at), self.is_inside(edge)) {
                    (true, true) => Way::Arrived(edge),
                    (true, false) => Way::Left,
                    _ => Way::Lost,
                };
            }
            before = now;
            mm += STEP_MM;
        }
        Way::Lost
    }

    /// Whether a point lies inside the photo, not at its rim.
    fn is_inside(&self, p: DVec2) -> bool {
        let rim = self.px_per_mm;
        let size = DVec2::new(
            f64::from(self.photo.width()),
            f64::from(self.photo.height()),
        );
        p.min_element() > rim && (size - p).min_element() > rim
    }

    /// Whether the photo shows nothing but skin on the way to an edge.
    fn is_skin(&self, from: DVec2, edge: DVec2) -> bool {
        let way = edge - from;
        let length_mm = way.length() / self.px_per_mm;
        let steps = ((length_mm - RIM_MM) / LOOK_STEP_MM).max(0.0) as u32;
        let light: Vec<f64> = (0..steps)
            .filter_map(|step| {
                let p = from + way * (f64::from(step) * LOOK_STEP_MM / length_mm);
                let radius_px = LOOK_RADIUS_MM * self.px_per_mm;
                let [r, g, b] = self.photo.mean_linear_disc(p.x, p.y, radius_px)?;
                Some(r + g + b)
            })
            .collect();
        let most = light.iter().copied().fold(0.0, f64::max);
        let falls = light
            .windows(HAIR_STEPS + 1)
            .any(|part| part[HAIR_STEPS] < HAIR_LIGHT * part[0]);
        let ends = light.last().copied().unwrap_or(0.0);
        light.len() > HAIR_STEPS && !falls && ends > LEAST_LIGHT * most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_out_of_the_photo_say_nothing_and_lost_ones_speak_against() {
        let up = DVec2::new(0.0, -1.0);
        let arrived = |y: f64| Way::Arrived(DVec2::new(5.0, y));
        let flanks = [arrived(40.0), arrived(30.0), arrived(50.0)];
        let cut_off = [vec![Way::Left; 20], flanks.to_vec()].concat();
        assert_eq!(farthest(up, &cut_off), Some(DVec2::new(5.0, 30.0)));
        let mostly_lost = [vec![Way::Lost; 4], flanks.to_vec()].concat();
        assert_eq!(farthest(up, &mostly_lost), None);
        let half_lost = [vec![Way::Lost; 3], flanks.to_vec()].concat();
        assert!(farthest(up, &half_lost).is_some());
        assert_eq!(farthest(up, &cut_off[..22]), None, "too few");
        assert_eq!(farthest(up, &[]), None);
    }
}
