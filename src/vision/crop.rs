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
                None => halve(photo.width() as usize, photo.height() as usize, |x, y| {
                    rgb(photo, x, y)
                }),
                Some(level) => halve(level.width, level.height, |x, y| {
                    level
                        .rgb
                        .get(y * level.width + x)
                        .copied()
                        .unwrap_or_default()
                }),
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
                let (width, height) = (self.photo.width() as usize, self.photo.height() as usize);
                let at = |x, y| rgb(self.photo, x, y);
                sampled(square, size, 1.0, width, height, at)
            }
            Some((level, picture)) => {
                let at = |x, y| {
                    picture
                        .rgb
                        .get(y * picture.width + x)
                        .copied()
                        .unwrap_or_default()
                };
                let px = f64::from(1u32 << level);
                sampled(square, size, px, picture.width, picture.height, at)
            }
        }
    }
}

fn rgb(photo: &Photo, x: usize, y: usize) -> [u8; 3] {
    let start = (y * photo.width() as usize + x) * 4;
    let found = photo.rgba().get(start..).and_then(<[u8]>::first_chunk);
    found.copied().unwrap_or_default()
}

/// Half the size, each pixel the mean of four; an odd last row or column is
/// its own neighbour.
fn halve(width: usize, height: usize, at: impl Fn(usize, usize) -> [u8; 3]) -> Level {
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    let mut rgb = Vec::with_capacity(half_width * half_height);
    for y in 0..half_height {
        let (top, bottom) = (2 * y, (2 * y + 1).min(height - 1));
        for x in 0..half_width {
            let (left, right) = (2 * x, (2 * x + 1).min(width - 1));
            let four = [
                at(left, top),
                at(right, top),
                at(left, bottom),
                at(right, bottom),
            ];
            rgb.push(std::array::from_fn(|c| {
                let sum: u32 = four.iter().map(|pixel| u32::from(pixel[c])).sum();
                ((sum + 2) / 4) as u8
            }));
        }
    }
    Level {
        width: half_width,
        height: half_height,
        rgb,
    }
}

/// Pixels of the square, each between its four neighbours in a picture whose
/// pixels are `px` photo pixels wide.
fn sampled(
    square: &Square,
    size: usize,
    px: f64,
    width: usize,
    height: usize,
    at: impl Fn(usize, usize) -> [u8; 3],
) -> Vec<f32> {
    let step = 1.0 / size as f64;
    let corner = square.photo_from_square(DVec2::splat(0.5 * step)) / px;
    let across =
        (square.photo_from_square(DVec2::X) - square.photo_from_square(DVec2::ZERO)) * (step / px);
    let down = across.perp();
    let inside = |v: i64, size: usize| usize::try_from(v).ok().filter(|v| *v < size);
    let pixel = |x: i64, y: i64| match (inside(x, width), inside(y, height)) {
        (Some(x), Some(y)) => at(x, y).map(f32::from),
        _ => [0.0; 3],
    };
    let mut out = Vec::with_capacity(size * size * 3);
    for row in 0..size {
        for column in 0..size {
            // From pixel centres to pixel corners.
            let p = corner + across * column as f64 + down * row as f64 - DVec2::splat(0.5);
            let low = p.floor();
            let share = (p - low).as_vec2();
            let (x, y) = (low.x as i64, low.y as i64);
            let (a, b, c, d) = (
                pixel(x, y),
                pixel(x + 1, y),
                pixel(x, y + 1),
                pixel(x + 1, y + 1),
            );
            for i in 0..3 {
                let upper = a[i] + (b[i] - a[i]) * share.x;
                let lower = c[i] + (d[i] - c[i]) * share.x;
                out.push((upper + (lower - upper) * share.y) * (1.0 / 255.0));
            }
        }
    }
    out
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
