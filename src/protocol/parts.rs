//! The form in which responses travel.

use super::{JobError, PhotoError, Response};
use crate::engine::{look::Look, placement::Placement};

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
            Self::PlanRead {
                job,
                placement,
                look,
            } => {
                let mut numbers = vec![f(job)];
                numbers.extend(look.to_numbers());
                numbers.extend(placement.iter().flat_map(Placement::to_numbers));
                (9, numbers)
            }
            Self::PlanRefused { job, why } => {
                text = why;
                (10, vec![f(job)])
            }
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
            9 => {
                let (look, rest) = Look::from_numbers(parts.numbers.get(1..)?)?;
                Self::PlanRead {
                    job: count(0)?,
                    placement: Placement::from_numbers(rest),
                    look: Box::new(look),
                }
            }
            10 => Self::PlanRefused {
                job: count(0)?,
                why: parts.text,
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
    use crate::engine::fit::starting_placement;

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
        let placement = starting_placement(None, 640, 480);
        all.extend([None, Some(placement)].map(|placement| Response::PlanRead {
            job,
            placement,
            look: Box::default(),
        }));
        all.push(Response::PlanRefused {
            job,
            why: "not a plan".into(),
        });
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
                assert!(found.is_none() || kind <= 10);
                assert!(kind == 0 || !numbers.is_empty() || found.is_none());
            }
        }
    }
}
