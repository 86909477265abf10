//! Pieces of line on the scalp: smooth ones through nodes, and the rounded
//! corner where two meet. Lines here are lists of directions on the unit
//! sphere; lengths are those on the ellipsoid.

use glam::DVec3;

/// Spacing of the drawn points in front, mm.
const FRONT_STEP_MM: f64 = 2.0;

/// How many steps of about [`FRONT_STEP_MM`] cover a length; at least one.
pub(super) fn steps_for(length_mm: f64) -> u32 {
    let steps = libm::ceil(length_mm / FRONT_STEP_MM).clamp(1.0, 500.0);
    // In range by the clamp above.
    steps as u32
}

/// Share of an arm a corner's rounding may use up.
const LONGEST_TRIM: f64 = 0.6;

/// Trims the end of `front` and the start of `descent` (they share the
/// corner) and returns the curve that joins them with the asked radius, and
/// its middle, all as directions. The ends that remain stay in the arms.
pub(super) fn round_corner(
    front: &mut Vec<DVec3>,
    descent: &mut Vec<DVec3>,
    radius_mm: f64,
    semi_axes_mm: DVec3,
) -> (Vec<DVec3>, DVec3) {
    front.reverse();
    let room = LONGEST_TRIM * length_mm(front, semi_axes_mm).min(length_mm(descent, semi_axes_mm));
    // The opening angle seen at the radius decides how much to trim.
    let look = radius_mm.min(room);
    let (corner, a, b) = (
        descent.first().copied().unwrap_or(DVec3::Y) * semi_axes_mm,
        point_at(front, look, semi_axes_mm).0,
        point_at(descent, look, semi_axes_mm).0,
    );
    let half_opening = 0.5 * angle_between(a - corner, b - corner);
    // Not `clamp`: there may be less room than that, at which it panics.
    let trim = (radius_mm / libm::tan(half_opening.max(0.1)))
        .max(0.2)
        .min(room);
    let (a, toward_a) = trim_start(front, trim, semi_axes_mm);
    let (b, toward_b) = trim_start(descent, trim, semi_axes_mm);
    front.reverse();
    // Handle length of the cubic that equals a circle of the same turning.
    let turning = (core::f64::consts::PI - angle_between(toward_a, toward_b)).clamp(1e-3, 3.0);
    let reach =
        (b - a).length() * (2.0 / 3.0) * libm::tan(0.25 * turning) / libm::sin(0.5 * turning);
    let (a1, b1) = (a - toward_a * reach, b - toward_b * reach);
    let cubic = |t: f64| {
        let s = 1.0 - t;
        let p = a * (s * s * s) + a1 * (3.0 * s * s * t) + b1 * (3.0 * s * t * t) + b * (t * t * t);
        (p / semi_axes_mm).normalize_or(DVec3::Y)
    };
    // An even count, so that the middle is one of the points.
    let steps = 2 * steps_for(trim);
    let curve = (1..steps)
        .map(|i| cubic(f64::from(i) / f64::from(steps)))
        .collect();
    (curve, cubic(0.5))
}

fn angle_between(a: DVec3, b: DVec3) -> f64 {
    libm::atan2(a.cross(b).length(), a.dot(b))
}

fn length_mm(line: &[DVec3], semi_axes_mm: DVec3) -> f64 {
    line.windows(2)
        .map(|pair| ((pair[1] - pair[0]) * semi_axes_mm).length())
        .sum()
}

/// The point `mm` along the line in the head frame, the unit direction of
/// travel there, and how many of the line's points lie before it.
fn point_at(line: &[DVec3], mm: f64, semi_axes_mm: DVec3) -> (DVec3, DVec3, usize) {
    let mut left = mm;
    for (index, pair) in line.windows(2).enumerate() {
        let (from, to) = (pair[0] * semi_axes_mm, pair[1] * semi_axes_mm);
        let step = (to - from).length();
        if left <= step && step > 0.0 {
            let at = from + (to - from) * (left / step);
            return (
                (at / semi_axes_mm).normalize_or(DVec3::Y) * semi_axes_mm,
                (to - from) / step,
                index + 1,
            );
        }
        left -= step;
    }
    let end = line.last().copied().unwrap_or(DVec3::Y) * semi_axes_mm;
    (end, DVec3::ZERO, line.len().saturating_sub(1))
}

/// Cuts the first `mm` off the line; returns its new start (head frame, mm)
/// and the unit direction in which it goes on.
fn trim_start(line: &mut Vec<DVec3>, mm: f64, semi_axes_mm: DVec3) -> (DVec3, DVec3) {
    let (start, along, before) = point_at(line, mm, semi_axes_mm);
    line.splice(..before, [start / semi_axes_mm]);
    (start, along)
}

/// A unit direction by its angle from the vertex and its azimuth from the
/// face toward the left ear, in radians.
pub(super) fn direction(theta: f64, azimuth: f64) -> DVec3 {
    let sin_theta = libm::sin(theta);
    DVec3::new(
        sin_theta * libm::sin(azimuth),
        libm::cos(theta),
        sin_theta * libm::cos(azimuth),
    )
}

/// Spacing of the drawn points behind the temples, mm.
const REAR_STEP_MM: f64 = 4.0;

/// A smooth line through the nodes (Catmull-Rom with tangents limited by the
/// shorter neighbour), without the first node. It leaves the first node
/// plumb downward and arrives level at the last, as its mirror image does.
pub(super) fn spline(nodes: &[(f64, f64)], semi_axes_mm: DVec3) -> Vec<DVec3> {
    let mut line = Vec::new();
    let place = |i: usize| nodes.get(i).copied().unwrap_or_default();
    let gap = |i: usize| libm::hypot(place(i + 1).0 - place(i).0, place(i + 1).1 - place(i).1);
    let last = nodes.len().saturating_sub(1);
    // Unit tangent at node i.
    let tangent = |i: usize| {
        if i == 0 {
            return (1.0, 0.0);
        }
        if i == last {
            return (0.0, 1.0);
        }
        let (d0, d1) = (gap(i - 1), gap(i));
        let across = |f: fn((f64, f64)) -> f64| {
            (f(place(i)) - f(place(i - 1))) / d0 * d1 + (f(place(i + 1)) - f(place(i))) / d1 * d0
        };
        let (dt, da) = (across(|p| p.0), across(|p| p.1));
        let length = libm::hypot(dt, da);
        (dt / length, da / length)
    };
    for i in 0..last {
        let (from, to, d) = (place(i), place(i + 1), gap(i));
        let (m0, m1) = (tangent(i), tangent(i + 1));
        let steps = libm::ceil(d * semi_axes_mm.z / REAR_STEP_MM).clamp(2.0, 100.0) as u32;
        for step in 1..=steps {
            let t = f64::from(step) / f64::from(steps);
            let mix = |p0: f64, p1: f64, m0: f64, m1: f64| {
                let s = 1.0 - t;
                p0 * s * s * (1.0 + 2.0 * t)
                    + p1 * t * t * (3.0 - 2.0 * t)
                    + d * (m0 * t * s * s - m1 * t * t * s)
            };
            line.push(direction(
                mix(from.0, to.0, m0.0, m1.0),
                mix(from.1, to.1, m0.1, m1.1),
            ));
        }
    }
    line
}
