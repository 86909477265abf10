//! The form in which responses travel.

use super::parts::{Numbers, push_placement};
use super::{JobError, Parts, PhotoError, Response};
use crate::engine::{corrections::Corrections, stages::Stage, stubble::Fit, styles::Age};
use crate::session::document::Plan;

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
                print,
            } => (
                1,
                [load, width, height, source_width, source_height, print]
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
                under_hair,
                stages,
                put_ms,
            } => {
                let mut numbers = vec![f(job), f(impressions), f(under_hair), put_ms];
                let number = |stage| Stage::ALL.iter().position(|s| *s == stage);
                let stages = stages.into_iter();
                numbers.extend(stages.flat_map(|(s, ms)| [number(s).unwrap_or(0) as f64, ms]));
                (3, numbers)
            }
            Self::Sampled { job, linear_rgb } => {
                let [r, g, b] = linear_rgb;
                (4, vec![f(job), r, g, b])
            }
            Self::Progress { job, done } => (5, vec![f(job), done]),
            Self::Exported { job } => (6, vec![f(job)]),
            Self::Pixels { job, width, height } => (7, [job, width, height].map(f).to_vec()),
            Self::Failed { job, error } => (8, vec![f(job), error.number()]),
            Self::PlanRead { job, plan } => {
                let age = Age::ALL.iter().position(|age| *age == plan.age);
                let mut numbers = vec![f(job), age.unwrap_or(0) as f64];
                push_placement(&mut numbers, plan.placement.as_ref());
                numbers.extend(plan.look.to_numbers());
                numbers.extend(plan.corrections.to_numbers());
                (9, numbers)
            }
            Self::PlanRefused { job, why } => {
                text = why;
                (10, vec![f(job)])
            }
            Self::Matched { job, fit, look } => {
                let fit = fit.and_then(|fit| Fit::ALL.iter().position(|one| *one == fit));
                let fit = fit.unwrap_or(Fit::ALL.len());
                let mut numbers = vec![f(job), fit as f64];
                numbers.extend(look.to_numbers());
                (11, numbers)
            }
            Self::Strip { job } => (12, vec![f(job)]),
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
        let mut numbers = Numbers::new(&parts.numbers);
        Some(match parts.kind {
            0 => Self::Ready,
            1 => Self::PhotoReady {
                load: numbers.count()?,
                width: numbers.count()?,
                height: numbers.count()?,
                source_width: numbers.count()?,
                source_height: numbers.count()?,
                print: numbers.count()?,
            },
            2 => Self::PhotoFailed {
                load: numbers.count()?,
                error: PhotoError::from_numbers([
                    numbers.number()?,
                    numbers.number()?,
                    numbers.number()?,
                ])?,
            },
            3 => Self::Rendered {
                job: numbers.count()?,
                impressions: numbers.count()?,
                under_hair: numbers.count()?,
                put_ms: numbers.number()?,
                stages: stages(numbers.rest())?,
            },
            4 => Self::Sampled {
                job: numbers.count()?,
                linear_rgb: [numbers.number()?, numbers.number()?, numbers.number()?],
            },
            5 => Self::Progress {
                job: numbers.count()?,
                done: numbers.number()?,
            },
            6 => Self::Exported {
                job: numbers.count()?,
            },
            7 => Self::Pixels {
                job: numbers.count()?,
                width: numbers.count()?,
                height: numbers.count()?,
            },
            8 => Self::Failed {
                job: numbers.count()?,
                error: JobError::from_number(numbers.number()?)?,
            },
            9 => Self::PlanRead {
                job: numbers.count()?,
                plan: Box::new(Plan {
                    age: *Age::ALL.get(numbers.count()? as usize)?,
                    placement: numbers.placement()?,
                    look: numbers.look()?,
                    corrections: Corrections::from_numbers(numbers.rest())?,
                    ..Plan::default()
                }),
            },
            10 => Self::PlanRefused {
                job: numbers.count()?,
                why: parts.text,
            },
            11 => Self::Matched {
                job: numbers.count()?,
                fit: Fit::ALL.get(numbers.count()? as usize).copied(),
                look: numbers.look()?,
            },
            12 => Self::Strip {
                job: numbers.count()?,
            },
            _ => return None,
        })
    }
}

fn stages(numbers: &[f64]) -> Option<Vec<(Stage, f64)>> {
    let (pairs, []) = numbers.as_chunks::<2>() else {
        return None;
    };
    let stage = |[number, ms]: &[f64; 2]| Some((*Stage::ALL.get(*number as usize)?, *ms));
    pairs.iter().map(stage).collect()
}

impl PhotoError {
    /// It as numbers, for a message.
    #[must_use]
    pub fn numbers(self) -> [f64; 3] {
        match self {
            Self::NotAPicture => [0.0; 3],
            Self::FileTooLarge { bytes } => [1.0, bytes as f64, 0.0],
            Self::TooManyPixels { width, height } => [2.0, f64::from(width), f64::from(height)],
            Self::TooSmall { width, height } => [3.0, f64::from(width), f64::from(height)],
            Self::Heic => [4.0, 0.0, 0.0],
            Self::Unsupported => [5.0, 0.0, 0.0],
            Self::Damaged => [6.0, 0.0, 0.0],
            Self::OutOfMemory => [7.0, 0.0, 0.0],
            Self::NotFetched => [8.0, 0.0, 0.0],
        }
    }

    /// The error that these are the numbers of.
    #[must_use]
    pub fn from_numbers([code, a, b]: [f64; 3]) -> Option<Self> {
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
            8 => Self::NotFetched,
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
    use crate::engine::corrections::Label;
    use crate::engine::fit::starting_placement;
    use crate::engine::look::Look;

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
            PhotoError::NotFetched,
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
                print: u32::MAX,
            },
            Response::Rendered {
                job,
                impressions: 60_000,
                under_hair: 700,
                stages: vec![(Stage::Cover, 0.25), (Stage::Composite, 1.5)],
                put_ms: 0.5,
            },
            Response::Sampled {
                job,
                linear_rgb: [0.1, 0.25, 1.0 / 3.0],
            },
            Response::Progress { job, done: 0.7 },
            Response::Exported { job },
            Response::Strip { job },
            Response::Pixels {
                job,
                width: 640,
                height: 480,
            },
        ];
        let placement = starting_placement(None, 640, 480);
        let mut corrections = Corrections::default();
        assert!(corrections.begin(Label::Hair, 0.01, [0.2, 0.3]));
        for placement in [None, Some(placement)] {
            for corrections in [Corrections::default(), corrections.clone()] {
                all.push(Response::PlanRead {
                    job,
                    plan: Box::new(Plan {
                        age: Age::From60,
                        placement,
                        corrections,
                        ..Plan::default()
                    }),
                });
            }
        }
        let fits = std::iter::once(None).chain(Fit::ALL.map(Some));
        all.extend(fits.map(|fit| Response::Matched {
            job,
            fit,
            look: Look::default(),
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
                assert!(found.is_none() || kind <= 10 || kind == 12);
                assert!(kind == 0 || !numbers.is_empty() || found.is_none());
            }
        }
    }
}
