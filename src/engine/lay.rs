//! Laying one impression into a field of coverage, or taking it away again:
//! row by row, to the same integers wherever the field begins.

use super::impressions::Dot;
use super::kernel::{self, Kernel};
use super::simd::{Lanes, mul_q15};

/// One whole covered pixel in [`super::field::Field::packed`].
pub const ONE_Q12: i16 = 1 << 12;

/// Least variance of the camera's own blur, px²: σ = 0.55 px, the least at which a
/// Gaussian sampled at pixel centres keeps its sum wherever it lies (within
/// 0.5 %), and about what a sharp lens with an anti-aliasing filter does.
pub const CAMERA_VARIANCE_PX2: f32 = 0.3025;

/// An impression behind the camera's blur.
pub(super) struct Blurred {
    /// Centre, in pixels from the centre of the photo's first pixel.
    x: f32,
    y: f32,
    /// Covariance, px².
    pub(super) sxx: f32,
    sxy: f32,
    pub(super) syy: f32,
    /// Pixels the centre moves right per row downwards.
    slope: f32,
    /// Variance within one row, px².
    pub(super) across: f32,
    /// Coverage summed, 1/4096 px².
    amount: i64,
}

impl Blurred {
    /// `camera_px2` is the variance of the camera's blur, at least
    /// [`CAMERA_VARIANCE_PX2`].
    #[inline]
    pub(super) fn new(dot: &Dot, camera_px2: f32) -> Self {
        let (sxx, syy) = (dot.sxx + camera_px2, dot.syy + camera_px2);
        // No covariance leaves a row less than the camera's own blur; one
        // that would is no covariance, and is made one.
        let product = dot.sxx * dot.syy;
        let possible = dot.sxy * dot.sxy <= product;
        let sxy = if possible {
            dot.sxy
        } else {
            product.sqrt().copysign(dot.sxy)
        };
        let slope = sxy / syy;
        Self {
            x: dot.x - 0.5,
            y: dot.y - 0.5,
            sxx,
            sxy,
            syy,
            slope,
            across: (sxx - sxy * slope).max(camera_px2),
            amount: (f64::from(dot.area_px) * f64::from(ONE_Q12) + 0.5) as i64,
        }
    }
}

/// The coverage being added to, or taken from.
pub(super) struct Target<'a, const AWAY: bool> {
    pub(super) q12: &'a mut [i16],
    /// Entries per row.
    pub(super) stride: usize,
    /// Rows.
    pub(super) height: i32,
    /// Its first pixel in the photo. Everything finer than a pixel is reckoned
    /// from the photo, so that an impression's integers are the same in
    /// whatever rectangle.
    pub(super) origin: (i32, i32),
}

/// Fixed-point fraction bits of a row's centre.
const SHIFT: u32 = 16;
/// From those bits to one of the 64 phases.
const PHASE_SHIFT: u32 = SHIFT - 6;

/// Where an impression's rows lie, from the top one down.
#[derive(Clone, Copy)]
struct Rows {
    /// The top row, in the field.
    first: i32,
    count: i32,
    /// Sub-pixel place of the impression's centre between rows.
    phase_down: usize,
    /// Column of the first sample, in the field, of a row whose centre is in
    /// the impression's own column.
    column: i32,
    /// The next row's centre from that column, 1/65536 px.
    centre: i32,
    /// Added to it per row.
    step: i32,
}

impl Rows {
    #[inline(always)]
    fn new(dot: &Blurred, origin: (i32, i32), across: &Kernel, down: &Kernel) -> Self {
        let (column, row) = (dot.x.floor(), dot.y.floor());
        let range = down.reached();
        let first = row as i32 - down.half() + range.start as i32;
        let from_middle = dot.slope * (first as f32 - dot.y);
        Self {
            first: first - origin.1,
            count: range.len() as i32,
            // Just below a whole number, single precision may round to it.
            phase_down: (((dot.y - row) * kernel::PHASES as f32) as usize).min(kernel::PHASES - 1),
            column: column as i32 - across.half() - origin.0,
            centre: ((dot.x - column + from_middle) * (1 << SHIFT) as f32) as i32,
            step: (dot.slope * (1 << SHIFT) as f32) as i32,
        }
    }

    /// First column of the leftmost and of the rightmost row.
    #[inline(always)]
    fn starts(&self) -> (i32, i32) {
        let last = self.centre + self.step * (self.count - 1);
        let [top, bottom] = [self.centre, last].map(|centre| self.column + (centre >> SHIFT));
        (top.min(bottom), top.max(bottom))
    }

    /// First column and sub-pixel place of the next row.
    #[inline(always)]
    fn next(&mut self) -> (i32, usize) {
        let centre = self.centre;
        self.centre += self.step;
        (
            self.column + (centre >> SHIFT),
            (centre >> PHASE_SHIFT) as usize % kernel::PHASES,
        )
    }
}

impl<const AWAY: bool> Target<'_, AWAY> {
    /// Lays one impression by the kernels of its row and of its height.
    pub(super) fn add<L: Lanes>(&mut self, dot: &Blurred, across: &Kernel, down: &Kernel) {
        let rows = Rows::new(dot, self.origin, across, down);
        let within = rows.first >= 0 && rows.first + rows.count <= self.height;
        let last_start = self.stride as i32 - across.lanes() as i32;
        let (leftmost, rightmost) = rows.starts();
        if !(within && leftmost >= 0 && rightmost <= last_start) {
            return self.add_clipped(dot, rows, across, down);
        }
        // Most impressions are one or two groups of eight wide: code for
        // exactly that is twice as fast as for any number.
        match across.lanes() {
            8 => self.add_inside::<L, 1>(dot, rows, across, down),
            16 => self.add_inside::<L, 2>(dot, rows, across, down),
            24 => self.add_inside::<L, 3>(dot, rows, across, down),
            _ => self.add_inside::<L, 0>(dot, rows, across, down),
        }
    }

    /// `GROUPS`: lanes / 8 where known, else 0.
    #[inline(always)]
    fn add_inside<L: Lanes, const GROUPS: usize>(
        &mut self,
        dot: &Blurred,
        rows: Rows,
        across: &Kernel,
        down: &Kernel,
    ) {
        let lanes = if GROUPS == 0 {
            across.lanes()
        } else {
            GROUPS * 8
        };
        let mut rows = rows;
        let mut row_start = rows.first as usize * self.stride;
        for amount in down.shares(rows.phase_down, dot.amount) {
            let (start, phase) = rows.next();
            let row = self.q12.get_mut(row_start + start as usize..);
            row_start += self.stride;
            let Some(pixels) = row.and_then(|row| row.get_mut(..lanes)) else {
                return;
            };
            let Some((_, upper)) = across.sums(phase).split_first() else {
                return;
            };
            let (Some(lower), Some(upper)) = (across.sums(phase).get(..lanes), upper.get(..lanes))
            else {
                return;
            };
            in_passes(amount, |part| {
                add_row::<L, AWAY>(pixels, lower, upper, part);
            });
        }
    }

    /// The same integers where rows or columns reach beyond the field.
    #[cold]
    fn add_clipped(&mut self, dot: &Blurred, mut rows: Rows, across: &Kernel, down: &Kernel) {
        for (index, amount) in (rows.first..).zip(down.shares(rows.phase_down, dot.amount)) {
            let (start, phase) = rows.next();
            let from = usize::try_from(index)
                .unwrap_or(usize::MAX)
                .saturating_mul(self.stride);
            if let Some(pixels) = self.q12.get_mut(from..from.saturating_add(self.stride)) {
                in_passes(amount, |part| {
                    add_row_clipped::<AWAY>(pixels, start, across.sums(phase), part);
                });
            }
        }
    }

    /// Impressions too large for tables: pixel by pixel. Nobody has thousands
    /// of these; they are dozens of pixels across.
    pub(super) fn add_huge(&mut self, dot: &Blurred) {
        let [x, y, sxx, sxy, syy] = [dot.x, dot.y, dot.sxx, dot.sxy, dot.syy].map(f64::from);
        let (x, y) = (x - f64::from(self.origin.0), y - f64::from(self.origin.1));
        let across = f64::from(dot.across);
        let peak = dot.amount as f64 / (std::f64::consts::TAU * (across * syy).sqrt());
        let (reach_x, reach_y) = (3.0 * sxx.sqrt(), 3.0 * syy.sqrt());
        let near = |i: usize, centre: f64, reach: f64| (i as f64 - centre).abs() <= reach;
        for (j, row) in self
            .q12
            .chunks_exact_mut(self.stride)
            .enumerate()
            .filter(|(j, _)| near(*j, y, reach_y))
        {
            let dy = j as f64 - y;
            for (i, pixel) in row
                .iter_mut()
                .enumerate()
                .filter(|(i, _)| near(*i, x, reach_x))
            {
                let dx = i as f64 - x - sxy / syy * dy;
                let exponent = dx * dx / across + dy * dy / syy;
                let share = (peak * libm::exp(-0.5 * exponent) + 0.5) as i16;
                *pixel = if AWAY {
                    pixel.wrapping_sub(share)
                } else {
                    pixel.saturating_add(share)
                };
            }
        }
    }
}

/// Hands an amount on in parts that fit 16 bits; mostly it is one.
#[inline(always)]
fn in_passes(mut amount: i64, mut add: impl FnMut(i16)) {
    while amount > i64::from(i16::MAX) {
        add(i16::MAX);
        amount -= i64::from(i16::MAX);
    }
    add(amount as i16);
}

/// Spreads `amount`, or takes it away, eight pixels at a time; the lists are
/// of one length.
#[inline(always)]
fn add_row<L: Lanes, const AWAY: bool>(
    pixels: &mut [i16],
    lower: &[i16],
    upper: &[i16],
    amount: i16,
) {
    let amount = L::splat(amount);
    let (pixels, lower, upper) = (
        pixels.as_chunks_mut::<8>().0,
        lower.as_chunks::<8>().0,
        upper.as_chunks::<8>().0,
    );
    for ((pixels, lower), upper) in pixels.iter_mut().zip(lower).zip(upper) {
        let share = L::load(upper)
            .mul_q15(amount)
            .sub(L::load(lower).mul_q15(amount));
        let had = L::load(pixels);
        let has = if AWAY {
            had.sub(share)
        } else {
            had.add_sat(share)
        };
        has.store(pixels);
    }
}

/// The same integers for a row that reaches beyond the field on either side.
fn add_row_clipped<const AWAY: bool>(pixels: &mut [i16], start: i32, sums: &[i16], amount: i16) {
    let mut before = 0;
    for (column, &sum) in (start..).zip(sums.iter().skip(1)) {
        let after = mul_q15(sum, amount);
        if let Some(pixel) = usize::try_from(column)
            .ok()
            .and_then(|column| pixels.get_mut(column))
        {
            let share = after - before;
            *pixel = if AWAY {
                pixel.wrapping_sub(share)
            } else {
                pixel.saturating_add(share)
            };
        }
        before = after;
    }
}
