//! From candidates to impressions: which of the ranked candidates show, where
//! in the photo, how large and how strong.
//!
//! Four steps, because they are paid for at different times. [`project`] runs
//! once for a placed head: every candidate that faces the camera gets its
//! place in the photo, the shape a round impression takes there, and the
//! density at which it appears. [`Projection::cover`] looks up how much bare
//! scalp the photo shows there. [`visible`] runs at every change of hairline
//! or density and only decides, for each candidate, how far it is out of the
//! edge. Impressions themselves are made last, and mostly only of those
//! candidates for which that has changed: [`changes`].

use glam::{DVec2, DVec3};

use super::anthropometry::STANDARD_SEMI_AXES_MM;
use super::candidates::Candidates;
use super::head::HeadModel;
use super::impressions::{Changes, Dot};
use super::look::{Density, Hairline};
use super::noise::surface_noise;
use super::region::{Cell, Grid, SignedDistance};
use super::rng::hash_unit;
use super::scalp::Scalp;
use super::shade::{coverage_mm2, variance_mm2};

/// Spread of an impression's diameter, ± share of the mean (domain.md §5.2).
const SIZE_JITTER: f32 = 0.15;
/// Spread of an impression's opacity, ± share of the mean (domain.md §5.2).
const OPACITY_JITTER: f32 = 0.25;
/// Period of the hairline's large and small waves, mm: the middle of
/// domain.md §2.3's 25–40 and 4–8.
const MACRO_PERIOD_MM: f64 = 32.0;
const MICRO_PERIOD_MM: f64 = 6.0;
/// Share of full density at the end of the transition zone, and the depth
/// behind it over which the rest is reached (domain.md §0 and §2.3).
const TRANSITION_SHARE: f32 = 0.7;
const TO_FULL_DENSITY_MM: f32 = 25.0;
/// Diameter of the outermost impressions as a share of full (domain.md §2.3).
const EDGE_DIAMETER: f32 = 0.8;
/// Cosine between skin and camera below which nothing is drawn and above
/// which everything is: towards the silhouette the placed ellipsoid and the
/// real head part company first. Chosen by eye on the photos.
const FACING_HIDDEN: f64 = 0.10;
const FACING_FULL: f64 = 0.34;
/// Tile edge for the drawing order, px: neighbours in the picture become
/// neighbours in memory (perf.md §1, "binned by tile").
const TILE_PX: f32 = 64.0;

/// Streams of the per-impression hash.
const STREAM_SIZE: u32 = 1;
const STREAM_OPACITY: u32 = 2;

/// More than one impression in this many changed: laying all afresh is as
/// fast as taking away and adding.
const MOST_CHANGED: usize = 3;

/// Where a candidate stands towards the hairline.
#[derive(Debug, Clone, Copy)]
struct Spot {
    /// Where to read the distance to the hairline.
    cell: Cell,
    /// Large-wave noise, −1 to 1.
    macro_noise: f32,
    /// Small-wave noise, −1 to 1.
    micro_noise: f32,
}

/// What a candidate looks like in the photo.
#[derive(Debug, Clone, Copy)]
struct Mark {
    /// Place in the photo, px.
    x: f32,
    y: f32,
    /// Shape of a unit circle of skin (1 mm) in the photo: J·Jᵀ, px²/mm².
    shape: [f32; 3],
    /// Photo area of 1 mm² of skin here, px².
    px2_per_mm2: f32,
    /// Diameter factor, around 1.
    size: f32,
    /// Opacity factor, around 1, with the fade to the silhouette in it.
    opacity: f32,
}

/// All candidates that face the camera inside the photo, in drawing order.
/// Lists of their own for what is read at different times: most candidates
/// show at no usual density and are passed over for their threshold, and few
/// are made impressions of.
#[derive(Debug, Clone, Default)]
pub struct Projection {
    /// Finished density on this head above which the candidate shows, per cm².
    threshold_per_cm2: Vec<f32>,
    spots: Vec<Spot>,
    marks: Vec<Mark>,
    /// Share of bare scalp at each, 0–1.
    bare: Vec<f32>,
}

/// Less bare scalp than this shows no impression: under hair, a hand or a hat,
/// or beside the head.
const LEAST_BARE: f32 = 0.05;

impl Projection {
    /// Looks up how much bare scalp each candidate lies on, in a photo of
    /// `width` × `height` px. Returns what was looked up before.
    pub fn cover(&mut self, scalp: &Scalp, width: u32, height: u32) -> Vec<f32> {
        let bare = |mark: &Mark| {
            let q_in_photo = DVec2::new(f64::from(mark.x), f64::from(mark.y));
            let share = scalp.bare_at(q_in_photo, width, height);
            if share < LEAST_BARE { 0.0 } else { share }
        };
        let bare = self.marks.iter().map(bare).collect();
        std::mem::replace(&mut self.bare, bare)
    }

    /// What every candidate looks like, with its share of bare scalp.
    fn seen(&self) -> impl Iterator<Item = (&Mark, f32)> {
        self.marks.iter().zip(self.bare.iter().copied())
    }
}

/// Works the projection out, as if all scalp were bare.
///
/// `width` and `height` are the photo's, px; `head` must have been fitted to
/// that size.
#[must_use]
pub fn project(
    candidates: &Candidates,
    seed: u32,
    head: &HeadModel,
    grid: &Grid,
    width: u32,
    height: u32,
) -> Projection {
    let mut projected: Vec<Projected> = candidates
        .dirs
        .iter()
        .zip(&candidates.per_cm2)
        .zip(&candidates.id)
        .filter_map(|((dir, per_cm2), id)| {
            let one = Candidate {
                dir: DVec3::new(f64::from(dir[0]), f64::from(dir[1]), f64::from(dir[2])),
                per_cm2: *per_cm2,
                id: *id,
            };
            one.project(seed, head, grid, width, height)
        })
        .collect();
    let tile = |v: f32| (v / TILE_PX) as u32;
    projected.sort_by_cached_key(|p| (tile(p.mark.y), tile(p.mark.x), p.id));
    Projection {
        threshold_per_cm2: projected.iter().map(|p| p.threshold_per_cm2).collect(),
        spots: projected.iter().map(|p| p.spot).collect(),
        marks: projected.iter().map(|p| p.mark).collect(),
        bare: vec![1.0; projected.len()],
    }
}

/// One candidate of a [`Projection`].
struct Projected {
    id: u32,
    threshold_per_cm2: f32,
    spot: Spot,
    mark: Mark,
}

struct Candidate {
    dir: DVec3,
    per_cm2: f32,
    id: u32,
}

impl Candidate {
    fn project(
        &self,
        seed: u32,
        head: &HeadModel,
        grid: &Grid,
        width: u32,
        height: u32,
    ) -> Option<Projected> {
        let p_mm = self.dir * head.semi_axes_mm;
        let facing = head.facing(p_mm);
        if facing <= FACING_HIDDEN {
            return None;
        }
        let q = head.photo_from_head(p_mm);
        let inside = q.x >= 0.0 && q.y >= 0.0 && q.x < f64::from(width) && q.y < f64::from(height);
        if !inside {
            return None;
        }
        let jacobian = head.photo_from_tangent(p_mm);
        let shape = jacobian * jacobian.transpose();
        // The noise belongs to the skin, not to the fitted size of the head:
        // waves must not crawl while markers are moved.
        let p_standard_mm = (self.dir * STANDARD_SEMI_AXES_MM).to_array();
        let area_ratio = area_element(self.dir, STANDARD_SEMI_AXES_MM)
            / area_element(self.dir, head.semi_axes_mm);
        let jitter =
            |stream, spread: f32| 1.0 + spread * (2.0 * hash_unit(seed, self.id, stream) - 1.0);
        Some(Projected {
            id: self.id,
            threshold_per_cm2: self.per_cm2 * area_ratio as f32,
            spot: Spot {
                cell: grid.cell(p_mm),
                macro_noise: surface_noise(seed, p_standard_mm, MACRO_PERIOD_MM) as f32,
                micro_noise: surface_noise(seed.wrapping_add(1), p_standard_mm, MICRO_PERIOD_MM)
                    as f32,
            },
            mark: Mark {
                x: q.x as f32,
                y: q.y as f32,
                shape: [
                    shape.x_axis.x as f32,
                    shape.x_axis.y as f32,
                    shape.y_axis.y as f32,
                ],
                px2_per_mm2: jacobian.determinant().abs() as f32,
                size: jitter(STREAM_SIZE, SIZE_JITTER),
                opacity: jitter(STREAM_OPACITY, OPACITY_JITTER)
                    * smoothstep(((facing - FACING_HIDDEN) / (FACING_FULL - FACING_HIDDEN)) as f32),
            },
        })
    }
}

/// Area of the ellipsoid per area of the unit sphere at direction `dir`, mm².
fn area_element(dir: DVec3, semi_axes_mm: DVec3) -> f64 {
    semi_axes_mm.x * semi_axes_mm.y * semi_axes_mm.z * (dir / semi_axes_mm).length()
}

/// Which candidates show, and how strongly.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// Per candidate, how far it is out of the hairline's edge: 0 hidden,
    /// 1 past the transition zone.
    ramp: Vec<f32>,
    count: usize,
    make: Make,
}

impl Shown {
    /// Number of impressions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All impressions, in drawing order. `projection` is the one that
    /// [`visible`] had.
    #[must_use]
    pub fn dots(&self, projection: &Projection) -> Vec<Dot> {
        let all = self.ramp.iter().zip(projection.seen());
        all.filter(|(ramp, _)| **ramp > 0.0)
            .map(|(ramp, seen)| self.make.dot(seen, *ramp))
            .collect()
    }
}

/// Decides which candidates show for this hairline and density, into `out`.
///
/// Raising `density.per_cm2` only ever adds impressions: each has its own
/// threshold, and nothing else decides.
pub fn visible(
    projection: &Projection,
    distance: &SignedDistance,
    hairline: &Hairline,
    density: &Density,
    out: &mut Shown,
) {
    let edge = Edge::new(hairline);
    let per_cm2 = density.per_cm2 as f32;
    let ramp = |threshold_per_cm2: f32, spot: &Spot, bare: f32| {
        if threshold_per_cm2 >= per_cm2 || bare <= 0.0 {
            return 0.0;
        }
        let inside_mm = distance.at(spot.cell)
            + edge.macro_mm * spot.macro_noise
            + edge.micro_mm * spot.micro_noise;
        if threshold_per_cm2 >= per_cm2 * edge.density_share(inside_mm) {
            return 0.0;
        }
        edge.ramp(inside_mm)
    };
    let thresholds = projection.threshold_per_cm2.iter();
    let all = thresholds.zip(&projection.spots).zip(&projection.bare);
    out.ramp.clear();
    out.ramp
        .extend(all.map(|((threshold_per_cm2, spot), bare)| ramp(*threshold_per_cm2, spot, *bare)));
    out.count = out.ramp.iter().filter(|ramp| **ramp > 0.0).count();
    out.make = Make {
        variance_mm2: variance_mm2(density.diameter_mm) as f32,
        coverage_mm2: coverage_mm2(density.diameter_mm) as f32,
        edge_opacity: hairline.edge_opacity as f32,
    };
}

/// How to make the impressions of `new` of those of `old`, both of one
/// projection; none where so many differ that laying all afresh is no slower.
/// `old_bare` is what [`Projection::cover`] gave back, if it was called between
/// them.
#[must_use]
pub fn changes(
    projection: &Projection,
    old: &Shown,
    new: &Shown,
    old_bare: Option<&[f32]>,
) -> Option<Changes> {
    let old_bare = old_bare.unwrap_or(&projection.bare);
    let sizes = [old.ramp.len(), new.ramp.len(), old_bare.len()];
    if sizes != [projection.marks.len(); 3] || old.make != new.make {
        return None;
    }
    let mut changes = Changes::default();
    let ramps = old.ramp.iter().zip(&new.ramp);
    let both = ramps.zip(projection.seen()).zip(old_bare);
    let same =
        |was: f32, is: f32, was_bare: f32, bare: f32| was == is && (was_bare == bare || is == 0.0);
    for (((was, is), (mark, bare)), was_bare) in both {
        if same(*was, *is, *was_bare, bare) {
            continue;
        }
        if *was > 0.0 {
            changes.gone.push(old.make.dot((mark, *was_bare), *was));
        }
        if *is > 0.0 {
            changes.come.push(new.make.dot((mark, bare), *is));
        }
    }
    let changed = changes.gone.len() + changes.come.len();
    (changed * MOST_CHANGED < new.count).then_some(changes)
}

/// What makes impressions of marks.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Make {
    /// Variance of an impression of the asked diameter, mm².
    variance_mm2: f32,
    /// Its coverage, mm².
    coverage_mm2: f32,
    /// Opacity of the outermost impressions as a share of full.
    edge_opacity: f32,
}

impl Make {
    #[inline]
    fn dot(&self, (mark, bare): (&Mark, f32), ramp: f32) -> Dot {
        let size = mark.size * (EDGE_DIAMETER + (1.0 - EDGE_DIAMETER) * ramp);
        let opacity = self.edge_opacity + (1.0 - self.edge_opacity) * ramp;
        let [sxx, sxy, syy] = mark.shape.map(|s| s * self.variance_mm2 * size * size);
        Dot {
            x: mark.x,
            y: mark.y,
            sxx,
            sxy,
            syy,
            area_px: self.coverage_mm2
                * size
                * size
                * mark.px2_per_mm2
                * mark.opacity
                * opacity
                * bare,
        }
    }
}

/// The hairline's edge as numbers for the inner loop.
struct Edge {
    transition_mm: f32,
    per_transition_mm: f32,
    macro_mm: f32,
    micro_mm: f32,
}

impl Edge {
    fn new(hairline: &Hairline) -> Self {
        // A transition of nothing still needs a slope.
        let transition_mm = (hairline.transition_mm as f32).max(0.1);
        Self {
            transition_mm,
            per_transition_mm: 1.0 / transition_mm,
            macro_mm: hairline.macro_mm as f32,
            micro_mm: hairline.micro_mm as f32,
        }
    }

    /// Share of the finished density at a depth behind the line, 0–1.
    fn density_share(&self, inside_mm: f32) -> f32 {
        if inside_mm < self.transition_mm {
            TRANSITION_SHARE * smoothstep(inside_mm * self.per_transition_mm)
        } else {
            let behind = (inside_mm - self.transition_mm) / TO_FULL_DENSITY_MM;
            TRANSITION_SHARE + (1.0 - TRANSITION_SHARE) * behind.min(1.0)
        }
    }

    /// How far out of the transition zone, 0–1.
    fn ramp(&self, inside_mm: f32) -> f32 {
        (inside_mm * self.per_transition_mm).clamp(0.0, 1.0)
    }
}

/// 3t² − 2t³ with `t` held to 0–1.
fn smoothstep(t: f32) -> f32 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}
