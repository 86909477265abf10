//! The renderer: keeps what the last picture was made of and makes the next
//! with as little work as [`super::stages`] asks for.

use super::beside::beside;
use super::camera::{longer_edge_px, photo_from_marker};
use super::composite::{composite, recolour};
use super::corrections::Corrections;
use super::dots::{Shown, changes, visible};
use super::error::EngineError;
use super::field::Field;
use super::growth::grown;
use super::head::HeadModel;
use super::image::{Photo, Rect};
use super::life::Life;
use super::look::{Density, Look};
use super::matte::Matte;
use super::outline::outline;
use super::placed::{Photographed, Placed, Ranked};
use super::projection::Part;
use super::region::{SignedDistance, signed_distance};
use super::scalp::{Scalp, in_px};
use super::scars::{FEATHER_MM, Strokes};
use super::seeing::{AROUND_MOST_PX, Through, optics, to_open};
use super::shade::darkening_in;
use super::sharpness::camera_variance_px2;
use super::shine::Shine;
use super::sides::{Continued, Seen};
use super::stages::{Inputs, Stage, Timer, changed_pigment, must_run};
use super::stubble::{Matched, Scale, match_stubble};

/// Makes pictures of one photo.
#[derive(Debug)]
pub struct Renderer {
    photo: Photo,
    after: Photo,
    last: Option<Inputs>,
    ranked: Option<Ranked>,
    placed: Option<Placed>,
    scalp: Scalp,
    /// Where it is another than the picture was made with, if anywhere.
    scalp_is_new: Option<Rect>,
    /// Whether it is to be looked anew what of it lies behind the head.
    background_is_old: bool,
    /// What shines, where it is known what is skin.
    shine: Option<Shine>,
    distance: SignedDistance,
    /// What the field holds.
    shown: Shown,
    /// Room for what it is to hold next.
    next_shown: Shown,
    field: Field,
    /// The part of the photo of which the field's mask tells how bare it is; none where
    /// nothing is known of that.
    opened: Option<Rect>,
    /// Variance of the photo's blur, px², once it was asked for.
    camera_px2: Option<f32>,
    /// Whether the photo has no colours, once it was asked for.
    is_grey: Option<bool>,
    /// The photo with the person's own hair grown, where asked and known.
    grown: Option<Photo>,
    /// What was drawn and not shown to anybody.
    owed: Rect,
}

/// What one call of [`Renderer::render`] did.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The part of the picture that may differ from the frame before.
    pub rect: Rect,
    /// Impressions in the picture.
    pub impressions: u32,
    /// Impressions that would be but for the hair over them.
    pub under_hair: u32,
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
            scalp_is_new: None,
            background_is_old: false,
            shine: None,
            distance: SignedDistance::default(),
            shown: Shown::default(),
            next_shown: Shown::default(),
            field: Field::default(),
            opened: None,
            camera_px2: None,
            is_grey: None,
            grown: None,
            owed: Rect::default(),
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

    /// Notes that frames drew this part and nobody was shown it: the next frame's
    /// part holds it.
    pub(super) fn owe(&mut self, part: Rect) {
        self.owed = self.owed.union(part);
    }

    /// The treated picture.
    #[must_use]
    pub fn picture(&self) -> &Photo {
        &self.after
    }

    /// The head as last placed.
    #[must_use]
    pub fn head(&self) -> Option<&HeadModel> {
        self.placed.as_ref().map(|placed| &placed.head)
    }

    /// Tells what the photo shows of bare scalp; none: all that the head model
    /// says is. The next picture is made with it.
    pub fn set_matte(&mut self, matte: Option<Matte>) {
        self.set_scalp(self.scalp.with_matte(matte));
    }

    /// Tells what the person says the photo shows. The next picture is made
    /// with it.
    pub fn correct(&mut self, corrections: &Corrections) {
        let edges = self.scalp.correct(corrections);
        let part = in_px(
            edges,
            longer_edge_px(self.photo.width(), self.photo.height()),
        );
        let part = part.intersect(self.photo.rect());
        self.scalp_is_new = Some(self.scalp_is_new.unwrap_or_default().union(part));
    }

    /// Tells matte and corrections in one, as another renderer of the same
    /// picture has them.
    pub fn set_scalp(&mut self, scalp: Scalp) {
        let before = self.known();
        self.scalp = scalp.before_anything();
        self.background_is_old = true;
        let known = self.known();
        // Strokes come and go: what shines is the photo's own.
        let shown = self.scalp.without_strokes();
        let seen = shown.known_in(self.photo.width(), self.photo.height());
        self.shine = Shine::new(&self.photo, &shown, seen);
        let noted = self.scalp_is_new.unwrap_or_default();
        self.scalp_is_new = Some(noted.union(before).union(known));
    }

    /// The part of the photo of which it is known what is bare scalp.
    fn known(&self) -> Rect {
        self.scalp.known_in(self.photo.width(), self.photo.height())
    }

    /// What is bare scalp, as last told.
    #[must_use]
    pub fn scalp(&self) -> &Scalp {
        &self.scalp
    }

    /// The treatment that continues the person's own hair; none where there is
    /// none of that kind, or no head. `usual` is the density to begin with.
    pub fn match_sides(&mut self, what: Continued, usual: &Density) -> Option<Matched> {
        let camera_px2 = f64::from(self.camera_px2());
        let (width, height) = (self.photo.width(), self.photo.height());
        let placed = self.placed.as_ref()?;
        let seen = Seen {
            photo: &self.photo,
            head: &placed.head,
            scalp: &self.scalp,
            shine: self.shine.as_ref(),
            grid: &placed.grid,
            distance: &self.distance,
        };
        let sides = match what {
            Continued::Stubble => seen.sides(None),
            Continued::StubbleAt(at) => seen.sides(Some(photo_from_marker(at, width, height))),
            Continued::Thinning => seen.thinning(),
        }?;
        let scale = Scale {
            px_per_mm: sides.px_per_mm,
            camera_px2,
        };
        let mut matched = match_stubble(&sides.bare, &sides.stubble, scale, usual);
        matched.density.beside = beside(&matched.density, sides.darker);
        Some(matched)
    }

    /// Variance of the photo's blur, px².
    fn camera_px2(&mut self) -> f32 {
        let photo = &self.photo;
        *self
            .camera_px2
            .get_or_insert_with(|| camera_variance_px2(photo))
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
        let camera_px2 = self.camera_px2();
        let next = Inputs {
            look: inputs.look.clamped(),
            ..*inputs
        };
        let last = self.last;
        let mut timer = Timer {
            clock,
            stages: Vec::new(),
        };

        // The only stage that can fail comes first, so that a failure leaves
        // no stage half done.
        self.place(&next, self.scalp.has_matte(), &mut timer)?;
        let head_is_new = must_run(Stage::Head, last.as_ref(), &next);
        if head_is_new || self.background_is_old {
            timer.time(Stage::Cover, || self.look_behind());
        }
        let scalp_is_new = self.scalp_is_new;
        let Some(placed) = self.placed.as_mut() else {
            return Ok(Frame {
                rect: Rect::default(),
                impressions: 0,
                under_hair: 0,
                stages: timer.stages,
            });
        };

        let projects = std::mem::take(&mut placed.is_new);
        let runs = |stage| {
            must_run(stage, last.as_ref(), &next)
                || ((scalp_is_new.is_some() || projects) && stage >= Stage::Cover)
        };
        let (look, life) = (&next.look, Life::at(&next.moment));
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
        // Where only strokes or the matte are new, only what lies there is looked at.
        let is_placed = projects || must_run(Stage::Cover, last.as_ref(), &next);
        let part_is_new = scalp_is_new.filter(|_| !is_placed);
        if runs(Stage::Cover) {
            timer.time(Stage::Cover, || {
                let seen = Through {
                    scalp: &self.scalp,
                    photo: &self.photo,
                    shine: self.shine.as_ref(),
                };
                let within = part_is_new.map(|part| Part::around(part, AROUND_MOST_PX));
                let ground = |q_in_photo| seen.ground_at(q_in_photo);
                placed.projection.cover(within, ground);
                let reached = placed.reached.intersect(self.photo.rect());
                for part in to_open(scalp_is_new, reached, &mut self.opened) {
                    seen.open(part, self.field.mask_mut());
                }
            });
        }
        if projects || runs(Stage::Zone) {
            timer.time(Stage::Zone, || {
                let px_per_mm = placed.head.camera.px_per_mm;
                let shine = self.shine.as_ref();
                let strokes = Strokes::new(&self.photo, &self.scalp, shine, px_per_mm);
                let painted = |q_in_photo| strokes.at(q_in_photo);
                let is_painted = self.scalp.has_treatment();
                let painted = is_painted.then_some(&painted as &dyn Fn(_) -> _);
                let zone_is_new = must_run(Stage::Zone, last.as_ref(), &next);
                let within = part_is_new.filter(|_| !zone_is_new);
                let within =
                    within.map(|part| Part::around(part, FEATHER_MM * px_per_mm + AROUND_MOST_PX));
                placed.projection.treat(within, look.zone, painted);
            });
        }
        if runs(Stage::Visibility) {
            // A picture at another time is mostly of the same impressions, made otherwise,
            // and one of another density has few that the last had not.
            let then = last.as_ref().map(|last| Inputs {
                moment: last.moment,
                look: Look {
                    density: last.look.density,
                    ..next.look
                },
                ..next
            });
            let are_alike = then.is_some_and(|then| {
                !must_run(Stage::Visibility, last.as_ref(), &then) && !projects
            }) && scalp_is_new.is_none();
            let choose = || {
                let (line, density) = (&look.hairline, &look.density);
                let (projection, distance) = (&placed.projection, &self.distance);
                let (shown, next) = (&self.shown, &mut self.next_shown);
                if !(are_alike && shown.altered(projection, distance, line, density, &life, next)) {
                    visible(projection, distance, line, density, &life, next);
                }
            };
            timer.time(Stage::Visibility, choose);
        }
        let only_shade = last.is_some() && !runs(Stage::Field);
        let before = self.field.rect;
        let mut changed = Rect::default();
        if runs(Stage::Field) {
            let old = (!projects).then_some(&self.shown);
            let lay = || {
                let (projection, new) = (&placed.projection, &self.next_shown);
                if head_is_new {
                    self.field.set_optics(optics(&placed.head, camera_px2));
                }
                let changes = old.and_then(|old| changes(projection, old, new));
                let (width, height) = (self.photo.width(), self.photo.height());
                let changed =
                    changes.and_then(|changes| self.field.update(&changes, width, height));
                match (changed, scalp_is_new) {
                    (Some(changed), Some(part)) => changed.union(self.field.see_anew(part)),
                    (Some(changed), None) => changed,
                    (None, _) => self.field.splat(&new.dots(projection), width, height),
                }
            };
            changed = timer.time(Stage::Field, lay);
            std::mem::swap(&mut self.shown, &mut self.next_shown);
        }
        if last.is_none_or(|last| changed_pigment(&last, &next)) {
            changed = changed.union(self.field.covered());
        }
        let days = next.moment.grown_days;
        let was_grown = last.map_or(0.0, |last| last.moment.grown_days);
        let seen_anew = head_is_new || scalp_is_new.is_some();
        let base_is_new = days != was_grown || (days > 0.0 && seen_anew);
        if base_is_new {
            let (shine, head) = (self.shine.as_ref().filter(|_| days > 0.0), &placed.head);
            let grow = || shine.map(|shine| grown(&self.photo, head, &self.scalp, shine, days));
            self.grown = timer.time(Stage::Composite, grow);
            let known = self.scalp.known_in(self.photo.width(), self.photo.height());
            let base = self.grown.as_ref().unwrap_or(&self.photo);
            restore(base, known, self.after.rgba_mut());
            changed = changed.union(known).union(self.field.covered());
        }
        if runs(Stage::Composite) {
            let base = self.grown.as_ref().unwrap_or(&self.photo);
            let is_grey = *self.is_grey.get_or_insert_with(|| self.photo.is_grey());
            let pigment = life.darkening(darkening_in(is_grey, &look.shade), is_grey);
            timer.time(Stage::Composite, || {
                if before.union(self.field.rect) != self.field.rect {
                    restore(base, before, self.after.rgba_mut());
                }
                let after = self.after.rgba_mut();
                if only_shade && !base_is_new {
                    recolour(base, &self.field, &pigment, changed, after);
                } else {
                    composite(base, &self.field, &pigment, changed, after);
                }
            });
        }
        self.last = Some(next);
        self.scalp_is_new = None;
        Ok(Frame {
            rect: changed.union(std::mem::take(&mut self.owed)),
            impressions: u32::try_from(self.shown.len()).unwrap_or(u32::MAX),
            under_hair: u32::try_from(self.shown.under_hair()).unwrap_or(u32::MAX),
            stages: timer.stages,
        })
    }

    /// Leaves out what lies behind the head where it now is.
    fn look_behind(&mut self) {
        let head = self.placed.as_ref().map(|placed| &placed.head);
        let Some(head) = head.filter(|_| self.scalp.has_matte()) else {
            return;
        };
        let scalp = self.scalp.before_background(&self.photo, head);
        if !scalp.has_same_background(&self.scalp) {
            let noted = self.scalp_is_new.unwrap_or_default();
            self.scalp_is_new = Some(noted.union(self.known()));
        }
        self.scalp = scalp;
        self.background_is_old = false;
    }

    /// Places the head and its candidates for pictures with `inputs`, before it is told
    /// what of the photo is bare: that takes longer, and can be waited for meanwhile.
    ///
    /// # Errors
    /// Those of [`Renderer::render`].
    pub fn prepare(&mut self, inputs: &Inputs) -> Result<(), EngineError> {
        let mut timer = Timer {
            clock: &|| 0.0,
            stages: Vec::new(),
        };
        self.place(inputs, true, &mut timer)
    }

    /// See [`Placed::update`].
    fn place(
        &mut self,
        next: &Inputs,
        overhang: bool,
        timer: &mut Timer<'_>,
    ) -> Result<(), EngineError> {
        let camera_px2 = self.camera_px2();
        let size = [self.photo.width(), self.photo.height()];
        let seen = Photographed {
            size,
            camera_px2,
            overhang,
        };
        Placed::update(&mut self.placed, &mut self.ranked, next, seen, timer)
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
