//! The contact sheet: each head's patches side by side, enlarged.

use std::fs;
use std::path::Path;

use smp_visualizer::codec::encode_png;
use smp_visualizer::engine::image::{Photo, Rect};

/// Side of a tile, px.
const TILE_PX: u32 = 224;
/// Between tiles, px.
const GAP_PX: u32 = 6;

/// Rows of tiles.
#[derive(Default)]
pub(crate) struct Sheet {
    rows: Vec<Vec<Photo>>,
}

impl Sheet {
    /// Adds a row of patches: a photo and the part of it to show.
    pub(crate) fn row(&mut self, patches: &[(&Photo, Rect)]) {
        let tiles = patches
            .iter()
            .filter_map(|(photo, rect)| tile(photo, *rect));
        self.rows.push(tiles.collect());
    }

    /// Writes the sheet.
    pub(crate) fn save(&self, path: &Path) -> Result<(), String> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0) as u32;
        let pitch = TILE_PX + GAP_PX;
        let (width, height) = (
            columns * pitch + GAP_PX,
            self.rows.len() as u32 * pitch + GAP_PX,
        );
        let white = vec![255; width as usize * height as usize * 4];
        let mut sheet = Photo::new(width, height, white).map_err(|e| e.to_string())?;
        for (y, row) in self.rows.iter().enumerate() {
            for (x, tile) in row.iter().enumerate() {
                let at = [x as u32 * pitch + GAP_PX, y as u32 * pitch + GAP_PX];
                paste(&mut sheet, tile, at);
            }
        }
        let file = fs::File::create(path).map_err(|e| format!("{}: {e}", path.display()))?;
        encode_png(&sheet, std::io::BufWriter::new(file), &mut |_| ()).map_err(|e| e.to_string())
    }
}

/// A patch as large as a tile, each pixel a square: what is looked at are the
/// pixels themselves.
fn tile(photo: &Photo, rect: Rect) -> Option<Photo> {
    let side = rect.width.max(rect.height).max(1);
    let bytes = (0..TILE_PX * TILE_PX).flat_map(|i| {
        let at = |v: u32| v * side / TILE_PX;
        let (x, y) = (at(i % TILE_PX), at(i / TILE_PX));
        let inside = x < rect.width && y < rect.height;
        let pixel = photo.pixel(rect.x + x, rect.y + y).filter(|_| inside);
        pixel.unwrap_or([255; 4])
    });
    Photo::new(TILE_PX, TILE_PX, bytes.collect()).ok()
}

fn paste(sheet: &mut Photo, tile: &Photo, [left, top]: [u32; 2]) {
    let width = sheet.width() as usize;
    for y in 0..tile.height() {
        for x in 0..tile.width() {
            let at = ((top + y) as usize * width + (left + x) as usize) * 4;
            if let (Some(to), Some(from)) = (sheet.rgba_mut().get_mut(at..at + 4), tile.pixel(x, y))
            {
                to.copy_from_slice(&from);
            }
        }
    }
}
