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
use super::curve::{direction, round_corner, spline, steps_for};
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
    /// The part that no design moves: from the left sideburn around both ears
    /// and the nape to the right one, [`around_ears`].
    pub ears: Range<usize>,
}

impl Outline {
    /// The part that the design moves: from the right sideburn over the
    /// forehead to the left, both ends shared with the rest.
    pub fn moving_mm(&self) -> impl Iterator<Item = DVec3> + '_ {
        let upto_left = self.ears.start + 1;
        let from_right = self.ears.end.saturating_sub(1);
        self.points_mm
            .iter()
            .skip(from_right)
            .chain(self.points_mm.iter().take(upto_left))
            .copied()
    }
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
    directions.extend(&left.sideburn);
    let mut points_mm: Vec<DVec3> = directions.into_iter().map(|n| n * semi_axes_mm).collect();
    let left_sideburn = points_mm.len();
    points_mm.extend(around_ears(semi_axes_mm));
    let ears = left_sideburn..points_mm.len();
    points_mm.extend(
        right
            .sideburn
            .iter()
            .rev()
            .map(|n| mirrored(*n) * semi_axes_mm),
    );
    Outline {
        points_mm,
        front,
        ears,
    }
}

/// The line from the left sideburn around the ear, the nape and the right ear
/// to the right sideburn, in the head frame, mm: the same for every design.
#[must_use]
pub fn around_ears(semi_axes_mm: DVec3) -> Vec<DVec3> {
    let radians = |(theta, azimuth): (f64, f64)| (theta.to_radians(), azimuth.to_radians());
    let sideburn = radians(SIDEBURN_DEG);
    let mut nodes = vec![sideburn];
    nodes.extend(AROUND_EAR_DEG.map(radians));
    let mut left = vec![direction(sideburn.0, sideburn.1)];
    left.extend(spline(&nodes, semi_axes_mm));
    let right: Vec<DVec3> = left.iter().rev().skip(1).copied().map(mirrored).collect();
    left.extend(right);
    left.into_iter().map(|n| n * semi_axes_mm).collect()
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

/// One flank, as directions on the unit sphere, built as a left side.
struct Side {
    /// From the middle of the forehead to the temporal peak.
    front: Vec<DVec3>,
    /// From behind the temporal peak down the sideburn, short of its end.
    sideburn: Vec<DVec3>,
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
            sideburn: temple_line.behind_peak(),
            temple,
            peak: temple_line.at(temple_line.peak_theta),
        }
    }
}

fn mirrored(n: DVec3) -> DVec3 {
    DVec3::new(-n.x, n.y, n.z)
}

/// Upper end of the sideburn's front edge: angle from the vertex and azimuth,
/// degrees. On the standard head 28 mm below the centre and 25 mm in front of
/// the ear canal.
const SIDEBURN_DEG: (f64, f64) = (108.0, 75.0);

/// The line from the sideburn around the ear to the middle of the nape, as
/// angle from the vertex and azimuth in degrees. Placed on the standard head
/// from [`super::anthropometry::TRAGION_MM`] and an ear reaching up to -10 mm
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

    /// From behind the tip down the sideburn, both ends left out.
    fn behind_peak(&self) -> Vec<DVec3> {
        let mut line: Vec<DVec3> = self
            .between(self.peak_theta, self.sideburn.0)
            .skip(1)
            .collect();
        line.pop();
        line
    }
}
