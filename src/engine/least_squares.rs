//! Small nonlinear least squares: damped Gauss–Newton with a numeric Jacobian.
//! A fixed number of steps, so the same input takes the same time and gives
//! the same answer everywhere.

/// Steps of the iteration. Placements settle in about ten.
const STEPS: usize = 40;

/// A square matrix by rows.
type Matrix<const N: usize> = [[f64; N]; N];

/// Where the sum of squares is least, as far as the iteration found it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Minimum<const N: usize> {
    /// The parameters there.
    pub(super) at: [f64; N],
    /// Sum of squared residuals there.
    pub(super) cost: f64,
    /// Half the second derivative of the cost there, Gauss–Newton's `JᵀJ`.
    information: Matrix<N>,
}

impl<const N: usize> Minimum<N> {
    /// Standard deviation of one parameter, if the residuals are in units of
    /// their own; none where the problem does not determine it.
    pub(super) fn deviation(&self, parameter: usize) -> Option<f64> {
        let mut unit = [0.0; N];
        *unit.get_mut(parameter)? = 1.0;
        let column = solve(&self.information, &unit)?;
        let variance = *column.get(parameter)?;
        (variance > 0.0).then(|| variance.sqrt())
    }
}

/// Minimises the sum of squares of what `residuals` writes (always the same
/// number of values), from `start`, keeping each parameter within ± its limit.
/// `probe` is the step of each parameter's numeric derivative. None if a
/// residual or the cost at the start is not finite.
pub(super) fn minimise<const N: usize>(
    start: [f64; N],
    limit: &[f64; N],
    probe: &[f64; N],
    residuals: impl Fn(&[f64; N], &mut Vec<f64>),
) -> Option<Minimum<N>> {
    let evaluate = |at: &[f64; N]| {
        let mut values = Vec::new();
        residuals(at, &mut values);
        values
    };
    let squares = |values: &[f64]| values.iter().map(|r| r * r).sum::<f64>();

    let mut at = start;
    let mut values = evaluate(&at);
    let mut cost = squares(&values);
    if !cost.is_finite() {
        return None;
    }
    let mut damping = 1e-3;
    let mut jacobian = differentiate(&at, probe, evaluate);
    for _ in 0..STEPS {
        let (information, gradient) = normal_equations(&jacobian, &values);
        let mut damped = information;
        for (i, row) in damped.iter_mut().enumerate() {
            row[i] *= 1.0 + damping;
        }
        let trial = solve(&damped, &gradient).map(|step| {
            let mut next = at;
            for ((x, dx), limit) in next.iter_mut().zip(step).zip(limit) {
                // Not `clamp`, whose refusal prints numbers: 7 KB of a worker.
                *x = (*x - dx).max(-limit).min(*limit);
            }
            next
        });
        let better = trial
            .map(|next| (next, evaluate(&next)))
            .filter(|(_, found)| squares(found) < cost);
        if let Some((next, found)) = better {
            at = next;
            cost = squares(&found);
            values = found;
            jacobian = differentiate(&at, probe, evaluate);
            damping = (damping * 0.1_f64).max(1e-9);
        } else {
            damping = (damping * 10.0_f64).min(1e9);
        }
    }
    let (information, _) = normal_equations(&jacobian, &values);
    Some(Minimum {
        at,
        cost,
        information,
    })
}

/// Derivatives of all residuals by each parameter, by central differences:
/// one column of the Jacobian per entry.
fn differentiate<const N: usize>(
    at: &[f64; N],
    probe: &[f64; N],
    evaluate: impl Fn(&[f64; N]) -> Vec<f64>,
) -> [Vec<f64>; N] {
    std::array::from_fn(|i| {
        let (mut before, mut after) = (*at, *at);
        before[i] -= probe[i];
        after[i] += probe[i];
        let per_unit = 0.5 / probe[i];
        evaluate(&after)
            .iter()
            .zip(evaluate(&before))
            .map(|(a, b)| (a - b) * per_unit)
            .collect()
    })
}

/// `JᵀJ` and `Jᵀr`.
fn normal_equations<const N: usize>(
    jacobian: &[Vec<f64>; N],
    values: &[f64],
) -> (Matrix<N>, [f64; N]) {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let information =
        std::array::from_fn(|i| std::array::from_fn(|j| dot(&jacobian[i], &jacobian[j])));
    let gradient = std::array::from_fn(|i| dot(&jacobian[i], values));
    (information, gradient)
}

/// Solves `matrix · x = right` for a symmetric positive definite matrix by
/// Cholesky's decomposition; none if it is not so.
fn solve<const N: usize>(matrix: &Matrix<N>, right: &[f64; N]) -> Option<[f64; N]> {
    let mut lower = [[0.0; N]; N];
    for i in 0..N {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| lower[i][k] * lower[j][k]).sum();
            let rest = matrix[i][j] - known;
            lower[i][j] = if i != j {
                rest / lower[j][j]
            } else if rest > 0.0 && rest.is_finite() {
                rest.sqrt()
            } else {
                return None;
            };
        }
    }
    let mut x = *right;
    for i in 0..N {
        let known: f64 = (0..i).map(|k| lower[i][k] * x[k]).sum();
        x[i] = (x[i] - known) / lower[i][i];
    }
    for i in (0..N).rev() {
        let known: f64 = (i + 1..N).map(|k| lower[k][i] * x[k]).sum();
        x[i] = (x[i] - known) / lower[i][i];
    }
    x.iter().all(|v| v.is_finite()).then_some(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_a_symmetric_system_and_refuses_an_indefinite_one() {
        let matrix = [[4.0, 2.0, 0.6], [2.0, 5.0, 1.0], [0.6, 1.0, 3.0]];
        let wanted = [1.0, -2.0, 0.5];
        let right = matrix.map(|row| row.iter().zip(wanted).map(|(m, x)| m * x).sum());
        let x = solve(&matrix, &right).expect("positive definite");
        for (x, wanted) in x.iter().zip(wanted) {
            assert!((x - wanted).abs() < 1e-12, "{x} {wanted}");
        }
        assert_eq!(solve(&[[1.0, 2.0], [2.0, 1.0]], &[1.0, 1.0]), None);
        assert_eq!(solve(&[[f64::NAN]], &[1.0]), None);
    }

    #[test]
    fn finds_a_curved_valleys_floor() {
        // Rosenbrock's function as two residuals; its minimum is at (1, 1).
        let found = minimise([0.0, 0.8], &[10.0; 2], &[1e-6; 2], |p, out| {
            out.extend([10.0 * (p[1] - p[0] * p[0]), 1.0 - p[0]]);
        })
        .expect("finite");
        assert!(found.cost < 1e-12, "{found:?}");
        assert!((found.at[0] - 1.0).abs() < 1e-5, "{found:?}");
    }

    #[test]
    fn deviation_is_that_of_the_weighted_mean() {
        // Two measurements of one number, SD 3 and 4: together 2.4.
        let found = minimise([0.0], &[100.0], &[1e-4], |p, out| {
            out.extend([(p[0] - 10.0) / 3.0, (p[0] - 12.0) / 4.0]);
        })
        .expect("finite");
        assert!((found.deviation(0).expect("determined") - 2.4).abs() < 1e-6);
        assert_eq!(found.deviation(1), None);
    }

    #[test]
    fn stays_within_its_limits_and_refuses_not_a_number() {
        let found = minimise([0.0], &[0.5], &[1e-5], |p, out| out.push(p[0] - 3.0));
        assert_eq!(found.expect("finite").at, [0.5]);
        assert!(minimise([0.0], &[1.0], &[1e-5], |_, out| out.push(f64::NAN)).is_none());
    }
}
