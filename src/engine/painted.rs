//! The strokes of a person's brush as cells over the photo.
//!
//! A stroke that is being painted grows by a few points at a time, and its
//! picture is wanted at once: strokes that are done are kept apart from the
//! last one, whose own mask is kept too, so that only what is new is drawn.

use glam::DVec2;

use super::corrections::{Corrections, Label, Stroke};
use super::image::Rect;

/// Cells along the photo's longer edge: half the working photo's pixels. Fixed,
/// so that preview and export are corrected alike.
const CELLS: u32 = 1024;
/// Share of a brush's radius over which it fades out at its edge.
const SOFT: f64 = 0.25;

/// What the strokes make of one place, of 255 each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cell([u8; PLANES]);

/// Numbers to a place.
pub(crate) const PLANES: usize = 6;
/// How much of what was known before of the ground still counts.
pub(crate) const KEPT: usize = 0;
/// Bare scalp that strokes add to that.
pub(crate) const SKIN: usize = 1;
/// See [`Label::Treat`].
pub(crate) const TREAT: usize = 2;
/// See [`Label::Untreated`].
pub(crate) const UNTREATED: usize = 3;
/// See [`Label::StripScar`].
pub(crate) const STRIP: usize = 4;
/// See [`Label::DotScars`].
pub(crate) const DOTS: usize = 5;

/// A place that no stroke has been over.
const UNTOUCHED: Cell = Cell([255, 0, 0, 0, 0, 0]);

/// What a stroke of a label makes of the planes it changes.
const fn targets(label: Label) -> &'static [(usize, u8)] {
    match label {
        Label::Skin => &[(KEPT, 0), (SKIN, 255)],
        Label::Hair | Label::LeaveOut => &[(KEPT, 0), (SKIN, 0)],
        Label::Treat => &[(TREAT, 255), (UNTREATED, 0)],
        Label::Untreated => &[(TREAT, 0), (UNTREATED, 255)],
        Label::AsPlanned => &[(TREAT, 0), (UNTREATED, 0), (STRIP, 0), (DOTS, 0)],
        Label::StripScar => &[(STRIP, 255)],
        Label::DotScars => &[(DOTS, 255)],
    }
}

impl Cell {
    /// The cell under a stroke that covers it by `weight` of 255.
    fn under(self, label: Label, weight: u8) -> Self {
        let mut planes = self.0;
        for &(plane, to) in targets(label) {
            let (weight, rest) = (u32::from(weight), u32::from(255 - weight));
            if let Some(value) = planes.get_mut(plane) {
                let sum = u32::from(*value) * rest + u32::from(to) * weight;
                // At most 255: a mean of two bytes.
                *value = ((sum + 127) / 255) as u8;
            }
        }
        Self(planes)
    }
}

/// Corrections, painted. Costs nothing while there are none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Painted {
    strokes: Corrections,
    /// All strokes but the last; empty or all cells.
    settled: Vec<Cell>,
    /// All strokes.
    all: Vec<Cell>,
    /// How far the last stroke covers each cell, of 255.
    mask: Vec<u8>,
    /// Where it does.
    mask_rect: Rect,
    /// Where any stroke does.
    all_rect: Rect,
}

impl Painted {
    /// Brings the cells up to date. Returns the part of the photo that may have
    /// changed: its left, top, right and bottom edge, longer edges of the photo.
    pub(crate) fn update(&mut self, next: &Corrections) -> [f64; 4] {
        let mut changed = Rect::default();
        if !self.leads_to(next) {
            changed = self.all_rect;
            *self = Self::default();
        }
        if self.all.is_empty() && !next.is_empty() {
            let cells = (CELLS * CELLS) as usize;
            self.settled = vec![UNTOUCHED; cells];
            self.all = vec![UNTOUCHED; cells];
            self.mask = vec![0; cells];
        }
        let done = self.strokes.strokes().len();
        let points = self
            .strokes
            .strokes()
            .last()
            .map_or(0, |s| s.points().len());
        for (i, stroke) in next.strokes().iter().enumerate().skip(done.max(1) - 1) {
            if i < done {
                changed = changed.union(self.draw(stroke, points));
            } else {
                self.settle();
                changed = changed.union(self.draw(stroke, 0));
            }
        }
        self.strokes.clone_from(next);
        in_photo(changed)
    }

    /// Whether `next` is what is painted, with more strokes or the last led on.
    fn leads_to(&self, next: &Corrections) -> bool {
        let (old, next) = (self.strokes.strokes(), next.strokes());
        let Some((last, done)) = old.split_last() else {
            return true;
        };
        next.starts_with(done) && next.get(done.len()).is_some_and(|s| s.continues(last))
    }

    /// The last stroke is done: another begins.
    fn settle(&mut self) {
        for row in rows(self.mask_rect) {
            copy(&mut self.settled, &self.all, &row);
            if let Some(mask) = self.mask.get_mut(row) {
                mask.fill(0);
            }
        }
        self.mask_rect = Rect::default();
    }

    /// Draws a stroke's points from number `from` on, with the line that leads
    /// there. Returns where.
    fn draw(&mut self, stroke: &Stroke, from: usize) -> Rect {
        let points: Vec<DVec2> = stroke.points().iter().map(|p| in_cells(*p)).collect();
        let radius = stroke.radius_in_photo() * f64::from(CELLS);
        let mut drawn = Rect::default();
        for (i, to) in points.iter().enumerate().skip(from) {
            let start = points.get(i.max(1) - 1).unwrap_or(to);
            drawn = drawn.union(self.line(*start, *to, radius));
        }
        for row in rows(drawn) {
            let (Some(all), Some(settled), Some(mask)) = (
                self.all.get_mut(row.clone()),
                self.settled.get(row.clone()),
                self.mask.get(row),
            ) else {
                continue;
            };
            for ((cell, under), weight) in all.iter_mut().zip(settled).zip(mask) {
                *cell = under.under(stroke.label(), *weight);
            }
        }
        self.mask_rect = self.mask_rect.union(drawn);
        self.all_rect = self.all_rect.union(drawn);
        drawn
    }

    /// Covers the mask along a line with a brush of a radius, all in cells.
    /// Returns where.
    fn line(&mut self, from: DVec2, to: DVec2, radius: f64) -> Rect {
        let (least, most) = (from.min(to) - radius, from.max(to) + radius);
        let whole = Rect {
            x: 0,
            y: 0,
            width: CELLS,
            height: CELLS,
        };
        let rect = Rect::from_edges(least.x, least.y, most.x, most.y).intersect(whole);
        let along = to - from;
        let per_length_squared = 1.0 / along.length_squared().max(f64::MIN_POSITIVE);
        // At least a cell wide, lest the edge be jagged.
        let per_soft = 255.0 / (SOFT * radius).max(1.0);
        for (y, row) in (rect.y..rect.bottom()).zip(rows(rect)) {
            let Some(mask) = self.mask.get_mut(row) else {
                continue;
            };
            for (x, weight) in (rect.x..rect.right()).zip(mask) {
                let q = DVec2::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
                let t = ((q - from).dot(along) * per_length_squared).clamp(0.0, 1.0);
                let inside = radius - (q - from - along * t).length();
                // `as` saturates.
                *weight = (*weight).max((inside * per_soft) as u8);
            }
        }
        rect
    }

    /// The part of the photo that strokes have been over, as
    /// [`Painted::update`] tells it.
    pub(crate) fn rect(&self) -> [f64; 4] {
        in_photo(self.all_rect)
    }

    /// What the strokes make of a point of the photo, longer edges: each plane, 0–1;
    /// none where no stroke has been.
    pub(crate) fn at(&self, q_in_photo: DVec2) -> Option<[f32; PLANES]> {
        if self.all.is_empty() {
            return None;
        }
        let last = f64::from(CELLS - 1);
        // Not-a-number would become 0 below.
        let p = (q_in_photo * f64::from(CELLS) - 0.5).clamp(DVec2::ZERO, DVec2::splat(last));
        let (x, y) = (p.x as usize, p.y as usize);
        let (right, below) = ((x + 1).min(last as usize), (y + 1).min(last as usize));
        let cell = |x: usize, y: usize| {
            let cell = self.all.get(y * CELLS as usize + x);
            cell.copied().unwrap_or(UNTOUCHED)
        };
        let four = [
            cell(x, y),
            cell(right, y),
            cell(x, below),
            cell(right, below),
        ];
        if four == [UNTOUCHED; 4] {
            return None;
        }
        let share = (p - p.floor()).as_vec2();
        let [a, b, c, d] = four.map(|cell| cell.0.map(f32::from));
        Some(std::array::from_fn(|i| {
            let (upper, lower) = (
                a[i] + (b[i] - a[i]) * share.x,
                c[i] + (d[i] - c[i]) * share.x,
            );
            (upper + (lower - upper) * share.y) / 255.0
        }))
    }

    /// Left, top, right and bottom edge of all strip scars together, longer edges of
    /// the photo; none where there are none.
    pub(crate) fn strips(&self) -> Option<[f64; 4]> {
        let strokes = self.strokes.strokes().iter();
        let strips = strokes.filter(|stroke| stroke.label() == Label::StripScar);
        let edges = strips.flat_map(|stroke| {
            let r = stroke.radius_in_photo();
            let points = stroke.points().iter();
            points.map(move |[x, y]| [x - r, y - r, x + r, y + r])
        });
        edges.reduce(|a, b| {
            [
                a[0].min(b[0]),
                a[1].min(b[1]),
                a[2].max(b[2]),
                a[3].max(b[3]),
            ]
        })
    }

    /// Whether there are no strokes.
    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether any stroke speaks of the treatment or of scars.
    pub(crate) fn has_treatment(&self) -> bool {
        let strokes = self.strokes.strokes();
        strokes.iter().any(|stroke| !stroke.label().is_ground())
    }
}

/// A rectangle of cells as edges in the photo, with a cell around it for what
/// lies between cells; empty where it is.
fn in_photo(rect: Rect) -> [f64; 4] {
    let around = u32::from(!rect.is_empty());
    let edges = [
        rect.x.saturating_sub(around),
        rect.y.saturating_sub(around),
        rect.right() + around,
        rect.bottom() + around,
    ];
    edges.map(|v| f64::from(v) / f64::from(CELLS))
}

/// A point of the photo in cells.
fn in_cells(p: [f64; 2]) -> DVec2 {
    DVec2::from_array(p) * f64::from(CELLS)
}

/// Each row of a rectangle as a range of cells.
fn rows(rect: Rect) -> impl Iterator<Item = std::ops::Range<usize>> {
    (rect.y..rect.bottom()).map(move |y| {
        let start = (y * CELLS + rect.x) as usize;
        start..start + rect.width as usize
    })
}

fn copy(to: &mut [Cell], from: &[Cell], range: &std::ops::Range<usize>) {
    if let (Some(to), Some(from)) = (to.get_mut(range.clone()), from.get(range.clone())) {
        to.copy_from_slice(from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::corrections::tests::corrections;
    use proptest::prelude::*;

    fn paint(corrections: &Corrections) -> Painted {
        let mut painted = Painted::default();
        painted.update(corrections);
        painted
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        /// However the strokes came about, step by step, taken back or painted
        /// over, the cells are those of painting them afresh.
        #[test]
        fn steps_on_the_way_leave_no_trace(a in corrections(), b in corrections(), split in 0.0..1.0f64) {
            let mut steps = Painted::default();
            steps.update(&a);
            let mut slowly = Corrections::default();
            for stroke in b.strokes() {
                let points = stroke.points();
                slowly.begin(stroke.label(), stroke.radius_in_photo(), points[0]);
                let middle = (split * points.len() as f64) as usize;
                points[..middle].iter().for_each(|p| slowly.lead(*p));
                steps.update(&slowly);
                points[middle..].iter().for_each(|p| slowly.lead(*p));
                steps.update(&slowly);
            }
            prop_assert_eq!(&slowly, &b);
            // Where there is nothing to lead to, the last was taken back.
            steps.update(&b);
            let afresh = paint(&b);
            prop_assert!(steps.all == afresh.all);
            prop_assert_eq!(steps.at(DVec2::splat(0.5)), afresh.at(DVec2::splat(0.5)));
        }
    }

    #[test]
    fn a_brush_is_round_soft_at_its_edge_and_the_later_stroke_lies_above() {
        let mut strokes = Corrections::default();
        assert!(strokes.begin(Label::Hair, 0.1, [0.3, 0.5]));
        strokes.lead([0.7, 0.5]);
        assert!(strokes.begin(Label::Skin, 0.05, [0.5, 0.5]));
        let painted = paint(&strokes);
        let ground = |painted: &Painted, x, y| {
            let planes = painted.at(DVec2::new(x, y));
            planes.map(|planes| (planes[KEPT], planes[SKIN]))
        };
        let at = |x, y| ground(&painted, x, y);
        // Out of reach, beside the middle, at the ends.
        for (x, y) in [
            (0.5, 0.61),
            (0.5, 0.39),
            (0.19, 0.5),
            (0.81, 0.5),
            (0.22, 0.58),
        ] {
            assert_eq!(at(x, y), None, "{x} {y}");
        }
        for (x, y) in [(0.3, 0.5), (0.7, 0.5), (0.4, 0.57), (0.24, 0.54)] {
            assert_eq!(at(x, y), Some((0.0, 0.0)), "{x} {y}");
        }
        assert_eq!(at(0.5, 0.5), Some((0.0, 1.0)));
        let (kept, skin) = at(0.5, 0.5 + 0.1 - 0.0125).unwrap();
        assert!((kept - 0.5).abs() < 0.05 && skin == 0.0, "{kept} {skin}");
        // One stroke over itself covers no more at its edge.
        let mut again = strokes.clone();
        assert!(again.begin(Label::LeaveOut, 0.1, [0.3, 0.9]));
        for _ in 0..5 {
            again.lead([0.7, 0.9]);
            again.lead([0.3, 0.9]);
        }
        let (kept, _) = ground(&paint(&again), 0.5, 0.9 + 0.1 - 0.0125).unwrap();
        assert!((kept - 0.5).abs() < 0.05, "{kept}");
    }

    #[test]
    fn each_kind_of_stroke_changes_its_own_and_as_planned_takes_treatment_away() {
        let mut strokes = Corrections::default();
        let at = [0.5, 0.5];
        let mut then = |label: Label| {
            assert!(strokes.begin(label, 0.1, at));
            let planes = paint(&strokes).at(DVec2::from(at));
            planes.unwrap_or([1.0, 0.0, 0.0, 0.0, 0.0, 0.0])
        };
        assert_eq!(then(Label::Hair), [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(then(Label::Treat), [0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
        assert_eq!(then(Label::Untreated), [0.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        assert_eq!(then(Label::StripScar), [0.0, 0.0, 0.0, 1.0, 1.0, 0.0]);
        assert_eq!(then(Label::DotScars), [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
        assert_eq!(then(Label::Skin), [0.0, 1.0, 0.0, 1.0, 1.0, 1.0]);
        assert_eq!(then(Label::AsPlanned), [0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
        assert!(paint(&strokes).has_treatment());
    }
}
