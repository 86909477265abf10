//! Words burnt into a picture that leaves the app: the notice on every
//! export, and the labels of a before-and-after pair.

use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};

use super::image::{ImageError, Photo, Rect};
use super::life::{Moment, told};

/// The notice every exported picture carries.
pub const NOTICE: &str = "Simulated preview, not a treatment result";

const FONT: (FontWeight, RasterHeight) = (FontWeight::Regular, RasterHeight::Size32);
/// Line height as a share of the picture's height; its least, px.
const LINE_SHARE: f64 = 0.018;
const MIN_LINE_PX: f64 = 12.0;
/// Around the text, in line heights: full band, and where it fades out.
const PADDING: f64 = 0.25;
const FADE: f64 = 0.5;
/// How much of the picture the band hides. White on white below it then still
/// has a contrast of 7 : 1 (WCAG 2.2, 1.4.6).
const BAND_OPACITY: f64 = 0.66;

/// Burns [`NOTICE`] into the picture's bottom left corner, with the moment of the
/// treatment's life that it shows, if that is not the healed one; returns the part
/// of the picture that changed.
pub fn burn_notice(photo: &mut Photo, moment: &Moment) -> Rect {
    let (width, height) = (f64::from(photo.width()), f64::from(photo.height()));
    let text = if moment.grown_days > 0.0 {
        // `as` saturates.
        let days = moment.grown_days.round() as u32;
        let told = told(moment.day);
        format!("{NOTICE}: {told}, own hair {days} d later")
    } else if moment.is_healed() {
        NOTICE.into()
    } else {
        format!("{NOTICE}: {}", told(moment.day))
    };
    let line_px = line_height_px(&text, width, height);
    burn(
        photo,
        &text,
        margin_px(line_px),
        height - line_px - margin_px(line_px),
        line_px,
    )
}

/// Burns one line of text into the top left corner of `within`, as large as
/// the picture's notice; returns the part of the picture that changed.
/// Characters outside basic Latin become blanks.
pub fn burn_label(photo: &mut Photo, text: &str, within: Rect) -> Rect {
    let line_px = line_height_px(text, f64::from(within.width), f64::from(within.height));
    let margin_px = margin_px(line_px);
    burn(
        photo,
        text,
        f64::from(within.x) + margin_px,
        f64::from(within.y) + margin_px,
        line_px,
    )
}

/// The two pictures next to each other with a thin white gap, labelled
/// "Before" and "After".
///
/// # Errors
/// [`ImageError::SizesDiffer`]; [`ImageError::TooLarge`] where the pair is.
pub fn side_by_side(before: &Photo, after: &Photo) -> Result<Photo, ImageError> {
    if (before.width(), before.height()) != (after.width(), after.height()) {
        return Err(ImageError::SizesDiffer);
    }
    let (width, height) = (before.width(), before.height());
    let gap = (width / 100).max(2);
    let both = width.saturating_mul(2).saturating_add(gap);
    let mut rgba = Vec::with_capacity(Photo::bytes_for(both, height)? as usize);
    let pitch = width as usize * 4;
    for (left, right) in before
        .rgba()
        .chunks_exact(pitch)
        .zip(after.rgba().chunks_exact(pitch))
    {
        rgba.extend_from_slice(left);
        rgba.resize(rgba.len() + gap as usize * 4, 255);
        rgba.extend_from_slice(right);
    }
    let mut pair = Photo::new(both, height, rgba)?;
    burn_label(
        &mut pair,
        "Before",
        Rect {
            x: 0,
            y: 0,
            width,
            height,
        },
    );
    burn_label(
        &mut pair,
        "After",
        Rect {
            x: width + gap,
            y: 0,
            width,
            height,
        },
    );
    Ok(pair)
}

/// From the picture's edge to the text, so that the faded band fits.
fn margin_px(line_px: f64) -> f64 {
    line_px * (PADDING + FADE)
}

/// The line's height in a picture, or part of one, of that size: less than
/// wanted where the text would be too wide or the picture too low.
fn line_height_px(text: &str, width: f64, height: f64) -> f64 {
    let around = 2.0 * (PADDING + FADE);
    let widths_per_height = get_raster_width(FONT.0, FONT.1) as f64 / FONT.1.val() as f64;
    let fits = width / (text.chars().count() as f64 * widths_per_height + around);
    (LINE_SHARE * height)
        .max(MIN_LINE_PX)
        .min(fits)
        .min(height / (1.0 + around))
}

/// A line of text at the font's own size: rows of coverage, 0–255.
struct Line {
    width: usize,
    coverage: Vec<u8>,
}

impl Line {
    fn new(text: &str) -> Self {
        let glyphs: Vec<_> = text
            .chars()
            .filter_map(|c| {
                get_raster(c, FONT.0, FONT.1).or_else(|| get_raster(' ', FONT.0, FONT.1))
            })
            .collect();
        let rows = 0..FONT.1.val();
        let coverage = rows
            .flat_map(|y| {
                glyphs
                    .iter()
                    .filter_map(move |g| g.rows().nth(y))
                    .flatten()
                    .copied()
            })
            .collect();
        Self {
            width: glyphs
                .iter()
                .map(noto_sans_mono_bitmap::RasterizedChar::width)
                .sum(),
            coverage,
        }
    }

    /// Coverage, 0–1, about (`x`, `y`) in the font's pixels, bilinear when
    /// enlarged; `step` font pixels to one of the picture widen the filter,
    /// or small text would lose strokes.
    fn at(&self, x: f64, y: f64, step: f64) -> f64 {
        let reach = step.max(1.0);
        let (mut sum, mut weights) = (0.0, 0.0);
        for j in (y - reach).ceil() as i32..=(y + reach).floor() as i32 {
            for i in (x - reach).ceil() as i32..=(x + reach).floor() as i32 {
                let weight = (1.0 - (f64::from(i) - x).abs() / reach)
                    * (1.0 - (f64::from(j) - y).abs() / reach);
                sum += weight * self.pixel(i, j);
                weights += weight;
            }
        }
        if weights > 0.0 {
            sum / weights / 255.0
        } else {
            0.0
        }
    }

    fn pixel(&self, x: i32, y: i32) -> f64 {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else {
            return 0.0;
        };
        if x >= self.width {
            return 0.0;
        }
        self.coverage
            .get(y * self.width + x)
            .map_or(0.0, |&v| f64::from(v))
    }
}

/// Burns the text with its top left corner at (`left`, `top`).
fn burn(photo: &mut Photo, text: &str, left: f64, top: f64, line_px: f64) -> Rect {
    let line = Line::new(text);
    // The font's pixels to one of the picture's.
    let step = FONT.1.val() as f64 / line_px;
    if line.width == 0 || !step.is_finite() {
        return Rect::default();
    }
    let (right, bottom) = (left + line.width as f64 / step, top + line_px);
    let margin_px = margin_px(line_px);
    let band = Rect::from_edges(
        left - margin_px,
        top - margin_px,
        right + margin_px,
        bottom + margin_px,
    )
    .intersect(photo.rect());
    let pitch = photo.width() as usize * 4;
    let rows = photo
        .rgba_mut()
        .chunks_exact_mut(pitch)
        .enumerate()
        .skip(band.y as usize)
        .take(band.height as usize);
    for (y, row) in rows {
        let pixels = row
            .as_chunks_mut::<4>()
            .0
            .iter_mut()
            .enumerate()
            .skip(band.x as usize)
            .take(band.width as usize);
        for (x, pixel) in pixels {
            let (x, y) = (x as f64 + 0.5, y as f64 + 0.5);
            let (outside_x, outside_y) = (
                (left - x).max(x - right).max(0.0),
                (top - y).max(y - bottom).max(0.0),
            );
            let outside = (outside_x * outside_x + outside_y * outside_y).sqrt() / line_px;
            let shadow = BAND_OPACITY * (1.0 - (outside - PADDING) / FADE).clamp(0.0, 1.0);
            let ink = line.at((x - left) * step - 0.5, (y - top) * step - 0.5, step);
            blend(pixel, shadow, ink);
        }
    }
    band
}

/// Darkens by `shadow`, then whitens by `ink`, both 0–1; what is drawn is
/// opaque even where the picture is not.
fn blend(pixel: &mut [u8; 4], shadow: f64, ink: f64) {
    let [r, g, b, a] = pixel;
    for v in [r, g, b] {
        let dark = f64::from(*v) * (1.0 - shadow);
        *v = (dark + (255.0 - dark) * ink + 0.5) as u8;
    }
    let drawn = shadow + (1.0 - shadow) * ink;
    *a = (f64::from(*a) + (255.0 - f64::from(*a)) * drawn + 0.5) as u8;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(width: u32, height: u32, v: u8) -> Photo {
        let rgba = [v, v, v, 255].repeat(width as usize * height as usize);
        Photo::new(width, height, rgba).unwrap()
    }

    #[test]
    fn the_notice_fits_and_changes_only_its_band() {
        for (width, height) in [
            (64, 64),
            (64, 900),
            (300, 40),
            (640, 480),
            (1600, 1200),
            (5000, 900),
            (1, 1),
            (5000, 3),
        ] {
            let mut photo = plain(width, height, 128);
            let band = burn_notice(&mut photo, &Moment::HEALED);
            assert_eq!(band.intersect(photo.rect()), band, "{width} × {height}");
            let mut inside = 0;
            for y in 0..height {
                for x in 0..width {
                    let changed = photo.pixel(x, y) != Some([128, 128, 128, 255]);
                    let within =
                        (band.x..band.right()).contains(&x) && (band.y..band.bottom()).contains(&y);
                    assert!(within || !changed, "{width} × {height}: ({x}, {y})");
                    inside += u32::from(changed);
                }
            }
            assert!(inside > 0 || width < 64, "{width} × {height}");
            // The last letter is within the picture: its right end is faded out.
            assert!(height < 12 || band.right() <= width, "{band:?}");
        }
    }

    #[test]
    fn readable_on_any_brightness() {
        for v in [0, 60, 128, 200, 255] {
            let mut photo = plain(1600, 1200, v);
            let band = burn_notice(&mut photo, &Moment::HEALED);
            // Least and most of a row through the letters' middle.
            let y = band.y + band.height / 2;
            let row: Vec<u8> = (band.x..band.right())
                .map(|x| photo.pixel(x, y).unwrap()[0])
                .collect();
            let (darkest, brightest) = (row.iter().min().unwrap(), row.iter().max().unwrap());
            assert!(
                *darkest <= 90 && *brightest >= 215,
                "{v}: {darkest} {brightest}"
            );
            assert!((21..60).contains(&band.height), "{band:?}");
        }
    }

    #[test]
    fn a_pair_has_both_pictures_and_both_labels() {
        let (before, after) = (plain(200, 150, 40), plain(200, 150, 90));
        let pair = side_by_side(&before, &after).unwrap();
        assert_eq!((pair.width(), pair.height()), (402, 150));
        assert_eq!(pair.pixel(0, 149), Some([40, 40, 40, 255]));
        assert_eq!(pair.pixel(200, 100), Some([255; 4]));
        assert_eq!(pair.pixel(401, 149), Some([90, 90, 90, 255]));
        for left in [0, 202] {
            let brightest = (0..40)
                .flat_map(|y| (left..left + 100).map(move |x| (x, y)))
                .filter_map(|(x, y)| pair.pixel(x, y))
                .map(|p| p[0])
                .max();
            assert!(brightest > Some(200), "{left}");
        }
        assert_eq!(
            side_by_side(&before, &plain(200, 151, 0)),
            Err(ImageError::SizesDiffer)
        );
        assert_eq!(side_by_side(&before, &after).unwrap(), pair);
    }

    #[test]
    fn any_text_anywhere() {
        let mut photo = plain(50, 50, 128);
        let whole = photo.rect();
        assert!(burn_label(&mut photo, "", whole).is_empty());
        burn_label(
            &mut photo,
            "später, 後で",
            Rect {
                x: 40,
                y: 45,
                width: 100,
                height: 100,
            },
        );
        burn_label(
            &mut photo,
            "far",
            Rect {
                x: u32::MAX,
                y: u32::MAX,
                width: 5,
                height: 5,
            },
        );
        burn_label(&mut photo, "nothing", Rect::default());
    }
}
