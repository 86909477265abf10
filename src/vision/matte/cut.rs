//! One label to each cell, so that neighbours agree but where the photo has
//! an edge: the least cut between labels, in its convex form (a Potts model
//! relaxed to shares of labels; Pock, Chambolle, Cremers and Bischof 2009),
//! solved by the primal-dual method of Chambolle and Pock (2011) from coarse
//! to fine.

use glam::Vec4;

use super::plane::Plane;

/// Labels.
pub(super) const LABELS: usize = 3;
/// Each cell's number for every label; the fourth is nobody's, and makes it
/// one of the machine's own vectors.
pub(super) type Labelled = Vec4;

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
            v: halved(side, &price.v, |[a, b, c, d]| (a + b + c + d) * 0.25),
        };
        for price in &mut coarse_price.v {
            *price *= 0.5;
        }
        let coarse_costs = halved(side, costs, |[a, b, c, d]| (a + b + c + d) * 0.25);
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
        let alike = Vec4::splat(1.0 / LABELS as f32);
        Self {
            side,
            shares: vec![alike; side * side],
            ahead: vec![alike; side * side],
            flow: vec![[Vec4::ZERO; 2]; side * side],
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
            // No border at the rim.
            let right = if i % side + 1 < side {
                self.ahead[i + 1]
            } else {
                here
            };
            let below = self.ahead.get(i + side).copied().unwrap_or(here);
            let across = flow[0] + (right - here) * STEP;
            let down = flow[1] + (below - here) * STEP;
            let most = 0.5 * price.v[i];
            let squared = across * across + down * down;
            *flow = [across, down];
            if squared.cmpgt(Vec4::splat(most * most)).any() {
                let keep = |squared: f32| (most / squared.sqrt()).min(1.0);
                let keep = Vec4::from(squared.to_array().map(keep));
                *flow = [across * keep, down * keep];
            }
        }
        for (i, shares) in self.shares.iter_mut().enumerate() {
            let [across, down] = self.flow[i];
            let mut gain = across + down;
            if i % side > 0 {
                gain -= self.flow[i - 1][0];
            }
            if i >= side {
                gain -= self.flow[i - side][1];
            }
            let next = nearest_shares(*shares + (gain - costs[i]) * STEP);
            self.ahead[i] = next * 2.0 - *shares;
            *shares = next;
        }
    }
}

/// The shares, 0 or more and summing to one, that lie nearest to some numbers.
fn nearest_shares(numbers: Labelled) -> Labelled {
    let [x, y, z, _] = numbers.to_array();
    let sum = x + y + z;
    // Those that stay above zero share what is over one: the largest alone,
    // the two largest, or all; whichever leaves most over.
    let over = (x.max(y).max(z) - 1.0)
        .max((sum - x.min(y).min(z) - 1.0) * 0.5)
        .max((sum - 1.0) * (1.0 / 3.0));
    (numbers - over).max(Vec4::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Costs of one label, and 1 of the others.
    fn costing(label: usize, cost: f32) -> Labelled {
        let mut costs = Vec4::ONE;
        costs[label] = cost;
        costs
    }

    proptest! {
        #[test]
        fn nearest_shares_are_shares_and_none_is_nearer(
            numbers in proptest::array::uniform3(-3.0..3.0f32), other in proptest::array::uniform3(0.0..1.0f32),
        ) {
            let found = nearest_shares(Vec4::new(numbers[0], numbers[1], numbers[2], 0.0));
            let found = [found.x, found.y, found.z];
            let sum: f32 = found.iter().sum();
            prop_assert!((sum - 1.0).abs() < 1e-5 && found.iter().all(|v| *v >= 0.0), "{found:?}");
            let whole: f32 = other.iter().sum::<f32>().max(1e-6);
            let far = |shares: [f32; 3]| -> f32 {
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
                costing(usize::from((x >= 50) != wrong), 0.0)
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
        let costs: Vec<Labelled> = (0..side * side).map(|i| costing(i % 3, 0.1)).collect();
        let shares = cut(side, &costs, &Plane::of(side, &|_, _| 0.0));
        assert!(
            shares
                .iter()
                .enumerate()
                .all(|(i, shares)| shares[i % 3] > 0.99)
        );
    }
}
