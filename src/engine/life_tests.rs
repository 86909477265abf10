use super::*;
use crate::engine::look::Look;
use crate::engine::shade::{darkening, mean_coverage};
use proptest::prelude::*;

fn at(day: f64) -> Life {
    Life::at(&Moment {
        day,
        ..Moment::HEALED
    })
}

fn years(years: f64, touch_up_years: f64) -> Life {
    Life::at(&Moment {
        day: Moment::HEALED.day + years * YEAR_DAYS,
        touch_up_years,
        ..Moment::HEALED
    })
}

fn takes(spread: &Spread) -> f64 {
    spread.dot_mm2 + spread.halo_mm2
}

#[test]
fn healed_is_what_was_chosen_to_the_last_bit() {
    let look = Look::default();
    let life = Life::at(&Moment::HEALED);
    let plain = spread(look.density.diameter_mm, look.density.crispness);
    assert_eq!(life.spreads(&look.density), [plain; SESSIONS]);
    assert_eq!(life.share(), 1.0);
    let pigment = darkening(&look.shade);
    assert_eq!(life.darkening(pigment, false), pigment);
    assert_eq!(
        Life::at(&Moment {
            day: f64::NAN,
            ..Moment::HEALED
        }),
        life
    );
}

/// The table of the module's documentation.
#[test]
fn sessions_healing_and_fading_are_the_documented_ones() {
    for (day, share) in [
        (-1.0, 0.0),
        (0.0, 0.30),
        (11.9, 0.30),
        (12.0, 0.75),
        (23.0, 0.75),
        (24.0, 1.0),
        (4000.0, 1.0),
    ] {
        assert_eq!(at(day).share(), share, "day {day}");
    }
    let density = Look::default().density;
    let healed = spread(density.diameter_mm, density.crispness);
    for (day, darkness, wider) in [
        (0.0, 1.43, 1.7),
        (5.0, 1.43, 1.49),
        (10.0, 0.93, 1.245),
        (20.0, 0.965, 1.1225),
    ] {
        let life = Life { done: 1, ..at(day) };
        let [first, ..] = life.spreads(&density);
        // Redness reaches farther than pigment.
        let pigment = first.dot_mm2 + first.halo_mm2 / life.reach();
        assert!(
            (pigment / takes(&healed) - darkness).abs() < 1e-9,
            "day {day}: {first:?}"
        );
        let width = (first.dot_variance_mm2 / healed.dot_variance_mm2).sqrt();
        assert!((width - wider).abs() < 1e-9, "day {day}: {width}");
    }
    for (day, red) in [(0.0, 1.0), (3.0, 0.5), (5.0, 0.15), (7.0, 0.0), (11.0, 0.0)] {
        assert!((at(day).redness() - red).abs() < 1e-9, "day {day}");
    }
    // The second session's 45 of 75 parts are fresh, the third's 25 of 100.
    assert!((at(12.0).redness() - 0.6).abs() < 1e-9);
    assert!((at(24.0).redness() - 0.25).abs() < 1e-9);
    for (y, contrast, wider) in [
        (1.0, 0.841, 1.0667),
        (2.0, 0.707, 1.1333),
        (4.0, 0.5, 1.2),
        (10.0, 0.177, 1.2),
    ] {
        let life = years(y, 0.0);
        assert!((life.contrast - contrast).abs() < 1e-3, "{y} years");
        let [now, ..] = life.spreads(&density);
        let width = (now.dot_variance_mm2 / healed.dot_variance_mm2).sqrt();
        assert!((width - wider).abs() < 1e-3, "{y} years: {width}");
        assert!((takes(&now) / takes(&healed) - 1.0).abs() < 1e-9);
    }
}

#[test]
fn a_touch_up_brings_the_contrast_back_and_leaves_the_width() {
    for (y, contrast) in [
        (3.9, 0.509),
        (4.0, 1.0),
        (5.0, 0.841),
        (8.0, 1.0),
        (10.0, 0.707),
    ] {
        let life = years(y, 4.0);
        assert!((life.contrast - contrast).abs() < 2e-3, "{y}: {life:?}");
        assert_eq!(life.wider, years(y, 0.0).wider);
    }
}

/// What fades is what is seen: skin takes half the light after four years.
#[test]
fn treated_skin_fades_as_the_contrast_does() {
    let look = Look::default();
    let per_mm2 = look.density.per_cm2 / 100.0;
    let light = |life: &Life| {
        let [spread, ..] = life.spreads(&look.density);
        let k = life.darkening(darkening(&look.shade), false);
        mean_coverage(&spread, per_mm2) * k.halo[1]
    };
    let whole = light(&Life::at(&Moment::HEALED));
    for (y, share) in [(1.0, 0.841), (4.0, 0.5), (8.0, 0.25)] {
        let left = light(&years(y, 0.0)) / whole;
        assert!((left - share).abs() < 0.02, "{y} years: {left}");
    }
}

#[test]
fn stops_follow_one_another_and_places_lie_between_them() {
    assert!(STOPS.windows(2).all(|two| two[0].day < two[1].day));
    assert_eq!(STOPS[HEALED_STOP].day, Moment::HEALED.day);
    for (index, stop) in STOPS.iter().enumerate() {
        assert_eq!(day_at(index as f64), stop.day);
        assert!(!stop.name.is_empty() && !stop.note.is_empty());
    }
    assert_eq!(told(STOPS[3].day), STOPS[3].name);
    assert_eq!(told(5.4), "Day 5");
    assert_eq!(told(Moment::HEALED.day + 2.5 * YEAR_DAYS), "2.5 years");
    assert_eq!(day_at(0.5), 5.5);
    assert_eq!(day_at(-1.0), STOPS[0].day);
    assert_eq!(day_at(f64::NAN), STOPS[0].day);
    assert_eq!(day_at(99.0), STOPS[STOPS.len() - 1].day);
}

proptest! {
    #[test]
    fn any_moment_is_a_life(day in proptest::num::f64::ANY, touch_up_years in proptest::num::f64::ANY) {
        let life = Life::at(&Moment { day, touch_up_years, ..Moment::HEALED });
        prop_assert!((0.0..=1.0).contains(&life.contrast));
        prop_assert!((0.0..=1.0).contains(&life.redness()));
        for spread in life.spreads(&Look::default().density) {
            prop_assert!(takes(&spread) > 0.0 && takes(&spread).is_finite());
        }
        let k = life.darkening(darkening(&Look::default().shade), false);
        prop_assert!(k.halo.iter().chain(&k.dots).all(|k| (0.0..=1.0).contains(k)));
    }

    #[test]
    fn it_never_jumps_but_at_sessions_and_touch_ups(day in 0.0..4000.0f64) {
        let density = Look::default().density;
        let (now, then) = (at(day), at(day + 0.01));
        prop_assume!(now.done == then.done);
        for (a, b) in now.spreads(&density).iter().zip(then.spreads(&density)) {
            prop_assert!((takes(a) - takes(&b)).abs() < 0.01 * takes(a));
        }
        prop_assert!((now.contrast - then.contrast).abs() < 1e-4);
    }
}
