//! A head without a face: an ellipse to start from, out of the person mask,
//! and a guess from where the head is seen. Both are the person's to correct.

use glam::DVec2;

use super::person::PersonMask;
use crate::engine::anthropometry::STANDARD_SEMI_AXES_MM;
use crate::engine::camera::{longer_edge_px, marker_from_photo};
use crate::engine::image::Photo;
use crate::engine::placement::{HeadOutline, Placement, View};

/// Rows narrower than this share of the photo's longer edge are no head's.
const LEAST_WIDTH: f64 = 0.06;
/// The head is widest where its outline has stopped growing: by less than
/// this share of the width ...
const GROWTH: f64 = 0.02;
/// ... over rows that are this share of the width.
const OVER: f64 = 0.08;
/// How much farther down it may grow by less, as a share of the width.
const STILL: f64 = 0.25;
/// From above a head narrows again: to less than this share of its width, so
/// many half widths below its top, where from behind or the side ears and jaw
/// would be (130 mm below the vertex). A guess to begin with: hair, shoulders
/// and a bowed head mislead it.
const NARROWED: f64 = 0.96;
/// See [`NARROWED`].
const NARROWED_AT: f64 = 1.75;

/// The outline of a head in a mask of the whole photo; none where there is
/// nobody, or nothing like a head.
#[must_use]
pub fn head_outline(photo: &Photo, mask: &PersonMask) -> Option<Placement> {
    let rows = rows(mask);
    let longer = mask.side as f64;
    let top = rows
        .iter()
        .position(|row| row.width() > LEAST_WIDTH * longer)?;
    let head = rows.get(top..)?;
    // From the top down to where the head has stopped growing.
    let middle = (1..head.len()).find(|at| {
        let width = head.get(*at).map_or(0.0, Row::width);
        let ahead = (OVER * width) as usize + 1;
        let next = head.get(at + ahead).map_or(0.0, Row::width);
        next < width * (1.0 + GROWTH)
    })?;
    // It may still grow a little, but not as far down as the ears.
    let soon = middle + (STILL * head.get(middle)?.width()) as usize;
    let near = head.get(middle..)?.iter().take(soon + 1 - middle);
    let widest = near.max_by(|a, b| a.width().total_cmp(&b.width()))?;
    let half_width = 0.5 * widest.width();
    let below = head.get((NARROWED_AT * half_width) as usize);
    let narrowed = below.is_some_and(|row| row.width() < NARROWED * widest.width());
    let axes = STANDARD_SEMI_AXES_MM;
    let (view, aspect) = if narrowed {
        (View::Top, axes.z / axes.x)
    } else {
        (View::Back, axes.y / axes.x)
    };
    let half_height = aspect * half_width;
    let centre = DVec2::new(widest.middle(), top as f64 + half_height);
    let px = mask.square.side / longer;
    let longer_px = longer_edge_px(photo.width(), photo.height());
    Some(Placement::Outline(HeadOutline {
        view,
        centre: marker_from_photo(
            mask.square.photo_from_square(centre / longer),
            photo.width(),
            photo.height(),
        ),
        half_axes: [half_width * px / longer_px, half_height * px / longer_px],
        roll_deg: 0.0,
        tilt_deg: 0.0,
        turn_deg: 0.0,
        known_length: None,
    }))
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
        match head_outline(&photo, &mask) {
            Some(Placement::Outline(outline)) => outline,
            other => panic!("{other:?}"),
        }
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
        assert_eq!(head_outline(&photo, &nobody), None);
    }
}
