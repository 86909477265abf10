use super::*;
use crate::engine::color::srgb8_from_linear;
use crate::engine::fit::{fit, starting_placement};
use crate::engine::look::Hairline;
use crate::engine::matte::Matte;
use crate::engine::outline::outline;
use crate::engine::placement::View;
use crate::engine::region::signed_distance;
use crate::engine::rng::hash_unit;

const SIDE: u32 = 480;
/// Light that the shaved hair takes.
const TAKEN: f64 = 0.3;
/// How uneven it is.
const ROUGH: f64 = 0.2;
/// What bare skin takes, and how uneven it is.
const BARE: [f64; 2] = [0.0, 0.02];

/// What is read of a head from above whose left half has shaved hair where
/// `is_shaved`; the matte is told that it is hair where `is_matted`.
fn read(flags: [bool; 2], read: impl Fn(Seen<'_>) -> Option<Sides>) -> Option<Sides> {
    read_of(flags, SIDE, 1.0, read)
}

/// The same of one whose hair takes so many times as much above that row.
fn read_of(
    [is_shaved, is_matted]: [bool; 2],
    behind: u32,
    darker_behind: f64,
    read: impl Fn(Seen<'_>) -> Option<Sides>,
) -> Option<Sides> {
    let of = |x, y| {
        let darker = if y < behind { darker_behind } else { 1.0 };
        let is_hair = is_shaved && x < SIDE / 2;
        if is_hair {
            [TAKEN * darker, ROUGH]
        } else {
            BARE
        }
    };
    read_where(is_matted, of, read)
}

/// The same of one of which each place takes a share of the light, and is uneven
/// by a share of it.
fn read_where(
    is_matted: bool,
    of: impl Fn(u32, u32) -> [f64; 2],
    read: impl Fn(Seen<'_>) -> Option<Sides>,
) -> Option<Sides> {
    let bytes = (0..SIDE * SIDE).flat_map(|i| {
        let (x, y) = (i % SIDE, i / SIDE);
        let noise = 2.0 * f64::from(hash_unit(1, x, y)) - 1.0;
        let [taken, uneven] = of(x, y);
        let share = (1.0 - taken) * (1.0 + uneven * noise);
        let [r, g, b] = [0.5, 0.3, 0.2].map(|v| srgb8_from_linear(v * share));
        [r, g, b, 255]
    });
    let photo = Photo::new(SIDE, SIDE, bytes.collect()).unwrap();
    let head = fit(&starting_placement(Some(View::Top), SIDE, SIDE), SIDE, SIDE).unwrap();
    let grid = Grid::new(head.semi_axes_mm);
    let mut distance = SignedDistance::default();
    let line = outline(&Hairline::default(), head.semi_axes_mm);
    signed_distance(&grid, &line, &mut distance);
    let shares = (0..SIDE * SIDE).flat_map(|i| {
        let is_hair = i % SIDE < SIDE / 2;
        if is_hair { [0, 255] } else { [255, 0] }
    });
    let matte = is_matted.then(|| Matte::new(SIDE, photo.rect(), shares.collect()));
    let seen = Seen {
        photo: &photo,
        head: &head,
        scalp: &Scalp::default().with_matte(matte.flatten()),
        shine: None,
        grid: &grid,
        distance: &distance,
    };
    read(seen)
}

fn sides(is_shaved: bool, at: Option<DVec2>) -> Option<Sides> {
    read([is_shaved, false], |seen| seen.sides(at))
}

fn taken(sides: &Sides) -> f64 {
    1.0 - luminance(sides.stubble.mean_linear) / luminance(sides.bare.mean_linear)
}

#[test]
fn shaved_hair_is_found_by_its_grain_and_compared_with_smooth_skin() {
    let found = sides(true, None).unwrap();
    assert!((taken(&found) - TAKEN).abs() < 0.06, "{found:?}");
    assert!(found.stubble.roughness() > 20.0 * found.bare.roughness());
}

#[test]
fn smooth_skin_has_no_shaved_hair() {
    assert_eq!(sides(false, None), None);
}

#[test]
fn a_rough_spot_is_no_shaved_hair() {
    let found = |side: u32| {
        let spot = (SIDE - side) / 2..(SIDE + side) / 2;
        let of = |x, y| {
            let is_spot = spot.contains(&x) && spot.contains(&y);
            if is_spot { [TAKEN, ROUGH] } else { BARE }
        };
        read_where(false, of, |seen| seen.sides(None))
    };
    assert_eq!(found(12), None);
    assert!(found(120).is_some());
}

#[test]
fn hair_is_compared_with_the_smoothest_skin_near_it() {
    // Short stubble beside it looks bare, and is as uneven as the pores farther off.
    let of = |x: u32, _| match x {
        0..240 => [TAKEN, ROUGH],
        260..310 => BARE,
        _ => [0.0, 0.05],
    };
    let found = read_where(false, of, |seen| seen.sides(None)).unwrap();
    let smooth = sides(true, None).unwrap().bare.roughness();
    assert!(found.bare.roughness() < 1.5 * smooth, "{found:?}");
}

#[test]
fn skin_between_thinning_hairs_comes_half_the_way_and_stays_smooth() {
    let found = read([true, true], |seen| seen.thinning()).unwrap();
    assert!((taken(&found) - FILL * TAKEN).abs() < 0.03, "{found:?}");
    assert_eq!(found.stubble.grain, found.bare.grain);
    let unmatted = read([true, false], |seen| seen.thinning()).unwrap();
    assert!(
        (taken(&unmatted) - FILL * TAKEN).abs() < 0.06,
        "{unmatted:?}"
    );
    assert_eq!(read([false, true], |seen| seen.thinning()), None);
}

#[test]
fn hair_that_is_lighter_behind_is_continued_lighter_there_and_nowhere_else() {
    let found = |darker| read_of([true, false], SIDE / 4, darker, |seen| seen.sides(None));
    let even = found(1.0).unwrap().darker;
    assert!(
        even.iter().all(|times| (0.9..1.2).contains(times)),
        "{even:?}"
    );
    let [right_temple, _, back, _, left_temple] = found(0.5).unwrap().darker;
    assert!(back < even[2] - 0.1, "{even:?} {back}");
    assert!((right_temple - even[0]).abs() < 0.1 && (left_temple - even[4]).abs() < 0.1);
    // Whoever points at hair wants the like of it all over.
    let at = Some(DVec2::new(120.0, 200.0));
    let pointed = read_of([true, false], SIDE / 2, 1.15, |seen| seen.sides(at));
    assert_eq!(pointed.unwrap().darker, [1.0; PLACES]);
}

#[test]
fn hair_in_shadow_says_nothing_of_how_dark_hair_is() {
    // The hinder half takes 0.3 x 2.6 of the light: no stubble takes so much.
    let found = read_of([true, false], SIDE / 2, 2.6, |seen| seen.sides(None));
    let taken = taken(&found.unwrap());
    assert!((taken - TAKEN).abs() < 0.1, "{taken}");
}

#[test]
fn what_somebody_points_at_is_taken_for_shaved_hair() {
    let found = sides(true, Some(DVec2::new(120.0, 200.0))).unwrap();
    assert!((taken(&found) - TAKEN).abs() < 0.03, "{found:?}");
    assert_eq!(sides(true, Some(DVec2::new(-5.0, 200.0))), None);
}
