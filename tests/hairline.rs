//! The hairline as a line: closed, on the head, and never across itself,
//! whatever the numbers within their bounds.

use glam::{DVec2, DVec3};
use proptest::prelude::*;
use smp_visualizer::engine::anthropometry::STANDARD_SEMI_AXES_MM;
use smp_visualizer::engine::look::{Hairline, Look};
use smp_visualizer::engine::outline::{Outline, around_ears, outline};
use smp_visualizer::engine::params::ROWS;
use smp_visualizer::engine::styles::Style;

/// A look whose hairline's numbers lie at these shares of their ranges.
fn hairline(shares: &[f64]) -> Hairline {
    let mut look = Look::default();
    for (row, share) in ROWS.iter().zip(shares) {
        row.id.set(&mut look, row.min + share * (row.max - row.min));
    }
    look.clamped().hairline
}

/// The line laid flat: angle from the vertex and around it. Every point of
/// the head but its lowest has its own place there.
fn flat(line: &Outline, axes: DVec3) -> Vec<DVec2> {
    let place = |p: &DVec3| {
        let n = (*p / axes).normalize();
        let across = DVec2::new(n.x, n.z);
        across.normalize_or_zero() * libm::atan2(across.length(), n.y)
    };
    line.points_mm.iter().map(place).collect()
}

fn cross(a: DVec2, b: DVec2, c: DVec2, d: DVec2) -> bool {
    let side = |p: DVec2, q: DVec2, r: DVec2| (q - p).perp_dot(r - p);
    side(a, b, c) * side(a, b, d) < 0.0 && side(c, d, a) * side(c, d, b) < 0.0
}

/// The first two pieces that cross, if any do.
fn crossing(points: &[DVec2]) -> Option<(usize, usize)> {
    let n = points.len();
    let piece = |i: usize| (points[i], points[(i + 1) % n]);
    (0..n).find_map(|i| {
        let (a, b) = piece(i);
        let other = (i + 2..n).filter(|j| (j + 1) % n != i).find(|&j| {
            let (c, d) = piece(j);
            cross(a, b, c, d)
        });
        other.map(|j| (i, j))
    })
}

fn check(h: &Hairline, axes: DVec3) -> Result<(), TestCaseError> {
    let line = outline(h, axes);
    prop_assert!(line.points_mm.len() > 60);
    prop_assert!(line.front.end <= line.points_mm.len() && line.front.len() > 20);
    for p in &line.points_mm {
        let on = (*p / axes).length();
        prop_assert!((on - 1.0).abs() < 1e-9, "{p} is off the head: {on}");
    }
    // The part no design moves and the rest are the whole, their ends shared.
    prop_assert_eq!(&line.points_mm[line.ears.clone()], &around_ears(axes)[..]);
    let moving: Vec<DVec3> = line.moving_mm().collect();
    prop_assert_eq!(moving.len() + line.ears.len(), line.points_mm.len() + 2);
    prop_assert_eq!(moving.first(), line.points_mm[line.ears.clone()].last());
    prop_assert_eq!(moving.last(), line.points_mm[line.ears.clone()].first());
    let next = line.points_mm.iter().cycle().skip(1);
    for (p, q) in line.points_mm.iter().zip(next) {
        let gap = p.distance(*q);
        prop_assert!(gap < 12.0, "a gap of {gap} mm at {p}");
    }
    let points = flat(&line, axes);
    prop_assert_eq!(crossing(&points), None);
    // The vertex lies inside: the line goes once around it.
    let next = points.iter().cycle().skip(1);
    let turn: f64 = points.iter().zip(next).map(|(a, b)| a.angle_to(*b)).sum();
    prop_assert!((turn.abs() - std::f64::consts::TAU).abs() < 1e-6, "{turn}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]
    #[test]
    fn any_design_is_one_closed_line_on_the_head(
        shares in proptest::collection::vec(0.0..=1.0_f64, ROWS.len()),
        scale in proptest::array::uniform3(0.88..1.12_f64),
    ) {
        check(&hairline(&shares), STANDARD_SEMI_AXES_MM * DVec3::from_array(scale))?;
    }
}

#[test]
fn every_style_and_every_extreme_is_one_closed_line_on_the_head() {
    for style in Style::ALL {
        check(&style.hairline(), STANDARD_SEMI_AXES_MM).unwrap();
    }
    // All at their least, all at their most, and each alone at either end.
    let middle = vec![0.5; ROWS.len()];
    for end in [0.0, 1.0] {
        check(&hairline(&vec![end; ROWS.len()]), STANDARD_SEMI_AXES_MM).unwrap();
        for i in 0..ROWS.len() {
            let mut shares = middle.clone();
            shares[i] = end;
            check(&hairline(&shares), STANDARD_SEMI_AXES_MM).unwrap();
        }
    }
}

#[test]
fn higher_numbers_mean_what_their_names_say() {
    let axes = STANDARD_SEMI_AXES_MM;
    let top = |h: &Hairline| {
        let line = outline(h, axes);
        let middle = line.points_mm[line.front.clone()]
            .iter()
            .min_by(|a, b| a.x.abs().total_cmp(&b.x.abs()))
            .copied();
        middle.unwrap().y
    };
    let base = Look::default().hairline;
    let higher = Hairline {
        height_mm: base.height_mm + 10.0,
        ..base
    };
    let peaked = Hairline {
        widows_peak_mm: 10.0,
        ..base
    };
    assert!(top(&higher) > top(&base) + 3.0);
    assert!(top(&peaked) < top(&base) - 2.0);
}
