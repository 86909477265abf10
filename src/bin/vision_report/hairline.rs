//! How high a person's own hairline is, by the matte.

use smp_visualizer::engine::chart::{Chart, ScalpPoint};
use smp_visualizer::engine::head::HeadModel;
use smp_visualizer::engine::matte::Matte;

/// Where on the midline hair is looked for, mm of skin above the glabella: from
/// well above the brows to the vertex.
const FROM_MM: u32 = 30;
/// See [`FROM_MM`].
const TO_MM: u32 = 170;
/// Over how much of the line no scalp may be bare, mm: a furrow, a shine or a
/// lock is narrower.
const HAIR_MM: u32 = 8;
/// Cosine below which the scalp is seen too much from the side.
const FACING: f64 = 0.2;

/// How far up the midline hair (or a hat) begins, mm of skin above the
/// glabella; none where all of the midline in sight is bare.
pub(crate) fn own_hairline_mm(matte: &Matte, head: &HeadModel, photo_width: u32) -> Option<u32> {
    let chart = Chart::new(head.semi_axes_mm);
    let covered = |height_mm: u32| {
        let at_mm = chart.head_from_scalp(ScalpPoint {
            lateral_mm: 0.0,
            height_mm: f64::from(height_mm),
        });
        let in_sight = head.facing(at_mm) > FACING;
        let q = head.photo_from_head(at_mm);
        let bare = matte.scalp_at(q, photo_width).filter(|_| in_sight)?;
        Some(bare < 0.5)
    };
    let mut begins = None;
    for height_mm in FROM_MM..TO_MM {
        match covered(height_mm) {
            Some(true) => {
                let first = *begins.get_or_insert(height_mm);
                if height_mm - first + 1 >= HAIR_MM {
                    return Some(first);
                }
            }
            Some(false) => begins = None,
            // Beyond the head's outline.
            None => return None,
        }
    }
    None
}
