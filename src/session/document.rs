//! The plan: what a person has decided, as it is edited, saved and loaded.

use serde::{Deserialize, Serialize};

use crate::engine::{look::Look, placement::Placement};

/// Version written into plan files. A reader refuses larger ones.
pub const VERSION: u32 = 1;
/// Longest plan file that is read, bytes: a real one has under 2 000.
pub const MAX_PLAN_BYTES: usize = 64 * 1024;

/// Everything that makes a picture from a photo. No pixels, no zoom.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
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
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            version: VERSION,
            placement: None,
            look: Look::default(),
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
    /// The plan as the text of a file.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Serialising plain numbers and enums cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default()
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
            look: plan.look.clamped(),
            ..plan
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::params::ROWS;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn plans_survive_being_saved(values in proptest::collection::vec(0.0..=1.0_f64, ROWS.len()), seed: u32) {
            let mut plan = Plan::default();
            for (row, t) in ROWS.iter().zip(values) {
                row.id.set(&mut plan.look, row.min + t * (row.max - row.min));
            }
            plan.look.seed = seed;
            let read = Plan::from_json(&plan.to_json());
            // Shortest-digits printing brings every f64 back exactly.
            prop_assert_eq!(read, Ok(plan));
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = Plan::from_json(&text);
        }
    }

    #[test]
    fn bad_plans_are_told_apart() {
        assert_eq!(
            Plan::from_json(&" ".repeat(MAX_PLAN_BYTES + 1)),
            Err(PlanError::TooLong)
        );
        assert_eq!(
            Plan::from_json(r#"{"version":2,"new":1}"#),
            Err(PlanError::Newer(2))
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
