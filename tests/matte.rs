//! What is scalp, hair and neither, on drawn heads, whose answer is known: no
//! model is needed but a stand-in's mask of the person.
#![expect(clippy::unwrap_used, reason = "tests may stop at the first surprise")]

use glam::{DVec2, DVec3};
use smp_visualizer::engine::anthropometry::STANDARD_SEMI_AXES_MM;
use smp_visualizer::engine::color::srgb8_from_linear;
use smp_visualizer::engine::head::{Camera, HeadModel, Pose};
use smp_visualizer::engine::image::Photo;
use smp_visualizer::engine::matte::{MATTE_BYTES, Matte};
use smp_visualizer::engine::rng::hash_unit;
use smp_visualizer::vision::crop::{Pyramid, Square};
use smp_visualizer::vision::matte::matte;
use smp_visualizer::vision::person::PersonMask;

const SIDE: u32 = 420;

/// What is drawn at a place.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Shows {
    Skin,
    Hair,
    Background,
}

/// A head from above, bald on top, with hair around.
struct Drawn {
    head: HeadModel,
    skin: [f64; 3],
    hair: [f64; 3],
    /// Where the light comes from, camera frame.
    light: DVec3,
}

impl Drawn {
    fn new(skin: [f64; 3], hair: [f64; 3], light: DVec3) -> Self {
        let pose = Pose {
            yaw_deg: 0.0,
            pitch_deg: 90.0,
            roll_deg: 0.0,
        };
        let camera = Camera {
            centre_in_photo: DVec2::new(205.0, 214.0),
            px_per_mm: 1.5,
            distance_mm: 1000.0,
        };
        Self {
            head: HeadModel::posed(STANDARD_SEMI_AXES_MM, pose, camera),
            skin,
            hair,
            light: light.normalize(),
        }
    }

    fn shows(&self, q: DVec2) -> Shows {
        match self.head.scalp_from_photo(q) {
            None => Shows::Background,
            Some(p_mm) if p_mm.y > 52.0 => Shows::Skin,
            Some(_) => Shows::Hair,
        }
    }

    fn pixel(&self, x: u32, y: u32) -> [u8; 4] {
        let q = DVec2::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
        let noise = f64::from(hash_unit(7, y * SIDE + x, 0)) - 0.5;
        let shade = |q| {
            let p_mm = self.head.scalp_from_photo(q).unwrap_or(DVec3::Y);
            let n = self.head.camera_from_head * self.head.normal(p_mm);
            0.35 + 0.65 * n.dot(self.light).max(0.0)
        };
        let (colour, light) = match self.shows(q) {
            Shows::Skin => (self.skin, shade(q) * (1.0 + 0.06 * noise)),
            Shows::Hair => (self.hair, shade(q) * (1.0 + 0.9 * noise)),
            Shows::Background => ([0.25, 0.3, 0.4], 1.0 + 0.05 * noise),
        };
        let [r, g, b] = colour.map(|v| srgb8_from_linear(v * light));
        [r, g, b, 255]
    }

    fn photo(&self) -> Photo {
        let places = (0..SIDE * SIDE).map(|i| (i % SIDE, i / SIDE));
        let rgba = places.flat_map(|(x, y)| self.pixel(x, y)).collect();
        Photo::new(SIDE, SIDE, rgba).unwrap()
    }

    /// The person, as coarsely as the model has it.
    fn mask(&self, photo: &Photo) -> PersonMask {
        let square = Square::around(photo);
        let side = 64;
        let share = (0..side * side).map(|i| {
            let p = DVec2::new((i % side) as f64 + 0.5, (i / side) as f64 + 0.5);
            let q = square.photo_from_square(p / side as f64);
            f32::from(u8::from(self.shows(q) != Shows::Background))
        });
        PersonMask {
            square,
            side,
            share: share.collect(),
        }
    }

    fn matte(&self) -> Matte {
        let photo = self.photo();
        matte(
            &photo,
            &Pyramid::new(&photo),
            &self.mask(&photo),
            &self.head,
            None,
        )
        .unwrap()
    }
}

fn heads() -> [Drawn; 3] {
    [
        Drawn::new([0.5, 0.28, 0.2], [0.03, 0.022, 0.018], DVec3::Z),
        Drawn::new([0.2, 0.095, 0.055], [0.012, 0.01, 0.01], DVec3::Z),
        Drawn::new(
            [0.45, 0.25, 0.17],
            [0.06, 0.04, 0.03],
            DVec3::new(-0.5, 0.3, 1.0),
        ),
    ]
}

/// Shares at a pixel, 0–1: skin, hair, neither.
fn shares(matte: &Matte, x: u32, y: u32) -> [f32; 3] {
    let rect = matte.rect();
    let start = ((y - rect.y) * rect.width + x - rect.x) as usize * MATTE_BYTES;
    let two = matte.shares()[start..].first_chunk::<2>().unwrap();
    let [skin, hair] = two.map(|byte| f32::from(byte) / 255.0);
    [skin, hair, 1.0 - skin - hair]
}

#[test]
fn the_bare_scalp_of_drawn_heads_is_told_from_hair_and_background() {
    for (i, drawn) in heads().iter().enumerate() {
        let matte = drawn.matte();
        let (mut wrong, mut known) = (0, 0);
        for y in matte.rect().y..matte.rect().bottom() {
            for x in matte.rect().x..matte.rect().right() {
                let at = |dx: f64, dy: f64| {
                    drawn.shows(DVec2::new(f64::from(x) + 0.5 + dx, f64::from(y) + 0.5 + dy))
                };
                let is = at(0.0, 0.0);
                // Within 3 mm of a border anything may be said.
                let around = [(-4.5, 0.0), (4.5, 0.0), (0.0, -4.5), (0.0, 4.5)];
                if around.iter().any(|(dx, dy)| at(*dx, *dy) != is) {
                    continue;
                }
                known += 1;
                // Dark hair against the background may be taken for it:
                // either way it is no scalp.
                let [skin, ..] = shares(&matte, x, y);
                wrong += u32::from((skin > 0.5) != (is == Shows::Skin));
            }
        }
        let share = f64::from(wrong) / f64::from(known);
        assert!(known > 50_000, "{known}");
        assert!(share < 0.01, "head {i}: {share}");
    }
}

#[test]
fn a_head_beside_the_photo_has_no_matte() {
    let mut drawn = heads().into_iter().next().unwrap();
    let photo = drawn.photo();
    let mask = drawn.mask(&photo);
    drawn.head.camera.centre_in_photo = DVec2::new(-900.0, 200.0);
    let found = matte(&photo, &Pyramid::new(&photo), &mask, &drawn.head, None);
    assert_eq!(found, None);
}

/// A photo cut out in a circle and laid on white, as profile pictures are; at
/// the circle's edge half of each.
fn cut_out(photo: &Photo, centre: DVec2, radius: f64) -> Photo {
    let (width, height) = (photo.width(), photo.height());
    let places = (0..width * height).map(|i| (i % width, i / width));
    let rgba = places.flat_map(|(x, y)| {
        let out = DVec2::new(f64::from(x) + 0.5, f64::from(y) + 0.5).distance(centre) - radius;
        let share = (0.5 - out).clamp(0.0, 1.0);
        let mix = |v: u8| (255.0 - (255.0 - f64::from(v)) * share).round() as u8;
        photo.pixel(x, y).unwrap().map(mix)
    });
    Photo::new(width, height, rgba.collect()).unwrap()
}

#[test]
fn a_cut_outs_white_is_neither_skin_nor_hair_up_to_its_edge() {
    for (i, drawn) in heads().iter().enumerate() {
        // The circle cuts into the bald top; the mask takes all for the person
        // up to 30 px beyond it, as the model does.
        let (centre, radius) = (DVec2::new(205.0, 290.0), 150.0);
        let photo = cut_out(&drawn.photo(), centre, radius);
        let mut mask = drawn.mask(&photo);
        let side = mask.side;
        for (i, share) in mask.share.iter_mut().enumerate() {
            let p = DVec2::new((i % side) as f64 + 0.5, (i / side) as f64 + 0.5) / side as f64;
            let out = mask.square.photo_from_square(p).distance(centre) - radius;
            *share = f32::from(u8::from(out < 30.0));
        }
        let matte = matte(&photo, &Pyramid::new(&photo), &mask, &drawn.head, None).unwrap();
        let (mut white, mut skin, mut lost) = (0, 0, 0);
        for y in matte.rect().y..matte.rect().bottom() {
            for x in matte.rect().x..matte.rect().right() {
                let [is_skin, is_hair, other] = shares(&matte, x, y);
                let q = DVec2::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
                let out = q.distance(centre) - radius;
                if out > 3.0 {
                    white += 1;
                    assert!(other > 0.5, "head {i}: {x} {y} {is_skin} {is_hair}");
                }
                let bare = |d: DVec2| drawn.shows(q + d) == Shows::Skin;
                let inner = [DVec2::X, DVec2::NEG_X, DVec2::Y, DVec2::NEG_Y];
                if out < -8.0 && inner.iter().all(|d| bare(*d * 5.0)) {
                    skin += 1;
                    lost += u32::from(is_skin <= 0.5);
                }
            }
        }
        assert!(white > 20_000 && skin > 5_000, "head {i}: {white} {skin}");
        assert!(lost * 30 < skin, "head {i}: {lost} of {skin}");
    }
}

/// FNV-1a of the drawn heads' mattes, as every machine has it, natively and in
/// wasm.
const FINGERPRINT: u64 = 0x8854_2ba8_d216_4cdc;

#[test]
fn every_machine_gives_the_same_bytes() {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for drawn in heads() {
        for byte in drawn.matte().shares() {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
    assert_eq!(hash, FINGERPRINT, "{hash:#x}");
}
