//! The pigment whose colour on skin comes nearest to that of shaved hair: for
//! [`super::stubble`].

use super::color::{LUMINANCE_SHARES, lab_from_linear};
use super::params::ParamId;
use super::shade::{opacity, opaque_darkening};

/// Depths tried, mm: none that nobody would work at on purpose (domain.md §1.4).
const DEPTHS_MM: [f64; 8] = [0.02, 0.03, 0.04, 0.06, 0.08, 0.10, 0.15, 0.20];
/// By how much nearer to the stubble's colour, CIELAB units, a pigment has to come to be
/// preferred to one of which the usual number does. A third of what is just seen: of 0.25,
/// 0.3, 0.4, 0.5 and 1.0 it left shaved heads nearest (`cargo xtask realism`: 1.49, 1.49,
/// 1.49, 1.50 and 1.52 times the floor; grain 1.58, 1.48, 1.47, 1.47 and 1.44).
const SAME_COLOUR: f64 = 0.3;
/// Opacity that is asked of the pigment: of 1:26, a usual dilution (domain.md
/// §1.6).
pub(super) const USUAL_OPACITY: f64 = 0.85;
/// Coverage that is asked of impressions: enough to be a shadow, and few
/// enough for dots to stand out.
const USUAL_COVERAGE: f64 = 0.4;
/// Most coverage that is asked of them.
pub(super) const MOST_COVERAGE: f64 = 0.92;
/// Skin whose channels are as near to one another as this, as a share, is that of
/// a photo without colours.
const GREY: f64 = 0.02;

/// What is looked for in a pigment besides its opacity.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pigment {
    /// Dermis above it.
    pub(super) depth_mm: f64,
    /// 0 plain carbon to 1 warmed.
    pub(super) warmth: f64,
}

impl Pigment {
    /// Share of each channel that full coverage takes where dots are such a share
    /// of it; of a photo without colours all channels lose alike.
    fn per_channel(self, skin: [f64; 3], dots: f64) -> [f64; 3] {
        let opaque = opaque_darkening(self.depth_mm, self.warmth);
        let [least, most] = [f64::min, f64::max].map(|f| skin.into_iter().fold(skin[0], f));
        let is_grey = most - least <= GREY * most;
        let opaque = if is_grey {
            opaque.without_colour()
        } else {
            opaque
        };
        opaque.where_dots_are(dots)
    }

    /// Share of the light of skin that it takes so.
    pub(super) fn takes(self, skin: [f64; 3], dots: f64) -> f64 {
        weighted(skin, self.per_channel(skin, dots))
    }
}

/// Mean of shares of the light of skin, by luminance.
pub(super) fn weighted(skin: [f64; 3], share: [f64; 3]) -> f64 {
    let light: [f64; 3] = std::array::from_fn(|i| LUMINANCE_SHARES[i] * skin[i]);
    let whole: f64 = light.iter().sum();
    let sum: f64 = light
        .iter()
        .zip(share)
        .map(|(light, share)| light * share)
        .sum();
    sum / whole.max(1e-9)
}

/// The pigment that comes nearest to what is `taken` of red, green and blue where
/// dots are such a share of what it covers; of those alike in that, the one that
/// does with the usual coverage and opacity.
#[inline(never)]
pub(super) fn pigment_like(taken: [f64; 3], skin: [f64; 3], dots: f64) -> Pigment {
    let steps = (1.0 / ParamId::Warmth.row().step).round() as u32;
    let wanted = lab_from_linear(std::array::from_fn(|i| skin[i] * (1.0 - taken[i])));
    let dark = weighted(skin, taken);
    let most = MOST_COVERAGE * opacity(ParamId::Dilution.row().min);
    let mut all = Vec::new();
    for depth_mm in DEPTHS_MM {
        for step in 0..=steps {
            let warmth = f64::from(step) / f64::from(steps);
            let takes = Pigment { depth_mm, warmth }.per_channel(skin, dots);
            let asked = (dark / weighted(skin, takes).max(1e-6)).max(0.0);
            let amount = asked.min(most);
            let found =
                lab_from_linear(std::array::from_fn(|i| skin[i] * (1.0 - amount * takes[i])));
            let squares = found.iter().zip(wanted).map(|(a, b)| (a - b) * (a - b));
            let off = squares.sum::<f64>().sqrt();
            let unusual = (asked - USUAL_OPACITY * USUAL_COVERAGE).abs();
            all.push((off, unusual, depth_mm, warmth));
        }
    }
    let nearest = all.iter().map(|one| one.0).fold(f64::INFINITY, f64::min);
    let alike = all.iter().filter(|one| one.0 <= nearest + SAME_COLOUR);
    let best = alike.min_by(|a, b| a.1.total_cmp(&b.1));
    let usual = || Pigment {
        depth_mm: ParamId::DepthMm.row().default,
        warmth: ParamId::Warmth.row().default,
    };
    best.map_or_else(usual, |&(_, _, depth_mm, warmth)| Pigment {
        depth_mm,
        warmth,
    })
}
