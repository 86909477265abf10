//! The renderer: keeps what the last picture was made of and makes the next
//! with as little work as [`super::stages`] asks for.

mod pass;

use pass::Pass;

use super::beside::beside;
use super::camera::{longer_edge_px, photo_from_marker};
use super::corrections::Corrections;
use super::dots::Shown;
use super::error::EngineError;
use super::field::Field;
use super::head::HeadModel;
use super::image::{Photo, Rect};
use super::look::Density;
use super::matte::Matte;
use super::placed::{Photographed, Placed, Ranked};
use super::region::SignedDistance;
use super::scalp::{Scalp, in_px};
use super::sharpness::camera_variance_px2;
use super::shine::Shine;
use super::sides::{Continued, Seen};
use super::stages::{Inputs, Stage, Timer, must_run};
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
        if self.background_is_old || must_run(Stage::Head, last.as_ref(), &next) {
            timer.time(Stage::Cover, || self.look_behind());
        }
        let mut changed = Rect::default();
        if let Some(mut placed) = self.placed.take() {
            let pass = Pass {
                next,
                last,
                projects: std::mem::take(&mut placed.is_new),
                scalp_is_new: self.scalp_is_new.take(),
            };
            changed = self.pass(&mut placed, &pass, &mut timer);
            self.placed = Some(placed);
            self.last = Some(next);
        }
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
