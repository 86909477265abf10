//! What is drawn over a head so that a person sees how it lies: a grid over
//! the cranium, and its named points.

use glam::{DVec2, DVec3};

use super::curve::direction;
use super::handles::{HandleId, handles};
use super::head::HeadModel;
use super::look::Hairline;

/// Steps between the grid's lines, degrees: fine enough to show the curve,
/// coarse enough to leave the photo visible.
const MERIDIAN_STEP_DEG: u32 = 30;
/// See [`MERIDIAN_STEP_DEG`].
const PARALLEL_STEP_DEG: u32 = 20;
/// How far down from the vertex the grid reaches, degrees: to the level of the
/// ears' tops, below which a head is no ellipsoid.
const LOWEST_DEG: u32 = 100;
/// Between two points of a line, degrees.
const POINT_STEP_DEG: usize = 5;

/// Angle from the vertex and azimuth of the left ear's top, degrees: the
/// highest of the line around the ear in [`super::outline`].
const EAR_TOP_DEG: (f64, f64) = (97.5, 93.0);
/// The same of the middle of the nape, where the hair ends.
const NAPE_DEG: (f64, f64) = (126.0, 180.0);

/// Lines of a grid over a cranium with these semi-axes (mm), as points on the
/// ellipsoid in the head frame, mm: first the meridians, then the parallels.
#[must_use]
pub fn grid(semi_axes_mm: DVec3) -> Vec<Vec<DVec3>> {
    let at = |theta: u32, azimuth: u32| {
        let radians = |deg: u32| f64::from(deg).to_radians();
        direction(radians(theta), radians(azimuth)) * semi_axes_mm
    };
    let meridians = (0..360).step_by(MERIDIAN_STEP_DEG as usize).map(|azimuth| {
        let from_first_parallel = PARALLEL_STEP_DEG..=LOWEST_DEG;
        let thetas = from_first_parallel.step_by(POINT_STEP_DEG);
        thetas.map(|theta| at(theta, azimuth)).collect()
    });
    let parallels = (PARALLEL_STEP_DEG..=LOWEST_DEG)
        .step_by(PARALLEL_STEP_DEG as usize)
        .map(|theta| {
            let azimuths = (0..=360).step_by(POINT_STEP_DEG);
            azimuths.map(|azimuth| at(theta, azimuth)).collect()
        });
    meridians.chain(parallels).collect()
}

/// A point of the head with a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NamedPoint {
    /// What people call it.
    pub name: &'static str,
    /// Where it is in the head frame, mm, on the ellipsoid.
    pub at_mm: DVec3,
}

/// The points of a head and of the hairline on it that a person can compare
/// with the photo. "Left" and "right" are the person's own.
#[must_use]
pub fn named_points(h: &Hairline, semi_axes_mm: DVec3) -> Vec<NamedPoint> {
    let on_head = |(theta, azimuth): (f64, f64)| {
        direction(theta.to_radians(), azimuth.to_radians()) * semi_axes_mm
    };
    let ear = on_head(EAR_TOP_DEG);
    let own = [
        ("Vertex", DVec3::new(0.0, semi_axes_mm.y, 0.0)),
        ("Left ear's top", ear),
        ("Right ear's top", DVec3::new(-ear.x, ear.y, ear.z)),
        ("Nape", on_head(NAPE_DEG)),
    ];
    let of_line = handles(h, semi_axes_mm).map(|handle| {
        let name = match handle.id {
            HandleId::Middle => "Mid-frontal point",
            HandleId::LeftTemple | HandleId::RightTemple => "Frontotemporal point",
            HandleId::LeftPeak | HandleId::RightPeak => "Temporal peak",
        };
        (name, handle.at_mm)
    });
    let all = own.into_iter().chain(of_line);
    all.map(|(name, at_mm)| NamedPoint { name, at_mm })
        .collect()
}

/// The visible runs of a line on the head, photo px.
#[must_use]
pub fn visible_runs(head: &HeadModel, line_mm: &[DVec3]) -> Vec<Vec<DVec2>> {
    // Hardly seen at the very silhouette, where a run would jitter.
    let seen = |p: &DVec3| head.facing(*p) > 0.02;
    let runs = line_mm.chunk_by(|a, b| seen(a) == seen(b));
    runs.filter(|run| run.first().is_some_and(seen))
        .map(|run| run.iter().map(|p| head.photo_from_head(*p)).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::anthropometry::STANDARD_SEMI_AXES_MM;
    use crate::engine::camera::{Camera, Pose};
    use crate::engine::outline::around_ears;

    const AXES: DVec3 = STANDARD_SEMI_AXES_MM;

    fn head(yaw_deg: f64) -> HeadModel {
        let camera = Camera {
            centre_in_photo: DVec2::new(500.0, 500.0),
            px_per_mm: 3.0,
            distance_mm: 1000.0,
        };
        let pose = Pose {
            yaw_deg,
            pitch_deg: 0.0,
            roll_deg: 0.0,
        };
        HeadModel::posed(AXES, pose, camera)
    }

    #[test]
    fn everything_lies_on_the_ellipsoid() {
        let named = named_points(&Hairline::default(), AXES);
        let lines = grid(AXES);
        for p in lines.iter().flatten().chain(named.iter().map(|n| &n.at_mm)) {
            assert!(((*p / AXES).length() - 1.0).abs() < 1e-9, "{p}");
        }
        assert_eq!(named.len(), 9);
    }

    #[test]
    fn ears_and_nape_are_those_the_hair_ends_at() {
        let around = around_ears(AXES);
        for name in ["Left ear's top", "Right ear's top", "Nape"] {
            let named = named_points(&Hairline::default(), AXES);
            let point = named.iter().find(|n| n.name == name).unwrap();
            let nearest = around.iter().map(|p| p.distance(point.at_mm));
            assert!(nearest.fold(f64::INFINITY, f64::min) < 3.0, "{name}");
        }
    }

    #[test]
    fn a_line_is_seen_on_the_near_side_only() {
        let lines = grid(AXES);
        let seen = |yaw| -> usize {
            let head = head(yaw);
            let runs = lines.iter().flat_map(|line| visible_runs(&head, line));
            runs.map(|run| run.len()).sum()
        };
        let all: usize = lines.iter().map(Vec::len).sum();
        assert!(seen(0.0) > all / 4 && seen(0.0) < 3 * all / 4);
        // A parallel is a closed line: from the side it may come in two runs.
        let parallel = lines.last().unwrap();
        assert!(!visible_runs(&head(90.0), parallel).is_empty());
        assert!(visible_runs(&head(0.0), &[]).is_empty());
        for q in visible_runs(&head(0.0), parallel).concat() {
            assert!(head(0.0).scalp_from_photo(q).is_some());
        }
    }
}
