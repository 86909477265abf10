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
    fit::fit,
    head::HeadModel,
    image::Photo,
    look::Look,
    placement::{FaceMarkers, HeadOutline, Placement, View},
    render::{Frame, Ranked, Renderer},
    stages::Inputs,
};

pub(crate) const WIDTH: u32 = 360;
pub(crate) const HEIGHT: u32 = 420;

/// Linear-light skin colours from domain.md §5.1's swatches.
pub(crate) const LIGHT: [f64; 3] = [0.527, 0.347, 0.246];
pub(crate) const TAN: [f64; 3] = [0.386, 0.212, 0.138];
pub(crate) const DARK: [f64; 3] = [0.162, 0.087, 0.063];

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
    Placement::Outline(HeadOutline {
        view: View::Top,
        centre: [180.0 / 420.0, 0.5],
        half_axes: [130.0 / 420.0, 167.0 / 420.0],
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
