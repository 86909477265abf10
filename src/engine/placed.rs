//! What hangs on the head's place in the photo: the head itself, and the candidates as
//! the camera sees them.

use super::candidates::{Candidates, candidates};
use super::error::EngineError;
use super::fit::fit;
use super::head::HeadModel;
use super::image::Rect;
use super::params::ParamId;
use super::projection::{IMPRESSIONS_PER_UNIT, Projection, project};
use super::region::Grid;
use super::seeing::{optics, reach_px};
use super::stages::{Inputs, Stage, Timer, must_run};

/// Densest set of follicular units, per cm² of the standard head. Above what
/// the largest finished density needs because a smaller head packs the same set
/// tighter and a larger one wider: skull axes vary by some 5 % (domain.md §4.1),
/// areas by twice that, and 20 % covers two standard deviations.
#[must_use]
pub fn max_units_per_cm2() -> f64 {
    1.2 * ParamId::DensityPerCm2.row().max / f64::from(IMPRESSIONS_PER_UNIT)
}

/// The candidates of one seed. They depend on nothing else and are dear to
/// make, so that they outlive the photo: see [`super::render::Renderer::with_ranked`].
#[derive(Debug, Clone)]
pub struct Ranked {
    seed: u32,
    candidates: Candidates,
}

impl Ranked {
    /// The candidates of `seed`.
    #[must_use]
    pub fn new(seed: u32) -> Self {
        Self {
            seed,
            candidates: candidates(seed, max_units_per_cm2()),
        }
    }
}

/// How the photo shows a head.
#[derive(Debug, Clone, Copy)]
pub(super) struct Photographed {
    /// Its width and height, px.
    pub(super) size: [u32; 2],
    /// Variance of its blur, px².
    pub(super) camera_px2: f32,
    /// Whether impressions may reach over the silhouette: where a matte ends them.
    pub(super) overhang: bool,
}

/// What hangs on the head's place.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) head: HeadModel,
    pub(super) grid: Grid,
    pub(super) projection: Projection,
    /// The part of the photo that impressions may reach, and what is beyond its edges.
    pub(super) reached: Rect,
    /// What all this is of.
    inputs: Inputs,
    /// Whether impressions reach over the silhouette in the projection.
    overhang: bool,
    /// Whether no picture was made with this projection yet.
    pub(super) is_new: bool,
}

impl Placed {
    /// Brings it up to date for pictures with `next`; where that fails, all is as it was.
    pub(super) fn update(
        placed: &mut Option<Self>,
        ranked: &mut Option<Ranked>,
        next: &Inputs,
        seen: Photographed,
        timer: &mut Timer<'_>,
    ) -> Result<(), EngineError> {
        let size = seen.size;
        let made_of = placed.as_ref().map(|placed| placed.inputs);
        let fitted = must_run(Stage::Head, made_of.as_ref(), next)
            .then(|| timer.time(Stage::Head, || fit(&next.placement, size[0], size[1])))
            .transpose()?;
        let seed = next.look.seed;
        let from = match ranked.take() {
            Some(ranked) if ranked.seed == seed => ranked,
            _ => timer.time(Stage::Candidates, || Ranked::new(seed)),
        };
        let is_as_it_was = |placed: &Placed| {
            placed.overhang == seen.overhang
                && !must_run(Stage::Project, Some(&placed.inputs), next)
        };
        let kept = placed.take();
        *placed = match kept {
            Some(kept) if is_as_it_was(&kept) => Some(Placed {
                inputs: *next,
                ..kept
            }),
            kept => fitted.or(kept.map(|kept| kept.head)).map(|head| {
                let grid = Grid::new(head.semi_axes_mm);
                let projection = timer.time(Stage::Project, || {
                    project(&from.candidates, seed, &head, &grid, size, seen.overhang)
                });
                let reach_px = reach_px(&optics(&head, seen.camera_px2), head.camera.px_per_mm);
                Placed {
                    head,
                    grid,
                    reached: projection.reached(reach_px),
                    projection,
                    inputs: *next,
                    overhang: seen.overhang,
                    is_new: true,
                }
            }),
        };
        *ranked = Some(from);
        Ok(())
    }
}
