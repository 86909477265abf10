//! How like real stubble the impressions look: `cargo xtask realism` runs
//! this. Prints one JSON line per photo, one with statistics of the impressions
//! themselves, and writes a contact sheet.
#![expect(
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a command-line program talks on its terminal"
)]

mod measure;
mod naive;
mod patches;
mod scene;
mod sheet;
mod statistics;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use measure::{Distance, Patch};
use patches::Marked;
use scene::Scene;
use serde_json::{Value, json};
use sheet::Sheet;
use smp_visualizer::codec::{EXPORT_MAX_PIXELS, Limit, WORKING_EDGE, decode};
use smp_visualizer::engine::candidates::{Candidates, candidates};
use smp_visualizer::engine::image::{Photo, Rect};
use smp_visualizer::engine::look::{Beside, Density, Look};
use smp_visualizer::engine::placed::max_units_per_cm2;
use smp_visualizer::vision::models::Models;

const USAGE: &str = "usage: MODELS_DIR OUT_DIR PATCHES PHOTOS_DIR";

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

fn told(path: &Path, error: &dyn std::fmt::Display) -> String {
    format!("{}: {error}", path.display())
}

fn run(args: &[PathBuf]) -> Result<(), String> {
    let [models, out, patches, photos] = args else {
        return Err(USAGE.to_owned());
    };
    let models = Models::by_name(|file| {
        let path = models.join(file);
        fs::read(&path).map_err(|e| told(&path, &e))
    })?;
    let mut models = models.map_err(|e| e.to_string())?;
    fs::create_dir_all(out).map_err(|e| told(out, &e))?;
    let candidates = candidates(Look::default().seed, max_units_per_cm2());
    println!("{}", statistics::of(&candidates)?);
    let mut sheet = Sheet::default();
    for marked in patches::read(patches)? {
        let line = match head(&marked, photos, &mut models, &candidates, &mut sheet) {
            Ok(line) => line,
            Err(error) => json!({ "photo": marked.photo, "error": error }),
        };
        println!("{line}");
    }
    sheet.save(&out.join("sheet.png"))
}

/// The figures of one head, and its row on the sheet: bare skin, the two places
/// of stubble, the bare skin treated as the first and as the second asks, as
/// the head does by itself, and the naive overlay.
fn head(
    marked: &Marked,
    photos: &Path,
    models: &mut Models,
    candidates: &Candidates,
    sheet: &mut Sheet,
) -> Result<Value, String> {
    let path = photos.join(&marked.photo);
    let bytes = fs::read(&path).map_err(|e| told(&path, &e))?;
    let read = |limit| {
        let decoded = decode(&bytes, limit).map_err(|e| e.to_string())?;
        Ok::<Photo, String>(decoded.photo)
    };
    let photo = read(Limit::Edge(WORKING_EDGE))?;
    let full_width = read(Limit::Pixels(EXPORT_MAX_PIXELS))?.width();
    let scale = f64::from(photo.width()) / f64::from(full_width);
    let [bare, first, second] = marked.in_photo(&photo, scale)?;
    let scene = Scene::new(&photo, marked.view, models, candidates)?;

    let px_per_mm = scene.px_per_mm(bare);
    let naive = naive::overlay(&photo, bare, &Density::default(), px_per_mm);
    let real = [first, second].map(|rect| Patch::new(&photo, rect));
    // What is matched to one place is compared with the other.
    let looks = [scene.matched(bare, first)?, scene.matched(bare, second)?];
    let treated = looks.map(|look| scene.treated(&look));
    let [a, b] = treated.each_ref().map(|photo| Patch::new(photo, bare));
    let peer = Patch::new(&naive, bare);
    let skin = Patch::new(&photo, bare);
    let alone = scene.matched_by_itself();
    let by_itself = alone.map(|look| scene.treated(&look));
    let auto = by_itself.as_ref().map(|photo| Patch::new(photo, bare));
    // The same without what is told of places around the head.
    let unblended = alone.map(|mut look| {
        look.density.beside = Beside::default();
        look
    });
    let seam = |look: Option<Look>| look.and_then(|look| scene.seam(&look));

    let mut row: Vec<(&Photo, Rect)> = [bare, first, second].map(|rect| (&photo, rect)).to_vec();
    row.extend(treated.iter().map(|photo| (photo, bare)));
    row.extend(by_itself.iter().map(|photo| (photo, bare)));
    row.push((&naive, bare));
    sheet.row(&row);

    let both = |patch: &Patch| {
        let [one, other] = real.each_ref().map(|real| patch.distance(real));
        figures(one.mean(other))
    };
    let [look, _] = looks;
    Ok(json!({
        "photo": marked.photo,
        "hair": marked.hair,
        "side_px": bare.width.min(bare.height),
        "px_per_mm": px_per_mm,
        "floor": figures(real[0].distance(&real[1])),
        "ours": figures(a.distance(&real[1]).mean(b.distance(&real[0]))),
        "auto": auto.as_ref().map(both),
        "naive": both(&peer),
        "seam": [seam(unblended), seam(alone)],
        "beside": alone.map(|look| look.density.beside),
        "density": look.density,
        "shade": look.shade,
        // For those who want more than the table.
        "lab": {
            "bare": skin.mean_lab,
            "real": real.each_ref().map(|patch| patch.mean_lab),
            "ours": [a.mean_lab, b.mean_lab],
            "auto": auto.as_ref().map(|patch| patch.mean_lab),
        },
        "spectra_db": {
            "bare": &skin.spectrum_db,
            "real": real.each_ref().map(|patch| &patch.spectrum_db),
            "ours": [&a.spectrum_db, &b.spectrum_db],
        },
    }))
}

fn figures(distance: Distance) -> Value {
    json!([distance.delta_e, distance.mover, distance.spectrum_db])
}
