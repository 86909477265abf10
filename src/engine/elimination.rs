//! Progressive weighted sample elimination: orders scattered points so that
//! every beginning of the order is as evenly spread as can be.
//!
//! From M points the most crowded one is taken away, again and again. A
//! point's crowding is the sum over its neighbours of (1 − d/2r)⁸, with r the
//! largest radius at which the wanted number of discs still packs. When half
//! are left, r grows to suit the next half, and so on down; what was taken
//! away last comes first in the order. (C. Yuksel, "Sample Elimination for
//! Generating Poisson Disk Sample Sets", 2015.)

use glam::Vec3;

/// Where points lie, as far as neighbourhood goes.
pub(crate) trait Spread {
    /// Copies of `p` that neighbour the region within `reach` mm, where the
    /// surface closes on itself.
    fn ghosts(&self, p: Vec3, reach: f32) -> [Option<Vec3>; 3];
    /// Corner of the points' bounding box with the smallest coordinates, mm.
    fn lowest_corner(&self) -> Vec3;
    /// Corner of the points' bounding box with the largest coordinates, mm.
    fn highest_corner(&self) -> Vec3;
}

/// Below this many points the order no longer matters to any eye.
const LAST_LEVEL: usize = 8;

/// Indices of the `keep` best spread of `points`, best beginning first.
/// `area_mm2` is the area over which they lie.
#[must_use]
pub(crate) fn elimination_order(
    points: &[Vec3],
    keep: usize,
    area_mm2: f64,
    spread: &impl Spread,
) -> Vec<u32> {
    let mut alive: Vec<u32> = (0..points.len() as u32).collect();
    let mut backwards = Vec::with_capacity(points.len());
    let mut target = keep.min(points.len());
    loop {
        // A hexagonal packing of `target` discs of radius r covers the area.
        let radius = (area_mm2 / (2.0 * 3.0_f64.sqrt() * target.max(1) as f64)).sqrt() as f32;
        let at: Vec<Vec3> = alive
            .iter()
            .filter_map(|&i| points.get(i as usize).copied())
            .collect();
        let removed = thin_out(&at, target, 2.0 * radius, spread);
        let mut gone = vec![false; alive.len()];
        for &local in &removed {
            if let (Some(gone), Some(&index)) =
                (gone.get_mut(local as usize), alive.get(local as usize))
            {
                *gone = true;
                backwards.push(index);
            }
        }
        let mut gone = gone.into_iter();
        alive.retain(|_| !gone.next().unwrap_or(false));
        if target <= LAST_LEVEL {
            break;
        }
        target /= 2;
    }
    backwards.extend(alive);
    backwards.reverse();
    backwards.truncate(keep);
    backwards
}

/// Removes the most crowded points until `target` are left; the removed, in
/// order.
fn thin_out(points: &[Vec3], target: usize, reach: f32, spread: &impl Spread) -> Vec<u32> {
    let neighbours = Neighbours::find(points, reach, spread);
    let crowding = (0..points.len())
        .map(|i| neighbours.of(i).map(|(_, w)| w).sum())
        .collect();
    let mut heap = Heap::new(crowding);
    let mut removed = Vec::with_capacity(points.len().saturating_sub(target));
    while removed.len() + target < points.len() {
        let Some(most) = heap.pop() else { break };
        for (other, weight) in neighbours.of(most as usize) {
            heap.lower(other, weight);
        }
        removed.push(most);
    }
    removed
}

/// Who neighbours whom, and with what weight.
struct Neighbours {
    starts: Vec<u32>,
    others: Vec<(u32, f32)>,
}

impl Neighbours {
    fn find(points: &[Vec3], reach: f32, spread: &impl Spread) -> Self {
        let grid = Grid::new(points, reach, spread);
        let mut starts = Vec::with_capacity(points.len() + 1);
        let mut others = Vec::with_capacity(points.len() * 8);
        starts.push(0);
        for (i, &p) in points.iter().enumerate() {
            grid.near(p, |j, q| {
                let square = p.distance_squared(q);
                if j != i as u32 && square < reach * reach {
                    let x = 1.0 - square.sqrt() / reach;
                    let x4 = x * x * x * x;
                    others.push((j, x4 * x4));
                }
            });
            starts.push(others.len() as u32);
        }
        Self { starts, others }
    }

    fn of(&self, i: usize) -> impl Iterator<Item = (u32, f32)> + '_ {
        let from = self.starts.get(i).copied().unwrap_or(0) as usize;
        let to = self.starts.get(i + 1).copied().unwrap_or(0) as usize;
        self.others.get(from..to).unwrap_or(&[]).iter().copied()
    }
}

/// Points and ghosts sorted into cubes of the reach's edge.
struct Grid {
    origin: Vec3,
    per_mm: f32,
    size: [usize; 3],
    starts: Vec<u32>,
    entries: Vec<(u32, Vec3)>,
}

impl Grid {
    fn new(points: &[Vec3], reach: f32, spread: &impl Spread) -> Self {
        let origin = spread.lowest_corner() - Vec3::splat(1.5 * reach);
        let extent = spread.highest_corner() - origin + Vec3::splat(1.5 * reach);
        let per_mm = 1.0 / reach;
        let size = (extent * per_mm).to_array().map(|s| s as usize + 1);
        let mut grid = Self {
            origin,
            per_mm,
            size,
            starts: vec![0; size[0] * size[1] * size[2] + 1],
            entries: Vec::new(),
        };
        let mut placed: Vec<(u32, u32, Vec3)> = Vec::with_capacity(points.len() * 9 / 8);
        for (i, &p) in points.iter().enumerate() {
            placed.push((grid.cell(p), i as u32, p));
            for ghost in spread.ghosts(p, reach).into_iter().flatten() {
                placed.push((grid.cell(ghost), i as u32, ghost));
            }
        }
        // Counting sort: stable, so that the order never hangs on chance.
        for &(cell, ..) in &placed {
            if let Some(count) = grid.starts.get_mut(cell as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut grid.starts {
            sum += *start;
            *start = sum;
        }
        let mut next = grid.starts.clone();
        grid.entries = vec![(0, Vec3::ZERO); placed.len()];
        for (cell, i, p) in placed {
            if let Some(slot) = next.get_mut(cell as usize) {
                if let Some(entry) = grid.entries.get_mut(*slot as usize) {
                    *entry = (i, p);
                }
                *slot += 1;
            }
        }
        grid
    }

    fn coordinates(&self, p: Vec3) -> [usize; 3] {
        ((p - self.origin) * self.per_mm)
            .to_array()
            .map(|c| c.max(0.0) as usize)
    }

    fn index(&self, x: usize, y: usize, z: usize) -> usize {
        (z.min(self.size[2] - 1) * self.size[1] + y.min(self.size[1] - 1)) * self.size[0]
            + x.min(self.size[0] - 1)
    }

    fn cell(&self, p: Vec3) -> u32 {
        let [x, y, z] = self.coordinates(p);
        self.index(x, y, z) as u32
    }

    /// Calls `visit` with everything in the 27 cubes around `p`. The grid is
    /// wide enough that none of them lies outside.
    fn near(&self, p: Vec3, mut visit: impl FnMut(u32, Vec3)) {
        let [x, y, z] = self.coordinates(p);
        for z in z.saturating_sub(1)..=z + 1 {
            for y in y.saturating_sub(1)..=y + 1 {
                // Three cubes in a row lie together in memory.
                let from = self
                    .starts
                    .get(self.index(x.saturating_sub(1), y, z))
                    .copied()
                    .unwrap_or(0);
                let to = self
                    .starts
                    .get(self.index(x + 1, y, z) + 1)
                    .copied()
                    .unwrap_or(0);
                for &(i, q) in self.entries.get(from as usize..to as usize).unwrap_or(&[]) {
                    visit(i, q);
                }
            }
        }
    }
}

/// A binary heap, largest first, whose members can be lowered; ties go to the
/// smaller index.
struct Heap {
    crowding: Vec<f32>,
    heap: Vec<u32>,
    place: Vec<u32>,
}

const GONE: u32 = u32::MAX;

impl Heap {
    fn new(crowding: Vec<f32>) -> Self {
        let n = crowding.len() as u32;
        let mut heap = Self {
            crowding,
            heap: (0..n).collect(),
            place: (0..n).collect(),
        };
        for i in (0..heap.heap.len() / 2).rev() {
            heap.sink(i);
        }
        heap
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "a heap's own places; every index comes from `heap` or is below its length"
    )]
    fn above(&self, a: usize, b: usize) -> bool {
        let (a, b) = (self.heap[a], self.heap[b]);
        let (x, y) = (self.crowding[a as usize], self.crowding[b as usize]);
        x > y || (x == y && a < b)
    }

    #[expect(clippy::indexing_slicing, reason = "as in `above`")]
    fn sink(&mut self, mut i: usize) {
        loop {
            let mut top = i;
            for child in [2 * i + 1, 2 * i + 2] {
                if child < self.heap.len() && self.above(child, top) {
                    top = child;
                }
            }
            if top == i {
                return;
            }
            self.heap.swap(i, top);
            self.place[self.heap[i] as usize] = i as u32;
            self.place[self.heap[top] as usize] = top as u32;
            i = top;
        }
    }

    fn pop(&mut self) -> Option<u32> {
        let most = *self.heap.first()?;
        let last = self.heap.pop()?;
        if let Some(place) = self.place.get_mut(most as usize) {
            *place = GONE;
        }
        if let Some(first) = self.heap.first_mut() {
            *first = last;
            if let Some(place) = self.place.get_mut(last as usize) {
                *place = 0;
            }
            self.sink(0);
        }
        Some(most)
    }

    fn lower(&mut self, member: u32, by: f32) {
        let place = self.place.get(member as usize).copied().unwrap_or(GONE);
        if place != GONE {
            if let Some(crowding) = self.crowding.get_mut(member as usize) {
                *crowding -= by;
            }
            self.sink(place as usize);
        }
    }
}
