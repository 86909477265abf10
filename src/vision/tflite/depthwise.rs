//! DEPTHWISE_CONV_2D: every channel from a window of itself.

use super::error::Refusal;
use super::lanes::{Best, Lanes};
use super::network::{Built, Kernel, Operands};
use super::shape::Shape;
use super::window::Window;

/// Channels worked out together, as two groups of lanes: with one alone,
/// finding what to read takes as long as reckoning with it.
const BLOCK: usize = 8;

struct Depthwise {
    input: Shape,
    window: Window,
    /// For each eight channels, for each place of the window, eight weights.
    weights: Vec<[[f32; 4]; 2]>,
    /// For each eight channels.
    bias: Vec<[[f32; 4]; 2]>,
}

/// Options: padding 0, step across 1, step down 2, multiplier 3, activation
/// 4, dilation across 5 and down 6. Operands: input, filters [1, h, w, c],
/// bias.
pub(super) fn build(operands: &Operands<'_>) -> Result<Built, Refusal> {
    let options = operands.options()?;
    if options.i32(5, 1)? != 1 || options.i32(6, 1)? != 1 {
        return Err(Refusal::Unsupported("a dilated convolution"));
    }
    let (input, filters) = (operands.shape(0)?, operands.shape(1)?);
    let [one, height, width, channels] = filters.0;
    if one != 1 || channels != input.channels() {
        // Also where the multiplier is more than one.
        return Err(Refusal::Unsupported("several filters per channel"));
    }
    let window = Window::new(&options, [height, width], input)?;
    let (weights, bias) = (operands.floats(1)?, operands.bias(2, channels)?);
    let eight = |row: &[f32], block: usize| {
        let weight = |at: usize| row.get(BLOCK * block + at).copied().unwrap_or(0.0);
        [0, 4].map(|group| std::array::from_fn(|lane| weight(group + lane)))
    };
    let blocks = channels.div_ceil(BLOCK);
    Ok(Built {
        shape: window.shape(channels),
        kernel: Box::new(Depthwise {
            input,
            window,
            weights: (0..blocks)
                .flat_map(|block| {
                    weights
                        .chunks_exact(channels)
                        .map(move |row| eight(row, block))
                })
                .collect(),
            bias: (0..blocks).map(|block| eight(&bias, block)).collect(),
        }),
        activation: options.i8(4)?,
        inputs: vec![0],
    })
}

impl Kernel for Depthwise {
    fn run(&self, inputs: &[&[f32]], out: &mut [f32], scratch: &mut Vec<f32>) {
        let [input] = inputs else { return };
        let channels = self.input.channels();
        let row = self.window.out[1] * channels;
        if channels.is_multiple_of(BLOCK) {
            for (y, out) in out.chunks_exact_mut(row).enumerate() {
                self.row::<Best>(y, input, channels, out);
            }
            return;
        }
        // Rare: blocks of eight need room behind the last channel.
        let padded = channels.next_multiple_of(BLOCK);
        scratch.clear();
        for place in input.chunks_exact(channels) {
            scratch.extend_from_slice(place);
            scratch.resize(scratch.len() + padded - channels, 0.0);
        }
        let mut wide = vec![0.0; self.window.out[1] * padded];
        for (y, out) in out.chunks_exact_mut(row).enumerate() {
            self.row::<Best>(y, scratch, padded, &mut wide);
            let places = out.chunks_exact_mut(channels);
            for (out, wide) in places.zip(wide.chunks_exact(padded)) {
                out.copy_from_slice(&wide[..channels]);
            }
        }
    }
}

impl Depthwise {
    /// One row of the result; `channels` a multiple of eight.
    fn row<L: Lanes>(&self, y: usize, input: &[f32], channels: usize, out: &mut [f32]) {
        let [kernel_height, kernel_width] = self.window.kernel;
        let columns = self.input.width();
        let (from_y, first_y, last_y) = self.window.within(0, y, self.input.height());
        let places = kernel_height * kernel_width;
        let (input, _) = input.as_chunks::<4>().0.as_chunks::<2>();
        let blocks = channels / BLOCK;
        // Which of the input's places meets which weight: the same for all
        // channels.
        let mut meetings = Vec::with_capacity(places);
        for (x, out) in out.chunks_exact_mut(channels).enumerate() {
            let (from_x, first_x, last_x) = self.window.within(1, x, columns);
            meetings.clear();
            for ky in first_y..last_y {
                let row = (from_y + ky - first_y) * columns + from_x;
                let weights = ky * kernel_width;
                meetings.extend(
                    (first_x..last_x).map(|kx| ((row + kx - first_x) * blocks, weights + kx)),
                );
            }
            let weights = self.weights.chunks_exact(places).zip(&self.bias);
            let (out, _) = out.as_chunks_mut::<4>().0.as_chunks_mut::<2>();
            for (block, (out, (weights, bias))) in out.iter_mut().zip(weights).enumerate() {
                let [mut low, mut high] = [L::load(&bias[0]), L::load(&bias[1])];
                for (place, weight) in &meetings {
                    let (place, weight) = (&input[place + block], &weights[*weight]);
                    low = low.add_product(L::load(&place[0]), L::load(&weight[0]));
                    high = high.add_product(L::load(&place[1]), L::load(&weight[1]));
                }
                low.store(&mut out[0]);
                high.store(&mut out[1]);
            }
        }
    }
}
