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
use super::shine::{Shine, clipped};
use super::squares::{Square, nth, of, smoothest, square, squares};
use super::texture::{BANDS, Texture};

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
/// much of it is no darker than the skin of a forehead in the sun. Of 2, 2.25, 2.5
/// and 3 this left its colour nearest to that of hair pointed at (geometric
/// means over `target/reports/realism.json`: 2.16, 2.09, 2.01 and 2.29 times the floor).
const GRAINIER: f64 = 2.5;
/// Fewer squares of it are no shaved hair: on bald heads of this project's photos
/// freckles, creases and the hem of a hat come to 6 at most, on shaved ones hair to
/// these and more.
const FEWEST_SQUARES: usize = 8;
/// Bare skin is at most so many times as grainy as the smoothest quarter of what
/// looks bare.
const SMOOTH: f64 = 2.0;
/// The same where it is compared with hair, of what looks bare near that hair: short
/// stubble looks bare, too, and on a head shaved all over is as smooth as the pores of
/// its face. Of 1.05, 1.1, 1.2, 1.35 and 1.5 this left its colour nearest to that of
/// hair pointed at (geometric means as above: 2.14, 2.07, 2.01, 2.42 and 2.37 times
/// the floor).
const SMOOTH_NEAR: f64 = 1.2;
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

/// Hair and the bare skin it is compared with.
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
        let squares = squares(self.photo, self.head);
        let bare = self.smooth(&squares);
        let (bare, stubble, darker) = match at {
            Some(q) => {
                let stubble = square(self.photo, self.head, q)?;
                let bare = self.beside(&stubble, &bare, BRIGHTER_PER_MM[0])?;
                // Whoever points at it wants the like of it all over.
                (bare, stubble, [1.0; PLACES])
            }
            None => {
                let pairs = self.pairs(&squares, &bare);
                let found = usual(&pairs).filter(|_| pairs.len() >= FEWEST_SQUARES)?;
                (found.bare, found.hair, self.around(&pairs, found.taken))
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
        let squares = squares(self.photo, self.head);
        let bare = self.smooth(&squares);
        let width = self.photo.width();
        let head = of(&squares, |q| self.grows(q));
        let mut hair = of(&head, |q| self.scalp.hair_at(q, width) >= MOSTLY_HAIR);
        if hair.is_empty() {
            // The matte takes what is seen through thin hair for neither.
            hair = head;
        }
        let pairs = hair.into_iter().filter_map(|hair| self.pair(hair, &bare));
        let pairs: Vec<Pair> = pairs.filter(|pair| pair.taken >= LEAST_TAKEN).collect();
        let pair = nth(&pairs, pairs.len() / 2, |pair| pair.taken)?;
        let bare = pair.bare.texture;
        let hair = pair.hair.texture.mean_linear;
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
        let squares = squares(self.photo, self.head);
        let pairs = self.pairs(&squares, &self.smooth(&squares));
        let seams = pairs.iter().filter(|pair| self.is_seam(pair));
        seams.map(|pair| [pair.bare.rect, pair.hair.rect]).collect()
    }

    /// Squares of bare skin: what looks bare and is smooth, for shaved hair may
    /// look bare, too.
    #[inline(never)]
    fn smooth(&self, squares: &[Square]) -> Vec<Square> {
        let bare = of(squares, |q| self.bare(q) >= ALL && !self.is_ear(q));
        smoothest(bare, SMOOTH)
    }

    /// All shaved hair with the bare skin beside it.
    #[inline(never)]
    fn pairs(&self, squares: &[Square], bare: &[Square]) -> Vec<Pair> {
        let (width, height) = (self.photo.width(), self.photo.height());
        let head = of(squares, |q| {
            let hair = self.scalp.hair_at(q, width);
            hair + self.scalp.bare_at(q, width, height) >= ALL && self.grows(q)
        });
        let lit = nth(bare, bare.len() * 3 / 4, |square| square.light);
        let least_light = lit.map_or(0.0, |square| SHADOW * square.light);
        let lit = head.into_iter().filter(|hair| hair.light >= least_light);
        let pairs = lit.filter_map(|hair| {
            let near_px = NEAR_MM * self.head.camera.px_per_mm;
            let is_near = |bare: &&Square| bare.middle.distance(hair.middle) <= near_px;
            let near = bare.iter().filter(is_near).copied().collect();
            let near = smoothest(near, SMOOTH_NEAR);
            // A square on the edge of both is neither.
            if near.iter().any(|bare| bare.overlaps(&hair)) {
                return None;
            }
            self.pair(hair, &near)
        });
        let [least, most] = STUBBLE;
        pairs
            .filter(|pair| (least..=most).contains(&pair.taken))
            .collect()
    }

    /// A square with the bare one to compare it with; none where it is no grainier,
    /// as hair is.
    #[inline(never)]
    fn pair(&self, hair: Square, bare: &[Square]) -> Option<Pair> {
        let bare = self.beside(&hair, bare, BRIGHTER_PER_MM[1])?;
        let taken = 1.0 - hair.light / bare.light.max(1e-6);
        let is_hair = hair.roughness >= GRAINIER * bare.roughness;
        is_hair.then_some(Pair { taken, bare, hair })
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
        let seen = self.shine.zip(self.photo.pixel_at(q));
        let mirrored = seen.map_or(0.0, |(shine, [r, g, b, _])| {
            let mirrored = shine.at(q.x as u32, q.y as u32, [r, g, b]);
            // Skin of which one channel came to its end tells no colour.
            mirrored.max(clipped(r.max(g).max(b)))
        });
        bare * (1.0 - mirrored)
    }

    /// The bare square of these to compare a square with: near, turned alike, and
    /// not darker than need be.
    #[inline(never)]
    fn beside(&self, square: &Square, bare: &[Square], brighter_per_mm: f64) -> Option<Square> {
        let scale = self.head.camera.px_per_mm.max(1e-6);
        let price = |other: &Square| {
            let apart_mm = other.middle.distance(square.middle) / scale;
            let turned_mm = 40.0 * (other.facing - square.facing).abs();
            let brighter = libm::log(other.light.max(1e-6) / square.light.max(1e-6));
            apart_mm + turned_mm - brighter / brighter_per_mm
        };
        let apart = bare.iter().filter(|other| !other.overlaps(square));
        let best = apart.min_by(|a, b| price(a).total_cmp(&price(b)));
        best.copied()
    }
}

/// Whether hair in that direction, in semi-axes of the cranium, is a brow or a beard.
pub(super) fn is_face(dir: DVec3) -> bool {
    let brows = dir.z > FACE_FRONT && dir.y < FACE_TOP && dir.x.abs() < FACE_SIDE;
    let beard = dir.z > BEARD_BACK && dir.y < BEARD_TOP;
    brows || beard
}

/// What the lighter half of all is like in the mean, at the place of one in their
/// midst: shadow makes many of them darker than their hair does.
#[inline(never)]
fn usual(pairs: &[Pair]) -> Option<Pair> {
    let most = nth(pairs, pairs.len() / 2, |pair| pair.taken)?.taken;
    let lighter = || pairs.iter().filter(|pair| pair.taken <= most);
    let count = lighter().count() as f64;
    let Pair { bare, mut hair, .. } = *nth(pairs, pairs.len() / 4, |pair| pair.taken)?;
    hair.texture = Texture {
        mean_linear: std::array::from_fn(|i| {
            let left = |pair: &Pair| {
                let light = |square: &Square| square.texture.mean_linear[i].max(1e-6);
                libm::log(light(&pair.hair) / light(&pair.bare))
            };
            let mean = lighter().map(left).sum::<f64>() / count;
            bare.texture.mean_linear[i] * libm::exp(mean)
        }),
        grain: finer(pairs),
    };
    let taken = 1.0 - luminance(hair.texture.mean_linear) / bare.light.max(1e-6);
    Some(Pair { taken, bare, hair })
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

#[cfg(test)]
#[path = "sides_tests.rs"]
mod tests;
