//! How well the pose and the scale of drawn heads are read.

use std::path::Path;

use serde_json::{Value, json};
use smp_visualizer::engine::camera::Pose;
use smp_visualizer::vision::models::Models;

use super::overlay::save;
use super::posed::{Case, Measured, PORTRAITS, Shape, measure};
use super::told;

/// Where the portraits are, where the program is run: the repository.
const SAMPLES: &str = "public/samples";

/// Draws each head in each pose, writes the pictures into `out`, and tells
/// what was given and what was read of each.
pub(crate) fn report(out: &Path, models: &mut Models) -> Result<Vec<Value>, String> {
    let mut lines = Vec::new();
    for portrait in PORTRAITS {
        for shape in [Shape::Canonical, Shape::Own] {
            let path = Path::new(SAMPLES).join(portrait);
            let name = format!("{} {shape:?}", portrait.trim_end_matches(".jpg")).to_lowercase();
            let all = measure(&path, shape, models, |case, photo| {
                save(photo, &out.join(file(&name, case)))
            });
            let all = all.map_err(|e| told(&path, &e))?;
            lines.extend(all.iter().map(|measured| line(&name, measured)));
        }
    }
    Ok(lines)
}

fn file(name: &str, case: &Case) -> String {
    let [yaw, pitch, roll] = angles(&case.given.pose);
    let (scale, distance) = (case.given.px_per_mm, case.given.distance_mm);
    format!("{name} {yaw:+} {pitch:+} {roll:+} {scale} {distance}.png").replace(' ', "_")
}

fn angles(pose: &Pose) -> [f64; 3] {
    [pose.yaw_deg, pose.pitch_deg, pose.roll_deg]
}

fn line(name: &str, measured: &Measured) -> Value {
    let Measured { case, read, .. } = measured;
    json!({
        "name": name,
        "kind": format!("{:?}", case.kind).to_lowercase(),
        "given_deg": angles(&case.given.pose),
        "given_px_per_mm": case.given.px_per_mm,
        "distance_mm": case.given.distance_mm,
        "head_deg": angles(&read.head),
        "px_per_mm": read.px_per_mm,
        "edges": read.edges,
        "off_deg": measured.off_deg(),
        "face_off_deg": measured.face_off_deg(),
        "turn_off_deg": measured.turn_off_deg(),
        "scale_off": measured.scale_off(),
        "scale_off_by_turn": measured.scale_off_by_turn(),
    })
}
