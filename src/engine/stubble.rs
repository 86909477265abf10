//! "Match the sides": how many impressions of which pigment continue the shaved
//! hair that is there, in mean tone and in grain.

use super::look::{Density, Shade};
use super::noise::{UNEVEN_MM, UNEVEN_RMS};
use super::params::ParamId;
use super::pigment::{MOST_COVERAGE, Pigment, USUAL_OPACITY, pigment_like, weighted};
use super::projection::{IMPRESSIONS_PER_UNIT, PAIR_MM};
use super::shade::{
    HALO_SIGMA_MM, density_for, dilution_for, dot_share, halo_share, halo_slope, mean_coverage,
    opacity, spread,
};
use super::texture::{BANDS, LEAST_GRAIN, Texture, grain_of_noise, grain_of_spots};

/// What continues somebody's stubble.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Matched {
    /// How many impressions, how large, how crisp, how uneven.
    pub density: Density,
    /// Of which pigment.
    pub shade: Shade,
    /// How well that can be done.
    pub fit: Fit,
}

/// How well stubble can be matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// As well as these numbers go.
    Well,
    /// The stubble is no darker than the skin.
    NoContrast,
    /// It is darker than any treatment: hair that hides the skin.
    TooDark,
    /// It is so little darker that impressions like it hardly show either.
    Faint,
    /// It takes more than shaved hair covers: hair that is longer, or lies denser.
    Dense,
}

/// Skin and camera where the stubble is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Pixels to a millimetre.
    pub px_per_mm: f64,
    /// Variance of the camera's blur, px².
    pub camera_px2: f64,
}

/// Share of it that is usually dots.
const USUAL_DOTS: f64 = 0.15;
/// Bounds of the density that is asked for, per cm²: domain.md §1.3's of finished
/// treatments, and a little fewer: few and hard dots look peppered on.
const PER_CM2: [f64; 2] = [70.0, 240.0];
/// Diameters tried, mm.
const DIAMETERS_MM: [f64; 7] = [0.20, 0.25, 0.30, 0.35, 0.40, 0.45, 0.50];
/// Crispest that is asked for: half of the halo is left there, and it is the halo
/// that makes treated skin as grey as shaved hair does.
const MOST_CRISP: f64 = 0.85;
/// Most uneven that is asked for. Hair of some millimetres lies in tufts, and its
/// grain could be had only by blotches, which nobody takes for shaved hair.
const MOST_UNEVEN: f64 = 0.3;
/// How far, in decades of a band's grain, the usual numbers may be left for a
/// better match: for each doubling of the diameter, and for each unit of
/// unevenness.
const UNUSUAL: [f64; 2] = [0.05, 0.05];
/// How much more of the light may be taken than the stubble takes, as shares, for its
/// grain: hair is seen by its specks, and what makes specks of pigment makes skin
/// darker, where hairs also shine. The most is [`FAINT`]: in the mean it is not seen.
const DARKER: [f64; 6] = [0.0, 0.01, 0.02, 0.03, 0.04, FAINT];
/// By how much nearer, in squared decades of a band's grain, each such share has to
/// come. Of 0 (none), 12, 8, 6 and 4 this left shaved heads nearest in all (`cargo
/// xtask realism`: colour 1.49, 1.39, 1.39, 1.44 and 1.44 times the floor, grain 1.48,
/// 1.46, 1.38, 1.37 and 1.37).
const PER_DARKER: f64 = 8.0;
/// What the spread of size and opacity adds to the mean square of dots'
/// amounts: sizes of ±15 %, opacities of ±25 % (`engine::projection`).
const JITTER: f64 = 1.05;
/// Standard deviation of the correlation of a noise with bumps a period apart
/// (`engine::noise`), as a share of the period.
const NOISE_REACH: f64 = 0.28;

/// The treatment of skin like `bare` that looks like `stubble`; both from one
/// photo, in much the same light. `usual` is the density to begin with.
#[must_use]
#[inline(never)]
pub fn match_stubble(bare: &Texture, stubble: &Texture, scale: Scale, usual: &Density) -> Matched {
    let all = DARKER.map(|darker| {
        let stubble = Texture {
            mean_linear: stubble.mean_linear.map(|v| v * (1.0 - darker)),
            ..*stubble
        };
        let mut found = look_like(bare, &stubble, scale, usual);
        found.off += PER_DARKER * darker;
        found
    });
    let [as_dark, darker @ ..] = all;
    let most = opacity(ParamId::Dilution.row().min);
    let nearer = |best: Found, one: Found| {
        // What no pigment takes is no better, however near its grain would come.
        let is_better = one.off < best.off && one.alpha <= most;
        if is_better { one } else { best }
    };
    let found = darker.into_iter().fold(as_dark, nearer);
    // Whether there is anything to match is for the stubble to say.
    let stubble_dark = as_dark.dark;
    let Found {
        density,
        pigment: Pigment { depth_mm, warmth },
        alpha,
        ..
    } = found;
    let fit = if stubble_dark <= 0.0 {
        Fit::NoContrast
    } else if alpha > TOO_DARK * most {
        Fit::TooDark
    } else if stubble_dark < FAINT {
        Fit::Faint
    } else if density.is_helmet() {
        Fit::Dense
    } else {
        Fit::Well
    };
    Matched {
        density,
        shade: Shade {
            dilution: ParamId::Dilution.row().on_step(dilution_for(alpha)),
            depth_mm: ParamId::DepthMm.row().on_step(depth_mm),
            warmth: ParamId::Warmth.row().on_step(warmth),
        },
        fit,
    }
}

/// Impressions and their pigment, as they are found.
#[derive(Debug, Clone, Copy)]
struct Found {
    /// How far their grain is off, with the prices of being unusual and of being
    /// darker.
    off: f64,
    density: Density,
    pigment: Pigment,
    /// Share of what they cover that is dots.
    dots: f64,
    /// Share of the light that they are to take.
    dark: f64,
    /// Opacity that it takes, 0 and up: no pigment has more than 1.
    alpha: f64,
}

/// What takes as much as the stubble does, with a grain that comes nearest to its.
#[inline(never)]
fn look_like(bare: &Texture, stubble: &Texture, scale: Scale, usual: &Density) -> Found {
    let skin = bare.mean_linear;
    let taken: [f64; 3] = std::array::from_fn(|i| 1.0 - stubble.mean_linear[i] / skin[i].max(1e-6));
    let dark = weighted(skin, taken);
    // How many impressions depends on the pigment, and their pigment on how much
    // of them is dots: from the usual share to the one that is found.
    let mut found = Found {
        off: f64::INFINITY,
        density: *usual,
        pigment: pigment_like(taken, skin, USUAL_DOTS),
        dots: USUAL_DOTS,
        dark,
        alpha: f64::INFINITY,
    };
    for _ in 0..ROUNDS {
        let per_coverage = |dots| found.pigment.takes(skin, dots);
        let usual_dots = per_coverage(found.dots);
        let one = Tried {
            bare,
            stubble,
            scale,
            usual,
            ask: (dark / usual_dots / USUAL_OPACITY).clamp(0.0, MOST_COVERAGE),
            dark,
            dots_darker: per_coverage(1.0) / usual_dots.max(1e-6),
        };
        let (off, density) = one.best();
        let spread = spread(density.diameter_mm, density.crispness);
        let per_mm2 = density.per_cm2 / 100.0;
        let dots = dot_share(&spread, per_mm2);
        let pigment = pigment_like(taken, skin, dots);
        let cover = mean_coverage(&spread, per_mm2);
        found = Found {
            off,
            density,
            pigment,
            dots,
            dark,
            alpha: dark / (cover * pigment.takes(skin, dots)).max(1e-6),
        };
    }
    found
}

/// How much more opaque than it can be pigment would have to be where a
/// treatment is said to fall short.
const TOO_DARK: f64 = 1.1;

/// Share of the light below which stubble is faint: two units of L*, which is what
/// is just seen between two areas that do not touch (CIELAB's usual 2.3).
const FAINT: f64 = 0.05;

/// How often density and pigment are fitted to one another.
const ROUNDS: usize = 2;

/// What densities are tried for.
struct Tried<'a> {
    bare: &'a Texture,
    stubble: &'a Texture,
    scale: Scale,
    usual: &'a Density,
    /// Coverage that is asked for.
    ask: f64,
    /// Share of the light that is to be taken.
    dark: f64,
    /// How many times as much light dots take as dots and halos do in the mean.
    dots_darker: f64,
}

impl Fit {
    /// All of them, in the order in which they are numbered.
    pub const ALL: [Self; 5] = [
        Self::Well,
        Self::NoContrast,
        Self::TooDark,
        Self::Faint,
        Self::Dense,
    ];
}

impl Tried<'_> {
    /// Of the densities that are as dark as is asked, the one whose grain comes
    /// nearest to the stubble's, and how far it is [off](Self::off).
    #[inline(never)]
    fn best(&self) -> (f64, Density) {
        let steps = |id: ParamId, most: f64| {
            let row = id.row();
            let count = ((most - row.min) / row.step).round() as u32;
            (0..=count).map(move |step| row.on_step(row.min + row.step * f64::from(step)))
        };
        let mut best = (f64::INFINITY, *self.usual);
        for diameter_mm in DIAMETERS_MM {
            for crispness in steps(ParamId::Crispness, MOST_CRISP) {
                let Some(one) = self.one(diameter_mm, crispness) else {
                    continue;
                };
                for unevenness in steps(ParamId::Unevenness, MOST_UNEVEN) {
                    let off = self.off(&one, unevenness);
                    if off < best.0 {
                        best = (
                            off,
                            Density {
                                unevenness,
                                ..one.density
                            },
                        );
                    }
                }
            }
        }
        best
    }

    /// Such impressions, as many as take what is asked for; none where so many
    /// nobody places, or so few.
    #[inline(never)]
    fn one(&self, diameter_mm: f64, crispness: f64) -> Option<One> {
        let spread = spread(diameter_mm, crispness);
        let exact = 100.0 * density_for(&spread, self.ask);
        let [fewest, most] = PER_CM2;
        let per_cm2 = ParamId::DensityPerCm2
            .row()
            .on_step(exact.clamp(fewest, most));
        let per_mm2 = per_cm2 / 100.0;
        let cover = mean_coverage(&spread, per_mm2).max(1e-6);
        // More opaque pigment can make up for a little; the largest there are
        // have to do.
        let largest = diameter_mm >= DIAMETERS_MM[DIAMETERS_MM.len() - 1];
        if self.ask / cover > opacity(ParamId::Dilution.row().min) / USUAL_OPACITY && !largest {
            return None;
        }
        let px2 = self.scale.px_per_mm * self.scale.px_per_mm;
        let halos = per_mm2 * spread.halo_mm2;
        let left = 1.0 - halo_share(halos);
        let dots = (per_mm2 * spread.dot_mm2).min(1.0);
        // What full coverage takes, as a share of the mean that is left.
        let depth = self.dark / cover / (1.0 - self.dark).max(0.05);
        let amount = spread.dot_mm2 * px2 * left * depth * self.dots_darker;
        let spots = grain_of_spots(spread.dot_variance_mm2 * px2 + self.scale.camera_px2);
        let mut grain = spots.map(|spot| per_mm2 / px2 * amount * amount * spot * JITTER);
        for (grain, frequency) in grain.iter_mut().zip(FREQUENCIES_PER_PX) {
            *grain *= regularity(frequency * self.scale.px_per_mm, per_mm2);
        }
        let slope = halos * halo_slope(halos) * (1.0 - dots) + dots * left;
        Some(One {
            density: Density {
                per_cm2,
                diameter_mm,
                crispness,
                ..*self.usual
            },
            grain,
            uneven: slope * depth,
        })
    }

    /// How far the grain is off, with the price of being unusual.
    #[inline(never)]
    fn off(&self, one: &One, unevenness: f64) -> f64 {
        let scale = self.scale.px_per_mm;
        let halo_px = HALO_SIGMA_MM * scale;
        let blur_px2 = halo_px * halo_px + self.scale.camera_px2;
        let depth = UNEVEN_RMS * unevenness * one.uneven;
        let octave = depth * depth / UNEVEN_MM.len() as f64;
        let mut more = one.grain;
        for period_mm in UNEVEN_MM {
            let noise = grain_of_noise(NOISE_REACH * period_mm * scale, blur_px2);
            more.iter_mut()
                .zip(noise)
                .for_each(|(sum, noise)| *sum += octave * noise);
        }
        let bands = self.bare.grain.iter().zip(&self.stubble.grain).zip(more);
        let squares = bands.filter_map(|((bare, stubble), more)| {
            let (found, wanted) = (bare.as_ref()? + more, *stubble.as_ref()?);
            let off = core::f64::consts::LOG10_E
                * libm::log((found + LEAST_GRAIN) / (wanted + LEAST_GRAIN));
            Some(off * off)
        });
        let size = core::f64::consts::LOG2_E
            * libm::log(one.density.diameter_mm / self.usual.diameter_mm).abs();
        squares.sum::<f64>() + UNUSUAL[0] * size + UNUSUAL[1] * unevenness
    }
}

/// Impressions that are tried.
struct One {
    density: Density,
    /// Grain of their dots.
    grain: [f64; BANDS],
    /// Change of the light, as a share, per share by which they take more.
    uneven: f64,
}

/// Frequency, cycles per px, at which each band is strongest.
const FREQUENCIES_PER_PX: [f64; BANDS] = [0.33, 0.219, 0.109, 0.055];
/// Strength of impressions' density variations of long wavelength, compared
/// with impressions strewn at random: follicular units lie more evenly, a tenth,
/// and which of them are pairs and how strong each is adds the rest.
const REGULAR: f64 = 0.5;

/// Strength of impressions' density variations at a frequency, per mm,
/// compared with impressions strewn at random.
fn regularity(per_mm: f64, per_mm2: f64) -> f64 {
    let pairs = f64::from(IMPRESSIONS_PER_UNIT) - 1.0;
    let units_per_mm = (per_mm2 / (1.0 + pairs)).sqrt();
    // A pair's two are one where the wave is much longer than their distance.
    let phase = core::f64::consts::PI * per_mm * PAIR_MEAN_MM;
    let together = 1.0 + 2.0 * pairs / (1.0 + pairs) * libm::exp(-phase * phase);
    let way = ((per_mm / units_per_mm - 0.6) / 0.5).clamp(0.0, 1.0);
    REGULAR + (together - REGULAR) * way * way * (3.0 - 2.0 * way)
}

/// Mean distance of a pair's two, mm.
const PAIR_MEAN_MM: f64 = 0.5 * (PAIR_MM[0] + PAIR_MM[1]);

#[cfg(test)]
#[path = "stubble_tests.rs"]
mod tests;
