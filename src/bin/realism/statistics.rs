//! Statistics of the impressions themselves, to hold beside published ones.

use glam::{DVec2, DVec3};
use serde_json::{Value, json};
use smp_visualizer::engine::candidates::Candidates;
use smp_visualizer::engine::dots::{Shown, visible};
use smp_visualizer::engine::fit::fit;
use smp_visualizer::engine::head::HeadModel;
use smp_visualizer::engine::life::{Life, Moment};
use smp_visualizer::engine::look::Look;
use smp_visualizer::engine::outline::outline;
use smp_visualizer::engine::placement::{HeadOutline, Placement, View};
use smp_visualizer::engine::projection::project;
use smp_visualizer::engine::region::{Grid, SignedDistance, signed_distance};
use smp_visualizer::engine::shade::{mean_coverage, spread};

/// Side of the picture, px: some 8 px to the millimetre.
const SIDE_PX: u32 = 2000;
/// Radius of the skin that is looked at, mm.
const RADIUS_MM: f64 = 30.0;
/// Width of the bands behind the hairline, mm, and how many there are.
const BAND_MM: f64 = 2.0;
const BANDS: usize = 5;
/// Smallest angle of a place on the head to count as the front line, degrees
/// either way of the middle: there the line is a line.
const FRONT_DEG: f64 = 40.0;

/// Impressions of the usual plan on a head seen from above.
pub(crate) fn of(candidates: &Candidates) -> Result<Value, String> {
    let above = HeadOutline {
        view: View::Top,
        centre: [0.5, 0.5],
        half_axes: [0.32, 0.41],
        roll_deg: 0.0,
        tilt_deg: 0.0,
        turn_deg: 0.0,
        known_length: None,
    };
    let head = fit(&Placement::Outline(above), SIDE_PX, SIDE_PX).map_err(|e| e.to_string())?;
    let look = Look::default();
    let everywhere = places(&head, candidates, &look, &SignedDistance::deep_inside());
    let vertex = DVec3::Y * head.semi_axes_mm;
    let inside = |radius_mm: f64| {
        let near = everywhere.iter().filter(|p| p.distance(vertex) < radius_mm);
        near.copied().collect::<Vec<DVec3>>()
    };
    let middle = inside(RADIUS_MM);
    // A cap of that chord has the disc's area on a sphere, and so near the
    // vertex on a head.
    let area_cm2 = std::f64::consts::PI * RADIUS_MM * RADIUS_MM / 100.0;
    let around = inside(RADIUS_MM + 3.0);
    let nearest: Vec<f64> = middle
        .iter()
        .map(|p| {
            let others = around.iter().map(|q| p.distance(*q)).filter(|d| *d > 0.0);
            others.fold(f64::INFINITY, f64::min)
        })
        .collect();
    let count = nearest.len() as f64;
    let mean = nearest.iter().sum::<f64>() / count;
    let square = nearest.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / count;

    let spread = spread(look.density.diameter_mm, look.density.crispness);
    let per_mm2 = look.density.per_cm2 / 100.0;
    Ok(json!({
        "statistics": {
            "asked_per_cm2": look.density.per_cm2,
            "per_cm2": count / area_cm2,
            "nearest_mean_mm": mean,
            "nearest_sd_mm": square.sqrt(),
            "dots_share": per_mm2 * spread.dot_mm2,
            "covered_share": mean_coverage(&spread, per_mm2),
            "gradient": gradient(&head, candidates, &look),
        }
    }))
}

/// Where on the skin the impressions are.
fn places(
    head: &HeadModel,
    candidates: &Candidates,
    look: &Look,
    distance: &SignedDistance,
) -> Vec<DVec3> {
    let grid = Grid::new(head.semi_axes_mm);
    let size = [SIDE_PX; 2];
    let projection = project(candidates, look.seed, head, &grid, size, false);
    let mut shown = Shown::default();
    visible(
        &projection,
        distance,
        &look.hairline,
        &look.density,
        &Life::at(&Moment::HEALED),
        &mut shown,
    );
    let dots = shown.dots(&projection).into_iter();
    dots.filter_map(|dot| head.scalp_from_photo(DVec2::new(f64::from(dot.x), f64::from(dot.y))))
        .collect()
}

/// Density in bands behind the front hairline, as a share of the finished one:
/// with the line, and without it.
fn gradient(head: &HeadModel, candidates: &Candidates, look: &Look) -> Vec<f64> {
    let grid = Grid::new(head.semi_axes_mm);
    let mut distance = SignedDistance::default();
    let line = outline(&look.hairline, head.semi_axes_mm);
    signed_distance(&grid, &line, &mut distance);
    let band = |p: &DVec3| {
        let behind_mm = f64::from(distance.at(grid.cell(*p)));
        let front = libm::atan2(p.x, p.z).to_degrees().abs() < FRONT_DEG;
        (front && behind_mm >= 0.0).then_some((behind_mm / BAND_MM) as usize)
    };
    let count = |distance: &SignedDistance| {
        let mut bands = [0.0_f64; BANDS];
        for place in places(head, candidates, look, distance) {
            if let Some(count) = band(&place).and_then(|band| bands.get_mut(band)) {
                *count += 1.0;
            }
        }
        bands
    };
    let (edge, all) = (count(&distance), count(&SignedDistance::deep_inside()));
    edge.iter()
        .zip(all)
        .map(|(edge, all)| edge / all.max(1.0))
        .collect()
}
