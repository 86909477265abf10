//! What strokes of treatment ask for: more or none of it, and what scars are given.
//!
//! A strip scar (FUT) flashes as a pale line because nothing grows in it; impressions
//! go inside and past its edges, so that it does not stay a line with a frame. Dot
//! scars (FUE) are pale spots of up to 1 mm; skin between them is skin. Scar tissue
//! takes up less pigment and shines more, and its own paleness stays: the photo shows
//! both, and what is left of them is left in the picture (domain.md §1.7). In a dot scar
//! there is no room for one impression beside another: the needle goes into the same dot
//! at each of three sessions (§0).

use glam::DVec2;

use super::image::Photo;
use super::painted::{DOTS, PLANES, STRIP, TREAT, UNTREATED};
use super::projection::Treated;
use super::scalp::Scalp;
use super::shine::Shine;

/// Share of the pigment that a scar takes up: the middle of 0.6 to 0.8 (domain.md
/// §1.7, grade D).
pub const UPTAKE: f32 = 0.7;
/// How far past a strip's edge impressions fade out, mm: the middle of 5 to 10
/// (domain.md §1.7).
pub const FEATHER_MM: f64 = 7.5;
/// Where the strip is looked for around a place: rings by share of the feather, and
/// directions on each.
const RINGS: [f64; 4] = [0.25, 0.5, 0.75, 1.0];
const DIRECTIONS: u32 = 8;
/// How much paler than the skin around a spot is that may be a dot scar, and surely
/// is one: they are some L* 6 paler (domain.md §1.7), a fifth more light.
const PALER: [f32; 2] = [1.03, 1.15];
/// How much denser than elsewhere impressions are in scars, for which practitioners
/// add sessions: so that what they take up comes to more than the skin around takes,
/// and makes up for half of their paleness. The rest stays visible, as does their
/// shine; more than this would ask for more impressions than there are.
pub const DENSER: f32 = 1.8;
/// Width of what is taken for one spot, px to either side.
const SPOT_PX: [f64; 3] = [-1.0, 0.0, 1.0];

/// What is looked at to tell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Strokes<'a> {
    photo: &'a Photo,
    scalp: &'a Scalp,
    shine: Option<&'a Shine>,
    px_per_mm: f64,
    /// Where strips and what is beside them lie: corners, px.
    strips: Option<[DVec2; 2]>,
}

impl<'a> Strokes<'a> {
    /// The strokes on that photo, at so many px to a mm of the head.
    pub(super) fn new(
        photo: &'a Photo,
        scalp: &'a Scalp,
        shine: Option<&'a Shine>,
        px_per_mm: f64,
    ) -> Self {
        let around_px = FEATHER_MM * px_per_mm;
        let strips = scalp.strips_in(photo.width(), photo.height());
        let strips = strips.map(|[left, top, right, bottom]| {
            let (low, high) = (DVec2::new(left, top), DVec2::new(right, bottom));
            [low - around_px, high + around_px]
        });
        Self {
            photo,
            scalp,
            shine,
            px_per_mm,
            strips,
        }
    }

    /// What they make of the treatment at a point of the photo, px.
    pub(super) fn at(&self, q_in_photo: DVec2) -> Treated {
        let Some(planes) = self.planes(q_in_photo) else {
            return Treated {
                least: self.beside_strip(q_in_photo),
                ..Treated::USUAL
            };
        };
        let pale = if planes[DOTS] > 0.0 {
            planes[DOTS] * self.paleness(q_in_photo)
        } else {
            0.0
        };
        let strip = (DENSER * planes[STRIP]).max(self.beside_strip(q_in_photo));
        let asked = planes[TREAT].max(strip).max(DENSER * pale);
        let left = 1.0 - planes[UNTREATED];
        Treated {
            kept: left,
            least: left * asked,
            uptake: 1.0 - (1.0 - UPTAKE) * planes[STRIP].max(pale),
            again: pale,
        }
    }

    fn planes(&self, q_in_photo: DVec2) -> Option<[f32; PLANES]> {
        let (width, height) = (self.photo.width(), self.photo.height());
        self.scalp.painted_at(q_in_photo, width, height)
    }

    /// How near a strip scar is, 0 to 1: it falls off over [`FEATHER_MM`].
    fn beside_strip(&self, q_in_photo: DVec2) -> f32 {
        let is_near = self
            .strips
            .is_some_and(|[low, high]| q_in_photo.cmpge(low).all() && q_in_photo.cmple(high).all());
        if !is_near {
            return 0.0;
        }
        let ring = |share: f64| {
            let reach_px = share * FEATHER_MM * self.px_per_mm;
            let strips = (0..DIRECTIONS).filter_map(move |i| {
                let turn = std::f64::consts::TAU * f64::from(i) / f64::from(DIRECTIONS);
                let (sin, cos) = libm::sincos(turn);
                self.planes(q_in_photo + reach_px * DVec2::new(cos, sin))
            });
            let near = 1.0 - share as f32 * 0.9;
            near * strips.map(|planes| planes[STRIP]).fold(0.0, f32::max)
        };
        RINGS.into_iter().map(ring).fold(0.0, f32::max)
    }

    /// How surely a spot is paler than the skin around, 0–1.
    fn paleness(&self, q_in_photo: DVec2) -> f32 {
        // Where nothing is known of the skin around, all of it is scar.
        let Some(shine) = self.shine else { return 0.5 };
        let spot = SPOT_PX
            .iter()
            .flat_map(|y| SPOT_PX.map(|x| DVec2::new(x, *y)));
        let lights = spot.filter_map(|step| {
            let q = q_in_photo + step;
            let [r, g, b, _] = self.photo.pixel_at(q)?;
            Some(shine.times_as_bright(q, [r, g, b]))
        });
        let lights: Vec<f32> = lights.collect();
        let mean = lights.iter().sum::<f32>() / (lights.len().max(1)) as f32;
        let [from, to] = PALER;
        ((mean - from) / (to - from)).clamp(0.0, 1.0)
    }
}
