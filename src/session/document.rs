//! The plan: what a person has decided, as it is edited, saved and loaded.

use serde::{Deserialize, Serialize};

use crate::engine::{corrections::Corrections, look::Look, placement::Placement, styles::Age};

/// Version written into plan files. A reader refuses larger ones. 2 brought
/// the corrections, the known length and the age, 3 zones and scars.
pub const VERSION: u32 = 3;
/// Longest plan file that is read, bytes: one without strokes has under 1 000,
/// one with as many as there may be under 600 000.
pub const MAX_PLAN_BYTES: usize = 1 << 20;

/// Everything that makes a picture from a photo. No pixels, no zoom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// File format's version.
    pub version: u32,
    /// Where the head is; none until it was placed.
    #[serde(default)]
    pub placement: Option<Placement>,
    /// What to draw.
    #[serde(default)]
    pub look: Look,
    /// For what age the hairline is designed.
    #[serde(default, skip_serializing_if = "is_default")]
    pub age: Age,
    /// What the person says the photo shows.
    #[serde(default, skip_serializing_if = "Corrections::is_empty")]
    pub corrections: Corrections,
}

fn is_default(age: &Age) -> bool {
    *age == Age::default()
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            version: VERSION,
            placement: None,
            look: Look::default(),
            age: Age::default(),
            corrections: Corrections::default(),
        }
    }
}

/// Why a text is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Longer than any plan.
    #[error("the file is too long to be a plan")]
    TooLong,
    /// Written by a newer version of the app.
    #[error("the plan was made by a newer version ({0}) of the app")]
    Newer(u32),
    /// Not a plan at all, or a damaged one.
    #[error("the file is not a plan: {0}")]
    Unreadable(String),
}

impl Plan {
    /// The plan with all numbers in their bounds and rounded to so few digits
    /// that its file brings it back exactly, whoever reads it. The page keeps
    /// no other.
    #[must_use]
    pub fn rounded(self) -> Self {
        Self {
            placement: self.placement.map(|placement| placement.rounded()),
            look: self.look.rounded(),
            ..self
        }
    }

    /// The plan, rounded, as the text of a file.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Serialising plain numbers and enums cannot fail.
        serde_json::to_string(&self.clone().rounded()).unwrap_or_default()
    }

    /// Reads a plan; numbers out of bounds are brought inside.
    ///
    /// # Errors
    /// [`PlanError`], and then nothing of the text was used.
    pub fn from_json(text: &str) -> Result<Self, PlanError> {
        #[derive(Deserialize)]
        struct Head {
            version: u32,
        }
        if text.len() > MAX_PLAN_BYTES {
            return Err(PlanError::TooLong);
        }
        let unreadable = |e: serde_json::Error| PlanError::Unreadable(e.to_string());
        let head: Head = serde_json::from_str(text).map_err(unreadable)?;
        if head.version > VERSION {
            return Err(PlanError::Newer(head.version));
        }
        let plan: Self = serde_json::from_str(text).map_err(unreadable)?;
        Ok(Self {
            version: VERSION,
            ..plan.rounded()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::corrections::{Label, tests::corrections};
    use crate::engine::numbers::tests::placement;
    use crate::engine::params::ROWS;
    use crate::engine::zones::Zone;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn plans_survive_being_saved(values in proptest::collection::vec(0.0..=1.0_f64, ROWS.len()), placement in placement(), corrections in corrections(), seed: u32, age in proptest::sample::select(Age::ALL.to_vec()), zone in proptest::sample::select(Zone::ALL.to_vec())) {
            let mut plan = Plan { corrections, placement: Some(placement), age, ..Plan::default() };
            for (row, t) in ROWS.iter().zip(values) {
                row.id.set(&mut plan.look, row.min + t * (row.max - row.min));
            }
            plan.look.seed = seed;
            plan.look.zone = zone;
            let read = Plan::from_json(&plan.to_json());
            // Rounded once, its numbers are short enough to come back exactly.
            prop_assert_eq!(read.as_ref(), Ok(&plan.clone().rounded()));
            prop_assert_eq!(Plan::from_json(&read.unwrap().to_json()), Ok(plan.clone().rounded()));
            let numbers = |plan: &Plan| {
                let placed = plan.placement.unwrap().to_numbers();
                [plan.look.to_numbers(), placed].concat()
            };
            for (a, b) in numbers(&plan).into_iter().zip(numbers(&plan.clone().rounded())) {
                prop_assert!((a - b).abs() < 1e-9 || a.is_nan() && b.is_nan(), "{} {}", a, b);
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = Plan::from_json(&text);
        }
    }

    #[test]
    fn plans_of_the_first_version_are_read() {
        let plan = Plan::from_json(r#"{"version":1,"look":{"seed":7}}"#).unwrap();
        assert_eq!((plan.version, plan.look.seed), (VERSION, 7));
        assert!(plan.corrections.is_empty());
    }

    #[test]
    fn the_largest_plan_can_be_read_again() {
        let mut plan = Plan::default();
        assert!(plan.corrections.begin(Label::Hair, 0.001, [0.0, 0.0]));
        while !plan.corrections.is_full() {
            plan.corrections.lead([1.123_45, 1.123_45]);
            plan.corrections.lead([-0.123_45, -0.123_45]);
        }
        assert_eq!(Plan::from_json(&plan.to_json()), Ok(plan));
    }

    #[test]
    fn bad_plans_are_told_apart() {
        assert_eq!(
            Plan::from_json(&" ".repeat(MAX_PLAN_BYTES + 1)),
            Err(PlanError::TooLong)
        );
        assert_eq!(
            Plan::from_json(r#"{"version":4,"new":1}"#),
            Err(PlanError::Newer(4))
        );
        for text in [
            "",
            "[]",
            "{}",
            r#"{"version":1,"extra":0}"#,
            r#"{"version":1,"look":{"seed":-1}}"#,
        ] {
            assert!(
                matches!(Plan::from_json(text), Err(PlanError::Unreadable(_))),
                "{text}"
            );
        }
        let wild = r#"{"version":1,"look":{"density":{"per_cm2":9e99,"diameter_mm":-4}}}"#;
        let look = Plan::from_json(wild).unwrap().look;
        assert_eq!(
            (look.density.per_cm2, look.density.diameter_mm),
            (250.0, 0.10)
        );
    }
}
