//! A strip of small pictures of one head: what becomes of its treatment.

use super::color::srgb8_from_linear;
use super::error::EngineError;
use super::head::HeadModel;
use super::image::{Photo, Rect};
use super::life::{Moment, STOPS};
use super::render::Renderer;
use super::stages::Inputs;

/// Side of each picture of a strip, px.
pub const TILE_PX: u32 = 128;
/// Room left around the head, as a share of its larger side.
const MARGIN: f64 = 0.06;

/// The head at each of [`STOPS`], side by side, [`TILE_PX`] high; none where the
/// head lies outside the photo. What the renderer draws for it nobody sees: the
/// next frame says that all of it has changed.
///
/// # Errors
/// As [`Renderer::render`].
pub fn strip(renderer: &mut Renderer, inputs: &Inputs) -> Result<Option<Photo>, EngineError> {
    let whole = renderer.photo().rect();
    let count = STOPS.len() as u32;
    let mut tiles = Vec::with_capacity(STOPS.len());
    for stop in STOPS {
        let moment = Moment {
            day: stop.day,
            ..inputs.moment
        };
        let frame = renderer.render(&Inputs { moment, ..*inputs }, &|| 0.0)?;
        renderer.owe(frame.rect);
        let part = renderer.head().and_then(|head| around(head, whole));
        tiles.extend(part.map(|part| tile(renderer.picture(), part)));
    }
    if tiles.len() < STOPS.len() {
        return Ok(None);
    }
    let row_bytes = TILE_PX as usize * 4;
    let rows = (0..TILE_PX as usize).flat_map(|y| {
        let rows = tiles
            .iter()
            .map(move |tile| tile.get(y * row_bytes..(y + 1) * row_bytes));
        rows.flatten().flatten().copied()
    });
    Ok(Photo::new(count * TILE_PX, TILE_PX, rows.collect()).ok())
}

/// The square around a head, within the photo; none where there is none.
fn around(head: &HeadModel, whole: Rect) -> Option<Rect> {
    let [low, high] = head.bounds()?;
    let side = (high - low).max_element() * (1.0 + 2.0 * MARGIN);
    // `as` saturates.
    let side = (side as u32).min(whole.width).min(whole.height);
    if side == 0 {
        return None;
    }
    let corner = 0.5 * (low + high) - 0.5 * f64::from(side);
    Some(Rect {
        x: (corner.x as u32).min(whole.width - side),
        y: (corner.y as u32).min(whole.height - side),
        width: side,
        height: side,
    })
}

/// A part of a picture made small: the mean light of what each of its pixels
/// stands for. RGBA, [`TILE_PX`] square.
fn tile(picture: &Photo, part: Rect) -> Vec<u8> {
    let edge = |index: u32| (u64::from(index) * u64::from(part.width) / u64::from(TILE_PX)) as u32;
    let mut rgba = Vec::with_capacity((TILE_PX * TILE_PX * 4) as usize);
    for y in 0..TILE_PX {
        for x in 0..TILE_PX {
            let cell = Rect {
                x: part.x + edge(x),
                y: part.y + edge(y),
                width: (edge(x + 1) - edge(x)).max(1),
                height: (edge(y + 1) - edge(y)).max(1),
            };
            let [r, g, b] = picture.mean_linear(cell).unwrap_or_default();
            rgba.extend([r, g, b].map(srgb8_from_linear));
            rgba.push(255);
        }
    }
    rgba
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fit::starting_placement;
    use crate::engine::life::HEALED_STOP;
    use crate::engine::look::Look;

    fn light(strip: &Photo, stop: usize) -> f64 {
        let rect = Rect {
            x: stop as u32 * TILE_PX,
            y: 0,
            width: TILE_PX,
            height: TILE_PX,
        };
        strip.mean_linear(rect).map_or(0.0, |[_, green, _]| green)
    }

    #[test]
    fn it_shows_every_stop_and_the_next_frame_shows_all() {
        let photo = Photo::new(320, 400, [190, 150, 130, 255].repeat(320 * 400)).unwrap();
        let inputs = Inputs::healed(starting_placement(None, 320, 400), Look::default());
        let mut renderer = Renderer::new(photo.clone());
        let treated = renderer.render(&inputs, &|| 0.0).unwrap().rect;
        let before = renderer.pixels().to_vec();
        let found = strip(&mut renderer, &inputs).unwrap().unwrap();
        // Nobody saw what was drawn meanwhile.
        let next = renderer.render(&inputs, &|| 0.0).unwrap().rect;
        assert_eq!(next.union(treated), next);
        assert_eq!(renderer.pixels(), before);
        assert!(renderer.render(&inputs, &|| 0.0).unwrap().rect.is_empty());
        assert_eq!(
            (found.width(), found.height()),
            (STOPS.len() as u32 * TILE_PX, TILE_PX)
        );
        let lights: Vec<f64> = (0..STOPS.len()).map(|stop| light(&found, stop)).collect();
        // Fresh is darker than settled, each session adds, the years take away.
        assert!(lights[0] < lights[1] && lights[2] < lights[1] && lights[4] < lights[3]);
        assert!(
            lights[HEALED_STOP..].windows(2).all(|two| two[0] < two[1]),
            "{lights:?}"
        );
    }

    #[test]
    fn a_head_outside_the_photo_has_no_strip_and_a_large_one_fits() {
        let whole = Rect {
            x: 0,
            y: 0,
            width: 100,
            height: 60,
        };
        let head = |px_per_mm: f64| {
            let placement = starting_placement(None, 100, 60);
            let mut head = crate::engine::fit::fit(&placement, 100, 60).unwrap();
            head.camera.px_per_mm *= px_per_mm;
            head
        };
        let large = around(&head(5.0), whole).unwrap();
        assert_eq!((large.width, large.height), (60, 60));
        assert_eq!(large.intersect(whole), large);
    }
}
