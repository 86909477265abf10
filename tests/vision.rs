//! Finding heads: with stand-ins for the models, whose answers are known, and
//! with the models themselves on the samples.
#![expect(clippy::unwrap_used, reason = "tests may stop at the first surprise")]

use std::cell::Cell;
use std::rc::Rc;

use glam::{DVec2, DVec3};
use smp_visualizer::engine::image::Photo;
use smp_visualizer::engine::placement::Placement;
use smp_visualizer::vision::canonical::CanonicalFace;
use smp_visualizer::vision::crop::Pyramid;
use smp_visualizer::vision::face::{FindError, find_faces};
use smp_visualizer::vision::landmarks::POINTS;
use smp_visualizer::vision::models::Models;
use smp_visualizer::vision::reading::{Head, Reader};
use smp_visualizer::vision::tflite::{Model, ModelError, Shape};

/// A model that gives the same answer to everything, and counts.
struct StandIn {
    side: usize,
    outputs: Vec<Vec<f32>>,
    runs: Rc<Cell<usize>>,
}

impl Model for StandIn {
    fn input(&self) -> Shape {
        Shape([1, self.side, self.side, 3])
    }

    fn run(&mut self, input: &[f32]) -> Result<Vec<&[f32]>, ModelError> {
        assert_eq!(input.len(), self.input().len());
        self.runs.set(self.runs.get() + 1);
        Ok(self.outputs.iter().map(Vec::as_slice).collect())
    }
}

/// A face all over, its points where the canonical ones are not in a plane.
fn canonical() -> CanonicalFace {
    let point = |i: usize| {
        let t = i as f64 * 2.399_963;
        let r = 70.0 * (i as f64 / POINTS as f64).sqrt();
        DVec3::new(r * libm::cos(t), r * libm::sin(t), 30.0 - r * r / 200.0)
    };
    CanonicalFace {
        points_mm: (0..POINTS).map(point).collect(),
        triangles: vec![],
        basis: (0..33).map(|i| (i * 14, 1.0)).collect(),
    }
}

struct Stage {
    models: Models,
    detector_runs: Rc<Cell<usize>>,
}

/// A detector that sees one face in the middle of every square with this
/// score, and a landmark model that sees the canonical face, 0.8 px of its
/// 192 to the mm, with this flag.
fn stage(score: f32, flag: f32) -> Stage {
    let detector_runs = Rc::new(Cell::new(0));
    let stand_in = |side, outputs, runs: &Rc<Cell<usize>>| {
        Box::new(StandIn {
            side,
            outputs,
            runs: Rc::clone(runs),
        })
    };
    let mut numbers = vec![0.0; 896 * 16];
    let mut scores = vec![-9.0; 896];
    // The anchor just right and below the middle of the coarse grid.
    let anchor = 512 + (4 * 8 + 4) * 6;
    scores[anchor] = score;
    let seen = &mut numbers[anchor * 16..][..16];
    // Box, then eyes on a level: px of 128 from the anchor, which is half a
    // grid step (8 px) from the middle.
    seen[..8].copy_from_slice(&[-8.0, -8.0, 32.0, 32.0, -16.0, -14.0, 0.0, -14.0]);
    let face = canonical();
    let points = face
        .points_mm
        .iter()
        .flat_map(|p| [96.0 + 0.8 * p.x, 96.0 - 0.8 * p.y, -0.8 * p.z].map(|v| v as f32));
    let points: Vec<f32> = points.collect();
    let ignored = Rc::new(Cell::new(0));
    Stage {
        models: Models {
            detector: stand_in(128, vec![numbers, scores], &detector_runs),
            landmark: stand_in(192, vec![points, vec![flag]], &ignored),
            person: stand_in(256, vec![vec![0.0; 256 * 256]], &ignored),
            canonical: canonical(),
        },
        detector_runs,
    }
}

fn photo() -> Photo {
    Photo::new(600, 400, vec![128; 600 * 400 * 4]).unwrap()
}

#[test]
fn a_face_is_found_where_it_is() {
    let mut stage = stage(6.0, 6.0);
    let photo = photo();
    let pyramid = Pyramid::new(&photo);
    let faces = find_faces(&photo, &pyramid, &mut stage.models, &mut || true).unwrap();
    assert_eq!((faces.len(), stage.detector_runs.get()), (1, 1));
    let face = &faces[0];
    // The box's middle is the photo's, and so is that of the square made of
    // it. Points that fill their square otherwise move at the second look.
    let middle = face.mesh.square().centre;
    assert!(
        (middle - DVec2::new(300.0, 200.0)).length() < 12.0,
        "{middle}"
    );
    let pose = face.pose.pose;
    assert!(pose.pitch_deg.abs() < 1e-3, "{pose:?}");
    assert!(face.pose.misfit < 1e-3, "{}", face.pose.misfit);
    assert!(matches!(
        Reader::new(photo)
            .heads(&mut stage.models, &mut || true)
            .as_deref(),
        Ok([Head {
            placement: Placement::Face(_),
            ..
        }])
    ));
}

#[test]
fn without_a_face_every_look_is_taken_once() {
    // A detector that is not sure; points that say there is no face.
    for (score, flag) in [(0.5, 6.0), (6.0, -2.0)] {
        let mut stage = stage(score, flag);
        let photo = photo();
        assert_eq!(
            Reader::new(photo).heads(&mut stage.models, &mut || true),
            Ok(vec![])
        );
        // Whole, with room, nine parts, three turns.
        assert_eq!(stage.detector_runs.get(), 1 + 1 + 9 + 3);
    }
}

#[test]
fn a_cancelled_search_ends_before_the_next_look() {
    let mut stage = stage(-6.0, 6.0);
    let mut left = 4;
    let found = Reader::new(photo()).heads(&mut stage.models, &mut || {
        left -= 1;
        left > 0
    });
    assert_eq!(found, Err(FindError::Cancelled));
    assert_eq!(stage.detector_runs.get(), 3);
}

#[cfg(feature = "codec-native")]
#[expect(clippy::print_stdout, reason = "tests say what they skip")]
mod with_models {
    use std::fs;
    use std::path::Path;

    use smp_visualizer::codec::{Limit, WORKING_EDGE, decode};
    use smp_visualizer::engine::camera::Pose;
    use smp_visualizer::engine::color::{ita_deg, lab_from_linear, luminance};
    use smp_visualizer::engine::fit::fit;
    use smp_visualizer::engine::placement::FaceMarkers;

    use super::*;

    fn root(path: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
    }

    fn models() -> Option<Models> {
        let models = Models::by_name(|file| fs::read(root("target/models").join(file)));
        let Ok(models) = models else {
            println!("skipped: no target/models; `cargo xtask models` makes them");
            return None;
        };
        Some(models.unwrap())
    }

    fn sample(name: &str) -> Photo {
        let bytes = fs::read(root("public/samples").join(name)).unwrap();
        decode(&bytes, Limit::Edge(WORKING_EDGE)).unwrap().photo
    }

    /// What was measured by hand, in longer edges: pupils, chin, and top of
    /// the head; and the pose to be expected.
    struct Known {
        file: &'static str,
        points: [[f64; 2]; 4],
        yaw_deg: f64,
        ita_deg: std::ops::Range<f64>,
    }

    const KNOWN: [Known; 2] = [
        Known {
            file: "front_light.jpg",
            points: [
                [0.290, 0.446],
                [0.541, 0.439],
                [0.448, 0.932],
                [0.480, 0.034],
            ],
            yaw_deg: -11.0,
            ita_deg: 0.0..45.0,
        },
        Known {
            file: "front_dark.jpg",
            points: [
                [0.3132, 0.3505],
                [0.4956, 0.3505],
                [0.4163, 0.6854],
                [0.4183, 0.0524],
            ],
            yaw_deg: -4.0,
            ita_deg: -30.0..45.0,
        },
    ];

    #[test]
    fn the_samples_heads_are_found_as_they_were_measured() {
        let Some(mut models) = models() else { return };
        for known in KNOWN {
            let photo = sample(known.file);
            let heads = Reader::new(photo.clone())
                .heads(&mut models, &mut || true)
                .unwrap();
            let [
                Head {
                    placement: placement @ Placement::Face(face),
                    colours,
                },
            ] = heads.as_slice()
            else {
                panic!("{}: {heads:?}", known.file);
            };
            // Skin is some skin's colour, and brows are darker than it.
            let skin = colours.skin.expect("skin");
            let ita_deg = ita_deg(lab_from_linear(skin));
            assert!(
                known.ita_deg.contains(&ita_deg),
                "{}: {ita_deg}",
                known.file
            );
            let brow = colours.brow.expect("brows");
            assert!(luminance(brow) < 0.6 * luminance(skin), "{}", known.file);
            let FaceMarkers {
                right_pupil,
                left_pupil,
                chin,
                top,
                ..
            } = *face;
            let found = [
                right_pupil,
                left_pupil,
                chin,
                top.expect("its top is scalp"),
            ];
            let apart = DVec2::from(known.points[0]).distance(DVec2::from(known.points[1]));
            for (found, known_point) in found.iter().zip(known.points) {
                let off = DVec2::from(*found).distance(DVec2::from(known_point)) / apart;
                // The chin is a soft place, and the top is anywhere along it.
                assert!(off < 0.2, "{}: {found:?} {known_point:?}", known.file);
            }
            let head = fit(placement, photo.width(), photo.height()).unwrap();
            let Pose { yaw_deg, .. } = head.pose;
            assert!(
                (yaw_deg - known.yaw_deg).abs() < 4.0,
                "{}: {yaw_deg}",
                known.file
            );
        }
    }

    #[test]
    fn whoever_has_seen_the_heads_tells_the_same_scalp() {
        let Some(mut models) = models() else { return };
        let photo = sample("front_light.jpg");
        let mut seen = Reader::new(photo.clone());
        let heads = seen.heads(&mut models, &mut || true).unwrap();
        let placement = heads.first().expect("a face").placement;
        let head = fit(&placement, photo.width(), photo.height()).unwrap();
        let kept = seen.matte(&mut models, &head, &mut || true).unwrap();
        let fresh = Reader::new(photo).matte(&mut models, &head, &mut || true);
        assert!(kept.is_some());
        assert_eq!(kept, fresh.unwrap());
    }

    #[test]
    fn a_photo_on_its_side_is_turned_by_itself() {
        let Some(mut models) = models() else { return };
        let upright = sample("front_light.jpg");
        let (width, height) = (upright.width(), upright.height());
        // A quarter turn: column x of the new is row x of the old, from below.
        let rgba = (0..width).flat_map(|y| {
            let upright = &upright;
            (0..height).flat_map(move |x| upright.pixel(y, height - 1 - x).unwrap_or_default())
        });
        let lying = Photo::new(height, width, rgba.collect()).unwrap();
        let heads = Reader::new(lying.clone())
            .heads(&mut models, &mut || true)
            .unwrap();
        let [
            Head {
                placement: placement @ Placement::Face(_),
                ..
            },
        ] = heads.as_slice()
        else {
            panic!("{heads:?}");
        };
        let head = fit(placement, lying.width(), lying.height()).unwrap();
        assert!((head.pose.roll_deg - 90.0).abs() < 8.0, "{:?}", head.pose);
    }
}
