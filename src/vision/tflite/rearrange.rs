//! Operators that move numbers: PAD, CONCATENATION, RESIZE_BILINEAR, and
//! MediaPipe's Convolution2DTransposeBias.

use super::error::Refusal;
use super::gemm::Packed;
use super::lanes::{Best, Lanes, add, padded};
use super::network::{Built, Kernel, Operands};
use super::shape::Shape;

struct Pad {
    input: Shape,
    out: Shape,
    before: [usize; 4],
}

/// Operands: input, and per dimension how many zeros stand before and behind.
pub(super) fn pad(operands: &Operands<'_>) -> Result<Built, Refusal> {
    let input = operands.shape(0)?;
    let room = operands.i32s(1)?;
    let (mut before, mut out) = ([0; 4], input.0);
    // Dimensions in front that the tensor does not have get none.
    let pairs = room.as_chunks::<2>().0.iter().rev();
    for ((pair, before), out) in pairs.zip(before.iter_mut().rev()).zip(out.iter_mut().rev()) {
        let [front, behind] = pair.map(|count| usize::try_from(count).unwrap_or(usize::MAX));
        *before = front;
        *out = out
            .checked_add(front)
            .and_then(|sum| sum.checked_add(behind))
            .ok_or(Refusal::Inconsistent("padding without end"))?;
    }
    if out[0] != 1 || room.len() > 8 {
        return Err(Refusal::Unsupported("padding of the batch"));
    }
    let out = Shape::checked(out)?;
    Ok(Built {
        shape: out,
        kernel: Box::new(Pad { input, out, before }),
        activation: 0,
        inputs: vec![0],
    })
}

impl Kernel for Pad {
    fn run(&self, inputs: &[&[f32]], out: &mut [f32], _: &mut Vec<f32>) {
        let [input] = inputs else { return };
        let [_, _, columns, channels] = self.input.0;
        let [_, top, left, front] = self.before;
        out.fill(0.0);
        for (y, row) in input.chunks_exact(columns * channels).enumerate() {
            for (x, place) in row.chunks_exact(channels).enumerate() {
                let to = ((y + top) * self.out.width() + x + left) * self.out.channels() + front;
                out[to..to + channels].copy_from_slice(place);
            }
        }
    }
}

/// Parts laid one behind the other: how many numbers of each make a round.
struct Concatenation(Vec<usize>);

/// Options: axis 0, activation 1. Operands: the parts, all variable.
pub(super) fn concatenation(operands: &Operands<'_>) -> Result<Built, Refusal> {
    let options = operands.options()?;
    let axis = operands.axis(0, options.i32(0, 0)?)?;
    let mut out = operands.shape(0)?.0;
    let (mut whole, mut rounds) = (0usize, Vec::new());
    for part in 0..operands.len() {
        let shape = operands.shape(part)?.0;
        let alike = (0..4).all(|other| other == axis || shape[other] == out[other]);
        if !alike {
            return Err(Refusal::Inconsistent("parts of unlike shapes"));
        }
        whole += shape[axis];
        rounds.push(shape[axis..].iter().product());
    }
    out[axis] = whole;
    Ok(Built {
        shape: Shape::checked(out)?,
        kernel: Box::new(Concatenation(rounds)),
        activation: options.i8(1)?,
        inputs: (0..operands.len()).collect(),
    })
}

impl Kernel for Concatenation {
    fn run(&self, inputs: &[&[f32]], out: &mut [f32], _: &mut Vec<f32>) {
        let round: usize = self.0.iter().sum();
        for (turn, out) in out.chunks_exact_mut(round).enumerate() {
            let mut rest = out;
            for (input, count) in inputs.iter().zip(&self.0) {
                let (here, behind) = rest.split_at_mut(*count);
                here.copy_from_slice(&input[turn * count..(turn + 1) * count]);
                rest = behind;
            }
        }
    }
}

struct Resize {
    input: Shape,
    rows: Vec<Between>,
    columns: Vec<Between>,
}

/// A place between two neighbours.
#[derive(Debug, Clone, Copy)]
struct Between {
    low: usize,
    high: usize,
    share: f32,
}

/// Options: corners aligned 2, centres at one half 3. Operands: input, and
/// height and width of the result.
pub(super) fn resize(operands: &Operands<'_>) -> Result<Built, Refusal> {
    let options = operands.options()?;
    if options.bool(2)? || !options.bool(3)? {
        return Err(Refusal::Unsupported("resizing by another rule"));
    }
    let input = operands.shape(0)?;
    let size = operands.i32s(1)?;
    let [height, width] = size.as_slice() else {
        return Err(Refusal::Inconsistent("a size of other than two numbers"));
    };
    let [height, width] = [height, width].map(|side| usize::try_from(*side).unwrap_or(0));
    let shape = Shape::checked([1, height, width, input.channels()])?;
    Ok(Built {
        shape,
        kernel: Box::new(Resize {
            input,
            rows: between(input.height(), shape.height()),
            columns: between(input.width(), shape.width()),
        }),
        activation: 0,
        inputs: vec![0],
    })
}

fn between(from: usize, to: usize) -> Vec<Between> {
    let scale = from as f32 / to as f32;
    let place = |at: usize| {
        let at = (at as f32 + 0.5) * scale - 0.5;
        let low = at.floor().max(0.0);
        Between {
            low: low as usize,
            high: (low as usize + 1).min(from - 1),
            share: (at - low).max(0.0),
        }
    };
    (0..to).map(place).collect()
}

impl Kernel for Resize {
    fn run(&self, inputs: &[&[f32]], out: &mut [f32], _: &mut Vec<f32>) {
        let [input] = inputs else { return };
        let [_, _, columns, channels] = self.input.0;
        let place = |y: usize, x: usize| {
            let from = (y * columns + x) * channels;
            &input[from..from + channels]
        };
        let row = self.columns.len() * channels;
        for (out, y) in out.chunks_exact_mut(row).zip(&self.rows) {
            for (out, x) in out.chunks_exact_mut(channels).zip(&self.columns) {
                let corners = [
                    place(y.low, x.low),
                    place(y.low, x.high),
                    place(y.high, x.low),
                    place(y.high, x.high),
                ];
                let (fours, rest) = out.as_chunks_mut::<4>();
                for (i, out) in fours.iter_mut().enumerate() {
                    let corners = corners.map(|corner| Best::load(&corner.as_chunks().0[i]));
                    amid(corners, x.share, y.share).store(out);
                }
                if !rest.is_empty() {
                    let corners =
                        corners.map(|corner| Best::load(&padded(corner.as_chunks::<4>().1)));
                    let mut four = [0.0; 4];
                    amid(corners, x.share, y.share).store(&mut four);
                    rest.copy_from_slice(&four[..rest.len()]);
                }
            }
        }
    }
}

/// Amid four corners: upper left and right, lower left and right.
#[inline(always)]
fn amid<L: Lanes>([a, b, c, d]: [L; 4], x: f32, y: f32) -> L {
    mixed(mixed(a, b, x), mixed(c, d, x), y)
}

/// Four places between two, each by the same share.
#[inline(always)]
fn mixed<L: Lanes>(low: L, high: L, share: f32) -> L {
    let low = low.times(L::splat(1.0 - share));
    low.add_product(high, L::splat(share))
}

struct Transpose {
    input: Shape,
    out: Shape,
    kernel: [usize; 2],
    stride: [usize; 2],
    pad: [usize; 2],
    /// Every place's share of its whole window at once.
    packed: Packed,
    bias: Vec<f32>,
}

/// A convolution turned round: each place of the input is laid over a window
/// of the result. Custom options: padding (1 "same"), step across, step down,
/// as three little-endian numbers. Operands: input, filters [out, h, w, in],
/// bias. The result is the input times the steps.
pub(super) fn transpose(operands: &Operands<'_>) -> Result<Built, Refusal> {
    let [padding, across, down, ..] = *operands.custom().as_chunks::<4>().0 else {
        return Err(Refusal::Inconsistent("options cut short"));
    };
    let [padding, across, down] = [padding, across, down].map(u32::from_le_bytes);
    if padding != 1 || !(1..=64).contains(&across) || !(1..=64).contains(&down) {
        return Err(Refusal::Unsupported("padding of another kind"));
    }
    let stride = [down as usize, across as usize];
    let (input, filters) = (operands.shape(0)?, operands.shape(1)?);
    let [outputs, height, width, channels] = filters.0;
    if channels != input.channels() {
        return Err(Refusal::Inconsistent(
            "filters for another number of channels",
        ));
    }
    // MediaPipe's own code gives other sizes otherwise.
    let divides =
        input.height().is_multiple_of(stride[0]) && input.width().is_multiple_of(stride[1]);
    if !divides || height < stride[0] || width < stride[1] {
        return Err(Refusal::Unsupported("steps that leave something over"));
    }
    let out = Shape::checked([
        1,
        input.height() * stride[0],
        input.width() * stride[1],
        outputs,
    ])?;
    let kernel = [height, width];
    let pad = [0, 1].map(|axis| kernel[axis].saturating_sub(stride[axis]) / 2);
    // In the order window row, window column, output: a window laid flat.
    let given = operands.floats(1)?;
    let taps = height * width;
    let mut weights = Vec::with_capacity(given.len());
    for tap in 0..taps {
        for output in 0..outputs {
            let from = (output * taps + tap) * channels;
            weights.extend_from_slice(&given[from..from + channels]);
        }
    }
    Ok(Built {
        shape: out,
        kernel: Box::new(Transpose {
            input,
            out,
            kernel,
            stride,
            pad,
            packed: Packed::new(&weights, &vec![0.0; taps * outputs], channels),
            bias: operands.bias(2, outputs)?,
        }),
        activation: 0,
        inputs: vec![0],
    })
}

impl Kernel for Transpose {
    fn run(&self, inputs: &[&[f32]], out: &mut [f32], scratch: &mut Vec<f32>) {
        let [input] = inputs else { return };
        let [_, _, columns, channels] = self.input.0;
        let [_, out_rows, out_columns, outputs] = self.out.0;
        // A call to copy each place's few would take longer than they do.
        for (out, bias) in out.iter_mut().zip(self.bias.iter().cycle()) {
            *out = *bias;
        }
        scratch.clear();
        scratch.resize(columns * self.packed.outputs(), 0.0);
        for (y, row) in input.chunks_exact(columns * channels).enumerate() {
            self.packed.multiply::<Best>(row, scratch);
            for (x, window) in scratch.chunks_exact(self.packed.outputs()).enumerate() {
                for (tap, shares) in window.chunks_exact(outputs).enumerate() {
                    let (ky, kx) = (tap / self.kernel[1], tap % self.kernel[1]);
                    let to_y = (y * self.stride[0] + ky).wrapping_sub(self.pad[0]);
                    let to_x = (x * self.stride[1] + kx).wrapping_sub(self.pad[1]);
                    if to_y < out_rows && to_x < out_columns {
                        let to = (to_y * out_columns + to_x) * outputs;
                        add(&mut out[to..to + outputs], shares);
                    }
                }
            }
        }
    }
}
