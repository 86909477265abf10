//! One pass of the renderer over its stages: what each does, once it is to run.

use super::{Renderer, restore};
use crate::engine::composite::{composite, recolour};
use crate::engine::dots::{changes, visible};
use crate::engine::growth::grown;
use crate::engine::image::Rect;
use crate::engine::life::Life;
use crate::engine::look::Look;
use crate::engine::outline::outline;
use crate::engine::placed::Placed;
use crate::engine::projection::Part;
use crate::engine::region::signed_distance;
use crate::engine::scars::{FEATHER_MM, Strokes};
use crate::engine::seeing::{AROUND_MOST_PX, Through, optics, to_open};
use crate::engine::shade::darkening_in;
use crate::engine::stages::{Inputs, Stage, Timer, changed_pigment, must_run};

/// What a picture is made with, and what of the last one holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pass {
    pub(super) next: Inputs,
    /// What the last picture was made with.
    pub(super) last: Option<Inputs>,
    /// Whether the camera sees the candidates otherwise than in the last picture.
    pub(super) projects: bool,
    /// Where the scalp is another than in it, if anywhere.
    pub(super) scalp_is_new: Option<Rect>,
}

impl Pass {
    /// Whether the inputs ask for a stage.
    fn asks(&self, stage: Stage) -> bool {
        must_run(stage, self.last.as_ref(), &self.next)
    }

    fn runs(&self, stage: Stage) -> bool {
        let is_seen_anew = self.scalp_is_new.is_some() || self.projects;
        self.asks(stage) || (is_seen_anew && stage >= Stage::Cover)
    }

    /// The part of the photo to look at where only strokes or the matte are new; none:
    /// all of it.
    fn part(&self) -> Option<Rect> {
        let is_placed = self.projects || self.asks(Stage::Cover);
        self.scalp_is_new.filter(|_| !is_placed)
    }

    /// Whether most impressions show as in the last picture: one at another time is
    /// mostly of the same, made otherwise, and one of another density has few that the
    /// last had not.
    fn is_alike(&self) -> bool {
        self.last.is_some_and(|last| {
            let then = Inputs {
                moment: last.moment,
                look: Look {
                    density: last.look.density,
                    ..self.next.look
                },
                ..self.next
            };
            !must_run(Stage::Visibility, Some(&last), &then)
                && !self.projects
                && self.scalp_is_new.is_none()
        })
    }

    /// Whether the person's own hair has grown otherwise, or grows on another ground.
    fn grows(&self) -> bool {
        let days = self.next.moment.grown_days;
        let were = self.last.map_or(0.0, |last| last.moment.grown_days);
        let is_seen_anew = self.asks(Stage::Head) || self.scalp_is_new.is_some();
        days != were || (days > 0.0 && is_seen_anew)
    }
}

impl Renderer {
    /// Does what a pass asks for. Returns the part of the picture that may differ from
    /// the last.
    pub(super) fn pass(&mut self, placed: &mut Placed, pass: &Pass, timer: &mut Timer<'_>) -> Rect {
        if pass.runs(Stage::Region) {
            timer.time(Stage::Region, || self.draw_line(placed, pass));
        }
        if pass.runs(Stage::Cover) {
            timer.time(Stage::Cover, || self.cover(placed, pass));
        }
        if pass.runs(Stage::Zone) {
            timer.time(Stage::Zone, || self.treat(placed, pass));
        }
        if pass.runs(Stage::Visibility) {
            timer.time(Stage::Visibility, || self.choose(placed, pass));
        }
        let before = self.field.rect;
        let mut changed = Rect::default();
        if pass.runs(Stage::Field) {
            changed = timer.time(Stage::Field, || self.lay(placed, pass));
        }
        if pass
            .last
            .is_none_or(|last| changed_pigment(&last, &pass.next))
        {
            changed = changed.union(self.field.covered());
        }
        if pass.grows() {
            changed = changed.union(timer.time(Stage::Composite, || self.grow(placed, pass)));
        }
        if pass.runs(Stage::Composite) {
            timer.time(Stage::Composite, || self.compose(before, changed, pass));
        }
        changed
    }

    /// How far from the hairline the scalp lies.
    fn draw_line(&mut self, placed: &Placed, pass: &Pass) {
        let line = outline(&pass.next.look.hairline, placed.head.semi_axes_mm);
        signed_distance(&placed.grid, &line, &mut self.distance);
    }

    /// On how much bare scalp candidates lie, and through what each pixel is seen.
    fn cover(&mut self, placed: &mut Placed, pass: &Pass) {
        let seen = Through {
            scalp: &self.scalp,
            photo: &self.photo,
            shine: self.shine.as_ref(),
        };
        let within = pass.part().map(|part| Part::around(part, AROUND_MOST_PX));
        let ground = |q_in_photo| seen.ground_at(q_in_photo);
        placed.projection.cover(within, ground);
        let reached = placed.reached.intersect(self.photo.rect());
        for part in to_open(pass.scalp_is_new, reached, &mut self.opened) {
            seen.open(part, self.field.mask_mut());
        }
    }

    /// Which candidates lie in the zone or where strokes treat.
    fn treat(&mut self, placed: &mut Placed, pass: &Pass) {
        let px_per_mm = placed.head.camera.px_per_mm;
        let strokes = Strokes::new(&self.photo, &self.scalp, self.shine.as_ref(), px_per_mm);
        let painted = |q_in_photo| strokes.at(q_in_photo);
        let is_painted = self.scalp.has_treatment();
        let painted = is_painted.then_some(&painted as &dyn Fn(_) -> _);
        let part = pass.part().filter(|_| !pass.asks(Stage::Zone));
        let within = part.map(|part| Part::around(part, FEATHER_MM * px_per_mm + AROUND_MOST_PX));
        placed
            .projection
            .treat(within, pass.next.look.zone, painted);
    }

    /// Which impressions show.
    fn choose(&mut self, placed: &Placed, pass: &Pass) {
        let life = Life::at(&pass.next.moment);
        let (line, density) = (&pass.next.look.hairline, &pass.next.look.density);
        let (projection, distance) = (&placed.projection, &self.distance);
        let (shown, next) = (&self.shown, &mut self.next_shown);
        let is_altered =
            pass.is_alike() && shown.altered(projection, distance, line, density, &life, next);
        if !is_altered {
            visible(projection, distance, line, density, &life, next);
        }
    }

    /// Lays what shows into the field. Returns where that is another than before.
    fn lay(&mut self, placed: &Placed, pass: &Pass) -> Rect {
        let camera_px2 = self.camera_px2();
        let (projection, new) = (&placed.projection, &self.next_shown);
        if pass.asks(Stage::Head) {
            self.field.set_optics(optics(&placed.head, camera_px2));
        }
        let (width, height) = (self.photo.width(), self.photo.height());
        let old = (!pass.projects).then_some(&self.shown);
        let changes = old.and_then(|old| changes(projection, old, new));
        let changed = changes.and_then(|changes| self.field.update(&changes, width, height));
        let changed = match (changed, pass.scalp_is_new) {
            (Some(changed), Some(part)) => changed.union(self.field.see_anew(part)),
            (Some(changed), None) => changed,
            (None, _) => self.field.splat(&new.dots(projection), width, height),
        };
        std::mem::swap(&mut self.shown, &mut self.next_shown);
        changed
    }

    /// Grows the person's own hair in the photo. Returns where it may.
    fn grow(&mut self, placed: &Placed, pass: &Pass) -> Rect {
        let days = pass.next.moment.grown_days;
        let shine = self.shine.as_ref().filter(|_| days > 0.0);
        self.grown = shine.map(|shine| grown(&self.photo, &placed.head, &self.scalp, shine, days));
        let known = self.known();
        let base = self.grown.as_ref().unwrap_or(&self.photo);
        restore(base, known, self.after.rgba_mut());
        known.union(self.field.covered())
    }

    /// Puts the pigment over the skin where the picture has changed; the field covered
    /// `before` until now.
    fn compose(&mut self, before: Rect, changed: Rect, pass: &Pass) {
        let base = self.grown.as_ref().unwrap_or(&self.photo);
        let is_grey = *self.is_grey.get_or_insert_with(|| self.photo.is_grey());
        let life = Life::at(&pass.next.moment);
        let pigment = life.darkening(darkening_in(is_grey, &pass.next.look.shade), is_grey);
        if before.union(self.field.rect) != self.field.rect {
            restore(base, before, self.after.rgba_mut());
        }
        let after = self.after.rgba_mut();
        let only_shade = pass.last.is_some() && !pass.runs(Stage::Field) && !pass.grows();
        if only_shade {
            recolour(base, &self.field, &pigment, changed, after);
        } else {
            composite(base, &self.field, &pigment, changed, after);
        }
    }
}
