//! Where a bald head turns away from the camera its skin is darker, and passes for
//! hair: a rim a few millimetres wide between skin and background. Pigment that
//! ended at it would leave a pale edge around the head.

use super::cells::Cells;
use super::cut::Labelled;
use super::labels::{HAIR, OTHER, SKIN};
use super::spread::plane_of;

/// How far from skin on its one side and from what is neither on the other a rim
/// is at most, cells of 0.8 mm: on this project's photos they are 3 to 5 mm wide.
const RADIUS: usize = 7;
/// Share of that surrounding that skin, and what is neither, must be.
const LEAST_NEAR: f32 = 0.02;
/// Light as a share of that of the skin near it, from which on a cell may be skin
/// that turns away, and surely is: hair seen edge-on returns less.
const LIGHT: [f32; 2] = [0.4, 0.55];

/// The labels with rims as the skin that they are.
pub(super) fn without_rims(cells: &Cells, shares: &mut [Labelled]) {
    let skin = plane_of(cells, shares, SKIN);
    let lit = skin.with(&cells.light, &|skin, light| skin * light);
    let other = plane_of(cells, shares, OTHER);
    let [skin, lit, other] = [skin, lit, other].map(|plane| plane.mean(RADIUS).v);
    for (i, shares) in shares.iter_mut().enumerate() {
        let light = cells.light.v[i] * skin[i] / lit[i].max(1e-6);
        let [hair, lit] = LIGHT;
        if skin[i].min(other[i]) >= LEAST_NEAR {
            let moved = ((light - hair) / (lit - hair)).clamp(0.0, 1.0) * shares[HAIR];
            *shares += Labelled::new(moved, -moved, 0.0, 0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::image::Photo;
    use crate::vision::crop::{Pyramid, Square};

    const SIDE: u32 = 80;
    /// Where skin ends, and then the rim.
    const SKIN_ENDS: u32 = 40;

    /// Skin on the left, a strip labelled hair of that width and brightness, then
    /// background; the share of hair left in the strip's middle.
    fn hair_left(width: u32, level: u8) -> f32 {
        let rim = SKIN_ENDS..SKIN_ENDS + width;
        let bytes = (0..SIDE * SIDE).flat_map(|i| {
            let x = i % SIDE;
            let v = if rim.contains(&x) { level } else { 180 };
            [v, v, v, 255]
        });
        let photo = Photo::new(SIDE, SIDE, bytes.collect()).unwrap();
        let square = Square {
            centre: glam::DVec2::splat(0.5 * f64::from(SIDE)),
            side: f64::from(SIDE),
            turn: 0.0,
        };
        let cells = Cells::new(&Pyramid::new(&photo), square);
        let label = |i: u32| {
            let x = i % SIDE;
            let mut shares = Labelled::ZERO;
            shares[if rim.contains(&x) {
                HAIR
            } else if x < SKIN_ENDS {
                SKIN
            } else {
                OTHER
            }] = 1.0;
            shares
        };
        let mut shares: Vec<Labelled> = (0..SIDE * SIDE).map(label).collect();
        without_rims(&cells, &mut shares);
        let middle = SIDE / 2 * SIDE + SKIN_ENDS + width / 2;
        let sums = shares.iter().map(|s| s[SKIN] + s[HAIR] + s[OTHER]);
        assert!(sums.into_iter().all(|sum| (sum - 1.0).abs() < 1e-5));
        shares[middle as usize][HAIR]
    }

    #[test]
    fn a_narrow_shaded_rim_is_skin_and_hair_stays_hair() {
        // 150 of 180 is two thirds of the light, 60 a twelfth.
        assert_eq!(hair_left(5, 150), 0.0);
        assert_eq!(hair_left(5, 60), 1.0);
        assert_eq!(hair_left(24, 150), 1.0);
    }
}
