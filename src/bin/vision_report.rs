//! Finds the heads in photos without a browser: `cargo xtask vision` runs
//! this. Prints one JSON line per photo and writes an overlay for each.
#![expect(
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a command-line program talks on its terminal"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use glam::DVec2;
use serde_json::json;
use smp_visualizer::codec::{Limit, WORKING_EDGE, decode, encode_png};
use smp_visualizer::engine::camera::photo_from_marker;
use smp_visualizer::engine::color::{ita_deg, lab_from_linear};
use smp_visualizer::engine::fit::fit;
use smp_visualizer::engine::head::HeadModel;
use smp_visualizer::engine::image::Photo;
use smp_visualizer::engine::look::Look;
use smp_visualizer::engine::matching::{HairSample, suggest};
use smp_visualizer::engine::outline::outline;
use smp_visualizer::engine::placement::Placement;
use smp_visualizer::vision::crop::Pyramid;
use smp_visualizer::vision::face::{Face, find_faces};
use smp_visualizer::vision::models::{Files, Models};
use smp_visualizer::vision::reading::{Head, head_of, head_without_face};

const USAGE: &str = "usage: MODELS_DIR OUT_DIR PHOTO...";

fn main() -> ExitCode {
    let args: Vec<PathBuf> = std::env::args().skip(1).map(PathBuf::from).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[PathBuf]) -> Result<(), String> {
    let [models, out, photos @ ..] = args else {
        return Err(USAGE.to_owned());
    };
    let mut models = load(models)?;
    fs::create_dir_all(out).map_err(|e| told(out, &e))?;
    for path in photos {
        let line = match report(path, out, &mut models) {
            Ok(line) => line,
            Err(error) => json!({ "file": name(path), "error": error }),
        };
        println!("{line}");
    }
    Ok(())
}

fn told(path: &Path, error: &dyn std::fmt::Display) -> String {
    format!("{}: {error}", path.display())
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn load(dir: &Path) -> Result<Models, String> {
    let read = |file: &str| {
        let path = dir.join(file);
        fs::read(&path).map_err(|e| told(&path, &e))
    };
    Models::new(&Files {
        detector: &read("detector.tflite")?,
        landmark: &read("landmark.tflite")?,
        person: &read("selfie.tflite")?,
        canonical: &read("mesh.bin")?,
    })
    .map_err(|e| e.to_string())
}

/// What is found in one photo, and its overlay.
fn report(path: &Path, out: &Path, models: &mut Models) -> Result<serde_json::Value, String> {
    let bytes = fs::read(path).map_err(|e| e.to_string())?;
    let mut photo = decode(&bytes, Limit::Edge(WORKING_EDGE))
        .map_err(|e| e.to_string())?
        .photo;
    #[expect(clippy::disallowed_methods, reason = "natively there is a clock")]
    let start = Instant::now();
    let pyramid = Pyramid::new(&photo);
    let faces = find_faces(&photo, &pyramid, models, &mut || true).map_err(|e| e.to_string())?;
    let Some(face) = faces.first() else {
        let head = head_without_face(&photo, &pyramid, models).map_err(|e| e.to_string())?;
        let outline = head.map(|head| head.placement);
        let ms = start.elapsed().as_secs_f64() * 1e3;
        if let Some(placement) = &outline {
            let head = fit(placement, photo.width(), photo.height()).map_err(|e| e.to_string())?;
            draw_head(&mut photo, &head);
        }
        save(&photo, path, out)?;
        return Ok(json!({ "file": name(path), "faces": 0, "ms": ms, "outline": outline }));
    };
    let Head { placement, colours } =
        head_of(&photo, &pyramid, models, face).map_err(|e| e.to_string())?;
    let ms = start.elapsed().as_secs_f64() * 1e3;
    let edges = match placement {
        Placement::Face(face) => [face.top, face.right_side, face.left_side],
        Placement::Outline(_) => [None; 3],
    };
    let suggestion = colours
        .skin
        .zip(colours.brow)
        .map(|(skin, brow)| suggest(skin, brow, HairSample::Hair, &Look::default().density));
    let head = fit(&placement, photo.width(), photo.height()).map_err(|e| e.to_string())?;
    draw(&mut photo, face, &head, models);
    for edge in edges.into_iter().flatten() {
        let edge = photo_from_marker(edge, photo.width(), photo.height());
        let r = 6.0 * face.pose.px_per_mm;
        line(
            &mut photo,
            edge - DVec2::X * r,
            edge + DVec2::X * r,
            [60, 255, 60],
            2,
        );
        line(
            &mut photo,
            edge - DVec2::Y * r,
            edge + DVec2::Y * r,
            [60, 255, 60],
            2,
        );
    }
    save(&photo, path, out)?;
    Ok(json!({
        "file": name(path),
        "faces": faces.len(),
        "ms": ms,
        "score": face.score,
        "flag": face.mesh.flag,
        "edges": edges.map(|edge| edge.is_some()),
        "misfit": face.pose.misfit,
        "measured": { "yaw_deg": face.pose.pose.yaw_deg, "pitch_deg": face.pose.pose.pitch_deg, "roll_deg": face.pose.pose.roll_deg, "px_per_mm": face.pose.px_per_mm },
        "head": { "yaw_deg": head.pose.yaw_deg, "pitch_deg": head.pose.pitch_deg, "roll_deg": head.pose.roll_deg,
            "px_per_mm": head.camera.px_per_mm, "scale_error": head.scale_error, "semi_axes_mm": head.semi_axes_mm.to_array() },
        "skin_ita_deg": colours.skin.map(|skin| ita_deg(lab_from_linear(skin))),
        "brow_l": colours.brow.map(|brow| lab_from_linear(brow)[0]),
        "dilution": suggestion.map(|s| s.shade.dilution),
        "landmarks": face.mesh.points.iter().map(|p| [p.x, p.y]).collect::<Vec<_>>(),
        "size": [photo.width(), photo.height()],
    }))
}

fn save(photo: &Photo, path: &Path, out: &Path) -> Result<(), String> {
    let overlay = out.join(name(path)).with_extension("png");
    let file = fs::File::create(&overlay).map_err(|e| told(&overlay, &e))?;
    encode_png(photo, std::io::BufWriter::new(file), &mut |_| ()).map_err(|e| e.to_string())
}

/// Mesh, skull and hairline over the photo.
fn draw(photo: &mut Photo, face: &Face, head: &HeadModel, models: &Models) {
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
fn draw_head(photo: &mut Photo, head: &HeadModel) {
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
