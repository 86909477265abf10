//! How a filter's window moves over a picture.

use super::error::Refusal;
use super::flatbuffer::Table;
use super::shape::Shape;

/// A window of `kernel` (rows, columns), moved by `stride`, that begins `pad`
/// outside the picture and stands in `out` places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) kernel: [usize; 2],
    pub(super) stride: [usize; 2],
    pub(super) pad: [usize; 2],
    pub(super) out: [usize; 2],
}

/// Largest side of a window and largest step, well above any of our models'.
const MOST: usize = 1024;

impl Window {
    /// The window of an operator whose options begin with padding (0 "same",
    /// 1 "valid"), step across and step down, as convolutions and pools do.
    pub(super) fn new(
        options: &Table<'_>,
        kernel: [usize; 2],
        input: Shape,
    ) -> Result<Self, Refusal> {
        let side = |number| -> Result<usize, Refusal> {
            let step = options.u32(number)?;
            if (1..=MOST).contains(&step) {
                Ok(step)
            } else {
                Err(Refusal::Inconsistent("a step of nothing"))
            }
        };
        let stride = [side(2)?, side(1)?];
        if kernel.iter().any(|side| !(1..=MOST).contains(side)) {
            return Err(Refusal::Inconsistent("a window of nothing"));
        }
        let size = [input.height(), input.width()];
        let (mut out, mut pad) = ([0; 2], [0; 2]);
        for axis in 0..2 {
            let (size, kernel, stride) = (size[axis], kernel[axis], stride[axis]);
            (out[axis], pad[axis]) = match options.i8(0)? {
                0 => {
                    let out = size.div_ceil(stride);
                    let all = ((out - 1) * stride + kernel).saturating_sub(size);
                    // What is odd goes behind.
                    (out, all / 2)
                }
                1 if size >= kernel => ((size - kernel) / stride + 1, 0),
                1 => return Err(Refusal::Inconsistent("the window is larger than its input")),
                _ => return Err(Refusal::Unsupported("padding of an unknown kind")),
            };
        }
        Ok(Self {
            kernel,
            stride,
            pad,
            out,
        })
    }

    /// The result's shape, with this many channels.
    pub(super) const fn shape(&self, channels: usize) -> Shape {
        Shape::hwc(self.out[0], self.out[1], channels)
    }

    /// The window's part inside a side of `size` at place `at` along `axis`:
    /// where it begins in the picture, its first entry, and one past its last.
    #[inline]
    pub(super) fn within(&self, axis: usize, at: usize, size: usize) -> (usize, usize, usize) {
        let start = at * self.stride[axis];
        let first = self.pad[axis].saturating_sub(start);
        let last = (size + self.pad[axis])
            .saturating_sub(start)
            .min(self.kernel[axis]);
        (
            (start + first).saturating_sub(self.pad[axis]),
            first,
            last.max(first),
        )
    }
}
