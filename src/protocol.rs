//! Messages between the page and its workers, with transferred objects beside
//! them (the photo's `File`, two `OffscreenCanvas`es, the exported `Blob`).
//! Pixels travel once, from the render worker to the vision worker; the page
//! passes them on unread.
//!
//! On the wire a [`Request`] is the array `[json, ...objects]`; a [`Response`]
//! is `[kind, numbers, text, ...objects]` by its [`Parts`], because reading
//! JSON of all its kinds would be 6 KB of the page; [`Find`] and [`Found`] have
//! a form of their own (`platform::vision_wire`).

use serde::{Deserialize, Serialize};

use crate::engine::{
    export::Layout,
    look::Look,
    placement::{MarkerInPhoto, Placement},
};
use crate::vision::reading::Head;

/// Page → worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// First message. Objects: the "before" canvas, the "after" canvas.
    Start,
    /// Decode this photo; ends any decode under way. Object: the `File`/`Blob`.
    Load {
        /// Names this load in its answers; larger is newer.
        load: u32,
    },
    /// Draw this look on the "after" canvas.
    Render {
        /// Names this job in its answer.
        job: u32,
        /// Where the head is.
        placement: Placement,
        /// What to draw.
        look: Look,
    },
    /// Read the photo's colour around a point.
    Sample {
        /// Names this job in its answer.
        job: u32,
        /// Centre of the patch.
        at: MarkerInPhoto,
    },
    /// Make a picture file at the source's size.
    Export {
        /// Names this job in its answers.
        job: u32,
        /// File format.
        format: ExportFormat,
        /// "After" alone or both.
        layout: Layout,
        /// Where the head is.
        placement: Placement,
        /// What to draw.
        look: Look,
    },
    /// Give a copy of the working photo, for the vision worker.
    Pixels {
        /// Names this job in its answer.
        job: u32,
    },
    /// Test aid, honoured in every build because it can do no harm: traps the
    /// worker so that its restart can be seen to work.
    Trap,
}

/// File format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Lossless, by `image` at its fastest setting.
    Png,
    /// Quality 0.92, by the browser.
    Jpeg,
}

/// Worker → page.
#[derive(Debug, Clone, PartialEq)]
pub enum Response {
    /// The worker's wasm runs and hears messages.
    Ready,
    /// A photo is decoded and on both canvases.
    PhotoReady {
        /// Which load this answers.
        load: u32,
        /// Working photo's width, px.
        width: u32,
        /// Working photo's height, px.
        height: u32,
        /// Upright source's width, px.
        source_width: u32,
        /// Upright source's height, px.
        source_height: u32,
    },
    /// A photo could not be used; the previous one is still there.
    PhotoFailed {
        /// Which load this answers.
        load: u32,
        /// Why.
        error: PhotoError,
    },
    /// A frame is on the "after" canvas.
    Rendered {
        /// Which job this answers.
        job: u32,
        /// How many impressions are on it.
        impressions: u32,
        /// Milliseconds spent in each stage that ran, as a JSON text: the page
        /// shows it to whoever measures and reads nothing of it.
        stages: String,
    },
    /// A patch's mean colour.
    Sampled {
        /// Which job this answers.
        job: u32,
        /// Mean in linear light, sRGB primaries, 0–1.
        linear_rgb: [f64; 3],
    },
    /// An export goes on.
    Progress {
        /// Which job this is about.
        job: u32,
        /// Share done, 0–1.
        done: f64,
    },
    /// An export is ready. Object: the `Blob`.
    Exported {
        /// Which job this answers.
        job: u32,
    },
    /// The working photo. Object: its RGBA bytes, an `ArrayBuffer`.
    Pixels {
        /// Which job this answers.
        job: u32,
        /// Its width, px.
        width: u32,
        /// Its height, px.
        height: u32,
    },
    /// A job other than a load failed; nothing else changed.
    Failed {
        /// Which job this answers.
        job: u32,
        /// Why.
        error: JobError,
    },
}

/// Page → vision worker: find the heads in this photo. Object: its RGBA bytes,
/// an `ArrayBuffer`, handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Find {
    /// The photo's width, px.
    pub width: u32,
    /// Its height, px.
    pub height: u32,
}

/// Vision worker → page.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// The models are here and the worker hears messages.
    Ready,
    /// What the photo says of the heads in it.
    Heads(Vec<Head>),
    /// The models could not be fetched or are damaged.
    Failed,
}

/// Why a photo cannot be used. The page's texts hang on these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhotoError {
    /// Not a picture file that anybody knows.
    #[error("not a picture file")]
    NotAPicture,
    /// Over 50 MB.
    #[error("{bytes} bytes are over the limit of 50 MB")]
    FileTooLarge {
        /// The file's size.
        bytes: u64,
    },
    /// Over 100 megapixels.
    #[error("{width}×{height} px are over the limit of 100 megapixels")]
    TooManyPixels {
        /// Header's width.
        width: u32,
        /// Header's height.
        height: u32,
    },
    /// Under 64 px on its shorter edge.
    #[error("{width}×{height} px are under 64 px on the shorter edge")]
    TooSmall {
        /// Header's width.
        width: u32,
        /// Header's height.
        height: u32,
    },
    /// A HEIC/HEIF photo this browser cannot decode.
    #[error("a HEIC photo")]
    Heic,
    /// A known format that neither the browser nor we decode.
    #[error("a format that cannot be decoded here")]
    Unsupported,
    /// Damaged: the header reads, the pixels do not.
    #[error("the file is damaged")]
    Damaged,
    /// The device ran out of memory.
    #[error("out of memory")]
    OutOfMemory,
}

/// Why a job failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// No photo is loaded.
    #[error("no photo is loaded")]
    NoPhoto,
    /// The markers describe no head.
    #[error("the markers describe no head")]
    BadPlacement,
    /// The picture could not be encoded or the device ran out of memory.
    #[error("the picture could not be encoded")]
    Encode,
}

/// A [`Response`] in the form it travels in: its kind, its numbers in the order
/// of its fields, and its text. All counts and sizes are exact as `f64`.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts {
    /// Which kind of response.
    pub kind: u8,
    /// Its numbers.
    pub numbers: Vec<f64>,
    /// Its text; mostly none.
    pub text: String,
}

impl Response {
    /// The response's parts.
    #[must_use]
    pub fn parts(self) -> Parts {
        let f = f64::from;
        let mut text = String::new();
        let (kind, numbers) = match self {
            Self::Ready => (0, vec![]),
            Self::PhotoReady {
                load,
                width,
                height,
                source_width,
                source_height,
            } => (
                1,
                [load, width, height, source_width, source_height]
                    .map(f)
                    .to_vec(),
            ),
            Self::PhotoFailed { load, error } => {
                let [code, a, b] = error.numbers();
                (2, vec![f(load), code, a, b])
            }
            Self::Rendered {
                job,
                impressions,
                stages,
            } => {
                text = stages;
                (3, vec![f(job), f(impressions)])
            }
            Self::Sampled { job, linear_rgb } => {
                let [r, g, b] = linear_rgb;
                (4, vec![f(job), r, g, b])
            }
            Self::Progress { job, done } => (5, vec![f(job), done]),
            Self::Exported { job } => (6, vec![f(job)]),
            Self::Pixels { job, width, height } => (7, [job, width, height].map(f).to_vec()),
            Self::Failed { job, error } => (8, vec![f(job), error.number()]),
        };
        Parts {
            kind,
            numbers,
            text,
        }
    }

    /// The response with these parts; none where they are nobody's.
    #[must_use]
    pub fn from_parts(parts: Parts) -> Option<Self> {
        let n = |index: usize| parts.numbers.get(index).copied();
        // `as` saturates, and takes not-a-number to 0.
        let count = |index: usize| n(index).map(|number| number as u32);
        Some(match parts.kind {
            0 => Self::Ready,
            1 => Self::PhotoReady {
                load: count(0)?,
                width: count(1)?,
                height: count(2)?,
                source_width: count(3)?,
                source_height: count(4)?,
            },
            2 => Self::PhotoFailed {
                load: count(0)?,
                error: PhotoError::from_numbers([n(1)?, n(2)?, n(3)?])?,
            },
            3 => Self::Rendered {
                job: count(0)?,
                impressions: count(1)?,
                stages: parts.text,
            },
            4 => Self::Sampled {
                job: count(0)?,
                linear_rgb: [n(1)?, n(2)?, n(3)?],
            },
            5 => Self::Progress {
                job: count(0)?,
                done: n(1)?,
            },
            6 => Self::Exported { job: count(0)? },
            7 => Self::Pixels {
                job: count(0)?,
                width: count(1)?,
                height: count(2)?,
            },
            8 => Self::Failed {
                job: count(0)?,
                error: JobError::from_number(n(1)?)?,
            },
            _ => return None,
        })
    }
}

impl PhotoError {
    fn numbers(self) -> [f64; 3] {
        match self {
            Self::NotAPicture => [0.0; 3],
            Self::FileTooLarge { bytes } => [1.0, bytes as f64, 0.0],
            Self::TooManyPixels { width, height } => [2.0, f64::from(width), f64::from(height)],
            Self::TooSmall { width, height } => [3.0, f64::from(width), f64::from(height)],
            Self::Heic => [4.0, 0.0, 0.0],
            Self::Unsupported => [5.0, 0.0, 0.0],
            Self::Damaged => [6.0, 0.0, 0.0],
            Self::OutOfMemory => [7.0, 0.0, 0.0],
        }
    }

    fn from_numbers([code, a, b]: [f64; 3]) -> Option<Self> {
        let (width, height) = (a as u32, b as u32);
        Some(match code as u8 {
            0 => Self::NotAPicture,
            1 => Self::FileTooLarge { bytes: a as u64 },
            2 => Self::TooManyPixels { width, height },
            3 => Self::TooSmall { width, height },
            4 => Self::Heic,
            5 => Self::Unsupported,
            6 => Self::Damaged,
            7 => Self::OutOfMemory,
            _ => return None,
        })
    }
}

impl JobError {
    fn number(self) -> f64 {
        match self {
            Self::NoPhoto => 0.0,
            Self::BadPlacement => 1.0,
            Self::Encode => 2.0,
        }
    }

    fn from_number(number: f64) -> Option<Self> {
        [Self::NoPhoto, Self::BadPlacement, Self::Encode]
            .get(number as usize)
            .copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_response_arrives_as_it_was_sent() {
        let photo_errors = [
            PhotoError::NotAPicture,
            PhotoError::FileTooLarge { bytes: 51_000_123 },
            PhotoError::TooManyPixels {
                width: 20_000,
                height: 9000,
            },
            PhotoError::TooSmall {
                width: 3,
                height: 70_000,
            },
            PhotoError::Heic,
            PhotoError::Unsupported,
            PhotoError::Damaged,
            PhotoError::OutOfMemory,
        ];
        let job_errors = [JobError::NoPhoto, JobError::BadPlacement, JobError::Encode];
        let job = u32::MAX;
        let mut all = vec![
            Response::Ready,
            Response::PhotoReady {
                load: 7,
                width: 2048,
                height: 1365,
                source_width: 6000,
                source_height: 4000,
            },
            Response::Rendered {
                job,
                impressions: 60_000,
                stages: "[]".into(),
            },
            Response::Sampled {
                job,
                linear_rgb: [0.1, 0.25, 1.0 / 3.0],
            },
            Response::Progress { job, done: 0.7 },
            Response::Exported { job },
            Response::Pixels {
                job,
                width: 640,
                height: 480,
            },
        ];
        all.extend(photo_errors.map(|error| Response::PhotoFailed { load: 1, error }));
        all.extend(job_errors.map(|error| Response::Failed { job, error }));
        for response in all {
            assert_eq!(
                Response::from_parts(response.clone().parts()),
                Some(response)
            );
        }
    }

    #[test]
    fn what_is_no_response_is_none() {
        for kind in 0..=255 {
            for numbers in [vec![], vec![f64::NAN; 6], vec![1e300; 6]] {
                let parts = Parts {
                    kind,
                    numbers: numbers.clone(),
                    text: String::new(),
                };
                let found = Response::from_parts(parts);
                assert!(found.is_none() || kind <= 8);
                assert!(kind == 0 || !numbers.is_empty() || found.is_none());
            }
        }
    }
}
