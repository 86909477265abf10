//! Darkens the photo where there is pigment, in linear light, with integers.
//!
//! Above its toe, sRGB is a power law: `encoded + 0.055` grows with the
//! light's 2.4th root. Scaling the light by `1 − c·k` therefore scales
//! `encoded + 0.055` by `(1 − c·k)^(1/2.4)`, one number per channel and
//! coverage, looked up. Below the toe the encoded value is first moved onto
//! the power law, and the result back, by two small corrections that undo
//! each other.

use super::field::{CLASSES, Field, MOST_Q12, ONE_Q12};
use super::image::{Photo, Rect};
use super::shade::Darkening;
use super::simd::{Best, Lanes};

/// 0.055 · 255 in Q6, the power law's offset.
const OFFSET_Q6: i16 = 898;
/// Where the toe ends: 0.040 45 · 255 plus the offset, in Q6.
const TOE_Q6: i16 = 1558;
/// The way back from the power law into the toe is
/// `TOE_SQUARE · 64 / 2¹⁵ · (distance below the toe)²` levels, within 0.3 of
/// the standard's curve.
const TOE_SQUARE: i16 = 13;
/// Beyond this distance, in Q6, the parabola would turn; the result is 0
/// there.
const TOE_REACH_Q6: i16 = 19 * 64;
/// Per input level, how far (in 1/16) the power law lies below the toe: the
/// inverse of the way back, so that a pixel without coverage returns to
/// itself.
const TOE_DROP_Q4: [u8; 16] = toe_drops();
/// Steps of coverage looked up from none to one whole layer.
const STEPS_PER_LAYER: usize = 512;
/// Field units per step: as [`Lanes::entries`] has it.
const STEP_Q12: i16 = ONE_Q12 / STEPS_PER_LAYER as i16;
const _: () = assert!(STEP_Q12 == 8);
/// Steps looked up.
const STEPS: usize = (MOST_Q12 / STEP_Q12) as usize;

/// Coverage up to which shadows simply add, so that a picture takes the same
/// light whether its pixels resolve the impressions or not.
const KNEE: f64 = 0.85;

/// What overlapping shadows make of the skin, 0–1: however many they are, it
/// never gets darker (nor bluer) than skin over opaque pigment. Up to [`KNEE`]
/// the coverage itself; from there it bends, with the same slope, towards 1,
/// which keeps some grain where a clamp would paint a flat cap.
pub(crate) fn opaque_share(coverage: f64) -> f64 {
    if coverage <= KNEE {
        coverage
    } else {
        let room = 1.0 - KNEE;
        KNEE + room * (1.0 - libm::exp((KNEE - coverage) / room))
    }
}

/// The output in Q6, before rounding, of a value on the power law.
const fn output_q6(power_q6: i16) -> i16 {
    let mut below = TOE_Q6 - power_q6;
    if below < 0 {
        below = 0;
    }
    if below > TOE_REACH_Q6 {
        below = TOE_REACH_Q6;
    }
    let back = (below as i32 * TOE_SQUARE as i32 * below as i32 + (1 << 14)) >> 15;
    power_q6 - OFFSET_Q6 + back as i16
}

const fn toe_drops() -> [u8; 16] {
    let mut drops = [0; 16];
    // Black, whose light is nothing, stays nothing.
    drops[0] = (OFFSET_Q6 / 4) as u8;
    let mut level = 1;
    while level * 64 + OFFSET_Q6 < TOE_Q6 {
        let (mut best, mut error) = (0, i16::MAX);
        let mut drop = 0;
        while drop < 224 {
            let found = (output_q6(level * 64 + OFFSET_Q6 - drop * 4) - level * 64).abs();
            if found < error {
                (best, error) = (drop, found);
            }
            drop += 1;
        }
        drops[level as usize] = best as u8;
        level += 1;
    }
    drops
}

/// Entries for each class of the dots' share: as the fields' bits have it. Those
/// beyond [`STEPS`] are never asked for.
const PER_CLASS: usize = 1024;
/// Length of the table: a power of two, so that masking an index is all the
/// bounds check there is.
const TABLE: usize = CLASSES * PER_CLASS;
const _: () = assert!(STEPS < PER_CLASS && STEPS.is_multiple_of(PER_KNOT));
/// Steps per exactly reckoned factor; those between lie on a line, within
/// 8 of 32 768, and powers are what making the table costs.
const PER_KNOT: usize = 16;

/// What `coverage` leaves of `encoded + 0.055`, in Q15, of a channel that full
/// coverage darkens by `k`.
fn factor_q15(coverage: f64, k: f64) -> f64 {
    // `max` takes not-a-number to the bound.
    let light = (1.0 - opaque_share(coverage) * k.max(0.0)).max(0.0);
    libm::pow(light, 1.0 / 2.4) * f64::from(i16::MAX)
}

/// Looked-up factors of one shade: red, green, blue, alpha in Q15 per class of the
/// dots' share and step of coverage.
struct Factors {
    table: Box<[[i16; 4]; TABLE]>,
    /// From this level on a value and whatever this shade makes of it lie
    /// above the toe; none where there is no such level.
    clear_of_toe: Option<u8>,
}

impl Factors {
    #[expect(
        clippy::large_stack_arrays,
        reason = "32 KB, which no stack here is short of"
    )]
    fn new(darkening: &Darkening) -> Self {
        let mut table = Box::new([[i16::MAX; 4]; TABLE]);
        let mut least = f64::INFINITY;
        for (class, entries) in table.chunks_exact_mut(PER_CLASS).enumerate() {
            let dots = class as f64 / (CLASSES - 1) as f64;
            let knots = knots(darkening.where_dots_are(dots));
            least = knots.iter().flatten().fold(least, |a, b| a.min(*b));
            let between = knots.windows(2).flat_map(|pair| {
                let (from, to) = (pair[0], pair[1]);
                (0..PER_KNOT).map(move |i| {
                    let t = i as f64 / PER_KNOT as f64;
                    std::array::from_fn(|c| from[c] + (to[c] - from[c]) * t)
                })
            });
            for (entry, factors) in entries.iter_mut().zip(between.chain(knots.last().copied())) {
                let [r, g, b] = factors.map(|factor: f64| (factor + 0.5) as i16);
                *entry = [r, g, b, i16::MAX];
            }
        }
        let is_clear = |level: &u8| {
            let power_q6 = f64::from(i16::from(*level) * 64 + OFFSET_Q6);
            // One unit for each rounding on the way.
            *level >= TOE_DROP_Q4.len() as u8 && power_q6 * least / 32768.0 > f64::from(TOE_Q6 + 2)
        };
        let clear_of_toe = (0..=255).find(is_clear);
        Self {
            table,
            clear_of_toe,
        }
    }
}

/// The factors of every [`PER_KNOT`]th step of coverage.
fn knots(per_channel: [f64; 3]) -> Vec<[f64; 3]> {
    let coverage = |knot: usize| (knot * PER_KNOT) as f64 / STEPS_PER_LAYER as f64;
    let factors = |knot| per_channel.map(|k| factor_q15(coverage(knot), k));
    (0..=STEPS / PER_KNOT).map(factors).collect()
}

/// Writes the photo with pigment into `out`, inside `within` and the field's
/// rectangle only (up to seven columns more: pixels go by eights). `out`: RGBA
/// of the photo's size. Alpha, and pixels without coverage, are the photo's to
/// the byte. A field or an `out` that does not belong to the photo is drawn as
/// far as it fits.
pub fn composite(
    photo: &Photo,
    field: &Field,
    darkening: &Darkening,
    within: Rect,
    out: &mut [u8],
) {
    composite_with::<Best, false>(photo, field, darkening, within, out);
}

/// As [`composite`], when `out` shows this very field with another darkening:
/// pixels without coverage are the photo's already and are not touched.
pub fn recolour(photo: &Photo, field: &Field, darkening: &Darkening, within: Rect, out: &mut [u8]) {
    composite_with::<Best, true>(photo, field, darkening, within, out);
}

fn composite_with<L: Lanes, const KEEP: bool>(
    photo: &Photo,
    field: &Field,
    darkening: &Darkening,
    within: Rect,
    out: &mut [u8],
) {
    let rect = field.rect.intersect(photo.rect());
    if rect.is_empty() || rect.x != field.rect.x || rect.y != field.rect.y {
        return;
    }
    let within = rect.intersect(within);
    if within.is_empty() {
        return;
    }
    let skipped = ((within.x - rect.x) / 8 * 8) as usize;
    let factors = Factors::new(darkening);
    let pitch = photo.width() as usize * 4;
    let from = (rect.x as usize + skipped) * 4;
    let to = (within.right().next_multiple_of(8)).min(rect.right()) as usize * 4;
    let rows = photo
        .rgba()
        .chunks_exact(pitch)
        .zip(out.chunks_exact_mut(pitch));
    let rows = rows.skip(within.y as usize).take(within.height as usize);
    let coverage = field.packed.chunks_exact(field.stride);
    let coverage = coverage.skip((within.y - rect.y) as usize);
    for ((photo, out), coverage) in rows.zip(coverage) {
        let coverage = coverage.get(skipped..).unwrap_or_default();
        if let (Some(photo), Some(out)) = (photo.get(from..to), out.get_mut(from..to)) {
            composite_row::<L, KEEP>(photo, coverage, &factors, out);
        }
    }
}

fn composite_row<L: Lanes, const KEEP: bool>(
    photo: &[u8],
    coverage: &[i16],
    factors: &Factors,
    out: &mut [u8],
) {
    let (photo, photo_rest) = photo.as_chunks::<32>();
    let (out, out_rest) = out.as_chunks_mut::<32>();
    let (coverage, _) = coverage.as_chunks::<8>();
    for ((photo, out), coverage) in photo.iter().zip(out.iter_mut()).zip(coverage) {
        composite_eight::<L, KEEP>(photo, coverage, factors, out);
    }
    // The rectangle ends at the photo's border, short of eight pixels; the
    // field's row goes on.
    if let Some(coverage) = coverage.get(photo.len()) {
        let (mut last_in, mut last_out) = ([0; 32], [0; 32]);
        last_in
            .iter_mut()
            .zip(photo_rest)
            .for_each(|(to, from)| *to = *from);
        composite_eight::<L, false>(&last_in, coverage, factors, &mut last_out);
        out_rest
            .iter_mut()
            .zip(last_out)
            .for_each(|(to, from)| *to = from);
    }
}

#[inline(always)]
fn composite_eight<L: Lanes, const KEEP: bool>(
    photo: &[u8; 32],
    coverage: &[i16; 8],
    factors: &Factors,
    out: &mut [u8; 32],
) {
    if *coverage == [0; 8] {
        if !KEEP {
            *out = *photo;
        }
        return;
    }
    // A field holds coverage within 0 and the table's last step.
    let steps = L::load(coverage).add(L::splat(STEP_Q12 / 2));
    let [a, b, c, d] = steps.entries(&factors.table);
    let (photo, out) = (photo.as_chunks::<16>().0, out.as_chunks_mut::<16>().0);
    let halves = photo.iter().zip(out).zip([(a, b), (c, d)]);
    for ((photo, out), (low_factor, high_factor)) in halves {
        let (low, high) = L::widen(photo);
        if factors
            .clear_of_toe
            .is_some_and(|level| L::none_below(photo, level))
        {
            let low = darkened_clear(low, low_factor);
            L::narrow(low, darkened_clear(high, high_factor), out);
            continue;
        }
        let (drop_low, drop_high) = L::widen_from_table(photo, &TOE_DROP_Q4);
        let low = darkened(low, drop_low, low_factor);
        L::narrow(low, darkened(high, drop_high, high_factor), out);
    }
}

/// As [`darkened`], for values that never come near the toe: the same
/// integers by half the work, and most of a photo.
#[inline(always)]
fn darkened_clear<L: Lanes>(value: L, factor: L) -> L {
    let power_q6 = value
        .mul(L::splat(64))
        .add(L::splat(OFFSET_Q6))
        .mul_q15(factor);
    power_q6.add(L::splat(32 - OFFSET_Q6)).shr6()
}

/// Eight channel values, darkened by their Q15 factors.
#[inline(always)]
fn darkened<L: Lanes>(value: L, drop_q4: L, factor: L) -> L {
    let power_q6 = value
        .mul(L::splat(64))
        .add(L::splat(OFFSET_Q6))
        .sub(drop_q4.mul(L::splat(4)));
    let power_q6 = power_q6.mul_q15(factor);
    let below = L::splat(TOE_Q6)
        .sub(power_q6)
        .max(L::splat(0))
        .min(L::splat(TOE_REACH_Q6));
    let back = below.mul(L::splat(TOE_SQUARE)).mul_q15(below);
    // Rounded to whole levels on the way out.
    power_q6.add(back).add(L::splat(32 - OFFSET_Q6)).shr6()
}

#[cfg(test)]
#[path = "composite_tests.rs"]
mod tests;
