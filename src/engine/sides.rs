//! Where a head shows its own shaved hair beside bare skin, for "Match the
//! sides".

use glam::{DVec2, DVec3};

use super::beside::{PLACES, darker, place};
use super::color::luminance;
use super::head::HeadModel;
use super::image::{Photo, Rect};
use super::placement::MarkerInPhoto;
use super::region::{Grid, SignedDistance};
use super::scalp::Scalp;
use super::shine::Shine;
use super::texture::{BANDS, Texture, texture};

/// Side of the squares that are compared, mm, and its bounds, px: wide enough
/// for a texture, narrow enough to lie on one thing.
const SQUARE_MM: f64 = 7.0;
const SQUARE_PX: [f64; 2] = [12.0, 64.0];
/// Cosine between skin and camera from which on a square counts.
const LEAST_FACING: f64 = 0.35;
/// Share of bare scalp, or of it and hair together, from which on a square is
/// all of it.
const ALL: f32 = 0.9;
/// Share of hair from which on a square is hair that thins.
const MOSTLY_HAIR: f32 = 0.6;
/// Share of the light of bare skin that thinning hair takes at least, where there
/// is any contrast to lower.
const LEAST_TAKEN: f64 = 0.1;
/// How far the skin between thinning hairs is brought towards them. Ours: the
/// whole way would be a helmet, for the hairs cast shadows of their own.
const FILL: f64 = 0.5;
/// How far apart, mm, hair and the bare skin it is compared with may be.
const NEAR_MM: f64 = 30.0;
/// How far apart they may be to lie right beside one another, mm: two squares and
/// the edge between them.
const SEAM_MM: f64 = 20.0;
/// How many times as grainy as the bare skin beside it shaved hair is at least:
/// that of this project's photos is 1.2 to 100 times, most of it 4 and more, and
/// much of it is no darker than the skin of a forehead in the sun.
const GRAINIER: f64 = 3.0;
/// Bare skin is at most so many times as grainy as the smoothest quarter of what
/// looks bare.
const SMOOTH: f64 = 2.0;
/// Share of the light that hair takes beside bare skin: from none to so much
/// that it hides the skin: the latter is no stubble, but may be all there is.
const STUBBLE: [f64; 2] = [0.0, 0.8];
/// How far before the hairline and around the ears hair is still the head's, mm.
const BEFORE_LINE_MM: f32 = 30.0;
/// Where it is not, in semi-axes of the cranium: brows lie in front of the
/// temples and below the usual hairline, a beard below and in front of the ears.
const FACE_FRONT: f64 = 0.35;
const FACE_TOP: f64 = 0.55;
const FACE_SIDE: f64 = 0.75;
const BEARD_TOP: f64 = -0.2;
const BEARD_BACK: f64 = -0.2;
/// Below that height and behind that, in semi-axes of the cranium, bare skin of a
/// side, which lies that much of the way aside, is an ear's: even Norwood VII keeps
/// its hair there.
const EAR_TOP: f64 = 0.35;
/// See [`EAR_TOP`].
const EAR_FRONT: f64 = 0.15;
/// See [`EAR_TOP`].
const EAR_SIDE: f64 = 0.7;
/// Hair in less than this share of the light that falls on the better lit skin lies
/// in shadow, which would be taken for pigment. Stubble itself takes seldom more
/// than two thirds; of 0.15 to 0.3 this left the smallest steps to the hair beside
/// (`cargo xtask realism`: 3.6, 3.2, 2.6 and 3.1 L*).
const SHADOW: f64 = 0.25;
/// How much brighter bare skin has to be to be preferred to skin a millimetre
/// nearer, as a share: beside hair that somebody points at, where what looks
/// bare may be stubble, too; and beside hair that is plainly hair.
const BRIGHTER_PER_MM: [f64; 2] = [0.01, 0.1];

/// What a look is to continue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Continued {
    /// Shaved hair, wherever there is any.
    Stubble,
    /// Shaved hair at a place of the photo.
    StubbleAt(MarkerInPhoto),
    /// Thinning hair of any length: the skin between it comes half the way to
    /// it.
    Thinning,
}

/// Bare skin and shaved hair of one head.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sides {
    /// Skin without hair.
    pub bare: Texture,
    /// Skin with shaved hair, in much the same light.
    pub stubble: Texture,
    /// Pixels to a millimetre there.
    pub px_per_mm: f64,
    /// How many times as much light hair takes around the head as this does, as
    /// [`super::beside::beside`] wants it; ones where nothing is known of it.
    pub darker: [f64; PLACES],
}

/// One square of the photo on the head.
#[derive(Debug, Clone, Copy)]
struct Square {
    middle: DVec2,
    rect: Rect,
    facing: f64,
    /// Mean luminance, linear.
    light: f64,
    /// As [`Texture::roughness`].
    roughness: f64,
    texture: Texture,
}

/// Shaved hair and the bare skin it is compared with.
#[derive(Debug, Clone, Copy)]
struct Pair {
    /// Share of the skin's light that the hair takes.
    taken: f64,
    bare: Square,
    hair: Square,
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
    /// Where on the head there is hair, or would be.
    pub grid: &'a Grid,
    /// How far behind its line.
    pub distance: &'a SignedDistance,
}

impl Seen<'_> {
    /// Shaved hair beside bare skin: at a point of the photo, px, or wherever
    /// there is any. None where there is none.
    #[must_use]
    #[inline(never)]
    pub fn sides(&self, at: Option<DVec2>) -> Option<Sides> {
        let squares = self.squares();
        let bare = self.smooth(&squares);
        let (bare, stubble, darker) = match at {
            Some(q) => {
                let stubble = self.square(q)?;
                let bare = self.beside(&stubble, &bare, f64::INFINITY, BRIGHTER_PER_MM[0])?;
                // Whoever points at it wants the like of it all over.
                (bare, stubble, [1.0; PLACES])
            }
            None => {
                let pairs = self.pairs(&squares, &bare);
                let all: Vec<&Pair> = pairs.iter().collect();
                let Pair { taken, bare, hair } = usual(&all)?;
                let mut hair = *hair;
                hair.texture.grain = finer(&pairs);
                (*bare, hair, self.around(&pairs, *taken))
            }
        };
        let p_mm = self.head.scalp_from_photo(stubble.middle);
        let px_per_mm = p_mm.map_or(self.head.camera.px_per_mm, |p| self.head.px_per_mm_at(p));
        Some(Sides {
            bare: bare.texture,
            stubble: stubble.texture,
            px_per_mm,
            darker,
        })
    }

    /// Bare skin, and what it is to be between thinning hairs: half as dark as
    /// they are, and as smooth as it is. None where there is no hair, or no skin.
    #[must_use]
    #[inline(never)]
    pub fn thinning(&self) -> Option<Sides> {
        let squares = self.squares();
        let bare = self.smooth(&squares);
        let width = self.photo.width();
        let head = self.of(&squares, Self::grows);
        let mut hair = self.of(&head, |seen, q| seen.scalp.hair_at(q, width) >= MOSTLY_HAIR);
        if hair.is_empty() {
            // The matte takes what is seen through thin hair for neither.
            hair = head;
        }
        let pairs = hair.into_iter().filter_map(|hair| {
            let bare = self.beside(&hair, &bare, f64::INFINITY, BRIGHTER_PER_MM[1])?;
            let taken = 1.0 - hair.light / bare.light.max(1e-6);
            let is_hair = hair.roughness >= GRAINIER * bare.roughness;
            (taken >= LEAST_TAKEN && is_hair).then_some((taken, bare, hair))
        });
        let pairs: Vec<(f64, Square, Square)> = pairs.collect();
        let (_, bare, hair) = nth(&pairs, pairs.len() / 2, |pair| pair.0)?;
        let bare = bare.texture;
        let hair = hair.texture.mean_linear;
        let between = |i: usize| bare.mean_linear[i] + FILL * (hair[i] - bare.mean_linear[i]);
        Some(Sides {
            bare,
            stubble: Texture {
                mean_linear: std::array::from_fn(between),
                ..bare
            },
            px_per_mm: self.head.camera.px_per_mm,
            darker: [1.0; PLACES],
        })
    }

    /// Where shaved hair lies right beside bare skin, as [`Seen::sides`] finds it:
    /// squares of each.
    #[must_use]
    pub fn seams(&self) -> Vec<[Rect; 2]> {
        let squares = self.squares();
        let pairs = self.pairs(&squares, &self.smooth(&squares));
        let seams = pairs.iter().filter(|pair| self.is_seam(pair));
        seams.map(|pair| [pair.bare.rect, pair.hair.rect]).collect()
    }

    /// Squares of bare skin: what looks bare and is smooth, for shaved hair may
    /// look bare, too.
    #[inline(never)]
    fn smooth(&self, squares: &[Square]) -> Vec<Square> {
        let bare = self.of(squares, |seen, q| seen.bare(q) >= ALL && !seen.is_ear(q));
        let limit = nth(&bare, bare.len() / 4, |square| square.roughness);
        let limit = limit.map_or(0.0, |square| SMOOTH * square.roughness);
        let smooth = bare.into_iter();
        smooth.filter(|square| square.roughness <= limit).collect()
    }

    /// All shaved hair with the bare skin beside it.
    #[inline(never)]
    fn pairs(&self, squares: &[Square], bare: &[Square]) -> Vec<Pair> {
        let (width, height) = (self.photo.width(), self.photo.height());
        let head = self.of(squares, |seen, q| {
            let hair = seen.scalp.hair_at(q, width);
            hair + seen.scalp.bare_at(q, width, height) >= ALL && seen.grows(q)
        });
        let lit = nth(bare, bare.len() * 3 / 4, |square| square.light);
        let least_light = lit.map_or(0.0, |square| SHADOW * square.light);
        let lit = head.into_iter().filter(|hair| hair.light >= least_light);
        let pairs = lit.filter_map(|hair| {
            let bare = self.beside(&hair, bare, NEAR_MM, BRIGHTER_PER_MM[1])?;
            let taken = 1.0 - hair.light / bare.light.max(1e-6);
            let [least, most] = STUBBLE;
            let is_hair = hair.roughness >= GRAINIER * bare.roughness;
            ((least..=most).contains(&taken) && is_hair).then_some(Pair { taken, bare, hair })
        });
        pairs.collect()
    }

    /// How many times as much light as `taken` the hair takes around the head,
    /// where it meets bare skin.
    #[inline(never)]
    fn around(&self, pairs: &[Pair], taken: f64) -> [f64; PLACES] {
        let place_of = |pair: &Pair| {
            let p_mm = self.head.scalp_from_photo(pair.hair.middle)?;
            place(p_mm / self.head.semi_axes_mm)
        };
        std::array::from_fn(|which| {
            let there = pairs.iter().filter(|pair| self.is_seam(pair));
            let there = there.filter(|pair| place_of(pair) == Some(which));
            let there: Vec<&Pair> = there.collect();
            let here = nth(&there, there.len() / 2, |pair| pair.taken);
            let here = here.map_or(taken, |pair| pair.taken);
            darker(here, taken, there.len())
        })
    }

    fn is_seam(&self, pair: &Pair) -> bool {
        let apart_px = pair.bare.middle.distance(pair.hair.middle);
        apart_px <= SEAM_MM * self.head.camera.px_per_mm
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
        let texture = texture(self.photo, rect)?;
        Some(Square {
            middle,
            rect,
            facing: p_mm.map_or(0.0, |p| self.head.facing(p)),
            light: luminance(texture.mean_linear),
            roughness: texture.roughness(),
            texture,
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

    /// Whether hair there is the head's: behind the line or not far before it,
    /// where a fade or the temples' own hair may be, but neither brows nor beard.
    fn grows(&self, q: DVec2) -> bool {
        self.head.scalp_from_photo(q).is_some_and(|p_mm| {
            let behind_mm = self.distance.at(self.grid.cell(p_mm));
            behind_mm > -BEFORE_LINE_MM && !is_face(p_mm / self.head.semi_axes_mm)
        })
    }

    /// Whether what looks bare there is an ear: it turns to the light in ways of its
    /// own.
    fn is_ear(&self, q: DVec2) -> bool {
        self.head.scalp_from_photo(q).is_some_and(|p_mm| {
            let dir = p_mm / self.head.semi_axes_mm;
            let is_aside = dir.x.abs() > EAR_SIDE * libm::hypot(dir.x, dir.z);
            is_aside && dir.y < EAR_TOP && dir.z < EAR_FRONT
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

/// Whether hair in that direction, in semi-axes of the cranium, is a brow or a beard.
pub(super) fn is_face(dir: DVec3) -> bool {
    let brows = dir.z > FACE_FRONT && dir.y < FACE_TOP && dir.x.abs() < FACE_SIDE;
    let beard = dir.z > BEARD_BACK && dir.y < BEARD_TOP;
    brows || beard
}

/// Of all, one of the lighter ones: shadow makes many of them darker than their
/// hair does; but not of the fade at its edge.
fn usual<'a>(pairs: &[&'a Pair]) -> Option<&'a Pair> {
    nth(pairs, pairs.len() / 4, |pair| pair.taken).copied()
}

/// The grain that shaved hair has where it is finest, band by band: longer hair,
/// the edge of hair and whatever else is found make more, and where all of a head
/// takes after it, too much looks painted.
#[inline(never)]
fn finer(pairs: &[Pair]) -> [Option<f64>; BANDS] {
    std::array::from_fn(|band| {
        let grain = |pair: &Pair| pair.hair.texture.grain[band].unwrap_or(0.0);
        nth(pairs, pairs.len() / 4, grain).and_then(|pair| pair.hair.texture.grain[band])
    })
}

/// The one that so many are less than. By counting, for sorting takes 4 KB of the
/// worker, and they are few.
fn nth<T>(all: &[T], n: usize, of: impl Fn(&T) -> f64) -> Option<&T> {
    let less = |one: f64| all.iter().filter(|other| of(other) < one).count();
    all.iter().min_by_key(|one| less(of(one)).abs_diff(n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::color::srgb8_from_linear;
    use crate::engine::fit::{fit, starting_placement};
    use crate::engine::look::Hairline;
    use crate::engine::matte::Matte;
    use crate::engine::outline::outline;
    use crate::engine::placement::View;
    use crate::engine::region::signed_distance;
    use crate::engine::rng::hash_unit;

    const SIDE: u32 = 480;
    /// Light that the shaved hair takes.
    const TAKEN: f64 = 0.3;

    /// What is read of a head from above whose left half has shaved hair where
    /// `is_shaved`; the matte is told that it is hair where `is_matted`.
    fn read(flags: [bool; 2], read: impl Fn(Seen<'_>) -> Option<Sides>) -> Option<Sides> {
        read_of(flags, SIDE, 1.0, read)
    }

    /// The same of one whose hair takes so many times as much above that row.
    fn read_of(
        [is_shaved, is_matted]: [bool; 2],
        behind: u32,
        darker_behind: f64,
        read: impl Fn(Seen<'_>) -> Option<Sides>,
    ) -> Option<Sides> {
        let bytes = (0..SIDE * SIDE).flat_map(|i| {
            let (x, y) = (i % SIDE, i / SIDE);
            let noise = 2.0 * f64::from(hash_unit(1, x, y)) - 1.0;
            let stubble = is_shaved && x < SIDE / 2;
            let is_behind = y < behind;
            let taken = TAKEN * if is_behind { darker_behind } else { 1.0 };
            let share = if stubble {
                (1.0 - taken) * (1.0 + 0.2 * noise)
            } else {
                1.0 + 0.02 * noise
            };
            let [r, g, b] = [0.5, 0.3, 0.2].map(|v| srgb8_from_linear(v * share));
            [r, g, b, 255]
        });
        let photo = Photo::new(SIDE, SIDE, bytes.collect()).unwrap();
        let head = fit(&starting_placement(Some(View::Top), SIDE, SIDE), SIDE, SIDE).unwrap();
        let grid = Grid::new(head.semi_axes_mm);
        let mut distance = SignedDistance::default();
        let line = outline(&Hairline::default(), head.semi_axes_mm);
        signed_distance(&grid, &line, &mut distance);
        let shares = (0..SIDE * SIDE).flat_map(|i| {
            let is_hair = i % SIDE < SIDE / 2;
            if is_hair { [0, 255] } else { [255, 0] }
        });
        let matte = is_matted.then(|| Matte::new(SIDE, photo.rect(), shares.collect()));
        let seen = Seen {
            photo: &photo,
            head: &head,
            scalp: &Scalp::default().with_matte(matte.flatten()),
            shine: None,
            grid: &grid,
            distance: &distance,
        };
        read(seen)
    }

    fn sides(is_shaved: bool, at: Option<DVec2>) -> Option<Sides> {
        read([is_shaved, false], |seen| seen.sides(at))
    }

    fn taken(sides: &Sides) -> f64 {
        1.0 - luminance(sides.stubble.mean_linear) / luminance(sides.bare.mean_linear)
    }

    #[test]
    fn shaved_hair_is_found_by_its_grain_and_compared_with_smooth_skin() {
        let found = sides(true, None).unwrap();
        // Squares on the border between both count as well.
        assert!((0.17..=TAKEN + 0.03).contains(&taken(&found)), "{found:?}");
        assert!(found.stubble.roughness() > 20.0 * found.bare.roughness());
    }

    #[test]
    fn smooth_skin_has_no_shaved_hair() {
        assert_eq!(sides(false, None), None);
    }

    #[test]
    fn skin_between_thinning_hairs_comes_half_the_way_and_stays_smooth() {
        let found = read([true, true], |seen| seen.thinning()).unwrap();
        assert!((taken(&found) - FILL * TAKEN).abs() < 0.03, "{found:?}");
        assert_eq!(found.stubble.grain, found.bare.grain);
        let unmatted = read([true, false], |seen| seen.thinning()).unwrap();
        assert!(
            (taken(&unmatted) - FILL * TAKEN).abs() < 0.06,
            "{unmatted:?}"
        );
        assert_eq!(read([false, true], |seen| seen.thinning()), None);
    }

    #[test]
    fn hair_that_is_lighter_behind_is_continued_lighter_there_and_nowhere_else() {
        let found = |darker| read_of([true, false], SIDE / 2, darker, |seen| seen.sides(None));
        // The look as a whole is one of the lighter places', and here those lie on
        // the border of hair and skin.
        let even = found(1.0).unwrap().darker;
        assert!(
            even.iter().all(|times| (0.9..1.2).contains(times)),
            "{even:?}"
        );
        let [right_temple, _, back, _, left_temple] = found(0.6).unwrap().darker;
        assert!(back < even[2] - 0.1, "{even:?} {back}");
        assert!((right_temple - even[0]).abs() < 0.1 && (left_temple - even[4]).abs() < 0.1);
        // Whoever points at hair wants the like of it all over.
        let at = Some(DVec2::new(120.0, 200.0));
        let pointed = read_of([true, false], SIDE / 2, 1.15, |seen| seen.sides(at));
        assert_eq!(pointed.unwrap().darker, [1.0; PLACES]);
    }

    #[test]
    fn hair_in_shadow_says_nothing_of_how_dark_hair_is() {
        // All but the foremost takes 0.3 x 2.6 of the light: no stubble takes so much.
        let found = read_of([true, false], SIDE * 3 / 4, 2.6, |seen| seen.sides(None));
        let taken = taken(&found.unwrap());
        // Most of what is left lies on the border of hair and skin.
        assert!((0.0..TAKEN).contains(&taken), "{taken}");
    }

    #[test]
    fn what_somebody_points_at_is_taken_for_shaved_hair() {
        let found = sides(true, Some(DVec2::new(120.0, 200.0))).unwrap();
        assert!((taken(&found) - TAKEN).abs() < 0.03, "{found:?}");
        assert_eq!(sides(true, Some(DVec2::new(-5.0, 200.0))), None);
    }
}
