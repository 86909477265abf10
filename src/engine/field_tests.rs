use proptest::prelude::*;

use super::*;
use crate::engine::simd::Scalar;

/// An ellipse of `diameter` px (σ = 0.4 D), `squash` times as wide one way,
/// turned by `turn` radians.
fn dot(x: f32, y: f32, diameter: f32, squash: f32, turn: f32) -> Dot {
    let square = |v: f32| v * v;
    let (major, minor) = (square(0.4 * diameter), square(0.4 * diameter * squash));
    let (s, c) = libm::sincosf(turn);
    Dot {
        x,
        y,
        sxx: major * c * c + minor * s * s,
        sxy: (major - minor) * s * c,
        syy: major * s * s + minor * c * c,
        area_px: std::f32::consts::FRAC_PI_4 * diameter * diameter * squash,
        halo_px: 0.0,
    }
}

fn splat(list: &[Dot], width: u32, height: u32) -> Field {
    let mut field = Field::new();
    field.splat(list, width, height);
    field
}

fn at(field: &Field, x: u32, y: u32) -> i16 {
    let r = field.rect;
    if x < r.x || y < r.y || x >= r.right() || y >= r.bottom() {
        return 0;
    }
    coverage_q12(field.packed[(y - r.y) as usize * field.stride + (x - r.x) as usize])
}

fn total_px(field: &Field) -> f64 {
    field.mean() * f64::from(field.rect.width) * f64::from(field.rect.height)
}

proptest! {
    #[test]
    fn total_coverage_is_the_area(
        diameter in 0.5f32..12.0, squash in 0.1f32..1.0, turn in -2.0f32..2.0,
        x in 60.0f32..70.0, y in 60.0f32..70.0, opacity in 0.1f32..1.0,
    ) {
        let mut d = dot(x, y, diameter, squash, turn);
        d.area_px *= opacity;
        let found = total_px(&splat(&[d], 130, 130));
        // One part in 4096 of a pixel is the field's own step.
        prop_assert!((found - f64::from(d.area_px)).abs() < 0.002 * f64::from(d.area_px) + 1.0 / 4096.0, "{found} {}", d.area_px);
    }

    #[test]
    fn shape_follows_the_ellipse(
        diameter in 0.5f32..12.0, squash in 0.2f32..1.0, turn in -2.0f32..2.0, x in 60.0f32..62.0, y in 60.0f32..62.0,
    ) {
        let d = dot(x, y, diameter, squash, turn);
        let field = splat(&[d], 130, 130);
        let [sxx, sxy, syy] = [d.sxx + CAMERA_VARIANCE_PX2, d.sxy, d.syy + CAMERA_VARIANCE_PX2].map(f64::from);
        let det = sxx * syy - sxy * sxy;
        let peak = f64::from(d.area_px) / (std::f64::consts::TAU * det.sqrt());
        for py in 0..130 {
            for px in 0..130 {
                let (dx, dy) = (f64::from(px) + 0.5 - f64::from(x), f64::from(py) + 0.5 - f64::from(y));
                let q = (syy * dx * dx - 2.0 * sxy * dx * dy + sxx * dy * dy) / det;
                let wanted = peak * libm::exp(-0.5 * q);
                let found = f64::from(at(&field, px, py)) / 4096.0;
                // Width steps (±1.6 % each way), cut at 3 σ, phases of 1/64 px.
                prop_assert!((found - wanted).abs() < 0.045 * peak + 0.001, "({px}, {py}): {found}, wanted {wanted}, peak {peak}");
            }
        }
    }

    #[test]
    fn borders_cut_and_change_nothing_else(
        diameter in 0.5f32..12.0, squash in 0.2f32..1.0, turn in -2.0f32..2.0, x in -1280i16..3840, y in -1280i16..3840,
    ) {
        // Single precision holds 64ths of a pixel in both places.
        let (x, y) = (f32::from(x) / 64.0, f32::from(y) / 64.0);
        let small = splat(&[dot(x, y, diameter, squash, turn)], 37, 41);
        let large = splat(&[dot(x + 64.0, y + 64.0, diameter, squash, turn)], 200, 200);
        for py in 0..41 {
            for px in 0..37 {
                prop_assert_eq!(at(&small, px, py), at(&large, px + 64, py + 64), "({}, {})", px, py);
            }
        }
    }

    #[test]
    fn twins_agree(seed in 0u32..1000) {
        let list = scattered(seed, 60, 90.0);
        let [mut a, mut b] = [Field::new(), Field::new()];
        a.splat_with::<Best>(&list, 75, 70);
        b.splat_with::<Scalar>(&list, 75, 70);
        prop_assert!(a.rect == b.rect && a.packed == b.packed);
    }
}

fn scattered(seed: u32, n: u32, span: f32) -> Vec<Dot> {
    let mut state = seed.wrapping_mul(747_796_405).wrapping_add(1);
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1u32 << 24) as f32
    };
    (0..n)
        .map(|_| {
            dot(
                next() * span - 5.0,
                next() * span - 5.0,
                0.5 + 11.0 * next(),
                0.2 + 0.8 * next(),
                6.0 * next(),
            )
        })
        .collect()
}

#[test]
fn faint_impressions_keep_their_mean() {
    for area_px in [0.05, 0.01, 0.003] {
        let list: Vec<Dot> = scattered(3, 4000, 500.0)
            .into_iter()
            .map(|d| Dot {
                x: d.x + 20.0,
                y: d.y + 20.0,
                sxx: 0.2,
                sxy: 0.05,
                syy: 0.1,
                area_px,
                halo_px: 0.0,
            })
            .collect();
        let found = total_px(&splat(&list, 600, 600)) / (4000.0 * f64::from(area_px));
        assert!((found - 1.0).abs() < 0.03, "{area_px}: {found}");
        assert!(
            area_px < 0.05 || (found - 1.0).abs() < 0.002,
            "{area_px}: {found}"
        );
    }
}

#[test]
fn many_in_one_place_hold_at_the_top() {
    let list = vec![dot(20.3, 20.2, 6.0, 1.0, 0.0); 400];
    let field = splat(&list, 50, 50);
    assert_eq!(at(&field, 20, 20), MOST_Q12);
    let mut coverage = field.packed.iter().map(|entry| coverage_q12(*entry));
    assert!(coverage.all(|v| (0..=MOST_Q12).contains(&v)));
}

#[test]
fn bad_numbers_and_far_places_are_left_out() {
    let good = dot(30.0, 30.0, 3.0, 1.0, 0.0);
    let mut list = vec![good];
    for v in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -1e30, 1e30] {
        for change in [
            |d: &mut Dot, v| d.x = v,
            |d: &mut Dot, v| d.y = v,
            |d: &mut Dot, v| d.sxx = v,
            |d: &mut Dot, v| d.syy = v,
            |d: &mut Dot, v| d.area_px = v,
        ] {
            let mut d = good;
            change(&mut d, v);
            list.push(d);
        }
    }
    let (found, wanted) = (splat(&list, 64, 64), splat(&[good], 64, 64));
    assert_eq!((found.rect, &found.packed), (wanted.rect, &wanted.packed));
    for empty in [
        vec![],
        vec![dot(-500.0, 3.0, 4.0, 1.0, 0.0)],
        vec![dot(3.0, 900.0, 4.0, 1.0, 0.0)],
    ] {
        assert!(splat(&empty, 64, 64).packed.is_empty());
    }
    // An impossible covariance is drawn as a line, with its full amount.
    let line = Dot { sxy: 1e9, ..good };
    assert!((total_px(&splat(&[line], 64, 64)) - f64::from(line.area_px)).abs() < 0.02);
}

#[test]
fn huge_impressions_keep_their_area() {
    let d = dot(400.0, 380.0, 120.0, 0.8, 0.5);
    let found = total_px(&splat(&[d], 800, 800));
    assert!(
        (found / f64::from(d.area_px) - 1.0).abs() < 0.02,
        "{found} {}",
        d.area_px
    );
}

#[test]
fn a_second_splat_starts_afresh() {
    let mut field = splat(&scattered(1, 50, 60.0), 64, 64);
    let d = dot(30.0, 30.0, 3.0, 0.5, 1.0);
    field.splat(&[d], 64, 64);
    assert_eq!(field.packed, splat(&[d], 64, 64).packed);
    assert_eq!(field.rect.x % 8, 0);
}

/// The impressions of those candidates that show, each of a size of its own.
fn some(shown: &[(bool, f32)]) -> Vec<Dot> {
    let all = (0..shown.len()).filter(|index| shown[*index].0);
    all.map(|index| one(index, shown[index].1)).collect()
}

/// In a place of its own, some beyond the photo's edge.
fn one(index: usize, diameter: f32) -> Dot {
    let (x, y) = (index * 37 % 131, index * 53 % 127);
    let slant = index as f32 * 0.1;
    dot(x as f32 - 2.3, y as f32 - 1.7, diameter, 0.6, slant)
}

fn pixels(field: &Field) -> Vec<i16> {
    (0..120 * 120)
        .map(|i| at(field, i % 120, i / 120))
        .collect()
}

proptest! {
    #[test]
    fn an_updated_field_is_a_fresh_one_to_the_last_bit(
        first in proptest::collection::vec((any::<bool>(), 0.5f32..6.0), 60),
        flips in proptest::collection::vec((0usize..60, 0.5f32..6.0), 0..40),
    ) {
        let mut shown = first;
        let mut field = Field::new();
        let mut plain = Field::new();
        field.splat(&some(&shown), 120, 120);
        plain.splat_with::<Scalar>(&some(&shown), 120, 120);
        for (index, diameter) in flips {
            let was = shown[index];
            shown[index] = (!was.0, diameter);
            let (gone, come) = if was.0 { (vec![one(index, was.1)], vec![]) } else { (vec![], vec![one(index, diameter)]) };
            let changes = Changes { gone, come };
            let before = pixels(&field);
            let all = some(&shown);
            let changed = field.update(&changes, 120, 120).unwrap_or_else(|| field.splat(&all, 120, 120));
            if plain.update_with::<Scalar>(&changes, 120, 120).is_none() {
                plain.splat_with::<Scalar>(&all, 120, 120);
            }
            let fresh = pixels(&splat(&all, 120, 120));
            prop_assert_eq!(&pixels(&field), &fresh);
            prop_assert_eq!(pixels(&plain), fresh.clone());
            for (i, (a, b)) in before.iter().zip(&fresh).enumerate() {
                let (x, y) = (i as u32 % 120, i as u32 / 120);
                let inside = x >= changed.x && x < changed.right() && y >= changed.y && y < changed.bottom();
                prop_assert!(inside || a == b, "{x} {y} changed outside {changed:?}");
            }
        }
    }
}

#[test]
fn a_pixel_held_at_its_most_is_not_taken_from() {
    let list = |count: usize| vec![dot(20.3, 20.2, 6.0, 1.0, 0.0); count];
    let mut field = splat(&list(400), 120, 120);
    let one = Changes {
        gone: list(1),
        come: vec![],
    };
    assert_eq!(field.update(&one, 120, 120), None, "it has forgotten");
    let mut field = splat(&list(5), 120, 120);
    assert!(field.update(&one, 120, 120).is_some());
    assert_eq!(pixels(&field), pixels(&splat(&list(4), 120, 120)));
    let many = Changes {
        gone: vec![],
        come: list(400),
    };
    assert_eq!(field.update(&many, 120, 120), None, "it is full now");
}
