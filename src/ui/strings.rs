//! Texts that several places say, and what to tell people when something
//! fails: what happened, and one next step.

use crate::engine::error::BadPlacement;
use crate::engine::sides::Continued;
use crate::engine::stubble::Fit;
use crate::protocol::{JobError, PhotoError};

/// The privacy promise in a line.
pub(crate) const LOCAL_SHORT: &str = "Your photo stays on this device";
/// The privacy promise before the first photo.
pub(crate) const LOCAL: &str = "Your photo stays on this device. Your browser finds the face and draws on it; nothing is uploaded, \
                         and all is forgotten when you close the page.";
/// What finding a face means, while it goes on.
pub(crate) const LANDMARKS: &str = "Looking for the face. Points on it are computed on this device; they are neither stored nor sent.";
/// Said where there is none.
pub(crate) const NO_FACE: &str =
    "No face was found. Choose from where the head is seen, then set the markers.";
/// Said where it could not be looked for.
pub(crate) const FINDER_FAILED: &str = "The face could not be looked for. Set the markers by hand, or check the connection and try again.";
/// Said after a restart of the worker.
pub(crate) const RESTARTED: &str =
    "The preview had to be restarted. Your settings are as they were.";
/// Said when a photo stopped the worker again and again.
pub(crate) const PHOTO_LOST: &str =
    "This photo stops the preview again and again. Please try another one.";

/// Why a photo cannot be used.
#[must_use]
pub(crate) fn photo_error(error: PhotoError) -> String {
    match error {
        PhotoError::NotAPicture => "This file is not a picture. Please choose a photo, for example a JPEG or PNG.".into(),
        PhotoError::FileTooLarge { bytes } => {
            format!("This file has {} MB; up to 50 MB can be opened. Please choose a smaller version of the photo.", bytes / 1_000_000)
        }
        PhotoError::TooManyPixels { width, height } => format!(
            "This picture is {width} × {height} pixels; up to 100 megapixels can be opened. Please choose a smaller version."
        ),
        PhotoError::TooSmall { width, height } => format!(
            "This picture is only {width} × {height} pixels, too small to draw on. Please choose a larger version."
        ),
        PhotoError::Heic => "This is an iPhone HEIC photo, which this browser cannot open. On the iPhone, choose Settings, \
                             Camera, Formats, Most Compatible and take it again, or share the photo as JPEG."
            .into(),
        PhotoError::Unsupported => {
            "This kind of picture cannot be opened here. Please save it as JPEG or PNG and choose that.".into()
        }
        PhotoError::Damaged => "This picture is damaged and cannot be read. Please choose another copy of it.".into(),
        PhotoError::NotFetched => {
            "What reads this kind of picture could not be fetched. Please check the connection and choose the photo again, or save it as JPEG or PNG and choose that.".into()
        }
        PhotoError::OutOfMemory => {
            "The device ran out of memory. Please close other tabs, or choose a smaller version of the photo.".into()
        }
    }
}

/// Said where most of the treated part lies under hair.
pub(crate) const TOO_LONG: &str = "Most of this area lies under hair, and the preview shows impressions only on bare scalp. For a shaved look, clip the hair to 1 mm or less and take the photo again; to keep it, use “Fill between hairs”.";

/// Said where hardly any of the treated part is seen.
pub(crate) const LITTLE_SEEN: &str = "Little of this area is seen in the photo. Bow the head or take a photo from above, and more of it shows.";

/// What came of asking for a look that continues the person's hair.
#[must_use]
pub(crate) fn matched(what: Continued, fit: Option<Fit>) -> &'static str {
    if what == Continued::Thinning {
        return match fit {
            Some(Fit::Well | Fit::TooDark | Fit::Faint | Fit::Dense) => {
                "Density and shade now bring the scalp half the way to your hair. Your hairs stay as they are."
            }
            Some(Fit::NoContrast) => {
                "Your hair is no darker than your scalp: there is no contrast to fill."
            }
            None => {
                "No hair was found above bare skin in this photo. Check in the Place step how the head lies, or take a photo that shows both."
            }
        };
    }
    match fit {
        Some(Fit::Well) => "Density, size and shade now continue your shaved hair.",
        Some(Fit::Faint) => {
            "Density, size and shade now continue your shaved hair, which hardly shows in this photo, and so they hardly show either. For a change that is plainer, lower the dilution, or let the hair grow for a day and take the photo again."
        }
        Some(Fit::NoContrast) => {
            "The hair there is no darker than the skin beside it. Pick another spot."
        }
        Some(Fit::TooDark) => {
            "As dark as a treatment gets: your hair there hides the skin. For a shaved look, clip it to 1 mm or less and take the photo again."
        }
        Some(Fit::Dense) => {
            "Density, size and shade now continue your hair, but its like in pigment would look painted: it is longer than shaved hair. Clip it to 1 mm or less and take the photo again, or lower the density."
        }
        None => {
            "No shaved hair was found beside bare skin. Press “Pick stubble”, then tap some in the photo."
        }
    }
}

/// Why a job failed.
#[must_use]
pub(crate) fn job_error(error: JobError) -> &'static str {
    match error {
        JobError::NoPhoto => "There is no photo yet. Please choose one.",
        JobError::BadPlacement => {
            "The markers fit no head. Please set them again in the Place step."
        }
        JobError::Encode => {
            "The picture could not be made, probably for lack of memory. Please try JPEG, or close other tabs."
        }
    }
}

/// What is wrong with the markers.
#[must_use]
pub(crate) fn placement_error(error: BadPlacement) -> &'static str {
    match error {
        BadPlacement::PupilsTogether => {
            "The two pupil markers lie on one another. Put one on each eye."
        }
        BadPlacement::TooSmall => {
            "The head is too small in the photo. Choose one that shows it larger."
        }
        BadPlacement::ChinOutOfPlace => {
            "The chin marker does not fit the eyes. Put it on the lowest point of the chin."
        }
        BadPlacement::TopBelowEyes => {
            "The top marker lies below the eyes. Put it on the top edge of the head."
        }
        BadPlacement::SidesOutOfPlace => "The side markers must stand on either side of the eyes.",
        BadPlacement::InterpupillaryDistance => {
            "The distance between the pupils must be 40 to 85 mm."
        }
        BadPlacement::KnownLength => {
            "The known length must be 10 to 400 mm, with its two ends apart. Set its handles again."
        }
        BadPlacement::OutlineShape => {
            "The outline is too narrow or too wide for a head. Fit it to the skull."
        }
        BadPlacement::NotANumber | BadPlacement::OutOfReach => {
            "A marker lies far outside the photo. Set it again."
        }
        BadPlacement::NotAHead => "The markers together fit no head. Set them again one by one.",
    }
}
