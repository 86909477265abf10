//! One label to each cell, so that neighbours agree but where the photo has
//! an edge: the least cut between labels, in its convex form (a Potts model
//! relaxed to shares of labels; Pock, Chambolle, Cremers and Bischof 2009),
//! solved by the primal-dual method of Chambolle and Pock (2011) from coarse
//! to fine.

use super::plane::Plane;

/// Labels.
pub(super) const LABELS: usize = 3;
/// Each cell's number for every label.
pub(super) type Labelled = [f32; LABELS];

/// Step sizes: their product times 8, the square of the gradient's norm, must
/// not be above 1.
const STEP: f32 = 0.35;
/// Steps with the finest cells, and how many times as many each coarser level
/// takes: they cost a quarter and carry labels twice as far.
const STEPS: usize = 10;
const MORE_STEPS: usize = 2;
/// Smallest side of a level, cells.
const SMALLEST: usize = 40;

/// Shares of labels, summing to one in each cell, that cost least: the sum of
/// share times cost, and for each label half of `price` along its border, per
/// cell's side. Costs and prices are 0 or more; a price belongs to a cell.
pub(super) fn cut(side: usize, costs: &[Labelled], price: &Plane) -> Vec<Labelled> {
    solve(side, costs, price, STEPS).shares
}

fn solve(side: usize, costs: &[Labelled], price: &Plane, steps: usize) -> State {
    let mut state = if side >= 2 * SMALLEST {
        // Twice the side is four times the area and twice the border: where
        // costs are means, a border weighs half.
        let mut coarse_price = Plane {
            side: side.div_ceil(2),
            v: halved(side, &price.v, |four| four.iter().sum::<f32>() / 4.0),
        };
        for price in &mut coarse_price.v {
            *price *= 0.5;
        }
        let mean = |four: [Labelled; 4]| {
            std::array::from_fn(|l| four.iter().map(|costs| costs[l]).sum::<f32>() / 4.0)
        };
        let coarse_costs = halved(side, costs, mean);
        let coarse = solve(
            coarse_price.side,
            &coarse_costs,
            &coarse_price,
            steps * MORE_STEPS,
        );
        coarse.doubled(side)
    } else {
        State::new(side)
    };
    for _ in 0..steps {
        state.step(costs, price);
    }
    state
}

/// Half the size; an odd last row or column is its own neighbour.
fn halved<T: Copy>(side: usize, cells: &[T], mean: impl Fn([T; 4]) -> T) -> Vec<T> {
    let half = side.div_ceil(2);
    let at = |x: usize, y: usize| cells[y.min(side - 1) * side + x.min(side - 1)];
    let four = |x: usize, y: usize| [at(x, y), at(x + 1, y), at(x, y + 1), at(x + 1, y + 1)];
    (0..half * half)
        .map(|i| mean(four(i % half * 2, i / half * 2)))
        .collect()
}

/// Where the search stands.
struct State {
    side: usize,
    /// Shares of labels.
    shares: Vec<Labelled>,
    /// The shares after the last step, gone on by as much again.
    ahead: Vec<Labelled>,
    /// The dual: for each label a flow to the right and one down.
    flow: Vec<[Labelled; 2]>,
}

impl State {
    fn new(side: usize) -> Self {
        let cells = side * side;
        Self {
            side,
            shares: vec![[1.0 / LABELS as f32; LABELS]; cells],
            ahead: vec![[1.0 / LABELS as f32; LABELS]; cells],
            flow: vec![[[0.0; LABELS]; 2]; cells],
        }
    }

    /// Where a level with twice the cells along a side starts.
    fn doubled(&self, side: usize) -> Self {
        let from = |i: usize| i / side / 2 * self.side + i % side / 2;
        let shares: Vec<Labelled> = (0..side * side).map(|i| self.shares[from(i)]).collect();
        Self {
            side,
            ahead: shares.clone(),
            shares,
            flow: (0..side * side).map(|i| self.flow[from(i)]).collect(),
        }
    }

    fn step(&mut self, costs: &[Labelled], price: &Plane) {
        let side = self.side;
        for (i, flow) in self.flow.iter_mut().enumerate() {
            let here = self.ahead[i];
            let right = (i % side + 1 < side).then(|| self.ahead[i + 1]);
            let below = self.ahead.get(i + side).copied();
            let most = 0.5 * price.v[i];
            for l in 0..LABELS {
                let across = flow[0][l] + STEP * right.map_or(0.0, |right| right[l] - here[l]);
                let down = flow[1][l] + STEP * below.map_or(0.0, |below| below[l] - here[l]);
                let squared = across * across + down * down;
                let keep = if squared > most * most {
                    most / squared.sqrt()
                } else {
                    1.0
                };
                flow[0][l] = across * keep;
                flow[1][l] = down * keep;
            }
        }
        for (i, shares) in self.shares.iter_mut().enumerate() {
            let flow = self.flow[i];
            let left = if i % side > 0 {
                self.flow[i - 1][0]
            } else {
                [0.0; LABELS]
            };
            let above = if i >= side {
                self.flow[i - side][1]
            } else {
                [0.0; LABELS]
            };
            let next = nearest_shares(std::array::from_fn(|l| {
                let gain = flow[0][l] - left[l] + flow[1][l] - above[l];
                shares[l] + STEP * (gain - costs[i][l])
            }));
            self.ahead[i] = std::array::from_fn(|l| 2.0 * next[l] - shares[l]);
            *shares = next;
        }
    }
}

/// The shares, 0 or more and summing to one, that lie nearest to some numbers.
fn nearest_shares(numbers: Labelled) -> Labelled {
    // As many labels as stay above zero share what is over one.
    let mut over = f32::NEG_INFINITY;
    for l in 0..LABELS {
        let (mut sum, mut count) = (0.0, 0.0);
        for number in numbers {
            if number >= numbers[l] {
                sum += number;
                count += 1.0;
            }
        }
        over = over.max((sum - 1.0) / count);
    }
    numbers.map(|number| (number - over).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nearest_shares_are_shares_and_none_is_nearer(
            numbers in proptest::array::uniform3(-3.0..3.0f32), other in proptest::array::uniform3(0.0..1.0f32),
        ) {
            let found = nearest_shares(numbers);
            let sum: f32 = found.iter().sum();
            prop_assert!((sum - 1.0).abs() < 1e-5 && found.iter().all(|v| *v >= 0.0), "{found:?}");
            let whole: f32 = other.iter().sum::<f32>().max(1e-6);
            let far = |shares: Labelled| -> f32 {
                shares.iter().zip(numbers).map(|(a, b)| (a - b) * (a - b)).sum()
            };
            prop_assert!(far(found) <= far(other.map(|v| v / whole)) + 1e-5);
        }
    }

    #[test]
    fn specks_go_and_regions_stay() {
        let side = 100;
        // Left is the first label, right the second, and one cell in nine
        // says otherwise.
        let costs: Vec<Labelled> = (0..side * side)
            .map(|i| {
                let (x, y) = (i % side, i / side);
                let wrong = x % 3 == 1 && y % 3 == 1;
                let label = usize::from((x >= 50) != wrong);
                std::array::from_fn(|l| if l == label { 0.0 } else { 1.0 })
            })
            .collect();
        let shares = cut(side, &costs, &Plane::of(side, &|_, _| 1.5));
        for (i, shares) in shares.iter().enumerate() {
            let x = i % side;
            let label = usize::from(x >= 50);
            if x.abs_diff(50) > 2 {
                assert!(shares[label] > 0.9, "{i} {shares:?}");
            }
        }
    }

    #[test]
    fn without_a_price_every_cell_takes_its_cheapest() {
        let side = 90;
        let costs: Vec<Labelled> = (0..side * side)
            .map(|i| std::array::from_fn(|l| if l == i % 3 { 0.1 } else { 1.0 }))
            .collect();
        let shares = cut(side, &costs, &Plane::of(side, &|_, _| 0.0));
        assert!(
            shares
                .iter()
                .enumerate()
                .all(|(i, shares)| shares[i % 3] > 0.99)
        );
    }
}
