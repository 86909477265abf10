use proptest::prelude::*;

use super::*;
use crate::engine::color::{linear_from_srgb, srgb8_from_linear};
use crate::engine::image::Rect;
use crate::engine::simd::Scalar;

/// A field that covers `width` × `height` from the photo's corner.
fn field(width: u32, height: u32, coverage: impl Fn(u32, u32) -> i16) -> Field {
    let mut field = Field::new();
    field.rect = Rect {
        x: 0,
        y: 0,
        width,
        height,
    };
    field.stride = width.next_multiple_of(8) as usize;
    field.packed = (0..height)
        .flat_map(|y| (0..field.stride as u32).map(move |x| (x, y)))
        .map(|(x, y)| coverage(x, y))
        .collect();
    field
}

/// All 256 levels down, alpha running too; coverage goes across.
fn levels(width: u32) -> Photo {
    let rgba = (0..=255u8)
        .flat_map(|v| (0..width).flat_map(move |x| [v, v, v, v ^ x as u8]))
        .collect();
    Photo::new(width, 256, rgba).unwrap()
}

/// Dots and halos of one colour.
fn even(per_channel: [f64; 3]) -> Darkening {
    Darkening {
        halo: per_channel,
        dots: per_channel,
    }
}

fn run<L: Lanes>(photo: &Photo, field: &Field, per_channel: [f64; 3]) -> Vec<u8> {
    let mut out = photo.rgba().to_vec();
    composite_with::<L, false>(photo, field, &even(per_channel), photo.rect(), &mut out);
    out
}

/// Every 20th coverage from none to the most there is.
fn coverage_across(x: u32, _: u32) -> i16 {
    (x * 20).min(MOST_Q12 as u32) as i16
}
const ACROSS: u32 = 385;
const SHADES: [[f64; 3]; 5] = [
    [0.0; 3],
    [0.08, 0.04, 0.01],
    [0.35, 0.26, 0.17],
    [0.72, 0.64, 0.55],
    [0.85, 0.8, 0.75],
];

#[test]
fn within_a_level_of_the_reference() {
    let photo = levels(ACROSS);
    let mut off_by_one = 0;
    for k in SHADES {
        let out = run::<Best>(&photo, &field(ACROSS, 256, coverage_across), k);
        for (i, (pixel, was)) in out.chunks(4).zip(photo.rgba().chunks(4)).enumerate() {
            let x = i as u32 % ACROSS;
            let c = (f64::from(coverage_across(x, 0)) / 4096.0).min(1.5);
            assert_eq!(pixel[3], was[3]);
            for channel in 0..3 {
                let light = linear_from_srgb(f64::from(was[channel]) / 255.0);
                let wanted = srgb8_from_linear(light * (1.0 - opaque_share(c) * k[channel]));
                let off = wanted.abs_diff(pixel[channel]);
                assert!(
                    off <= 1,
                    "{} at {c}, k {}: {} for {wanted}",
                    was[channel],
                    k[channel],
                    pixel[channel]
                );
                off_by_one += u32::from(off);
            }
        }
    }
    let share = f64::from(off_by_one) / f64::from(ACROSS * 256 * 3 * 5);
    assert!(share < 0.08, "{share} of the samples are off by one");
}

/// The class decides between the colours, in equal steps.
#[test]
fn dots_and_halos_take_their_own_colours() {
    let photo = Photo::new(8, 4, vec![180; 8 * 4 * 4]).unwrap();
    let darkening = Darkening {
        halo: [0.8, 0.5, 0.2],
        dots: [0.2, 0.5, 0.8],
    };
    let covered = 2048;
    let field = field(8, 4, |_, y| covered | ((y as i16) << 13));
    let mut out = photo.rgba().to_vec();
    composite(&photo, &field, &darkening, photo.rect(), &mut out);
    let light = linear_from_srgb(180.0 / 255.0);
    for (class, row) in out.chunks(32).enumerate() {
        let dots = class as f64 / 3.0;
        for (channel, found) in row.iter().take(3).enumerate() {
            let (halo, dot) = (darkening.halo[channel], darkening.dots[channel]);
            let k = halo * (1.0 - dots) + dot * dots;
            let wanted = srgb8_from_linear(light * (1.0 - 0.5 * k));
            assert!(found.abs_diff(wanted) <= 1, "{class} {channel}");
        }
    }
}

#[test]
fn no_coverage_or_no_pigment_changes_no_byte() {
    let photo = levels(64);
    let black = [1.0; 3];
    // Every other pixel, so that the groups of eight are not skipped.
    let out = run::<Best>(
        &photo,
        &field(64, 256, |x, _| if x % 2 == 0 { 0 } else { 900 }),
        black,
    );
    for (i, (pixel, was)) in out.chunks(4).zip(photo.rgba().chunks(4)).enumerate() {
        assert!(i % 2 == 1 || pixel == was, "{was:?} became {pixel:?}");
    }
    assert_eq!(
        run::<Best>(&photo, &field(64, 256, |_, _| 0), black),
        photo.rgba()
    );
    assert_eq!(
        run::<Best>(&photo, &field(64, 256, |_, _| 4096), [0.0; 3]),
        photo.rgba()
    );
}

#[test]
fn more_coverage_never_brightens() {
    let photo = levels(ACROSS);
    for k in SHADES {
        let out = run::<Best>(&photo, &field(ACROSS, 256, coverage_across), k);
        for row in out.chunks(4 * ACROSS as usize) {
            for pair in row.chunks(4).collect::<Vec<_>>().windows(2) {
                assert!((0..3).all(|i| pair[1][i] <= pair[0][i]));
            }
        }
    }
}

proptest! {
    #[test]
    fn stronger_shades_never_brighten(k in 0.0..1.0, more in 0.0..0.2, coverage in 0i16..4097) {
        let photo = levels(8);
        let field = field(8, 256, |_, _| coverage);
        let [weak, strong] = [k, k + more].map(|k| run::<Best>(&photo, &field, [k; 3]));
        prop_assert!(weak.iter().zip(&strong).all(|(weak, strong)| strong <= weak));
    }

    #[test]
    fn twins_agree(bytes in proptest::collection::vec(any::<u8>(), 8 * 21 * 4), coverage in proptest::collection::vec(any::<i16>(), 8 * 24), k in 0.0..1.0) {
        let photo = Photo::new(21, 8, bytes).unwrap();
        let field = field(21, 8, |x, y| coverage[(y * 24 + x) as usize]);
        let k = [k, k * 0.8, k * 0.5];
        prop_assert_eq!(run::<Best>(&photo, &field, k), run::<Scalar>(&photo, &field, k));
    }
}

#[test]
fn writes_within_the_rectangle_only() {
    let photo = Photo::new(30, 20, vec![200; 30 * 20 * 4]).unwrap();
    let mut field = field(14, 6, |_, _| 4096);
    (field.rect.x, field.rect.y) = (16, 9);
    let mut out = vec![7; 30 * 20 * 4];
    composite(&photo, &field, &even([0.5; 3]), photo.rect(), &mut out);
    for (i, pixel) in out.chunks(4).enumerate() {
        let inside = (16..30).contains(&(i % 30)) && (9..15).contains(&(i / 30));
        assert_eq!(pixel == [7; 4], !inside, "{i}");
        assert!(!inside || pixel[0] < 200);
    }
}

#[test]
fn a_part_is_drawn_as_in_the_whole() {
    let photo = levels(64);
    let field = field(60, 200, |x, y| {
        (x * 70 + y * 3) as i16 | ((y as i16 & 3) << 13)
    });
    let darkening = even([0.7, 0.5, 0.4]);
    let whole = run::<Best>(&photo, &field, darkening.halo);
    for (x, y, width, height) in [
        (0, 0, 64, 256),
        (9, 3, 1, 1),
        (33, 150, 31, 90),
        (59, 199, 9, 9),
    ] {
        let within = Rect {
            x,
            y,
            width,
            height,
        };
        let mut out = vec![7; whole.len()];
        composite(&photo, &field, &darkening, within, &mut out);
        let mut other = run::<Best>(&photo, &field, [0.3; 3]);
        recolour(&photo, &field, &darkening, photo.rect(), &mut other);
        assert!(other == whole);
        for (i, (pixel, whole)) in out.chunks(4).zip(whole.chunks(4)).enumerate() {
            let (px, py) = (i as u32 % 64, i as u32 / 64);
            let part = within.intersect(field.rect);
            let rows = (part.y..part.bottom()).contains(&py);
            if rows && (part.x..part.right()).contains(&px) {
                assert_eq!(pixel, whole, "{px} {py}");
            } else if !rows || px + 8 < part.x || px >= part.right() + 8 {
                assert_eq!(pixel, [7; 4], "{px} {py}");
            }
        }
    }
}

#[test]
fn what_does_not_fit_does_not_panic() {
    let photo = Photo::new(9, 5, vec![90; 9 * 5 * 4]).unwrap();
    let d = even([f64::NAN, 7.0, -3.0]);
    let mut out = vec![0; 50];
    composite(
        &photo,
        &field(64, 64, |_, _| i16::MIN),
        &d,
        photo.rect(),
        &mut out,
    );
    composite(
        &photo,
        &field(3, 2, |_, _| i16::MAX),
        &d,
        photo.rect(),
        &mut out,
    );
    composite(&photo, &Field::new(), &d, photo.rect(), &mut []);
    let mut far = field(8, 8, |_, _| 99);
    far.rect.x = 800;
    composite(&photo, &far, &d, photo.rect(), &mut out);
}
