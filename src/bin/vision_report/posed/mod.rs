//! Synthetic heads of known pose and scale: a portrait's face on a cranium of
//! triangles, drawn by a known camera and read as any photo is. The report
//! shows how far the reading is off, and `tests/posed.rs` holds it to that.

mod head;
mod raster;

use std::fs;
use std::path::Path;

use smp_visualizer::codec::{Limit, WORKING_EDGE, decode};
use smp_visualizer::engine::camera::{DEFAULT_DISTANCE_MM, Pose, marker_from_photo};
use smp_visualizer::engine::fit::fit;
use smp_visualizer::engine::image::Photo;
use smp_visualizer::engine::placement::Placement;
use smp_visualizer::vision::crop::Pyramid;
use smp_visualizer::vision::face::{Face, find_faces};
use smp_visualizer::vision::models::Models;
use smp_visualizer::vision::reading::head_of;

use head::head_from_face;
pub(crate) use head::{Given, Shape, Sitter};

/// The portraits, in `public/samples`.
pub(crate) const PORTRAITS: [&str; 2] = ["front_dark.jpg", "front_light.jpg"];

/// What a case asks of the reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// As people hold their heads in a photo of themselves.
    Usual,
    /// As far up or down, and at once aside, as a face is still found.
    Corner,
    /// A camera nearer or farther than the fit assumes.
    Distance,
}

/// One picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    /// What it asks.
    pub(crate) kind: Kind,
    /// What it shows.
    pub(crate) given: Given,
}

/// Pixels per mm at the cranium's centre, where not said otherwise.
const PX_PER_MM: f64 = 2.5;
/// Yaw, pitch and roll of the usual poses, degrees; the first faces the camera.
const USUAL_DEG: [[f64; 3]; 20] = [
    [0.0, 0.0, 0.0],
    [-35.0, 0.0, 0.0],
    [-25.0, 0.0, 0.0],
    [-15.0, 0.0, 0.0],
    [-7.0, 0.0, 0.0],
    [7.0, 0.0, 0.0],
    [15.0, 0.0, 0.0],
    [25.0, 0.0, 0.0],
    [35.0, 0.0, 0.0],
    [0.0, -20.0, 0.0],
    [0.0, -10.0, 0.0],
    [0.0, 10.0, 0.0],
    [0.0, 20.0, 0.0],
    [-25.0, -12.0, 0.0],
    [-25.0, 12.0, 0.0],
    [25.0, -12.0, 0.0],
    [25.0, 12.0, 0.0],
    [0.0, 0.0, 15.0],
    [0.0, 0.0, -30.0],
    [20.0, 8.0, 12.0],
];
/// The same of the corners.
const CORNERS_DEG: [[f64; 3]; 4] = [
    [-35.0, -20.0, 0.0],
    [-35.0, 20.0, 0.0],
    [35.0, -20.0, 0.0],
    [35.0, 20.0, 0.0],
];
/// Other scales, with yaws.
const SCALES: [(f64, f64); 3] = [(0.0, 1.25), (20.0, 1.25), (0.0, 3.25)];
/// Other distances, mm.
const DISTANCES_MM: [f64; 2] = [500.0, 2000.0];

/// All pictures of a head, the first of it facing the camera.
pub(crate) fn cases() -> Vec<Case> {
    let case = |kind, [yaw_deg, pitch_deg, roll_deg]: [f64; 3], px_per_mm, distance_mm| Case {
        kind,
        given: Given {
            pose: Pose {
                yaw_deg,
                pitch_deg,
                roll_deg,
            },
            px_per_mm,
            distance_mm,
        },
    };
    let far = DEFAULT_DISTANCE_MM;
    let mut cases: Vec<Case> = USUAL_DEG
        .map(|deg| case(Kind::Usual, deg, PX_PER_MM, far))
        .into();
    cases.extend(SCALES.map(|(yaw, scale)| case(Kind::Usual, [yaw, 0.0, 0.0], scale, far)));
    cases.extend(CORNERS_DEG.map(|deg| case(Kind::Corner, deg, PX_PER_MM, far)));
    cases.extend(DISTANCES_MM.map(|mm| case(Kind::Distance, [0.0; 3], PX_PER_MM, mm)));
    cases
}

/// What was read of a picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Read {
    /// The canonical face's turn, as the found points alone tell it.
    pub(crate) face: Pose,
    /// The cranium's, as the fit has it.
    pub(crate) head: Pose,
    /// Pixels per mm at the cranium's centre.
    pub(crate) px_per_mm: f64,
    /// Whether top, right and left side of the scalp were seen.
    pub(crate) edges: [bool; 3],
}

/// What was given and read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    /// Given.
    pub(crate) case: Case,
    /// Read.
    pub(crate) read: Read,
    /// Read of the same head facing the camera.
    pub(crate) ahead: Read,
}

impl Measured {
    /// By how much the head's pose is off: yaw, pitch, roll, degrees.
    pub(crate) fn off_deg(&self) -> [f64; 3] {
        off_deg(&self.read.head, &self.case.given.pose)
    }

    /// The same of the face, as its points alone tell it.
    pub(crate) fn face_off_deg(&self) -> [f64; 3] {
        let face = self.case.given.pose.camera_from_head() * head_from_face();
        off_deg(&self.read.face, &Pose::from_matrix(&face))
    }

    /// By how much the head's pose is off where what is read of the head that
    /// faces the camera counts as the head's own.
    pub(crate) fn turn_off_deg(&self) -> [f64; 3] {
        let own = self.ahead.head.camera_from_head();
        let turned = self.case.given.pose.camera_from_head() * own;
        off_deg(&self.read.head, &Pose::from_matrix(&turned))
    }

    /// By which share of it the scale is off.
    pub(crate) fn scale_off(&self) -> f64 {
        self.read.px_per_mm / self.case.given.px_per_mm - 1.0
    }

    /// The same, compared with what is read of the head that faces the camera.
    pub(crate) fn scale_off_by_turn(&self) -> f64 {
        (1.0 + self.scale_off()) * PX_PER_MM / self.ahead.px_per_mm - 1.0
    }
}

/// Reads all pictures of a head with a portrait's face; `see` is shown each.
pub(crate) fn measure(
    portrait: &Path,
    shape: Shape,
    models: &mut Models,
    mut see: impl FnMut(&Case, &Photo) -> Result<(), String>,
) -> Result<Vec<Measured>, String> {
    let bytes = fs::read(portrait).map_err(|e| e.to_string())?;
    let portrait = decode(&bytes, Limit::Edge(WORKING_EDGE))
        .map_err(|e| e.to_string())?
        .photo;
    let face = only_face(&portrait, models)?;
    let sitter = Sitter::new(&portrait, &face, &models.canonical, shape);
    let mut ahead = None;
    let mut all = Vec::new();
    for case in cases() {
        let photo = sitter.picture(&case.given);
        see(&case, &photo)?;
        let read = read(&photo, sitter.ipd_mm, models).map_err(|e| format!("{case:?}: {e}"))?;
        all.push(Measured {
            case,
            read,
            ahead: *ahead.get_or_insert(read),
        });
    }
    Ok(all)
}

/// The only face of a photo.
fn only_face(photo: &Photo, models: &mut Models) -> Result<Face, String> {
    let pyramid = Pyramid::new(photo);
    let faces = find_faces(photo, &pyramid, models, &mut || true).map_err(|e| e.to_string())?;
    match <[Face; 1]>::try_from(faces) {
        Ok([face]) => Ok(face),
        Err(faces) => Err(format!("{} faces", faces.len())),
    }
}

/// Reads a drawn head as the app reads a photo. The distance between its eyes
/// is told, as by a person who has measured it: how much that varies among
/// people is not what is measured here. Neither are the irises: they are the
/// portrait's, painted flat, of a width nobody has measured, and the drawn
/// heads' pupils are by definition in the middle between the lids.
fn read(photo: &Photo, ipd_mm: f64, models: &mut Models) -> Result<Read, String> {
    let face = only_face(photo, models)?;
    let pyramid = Pyramid::new(photo);
    let head = head_of(photo, &pyramid, models, &face).map_err(|e| e.to_string())?;
    let Placement::Face(mut markers) = head.placement else {
        return Err("an outline".to_owned());
    };
    let [right, left] = face
        .pupils()
        .map(|pupil| marker_from_photo(pupil, photo.width(), photo.height()));
    markers.move_pupils(right, left);
    markers.ipd_mm = Some(ipd_mm);
    let placement = Placement::Face(markers);
    let head = fit(&placement, photo.width(), photo.height()).map_err(|e| e.to_string())?;
    Ok(Read {
        face: face.pose.pose,
        head: head.pose,
        px_per_mm: head.camera.px_per_mm,
        edges: [markers.top, markers.right_side, markers.left_side].map(|edge| edge.is_some()),
    })
}

fn off_deg(read: &Pose, given: &Pose) -> [f64; 3] {
    let off = Pose {
        yaw_deg: read.yaw_deg - given.yaw_deg,
        pitch_deg: read.pitch_deg - given.pitch_deg,
        roll_deg: read.roll_deg - given.roll_deg,
    };
    let off = off.normalised();
    [off.yaw_deg, off.pitch_deg, off.roll_deg]
}
