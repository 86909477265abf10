//! Square planes of numbers, one to a cell, and the smoothing that all else
//! here is made of. Closures are called, not compiled in, because the worker has
//! no room to spare.

/// One number to each cell of a square, rows from the top.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plane {
    /// Cells along a side, at least 1.
    pub(super) side: usize,
    /// `side`² numbers.
    pub(super) v: Vec<f32>,
}

impl Plane {
    /// A plane made of each cell's column and row.
    pub(super) fn of(side: usize, make: &dyn Fn(usize, usize) -> f32) -> Self {
        let cells = (0..side * side).map(|i| (i % side, i / side));
        Self {
            side,
            v: cells.map(|(x, y)| make(x, y)).collect(),
        }
    }

    /// A plane made of two, cell by cell.
    pub(super) fn with(&self, other: &Self, make: &dyn Fn(f32, f32) -> f32) -> Self {
        let both = self.v.iter().zip(&other.v);
        Self {
            side: self.side,
            v: both.map(|(a, b)| make(*a, *b)).collect(),
        }
    }

    /// The mean over squares of `2 · radius + 1` cells, as far as they lie on
    /// the plane.
    pub(super) fn mean(&self, radius: usize) -> Self {
        // Means along rows, laid down as columns, twice.
        let across = self.mean_along_rows(radius);
        across.mean_along_rows(radius)
    }

    /// Means along the rows; the result is turned over its diagonal.
    fn mean_along_rows(&self, radius: usize) -> Self {
        let side = self.side;
        let mut out = vec![0.0; side * side];
        for (y, row) in self.v.chunks_exact(side).enumerate() {
            let mut sum: f32 = row.iter().take(radius).sum();
            let mut count = radius.min(side);
            for x in 0..side {
                if let Some(come) = row.get(x + radius) {
                    sum += come;
                    count += 1;
                }
                if let Some(gone) = x.checked_sub(radius + 1) {
                    sum -= row[gone];
                    count -= 1;
                }
                out[x * side + y] = sum / count as f32;
            }
        }
        Self { side, v: out }
    }
}

/// A plane as a straight function of a guide, `slope · guide + rest`, cell by
/// cell: what the guided filter (He, Sun and Tang 2010) makes of a coarse
/// plane. Between cells, with a finer guide, it follows that guide's edges.
#[derive(Debug, Clone)]
pub(super) struct Guided {
    pub(super) slope: Plane,
    pub(super) rest: Plane,
}

impl Guided {
    /// Fits `plane` to `guide` over squares of that radius. `noise` is the
    /// variance of the guide that means nothing.
    pub(super) fn new(guide: &Plane, plane: &Plane, radius: usize, noise: f32) -> Self {
        let mean_guide = guide.mean(radius);
        let mean_plane = plane.mean(radius);
        let together = guide.with(plane, &|g, p| g * p).mean(radius);
        let squares = guide.with(guide, &|g, h| g * h).mean(radius);
        let product = mean_guide.with(&mean_plane, &|g, p| g * p);
        let covariance = together.with(&product, &|a, b| a - b);
        let variance = squares.with(&mean_guide, &|s, m| (s - m * m).max(0.0));
        let slope = covariance.with(&variance, &|c, v| c / (v + noise));
        let moved = slope.with(&mean_guide, &|s, m| s * m);
        let rest = mean_plane.with(&moved, &|p, m| p - m);
        Self {
            slope: slope.mean(radius),
            rest: rest.mean(radius),
        }
    }

    /// The plane at the cells of the guide it was made with.
    pub(super) fn on(&self, guide: &Plane) -> Plane {
        self.slope
            .with(guide, &|s, g| s * g)
            .with(&self.rest, &|a, b| a + b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_means_to_the_edge() {
        let plane = Plane::of(7, &|x, y| (x * 10 + y) as f32);
        let mean = plane.mean(2);
        for y in 0..7_usize {
            for x in 0..7_usize {
                let span = |v: usize| v.saturating_sub(2)..(v + 3).min(7);
                let all: Vec<f32> = span(y)
                    .flat_map(|y| span(x).map(move |x| (x * 10 + y) as f32))
                    .collect();
                let wanted = all.iter().sum::<f32>() / all.len() as f32;
                assert!((mean.v[y * 7 + x] - wanted).abs() < 1e-3, "{x} {y}");
            }
        }
        // Squares larger than the plane.
        assert!((plane.mean(20).v[3] - 33.0).abs() < 1e-3);
    }

    #[test]
    fn a_coarse_edge_moves_to_the_guides() {
        // The guide's edge at 20, the plane's blurred about 22.
        let guide = Plane::of(40, &|x, _| if x < 20 { 0.2 } else { 0.8 });
        let plane = Plane::of(40, &|x, _| ((x as f32 - 18.0) / 8.0).clamp(0.0, 1.0));
        let guided = Guided::new(&guide, &plane, 6, 1e-4).on(&guide);
        let step = guided.v[20 * 40 + 20] - guided.v[20 * 40 + 19];
        assert!(step > 0.5, "{step}");
    }
}
