//! What is bare scalp, what is hair and what is neither: a soft label for
//! every pixel around a head.
//!
//! 1. `cells`: the photo around the head, some 0.8 mm to the cell: light,
//!    colour freed from light, texture.
//! 2. `surface`: which way the head's surface faces there.
//! 3. `skin`: what this person's bare skin looks like in this light, learnt
//!    from the face, or without one from the head itself.
//! 4. `labels`: how surprising each label would be at a cell.
//! 5. `cut`: neighbours agree, but where the photo has an edge.
//! 6. The labels' edges are moved to the photo's own at its full size, by a
//!    guided filter (`plane`).

mod cells;
mod cut;
mod labels;
mod plane;
mod skin;
mod surface;
mod weights;

use glam::DVec2;

use cells::{Cells, luma, square_around};
use cut::{Labelled, cut};
pub use labels::FEATURES;
use labels::{HAIR, NOTHING, SKIN, costs};
use plane::{Guided, Plane};
use skin::{Skin, samples};
use surface::surface;

use super::crop::{Pyramid, Square};
use super::face::Face;
use super::person::PersonMask;
use crate::engine::head::HeadModel;
use crate::engine::image::{Photo, Rect};
use crate::engine::matte::{MATTE_BYTES, Matte};

/// Radius within which the person mask's edge is moved to the photo's, cells,
/// and the variance of luma that is no edge.
const PERSON_RADIUS: usize = 6;
const PERSON_NOISE: f32 = 1e-3;
/// The same for the labels.
const LABEL_RADIUS: usize = 3;
const LABEL_NOISE: f32 = 3e-4;
/// What a border between labels costs per cell's side, in nats, where the
/// photo has no edge, and the difference in luma between neighbours at which
/// it costs 1/e of that.
const BORDER: f32 = 6.0;
const EDGE_LUMA: f32 = 0.06;
/// A border costs at least this share.
const LEAST_BORDER: f32 = 0.15;

/// Labels the photo around a head. `mask` is the person in it, `face` the
/// head's face where there is one. None where the head lies outside the photo.
#[must_use]
pub fn matte(
    photo: &Photo,
    pyramid: &Pyramid<'_>,
    mask: &PersonMask,
    head: &HeadModel,
    face: Option<&Face>,
) -> Option<Matte> {
    let (cells, features) = features(photo, pyramid, mask, head, face);
    let cost = |(i, features): (usize, [f32; FEATURES])| {
        let q = cells.photo_from_cell(i % cells.side, i / cells.side);
        match photo.pixel_at(q) {
            Some([_, _, _, alpha]) if alpha > 127 => costs(features, face.is_some()),
            _ => NOTHING,
        }
    };
    let costs: Vec<Labelled> = features.into_iter().enumerate().map(cost).collect();
    let shares = cut(cells.side, &costs, &border(&cells.luma));
    spread(photo, &cells, &shares)
}

/// What [`matte`] decides by, for learning its weights: the square it looks
/// at, and the features of its cells, rows from the top.
#[must_use]
pub fn evidence(
    photo: &Photo,
    pyramid: &Pyramid<'_>,
    mask: &PersonMask,
    head: &HeadModel,
    face: Option<&Face>,
) -> (Square, Vec<[f32; FEATURES]>) {
    let (cells, features) = features(photo, pyramid, mask, head, face);
    (cells.square, features)
}

fn features(
    photo: &Photo,
    pyramid: &Pyramid<'_>,
    mask: &PersonMask,
    head: &HeadModel,
    face: Option<&Face>,
) -> (Cells, Vec<[f32; FEATURES]>) {
    let cells = Cells::new(pyramid, square_around(head));
    let person = Plane::of(cells.side, &|x, y| {
        mask.at(cells.photo_from_cell(x, y)).unwrap_or(0.0)
    });
    let person = Guided::new(&cells.luma, &person, PERSON_RADIUS, PERSON_NOISE).on(&cells.luma);
    let surface = surface(&cells, head);
    let samples = samples(&cells, &surface, &person, photo, face);
    let skin = Skin::learn(&cells, &surface, &samples);
    let features = labels::features(&cells, &surface, &skin, &person).collect();
    (cells, features)
}

/// What a border between labels costs at each cell.
fn border(luma: &Plane) -> Plane {
    let side = luma.side;
    Plane::of(side, &|x, y| {
        let here = luma.v[y * side + x];
        let right = luma.v[y * side + (x + 1).min(side - 1)];
        let below = luma.v[(y + 1).min(side - 1) * side + x];
        let step = (right - here).abs().max((below - here).abs()) / EDGE_LUMA;
        BORDER * libm::expf(-step * step).max(LEAST_BORDER)
    })
}

/// Labels for the photo's own pixels, from those of cells.
fn spread(photo: &Photo, cells: &Cells, shares: &[Labelled]) -> Option<Matte> {
    let side = cells.side;
    let guided = |label: usize| {
        let plane = Plane {
            side,
            v: shares.iter().map(|shares| shares[label]).collect(),
        };
        Guided::new(&cells.luma, &plane, LABEL_RADIUS, LABEL_NOISE)
    };
    let guided = [guided(SKIN), guided(HAIR)];
    let corner = cells.square.centre - DVec2::splat(0.5 * cells.square.side);
    let far = corner + DVec2::splat(cells.square.side);
    let rect = Rect::from_edges(corner.x, corner.y, far.x, far.y).intersect(photo.rect());
    let per_px = side as f64 / cells.square.side;
    // The two cells whose middles a pixel's lies between, and how far on.
    let between = |px: u32, corner: f64| {
        let place = (f64::from(px) + 0.5 - corner) * per_px - 0.5;
        let place = place.max(0.0).min((side - 1) as f64);
        let low = place as usize;
        (low, (low + 1).min(side - 1), (place - low as f64) as f32)
    };
    let columns: Vec<(usize, usize, f32)> = (rect.x..rect.right())
        .map(|x| between(x, corner.x))
        .collect();
    let mut bytes = Vec::with_capacity(columns.len() * rect.height as usize * MATTE_BYTES);
    // One row of cells, where the row of pixels lies between two.
    let mut row = vec![[0.0; 4]; side];
    for y in rect.y..rect.bottom() {
        let (upper, lower, share) = between(y, corner.y);
        for (x, cell) in row.iter_mut().enumerate() {
            let mix = |plane: &Plane| {
                let (a, b) = (plane.v[upper * side + x], plane.v[lower * side + x]);
                a + (b - a) * share
            };
            let [skin, hair] = &guided;
            *cell = [&skin.slope, &skin.rest, &hair.slope, &hair.rest].map(mix);
        }
        for (x, (left, right, share)) in (rect.x..).zip(&columns) {
            let [r, g, b, _] = photo.pixel(x, y).unwrap_or_default();
            let light = luma([r, g, b].map(|v| f32::from(v) * (1.0 / 255.0)));
            let (a, b) = (row[*left], row[*right]);
            let [skin_slope, skin, hair_slope, hair] =
                std::array::from_fn(|i| a[i] + (b[i] - a[i]) * share);
            let shares = [skin_slope * light + skin, hair_slope * light + hair];
            // `as` saturates.
            bytes.extend(shares.map(|share| (share * 255.0 + 0.5) as u8));
        }
    }
    Matte::new(photo.width(), rect, bytes)
}
