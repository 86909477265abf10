//! Hand-made labels to hold a matte against.

use std::path::Path;

use glam::DVec2;
use serde_json::{Value, json};
use smp_visualizer::codec::{Limit, decode};
use smp_visualizer::engine::image::Photo;
use smp_visualizer::engine::matte::{MATTE_BYTES, Matte};
use smp_visualizer::vision::crop::Square;
use smp_visualizer::vision::matte::FEATURES;

use super::told;

/// Grey levels of a trimap: skin, hair, and what is neither; anything else is
/// not known.
const LEVELS: [u8; 3] = [255, 170, 85];
/// The labels' names.
const NAMES: [&str; 3] = ["skin", "hair", "other"];
/// Longer than any trimap's edge, px.
const LONGEST: u32 = 4096;

/// The labels of one photo.
pub(crate) struct Trimap {
    labels: Photo,
    /// Photo px per px of the labels.
    scale: f64,
}

impl Trimap {
    /// The trimap of a photo `width` px wide, where there is one.
    pub(crate) fn of(folder: &Path, photo: &Path, width: u32) -> Result<Option<Self>, String> {
        let file = folder.join(photo.file_stem().unwrap_or_default());
        let file = file.with_extension("png");
        if !file.exists() {
            return Ok(None);
        }
        let bytes = std::fs::read(&file).map_err(|e| told(&file, &e))?;
        let decoded = decode(&bytes, Limit::Edge(LONGEST)).map_err(|e| told(&file, &e))?;
        let labels = decoded.photo;
        let scale = f64::from(width) / f64::from(labels.width());
        Ok(Some(Self { labels, scale }))
    }

    /// The label at a pixel of the map, where it is known.
    fn label(&self, x: u32, y: u32) -> Option<usize> {
        let [grey, ..] = self.labels.pixel(x, y)?;
        LEVELS.iter().position(|level| *level == grey)
    }

    /// How a matte compares: of the known pixels within it, the shares of wrong
    /// ones, in all and by what they are and what they were taken for.
    pub(crate) fn compare(&self, matte: &Matte) -> Value {
        let mut counts = [[0.0; 3]; 3];
        for y in 0..self.labels.height() {
            for x in 0..self.labels.width() {
                let q = DVec2::new(f64::from(x) + 0.5, f64::from(y) + 0.5) * self.scale;
                if let Some((is, taken_for)) = self.label(x, y).zip(label_at(matte, q)) {
                    counts[is][taken_for] += 1.0;
                }
            }
        }
        let all: f64 = counts.as_flattened().iter().sum();
        let mut kinds = serde_json::Map::new();
        let mut wrong = 0.0;
        for (is, row) in counts.iter().enumerate() {
            for (taken_for, count) in row.iter().enumerate().filter(|(label, _)| *label != is) {
                wrong += count / all;
                let kind = format!("{} as {}", NAMES[is], NAMES[taken_for]);
                kinds.insert(kind, json!(count / all));
            }
        }
        json!({ "wrong": wrong, "known": all, "kinds": kinds })
    }

    /// The known cells of a matte's evidence, for `tests/mattes/learn.py`:
    /// label, whether the head has a face, and features of each, little-endian
    /// f32.
    pub(crate) fn known(
        &self,
        has_face: bool,
        square: &Square,
        features: &[Option<[f32; FEATURES]>],
    ) -> Vec<u8> {
        let side = features.len().isqrt();
        let mut bytes = Vec::new();
        for (i, features) in features.iter().enumerate() {
            let cell = DVec2::new((i % side) as f64 + 0.5, (i / side) as f64 + 0.5);
            let q = square.photo_from_square(cell / side as f64) / self.scale;
            if let Some(features) = features
                && q.min_element() >= 0.0
                && let Some(label) = self.label(q.x as u32, q.y as u32)
            {
                bytes.extend((label as f32).to_le_bytes());
                bytes.extend(f32::from(u8::from(has_face)).to_le_bytes());
                bytes.extend(features.iter().flat_map(|feature| feature.to_le_bytes()));
            }
        }
        bytes
    }
}

/// The label with the largest share at a photo point; none beyond the matte.
fn label_at(matte: &Matte, q: DVec2) -> Option<usize> {
    let rect = matte.rect();
    let (x, y) = (
        (q.x as u32).checked_sub(rect.x)?,
        (q.y as u32).checked_sub(rect.y)?,
    );
    let start = ((y * rect.width + x) as usize) * MATTE_BYTES;
    let inside = x < rect.width && y < rect.height;
    let [skin, hair] = *matte
        .shares()
        .get(start..)?
        .first_chunk()
        .filter(|_| inside)?;
    let other = 255u8.saturating_sub(skin.saturating_add(hair));
    let most = skin.max(hair).max(other);
    [skin, hair, other].iter().position(|share| *share == most)
}
