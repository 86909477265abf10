//! The person's own shaved hair some days after the photo: pigment stays as it is,
//! and hair grows, until what was one shadow is two.
//!
//! Hair of 0.07 mm that grows by 0.4 mm a day (domain.md §0 and §2), 175 to 1 cm², hides another 5 % of the skin each day where it lies down, and its shadow
//! as much again where it stands. No photo series was found to measure it on
//! (grade D).

use glam::DVec2;

use super::color::{LINEAR_FROM_SRGB8, srgb8_from_linear};
use super::ease::smoothstep;
use super::head::HeadModel;
use super::image::Photo;
use super::scalp::Scalp;
use super::shine::Shine;
use super::sides::is_face;

/// Most days that are asked for: by then nobody takes it for shaved.
pub const MOST_DAYS: f64 = 3.0;
/// Share of the light that another day's hair takes of what is left.
pub const TAKEN_PER_DAY: f64 = 0.08;
/// How much more that is where the photo shows a hair, for each share of the light
/// around that is missing there: hairs get longer, and the skin between stays.
const ON_HAIRS: f64 = 2.0;
/// Bounds of what is missing, or too much: noise and glints are no hairs.
const MISSING: f64 = 0.5;
/// Hair that leaves less than the first share of the skin's light is long and hides it
/// already; what leaves the second is stubble, which takes seldom more than 0.8 of it
/// ([`super::sides`]). Long hair that is as bright as skin is not told from stubble.
const LEFT: [f32; 2] = [0.1, 0.2];

/// The photo with the hair of the head, neither brows nor beard, grown for so many
/// days.
#[must_use]
pub fn grown(photo: &Photo, head: &HeadModel, scalp: &Scalp, shine: &Shine, days: f64) -> Photo {
    let is_face = |q: DVec2| {
        let p_mm = head.scalp_from_photo(q);
        p_mm.is_some_and(|p_mm| is_face(p_mm / head.semi_axes_mm))
    };
    let mut grown = photo.clone();
    let (width, height) = (photo.width(), photo.height());
    let known = scalp.known_in(width, height);
    let days = if days > 0.0 { days.min(MOST_DAYS) } else { 0.0 };
    let row_bytes = width as usize * 4;
    let rows = grown.rgba_mut().chunks_exact_mut(row_bytes.max(4));
    for (y, row) in (0..height).zip(rows) {
        if !(known.y..known.bottom()).contains(&y) {
            continue;
        }
        let pixels = (0..width).zip(row.as_chunks_mut::<4>().0);
        for (x, [r, g, b, _]) in pixels.skip(known.x as usize).take(known.width as usize) {
            let q_in_photo = DVec2::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
            let hair = f64::from(scalp.untouched_hair_at(q_in_photo, width, height));
            if hair <= 0.0 || is_face(q_in_photo) {
                continue;
            }
            let [long, stubble] = LEFT;
            let shaved = (shine.left_around(q_in_photo) - long) / (stubble - long);
            let hair = hair * f64::from(smoothstep(shaved));
            if hair <= 0.0 {
                continue;
            }
            let bright = f64::from(shine.times_around(q_in_photo, [*r, *g, *b]));
            let missing = (1.0 - bright).clamp(-MISSING, MISSING);
            let taken = TAKEN_PER_DAY * days * (1.0 + ON_HAIRS * missing);
            for v in [r, g, b] {
                let linear = LINEAR_FROM_SRGB8[usize::from(*v)];
                *v = srgb8_from_linear(linear * (1.0 - hair * taken));
            }
        }
    }
    grown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fit::{fit, starting_placement};
    use crate::engine::image::Rect;
    use crate::engine::matte::Matte;
    use crate::engine::placement::View;
    use crate::engine::rng::hash_unit;

    const SIDE: u32 = 200;

    #[test]
    fn shaved_hair_darkens_day_by_day_and_skin_and_long_hair_do_not() {
        // Left skin, right stubble of uneven light, and dark hair below it.
        let bytes = (0..SIDE * SIDE).flat_map(|i| {
            let dark = if i % SIDE < SIDE / 2 {
                180.0
            } else if i / SIDE > 140 {
                30.0 + 20.0 * hash_unit(1, i % SIDE, i / SIDE)
            } else {
                80.0 + 60.0 * hash_unit(1, i % SIDE, i / SIDE)
            };
            let v = f64::from(dark) as u8;
            [v, v, v, 255]
        });
        let photo = Photo::new(SIDE, SIDE, bytes.collect()).unwrap();
        let shares = (0..SIDE * SIDE).flat_map(|i| {
            if i % SIDE < SIDE / 2 {
                [255, 0]
            } else {
                [0, 255]
            }
        });
        let matte = Matte::new(SIDE, photo.rect(), shares.collect());
        let scalp = Scalp::default().with_matte(matte);
        let shine = Shine::new(&photo, &scalp, photo.rect()).unwrap();
        let half = |photo: &Photo, x: u32| {
            let rect = Rect {
                x,
                y: 20,
                width: 60,
                height: 90,
            };
            photo.mean_linear(rect).unwrap()[1]
        };
        let usual = half(&photo, 120);
        let placement = starting_placement(Some(View::Top), SIDE, SIDE);
        let head = fit(&placement, SIDE, SIDE).unwrap();
        let later = |days: f64| grown(&photo, &head, &scalp, &shine, days);
        let mut before = usual;
        for days in 1..=3 {
            let later = later(f64::from(days));
            assert_eq!(half(&later, 20), half(&photo, 20));
            let long = |photo: &Photo| photo.pixel(150, 185).unwrap();
            assert_eq!(long(&later), long(&photo));
            let taken = 1.0 - half(&later, 120) / usual;
            let wanted = TAKEN_PER_DAY * f64::from(days);
            assert!(
                (taken / wanted - 1.0).abs() < 0.2,
                "{days}: {taken} {wanted}"
            );
            assert!(half(&later, 120) < before);
            before = half(&later, 120);
        }
        assert!(later(0.0).rgba() == photo.rgba());
        assert!(later(f64::NAN).rgba() == photo.rgba());
    }
}
