//! The treatment's life on a drawn head, read from the pixels: sessions add, healing
//! and the years change what is seen by the documented shares.
#![expect(clippy::expect_used, reason = "tests may stop at the first surprise")]

mod support;

use smp_visualizer::engine::color::{lab_from_linear, linear_from_rgb8};
use smp_visualizer::engine::image::{Photo, Rect};
use smp_visualizer::engine::life::{Moment, STOPS, YEAR_DAYS};
use smp_visualizer::engine::look::Look;
use smp_visualizer::engine::matte::Matte;
use smp_visualizer::engine::render::Renderer;
use smp_visualizer::engine::stages::Inputs;
use support::{LIGHT, from_above, photo, ranked, render_at};

const SIDE: u32 = 600;

/// Where density is finished, on the crown seen from above.
const CROWN: Rect = Rect {
    x: 250,
    y: 260,
    width: 100,
    height: 100,
};

fn on(day: f64, touch_up_years: f64) -> Inputs {
    Inputs {
        moment: Moment {
            day,
            touch_up_years,
            ..Moment::HEALED
        },
        ..Inputs::healed(from_above(), Look::default())
    }
}

fn after(years: f64, touch_up_years: f64) -> Inputs {
    on(Moment::HEALED.day + years * YEAR_DAYS, touch_up_years)
}

fn mean(pixels: &[u8]) -> [f64; 3] {
    let picture = Photo::new(SIDE, SIDE, pixels.to_vec()).expect("a whole frame");
    picture.mean_linear(CROWN).expect("inside")
}

/// Share of green light that the treatment takes on the crown.
fn taken(photo: &Photo, inputs: &Inputs) -> f64 {
    1.0 - mean(&render_at(photo, inputs).0)[1] / mean(photo.rgba())[1]
}

#[test]
fn the_contrast_halves_in_four_years_and_a_touch_up_brings_it_back() {
    let photo = photo(&from_above(), LIGHT, SIDE, SIDE);
    let whole = taken(&photo, &after(0.0, 0.0));
    assert!((0.15..0.4).contains(&whole), "{whole}");
    for (inputs, share) in [
        (after(1.0, 0.0), 0.841),
        (after(2.0, 0.0), 0.707),
        (after(4.0, 0.0), 0.5),
        (after(10.0, 0.0), 0.177),
        (after(4.0, 4.0), 1.0),
        (after(6.0, 4.0), 0.707),
    ] {
        let left = taken(&photo, &inputs) / whole;
        assert!((left - share).abs() < 0.03, "{:?}: {left}", inputs.moment);
    }
}

#[test]
fn each_session_adds_its_share_of_impressions_and_keeps_the_others() {
    let photo = photo(&from_above(), LIGHT, SIDE, SIDE);
    let count = |day| f64::from(render_at(&photo, &on(day, 0.0)).1.impressions);
    assert_eq!(count(-1.0), 0.0);
    let all = count(Moment::HEALED.day);
    for (day, share) in [(0.0, 0.30), (11.0, 0.30), (12.0, 0.75), (24.0, 1.0)] {
        let found = count(day) / all;
        assert!((found - share).abs() < 0.02, "day {day}: {found}");
    }
}

#[test]
fn fresh_skin_is_redder_and_darker_than_healed() {
    let photo = photo(&from_above(), LIGHT, SIDE, SIDE);
    let lab = |day| lab_from_linear(mean(&render_at(&photo, &on(day, 0.0)).0));
    let bare = lab_from_linear(mean(photo.rgba()));
    let [fresh, settled] = [lab(0.0), lab(11.0)];
    assert!(fresh[1] > bare[1] + 3.0, "a* {} of {}", fresh[1], bare[1]);
    assert!(settled[1] < bare[1] + 0.5, "{settled:?}");
    assert!(fresh[0] < settled[0] - 2.0 && settled[0] < bare[0]);
    // A photo without colours stays so.
    let grey = |p: [u8; 4]| linear_from_rgb8([p[0], p[1], p[2]]);
    let colourless: Vec<u8> = photo
        .rgba()
        .as_chunks::<4>()
        .0
        .iter()
        .flat_map(|p| [p[1], p[1], p[1], 255])
        .collect();
    let colourless = Photo::new(SIDE, SIDE, colourless).expect("a whole frame");
    let (pixels, _) = render_at(&colourless, &on(0.0, 0.0));
    for pixel in pixels.as_chunks::<4>().0 {
        let [r, g, b] = grey(*pixel);
        assert!(r == g && g == b, "{pixel:?}");
    }
}

#[test]
fn a_kept_renderer_goes_through_life_as_fresh_ones_do_and_comes_back() {
    let photo = photo(&from_above(), LIGHT, SIDE, SIDE);
    let mut kept = Renderer::with_ranked(photo.clone(), Some(ranked()));
    let healed = on(Moment::HEALED.day, 0.0);
    kept.render(&healed, &|| 0.0).expect("sound");
    let first = kept.pixels().to_vec();
    let days = STOPS.iter().map(|stop| stop.day);
    for day in days.chain([-3.0, 5.0, 13.5, 700.0, 3000.0]) {
        let inputs = on(day, 0.0);
        kept.render(&inputs, &|| 0.0).expect("sound");
        assert!(kept.pixels() == render_at(&photo, &inputs).0, "day {day}");
    }
    kept.render(&healed, &|| 0.0).expect("sound");
    assert!(kept.pixels() == first);
}

/// The person's own hair grows over the days after shaving, and pigment does not.
#[test]
fn own_hair_grows_and_the_treatment_stays() {
    let photo = photo(&from_above(), LIGHT, SIDE, SIDE);
    let shares = (0..SIDE * SIDE).flat_map(|i| {
        // Hair at the left side, skin elsewhere.
        if i % SIDE < 220 { [0, 255] } else { [255, 0] }
    });
    let matte = Matte::new(SIDE, photo.rect(), shares.collect());
    let mut renderer = Renderer::with_ranked(photo.clone(), Some(ranked()));
    renderer.set_matte(matte);
    let mut after = |grown_days: f64, per_cm2: f64| {
        let mut inputs = on(Moment::HEALED.day, 0.0);
        inputs.moment.grown_days = grown_days;
        inputs.look.density.per_cm2 = per_cm2;
        renderer.render(&inputs, &|| 0.0).expect("sound");
        renderer.picture().clone()
    };
    let part = |picture: &Photo, x: u32| {
        let rect = Rect {
            x,
            y: 260,
            width: 40,
            height: 40,
        };
        picture.mean_linear(rect).expect("inside")[1]
    };
    let first = after(0.0, 160.0);
    let mut hair = part(&first, 150);
    for days in [1.0, 2.0] {
        let later = after(days, 160.0);
        assert!(part(&later, 150) < 0.95 * hair, "{days}");
        hair = part(&later, 150);
        assert_eq!(part(&later, 280), part(&first, 280), "{days}");
    }
    // Other changes meanwhile leave it as it is, and it goes back byte for byte.
    let denser = after(2.0, 200.0);
    assert_eq!(part(&denser, 150), hair);
    assert!(part(&denser, 280) < part(&first, 280));
    let back = after(0.0, 160.0);
    assert!(back.rgba() == first.rgba());
}
