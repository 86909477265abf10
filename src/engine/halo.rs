//! The part of the impressions' shadow that is no dot: light wanders sideways
//! in the skin, past the pigment, and comes out a millimetre away. It has no
//! detail, so that a coarse grid of nodes holds it, read straight between them.
//! What overlapping halos take in all is [`super::shade::halo_share`]'s to say.

use super::image::Rect;
use super::impressions::Dot;
use super::lay::ONE_Q12;
use super::shade::halo_share;

/// Fraction bits of a node's coverage.
const NODE_BITS: u32 = 20;
/// Nodes beyond the photo on each side, for what comes in from there.
const PAD: usize = 3;
/// Finest spacing of nodes, px: below it the grid would be dearer than pixels.
/// Photos that come there are small.
pub(super) const MIN_SPACING_PX: f32 = 1.5;
/// How far from its impression a halo reaches, in spacings: one and a half for
/// the parabolas it is laid with, one for reading between nodes.
pub(super) const REACH: f64 = 2.5;

/// Coverage by halos over a whole photo.
#[derive(Debug, Clone, Default)]
pub(super) struct Halo {
    spacing_px: f32,
    columns: usize,
    rows: usize,
    /// Mean coverage around each node, Q20.
    nodes: Vec<i32>,
}

impl Halo {
    /// Nothing, over a photo of that size. Not-a-number counts as the finest
    /// spacing.
    pub(super) fn clear(&mut self, spacing_px: f32, width: u32, height: u32) {
        // `max` takes not-a-number to the bound.
        self.spacing_px = spacing_px.max(MIN_SPACING_PX);
        let nodes = |size: u32| (size as f32 / self.spacing_px) as usize + 1 + 2 * PAD;
        (self.columns, self.rows) = (nodes(width), nodes(height));
        self.nodes.clear();
        self.nodes.resize(self.columns * self.rows, 0);
    }

    /// Adds an impression's halo, or takes it away: parabolas over three by
    /// three nodes, whose shares add up to the whole.
    pub(super) fn lay<const AWAY: bool>(&mut self, dot: &Dot) {
        let along = |p: f32| {
            let at = p / self.spacing_px - 0.5 + PAD as f32;
            let node = (at + 0.5).floor();
            let d = at - node;
            let square = |v: f32| 0.5 * v * v;
            (
                node as i32 - 1,
                [square(0.5 - d), 0.75 - d * d, square(0.5 + d)],
            )
        };
        let ((left, across), (top, down)) = (along(dot.x), along(dot.y));
        let fits = |first: i32, count: usize| first >= 0 && (first as usize) + 3 <= count;
        if !(fits(left, self.columns) && fits(top, self.rows)) {
            return;
        }
        let amount = dot.halo_px / (self.spacing_px * self.spacing_px) * (1 << NODE_BITS) as f32;
        let rows = self.nodes.chunks_exact_mut(self.columns).skip(top as usize);
        for (row, down) in rows.zip(down) {
            let nodes = row.iter_mut().skip(left as usize);
            for (node, across) in nodes.zip(across) {
                let share = (amount * down * across + 0.5) as i32;
                *node = if AWAY {
                    node.wrapping_sub(share)
                } else {
                    node.wrapping_add(share)
                };
            }
        }
    }

    /// What lies over the pixels of `rect`, row by row.
    pub(super) fn over(&self, rect: Rect, stride: usize) -> Rows<'_> {
        let places = (0..stride).map(|x| {
            let (node, way) = self.before(rect.x + x as u32);
            (node.min(self.columns.saturating_sub(2)) as u32, way)
        });
        Rows {
            halo: self,
            places: places.collect(),
            upper: usize::MAX,
            between: [vec![0; stride], vec![0; stride]],
            shares: Vec::new(),
        }
    }

    /// The node before a pixel's centre and the way from there to the next,
    /// 0–1.
    fn before(&self, pixel: u32) -> (usize, f32) {
        let at = (pixel as f32 + 0.5) / self.spacing_px - 0.5 + PAD as f32;
        let node = at.floor();
        (node as usize, at - node)
    }
}

/// Rows of pixels between rows of nodes.
pub(super) struct Rows<'a> {
    halo: &'a Halo,
    /// For each column of pixels, the node before it and the way to the next.
    places: Vec<(u32, f32)>,
    /// Which row of nodes the first of `between` is of.
    upper: usize,
    /// Two rows of nodes, as wide as the pixels, Q12.
    between: [Vec<i16>; 2],
    /// Room for what one row of nodes takes, Q12.
    shares: Vec<f32>,
}

impl Rows<'_> {
    /// The rows of nodes above and below row `y` of the photo, each as wide as
    /// the pixels, and the way from the upper to the lower, Q15.
    pub(super) fn around(&mut self, y: u32) -> (&[i16], &[i16], i16) {
        let (row, way) = self.halo.before(y);
        if self.upper != row {
            if self.upper.wrapping_add(1) == row {
                self.between.swap(0, 1);
            } else {
                self.fill(0, row);
            }
            self.fill(1, row + 1);
            self.upper = row;
        }
        let [upper, lower] = &self.between;
        (upper, lower, (way * f32::from(i16::MAX)) as i16)
    }

    fn fill(&mut self, which: usize, row: usize) {
        let from = row * self.halo.columns;
        let nodes = self.halo.nodes.get(from..from + self.halo.columns);
        let (Some(nodes), Some(out)) = (nodes, self.between.get_mut(which)) else {
            return;
        };
        let ends = (self.places.first(), self.places.last());
        let (Some((first, _)), Some((last, _))) = ends else {
            return;
        };
        let used = nodes.get(*first as usize..*last as usize + 2);
        self.shares.clear();
        self.shares
            .extend(used.unwrap_or(&[]).iter().map(|node| taken_q12(*node)));
        for (out, (node, way)) in out.iter_mut().zip(&self.places) {
            let near = self.shares.get((node - first) as usize..);
            let Some(&[a, b]) = near.and_then(|n| n.first_chunk()) else {
                continue;
            };
            *out = (a + (b - a) * way + 0.5) as i16;
        }
    }
}

/// What a node's halos take together, Q12.
fn taken_q12(node: i32) -> f32 {
    if node == 0 {
        return 0.0;
    }
    let coverage = f64::from(node) / f64::from(1 << NODE_BITS);
    (f64::from(ONE_Q12) * halo_share(coverage)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot(x: f32, y: f32, halo_px: f32) -> Dot {
        Dot {
            x,
            y,
            sxx: 1.0,
            sxy: 0.0,
            syy: 1.0,
            area_px: 0.0,
            halo_px,
        }
    }

    /// What the halos take over a photo of 64 × 64 px, px.
    fn sum(halo: &Halo) -> f64 {
        let photo = Rect {
            x: 0,
            y: 0,
            width: 64,
            height: 64,
        };
        let mut rows = halo.over(photo, 64);
        let mut sum = 0.0;
        for y in 0..64 {
            let (upper, lower, way) = rows.around(y);
            let way = f64::from(way) / 32768.0;
            let at = |(a, b): (&i16, &i16)| f64::from(*a) + (f64::from(*b) - f64::from(*a)) * way;
            sum += upper.iter().zip(lower).map(at).sum::<f64>();
        }
        sum / f64::from(ONE_Q12)
    }

    #[test]
    fn a_faint_halo_takes_what_it_is_wherever_it_lies() {
        for (x, y) in [(32.0, 32.0), (30.3, 35.9), (27.7, 31.1)] {
            let mut halo = Halo::default();
            halo.clear(5.0, 64, 64);
            halo.lay::<false>(&dot(x, y, 2.0));
            assert!((sum(&halo) - 2.0).abs() < 0.06, "{}", sum(&halo));
        }
    }

    #[test]
    fn what_is_taken_away_leaves_nothing() {
        let mut halo = Halo::default();
        halo.clear(4.3, 64, 64);
        let all = [
            dot(3.0, 9.1, 0.7),
            dot(60.2, 1.4, 2.3),
            dot(f32::NAN, 4.0, 1.0),
        ];
        all.iter().for_each(|one| halo.lay::<false>(one));
        assert!(sum(&halo) > 1.0);
        all.iter().for_each(|one| halo.lay::<true>(one));
        assert!(halo.nodes.iter().all(|node| *node == 0));
    }

    #[test]
    fn overlapping_halos_never_take_all() {
        let mut halo = Halo::default();
        halo.clear(4.0, 64, 64);
        for i in 0..4000 {
            halo.lay::<false>(&dot((i % 64) as f32, (i / 64) as f32, 9.0));
        }
        let share = sum(&halo) / (64.0 * 64.0);
        assert!((0.88..0.93).contains(&share), "{share}");
    }
}
