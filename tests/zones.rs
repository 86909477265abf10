//! Zones, strokes of treatment and scars, measured on pictures of a head made by
//! arithmetic.
#![expect(clippy::expect_used, reason = "tests may stop at the first surprise")]

mod support;

use glam::DVec2;
use smp_visualizer::engine::{
    color::linear_from_rgb8,
    corrections::{Corrections, Label},
    fit::fit,
    head::HeadModel,
    image::Photo,
    life::SESSION_DAYS,
    look::Look,
    placement::Placement,
    render::Renderer,
    scars::{DENSER, FEATHER_MM, UPTAKE},
    stages::Inputs,
    zones::Zone,
};
use support::{
    HEIGHT, PALER, STRIP_HALF_MM, TAN, WIDTH, all_bare, from_above, from_behind, photo, ranked,
    render_painted, scarred,
};

/// A larger picture than the goldens', so that a stroke has many pixels.
const LARGER: u32 = 4;

fn looking(zone: Zone) -> Look {
    Look {
        zone,
        ..Look::default()
    }
}

/// A brush set down on one place, mm beside the head's middle in the photo.
fn stamp(
    placement: &Placement,
    size: [u32; 2],
    label: Label,
    radius_mm: f64,
    at_mm: [f64; 2],
) -> Corrections {
    let [width, height] = size;
    let head = fit(placement, width, height).expect("sound");
    let long = f64::from(width.max(height));
    let at = head.silhouette_ellipse().centre + head.camera.px_per_mm * DVec2::from_array(at_mm);
    let mut strokes = Corrections::default();
    let radius = radius_mm * head.camera.px_per_mm / long;
    assert!(strokes.begin(label, radius, (at / long).to_array()));
    strokes
}

/// Share of the light that `after` takes of `before` in a disc of the photo, px.
fn taken(before: &Photo, after: &[u8], middle: DVec2, radius_px: f64) -> f64 {
    let (mut was, mut is) = (0.0, 0.0);
    let pixels = before
        .rgba()
        .as_chunks::<4>()
        .0
        .iter()
        .zip(after.as_chunks::<4>().0);
    for (i, ([r, g, b, _], [s, t, u, _])) in pixels.enumerate() {
        let (x, y) = (i as u32 % before.width(), i as u32 / before.width());
        let q = DVec2::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
        if q.distance(middle) < radius_px {
            was += linear_from_rgb8([*r, *g, *b])[1];
            is += linear_from_rgb8([*s, *t, *u])[1];
        }
    }
    1.0 - is / was
}

/// The skin under a round stroke with a soft edge of a quarter of its radius, cm²,
/// by adding up pixels of the photo.
fn skin_cm2(
    placement: &Placement,
    [width, height]: [u32; 2],
    middle: DVec2,
    radius_px: f64,
) -> f64 {
    let head = fit(placement, width, height).expect("sound");
    let mut mm2 = 0.0;
    for i in 0..width * height {
        let q = DVec2::new(f64::from(i % width) + 0.5, f64::from(i / width) + 0.5);
        let inside = (radius_px - q.distance(middle)) / (0.25 * radius_px);
        if let Some(p_mm) = head.scalp_from_photo(q).filter(|_| inside > 0.0) {
            let px_per_mm = head.px_per_mm_at(p_mm);
            mm2 += inside.min(1.0) / (px_per_mm * px_per_mm * head.facing(p_mm));
        }
    }
    mm2 / 100.0
}

#[test]
fn a_painted_zone_reads_back_its_area_and_its_density() {
    let (width, height) = (WIDTH * LARGER, HEIGHT * LARGER);
    let size = [width, height];
    let placement = from_above();
    let head = fit(&placement, width, height).expect("sound");
    let photo = photo(&placement, TAN, width, height);
    let middle = head.silhouette_ellipse().centre;
    for radius_mm in [15.0, 28.0] {
        // Between the temples that this class leaves bare.
        let radius_px = radius_mm * head.camera.px_per_mm;
        let strokes = stamp(&placement, size, Label::Treat, radius_mm, [0.0, 0.0]);
        let look = looking(Zone::Norwood2);
        let inputs = Inputs::healed(placement, look);
        let (_, without) = render_painted(&photo, &inputs, &Corrections::default());
        let (painted, with) = render_painted(&photo, &inputs, &strokes);
        let found = f64::from(with.impressions - without.impressions) / look.density.per_cm2;
        let wanted = skin_cm2(&placement, size, middle, radius_px);
        assert!(
            (found / wanted - 1.0).abs() < 0.03,
            "{radius_mm}: {found} {wanted}"
        );
        // As dense as the whole head is where all of it is treated.
        let whole = Inputs::healed(placement, looking(Zone::FullHead));
        let (whole, _) = render_painted(&photo, &whole, &Corrections::default());
        let [here, usual] =
            [&painted, &whole].map(|after| taken(&photo, after, middle, 0.65 * radius_px));
        assert!(
            (here / usual - 1.0).abs() < 0.05,
            "{radius_mm}: {here} {usual}"
        );
    }
}

#[test]
fn strokes_treat_leave_out_and_take_themselves_back() {
    let (size, placement) = ([WIDTH, HEIGHT], from_above());
    let photo = photo(&placement, TAN, WIDTH, HEIGHT);
    let head = fit(&placement, WIDTH, HEIGHT).expect("sound");
    let middle = head.silhouette_ellipse().centre;
    let near_px = 10.0 * head.camera.px_per_mm;
    let picture = |zone, strokes: &Corrections| {
        render_painted(&photo, &Inputs::healed(placement, looking(zone)), strokes).0
    };
    let none = Corrections::default();
    let usual = taken(&photo, &picture(Zone::FullHead, &none), middle, near_px);
    assert!(usual > 0.1);
    let mut strokes = stamp(&placement, size, Label::Untreated, 20.0, [0.0, 0.0]);
    let left_out = taken(&photo, &picture(Zone::FullHead, &strokes), middle, near_px);
    // Shadow of what is around wanders in.
    assert!(left_out.abs() < 0.1 * usual, "{left_out}");
    let [stroke] = strokes.strokes() else {
        panic!("one stroke")
    };
    let (radius, [at, ..]) = (stroke.radius_in_photo(), stroke.points()) else {
        panic!("a point")
    };
    let at = *at;
    assert!(strokes.begin(Label::AsPlanned, 1.5 * radius, at));
    assert!(picture(Zone::FullHead, &strokes) == picture(Zone::FullHead, &none));
    // Outside of every line and zone, too.
    assert!(picture(Zone::Norwood2, &none) != picture(Zone::Norwood6, &none));
}

#[test]
fn a_strip_scar_is_half_hidden_and_covered_past_its_edge() {
    let (width, height) = (WIDTH * LARGER, HEIGHT * LARGER);
    let placement = from_behind();
    let (photo, strokes) = scarred(&placement, TAN, width, height);
    let head = fit(&placement, width, height).expect("sound");
    let px_per_mm = head.camera.px_per_mm;
    let at = |y_mm: f64| head.silhouette_ellipse().centre + px_per_mm * DVec2::new(-20.0, y_mm);
    let near_px = 0.7 * STRIP_HALF_MM * px_per_mm;
    let picture =
        |zone| render_painted(&photo, &Inputs::healed(placement, looking(zone)), &strokes).0;
    let full = picture(Zone::FullHead);
    let [inside, beside] = [0.0, 20.0].map(|y_mm| taken(&photo, &full, at(y_mm), near_px));
    // Shadow of what is beside wanders in.
    let ratio = inside / beside;
    let uptake = f64::from(UPTAKE);
    let more = uptake * f64::from(DENSER);
    assert!((more - 0.15..more + 0.03).contains(&ratio), "{ratio}");
    // Half of its paleness stays visible, to some.
    let left = (PALER * (1.0 - inside) / (1.0 - beside) - 1.0) / (PALER - 1.0);
    assert!((0.3..0.8).contains(&left), "{left}");
    // Where nothing else is treated the scar is, fading past its edge.
    let alone = picture(Zone::Norwood2);
    let edge_mm = STRIP_HALF_MM + 0.5 * FEATHER_MM;
    let away_mm = STRIP_HALF_MM + 2.0 * FEATHER_MM;
    let [scar, edge, away] =
        [0.0, edge_mm, away_mm].map(|y_mm| taken(&photo, &alone, at(y_mm), near_px));
    assert!(
        scar > 0.8 * inside && edge > 0.2 * scar && away < 0.1 * scar,
        "{scar} {edge} {away}"
    );
    assert!(edge < scar);
}

/// Mean light of drawn dot scars over that of the skin between them, over all dots.
fn stands_out(rgba: &[u8], head: &HeadModel, width: u32, height: u32) -> f64 {
    let photo = Photo::new(width, height, rgba.to_vec()).expect("full frame");
    let (middle, px_per_mm) = (head.silhouette_ellipse().centre, head.camera.px_per_mm);
    let (mut dots, mut between) = (0.0, 0.0);
    for i in -5..=5_i32 {
        for j in -5..=5_i32 {
            let dot = DVec2::new(26.0 + 2.0 * f64::from(i), -36.0 + 2.0 * f64::from(j));
            let light = |at_mm: DVec2| {
                let pixel = photo.pixel_at(middle + px_per_mm * at_mm).expect("inside");
                linear_from_rgb8([pixel[0], pixel[1], pixel[2]])[1]
            };
            dots += light(dot);
            between += light(dot + DVec2::ONE);
        }
    }
    dots / between
}

#[test]
fn dot_scars_stand_out_less_than_before() {
    let (width, height) = (WIDTH * LARGER, HEIGHT * LARGER);
    let placement = from_behind();
    let (photo, strokes) = scarred(&placement, TAN, width, height);
    let inputs = Inputs::healed(placement, looking(Zone::FullHead));
    let (unmarked, _) = render_painted(&photo, &inputs, &Corrections::default());
    let (marked, _) = render_painted(&photo, &inputs, &strokes);
    let head = fit(&placement, width, height).expect("sound");
    let stands_out = |rgba: &[u8]| stands_out(rgba, &head, width, height);
    let [before, unmarked, marked] = [photo.rgba(), &unmarked, &marked].map(stands_out);
    assert!(before > 1.15, "{before}");
    // Most of the shadow around an impression is wider than a dot scar: without what
    // lies in them they stand out as much as on bare skin.
    let left = (marked - 1.0) / (unmarked - 1.0);
    assert!((0.4..0.8).contains(&left), "{before} {unmarked} {marked}");
}

/// Every session goes into the same dots of scars: how far they fall behind skin that
/// is treated alike grows from one to the next.
#[test]
fn each_session_goes_over_dot_scars_once_more() {
    let (width, height) = (WIDTH * LARGER, HEIGHT * LARGER);
    let placement = from_behind();
    let (photo, strokes) = scarred(&placement, TAN, width, height);
    let head = fit(&placement, width, height).expect("sound");
    // Some days after each session, when its impressions are no longer dark with
    // freshness, and before the next.
    let at_each = |strokes: &Corrections| {
        SESSION_DAYS.map(|day| {
            let mut inputs = Inputs::healed(placement, looking(Zone::FullHead));
            inputs.moment.day = day + 11.9;
            let (rgba, _) = render_painted(&photo, &inputs, strokes);
            stands_out(&rgba, &head, width, height)
        })
    };
    let unmarked = at_each(&Corrections::default());
    let marked = at_each(&strokes);
    let left: Vec<f64> = marked
        .iter()
        .zip(&unmarked)
        .map(|(marked, unmarked)| (marked - 1.0) / (unmarked - 1.0))
        .collect();
    let [first, second, third] = left[..] else {
        panic!("three sessions");
    };
    assert!(first > second + 0.05 && second > third + 0.05, "{left:?}");
    assert!(first < 1.0, "{left:?}");
}

/// Strokes that come one by one make the picture that all of them make at once.
#[test]
fn strokes_painted_one_after_the_other_come_to_the_same() {
    let placement = from_behind();
    let (photo, mut strokes) = scarred(&placement, TAN, WIDTH, HEIGHT);
    let mut renderer = Renderer::with_ranked(photo.clone(), Some(ranked()));
    renderer.set_matte(Some(all_bare(&placement, &photo)));
    let inputs = Inputs::healed(placement, looking(Zone::Crown));
    let mut picture = |strokes: &Corrections| {
        renderer.correct(strokes);
        renderer.render(&inputs, &|| 0.0).expect("sound");
        renderer.pixels().to_vec()
    };
    let none = Corrections::default();
    let before = picture(&none);
    let mut slowly = Corrections::default();
    for stroke in strokes.strokes() {
        let points = stroke.points();
        assert!(slowly.begin(stroke.label(), stroke.radius_in_photo(), points[0]));
        picture(&slowly);
        for point in points {
            slowly.lead(*point);
            picture(&slowly);
        }
    }
    assert!(strokes.begin(Label::Treat, 0.05, [0.4, 0.6]));
    assert!(slowly.begin(Label::Treat, 0.05, [0.4, 0.6]));
    let at_once = render_painted(&photo, &inputs, &strokes).0;
    assert!(picture(&slowly) == at_once);
    assert!(at_once != before);
    assert!(picture(&none) == before);
}
