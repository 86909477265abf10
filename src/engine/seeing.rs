//! How the photo shows the pigment: through what, and how sharply.

use glam::DVec2;

use super::field::{Optics, ROUNDED_PX};
use super::head::HeadModel;
use super::image::{Photo, Rect};
use super::mask::Mask;
use super::params::ParamId;
use super::projection::Ground;
use super::scalp::Scalp;
use super::shade::{HALO_SPACING_MM, SIGMA_PER_DIAMETER};
use super::shine::Shine;

/// Less bare scalp than this shows no impression: under hair, a hand or a hat,
/// or beside the head.
const LEAST_BARE: f32 = 0.05;
/// Share of hair from which on hair is what lies there.
const MOSTLY_HAIR: f32 = 0.5;

/// Share of skin between hairs from which on impressions are laid among them: a
/// glint in long hair is none.
const LEAST_BETWEEN: f32 = 0.3;
/// How much of what seems to shine in a scar is its own paleness. Ours: the more a
/// scar shines the more of it stays visible, and what is left here is seen to.
const PALE_SCAR: f32 = 0.75;
/// Where it is looked for around an impression, px.
const AROUND_PX: [[f64; 2]; 5] = [[0.0, 0.0], [2.0, 0.0], [-2.0, 0.0], [0.0, 2.0], [0.0, -2.0]];

/// How far from an impression what it lies on is looked for, px, and a pixel more.
pub(super) const AROUND_MOST_PX: f64 = 4.0;

/// What decides how much of the pigment is seen.
pub(super) struct Through<'a> {
    pub(super) scalp: &'a Scalp,
    pub(super) photo: &'a Photo,
    pub(super) shine: Option<&'a Shine>,
}

impl Through<'_> {
    /// How much of the pixels around a point of the photo, px, would be skin seen
    /// between hairs if all of them were among hairs, 0–1.
    fn between_hairs_around(&self, q_in_photo: DVec2) -> f32 {
        let Some(shine) = self.shine else { return 0.0 };
        if shine.near_at(q_in_photo) <= 0.0 {
            return 0.0;
        }
        let share = |step| {
            let q_in_photo = q_in_photo + DVec2::from_array(step);
            let pixel = self.photo.pixel_at(q_in_photo);
            pixel.map_or(0.0, |[r, g, b, _]| {
                shine.between_hairs(q_in_photo.x as u32, q_in_photo.y as u32, [r, g, b])
            })
        };
        AROUND_PX.map(share).iter().sum::<f32>() / AROUND_PX.len() as f32
    }

    /// Brings the mask up to date within `part`: where nothing is known all is seen.
    pub(super) fn open(&self, part: Rect, mask: &mut Option<Mask>) {
        let (width, height) = (self.photo.width(), self.photo.height());
        let mask = mask.get_or_insert_with(|| Mask::open(width, height));
        let known = self.scalp.known_in(width, height);
        for rest in part.without(known) {
            mask.set(rest, |_| |_| u8::MAX);
        }
        let has_treatment = self.scalp.has_treatment();
        mask.set(part.intersect(known), |y| {
            let shares = self.scalp.along(y, width, height);
            let shading = self.shine.map(|shine| shine.row(y));
            move |x| {
                let q_in_photo = DVec2::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
                let [mut bare, hair] = shares(x);
                let seen = shading.zip(self.photo.pixel(x, y));
                if bare < 1.0 {
                    if let Some((shading, [r, g, b, _])) = seen {
                        let (rgb, rest) = ([r, g, b], 1.0 - bare);
                        if hair > 0.0 {
                            bare += hair * shading.between_hairs(x, rgb);
                        }
                        let thin = if has_treatment {
                            self.scalp.thin_at(q_in_photo, width, height)
                        } else {
                            0.0
                        };
                        if thin > 0.0 {
                            let among = |shine: &Shine| shine.among_thin_hairs(x, y, rgb);
                            let skin = rest * thin * self.shine.map_or(0.0, among);
                            bare = bare.max(1.0 - rest + skin);
                        }
                    }
                    if bare <= 0.0 {
                        return 0;
                    }
                }
                let mirrored = seen.map_or(0.0, |(shading, [r, g, b, _])| shading.at(x, [r, g, b]));
                let mirrored = if mirrored > 0.0 && has_treatment {
                    // A scar is paler than skin, and only some of that is shine.
                    mirrored * (1.0 - PALE_SCAR * self.scalp.scar_at(q_in_photo, width, height))
                } else {
                    mirrored
                };
                (bare * (1.0 - mirrored) * 255.0 + 0.5) as u8
            }
        });
    }

    /// What an impression at a point of the photo, px, would lie on: bare scalp, also
    /// where enough of it is seen between the hairs around.
    pub(super) fn ground_at(&self, q_in_photo: DVec2) -> Ground {
        let (width, height) = (self.photo.width(), self.photo.height());
        let bare = self.scalp.bare_at(q_in_photo, width, height);
        let between = || {
            let hair = self.scalp.untouched_hair_at(q_in_photo, width, height);
            hair * self.between_hairs_around(q_in_photo)
        };
        // Whoever wants hair treated wants the skin among it treated.
        let is_thin = || self.scalp.thin_at(q_in_photo, width, height) >= LEAST_BETWEEN;
        if bare >= LEAST_BARE || between() >= LEAST_BETWEEN || self.shine.is_some() && is_thin() {
            Ground::Scalp
        } else if self.scalp.hair_at(q_in_photo, width) >= MOSTLY_HAIR {
            Ground::Hair
        } else {
            Ground::Else
        }
    }
}

/// How this head's skin and this photo's camera spread impressions.
#[must_use]
pub fn optics(head: &HeadModel, camera_px2: f32) -> Optics {
    Optics {
        camera_px2,
        halo_spacing_px: (HALO_SPACING_MM * head.camera.px_per_mm) as f32,
    }
}

/// How many times as wide as it is asked an impression may be: sizes vary, what is near
/// the camera is larger, and pigment spreads with the years.
const WIDEST: f64 = 3.0;

/// How far from its place an impression of whatever size is seen at most, px.
#[must_use]
pub(super) fn reach_px(optics: &Optics, px_per_mm: f64) -> f64 {
    let largest_mm = WIDEST * ParamId::DiameterMm.row().max;
    let sigma_px = SIGMA_PER_DIAMETER * largest_mm * px_per_mm;
    optics.reach_px((sigma_px * sigma_px) as f32, true) + ROUNDED_PX
}

/// The parts of the photo of which it is to be looked at how bare they are: what
/// impressions reach and was not looked at yet, and what is new of it. `opened` is what
/// was looked at, and is brought up to date; none where there was nothing to know yet.
pub(super) fn to_open(is_new: Option<Rect>, reached: Rect, opened: &mut Option<Rect>) -> Vec<Rect> {
    let is_new = is_new.filter(|part| !part.is_empty());
    let (all, mut parts) = match (*opened, is_new) {
        (None, None) => return Vec::new(),
        (None, Some(_)) => (reached, vec![reached]),
        // Elsewhere it may be new, too.
        (Some(before), Some(part)) => {
            let mut parts = reached.without(before).to_vec();
            parts.push(reached.intersect(part));
            (reached, parts)
        }
        (Some(before), None) => {
            let all = before.union(reached);
            (all, all.without(before).to_vec())
        }
    };
    *opened = Some(all);
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: u32, side: u32) -> Rect {
        Rect {
            x,
            y: x,
            width: side,
            height: side,
        }
    }

    /// What `parts` cover of a row of 100 px by 100, pixel by pixel, how often.
    fn covered(parts: &[Rect]) -> Vec<usize> {
        let pixels = (0..100 * 100).map(|i| Rect {
            x: i % 100,
            y: i / 100,
            width: 1,
            height: 1,
        });
        let times = |pixel: Rect| {
            let with = parts
                .iter()
                .filter(|part| !part.intersect(pixel).is_empty());
            with.count()
        };
        pixels.map(times).collect()
    }

    #[test]
    fn all_that_impressions_reach_is_looked_at_and_nothing_twice_that_is_not_new() {
        let mut opened = None;
        let reached = square(20, 40);
        assert!(to_open(None, reached, &mut opened).is_empty());
        assert!(to_open(Some(Rect::default()), reached, &mut opened).is_empty());
        assert_eq!(
            covered(&to_open(Some(square(0, 10)), reached, &mut opened)),
            covered(&[reached])
        );
        // A stroke.
        let stroke = square(50, 30);
        assert_eq!(
            covered(&to_open(Some(stroke), reached, &mut opened)),
            covered(&[square(50, 10)])
        );
        // The head moves: what is new of a rectangle around both.
        let moved = square(30, 40);
        let looked_at = covered(&to_open(None, moved, &mut opened));
        let news = covered(&[square(20, 50)]);
        let known = covered(&[reached]);
        for ((looked_at, all), known) in looked_at.iter().zip(news).zip(known) {
            assert_eq!(*looked_at, all - known);
        }
        assert!(to_open(None, reached, &mut opened).is_empty());
        // All is new, and what is out of reach by then is not kept.
        to_open(Some(square(0, 100)), reached, &mut opened);
        assert!(!to_open(None, moved, &mut opened).is_empty());
    }
}
