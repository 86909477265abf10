//! A head in its photo, as the product finds and treats it.

use glam::DVec2;
use smp_visualizer::engine::beside::beside;
use smp_visualizer::engine::candidates::Candidates;
use smp_visualizer::engine::color::lab_from_linear;
use smp_visualizer::engine::composite::composite;
use smp_visualizer::engine::dots::{Shown, visible};
use smp_visualizer::engine::field::Field;
use smp_visualizer::engine::fit::{fit, starting_placement};
use smp_visualizer::engine::head::HeadModel;
use smp_visualizer::engine::image::{Photo, Rect};
use smp_visualizer::engine::life::{Life, Moment};
use smp_visualizer::engine::look::Look;
use smp_visualizer::engine::outline::outline;
use smp_visualizer::engine::placement::{Placement, View};
use smp_visualizer::engine::projection::project;
use smp_visualizer::engine::region::{Grid, SignedDistance, signed_distance};
use smp_visualizer::engine::scalp::Scalp;
use smp_visualizer::engine::seeing::optics;
use smp_visualizer::engine::shade::darkening_in;
use smp_visualizer::engine::sharpness::camera_variance_px2;
use smp_visualizer::engine::shine::Shine;
use smp_visualizer::engine::sides::Seen;
use smp_visualizer::engine::stubble::{Scale, match_stubble};
use smp_visualizer::engine::texture::{Texture, texture};
use smp_visualizer::vision::models::Models;
use smp_visualizer::vision::reading::Reader;

/// Fewer places where hair and skin meet say nothing.
const FEWEST_SEAMS: usize = 10;

/// A head in its photo.
pub(crate) struct Scene<'a> {
    photo: &'a Photo,
    head: HeadModel,
    scalp: Scalp,
    camera_px2: f32,
    candidates: &'a Candidates,
}

impl<'a> Scene<'a> {
    /// Finds the head, or starts from the middle of the photo where there is
    /// none to be found. `view` is what somebody says who sees that there is no
    /// face.
    pub(crate) fn new(
        photo: &'a Photo,
        view: Option<View>,
        models: &mut Models,
        candidates: &'a Candidates,
    ) -> Result<Self, String> {
        let told = |e: &dyn std::fmt::Display| e.to_string();
        let mut reader = Reader::new(photo.clone());
        let heads = reader.heads(models, &mut || true).map_err(|e| told(&e))?;
        let usual = || starting_placement(view, photo.width(), photo.height());
        // As on the page: what was found for that view, else as it seems to be seen.
        let seen_so = heads
            .iter()
            .find(|head| view.is_some() && head.placement.view() == view);
        let head = seen_so.or(heads.first());
        let mut placement = head.map_or_else(usual, |head| head.placement);
        if let (Placement::Outline(outline), Some(view)) = (&mut placement, view) {
            outline.view = view;
        }
        let head = fit(&placement, photo.width(), photo.height()).map_err(|e| told(&e))?;
        let matte = reader.matte(models, &head, &mut || true);
        let matte = matte.map_err(|e| told(&e))?;
        Ok(Self {
            photo,
            head,
            scalp: Scalp::default()
                .with_matte(matte)
                .before_background(photo, &head),
            camera_px2: camera_variance_px2(photo),
            candidates,
        })
    }

    /// Pixels per millimetre in the middle of a patch; as in the middle of the
    /// head where the patch is not on the cranium.
    pub(crate) fn px_per_mm(&self, rect: Rect) -> f64 {
        let corner = DVec2::new(f64::from(rect.x), f64::from(rect.y));
        let size = DVec2::new(f64::from(rect.width), f64::from(rect.height));
        let on_head = self.head.scalp_from_photo(corner + 0.5 * size);
        on_head.map_or(self.head.camera.px_per_mm, |p| self.head.px_per_mm_at(p))
    }

    /// The look that makes of bare skin what the stubble is, as "Pick stubble"
    /// would.
    pub(crate) fn matched(&self, bare: Rect, stubble: Rect) -> Result<Look, String> {
        let read = |rect| texture(self.photo, rect).ok_or("a patch that cannot be read");
        Ok(self.look_like(&read(bare)?, &read(stubble)?, self.px_per_mm(bare)))
    }

    /// The look that "Match the sides" finds; none where it finds no stubble.
    pub(crate) fn matched_by_itself(&self) -> Option<Look> {
        self.seen(|seen| {
            let sides = seen.sides(None)?;
            let mut look = self.look_like(&sides.bare, &sides.stubble, sides.px_per_mm);
            look.density.beside = beside(&look.density, sides.darker);
            Some(look)
        })
    }

    /// How far apart in L* bare skin, treated, and the shaved hair right beside it
    /// are: the median over all such places; none where there are few.
    pub(crate) fn seam(&self, look: &Look) -> Option<f64> {
        let treated = self.treated(look);
        let lightness =
            |photo: &Photo, rect| photo.mean_linear(rect).map(|v| lab_from_linear(v)[0]);
        let step = |[bare, hair]: [Rect; 2]| {
            Some((lightness(&treated, bare)? - lightness(self.photo, hair)?).abs())
        };
        let mut steps: Vec<f64> =
            self.seen(|seen| seen.seams().into_iter().filter_map(step).collect());
        steps.sort_by(f64::total_cmp);
        steps
            .get(steps.len() / 2)
            .copied()
            .filter(|_| steps.len() >= FEWEST_SEAMS)
    }

    fn seen<T>(&self, read: impl FnOnce(&Seen<'_>) -> T) -> T {
        let known = self.scalp.known_in(self.photo.width(), self.photo.height());
        let shine = Shine::new(self.photo, &self.scalp, known);
        let grid = Grid::new(self.head.semi_axes_mm);
        let mut distance = SignedDistance::default();
        let line = outline(&Look::default().hairline, self.head.semi_axes_mm);
        signed_distance(&grid, &line, &mut distance);
        let seen = Seen {
            photo: self.photo,
            head: &self.head,
            scalp: &self.scalp,
            shine: shine.as_ref(),
            grid: &grid,
            distance: &distance,
        };
        read(&seen)
    }

    fn look_like(&self, bare: &Texture, stubble: &Texture, px_per_mm: f64) -> Look {
        let look = Look::default();
        let scale = Scale {
            px_per_mm,
            camera_px2: f64::from(self.camera_px2),
        };
        let found = match_stubble(bare, stubble, scale, &look.density);
        Look {
            density: found.density,
            shade: found.shade,
            ..look
        }
    }

    /// The photo with the whole head treated as if it lay deep behind the
    /// hairline and were all bare.
    pub(crate) fn treated(&self, look: &Look) -> Photo {
        let (width, height) = (self.photo.width(), self.photo.height());
        let grid = Grid::new(self.head.semi_axes_mm);
        let size = [width, height];
        let projection = project(self.candidates, look.seed, &self.head, &grid, size, false);
        let mut shown = Shown::default();
        let inside = SignedDistance::deep_inside();
        visible(
            &projection,
            &inside,
            &look.hairline,
            &look.density,
            &Life::at(&Moment::HEALED),
            &mut shown,
        );
        let mut field = Field::new();
        field.set_optics(optics(&self.head, self.camera_px2));
        let changed = field.splat(&shown.dots(&projection), width, height);
        let mut out = self.photo.clone();
        let pigment = darkening_in(self.photo.is_grey(), &look.shade);
        composite(self.photo, &field, &pigment, changed, out.rgba_mut());
        out
    }
}
