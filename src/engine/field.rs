//! The pigment field: how much of each pixel is covered with pigment.
//!
//! An impression is an elliptic Gaussian. It is laid row by row: the rows'
//! amounts follow the Gaussian of its height, and every row is the narrower
//! Gaussian of the same ellipse at that height, whose centre moves from row
//! to row. Both are one-dimensional tables ([`super::kernel`]), and this way
//! of cutting an ellipse is exact, not an approximation.

use super::image::Rect;
use super::impressions::{Changes, Dot};
use super::kernel::{self, Kernels, MAX_VARIANCE_PX2};
use super::lay::{Blurred, Target};
pub use super::lay::{CAMERA_VARIANCE_PX2, ONE_Q12};
use super::simd::{Best, Lanes};

/// Coverage over a rectangle of the photo.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// The part of the photo that has coverage; starts at a multiple of 8 px.
    pub rect: Rect,
    /// Entries per row of `q12`: the rectangle's width, up to a multiple of 8.
    pub stride: usize,
    /// Coverage in 1/4096 px, row by row, 0–8 px (held there). Entries of a
    /// row beyond the rectangle's width mean nothing.
    pub q12: Vec<i16>,
    /// The part of `rect` that coverage may reach.
    covered: Rect,
    kernels: Kernels,
    /// Whether some pixel is held at its most.
    full: bool,
}

/// Room around the impressions for those of the next changes, px: a step of
/// the hairline's slider moves it by about as many.
const MARGIN_PX: u32 = 8;

impl Field {
    /// A field without coverage.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the coverage by that of `dots`, in a photo of that size, and
    /// `rect` by their bounds. Impressions with numbers that are not finite,
    /// or without area, are left out; what lies off the photo is cut away.
    /// Returns the part of the photo whose coverage may have changed.
    pub fn splat(&mut self, dots: &[Dot], photo_width: u32, photo_height: u32) -> Rect {
        self.splat_with::<Best>(dots, photo_width, photo_height)
    }

    /// Takes away and lays down what has changed since. The coverage is that
    /// of a [`Field::splat`] of the new list, to the last bit; `rect` may be
    /// larger. Returns the part of the photo whose coverage may have changed.
    /// `None` where this cannot be done: the coverage is then worth nothing,
    /// and all has to be laid afresh.
    #[must_use]
    pub fn update(
        &mut self,
        changes: &Changes,
        photo_width: u32,
        photo_height: u32,
    ) -> Option<Rect> {
        self.update_with::<Best>(changes, photo_width, photo_height)
    }

    fn splat_with<L: Lanes>(&mut self, dots: &[Dot], photo_width: u32, photo_height: u32) -> Rect {
        let before = self.covered;
        let photo = (photo_width, photo_height);
        self.rect = with_margin(bounds(dots.iter().copied(), photo), photo);
        self.stride = self.rect.width.next_multiple_of(8) as usize;
        self.q12.clear();
        self.q12.resize(self.stride * self.rect.height as usize, 0);
        self.lay::<L, false>(dots);
        self.full = self.is_full();
        self.covered = reached(dots.iter().copied()).intersect(self.rect);
        before.union(self.covered)
    }

    fn update_with<L: Lanes>(
        &mut self,
        changes: &Changes,
        photo_width: u32,
        photo_height: u32,
    ) -> Option<Rect> {
        let Changes { gone, come } = changes;
        let both = || gone.iter().chain(come).copied();
        let touched = bounds(both(), (photo_width, photo_height));
        // A pixel that was held at its most has forgotten what lies on it.
        if self.full || touched.intersect(self.rect) != touched {
            return None;
        }
        self.lay::<L, true>(gone);
        self.lay::<L, false>(come);
        self.full = self.is_full();
        if self.full {
            return None;
        }
        let changed = reached(both()).intersect(touched);
        self.covered = self.covered.union(changed);
        Some(changed)
    }

    /// The part of the photo that has coverage, or had some before an
    /// [`Field::update`] took it away; within `rect`.
    #[must_use]
    pub fn covered(&self) -> Rect {
        self.covered
    }

    /// Whether some pixel is at its most.
    fn is_full(&self) -> bool {
        self.q12.iter().fold(0, |most, &v| most.max(v)) == i16::MAX
    }

    /// Lays impressions down, or takes away what was laid down before.
    fn lay<L: Lanes, const AWAY: bool>(&mut self, dots: &[Dot]) {
        if self.q12.is_empty() {
            return;
        }
        let origin = (self.rect.x as i32, self.rect.y as i32);
        let mut target = Target::<AWAY> {
            q12: &mut self.q12,
            stride: self.stride,
            height: self.rect.height as i32,
            origin,
        };
        for dot in dots.iter().filter(|dot| is_drawable(dot)) {
            let blurred = Blurred::new(dot);
            if blurred.sxx.max(blurred.syy) >= MAX_VARIANCE_PX2 {
                target.add_huge(&blurred);
                continue;
            }
            let (across, down) = (kernel::key(blurred.across), kernel::key(blurred.syy));
            self.kernels.ensure(across);
            self.kernels.ensure(down);
            if let (Some(across), Some(down)) = (self.kernels.get(across), self.kernels.get(down)) {
                target.add::<L>(&blurred, across, down);
            }
        }
    }

    /// Mean coverage over the rectangle, in whole pixels; 0 where it is empty.
    #[must_use]
    pub fn mean(&self) -> f64 {
        let width = self.rect.width as usize;
        let sum: i64 = self
            .q12
            .chunks_exact(self.stride.max(1))
            .flat_map(|row| row.iter().take(width))
            .map(|&v| i64::from(v))
            .sum();
        let pixels = width as f64 * f64::from(self.rect.height);
        if pixels > 0.0 {
            sum as f64 / f64::from(ONE_Q12) / pixels
        } else {
            0.0
        }
    }
}

/// Whether the impression has numbers to be drawn by. Positions far off any
/// photo would leave the range of the integers below.
fn is_drawable(dot: &Dot) -> bool {
    let place = dot.x.abs() < 1e8 && dot.y.abs() < 1e8;
    let spread =
        (0.0..1e8).contains(&dot.sxx) && (0.0..1e8).contains(&dot.syy) && dot.sxy.is_finite();
    place && spread && dot.area_px > 0.0 && dot.area_px < 1e8
}

/// The part of the photo to have a field over: what the impressions reach and
/// up to eight lanes of rounding on either side.
fn bounds(dots: impl Iterator<Item = Dot>, photo: (u32, u32)) -> Rect {
    // Three σ of each of the two profiles a slanted ellipse is made of.
    in_eights(around(dots, 4.5, 9.0), photo)
}

/// The part of the photo, or of what lies beyond its right and lower edges,
/// that the impressions reach: each of the two profiles a slanted ellipse is
/// made of is cut at 2.7 σ and a little (`CUT` of [`super::kernel`]), large
/// impressions at 3 σ.
fn reached(dots: impl Iterator<Item = Dot>) -> Rect {
    around(dots, 4.5, 2.0)
}

/// The rectangle around the impressions with `sigmas` of the widest and
/// `slack` px more on all sides.
fn around(dots: impl Iterator<Item = Dot>, sigmas: f64, slack: f64) -> Rect {
    let (mut left, mut top) = (f32::INFINITY, f32::INFINITY);
    let (mut right, mut bottom) = (f32::NEG_INFINITY, f32::NEG_INFINITY);
    let (mut sxx, mut syy) = (0f32, 0f32);
    for dot in dots.filter(is_drawable) {
        (left, right) = (left.min(dot.x), right.max(dot.x));
        (top, bottom) = (top.min(dot.y), bottom.max(dot.y));
        (sxx, syy) = (sxx.max(dot.sxx), syy.max(dot.syy));
    }
    if left > right {
        return Rect::default();
    }
    let reach = |variance: f32| sigmas * f64::from((variance + CAMERA_VARIANCE_PX2).sqrt()) + slack;
    let (rx, ry) = (reach(sxx), reach(syy));
    Rect::from_edges(
        f64::from(left) - rx,
        f64::from(top) - ry,
        f64::from(right) + rx,
        f64::from(bottom) + ry,
    )
}

/// `rect` with room for what comes next.
fn with_margin(rect: Rect, photo: (u32, u32)) -> Rect {
    if rect.is_empty() {
        return rect;
    }
    let (x, y) = (
        rect.x.saturating_sub(MARGIN_PX),
        rect.y.saturating_sub(MARGIN_PX),
    );
    let wide = Rect {
        x,
        y,
        width: rect.right() + MARGIN_PX - x,
        height: rect.bottom() + MARGIN_PX - y,
    };
    in_eights(wide, photo)
}

/// The part of `rect` inside the photo, grown to start and, where there is
/// photo left, to end at multiples of eight.
fn in_eights(rect: Rect, (photo_width, photo_height): (u32, u32)) -> Rect {
    let mut rect = rect.intersect(Rect {
        x: 0,
        y: 0,
        width: photo_width,
        height: photo_height,
    });
    let slack = rect.x % 8;
    rect.x -= slack;
    rect.width += slack;
    rect.width = rect
        .width
        .next_multiple_of(8)
        .min(photo_width.saturating_sub(rect.x));
    rect
}

#[cfg(test)]
#[path = "field_tests.rs"]
mod tests;
