//! Blending into the hair that is there: impressions are stronger or fainter
//! beside each part of it, as it is darker or lighter there than elsewhere.
//!
//! Hair that is left lies around the head like a wreath, so that five places
//! along it say most of what there is to say; between them, towards the forehead
//! and towards the vertex strength goes over to the usual one.

use glam::DVec3;

use super::ease::smoothstep;
use super::look::{Beside, Density};
use super::params::ParamId;
use super::shade::{density_for, mean_coverage, spread};

/// Places along the wreath.
pub(super) const PLACES: usize = 5;
/// Where they are, degrees from the forehead to the person's left: right side
/// behind the ear, right temple, and so on; the back is both first and last. Ours:
/// a temple's middle, the head's widest part and the occiput.
const AZIMUTHS_DEG: [f64; PLACES + 2] = [-180.0, -110.0, -55.0, 0.0, 55.0, 110.0, 180.0];
/// Which field of [`Beside`] each of them is; none at the forehead, where there is
/// no hair to blend into.
const FIELDS: [Option<usize>; PLACES + 2] =
    [Some(2), Some(1), Some(0), None, Some(4), Some(3), Some(2)];
/// Height on the cranium, semi-axes, from which on a place of the wreath counts
/// nothing, and below which it counts in full: between the vertex and the upper
/// edge of the hair that Norwood VI leaves.
const FADES: [f64; 2] = [0.95, 0.75];
/// Least and most that hair is taken to be as dark as elsewhere: beyond, it is
/// mostly light, or longer hair, that makes the difference; and what is too dark
/// looks worse than what is too light.
const DARKER: [f64; 2] = [0.8, 1.2];
/// So few squares of hair count half.
const FEW: f64 = 16.0;

/// Where some skin lies along the wreath.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Along {
    /// Whole part: the one of [`AZIMUTHS_DEG`] before it; the rest: the way to the
    /// next.
    at: f32,
    /// How much the wreath counts there, 0–1.
    weight: f32,
}

impl Along {
    /// Of a direction in semi-axes of the cranium.
    pub(super) fn new(dir: DVec3) -> Self {
        let azimuth_deg = libm::atan2(dir.x, dir.z).to_degrees();
        let before = AZIMUTHS_DEG.iter().skip(1).take(PLACES);
        let before = before.filter(|knot| **knot <= azimuth_deg).count();
        let way = match AZIMUTHS_DEG.get(before..before + 2) {
            Some(&[from, to]) => ((azimuth_deg - from) / (to - from)).clamp(0.0, 1.0),
            _ => 0.0,
        };
        let [none, all] = FADES;
        let weight = smoothstep(((none - dir.y) / (none - all)) as f32);
        Self {
            // The next one's own place is the next one's.
            at: before as f32 + (way as f32).min(0.999),
            weight,
        }
    }
}

/// How much stronger impressions are along the wreath, as a share, at each of
/// [`AZIMUTHS_DEG`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Stronger([f32; PLACES + 2]);

impl Stronger {
    pub(super) fn new(beside: &Beside) -> Self {
        let Beside {
            right_temple,
            right_side,
            back,
            left_side,
            left_temple,
        } = *beside;
        let all = [
            back,
            right_side,
            right_temple,
            1.0,
            left_temple,
            left_side,
            back,
        ];
        Self(all.map(|times| (times - 1.0) as f32))
    }

    /// What to multiply the strength of impressions by.
    #[inline]
    pub(super) fn times(&self, along: Along) -> f32 {
        let before = along.at as usize;
        let Some(&[from, to]) = self.0.get(before..before + 2) else {
            return 1.0;
        };
        1.0 + along.weight * (from + (to - from) * (along.at - before as f32))
    }
}

/// Which place of the wreath hair in that direction is nearest to, counted as the
/// fields of [`Beside`]; none at the forehead.
pub(super) fn place(dir: DVec3) -> Option<usize> {
    let nearest = (Along::new(dir).at + 0.5) as usize;
    FIELDS.get(nearest).copied().flatten()
}

/// How many times as much light as elsewhere the hair of one place takes, by what
/// that many squares of it show.
pub(super) fn darker(taken_here: f64, taken_elsewhere: f64, squares: usize) -> f64 {
    let [least, most] = DARKER;
    let times = (taken_here / taken_elsewhere.max(1e-3)).clamp(least, most);
    let sure = squares as f64 / (squares as f64 + FEW);
    libm::pow(times, sure)
}

/// The strengths at which such impressions take so many times the light they
/// usually do; `darker` counts as the fields of [`Beside`].
#[must_use]
#[inline(never)]
pub fn beside(density: &Density, darker: [f64; PLACES]) -> Beside {
    let spread = spread(density.diameter_mm, density.crispness);
    let per_mm2 = density.per_cm2 / 100.0;
    let cover = mean_coverage(&spread, per_mm2);
    // Halos that overlap take ever less: as many more impressions say how much
    // stronger these have to be.
    let [right_temple, right_side, back, left_side, left_temple] = darker.map(|times| {
        let strength = density_for(&spread, cover * times) / per_mm2.max(1e-6);
        // All rows of them are alike.
        ParamId::BesideBack.row().on_step(strength)
    });
    Beside {
        right_temple,
        right_side,
        back,
        left_side,
        left_temple,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dir(azimuth_deg: f64, y: f64) -> DVec3 {
        let (sin, cos) = libm::sincos(azimuth_deg.to_radians());
        let across = (1.0 - y * y).sqrt();
        DVec3::new(across * sin, y, across * cos)
    }

    const UNLIKE: Beside = Beside {
        right_temple: 0.8,
        right_side: 1.2,
        back: 1.5,
        left_side: 1.7,
        left_temple: 0.6,
    };

    #[test]
    fn each_place_has_its_own_strength_and_forehead_and_vertex_the_usual() {
        let stronger = Stronger::new(&UNLIKE);
        let at = |azimuth_deg, y| stronger.times(Along::new(dir(azimuth_deg, y)));
        let places = [
            (-55.0, 0.8),
            (-110.0, 1.2),
            (180.0, 1.5),
            (-180.0, 1.5),
            (110.0, 1.7),
            (55.0, 0.6),
            (0.0, 1.0),
        ];
        for (azimuth_deg, times) in places {
            assert!((at(azimuth_deg, 0.3) - times).abs() < 0.01, "{azimuth_deg}");
            assert!((at(azimuth_deg, 0.96) - 1.0).abs() < 1e-6, "{azimuth_deg}");
        }
    }

    #[test]
    fn it_goes_over_without_a_step() {
        let stronger = Stronger::new(&UNLIKE);
        for tenths in -1800..1800 {
            let at = |tenths: i32| stronger.times(Along::new(dir(f64::from(tenths) / 10.0, 0.7)));
            assert!((at(tenths) - at(tenths + 1)).abs() < 0.005, "{tenths}");
            let up = |y: i32| stronger.times(Along::new(dir(110.0, f64::from(y) / 2000.0)));
            assert!((up(tenths) - up(tenths + 1)).abs() < 0.01, "{tenths}");
        }
    }

    #[test]
    fn usual_strengths_change_nothing_to_the_last_bit() {
        let stronger = Stronger::new(&Density::default().beside);
        for azimuth_deg in -18..=18 {
            let along = Along::new(dir(10.0 * f64::from(azimuth_deg), 0.5));
            assert_eq!(stronger.times(along), 1.0);
        }
    }

    #[test]
    fn hair_belongs_to_the_place_it_is_nearest_to() {
        let found = [-50.0, -100.0, -170.0, 170.0, 120.0, 60.0, 10.0];
        let found = found.map(|azimuth_deg| place(dir(azimuth_deg, 0.2)));
        let all = [Some(0), Some(1), Some(2), Some(2), Some(3), Some(4), None];
        assert_eq!(found, all);
    }

    #[test]
    fn strengths_take_as_much_more_light_as_is_asked() {
        let density = Density::default();
        let found = beside(&density, [0.7, 1.0, 1.2, 1.3, 1.0]);
        assert_eq!((found.right_side, found.left_temple), (1.0, 1.0));
        let spread = spread(density.diameter_mm, density.crispness);
        let cover = |times: f64| mean_coverage(&spread, times * density.per_cm2 / 100.0);
        for (strength, asked) in [
            (found.right_temple, 0.7),
            (found.back, 1.2),
            (found.left_side, 1.3),
        ] {
            assert!(
                (cover(strength) / cover(1.0) - asked).abs() < 0.02,
                "{asked}"
            );
        }
        let row = ParamId::BesideBack.row();
        let wild = beside(&density, [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e9]);
        for strength in [wild.right_side, wild.back, wild.left_side, wild.left_temple] {
            assert!((row.min..=row.max).contains(&strength));
        }
    }

    #[test]
    fn few_squares_say_less_and_light_is_not_taken_for_hair() {
        assert_eq!(darker(0.3, 0.3, 100), 1.0);
        assert!((1.15..=1.2).contains(&darker(0.6, 0.3, 1000)));
        assert!(darker(0.4, 0.3, 2) < darker(0.4, 0.3, 50));
        assert!(darker(0.1, 0.3, 50) < 1.0);
    }
}
