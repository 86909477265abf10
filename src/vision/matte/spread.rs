//! From labels of cells to labels of the photo's own pixels.

use glam::DVec2;

use super::cells::{Cells, luma};
use super::cut::Labelled;
use super::labels::{HAIR, SKIN};
use super::plane::{Guided, Plane};
use crate::engine::image::{Photo, Rect};
use crate::engine::matte::{MATTE_BYTES, Matte};

/// Radius within which a label's edge is moved to the photo's, cells, and the
/// variance of luma that is no edge.
const RADIUS: usize = 3;
const NOISE: f32 = 3e-4;

/// Labels for the photo's own pixels; none where the head lies outside it.
pub(super) fn spread(photo: &Photo, cells: &Cells, shares: &[Labelled]) -> Option<Matte> {
    let guided = [SKIN, HAIR].map(|label| {
        let plane = plane_of(cells, shares, label);
        Guided::new(&cells.luma, &plane, RADIUS, NOISE)
    });
    let corner = cells.square.centre - DVec2::splat(0.5 * cells.square.side);
    let far = corner + DVec2::splat(cells.square.side);
    let rect = Rect::from_edges(corner.x, corner.y, far.x, far.y).intersect(photo.rect());
    let between = |px: u32, corner: f64| Between::new(cells, f64::from(px) + 0.5 - corner);
    let columns: Vec<Between> = (rect.x..rect.right())
        .map(|x| between(x, corner.x))
        .collect();
    let mut bytes = Vec::with_capacity(columns.len() * rect.height as usize * MATTE_BYTES);
    for y in rect.y..rect.bottom() {
        let row = row(&guided, &between(y, corner.y));
        let start = (y as usize * photo.width() as usize + rect.x as usize) * 4;
        let pixels = photo.rgba().get(start..)?.as_chunks::<4>().0;
        for ([r, g, b, _], column) in pixels.iter().zip(&columns) {
            let light = luma([r, g, b].map(|v| f32::from(*v) * (1.0 / 255.0)));
            let (left, right) = (row[column.low], row[column.high]);
            let [skin_slope, skin, hair_slope, hair] =
                std::array::from_fn(|i| column.mix(left[i], right[i]));
            let shares = [skin_slope * light + skin, hair_slope * light + hair];
            // `as` saturates.
            bytes.extend(shares.map(|share| (share * 255.0 + 0.5) as u8));
        }
    }
    Matte::new(photo.width(), rect, bytes)
}

/// A label's shares, cell by cell.
#[inline(never)]
pub(super) fn plane_of(cells: &Cells, shares: &[Labelled], label: usize) -> Plane {
    Plane {
        side: cells.side,
        v: shares.iter().map(|shares| shares[label]).collect(),
    }
}

/// Both labels' slopes and rests on a row of pixels, cell by cell.
fn row([skin, hair]: &[Guided; 2], row: &Between) -> Vec<[f32; 4]> {
    let side = skin.slope.side;
    let at = |plane: &Plane, x: usize| {
        row.mix(plane.v[row.low * side + x], plane.v[row.high * side + x])
    };
    (0..side)
        .map(|x| [&skin.slope, &skin.rest, &hair.slope, &hair.rest].map(|plane| at(plane, x)))
        .collect()
}

/// The two cells whose middles a pixel's lies between, and how far on.
struct Between {
    low: usize,
    high: usize,
    share: f32,
}

impl Between {
    /// For a pixel whose middle is `px` from the square's edge.
    fn new(cells: &Cells, px: f64) -> Self {
        let last = cells.side - 1;
        let place = px * cells.side as f64 / cells.square.side - 0.5;
        // Not `clamp`: see `skin`.
        let place = place.max(0.0).min(last as f64);
        let low = place as usize;
        Self {
            low,
            high: (low + 1).min(last),
            share: (place - low as f64) as f32,
        }
    }

    fn mix(&self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.share
    }
}
