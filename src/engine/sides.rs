//! Where a head shows its own shaved hair beside bare skin, for "Match the
//! sides".

use glam::DVec2;

use super::head::HeadModel;
use super::image::{Photo, Rect};
use super::scalp::Scalp;
use super::shine::Shine;
use super::texture::{Texture, texture};

/// Side of the squares that are compared, mm, and its bounds, px: wide enough
/// for a texture, narrow enough to lie on one thing.
const SQUARE_MM: f64 = 7.0;
const SQUARE_PX: [f64; 2] = [12.0, 64.0];
/// Cosine between skin and camera from which on a square counts.
const LEAST_FACING: f64 = 0.35;
/// Share of bare scalp, or of hair, from which on a square is all of it.
const ALL_BARE: f32 = 0.9;
const ALL_HAIR: f32 = 0.6;
/// How far apart, mm, hair and the bare skin it is compared with may be.
const NEAR_MM: f64 = 45.0;
/// Share of the light that hair takes beside bare skin, from hardly any to so
/// much that it hides the skin: the latter is no stubble, but may be all there
/// is.
const STUBBLE: [f64; 2] = [0.08, 0.8];
/// The face on the cranium, semi-axes: in front of the temples and below the
/// usual hairline.
const FACE_FRONT: f64 = 0.35;
const FACE_TOP: f64 = 0.55;
/// How much brighter bare skin has to be to be preferred to skin a millimetre
/// nearer, as a share: beside hair that somebody points at, where what looks
/// bare may be stubble, too; and beside hair that is plainly hair.
const BRIGHTER_PER_MM: [f64; 2] = [0.01, 0.1];

/// Bare skin and shaved hair of one head.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sides {
    /// Skin without hair.
    pub bare: Texture,
    /// Skin with shaved hair, in much the same light.
    pub stubble: Texture,
    /// Pixels to a millimetre there.
    pub px_per_mm: f64,
}

/// One square of the photo on the head.
#[derive(Debug, Clone, Copy)]
struct Square {
    middle: DVec2,
    rect: Rect,
    facing: f64,
    /// Mean luminance, linear.
    light: f64,
}

/// A head in its photo, with what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The photo.
    pub photo: &'a Photo,
    /// Where the head lies in it.
    pub head: &'a HeadModel,
    /// What is bare.
    pub scalp: &'a Scalp,
    /// What shines.
    pub shine: Option<&'a Shine>,
}

impl Seen<'_> {
    /// Shaved hair beside bare skin: at a point of the photo, px, or wherever
    /// there is any. None where there is none.
    #[must_use]
    #[inline(never)]
    pub fn sides(&self, at: Option<DVec2>) -> Option<Sides> {
        let squares = self.squares();
        let bare: Vec<Square> = self.of(&squares, |seen, q| seen.bare(q) >= ALL_BARE);
        let pairs: Vec<(f64, Square, Square)> = match at {
            Some(q) => {
                let stubble = self.square(q)?;
                let bare = self.beside(&stubble, &bare, f64::INFINITY, BRIGHTER_PER_MM[0])?;
                vec![(0.0, bare, stubble)]
            }
            None => {
                let hair = self.of(&squares, |seen, q| seen.hair(q) >= ALL_HAIR);
                let hair = hair.into_iter().filter(|hair| !self.on_face(hair.middle));
                let pairs = hair.filter_map(|hair| {
                    let bare = self.beside(&hair, &bare, NEAR_MM, BRIGHTER_PER_MM[1])?;
                    let taken = 1.0 - hair.light / bare.light.max(1e-6);
                    let [least, most] = STUBBLE;
                    (least..=most)
                        .contains(&taken)
                        .then_some((taken, bare, hair))
                });
                pairs.collect()
            }
        };
        // The usual one: neither the fade at the edge nor the darkest patch. By
        // counting, for sorting takes 4 KB of the worker, and they are few.
        let darker = |one: f64| pairs.iter().filter(|other| other.0 < one).count();
        let middle = pairs
            .iter()
            .min_by_key(|one| darker(one.0).abs_diff(pairs.len() / 4));
        let (_, bare, hair) = middle?;
        let p_mm = self.head.scalp_from_photo(hair.middle);
        let px_per_mm = p_mm.map_or(self.head.camera.px_per_mm, |p| self.head.px_per_mm_at(p));
        Some(Sides {
            bare: texture(self.photo, bare.rect)?,
            stubble: texture(self.photo, hair.rect)?,
            px_per_mm,
        })
    }

    fn side_px(&self) -> f64 {
        let [least, most] = SQUARE_PX;
        (SQUARE_MM * self.head.camera.px_per_mm)
            .round()
            .clamp(least, most)
    }

    /// All squares of the head.
    #[inline(never)]
    fn squares(&self) -> Vec<Square> {
        let outline = self.head.silhouette(32);
        let low = outline
            .iter()
            .copied()
            .reduce(DVec2::min)
            .unwrap_or_default();
        let high = outline
            .iter()
            .copied()
            .reduce(DVec2::max)
            .unwrap_or_default();
        let step = self.side_px() / 2.0;
        let count = ((high - low) / step)
            .max(DVec2::ZERO)
            .min(DVec2::splat(400.0));
        let (columns, rows) = (count.x as usize, count.y as usize);
        let middles =
            (0..rows).flat_map(|y| (0..columns).map(move |x| DVec2::new(x as f64, y as f64)));
        middles
            .filter_map(|cell| self.square(low + (cell + 0.5) * step))
            .filter(|square| square.facing >= LEAST_FACING)
            .collect()
    }

    /// The square about a point; none where it is not all in the photo.
    #[inline(never)]
    fn square(&self, middle: DVec2) -> Option<Square> {
        let half = 0.5 * self.side_px();
        let (low, high) = (middle - half, middle + half);
        let inside = low.cmpge(DVec2::ZERO).all();
        let side = (2.0 * half) as u32;
        let rect = Rect {
            x: low.x as u32,
            y: low.y as u32,
            width: side,
            height: side,
        };
        if !inside || rect.intersect(self.photo.rect()) != rect || !high.is_finite() {
            return None;
        }
        let p_mm = self.head.scalp_from_photo(middle);
        let linear = self.photo.mean_linear(rect)?;
        Some(Square {
            middle,
            rect,
            facing: p_mm.map_or(0.0, |p| self.head.facing(p)),
            light: super::color::luminance(linear),
        })
    }

    /// Those of which every part is something.
    #[inline(never)]
    fn of(&self, squares: &[Square], is: impl Fn(&Self, DVec2) -> bool) -> Vec<Square> {
        let parts = [[0.1, 0.1], [0.9, 0.1], [0.5, 0.5], [0.1, 0.9], [0.9, 0.9]];
        let all = |square: &&Square| {
            let side = f64::from(square.rect.width);
            let corner = square.middle - 0.5 * side;
            parts
                .iter()
                .all(|part| is(self, corner + DVec2::from_array(*part) * side))
        };
        squares.iter().filter(all).copied().collect()
    }

    /// Whether brows and beard are there, which are no hair of the head.
    fn on_face(&self, q: DVec2) -> bool {
        self.head.scalp_from_photo(q).is_some_and(|p_mm| {
            let dir = p_mm / self.head.semi_axes_mm;
            dir.z > FACE_FRONT && dir.y < FACE_TOP
        })
    }

    #[inline(never)]
    fn bare(&self, q: DVec2) -> f32 {
        let (width, height) = (self.photo.width(), self.photo.height());
        let bare = self.scalp.bare_at(q, width, height);
        let mirrored = self
            .shine
            .zip(self.photo.pixel_at(q))
            .map_or(0.0, |(shine, [r, g, b, _])| {
                shine.at(q.x as u32, q.y as u32, [r, g, b])
            });
        bare * (1.0 - mirrored)
    }

    fn hair(&self, q: DVec2) -> f32 {
        self.scalp.hair_at(q, self.photo.width())
    }

    /// The bare square to compare a square with: near, turned alike, and not
    /// darker than need be.
    #[inline(never)]
    fn beside(
        &self,
        square: &Square,
        bare: &[Square],
        within_mm: f64,
        brighter_per_mm: f64,
    ) -> Option<Square> {
        let scale = self.head.camera.px_per_mm.max(1e-6);
        let price = |other: &Square| {
            let apart_mm = other.middle.distance(square.middle) / scale;
            let turned_mm = 40.0 * (other.facing - square.facing).abs();
            let brighter = libm::log(other.light.max(1e-6) / square.light.max(1e-6));
            apart_mm + turned_mm - brighter / brighter_per_mm
        };
        let overlaps = |other: &&Square| !other.rect.intersect(square.rect).is_empty();
        let near = bare.iter().filter(|other| {
            other.middle.distance(square.middle) <= within_mm * scale && !overlaps(other)
        });
        near.min_by(|a, b| price(a).total_cmp(&price(b))).copied()
    }
}
