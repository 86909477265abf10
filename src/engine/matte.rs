//! What the photo shows at each place around the head: bare scalp, hair, or
//! something else. Made by `vision::matte`; impressions go only where there is
//! bare scalp.

use glam::{DVec2, Vec2};

use super::image::Rect;

/// Bytes to a pixel of a matte: the share of bare scalp, then that of hair, of
/// 255 each; what is left is neither.
pub const MATTE_BYTES: usize = 2;

/// A matte: shares for each pixel of a part of the photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matte {
    photo_width: u32,
    rect: Rect,
    shares: Vec<u8>,
}

impl Matte {
    /// A matte of `rect`, px of a photo `photo_width` px wide, with
    /// [`MATTE_BYTES`] for each pixel, rows from the top; none where the bytes
    /// do not fill it, or it is empty.
    #[must_use]
    pub fn new(photo_width: u32, rect: Rect, shares: Vec<u8>) -> Option<Self> {
        let pixels = (rect.width as usize).checked_mul(rect.height as usize)?;
        let fits = photo_width > 0
            && !rect.is_empty()
            && pixels.checked_mul(MATTE_BYTES) == Some(shares.len());
        fits.then_some(Self {
            photo_width,
            rect,
            shares,
        })
    }

    /// Which part of the photo it is of, px of a photo
    /// [`Matte::photo_width`] wide.
    #[must_use]
    pub const fn rect(&self) -> Rect {
        self.rect
    }

    /// Left, top, right and bottom edge of it in a photo of the same picture
    /// that is `width` px wide.
    #[must_use]
    pub fn rect_in(&self, width: u32) -> [f64; 4] {
        let scale = f64::from(width) / f64::from(self.photo_width);
        let rect = self.rect;
        [rect.x, rect.y, rect.right(), rect.bottom()].map(|v| f64::from(v) * scale)
    }

    /// Width of the photo it was made for, px.
    #[must_use]
    pub const fn photo_width(&self) -> u32 {
        self.photo_width
    }

    /// The shares, as [`Matte::new`] takes them.
    #[must_use]
    pub fn shares(&self) -> &[u8] {
        &self.shares
    }

    /// The share of bare scalp, 0–1, at a point of a photo of the same picture
    /// that is `width` px wide, between the nearest pixels; none where the
    /// matte says nothing.
    #[must_use]
    pub fn scalp_at(&self, q_in_photo: DVec2, width: u32) -> Option<f32> {
        self.share_at(q_in_photo, width, 0)
    }

    /// The share of hair, as [`Matte::scalp_at`] tells that of bare scalp.
    #[must_use]
    pub fn hair_at(&self, q_in_photo: DVec2, width: u32) -> Option<f32> {
        self.share_at(q_in_photo, width, 1)
    }

    /// Scalp and hair along row `y` of a photo as wide as the one it was made for,
    /// [`MATTE_BYTES`] to a pixel; with the column that they begin at.
    #[must_use]
    pub(super) fn row(&self, y: u32, width: u32) -> Option<(u32, &[[u8; MATTE_BYTES]])> {
        let row = y.checked_sub(self.rect.y)? as usize;
        let mut rows = self.shares.as_chunks().0.chunks(self.rect.width as usize);
        let is_as_wide = width == self.photo_width;
        Some((self.rect.x, rows.nth(row).filter(|_| is_as_wide)?))
    }

    fn share_at(&self, q_in_photo: DVec2, width: u32, which: usize) -> Option<f32> {
        let scale = f64::from(self.photo_width) / f64::from(width.max(1));
        let corner = DVec2::new(f64::from(self.rect.x), f64::from(self.rect.y));
        let p = q_in_photo * scale - corner;
        let size = DVec2::new(f64::from(self.rect.width), f64::from(self.rect.height));
        if !(p.cmpge(DVec2::ZERO).all() && p.cmplt(size).all()) {
            return None;
        }
        let p = (p - DVec2::splat(0.5)).clamp(DVec2::ZERO, size - DVec2::ONE);
        let (x, y) = (p.x as usize, p.y as usize);
        let share = (p - DVec2::new(x as f64, y as f64)).as_vec2();
        let columns = self.rect.width as usize;
        let (right, below) = (
            (x + 1).min(columns - 1),
            (y + 1).min(self.rect.height as usize - 1),
        );
        let share_of = |x: usize, y: usize| {
            let byte = self.shares.get((y * columns + x) * MATTE_BYTES + which);
            f32::from(byte.copied().unwrap_or(0))
        };
        // The preview's own pixels, a million of them.
        if share == Vec2::ZERO {
            return Some(share_of(x, y) / 255.0);
        }
        let (a, b) = (share_of(x, y), share_of(right, y));
        let (c, d) = (share_of(x, below), share_of(right, below));
        let (upper, lower) = (a + (b - a) * share.x, c + (d - c) * share.x);
        Some((upper + (lower - upper) * share.y) / 255.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matte() -> Matte {
        let rect = Rect {
            x: 10,
            y: 20,
            width: 4,
            height: 2,
        };
        let shares = (0..8).flat_map(|i| [if i % 4 < 2 { 0 } else { 255 }, 9]);
        Matte::new(100, rect, shares.collect()).unwrap()
    }

    #[test]
    fn shares_lie_between_pixels_at_any_size_of_the_photo() {
        let matte = matte();
        for (width, scale) in [(100, 1.0), (350, 3.5)] {
            let at = |x, y| matte.scalp_at(DVec2::new(x, y) * scale, width);
            assert_eq!(at(11.5, 20.5), Some(0.0));
            assert_eq!(at(12.5, 21.2), Some(1.0));
            let between = at(12.0, 21.0).unwrap();
            assert!((between - 0.5).abs() < 1e-6, "{between}");
            assert_eq!((at(13.9, 20.1), at(10.1, 21.9)), (Some(1.0), Some(0.0)));
            for (x, y) in [(9.9, 21.0), (14.1, 21.0), (12.0, 19.9), (12.0, 22.1)] {
                assert_eq!(at(x, y), None);
            }
            assert_eq!(at(f64::NAN, 21.0), None);
        }
    }

    #[test]
    fn bytes_that_do_not_fill_it_make_no_matte() {
        let rect = matte().rect();
        assert_eq!(Matte::new(100, rect, vec![0; 15]), None);
        assert_eq!(Matte::new(0, rect, vec![0; 16]), None);
        assert_eq!(Matte::new(100, Rect::default(), vec![]), None);
    }
}
