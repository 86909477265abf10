//! Scalp coordinates: two tape-measure distances along the skin of the
//! cranium ellipsoid, and the exact way to the head frame and back.
//!
//! Head frame: millimetres, origin at the ellipsoid's centre, x to the
//! person's left, y up, z forward. The semi-axes stand along x, y, z.
//!
//! A point is reached by two angles, `(a sin φ, b cos φ sin λ, c cos φ cos λ)`:
//! λ turns about the ear-to-ear axis from the face over the crown, φ leans to
//! the side. Both distances are elliptic arc lengths; they are summed from
//! their Fourier series, which for head shapes is exact to far below a
//! nanometre and needs one sine and one cosine.

use glam::DVec3;
use serde::{Deserialize, Serialize};

/// Height of the glabella above the ellipsoid's centre as a share of the
/// vertical semi-axis: 4 mm below the centre of the standard cranium, where a
/// face's foremost point above the nose lies.
pub const GLABELLA_HEIGHT: f64 = -4.0 / 90.0;

/// A place on the scalp by two distances along the skin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScalpPoint {
    /// Distance from the midline in mm, positive to the person's left.
    pub lateral_mm: f64,
    /// Distance in mm from the glabella along the midline, upward and over
    /// the crown, to where the point's cross-section meets the midline.
    pub height_mm: f64,
}

/// How many Fourier terms an arc keeps. The terms fall as q^m with
/// q = difference / sum of the semi-axes: below 0.15 for heads, and still
/// below 1e-9 mm at q = 0.35, the roundest wrong guess a user can place.
const TERMS: usize = 16;

/// Arc length along an ellipse of semi-axes `p` and `q` as a function of the
/// eccentric angle whose speed at 0 is `p` and at a quarter turn is `q`.
#[derive(Debug, Clone, Copy)]
struct Arc {
    p: f64,
    q: f64,
    /// mm per radian on average.
    mean: f64,
    /// mm; factors of sin 2mt, m = 1...
    wave: [f64; TERMS],
}

/// Coefficients of sqrt(1 - x) in powers of x.
const fn sqrt_series() -> [f64; TERMS + 1] {
    let mut c = [1.0; TERMS + 1];
    let mut k = 1;
    while k <= TERMS {
        c[k] = c[k - 1] * (k as f64 - 1.5) / k as f64;
        k += 1;
    }
    c
}

const SQRT_SERIES: [f64; TERMS + 1] = sqrt_series();

impl Arc {
    /// The speed is (p+q)/2 * |1 - r e^(2it)| with r = (q-p)/(q+p); its
    /// Fourier coefficients are products of the series of sqrt(1 - x).
    fn new(p: f64, q: f64) -> Self {
        let half_sum = 0.5 * (p + q);
        let r = (q - p) / (q + p);
        let mut powers = [1.0; TERMS + 1];
        for k in 1..=TERMS {
            powers[k] = powers[k - 1] * r;
        }
        let coefficient = |m: usize| -> f64 {
            SQRT_SERIES[m..]
                .iter()
                .zip(&SQRT_SERIES)
                .zip(powers.iter().zip(&powers[m..]))
                .map(|((high, low), (rk, rkm))| high * low * rk * rkm)
                .sum()
        };
        let mut wave = [0.0; TERMS];
        for (index, w) in wave.iter_mut().enumerate() {
            let m = index + 1;
            *w = half_sum * coefficient(m) / m as f64;
        }
        Self {
            p,
            q,
            mean: half_sum * coefficient(0),
            wave,
        }
    }

    /// Signed arc length (mm) from angle 0 to `t` (radians), and the speed
    /// (mm per radian) there.
    fn length_and_speed(&self, t: f64) -> (f64, f64) {
        let (sin, cos) = (libm::sin(t), libm::cos(t));
        let (sin2, cos2) = (2.0 * sin * cos, cos * cos - sin * sin);
        // sin 2mt by the angle-addition recurrence.
        let (mut before, mut now) = (0.0, sin2);
        let mut length = self.mean * t;
        for w in self.wave {
            length += w * now;
            (before, now) = (now, 2.0 * cos2 * now - before);
        }
        let speed = (self.p * self.p * cos * cos + self.q * self.q * sin * sin).sqrt();
        (length, speed)
    }

    fn length(&self, t: f64) -> f64 {
        self.length_and_speed(t).0
    }

    /// The angle at which the arc length is `length_mm`, by Newton's method;
    /// the speed varies by a few tens of percent only, so it cannot run away.
    fn angle(&self, length_mm: f64) -> f64 {
        let mut t = length_mm / self.mean;
        for _ in 0..12 {
            let (length, speed) = self.length_and_speed(t);
            let step = (length - length_mm) / speed;
            t -= step;
            if step.abs() < 1e-13 {
                break;
            }
        }
        t
    }
}

/// The map between scalp coordinates and the head frame for one head.
#[derive(Debug, Clone, Copy)]
pub struct Chart {
    semi_axes_mm: DVec3,
    midline: Arc,
    glabella_mm: f64,
}

impl Chart {
    /// The chart of the ellipsoid with the given semi-axes (mm, positive).
    #[must_use]
    pub fn new(semi_axes_mm: DVec3) -> Self {
        let midline = Arc::new(semi_axes_mm.y, semi_axes_mm.z);
        let glabella_mm = midline.length(libm::asin(GLABELLA_HEIGHT));
        Self {
            semi_axes_mm,
            midline,
            glabella_mm,
        }
    }

    /// The ellipsoid's semi-axes, mm.
    #[must_use]
    pub fn semi_axes_mm(&self) -> DVec3 {
        self.semi_axes_mm
    }

    /// The half-ellipse from ear pole to ear pole at angle λ.
    fn cross_section(&self, sin_lambda: f64, cos_lambda: f64) -> Arc {
        let (y, z) = (
            self.semi_axes_mm.y * sin_lambda,
            self.semi_axes_mm.z * cos_lambda,
        );
        Arc::new(self.semi_axes_mm.x, (y * y + z * z).sqrt())
    }

    /// The head-frame point (mm, on the ellipsoid). A lateral distance beyond
    /// the pole over the ear stops at the pole.
    #[must_use]
    pub fn head_from_scalp(&self, at: ScalpPoint) -> DVec3 {
        let lambda = self.midline.angle(at.height_mm + self.glabella_mm);
        let (sin_lambda, cos_lambda) = (libm::sin(lambda), libm::cos(lambda));
        let quarter = core::f64::consts::FRAC_PI_2;
        let phi = self
            .cross_section(sin_lambda, cos_lambda)
            .angle(at.lateral_mm)
            .clamp(-quarter, quarter);
        let (sin_phi, cos_phi) = (libm::sin(phi), libm::cos(phi));
        self.semi_axes_mm * DVec3::new(sin_phi, cos_phi * sin_lambda, cos_phi * cos_lambda)
    }

    /// The scalp coordinates of a head-frame point; one off the ellipsoid
    /// counts as the point of the ellipsoid on the same ray of directions
    /// `(x/a, y/b, z/c)`. Heights run from half a turn below the face to the
    /// back of the head, where they jump.
    #[must_use]
    pub fn scalp_from_head(&self, p_mm: DVec3) -> ScalpPoint {
        let n = p_mm / self.semi_axes_mm;
        let meridian = (n.y * n.y + n.z * n.z).sqrt();
        let lambda = libm::atan2(n.y, n.z);
        let phi = libm::atan2(n.x, meridian);
        let cross_section = self.cross_section(libm::sin(lambda), libm::cos(lambda));
        ScalpPoint {
            lateral_mm: cross_section.length(phi),
            height_mm: self.midline.length(lambda) - self.glabella_mm,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::anthropometry::STANDARD_SEMI_AXES_MM;

    fn simpson(p: f64, q: f64, to: f64) -> f64 {
        let n = 2000;
        let h = to / f64::from(n);
        let speed = |t: f64| {
            (p * p * libm::pow(libm::cos(t), 2.0) + q * q * libm::pow(libm::sin(t), 2.0)).sqrt()
        };
        (0..=n)
            .map(|i| {
                let weight = if i == 0 || i == n {
                    1.0
                } else {
                    2.0 + 2.0 * f64::from(i % 2)
                };
                weight * speed(f64::from(i) * h) * h / 3.0
            })
            .sum()
    }

    #[test]
    fn arc_length_agrees_with_simpson() {
        for (p, q) in [
            (77.0, 100.0),
            (90.0, 100.0),
            (100.0, 77.0),
            (60.0, 110.0),
            (80.0, 80.0),
        ] {
            for to in [-1.5, -0.3, 0.2, 1.0, 1.57, 2.5] {
                let (series, sum) = (Arc::new(p, q).length(to), simpson(p, q, to));
                assert!((series - sum).abs() < 1e-7, "{p} {q} {to}: {series} {sum}");
            }
        }
    }

    #[test]
    fn glabella_is_the_origin_and_signs_are_the_persons() {
        let chart = Chart::new(STANDARD_SEMI_AXES_MM);
        let origin = chart.head_from_scalp(ScalpPoint {
            lateral_mm: 0.0,
            height_mm: 0.0,
        });
        assert!(
            (origin.y + 4.0).abs() < 1e-9 && origin.z > 99.0 && origin.x == 0.0,
            "{origin}"
        );
        let upper_left = chart.head_from_scalp(ScalpPoint {
            lateral_mm: 50.0,
            height_mm: 70.0,
        });
        assert!(upper_left.x > 30.0 && upper_left.y > 30.0, "{upper_left}");
        // A tape over the crown: vertex near 4 + a quarter ellipse.
        let vertex = chart.scalp_from_head(DVec3::new(0.0, 90.0, 0.0));
        assert!(
            (vertex.height_mm - (simpson(90.0, 100.0, core::f64::consts::FRAC_PI_2) + 4.0)).abs()
                < 0.1
        );
    }

    #[test]
    fn a_reach_beyond_the_ear_stops_at_the_pole() {
        let chart = Chart::new(STANDARD_SEMI_AXES_MM);
        let p = chart.head_from_scalp(ScalpPoint {
            lateral_mm: 900.0,
            height_mm: 70.0,
        });
        assert!((p.x - 77.0).abs() < 1e-9, "{p}");
    }

    proptest! {
        #[test]
        fn there_and_back(
            lateral_mm in -115.0..115.0f64, height_mm in -60.0..280.0f64,
            a in 68.0..86.0f64, b in 80.0..100.0f64, c in 88.0..112.0f64,
        ) {
            let chart = Chart::new(DVec3::new(a, b, c));
            // Stay clear of the pole and of the jump at the back.
            let scale = (a / 77.0).min(b / 90.0).min(c / 100.0);
            let at = ScalpPoint { lateral_mm: lateral_mm * scale, height_mm: height_mm * scale };
            let p = chart.head_from_scalp(at);
            let n = p / chart.semi_axes_mm();
            prop_assert!((n.length_squared() - 1.0).abs() < 1e-12);
            let back = chart.scalp_from_head(p);
            prop_assert!((back.lateral_mm - at.lateral_mm).abs() < 1e-6, "{at:?} {back:?}");
            prop_assert!((back.height_mm - at.height_mm).abs() < 1e-6, "{at:?} {back:?}");
        }
    }
}
