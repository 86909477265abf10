use super::*;
use crate::engine::color::srgb8_from_linear;
use crate::engine::matte::Matte;

const SKIN: [f64; 3] = [0.5, 0.3, 0.2];
const SIZE: u32 = 200;

/// Skin in light that falls off to the right, with a highlight in the
/// middle that adds `mirrored` of white light.
fn scene(mirrored: f64) -> Photo {
    let bytes = (0..SIZE * SIZE).flat_map(|i| {
        let (x, y) = (f64::from(i % SIZE), f64::from(i / SIZE));
        let light = 1.2 - 0.7 * x / f64::from(SIZE);
        let away = libm::hypot(x - 100.0, y - 100.0);
        let add = if away < 14.0 { mirrored } else { 0.0 };
        let [r, g, b] = SKIN.map(|v| srgb8_from_linear(v * light + add));
        [r, g, b, 255]
    });
    Photo::new(SIZE, SIZE, bytes.collect()).unwrap()
}

fn share(photo: &Photo, x: u32, y: u32) -> f32 {
    let shine = Shine::new(photo, &Scalp::default(), photo.rect()).unwrap();
    let [r, g, b, _] = photo.pixel(x, y).unwrap();
    shine.at(x, y, [r, g, b])
}

#[test]
fn a_highlight_shines_and_brighter_light_does_not() {
    let photo = scene(0.4);
    // 0.4 of 0.85 · 0.33 + 0.4.
    let found = share(&photo, 100, 100);
    assert!((0.4..0.7).contains(&found), "{found}");
    for (x, y) in [(5, 100), (60, 60), (195, 20), (100, 140)] {
        assert_eq!(share(&photo, x, y), 0.0, "{x} {y}");
    }
}

#[test]
fn what_the_camera_could_not_hold_shines() {
    let mut photo = scene(0.0);
    photo.rgba_mut()[..4].copy_from_slice(&[255, 255, 230, 255]);
    assert!(share(&photo, 0, 0) >= 0.5);
}

#[test]
fn light_skin_whose_red_alone_comes_to_its_end_does_not_shine() {
    let bytes = (0..SIZE * SIZE).flat_map(|i| [246 + (i * 7919 % 10) as u8, 214, 196, 255]);
    let photo = Photo::new(SIZE, SIZE, bytes.collect()).unwrap();
    for x in 0..20 {
        assert_eq!(share(&photo, x, 100), 0.0);
    }
}

/// Left half bare, right half hair: a dark one on the skin, then a grey one.
#[test]
fn skin_is_seen_between_hairs_where_it_is_as_bright_as_skin_near_by() {
    let mut photo = scene(0.0);
    let pixel = |photo: &mut Photo, x: u32, share: f64, grey: bool| {
        let [r, g, b, _] = photo.pixel(x, 100).unwrap();
        let linear = linear([r, g, b]).map(|v| f64::from(v) * share);
        let linear = if grey { [linear[1] * 1.3; 3] } else { linear };
        let at = ((100 * SIZE + x) * 4) as usize;
        photo.rgba_mut()[at..at + 3].copy_from_slice(&linear.map(srgb8_from_linear));
    };
    pixel(&mut photo, 106, 0.3, false);
    pixel(&mut photo, 108, 1.0, true);
    let shares = (0..SIZE * SIZE).flat_map(|i| {
        let is_hair = i % SIZE >= SIZE / 2;
        if is_hair { [0, 255] } else { [255, 0] }
    });
    let matte = Matte::new(SIZE, photo.rect(), shares.collect());
    let scalp = Scalp::default().with_matte(matte);
    let shine = Shine::new(&photo, &scalp, photo.rect()).unwrap();
    let at = |x: u32| {
        let [r, g, b, _] = photo.pixel(x, 100).unwrap();
        shine.between_hairs(x, 100, [r, g, b])
    };
    assert!(at(104) > 0.9, "{}", at(104));
    assert!(at(106) < 0.05 && at(108) < 0.3, "{} {}", at(106), at(108));
    // Far from all bare skin nothing is known.
    assert_eq!(at(190), 0.0);
}

#[test]
fn no_skin_no_shine() {
    let photo = scene(0.0);
    assert!(Shine::new(&photo, &Scalp::default(), Rect::default()).is_none());
}
