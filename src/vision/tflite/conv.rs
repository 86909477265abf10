//! CONV_2D: every output channel from a window of all input channels.

use super::error::Refusal;
use super::gemm::Packed;
use super::lanes::Best;
use super::network::{Built, Kernel, Operands};
use super::shape::Shape;
use super::window::Window;

struct Conv {
    input: Shape,
    window: Window,
    packed: Packed,
}

/// Options: padding 0, step across 1, step down 2, activation 3, dilation
/// across 4 and down 5. Operands: input, filters [out, h, w, in], bias.
pub(super) fn build(operands: &Operands<'_>) -> Result<Built, Refusal> {
    let options = operands.options()?;
    if options.i32(4, 1)? != 1 || options.i32(5, 1)? != 1 {
        return Err(Refusal::Unsupported("a dilated convolution"));
    }
    let (input, filters) = (operands.shape(0)?, operands.shape(1)?);
    let [outputs, height, width, channels] = filters.0;
    if channels != input.channels() {
        return Err(Refusal::Inconsistent(
            "filters for another number of channels",
        ));
    }
    let window = Window::new(&options, [height, width], input)?;
    let bias = operands.bias(2, outputs)?;
    let packed = Packed::new(&operands.floats(1)?, &bias, height * width * channels);
    Ok(Built {
        shape: window.shape(outputs),
        kernel: Box::new(Conv {
            input,
            window,
            packed,
        }),
        activation: options.i8(3)?,
        inputs: vec![0],
    })
}

impl Kernel for Conv {
    fn run(&self, inputs: &[&[f32]], out: &mut [f32], scratch: &mut Vec<f32>) {
        let [input] = inputs else { return };
        let Window { kernel, stride, .. } = self.window;
        if kernel == [1, 1] && stride == [1, 1] {
            return self.packed.multiply::<Best>(input, out);
        }
        // A row of places at a time: their windows laid out one by one.
        let row_out = self.window.out[1] * self.packed.outputs();
        scratch.clear();
        scratch.resize(self.window.out[1] * self.packed.inputs(), 0.0);
        for (y, out) in out.chunks_exact_mut(row_out).enumerate() {
            self.lay_out(y, input, scratch);
            self.packed.multiply::<Best>(scratch, out);
        }
    }
}

impl Conv {
    /// The windows of row `y` of the result, one after the other, in the
    /// filters' order; nothing where they reach outside.
    fn lay_out(&self, y: usize, input: &[f32], windows: &mut [f32]) {
        let [_, rows, columns, channels] = self.input.0;
        let [_, kernel_width] = self.window.kernel;
        let (from_y, first_y, last_y) = self.window.within(0, y, rows);
        for (x, window) in windows.chunks_exact_mut(self.packed.inputs()).enumerate() {
            let (from_x, first_x, last_x) = self.window.within(1, x, columns);
            let inside = (last_x - first_x) * channels;
            for (ky, to) in window.chunks_exact_mut(kernel_width * channels).enumerate() {
                let reaches = (first_y..last_y).contains(&ky);
                // Every call to fill or copy costs more than what it does here.
                if inside < to.len() || !reaches {
                    to.fill(0.0);
                }
                if reaches {
                    let from = ((from_y + ky - first_y) * columns + from_x) * channels;
                    let to = &mut to[first_x * channels..][..inside];
                    to.copy_from_slice(&input[from..from + inside]);
                }
            }
        }
    }
}
