//! Finds the heads in photos without a browser: `cargo xtask vision` runs
//! this. Prints one JSON line per photo and writes an overlay for each. With
//! `--posed` it does the like for heads that it draws itself.
#![expect(
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a command-line program talks on its terminal"
)]

mod hairline;
mod overlay;
mod posed;
mod posed_report;
mod trimap;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use hairline::own_hairline_mm;
use overlay::{cross, draw, draw_head, save, tint};
use serde_json::{Value, json};
use smp_visualizer::codec::{Limit, WORKING_EDGE, decode};
use smp_visualizer::engine::color::{ita_deg, lab_from_linear};
use smp_visualizer::engine::fit::fit;
use smp_visualizer::engine::head::HeadModel;
use smp_visualizer::engine::image::Photo;
use smp_visualizer::engine::matching::suggest;
use smp_visualizer::engine::matte::{MATTE_BYTES, Matte};
use smp_visualizer::engine::placement::{MarkerInPhoto, Placement, View};
use smp_visualizer::vision::colours::Colours;
use smp_visualizer::vision::crop::Pyramid;
use smp_visualizer::vision::face::{Face, find_faces};
use smp_visualizer::vision::iris::irises;
use smp_visualizer::vision::models::Models;
use smp_visualizer::vision::reading::{Head, evidence_of, head_of, heads_without_face, matte_of};
use smp_visualizer::vision::tflite::ModelError;
use trimap::Trimap;

/// Hand-made labels, where the program is run: the repository.
const TRIMAPS: &str = "tests/mattes";
/// Instead of photos: heads that are drawn.
const POSED: &str = "--posed";
const USAGE: &str = "usage: MODELS_DIR OUT_DIR (--posed | PHOTO...)";

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
    if photos == [PathBuf::from(POSED)] {
        for line in posed_report::report(out, &mut models)? {
            println!("{line}");
        }
        return Ok(());
    }
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

fn load(folder: &Path) -> Result<Models, String> {
    let models = Models::by_name(|file| {
        let path = folder.join(file);
        fs::read(&path).map_err(|e| told(&path, &e))
    })?;
    models.map_err(|e| e.to_string())
}

/// What is found in one photo, and its overlays.
fn report(path: &Path, out: &Path, models: &mut Models) -> Result<Value, String> {
    let bytes = fs::read(path).map_err(|e| e.to_string())?;
    let photo = decode(&bytes, Limit::Edge(WORKING_EDGE))
        .map_err(|e| e.to_string())?
        .photo;
    let told = |e: ModelError| e.to_string();
    #[expect(clippy::disallowed_methods, reason = "natively there is a clock")]
    let start = Instant::now();
    let pyramid = Pyramid::new(&photo);
    let faces = find_faces(&photo, &pyramid, models, &mut || true).map_err(|e| e.to_string())?;
    let face = faces.first();
    let found = match face {
        Some(face) => Some(head_of(&photo, &pyramid, models, face).map_err(told)?),
        None => without_face(path, &photo, &pyramid, models).map_err(told)?,
    };
    let found = found.map(|head| Head {
        placement: placed_by_hand(path).unwrap_or(head.placement),
        ..head
    });
    let fitted = match &found {
        Some(Head { placement, .. }) => {
            Some(fit(placement, photo.width(), photo.height()).map_err(|e| e.to_string())?)
        }
        None => None,
    };
    let matte = match &fitted {
        Some(head) => matte_of(&photo, &pyramid, models, &faces, head).map_err(told)?,
        None => None,
    };
    let mut line = json!({
        "file": name(path),
        "size": [photo.width(), photo.height()],
        "faces": faces.len(),
        "ms": start.elapsed().as_secs_f64() * 1e3,
    });
    let mut overlay = photo.clone();
    if let Some((Head { placement, colours }, head)) = found.as_ref().zip(fitted) {
        add(&mut line, of_head(placement, &head));
        match face {
            Some(face) => {
                add(&mut line, of_face(face, colours));
                add(&mut line, of_irises(&pyramid, face));
                draw(&mut overlay, face, &head, models);
            }
            None => draw_head(&mut overlay, &head),
        }
        for edge in edges(placement).into_iter().flatten() {
            cross(&mut overlay, edge, 6.0 * head.camera.px_per_mm);
        }
    }
    let file = out.join(name(path)).with_extension("png");
    save(&overlay, &file)?;
    if let Some((head, matte)) = fitted.as_ref().zip(matte.as_ref()) {
        add(&mut line, json!({ "shares": shares(matte) }));
        if face.is_some() {
            let own = own_hairline_mm(matte, head, photo.width());
            add(&mut line, json!({ "own_hairline_mm": own }));
        }
        if let Some(trimap) = Trimap::of(Path::new(TRIMAPS), path, photo.width())? {
            add(&mut line, json!({ "trimap": trimap.compare(matte) }));
            // Also as if no face had been found: those are fewer.
            for (faces, kind) in [(faces.as_slice(), "evidence"), (&[], "faceless.evidence")] {
                let (square, features) =
                    evidence_of(&photo, &pyramid, models, faces, head).map_err(told)?;
                let known = trimap.known(!faces.is_empty(), &square, &features);
                let file = file.with_extension(kind);
                fs::write(&file, known).map_err(|e| self::told(&file, &e))?;
            }
        }
        let mut tinted = photo;
        tint(&mut tinted, matte);
        save(&tinted, &file.with_extension("matte.png"))?;
    }
    Ok(line)
}

/// The head of a photo without a face; from the side where the file's name says so.
fn without_face(
    path: &Path,
    photo: &Photo,
    pyramid: &Pyramid<'_>,
    models: &mut Models,
) -> Result<Option<Head>, ModelError> {
    let name = name(path);
    let mut heads = heads_without_face(photo, pyramid, models)?.into_iter();
    let side = [("_right_", View::RightSide), ("_left_", View::LeftSide)];
    let side = side.into_iter().find(|(part, _)| name.contains(part));
    Ok(match side {
        Some((_, side)) => heads.find(|head| head.placement.view() == Some(side)),
        None => heads.next(),
    })
}

/// Where the head of a photo without a face is, as a person would place it;
/// beside the hand-made labels, for the photos that have some.
fn placed_by_hand(photo: &Path) -> Option<Placement> {
    let text = fs::read_to_string(Path::new(TRIMAPS).join("placements.json")).ok()?;
    let all: HashMap<String, Placement> = serde_json::from_str(&text).ok()?;
    all.get(&*photo.file_stem()?.to_string_lossy()).copied()
}

/// Adds one object's entries to another.
fn add(line: &mut Value, more: Value) {
    if let (Value::Object(line), Value::Object(more)) = (line, more) {
        line.extend(more);
    }
}

/// Top, right and left side of the scalp, where they were seen.
fn edges(placement: &Placement) -> [Option<MarkerInPhoto>; 3] {
    match placement {
        Placement::Face(face) => [face.top, face.right_side, face.left_side],
        Placement::Outline(_) => [None; 3],
    }
}

fn of_head(placement: &Placement, head: &HeadModel) -> Value {
    json!({
        "placement": placement,
        "edges": edges(placement).map(|edge| edge.is_some()),
        "head": {
            "yaw_deg": head.pose.yaw_deg,
            "pitch_deg": head.pose.pitch_deg,
            "roll_deg": head.pose.roll_deg,
            "px_per_mm": head.camera.px_per_mm,
            "scale_error": head.scale_error,
            "semi_axes_mm": head.semi_axes_mm.to_array(),
        },
    })
}

fn of_face(face: &Face, colours: &Colours) -> Value {
    let both = colours.skin.zip(colours.brow);
    let suggestion = both.map(|(skin, brow)| suggest(skin, brow));
    json!({
        "score": face.score,
        "flag": face.mesh.flag,
        "misfit": face.pose.misfit,
        "measured": {
            "yaw_deg": face.pose.pose.yaw_deg,
            "pitch_deg": face.pose.pose.pitch_deg,
            "roll_deg": face.pose.pose.roll_deg,
            "px_per_mm": face.pose.px_per_mm,
        },
        "skin_ita_deg": colours.skin.map(|skin| ita_deg(lab_from_linear(skin))),
        "brow_l": colours.brow.map(|brow| lab_from_linear(brow)[0]),
        "dilution": suggestion.map(|s| s.shade.dilution),
        "landmarks": face.mesh.points.iter().map(|p| [p.x, p.y]).collect::<Vec<_>>(),
    })
}

/// The irises, or why there are none.
fn of_irises(pyramid: &Pyramid<'_>, face: &Face) -> Value {
    match irises(pyramid, face) {
        Ok(irises) => json!({ "irises": {
            "centres": irises.centres.map(|centre| centre.to_array()),
            "across_px": irises.across_px,
            "across_sd_px": irises.across_sd_px,
            "ipd_per_iris": irises.ipd_per_iris,
        }}),
        Err(why) => json!({ "irises": why.to_string() }),
    }
}

/// Mean shares of skin and hair in the matte.
fn shares(matte: &Matte) -> [f64; 2] {
    let all = matte.shares().as_chunks::<MATTE_BYTES>().0;
    let mean = |label: usize| {
        let sum: f64 = all.iter().map(|share| f64::from(share[label])).sum();
        sum / (255.0 * all.len() as f64)
    };
    [mean(0), mean(1)]
}
