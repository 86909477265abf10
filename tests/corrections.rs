//! A person's strokes over the photo, as the picture shows them.
#![expect(clippy::expect_used, reason = "tests may stop at the first surprise")]

mod support;

use glam::DVec2;
use smp_visualizer::engine::{
    corrections::{Corrections, Label},
    image::{Photo, Rect},
    look::Look,
    matte::Matte,
    render::Renderer,
    stages::Inputs,
};
use support::{HEIGHT, TAN, WIDTH, frontal, photo};

/// The photo's longer edge, px.
const LONG: f64 = HEIGHT as f64;
/// Middle of the bare front of the drawn head, and a brush on it.
const AT: [f64; 2] = [180.0 / LONG, 90.0 / LONG];
const RADIUS: f64 = 30.0 / LONG;

fn inputs() -> Inputs {
    Inputs::healed(frontal(), Look::default())
}

fn stroke(label: Label) -> Corrections {
    let mut strokes = Corrections::default();
    assert!(strokes.begin(label, RADIUS, AT), "there is room");
    strokes
}

/// Pixels that differ from the photo within `share` of the brush's radius, and
/// outside of it.
fn touched(photo: &Photo, pixels: &[u8], share: f64) -> (usize, usize) {
    let long = f64::from(photo.width().max(photo.height()));
    let (mut inside, mut outside) = (0, 0);
    let both = photo.rgba().chunks_exact(4).zip(pixels.chunks_exact(4));
    for (i, (before, after)) in both.enumerate() {
        let (x, y) = (i % photo.width() as usize, i / photo.width() as usize);
        let q = DVec2::new(x as f64 + 0.5, y as f64 + 0.5) / long;
        let counter = if (q - DVec2::from(AT)).length() < share * RADIUS {
            &mut inside
        } else {
            &mut outside
        };
        *counter += usize::from(before != after);
    }
    (inside, outside)
}

fn all_hair() -> Matte {
    all([0, 255])
}

/// The same shares of bare scalp and hair all over.
fn all(shares: [u8; 2]) -> Matte {
    let rect = Rect {
        x: 0,
        y: 0,
        width: WIDTH,
        height: HEIGHT,
    };
    Matte::new(WIDTH, rect, shares.repeat((WIDTH * HEIGHT) as usize)).expect("filled")
}

#[test]
fn hair_that_was_painted_stays_and_skin_that_was_painted_is_treated_at_any_size() {
    for scale in [1, 3] {
        let photo = photo(&frontal(), TAN, WIDTH * scale, HEIGHT * scale);
        for label in [Label::Hair, Label::LeaveOut] {
            let mut renderer = Renderer::new(photo.clone());
            renderer.correct(&stroke(label));
            renderer.render(&inputs(), &|| 0.0).expect("sound");
            let (inside, outside) = touched(&photo, renderer.pixels(), 0.7);
            assert!(inside == 0 && outside > 3000, "{inside} {outside}");
        }
        let mut renderer = Renderer::new(photo.clone());
        renderer.set_matte(Some(all_hair()));
        renderer.correct(&stroke(Label::Skin));
        renderer.render(&inputs(), &|| 0.0).expect("sound");
        // An impression at the brush's edge reaches a little over it.
        let (inside, outside) = touched(&photo, renderer.pixels(), 1.1);
        assert!(inside > 1000 && outside == 0, "{inside} {outside}");
    }
}

/// How much of the treated part lies under hair is what tells that it is too long
/// for a shaved look; a hat is no hair.
#[test]
fn impressions_that_hair_hides_are_counted() {
    let photo = photo(&frontal(), TAN, WIDTH, HEIGHT);
    let counts = |matte| {
        let mut renderer = Renderer::new(photo.clone());
        renderer.set_matte(matte);
        let frame = renderer.render(&inputs(), &|| 0.0).expect("sound");
        (frame.impressions, frame.under_hair)
    };
    let (bare, none) = counts(Some(all([255, 0])));
    assert!(bare > 3000 && none == 0);
    assert_eq!(counts(Some(all_hair())), (0, bare));
    assert_eq!(counts(Some(all([0, 0]))), (0, 0));
}

#[test]
fn painting_step_by_step_gives_what_painting_at_once_gives_and_taking_back_the_first_picture() {
    let photo = photo(&frontal(), TAN, WIDTH, HEIGHT);
    let mut renderer = Renderer::new(photo.clone());
    let mut draw = |strokes: &Corrections| {
        renderer.correct(strokes);
        let frame = renderer.render(&inputs(), &|| 0.0).expect("sound");
        (renderer.pixels().to_vec(), frame)
    };
    let (first, whole) = draw(&Corrections::default());
    let mut strokes = stroke(Label::Hair);
    for i in 1..6 {
        strokes.lead([AT[0] - f64::from(i) * 0.03, AT[1]]);
        let (_, frame) = draw(&strokes);
        assert!(frame.rect.width < whole.rect.width / 2, "{:?}", frame.rect);
    }
    assert!(
        strokes.begin(Label::Skin, RADIUS / 2.0, AT),
        "there is room"
    );
    let (last, frame) = draw(&strokes);
    assert!(frame.impressions < whole.impressions);
    let mut fresh = Renderer::new(photo);
    fresh.correct(&strokes);
    fresh.render(&inputs(), &|| 0.0).expect("sound");
    assert!(last == fresh.pixels());
    assert!(first == draw(&Corrections::default()).0);
}
