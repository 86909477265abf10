//! `cargo xtask realism`: how like real stubble the impressions look.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::models;
use crate::report::Report;
use crate::tools::{at, cargo, no_more, output, take_value};
use crate::vision::{PHOTOS, percent, rounded};

/// Which parts of the photos are bare skin and which are stubble.
const PATCHES: &str = "tests/realism/patches.json";
/// The contact sheet.
const SHEETS: &str = "target/realism";
/// The three measures.
const MEASURES: [&str; 3] = ["ΔE00", "mover L*", "spectrum dB"];
/// Goals, in the median: so many times the floor at most, and the peer so many
/// times as far off at least.
const MOST_FLOORS: f64 = 1.5;
/// See [`MOST_FLOORS`].
const LEAST_BETTER: f64 = 3.0;
/// `cargo xtask realism [--photos DIR] [--patches FILE]`.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let mut args = args.to_vec();
    let photos = take_value(&mut args, "--photos")?.map_or_else(|| at(PHOTOS), PathBuf::from);
    let patches = take_value(&mut args, "--patches")?.map_or_else(|| at(PATCHES), PathBuf::from);
    no_more(&args)?;
    ensure!(
        photos.is_dir(),
        "no folder {}: name one with --photos DIR",
        photos.display()
    );
    let lines = lines(&photos, &patches)?;
    let (mut heads, mut left_out) = (Vec::new(), Vec::new());
    for line in &lines {
        if let Some(statistics) = line.get("statistics") {
            impressions(statistics)?;
        } else if line.get("error").is_some() {
            left_out.push(line);
        } else {
            heads.push(line);
        }
    }
    table(&heads)?;
    for line in left_out {
        println!("left out: {} ({})", line["photo"], line["error"]);
    }
    ensure!(!heads.is_empty(), "none of the marked photos could be read");
    medians(&heads);
    seams(&heads);
    println!("contact sheet: {}", at(SHEETS).join("sheet.png").display());
    Ok(())
}

fn lines(photos: &Path, patches: &Path) -> Result<Vec<Value>> {
    let mut program = cargo();
    program.args(["run", "--quiet", "--release", "--features", "realism"]);
    program.args(["--bin", "realism", "--"]);
    program.arg(models::models()?).arg(at(SHEETS));
    program.args([patches, photos]);
    let lines = output(&mut program).context("the measuring ended early")?;
    lines
        .lines()
        .map(|line| serde_json::from_str(line).with_context(|| format!("not a line: {line}")))
        .collect()
}

/// What each head scored.
fn table(heads: &[&Value]) -> Result<()> {
    let mut columns = vec!["hair", "px", "px/mm"];
    for _ in MEASURES {
        columns.extend(["floor", "ours", "auto", "naive"]);
    }
    columns.extend(["seam", "blended", "/cm²", "mm", "1:"]);
    let mut report = Report::new("realism", &columns);
    for head in heads {
        let mut row = vec![head["hair"].clone(), head["side_px"].clone()];
        row.push(rounded(&head["px_per_mm"], 1));
        for measure in 0..MEASURES.len() {
            let of = |who: &str| rounded(&head[who][measure], 1);
            row.extend(["floor", "ours", "auto", "naive"].map(of));
        }
        row.extend([0, 1].map(|i| rounded(&head["seam"][i], 1)));
        row.push(head["density"]["per_cm2"].clone());
        row.push(head["density"]["diameter_mm"].clone());
        row.push(head["shade"]["dilution"].clone());
        report.row(head["photo"].as_str().unwrap_or_default(), row);
    }
    report.publish()?;
    println!("four columns each for {}:", MEASURES.join(", "));
    println!("floor: between two places of real stubble");
    println!("ours: between one of them and bare skin treated as the other asks");
    println!(
        "auto: the same where \"Match the sides\" looks for stubble by itself; empty: found none"
    );
    println!("naive: uniform random black dots, blended in sRGB");
    println!(
        "seam: L* between treated skin and the shaved hair within 20 mm of it, the median of all such places, without blending and with; empty: too few"
    );
    Ok(())
}

/// The goals, measure by measure.
fn medians(heads: &[&Value]) {
    for (i, name) in MEASURES.iter().enumerate() {
        let ratio = |above: &str, below: &str| {
            let ratios = heads.iter().filter_map(|head| {
                let below = head[below][i].as_f64()?.max(1e-3);
                Some(head[above][i].as_f64()? / below)
            });
            median(ratios.collect())
        };
        println!(
            "{name}: in the median ours {:.2} × the floor (goal {MOST_FLOORS}), auto {:.2}; naive {:.1} × ours (goal {LEAST_BETTER}), {:.1} × the floor",
            ratio("ours", "floor"),
            ratio("auto", "floor"),
            ratio("naive", "ours"),
            ratio("naive", "floor"),
        );
    }
}

/// How much less the edge towards the hair around shows where strength follows it.
fn seams(heads: &[&Value]) {
    let all = |i: usize| {
        heads
            .iter()
            .filter_map(move |head| head["seam"][i].as_f64())
    };
    let [without, with] = [0, 1].map(|i| median(all(i).collect()));
    println!(
        "seams: in the median {without:.1} L* without blending, {with:.1} with, on {} heads",
        all(0).count()
    );
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    let value = |i: usize| all.get(i).copied().unwrap_or(f64::NAN);
    f64::midpoint(value(all.len().saturating_sub(1) / 2), value(all.len() / 2))
}

/// Statistics of the impressions of the usual plan beside published ones
/// (reference/domain.md, with its grades).
fn impressions(found: &Value) -> Result<()> {
    let density = found["asked_per_cm2"].as_f64().unwrap_or(f64::NAN);
    let spacing_mm = 10.0 / density.sqrt();
    let mut report = Report::new("impressions", &["ours", "published"]);
    let mut row = |name: String, ours: Value, published: String| {
        report.row(name, [ours, Value::from(published)]);
    };
    row(
        "density /cm²".into(),
        rounded(&found["per_cm2"], 1),
        format!("{density:.0} asked; finished work 81 to 194 (§1.3, B/C)"),
    );
    row(
        "nearest neighbour mm".into(),
        rounded(&found["nearest_mean_mm"], 2),
        format!(
            "at random {:.2}, hexagonal {:.2} (§1.3, D)",
            0.5 * spacing_mm,
            1.075 * spacing_mm
        ),
    );
    // Of points at random: √(1/π − 1/4) spacings.
    row(
        "its spread mm".into(),
        rounded(&found["nearest_sd_mm"], 2),
        format!("at random {:.2}", 0.261 * spacing_mm),
    );
    row(
        "under dots %".into(),
        percent(&found["dots_share"]),
        "real stubble 5 to 14 (§1.2, D)".into(),
    );
    row(
        "with halos %".into(),
        percent(&found["covered_share"]),
        "not found".into(),
    );
    for (i, share) in found["gradient"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        let published = if i == 0 {
            "rising to 70 at the transition zone's end, 5 to 10 mm (§2.3, B/D)"
        } else {
            ""
        };
        let from = 2 * i;
        row(
            format!("{from}–{} mm behind the line %", from + 2),
            percent(share),
            published.into(),
        );
    }
    report.publish()
}
