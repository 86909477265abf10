use super::*;
use crate::engine::color::lab_from_linear;
use crate::engine::color::luminance;
use crate::engine::shade::darkening;
use crate::engine::skin::SkinClass;

const SCALE: Scale = Scale {
    px_per_mm: 5.0,
    camera_px2: 0.3,
};

fn grainy(mean_linear: [f64; 3], grain: f64) -> Texture {
    Texture {
        mean_linear,
        grain: [Some(grain); BANDS],
    }
}

fn plain(mean_linear: [f64; 3]) -> Texture {
    grainy(mean_linear, 1e-4)
}

/// What skin looks like in the mean that is treated so.
fn treated(skin: [f64; 3], density: &Density, shade: &Shade) -> [f64; 3] {
    let spread = spread(density.diameter_mm, density.crispness);
    let per_mm2 = density.per_cm2 / 100.0;
    let cover = mean_coverage(&spread, per_mm2);
    let k = darkening(shade).where_dots_are(dot_share(&spread, per_mm2));
    std::array::from_fn(|i| skin[i] * (1.0 - cover * k[i]))
}

fn matched(skin: [f64; 3], stubble: &Texture) -> Matched {
    match_stubble(&plain(skin), stubble, SCALE, &Density::default())
}

/// Stubble made by a plan is matched by a plan that looks like it: on every
/// skin tone.
#[test]
fn stubble_made_by_a_shade_is_matched_in_colour() {
    for class in SkinClass::ALL {
        let skin = class.usual_linear();
        for (dilution, warmth) in [(15.0, 0.2), (20.0, 0.6), (40.0, 0.9)] {
            let shade = Shade {
                dilution,
                warmth,
                ..Shade::default()
            };
            let wanted = treated(skin, &Density::default(), &shade);
            let found = matched(skin, &plain(wanted));
            assert_eq!(found.fit, Fit::Well, "{class:?} {shade:?}");
            let lab = lab_from_linear(treated(skin, &found.density, &found.shade));
            let wanted = lab_from_linear(wanted);
            let squares = wanted.iter().zip(lab).map(|(a, b)| (a - b) * (a - b));
            let off = squares.sum::<f64>().sqrt();
            assert!(off < 2.0, "{class:?} {shade:?}: {off:.2}, {found:?}");
        }
    }
}

#[test]
fn stubble_out_of_reach_says_so() {
    let skin = SkinClass::Light.usual_linear();
    let fit = |stubble| matched(skin, &plain(stubble)).fit;
    assert_eq!(fit(skin.map(|v| v * 1.2)), Fit::NoContrast);
    assert_eq!(fit([0.0; 3]), Fit::TooDark);
    assert_eq!(fit(skin.map(|v| v * 0.97)), Fit::Faint);
    assert_eq!(fit(skin.map(|v| v * 0.9)), Fit::Well);
    let dense = matched(skin, &plain(skin.map(|v| v * 0.4)));
    assert!(dense.fit == Fit::Dense && dense.density.is_helmet());
}

#[test]
fn grainier_stubble_gets_plainer_dots() {
    let skin = SkinClass::Light.usual_linear();
    let stubble = skin.map(|v| 0.7 * v);
    let with = |grain: f64| {
        let found = matched(skin, &grainy(stubble, grain));
        spread(found.density.diameter_mm, found.density.crispness).dot_mm2
    };
    assert!(with(2e-4) < with(3e-3));
}

/// Hair that shines takes little light in the mean, and is seen by its specks.
#[test]
fn specks_are_made_by_taking_a_little_more_than_the_stubble_and_never_much() {
    let skin = SkinClass::Light.usual_linear();
    let stubble = skin.map(|v| 0.93 * v);
    let taken = |grain: f64| {
        let found = matched(skin, &grainy(stubble, grain));
        let left = treated(skin, &found.density, &found.shade);
        1.0 - luminance(left) / luminance(skin)
    };
    let (smooth, rough) = (taken(1.5e-4), taken(1e-2));
    assert!((smooth - 0.07).abs() < 0.01, "{smooth}");
    assert!((0.08..0.07 + FAINT + 0.01).contains(&rough), "{rough}");
}

#[test]
fn any_texture_gives_numbers_within_bounds() {
    for v in [f64::NAN, f64::INFINITY, 0.0, -1.0, 1e300] {
        for w in [f64::NAN, 0.0, 0.3] {
            let found = matched([v; 3], &plain([w; 3]));
            let look = crate::engine::look::Look {
                density: found.density,
                shade: found.shade,
                ..Default::default()
            };
            assert_eq!(look.clamped(), look, "{v} {w}");
        }
    }
}
