//! Where impressions may be: a ranked blue-noise set on the scalp.
//!
//! Every prefix of the ranks is blue noise by itself, so that a density is a
//! cut through the ranks and raising it moves nothing. The set is made on the
//! *standard* cranium and carried to a person's by stretching the axes.
//!
//! How: weighted sample elimination (perf.md §4 names it the reference),
//! measured in three dimensions on the ellipsoid itself, so that there is no
//! chart and no seam. The ellipsoid stays itself under half turns about its
//! axes; one quarter is made, with its neighbours turned in across the
//! borders, and turned into the other three.

use glam::Vec3;

use super::anthropometry::STANDARD_SEMI_AXES_MM;
use super::elimination::{Spread, elimination_order};
use super::rng::Stream;

/// Random points per point kept, before elimination. At twice, the full set's
/// mean neighbour distance is 0.70 of the hexagonal, at three times 0.73;
/// beyond that the time buys nothing an eye could see.
const OVERSAMPLING: f64 = 3.0;
/// Lowest part of the cranium that gets candidates, as a share of the half
/// height below the centre: the nape's hair ends above it.
const LOWEST: f32 = -0.85;
/// Area of the standard cranium, cm² (Thomsen's formula, within 1 %; the
/// density test holds it to the true value).
const STANDARD_AREA_CM2: f64 = 993.0;
/// Stream of the seed from which the points are drawn.
const STREAM_POINTS: u32 = 0x5c41;

/// A ranked set of places, ascending in `per_cm2`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Candidates {
    /// Unit-sphere directions; the place on a head is the direction times its
    /// semi-axes.
    pub dirs: Vec<[f32; 3]>,
    /// Density on the standard head, per cm², above which the place is used.
    pub per_cm2: Vec<f32>,
    /// Identity, unique in the set.
    pub id: Vec<u32>,
}

/// The set of `seed`, up to `max_per_cm2` on the standard head.
#[must_use]
pub fn candidates(seed: u32, max_per_cm2: f64) -> Candidates {
    let quarter = (STANDARD_AREA_CM2 * max_per_cm2.max(0.0) / 4.0)
        .ceil()
        .max(8.0) as usize;
    let points = random_quarter(seed, (quarter as f64 * OVERSAMPLING) as usize);
    let order = elimination_order(&points, quarter, quarter_area_mm2(), &Quarter);
    let mut set = Candidates::default();
    let semi_axes = STANDARD_SEMI_AXES_MM.as_vec3();
    for (rank, &index) in order.iter().enumerate() {
        let Some(&p) = points.get(index as usize) else {
            continue;
        };
        let per_cm2 = ((rank + 1) as f64 / quarter as f64 * max_per_cm2) as f32;
        for (turn, image) in half_turns(p).into_iter().enumerate() {
            let dir = image / semi_axes;
            if dir.y >= LOWEST {
                set.dirs.push(dir.to_array());
                set.per_cm2.push(per_cm2);
                set.id.push(rank as u32 * 4 + turn as u32);
            }
        }
    }
    set
}

fn quarter_area_mm2() -> f64 {
    STANDARD_AREA_CM2 * 100.0 / 4.0
}

/// The point and its three half turns about the axes.
fn half_turns(p: Vec3) -> [Vec3; 4] {
    [
        p,
        Vec3::new(p.x, -p.y, -p.z),
        Vec3::new(-p.x, p.y, -p.z),
        Vec3::new(-p.x, -p.y, p.z),
    ]
}

/// Points uniform in area on the quarter y ≥ 0, z ≥ 0 of the standard head.
fn random_quarter(seed: u32, count: usize) -> Vec<Vec3> {
    let mut stream = Stream::new(seed, STREAM_POINTS);
    let semi_axes = STANDARD_SEMI_AXES_MM.as_vec3();
    let shortest = semi_axes.min_element();
    let mut points = Vec::with_capacity(count);
    while points.len() < count {
        let cube = Vec3::new(2.0 * stream.unit() - 1.0, stream.unit(), stream.unit());
        let square = cube.length_squared();
        if !(1e-4..=1.0).contains(&square) {
            continue;
        }
        let dir = cube / square.sqrt();
        // The ellipsoid's area per area of the sphere, 1 where it is largest.
        let stretch = (dir / semi_axes).length() * shortest;
        if stream.unit() < stretch {
            points.push(dir * semi_axes);
        }
    }
    points
}

/// The quarter as [`elimination_order`] sees it.
struct Quarter;

impl Spread for Quarter {
    fn ghosts(&self, p: Vec3, reach: f32) -> [Option<Vec3>; 3] {
        let [_, about_x, about_y, about_z] = half_turns(p);
        [about_x, about_y, about_z].map(|g| (g.y >= -reach && g.z >= -reach).then_some(g))
    }

    fn lowest_corner(&self) -> Vec3 {
        Vec3::new(-STANDARD_SEMI_AXES_MM.x as f32, 0.0, 0.0)
    }

    fn highest_corner(&self) -> Vec3 {
        STANDARD_SEMI_AXES_MM.as_vec3()
    }
}

#[cfg(test)]
#[path = "candidates_tests.rs"]
mod tests;
