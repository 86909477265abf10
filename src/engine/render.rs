//! The renderer: keeps what the last picture was made of and makes the next
//! with as little work as [`super::stages`] asks for.

use super::candidates::{Candidates, candidates};
use super::composite::{composite, recolour};
use super::corrections::Corrections;
use super::dots::{Projection, Shown, changes, project, visible};
use super::error::EngineError;
use super::field::Field;
use super::fit::fit;
use super::head::HeadModel;
use super::image::{Photo, Rect};
use super::matte::Matte;
use super::outline::outline;
use super::params::ParamId;
use super::region::{Grid, SignedDistance, signed_distance};
use super::scalp::Scalp;
use super::shade::darkening;
use super::stages::{Inputs, Stage, must_run};

/// Densest candidate set, per cm² of the standard head. Above the largest
/// finished density because a smaller head packs the same set tighter and a
/// larger one wider: skull axes vary by some 5 % (domain.md §4.1), areas by
/// twice that, and 20 % covers two standard deviations.
fn max_candidates_per_cm2() -> f64 {
    1.2 * ParamId::DensityPerCm2.row().max
}

/// Makes pictures of one photo.
#[derive(Debug)]
pub struct Renderer {
    photo: Photo,
    after: Photo,
    last: Option<Inputs>,
    ranked: Option<Ranked>,
    placed: Option<Placed>,
    scalp: Scalp,
    /// Whether it is another than the picture was made with.
    scalp_is_new: bool,
    distance: SignedDistance,
    /// What the field holds.
    shown: Shown,
    /// Room for what it is to hold next.
    next_shown: Shown,
    field: Field,
}

/// The candidates of one seed. They depend on nothing else and are dear to
/// make, so that they outlive the photo: see [`Renderer::with_ranked`].
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
            candidates: candidates(seed, max_candidates_per_cm2()),
        }
    }
}

/// What hangs on the head's place.
#[derive(Debug)]
struct Placed {
    head: HeadModel,
    grid: Grid,
    projection: Projection,
}

/// What one call of [`Renderer::render`] did.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The part of the picture that may differ from the frame before.
    pub rect: Rect,
    /// Impressions in the picture.
    pub impressions: u32,
    /// The stages that ran and the milliseconds that the caller's clock said
    /// they took.
    pub stages: Vec<(Stage, f64)>,
}

impl Renderer {
    /// A renderer for `photo`. Cheap: nothing is worked out yet.
    #[must_use]
    pub fn new(photo: Photo) -> Self {
        Self::with_ranked(photo, None)
    }

    /// A renderer that starts from candidates made earlier.
    #[must_use]
    pub fn with_ranked(photo: Photo, ranked: Option<Ranked>) -> Self {
        let after = photo.clone();
        Self {
            photo,
            after,
            last: None,
            ranked,
            placed: None,
            scalp: Scalp::default(),
            scalp_is_new: false,
            distance: SignedDistance::default(),
            shown: Shown::default(),
            next_shown: Shown::default(),
            field: Field::default(),
        }
    }

    /// The photo as it came in.
    #[must_use]
    pub fn photo(&self) -> &Photo {
        &self.photo
    }

    /// The treated picture, as large as the photo, RGBA.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        self.after.rgba()
    }

    /// The head as last placed.
    #[must_use]
    pub fn head(&self) -> Option<&HeadModel> {
        self.placed.as_ref().map(|placed| &placed.head)
    }

    /// Tells what the photo shows of bare scalp; none: all that the head model
    /// says is. The next picture is made with it.
    pub fn set_matte(&mut self, matte: Option<Matte>) {
        self.scalp.set_matte(matte);
        self.scalp_is_new = true;
    }

    /// Tells what the person says the photo shows. The next picture is made
    /// with it.
    pub fn correct(&mut self, corrections: &Corrections) {
        self.scalp.correct(corrections);
        self.scalp_is_new = true;
    }

    /// Tells matte and corrections in one, as another renderer of the same
    /// picture has them.
    pub fn set_scalp(&mut self, scalp: Scalp) {
        self.scalp = scalp;
        self.scalp_is_new = true;
    }

    /// What is bare scalp, as last told.
    #[must_use]
    pub fn scalp(&self) -> &Scalp {
        &self.scalp
    }

    /// Lends the candidates to another renderer; the next picture here makes
    /// them anew if nobody gives them back.
    pub fn take_ranked(&mut self) -> Option<Ranked> {
        self.ranked.take()
    }

    /// Gives lent candidates back.
    pub fn give_ranked(&mut self, ranked: Option<Ranked>) {
        if ranked.is_some() {
            self.ranked = ranked;
        }
    }

    /// Photo and treated picture, with the candidates, giving up the renderer.
    #[must_use]
    pub fn into_parts(self) -> (Photo, Photo, Option<Ranked>) {
        (self.photo, self.after, self.ranked)
    }

    /// Brings the picture up to date with `inputs`. `clock` gives
    /// milliseconds for the report and decides nothing.
    ///
    /// # Errors
    /// [`EngineError::BadPlacement`] where the markers describe no head; the
    /// picture and everything kept are then as they were.
    pub fn render(
        &mut self,
        inputs: &Inputs,
        clock: &dyn Fn() -> f64,
    ) -> Result<Frame, EngineError> {
        let next = Inputs {
            look: inputs.look.clamped(),
            ..*inputs
        };
        let last = self.last;
        let scalp_is_new = self.scalp_is_new;
        let runs = |stage| {
            must_run(stage, last.as_ref(), &next) || (scalp_is_new && stage >= Stage::Cover)
        };
        let mut timer = Timer {
            clock,
            stages: Vec::new(),
        };

        // The only stage that can fail comes first, so that a failure leaves
        // no stage half done.
        if runs(Stage::Head) {
            let placed = timer.time(Stage::Head, || self.place(&next))?;
            self.placed = Some(placed);
        }
        let Some(placed) = self.placed.as_mut() else {
            return Ok(Frame {
                rect: Rect::default(),
                impressions: 0,
                stages: timer.stages,
            });
        };

        let seed = next.look.seed;
        let ranked = match self.ranked.take() {
            Some(ranked) if ranked.seed == seed => ranked,
            _ => timer.time(Stage::Candidates, || Ranked::new(seed)),
        };
        if runs(Stage::Project) {
            let (width, height) = (self.photo.width(), self.photo.height());
            placed.projection = timer.time(Stage::Project, || {
                project(
                    &ranked.candidates,
                    seed,
                    &placed.head,
                    &placed.grid,
                    width,
                    height,
                )
            });
        }
        self.ranked = Some(ranked);

        let look = &next.look;
        if runs(Stage::Region) {
            let line = || {
                signed_distance(
                    &placed.grid,
                    &outline(&look.hairline, placed.head.semi_axes_mm),
                    &mut self.distance,
                );
            };
            timer.time(Stage::Region, line);
        }
        let old_bare = runs(Stage::Cover).then(|| {
            let (width, height) = (self.photo.width(), self.photo.height());
            let cover = || placed.projection.cover(&self.scalp, width, height);
            timer.time(Stage::Cover, cover)
        });
        if runs(Stage::Visibility) {
            let choose = || {
                visible(
                    &placed.projection,
                    &self.distance,
                    &look.hairline,
                    &look.density,
                    &mut self.next_shown,
                );
            };
            timer.time(Stage::Visibility, choose);
        }
        let only_shade = last.is_some() && !runs(Stage::Field);
        let before = self.field.rect;
        let mut changed = Rect::default();
        if runs(Stage::Field) {
            let old = (!runs(Stage::Project)).then_some(&self.shown);
            let lay = || {
                let (projection, new) = (&placed.projection, &self.next_shown);
                let changes =
                    old.and_then(|old| changes(projection, old, new, old_bare.as_deref()));
                let (width, height) = (self.photo.width(), self.photo.height());
                changes
                    .and_then(|changes| self.field.update(&changes, width, height))
                    .unwrap_or_else(|| self.field.splat(&new.dots(projection), width, height))
            };
            changed = timer.time(Stage::Field, lay);
            std::mem::swap(&mut self.shown, &mut self.next_shown);
        }
        if last.is_none_or(|last| last.look.shade != next.look.shade) {
            changed = changed.union(self.field.covered());
        }
        if runs(Stage::Composite) {
            let pigment = darkening(&look.shade);
            timer.time(Stage::Composite, || {
                if before.union(self.field.rect) != self.field.rect {
                    restore(&self.photo, before, self.after.rgba_mut());
                }
                let after = self.after.rgba_mut();
                if only_shade {
                    recolour(&self.photo, &self.field, &pigment, changed, after);
                } else {
                    composite(&self.photo, &self.field, &pigment, changed, after);
                }
            });
        }
        self.last = Some(next);
        self.scalp_is_new = false;
        Ok(Frame {
            rect: changed,
            impressions: u32::try_from(self.shown.len()).unwrap_or(u32::MAX),
            stages: timer.stages,
        })
    }

    fn place(&self, next: &Inputs) -> Result<Placed, EngineError> {
        let head = fit(&next.placement, self.photo.width(), self.photo.height())?;
        let grid = Grid::new(head.semi_axes_mm);
        Ok(Placed {
            head,
            grid,
            projection: Projection::default(),
        })
    }
}

/// Puts the photo's own pixels back inside `rect`.
fn restore(photo: &Photo, rect: Rect, after: &mut [u8]) {
    let row_bytes = photo.width() as usize * 4;
    let from = rect.x as usize * 4;
    let to = from + rect.width as usize * 4;
    let rows = rect.y as usize..(rect.y + rect.height) as usize;
    for (after, photo) in after
        .chunks_exact_mut(row_bytes)
        .zip(photo.rgba().chunks_exact(row_bytes))
        .skip(rows.start)
        .take(rows.len())
    {
        if let (Some(after), Some(photo)) = (after.get_mut(from..to), photo.get(from..to)) {
            after.copy_from_slice(photo);
        }
    }
}

/// Notes what each stage took.
struct Timer<'a> {
    clock: &'a dyn Fn() -> f64,
    stages: Vec<(Stage, f64)>,
}

impl Timer<'_> {
    fn time<T>(&mut self, stage: Stage, work: impl FnOnce() -> T) -> T {
        let start = (self.clock)();
        let done = work();
        self.stages.push((stage, (self.clock)() - start));
        done
    }
}
