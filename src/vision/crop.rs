//! Square parts of a photo, turned and resized to a model's input.

use std::rc::Rc;

use glam::DVec2;

use crate::engine::image::Photo;

/// A square of the photo, perhaps turned; it may reach beyond the photo.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Square {
    /// Its middle, photo px.
    pub centre: DVec2,
    /// Its side, photo px.
    pub side: f64,
    /// Turned clockwise by so much, radians.
    pub turn: f64,
}

impl Square {
    /// The square around the whole of a photo, upright.
    #[must_use]
    pub fn around(photo: &Photo) -> Self {
        let size = DVec2::new(f64::from(photo.width()), f64::from(photo.height()));
        Self {
            centre: size * 0.5,
            side: size.max_element(),
            turn: 0.0,
        }
    }

    /// The photo point, px, at a place of the square: (0, 0) its upper left
    /// corner, (1, 1) its lower right.
    #[must_use]
    pub fn photo_from_square(&self, p: DVec2) -> DVec2 {
        let (sin, cos) = libm::sincos(self.turn);
        let d = (p - DVec2::splat(0.5)) * self.side;
        self.centre + DVec2::new(d.x * cos - d.y * sin, d.x * sin + d.y * cos)
    }

    /// The place of a photo point, px, in the square: inverse of
    /// [`Square::photo_from_square`].
    #[must_use]
    pub fn square_from_photo(&self, q: DVec2) -> DVec2 {
        let (sin, cos) = libm::sincos(self.turn);
        let d = (q - self.centre) / self.side;
        DVec2::new(d.x * cos + d.y * sin, d.y * cos - d.x * sin) + DVec2::splat(0.5)
    }
}

/// The photo at full size and, again and again, at half: a small picture of a
/// large part is taken from a level whose pixels are about as large as its
/// own, which leaves out what it could only show as noise.
#[derive(Debug, Clone)]
pub struct Pyramid<'a> {
    photo: &'a Photo,
    levels: Levels,
}

/// What a [`Pyramid`] holds besides the photo, to make it again without work.
/// Clones share it.
#[derive(Debug, Clone)]
pub struct Levels(Rc<Vec<Level>>);

/// RGB, rows from the top.
#[derive(Debug, Clone)]
struct Level {
    width: usize,
    height: usize,
    rgb: Vec<[u8; 3]>,
}

/// The smallest level's longer edge, px: half of the smallest model's input.
const SMALLEST_PX: usize = 64;

impl<'a> Pyramid<'a> {
    /// The levels of a photo.
    #[must_use]
    pub fn new(photo: &'a Photo) -> Self {
        let mut halved: Vec<Level> = Vec::new();
        loop {
            let next = match halved.last() {
                None => {
                    let (pixels, _) = photo.rgba().as_chunks::<4>();
                    halve(pixels, photo.width() as usize)
                }
                Some(level) => halve(&level.rgb, level.width),
            };
            let done = next.width.max(next.height) <= SMALLEST_PX;
            halved.push(next);
            if done {
                return Self::with(photo, Levels(Rc::new(halved)));
            }
        }
    }

    /// A pyramid from another of the same photo.
    #[must_use]
    pub fn with(photo: &'a Photo, levels: Levels) -> Self {
        Self { photo, levels }
    }

    /// The levels, for another pyramid of the same photo.
    #[must_use]
    pub fn into_levels(self) -> Levels {
        self.levels
    }

    /// The square as `size` × `size` pixels, red, green, blue in 0–1, rows
    /// from the top; black where it reaches beyond the photo.
    #[must_use]
    pub fn crop(&self, square: &Square, size: usize) -> Vec<f32> {
        let scale = square.side / size as f64;
        // The level whose pixels are at most as large as the crop's.
        let levels = &self.levels.0;
        let level = (1..=levels.len())
            .rev()
            .find(|level| f64::from(1u32 << level) <= scale);
        match level.and_then(|level| Some((level, levels.get(level - 1)?))) {
            None => {
                let (pixels, _) = self.photo.rgba().as_chunks::<4>();
                sampled(square, size, 1.0, pixels, self.photo.width() as usize)
            }
            Some((level, picture)) => {
                let px = f64::from(1u32 << level);
                sampled(square, size, px, &picture.rgb, picture.width)
            }
        }
    }
}

/// Half the size, each pixel the mean of four; an odd last row or column is
/// its own neighbour.
fn halve<const N: usize>(pixels: &[[u8; N]], width: usize) -> Level {
    let mut rgb = Vec::with_capacity(pixels.len() / 4 + width);
    for rows in pixels.chunks(2 * width.max(1)) {
        let (top, bottom) = rows.split_at(width.min(rows.len()));
        let bottom = if bottom.is_empty() { top } else { bottom };
        for pair in top.chunks(2).zip(bottom.chunks(2)) {
            let ([a, ..], [.., b]) = (pair.0, pair.0) else {
                continue;
            };
            let ([c, ..], [.., d]) = (pair.1, pair.1) else {
                continue;
            };
            let upper = |i: usize| u16::from(a[i]) + u16::from(b[i]);
            let lower = |i: usize| u16::from(c[i]) + u16::from(d[i]);
            let mean = |i: usize| ((upper(i) + lower(i) + 2) / 4) as u8;
            rgb.push([mean(0), mean(1), mean(2)]);
        }
    }
    let width = width.div_ceil(2);
    Level {
        width,
        height: rgb.len() / width.max(1),
        rgb,
    }
}

/// Pixels of the square, each between its four neighbours in a picture whose
/// pixels are `px` photo pixels wide and begin with red, green and blue.
fn sampled<const N: usize>(
    square: &Square,
    size: usize,
    px: f64,
    pixels: &[[u8; N]],
    width: usize,
) -> Vec<f32> {
    let step = 1.0 / size as f64;
    let corner = square.photo_from_square(DVec2::splat(0.5 * step)) / px;
    let across =
        (square.photo_from_square(DVec2::X) - square.photo_from_square(DVec2::ZERO)) * (step / px);
    let down = across.perp();
    // What lies to the left or above has wrapped to somewhere far to the right
    // or below; and below there is nothing.
    let pixel = |x: i32, y: i32| -> [f32; 3] {
        let (x, y) = (x as u32 as usize, y as u32 as usize);
        let found = pixels.get(y.saturating_mul(width).saturating_add(x));
        match found {
            Some(pixel) if x < width => [
                f32::from(pixel[0]),
                f32::from(pixel[1]),
                f32::from(pixel[2]),
            ],
            _ => [0.0; 3],
        }
    };
    let mut out = Vec::with_capacity(size * size * 3);
    for row in 0..size {
        for column in 0..size {
            // From pixel centres to pixel corners.
            let p = corner + across * column as f64 + down * row as f64 - DVec2::splat(0.5);
            let (x, y) = (floor(p.x), floor(p.y));
            let share = (p - DVec2::new(f64::from(x), f64::from(y))).as_vec2();
            let (right, below) = (x.wrapping_add(1), y.wrapping_add(1));
            let (a, b) = (pixel(x, y), pixel(right, y));
            let (c, d) = (pixel(x, below), pixel(right, below));
            for i in 0..3 {
                let upper = a[i] + (b[i] - a[i]) * share.x;
                let lower = c[i] + (d[i] - c[i]) * share.x;
                out.push((upper + (lower - upper) * share.y) * (1.0 / 255.0));
            }
        }
    }
    out
}

/// The next whole number below, without a call.
fn floor(v: f64) -> i32 {
    let towards_zero = v as i32;
    towards_zero.saturating_sub(i32::from(f64::from(towards_zero) > v))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A photo whose red rises to the right and green downwards.
    fn ramp(width: u32, height: u32) -> Photo {
        let pixel = |x: u32, y: u32| [(x * 255 / width) as u8, (y * 255 / height) as u8, 7, 255];
        let rgba = (0..height)
            .flat_map(|y| (0..width).flat_map(move |x| pixel(x, y)))
            .collect();
        Photo::new(width, height, rgba).unwrap()
    }

    #[test]
    fn the_whole_of_a_photo_is_the_photo_at_any_size() {
        let photo = ramp(600, 600);
        let pyramid = Pyramid::new(&photo);
        for size in [600, 192, 128, 64] {
            let crop = pyramid.crop(&Square::around(&photo), size);
            for at in [size / 4, size / 2, size - size / 8] {
                let wanted = (at as f32 + 0.5) / size as f32;
                let start = (at * size + at) * 3;
                assert!((crop[start] - wanted).abs() < 0.01, "{size} {at}");
                assert!((crop[start + 1] - wanted).abs() < 0.01, "{size} {at}");
            }
        }
    }

    #[test]
    fn a_turned_square_looks_where_it_points() {
        let photo = ramp(400, 400);
        let pyramid = Pyramid::new(&photo);
        let square = Square {
            centre: DVec2::new(200.0, 200.0),
            side: 200.0,
            turn: std::f64::consts::FRAC_PI_2,
        };
        // A quarter clockwise: the square's right is the photo's down.
        let crop = pyramid.crop(&square, 100);
        let right = (50 * 100 + 99) * 3;
        assert!((crop[right] - 0.5).abs() < 0.02, "{}", crop[right]);
        assert!(
            (crop[right + 1] - 0.745).abs() < 0.02,
            "{}",
            crop[right + 1]
        );
        let p = square.photo_from_square(DVec2::new(1.0, 0.5));
        assert!((p - DVec2::new(200.0, 300.0)).length() < 1e-9);
    }

    #[test]
    fn beyond_the_photo_is_black() {
        let photo = Photo::new(40, 20, vec![255; 3200]).unwrap();
        let crop = Pyramid::new(&photo).crop(&Square::around(&photo), 80);
        let at = |x: usize, y: usize| crop[(y * 80 + x) * 3];
        assert_eq!((at(40, 5), at(40, 40), at(40, 75)), (0.0, 1.0, 0.0));
    }
}
