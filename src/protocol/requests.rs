//! The form in which requests travel.

use super::parts::Numbers;
use super::{ExportFormat, Parts, Request};
use crate::engine::{
    corrections::Corrections, export::Layout, image::Rect, life::Moment, sides::Continued,
    stages::Inputs,
};

impl Request {
    /// The request's parts.
    #[must_use]
    pub fn parts(self) -> Parts {
        let f = f64::from;
        let mut text = String::new();
        let (kind, numbers) = match self {
            Self::Start => (0, vec![]),
            Self::Load { load } => (1, vec![f(load)]),
            Self::Render { job, inputs, veil } => {
                let asked = [job, u32::from(veil)].map(f).to_vec();
                (2, picture(asked, &inputs))
            }
            Self::Sample { job, at: [x, y] } => (3, vec![f(job), x, y]),
            Self::Export {
                job,
                format,
                layout,
                inputs,
            } => {
                let jpeg = format == ExportFormat::Jpeg;
                let both = layout == Layout::BeforeAfter;
                let asked = [job, u32::from(jpeg), u32::from(both)].map(f).to_vec();
                (4, picture(asked, &inputs))
            }
            Self::Matte { photo_width, rect } => (
                5,
                [photo_width, rect.x, rect.y, rect.width, rect.height]
                    .map(f)
                    .to_vec(),
            ),
            Self::Correct { corrections } => (6, corrections.to_numbers()),
            Self::ReadPlan { job, text: plan } => {
                text = plan;
                (7, vec![f(job)])
            }
            Self::Pixels { job } => (8, vec![f(job)]),
            Self::Trap => (9, vec![]),
            Self::Match { job, what, look } => {
                let [kind, x, y] = match what {
                    Continued::Stubble => [0.0; 3],
                    Continued::StubbleAt([x, y]) => [1.0, x, y],
                    Continued::Thinning => [2.0, 0.0, 0.0],
                };
                let mut numbers = vec![f(job), kind, x, y];
                numbers.extend(look.to_numbers());
                (10, numbers)
            }
            Self::Strip { job, inputs } => (11, picture(vec![f(job)], &inputs)),
            Self::Prepare { inputs } => (12, picture(vec![], &inputs)),
        };
        Parts {
            kind,
            numbers,
            text,
        }
    }

    /// The request with these parts; none where they are nobody's.
    #[must_use]
    pub fn from_parts(parts: Parts) -> Option<Self> {
        let mut numbers = Numbers::new(&parts.numbers);
        Some(match parts.kind {
            0 => Self::Start,
            1 => Self::Load {
                load: numbers.count()?,
            },
            2 => Self::Render {
                job: numbers.count()?,
                veil: numbers.count()? > 0,
                inputs: inputs(&mut numbers)?,
            },
            3 => Self::Sample {
                job: numbers.count()?,
                at: [numbers.number()?, numbers.number()?],
            },
            4 => Self::Export {
                job: numbers.count()?,
                format: match numbers.count()? {
                    0 => ExportFormat::Png,
                    _ => ExportFormat::Jpeg,
                },
                layout: match numbers.count()? {
                    0 => Layout::After,
                    _ => Layout::BeforeAfter,
                },
                inputs: inputs(&mut numbers)?,
            },
            5 => Self::Matte {
                photo_width: numbers.count()?,
                rect: Rect {
                    x: numbers.count()?,
                    y: numbers.count()?,
                    width: numbers.count()?,
                    height: numbers.count()?,
                },
            },
            6 => Self::Correct {
                corrections: Corrections::from_numbers(&parts.numbers)?,
            },
            7 => Self::ReadPlan {
                job: numbers.count()?,
                text: parts.text,
            },
            8 => Self::Pixels {
                job: numbers.count()?,
            },
            9 => Self::Trap,
            10 => Self::Match {
                job: numbers.count()?,
                what: match [numbers.number()?, numbers.number()?, numbers.number()?] {
                    [0.0, ..] => Continued::Stubble,
                    [1.0, x, y] => Continued::StubbleAt([x, y]),
                    [2.0, ..] => Continued::Thinning,
                    _ => return None,
                },
                look: numbers.look()?,
            },
            11 => Self::Strip {
                job: numbers.count()?,
                inputs: inputs(&mut numbers)?,
            },
            12 => Self::Prepare {
                inputs: inputs(&mut numbers)?,
            },
            _ => return None,
        })
    }
}

/// What a picture is made by, behind what else is asked.
fn picture(mut numbers: Vec<f64>, inputs: &Inputs) -> Vec<f64> {
    let moment = &inputs.moment;
    numbers.extend([moment.day, moment.touch_up_years, moment.grown_days]);
    super::parts::push_placement(&mut numbers, Some(&inputs.placement));
    numbers.extend(inputs.look.to_numbers());
    numbers
}

/// See [`picture`].
fn inputs(numbers: &mut Numbers<'_>) -> Option<Inputs> {
    Some(Inputs {
        moment: Moment {
            day: numbers.number()?,
            touch_up_years: numbers.number()?,
            grown_days: numbers.number()?,
        },
        placement: numbers.placement()??,
        look: numbers.look()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::corrections::Label;
    use crate::engine::fit::starting_placement;
    use crate::engine::look::Look;
    use crate::engine::placement::View;

    fn all() -> Vec<Request> {
        let job = u32::MAX;
        let look = Look {
            seed: 7,
            ..Look::default()
        };
        let mut corrections = Corrections::default();
        assert!(corrections.begin(Label::LeaveOut, 0.01, [0.2, 0.3]));
        let rect = Rect {
            x: 1,
            y: 2,
            width: 3,
            height: 4,
        };
        let mut all = vec![
            Request::Start,
            Request::Load { load: 3 },
            Request::Sample {
                job,
                at: [0.25, 1.0 / 3.0],
            },
            Request::Matte {
                photo_width: 2048,
                rect,
            },
            Request::Correct { corrections },
            Request::Correct {
                corrections: Corrections::default(),
            },
            Request::ReadPlan {
                job,
                text: "{}".into(),
            },
            Request::Pixels { job },
            Request::Trap,
        ];
        let kinds = [
            Continued::Stubble,
            Continued::StubbleAt([0.25, 0.5]),
            Continued::Thinning,
        ];
        all.extend(kinds.map(|what| Request::Match {
            job,
            what,
            look: Look::default(),
        }));
        for view in [None, Some(View::LeftSide)] {
            let inputs = Inputs {
                placement: starting_placement(view, 640, 480),
                look,
                moment: Moment {
                    day: 12.5,
                    touch_up_years: 4.0,
                    grown_days: 2.0,
                },
            };
            all.push(Request::Strip { job, inputs });
            all.push(Request::Prepare { inputs });
            all.extend([false, true].map(|veil| Request::Render { job, inputs, veil }));
            for format in [ExportFormat::Png, ExportFormat::Jpeg] {
                for layout in [Layout::After, Layout::BeforeAfter] {
                    all.push(Request::Export {
                        job,
                        format,
                        layout,
                        inputs,
                    });
                }
            }
        }
        all
    }

    #[test]
    fn every_request_arrives_as_it_was_sent() {
        for request in all() {
            let parts = request.clone().parts();
            assert_eq!(Request::from_parts(parts), Some(request));
        }
    }

    #[test]
    fn what_is_no_request_is_none() {
        for request in all() {
            let whole = request.parts();
            for len in 0..whole.numbers.len() {
                let mut parts = whole.clone();
                parts.numbers.truncate(len);
                let cut = Request::from_parts(parts);
                let painted_nothing = whole.kind == 6 && len == 0;
                assert!(cut.is_none() || painted_nothing, "{cut:?}");
            }
        }
        for kind in 12..=255 {
            let parts = Parts {
                kind,
                numbers: vec![1.0; 60],
                text: String::new(),
            };
            assert_eq!(Request::from_parts(parts), None);
        }
    }
}
