//! How far each place of the scalp lies behind the hairline.
//!
//! The distance is kept on a grid of nodes that cover the head, so that a
//! hundred thousand candidates read it cheaply. The grid is laid out in an
//! azimuthal chart about the vertex; distances are measured in three
//! dimensions on the head, not in the chart.

use glam::{DVec3, Vec3};

use super::outline::Outline;

/// Distances are held to ± this, mm: the density's ramp ends at the longest
/// transition zone plus 25 mm (`engine::dots`).
pub const REACH_MM: f32 = 40.0;
/// Radius that turns the chart's angle into lengths, mm: the mean of the
/// standard head's semi-axes, so that chart and skin lengths are alike.
const CHART_RADIUS_MM: f64 = 88.0;
/// Spacing of the nodes, mm of the chart. At 2.5 mm reading between nodes
/// errs by under 0.5 mm within 15 mm of the line, creases included (tested).
const STEP_MM: f64 = 2.5;
/// Nodes per side. They reach 128° from the vertex, past the nape.
const SIDE: usize = 160;

/// The nodes on one head.
#[derive(Debug, Clone)]
pub struct Grid {
    semi_axes_mm: DVec3,
    nodes_mm: Vec<Vec3>,
}

/// A place between four nodes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Node at the lower corner.
    pub index: u32,
    /// Way to the next column, 0–1.
    pub fx: f32,
    /// Way to the next row, 0–1.
    pub fy: f32,
}

/// Signed distance to the hairline at every node, mm, positive inside.
#[derive(Debug, Clone, Default)]
pub struct SignedDistance {
    mm: Vec<f32>,
    nearest: Vec<u16>,
    outside: Vec<bool>,
}

/// How far from the line nodes still tell their neighbours of it, mm. Inside
/// the reach, outside as far as the largest waves throw the line (6 mm and
/// 4 mm, `engine::params`) and more; and the way to a neighbour across a
/// node's square.
const SPREAD_INSIDE_MM: f32 = REACH_MM + 5.0;
const SPREAD_OUTSIDE_MM: f32 = 20.0 + 5.0;
const NOBODY: u16 = u16::MAX;

/// Chart coordinates in node spacings from the grid's corner.
fn chart_from_dir(dir: DVec3) -> (f64, f64) {
    let across = (dir.x * dir.x + dir.z * dir.z).sqrt();
    let theta = libm::atan2(across, dir.y);
    let reach = theta * CHART_RADIUS_MM / STEP_MM;
    let middle = 0.5 * (SIDE - 1) as f64;
    if across > 0.0 {
        (
            middle + reach * dir.x / across,
            middle + reach * dir.z / across,
        )
    } else {
        (middle, middle)
    }
}

fn dir_from_chart(x: f64, y: f64) -> DVec3 {
    let middle = 0.5 * (SIDE - 1) as f64;
    let (x, y) = (x - middle, y - middle);
    let reach = (x * x + y * y).sqrt();
    // The corners of the square lie past the chart's end, the lowest point of
    // the head; nobody reads them.
    let theta = (reach * STEP_MM / CHART_RADIUS_MM).min(3.0);
    let sin = if reach > 0.0 {
        libm::sin(theta) / reach
    } else {
        0.0
    };
    DVec3::new(x * sin, libm::cos(theta), y * sin)
}

impl Grid {
    /// The grid of a head with these semi-axes.
    #[must_use]
    pub fn new(semi_axes_mm: DVec3) -> Self {
        let node = |i: usize| {
            (dir_from_chart((i % SIDE) as f64, (i / SIDE) as f64) * semi_axes_mm).as_vec3()
        };
        Self {
            semi_axes_mm,
            nodes_mm: (0..SIDE * SIDE).map(node).collect(),
        }
    }

    /// Where to read the distance at a point of the head (mm). Points past
    /// the grid's edge read the edge.
    #[must_use]
    pub fn cell(&self, p_mm: DVec3) -> Cell {
        let (x, y) = chart_from_dir((p_mm / self.semi_axes_mm).normalize_or(DVec3::Y));
        let last = (SIDE - 2) as f64;
        let (column, row) = (x.floor().clamp(0.0, last), y.floor().clamp(0.0, last));
        Cell {
            index: (row as usize * SIDE + column as usize) as u32,
            fx: (x - column).clamp(0.0, 1.0) as f32,
            fy: (y - row).clamp(0.0, 1.0) as f32,
        }
    }
}

impl SignedDistance {
    /// The distance at a place, mm, straight between the nodes; far outside
    /// where nothing was worked out yet.
    #[must_use]
    #[inline]
    pub fn at(&self, cell: Cell) -> f32 {
        let index = cell.index as usize;
        // One slice for all four nodes: one check.
        let Some(near) = self.mm.get(index..index + SIDE + 2) else {
            return -REACH_MM;
        };
        let low = near[0] + (near[1] - near[0]) * cell.fx;
        let high = near[SIDE] + (near[SIDE + 1] - near[SIDE]) * cell.fx;
        low + (high - low) * cell.fy
    }
}

/// Works out the distance of every node from the outline, into `out`.
pub fn signed_distance(grid: &Grid, outline: &Outline, out: &mut SignedDistance) {
    let segments = segments(outline);
    out.mm.clear();
    out.mm.resize(grid.nodes_mm.len(), f32::MAX);
    out.nearest.clear();
    out.nearest.resize(grid.nodes_mm.len(), NOBODY);
    mark_outside(grid, outline, &mut out.outside);
    let mut sweep = Sweep {
        outside: &out.outside,
        grid,
        segments: &segments,
        squared: &mut out.mm,
        nearest: &mut out.nearest,
    };
    sweep.seed(outline);
    sweep.spread();
    for (squared, outside) in out.mm.iter_mut().zip(&out.outside) {
        let mm = squared.sqrt().min(REACH_MM);
        *squared = if *outside { -mm } else { mm };
    }
}

/// A piece of the line: its start, its direction times length, and one over
/// its squared length.
struct Segment {
    from: Vec3,
    along: Vec3,
    per_square: f32,
}

impl Segment {
    fn distance_squared(&self, p: Vec3) -> f32 {
        let t = ((p - self.from).dot(self.along) * self.per_square).clamp(0.0, 1.0);
        (p - self.from - self.along * t).length_squared()
    }
}

fn segments(outline: &Outline) -> Vec<Segment> {
    let next = outline.points_mm.iter().cycle().skip(1);
    outline
        .points_mm
        .iter()
        .zip(next)
        .map(|(from, to)| {
            let along = (*to - *from).as_vec3();
            Segment {
                from: from.as_vec3(),
                along,
                per_square: 1.0 / along.length_squared().max(1e-6),
            }
        })
        .collect()
}

/// Carries to each node the nearest piece of line, from neighbour to
/// neighbour: a node's nearest piece is nearly always also a neighbour's.
struct Sweep<'a> {
    outside: &'a [bool],
    grid: &'a Grid,
    segments: &'a [Segment],
    squared: &'a mut [f32],
    nearest: &'a mut [u16],
}

impl Sweep<'_> {
    fn offer(&mut self, node: usize, segment: u16) {
        let (Some(p), Some(candidate)) = (
            self.grid.nodes_mm.get(node),
            self.segments.get(segment as usize),
        ) else {
            return;
        };
        let squared = candidate.distance_squared(*p);
        if let (Some(best), Some(nearest)) =
            (self.squared.get_mut(node), self.nearest.get_mut(node))
            && squared < *best
        {
            *best = squared;
            *nearest = segment;
        }
    }

    /// Offers every piece to the nodes right around it.
    fn seed(&mut self, outline: &Outline) {
        for (i, from) in outline.points_mm.iter().enumerate().take(NOBODY as usize) {
            let (x, y) = chart_from_dir(*from / self.grid.semi_axes_mm);
            let (x, y) = (x.max(1.0) as usize - 1, y.max(1.0) as usize - 1);
            for row in y..(y + 4).min(SIDE) {
                for column in x..(x + 4).min(SIDE) {
                    self.offer(row * SIDE + column, i as u16);
                }
            }
        }
    }

    /// Down and up again, each row first one way and then the other. The
    /// grid's outermost nodes are left out: they lie past the nape.
    fn spread(&mut self) {
        const UP: usize = SIDE;
        let inner = |row: usize| row * SIDE + 1..row * SIDE + SIDE - 1;
        for row in 1..SIDE - 1 {
            for node in inner(row) {
                self.ask(node, [node - 1, node - UP - 1, node - UP, node - UP + 1]);
            }
            for node in inner(row).rev() {
                self.ask(node, [node + 1]);
            }
        }
        for row in (1..SIDE - 1).rev() {
            for node in inner(row).rev() {
                self.ask(node, [node + 1, node + UP + 1, node + UP, node + UP - 1]);
            }
            for node in inner(row) {
                self.ask(node, [node - 1]);
            }
        }
    }

    /// Tries the neighbours' pieces on a node.
    #[inline(always)]
    fn ask<const N: usize>(&mut self, node: usize, neighbours: [usize; N]) {
        for neighbour in neighbours {
            let (Some(&theirs), Some(&ours)) =
                (self.nearest.get(neighbour), self.nearest.get(node))
            else {
                continue;
            };
            // Most of the head is far from the line: nobody, and no more asked.
            if theirs != NOBODY && theirs != ours && self.is_near(neighbour) {
                self.offer(node, theirs);
            }
        }
    }

    /// Whether a node is near enough to the line to tell its neighbours of it;
    /// beyond, distances are cut off anyhow.
    #[inline(always)]
    fn is_near(&self, node: usize) -> bool {
        let spread_mm = match self.outside.get(node) {
            Some(false) => SPREAD_INSIDE_MM,
            _ => SPREAD_OUTSIDE_MM,
        };
        self.squared
            .get(node)
            .is_some_and(|mm2| *mm2 <= spread_mm * spread_mm)
    }
}

/// Marks the nodes outside the line: along each row of nodes the line is
/// crossed an odd number of times before every node inside.
fn mark_outside(grid: &Grid, outline: &Outline, outside: &mut Vec<bool>) {
    outside.clear();
    outside.resize(grid.nodes_mm.len(), false);
    let corners: Vec<(f64, f64)> = outline
        .points_mm
        .iter()
        .map(|p| chart_from_dir(*p / grid.semi_axes_mm))
        .collect();
    let mut crossings: Vec<Vec<f64>> = vec![Vec::new(); SIDE];
    for (from, to) in corners.iter().zip(corners.iter().cycle().skip(1)) {
        let (low, high) = if from.1 <= to.1 {
            (from, to)
        } else {
            (to, from)
        };
        let rows = low.1.max(0.0).ceil() as usize..high.1.max(0.0).ceil() as usize;
        for (row, crossings) in crossings
            .iter_mut()
            .enumerate()
            .take(rows.end)
            .skip(rows.start)
        {
            crossings.push(low.0 + (high.0 - low.0) * (row as f64 - low.1) / (high.1 - low.1));
        }
    }
    for (row, crossings) in outside.chunks_exact_mut(SIDE).zip(&mut crossings) {
        crossings.sort_by(f64::total_cmp);
        let mut passed = 0;
        for (column, outside) in row.iter_mut().enumerate() {
            while crossings.get(passed).is_some_and(|x| *x <= column as f64) {
                passed += 1;
            }
            *outside = passed % 2 == 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::anthropometry::STANDARD_SEMI_AXES_MM as AXES;
    use crate::engine::outline::outline;
    use crate::engine::styles::Style;

    #[test]
    fn chart_and_head_agree_both_ways() {
        for i in 0..SIDE * SIDE {
            let (x, y) = ((i % SIDE) as f64, (i / SIDE) as f64);
            let dir = dir_from_chart(x, y);
            if dir.y > -0.6 {
                let back = chart_from_dir(dir);
                assert!(
                    (back.0 - x).abs() < 1e-9 && (back.1 - y).abs() < 1e-9,
                    "{x} {y}"
                );
            }
        }
    }

    /// The plain way: the nearest of all segments.
    fn brute_mm(line: &Outline, p: Vec3) -> f32 {
        segments(line)
            .iter()
            .map(|s| s.distance_squared(p))
            .fold(f32::MAX, f32::min)
            .sqrt()
    }

    #[test]
    fn distances_are_those_of_the_nearest_piece() {
        let grid = Grid::new(AXES);
        for style in Style::ALL {
            let line = outline(&style.hairline(), AXES);
            let mut distance = SignedDistance::default();
            signed_distance(&grid, &line, &mut distance);
            let mut worst = 0.0_f32;
            for i in 0..4000 {
                let t = f64::from(i);
                let turn = t * 2.399_963;
                let y = 1.0 - t / 4000.0 * 1.4;
                let r = (1.0 - y * y).sqrt();
                let p = DVec3::new(r * libm::cos(turn), y, r * libm::sin(turn)) * AXES;
                let truth = brute_mm(&line, p.as_vec3());
                let got = distance.at(grid.cell(p)).abs();
                // Closer than a node's spacing the sign may lie between them.
                if (2.5..15.0).contains(&truth) {
                    worst = worst.max((truth - got).abs());
                }
            }
            // An edge-up's sharp corner lies between nodes: 0.51 mm there.
            assert!(worst < 0.6, "{style:?}: {worst:.2} mm");
        }
    }

    #[test]
    fn inside_is_inside() {
        let grid = Grid::new(AXES);
        let line = outline(&Style::Soft.hairline(), AXES);
        let mut distance = SignedDistance::default();
        signed_distance(&grid, &line, &mut distance);
        let at =
            |x: f64, y: f64, z: f64| distance.at(grid.cell(DVec3::new(x, y, z).normalize() * AXES));
        // Vertex, crown, above the ears; then brow, cheek, neck.
        for (x, y, z) in [
            (0.0, 1.0, 0.0),
            (0.0, 0.7, -0.7),
            (0.8, 0.6, 0.0),
            (-0.8, 0.6, 0.0),
        ] {
            assert!(at(x, y, z) > 10.0, "{x} {y} {z}: {}", at(x, y, z));
        }
        for (x, y, z) in [
            (0.0, 0.0, 1.0),
            (0.5, -0.1, 0.8),
            (-0.5, -0.1, 0.8),
            (0.0, -0.8, -0.4),
        ] {
            assert!(at(x, y, z) < 0.0, "{x} {y} {z}: {}", at(x, y, z));
        }
    }
}
