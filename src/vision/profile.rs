//! A head seen from its side: an average profile laid over the outline of the
//! person, which tells how far the head leans and where the skull is. A skull's
//! own outline is nearly round from the side and tells neither.

use glam::DVec2;

use super::person::PersonMask;
use crate::engine::anthropometry::STANDARD_SEMI_AXES_MM;
use crate::engine::camera::{longer_edge_px, marker_from_photo};
use crate::engine::image::Photo;
use crate::engine::placement::{HeadOutline, View};

/// The profile from the forehead down to the chin, forward and up from the skull's
/// middle, mm: bridge and tip of the nose, its base, lips, chin, menton. The chin is as
/// far below the pupils as [`crate::engine::anthropometry::FACE_LENGTH_MM`] says, the
/// rest was drawn over three profiles of this project's photos (grade D).
const FACE_MM: [[i16; 2]; 9] = [
    [99, -12],
    [94, -22],
    [102, -38],
    [120, -62],
    [101, -72],
    [103, -88],
    [97, -105],
    [95, -124],
    [80, -138],
];
/// Where the nape leaves the skull, in the same.
const NAPE_MM: [i16; 2] = [-66, -78];
/// Between them the skull's outline counts: degrees from the vertex, forward.
const SKULL_DEG: core::ops::Range<i32> = -120..97;
/// Step along the skull, degrees, and along all of it, mm.
const STEP_DEG: usize = 6;
/// See [`STEP_DEG`].
const STEP_MM: f64 = 6.0;
/// How far inside the outline the person is looked for, and as far outside the
/// background, mm.
const BESIDE_MM: [f64; 3] = [3.0, 8.0, 14.0];
/// How far people lean their heads forward for such a photo, degrees, mean and SD, and
/// how far the size is off that the upper part of the outline tells, SD, share. By eye
/// on this project's photos: a bowed head is usual, one thrown back is not.
const LEAN_DEG: [f64; 2] = [5.0, 12.0];
/// See [`LEAN_DEG`].
const SIZE_SD: f64 = 0.12;
/// How much agreement with the mask, of 1, an SD of these outweighs.
const BELIEF: f64 = 0.01;
/// Leans and sizes, degrees and share of the told, that the search starts from.
const LEANS_DEG: core::ops::Range<i32> = -20..41;
/// See [`LEANS_DEG`].
const LEAN_STEP_DEG: usize = 6;
/// See [`LEANS_DEG`].
const SIZES: [f64; 3] = [-0.15, 0.0, 0.15];
/// First steps of the search: across, down, mm; share of the size; degrees.
const FIRST_STEPS: [f64; 4] = [10.0, 10.0, 0.08, 5.0];
/// How often they are halved.
const HALVINGS: usize = 5;
/// Most rounds of the search: it seldom needs twenty.
const MOST_ROUNDS: usize = 60;

/// The outline of a head whose side is seen: its right, or else its left. `middle`:
/// roughly where the skull's is, photo px; `px_per_mm`: roughly how large it is.
#[must_use]
pub fn profile(
    photo: &Photo,
    mask: &PersonMask,
    view: View,
    middle: DVec2,
    px_per_mm: f64,
) -> HeadOutline {
    let facing = if view == View::RightSide { 1.0 } else { -1.0 };
    let probes = probes();
    let laid = |[across, down, size, lean]: [f64; 4]| Laid {
        middle: middle + px_per_mm * DVec2::new(across, down),
        px_per_mm: px_per_mm * (1.0 + size),
        facing,
        lean: lean.to_radians(),
    };
    let likely = |at: &[f64; 4]| {
        let [mean, sd] = LEAN_DEG;
        let [size, lean] = [at[2] / SIZE_SD, (at[3] - mean) / sd];
        laid(*at).agreement(&probes, photo, mask) - BELIEF * (size * size + lean * lean)
    };
    // Each lean first by itself: it goes with all the others, which a climb over all at
    // once would get stuck on.
    let mut best = ([0.0; 4], f64::NEG_INFINITY);
    for lean in LEANS_DEG.step_by(LEAN_STEP_DEG) {
        for size in SIZES {
            let found = climb([0.0, 0.0, size, f64::from(lean)], 3, &likely);
            if found.1 > best.1 {
                best = found;
            }
        }
    }
    let best = climb(best.0, 4, &likely);
    let Laid {
        middle,
        px_per_mm,
        lean,
        ..
    } = laid(best.0);
    let axes = STANDARD_SEMI_AXES_MM;
    let longer_px = longer_edge_px(photo.width(), photo.height());
    HeadOutline {
        view,
        centre: marker_from_photo(middle, photo.width(), photo.height()),
        half_axes: [axes.z, axes.y].map(|mm| mm * px_per_mm / longer_px),
        roll_deg: facing * lean.to_degrees(),
        tilt_deg: 0.0,
        turn_deg: 0.0,
        known_length: None,
    }
}

/// A place beside the average profile, forward and up, mm; and 1 where the person ought
/// to be, or -1 where the background ought.
type Probe = (DVec2, f64);

/// Places beside the average profile, from the nape over the vertex to the chin.
fn probes() -> Vec<Probe> {
    let axes = STANDARD_SEMI_AXES_MM;
    let mut probes = Vec::new();
    let place = |mm: [i16; 2]| DVec2::from(mm.map(f64::from));
    let mut from = place(NAPE_MM);
    let mut go = |to: DVec2| {
        let way = to - from;
        let out = way.normalize_or_zero().perp();
        let steps = (way.length() / STEP_MM).ceil();
        for i in 0..steps as u32 {
            let at = from + way * ((f64::from(i) + 0.5) / steps);
            for mm in BESIDE_MM {
                probes.extend([(at - out * mm, 1.0), (at + out * mm, -1.0)]);
            }
        }
        from = to;
    };
    for deg in SKULL_DEG.step_by(STEP_DEG) {
        let (sin, cos) = libm::sincos(f64::from(deg).to_radians());
        go(DVec2::new(axes.z * sin, axes.y * cos));
    }
    for to in FACE_MM {
        go(place(to));
    }
    probes
}

/// The average profile somewhere in the photo.
struct Laid {
    middle: DVec2,
    px_per_mm: f64,
    /// The nose points to the photo's right, 1, or left, -1.
    facing: f64,
    /// Forward, radians.
    lean: f64,
}

impl Laid {
    /// How well it parts the person from the background, -1 to 1. What lies outside the
    /// photo counts as neither.
    fn agreement(&self, probes: &[Probe], photo: &Photo, mask: &PersonMask) -> f64 {
        let (sin, cos) = libm::sincos(self.lean);
        let size = DVec2::new(f64::from(photo.width()), f64::from(photo.height()));
        let mut sum = 0.0;
        for (mm, sign) in probes {
            let turned = DVec2::new(
                self.facing * (mm.x * cos + mm.y * sin),
                mm.x * sin - mm.y * cos,
            );
            let at = self.middle + self.px_per_mm * turned;
            if at.cmpge(DVec2::ZERO).all()
                && at.cmplt(size).all()
                && let Some(share) = mask.at(at)
            {
                sum += sign * (2.0 * f64::from(share) - 1.0);
            }
        }
        sum / probes.len() as f64
    }
}

/// Where `likely` is greatest near `from`, and how great: one after the other of the
/// first so many numbers is moved up or down for as long as that helps, by less and less.
fn climb(from: [f64; 4], free: usize, likely: &dyn Fn(&[f64; 4]) -> f64) -> ([f64; 4], f64) {
    let (mut best, mut steps) = ((from, likely(&from)), FIRST_STEPS);
    let mut halvings = 0;
    for _ in 0..MOST_ROUNDS {
        let was = best.1;
        for (i, step) in steps.into_iter().enumerate().take(free) {
            for step in [step, -step] {
                let mut at = best.0;
                at[i] += step;
                let now = likely(&at);
                if now > best.1 {
                    best = (at, now);
                }
            }
        }
        if best.1 <= was {
            halvings += 1;
            if halvings > HALVINGS {
                break;
            }
            steps = steps.map(|step| 0.5 * step);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vision::crop::Square;

    const SIDE: u32 = 800;

    /// Whether there is something of a coarse head, forward and up from its skull's
    /// middle, mm.
    fn is_head(p: DVec2) -> bool {
        let axes = STANDARD_SEMI_AXES_MM;
        let within = |from: [f64; 2], to: [f64; 2]| {
            p.cmpge(DVec2::from(from)).all() && p.cmple(DVec2::from(to)).all()
        };
        let skull = (p / DVec2::new(axes.z, axes.y)).length() < 1.0;
        let nose = within([90.0, -66.0], [90.0 + 0.9 * (-32.0 - p.y), -32.0]);
        let jaw = within([10.0, -134.0], [95.0, -20.0]);
        skull || nose || jaw
    }

    /// The mask of such a head on an upright body.
    fn mask(photo: &Photo, middle: DVec2, px_per_mm: f64, facing: f64, lean: f64) -> PersonMask {
        let side = 256;
        let (sin, cos) = libm::sincos(lean.to_radians());
        let share = (0..side * side).map(|i| {
            let place = DVec2::new((i % side) as f64 + 0.5, (i / side) as f64 + 0.5);
            let p = (place * f64::from(SIDE) / side as f64 - middle) / px_per_mm;
            let (along, up) = (facing * p.x, -p.y);
            let head = DVec2::new(along * cos - up * sin, up * cos + along * sin);
            let neck = (-75.0..20.0).contains(&along) && up < -50.0;
            let body = up < -190.0 && along.abs() < 180.0;
            f32::from(u8::from(is_head(head) || neck || body))
        });
        PersonMask {
            square: Square::around(photo),
            side,
            share: share.collect(),
        }
    }

    #[test]
    fn a_lean_is_read_off_either_side() {
        let photo = Photo::new(SIDE, SIDE, vec![0; (SIDE * SIDE * 4) as usize]).unwrap();
        let (middle, px_per_mm) = (DVec2::new(390.0, 330.0), 2.4);
        for (view, facing) in [(View::RightSide, 1.0), (View::LeftSide, -1.0)] {
            for lean in [-10.0, 0.0, 12.0, 24.0] {
                let mask = mask(&photo, middle, px_per_mm, facing, lean);
                // Told too large and beside it.
                let start = middle + DVec2::new(20.0, -15.0);
                let found = profile(&photo, &mask, view, start, 1.1 * px_per_mm);
                let told = format!("{view:?} {lean}: {found:?}");
                assert!((facing * found.roll_deg - lean).abs() < 5.0, "{told}");
                let centre = DVec2::from(found.centre) * f64::from(SIDE);
                assert!((centre - middle).length() < 6.0 * px_per_mm, "{told}");
                let size = found.half_axes[1] * f64::from(SIDE) / (90.0 * px_per_mm);
                assert!((size - 1.0).abs() < 0.06, "{told}");
                assert_eq!(found.view, view);
            }
        }
    }

    #[test]
    fn nobody_there_is_no_reason_to_go_far() {
        let photo = Photo::new(SIDE, SIDE, vec![0; (SIDE * SIDE * 4) as usize]).unwrap();
        let nobody = PersonMask {
            square: Square::around(&photo),
            side: 256,
            share: vec![0.0; 256 * 256],
        };
        let found = profile(
            &photo,
            &nobody,
            View::LeftSide,
            DVec2::splat(400.0),
            f64::NAN,
        );
        assert!(found.roll_deg.abs() < 60.0);
    }
}
