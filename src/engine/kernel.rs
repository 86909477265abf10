//! One-dimensional Gaussians in integers, made once per width and kept.
//!
//! Each table holds running sums in Q15 instead of weights: a pixel's share of
//! an amount `a` is `round(a · upper) − round(a · lower)`. The shares then add
//! up to exactly `a` whatever it is, so that faint impressions neither vanish
//! nor grow by rounding.

use std::ops::Range;

/// Sub-pixel positions per pixel (perf.md §2: eight are visibly too few).
pub(crate) const PHASES: usize = 64;
/// Smallest variance tabled, px². Sampled at pixel centres a narrower
/// Gaussian loses its shape.
pub(crate) const MIN_VARIANCE_PX2: f32 = 0.25;
/// Variances from here on, px², have no table.
pub(crate) const MAX_VARIANCE_PX2: f32 = 1024.0;
/// Running sum of a whole profile in Q15.
pub(crate) const WHOLE: i16 = i16::MAX;
/// Widths share a table when sign, exponent and four further bits of their
/// variance agree: steps of at most 3 % in σ.
const KEY_SHIFT: u32 = 19;
/// Profiles are cut off at this many σ and pixels, where they have fallen to
/// 2 % of their peak, and what is left made whole again.
const CUT: (f64, f64) = (2.7, 0.3);

/// The tables of every width used so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kernels {
    by_key: Vec<Option<Kernel>>,
}

/// Name of a width's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key(u32);

/// The running sums of one width at all sub-pixel positions.
#[derive(Debug, Clone)]
pub(crate) struct Kernel {
    lanes: usize,
    reached: Range<usize>,
    cumulative: Vec<i16>,
}

/// The key of a variance, which is brought into the tabled range.
pub(crate) fn key(variance_px2: f32) -> Key {
    // The bits of positive floats are ordered as they are. `max` and `min`
    // take not-a-number to the bound.
    let last = MAX_VARIANCE_PX2.to_bits() - 1;
    let bits = variance_px2.max(MIN_VARIANCE_PX2).to_bits().min(last);
    Key((bits - MIN_VARIANCE_PX2.to_bits()) >> KEY_SHIFT)
}

impl Kernels {
    /// Makes the table of `key` if it is not there.
    pub(crate) fn ensure(&mut self, key: Key) {
        let index = key.0 as usize;
        if index >= self.by_key.len() {
            self.by_key.resize(index + 1, None);
        }
        if let Some(slot @ None) = self.by_key.get_mut(index) {
            *slot = Some(Kernel::new(key));
        }
    }

    /// The table of `key`, where it was made.
    #[inline]
    pub(crate) fn get(&self, key: Key) -> Option<&Kernel> {
        self.by_key.get(key.0 as usize)?.as_ref()
    }
}

impl Kernel {
    fn new(key: Key) -> Self {
        let edge = |k: u32| {
            f64::from(f32::from_bits(
                MIN_VARIANCE_PX2.to_bits() + (k << KEY_SHIFT),
            ))
        };
        let variance = (edge(key.0) * edge(key.0 + 1)).sqrt();
        let cut = CUT.0 * variance.sqrt() + CUT.1;
        let lanes = ((2.0 * cut / 8.0).ceil() as usize).max(1) * 8;
        let mut cumulative = Vec::with_capacity(PHASES * (lanes + 1));
        let mut sums = Vec::with_capacity(lanes);
        for phase in 0..PHASES {
            let fraction = (phase as f64 + 0.5) / PHASES as f64;
            let first = 1.0 - lanes as f64 / 2.0 - fraction;
            // Neighbouring samples of a Gaussian have a ratio, and the ratios
            // one of their own: three exponentials make the whole row.
            let mut sample = libm::exp(-first * first / (2.0 * variance));
            let mut ratio = libm::exp(-(2.0 * first + 1.0) / (2.0 * variance));
            let ratio_of_ratios = libm::exp(-1.0 / variance);
            let mut sum = 0.0;
            sums.clear();
            for _ in 0..lanes {
                let offset = first + sums.len() as f64;
                sum += if offset.abs() <= cut { sample } else { 0.0 };
                sums.push(sum);
                sample *= ratio;
                ratio *= ratio_of_ratios;
            }
            cumulative.push(0);
            cumulative.extend(
                sums.iter()
                    .map(|s| (s / sum * f64::from(WHOLE) + 0.5) as i16),
            );
        }
        // From the first sample of the last phase to the last of the first.
        let reach = cut as usize;
        let reached = (lanes / 2 - 1).saturating_sub(reach)..(lanes / 2 + reach + 1).min(lanes);
        Self {
            lanes,
            reached,
            cumulative,
        }
    }

    /// Samples per profile, a multiple of eight. Sample `i` belongs to the
    /// pixel `i − (lanes / 2 − 1)` after the one whose centre is at or before
    /// the profile's.
    #[inline]
    pub(crate) fn lanes(&self) -> usize {
        self.lanes
    }

    /// Index of the sample that belongs to that very pixel.
    #[inline]
    pub(crate) fn half(&self) -> i32 {
        self.lanes as i32 / 2 - 1
    }

    /// The samples that are not nothing at every phase.
    #[inline]
    pub(crate) fn reached(&self) -> Range<usize> {
        self.reached.clone()
    }

    /// `amount` spread over the samples [`Kernel::reached`].
    #[inline(always)]
    pub(crate) fn shares(&self, phase: usize, amount: i64) -> impl Iterator<Item = i64> + '_ {
        let sums = self
            .sums(phase)
            .get(self.reached.start + 1..=self.reached.end)
            .unwrap_or(&[]);
        let mut before = 0;
        sums.iter().map(move |&sum| {
            // Round the running amount, not each share: nothing gets lost.
            let after = (amount * i64::from(sum) + (1 << 14)) >> 15;
            after - std::mem::replace(&mut before, after)
        })
    }

    /// Running sums, `lanes + 1` of them from 0 to [`WHOLE`], of the profile
    /// `phase` / 64 px after a pixel's centre; none from 64 on.
    #[inline]
    pub(crate) fn sums(&self, phase: usize) -> &[i16] {
        let start = phase * (self.lanes + 1);
        self.cumulative
            .get(start..)
            .and_then(|sums| sums.get(..=self.lanes))
            .unwrap_or(&[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_whole_rising_and_of_the_right_width_and_place() {
        let mut kernels = Kernels::default();
        let mut variance = 0.3f32;
        while variance < 900.0 {
            kernels.ensure(key(variance));
            let kernel = kernels.get(key(variance)).unwrap();
            for phase in [0, 17, 63] {
                let sums = kernel.sums(phase);
                assert_eq!(
                    (sums.len(), sums[0], *sums.last().unwrap()),
                    (kernel.lanes() + 1, 0, WHOLE)
                );
                assert!(sums.is_sorted());
                let shares: Vec<i64> = kernel.shares(phase, 100_003).collect();
                assert_eq!(
                    (shares.len(), shares.iter().sum::<i64>()),
                    (kernel.reached().len(), 100_000)
                );
                let moment = |power: i32, about: f64| -> f64 {
                    let at = |i: usize| i as f64 - (kernel.lanes() / 2 - 1) as f64 - about;
                    sums.windows(2)
                        .enumerate()
                        .map(|(i, w)| {
                            f64::from(w[1] - w[0]) / 32767.0 * libm::pow(at(i), f64::from(power))
                        })
                        .sum()
                };
                let mean = moment(1, 0.0);
                // The narrowest are drawn to pixel centres a little.
                assert!(
                    (mean - (phase as f64 + 0.5) / 64.0).abs()
                        < 0.012 + 0.002 * f64::from(variance).sqrt(),
                    "{variance} {phase}: {mean}"
                );
                let sigma_ratio = (moment(2, mean) / f64::from(variance)).sqrt();
                // Half a step of the table, and what lies beyond the cut.
                assert!(
                    (0.95..1.02).contains(&sigma_ratio),
                    "{variance} {phase}: {sigma_ratio}"
                );
            }
            variance *= 1.37;
        }
        assert!(kernels.get(key(0.3)).unwrap().sums(64).is_empty());
    }

    #[test]
    fn any_number_has_a_key_in_range() {
        let mut kernels = Kernels::default();
        for v in [f32::NAN, f32::INFINITY, -1.0, 0.0, 1e30] {
            kernels.ensure(key(v));
            assert!(kernels.get(key(v)).is_some());
        }
        assert!(kernels.by_key.len() < 256);
    }
}
