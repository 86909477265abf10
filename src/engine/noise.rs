//! Smooth noise on the skin: the waves of a grown hairline, and how unevenly
//! dark shaved hair is.

use super::rng::hash;

/// Value noise in −1 to 1 at a point (mm), with bumps about `period_mm` apart:
/// random numbers on a cubic lattice of half that spacing, blended smoothly.
/// Mean 0, root mean square about 0.37, no jumps in value or slope.
#[must_use]
pub fn surface_noise(seed: u32, p_mm: [f64; 3], period_mm: f64) -> f64 {
    let at = p_mm.map(|x| 2.0 * x / period_mm);
    let corner = at.map(f64::floor);
    let [tx, ty, tz] = [at[0] - corner[0], at[1] - corner[1], at[2] - corner[2]].map(fade);
    let [x, y, z] = corner.map(|c| c as i32);
    let value = |dx: i32, dy: i32, dz: i32| {
        let word = |v: i32, d: i32| v.wrapping_add(d).cast_unsigned();
        let bits = hash(
            seed ^ word(z, dz).wrapping_mul(0x9e37_79b1),
            word(x, dx),
            word(y, dy),
        );
        f64::from(bits) / f64::from(u32::MAX) * 2.0 - 1.0
    };
    let row = |dy, dz| lerp(value(0, dy, dz), value(1, dy, dz), tx);
    let plane = |dz| lerp(row(0, dz), row(1, dz), ty);
    lerp(plane(0), plane(1), tz)
}

/// Periods of the unevenness, mm: from the width of a few follicular units to
/// that of a thumb. Ours.
pub const UNEVEN_MM: [f64; 3] = [3.0, 6.0, 12.0];
/// Root mean square of the unevenness where it is 1.
pub const UNEVEN_RMS: f64 = 0.6;
/// Standard deviation of the logarithm of a lognormal of mean 1 that has
/// [`UNEVEN_RMS`]: √ln(1 + 0.6²).
const UNEVEN_LOG: f64 = 0.5545;
/// Makes three octaves of root mean square 0.37 each one of 1.
const UNEVEN_GAIN: f64 = 1.56;

/// How much darker a place is than the mean, as a share of it: never less than
/// not dark at all.
#[must_use]
pub fn unevenness(seed: u32, p_standard_mm: [f64; 3]) -> f32 {
    let octaves = (2u32..).zip(UNEVEN_MM);
    let sum: f64 = octaves
        .map(|(stream, mm)| surface_noise(seed.wrapping_add(stream), p_standard_mm, mm))
        .sum();
    let log = UNEVEN_LOG * (UNEVEN_GAIN * sum - 0.5 * UNEVEN_LOG);
    (libm::exp(log) - 1.0) as f32
}

/// 6t⁵ − 15t⁴ + 10t³: flat in value, slope and curvature at both ends.
fn fade(t: f64) -> f64 {
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}

fn lerp(a: f64, b: f64, t: f64) -> f64 {
    a + (b - a) * t
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_centred_bounded_and_of_the_stated_strength() {
        let (mut sum, mut square, n) = (0.0, 0.0, 40_000);
        for i in 0..n {
            let t = f64::from(i);
            let v = surface_noise(5, [t * 0.731, t * 0.413, t * 0.177], 32.0);
            assert!((-1.0..=1.0).contains(&v));
            sum += v;
            square += v * v;
        }
        let (mean, rms) = (sum / f64::from(n), (square / f64::from(n)).sqrt());
        assert!(
            mean.abs() < 0.03 && (0.3..0.45).contains(&rms),
            "mean {mean}, rms {rms}"
        );
    }

    #[test]
    fn noise_has_no_jumps_and_repeats_by_seed() {
        for i in -2000..2000 {
            let at = |d: f64| surface_noise(1, [f64::from(i) * 0.01 + d, 3.0, -7.0], 6.0);
            assert!((at(0.0) - at(0.001)).abs() < 0.003, "jump at {i}");
            assert_eq!(at(0.0).to_bits(), at(0.0).to_bits());
        }
        assert!(surface_noise(1, [1.0; 3], 6.0) != surface_noise(2, [1.0; 3], 6.0));
    }
}
