//! The person's own colours, read where the face's points say: bare skin of
//! cheeks and forehead, and the hair of the brows.

use glam::DVec2;

use super::face::Face;
use crate::engine::color::luminance;
use crate::engine::image::Photo;

/// Colours in linear light, sRGB primaries, 0–1; none where the photo does
/// not tell.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Colours {
    /// The skin's own, without shine and deep shade.
    pub skin: Option<[f64; 3]>,
    /// The brows' hair.
    pub brow: Option<[f64; 3]>,
}

/// Points of the mesh on cheeks and forehead, away from lips, brows and
/// hairline.
pub(super) const SKIN_POINTS: [usize; 12] =
    [50, 280, 205, 425, 101, 330, 118, 347, 151, 9, 108, 337];
/// How large a patch is looked at around each, mm.
pub(super) const SKIN_RADIUS_MM: f64 = 4.0;
/// Pairs of points on the upper and the lower edge of a brow, the person's
/// right one and the left.
const BROWS: [(usize, usize); 10] = [
    (70, 46),
    (63, 53),
    (105, 52),
    (66, 65),
    (107, 55),
    (300, 276),
    (293, 283),
    (334, 282),
    (296, 295),
    (336, 285),
];
/// Places from edge to edge of a brow, and how large each is, mm.
const ACROSS_BROW: [f64; 5] = [0.2, 0.35, 0.5, 0.65, 0.8];
/// See [`ACROSS_BROW`].
const BROW_RADIUS_MM: f64 = 0.4;
/// Hair is darker than skin by at least this (linear luminance); a fairer
/// brow, or none, tells nothing.
const BROW_LIGHT: f64 = 0.7;
/// Fewer photo pixels per mm do not show hair apart from skin.
const LEAST_PX_PER_MM: f64 = 0.8;

/// The colours of a face.
#[must_use]
pub fn colours(photo: &Photo, face: &Face) -> Colours {
    let px_per_mm = face.pose.px_per_mm;
    let at = |p: DVec2, radius_mm: f64| photo.mean_linear_disc(p.x, p.y, radius_mm * px_per_mm);
    let patches = SKIN_POINTS
        .iter()
        .filter_map(|i| at(face.mesh.at(*i), SKIN_RADIUS_MM));
    // By light: shade at one end, shine at the other.
    let skin = middle(&patches.collect::<Vec<_>>(), 0.5);
    let strokes = BROWS.iter().flat_map(|(upper, lower)| {
        let (upper, lower) = (face.mesh.at(*upper), face.mesh.at(*lower));
        ACROSS_BROW.map(|share| at(upper.lerp(lower, share), BROW_RADIUS_MM))
    });
    // The darkest are hair, not skin between hairs.
    let brow = middle(&strokes.flatten().collect::<Vec<_>>(), 0.04)
        .filter(|brow| skin.is_some_and(|skin| luminance(*brow) < BROW_LIGHT * luminance(skin)))
        .filter(|_| px_per_mm >= LEAST_PX_PER_MM);
    Colours { skin, brow }
}

/// The patch at a share of the way from the darkest to the lightest, made
/// steadier by its neighbours.
fn middle(patches: &[[f64; 3]], share: f64) -> Option<[f64; 3]> {
    let count = patches.len();
    if count < 5 {
        return None;
    }
    // By counting, because sorting would bring 10 KB of code along; of two
    // alike the first comes first.
    let lights: Vec<f64> = patches.iter().map(|patch| luminance(*patch)).collect();
    let rank = |index: usize, light: f64| {
        let earlier = lights.iter().enumerate().filter(|(other, other_light)| {
            **other_light < light || (**other_light == light && *other < index)
        });
        earlier.count()
    };
    let wanted = (share * (count - 1) as f64) as usize;
    let near = patches
        .iter()
        .zip(&lights)
        .enumerate()
        .filter(|(index, (_, light))| rank(*index, **light).abs_diff(wanted) <= count / 12 + 1)
        .map(|(_, (patch, _))| patch);
    let (mut sum, mut n) = ([0.0; 3], 0.0);
    for patch in near {
        for (total, v) in sum.iter_mut().zip(patch) {
            *total += v;
        }
        n += 1.0;
    }
    (n > 0.0).then(|| sum.map(|total| total / n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_neither_shade_nor_shine() {
        let grey = |v: f64| [v, v * 0.8, v * 0.6];
        let patches: Vec<_> = [0.05, 0.3, 0.31, 0.29, 0.3, 0.3, 0.95, 0.9]
            .map(grey)
            .to_vec();
        let found = middle(&patches, 0.5).unwrap();
        assert!((found[0] - 0.3).abs() < 0.015, "{found:?}");
        assert_eq!(middle(&[[0.1; 3]; 4], 0.5), None);
        // All alike: any is the middle.
        assert!(middle(&[[0.2; 3]; 9], 0.5).is_some());
    }
}
