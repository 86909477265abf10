//! From candidates to impressions: which of the ranked candidates show, where
//! in the photo, how large and how strong.
//!
//! Two steps, because they are paid for at different times. [`project`] runs
//! once for a placed head: every candidate that faces the camera gets its
//! place in the photo, the shape a round impression takes there, and the
//! density at which it appears. [`visible`] runs at every change of hairline
//! or density and only compares and multiplies.

use glam::DVec3;

use super::anthropometry::STANDARD_SEMI_AXES_MM;
use super::candidates::Candidates;
use super::head::HeadModel;
use super::impressions::{Dot, Dots};
use super::look::{Density, Hairline};
use super::noise::surface_noise;
use super::region::{Cell, Grid, SignedDistance};
use super::rng::hash_unit;
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

/// One candidate as it lies in the photo.
#[derive(Debug, Clone, Copy)]
pub struct Projected {
    /// The candidate's identity, the same in every view and size.
    pub id: u32,
    /// Place in the photo, px.
    pub x: f32,
    /// Place in the photo, px.
    pub y: f32,
    /// Shape of a unit circle of skin (1 mm) in the photo: J·Jᵀ, px²/mm².
    pub shape: [f32; 3],
    /// Photo area of 1 mm² of skin here, px².
    pub px2_per_mm2: f32,
    /// Diameter factor, around 1.
    pub size: f32,
    /// Opacity factor, around 1, with the fade to the silhouette in it.
    pub opacity: f32,
    /// Large-wave noise, −1 to 1.
    pub macro_noise: f32,
    /// Small-wave noise, −1 to 1.
    pub micro_noise: f32,
    /// Where to read the distance to the hairline.
    pub cell: Cell,
}

/// All candidates that face the camera inside the photo, in drawing order.
#[derive(Debug, Clone, Default)]
pub struct Projection {
    /// Finished density on this head above which the candidate shows, per cm².
    /// A list of its own: most candidates show at no usual density, and are
    /// passed over without reading more of them.
    pub threshold_per_cm2: Vec<f32>,
    /// The candidates themselves, in the same order.
    pub candidates: Vec<Projected>,
}

/// Works the projection out.
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
    let mut projected: Vec<(f32, Projected)> = candidates
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
    projected.sort_by_cached_key(|(_, p)| ((p.y / TILE_PX) as u32, (p.x / TILE_PX) as u32, p.id));
    let (threshold_per_cm2, candidates) = projected.into_iter().unzip();
    Projection {
        threshold_per_cm2,
        candidates,
    }
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
    ) -> Option<(f32, Projected)> {
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
        let threshold_per_cm2 = self.per_cm2 * area_ratio as f32;
        let projected = Projected {
            id: self.id,
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
            macro_noise: surface_noise(seed, p_standard_mm, MACRO_PERIOD_MM) as f32,
            micro_noise: surface_noise(seed.wrapping_add(1), p_standard_mm, MICRO_PERIOD_MM) as f32,
            cell: grid.cell(p_mm),
        };
        Some((threshold_per_cm2, projected))
    }
}

/// Area of the ellipsoid per area of the unit sphere at direction `dir`, mm².
fn area_element(dir: DVec3, semi_axes_mm: DVec3) -> f64 {
    semi_axes_mm.x * semi_axes_mm.y * semi_axes_mm.z * (dir / semi_axes_mm).length()
}

/// The impressions that show for this hairline and density, written to `out`.
///
/// Raising `density.per_cm2` only ever adds impressions: each has its own
/// threshold, and nothing else decides.
pub fn visible(
    projection: &Projection,
    distance: &SignedDistance,
    hairline: &Hairline,
    density: &Density,
    out: &mut Dots,
) {
    out.clear();
    let edge = Edge::new(hairline);
    let per_cm2 = density.per_cm2 as f32;
    let variance_mm2 = variance_mm2(density.diameter_mm) as f32;
    let coverage_mm2 = coverage_mm2(density.diameter_mm) as f32;
    let all = projection
        .threshold_per_cm2
        .iter()
        .zip(&projection.candidates);
    for (index, (&threshold_per_cm2, p)) in (0..).zip(all) {
        if threshold_per_cm2 >= per_cm2 {
            continue;
        }
        let inside_mm =
            distance.at(p.cell) + edge.macro_mm * p.macro_noise + edge.micro_mm * p.micro_noise;
        if threshold_per_cm2 >= per_cm2 * edge.density_share(inside_mm) {
            continue;
        }
        let size = p.size * edge.diameter_share(inside_mm);
        let [sxx, sxy, syy] = p.shape.map(|s| s * variance_mm2 * size * size);
        let area_px =
            coverage_mm2 * size * size * p.px2_per_mm2 * p.opacity * edge.opacity_share(inside_mm);
        out.push(
            index,
            Dot {
                x: p.x,
                y: p.y,
                sxx,
                sxy,
                syy,
                area_px,
            },
        );
    }
}

/// The hairline's edge as numbers for the inner loop.
struct Edge {
    transition_mm: f32,
    per_transition_mm: f32,
    macro_mm: f32,
    micro_mm: f32,
    opacity: f32,
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
            opacity: hairline.edge_opacity as f32,
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

    fn diameter_share(&self, inside_mm: f32) -> f32 {
        EDGE_DIAMETER + (1.0 - EDGE_DIAMETER) * (inside_mm * self.per_transition_mm).clamp(0.0, 1.0)
    }

    fn opacity_share(&self, inside_mm: f32) -> f32 {
        self.opacity + (1.0 - self.opacity) * (inside_mm * self.per_transition_mm).clamp(0.0, 1.0)
    }
}

/// 3t² − 2t³ with `t` held to 0–1.
fn smoothstep(t: f32) -> f32 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}
