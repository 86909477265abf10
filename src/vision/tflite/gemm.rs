//! Rows of numbers times a matrix of weights: what convolutions come down to.

use super::lanes::Lanes;

/// Outputs worked out together: two groups of lanes.
const BLOCK: usize = 8;
/// Rows worked out together: with two groups of lanes each they fill eight of
/// the sixteen registers there are, and leave room for weights and inputs.
const ROWS: usize = 4;

/// Weights in the order in which they are read: for each eight outputs, for
/// each input, eight weights. Outputs beyond the last weigh nothing.
pub(super) struct Packed {
    blocks: Vec<[[f32; 4]; 2]>,
    bias: Vec<[[f32; 4]; 2]>,
    inputs: usize,
    outputs: usize,
}

impl Packed {
    /// Packs weights given output by output, each `inputs` long.
    pub(super) fn new(weights: &[f32], bias: &[f32], inputs: usize) -> Self {
        let outputs = bias.len();
        let weight = |output: usize, input: usize| {
            let inside = output < outputs;
            let found = weights.get(output * inputs + input);
            found.filter(|_| inside).copied().unwrap_or(0.0)
        };
        let eight = |of: &dyn Fn(usize) -> f32, block: usize| {
            std::array::from_fn(|group| {
                std::array::from_fn(|lane| of(block * BLOCK + group * 4 + lane))
            })
        };
        let count = outputs.div_ceil(BLOCK);
        let blocks = (0..count)
            .flat_map(|block| (0..inputs).map(move |input| (block, input)))
            .map(|(block, input)| eight(&|output| weight(output, input), block))
            .collect();
        let bias = (0..count)
            .map(|block| eight(&|output| bias.get(output).copied().unwrap_or(0.0), block))
            .collect();
        Self {
            blocks,
            bias,
            inputs,
            outputs,
        }
    }

    /// Inputs per row.
    pub(super) fn inputs(&self) -> usize {
        self.inputs
    }

    /// Outputs per row.
    pub(super) fn outputs(&self) -> usize {
        self.outputs
    }

    /// Multiplies rows of inputs, one after the other, into rows of outputs.
    pub(super) fn multiply<L: Lanes>(&self, rows: &[f32], out: &mut [f32]) {
        let blocks = self.blocks.chunks_exact(self.inputs.max(1));
        for (index, (weights, bias)) in blocks.zip(&self.bias).enumerate() {
            let from = index * BLOCK;
            let to = (from + BLOCK).min(self.outputs);
            let groups_in = rows.chunks(self.inputs * ROWS);
            let groups_out = out.chunks_mut(self.outputs * ROWS);
            for (rows, out) in groups_in.zip(groups_out) {
                if rows.len() == self.inputs * ROWS {
                    let one = |i: usize| &rows[i * self.inputs..(i + 1) * self.inputs];
                    let sums = sums::<L, ROWS>([one(0), one(1), one(2), one(3)], weights, bias);
                    for (sum, out) in sums.iter().zip(out.chunks_exact_mut(self.outputs)) {
                        store(sum, &mut out[from..to]);
                    }
                    continue;
                }
                let rows = rows.chunks_exact(self.inputs);
                for (row, out) in rows.zip(out.chunks_exact_mut(self.outputs)) {
                    let [sum] = sums::<L, 1>([row], weights, bias);
                    store(&sum, &mut out[from..to]);
                }
            }
        }
    }
}

/// Eight outputs of `R` rows.
#[inline(always)]
fn sums<L: Lanes, const R: usize>(
    rows: [&[f32]; R],
    weights: &[[[f32; 4]; 2]],
    bias: &[[f32; 4]; 2],
) -> [[L; 2]; R] {
    // Of the weights' length each, so that an index is checked once.
    let rows = rows.map(|row| &row[..weights.len()]);
    let mut sums = [[L::load(&bias[0]), L::load(&bias[1])]; R];
    for (i, [low, high]) in weights.iter().enumerate() {
        let (low, high) = (L::load(low), L::load(high));
        for (sum, row) in sums.iter_mut().zip(&rows) {
            let input = L::splat(row[i]);
            sum[0] = sum[0].add_product(input, low);
            sum[1] = sum[1].add_product(input, high);
        }
    }
    sums
}

/// Writes the first of eight sums, as many as there is room for.
#[inline(always)]
fn store<L: Lanes>([low, high]: &[L; 2], out: &mut [f32]) {
    let mut all = [0.0; BLOCK];
    if let ([a, b], []) = all.as_chunks_mut::<4>() {
        low.store(a);
        high.store(b);
    }
    match out.first_chunk_mut::<BLOCK>() {
        Some(out) => *out = all,
        None => out.iter_mut().zip(all).for_each(|(to, from)| *to = from),
    }
}
