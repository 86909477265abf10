//! What a photo says of the heads in it: the answer the page gets.

use super::colours::{Colours, colours};
use super::crop::{Levels, Pyramid, Square};
use super::face::{Face, FindError, find_faces};
use super::iris::{Irises, irises};
use super::landmarks::MENTON;
use super::matte::{Evidence, evidence, matte};
use super::models::Models;
use super::outline::head_outlines;
use super::person::{PersonMask, person};
use super::silhouette::{ScalpEdges, head_square, scalp_edges, square_with_body};
use super::tflite::ModelError;
use crate::engine::camera::{longer_edge_px, marker_from_photo};
use crate::engine::head::HeadModel;
use crate::engine::image::Photo;
use crate::engine::matte::Matte;
use crate::engine::placement::{FaceMarkers, IrisWidth, Placement};

/// One head.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Head {
    /// Where it lies.
    pub placement: Placement,
    /// What colours it has.
    pub colours: Colours,
}

/// Most heads told of: a crowd is nobody's photo of themselves.
const MOST_HEADS: usize = 6;

/// Reads one photo, and remembers what it has seen.
#[derive(Debug)]
pub struct Reader {
    photo: Photo,
    levels: Levels,
    faces: Option<Vec<Face>>,
    /// The person around each of the first faces, in their order.
    masks: Vec<PersonMask>,
}

impl Reader {
    /// A reader of `photo` that has not looked yet.
    #[must_use]
    pub fn new(photo: Photo) -> Self {
        let levels = Pyramid::new(&photo).into_levels();
        Self {
            photo,
            levels,
            faces: None,
            masks: Vec::new(),
        }
    }

    /// Each head with a face, the largest first; where there is no face, what
    /// [`heads_without_face`] gives. `go_on` is asked before each step.
    ///
    /// # Errors
    /// [`FindError`].
    pub fn heads(
        &mut self,
        models: &mut Models,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Vec<Head>, FindError> {
        let pyramid = Pyramid::with(&self.photo, self.levels.clone());
        self.masks.clear();
        let mut heads = Vec::new();
        let faces = find_faces(&self.photo, &pyramid, models, go_on)?;
        for face in faces.iter().take(MOST_HEADS) {
            if !go_on() {
                return Err(FindError::Cancelled);
            }
            let mask = person(&mut *models.person, &pyramid, &head_square(face))?;
            heads.push(head_in(&self.photo, &pyramid, face, &mask));
            self.masks.push(mask);
        }
        if heads.is_empty() {
            if !go_on() {
                return Err(FindError::Cancelled);
            }
            heads = heads_without_face(&self.photo, &pyramid, models)?;
        }
        self.faces = Some(faces);
        Ok(heads)
    }

    /// What is bare scalp on a head; none where it lies outside the photo.
    ///
    /// # Errors
    /// [`FindError`].
    pub fn matte(
        &mut self,
        models: &mut Models,
        head: &HeadModel,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Option<Matte>, FindError> {
        let pyramid = Pyramid::with(&self.photo, self.levels.clone());
        let faces = match self.faces.take() {
            Some(faces) => faces,
            None => find_faces(&self.photo, &pyramid, models, go_on)?,
        };
        let faces = self.faces.insert(faces);
        let on_head = face_on(faces, head);
        let face = on_head.and_then(|i| faces.get(i));
        let fresh;
        let mask = match on_head.and_then(|i| self.masks.get(i)) {
            Some(mask) => mask,
            None => {
                fresh = mask_of(&pyramid, models, face, head)?;
                &fresh
            }
        };
        Ok(matte(&self.photo, &pyramid, mask, head, face))
    }
}

/// What is bare scalp on a head; none where it lies outside the photo. `faces`
/// are the photo's.
///
/// # Errors
/// [`ModelError`].
pub fn matte_of(
    photo: &Photo,
    pyramid: &Pyramid<'_>,
    models: &mut Models,
    faces: &[Face],
    head: &HeadModel,
) -> Result<Option<Matte>, ModelError> {
    let face = face_on(faces, head).and_then(|i| faces.get(i));
    let mask = mask_of(pyramid, models, face, head)?;
    Ok(matte(photo, pyramid, &mask, head, face))
}

/// What [`matte_of`] decides by: see [`evidence`].
///
/// # Errors
/// [`ModelError`].
pub fn evidence_of(
    photo: &Photo,
    pyramid: &Pyramid<'_>,
    models: &mut Models,
    faces: &[Face],
    head: &HeadModel,
) -> Result<Evidence, ModelError> {
    let face = face_on(faces, head).and_then(|i| faces.get(i));
    let mask = mask_of(pyramid, models, face, head)?;
    Ok(evidence(photo, pyramid, &mask, head, face))
}

/// Which face is a head's: the one whose eyes lie on the cranium.
fn face_on(faces: &[Face], head: &HeadModel) -> Option<usize> {
    faces.iter().position(|face| {
        let [right, left] = face.pupils();
        head.scalp_from_photo((right + left) * 0.5).is_some()
    })
}

/// The person around a head, with or without a face.
fn mask_of(
    pyramid: &Pyramid<'_>,
    models: &mut Models,
    face: Option<&Face>,
    head: &HeadModel,
) -> Result<PersonMask, ModelError> {
    let square = face.map_or_else(|| square_with_body(head), head_square);
    person(&mut *models.person, pyramid, &square)
}

/// The head around a face.
///
/// # Errors
/// [`ModelError`].
pub fn head_of(
    photo: &Photo,
    pyramid: &Pyramid<'_>,
    models: &mut Models,
    face: &Face,
) -> Result<Head, ModelError> {
    let mask = person(&mut *models.person, pyramid, &head_square(face))?;
    Ok(head_in(photo, pyramid, face, &mask))
}

/// The head around a face, in the person around it.
fn head_in(photo: &Photo, pyramid: &Pyramid<'_>, face: &Face, mask: &PersonMask) -> Head {
    Head {
        placement: placement(
            face,
            irises(pyramid, face).ok(),
            &scalp_edges(photo, face, mask),
            photo,
        ),
        colours: colours(photo, face),
    }
}

/// What seems to be a head, in a photo without a face: its outline as it seems to be
/// seen, then the same head as seen from its right and from its left.
///
/// # Errors
/// [`ModelError`].
pub fn heads_without_face(
    photo: &Photo,
    pyramid: &Pyramid<'_>,
    models: &mut Models,
) -> Result<Vec<Head>, ModelError> {
    let mask = person(&mut *models.person, pyramid, &Square::around(photo))?;
    let outlines = head_outlines(photo, &mask).into_iter();
    let head = |outline| Head {
        placement: Placement::Outline(outline),
        colours: Colours::default(),
    };
    Ok(outlines.map(head).collect())
}

/// How much farther down the canonical face is read to look than the cranium it
/// sits on in [`crate::engine::head`]'s frame, degrees: on the twelve bald heads
/// among this project's photos whose top and both sides could be seen, the fit
/// then no longer moves the pitch in the mean. (How far it moves it is only a
/// part of how far it is off: the fit believes some of what it is told.)
const CANONICAL_PITCH_DEG: f64 = 8.0;

/// The markers a face, its irises and its head's edges stand for. The pupils
/// are in the irises' middles where those were found: they lie 1.1 % of their
/// distance from `iris_landmark`'s in the median of the project's photos, the
/// middles between the lids 2.7 %.
fn placement(face: &Face, irises: Option<Irises>, edges: &ScalpEdges, photo: &Photo) -> Placement {
    let marker = |p| marker_from_photo(p, photo.width(), photo.height());
    let longer_px = longer_edge_px(photo.width(), photo.height());
    let [right, left] = irises.map_or_else(|| face.pupils(), |irises| irises.centres);
    let pose = face.pose.pose;
    Placement::Face(FaceMarkers {
        right_pupil: marker(right),
        left_pupil: marker(left),
        chin: marker(face.mesh.at(MENTON)),
        top: edges.top.map(marker),
        right_side: edges.right_side.map(marker),
        left_side: edges.left_side.map(marker),
        ipd_mm: None,
        yaw_pitch_deg: Some([pose.yaw_deg, pose.pitch_deg - CANONICAL_PITCH_DEG]),
        known_length: None,
        iris: irises.map(|irises| IrisWidth {
            across: irises.across_px / longer_px,
            sd: irises.across_sd_px / longer_px,
        }),
    })
}
