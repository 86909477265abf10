//! Where there is nothing to see: beyond the photo, and on the ground that a
//! cut-out lies on. (What was transparent in a file is white by now.) A camera
//! leaves noise everywhere but where it clips; a colour that a corner of the
//! photo has, and that reaches the head's surroundings from their rim without
//! the least change, is a page's or a burnt-out wall's, and neither skin nor
//! hair. A scalp with a burnt-out highlight does not reach the rim.

use glam::DVec2;

use super::cells::Cells;
use crate::engine::image::Photo;
use crate::vision::person::PersonMask;

/// A corner that is the person's by more than this is no ground's.
const PERSON: f32 = 0.5;

/// The pixel in the middle of each cell, as one number; nought where there is
/// nothing to see. `mask` is the person.
pub(super) fn seen(photo: &Photo, mask: &PersonMask, cells: &Cells) -> Vec<u32> {
    let pixel = |q| match photo.pixel_at(q) {
        Some(pixel) if pixel[3] > 127 => u32::from_le_bytes(pixel),
        _ => 0,
    };
    let far = DVec2::new(f64::from(photo.width()), f64::from(photo.height())) - 0.5;
    let corners = [(0.5, 0.5), (far.x, 0.5), (0.5, far.y), (far.x, far.y)];
    let grounds = corners.map(|corner| match mask.at(corner.into()) {
        Some(person) if person > PERSON => 0,
        _ => pixel(corner.into()),
    });
    let side = cells.side;
    let pixels = (0..side * side).map(|i| pixel(cells.photo_from_cell(i % side, i / side)));
    let mut seen: Vec<u32> = pixels.collect();
    // Sweeps there and back, from the rim and from beyond the photo, until one
    // finds no more. Steps that leave a row at its end lead from rim to rim.
    let mut found = true;
    while found {
        found = false;
        for step in 0..2 * seen.len() {
            let i = step.min(2 * seen.len() - 1 - step);
            let on_rim = (i + 1) % side < 2;
            let around = [i + 1, i + side, i.wrapping_sub(1), i.wrapping_sub(side)];
            let reached = on_rim || around.iter().any(|i| *seen.get(*i).unwrap_or(&0) == 0);
            if reached && seen[i] != 0 && grounds.contains(&seen[i]) {
                seen[i] = 0;
                found = true;
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vision::crop::{Pyramid, Square};

    #[test]
    fn a_page_is_nothing_to_see_but_a_highlight_is() {
        // A disc on white, itself burnt out in its middle.
        let side = 100;
        let out =
            |x: u32, y: u32| DVec2::new(f64::from(x), f64::from(y)).distance(DVec2::splat(50.0));
        let places = (0..side * side).map(|i| (i % side, i / side));
        let rgba = places.flat_map(|(x, y)| match out(x, y) {
            10.0..40.0 => [200, 150, 120, 255],
            _ => [255; 4],
        });
        let photo = Photo::new(side, side, rgba.collect()).unwrap();
        let square = Square::around(&photo);
        let cells = Cells::new(&Pyramid::new(&photo), square);
        for person in [0.1, 0.9] {
            let share = vec![person; 16];
            let mask = PersonMask {
                square: Square {
                    side: 200.0,
                    ..square
                },
                side: 4,
                share,
            };
            let seen = seen(&photo, &mask, &cells);
            for (i, seen) in (0..).zip(seen) {
                // White that is the person's to its corners is a head too near.
                let page = person < 0.5 && out(i % side, i / side) >= 40.0;
                assert_eq!(seen == 0, page, "{person} {i}");
            }
        }
    }
}
