//! What bare skin of this head looks like in this photo: its colour, its
//! texture, and how the light falls on it.

use glam::{DMat4, DVec2, DVec4};

use super::cells::{Cells, ln_light};
use super::plane::Plane;
use super::surface::Spot;
use crate::engine::image::Photo;
use crate::vision::colours::{SKIN_POINTS, SKIN_RADIUS_MM};
use crate::vision::face::Face;

/// Rounds of leaving out what lies too far from the rest.
const ROUNDS: usize = 4;
/// Farther than so many standard deviations is too far.
const TOO_FAR: f32 = 2.0;

/// Mean of the bulk of some numbers; `least_sd` is the smallest spread
/// believed.
fn bulk_mean(numbers: &[f32], least_sd: f32) -> f32 {
    let (mut mean, mut sd) = (0.0, f32::INFINITY);
    for _ in 0..ROUNDS {
        let (mut sum, mut squares, mut count) = (0.0, 0.0, 0.0_f32);
        for v in numbers {
            // From the mean so far, which keeps the digits.
            let off = v - mean;
            if off.abs() <= TOO_FAR * sd {
                (sum, squares, count) = (sum + off, squares + off * off, count + 1.0);
            }
        }
        let off = sum / count.max(1.0);
        let variance = squares / count.max(1.0) - off * off;
        mean += off;
        sd = variance.max(0.0).sqrt().max(least_sd);
    }
    mean
}

/// Bare skin of one head.
#[derive(Debug, Clone, Copy)]
pub(super) struct Skin {
    /// Luminance of skin whose normal is n, camera frame: `a + b · n`, in
    /// (bx, by, bz, a).
    shading: DVec4,
    /// Its least and its most, whatever the normal says.
    range: [f64; 2],
    pub(super) red: f32,
    pub(super) yellow: f32,
    pub(super) texture: f32,
}

/// Least spreads believed: of light, of colours (ln), of texture.
const LEAST_LIGHT_SD: f32 = 1e-3;
const LEAST_COLOUR_SD: f32 = 0.03;
const LEAST_TEXTURE_SD: f32 = 0.01;
/// Skin is not darker than this, in the darkest photo.
const LEAST_LIGHT: f64 = 1e-3;
/// Fewer samples of light tell nothing of where it comes from.
const LEAST_SAMPLES: f64 = 8.0;
/// Skin whose light is farther from what its normal says than this factor is
/// in a cast shadow, shines, or is no skin.
const ODD_LIGHT: f64 = 1.35;
/// Rounds of the fit, each leaving out what the one before found odd.
const SHADING_ROUNDS: usize = 5;
/// How much the light's direction is held back, as a share of the evidence:
/// samples that all face one way say nothing of others.
const HOLD: f64 = 0.02;
/// Skin is never lighter or darker than these factors of its mean.
const LIGHT_RANGE: [f64; 2] = [0.22, 2.2];

impl Skin {
    /// Learns from cells that are mostly bare skin.
    pub(super) fn learn(cells: &Cells, surface: &[Spot], samples: &[usize]) -> Self {
        let of = |plane: &Plane| -> Vec<f32> { samples.iter().map(|i| plane.v[*i]).collect() };
        let usual = f64::from(bulk_mean(&of(&cells.light), LEAST_LIGHT_SD)).max(LEAST_LIGHT);
        let mut shading = DVec4::new(0.0, 0.0, 0.0, usual);
        let range = LIGHT_RANGE.map(|factor| factor * usual);
        for _ in 0..SHADING_ROUNDS {
            let mut normal = DMat4::ZERO;
            let mut sum = DVec4::ZERO;
            let mut count = 0.0;
            for i in samples {
                let n = surface[*i].normal.extend(1.0);
                let light = f64::from(cells.light.v[*i]) / usual;
                let said = shading.dot(n).max(range[0]).min(range[1]) / usual;
                let ratio = light.max(LEAST_LIGHT) / said;
                if !(1.0 / ODD_LIGHT..ODD_LIGHT).contains(&ratio) {
                    continue;
                }
                // Errors count as shares of the light.
                let weight = 1.0 / (said * said);
                normal += DMat4::from_cols(n * n.x, n * n.y, n * n.z, n) * weight;
                sum += n * (weight * light);
                count += 1.0;
            }
            if count < LEAST_SAMPLES {
                break;
            }
            let held = DMat4::from_diagonal(DVec4::new(1.0, 1.0, 1.0, 0.0) * (HOLD * count));
            shading = (normal + held).inverse() * sum * usual;
        }
        Self {
            shading,
            range,
            red: bulk_mean(&of(&cells.red), LEAST_COLOUR_SD),
            yellow: bulk_mean(&of(&cells.yellow), LEAST_COLOUR_SD),
            texture: bulk_mean(&of(&cells.texture), LEAST_TEXTURE_SD),
        }
    }

    /// ln of the luminance that bare skin has at a spot.
    pub(super) fn ln_light(&self, spot: &Spot) -> f32 {
        let [least, most] = self.range;
        let light = self.shading.dot(spot.normal.extend(1.0));
        // Not `clamp`: bounds that are not constant bring its refusal along,
        // and with it the printing of numbers, 7 KB of the worker.
        ln_light(light.max(least).min(most) as f32)
    }
}

/// Points of the mesh on the upper forehead: as near to the scalp as it goes.
const FOREHEAD_POINTS: [usize; 3] = [10, 109, 338];
/// Without a face: how far within the outline the head is looked at, mm, and
/// how sure the cell is the person.
const WITHIN_MM: f32 = 15.0;
const SURELY: f32 = 0.5;

/// Cells that are mostly bare skin: those around points of the face; without
/// one, the whole inner head.
pub(super) fn samples(
    cells: &Cells,
    surface: &[Spot],
    person: &Plane,
    photo: &Photo,
    face: Option<&Face>,
) -> Vec<usize> {
    let Some(face) = face else {
        return smooth_and_light(cells, surface, person);
    };
    let radius_px = SKIN_RADIUS_MM * face.pose.px_per_mm;
    let step_px = cells.square.side / cells.side as f64;
    let steps = (radius_px / step_px) as i32;
    let mut found = Vec::new();
    for point in SKIN_POINTS.into_iter().chain(FOREHEAD_POINTS) {
        for (dx, dy) in (-steps..=steps).flat_map(|x| (-steps..=steps).map(move |y| (x, y))) {
            let d = DVec2::new(f64::from(dx), f64::from(dy)) * step_px;
            let q = face.mesh.at(point) + d;
            if d.length() <= radius_px && photo.pixel_at(q).is_some() {
                found.extend(cells.cell_from_photo(q));
            }
        }
    }
    found
}

/// Cells of the inner head that are smoother and not darker than its mean:
/// from above and behind that is what bare scalp is.
fn smooth_and_light(cells: &Cells, surface: &[Spot], person: &Plane) -> Vec<usize> {
    let inner = |i: &usize| surface[*i].outside_mm < -WITHIN_MM && person.v[*i] > SURELY;
    let inner: Vec<usize> = (0..surface.len()).filter(inner).collect();
    let mean = |plane: &Plane| {
        let sum: f32 = inner.iter().map(|i| plane.v[*i]).sum();
        sum / inner.len().max(1) as f32
    };
    let (light, texture) = (mean(&cells.ln_light), mean(&cells.texture));
    let smooth = |i: &usize| cells.texture.v[*i] <= texture && cells.ln_light.v[*i] >= light;
    inner.iter().copied().filter(smooth).collect()
}
