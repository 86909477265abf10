//! A head made by arithmetic: an ellipsoid with known place, size and light,
//! so that what comes back can be compared with what went in.
#![expect(clippy::expect_used, reason = "tests may stop at the first surprise")]
#![allow(
    clippy::allow_attributes,
    dead_code,
    reason = "each test file uses its own part"
)]

use std::sync::OnceLock;

use glam::{DVec2, DVec3};
use smp_visualizer::engine::styles::Style;
use smp_visualizer::engine::{
    corrections::{Corrections, Label},
    fit::fit,
    head::HeadModel,
    image::Photo,
    look::Look,
    matte::Matte,
    placed::Ranked,
    placement::{FaceMarkers, HeadOutline, Placement, View},
    render::{Frame, Renderer},
    stages::Inputs,
};

pub(crate) const WIDTH: u32 = 360;
pub(crate) const HEIGHT: u32 = 420;

/// Linear-light skin colours from domain.md §5.1's swatches.
pub(crate) const LIGHT: [f64; 3] = [0.527, 0.347, 0.246];
pub(crate) const TAN: [f64; 3] = [0.386, 0.212, 0.138];
pub(crate) const DARK: [f64; 3] = [0.162, 0.087, 0.063];

/// How many times as bright as skin scars are: L* 6 more (domain.md §1.7).
pub(crate) const PALER: f64 = 1.25;
/// Half the width of the strip scar of [`scarred`], mm, and the radius of its dots.
pub(crate) const STRIP_HALF_MM: f64 = 3.0;
const DOT_MM: f64 = 0.5;
/// How far apart dots are, mm: some 25 to 1 cm².
const DOTS_APART_MM: f64 = 2.0;

/// A head from behind.
pub(crate) fn from_behind() -> Placement {
    outlined(View::Back, 160.0)
}

/// The same photo with a strip scar across the back of the head, at the height of
/// its middle, and dot scars above, to the right; and the strokes that mark them.
pub(crate) fn scarred(
    placement: &Placement,
    skin: [f64; 3],
    width: u32,
    height: u32,
) -> (Photo, Corrections) {
    let whole = photo(placement, skin, width, height);
    let pale = photo(placement, skin.map(|v| v * PALER), width, height);
    let head = fit(placement, width, height).expect("the test's own placement is sound");
    let (middle, px_per_mm) = (head.silhouette_ellipse().centre, head.camera.px_per_mm);
    let is_scar = |q: DVec2| {
        let at_mm = (q - middle) / px_per_mm;
        let strip = at_mm.y.abs() < STRIP_HALF_MM && at_mm.x.abs() < 50.0;
        let dot = at_mm - (at_mm / DOTS_APART_MM).round() * DOTS_APART_MM;
        let dots = (at_mm - DVec2::new(25.0, -35.0)).length() < 18.0 && dot.length() < DOT_MM;
        strip || dots
    };
    let mut rgba = Vec::with_capacity(whole.rgba().len());
    let pixels = whole
        .rgba()
        .as_chunks::<4>()
        .0
        .iter()
        .zip(pale.rgba().as_chunks::<4>().0);
    for (i, (skin, scar)) in pixels.enumerate() {
        // Shares of a pixel, for a dot is no larger.
        let (x, y) = ((i as u32 % width) as f64, (i as u32 / width) as f64);
        let parts = (0..16).map(|j| {
            DVec2::new(
                x + f64::from(j % 4) / 4.0 + 0.125,
                y + f64::from(j / 4) / 4.0 + 0.125,
            )
        });
        let share = parts.filter(|q| is_scar(*q)).count() as f64 / 16.0;
        rgba.extend((0..4).map(|c| {
            (f64::from(skin[c]) + share * (f64::from(scar[c]) - f64::from(skin[c]))).round() as u8
        }));
    }
    let long = f64::from(width.max(height));
    let at = |x: f64, y: f64| ((middle + px_per_mm * DVec2::new(x, y)) / long).to_array();
    let mut strokes = Corrections::default();
    assert!(strokes.begin(
        Label::StripScar,
        STRIP_HALF_MM * px_per_mm / long,
        at(-50.0, 0.0)
    ));
    strokes.lead(at(50.0, 0.0));
    assert!(strokes.begin(Label::DotScars, 20.0 * px_per_mm / long, at(25.0, -35.0)));
    (
        Photo::new(width, height, rgba).expect("full frame"),
        strokes,
    )
}

/// A matte that takes all of the head for bare skin.
pub(crate) fn all_bare(placement: &Placement, photo: &Photo) -> Matte {
    let (width, height) = (photo.width(), photo.height());
    let head = fit(placement, width, height).expect("the test's own placement is sound");
    let shares = (0..width * height).flat_map(|i| {
        let q = DVec2::new(f64::from(i % width) + 0.5, f64::from(i / width) + 0.5);
        [
            if head.scalp_from_photo(q).is_some() {
                255
            } else {
                0
            },
            0,
        ]
    });
    Matte::new(width, photo.rect(), shares.collect()).expect("full frame")
}

/// One picture with strokes on a head that is known to be bare.
pub(crate) fn render_painted(
    photo: &Photo,
    inputs: &Inputs,
    strokes: &Corrections,
) -> (Vec<u8>, Frame) {
    let mut renderer = Renderer::with_ranked(photo.clone(), Some(ranked()));
    renderer.set_matte(Some(all_bare(&inputs.placement, photo)));
    renderer.correct(strokes);
    let frame = renderer
        .render(inputs, &|| 0.0)
        .expect("the test's own placement is sound");
    (renderer.pixels().to_vec(), frame)
}

/// A face that looks straight at the camera.
pub(crate) fn frontal() -> Placement {
    let long = f64::from(HEIGHT);
    let at = |x: f64, y: f64| [x / long, y / long];
    Placement::Face(FaceMarkers {
        right_pupil: at(126.0, 250.0),
        left_pupil: at(234.0, 250.0),
        chin: at(180.0, 415.0),
        top: None,
        right_side: None,
        left_side: None,
        ipd_mm: None,
        yaw_pitch_deg: None,
        known_length: None,
        iris: None,
    })
}

/// The same head from above.
pub(crate) fn from_above() -> Placement {
    outlined(View::Top, 167.0)
}

/// A head whose outline is that long, px, of a photo 420 px high.
fn outlined(view: View, half_height_px: f64) -> Placement {
    Placement::Outline(HeadOutline {
        view,
        centre: [180.0 / 420.0, 0.5],
        half_axes: [130.0 / 420.0, half_height_px / 420.0],
        roll_deg: 0.0,
        tilt_deg: 0.0,
        turn_deg: 0.0,
        known_length: None,
    })
}

/// A shaded ellipsoid of skin on a plain ground, seen as `placement` says.
pub(crate) fn photo(placement: &Placement, skin: [f64; 3], width: u32, height: u32) -> Photo {
    let head = fit(placement, width, height).expect("the test's own placement is sound");
    let light = DVec3::new(-0.35, 0.55, 0.75).normalize();
    let mut rgba = Vec::with_capacity(width as usize * height as usize * 4);
    for y in 0..height {
        for x in 0..width {
            let q = DVec2::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
            rgba.extend_from_slice(&pixel(&head, q, skin, light));
        }
    }
    Photo::new(width, height, rgba).expect("the test's own size is sound")
}

fn pixel(head: &HeadModel, q: DVec2, skin: [f64; 3], light: DVec3) -> [u8; 4] {
    let Some(p) = head.scalp_from_photo(q) else {
        return [150, 158, 166, 255];
    };
    let normal = head.camera_from_head * head.normal(p);
    let lit = 0.35 + 0.65 * normal.dot(light).max(0.0);
    let encode = |linear: f64| {
        let v = if linear <= 0.003_130_8 {
            12.92 * linear
        } else {
            1.055 * libm::pow(linear, 1.0 / 2.4) - 0.055
        };
        (v.clamp(0.0, 1.0) * 255.0).round() as u8
    };
    [
        encode(skin[0] * lit),
        encode(skin[1] * lit),
        encode(skin[2] * lit),
        255,
    ]
}

/// The candidates of the default seed, made once for all tests of a file.
pub(crate) fn ranked() -> Ranked {
    static RANKED: OnceLock<Ranked> = OnceLock::new();
    RANKED.get_or_init(|| Ranked::new(1)).clone()
}

/// One picture and what the renderer said of it: finished and healed.
pub(crate) fn render(photo: &Photo, placement: Placement, look: Look) -> (Vec<u8>, Frame) {
    render_at(photo, &Inputs::healed(placement, look))
}

/// One picture, and what the renderer said of it, at any moment.
pub(crate) fn render_at(photo: &Photo, inputs: &Inputs) -> (Vec<u8>, Frame) {
    let ranked = (inputs.look.seed == 1).then(ranked);
    let mut renderer = Renderer::with_ranked(photo.clone(), ranked);
    let frame = renderer
        .render(inputs, &|| 0.0)
        .expect("the test's own placement is sound");
    (renderer.pixels().to_vec(), frame)
}

/// A look with a style's hairline.
pub(crate) fn styled(style: Style) -> Look {
    Look {
        hairline: style.hairline(),
        ..Look::default()
    }
}
