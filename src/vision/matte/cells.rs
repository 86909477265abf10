//! What the photo shows around the head, cell by cell: light, colour freed
//! from light, and texture.

use glam::DVec2;

use super::plane::Plane;
use crate::engine::color::{LINEAR_FROM_SRGB8, LUMINANCE_SHARES};
use crate::engine::head::HeadModel;
use crate::vision::crop::{Pyramid, Square};

/// Most cells along the square's side: at 320 a cell is about 0.8 mm.
const MOST_CELLS: usize = 320;
/// Room around the cranium, mm: long hair, and background to learn from.
const ROOM_MM: f64 = 35.0;
/// Added to linear light before logarithms: about three steps of an 8-bit
/// picture's deepest shade, below which colours are noise.
const NOISE_LIGHT: f32 = 0.003;
/// Radius over which texture is measured, and that of what is no texture,
/// cells.
const TEXTURE_RADIUS: usize = 3;
const SMOOTH_RADIUS: usize = 1;

/// The photo around the head.
pub(super) struct Cells {
    /// Where it lies; upright.
    pub(super) square: Square,
    /// Cells along a side.
    pub(super) side: usize,
    /// Luminance in linear light, 0–1.
    pub(super) light: Plane,
    /// Its logarithm, held up in the dark.
    pub(super) ln_light: Plane,
    /// ln(red / green): skin has much of it, grey hair little.
    pub(super) red: Plane,
    /// ln(green / blue).
    pub(super) yellow: Plane,
    /// Standard deviation of ln(light) within about 5 mm, without what changes
    /// slowly.
    pub(super) texture: Plane,
    /// The photo's sRGB luma, 0–1: what edges are followed by.
    pub(super) luma: Plane,
}

/// The upright square around a head.
pub(super) fn square_around(head: &HeadModel) -> Square {
    let extent = |dir: DVec2| head.silhouette_extent(dir);
    let low = DVec2::new(-extent(DVec2::NEG_X), -extent(DVec2::NEG_Y));
    let high = DVec2::new(extent(DVec2::X), extent(DVec2::Y));
    Square {
        centre: (low + high) * 0.5,
        side: (high - low).max_element() + 2.0 * ROOM_MM * head.camera.px_per_mm,
        turn: 0.0,
    }
}

/// Luma of an sRGB colour, 0–1 (weights of ITU-R BT.709).
pub(super) fn luma(rgb: [f32; 3]) -> f32 {
    let [r, g, b] = LUMINANCE_SHARES.map(|share| share as f32);
    rgb[0] * r + rgb[1] * g + rgb[2] * b
}

impl Cells {
    /// Reads the photo.
    pub(super) fn new(pyramid: &Pyramid<'_>, square: Square) -> Self {
        let side = (square.side.ceil() as usize).clamp(16, MOST_CELLS);
        let crop = pyramid.crop(&square, side);
        let rgb = crop.as_chunks::<3>().0;
        let plane = |of: &dyn Fn([f32; 3]) -> f32| Plane {
            side,
            v: rgb.iter().map(|rgb| of(*rgb)).collect(),
        };
        let linear = rgb.iter().map(|rgb| rgb.map(linear_from_srgb));
        let linear: Vec<[f32; 3]> = linear.collect();
        let of_linear = |of: &dyn Fn([f32; 3]) -> f32| Plane {
            side,
            v: linear.iter().map(|rgb| of(*rgb)).collect(),
        };
        let ratio = |a: f32, b: f32| ln_light(a) - ln_light(b);
        // Luminance is the same weighting of linear light.
        let light = of_linear(&luma);
        let ln_light = Plane {
            side,
            v: light.v.iter().map(|y| ln_light(*y)).collect(),
        };
        let fine = ln_light.with(&ln_light.mean(SMOOTH_RADIUS), &|a, b| a - b);
        let power = fine.with(&fine, &|a, b| a * b).mean(TEXTURE_RADIUS);
        Self {
            square,
            side,
            red: of_linear(&|[r, g, _]| ratio(r, g)),
            yellow: of_linear(&|[_, g, b]| ratio(g, b)),
            texture: Plane {
                side,
                v: power.v.iter().map(|p| p.max(0.0).sqrt()).collect(),
            },
            luma: plane(&luma),
            light,
            ln_light,
        }
    }

    /// Where a cell's middle lies in the photo, px.
    pub(super) fn photo_from_cell(&self, x: usize, y: usize) -> DVec2 {
        let place = |v: usize| (v as f64 + 0.5) / self.side as f64;
        self.square
            .photo_from_square(DVec2::new(place(x), place(y)))
    }

    /// The cell that shows a photo point, px; none outside.
    pub(super) fn cell_from_photo(&self, q: DVec2) -> Option<usize> {
        let p = self.square.square_from_photo(q) * self.side as f64;
        let inside = |v: f64| v >= 0.0 && v < self.side as f64;
        (inside(p.x) && inside(p.y)).then(|| p.y as usize * self.side + p.x as usize)
    }
}

/// Logarithm of linear light, held up in the dark.
pub(super) fn ln_light(light: f32) -> f32 {
    libm::logf(light + NOISE_LIGHT)
}

/// Linear light of an sRGB value, 0–1, between the table's entries.
fn linear_from_srgb(encoded: f32) -> f32 {
    let at = (encoded * 255.0).clamp(0.0, 255.0);
    let low = at as usize;
    let table = |i: usize| LINEAR_FROM_SRGB8[i.min(255)] as f32;
    table(low) + (table(low + 1) - table(low)) * (at - low as f32)
}
