//! "Match me": a shade from samples of the person's own skin and hair.

use super::color::{ita_deg, lab_from_linear};
use super::look::Shade;
use super::params::ParamId;

/// What to tell the person about a suggestion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// Nothing in particular.
    Usual,
    /// The hair is so fair that it shaves to nearly nothing.
    VeryFair,
}

impl Note {
    /// In plain words; empty where there is nothing to say.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Usual => "",
            Self::VeryFair => {
                "Hair this fair hardly shows when shaved. The lightest shades come closest."
            }
        }
    }
}

/// A shade to start from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Suggestion {
    /// Within the bounds of [`super::params`], on the sliders' steps.
    pub shade: Shade,
    /// CIELAB L* of the hair sample, 0–100.
    pub hair_l: f64,
    /// Individual typology angle of the skin sample, degrees.
    pub skin_ita_deg: f64,
    /// What to say about it.
    pub note: Note,
}

/// Dilution by the hair's L*. The dilutions are the middles of domain.md
/// §1.6's bands (black 10–15, dark brown 15–25, brown 20–30, light brown and
/// grey 30–45, blond 45–60); no table of hair's L* was found (§5.3), so those
/// are ours.
const DILUTION_BY_HAIR_L: [(f64, f64); 7] = [
    (8.0, 10.0),
    (14.0, 12.5),
    (22.0, 20.0),
    (30.0, 25.0),
    (44.0, 37.5),
    (62.0, 52.5),
    (75.0, 60.0),
];
/// From this L* on, hair shaves to nearly nothing (domain.md §1.6).
const VERY_FAIR_L: f64 = 70.0;
/// Very light skin, degrees of typology angle (domain.md §5.1).
const VERY_LIGHT_ITA_DEG: f64 = 55.0;
/// "Start a step lighter" (domain.md §1.6); charts step by about 5.
const STEP_DILUTION: f64 = 5.0;
/// Chroma of hair that asks for no warmth, and for all of it. Shaved hair
/// leaves a grey shadow (domain.md §1.6), so only plainly warm hair warms.
const WARM_CHROMA: (f64, f64) = (10.0, 34.0);

/// A shade for the samples, both linear-light means 0–1: of skin, and of hair
/// (a brow, the sides, a beard). Numbers out of range are brought into it.
#[must_use]
pub fn suggest(skin_linear: [f64; 3], hair_linear: [f64; 3]) -> Suggestion {
    let (skin, hair) = (skin_linear.map(share), hair_linear.map(share));
    let (skin_lab, hair_lab) = (lab_from_linear(skin), lab_from_linear(hair));
    let skin_ita_deg = ita_deg(skin_lab);
    let (dilution, warmth, note) = from_hair(hair_lab, skin_ita_deg);
    let shade = Shade {
        dilution: ParamId::Dilution.row().on_step(dilution),
        depth_mm: ParamId::DepthMm.row().default,
        warmth: ParamId::Warmth.row().on_step(warmth),
    };
    Suggestion {
        shade,
        hair_l: hair_lab[0].clamp(0.0, 100.0),
        skin_ita_deg,
        note,
    }
}

/// A channel brought into 0–1; not-a-number counts as black.
fn share(v: f64) -> f64 {
    if v.is_nan() { 0.0 } else { v.clamp(0.0, 1.0) }
}

fn from_hair([l, a, b]: [f64; 3], skin_ita_deg: f64) -> (f64, f64, Note) {
    let nudge = if skin_ita_deg > VERY_LIGHT_ITA_DEG {
        STEP_DILUTION
    } else {
        0.0
    };
    let chroma = (a * a + b * b).sqrt();
    let warmth = (chroma - WARM_CHROMA.0) / (WARM_CHROMA.1 - WARM_CHROMA.0);
    let note = if l >= VERY_FAIR_L {
        Note::VeryFair
    } else {
        Note::Usual
    };
    (along(&DILUTION_BY_HAIR_L, l) + nudge, warmth, note)
}

/// The piecewise linear curve through `points` at `x`; level beyond its ends.
fn along(points: &[(f64, f64)], x: f64) -> f64 {
    let last = points.last().map_or(0.0, |p| p.1);
    let mut before: Option<(f64, f64)> = None;
    for &(px, py) in points {
        if x <= px {
            return before.map_or(py, |(bx, by)| by + (py - by) * (x - bx) / (px - bx));
        }
        before = Some((px, py));
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::color::linear_from_rgb8;
    use proptest::prelude::*;

    /// Swatches by typology class, very light to dark (domain.md §5.1).
    const SKINS: [[u8; 3]; 6] = [
        [0xcf, 0xb1, 0x9d],
        [0xc0, 0x9f, 0x89],
        [0xb4, 0x8e, 0x77],
        [0xa7, 0x7f, 0x67],
        [0x8c, 0x67, 0x54],
        [0x70, 0x53, 0x47],
    ];

    fn hair(skin: [u8; 3], hair: [u8; 3]) -> Suggestion {
        suggest(linear_from_rgb8(skin), linear_from_rgb8(hair))
    }

    #[test]
    fn hair_colours_fall_into_their_bands() {
        let bands = [
            ("black", [0x1c, 0x19, 0x18], 10.0..=15.0),
            ("dark brown", [0x37, 0x2a, 0x22], 15.0..=25.0),
            ("brown", [0x4f, 0x3b, 0x2c], 20.0..=30.0),
            ("light brown", [0x7c, 0x60, 0x48], 30.0..=45.0),
            ("grey", [0x70, 0x70, 0x70], 30.0..=50.0),
            ("blond", [0xb0, 0x92, 0x68], 45.0..=60.0),
        ];
        for (name, rgb, band) in bands {
            let found = hair(SKINS[2], rgb);
            assert!(band.contains(&found.shade.dilution), "{name}: {found:?}");
            assert_eq!(found.note, Note::Usual, "{name}");
        }
        assert_eq!(hair(SKINS[1], [0xe8, 0xd8, 0xb0]).note, Note::VeryFair);
    }

    #[test]
    fn very_light_skin_starts_a_step_lighter_and_warm_hair_warmer() {
        let brown = [0x4f, 0x3b, 0x2c];
        let (very_light, light) = (hair([0xea, 0xd8, 0xcc], brown), hair(SKINS[2], brown));
        assert!(very_light.skin_ita_deg > 55.0 && light.skin_ita_deg < 55.0);
        assert_eq!(very_light.shade.dilution, light.shade.dilution + 5.0);
        assert!(
            hair(SKINS[2], [0x8a, 0x4a, 0x20]).shade.warmth > hair(SKINS[2], brown).shade.warmth
        );
        assert_eq!(hair(SKINS[2], [0x40, 0x40, 0x40]).shade.warmth, 0.0);
    }

    proptest! {
        #[test]
        fn always_a_shade_within_bounds(values in proptest::array::uniform6(proptest::num::f64::ANY)) {
            let [a, b, c, d, e, f] = values;
            let found = suggest([a, b, c], [d, e, f]);
            for (id, value) in [(ParamId::Dilution, found.shade.dilution), (ParamId::DepthMm, found.shade.depth_mm), (ParamId::Warmth, found.shade.warmth)] {
                prop_assert!((id.row().min..=id.row().max).contains(&value));
            }
            prop_assert!((0.0..=100.0).contains(&found.hair_l) && found.skin_ita_deg.abs() <= 90.0);
        }
    }
}
