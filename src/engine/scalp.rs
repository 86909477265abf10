//! How much bare scalp lies at each place: what the photo shows, as the person
//! has corrected it.

use std::sync::Arc;

use glam::DVec2;

use super::behind::Behind;
use super::camera::longer_edge_px;
use super::corrections::Corrections;
use super::head::HeadModel;
use super::image::{Photo, Rect};
use super::matte::Matte;
use super::painted::{DOTS, KEPT, PLANES, Painted, SKIN, STRIP, TREAT};

/// The bare scalp of one photo. Clones share what is large.
#[derive(Debug, Clone, Default)]
pub struct Scalp {
    matte: Option<Arc<Matte>>,
    /// What the matte takes for skin and is not, in the pixels of one photo.
    behind: Option<Arc<Behind>>,
    painted: Arc<Painted>,
}

impl Scalp {
    /// The same with another matte; none: all that is not corrected is bare.
    #[must_use]
    pub fn with_matte(&self, matte: Option<Matte>) -> Self {
        Self {
            matte: matte.map(Arc::new),
            behind: None,
            painted: Arc::clone(&self.painted),
        }
    }

    /// The same less what lies behind a head in `photo` and is taken for its skin;
    /// for that photo alone.
    #[must_use]
    #[inline(never)]
    pub fn before_background(&self, photo: &Photo, head: &HeadModel) -> Self {
        let (width, height) = (photo.width(), photo.height());
        let shown = self.without_strokes().before_anything();
        let shares = |q: DVec2| [shown.bare_at(q, width, height), shown.hair_at(q, width)];
        let known = shown.known_in(width, height);
        let behind = Behind::new(photo, head, known, shares);
        Self {
            behind: behind.map(Arc::new),
            ..self.clone()
        }
    }

    /// The same with nothing known of what lies behind the head.
    #[must_use]
    pub(super) fn before_anything(self) -> Self {
        Self {
            behind: None,
            ..self
        }
    }

    /// Whether both take the same for what lies behind the head.
    #[must_use]
    pub(super) fn has_same_background(&self, other: &Self) -> bool {
        self.behind == other.behind
    }

    /// The same without the person's strokes.
    #[must_use]
    pub fn without_strokes(&self) -> Self {
        Self {
            matte: self.matte.clone(),
            behind: self.behind.clone(),
            painted: Arc::default(),
        }
    }

    /// Whether it is known where the photo shows bare scalp.
    #[must_use]
    pub fn has_matte(&self) -> bool {
        self.matte.is_some()
    }

    /// Takes the person's strokes, all of them. Returns the part of the photo
    /// where they say another thing than before: its left, top, right and
    /// bottom edge, longer edges of the photo.
    pub fn correct(&mut self, corrections: &Corrections) -> [f64; 4] {
        Arc::make_mut(&mut self.painted).update(corrections)
    }

    /// The part of a photo of `width` × `height` px of which anything is known.
    #[must_use]
    pub fn known_in(&self, width: u32, height: u32) -> Rect {
        let whole = Rect {
            x: 0,
            y: 0,
            width,
            height,
        };
        let scale = longer_edge_px(width, height);
        let painted = in_px(self.painted.rect(), scale);
        let matte = self
            .matte
            .as_ref()
            .map(|matte| in_px(matte.rect_in(width), 1.0));
        painted.union(matte.unwrap_or_default()).intersect(whole)
    }

    /// The share of hair, 0–1, that the photo shows at a point, px, where it is
    /// `width` px wide; strokes of the person's not counted.
    #[must_use]
    pub fn hair_at(&self, q_in_photo: DVec2, width: u32) -> f32 {
        let matte = self.matte.as_ref();
        matte
            .and_then(|matte| matte.hair_at(q_in_photo, width))
            .unwrap_or(0.0)
    }

    /// The same less what strokes say is something else, or is hair that is to stay
    /// as it is.
    #[must_use]
    pub fn untouched_hair_at(&self, q_in_photo: DVec2, width: u32, height: u32) -> f32 {
        let painted = self.painted.at(q_in_photo / longer_edge_px(width, height));
        let kept = painted.map_or(1.0, |planes| planes[KEPT] * (1.0 - planes[STRIP]));
        kept * self.hair_at(q_in_photo, width)
    }

    /// The share of bare scalp, 0–1, at a point of the photo, px, where it is
    /// `width` × `height` px large.
    #[must_use]
    pub fn bare_at(&self, q_in_photo: DVec2, width: u32, height: u32) -> f32 {
        let shown = || {
            let matte = self.matte.as_ref();
            let shown = matte.and_then(|matte| matte.scalp_at(q_in_photo, width));
            match &self.behind {
                Some(behind) if shown != Some(0.0) => {
                    Some(shown.unwrap_or(1.0) * behind.kept_at(q_in_photo))
                }
                _ => shown,
            }
        };
        match self.painted.at(q_in_photo / longer_edge_px(width, height)) {
            None => shown().unwrap_or(1.0),
            Some(planes) => {
                let bare = shown().unwrap_or(1.0) * planes[KEPT] + planes[SKIN];
                // No hair grows in a strip scar.
                bare.max(planes[STRIP])
            }
        }
    }

    /// Bare scalp and untouched hair along row `y` of a photo of that size, by
    /// [`Scalp::bare_at`] and [`Scalp::untouched_hair_at`].
    pub(super) fn along(
        &self,
        y: u32,
        width: u32,
        height: u32,
    ) -> impl Fn(u32) -> [f32; 2] + use<'_> {
        // What a preview shows most: its own pixels, and nothing painted.
        let matte = self.matte.as_ref().filter(|_| self.painted.is_empty());
        let row = matte.and_then(|matte| matte.row(y, width));
        move |x| {
            let q_in_photo = DVec2::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
            let shares = row.and_then(|(from, row)| row.get(x.checked_sub(from)? as usize));
            let Some(shares) = shares else {
                let bare = self.bare_at(q_in_photo, width, height);
                return [bare, self.untouched_hair_at(q_in_photo, width, height)];
            };
            let [bare, hair] = shares.map(|share| f32::from(share) / 255.0);
            match &self.behind {
                Some(behind) if bare > 0.0 => [bare * behind.kept_at(q_in_photo), hair],
                _ => [bare, hair],
            }
        }
    }

    /// Whether strokes say where to treat, or where scars are.
    #[must_use]
    pub(super) fn has_treatment(&self) -> bool {
        self.painted.has_treatment()
    }

    /// How much strokes say that a point of the photo, px, is to be treated, whatever
    /// is seen there, 0–1: what is not bare is then thin hair over skin, but where other
    /// strokes say what it is.
    #[must_use]
    pub(super) fn thin_at(&self, q_in_photo: DVec2, width: u32, height: u32) -> f32 {
        self.painted_at(q_in_photo, width, height)
            .map_or(0.0, |planes| planes[TREAT] * planes[KEPT])
    }

    /// How much strokes say that a point of the photo, px, is scarred, 0–1.
    #[must_use]
    pub(super) fn scar_at(&self, q_in_photo: DVec2, width: u32, height: u32) -> f32 {
        self.painted_at(q_in_photo, width, height)
            .map_or(0.0, |planes| planes[STRIP].max(planes[DOTS]))
    }

    /// The part of a photo of `width` × `height` px with strip scars: its left, top,
    /// right and bottom edge, px; none where there are none.
    #[must_use]
    pub(super) fn strips_in(&self, width: u32, height: u32) -> Option<[f64; 4]> {
        let scale = longer_edge_px(width, height);
        let edges = self.painted.strips()?;
        Some(edges.map(|v| v * scale))
    }

    /// What strokes say at a point of the photo, px, of `width` × `height` px: the
    /// planes of [`super::painted`]; none where there is none.
    #[must_use]
    pub(super) fn painted_at(
        &self,
        q_in_photo: DVec2,
        width: u32,
        height: u32,
    ) -> Option<[f32; PLANES]> {
        self.painted.at(q_in_photo / longer_edge_px(width, height))
    }
}

/// The pixels within edges, which are `scale` px long for each of their own.
pub(super) fn in_px(edges: [f64; 4], scale: f64) -> Rect {
    let [left, top, right, bottom] = edges.map(|v| v * scale);
    Rect::from_edges(left, top, right, bottom)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::corrections::Label;

    #[test]
    fn strokes_lie_over_the_matte_at_any_size_of_the_photo_and_over_the_next_one() {
        let rect = Rect {
            x: 0,
            y: 0,
            width: 100,
            height: 50,
        };
        let matte = |scalp: u8| Matte::new(100, rect, [scalp, 0].repeat(5000));
        let mut scalp = Scalp::default();
        let at = |scalp: &Scalp, x: f64, y: f64| {
            let small = scalp.bare_at(DVec2::new(x, y) * 100.0, 100, 50);
            let large = scalp.bare_at(DVec2::new(x, y) * 400.0, 400, 200);
            assert!((small - large).abs() < 1e-6);
            small
        };
        assert_eq!(at(&scalp, 0.2, 0.2), 1.0);
        let mut strokes = Corrections::default();
        assert!(strokes.begin(Label::Hair, 0.05, [0.2, 0.2]));
        assert!(strokes.begin(Label::Skin, 0.05, [0.6, 0.2]));
        scalp.correct(&strokes);
        assert_eq!(at(&scalp, 0.2, 0.2), 0.0);
        for share in [0, 102] {
            scalp = scalp.with_matte(matte(share));
            assert_eq!(at(&scalp, 0.2, 0.2), 0.0);
            assert_eq!(at(&scalp, 0.6, 0.2), 1.0);
            assert_eq!(at(&scalp, 0.4, 0.2), f32::from(share) / 255.0);
        }
        scalp.correct(&Corrections::default());
        assert_eq!(at(&scalp, 0.6, 0.2), 0.4);
    }

    #[test]
    fn along_a_row_it_is_what_it_is_at_each_point() {
        let rect = Rect {
            x: 10,
            y: 5,
            width: 60,
            height: 30,
        };
        let shares = (0..60 * 30).flat_map(|i| [(i * 7 % 256) as u8, (i * 3 % 256) as u8]);
        let plain = Scalp::default().with_matte(Matte::new(100, rect, shares.collect()));
        let mut painted = plain.clone();
        let mut strokes = Corrections::default();
        assert!(strokes.begin(Label::Hair, 0.1, [0.3, 0.2]));
        painted.correct(&strokes);
        for scalp in [Scalp::default(), plain, painted] {
            for (width, height) in [(100, 50), (150, 75)] {
                for y in 0..height {
                    let along = scalp.along(y, width, height);
                    for x in 0..width {
                        let q = DVec2::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
                        let hair = scalp.untouched_hair_at(q, width, height);
                        assert_eq!(along(x), [scalp.bare_at(q, width, height), hair]);
                    }
                }
            }
        }
    }
}
