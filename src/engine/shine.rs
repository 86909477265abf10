//! Where skin shines: light that the surface mirrors never was in the skin, and
//! pigment takes nothing of it.
//!
//! The dichromatic model (Shafer 1985) takes light from skin for the sum of what
//! comes out of it, in the skin's colour, and what it mirrors, in the light's.
//! What would come out is laid over the head as a smooth shading that
//! highlights do not lift; what a pixel has above it, and paler, is mirrored.

use glam::DVec2;

use super::color::LINEAR_FROM_SRGB8;
use super::image::{Photo, Rect};
use super::scalp::Scalp;

/// Cells along the longer side of what is looked at.
const CELLS: f64 = 64.0;
/// Standard deviation of the shading's smoothness, cells: an eighth of a head,
/// some 25 mm, wider than highlights and narrower than the shading of a head.
const SMOOTH_CELLS: f64 = 7.0;
/// Pixels looked at along a cell's side.
const SAMPLES: u32 = 4;
/// How often the shading is fitted to what it does not exceed.
const ROUNDS: usize = 4;
/// How much brighter than the shading a cell may be that is believed to be
/// skin: the light falls off within a smoothing width.
const BELIEVED: f32 = 1.08;
/// How much brighter than the shading a pixel has to be to shine: pores,
/// freckles and noise make as much.
const BRIGHTER: f32 = 1.18;
/// A pixel that has lost as much of the skin's saturation as this, as a share,
/// surely shines; one that has lost none does not.
const PALER: f32 = 0.35;
/// Saturation of skin below which it says nothing: black and white photos.
const GREY: f32 = 0.12;
/// From this level on a camera comes to its end, and ever less is known of how
/// bright the skin was; and what share counts as mirrored where it is there.
const CLIPPING: f32 = 235.0;
/// See [`CLIPPING`].
const CLIPPED_SHINE: f32 = 0.6;

/// What lies among sparse hair and is as bright as the bare skin near it is skin
/// seen between the hairs; and what is darker than that by as much is hair.
const BETWEEN_HAIRS: [f32; 2] = [0.6, 0.9];
/// The same where somebody says that hair there is thin, compared with the mean of
/// all that lies around: skin is among the brighter half. Fair and grey hair on dark
/// skin is not told from it.
const AMONG_HAIRS: [f32; 2] = [0.9, 1.2];
/// How much redder or paler than that skin it may be, as a share of red to green,
/// and from where on it is another thing: grey and fair hair are bright, too.
const SKIN_RED: [f32; 2] = [0.06, 0.18];
/// How far bare skin may be, cells, and what share of that surrounding is enough:
/// farther off nothing is known of the light.
const NEAR_CELLS: usize = 3;
/// See [`NEAR_CELLS`].
const NEAR_SHARE: f32 = 0.25;

/// The shading of a head's bare skin.
#[derive(Debug, Clone)]
pub struct Shine {
    corner: DVec2,
    cell_px: f64,
    columns: usize,
    rows: usize,
    /// Linear light that comes out of the skin at each cell.
    skin: Vec<[f32; 3]>,
    /// How bright that is: looked at first, for it tells of most pixels all that is
    /// asked.
    bright: Vec<f32>,
    /// The least bright of each cell and those right of and below it: what lies between
    /// them is no less, and most pixels are too dark for all that is asked even so.
    least: Vec<f32>,
    /// Whether bare skin is near, 0–1.
    near: Vec<f32>,
    /// Mean brightness of all that lies around, hair and skin.
    around: Vec<f32>,
}

impl Shine {
    /// Fits the shading within `rect`; none where it shows no bare skin.
    #[must_use]
    pub fn new(photo: &Photo, scalp: &Scalp, rect: Rect) -> Option<Self> {
        let rect = rect.intersect(photo.rect());
        if rect.is_empty() {
            return None;
        }
        let cell_px = (f64::from(rect.width.max(rect.height)) / CELLS).max(1.0);
        let cells = |side: u32| (f64::from(side) / cell_px).ceil() as usize;
        let (columns, rows) = (cells(rect.width), cells(rect.height));
        let corner = DVec2::new(f64::from(rect.x), f64::from(rect.y));
        let (width, height) = (photo.width(), photo.height());
        let mut brightnesses = Vec::with_capacity(columns * rows);
        let seen: Vec<([f32; 3], f32)> = (0..columns * rows)
            .map(|i| {
                let cell = DVec2::new((i % columns) as f64, (i / columns) as f64);
                let (mut sum, mut weight) = ([0.0; 3], 0.0);
                let mut all = 0.0;
                for j in 0..SAMPLES * SAMPLES {
                    let sub = DVec2::new(f64::from(j % SAMPLES), f64::from(j / SAMPLES)) + 0.5;
                    let q_in_photo = corner + (cell + sub / f64::from(SAMPLES)) * cell_px;
                    let Some([r, g, b, _]) = photo.pixel_at(q_in_photo) else {
                        continue;
                    };
                    let bare = scalp.bare_at(q_in_photo, width, height);
                    let linear = linear([r, g, b]);
                    sum.iter_mut().zip(linear).for_each(|(s, v)| *s += v * bare);
                    weight += bare;
                    all += brightness(linear) / (SAMPLES * SAMPLES) as f32;
                }
                brightnesses.push(all);
                (sum.map(|s| s / weight.max(1e-6)), weight)
            })
            .collect();
        let mut skin = smoothed(&seen, columns);
        for _ in 1..ROUNDS {
            let held: Vec<([f32; 3], f32)> = seen
                .iter()
                .zip(&skin)
                .map(|((light, weight), skin)| {
                    let most = BELIEVED * brightness(*skin);
                    let believed = if brightness(*light) > most {
                        skin.map(|v| v * BELIEVED)
                    } else {
                        *light
                    };
                    (believed, *weight)
                })
                .collect();
            skin = smoothed(&held, columns);
        }
        let any = seen.iter().any(|(_, weight)| *weight > 0.5);
        let bright: Vec<f32> = skin.iter().copied().map(brightness).collect();
        any.then_some(Self {
            corner,
            cell_px,
            columns,
            rows,
            near: near(&seen, columns),
            around: around(&brightnesses, columns),
            least: least(&bright, columns),
            bright,
            skin,
        })
    }

    /// Whether bare skin is near a point of the photo, px, 0–1.
    #[must_use]
    pub fn near_at(&self, q_in_photo: DVec2) -> f32 {
        let near = self.near.get(self.cell_at(q_in_photo));
        near.copied().unwrap_or_default()
    }

    fn cell_at(&self, q_in_photo: DVec2) -> usize {
        let last = DVec2::new(self.columns as f64 - 1.0, self.rows as f64 - 1.0);
        let at = ((q_in_photo - self.corner) / self.cell_px).clamp(DVec2::ZERO, last);
        at.y as usize * self.columns + at.x as usize
    }

    /// How much of a pixel among hair is skin seen between the hairs, 0–1.
    #[must_use]
    pub fn between_hairs(&self, x: u32, y: u32, rgb: [u8; 3]) -> f32 {
        self.row(y).between_hairs(x, rgb)
    }

    /// How much of a pixel is skin among thin hairs, 0–1, where somebody says that
    /// hair is thin.
    #[must_use]
    pub fn among_thin_hairs(&self, x: u32, y: u32, rgb: [u8; 3]) -> f32 {
        let q_in_photo = DVec2::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
        let [from, to] = AMONG_HAIRS;
        ((self.times_around(q_in_photo, rgb) - from) / (to - from)).clamp(0.0, 1.0)
    }

    /// How many times as bright as all around it a pixel is.
    #[must_use]
    pub fn times_around(&self, q_in_photo: DVec2, rgb: [u8; 3]) -> f32 {
        let around = self.around.get(self.cell_at(q_in_photo));
        brightness(linear(rgb)) / around.copied().unwrap_or_default().max(1e-6)
    }

    /// Share of the bare skin's light that is left around a point of the photo, px:
    /// little where hair hides the skin.
    #[must_use]
    pub fn left_around(&self, q_in_photo: DVec2) -> f32 {
        let around = self.around.get(self.cell_at(q_in_photo));
        let between = self.between(q_in_photo.x as u32, q_in_photo.y as u32);
        around.copied().unwrap_or_default() / between.of(&self.bright).max(1e-6)
    }

    /// How many times as bright as the smooth shading a pixel is.
    #[must_use]
    pub fn times_as_bright(&self, q_in_photo: DVec2, rgb: [u8; 3]) -> f32 {
        let between = self.between(q_in_photo.x as u32, q_in_photo.y as u32);
        brightness(linear(rgb)) / between.of(&self.bright).max(1e-6)
    }

    /// The share of a pixel's light that is mirrored, 0–1.
    #[must_use]
    pub fn at(&self, x: u32, y: u32, rgb: [u8; 3]) -> f32 {
        self.row(y).at(x, rgb)
    }

    /// The cells along a row of pixels.
    pub(super) fn row(&self, y: u32) -> Row<'_> {
        let last = self.rows - 1;
        let y = (f64::from(y) + 0.5 - self.corner.y) / self.cell_px;
        let at = (y - 0.5).clamp(0.0, last as f64);
        let of = |row: usize| row * self.columns;
        Row {
            shine: self,
            per_px: 1.0 / self.cell_px,
            upper: of(at as usize),
            lower: of((at as usize + 1).min(last)),
            nearest: of(y.clamp(0.0, last as f64) as usize),
            way: (at - at.floor()) as f32,
        }
    }

    /// The cells around a pixel.
    fn between(&self, x: u32, y: u32) -> Between {
        self.row(y).between(x)
    }
}

/// The shading along a row of pixels, of which there are thousands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    shine: &'a Shine,
    /// Cells to a pixel.
    per_px: f64,
    /// First cells of the rows around, and of the one that it lies in.
    upper: usize,
    lower: usize,
    nearest: usize,
    /// How far down between the rows it lies, 0–1.
    way: f32,
}

impl Row<'_> {
    /// As [`Shine::between_hairs`].
    pub(super) fn between_hairs(&self, x: u32, rgb: [u8; 3]) -> f32 {
        let near = self.shine.near.get(self.nearest + self.column(x) as usize);
        let near = near.copied().unwrap_or_default();
        if near <= 0.0 {
            return 0.0;
        }
        let (light, between) = (linear(rgb), self.between(x));
        let own = brightness(light);
        if own <= BETWEEN_HAIRS[0] * self.least(&between) {
            return 0.0;
        }
        let way = |v: f32, [from, to]: [f32; 2]| ((v - from) / (to - from)).clamp(0.0, 1.0);
        let usual = between.of(&self.shine.bright).max(1e-6);
        let bright = way(own / usual, BETWEEN_HAIRS);
        if bright <= 0.0 {
            return 0.0;
        }
        let skin = between.of_each(&self.shine.skin);
        let red = |[r, g, _]: [f32; 3]| (r + 1e-3) / (g + 1e-3);
        let other = way((red(light) / red(skin) - 1.0).abs(), SKIN_RED);
        near * bright * (1.0 - other)
    }

    /// As [`Shine::at`].
    pub(super) fn at(&self, x: u32, rgb: [u8; 3]) -> f32 {
        let (light, between) = (linear(rgb), self.between(x));
        let bright = brightness(light);
        // The second brightest channel: red alone comes to its end on light skin that
        // does not shine, and a picture file's noise in it would be taken for glints.
        let [r, g, b] = rgb;
        let clipped = clipped(r.max(g).min(r.min(g).max(b)));
        if bright <= BRIGHTER * self.least(&between) {
            return clipped;
        }
        let usual = between.of(&self.shine.bright);
        if bright <= BRIGHTER * usual {
            return clipped;
        }
        let above = 1.0 - BRIGHTER * usual / bright.max(1e-6);
        let skin = between.of_each(&self.shine.skin);
        let whole = saturation(skin);
        let paler = if whole < GREY {
            1.0
        } else {
            ((1.0 - saturation(light) / whole) / PALER).clamp(0.0, 1.0)
        };
        (above * paler).max(clipped).min(1.0)
    }

    /// Where a pixel lies along the cells.
    fn column(&self, x: u32) -> f64 {
        let at = (f64::from(x) + 0.5 - self.shine.corner.x) * self.per_px;
        at.clamp(0.0, self.shine.columns as f64 - 1.0)
    }

    /// No more than what lies between those cells.
    fn least(&self, between: &Between) -> f32 {
        let [[corner, _], _] = between.cells;
        self.shine.least.get(corner).copied().unwrap_or_default()
    }

    fn between(&self, x: u32) -> Between {
        let last = self.shine.columns - 1;
        let at = (f64::from(x) + 0.5 - self.shine.corner.x) * self.per_px - 0.5;
        let at = at.clamp(0.0, last as f64);
        let (column, right) = (at as usize, (at as usize + 1).min(last));
        let cells = [self.upper, self.lower].map(|row| [row + column, row + right]);
        Between {
            cells,
            way: [(at - column as f64) as f32, self.way],
        }
    }
}

/// A place between four cells.
#[derive(Debug, Clone, Copy)]
struct Between {
    /// Left and right of the upper ones, then of the lower.
    cells: [[usize; 2]; 2],
    /// How far it lies to the right and down, each 0–1.
    way: [f32; 2],
}

impl Between {
    /// What lies there, straight between cells.
    fn of(&self, cells: &[f32]) -> f32 {
        self.mean(|i| cells.get(i).copied().unwrap_or_default())
    }

    fn of_each(&self, cells: &[[f32; 3]]) -> [f32; 3] {
        std::array::from_fn(|c| self.mean(|i| cells.get(i).map_or(0.0, |cell| cell[c])))
    }

    fn mean(&self, cell: impl Fn(usize) -> f32) -> f32 {
        let [right, down] = self.way;
        let between = |a: f32, b: f32, way: f32| a + (b - a) * way;
        let rows = self
            .cells
            .map(|[left, other]| between(cell(left), cell(other), right));
        between(rows[0], rows[1], down)
    }
}

/// See [`Shine`].
fn least(cells: &[f32], columns: usize) -> Vec<f32> {
    let at = |i: usize| cells.get(i).copied().unwrap_or(f32::INFINITY);
    let right = |i: usize| i + usize::from(i % columns + 1 < columns);
    let of = |i: usize| {
        at(i)
            .min(at(right(i)))
            .min(at(i + columns))
            .min(at(right(i) + columns))
    };
    (0..cells.len()).map(of).collect()
}

/// Means over each cell and those beside it.
fn around(cells: &[f32], columns: usize) -> Vec<f32> {
    let rows = cells.len() / columns.max(1);
    let beside = |at: usize, last: usize| at.saturating_sub(1)..(at + 2).min(last);
    let mean = |i: usize| {
        let (mut sum, mut count) = (0.0, 0.0);
        for row in beside(i / columns, rows) {
            for column in beside(i % columns, columns) {
                sum += cells.get(row * columns + column).copied().unwrap_or(0.0);
                count += 1.0;
            }
        }
        sum / count
    };
    (0..cells.len()).map(mean).collect()
}

/// Whether bare skin is near each cell.
fn near(cells: &[([f32; 3], f32)], columns: usize) -> Vec<f32> {
    let rows = cells.len() / columns.max(1);
    let whole = (SAMPLES * SAMPLES) as f32;
    let around =
        |at: usize, last: usize| at.saturating_sub(NEAR_CELLS)..(at + NEAR_CELLS + 1).min(last);
    let share = |i: usize| {
        let (mut sum, mut count) = (0.0, 0.0);
        for row in around(i / columns, rows) {
            for column in around(i % columns, columns) {
                let weight = cells.get(row * columns + column).map_or(0.0, |cell| cell.1);
                (sum, count) = (sum + weight / whole, count + 1.0);
            }
        }
        (sum / count / NEAR_SHARE).min(1.0)
    };
    (0..cells.len()).map(share).collect()
}

fn linear(rgb: [u8; 3]) -> [f32; 3] {
    rgb.map(|v| LINEAR_FROM_SRGB8[usize::from(v)] as f32)
}

fn brightness([r, g, b]: [f32; 3]) -> f32 {
    // Luminance (IEC 61966-2-1).
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// The share, 0–1, that counts as mirrored where a channel has come to such a level of
/// 255.
#[must_use]
pub(super) fn clipped(level: u8) -> f32 {
    CLIPPED_SHINE * ((f32::from(level) - CLIPPING) / (255.0 - CLIPPING)).max(0.0)
}

/// How far a colour is from grey, 0–1.
fn saturation([r, g, b]: [f32; 3]) -> f32 {
    let most = r.max(g).max(b);
    1.0 - r.min(g).min(b) / most.max(1e-6)
}

/// Weighted means over each cell's surroundings; what has no weight takes its
/// neighbours'.
fn smoothed(cells: &[([f32; 3], f32)], columns: usize) -> Vec<[f32; 3]> {
    let weighed: Vec<[f32; 4]> = cells
        .iter()
        .map(|([r, g, b], w)| {
            // Never nothing, lest a place far from all skin be divided by it.
            let w = w.max(1e-4);
            [r * w, g * w, b * w, w]
        })
        .collect();
    let rows = cells.len() / columns.max(1);
    let across = blurred(&weighed, columns, 1, rows, columns);
    let down = blurred(&across, rows, columns, columns, 1);
    down.iter()
        .map(|[r, g, b, w]| [r / w, g / w, b / w])
        .collect()
}

/// Blurs `lines` lines of `length` cells that are `step` apart in memory, and
/// the lines `pitch`.
fn blurred(
    cells: &[[f32; 4]],
    length: usize,
    step: usize,
    lines: usize,
    pitch: usize,
) -> Vec<[f32; 4]> {
    let reach = (2.5 * SMOOTH_CELLS) as usize;
    let weights: Vec<f32> = (0..=reach)
        .map(|d| libm::exp(-0.5 * (d * d) as f64 / (SMOOTH_CELLS * SMOOTH_CELLS)) as f32)
        .collect();
    let mut out = vec![[0.0; 4]; cells.len()];
    for line in 0..lines {
        for i in 0..length {
            let near = i.saturating_sub(reach)..(i + reach + 1).min(length);
            let mut sum = [0.0; 4];
            for j in near {
                let weight = weights.get(i.abs_diff(j)).copied().unwrap_or(0.0);
                let cell = cells
                    .get(line * pitch + j * step)
                    .copied()
                    .unwrap_or_default();
                sum.iter_mut().zip(cell).for_each(|(s, v)| *s += weight * v);
            }
            if let Some(out) = out.get_mut(line * pitch + i * step) {
                *out = sum;
            }
        }
    }
    out
}

#[cfg(test)]
#[path = "shine_tests.rs"]
mod tests;
