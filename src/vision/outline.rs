//! A head without a face: an ellipse to start from, out of the person mask,
//! and a guess from where the head is seen; and what it is if it is seen from a side.
//! All are the person's to correct.

use glam::DVec2;

use super::person::PersonMask;
use super::profile::profile;
use crate::engine::anthropometry::STANDARD_SEMI_AXES_MM;
use crate::engine::camera::{longer_edge_px, marker_from_photo};
use crate::engine::fit::usual_tilt_deg;
use crate::engine::image::Photo;
use crate::engine::placement::{HeadOutline, View};

/// Rows narrower than this share of the photo's longer edge are no head's.
const LEAST_WIDTH: f64 = 0.06;
/// From above a head narrows again: to less than this share of its width, so many
/// half widths below its top, where from behind or the side ears and jaw
/// would be (130 mm below the vertex). A guess to begin with: hair, shoulders
/// and a bowed head mislead it.
const NARROWED: f64 = 0.96;
/// See [`NARROWED`].
const NARROWED_AT: f64 = 1.75;
/// How far down, in half heights from the top, the outline is the skull's, and how
/// large an ellipse is down to there, half widths times half heights: from above
/// past its widest part, otherwise to where the ears begin.
const FROM_ABOVE: [f64; 2] = [1.4, 2.349];
/// See [`FROM_ABOVE`].
const ABOVE_EARS: [f64; 2] = [0.75, 1.076];

/// The outlines of a head in a mask of the whole photo: as it seems to be seen, then
/// as seen from its right and its left. None where there is nobody, or nothing like a
/// head.
#[must_use]
pub fn head_outlines(photo: &Photo, mask: &PersonMask) -> Vec<HeadOutline> {
    outlines(photo, mask).unwrap_or_default()
}

fn outlines(photo: &Photo, mask: &PersonMask) -> Option<Vec<HeadOutline>> {
    let rows = rows(mask);
    let longer = mask.side as f64;
    let top = rows
        .iter()
        .position(|row| row.width() > LEAST_WIDTH * longer)?;
    let head = rows.get(top..)?;
    let axes = STANDARD_SEMI_AXES_MM;
    // As from behind, to know how wide it is and so what lies below.
    let upper = fitted(head, axes.y / axes.x, ABOVE_EARS)?;
    let near = head.iter().take((NARROWED_AT * upper.x) as usize);
    let widest = near.map(Row::width).fold(0.0, f64::max);
    let below = head.get((NARROWED_AT * 0.5 * widest) as usize);
    let narrowed = below.is_some_and(|row| row.width() < NARROWED * widest);
    let (view, half) = if narrowed {
        (View::Top, fitted(head, axes.z / axes.x, FROM_ABOVE)?)
    } else {
        (View::Back, upper)
    };
    let longer_px = longer_edge_px(photo.width(), photo.height());
    let px = mask.square.side / longer;
    // Its middle in the photo, px, where it is so many places high.
    let middle = |half_height: f64| {
        let across = head
            .get(half_height as usize)
            .map_or(0.5 * longer, Row::middle);
        let centre = DVec2::new(across, top as f64 + half_height);
        mask.square.photo_from_square(centre / longer)
    };
    let seemingly = HeadOutline {
        view,
        centre: marker_from_photo(middle(half.y), photo.width(), photo.height()),
        half_axes: (half * (px / longer_px)).to_array(),
        roll_deg: 0.0,
        tilt_deg: usual_tilt_deg(view),
        turn_deg: 0.0,
        known_length: None,
    };
    let side = fitted(head, axes.y / axes.z, ABOVE_EARS)?;
    let from_side = [View::RightSide, View::LeftSide].map(|view| {
        let px_per_mm = side.y * px / axes.y;
        profile(photo, mask, view, middle(side.y), px_per_mm)
    });
    Some([seemingly].into_iter().chain(from_side).collect())
}

/// Half width and height, places, of the ellipse that begins with the first row
/// and is as large as the rows are, as far down as they are the skull's: widths
/// err either way, their sum by little. `aspect` is the skull's.
fn fitted(head: &[Row], aspect: f64, [reach, size]: [f64; 2]) -> Option<DVec2> {
    let mut sum = 0.0;
    // A small ellipse is less than as many rows of a larger head, and grows faster.
    let fits = |(y, row): &(usize, &Row)| {
        sum += row.width();
        let height = (*y as f64 + 1.0) / reach;
        sum <= size * height * height / aspect
    };
    let (y, _) = head.iter().enumerate().find(fits)?;
    let height = (y as f64 + 1.0) / reach;
    Some(DVec2::new(height / aspect, height))
}

/// The person's part of one row of the mask, in places.
#[derive(Debug, Clone, Copy, Default)]
struct Row {
    left: f64,
    right: f64,
}

impl Row {
    fn width(&self) -> f64 {
        self.right - self.left
    }

    fn middle(&self) -> f64 {
        0.5 * (self.left + self.right)
    }
}

fn rows(mask: &PersonMask) -> Vec<Row> {
    let row = |row: &[f32]| {
        let is_person = |share: &f32| *share > 0.5;
        let left = row.iter().position(is_person);
        let right = row.iter().rposition(is_person);
        match (left, right) {
            (Some(left), Some(right)) => Row {
                left: left as f64,
                right: right as f64 + 1.0,
            },
            _ => Row::default(),
        }
    };
    mask.share.chunks_exact(mask.side.max(1)).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vision::crop::Square;

    /// A mask of an ellipse, with ears and shoulders where wanted.
    fn mask(photo: &Photo, centre: DVec2, half: DVec2, shoulders: bool) -> PersonMask {
        let side = 256;
        let share = (0..side * side).map(|i| {
            let p = DVec2::new((i % side) as f64 + 0.5, (i / side) as f64 + 0.5);
            let head = ((p - centre) / half).length() < 1.0;
            let across = (p.x - centre.x).abs() / half.x;
            let down = (p.y - centre.y) / half.y;
            let ears = (0.1..0.7).contains(&down) && across < 1.05;
            let body = (down > 0.7 && across < 0.8) || (down > 1.3 && across < 1.5);
            f32::from(u8::from(head || (shoulders && (ears || body))))
        });
        PersonMask {
            square: Square::around(photo),
            side,
            share: share.collect(),
        }
    }

    fn outline(half: DVec2, shoulders: bool) -> HeadOutline {
        let photo = Photo::new(800, 800, vec![0; 800 * 800 * 4]).unwrap();
        let mask = mask(&photo, DVec2::new(120.0, 110.0), half, shoulders);
        head_outlines(&photo, &mask)[0]
    }

    #[test]
    fn an_ellipse_is_found_and_its_view_guessed() {
        for (half, shoulders, view) in [
            (DVec2::new(60.0, 80.0), false, View::Top),
            (DVec2::new(50.0, 60.0), true, View::Back),
        ] {
            let found = outline(half, shoulders);
            assert_eq!(found.view, view);
            let [x, y] = found.centre.map(|v| v * 256.0);
            assert!(
                (x - 120.0).abs() < 2.0 && (y - 110.0).abs() < 0.25 * half.y,
                "{found:?}"
            );
            let [a, b] = found.half_axes.map(|v| v * 256.0);
            assert!(
                (a / half.x - 1.0).abs() < 0.08 && (b / half.y - 1.0).abs() < 0.25,
                "{found:?}"
            );
        }
    }

    #[test]
    fn nobody_is_nobody() {
        let photo = Photo::new(80, 80, vec![0; 80 * 80 * 4]).unwrap();
        let nobody = PersonMask {
            square: Square::around(&photo),
            side: 256,
            share: vec![0.1; 256 * 256],
        };
        assert_eq!(head_outlines(&photo, &nobody), []);
    }
}
