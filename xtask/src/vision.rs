//! `cargo xtask vision`: what finding heads makes of real photos, natively.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::models;
use crate::posed;
use crate::report::Report;
use crate::tools::{at, cargo, no_more, output, take_flag, take_value};

/// The photos that lie beside the repository on a developer's machine.
pub(crate) const PHOTOS: &str = "../shared/photos/heads";
/// Overlays to look at.
const OVERLAYS: &str = "target/vision";

/// What a photo shows, as its manifest says.
struct Shown {
    view: String,
    faces: u64,
}

impl Shown {
    /// Whether a face is there to be found: from the front or three quarters.
    fn has_face(&self) -> bool {
        let faced = self.view.starts_with("front") || self.view.starts_with("three-quarter");
        self.faces > 0 && faced
    }

    /// Whether no face is there to be found.
    fn has_none(&self) -> bool {
        let averted = ["top", "back", "none", "drawing"];
        self.faces == 0 || averted.iter().any(|view| self.view.starts_with(view))
    }
}

/// `cargo xtask vision [--posed | --photos DIR]`.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let mut args = args.to_vec();
    if take_flag(&mut args, "--posed") {
        no_more(&args)?;
        return posed::run();
    }
    let photos = take_value(&mut args, "--photos")?.map_or_else(|| at(PHOTOS), PathBuf::from);
    no_more(&args)?;
    ensure!(
        photos.is_dir(),
        "no folder {}: name one with --photos DIR",
        photos.display()
    );
    let shown = manifest(&photos)?;
    let lines = readings(OVERLAYS, &files(&photos)?)?;
    let columns = [
        "view", "faces", "found", "edges", "iris", "yaw °", "pitch °", "px/mm", "± %", "ITA °",
        "brow L*", "1:", "skin %", "hair %", "hair mm", "ms",
    ];
    let mut report = Report::new("vision", &columns);
    let (mut missed, mut false_faces) = (Vec::new(), Vec::new());
    for line in &lines {
        let file = line["file"].as_str().unwrap_or_default();
        let told = shown.get(file);
        let found = line["faces"].as_u64();
        if told.is_some_and(Shown::has_face) && found == Some(0) {
            missed.push(file.to_owned());
        }
        if told.is_some_and(Shown::has_none) && found > Some(0) {
            false_faces.push(file.to_owned());
        }
        report.row(file, row(line, told));
    }
    report.publish()?;
    mattes(&lines)?;
    println!("hair mm: where hair, or a hat, begins on the midline above the glabella");
    println!("overlays: {}", at(OVERLAYS).display());
    println!("faces missed, of those from the front or three quarters: {missed:?}");
    println!("faces seen where there is none: {false_faces:?}");
    ensure!(
        false_faces.is_empty(),
        "a face was seen where there is none"
    );
    Ok(())
}

/// A number with so many digits behind the point; nothing where it is none.
pub(crate) fn rounded(value: &Value, digits: i32) -> Value {
    let scale = 10f64.powi(digits);
    value
        .as_f64()
        .map_or(Value::Null, |v| Value::from((v * scale).round() / scale))
}

/// A share as a percentage.
pub(crate) fn percent(share: &Value) -> Value {
    let percent = share.as_f64().map(|share| share * 100.0);
    rounded(&percent.map_or(Value::Null, Value::from), 1)
}

/// What share of the pixels that the hand-made trimaps know is labelled
/// wrongly, photo by photo, with the two largest kinds of error.
fn mattes(lines: &[Value]) -> Result<()> {
    let columns = ["wrong %", "mostly", "%", "then", "%"];
    let mut report = Report::new("mattes", &columns);
    let mut all = Vec::new();
    for line in lines {
        let (Some(file), Some(wrong)) = (line["file"].as_str(), line["trimap"]["wrong"].as_f64())
        else {
            continue;
        };
        all.push(wrong);
        let kinds = line["trimap"]["kinds"].as_object();
        let mut kinds: Vec<(&String, f64)> = kinds
            .into_iter()
            .flatten()
            .filter_map(|(kind, share)| Some((kind, share.as_f64()?)))
            .collect();
        kinds.sort_by(|a, b| b.1.total_cmp(&a.1));
        let mut row = vec![percent(&Value::from(wrong))];
        for (kind, share) in kinds.into_iter().take(2) {
            row.extend([Value::from(kind.as_str()), percent(&Value::from(share))]);
        }
        report.row(file, row);
    }
    if all.is_empty() {
        println!("no photo here has a trimap in tests/mattes: the mattes are not judged");
        return Ok(());
    }
    report.publish()?;
    all.sort_by(f64::total_cmp);
    let middle = (all[(all.len() - 1) / 2] + all[all.len() / 2]) / 2.0;
    println!(
        "mattes: {} photos, wrong in the median {:.1} % (goal 3), in the worst {:.1} % (goal 10)",
        all.len(),
        100.0 * middle,
        100.0 * all[all.len() - 1]
    );
    Ok(())
}

fn row(line: &Value, told: Option<&Shown>) -> Vec<Value> {
    let head = &line["head"];
    let edges = line["edges"].as_array().map(|edges| {
        let letters = edges.iter().zip(["T", "R", "L"]);
        letters
            .map(|(edge, letter)| if edge == true { letter } else { "-" })
            .collect::<String>()
    });
    vec![
        told.map_or(Value::Null, |shown| Value::from(shown.view.as_str())),
        told.map_or(Value::Null, |shown| Value::from(shown.faces)),
        line.get("error").unwrap_or(&line["faces"]).clone(),
        edges.map_or(Value::Null, Value::from),
        irises(&line["irises"]),
        rounded(&head["yaw_deg"], 0),
        rounded(&head["pitch_deg"], 0),
        rounded(&head["px_per_mm"], 2),
        percent(&head["scale_error"]),
        rounded(&line["skin_ita_deg"], 0),
        rounded(&line["brow_l"], 0),
        rounded(&line["dilution"], 0),
        percent(&line["shares"][0]),
        percent(&line["shares"][1]),
        rounded(&line["own_hairline_mm"], 0),
        rounded(&line["ms"], 0),
    ]
}

/// The distance between the pupils as a multiple of the irises' width; where
/// there are no irises, why.
fn irises(irises: &Value) -> Value {
    match irises {
        Value::Object(irises) => rounded(&irises["ipd_per_iris"], 2),
        why => why.clone(),
    }
}

/// The files of a folder, sorted.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    files.retain(|file| file.is_file());
    files.sort();
    Ok(files)
}

/// What the native program finds, a line a photo; pictures go into `folder`.
pub(crate) fn readings(folder: &str, photos: &[PathBuf]) -> Result<Vec<Value>> {
    let models = models::models()?;
    let mut program = cargo();
    program.args(["run", "--quiet", "--release", "--features", "codec-native"]);
    program.args(["--bin", "vision_report", "--"]);
    program.arg(models).arg(at(folder)).args(photos);
    let lines = output(&mut program).context("the reading ended early")?;
    // Whole, with all points, for those who want more than the table.
    fs::write(at(folder).join("readings.jsonl"), &lines)?;
    lines
        .lines()
        .map(|line| serde_json::from_str(line).with_context(|| format!("not a reading: {line}")))
        .collect()
}

/// The manifest beside the photos, by file name; empty where there is none.
fn manifest(photos: &Path) -> Result<HashMap<String, Shown>> {
    let path = photos.join("../manifest.csv");
    if !path.exists() {
        return Ok(HashMap::new());
    }
    let mut shown = HashMap::new();
    let mut table = csv::Reader::from_path(&path)?;
    let headers = table.headers()?.clone();
    let column = |name: &str| {
        let found = headers.iter().position(|header| header == name);
        found.with_context(|| format!("{} has no column {name}", path.display()))
    };
    let (file, view, faces) = (column("file")?, column("view")?, column("faces")?);
    for record in table.records() {
        let record = record?;
        let text = |column: usize| record.get(column).unwrap_or_default();
        let name = Path::new(text(file)).file_name().unwrap_or_default();
        let told = Shown {
            view: text(view).to_owned(),
            // "about 200" and the like count as one.
            faces: text(faces).parse().unwrap_or(1),
        };
        shown.insert(name.to_string_lossy().into_owned(), told);
    }
    Ok(shown)
}
