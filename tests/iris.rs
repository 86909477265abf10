//! Irises of known width in drawn eyes: `vision::iris` is to find them as they
//! are, and nothing where none can be seen.
#![expect(clippy::expect_used, reason = "tests may stop at the first surprise")]

use glam::{DVec2, DVec3};
use smp_visualizer::engine::camera::Pose;
use smp_visualizer::engine::color::srgb8_from_linear;
use smp_visualizer::engine::image::Photo;
use smp_visualizer::vision::canonical::FacePose;
use smp_visualizer::vision::crop::Pyramid;
use smp_visualizer::vision::face::Face;
use smp_visualizer::vision::iris::{Irises, NoIrises, irises};
use smp_visualizer::vision::landmarks::{EYE_OPENINGS, Mesh, OUTER_CANTHI, POINTS};

/// Half the distance between the corners of an eye, mm.
const CORNER_MM: f64 = 15.0;
/// How large the picture is, mm.
const SIZE_MM: [f64; 2] = [130.0, 60.0];

/// Eyes to be drawn. Lengths in mm, light linear, 0–1.
#[derive(Clone, Copy)]
struct Eyes {
    px_per_mm: f64,
    ipd: f64,
    across: f64,
    /// The upper and the lower lid's way from the line between the corners.
    lids: [f64; 2],
    /// How far the lids are found from where they are: a share.
    lids_found: f64,
    /// Where the irises stand beside the eyes' middles.
    gaze: DVec2,
    /// The iris is so much narrower than high: the eye is turned by so much.
    aside_deg: f64,
    yaw_deg: f64,
    roll_deg: f64,
    skin: f64,
    iris: f64,
    sclera: f64,
    /// Width of a box that everything is blurred by.
    blur: f64,
    /// Largest deviation of a pixel, of 255.
    noise: f64,
    /// Radius of the light that the eyes mirror.
    catch_light: f64,
}

const USUAL: Eyes = Eyes {
    px_per_mm: 4.0,
    ipd: 63.0,
    across: 11.7,
    lids: [5.0, 4.5],
    lids_found: 1.0,
    gaze: DVec2::ZERO,
    aside_deg: 0.0,
    yaw_deg: 0.0,
    roll_deg: 0.0,
    skin: 0.35,
    iris: 0.05,
    sclera: 0.55,
    blur: 0.3,
    noise: 3.0,
    catch_light: 1.0,
};

impl Eyes {
    /// How high the opening is beside an eye's middle: upper, lower, mm.
    fn opening(&self, x: f64) -> [f64; 2] {
        self.lids
            .map(|lid| lid * (1.0 - (x / CORNER_MM) * (x / CORNER_MM)))
    }

    /// The light at a place beside an eye's middle, mm, y down.
    fn light(&self, p: DVec2) -> f64 {
        let [upper, lower] = self.opening(p.x);
        if p.y < -upper || p.y > lower {
            return self.skin;
        }
        let mut off = p - self.gaze;
        let light = off - DVec2::new(1.5, -1.8);
        off.x /= libm::cos(self.aside_deg.to_radians());
        if light.length() < self.catch_light {
            1.0
        } else if off.length() < 1.8 {
            0.01
        } else {
            // The limbus is soft: 0.6 mm.
            let out = (off.length() - 0.5 * self.across) / 0.6 + 0.5;
            self.iris + (self.sclera - self.iris) * out.clamp(0.0, 1.0)
        }
    }

    /// An eye's middle in the picture, px; `side` is −1 for the right eye.
    fn photo(&self, side: f64, p: DVec2) -> DVec2 {
        let level = DVec2::new(side * 0.5 * self.ipd, 0.0) + p;
        let turned = DVec2::from_angle(self.roll_deg.to_radians()).rotate(level);
        (turned + DVec2::from(SIZE_MM) * 0.5) * self.px_per_mm
    }

    fn draw(&self) -> Photo {
        let [width, height] = SIZE_MM.map(|mm| (mm * self.px_per_mm) as u32);
        let mut state = 1_u32;
        let mut rgba = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let mut sum = 0.0;
                let spread = (1.0 + self.blur * self.px_per_mm) / self.px_per_mm;
                for i in 0..25 {
                    let share = DVec2::new(f64::from(i % 5), f64::from(i / 5)) * 0.25 - 0.5;
                    let mm = DVec2::new(f64::from(x) + 0.5, f64::from(y) + 0.5) / self.px_per_mm
                        - DVec2::from(SIZE_MM) * 0.5;
                    let back = DVec2::from_angle(-self.roll_deg.to_radians());
                    let p = back.rotate(mm) + share * spread;
                    let side = p.x.signum();
                    sum += self.light(p - DVec2::new(side * 0.5 * self.ipd, 0.0)) / 25.0;
                }
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = f64::from(state >> 16) / 32_768.0 - 1.0;
                let grey = f64::from(srgb8_from_linear(sum)) + noise * self.noise;
                let grey = grey.round().clamp(0.0, 255.0) as u8;
                rgba.extend([grey, grey, grey, 255]);
            }
        }
        Photo::new(width, height, rgba).expect("a photo")
    }

    fn face(&self) -> Face {
        let mut points = vec![DVec3::ZERO; POINTS];
        // The mesh's square only gives the turn here.
        for (side, opening) in [-1.0, 1.0].into_iter().zip(EYE_OPENINGS) {
            for (i, index) in opening.into_iter().enumerate() {
                // From the outer corner along the lower lid to the inner one,
                // and back along the upper.
                let x = side * CORNER_MM * (1.0 - (8.0 - (i as f64 - 8.0).abs()) / 4.0);
                let [upper, lower] = self.opening(x).map(|lid| lid * self.lids_found);
                let y = if i <= 8 { lower } else { -upper };
                points[index] = self.photo(side, DVec2::new(x, y)).extend(0.0);
            }
        }
        assert!(points[OUTER_CANTHI[0]] != DVec3::ZERO);
        let pose = Pose {
            yaw_deg: self.yaw_deg,
            pitch_deg: 0.0,
            roll_deg: self.roll_deg,
        };
        Face {
            score: 1.0,
            mesh: Mesh { flag: 1.0, points },
            pose: FacePose {
                pose,
                px_per_mm: self.px_per_mm,
                misfit: 0.0,
            },
        }
    }

    fn found(&self) -> Result<Irises, NoIrises> {
        irises(&Pyramid::new(&self.draw()), &self.face())
    }

    /// Both irises are where they are, and as wide as they are, within a share.
    fn hold(&self, what: &str, share: f64) {
        let found = self.found().expect(what);
        let across = found.across_px / (self.across * self.px_per_mm);
        assert!((across - 1.0).abs() < share, "{what}: {across}");
        for (side, centre) in [-1.0, 1.0].into_iter().zip(found.centres) {
            let off = (centre - self.photo(side, self.gaze)).length();
            assert!(
                off < 0.05 * self.across * self.px_per_mm + 0.3,
                "{what}: {off} px"
            );
        }
    }
}

#[test]
fn irises_are_as_wide_as_they_were_drawn() {
    let wide = |across| Eyes { across, ..USUAL };
    let scale = |px_per_mm| Eyes { px_per_mm, ..USUAL };
    let lids = |upper, lower| Eyes {
        lids: [upper, lower],
        ..USUAL
    };
    let light = |skin, iris, sclera| Eyes {
        skin,
        iris,
        sclera,
        ..USUAL
    };
    let table = [
        ("usual", USUAL, 0.02),
        ("narrow", wide(10.9), 0.02),
        ("wide", wide(12.6), 0.03),
        ("large", scale(7.0), 0.02),
        ("20 px", scale(1.7), 0.03),
        ("11 px", scale(0.94), 0.05),
        ("7 px", scale(0.6), 0.08),
        ("wide open", lids(7.0, 6.0), 0.02),
        ("narrowed", lids(3.4, 2.6), 0.04),
        (
            "lids found too near",
            Eyes {
                lids_found: 0.75,
                ..USUAL
            },
            0.02,
        ),
        (
            "lids found too far",
            Eyes {
                lids_found: 1.25,
                ..USUAL
            },
            0.03,
        ),
        ("dark skin, dark eyes", light(0.05, 0.012, 0.3), 0.05),
        ("dark skin in shade", light(0.02, 0.006, 0.1), 0.05),
        ("fair skin, fair eyes", light(0.6, 0.25, 0.65), 0.03),
        ("iris as light as skin", light(0.1, 0.1, 0.5), 0.05),
        ("blurred", Eyes { blur: 1.5, ..USUAL }, 0.06),
        (
            "noisy",
            Eyes {
                noise: 15.0,
                ..USUAL
            },
            0.03,
        ),
        (
            "large catch-light",
            Eyes {
                catch_light: 2.2,
                ..USUAL
            },
            0.03,
        ),
        (
            "tilted",
            Eyes {
                roll_deg: 17.0,
                ..USUAL
            },
            0.02,
        ),
        (
            "up",
            Eyes {
                gaze: DVec2::new(0.0, -1.0),
                ..USUAL
            },
            0.03,
        ),
        ("eyes apart", Eyes { ipd: 70.0, ..USUAL }, 0.02),
    ];
    for (what, eyes, share) in table {
        eyes.hold(what, share);
    }
}

#[test]
fn an_iris_that_looks_aside_is_as_wide_as_it_would_be_ahead() {
    for aside_deg in [-25.0_f64, -15.0, 15.0, 25.0] {
        // The face ahead, the eyes aside.
        let gaze = DVec2::new(10.0 * libm::sin(aside_deg.to_radians()), 0.0);
        let eyes = Eyes {
            aside_deg,
            gaze,
            ..USUAL
        };
        eyes.hold("eyes aside", 0.03);
        // The face turned, the eyes at the camera: nothing is narrower but the
        // distance between them.
        let turn = aside_deg.to_radians();
        let eyes = Eyes {
            yaw_deg: aside_deg,
            gaze: DVec2::new(-5.0 * libm::sin(turn), 0.0),
            ipd: 63.0 * libm::cos(turn),
            ..USUAL
        };
        eyes.hold("face aside", 0.03);
        let found = eyes.found().unwrap();
        assert!((found.ipd_per_iris / (63.0 / 11.7) - 1.0).abs() < 0.03);
    }
}

#[test]
fn where_no_irises_can_be_told_there_are_none() {
    let closed = Eyes {
        lids: [0.8, 0.8],
        ..USUAL
    };
    let lowered = Eyes {
        lids: [0.8, 0.5],
        lids_found: 4.0,
        ..USUAL
    };
    let sightless = Eyes {
        iris: USUAL.sclera,
        ..USUAL
    };
    let dark = Eyes {
        skin: 0.002,
        iris: 0.001,
        sclera: 0.003,
        catch_light: 0.0,
        ..USUAL
    };
    let tiny = Eyes {
        px_per_mm: 0.45,
        noise: 0.0,
        ..USUAL
    };
    let turned = Eyes {
        yaw_deg: 35.0,
        ..USUAL
    };
    let gaze = DVec2::new(5.5, 0.0);
    let aside = Eyes {
        gaze,
        aside_deg: 33.0,
        ..USUAL
    };
    assert_eq!(closed.found(), Err(NoIrises::Closed));
    assert_eq!(turned.found(), Err(NoIrises::Turned));
    assert_eq!(aside.found(), Err(NoIrises::Aside));
    assert_eq!(tiny.found(), Err(NoIrises::Small));
    for (what, eyes) in [
        ("lowered", lowered),
        ("sightless", sightless),
        ("dark", dark),
    ] {
        let found = eyes.found();
        assert!(found.is_err(), "{what}: {found:?}");
    }
    // Of a width nobody has beside eyes so far apart.
    for across in [9.2, 14.2] {
        let found = Eyes { across, ..USUAL }.found();
        assert!(matches!(found, Err(NoIrises::Implausible(_))), "{found:?}");
    }
    // Nothing at all to look at.
    let photo = Photo::new(1, 1, vec![0; 4]).unwrap();
    assert!(irises(&Pyramid::new(&photo), &USUAL.face()).is_err());
}
