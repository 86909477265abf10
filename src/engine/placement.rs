//! Where the head is in the photo, as the person placed it: markers in the
//! photo, before any geometry is worked out. Part of the plan file, therefore
//! free of the photo's resolution.

use serde::{Deserialize, Serialize};

/// A point of the photo. Unit: the photo's **longer edge**; origin: its top
/// left corner; y down. So a plan made on the 2048 px working photo fits the
/// full-size source unchanged.
pub type MarkerInPhoto = [f64; 2];

/// Something of known length that the photo shows on the head: a card, a coin,
/// a tape. It tells the scale.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownLength {
    /// One end.
    pub from: MarkerInPhoto,
    /// The other.
    pub to: MarkerInPhoto,
    /// How far they are apart, mm: [`KNOWN_LENGTH_RANGE_MM`].
    pub mm: f64,
}

/// Shortest and longest known length, mm: what can be marked to a few percent,
/// and what a photo of a head shows.
pub const KNOWN_LENGTH_RANGE_MM: std::ops::RangeInclusive<f64> = 10.0..=400.0;

impl Placement {
    /// From where the head is seen; none for a face.
    #[must_use]
    pub const fn view(&self) -> Option<View> {
        match self {
            Self::Face(_) => None,
            Self::Outline(outline) => Some(outline.view),
        }
    }

    /// What is of known length, if anything.
    #[must_use]
    pub const fn known_length(&self) -> Option<KnownLength> {
        match self {
            Self::Face(face) => face.known_length,
            Self::Outline(outline) => outline.known_length,
        }
    }

    /// The same placement with something else, or nothing, of known length.
    #[must_use]
    pub const fn with_known_length(mut self, known_length: Option<KnownLength>) -> Self {
        match &mut self {
            Self::Face(face) => face.known_length = known_length,
            Self::Outline(outline) => outline.known_length = known_length,
        }
        self
    }
}

/// The head's place in the photo.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// A face looks at the camera, more or less.
    Face(FaceMarkers),
    /// No face to measure: the head's outline drawn as an ellipse.
    Outline(HeadOutline),
}

/// Markers on a face. "Right" and "left" are the person's own.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaceMarkers {
    /// Centre of the person's right pupil (left in an unmirrored photo).
    pub right_pupil: MarkerInPhoto,
    /// Centre of the person's left pupil.
    pub left_pupil: MarkerInPhoto,
    /// Lowest point of the chin (menton).
    pub chin: MarkerInPhoto,
    /// Top of the head's outline, where it was marked: gives the pitch.
    #[serde(default)]
    pub top: Option<MarkerInPhoto>,
    /// Right edge of the skull's outline above the ear, where marked: with
    /// its twin gives the yaw and the head's breadth.
    #[serde(default)]
    pub right_side: Option<MarkerInPhoto>,
    /// Left edge of the skull's outline above the ear, where marked.
    #[serde(default)]
    pub left_side: Option<MarkerInPhoto>,
    /// The person's interpupillary distance in mm, where it was measured.
    #[serde(default)]
    pub ipd_mm: Option<f64>,
    /// How the face is turned, where its points told: yaw and pitch in the
    /// terms of [`super::camera::Pose`], degrees. Its roll is the pupils' line.
    #[serde(default)]
    pub yaw_pitch_deg: Option<[f64; 2]>,
    /// Something of known length at the face.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_length: Option<KnownLength>,
    /// How wide the irises are, where both were found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iris: Option<IrisWidth>,
}

impl FaceMarkers {
    /// Puts the pupils elsewhere by hand. The irises were found around the old
    /// places, hence what they told no longer counts.
    pub const fn move_pupils(&mut self, right: MarkerInPhoto, left: MarkerInPhoto) {
        self.right_pupil = right;
        self.left_pupil = left;
        self.iris = None;
    }
}

/// The width of the irises in the photo: with how it varies among people a
/// ruler at the eyes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IrisWidth {
    /// White to white, as if they looked at the camera; in longer edges of the
    /// photo.
    pub across: f64,
    /// How far off that may be, SD; in the same.
    pub sd: f64,
}

/// The head's outline in a photo without a usable face.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadOutline {
    /// From where the head is seen.
    pub view: View,
    /// Centre of the ellipse.
    pub centre: MarkerInPhoto,
    /// Half the ellipse's width across and height along its own up axis, in
    /// longer edges of the photo.
    pub half_axes: [f64; 2],
    /// Turn of the ellipse's up axis from the photo's up, degrees clockwise.
    pub roll_deg: f64,
    /// Head tilted towards the camera beyond the plain view, degrees:
    /// positive shows more of the forehead (top view), of the vertex (other
    /// views). −45 to 45.
    #[serde(default)]
    pub tilt_deg: f64,
    /// Head turned beyond the plain view, degrees: positive turns the
    /// person's nose towards their own left. −45 to 45.
    #[serde(default)]
    pub turn_deg: f64,
    /// Something of known length on the head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_length: Option<KnownLength>,
}

/// From where the head is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// A front view whose pupils cannot be marked (eyes hidden or closed).
    Front,
    /// From above; the person's forehead towards the photo's bottom.
    Top,
    /// From behind.
    Back,
    /// The person's right side faces the camera (nose to the photo's right).
    RightSide,
    /// The person's left side faces the camera (nose to the photo's left).
    LeftSide,
}
