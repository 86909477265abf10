//! What the person paints over the photo with a brush: what it shows where the
//! matte is wrong, where to treat and where not, and scars. Strokes belong to the
//! photo, not to the head, so that they stay where the head is placed anew.

use serde::{Deserialize, Serialize};

use super::placement::MarkerInPhoto;

/// Most points of all strokes together: some ten times what correcting a whole
/// head by hand takes, and half a megabyte of a plan file.
pub const MAX_POINTS: usize = 20_000;
/// Least and largest radius of a brush, longer edges of the photo.
pub const RADIUS_IN_PHOTO: std::ops::RangeInclusive<f64> = 0.0005..=0.25;
/// Points are this far outside the photo at most, longer edges: a stroke may
/// run over the edge.
const MARGIN_IN_PHOTO: f64 = 0.5;
/// A stroke gets another point where the brush has moved by this share of its
/// radius: the line between is filled all the same.
const SPACING: f64 = 0.2;
/// Steps of all lengths to the longer edge: a quarter of a pixel of the largest
/// photo that is saved, and five digits of a plan file.
const STEPS: f64 = 1e5;

/// What a stroke says is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// Bare scalp, to be treated.
    Skin,
    /// Hair, which stays as it is.
    Hair,
    /// Neither: a hat, a hand, glasses, what lies behind the head.
    LeaveOut,
    /// To be treated at the plan's density, whatever the zone and the line say.
    Treat,
    /// Not to be treated.
    Untreated,
    /// As zone and line say, and no scar: takes strokes of these kinds away.
    AsPlanned,
    /// A strip scar of a transplant (FUT): bare scar tissue along a line.
    StripScar,
    /// Dot scars of a transplant (FUE): round ones strewn over some scalp.
    DotScars,
}

impl Label {
    /// All labels, in the order in which they are offered and numbered.
    pub const ALL: [Self; 8] = [
        Self::Skin,
        Self::Hair,
        Self::LeaveOut,
        Self::Treat,
        Self::Untreated,
        Self::AsPlanned,
        Self::StripScar,
        Self::DotScars,
    ];

    /// Whether it says what the photo shows, not what to do there.
    #[must_use]
    pub const fn is_ground(self) -> bool {
        matches!(self, Self::Skin | Self::Hair | Self::LeaveOut)
    }
}

/// One stroke: a round brush led along points; one point is a stamp.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stroke {
    label: Label,
    radius_in_photo: f64,
    points: Vec<MarkerInPhoto>,
}

impl Stroke {
    /// What it says.
    #[must_use]
    pub const fn label(&self) -> Label {
        self.label
    }

    /// The brush's radius, longer edges of the photo.
    #[must_use]
    pub const fn radius_in_photo(&self) -> f64 {
        self.radius_in_photo
    }

    /// Where it went; at least one point.
    #[must_use]
    pub fn points(&self) -> &[MarkerInPhoto] {
        &self.points
    }

    /// Whether this is `other`, or `other` led on.
    #[must_use]
    pub fn continues(&self, other: &Self) -> bool {
        self.label == other.label
            && self.radius_in_photo == other.radius_in_photo
            && self.points.starts_with(&other.points)
    }
}

/// All strokes, the oldest first: a later one lies over those before it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<Stroke>", into = "Vec<Stroke>")]
pub struct Corrections {
    strokes: Vec<Stroke>,
}

/// Strokes that nobody can have painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadStrokes {
    /// More than [`MAX_POINTS`].
    #[error("more than {MAX_POINTS} points of strokes")]
    TooMany,
    /// A stroke without a point, or with one that is not a number.
    #[error("a stroke without points")]
    NoPoint,
}

impl TryFrom<Vec<Stroke>> for Corrections {
    type Error = BadStrokes;

    fn try_from(mut strokes: Vec<Stroke>) -> Result<Self, BadStrokes> {
        let points: usize = strokes.iter().map(|stroke| stroke.points.len()).sum();
        if points > MAX_POINTS {
            return Err(BadStrokes::TooMany);
        }
        for stroke in &mut strokes {
            let numbers = stroke.points.as_flattened();
            let sound = numbers.iter().all(|v| v.is_finite()) && !stroke.radius_in_photo.is_nan();
            if stroke.points.is_empty() || !sound {
                return Err(BadStrokes::NoPoint);
            }
            stroke.radius_in_photo = radius(stroke.radius_in_photo);
            stroke.points.iter_mut().for_each(|p| *p = point(*p));
        }
        Ok(Self { strokes })
    }
}

impl From<Corrections> for Vec<Stroke> {
    fn from(corrections: Corrections) -> Self {
        corrections.strokes
    }
}

impl Corrections {
    /// The strokes, the oldest first.
    #[must_use]
    pub fn strokes(&self) -> &[Stroke] {
        &self.strokes
    }

    /// Whether nothing is painted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.strokes.is_empty()
    }

    /// Whether there is no room for another point.
    #[must_use]
    pub fn is_full(&self) -> bool {
        let points: usize = self.strokes.iter().map(|stroke| stroke.points.len()).sum();
        points >= MAX_POINTS
    }

    /// Sets the brush down. Where there is no room any more, or a number is
    /// none, nothing happens and the answer is false.
    pub fn begin(&mut self, label: Label, radius_in_photo: f64, at: MarkerInPhoto) -> bool {
        let sound = at.iter().all(|v| v.is_finite()) && !radius_in_photo.is_nan();
        let begins = sound && !self.is_full();
        if begins {
            self.strokes.push(Stroke {
                label,
                radius_in_photo: radius(radius_in_photo),
                points: vec![point(at)],
            });
        }
        begins
    }

    /// Leads the last stroke on; steps too short to show, and those that there
    /// is no room for, are left out.
    pub fn lead(&mut self, to: MarkerInPhoto) {
        if self.is_full() || !to.iter().all(|v| v.is_finite()) {
            return;
        }
        let Some(stroke) = self.strokes.last_mut() else {
            return;
        };
        let to = point(to);
        let far = stroke.points.last().is_none_or(|[x, y]| {
            libm::hypot(to[0] - x, to[1] - y) >= SPACING * stroke.radius_in_photo
        });
        if far {
            stroke.points.push(to);
        }
    }

    /// The strokes as numbers: for each its label, radius and number of
    /// points, then those. The form in which they travel to the worker.
    #[must_use]
    pub fn to_numbers(&self) -> Vec<f64> {
        let mut numbers = Vec::new();
        for stroke in &self.strokes {
            let label = Label::ALL.iter().position(|label| *label == stroke.label);
            numbers.push(label.unwrap_or(0) as f64);
            numbers.push(stroke.radius_in_photo);
            numbers.push(stroke.points.len() as f64);
            numbers.extend(stroke.points.as_flattened());
        }
        numbers
    }

    /// The strokes of these numbers; none where they are nobody's.
    #[must_use]
    pub fn from_numbers(mut numbers: &[f64]) -> Option<Self> {
        let mut strokes = Vec::new();
        while let [label, radius_in_photo, count, rest @ ..] = numbers {
            // `as` saturates, and takes not-a-number to 0.
            let (points, rest) = rest.split_at_checked((*count as usize).checked_mul(2)?)?;
            strokes.push(Stroke {
                label: *Label::ALL.get(*label as usize)?,
                radius_in_photo: *radius_in_photo,
                points: points.as_chunks::<2>().0.to_vec(),
            });
            numbers = rest;
        }
        numbers.is_empty().then(|| Self::try_from(strokes).ok())?
    }
}

fn radius(in_photo: f64) -> f64 {
    rounded(in_photo.clamp(*RADIUS_IN_PHOTO.start(), *RADIUS_IN_PHOTO.end()))
}

fn point(p: MarkerInPhoto) -> MarkerInPhoto {
    p.map(|v| rounded(v.clamp(-MARGIN_IN_PHOTO, 1.0 + MARGIN_IN_PHOTO)))
}

fn rounded(in_photo: f64) -> f64 {
    (in_photo * STEPS).round() / STEPS
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Strokes as a person may paint them: the brush jumps and runs.
    pub(crate) fn corrections() -> impl Strategy<Value = Corrections> {
        let points = proptest::collection::vec([-0.1..1.1f64, -0.1..1.1f64], 1..12);
        let stroke = (0..Label::ALL.len(), 0.001..0.1f64, points);
        proptest::collection::vec(stroke, 0..6).prop_map(|strokes| {
            let mut painted = Corrections::default();
            for (label, radius_in_photo, points) in strokes {
                assert!(painted.begin(Label::ALL[label], radius_in_photo, points[0]));
                points.iter().for_each(|p| painted.lead(*p));
            }
            painted
        })
    }

    proptest! {
        #[test]
        fn strokes_come_back_from_numbers_and_files(painted in corrections()) {
            let read = Corrections::from_numbers(&painted.to_numbers());
            prop_assert_eq!(read.as_ref(), Some(&painted));
            let text = serde_json::to_string(&painted).unwrap();
            prop_assert_eq!(serde_json::from_str::<Corrections>(&text).unwrap(), painted);
        }

        #[test]
        fn no_numbers_panic(numbers in proptest::collection::vec(any::<f64>(), 0..30), label in -1..5i32, count in -2..9i32) {
            let _ = Corrections::from_numbers(&numbers);
            let head = [f64::from(label), 0.1, f64::from(count)];
            let _ = Corrections::from_numbers(&[&head, numbers.as_slice()].concat());
        }
    }

    #[test]
    fn short_steps_are_left_out_and_wild_ones_held() {
        let mut painted = Corrections::default();
        assert!(!painted.begin(Label::Hair, f64::NAN, [0.5, 0.5]));
        assert!(painted.begin(Label::Hair, 9.0, [0.5, 0.5]));
        for to in [[0.51, 0.5], [f64::NAN, 0.5], [0.6, 0.5], [7.0, -7.0]] {
            painted.lead(to);
        }
        let stroke = &painted.strokes()[0];
        assert_eq!(stroke.radius_in_photo(), 0.25);
        assert_eq!(stroke.points(), [[0.5, 0.5], [0.6, 0.5], [1.5, -0.5]]);
    }

    #[test]
    fn there_is_an_end_to_painting() {
        let mut painted = Corrections::default();
        assert!(painted.begin(Label::Skin, 0.001, [0.0, 0.0]));
        for i in 0..2 * MAX_POINTS {
            painted.lead([(i % 1000) as f64 / 1000.0, 0.0]);
        }
        assert_eq!(painted.strokes()[0].points().len(), MAX_POINTS);
        assert!(painted.is_full() && !painted.begin(Label::Skin, 0.001, [0.5, 0.5]));
        let text = serde_json::to_string(&painted).unwrap();
        assert_eq!(serde_json::from_str::<Corrections>(&text).unwrap(), painted);
        let more = text.replacen("[[0.0,0.0]", "[[0.0,0.0],[0.0,0.0]", 1);
        assert!(serde_json::from_str::<Corrections>(&more).is_err());
        let none = r#"[{"label":"hair","radius_in_photo":0.1,"points":[]}]"#;
        assert!(serde_json::from_str::<Corrections>(none).is_err());
    }
}
