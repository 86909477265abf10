//! What the pigment does to the light coming back from the skin: the
//! Kubelka–Munk multiplier of carbon under dermis, and the opacity of a
//! dilution.

use super::color::luminance;
use super::look::Shade;

/// How much a fully covered pixel darkens, per linear channel (red, green,
/// blue): 0 nothing, 1 to black. `out = in · (1 − halo's coverage · halo − dots'
/// coverage · dots)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Darkening {
    /// What the halos take, per channel, each 0–1.
    pub halo: [f64; 3],
    /// What the dots take.
    pub dots: [f64; 3],
}

impl Darkening {
    /// What is taken where dots are that share of the coverage, 0–1, and halos
    /// the rest.
    #[must_use]
    pub fn where_dots_are(&self, share: f64) -> [f64; 3] {
        std::array::from_fn(|i| self.halo[i] + share * (self.dots[i] - self.halo[i]))
    }

    /// As a photo without colours shows it: all channels take what the light in
    /// all loses.
    #[must_use]
    pub fn without_colour(self) -> Self {
        let grey = |taken| [luminance(taken); 3];
        Self {
            halo: grey(self.halo),
            dots: grey(self.dots),
        }
    }
}

/// Kubelka–Munk scattering of dermis at 610, 545, 465 nm, per mm
/// (domain.md §5.2).
const SCATTERING_PER_MM: [f64; 3] = [1.58, 1.91, 2.50];
/// Reflectance of infinitely thick dermis of very light skin (domain.md §5.2).
const DERMIS_REFLECTANCE: [f64; 3] = [0.62, 0.44, 0.34];
/// Reflectance of the carbon itself. The one value that reproduces the table
/// of domain.md §5.2 to its two decimals.
const CARBON_REFLECTANCE: f64 = 0.02;
/// Reflectance of pigment at full warmth: carbon browned with iron oxides, as
/// brown as dark hair. domain.md §5.2 guesses that warming multiplies what comes
/// back by (1.10, 1.0, 0.90); the shaved hair in this project's photos takes
/// red, green and blue alike (`cargo xtask realism` prints it), which pigment
/// under skin, that lets blue pass least, does only when it is as brown as this.
const WARM_REFLECTANCE: [f64; 3] = [0.40, 0.13, 0.03];
/// How much more of red, and less of blue, than of green a halo takes. Red light
/// wanders farthest in the dermis and comes by most pigment: the ways that it
/// gets are as 1.42 to 1 to 0.64 long (1/√(µa·µs′) at 610, 545 and 465 nm, from
/// domain.md §5.2's in-vivo figures). The shaved hair in this project's photos
/// takes 0.33 of red, 0.31 of green and 0.09 of blue in the median, and more red
/// than blue on 10 of 13 heads in colour.
const HALO_GAIN: [f64; 3] = [1.3, 1.0, 0.8];
/// How much less of red, and more of blue, than of green a dot takes of the light
/// around it, at full warmth. The darkest spots of the shaved hair in this
/// project's photos take 0.14, 0.19 and 0.22 of it in the median, and more blue than
/// red on 10 of 13 heads in colour: brown, whatever the shade as a whole.
const DOT_BROWN: f64 = 0.25;
/// Coverage by halos where most dots are, for [`DOT_BROWN`].
const USUAL_HALO: f64 = 0.4;
/// Depths between which a dot goes over from its own brown to the grey-blue of
/// pigment that lies too deep, mm (domain.md §1.4 and §5.2).
const TOO_DEEP_MM: [f64; 2] = [0.20, 0.45];
/// Nothing takes all: skin over pigment mirrors and scatters some.
pub(super) const MOST_TAKEN: f64 = 0.98;
/// Opacity is 1 − exp(−this / dilution). domain.md §1.6 guesses 18 (grade D),
/// at which the middle shades (1:20 to 1:30) would be half transparent, and nobody
/// would see what the treatment does; 50 leaves them at 81 to 92 % and the lightest
/// (1:60) at 57 %.
const OPACITY_PER_DILUTION: f64 = 50.0;
/// Thinnest dermis reckoned with, mm: keeps the formula finite at depth 0.
const MIN_DEPTH_MM: f64 = 1e-3;

/// Share of light, per linear channel, that skin over opaque pigment returns,
/// of what the same skin returns without it. `depth_mm`: dermis above the
/// pigment; below zero or not a number counts as none. `warmth`: 0 carbon to 1
/// browned. Each 0–1.
#[must_use]
#[inline(never)]
pub fn dermal_multiplier(depth_mm: f64, warmth: f64) -> [f64; 3] {
    // `max` takes not-a-number to the bound.
    let (depth_mm, warmth) = (depth_mm.max(MIN_DEPTH_MM), warmth.max(0.0));
    let warmth = warmth.min(1.0);
    std::array::from_fn(|i| {
        let (s, r) = (SCATTERING_PER_MM[i], DERMIS_REFLECTANCE[i]);
        let a = 1.0 + (1.0 - r) * (1.0 - r) / (2.0 * r);
        let b = (a * a - 1.0).sqrt();
        let b_coth = b / libm::tanh(b * s * depth_mm);
        let g = CARBON_REFLECTANCE + warmth * (WARM_REFLECTANCE[i] - CARBON_REFLECTANCE);
        let over_pigment = (1.0 - g * (a - b_coth)) / (a - g + b_coth);
        (over_pigment / r).clamp(0.0, 1.0)
    })
}

/// Gaussian σ of an impression's dot as a share of its diameter: the diameter
/// is then the width at half its height (domain.md §5.2 has 0.30 fresh and 0.45
/// healed).
pub(super) const SIGMA_PER_DIAMETER: f64 = 0.42;
/// How many times the light that falls on its own area an impression takes:
/// light wanders sideways in the dermis and comes by the pigment more often
/// ("optical dot gain, several-fold", domain.md §1.2, grade D). At this the usual
/// plan takes a third of the light, and with light brown hair a quarter; the shaved
/// hair in this project's photos takes 20 to 70 % (`cargo xtask realism`).
const OPTICAL_GAIN: f64 = 4.5;
/// Spacing of a halo's nodes, mm ([`super::field::Optics`]): its σ is 0.65 of
/// that, the way that red light wanders in the dermis (1/µs′ of some 0.5 mm,
/// domain.md §5.2).
pub const HALO_SPACING_MM: f64 = 1.2;
/// Standard deviation of a halo, mm.
pub const HALO_SIGMA_MM: f64 = 0.65 * HALO_SPACING_MM;

/// Where the light goes that one impression takes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Spread {
    /// Variance of its dot, mm².
    pub dot_variance_mm2: f64,
    /// Coverage of its dot, summed over the skin, mm².
    pub dot_mm2: f64,
    /// The like of its halo.
    pub halo_mm2: f64,
}

/// Crispness from which on the middle of a dot is opaque.
const OPAQUE: f64 = 0.7;
/// Share of its halo that the crispest impression keeps.
const LEAST_HALO: f64 = 0.0;

/// How an impression of a visible diameter spreads. `crispness`, 0–1, is low
/// where it has healed and softened into the skin: all it takes is halo, and
/// the dot in it faint. Up to [`OPAQUE`] the dot grows out of the halo, and what
/// both take in all stays; from there the halo shrinks around it.
#[must_use]
#[inline(never)]
pub fn spread(diameter_mm: f64, crispness: f64) -> Spread {
    let sigma_mm = SIGMA_PER_DIAMETER * diameter_mm;
    let area_mm2 = 2.0 * core::f64::consts::PI * sigma_mm * sigma_mm;
    let dot = (crispness / OPAQUE).clamp(0.0, 1.0);
    let shrunk = ((crispness - OPAQUE) / (1.0 - OPAQUE)).clamp(0.0, 1.0);
    Spread {
        dot_variance_mm2: sigma_mm * sigma_mm,
        dot_mm2: area_mm2 * dot,
        halo_mm2: area_mm2 * (OPTICAL_GAIN - dot) * (1.0 - shrunk * (1.0 - LEAST_HALO)),
    }
}

/// The density, per mm², at which such impressions take that share.
#[must_use]
#[inline(never)]
pub fn density_for(spread: &Spread, coverage: f64) -> f64 {
    let (mut few, mut many) = (0.0, 100.0);
    // Each step halves it: to a millionth.
    for _ in 0..40 {
        let middle = 0.5 * (few + many);
        if mean_coverage(spread, middle) < coverage {
            few = middle;
        } else {
            many = middle;
        }
    }
    many
}

/// Share of the skin's light that many impressions take at once where their
/// pigment is opaque, 0–1: dots side by side, halos over one another.
#[must_use]
#[inline(never)]
pub fn mean_coverage(spread: &Spread, per_mm2: f64) -> f64 {
    let dots = (per_mm2 * spread.dot_mm2).min(1.0);
    1.0 - (1.0 - halo_share(per_mm2 * spread.halo_mm2)) * (1.0 - dots)
}

/// Share of what such impressions cover in the mean that is dots, 0–1.
#[must_use]
#[inline(never)]
pub fn dot_share(spread: &Spread, per_mm2: f64) -> f64 {
    let halo = halo_share(per_mm2 * spread.halo_mm2);
    let dots = (per_mm2 * spread.dot_mm2).min(1.0) * (1.0 - halo);
    dots / (halo + dots).max(1e-9)
}

/// Most that halos take, of what pigment does: however many there are, dots
/// stand out from between them.
const MOST_HALO: f64 = 0.92;

/// Share of the light, 0–1, that halos take whose coverage adds up to this:
/// first its own, then, as they overlap, ever less of what is left.
#[must_use]
pub fn halo_share(coverage: f64) -> f64 {
    MOST_HALO * (1.0 - libm::exp(-coverage / MOST_HALO))
}

/// How much more [`halo_share`] takes per coverage more.
#[must_use]
pub fn halo_slope(coverage: f64) -> f64 {
    libm::exp(-coverage / MOST_HALO)
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

/// What opaque pigment does to a fully covered pixel.
#[must_use]
#[inline(never)]
pub fn opaque_darkening(depth_mm: f64, warmth: f64) -> Darkening {
    let taken = dermal_multiplier(depth_mm, warmth).map(|m| 1.0 - m);
    let brown = DOT_BROWN * warmth.clamp(0.0, 1.0);
    let [from_mm, to_mm] = TOO_DEEP_MM;
    let deep = ((depth_mm - from_mm) / (to_mm - from_mm)).clamp(0.0, 1.0);
    let held = |v: f64| v.min(MOST_TAKEN);
    let halo: [f64; 3] = std::array::from_fn(|i| held(HALO_GAIN[i] * taken[i]));
    // What a dot takes is a share of what the halo around it leaves.
    let left = halo.map(|halo| 1.0 - USUAL_HALO * halo);
    let browner = [1.0 - brown, 1.0, 1.0 + brown];
    let own: [f64; 3] = std::array::from_fn(|i| taken[1] * browner[i] * left[i] / left[1]);
    Darkening {
        halo,
        dots: std::array::from_fn(|i| held(own[i] + deep * (taken[i] - own[i]))),
    }
}

/// What the shade does to a fully covered pixel.
#[must_use]
pub fn darkening(shade: &Shade) -> Darkening {
    let alpha = opacity(shade.dilution);
    let opaque = opaque_darkening(shade.depth_mm, shade.warmth);
    Darkening {
        halo: opaque.halo.map(|taken| alpha * taken),
        dots: opaque.dots.map(|taken| alpha * taken),
    }
}

/// As [`darkening`], of skin in a photo that may be without colours: pigment is
/// then as grey as all else in it.
#[must_use]
pub fn darkening_in(is_grey: bool, shade: &Shade) -> Darkening {
    let pigment = darkening(shade);
    if is_grey {
        pigment.without_colour()
    } else {
        pigment
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
            let m = dermal_multiplier(depth_mm, 0.0);
            for (found, published) in m.iter().zip(published) {
                assert!((found - published).abs() < 0.01, "{depth_mm} mm: {m:?}");
            }
        }
        for (n, alpha) in [
            (10.0, 0.993),
            (20.0, 0.918),
            (30.0, 0.811),
            (45.0, 0.671),
            (60.0, 0.565),
        ] {
            assert!((opacity(n) - alpha).abs() < 0.001, "1:{n}");
            assert!((dilution_for(opacity(n)) - n).abs() < 1e-6);
        }
    }

    /// What both take, one after the other.
    fn all(shade: &Shade) -> [f64; 6] {
        let k = darkening(shade);
        let [a, b, c] = k.halo;
        let [d, e, f] = k.dots;
        [a, b, c, d, e, f]
    }

    proptest! {
        #[test]
        fn darker_pigment_and_shallower_depth_darken_more(
            n in 5.0..80.0, d in 0.01..0.6, warmth in 0.0..1.0, more in 1.001..1.5,
        ) {
            let at = |dilution, depth_mm| all(&Shade { dilution, depth_mm, warmth });
            let base = at(n, d);
            for (k, thinner) in base.iter().zip(at(n * more, d)) {
                prop_assert!((0.0..=1.0).contains(k) && *k >= thinner);
            }
            let light = |k: [f64; 6]| [luminance([k[0], k[1], k[2]]), luminance([k[3], k[4], k[5]])];
            for (k, deeper) in light(base).iter().zip(light(at(n, d * more))) {
                prop_assert!(*k >= deeper);
            }
            prop_assert!(base[0] > at(n * more, d)[0]);
        }
    }

    #[test]
    fn without_colour_the_same_light_goes() {
        let k = darkening(&Shade::default());
        let grey = k.without_colour();
        for (k, [r, g, b]) in [(k.halo, grey.halo), (k.dots, grey.dots)] {
            assert!(r == g && g == b);
            let [least, most] = [f64::min, f64::max].map(|f| k.into_iter().reduce(f));
            assert!(least < Some(r) && Some(r) < most);
        }
    }

    #[test]
    fn warmth_keeps_red() {
        let [plain, warm] = [0.0, 1.0].map(|warmth| {
            darkening(&Shade {
                dilution: 25.0,
                depth_mm: 0.15,
                warmth,
            })
        });
        // How much more of red than of blue is taken, as a share of green.
        let red = |k: [f64; 3]| (k[0] - k[2]) / k[1];
        assert!(red(warm.halo) < red(plain.halo) && red(warm.dots) < red(plain.dots));
    }

    #[test]
    fn dots_are_brown_in_a_grey_shadow_unless_they_lie_too_deep() {
        let at = |depth_mm| {
            darkening(&Shade {
                depth_mm,
                ..Shade::default()
            })
        };
        let usual = at(Shade::default().depth_mm);
        let [r, g, b] = usual.dots;
        assert!(r < g && g < b, "{usual:?}");
        assert!(usual.halo[0] > usual.halo[1] && usual.halo[1] > usual.halo[2]);
        let deep = at(0.5).dots;
        assert!(deep[0] > deep[1] && deep[1] > deep[2], "{deep:?}");
    }

    #[test]
    fn strange_numbers_give_a_darkening_all_the_same() {
        for v in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -1.0, 1e300] {
            let k = all(&Shade {
                dilution: v,
                depth_mm: v,
                warmth: v,
            });
            assert!(k.iter().all(|k| (0.0..=1.0).contains(k)), "{v}: {k:?}");
        }
    }
}
