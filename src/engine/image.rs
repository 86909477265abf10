//! A picture in memory: 8-bit sRGB with alpha, and rectangles on it.

use glam::DVec2;

use super::color::LINEAR_FROM_SRGB8;
use super::rng::hash;

/// Largest number of pixels a [`Photo`] may have: a full frame of today's
/// largest cameras, 400 MB as RGBA.
pub const MAX_PIXELS: u64 = 100_000_000;
/// Levels between red, green and blue that a JPEG of a grey picture may show:
/// its chroma is rounded to a level, which is twice that in blue.
const GREY_WITHIN: u8 = 4;

/// Why bytes and sizes do not make a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// Width or height is zero.
    #[error("a picture needs at least one pixel, not {width} × {height}")]
    Empty {
        /// Width asked for, pixels.
        width: u32,
        /// Height asked for, pixels.
        height: u32,
    },
    /// More than [`MAX_PIXELS`].
    #[error("a picture of {width} × {height} pixels is too large: at most {MAX_PIXELS} pixels")]
    TooLarge {
        /// Width asked for, pixels.
        width: u32,
        /// Height asked for, pixels.
        height: u32,
    },
    /// The bytes do not fill the picture exactly.
    #[error("{width} × {height} pixels take {expected} bytes, not {found}")]
    Length {
        /// Width asked for, pixels.
        width: u32,
        /// Height asked for, pixels.
        height: u32,
        /// Bytes the size asks for.
        expected: u64,
        /// Bytes given.
        found: u64,
    },
    /// Two pictures that have to be of one size are not.
    #[error("the pictures differ in size")]
    SizesDiffer,
}

/// A picture: 8-bit sRGB, straight alpha, rows from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
}

impl Photo {
    /// A picture of `width` × `height` pixels from its RGBA bytes.
    ///
    /// # Errors
    /// [`ImageError`] where the size is zero, above [`MAX_PIXELS`] or not
    /// that of the bytes.
    pub fn new(width: u32, height: u32, rgba: Vec<u8>) -> Result<Self, ImageError> {
        let expected = Self::bytes_for(width, height)?;
        let found = rgba.len() as u64;
        if found != expected {
            return Err(ImageError::Length {
                width,
                height,
                expected,
                found,
            });
        }
        Ok(Self {
            width,
            height,
            rgba,
        })
    }

    /// The number of bytes of a picture of that size.
    ///
    /// # Errors
    /// [`ImageError::Empty`] or [`ImageError::TooLarge`].
    pub fn bytes_for(width: u32, height: u32) -> Result<u64, ImageError> {
        let pixels = u64::from(width) * u64::from(height);
        match pixels {
            0 => Err(ImageError::Empty { width, height }),
            p if p > MAX_PIXELS => Err(ImageError::TooLarge { width, height }),
            p => Ok(p * 4),
        }
    }

    /// Width in pixels, at least 1.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels, at least 1.
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// The bytes: red, green, blue, alpha per pixel, rows from the top.
    #[must_use]
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }

    /// The bytes, to be changed in place; their number stays.
    pub fn rgba_mut(&mut self) -> &mut [u8] {
        &mut self.rgba
    }

    /// The bytes themselves, given away.
    #[must_use]
    pub fn into_rgba(self) -> Vec<u8> {
        self.rgba
    }

    /// A number that is the same for the same picture, and hardly ever for another.
    #[must_use]
    pub fn print(&self) -> u32 {
        // Every 16th pixel: no two photos are alike in all of them.
        let pixels = self.rgba.as_chunks().0.iter().step_by(16);
        pixels.fold(hash(self.width, self.height, 0), |print, pixel| {
            hash(print, u32::from_le_bytes(*pixel), 0)
        })
    }

    /// The whole picture as a rectangle.
    #[must_use]
    pub const fn rect(&self) -> Rect {
        Rect {
            x: 0,
            y: 0,
            width: self.width,
            height: self.height,
        }
    }

    /// Red, green, blue and alpha at column `x`, row `y`; none outside.
    #[must_use]
    pub fn pixel(&self, x: u32, y: u32) -> Option<[u8; 4]> {
        if x >= self.width || y >= self.height {
            return None;
        }
        let start = (y as usize * self.width as usize + x as usize) * 4;
        self.rgba.get(start..)?.first_chunk().copied()
    }

    /// The pixel that holds a point, px; none outside.
    #[must_use]
    pub fn pixel_at(&self, q_in_photo: DVec2) -> Option<[u8; 4]> {
        // `as` takes what is below 0 to it, which is no pixel of the point's.
        let inside = q_in_photo.cmpge(DVec2::ZERO).all();
        self.pixel(q_in_photo.x as u32, q_in_photo.y as u32)
            .filter(|_| inside)
    }

    /// Whether it shows no colours: but for one pixel in a thousand, red, green
    /// and blue differ by no more than what its file loses
    /// ([`GREY_WITHIN`] levels).
    #[must_use]
    pub fn is_grey(&self) -> bool {
        let most = self.rgba.len() / 4 / 1000;
        let coloured = self.rgba.as_chunks::<4>().0.iter().filter(|[r, g, b, _]| {
            r.abs_diff(*g).max(g.abs_diff(*b)).max(r.abs_diff(*b)) > GREY_WITHIN
        });
        coloured.take(most + 1).count() <= most
    }

    /// Mean linear-light colour of the part of `rect` inside the picture,
    /// weighted by alpha; none where nothing visible is inside.
    #[must_use]
    pub fn mean_linear(&self, rect: Rect) -> Option<[f64; 3]> {
        self.mean_where(rect.intersect(self.rect()), |_, _| true)
    }

    /// Mean linear-light colour of the pixels whose centres lie within
    /// `radius_px` of (`x`, `y`), in photo pixels, pixel centres at +0.5; at
    /// least the pixel under the point. None outside the picture.
    #[must_use]
    pub fn mean_linear_disc(&self, x: f64, y: f64, radius_px: f64) -> Option<[f64; 3]> {
        if !(x.is_finite() && y.is_finite()) {
            return None;
        }
        // A tap means the pixel under it, however small the disc.
        let r = if radius_px.is_finite() {
            radius_px.max(0.75)
        } else {
            0.75
        };
        let around = Rect::from_edges(x - r, y - r, x + r, y + r);
        self.mean_where(around.intersect(self.rect()), |px, py| {
            let (dx, dy) = (f64::from(px) + 0.5 - x, f64::from(py) + 0.5 - y);
            dx * dx + dy * dy <= r * r
        })
    }

    fn mean_where(&self, rect: Rect, take: impl Fn(u32, u32) -> bool) -> Option<[f64; 3]> {
        let (mut sum, mut weight) = ([0.0; 3], 0.0);
        for y in rect.y..rect.bottom() {
            for x in rect.x..rect.right() {
                let Some([r, g, b, a]) = self.pixel(x, y).filter(|_| take(x, y)) else {
                    continue;
                };
                let alpha = f64::from(a) / 255.0;
                for (total, v) in sum.iter_mut().zip([r, g, b]) {
                    *total += alpha * LINEAR_FROM_SRGB8[usize::from(v)];
                }
                weight += alpha;
            }
        }
        (weight > 0.0).then(|| sum.map(|s| s / weight))
    }
}

/// A rectangle of whole pixels; may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rect {
    /// Leftmost column.
    pub x: u32,
    /// Topmost row.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Rect {
    /// The smallest rectangle of whole pixels around the given edges, clipped
    /// to columns and rows from 0; empty where the edges make none.
    #[must_use]
    pub fn from_edges(left: f64, top: f64, right: f64, bottom: f64) -> Self {
        // `as` saturates, and takes not-a-number to 0.
        let (x, y) = (left.floor() as u32, top.floor() as u32);
        let (right, bottom) = (right.ceil() as u32, bottom.ceil() as u32);
        Self {
            x,
            y,
            width: right.saturating_sub(x),
            height: bottom.saturating_sub(y),
        }
    }

    /// One past the last column.
    #[must_use]
    pub const fn right(self) -> u32 {
        self.x.saturating_add(self.width)
    }

    /// One past the last row.
    #[must_use]
    pub const fn bottom(self) -> u32 {
        self.y.saturating_add(self.height)
    }

    /// Whether it holds no pixel.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// The pixels in both; empty (zero size) where there are none.
    #[must_use]
    pub fn intersect(self, other: Self) -> Self {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let width = self.right().min(other.right()).saturating_sub(x);
        let height = self.bottom().min(other.bottom()).saturating_sub(y);
        if width == 0 || height == 0 {
            Self::default()
        } else {
            Self {
                x,
                y,
                width,
                height,
            }
        }
    }

    /// What of it is not in the other, in up to four parts; the others are empty.
    #[must_use]
    pub fn without(self, other: Self) -> [Self; 4] {
        let hole = self.intersect(other);
        if hole.is_empty() {
            let none = Self::default();
            return [self, none, none, none];
        }
        let rows = |y, bottom: u32| Self {
            y,
            height: bottom - y,
            ..self
        };
        let columns = |x, right: u32| Self {
            x,
            width: right - x,
            ..hole
        };
        [
            rows(self.y, hole.y),
            rows(hole.bottom(), self.bottom()),
            columns(self.x, hole.x),
            columns(hole.right(), self.right()),
        ]
    }

    /// The smallest rectangle around both; an empty one adds nothing.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        match (self.is_empty(), other.is_empty()) {
            (true, _) => other,
            (_, true) => self,
            _ => {
                let (x, y) = (self.x.min(other.x), self.y.min(other.y));
                let width = self.right().max(other.right()) - x;
                let height = self.bottom().max(other.bottom()) - y;
                Self {
                    x,
                    y,
                    width,
                    height,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_print_tells_pictures_apart_and_sizes_too() {
        let photo = |width, height, last| {
            let mut bytes = [120, 90, 80, 255].repeat(64);
            bytes[4 * 48] = last;
            Photo::new(width, height, bytes).unwrap().print()
        };
        assert_eq!(photo(8, 8, 120), photo(8, 8, 120));
        assert_ne!(photo(8, 8, 120), photo(8, 8, 121));
        assert_ne!(photo(8, 8, 120), photo(16, 4, 120));
    }

    #[test]
    fn a_few_coloured_specks_make_no_coloured_picture() {
        let grey: Vec<u8> = (0..4000).flat_map(|i| [(i % 200) as u8; 4]).collect();
        let with = |specks: usize| {
            let mut rgba = grey.clone();
            for pixel in rgba.chunks_exact_mut(4).take(specks) {
                pixel.copy_from_slice(&[90, 60, 40, 255]);
            }
            Photo::new(100, 40, rgba).unwrap().is_grey()
        };
        assert!(with(0) && with(4) && !with(5));
    }

    #[test]
    fn sizes_are_checked() {
        assert!(Photo::new(2, 1, vec![0; 8]).is_ok());
        assert!(matches!(
            Photo::new(0, 5, vec![]),
            Err(ImageError::Empty { .. })
        ));
        assert!(matches!(
            Photo::new(2, 1, vec![0; 9]),
            Err(ImageError::Length {
                expected: 8,
                found: 9,
                ..
            })
        ));
        for (width, height) in [(u32::MAX, u32::MAX), (100_000_001, 1)] {
            assert!(matches!(
                Photo::new(width, height, vec![]),
                Err(ImageError::TooLarge { .. })
            ));
        }
        assert_eq!(Photo::bytes_for(10_000, 10_000), Ok(400_000_000));
    }

    fn photo() -> Photo {
        // Column x is grey 10·x, row 1 is transparent.
        let rgba = (0..2)
            .flat_map(|y| (0..4).flat_map(move |x| [10 * x, 10 * x, 10 * x, 255 * (1 - y)]))
            .collect();
        Photo::new(4, 2, rgba).unwrap()
    }

    #[test]
    fn pixels_outside_are_none() {
        let photo = photo();
        assert_eq!(photo.pixel(3, 0), Some([30, 30, 30, 255]));
        assert_eq!(photo.pixel(3, 1), Some([30, 30, 30, 0]));
        assert_eq!(photo.pixel(4, 0), None);
        assert_eq!(photo.pixel(0, 2), None);
    }

    #[test]
    fn means_clip_to_the_picture_and_leave_out_the_transparent() {
        let photo = photo();
        let linear = |v: u8| LINEAR_FROM_SRGB8[usize::from(v)];
        let both = photo
            .mean_linear(Rect {
                x: 2,
                y: 0,
                width: 50,
                height: 50,
            })
            .unwrap();
        assert!((both[0] - (linear(20) + linear(30)) / 2.0).abs() < 1e-12);
        assert_eq!(
            photo.mean_linear(Rect {
                x: 0,
                y: 1,
                width: 4,
                height: 1
            }),
            None
        );
        assert_eq!(
            photo.mean_linear(Rect {
                x: 9,
                y: 9,
                width: 4,
                height: 1
            }),
            None
        );
        let tap = photo.mean_linear_disc(1.5, 0.5, 0.0).unwrap();
        assert!((tap[1] - linear(10)).abs() < 1e-12);
        assert_eq!(photo.mean_linear_disc(f64::NAN, 0.5, 1.0), None);
        assert_eq!(photo.mean_linear_disc(-9.0, 0.5, 1.0), None);
    }

    #[test]
    fn rectangles_meet_and_join() {
        let a = Rect {
            x: 2,
            y: 2,
            width: 4,
            height: 4,
        };
        let b = Rect {
            x: 4,
            y: 0,
            width: 9,
            height: 3,
        };
        assert_eq!(
            a.intersect(b),
            Rect {
                x: 4,
                y: 2,
                width: 2,
                height: 1
            }
        );
        assert_eq!(
            a.union(b),
            Rect {
                x: 2,
                y: 0,
                width: 11,
                height: 6
            }
        );
        assert!(
            a.intersect(Rect {
                x: 6,
                y: 2,
                width: 1,
                height: 1
            })
            .is_empty()
        );
        assert_eq!(a.union(Rect::default()), a);
        let huge = Rect {
            x: u32::MAX,
            y: 0,
            width: u32::MAX,
            height: 1,
        };
        assert!(huge.intersect(a).is_empty());
        assert_eq!(Rect::from_edges(-3.0, 1.2, 2.1, f64::NAN).width, 3);
    }
}
