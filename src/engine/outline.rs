//! The hairline's design drawn on the scalp: one closed line around the hair.
//!
//! Each side is built alike and the right one mirrored. The front is a graph
//! over the distance from the midline, the temple a graph over the angle from
//! the vertex, so neither can cross itself; they meet at the frontotemporal
//! point, where the corner is rounded. Behind the sideburn the line follows
//! the ear and the nape of a standard head, scaled with the semi-axes.

use core::ops::Range;

use glam::DVec3;

use super::chart::{Chart, ScalpPoint};
use super::look::Hairline;

/// A closed design on the ellipsoid.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    /// Corners of the closed polyline in the head frame, mm, all on the
    /// ellipsoid, about 2 mm apart in front and 4 mm behind. It starts at the
    /// right temporal peak, crosses the forehead to the left one and comes
    /// back around the left ear, the nape and the right ear.
    pub points_mm: Vec<DVec3>,
    /// The visible hairline: from the right temporal peak to the left.
    pub front: Range<usize>,
}

/// The closed outline of design `h` on a head with the given semi-axes (mm,
/// positive). The numbers are expected within the rows of
/// [`super::params`]; there the line never crosses itself.
#[must_use]
pub fn outline(h: &Hairline, semi_axes_mm: DVec3) -> Outline {
    let chart = Chart::new(semi_axes_mm);
    let left = Side::new(h, &chart, Flank::Left);
    let right = Side::new(h, &chart, Flank::Right);
    let mut directions: Vec<DVec3> = right.front.iter().rev().copied().map(mirrored).collect();
    // Both sides hold the middle; it is drawn once.
    directions.pop();
    directions.extend(&left.front);
    let front = 0..directions.len();
    directions.extend(&left.rear);
    directions.extend(right.rear.iter().rev().skip(1).copied().map(mirrored));
    let points_mm = directions.into_iter().map(|n| n * semi_axes_mm).collect();
    Outline { points_mm, front }
}

/// One of the two halves of a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flank {
    /// The person's left, positive x.
    Left,
    /// The person's right.
    Right,
}

impl Flank {
    /// +1 on the person's left, -1 on the right.
    pub(super) fn sign(self) -> f64 {
        match self {
            Self::Left => 1.0,
            Self::Right => -1.0,
        }
    }
}

/// The two points of a flank a person can take hold of, in the head frame, mm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Anchors {
    /// Middle of the rounded corner at the frontotemporal point.
    pub(super) temple_mm: DVec3,
    /// Tip of the temporal peak.
    pub(super) peak_mm: DVec3,
}

/// The anchors of one flank of design `h`, both on its [`outline`].
pub(super) fn anchors(h: &Hairline, chart: &Chart, flank: Flank) -> Anchors {
    let side = Side::new(h, chart, flank);
    let place = |n: DVec3| {
        let p = n * chart.semi_axes_mm();
        DVec3::new(p.x * flank.sign(), p.y, p.z)
    };
    Anchors {
        temple_mm: place(side.temple),
        peak_mm: place(side.peak),
    }
}

/// Height (mm) of the front line of design `h` at a signed distance from the
/// midline, before its corner is rounded.
pub(super) fn front_height_mm(h: &Hairline, lateral_mm: f64) -> f64 {
    let flank = if lateral_mm < 0.0 {
        Flank::Right
    } else {
        Flank::Left
    };
    FrontLine::new(h, flank).height_mm(lateral_mm.abs())
}

/// How fast a front line without recession climbs in scalp height, mm per
/// mm². Lines of equal scalp height sink toward the ears, because tape lines
/// over the crown converge there; this much climb looks level in the mirror
/// on the standard head, as an unreceded hairline does (domain.md §3.2:
/// centre no higher than the temples). Judged by eye on rendered heads.
const LEVEL_CLIMB_PER_MM: f64 = 0.0055;

/// Steepness of the recession at the frontotemporal point as a share of its
/// mean: with 0.8 the line is convex over its medial three fifths and concave
/// beyond (domain.md §3.2, "bell").
const BELL_END_SLOPE: f64 = 0.8;

/// The front line of one flank as height over distance from the midline.
struct FrontLine {
    middle_mm: f64,
    width_mm: f64,
    recession_mm: f64,
    slope: f64,
    peak_mm: f64,
    peak_half_width_mm: f64,
}

impl FrontLine {
    fn new(h: &Hairline, flank: Flank) -> Self {
        let sign = flank.sign();
        Self {
            middle_mm: h.height_mm,
            width_mm: h.lateral_mm + 0.5 * sign * h.asymmetry_width_mm,
            recession_mm: h.recession_mm + 0.5 * sign * h.asymmetry_mm,
            slope: sign * libm::tan(h.tilt_deg.to_radians()),
            peak_mm: h.widows_peak_mm,
            peak_half_width_mm: h.widows_peak_half_width_mm,
        }
    }

    fn height_mm(&self, lateral_mm: f64) -> f64 {
        let u = lateral_mm / self.width_mm;
        let bell = u * u * ((3.0 - BELL_END_SLOPE) + (BELL_END_SLOPE - 2.0) * u);
        let level = LEVEL_CLIMB_PER_MM * lateral_mm * lateral_mm;
        let peak = bump(lateral_mm / self.peak_half_width_mm);
        self.middle_mm + level + self.recession_mm * bell + self.slope * lateral_mm
            - self.peak_mm * peak
    }
}

/// A smooth bump: 1 at 0, level there and at ±1, 0 beyond.
fn bump(t: f64) -> f64 {
    let inside = (1.0 - t * t).max(0.0);
    inside * inside
}

/// Spacing of the drawn points in front, mm.
const FRONT_STEP_MM: f64 = 2.0;

/// One flank, as directions on the unit sphere, built as a left side.
struct Side {
    /// From the middle of the forehead to the temporal peak.
    front: Vec<DVec3>,
    /// From behind the temporal peak to the middle of the nape.
    rear: Vec<DVec3>,
    temple: DVec3,
    peak: DVec3,
}

impl Side {
    fn new(h: &Hairline, chart: &Chart, flank: Flank) -> Self {
        let line = FrontLine::new(h, flank);
        let on_line = |lateral_mm: f64| {
            let at = ScalpPoint {
                lateral_mm,
                height_mm: line.height_mm(lateral_mm),
            };
            chart.head_from_scalp(at) / chart.semi_axes_mm()
        };
        let steps = steps_for(line.width_mm);
        let mut front: Vec<DVec3> = (0..=steps)
            .map(|i| on_line(line.width_mm * f64::from(i) / f64::from(steps)))
            .collect();
        let corner = on_line(line.width_mm);
        let temple_line = TempleLine::new(corner, h.temporal_peak_mm, chart.semi_axes_mm());
        let mut descent = temple_line.to_peak();
        let (rounded, temple) = round_corner(
            &mut front,
            &mut descent,
            h.corner_radius_mm,
            chart.semi_axes_mm(),
        );
        front.extend(rounded);
        front.extend(descent);
        Self {
            front,
            rear: temple_line.behind_peak(),
            temple,
            peak: temple_line.at(temple_line.peak_theta),
        }
    }
}

/// How many steps of about [`FRONT_STEP_MM`] cover a length; at least one.
fn steps_for(length_mm: f64) -> u32 {
    let steps = libm::ceil(length_mm / FRONT_STEP_MM).clamp(1.0, 500.0);
    // In range by the clamp above.
    steps as u32
}

fn mirrored(n: DVec3) -> DVec3 {
    DVec3::new(-n.x, n.y, n.z)
}

/// A unit direction by its angle from the vertex and its azimuth from the
/// face toward the left ear, in radians.
fn direction(theta: f64, azimuth: f64) -> DVec3 {
    let sin_theta = libm::sin(theta);
    DVec3::new(
        sin_theta * libm::sin(azimuth),
        libm::cos(theta),
        sin_theta * libm::cos(azimuth),
    )
}

/// Upper end of the sideburn's front edge: angle from the vertex and azimuth,
/// degrees. On the standard head 28 mm below the centre and 25 mm in front of
/// the ear canal.
const SIDEBURN_DEG: (f64, f64) = (108.0, 75.0);

/// The line from the sideburn around the ear to the middle of the nape, as
/// angle from the vertex and azimuth in degrees. Placed on the standard head
/// from tragion (±72, -41, 0) mm and an ear reaching up to -10 mm
/// (domain.md §4.1, ear length 64 mm).
const AROUND_EAR_DEG: [(f64, f64); 10] = [
    (114.0, 76.0),
    (115.5, 80.0),
    (113.0, 84.0),
    (105.0, 85.0),
    (98.0, 89.0),
    (97.5, 97.0),
    (103.0, 104.0),
    (114.0, 107.5),
    (123.0, 122.0),
    (126.0, 180.0),
];

/// The temple: azimuth as a graph over the angle from the vertex, from the
/// frontotemporal point down to the sideburn, in radians.
struct TempleLine {
    top: (f64, f64),
    sideburn: (f64, f64),
    /// How steeply the line leaves the corner backward, rad per rad.
    lean: f64,
    peak_theta: f64,
    /// Forward reach of the temporal peak, rad of azimuth.
    peak_reach: f64,
    semi_axes_mm: DVec3,
}

/// Height of the temporal peak above the ellipsoid's centre as a share of the
/// vertical semi-axis: 6 mm, some 30 mm above the eye's outer corner
/// (pupils at -24 mm), where domain.md §3.1 puts Garg's point D.
const PEAK_HEIGHT: f64 = 6.0 / 90.0;

/// Backward lean of the temple line under a full corner, rad per rad. Chosen
/// by eye: it gives the concave bay of a temple recess.
const TEMPLE_LEAN: f64 = 0.7;

impl TempleLine {
    fn new(corner: DVec3, peak_mm: f64, semi_axes_mm: DVec3) -> Self {
        let top = (
            libm::acos(corner.y.clamp(-1.0, 1.0)),
            libm::atan2(corner.x, corner.z),
        );
        let sideburn = (SIDEBURN_DEG.0.to_radians(), SIDEBURN_DEG.1.to_radians());
        // A temple already far back has no room to lean back further.
        let lean =
            TEMPLE_LEAN * ((80f64.to_radians() - top.1) / 25f64.to_radians()).clamp(0.0, 1.0);
        let halfway = 0.5 * (top.0 + sideburn.0);
        let peak_theta = halfway.max(libm::acos(PEAK_HEIGHT));
        let mut line = Self {
            top,
            sideburn,
            lean,
            peak_theta,
            peak_reach: 0.0,
            semi_axes_mm,
        };
        line.peak_reach = line.reach(peak_mm);
        line
    }

    /// The azimuth that lies `mm` forward of the plain line at the peak's
    /// level, as an angle; two steps of the midpoint rule.
    fn reach(&self, mm: f64) -> f64 {
        let from = self.plain_azimuth(self.peak_theta);
        let half = 0.5 * mm / self.mm_per_azimuth(from);
        mm / self.mm_per_azimuth(from - half)
    }

    fn mm_per_azimuth(&self, azimuth: f64) -> f64 {
        let x = self.semi_axes_mm.x * libm::cos(azimuth);
        let z = self.semi_axes_mm.z * libm::sin(azimuth);
        libm::sin(self.peak_theta) * (x * x + z * z).sqrt()
    }

    /// The line without its peak: a cubic that leans back from the corner and
    /// arrives plumb at the sideburn.
    fn plain_azimuth(&self, theta: f64) -> f64 {
        let span = self.sideburn.0 - self.top.0;
        let t = ((theta - self.top.0) / span).clamp(0.0, 1.0);
        let ease = t * t * (3.0 - 2.0 * t);
        self.top.1
            + (self.sideburn.1 - self.top.1) * ease
            + self.lean * span * t * (1.0 - t) * (1.0 - t)
    }

    fn at(&self, theta: f64) -> DVec3 {
        let room = if theta < self.peak_theta {
            self.peak_theta - self.top.0
        } else {
            self.sideburn.0 - self.peak_theta
        };
        let peak = self.peak_reach * bump((theta - self.peak_theta) / room);
        direction(theta, self.plain_azimuth(theta) - peak)
    }

    fn between(&self, from: f64, to: f64) -> impl Iterator<Item = DVec3> {
        let steps = steps_for((to - from) * self.semi_axes_mm.y);
        (0..=steps).map(move |i| self.at(from + (to - from) * f64::from(i) / f64::from(steps)))
    }

    /// From the corner to the tip of the peak, both ends included.
    fn to_peak(&self) -> Vec<DVec3> {
        self.between(self.top.0, self.peak_theta).collect()
    }

    /// From behind the tip down the sideburn, around the ear to the nape.
    fn behind_peak(&self) -> Vec<DVec3> {
        let mut line: Vec<DVec3> = self
            .between(self.peak_theta, self.sideburn.0)
            .skip(1)
            .collect();
        let mut nodes = vec![self.sideburn];
        nodes.extend(
            AROUND_EAR_DEG.map(|(theta, azimuth)| (theta.to_radians(), azimuth.to_radians())),
        );
        line.extend(spline(&nodes, self.semi_axes_mm));
        line
    }
}

/// Spacing of the drawn points behind the temples, mm.
const REAR_STEP_MM: f64 = 4.0;

/// A smooth line through the nodes (Catmull-Rom with tangents limited by the
/// shorter neighbour), without the first node. It leaves the first node
/// plumb downward and arrives level at the last, as its mirror image does.
fn spline(nodes: &[(f64, f64)], semi_axes_mm: DVec3) -> Vec<DVec3> {
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

/// Share of an arm a corner's rounding may use up.
const LONGEST_TRIM: f64 = 0.6;

/// Trims the end of `front` and the start of `descent` (they share the
/// corner) and returns the curve that joins them with the asked radius, and
/// its middle, all as directions. The ends that remain stay in the arms.
fn round_corner(
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
    let trim = (radius_mm / libm::tan(half_opening.max(0.1))).clamp(0.2, room);
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
