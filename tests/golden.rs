//! Goldens: the engine's pictures of a synthetic head against stored PNGs.
//!
//! `REPLACE=1 cargo test --features codec-native --test golden` re-records; look at
//! every changed picture, at 100 % and 400 %, before committing it. A failure
//! leaves expected | difference | actual side by side under
//! `target/golden/`; a run always leaves all pictures and a page of them there.
#![cfg(feature = "codec-native")]
#![expect(clippy::expect_used, reason = "tests may stop at the first surprise")]

mod support;

use std::fmt::Write as _;
use std::path::PathBuf;

use image::{RgbaImage, imageops};
use smp_visualizer::engine::{
    corrections::Corrections,
    life::{HEALED_STOP, Moment, STOPS},
    look::Look,
    params::ParamId,
    placement::Placement,
    skin::SkinClass,
    stages::Inputs,
    styles::{School, Style},
    zones::Zone,
};
use support::{
    HEIGHT, LIGHT, TAN, WIDTH, from_above, from_behind, frontal, photo, render_at, render_painted,
    scarred, styled,
};

/// A channel may differ by this much, in this share of pixels: room for a
/// rounding step, not for a moved impression.
const TOLERANCE: u8 = 2;
const DIFFERING_SHARE: f64 = 0.001;

struct Scene {
    name: String,
    placement: Placement,
    skin: [f64; 3],
    look: Look,
    /// Days since the first session.
    day: f64,
}

fn scenes() -> Vec<Scene> {
    let mut scenes = Vec::new();
    let mut add = |name: String, placement, skin, look| {
        scenes.push(Scene {
            name,
            placement,
            skin,
            look,
            day: Moment::HEALED.day,
        });
    };
    for style in Style::ALL {
        let look = styled(style);
        add(
            format!("style_{style:?}").to_lowercase(),
            frontal(),
            LIGHT,
            look,
        );
    }
    for (name, id, value) in [
        ("density_low", ParamId::DensityPerCm2, 40.0),
        ("density_high", ParamId::DensityPerCm2, 220.0),
        ("crisp_fresh", ParamId::Crispness, 0.9),
        ("crisp_healed", ParamId::Crispness, 0.1),
        ("even_not", ParamId::Unevenness, 0.8),
        ("shade_dark", ParamId::Dilution, 10.0),
        ("shade_light", ParamId::Dilution, 50.0),
        ("depth_deep", ParamId::DepthMm, 0.45),
        ("warmth_none", ParamId::Warmth, 0.0),
        ("warmth_full", ParamId::Warmth, 1.0),
    ] {
        let mut look = Look::default();
        id.set(&mut look, value);
        add(name.to_owned(), frontal(), TAN, look);
    }
    for school in School::ALL {
        let mut look = Look::default();
        school.apply(&mut look.density);
        let name = format!("school_{school:?}").to_lowercase();
        add(name, frontal(), TAN, look);
    }
    for class in SkinClass::ALL {
        let name = format!("skin_{class:?}").to_lowercase();
        add(name, frontal(), class.usual_linear(), Look::default());
    }
    add("view_top".to_owned(), from_above(), TAN, Look::default());
    for zone in Zone::ALL {
        let name = format!("zone_{zone:?}").to_lowercase();
        let look = Look {
            zone,
            ..Look::default()
        };
        add(name, from_above(), TAN, look);
    }
    // The same on the darkest skin, where impressions have the least to take.
    for zone in [Zone::Crown, Zone::Norwood6, Zone::Ludwig2] {
        let name = format!("zone_{zone:?}_dark").to_lowercase();
        let look = Look {
            zone,
            ..Look::default()
        };
        add(name, from_above(), SkinClass::Dark.usual_linear(), look);
    }
    scenes.extend(lives());
    scenes
}

/// A strip and dot scars on all skins: as they are, and treated, when fresh and
/// healed; and the dots closer.
fn scars() -> Vec<(String, RgbaImage)> {
    let days = [("fresh", STOPS[2].day), ("healed", Moment::HEALED.day)];
    let mut pictures = Vec::new();
    for class in SkinClass::ALL {
        let tone = format!("{class:?}").to_lowercase();
        let (photo, strokes) = scarred(&from_behind(), class.usual_linear(), WIDTH, HEIGHT);
        let of = |rgba: Vec<u8>| RgbaImage::from_raw(WIDTH, HEIGHT, rgba).expect("full frame");
        pictures.push((format!("scars_{tone}_before"), of(photo.rgba().to_vec())));
        for (when, day) in days {
            let inputs = on_day(from_behind(), Look::default(), day);
            let (rgba, _) = render_painted(&photo, &inputs, &strokes);
            pictures.push((format!("scars_{tone}_{when}"), of(rgba)));
        }
    }
    let (width, height) = (WIDTH * CLOSER, HEIGHT * CLOSER);
    let (photo, strokes) = scarred(&from_behind(), LIGHT, width, height);
    let inputs = Inputs::healed(from_behind(), Look::default());
    let none = Corrections::default();
    for (name, strokes) in [("close_scars_unmarked", &none), ("close_scars", &strokes)] {
        let (rgba, _) = render_painted(&photo, &inputs, strokes);
        pictures.push((name.to_owned(), closer(rgba, CLOSE_SCARS)));
    }
    pictures
}

/// The treatment's life on one skin, and fresh on all of them.
fn lives() -> Vec<Scene> {
    let scene = |name: String, skin, day| Scene {
        name,
        placement: frontal(),
        skin,
        look: Look::default(),
        day,
    };
    let healed = STOPS[HEALED_STOP].day;
    let stops = STOPS.into_iter().enumerate();
    let stops = stops.filter(|(_, stop)| stop.day != healed);
    let stops = stops.map(|(index, stop)| scene(format!("life_{index:02}"), LIGHT, stop.day));
    let fresh = SkinClass::ALL.map(|class| {
        let name = format!("fresh_{class:?}").to_lowercase();
        scene(name, class.usual_linear(), STOPS[2].day)
    });
    stops.chain(fresh).collect()
}

/// Pixels of a close-up to a pixel of the other pictures: the dots are resolved.
const CLOSER: u32 = 5;
/// The part of the large picture that a close-up shows: the hairline's middle
/// and right, px.
const CLOSE_UP: [u32; 4] = [560, 420, 480, 360];

/// The same where there are dot scars and the end of a strip.
const CLOSE_SCARS: [u32; 4] = [820, 400, 400, 360];

/// A part of a picture that is [`CLOSER`].
fn closer(rgba: Vec<u8>, [x, y, width, height]: [u32; 4]) -> RgbaImage {
    let picture = RgbaImage::from_raw(WIDTH * CLOSER, HEIGHT * CLOSER, rgba).expect("full frame");
    imageops::crop_imm(&picture, x, y, width, height).to_image()
}

fn close_ups() -> Vec<(String, Look, f64)> {
    let healed = Moment::HEALED.day;
    let styles = [Style::Soft, Style::Broken, Style::EdgeUp];
    let styles = styles.map(|style| {
        let name = format!("close_{style:?}").to_lowercase();
        (name, styled(style), healed)
    });
    let schools = School::ALL.map(|school| {
        let mut look = Look::default();
        school.apply(&mut look.density);
        (format!("close_{school:?}").to_lowercase(), look, healed)
    });
    let lives = [
        ("first", 0),
        ("second", 2),
        ("before_third", 3),
        ("ten_years", 11),
    ];
    let lives = lives.map(|(name, stop)| {
        (
            format!("close_life_{name}"),
            Look::default(),
            STOPS[stop].day,
        )
    });
    styles.into_iter().chain(schools).chain(lives).collect()
}

fn on_day(placement: Placement, look: Look, day: f64) -> Inputs {
    Inputs {
        moment: Moment {
            day,
            ..Moment::HEALED
        },
        ..Inputs::healed(placement, look)
    }
}

fn pictures() -> Vec<(String, RgbaImage)> {
    let whole = scenes().into_iter().map(|scene| {
        let photo = photo(&scene.placement, scene.skin, WIDTH, HEIGHT);
        let (pixels, _) = render_at(&photo, &on_day(scene.placement, scene.look, scene.day));
        let picture = RgbaImage::from_raw(WIDTH, HEIGHT, pixels).expect("full frame");
        (scene.name, picture)
    });
    let (width, height) = (WIDTH * CLOSER, HEIGHT * CLOSER);
    let large = photo(&frontal(), LIGHT, width, height);
    let close = close_ups().into_iter().map(|(name, look, day)| {
        let (pixels, _) = render_at(&large, &on_day(frontal(), look, day));
        (name, closer(pixels, CLOSE_UP))
    });
    whole.chain(close).chain(scars()).collect()
}

fn golden_dir() -> PathBuf {
    PathBuf::from("tests/golden")
}

fn actual_dir() -> PathBuf {
    let dir = PathBuf::from("target/golden");
    std::fs::create_dir_all(&dir).expect("target is writable");
    dir
}

#[test]
fn pictures_match_the_goldens() {
    let replace = std::env::var_os("REPLACE").is_some_and(|v| v == "1");
    let mut failures = String::new();
    let mut page = String::from(
        "<!doctype html><meta charset=utf-8><title>Goldens</title><body style='background:#888'>",
    );
    for (name, actual) in pictures() {
        actual
            .save(actual_dir().join(format!("{name}.png")))
            .expect("target is writable");
        write!(page, "<figure style='display:inline-block'><img src='{name}.png'><figcaption>{name}</figcaption></figure>")
            .expect("a string takes text");
        let path = golden_dir().join(format!("{name}.png"));
        if replace {
            actual.save(&path).expect("tests/golden is writable");
            continue;
        }
        match image::open(&path) {
            Err(error) => writeln!(
                failures,
                "{name}: no golden ({error}); record with REPLACE=1"
            ),
            Ok(expected) => match compare(&expected.to_rgba8(), &actual) {
                None => Ok(()),
                Some(diff) => {
                    let path = actual_dir().join(format!("{name}.diff.png"));
                    diff.panels.save(&path).expect("target is writable");
                    writeln!(
                        failures,
                        "{name}: {:.3} % of pixels differ, see {}",
                        diff.share * 100.0,
                        path.display()
                    )
                }
            },
        }
        .expect("a string takes text");
    }
    std::fs::write(actual_dir().join("index.html"), page).expect("target is writable");
    assert!(failures.is_empty(), "{failures}");
}

struct Difference {
    share: f64,
    panels: RgbaImage,
}

fn compare(expected: &RgbaImage, actual: &RgbaImage) -> Option<Difference> {
    if expected.dimensions() != actual.dimensions() {
        return Some(Difference {
            share: 1.0,
            panels: actual.clone(),
        });
    }
    let mut diff = RgbaImage::new(actual.width(), actual.height());
    let mut differing = 0_u32;
    for ((e, a), d) in expected
        .pixels()
        .zip(actual.pixels())
        .zip(diff.pixels_mut())
    {
        let worst =
            e.0.iter()
                .zip(a.0)
                .map(|(e, a)| e.abs_diff(a))
                .max()
                .unwrap_or(0);
        differing += u32::from(worst > TOLERANCE);
        *d = image::Rgba([worst.saturating_mul(8), 0, 0, 255]);
    }
    let share = f64::from(differing) / f64::from(actual.width() * actual.height());
    (share > DIFFERING_SHARE).then(|| {
        let mut panels = RgbaImage::new(actual.width() * 3, actual.height());
        for (i, panel) in [expected, &diff, actual].into_iter().enumerate() {
            imageops::replace(&mut panels, panel, i64::from(actual.width()) * i as i64, 0);
        }
        Difference { share, panels }
    })
}

/// The comparison itself can fail: a moved patch is seen, a rounding step is not.
#[test]
fn the_comparison_sees_a_moved_impression() {
    let flat = RgbaImage::from_pixel(100, 100, image::Rgba([180, 140, 120, 255]));
    let mut rounded = flat.clone();
    rounded.pixels_mut().for_each(|p| p.0[0] += TOLERANCE);
    assert!(compare(&flat, &rounded).is_none());
    let mut moved = flat.clone();
    (0..12).for_each(|x| moved.put_pixel(x, 5, image::Rgba([90, 80, 80, 255])));
    assert!(compare(&flat, &moved).is_some());
}
