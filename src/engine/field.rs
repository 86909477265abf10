//! The pigment field: how much of each pixel is covered with pigment.
//!
//! An impression is an elliptic Gaussian. It is laid row by row: the rows'
//! amounts follow the Gaussian of its height, and every row is the narrower
//! Gaussian of the same ellipse at that height, whose centre moves from row
//! to row. Both are one-dimensional tables ([`super::kernel`]), and this way
//! of cutting an ellipse is exact, not an approximation. Around it lies its
//! halo ([`super::halo`]), and both are seen through a mask ([`super::mask`]).

use super::halo::{self, Halo};
use super::image::Rect;
use super::impressions::{Changes, Dot};
use super::kernel::{self, Kernels, MAX_VARIANCE_PX2};
use super::lay::{Blurred, Target};
pub use super::lay::{CAMERA_VARIANCE_PX2, ONE_Q12};
use super::mask::Mask;
use super::simd::{Best, Lanes};

/// Most coverage that is told apart: what lies over one another takes by then
/// all but nothing more (`opaque_share` of [`super::composite`]).
pub(super) const MOST_Q12: i16 = ONE_Q12 + ONE_Q12 / 2;

/// Dots take other colours than halos do. How much of a pixel's coverage they are
/// is told in classes: from none to all in equal steps.
pub(super) const CLASSES: usize = 4;
/// Bits of a field's entry that hold coverage; the class stands above them.
const COVERAGE_BITS: u32 = 13;
const _: () =
    assert!((MOST_Q12 as u32) < 1 << COVERAGE_BITS && CLASSES << COVERAGE_BITS <= 1 << 15);

/// The coverage in an entry of [`Field::packed`], in 1/4096 px, 0 to 1.5 px.
#[must_use]
pub const fn coverage_q12(entry: i16) -> i16 {
    entry & ((1 << COVERAGE_BITS) - 1)
}

/// How skin and camera spread an impression.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Optics {
    /// Variance of the camera's blur, px², at least [`CAMERA_VARIANCE_PX2`].
    pub camera_px2: f32,
    /// Spacing of the halo's nodes, px, at least 1.5. A halo's standard deviation
    /// is 0.65 of it.
    pub halo_spacing_px: f32,
}

impl Default for Optics {
    fn default() -> Self {
        Self {
            camera_px2: CAMERA_VARIANCE_PX2,
            halo_spacing_px: halo::MIN_SPACING_PX,
        }
    }
}

impl Optics {
    /// How far a halo reaches, px.
    fn halo_reach_px(self) -> f64 {
        halo::REACH * f64::from(self.halo_spacing_px.max(halo::MIN_SPACING_PX))
    }

    /// How far an impression of that variance reaches, px, and its halo if it has one.
    pub(super) fn reach_px(self, variance_px2: f32, has_halo: bool) -> f64 {
        let sigma_px = f64::from((variance_px2 + self.camera_px2).sqrt());
        let halo_px = if has_halo { self.halo_reach_px() } else { 0.0 };
        halo_px.max(SIGMAS * sigma_px)
    }
}

/// Coverage over a rectangle of the photo.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// The part of the photo that has coverage; starts at a multiple of 8 px.
    pub rect: Rect,
    /// Entries per row of `packed`: the rectangle's width, up to a multiple of 8.
    pub stride: usize,
    /// See [`Field::packed`]; coverage is held within 0 and [`MOST_Q12`].
    pub(super) packed: Vec<i16>,
    /// Coverage by the impressions alone, in 1/4096 px, before halo and mask.
    dots_q12: Vec<i16>,
    halo: Halo,
    mask: Option<Mask>,
    optics: Optics,
    /// The part of `rect` that coverage may reach.
    covered: Rect,
    kernels: Kernels,
    /// Whether some pixel is held at its most.
    full: bool,
}

/// How many standard deviations of the widest impression are room for it: three of each
/// of the two profiles a slanted ellipse is made of.
const SIGMAS: f64 = 4.5;
/// Room for lanes that are rounded to eights, px.
pub(super) const ROUNDED_PX: f64 = 9.0;
/// Room around the impressions for those of the next changes, px: a step of
/// the hairline's slider moves it by about as many.
const MARGIN_PX: u32 = 8;

impl Field {
    /// A field without coverage.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sees what is laid from now on through these optics. What lies there
    /// already is worth nothing any more; lay all afresh.
    pub fn set_optics(&mut self, optics: Optics) {
        self.optics = Optics {
            camera_px2: optics.camera_px2.max(CAMERA_VARIANCE_PX2),
            ..optics
        };
    }

    /// The mask, of the photo's size, through which is seen what is laid from now
    /// on; none: all of it. What lies there stays as it was seen: see
    /// [`Field::see_anew`].
    pub fn mask_mut(&mut self) -> &mut Option<Mask> {
        &mut self.mask
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
        self.rect = with_margin(self.bounds(dots.iter().copied(), photo), photo);
        self.stride = self.rect.width.next_multiple_of(8) as usize;
        for plane in [&mut self.packed, &mut self.dots_q12] {
            plane.clear();
            plane.resize(self.stride * self.rect.height as usize, 0);
        }
        let spacing_px = self.optics.halo_spacing_px;
        self.halo.clear(spacing_px, photo_width, photo_height);
        self.lay::<L, false>(dots);
        self.covered = self.reached(dots.iter().copied()).intersect(self.rect);
        self.full = self.finish::<L>(self.covered);
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
        let touched = self.bounds(both(), (photo_width, photo_height));
        // A pixel that was held at its most has forgotten what lies on it.
        if self.full || touched.intersect(self.rect) != touched {
            return None;
        }
        self.lay::<L, true>(gone);
        self.lay::<L, false>(come);
        let changed = self.reached(both()).intersect(touched);
        self.covered = self.covered.union(changed);
        self.full = self.finish::<L>(changed);
        (!self.full).then_some(changed)
    }

    /// Sees what lies in a part of the photo through the mask as it is now.
    /// Returns the part of the photo whose coverage may have changed.
    pub fn see_anew(&mut self, part: Rect) -> Rect {
        let part = part.intersect(self.covered);
        self.finish::<Best>(part);
        part
    }

    /// The part of the photo that has coverage, or had some before an
    /// [`Field::update`] took it away; within `rect`.
    #[must_use]
    pub fn covered(&self) -> Rect {
        self.covered
    }

    /// Lays impressions down, or takes away what was laid down before.
    fn lay<L: Lanes, const AWAY: bool>(&mut self, dots: &[Dot]) {
        if self.dots_q12.is_empty() {
            return;
        }
        let origin = (self.rect.x as i32, self.rect.y as i32);
        let mut target = Target::<AWAY> {
            q12: &mut self.dots_q12,
            stride: self.stride,
            height: self.rect.height as i32,
            origin,
        };
        for dot in dots.iter().filter(|dot| is_drawable(dot)) {
            if dot.halo_px > 0.0 {
                self.halo.lay::<AWAY>(dot);
            }
            let blurred = Blurred::new(dot, self.optics.camera_px2);
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

    /// Works `packed` out within `part`, and up to eight pixels around it; whether some
    /// pixel of it is held at its most.
    fn finish<L: Lanes>(&mut self, part: Rect) -> bool {
        let part = part.intersect(self.rect);
        if part.is_empty() {
            return false;
        }
        let mut most = L::splat(0);
        let skipped = ((part.x - self.rect.x) as usize) & !7;
        let columns = skipped..((part.right() - self.rect.x) as usize).next_multiple_of(8);
        let first = self.rect.x + skipped as u32;
        let mut halo = self.halo.over(
            Rect {
                x: first,
                ..self.rect
            },
            columns.len(),
        );
        let from = (part.y - self.rect.y) as usize * self.stride;
        let (Some(dots), Some(out)) = (self.dots_q12.get(from..), self.packed.get_mut(from..))
        else {
            return false;
        };
        let rows = dots
            .chunks_exact(self.stride)
            .zip(out.chunks_exact_mut(self.stride));
        for (y, (dots, out)) in (part.y..part.bottom()).zip(rows) {
            let (Some(dots), Some(out)) = (dots.get(columns.clone()), out.get_mut(columns.clone()))
            else {
                break;
            };
            let mask = self.mask.as_ref().map(|mask| mask.row(first, y));
            finish_row::<L>(dots, halo.around(y), mask, out, &mut most);
        }
        let mut lanes = [0; 8];
        most.store(&mut lanes);
        lanes.contains(&i16::MAX)
    }

    /// The part of the photo to have a field over: what the impressions reach and
    /// up to eight lanes of rounding on either side.
    fn bounds(&self, dots: impl Iterator<Item = Dot>, photo: (u32, u32)) -> Rect {
        in_eights(self.around(dots, ROUNDED_PX), photo)
    }

    /// The part of the photo, or of what lies beyond its right and lower edges,
    /// that the impressions reach: each of the two profiles a slanted ellipse is
    /// made of is cut at 2.7 σ and a little (`CUT` of [`super::kernel`]), large
    /// impressions at 3 σ.
    fn reached(&self, dots: impl Iterator<Item = Dot>) -> Rect {
        self.around(dots, 2.0)
    }

    /// The rectangle around the impressions with what the widest, or its halo, reaches,
    /// and `slack` px more on all sides.
    fn around(&self, dots: impl Iterator<Item = Dot>, slack: f64) -> Rect {
        let (mut left, mut top) = (f32::INFINITY, f32::INFINITY);
        let (mut right, mut bottom) = (f32::NEG_INFINITY, f32::NEG_INFINITY);
        let (mut sxx, mut syy, mut halo_px) = (0f32, 0f32, 0f32);
        for dot in dots.filter(is_drawable) {
            (left, right) = (left.min(dot.x), right.max(dot.x));
            (top, bottom) = (top.min(dot.y), bottom.max(dot.y));
            (sxx, syy) = (sxx.max(dot.sxx), syy.max(dot.syy));
            halo_px = halo_px.max(dot.halo_px);
        }
        if left > right {
            return Rect::default();
        }
        let reach = |variance: f32| self.optics.reach_px(variance, halo_px > 0.0) + slack;
        let (rx, ry) = (reach(sxx), reach(syy));
        Rect::from_edges(
            f64::from(left) - rx,
            f64::from(top) - ry,
            f64::from(right) + rx,
            f64::from(bottom) + ry,
        )
    }

    /// Coverage ([`coverage_q12`]) and above it the class of the dots' share, row
    /// by row of `rect`, `stride` entries to a row: those beyond the rectangle's
    /// width mean nothing.
    #[must_use]
    pub fn packed(&self) -> &[i16] {
        &self.packed
    }

    /// Mean coverage over the rectangle, in whole pixels; 0 where it is empty.
    #[must_use]
    pub fn mean(&self) -> f64 {
        let width = self.rect.width as usize;
        let sum: i64 = self
            .packed
            .chunks_exact(self.stride.max(1))
            .flat_map(|row| row.iter().take(width))
            .map(|&entry| i64::from(coverage_q12(entry)))
            .sum();
        let pixels = width as f64 * f64::from(self.rect.height);
        if pixels > 0.0 {
            sum as f64 / f64::from(ONE_Q12) / pixels
        } else {
            0.0
        }
    }
}

/// One row of what is seen: impressions in what, between two rows of nodes, the
/// halo leaves, through the mask. `most` rises to the most impressions that lie
/// anywhere.
fn finish_row<L: Lanes>(
    dots: &[i16],
    (upper, lower, way): (&[i16], &[i16], i16),
    mask: Option<&[u8]>,
    out: &mut [i16],
    most: &mut L,
) {
    let eights = |row: &'_ [i16]| row.len() / 8;
    let way = L::splat(way);
    for i in 0..eights(dots) {
        let at = |row: &[i16]| {
            row.get(i * 8..)
                .and_then(|row| row.first_chunk::<8>().copied())
        };
        let (Some(dots), Some(upper), Some(lower)) = (at(dots), at(upper), at(lower)) else {
            return;
        };
        let (upper, lower) = (L::load(&upper), L::load(&lower));
        let halo = upper.add(lower.sub(upper).mul_q15(way));
        // What the halo leaves, Q15: twice its half, so that all of it is held
        // at the type's end.
        let left = L::splat(ONE_Q12).sub(halo).mul(L::splat(4));
        let left = left.add_sat(left);
        let laid = L::load(&dots);
        *most = most.max(laid);
        let dots = laid.mul_q15(left);
        let mut all = halo.add_sat(dots);
        let class = class_of(dots, all);
        if let Some(mask) = mask {
            let Some(shares) = mask.get(i * 8..).and_then(|m| m.first_chunk::<8>()) else {
                return;
            };
            let shares = L::load(&shares.map(i16::from));
            // 255 becomes all there is of Q15, 0 nothing.
            let shares = shares.mul(L::splat(128)).add(shares.min(L::splat(127)));
            all = all.mul_q15(shares);
        }
        if let Some(out) = out
            .get_mut(i * 8..)
            .and_then(|out| out.first_chunk_mut::<8>())
        {
            let held = all.max(L::splat(0)).min(L::splat(MOST_Q12));
            // Where nothing is covered there is no class either: such pixels are
            // passed over for being nothing.
            let class = class.min(held);
            held.add(class.mul(L::splat(1 << COVERAGE_BITS))).store(out);
        }
    }
}

/// Which of [`CLASSES`] the dots' share of all coverage is nearest to.
#[inline(always)]
fn class_of<L: Lanes>(dots: L, all: L) -> L {
    // All ones, that is -1, for every border that they are above.
    let above = |share_q15: i16| dots.above(all.mul_q15(L::splat(share_q15)));
    let [first, second, third] = CLASS_BORDERS_Q15.map(above);
    L::splat(0).sub(first.add(second).add(third))
}

/// Half way between the classes' shares, Q15.
const CLASS_BORDERS_Q15: [i16; CLASSES - 1] = [5461, 16384, 27307];

/// Whether the impression has numbers to be drawn by. Positions far off any
/// photo would leave the range of the integers below.
fn is_drawable(dot: &Dot) -> bool {
    let halo = (0.0..1e8).contains(&dot.halo_px);
    let place = dot.x.abs() < 1e8 && dot.y.abs() < 1e8;
    let spread =
        (0.0..1e8).contains(&dot.sxx) && (0.0..1e8).contains(&dot.syy) && dot.sxy.is_finite();
    place && spread && halo && dot.area_px > 0.0 && dot.area_px < 1e8
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
