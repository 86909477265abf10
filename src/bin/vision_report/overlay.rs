//! What was found, drawn over the photo.

use std::fs;
use std::path::Path;

use glam::DVec2;
use smp_visualizer::codec::encode_png;
use smp_visualizer::engine::camera::photo_from_marker;
use smp_visualizer::engine::head::HeadModel;
use smp_visualizer::engine::image::Photo;
use smp_visualizer::engine::look::Look;
use smp_visualizer::engine::matte::{MATTE_BYTES, Matte};
use smp_visualizer::engine::outline::outline;
use smp_visualizer::engine::placement::MarkerInPhoto;
use smp_visualizer::vision::face::Face;
use smp_visualizer::vision::models::Models;

use super::told;

/// Writes a picture.
pub(crate) fn save(photo: &Photo, path: &Path) -> Result<(), String> {
    let file = fs::File::create(path).map_err(|e| told(path, &e))?;
    encode_png(photo, std::io::BufWriter::new(file), &mut |_| ()).map_err(|e| e.to_string())
}

/// Scalp in green, hair in red, all else in blue; beyond the matte as it is.
pub(crate) fn tint(photo: &mut Photo, matte: &Matte) {
    let (rect, width) = (matte.rect(), photo.width() as usize);
    let rows = matte
        .shares()
        .chunks_exact(rect.width as usize * MATTE_BYTES);
    for (y, row) in (rect.y as usize..).zip(rows) {
        let start = (y * width + rect.x as usize) * 4;
        let pixels = photo.rgba_mut()[start..].as_chunks_mut::<4>().0;
        for (pixel, share) in pixels.iter_mut().zip(row.as_chunks::<MATTE_BYTES>().0) {
            let [scalp, hair] = share.map(u32::from);
            let colour = [hair, scalp, 255u32.saturating_sub(scalp + hair)];
            for (channel, colour) in pixel.iter_mut().zip(colour) {
                *channel = ((u32::from(*channel) * 3 + colour * 2) / 5) as u8;
            }
        }
    }
}

/// Mesh, skull and hairline over the photo.
pub(crate) fn draw(photo: &mut Photo, face: &Face, head: &HeadModel, models: &Models) {
    for triangle in &models.canonical.triangles {
        let [a, b, c] = triangle.map(|i| face.mesh.at(usize::from(i)));
        for (p, q) in [(a, b), (b, c), (c, a)] {
            line(photo, p, q, [90, 220, 255], 0);
        }
    }
    draw_head(photo, head);
    for pupil in face.pupils() {
        line(
            photo,
            pupil - DVec2::X * 4.0,
            pupil + DVec2::X * 4.0,
            [60, 255, 60],
            1,
        );
    }
}

/// Skull and hairline.
pub(crate) fn draw_head(photo: &mut Photo, head: &HeadModel) {
    let skull = head.silhouette(180);
    for (p, q) in skull.iter().zip(skull.iter().cycle().skip(1)) {
        line(photo, *p, *q, [255, 230, 60], 1);
    }
    let hairline = outline(&Look::default().hairline, head.semi_axes_mm).points_mm;
    for (p, q) in hairline.iter().zip(hairline.iter().cycle().skip(1)) {
        if head.facing(*p) > 0.0 && head.facing(*q) > 0.0 {
            line(
                photo,
                head.photo_from_head(*p),
                head.photo_from_head(*q),
                [255, 60, 60],
                1,
            );
        }
    }
}

fn line(photo: &mut Photo, from: DVec2, to: DVec2, rgb: [u8; 3], thick: i64) {
    let (width, height) = (i64::from(photo.width()), i64::from(photo.height()));
    let steps = (to - from).length().clamp(1.0, 1e4) as usize;
    for step in 0..=steps {
        let p = from.lerp(to, step as f64 / steps as f64);
        for (dx, dy) in (-thick..=thick).flat_map(|x| (-thick..=thick).map(move |y| (x, y))) {
            let (x, y) = (p.x as i64 + dx, p.y as i64 + dy);
            if (0..width).contains(&x) && (0..height).contains(&y) {
                let start = ((y * width + x) * 4) as usize;
                if let Some(pixel) = photo.rgba_mut().get_mut(start..start + 3) {
                    pixel.copy_from_slice(&rgb);
                }
            }
        }
    }
}

/// A cross at a marker.
pub(crate) fn cross(photo: &mut Photo, marker: MarkerInPhoto, r: f64) {
    let at = photo_from_marker(marker, photo.width(), photo.height());
    for arm in [DVec2::X, DVec2::Y] {
        line(photo, at - arm * r, at + arm * r, [60, 255, 60], 2);
    }
}
