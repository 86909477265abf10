//! `cargo xtask vision --posed`: how well the pose and the scale of heads that
//! were drawn for the purpose are read.

use std::fs;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::report::Report;
use crate::tools::at;
use crate::vision::{percent, readings, rounded};

/// Pictures of the drawn heads, to look at.
const PICTURES: &str = "target/vision/posed";
/// The goals: yaw and pitch, degrees; scale, as a share.
const GOAL_DEG: f64 = 3.0;
/// See [`GOAL_DEG`].
const GOAL_SCALE: f64 = 0.02;

/// Prints a table of all heads in all poses, and how many reach the goals.
pub(crate) fn run() -> Result<()> {
    fs::create_dir_all(at(PICTURES))?;
    let lines = readings(PICTURES, &["--posed".into()])?;
    let columns = [
        "kind",
        "yaw °",
        "pitch °",
        "roll °",
        "camera mm",
        "px/mm",
        "edges",
        "read yaw °",
        "pitch °",
        "roll °",
        "px/mm",
        "off yaw °",
        "pitch °",
        "roll °",
        "scale %",
        "by turn yaw °",
        "pitch °",
        "scale %",
        "face yaw °",
        "pitch °",
    ];
    let mut report = Report::new("posed", &columns);
    for line in &lines {
        let name = line["name"].as_str().context("a reading without a name")?;
        report.row(name, row(line));
    }
    report.publish()?;
    println!(
        "off: as read from as given; by turn: from what the same head reads as that faces the camera;"
    );
    println!("face: by its points alone, before the fit");
    for kind in ["usual", "corner", "distance"] {
        summary(&lines, kind);
    }
    println!("pictures: {}", at(PICTURES).display());
    Ok(())
}

fn row(line: &Value) -> Vec<Value> {
    let edges = line["edges"].as_array().into_iter().flatten();
    let edges: String = edges
        .zip(["T", "R", "L"])
        .map(|(edge, letter)| if edge == true { letter } else { "-" })
        .collect();
    let degrees = |key: &'static str, digits| (0..3).map(move |i| rounded(&line[key][i], digits));
    let mut row = vec![line["kind"].clone()];
    row.extend(degrees("given_deg", 0));
    row.extend([
        rounded(&line["distance_mm"], 0),
        rounded(&line["given_px_per_mm"], 2),
        Value::from(edges),
    ]);
    row.extend(degrees("head_deg", 1));
    row.push(rounded(&line["px_per_mm"], 3));
    row.extend(degrees("off_deg", 1));
    row.push(percent(&line["scale_off"]));
    row.extend(degrees("turn_off_deg", 1).take(2));
    row.push(percent(&line["scale_off_by_turn"]));
    row.extend(degrees("face_off_deg", 1).take(2));
    row
}

/// How many pictures of a kind reach the goals, and how far the others are off.
fn summary(lines: &[Value], kind: &str) {
    let lines: Vec<&Value> = lines.iter().filter(|line| line["kind"] == kind).collect();
    let of = |value: &Value| value.as_f64().unwrap_or(f64::INFINITY).abs();
    let told = |goal: f64, unit: f64, off: &dyn Fn(&Value) -> f64| {
        let all: Vec<f64> = lines.iter().map(|line| off(line)).collect();
        let good = all.iter().filter(|off| **off <= goal).count();
        let worst = all.iter().copied().fold(0.0, f64::max);
        format!("{good} of {}, worst {:.1}", all.len(), worst * unit)
    };
    let turn = |key: &'static str| {
        told(GOAL_DEG, 1.0, &|line| {
            of(&line[key][0]).max(of(&line[key][1]))
        })
    };
    let scale = |key: &'static str| told(GOAL_SCALE, 100.0, &|line| of(&line[key]));
    println!(
        "{kind}: yaw and pitch within {GOAL_DEG}°: {} (by turn: {})",
        turn("off_deg"),
        turn("turn_off_deg")
    );
    println!(
        "{kind}: scale within {} %: {} (by turn: {})",
        100.0 * GOAL_SCALE,
        scale("scale_off"),
        scale("scale_off_by_turn")
    );
}
