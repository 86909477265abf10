//! How far each place of the scalp lies behind the hairline.
//!
//! The distance is kept on a grid of nodes that cover the head, so that a
//! hundred thousand candidates read it cheaply. The grid is laid out in an
//! azimuthal chart about the vertex; distances are measured in three
//! dimensions on the head, not in the chart.

use glam::{DVec3, Vec3};

use super::outline::{Outline, around_ears};

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
    /// Squared distance to the line around the ears and the nape, mm²: the
    /// part of every outline that no design moves.
    around_ears_mm2: Vec<f32>,
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
    told: Vec<u16>,
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
        let mut grid = Self {
            semi_axes_mm,
            nodes_mm: (0..SIDE * SIDE).map(node).collect(),
            around_ears_mm2: Vec::new(),
        };
        // Whichever side of some outline a node will be on.
        let outside = vec![false; SIDE * SIDE];
        let (mut squared, mut told) = (Vec::new(), Vec::new());
        let line = around_ears(semi_axes_mm);
        sweep(&grid, &line, &outside, &mut squared, &mut told);
        grid.around_ears_mm2 = squared;
        grid
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

impl Cell {
    /// The place in the chart about the vertex, mm on a standard head: to the
    /// person's left and to the front.
    #[must_use]
    pub fn chart_mm(self) -> [f32; 2] {
        let (column, row) = (self.index as usize % SIDE, self.index as usize / SIDE);
        let middle = 0.5 * (SIDE - 1) as f32;
        [column as f32 + self.fx, row as f32 + self.fy].map(|v| (v - middle) * STEP_MM as f32)
    }
}

impl SignedDistance {
    /// As if there were no hairline: everything lies deep behind it.
    #[must_use]
    pub fn deep_inside() -> Self {
        Self {
            mm: vec![REACH_MM; SIDE * SIDE],
            ..Self::default()
        }
    }

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
    mark_outside(grid, outline, &mut out.outside);
    let line: Vec<DVec3> = outline.moving_mm().collect();
    sweep(grid, &line, &out.outside, &mut out.mm, &mut out.told);
    let nodes = out.mm.iter_mut().zip(&grid.around_ears_mm2);
    for ((squared, around_ears), outside) in nodes.zip(&out.outside) {
        let mm = squared.min(*around_ears).sqrt().min(REACH_MM);
        *squared = if *outside { -mm } else { mm };
    }
}

/// Squared distance of every node near the line to its nearest piece, mm².
fn sweep(
    grid: &Grid,
    line: &[DVec3],
    outside: &[bool],
    squared: &mut Vec<f32>,
    told: &mut Vec<u16>,
) {
    squared.clear();
    squared.resize(grid.nodes_mm.len(), f32::MAX);
    told.clear();
    told.resize(grid.nodes_mm.len(), NOBODY);
    let segments = segments(line);
    let mut sweep = Sweep {
        outside,
        grid,
        segments: &segments,
        squared,
        told,
    };
    sweep.seed(line);
    sweep.spread();
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

fn segments(line: &[DVec3]) -> Vec<Segment> {
    line.windows(2)
        .take(NOBODY as usize)
        .map(|pair| {
            let along = (pair[1] - pair[0]).as_vec3();
            Segment {
                from: pair[0].as_vec3(),
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
    /// Squared distance to the nearest piece found so far, mm².
    squared: &'a mut [f32],
    /// That piece, where the node is near enough to tell its neighbours of
    /// it; beyond, distances are cut off anyhow.
    told: &'a mut [u16],
}

impl Sweep<'_> {
    /// Tries pieces on a node; `NOBODY` is none.
    #[inline(always)]
    fn offer(&mut self, node: usize, pieces: impl IntoIterator<Item = u16>) {
        let (Some(p), Some(squared), Some(told), Some(outside)) = (
            self.grid.nodes_mm.get(node),
            self.squared.get_mut(node),
            self.told.get_mut(node),
            self.outside.get(node),
        ) else {
            return;
        };
        let spread_mm = if *outside {
            SPREAD_OUTSIDE_MM
        } else {
            SPREAD_INSIDE_MM
        };
        let mut tried = *told;
        for piece in pieces {
            if piece == tried {
                continue;
            }
            tried = piece;
            let Some(segment) = self.segments.get(piece as usize) else {
                continue;
            };
            let found = segment.distance_squared(*p);
            if found < *squared {
                *squared = found;
                if found <= spread_mm * spread_mm {
                    *told = piece;
                }
            }
        }
    }

    /// Offers every piece to the nodes right around it.
    fn seed(&mut self, line: &[DVec3]) {
        for (i, from) in line.iter().enumerate().take(self.segments.len()) {
            let (x, y) = chart_from_dir(*from / self.grid.semi_axes_mm);
            let (x, y) = (x.max(1.0) as usize - 1, y.max(1.0) as usize - 1);
            for row in y..(y + 4).min(SIDE) {
                for column in x..(x + 4).min(SIDE) {
                    self.offer(row * SIDE + column, [i as u16]);
                }
            }
        }
    }

    /// Down and up again, each row first one way and then the other. The
    /// grid's outermost nodes are left out: they lie past the nape.
    fn spread(&mut self) {
        const UP: usize = SIDE;
        let inner = |row: usize| row * SIDE + 1..row * SIDE + SIDE - 1;
        // Rows near which nobody knows of any piece stay as they are: a third of
        // them and more.
        for row in 1..SIDE - 1 {
            if !(self.tells(row - 1) || self.tells(row)) {
                continue;
            }
            for node in inner(row) {
                self.ask(node, [node - 1, node - UP - 1, node - UP, node - UP + 1]);
            }
            for node in inner(row).rev() {
                self.ask(node, [node + 1]);
            }
        }
        for row in (1..SIDE - 1).rev() {
            if !(self.tells(row + 1) || self.tells(row)) {
                continue;
            }
            for node in inner(row).rev() {
                self.ask(node, [node + 1, node + UP + 1, node + UP, node + UP - 1]);
            }
            for node in inner(row) {
                self.ask(node, [node - 1]);
            }
        }
    }

    /// Whether some node of a row has a piece to tell of.
    fn tells(&self, row: usize) -> bool {
        let nodes = self.told.get(row * SIDE..(row + 1) * SIDE);
        nodes.is_some_and(|nodes| nodes.iter().any(|piece| *piece != NOBODY))
    }

    /// Tries the neighbours' pieces on a node.
    #[inline(always)]
    fn ask<const N: usize>(&mut self, node: usize, neighbours: [usize; N]) {
        let pieces = neighbours.map(|n| self.told.get(n).copied().unwrap_or(NOBODY));
        // Most of the head is far from the line: nobody, and no more asked.
        if pieces.iter().any(|piece| *piece != NOBODY) {
            self.offer(node, pieces);
        }
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
#[path = "region_tests.rs"]
mod tests;
