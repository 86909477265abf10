//! A veil over what counts as bare scalp, to be shown over the photo to
//! somebody who corrects it. Never part of a saved picture.

use glam::DVec2;

use super::camera::longer_edge_px;
use super::head::HeadModel;
use super::image::Photo;
use super::scalp::Scalp;

/// The veil's longer edge, px: it is soft, and made anew at every step of a
/// brush.
const EDGE_PX: f64 = 512.0;
/// Its colour, sRGB: one that no skin and no hair has.
const COLOUR: [u8; 3] = [0, 190, 220];
/// Its opacity where all is bare scalp, of 255: impressions stay visible
/// through it.
const OPACITY: f32 = 90.0;

/// The veil over a head in a photo of `width` × `height` px, smaller than it
/// and of the same shape; none for a photo without pixels.
#[must_use]
pub fn veil(head: &HeadModel, scalp: &Scalp, width: u32, height: u32) -> Option<Photo> {
    let step = longer_edge_px(width, height) / EDGE_PX;
    // `as` saturates.
    let count = |edge: u32| ((f64::from(edge) / step).round() as u32).max(1);
    let (columns, rows) = (count(width), count(height));
    let per_column = f64::from(width) / f64::from(columns);
    let per_row = f64::from(height) / f64::from(rows);
    let outline = head.silhouette_ellipse();
    let inverse = outline.shape.inverse();
    let mut rgba = Vec::with_capacity(Photo::bytes_for(columns, rows).ok()? as usize);
    for row in 0..rows {
        for column in 0..columns {
            let q = DVec2::new(
                (f64::from(column) + 0.5) * per_column,
                (f64::from(row) + 0.5) * per_row,
            );
            let from_centre = q - outline.centre;
            let on_head = from_centre.dot(inverse * from_centre) < 1.0;
            let bare = if on_head {
                scalp.bare_at(q, width, height)
            } else {
                0.0
            };
            let [r, g, b] = COLOUR;
            rgba.extend([r, g, b, (OPACITY * bare).round() as u8]);
        }
    }
    Photo::new(columns, rows, rgba).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::corrections::{Corrections, Label};
    use crate::engine::fit::{fit, starting_placement};

    #[test]
    fn it_lies_on_the_head_but_for_what_was_painted() {
        let (width, height) = (1200, 1600);
        let head = fit(&starting_placement(None, width, height), width, height).unwrap();
        let mut scalp = Scalp::default();
        let mut strokes = Corrections::default();
        let middle = head.camera.centre_in_photo;
        assert!(strokes.begin(Label::Hair, 0.05, (middle / 1600.0).to_array()));
        scalp.correct(&strokes);
        let veil = veil(&head, &scalp, width, height).unwrap();
        assert_eq!((veil.width(), veil.height()), (384, 512));
        let alpha = |q: DVec2| {
            let (x, y) = ((q.x * 0.32) as usize, (q.y * 0.32) as usize);
            veil.rgba()[(y * 384 + x) * 4 + 3]
        };
        assert_eq!(alpha(middle), 0);
        assert_eq!(alpha(middle - DVec2::new(0.0, 100.0)), 90);
        assert_eq!(alpha(head.silhouette_ellipse().farthest(DVec2::X) + 5.0), 0);
        assert_eq!(alpha(DVec2::splat(3.0)), 0);
    }
}
