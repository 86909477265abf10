//! What requests and responses are taken apart into: reading JSON of all their
//! kinds would be 6 KB of the page and 4 KB of the worker.

use crate::engine::{look::Look, placement::Placement};

/// A message in the form it travels in: its kind, its numbers in the order of
/// its fields, and its text. All counts and sizes are exact as `f64`.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts {
    /// Which kind of message.
    pub kind: u8,
    /// Its numbers.
    pub numbers: Vec<f64>,
    /// Its text; mostly none.
    pub text: String,
}

/// Adds a placement, or that there is none.
pub(super) fn push_placement(numbers: &mut Vec<f64>, placement: Option<&Placement>) {
    let placement = placement.map_or_else(Vec::new, Placement::to_numbers);
    numbers.push(placement.len() as f64);
    numbers.extend(placement);
}

/// Numbers that are read one after the other; each reading is none where they
/// are too few or nobody's.
pub(super) struct Numbers<'a>(&'a [f64]);

impl<'a> Numbers<'a> {
    pub(super) const fn new(numbers: &'a [f64]) -> Self {
        Self(numbers)
    }

    pub(super) fn number(&mut self) -> Option<f64> {
        let (number, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*number)
    }

    pub(super) fn count(&mut self) -> Option<u32> {
        // `as` saturates, and takes not-a-number to 0.
        self.number().map(|number| number as u32)
    }

    /// A placement as [`push_placement`] adds it.
    pub(super) fn placement(&mut self) -> Option<Option<Placement>> {
        let len = self.count()? as usize;
        let (placement, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        if len == 0 {
            return Some(None);
        }
        Placement::from_numbers(placement).map(Some)
    }

    pub(super) fn look(&mut self) -> Option<Look> {
        let (look, rest) = Look::from_numbers(self.0)?;
        self.0 = rest;
        Some(look)
    }

    pub(super) const fn rest(&self) -> &'a [f64] {
        self.0
    }
}
