//! Why a model cannot be used.

use super::shape::Shape;

/// What is wrong with a model file, or with what it was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The file ends too soon, or an offset in it leads nowhere.
    #[error("the model file is damaged at byte {at}")]
    Malformed {
        /// Place in the file.
        at: usize,
    },
    /// The file asks for something this interpreter does not do.
    #[error("operator {operator} of the model is not supported: {why}")]
    Unsupported {
        /// Place of the operator in the file's list.
        operator: usize,
        /// What is missing.
        why: &'static str,
    },
    /// Tensors and operators do not fit together.
    #[error("operator {operator} of the model does not fit its tensors: {why}")]
    Inconsistent {
        /// Place of the operator in the file's list.
        operator: usize,
        /// What does not fit.
        why: &'static str,
    },
    /// More memory than any model of ours needs.
    #[error("the model asks for too much memory")]
    TooLarge,
    /// The input given has another number of elements.
    #[error("the model takes {expected:?}, not {found} numbers")]
    Input {
        /// Shape of the input.
        expected: Shape,
        /// Numbers given.
        found: usize,
    },
}

/// Why an operator cannot be made; its place is not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    Unsupported(&'static str),
    Inconsistent(&'static str),
    Model,
}

impl Refusal {
    /// The same, told of an operator.
    pub(super) fn of(self, operator: usize) -> ModelError {
        match self {
            Self::Unsupported(why) => ModelError::Unsupported { operator, why },
            Self::Inconsistent(why) => ModelError::Inconsistent { operator, why },
            Self::Model => ModelError::Inconsistent {
                operator,
                why: "its options are damaged",
            },
        }
    }
}

impl From<ModelError> for Refusal {
    fn from(_: ModelError) -> Self {
        Self::Model
    }
}
