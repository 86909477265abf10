//! From candidates to marks: where in the photo each candidate that faces the
//! camera lies, what a round impression looks like there, at which density it
//! appears, and what the photo shows under it. Runs once for a placed head; which
//! of them show is [`super::dots`]'s to say.

use glam::{DMat2, DVec2, DVec3};

use super::anthropometry::STANDARD_SEMI_AXES_MM;
use super::beside::Along;
use super::candidates::Candidates;
use super::ease::smoothstep;
use super::head::HeadModel;
use super::image::Rect;
use super::noise::{surface_noise, unevenness};
use super::region::{Cell, Grid};
use super::rng::hash_unit;
use super::zones::Zone;

/// Spread of an impression's diameter, ± share of the mean (domain.md §5.2).
const SIZE_JITTER: f32 = 0.15;
/// Spread of an impression's opacity, ± share of the mean (domain.md §5.2).
const OPACITY_JITTER: f32 = 0.25;
/// Period of the hairline's large and small waves, mm: the middle of
/// domain.md §2.3's 25–40 and 4–8.
const MACRO_PERIOD_MM: f64 = 32.0;
const MICRO_PERIOD_MM: f64 = 6.0;
/// Cosine between skin and camera below which nothing is drawn and above
/// which everything is: so near the silhouette an impression is a line of
/// nothing.
const FACING_HIDDEN: f64 = 0.02;
/// See [`FACING_HIDDEN`].
const FACING_FULL: f64 = 0.10;
/// How far impressions on the ellipsoid's silhouette are laid outside it, mm,
/// where the photo is known to end the head: no head is an ellipsoid, and where
/// it reaches over it, it must not have a pale rim. On this project's photos
/// heads reach over the fitted ellipsoid by up to as much.
const OVERHANG_MM: f64 = 4.0;
/// Cosine between skin and camera from which on it is drawn where it is.
const FACING_OVERHANG: f64 = 0.35;
/// Tile edge for the drawing order, px: neighbours in the picture become
/// neighbours in memory (perf.md §1, "binned by tile").
const TILE_PX: f32 = 64.0;

/// Share of follicular units with a second hair that is seen as its own: that
/// of two-hair units (53 %, domain.md §2.1; the third hair of larger ones is
/// taken for one of the two).
const PAIR_SHARE: f32 = 0.53;
/// Impressions to a unit.
pub const IMPRESSIONS_PER_UNIT: f32 = 1.0 + PAIR_SHARE;
/// How far the second lies from the first, mm. No source gives it (domain.md
/// §2): from hairs that touch to half the way to the next unit.
pub(super) const PAIR_MM: [f64; 2] = [0.25, 0.5];
/// Marks the identity of a pair's second; candidates count up from 0.
const SECOND: u32 = 1 << 31;

/// Streams of the per-impression hash.
const STREAM_SIZE: u32 = 1;
const STREAM_OPACITY: u32 = 2;
const STREAM_PAIR: u32 = 3;
const STREAM_PAIR_WAY: u32 = 4;
const STREAM_PAIR_ANGLE: u32 = 5;

/// Where a candidate stands towards the hairline.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    /// Where to read the distance to the hairline.
    pub(super) cell: Cell,
    /// Large-wave noise, −1 to 1.
    pub(super) macro_noise: f32,
    /// Small-wave noise, −1 to 1.
    pub(super) micro_noise: f32,
}

/// What a candidate looks like in the photo.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    /// Place in the photo, px.
    pub(super) x: f32,
    pub(super) y: f32,
    /// Shape of a unit circle of skin (1 mm) in the photo: J·Jᵀ, px²/mm².
    pub(super) shape: [f32; 3],
    /// Photo area of 1 mm² of skin here, px².
    pub(super) px2_per_mm2: f32,
    /// Diameter factor, around 1.
    pub(super) size: f32,
    /// Opacity factor, around 1, with the fade to the silhouette in it.
    pub(super) opacity: f32,
    /// The same of its halo.
    pub(super) halo: f32,
    /// How much darker shaved hair would be here than elsewhere, as a share:
    /// mean 0, root mean square [`super::noise::UNEVEN_RMS`].
    pub(super) uneven: f32,
    /// Where it lies beside the hair around the head.
    pub(super) along: Along,
}

/// All candidates that face the camera inside the photo, in drawing order.
/// Lists of their own for what is read at different times: most candidates
/// show at no usual density and are passed over for their threshold, and few
/// are made impressions of.
#[derive(Debug, Clone, Default)]
pub struct Projection {
    /// Finished density on this head above which the candidate shows, per cm².
    threshold_per_cm2: Vec<f32>,
    pub(super) spots: Vec<Spot>,
    pub(super) marks: Vec<Mark>,
    /// The same with what each lies on.
    pub(super) asks: Vec<Asks>,
    /// What zone and strokes make of each; empty where all are treated alike.
    pub(super) treated: Vec<Treated>,
}

/// What a zone and the person's strokes make of the treatment at one place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Treated {
    /// Share of the density behind the line that is left, 0–1.
    pub(super) kept: f32,
    /// Share of the asked density that there is at least, wherever the line is.
    pub(super) least: f32,
    /// Share of the pigment that the skin takes up, 0–1.
    pub(super) uptake: f32,
    /// How surely every session goes into the same dots, 0–1: all of them are there from
    /// the first on.
    pub(super) again: f32,
}

impl Treated {
    /// As anywhere else.
    pub(super) const USUAL: Self = Self {
        kept: 1.0,
        least: 0.0,
        uptake: 1.0,
        again: 0.0,
    };
}

/// What it takes for a candidate to show, in one number: the threshold, per cm²,
/// where there is scalp that is bare at all; minus it where hair hides the scalp;
/// infinite on a hand, a hat, or beside the head.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Asks(f32);

impl Asks {
    /// The density above which it shows, or would but for the hair, per cm².
    #[inline]
    pub(super) fn per_cm2(self) -> f32 {
        self.0.abs()
    }

    #[inline]
    pub(super) fn is_under_hair(self) -> bool {
        self.0 < 0.0
    }
}

/// What lies at a place of the photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    /// Scalp that is bare, at least in part.
    Scalp,
    /// Hair that hides it.
    Hair,
    /// A hand, a hat, or what is beside the head.
    Else,
}

impl Projection {
    /// Notes which candidates lie on what: all of them, or those in a part of the photo
    /// where that is new. How bare the scalp is, pixel by pixel, is the mask's to say
    /// ([`super::mask`]).
    pub(super) fn cover(&mut self, within: Option<Part>, ground: impl Fn(DVec2) -> Ground) {
        let marks = self.marks.iter().zip(&self.threshold_per_cm2);
        for (asks, (mark, threshold_per_cm2)) in self.asks.iter_mut().zip(marks) {
            if within.is_none_or(|part| part.has(mark)) {
                *asks = Asks(match ground(mark.q_in_photo()) {
                    Ground::Scalp => *threshold_per_cm2,
                    Ground::Hair => -threshold_per_cm2,
                    Ground::Else => f32::INFINITY,
                });
            }
        }
    }

    /// The part of the photo, and of what lies beyond its right and lower edges, that is
    /// no farther than so many px from any candidate.
    pub(super) fn reached(&self, px: f64) -> Rect {
        let places = self.marks.iter().map(Mark::q_in_photo);
        let [low, high] = [DVec2::min, DVec2::max].map(|f| places.clone().reduce(f));
        let Some((low, high)) = low.zip(high) else {
            return Rect::default();
        };
        Rect::from_edges(low.x - px, low.y - px, high.x + px, high.y + px)
    }

    /// Notes where a zone is, and what strokes make of it, asked by place in the
    /// photo; none where nothing is painted. All candidates, or those in a part of the
    /// photo where strokes are new.
    pub(super) fn treat(
        &mut self,
        within: Option<Part>,
        zone: Zone,
        painted: Option<&dyn Fn(DVec2) -> Treated>,
    ) {
        if zone == Zone::FullHead && painted.is_none() {
            self.treated.clear();
            return;
        }
        let within = within.filter(|_| self.treated.len() == self.marks.len());
        self.treated.resize(self.marks.len(), Treated::USUAL);
        let all = self.spots.iter().zip(&self.marks).zip(&mut self.treated);
        for ((spot, mark), treated) in all {
            if within.is_none_or(|part| part.has(mark)) {
                let painted = painted.map_or(Treated::USUAL, |painted| painted(mark.q_in_photo()));
                *treated = Treated {
                    kept: painted.kept * zone.share_at(spot.cell.chart_mm()),
                    ..painted
                };
            }
        }
    }
}

impl Mark {
    fn q_in_photo(&self) -> DVec2 {
        DVec2::new(f64::from(self.x), f64::from(self.y))
    }
}

/// A part of the photo: two corners, px.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part([f32; 4]);

impl Part {
    /// A rectangle with so many px around it.
    pub(super) fn around(rect: Rect, px: f64) -> Self {
        let [left, top, right, bottom] =
            [rect.x, rect.y, rect.right(), rect.bottom()].map(f64::from);
        Self([left - px, top - px, right + px, bottom + px].map(|v| v as f32))
    }

    fn has(self, mark: &Mark) -> bool {
        let [left, top, right, bottom] = self.0;
        (left..=right).contains(&mark.x) && (top..=bottom).contains(&mark.y)
    }
}

/// Works the projection out, as if all scalp were bare.
///
/// The photo is `size` px wide and high; `head` must have been fitted to that
/// size. `overhang`: whether a mask will end the head where the photo does, so
/// that impressions may reach over the ellipsoid's silhouette.
#[must_use]
pub fn project(
    candidates: &Candidates,
    seed: u32,
    head: &HeadModel,
    grid: &Grid,
    size: [u32; 2],
    overhang: bool,
) -> Projection {
    let overhang_mm = if overhang { OVERHANG_MM } else { 0.0 };
    let dirs = candidates.dirs.iter();
    let dirs = dirs.map(|dir| DVec3::from_array(dir.map(f64::from)));
    let units = dirs.zip(&candidates.per_cm2).zip(&candidates.id);
    let mut projected: Vec<Projected> = units
        .filter(|((dir, _), _)| head.facing(*dir * head.semi_axes_mm) > FACING_HIDDEN)
        .map(|((dir, per_cm2), id)| Candidate {
            dir,
            // As many impressions as that, counting the second of each pair.
            per_cm2: *per_cm2 * IMPRESSIONS_PER_UNIT,
            id: *id,
            halo: IMPRESSIONS_PER_UNIT,
            noise: Noise::at(seed, dir),
        })
        .flat_map(|unit| unit.impressions(seed, head))
        .flatten()
        .filter_map(|one| one.project(seed, head, grid, size, overhang_mm))
        .collect();
    let tile = |v: f32| (v / TILE_PX) as u32;
    projected.sort_by_cached_key(|p| (tile(p.mark.y), tile(p.mark.x), p.id));
    let threshold = |p: &Projected| p.threshold_per_cm2;
    Projection {
        threshold_per_cm2: projected.iter().map(threshold).collect(),
        spots: projected.iter().map(|p| p.spot).collect(),
        marks: projected.iter().map(|p| p.mark).collect(),
        asks: projected.iter().map(threshold).map(Asks).collect(),
        treated: Vec::new(),
    }
}

/// One candidate of a [`Projection`].
struct Projected {
    id: u32,
    threshold_per_cm2: f32,
    spot: Spot,
    mark: Mark,
}

#[derive(Clone, Copy)]
struct Candidate {
    dir: DVec3,
    per_cm2: f32,
    id: u32,
    /// Its halo, compared with the mean of all: every unit has one as large,
    /// which the impressions of a pair share.
    halo: f32,
    /// The noise where its unit is: dear, and alike for both of a pair.
    noise: Noise,
}

/// Noise at a place of the skin.
#[derive(Debug, Clone, Copy)]
struct Noise {
    /// Large waves of the line, −1 to 1.
    macro_noise: f32,
    /// Small ones.
    micro_noise: f32,
    /// As [`Mark::uneven`].
    uneven: f32,
}

impl Noise {
    /// It belongs to the skin, not to the fitted size of the head: waves must
    /// not crawl while markers are moved.
    fn at(seed: u32, dir: DVec3) -> Self {
        let p_mm = (dir * STANDARD_SEMI_AXES_MM).to_array();
        Self {
            macro_noise: surface_noise(seed, p_mm, MACRO_PERIOD_MM) as f32,
            micro_noise: surface_noise(seed.wrapping_add(1), p_mm, MICRO_PERIOD_MM) as f32,
            uneven: unevenness(seed, p_mm),
        }
    }
}

impl Candidate {
    /// The impressions of a follicular unit: one, or a pair that shows together.
    fn impressions(self, seed: u32, head: &HeadModel) -> [Option<Self>; 2] {
        let hash = |stream| hash_unit(seed, self.id, stream);
        if hash(STREAM_PAIR) >= PAIR_SHARE {
            return [Some(self), None];
        }
        let [near, far] = PAIR_MM;
        let way_mm = near + (far - near) * f64::from(hash(STREAM_PAIR_WAY));
        let (sin, cos) = libm::sincos(std::f64::consts::TAU * f64::from(hash(STREAM_PAIR_ANGLE)));
        let (s, t) = head.tangents(self.dir * head.semi_axes_mm);
        let step_mm = (s * cos + t * sin) * way_mm;
        let half = Self {
            halo: 0.5 * self.halo,
            ..self
        };
        let second = Self {
            dir: (self.dir + step_mm / head.semi_axes_mm).normalize_or(DVec3::Y),
            id: self.id | SECOND,
            ..half
        };
        [Some(half), Some(second)]
    }

    fn project(
        &self,
        seed: u32,
        head: &HeadModel,
        grid: &Grid,
        [width, height]: [u32; 2],
        overhang_mm: f64,
    ) -> Option<Projected> {
        let p_mm = self.dir * head.semi_axes_mm;
        let facing = head.facing(p_mm);
        if facing <= FACING_HIDDEN {
            return None;
        }
        let skin = Skin { head, overhang_mm };
        let q = skin.photo_from_scalp(p_mm, facing);
        let inside = q.x >= 0.0 && q.y >= 0.0 && q.x < f64::from(width) && q.y < f64::from(height);
        if !inside {
            return None;
        }
        let (shape, px2_per_mm2) = skin.shape(p_mm, facing);
        let area_ratio = area_element(self.dir, STANDARD_SEMI_AXES_MM)
            / area_element(self.dir, head.semi_axes_mm);
        let jitter =
            |stream, spread: f32| 1.0 + spread * (2.0 * hash_unit(seed, self.id, stream) - 1.0);
        let fade = skin.fade(facing);
        Some(Projected {
            id: self.id,
            threshold_per_cm2: self.per_cm2 * area_ratio as f32,
            spot: Spot {
                cell: grid.cell(p_mm),
                macro_noise: self.noise.macro_noise,
                micro_noise: self.noise.micro_noise,
            },
            mark: Mark {
                x: q.x as f32,
                y: q.y as f32,
                shape: [
                    shape.x_axis.x as f32,
                    shape.x_axis.y as f32,
                    shape.y_axis.y as f32,
                ],
                px2_per_mm2: px2_per_mm2 as f32,
                size: jitter(STREAM_SIZE, SIZE_JITTER),
                opacity: jitter(STREAM_OPACITY, OPACITY_JITTER) * fade,
                halo: self.halo * fade,
                uneven: self.noise.uneven,
                along: Along::new(self.dir),
            },
        })
    }
}

/// A head's skin as the photo shows it: the ellipsoid's, and beyond its silhouette
/// that of what the head has more there.
#[derive(Clone, Copy)]
struct Skin<'a> {
    head: &'a HeadModel,
    /// How far that reaches, mm.
    overhang_mm: f64,
}

impl Skin<'_> {
    /// Where in the photo a point of the ellipsoid is drawn that faces the camera
    /// with that cosine.
    fn photo_from_scalp(self, p_mm: DVec3, facing: f64) -> DVec2 {
        let aside = (1.0 - facing / FACING_OVERHANG).max(0.0);
        let over_mm = self.head.normal(p_mm) * (self.overhang_mm * aside * aside);
        self.head.photo_from_head(p_mm + over_mm)
    }

    /// What a circle of 1 mm around a point looks like, as [`Mark::shape`], and how
    /// large the photo shows its surroundings, px²/mm²: what is laid further outside
    /// is spread wider, and each impression covers as much more of the photo, so
    /// that all of it is covered alike.
    fn shape(self, p_mm: DVec3, facing: f64) -> (DMat2, f64) {
        let jacobian = self.head.photo_from_tangent(p_mm);
        let (shape, area) = (
            jacobian * jacobian.transpose(),
            jacobian.determinant().abs(),
        );
        let aside = 1.0 - facing / FACING_OVERHANG;
        if self.overhang_mm <= 0.0 || aside <= 0.0 {
            return (shape, area);
        }
        // From the middle of a round head a step along the skin moves outwards by as
        // much as it faces the camera, and with what it is laid outside by more.
        let radius_mm = self.head.semi_axes_mm.element_sum() / 3.0;
        let across = 1.0 - facing * facing;
        let more = 2.0 * self.overhang_mm * aside * across / (FACING_OVERHANG * radius_mm);
        let wider = 1.0 + more / facing;
        let outwards = self.head.photo_from_step(p_mm, self.head.normal(p_mm));
        let outwards = outwards.normalize_or_zero();
        let more = outwards.dot(shape * outwards) * (wider * wider - 1.0);
        let stretched = DMat2::from_cols(outwards * outwards.x, outwards * outwards.y) * more;
        (shape + stretched, area * wider)
    }

    /// How much of an impression is drawn, 0–1: where the ellipsoid is all there
    /// is, it ends softly.
    fn fade(self, facing: f64) -> f32 {
        if self.overhang_mm > 0.0 {
            return 1.0;
        }
        smoothstep(((facing - FACING_HIDDEN) / (FACING_FULL - FACING_HIDDEN)) as f32)
    }
}

/// Area of the ellipsoid per area of the unit sphere at direction `dir`, mm².
fn area_element(dir: DVec3, semi_axes_mm: DVec3) -> f64 {
    semi_axes_mm.x * semi_axes_mm.y * semi_axes_mm.z * (dir / semi_axes_mm).length()
}
