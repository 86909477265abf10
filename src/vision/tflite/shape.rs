//! How large a tensor is.

use super::error::ModelError;

/// Batch (always 1), height, width, channels. A tensor of fewer dimensions
/// has ones in front: `[896, 16]` is `[1, 1, 896, 16]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape(pub [usize; 4]);

/// No tensor of ours has more elements: 16 Mi, 64 MB.
const MOST: usize = 1 << 24;

impl Shape {
    /// The shape of these dimensions, at most four, each at least 1.
    pub(super) fn new(dims: &[i32]) -> Result<Self, ModelError> {
        let mut shape = [1usize; 4];
        if dims.len() > 4 {
            return Err(ModelError::TooLarge);
        }
        for (to, from) in shape.iter_mut().rev().zip(dims.iter().rev()) {
            *to = usize::try_from(*from).map_err(|_| ModelError::TooLarge)?;
        }
        Self::checked(shape)
    }

    /// The shape of these dimensions, none of them nothing nor all together
    /// too much.
    pub(super) fn checked(shape: [usize; 4]) -> Result<Self, ModelError> {
        let len = shape
            .iter()
            .try_fold(1usize, |len, dim| len.checked_mul(*dim));
        match len {
            Some(1..=MOST) => Ok(Self(shape)),
            _ => Err(ModelError::TooLarge),
        }
    }

    /// Height × width × channels.
    pub(super) const fn hwc(height: usize, width: usize, channels: usize) -> Self {
        Self([1, height, width, channels])
    }

    /// Number of elements.
    #[must_use]
    pub const fn len(self) -> usize {
        self.0[0] * self.0[1] * self.0[2] * self.0[3]
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Rows.
    #[must_use]
    pub const fn height(self) -> usize {
        self.0[1]
    }

    /// Columns.
    #[must_use]
    pub const fn width(self) -> usize {
        self.0[2]
    }

    /// Numbers per place.
    #[must_use]
    pub const fn channels(self) -> usize {
        self.0[3]
    }
}
