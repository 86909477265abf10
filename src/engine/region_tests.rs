use super::*;
use crate::engine::anthropometry::STANDARD_SEMI_AXES_MM as AXES;
use crate::engine::outline::outline;
use crate::engine::styles::Style;

#[test]
fn chart_and_head_agree_both_ways() {
    for i in 0..SIDE * SIDE {
        let (x, y) = ((i % SIDE) as f64, (i / SIDE) as f64);
        let dir = dir_from_chart(x, y);
        if dir.y > -0.6 {
            let back = chart_from_dir(dir);
            assert!(
                (back.0 - x).abs() < 1e-9 && (back.1 - y).abs() < 1e-9,
                "{x} {y}"
            );
        }
    }
}

/// The plain way: the nearest of all segments.
fn brute_mm(line: &Outline, p: Vec3) -> f32 {
    let mut closed = line.points_mm.clone();
    closed.extend(line.points_mm.first());
    segments(&closed)
        .iter()
        .map(|s| s.distance_squared(p))
        .fold(f32::MAX, f32::min)
        .sqrt()
}

#[test]
fn distances_are_those_of_the_nearest_piece() {
    let grid = Grid::new(AXES);
    for style in Style::ALL {
        let line = outline(&style.hairline(), AXES);
        let mut distance = SignedDistance::default();
        signed_distance(&grid, &line, &mut distance);
        let mut worst = 0.0_f32;
        for i in 0..4000 {
            let t = f64::from(i);
            let turn = t * 2.399_963;
            let y = 1.0 - t / 4000.0 * 1.4;
            let r = (1.0 - y * y).sqrt();
            let p = DVec3::new(r * libm::cos(turn), y, r * libm::sin(turn)) * AXES;
            let truth = brute_mm(&line, p.as_vec3());
            let got = distance.at(grid.cell(p)).abs();
            // Closer than a node's spacing the sign may lie between them.
            if (2.5..15.0).contains(&truth) {
                worst = worst.max((truth - got).abs());
            }
        }
        // An edge-up's sharp corner lies between nodes: 0.51 mm there.
        assert!(worst < 0.6, "{style:?}: {worst:.2} mm");
    }
}

#[test]
fn inside_is_inside() {
    let grid = Grid::new(AXES);
    let line = outline(&Style::Soft.hairline(), AXES);
    let mut distance = SignedDistance::default();
    signed_distance(&grid, &line, &mut distance);
    let at =
        |x: f64, y: f64, z: f64| distance.at(grid.cell(DVec3::new(x, y, z).normalize() * AXES));
    // Vertex, crown, above the ears; then brow, cheek, neck.
    for (x, y, z) in [
        (0.0, 1.0, 0.0),
        (0.0, 0.7, -0.7),
        (0.8, 0.6, 0.0),
        (-0.8, 0.6, 0.0),
    ] {
        assert!(at(x, y, z) > 10.0, "{x} {y} {z}: {}", at(x, y, z));
    }
    for (x, y, z) in [
        (0.0, 0.0, 1.0),
        (0.5, -0.1, 0.8),
        (-0.5, -0.1, 0.8),
        (0.0, -0.8, -0.4),
    ] {
        assert!(at(x, y, z) < 0.0, "{x} {y} {z}: {}", at(x, y, z));
    }
}
