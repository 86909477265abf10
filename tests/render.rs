//! The engine as a whole: what a picture must and must not do to a photo.

mod support;

use smp_visualizer::engine::{
    image::{Photo, Rect},
    life::Moment,
    look::{Density, Look},
    matte::Matte,
    params::ParamId,
    placement::Placement,
    render::{Frame, Renderer},
    stages::Inputs,
    styles::Style,
};
use support::{DARK, HEIGHT, LIGHT, TAN, WIDTH, from_above, frontal, photo, render, styled};

fn look(per_cm2: f64, dilution: f64) -> Look {
    let mut look = Look::default();
    ParamId::DensityPerCm2.set(&mut look, per_cm2);
    ParamId::Dilution.set(&mut look, dilution);
    look
}

/// Whether no pixel of `b` is lighter than in `a`, and no channel by more than three
/// levels: where more impressions make a dot drown in their shadow, what is taken
/// goes over from its brown to their grey.
fn nowhere_lighter(a: &[u8], b: &[u8]) -> bool {
    let light = |p: &[u8]| {
        p.iter()
            .take(3)
            .zip([2, 7, 1])
            .map(|(v, w)| w * u32::from(*v))
            .sum::<u32>()
    };
    let pixels = a.chunks_exact(4).zip(b.chunks_exact(4));
    pixels.into_iter().all(|(a, b)| light(b) <= light(a) + 5)
        && a.iter().zip(b).all(|(a, b)| *b <= a.saturating_add(3))
}

fn sum(pixels: &[u8]) -> u64 {
    pixels.iter().map(|v| u64::from(*v)).sum()
}

#[test]
fn denser_and_darker_looks_darken_and_never_lighten_a_pixel() {
    for (placement, skin) in [(frontal(), LIGHT), (from_above(), TAN), (frontal(), DARK)] {
        let photo = photo(&placement, skin, WIDTH, HEIGHT);
        let mut last = photo.rgba().to_vec();
        for per_cm2 in [20.0, 60.0, 110.0, 180.0, 250.0] {
            let (pixels, _) = render(&photo, placement, look(per_cm2, 25.0));
            assert!(
                nowhere_lighter(&last, &pixels) && sum(&pixels) < sum(&last),
                "{per_cm2} /cm²"
            );
            last = pixels;
        }
        let mut last = photo.rgba().to_vec();
        for dilution in [60.0, 40.0, 25.0, 15.0, 10.0] {
            let (pixels, _) = render(&photo, placement, look(110.0, dilution));
            assert!(
                nowhere_lighter(&last, &pixels) && sum(&pixels) < sum(&last),
                "1:{dilution}"
            );
            last = pixels;
        }
    }
}

#[test]
fn pixels_off_the_head_and_below_the_brows_stay_as_they_were() {
    let placement = frontal();
    let photo = photo(&placement, TAN, WIDTH, HEIGHT);
    let (pixels, frame) = render(&photo, placement, look(250.0, 10.0));
    assert!(frame.impressions > 1000, "{frame:?}");
    let head = smp_visualizer::engine::fit::fit(&placement, WIDTH, HEIGHT).expect("sound");
    let brow_row = 245 * WIDTH as usize * 4;
    let middle = |i: usize| (90..270).contains(&((i / 4) % WIDTH as usize));
    for (i, (before, after)) in photo.rgba().iter().zip(&pixels).enumerate() {
        let q = glam::DVec2::new(
            ((i / 4) % WIDTH as usize) as f64 + 0.5,
            ((i / 4) / WIDTH as usize) as f64 + 0.5,
        );
        // A dot on the very limb may reach one impression past it.
        let far_off = [(-6.0, 0.0), (6.0, 0.0), (0.0, -6.0), (0.0, 6.0)]
            .iter()
            .all(|(dx, dy)| {
                head.scalp_from_photo(q + glam::DVec2::new(*dx, *dy))
                    .is_none()
            });
        if far_off || (i > brow_row && middle(i)) {
            assert_eq!(before, after, "pixel {q:?}");
        }
    }
}

#[test]
fn every_style_draws_and_differs_from_the_others() {
    let placement = frontal();
    let photo = photo(&placement, LIGHT, WIDTH, HEIGHT);
    let pictures: Vec<Vec<u8>> = Style::ALL
        .into_iter()
        .map(|style| {
            let look = styled(style);
            render(&photo, placement, look).0
        })
        .collect();
    for (i, a) in pictures.iter().enumerate() {
        for b in pictures.iter().skip(i + 1) {
            let differing = a.iter().zip(b).filter(|(a, b)| a.abs_diff(**b) > 4).count();
            assert!(differing > 300, "styles differ in {differing} bytes only");
        }
    }
}

/// Mean share of light taken away over the whole frame, in linear light.
fn darkening(before: &Photo, after: &[u8]) -> f64 {
    let linear = |v: u8| {
        let v = f64::from(v) / 255.0;
        if v <= 0.040_45 {
            v / 12.92
        } else {
            libm::pow((v + 0.055) / 1.055, 2.4)
        }
    };
    let total = |p: &[u8]| p.chunks_exact(4).map(|p| linear(p[1])).sum::<f64>();
    1.0 - total(after) / total(before.rgba())
}

#[test]
fn a_large_export_takes_as_much_light_as_the_preview() {
    let placement = frontal();
    let small = photo(&placement, LIGHT, WIDTH, HEIGHT);
    let large = photo(&placement, LIGHT, WIDTH * 4, HEIGHT * 4);
    let (small_pixels, small_frame) = render(&small, placement, Look::default());
    let (large_pixels, large_frame) = render(&large, placement, Look::default());
    let (a, b) = (
        darkening(&small, &small_pixels),
        darkening(&large, &large_pixels),
    );
    assert!(
        (a - b).abs() / b < 0.03,
        "preview takes {a:.5}, export {b:.5}"
    );
    let counts = (
        f64::from(small_frame.impressions),
        f64::from(large_frame.impressions),
    );
    assert!((counts.0 - counts.1).abs() / counts.1 < 0.002, "{counts:?}");
}

#[test]
fn a_kept_renderer_gives_the_same_bytes_as_a_fresh_one() {
    let placement = frontal();
    let photo = photo(&placement, TAN, WIDTH, HEIGHT);
    let mut kept = Renderer::new(photo.clone());
    let mut looks = vec![look(250.0, 10.0), look(20.0, 60.0)];
    for style in Style::ALL {
        let look = styled(style);
        looks.push(look);
    }
    looks.push(Look {
        seed: 9,
        ..Look::default()
    });
    for look in looks {
        for placement in [placement, from_above()] {
            kept.render(&Inputs::healed(placement, look), &|| 0.0)
                .expect("sound");
            let (fresh, _) = render(&photo, placement, look);
            assert!(kept.pixels() == fresh, "{look:?}");
        }
    }
}

/// A matte of two halves with those shares of bare scalp and hair.
fn halves(left: [u8; 2], right: [u8; 2]) -> Option<Matte> {
    let shares = (0..WIDTH * HEIGHT).flat_map(|i| if i % WIDTH < WIDTH / 2 { left } else { right });
    let rect = Rect {
        x: 0,
        y: 0,
        width: WIDTH,
        height: HEIGHT,
    };
    Matte::new(WIDTH, rect, shares.collect())
}

/// What hangs on the head's place is kept, made in advance, and only looked at where
/// impressions reach: none of that shows.
#[test]
fn a_head_that_moves_among_hair_is_drawn_as_if_it_had_always_lain_there() {
    let photo = photo(&frontal(), TAN, WIDTH, HEIGHT);
    let (bare, hair) = ([200, 0], [0, 200]);
    let half = |bare_left: bool| {
        let [left, right] = if bare_left {
            [bare, hair]
        } else {
            [hair, bare]
        };
        halves(left, right)
    };
    let moved = |right: f64, down: f64| {
        let Placement::Face(mut face) = frontal() else {
            unreachable!("frontal() is a face")
        };
        for p in [&mut face.right_pupil, &mut face.left_pupil, &mut face.chin] {
            *p = [p[0] + right, p[1] + down];
        }
        Placement::Face(face)
    };
    let mut kept = Renderer::new(photo.clone());
    let mut bad = frontal();
    if let Placement::Face(face) = &mut bad {
        face.left_pupil = face.right_pupil;
    }
    let steps = [
        (frontal(), None, frontal()),
        (frontal(), half(true), frontal()),
        (moved(0.05, 0.02), half(true), moved(0.05, 0.02)),
        (moved(-0.1, -0.05), half(true), frontal()),
        (moved(-0.1, 0.0), half(false), bad),
        (frontal(), half(false), moved(0.1, 0.1)),
        (from_above(), half(true), from_above()),
        (from_above(), half(true), frontal()),
        (from_above(), half(true), from_above()),
        (frontal(), None, frontal()),
    ];
    let mut told = None;
    for (i, (placement, matte, prepared)) in steps.into_iter().enumerate() {
        // What is prepared is not always what comes.
        let _ = kept.prepare(&Inputs::healed(prepared, Look::default()));
        if told != matte {
            kept.set_matte(matte.clone());
        }
        // Twice the same, then another density.
        let look = look(if i < 8 { 160.0 } else { 120.0 }, 20.0);
        let inputs = Inputs::healed(placement, look);
        kept.render(&inputs, &|| 0.0).expect("sound");
        let mut fresh = Renderer::new(photo.clone());
        fresh.set_matte(matte.clone());
        fresh.render(&inputs, &|| 0.0).expect("sound");
        assert!(kept.pixels() == fresh.pixels(), "{placement:?}");
        told = matte;
    }
}

/// Steps of density and time ask only few of the candidates whether they show.
#[test]
fn steps_of_density_and_time_give_what_they_give_at_once() {
    let placement = frontal();
    let photo = photo(&placement, TAN, WIDTH, HEIGHT);
    // Hair hides the scalp of the left half.
    let matte = halves([0, 255], [255, 0]);
    assert!(matte.is_some());
    let of_session = |day| Moment {
        day,
        ..Moment::HEALED
    };
    let fine = Look {
        density: Density {
            diameter_mm: 0.2,
            ..Density::default()
        },
        ..look(90.0, 20.0)
    };
    let steps = [
        (look(160.0, 20.0), Moment::HEALED),
        (look(170.0, 20.0), Moment::HEALED),
        (look(120.0, 20.0), Moment::HEALED),
        (look(121.0, 15.0), Moment::HEALED),
        (look(250.0, 20.0), Moment::HEALED),
        (look(20.0, 20.0), Moment::HEALED),
        (fine, Moment::HEALED),
        (fine, of_session(-1.0)),
        (look(100.0, 20.0), of_session(-1.0)),
        (look(100.0, 20.0), of_session(2.0)),
        (look(110.0, 20.0), of_session(2.0)),
        (look(110.0, 20.0), of_session(400.0)),
        (look(105.0, 20.0), of_session(400.0)),
    ];
    let mut kept = Renderer::new(photo.clone());
    kept.set_matte(matte.clone());
    let mut hidden = 0;
    for (look, moment) in steps {
        let inputs = Inputs {
            placement,
            look,
            moment,
        };
        let mut fresh = Renderer::new(photo.clone());
        fresh.set_matte(matte.clone());
        let [a, b] = [&mut kept, &mut fresh].map(|r| r.render(&inputs, &|| 0.0).expect("sound"));
        let counts = |frame: &Frame| (frame.impressions, frame.under_hair);
        assert_eq!(counts(&a), counts(&b), "{look:?} {moment:?}");
        assert!(kept.pixels() == fresh.pixels(), "{look:?} {moment:?}");
        hidden += a.under_hair;
    }
    assert!(hidden > 1000, "{hidden}");
}

#[test]
fn a_bad_placement_is_an_error_and_leaves_the_picture() {
    let photo = photo(&frontal(), TAN, WIDTH, HEIGHT);
    let mut renderer = Renderer::new(photo);
    let inputs = Inputs::healed(frontal(), Look::default());
    renderer.render(&inputs, &|| 0.0).expect("sound");
    let before = renderer.pixels().to_vec();
    let Placement::Face(mut face) = frontal() else {
        unreachable!("frontal() is a face")
    };
    face.left_pupil = face.right_pupil;
    let bad = Inputs {
        placement: Placement::Face(face),
        ..inputs
    };
    renderer
        .render(&bad, &|| 0.0)
        .expect_err("both pupils in one place");
    assert!(renderer.pixels() == before);
}

/// FNV-1a, 64 bits: enough to tell two pictures apart.
fn fingerprint(pixels: &[u8]) -> u64 {
    pixels.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The same test runs natively and in wasm (`cargo xtask test`), so that one
/// constant holds both to the same bytes.
#[test]
fn the_picture_is_the_same_on_every_target() {
    let placement = frontal();
    let photo = photo(&placement, TAN, WIDTH, HEIGHT);
    let (pixels, frame) = render(&photo, placement, Look::default());
    let got = (
        frame.impressions,
        fingerprint(photo.rgba()),
        fingerprint(&pixels),
    );
    assert_eq!(
        got, FINGERPRINT,
        "re-record only when a change of the picture is meant and the goldens were looked at"
    );
}
/// Impressions, the photo and the picture.
const FINGERPRINT: (u32, u64, u64) = (
    22_001,
    8_569_150_570_182_333_549,
    15_931_366_888_838_335_357,
);
