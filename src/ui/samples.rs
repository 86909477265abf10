//! Photos to try the app on, with the head already placed.

use crate::engine::placement::{FaceMarkers, HeadOutline, Placement, View};

/// A sample photo. Sources and licences: `public/samples/README.md`.
#[derive(Debug)]
pub struct Sample {
    /// Name for tests.
    pub id: &'static str,
    /// Where it lies.
    pub path: &'static str,
    /// What it shows, neutrally.
    pub caption: &'static str,
    /// Where the head is, measured by hand.
    pub placement: Placement,
}

/// All samples.
pub(crate) static SAMPLES: [Sample; 3] = [
    Sample {
        id: "sample-front-light",
        path: "samples/front_light.jpg",
        caption: "From the front, light skin",
        placement: Placement::Face(FaceMarkers {
            right_pupil: [0.290, 0.446],
            left_pupil: [0.541, 0.439],
            chin: [0.448, 0.932],
            top: Some([0.480, 0.034]),
            right_side: Some([0.192, 0.330]),
            left_side: Some([0.755, 0.270]),
            ipd_mm: None,
            yaw_pitch_deg: None,
            known_length: None,
            iris: None,
        }),
    },
    Sample {
        id: "sample-front-dark",
        path: "samples/front_dark.jpg",
        caption: "From the front, dark skin",
        placement: Placement::Face(FaceMarkers {
            right_pupil: [128.4 / 410.0, 143.7 / 410.0],
            left_pupil: [203.2 / 410.0, 143.7 / 410.0],
            chin: [170.7 / 410.0, 281.0 / 410.0],
            top: Some([171.5 / 410.0, 21.5 / 410.0]),
            right_side: Some([86.5 / 410.0, 97.0 / 410.0]),
            left_side: Some([254.5 / 410.0, 97.0 / 410.0]),
            ipd_mm: None,
            yaw_pitch_deg: None,
            known_length: None,
            iris: None,
        }),
    },
    Sample {
        id: "sample-side",
        path: "samples/side.jpg",
        caption: "From the side",
        placement: Placement::Outline(HeadOutline {
            view: View::RightSide,
            centre: [311.0 / 655.0, 222.0 / 655.0],
            half_axes: [122.0 / 655.0, 116.0 / 655.0],
            roll_deg: 0.0,
            tilt_deg: 0.0,
            turn_deg: -30.0,
            known_length: None,
        }),
    },
];
