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
                    let sums = four_rows::<L>(rows, weights, bias);
                    for (sum, out) in sums.iter().zip(out.chunks_exact_mut(self.outputs)) {
                        store(sum, &mut out[from..to]);
                    }
                    continue;
                }
                let rows = rows.chunks_exact(self.inputs);
                for (row, out) in rows.zip(out.chunks_exact_mut(self.outputs)) {
                    store(&one_row::<L>(row, weights, bias), &mut out[from..to]);
                }
            }
        }
    }
}

/// Eight outputs of each of four rows. Written out row by row: a compiler that
/// is told to keep code small leaves a loop over them, and its sums in memory,
/// which takes twice the time.
#[inline(always)]
fn four_rows<L: Lanes>(
    rows: &[f32],
    weights: &[[[f32; 4]; 2]],
    bias: &[[f32; 4]; 2],
) -> [[L; 2]; ROWS] {
    let inputs = weights.len();
    let (a, rest) = rows.split_at(inputs);
    let (b, rest) = rest.split_at(inputs);
    let (c, d) = rest.split_at(inputs);
    let start = [L::load(&bias[0]), L::load(&bias[1])];
    let [mut a_low, mut a_high] = start;
    let [mut b_low, mut b_high] = start;
    let [mut c_low, mut c_high] = start;
    let [mut d_low, mut d_high] = start;
    for ((((eight, a), b), c), d) in weights.iter().zip(a).zip(b).zip(c).zip(d) {
        let (low, high) = (L::load(&eight[0]), L::load(&eight[1]));
        let (a, b, c, d) = (L::splat(*a), L::splat(*b), L::splat(*c), L::splat(*d));
        a_low = a_low.add_product(a, low);
        a_high = a_high.add_product(a, high);
        b_low = b_low.add_product(b, low);
        b_high = b_high.add_product(b, high);
        c_low = c_low.add_product(c, low);
        c_high = c_high.add_product(c, high);
        d_low = d_low.add_product(d, low);
        d_high = d_high.add_product(d, high);
    }
    [
        [a_low, a_high],
        [b_low, b_high],
        [c_low, c_high],
        [d_low, d_high],
    ]
}

/// Eight outputs of one row.
#[inline(always)]
fn one_row<L: Lanes>(row: &[f32], weights: &[[[f32; 4]; 2]], bias: &[[f32; 4]; 2]) -> [L; 2] {
    let [mut low, mut high] = [L::load(&bias[0]), L::load(&bias[1])];
    for (eight, input) in weights.iter().zip(row) {
        let input = L::splat(*input);
        low = low.add_product(input, L::load(&eight[0]));
        high = high.add_product(input, L::load(&eight[1]));
    }
    [low, high]
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
