//! What is bare scalp, what is hair and what is neither: a soft label for
//! every pixel around a head.
//!
//! 1. `cells`: the photo around the head, some 0.8 mm to the cell: light,
//!    colour freed from light, texture.
//! 2. `surface`: which way the head's surface faces there.
//! 3. `skin`: what this person's bare skin looks like in this light, learnt
//!    from the face, or without one from the head itself.
//! 4. `labels`: how surprising each label would be at a cell; `ground`: where
//!    there is nothing to see, not even behind the person.
//! 5. `cut`: neighbours agree, but where the photo has an edge.
//! 6. `rim`: skin that turns away from the camera is skin.
//! 7. `spread`: the labels' edges are moved to the photo's own at its full
//!    size, by a guided filter (`plane`).

mod cells;
mod cut;
mod ground;
mod labels;
mod plane;
mod rim;
mod skin;
mod spread;
mod surface;
mod weights;

use cells::{Cells, square_around};
use cut::{Labelled, cut};
use ground::seen;
pub use labels::FEATURES;
use labels::{NOTHING, costs};
use plane::{Guided, Plane};
use rim::without_rims;
use skin::{Skin, samples};
use spread::spread;
use surface::surface;

use super::crop::{Pyramid, Square};
use super::face::Face;
use super::person::PersonMask;
use crate::engine::head::HeadModel;
use crate::engine::image::Photo;
use crate::engine::matte::Matte;

/// Radius within which the person mask's edge is moved to the photo's, cells,
/// and the variance of luma that is no edge.
const PERSON_RADIUS: usize = 6;
const PERSON_NOISE: f32 = 1e-3;
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
    let (cells, seen, features) = features(photo, pyramid, mask, head, face);
    let cost = |(seen, features)| match seen {
        0 => NOTHING,
        _ => costs(features, face.is_some()),
    };
    let costs: Vec<Labelled> = seen.into_iter().zip(features).map(cost).collect();
    let mut shares = cut(cells.side, &costs, &border(&cells.luma));
    without_rims(&cells, &mut shares);
    spread(photo, &cells, &shares)
}

/// The square that [`matte`] looks at, and the features of its cells, rows from
/// the top; none where there is nothing to see.
pub type Evidence = (Square, Vec<Option<[f32; FEATURES]>>);

/// What [`matte`] decides by, for learning its weights.
#[must_use]
pub fn evidence(
    photo: &Photo,
    pyramid: &Pyramid<'_>,
    mask: &PersonMask,
    head: &HeadModel,
    face: Option<&Face>,
) -> Evidence {
    let (cells, seen, features) = features(photo, pyramid, mask, head, face);
    let both = features.into_iter().zip(seen);
    let known = both.map(|(features, seen)| (seen != 0).then_some(features));
    (cells.square, known.collect())
}

fn features(
    photo: &Photo,
    pyramid: &Pyramid<'_>,
    mask: &PersonMask,
    head: &HeadModel,
    face: Option<&Face>,
) -> (Cells, Vec<u32>, Vec<[f32; FEATURES]>) {
    let cells = Cells::new(pyramid, square_around(head));
    let seen = seen(photo, mask, &cells);
    let person = Plane::of(cells.side, &|x, y| match seen[y * cells.side + x] {
        // Nobody, whatever the mask says.
        0 => 0.0,
        _ => mask.at(cells.photo_from_cell(x, y)).unwrap_or(0.0),
    });
    let person = Guided::new(&cells.luma, &person, PERSON_RADIUS, PERSON_NOISE).on(&cells.luma);
    let surface = surface(&cells, head);
    let samples = samples(&cells, &surface, &person, photo, face);
    let skin = Skin::learn(&cells, &surface, &samples);
    let features = labels::features(&cells, &surface, &skin, &person).collect();
    (cells, seen, features)
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
