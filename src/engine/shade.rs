//! What the pigment does to the light coming back from the skin: the
//! Kubelka–Munk multiplier of carbon under dermis, and the opacity of a
//! dilution.

use super::look::Shade;

/// How much a fully covered pixel darkens, per linear channel (red, green,
/// blue): 0 nothing, 1 to black. `out = in · (1 − coverage · per_channel)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Darkening {
    /// `alpha · (1 − m)` per channel, each 0–1.
    pub per_channel: [f64; 3],
}

/// Kubelka–Munk scattering of dermis at 610, 545, 465 nm, per mm
/// (domain.md §5.2).
const SCATTERING_PER_MM: [f64; 3] = [1.58, 1.91, 2.50];
/// Reflectance of infinitely thick dermis of very light skin (domain.md §5.2).
const DERMIS_REFLECTANCE: [f64; 3] = [0.62, 0.44, 0.34];
/// Reflectance of the carbon itself. The one value that reproduces the table
/// of domain.md §5.2 to its two decimals.
const PIGMENT_REFLECTANCE: f64 = 0.02;
/// What full warmth does to the multiplier (domain.md §5.2, "warm pigment").
const WARM: [f64; 3] = [1.10, 1.0, 0.90];
/// Opacity is 1 − exp(−this / dilution). domain.md §1.6 guesses 18 (grade D),
/// at which the middle shades (1:20 to 1:30) would be half transparent; 40
/// leaves them at 74 to 86 % and the lightest (1:60) at half.
const OPACITY_PER_DILUTION: f64 = 40.0;
/// Thinnest dermis reckoned with, mm: keeps the formula finite at depth 0.
const MIN_DEPTH_MM: f64 = 1e-3;

/// Share of light, per linear channel, that skin over opaque carbon returns,
/// of what the same skin returns without it. `depth_mm`: dermis above the
/// pigment; below zero or not a number counts as none. Each 0–1.
#[must_use]
pub fn dermal_multiplier(depth_mm: f64) -> [f64; 3] {
    // `max` takes not-a-number to the bound.
    let depth_mm = depth_mm.max(MIN_DEPTH_MM);
    std::array::from_fn(|i| {
        let (s, r) = (SCATTERING_PER_MM[i], DERMIS_REFLECTANCE[i]);
        let a = 1.0 + (1.0 - r) * (1.0 - r) / (2.0 * r);
        let b = (a * a - 1.0).sqrt();
        let b_coth = b / libm::tanh(b * s * depth_mm);
        let g = PIGMENT_REFLECTANCE;
        let over_pigment = (1.0 - g * (a - b_coth)) / (a - g + b_coth);
        (over_pigment / r).clamp(0.0, 1.0)
    })
}

/// Gaussian σ of a healed impression's pigment as a share of its diameter
/// (domain.md §5.2): the visible diameter is the full width at half maximum.
const HEALED_SIGMA_PER_DIAMETER: f64 = 0.45;
/// How many times the light that falls on its own area an impression takes:
/// light wanders sideways in the dermis and comes by the pigment more often
/// ("optical dot gain, several-fold", domain.md §1.2, grade D). 3 makes the
/// usual plan (110/cm², 0.30 mm, 1:25) take 20, 15 and 11 % of the red, green
/// and blue light, and 200/cm² 36, 28 and 20 %: near the shaved jaw of a
/// dark-haired man, which takes 40, 32 and 46 % of what his cheek returns
/// (measured by us on one portrait).
const OPTICAL_GAIN: f64 = 3.0;

/// Variance of the shadow of one healed impression, mm². The gain is spread,
/// not piled up: in the middle the shadow is as dark as the pigment there.
#[must_use]
pub fn variance_mm2(diameter_mm: f64) -> f64 {
    let sigma_mm = HEALED_SIGMA_PER_DIAMETER * diameter_mm;
    OPTICAL_GAIN * sigma_mm * sigma_mm
}

/// Coverage of one healed impression summed over the skin, mm²: that of a
/// Gaussian shadow that is opaque in its middle.
#[must_use]
pub fn coverage_mm2(diameter_mm: f64) -> f64 {
    2.0 * core::f64::consts::PI * variance_mm2(diameter_mm)
}

/// Opacity, 0–1, of pigment thinned with `dilution` ml of water to one ml
/// (domain.md §1.6). Undiluted (zero, negative, not a number) is opaque.
#[must_use]
pub fn opacity(dilution: f64) -> f64 {
    if dilution > 0.0 {
        1.0 - libm::exp(-OPACITY_PER_DILUTION / dilution)
    } else {
        1.0
    }
}

/// The dilution whose [`opacity`] is `alpha`; infinite at 0 and below.
#[must_use]
pub fn dilution_for(alpha: f64) -> f64 {
    if alpha <= 0.0 {
        return f64::INFINITY;
    }
    -OPACITY_PER_DILUTION / libm::log(1.0 - alpha.min(1.0 - 1e-9))
}

/// The multiplier of an opaque impression of this depth and warmth.
#[must_use]
pub fn pigment_multiplier(depth_mm: f64, warmth: f64) -> [f64; 3] {
    let warmth = warmth.clamp(0.0, 1.0);
    let m = dermal_multiplier(depth_mm);
    std::array::from_fn(|i| (m[i] * (1.0 + warmth * (WARM[i] - 1.0))).clamp(0.0, 1.0))
}

/// What the shade does to a fully covered pixel.
#[must_use]
pub fn darkening(shade: &Shade) -> Darkening {
    let alpha = opacity(shade.dilution);
    let warmth = if shade.warmth.is_nan() {
        0.0
    } else {
        shade.warmth
    };
    Darkening {
        per_channel: pigment_multiplier(shade.depth_mm, warmth).map(|m| alpha * (1.0 - m)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn multipliers_are_the_published_ones_and_opacities_ours() {
        let table = [
            (0.05, [0.14, 0.23, 0.34]),
            (0.10, [0.24, 0.37, 0.54]),
            (0.15, [0.32, 0.49, 0.67]),
            (0.20, [0.39, 0.58, 0.77]),
            (0.30, [0.50, 0.71, 0.88]),
            (0.50, [0.66, 0.86, 0.97]),
        ];
        for (depth_mm, published) in table {
            let m = dermal_multiplier(depth_mm);
            for (found, published) in m.iter().zip(published) {
                assert!((found - published).abs() < 0.01, "{depth_mm} mm: {m:?}");
            }
        }
        for (n, alpha) in [
            (10.0, 0.982),
            (20.0, 0.865),
            (30.0, 0.736),
            (45.0, 0.589),
            (60.0, 0.487),
        ] {
            assert!((opacity(n) - alpha).abs() < 0.001, "1:{n}");
            assert!((dilution_for(opacity(n)) - n).abs() < 1e-6);
        }
    }

    proptest! {
        #[test]
        fn darker_pigment_and_shallower_depth_darken_more(
            n in 5.0..80.0, d in 0.01..0.6, warmth in 0.0..1.0, more in 1.001..1.5,
        ) {
            let at = |dilution, depth_mm| darkening(&Shade { dilution, depth_mm, warmth }).per_channel;
            let base = at(n, d);
            for ((k, thinner), deeper) in base.iter().zip(at(n * more, d)).zip(at(n, d * more)) {
                prop_assert!((0.0..=1.0).contains(k));
                prop_assert!(*k >= thinner && *k >= deeper);
            }
            prop_assert!(base[0] > at(n * more, d)[0]);
        }
    }

    #[test]
    fn warmth_keeps_red_and_takes_blue() {
        let [plain, warm] = [0.0, 1.0].map(|warmth| {
            darkening(&Shade {
                dilution: 25.0,
                depth_mm: 0.15,
                warmth,
            })
            .per_channel
        });
        assert!(warm[0] < plain[0] && warm[1] == plain[1] && warm[2] > plain[2]);
    }

    #[test]
    fn strange_numbers_give_a_darkening_all_the_same() {
        for v in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -1.0, 1e300] {
            let k = darkening(&Shade {
                dilution: v,
                depth_mm: v,
                warmth: v,
            })
            .per_channel;
            assert!(k.iter().all(|k| (0.0..=1.0).contains(k)), "{v}: {k:?}");
        }
    }
}
