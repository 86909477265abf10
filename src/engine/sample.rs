//! The colour of a small patch of a photo, for "Match me" and the eyedropper.

use super::{image::Photo, placement::MarkerInPhoto};

/// Patch radius as a share of the photo's longer edge: 8 px on a 2048 px
/// photo, about 2 mm of skin on a head that fills the frame. Wide enough to
/// average pores and camera noise, narrow enough to stay inside a brow.
const RADIUS_SHARE: f64 = 0.004;
/// Smallest patch radius, px: a single pixel of a small photo says nothing.
const MIN_RADIUS_PX: f64 = 2.0;
/// Share of the brightest pixels left out: specular shine is the light's
/// colour, not the skin's (domain.md §5).
const SHINE_SHARE: f64 = 0.10;
/// Luminance weights of linear sRGB (IEC 61966-2-1).
const LUMINANCE: [f64; 3] = [0.2126, 0.7152, 0.0722];

/// Mean colour of the disc around `at` in linear light (sRGB primaries, 0–1),
/// without the brightest tenth. A disc partly outside the photo is cut at its
/// edge; a centre outside is moved onto the nearest pixel; not-a-number counts
/// as 0. So there is always an answer.
#[must_use]
pub fn mean_linear_rgb(photo: &Photo, at: MarkerInPhoto) -> [f64; 3] {
    let (width, height) = (photo.width(), photo.height());
    let longer_px = f64::from(width.max(height));
    let radius_px = (longer_px * RADIUS_SHARE).max(MIN_RADIUS_PX);
    let centre = |share: f64, size: u32| {
        let px = if share.is_nan() {
            0.0
        } else {
            share * longer_px
        };
        px.clamp(0.5, f64::from(size) - 0.5)
    };
    let (cx, cy) = (centre(at[0], width), centre(at[1], height));
    let span = |c: f64, size: u32| {
        (c - radius_px).max(0.0) as u32..=((c + radius_px) as u32).min(size.saturating_sub(1))
    };

    let mut patch: Vec<[f64; 3]> = Vec::new();
    for y in span(cy, height) {
        for x in span(cx, width) {
            let (dx, dy) = (f64::from(x) + 0.5 - cx, f64::from(y) + 0.5 - cy);
            if dx * dx + dy * dy > radius_px * radius_px {
                continue;
            }
            let start = (y as usize * width as usize + x as usize) * 4;
            if let Some([r, g, b]) = photo
                .rgba()
                .get(start..start + 3)
                .and_then(|p| <[u8; 3]>::try_from(p).ok())
            {
                patch.push([linear(r), linear(g), linear(b)]);
            }
        }
    }
    patch.sort_unstable_by(|a, b| luminance(a).total_cmp(&luminance(b)));
    let shine = (patch.len() as f64 * SHINE_SHARE) as usize;
    patch.truncate(patch.len() - shine);
    let count = patch.len().max(1) as f64;
    let sum = patch
        .iter()
        .fold([0.0; 3], |s, p| [s[0] + p[0], s[1] + p[1], s[2] + p[2]]);
    sum.map(|channel| channel / count)
}

fn luminance(rgb: &[f64; 3]) -> f64 {
    rgb.iter().zip(LUMINANCE).map(|(c, w)| c * w).sum()
}

/// sRGB's decoding curve (IEC 61966-2-1).
fn linear(byte: u8) -> f64 {
    let v = f64::from(byte) / 255.0;
    if v <= 0.04045 {
        v / 12.92
    } else {
        libm::pow((v + 0.055) / 1.055, 2.4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(width: u32, height: u32, rgb: [u8; 3]) -> Photo {
        let rgba = [rgb[0], rgb[1], rgb[2], 255].repeat(width as usize * height as usize);
        Photo::new(width, height, rgba).unwrap()
    }

    #[test]
    fn a_flat_photo_gives_its_colour_anywhere_even_outside() {
        let photo = flat(100, 80, [255, 0, 188]);
        for at in [
            [0.5, 0.4],
            [0.0, 0.0],
            [1.0, 0.8],
            [-3.0, 9.0],
            [f64::NAN, f64::INFINITY],
        ] {
            let [r, g, b] = mean_linear_rgb(&photo, at);
            assert!(
                (r - 1.0).abs() < 1e-12 && g == 0.0 && (b - 0.5029).abs() < 1e-4,
                "{at:?}"
            );
        }
    }

    #[test]
    fn a_speck_of_shine_is_ignored_and_light_is_averaged_linearly() {
        let mut rgba = [0, 0, 0, 255].repeat(100 * 100);
        // One white pixel in the patch of about 12: under the brightest tenth.
        rgba[(50 * 100 + 50) * 4..][..3].fill(255);
        let photo = Photo::new(100, 100, rgba).unwrap();
        assert_eq!(mean_linear_rgb(&photo, [0.505, 0.505]), [0.0; 3]);

        let halves: Vec<u8> = (0..100 * 100)
            .flat_map(|i| if i % 2 == 0 { [0, 0, 0, 255] } else { [255; 4] })
            .collect();
        let photo = Photo::new(100, 100, halves).unwrap();
        let [r, ..] = mean_linear_rgb(&photo, [0.5, 0.5]);
        assert!(
            (0.35..0.55).contains(&r),
            "{r}: a mean of encoded values would be 0.21 in linear light"
        );
    }
}
