//! Pan and zoom: where the photo lies on the stage. Lengths are CSS pixels
//! ("view") and photo pixels ("photo"); the transform is a scale and a shift,
//! carried out by CSS, so that no pixel is ever drawn anew for it.

/// Largest magnification, view px per photo px.
pub const MAX_SCALE: f64 = 12.0;

/// Largest magnification that [`Viewport::around`] chooses by itself: more only blurs.
const SHARP_SCALE: f64 = 2.0;

/// Photo px to view px: `view = photo · scale + (x, y)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Viewport {
    /// View px per photo px.
    pub scale: f64,
    /// View x of the photo's left edge.
    pub x: f64,
    /// View y of the photo's top edge.
    pub y: f64,
}

/// Width and height.
pub type Size = (f64, f64);

impl Viewport {
    /// The whole photo, centred, as large as it fits.
    #[must_use]
    pub fn fit(photo: Size, view: Size) -> Self {
        let scale = fit_scale(photo, view);
        Self {
            scale,
            x: 0.0,
            y: 0.0,
        }
        .clamped(photo, view)
    }

    /// A part of the photo, from its upper left to its lower right corner, centred and
    /// as large as it fits; no larger than sharp, no smaller than the whole photo fits.
    #[must_use]
    pub fn around(low: (f64, f64), high: (f64, f64), photo: Size, view: Size) -> Self {
        let part = (high.0 - low.0, high.1 - low.1);
        let least = fit_scale(photo, view);
        let scale = fit_scale(part, view).min(SHARP_SCALE).max(least);
        let centred = |low: f64, high: f64, view: f64| 0.5 * (view - scale * (low + high));
        Self {
            scale,
            x: centred(low.0, high.0, view.0),
            y: centred(low.1, high.1, view.1),
        }
        .clamped(photo, view)
    }

    /// Zoomed by `factor` about a point of the view, which keeps its place as
    /// far as the photo's edges allow.
    #[must_use]
    pub fn zoomed(self, factor: f64, about: (f64, f64), photo: Size, view: Size) -> Self {
        let least = fit_scale(photo, view);
        let scale = (self.scale * factor).max(least).min(MAX_SCALE.max(least));
        let ratio = scale / self.scale;
        let shift = |edge: f64, at: f64| at - (at - edge) * ratio;
        Self {
            scale,
            x: shift(self.x, about.0),
            y: shift(self.y, about.1),
        }
        .clamped(photo, view)
    }

    /// Moved by a step in view px.
    #[must_use]
    pub fn panned(self, step: (f64, f64), photo: Size, view: Size) -> Self {
        Self {
            x: self.x + step.0,
            y: self.y + step.1,
            ..self
        }
        .clamped(photo, view)
    }

    /// No gap between photo and stage where the photo is the larger, centred
    /// where it is the smaller.
    fn clamped(self, photo: Size, view: Size) -> Self {
        let hold = |edge: f64, photo: f64, view: f64| {
            let room = view - photo * self.scale;
            if room >= 0.0 {
                room / 2.0
            } else {
                edge.max(room).min(0.0)
            }
        };
        Self {
            x: hold(self.x, photo.0, view.0),
            y: hold(self.y, photo.1, view.1),
            ..self
        }
    }

    /// A photo point on the stage.
    #[must_use]
    pub fn view_from_photo(self, p: (f64, f64)) -> (f64, f64) {
        (p.0 * self.scale + self.x, p.1 * self.scale + self.y)
    }

    /// A stage point in the photo.
    #[must_use]
    pub fn photo_from_view(self, p: (f64, f64)) -> (f64, f64) {
        ((p.0 - self.x) / self.scale, (p.1 - self.y) / self.scale)
    }
}

fn fit_scale(photo: Size, view: Size) -> f64 {
    let scale = (view.0 / photo.0.max(1.0)).min(view.1 / photo.1.max(1.0));
    // A stage that is not laid out yet has no size.
    if scale.is_finite() && scale > 0.0 {
        scale
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn size() -> impl Strategy<Value = Size> {
        (64.0..4000.0_f64, 64.0..4000.0_f64)
    }

    proptest! {
        #[test]
        fn there_and_back_is_the_same_point(photo in size(), view in size(), factor in 0.2..20.0_f64, at in (0.0..1.0_f64, 0.0..1.0_f64)) {
            let about = (at.0 * view.0, at.1 * view.1);
            let v = Viewport::fit(photo, view).zoomed(factor, about, photo, view);
            let p = (at.0 * photo.0, at.1 * photo.1);
            let back = v.photo_from_view(v.view_from_photo(p));
            prop_assert!((back.0 - p.0).abs() < 1e-6 && (back.1 - p.1).abs() < 1e-6);
        }

        #[test]
        fn the_photo_never_leaves_the_stage(photo in size(), view in size(), steps in proptest::collection::vec((0.5..2.0_f64, -900.0..900.0_f64, -900.0..900.0_f64), 0..12)) {
            let mut v = Viewport::fit(photo, view);
            for (factor, x, y) in steps {
                v = v.zoomed(factor, (view.0 / 3.0, view.1 / 2.0), photo, view).panned((x, y), photo, view);
                let (right, bottom) = v.view_from_photo(photo);
                for (near, far, size) in [(v.x, right, view.0), (v.y, bottom, view.1)] {
                    let covers = near <= 1e-6 && far >= size - 1e-6;
                    let inside = near >= -1e-6 && far <= size + 1e-6;
                    prop_assert!(covers || inside, "{v:?}");
                }
            }
        }

        #[test]
        fn a_part_of_the_photo_is_all_in_view_and_no_smaller_than_before(photo in size(), view in size(), from in (0.0..0.6_f64, 0.0..0.6_f64), share in (0.1..0.4_f64, 0.1..0.4_f64)) {
            let low = (from.0 * photo.0, from.1 * photo.1);
            let high = (low.0 + share.0 * photo.0, low.1 + share.1 * photo.1);
            let v = Viewport::around(low, high, photo, view);
            prop_assert!(v.scale >= Viewport::fit(photo, view).scale);
            let (left, top) = v.view_from_photo(low);
            let (right, bottom) = v.view_from_photo(high);
            prop_assert!(left >= -1e-6 && top >= -1e-6, "{v:?}");
            prop_assert!(right <= view.0 + 1e-6 && bottom <= view.1 + 1e-6, "{v:?}");
        }

        #[test]
        fn zooming_in_keeps_the_point_under_the_finger(photo in size(), view in size(), at in (0.3..0.7_f64, 0.3..0.7_f64)) {
            // From well zoomed in, where no edge is near.
            let about = (at.0 * view.0, at.1 * view.1);
            let v = Viewport::fit(photo, view).zoomed(6.0, (view.0 / 2.0, view.1 / 2.0), photo, view);
            let p = v.photo_from_view(about);
            let (right, bottom) = v.view_from_photo(photo);
            let covers = v.x <= 0.0 && v.y <= 0.0 && right >= view.0 && bottom >= view.1;
            prop_assume!(covers && v.scale < MAX_SCALE / 1.6);
            let q = v.zoomed(1.5, about, photo, view).photo_from_view(about);
            prop_assert!((p.0 - q.0).abs() < 1e-6 * photo.0 && (p.1 - q.1).abs() < 1e-6 * photo.1, "{p:?} {q:?}");
        }
    }
}
