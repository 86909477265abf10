//! Which parts of which photos are bare skin and which are stubble, marked by
//! hand: a JSON list, one photo an entry.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use smp_visualizer::engine::image::{Photo, Rect};
use smp_visualizer::engine::placement::View;

/// The patches of one photo, px of the upright photo at its full size: left,
/// top, width, height.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Marked {
    /// The photo's file name.
    pub(crate) photo: String,
    /// From where it is taken, where no face says so.
    #[serde(default)]
    pub(crate) view: Option<View>,
    /// What hair it shows, in words.
    pub(crate) hair: String,
    /// Skin without hair, lit much as the stubble.
    pub(crate) bare: [u32; 4],
    /// Two places with the person's own shaved hair.
    pub(crate) stubble: [[u32; 4]; 2],
}

/// Smallest side of a patch in the working photo, px: fewer pixels have no
/// spectrum to speak of.
const LEAST_SIDE_PX: u32 = 12;

/// Reads the list.
pub(crate) fn read(path: &Path) -> Result<Vec<Marked>, String> {
    let told = |e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
    let text = fs::read_to_string(path).map_err(|e| told(&e))?;
    serde_json::from_str(&text).map_err(|e| told(&e))
}

impl Marked {
    /// The bare patch and the two of stubble in `photo`, which is the marked
    /// one `scale` times as large. All three come out of one size.
    pub(crate) fn in_photo(&self, photo: &Photo, scale: f64) -> Result<[Rect; 3], String> {
        let all = [self.bare, self.stubble[0], self.stubble[1]];
        let scaled = |v: u32| (f64::from(v) * scale).round() as u32;
        let least = |side: usize| all.iter().map(|r| scaled(r[side])).min().unwrap_or(0);
        let (width, height) = (least(2), least(3));
        if width.min(height) < LEAST_SIDE_PX {
            return Err(format!("patches of {width} × {height} px are too small"));
        }
        let rects = all.map(|[x, y, ..]| Rect {
            x: scaled(x),
            y: scaled(y),
            width,
            height,
        });
        if rects
            .iter()
            .any(|rect| rect.intersect(photo.rect()) != *rect)
        {
            return Err("a patch lies outside the photo".to_owned());
        }
        Ok(rects)
    }
}
