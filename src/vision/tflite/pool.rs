//! MAX_POOL_2D and AVERAGE_POOL_2D.

use super::error::Refusal;
use super::lanes::{Best, Lanes, add, each_with};
use super::network::{Built, Kernel, Operands};
use super::shape::Shape;
use super::window::Window;

struct Pool {
    input: Shape,
    window: Window,
    takes: Takes,
}

/// What a pool makes of its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// The largest number.
    Largest,
    /// The mean of those inside the picture.
    Mean,
}

/// Options: padding 0, step across 1, step down 2, window across 3 and down
/// 4, activation 5.
pub(super) fn build(operands: &Operands<'_>, takes: Takes) -> Result<Built, Refusal> {
    let options = operands.options()?;
    let input = operands.shape(0)?;
    let window = Window::new(&options, [options.u32(4)?, options.u32(3)?], input)?;
    Ok(Built {
        shape: window.shape(input.channels()),
        kernel: Box::new(Pool {
            input,
            window,
            takes,
        }),
        activation: options.i8(5)?,
        inputs: vec![0],
    })
}

impl Kernel for Pool {
    fn run(&self, inputs: &[&[f32]], out: &mut [f32], _: &mut Vec<f32>) {
        let [input] = inputs else { return };
        let [_, rows, columns, channels] = self.input.0;
        for (place, out) in out.chunks_exact_mut(channels).enumerate() {
            let (y, x) = (place / self.window.out[1], place % self.window.out[1]);
            let (from_y, first_y, last_y) = self.window.within(0, y, rows);
            let (from_x, first_x, last_x) = self.window.within(1, x, columns);
            let start = match self.takes {
                Takes::Largest => f32::NEG_INFINITY,
                Takes::Mean => 0.0,
            };
            out.fill(start);
            for row in from_y..from_y + (last_y - first_y) {
                let from = (row * columns + from_x) * channels;
                let row = &input[from..from + (last_x - first_x) * channels];
                for place in row.chunks_exact(channels) {
                    match self.takes {
                        Takes::Largest => {
                            each_with::<Best>(out, place, |most, v| v.or_at_least(most));
                        }
                        Takes::Mean => add(out, place),
                    }
                }
            }
            if self.takes == Takes::Mean {
                let count = ((last_y - first_y) * (last_x - first_x)) as f32;
                out.iter_mut().for_each(|out| *out /= count);
            }
        }
    }
}
