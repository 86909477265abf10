//! A head cut into squares, each of which lies on one thing: what
//! [`super::sides`] compares.

use glam::DVec2;

use super::color::luminance;
use super::head::HeadModel;
use super::image::{Photo, Rect};
use super::texture::{Texture, texture};

/// Side of the squares that are compared, mm, and its bounds, px: wide enough
/// for a texture, narrow enough to lie on one thing.
const SQUARE_MM: f64 = 7.0;
const SQUARE_PX: [f64; 2] = [12.0, 64.0];
/// Cosine between skin and camera from which on a square counts.
const LEAST_FACING: f64 = 0.35;

/// One square of the photo on the head.
#[derive(Debug, Clone, Copy)]
pub(super) struct Square {
    /// Where its middle is, px.
    pub(super) middle: DVec2,
    /// Its pixels.
    pub(super) rect: Rect,
    /// Cosine between skin and camera there; 0 beside the cranium.
    pub(super) facing: f64,
    /// Mean luminance, linear.
    pub(super) light: f64,
    /// As [`Texture::roughness`].
    pub(super) roughness: f64,
    /// What it looks like.
    pub(super) texture: Texture,
}

impl Square {
    /// Whether both have pixels in common.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        !self.rect.intersect(other.rect).is_empty()
    }
}

fn side_px(head: &HeadModel) -> f64 {
    let [least, most] = SQUARE_PX;
    (SQUARE_MM * head.camera.px_per_mm)
        .round()
        .clamp(least, most)
}

/// All squares of a head, each half over the next.
#[inline(never)]
pub(super) fn squares(photo: &Photo, head: &HeadModel) -> Vec<Square> {
    let Some([low, high]) = head.bounds() else {
        return Vec::new();
    };
    let step = side_px(head) / 2.0;
    let count = ((high - low) / step)
        .max(DVec2::ZERO)
        .min(DVec2::splat(400.0));
    let (columns, rows) = (count.x as usize, count.y as usize);
    let middles = (0..rows).flat_map(|y| (0..columns).map(move |x| DVec2::new(x as f64, y as f64)));
    middles
        .map(|cell| low + (cell + 0.5) * step)
        .map(|middle| (middle, facing(head, middle)))
        .filter(|(_, facing)| *facing >= LEAST_FACING)
        .filter_map(|(middle, facing)| turned_square(photo, head, middle, facing))
        .collect()
}

/// Cosine between skin and camera at a point of the photo, px; 0 beside the cranium.
fn facing(head: &HeadModel, q_in_photo: DVec2) -> f64 {
    let p_mm = head.scalp_from_photo(q_in_photo);
    p_mm.map_or(0.0, |p| head.facing(p))
}

/// The square about a point; none where it is not all in the photo.
pub(super) fn square(photo: &Photo, head: &HeadModel, middle: DVec2) -> Option<Square> {
    turned_square(photo, head, middle, facing(head, middle))
}

/// As [`square`], of skin that is known to face the camera so.
#[inline(never)]
fn turned_square(photo: &Photo, head: &HeadModel, middle: DVec2, facing: f64) -> Option<Square> {
    let half = 0.5 * side_px(head);
    let (low, high) = (middle - half, middle + half);
    let inside = low.cmpge(DVec2::ZERO).all();
    let side = (2.0 * half) as u32;
    let rect = Rect {
        x: low.x as u32,
        y: low.y as u32,
        width: side,
        height: side,
    };
    if !inside || rect.intersect(photo.rect()) != rect || !high.is_finite() {
        return None;
    }
    let texture = texture(photo, rect)?;
    Some(Square {
        middle,
        rect,
        facing,
        light: luminance(texture.mean_linear),
        roughness: texture.roughness(),
        texture,
    })
}

/// Those of which every part is something; it is asked of points of the photo, px.
#[inline(never)]
pub(super) fn of(squares: &[Square], is: impl Fn(DVec2) -> bool) -> Vec<Square> {
    let parts = [[0.1, 0.1], [0.9, 0.1], [0.5, 0.5], [0.1, 0.9], [0.9, 0.9]];
    let all = |square: &&Square| {
        let side = f64::from(square.rect.width);
        let corner = square.middle - 0.5 * side;
        parts
            .iter()
            .all(|part| is(corner + DVec2::from_array(*part) * side))
    };
    squares.iter().filter(all).copied().collect()
}

/// Those at most so many times as grainy as the smoothest quarter of them.
#[inline(never)]
pub(super) fn smoothest(squares: Vec<Square>, times: f64) -> Vec<Square> {
    let limit = nth(&squares, squares.len() / 4, |square| square.roughness);
    let limit = limit.map_or(0.0, |square| times * square.roughness);
    let smooth = squares.into_iter();
    smooth.filter(|square| square.roughness <= limit).collect()
}

/// The one that so many are less than. By counting, for sorting takes 4 KB of the
/// worker, and they are few.
pub(super) fn nth<T>(all: &[T], n: usize, of: impl Fn(&T) -> f64) -> Option<&T> {
    let less = |one: f64| all.iter().filter(|other| of(other) < one).count();
    all.iter().min_by_key(|one| less(of(one)).abs_diff(n))
}
