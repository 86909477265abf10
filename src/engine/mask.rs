//! How much of the pigment in each pixel is seen: what is bare scalp, less what
//! shines.

use super::image::Rect;

/// Shares for every pixel of a photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    /// Entries per row: the photo's width, up to a multiple of 8.
    stride: usize,
    shares: Vec<u8>,
}

impl Mask {
    /// All of it is seen, all over a photo of that size.
    #[must_use]
    pub fn open(width: u32, height: u32) -> Self {
        let stride = width.next_multiple_of(8) as usize;
        Self {
            stride,
            shares: vec![255; stride * height as usize],
        }
    }

    /// Sets the share, of 255, of every pixel of `rect` that is in the photo,
    /// asked by row and then by column.
    pub fn set<F: Fn(u32) -> u8>(&mut self, rect: Rect, along: impl Fn(u32) -> F) {
        let rows = self.shares.chunks_exact_mut(self.stride.max(1));
        let rows = (0..).zip(rows).skip(rect.y as usize);
        for (y, row) in rows.take(rect.height as usize) {
            let (share, pixels) = (along(y), (0..).zip(row).skip(rect.x as usize));
            for (x, pixel) in pixels.take(rect.width as usize) {
                *pixel = share(x);
            }
        }
    }

    /// The shares of row `y` from column `x` on, a multiple of 8.
    pub(super) fn row(&self, x: u32, y: u32) -> &[u8] {
        let from = y as usize * self.stride;
        let row = self.shares.get(from..from + self.stride);
        row.and_then(|row| row.get(x as usize..)).unwrap_or(&[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_set_changes_and_rows_end_where_they_do() {
        let mut mask = Mask::open(21, 5);
        let rect = Rect {
            x: 9,
            y: 3,
            width: 40,
            height: 40,
        };
        mask.set(rect, |y| move |x| (10 * y + x) as u8);
        for y in 0..5 {
            for (x, share) in (0..21).zip(mask.row(0, y)) {
                let is_set = x >= 9 && y >= 3;
                assert_eq!(*share, if is_set { (10 * y + x) as u8 } else { 255 });
            }
        }
        // Whole eights from anywhere, nothing from outside.
        assert_eq!(mask.row(16, 4).len(), 8);
        assert!(mask.row(0, 5).is_empty() && mask.row(32, 0).is_empty());
    }
}
