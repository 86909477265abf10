//! How much bare scalp lies at each place: what the photo shows, as the person
//! has corrected it.

use std::sync::Arc;

use glam::DVec2;

use super::camera::longer_edge_px;
use super::corrections::Corrections;
use super::matte::Matte;
use super::painted::Painted;

/// The bare scalp of one photo. Clones share what is large.
#[derive(Debug, Clone, Default)]
pub struct Scalp {
    matte: Option<Arc<Matte>>,
    painted: Arc<Painted>,
}

impl Scalp {
    /// Takes another matte; none: all that is not corrected is bare.
    pub fn set_matte(&mut self, matte: Option<Matte>) {
        self.matte = matte.map(Arc::new);
    }

    /// Takes the person's strokes, all of them.
    pub fn correct(&mut self, corrections: &Corrections) {
        Arc::make_mut(&mut self.painted).update(corrections);
    }

    /// The share of bare scalp, 0–1, at a point of the photo, px, where it is
    /// `width` × `height` px large.
    #[must_use]
    pub fn bare_at(&self, q_in_photo: DVec2, width: u32, height: u32) -> f32 {
        let shown = || {
            let matte = self.matte.as_ref();
            matte.and_then(|matte| matte.scalp_at(q_in_photo, width))
        };
        match self.painted.at(q_in_photo / longer_edge_px(width, height)) {
            None => shown().unwrap_or(1.0),
            Some((kept, skin)) => shown().unwrap_or(1.0) * kept + skin,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::corrections::Label;
    use crate::engine::image::Rect;

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
            scalp.set_matte(matte(share));
            assert_eq!(at(&scalp, 0.2, 0.2), 0.0);
            assert_eq!(at(&scalp, 0.6, 0.2), 1.0);
            assert_eq!(at(&scalp, 0.4, 0.2), f32::from(share) / 255.0);
        }
        scalp.correct(&Corrections::default());
        assert_eq!(at(&scalp, 0.6, 0.2), 0.4);
    }
}
