//! How much each label would cost at each cell, from what the photo shows
//! there: a softmax of a few features, whose weights were learnt.

use super::cells::Cells;
use super::cut::Labelled;
use super::plane::Plane;
use super::skin::Skin;
use super::surface::Spot;
use super::weights::WEIGHTS;

/// The labels' places in [`Labelled`]; the third is neither.
pub(super) const SKIN: usize = 0;
/// See [`SKIN`].
pub(super) const HAIR: usize = 1;
/// See [`SKIN`].
pub(super) const OTHER: usize = 2;

/// Features of a cell.
pub const FEATURES: usize = 22;

/// Costs are held to this, so that no cell is ever beyond doubt.
const MOST_COST: f32 = 6.0;
/// Added to texture before logarithms: smoother is all alike.
const LEAST_TEXTURE: f32 = 0.01;

/// Features of all cells.
pub(super) fn features<'a>(
    cells: &'a Cells,
    surface: &'a [Spot],
    skin: &Skin,
    person: &'a Plane,
) -> impl Iterator<Item = [f32; FEATURES]> + 'a {
    let skin = *skin;
    let ln_texture = libm::logf(skin.texture + LEAST_TEXTURE);
    surface.iter().enumerate().map(move |(i, spot)| {
        let seen = Seen {
            light: cells.ln_light.v[i] - skin.ln_light(spot),
            red: cells.red.v[i] - skin.red,
            yellow: cells.yellow.v[i] - skin.yellow,
            texture: libm::logf(cells.texture.v[i] + LEAST_TEXTURE) - ln_texture,
            person: person.v[i],
        };
        seen.features(spot)
    })
}

/// What each label costs at a cell: how surprising it would be, in nats.
pub(super) fn costs(features: [f32; FEATURES], has_face: bool) -> Labelled {
    let scores = WEIGHTS[usize::from(has_face)].map(|weights| {
        let terms = weights.iter().zip(features).map(|(w, f)| f32::from(*w) * f);
        terms.sum::<f32>() * 0.001
    });
    let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = scores.iter().map(|score| libm::expf(score - most)).sum();
    let rest = most + libm::logf(sum);
    let [skin, hair, other] = scores.map(|score| (rest - score).min(MOST_COST));
    Labelled::new(skin, hair, other, 0.0)
}

/// What they cost where nothing is to be seen: it is neither.
pub(super) const NOTHING: Labelled = Labelled::new(MOST_COST, MOST_COST, 0.0, 0.0);

/// A cell beside what bare skin of this head would be there; colours and light
/// are differences of logarithms.
struct Seen {
    light: f32,
    red: f32,
    yellow: f32,
    texture: f32,
    /// How likely the cell is the person, 0–1.
    person: f32,
}

impl Seen {
    /// The numbers that the weights stand for, in their order.
    fn features(&self, spot: &Spot) -> [f32; FEATURES] {
        let light = self.light.clamp(-2.5, 1.0);
        let red = self.red.clamp(-0.8, 0.8) * 4.0;
        let yellow = self.yellow.clamp(-0.8, 0.8) * 4.0;
        let texture = self.texture.clamp(-1.0, 3.0);
        let person = self.person.clamp(0.0, 1.0);
        let up = (spot.up_mm * 0.02).clamp(-3.0, 3.0);
        let outside_cm = (spot.outside_mm * 0.1).clamp(-3.0, 3.0);
        [
            1.0,
            light,
            light * light,
            red,
            red * red,
            yellow,
            yellow * yellow,
            texture,
            texture * texture,
            light * red,
            light * texture,
            red * texture,
            red * yellow,
            light * yellow,
            person,
            person * person,
            outside_cm,
            outside_cm.max(0.0),
            spot.beyond_skin_cm(),
            up,
            (up + 1.0).min(0.0),
            f32::from(u8::from(spot.is_face())),
        ]
    }
}
