//! What before and after pictures of a drawn head tell: how much light each
//! pixel lost, how dense the impressions stand per true skin, and where the
//! line lies at which they begin.

use glam::{DVec2, DVec3};
use smp_visualizer::engine::image::Photo;
use smp_visualizer::engine::outline::Outline;

use super::drawn::{Drawn, Skin, decoded, directions};

/// Share of the red light that each pixel lost: red because pigment takes most
/// of it, so that the picture's whole levels blur it least.
pub(crate) fn darkening(before: &Photo, after: &[u8]) -> Vec<f64> {
    let linear = decoded();
    let pairs = before.rgba().chunks_exact(4).zip(after.chunks_exact(4));
    pairs
        .map(|(before, after)| {
            let [before, after] = [before[0], after[0]].map(|byte| linear[usize::from(byte)]);
            1.0 - after / before
        })
        .collect()
}

/// A drawn head and what was read of its pixels.
pub(crate) struct Picture<'a> {
    pub(crate) drawn: &'a Drawn,
    /// What each pixel shows.
    pub(crate) skin: &'a [Skin],
    /// The share of light that each lost; or its [`Picture::spots`], whose mean
    /// is taken alike.
    pub(crate) lost: &'a [f64],
}

impl Picture<'_> {
    /// Row by row the pixels in the rectangle around `corners`, as indices.
    fn around(&self, corners: &[DVec2], margin_px: f64) -> impl Iterator<Item = usize> + use<> {
        let low = corners.iter().copied().reduce(DVec2::min);
        let high = corners.iter().copied().reduce(DVec2::max);
        let (low, high) = (low.unwrap_or_default(), high.unwrap_or_default());
        let (width, height) = (self.drawn.width as usize, self.drawn.height as usize);
        // `as` takes what is below zero to zero.
        let from = |v: f64| (v - margin_px) as usize;
        let to = |v: f64, size: usize| ((v + margin_px) as usize + 1).min(size);
        let (left, right) = (from(low.x), to(high.x, width));
        let (top, bottom) = (from(low.y), to(high.y, height));
        (top..bottom).flat_map(move |y| (left..right).map(move |x| y * width + x))
    }

    /// The mean of what was read in round windows of the skin, about 8 mm
    /// apart all over the scalp that is drawn in full, the whole of each
    /// farther than `deep_mm` behind the line.
    pub(crate) fn windows(&self, line: &Outline, deep_mm: f64, radius_mm: f64) -> Vec<f64> {
        directions(1550)
            .map(|n| n * self.drawn.semi_axes_mm)
            .filter(|p| is_behind(line, *p, deep_mm + radius_mm))
            .filter_map(|middle_mm| self.window(middle_mm, radius_mm))
            .collect()
    }

    fn window(&self, middle_mm: DVec3, radius_mm: f64) -> Option<f64> {
        let (across, along) = self.drawn.normal(middle_mm).any_orthonormal_pair();
        let rim = (0..16).map(|i| {
            let (sin, cos) = libm::sincos(f64::from(i) * core::f64::consts::TAU / 16.0);
            self.drawn
                .on_skin(middle_mm + radius_mm * (across * cos + along * sin))
        });
        let rim: Vec<DVec3> = rim.collect();
        if !rim.iter().all(|p| self.drawn.shows(*p)) {
            return None;
        }
        let corners: Vec<DVec2> = rim.iter().map(|p| self.drawn.photo_from_head(*p)).collect();
        // The weight falls to nothing at the rim, so that it hardly matters on
        // which side of it an impression lies.
        let (mut lost, mut area) = (0.0, 0.0);
        for i in self.around(&corners, 2.0) {
            let skin = self.skin[i];
            let inside = 1.0 - skin.p_mm.distance_squared(middle_mm) / (radius_mm * radius_mm);
            let weight = inside.max(0.0) * skin.area_mm2;
            lost += weight * self.lost[i];
            area += weight;
        }
        Some(lost / area)
    }

    /// The mean of what was read over all skin that is drawn in full, farther than `deep_mm`
    /// behind the line, and how much skin that is, mm².
    pub(crate) fn finished(&self, line: &Outline, deep_mm: f64) -> (f64, f64) {
        let (mut sum, mut area_mm2) = (0.0, 0.0);
        // Whether a skin point counts changes slowly: asked once per block.
        const EDGE: usize = 8;
        let width = self.drawn.width as usize;
        for corner in self.blocks(EDGE) {
            let middle = self.skin[corner + (width + 1) * EDGE / 2];
            let counts = middle.area_mm2 > 0.0
                && self.drawn.shows(middle.p_mm)
                && is_behind(line, middle.p_mm, deep_mm);
            if !counts {
                continue;
            }
            for i in (0..EDGE * EDGE).map(|k| corner + k / EDGE * width + k % EDGE) {
                sum += self.skin[i].area_mm2 * self.lost[i];
                area_mm2 += self.skin[i].area_mm2;
            }
        }
        (sum / area_mm2, area_mm2)
    }

    /// First pixels of the blocks of `edge` pixels, two at the border left out.
    fn blocks(&self, edge: usize) -> impl Iterator<Item = usize> + use<> {
        let (width, height) = (self.drawn.width as usize, self.drawn.height as usize);
        let rows = (2 * edge..height - 3 * edge).step_by(edge);
        rows.flat_map(move |y| {
            let row = (2 * edge..width - 3 * edge).step_by(edge);
            row.map(move |x| y * width + x)
        })
    }

    /// Spots per mm² of skin in each pixel: nearly all hold none, and the
    /// pixel that is darker than all others within `apart_mm` of skin holds
    /// one. So the mean over some skin is their density on it.
    pub(crate) fn spots(&self, apart_mm: f64) -> Vec<f64> {
        let width = self.drawn.width as usize;
        // Skin is nearer to the camera than the head's centre by a fifth at most.
        let border = (1.25 * self.drawn.px_per_mm() * apart_mm).ceil() as usize;
        let mut spots = vec![0.0; self.lost.len()];
        for (i, spot) in spots.iter_mut().enumerate() {
            let inner = (border..width - border).contains(&(i % width))
                && (border * width..self.lost.len() - border * width).contains(&i);
            if self.lost[i] < LEAST_SEEN || !inner {
                continue;
            }
            let here = self.skin[i];
            let darkest = |reach: usize, near: &dyn Fn(usize) -> bool| {
                let rows = (i - reach * width..=i + reach * width).step_by(width);
                let mut around = rows.flat_map(|row| row - reach..=row + reach);
                around.all(|n| (self.lost[n], n) <= (self.lost[i], i) || !near(n))
            };
            // Most pixels have a darker one beside them.
            if darkest(1, &|_| true) {
                let q = self.drawn.px_per_mm_at(here.p_mm) * apart_mm;
                let near = |n: usize| self.skin[n].p_mm.distance(here.p_mm) < apart_mm;
                if darkest((q.ceil() as usize).min(border), &near) {
                    *spot = 1.0 / here.area_mm2;
                }
            }
        }
        spots
    }

    /// How far behind (+) or ahead (−) of the asked line the impressions
    /// begin, every [`PIECE_MM`] of the line that is shown, mm.
    pub(crate) fn offsets(&self, line: &Outline) -> Vec<Offset> {
        let front: Vec<DVec3> = line.front.clone().map(|i| line.points_mm[i]).collect();
        let pieces = pieces(&front);
        let last = pieces.last().map_or(0, |piece| *piece);
        let near = self.near(&front, &pieces);
        let mut profiles = vec![Profile::default(); last + 1];
        for (i, (behind_mm, piece)) in near {
            profiles[piece].add(behind_mm, self.lost[i], self.skin[i].area_mm2);
        }
        let offset = |piece: usize| {
            let of_piece: Vec<usize> = (0..pieces.len()).filter(|i| pieces[*i] == piece).collect();
            self.offset(&front, &of_piece, &profiles[piece])
        };
        (0..=last).filter_map(offset).collect()
    }

    fn offset(&self, front: &[DVec3], segments: &[usize], profile: &Profile) -> Option<Offset> {
        let shown = segments.iter().all(|i| {
            let inward = self.inward(front[*i], front[i + 1]);
            [-SHOWN_AHEAD_MM, 0.0, SHOWN_BEHIND_MM].iter().all(|mm| {
                self.drawn
                    .shows(self.drawn.on_skin(front[*i] + inward * *mm))
                    && self
                        .drawn
                        .shows(self.drawn.on_skin(front[i + 1] + inward * *mm))
            })
        });
        let middle = *segments.get(segments.len() / 2)?;
        if !shown {
            return None;
        }
        let n = self.drawn.normal(front[middle]);
        let up = DVec3::new(0.0, n.z, -n.y).normalize();
        let cosine = self.inward(front[middle], front[middle + 1]).dot(up);
        let mm = profile.half_risen_mm();
        Some(Offset {
            at_mm: front[middle],
            // Where the line climbs steeply, height is not what it has.
            mm: if cosine > 0.7 { mm / cosine } else { mm },
        })
    }

    /// Along the skin at right angles to the line, into the treated scalp: the
    /// line runs from the person's right to their left.
    fn inward(&self, from: DVec3, to: DVec3) -> DVec3 {
        self.drawn.normal(from).cross(to - from).normalize()
    }

    /// The pixels near the line, with the distance behind it and the piece of
    /// it they are nearest to.
    fn near(&self, front: &[DVec3], pieces: &[usize]) -> Vec<(usize, (f64, usize))> {
        let mut nearest = vec![(f64::INFINITY, 0.0, NO_PIECE); self.skin.len()];
        let reach_mm = AHEAD_MM.max(BEHIND_MM);
        for ((ends, piece), index) in front.windows(2).zip(pieces).zip(0..) {
            let (from, along) = (ends[0], ends[1] - ends[0]);
            let inward = self.inward(ends[0], ends[1]);
            let corners = [-reach_mm, reach_mm].map(|mm| {
                ends.iter().map(move |end| {
                    self.drawn
                        .photo_from_head(self.drawn.on_skin(*end + inward * mm))
                })
            });
            let corners: Vec<DVec2> = corners.into_iter().flatten().collect();
            for i in self.around(&corners, 12.0) {
                let off = self.skin[i].p_mm - from;
                let t = off.dot(along) / along.length_squared();
                // Past the line's two ends there is no line.
                let past_end = (t < 0.0 && index == 0) || (t > 1.0 && index + 2 == front.len());
                let off = off - along * t.clamp(0.0, 1.0);
                let mm = off.length();
                if mm < nearest[i].0 && mm < reach_mm && self.skin[i].area_mm2 > 0.0 {
                    let piece = if past_end { NO_PIECE } else { *piece };
                    nearest[i] = (mm, mm.copysign(off.dot(inward)), piece);
                }
            }
        }
        let found = nearest.into_iter().enumerate();
        found
            .filter(|(_, (_, _, piece))| *piece != NO_PIECE)
            .map(|(i, (_, behind_mm, piece))| (i, (behind_mm, piece)))
            .collect()
    }
}

/// Less light lost than this is no impression but a rounded level.
const LEAST_SEEN: f64 = 0.06;

/// Whether a point is farther than `mm` behind the line. Whatever lies so far
/// ahead of it or below lies below the glabella's neighbourhood too.
fn is_behind(line: &Outline, p_mm: DVec3, mm: f64) -> bool {
    let far = |corner: &DVec3| corner.distance_squared(p_mm) > mm * mm;
    p_mm.y > 20.0 && line.points_mm.iter().all(far)
}

/// Where the impressions begin on one piece of the line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Offset {
    /// Middle of the piece.
    pub(crate) at_mm: DVec3,
    /// How far behind the line they begin: as height, along the sagittal
    /// section, where the line climbs by less than 45°, else at right angles
    /// to it.
    pub(crate) mm: f64,
}

/// Length of line over which its place is averaged, mm: at 250/cm² some 15
/// impressions begin along it in every half millimetre.
const PIECE_MM: f64 = 12.0;
/// How far on both sides of the line is looked at, mm.
const AHEAD_MM: f64 = 8.0;
const BEHIND_MM: f64 = 12.0;
/// How far on both sides of the line the scalp has to be shown, mm.
const SHOWN_AHEAD_MM: f64 = 4.0;
const SHOWN_BEHIND_MM: f64 = 8.0;

/// Stands for no piece of the line.
const NO_PIECE: usize = usize::MAX;

/// Which piece each segment of the line belongs to.
fn pieces(front: &[DVec3]) -> Vec<usize> {
    let lengths: Vec<f64> = front
        .windows(2)
        .map(|ends| ends[0].distance(ends[1]))
        .collect();
    let whole: f64 = lengths.iter().sum();
    let count = (whole / PIECE_MM).round().max(1.0);
    let mut passed = 0.0;
    let piece = |length: &f64| {
        passed += length;
        ((passed - 0.5 * length) / whole * count) as usize
    };
    lengths.iter().map(piece).collect()
}

/// Light lost by distance behind the line.
#[derive(Debug, Clone)]
struct Profile {
    /// Per bin: light lost over skin, and skin, mm².
    bins: [(f64, f64); BINS],
}

const BINS: usize = 80;
const BIN_MM: f64 = (AHEAD_MM + BEHIND_MM) / BINS as f64;

impl Default for Profile {
    fn default() -> Self {
        Self {
            bins: [(0.0, 0.0); BINS],
        }
    }
}

impl Profile {
    fn add(&mut self, behind_mm: f64, lost: f64, area_mm2: f64) {
        let bin = ((behind_mm + AHEAD_MM) / BIN_MM).floor();
        if let Some((sum, area)) = self.bins.get_mut(bin as usize).filter(|_| bin >= 0.0) {
            *sum += lost * area_mm2;
            *area += area_mm2;
        }
    }

    /// Mean light lost between two distances behind the line.
    fn mean(&self, from_mm: f64, to_mm: f64) -> f64 {
        let (mut sum, mut area) = (0.0, 0.0);
        for (bin, (lost, skin)) in self.bins.iter().enumerate() {
            let low = bin as f64 * BIN_MM - AHEAD_MM;
            let share = (to_mm.min(low + BIN_MM) - from_mm.max(low)).max(0.0) / BIN_MM;
            sum += share * lost;
            area += share * skin;
        }
        sum / area
    }

    /// Where the light lost, averaged over 2 mm, reaches half of what it is
    /// from 1 to 5 mm farther behind. Scattered impressions ahead of the line
    /// do not move it; that density climbs on behind the line, by 1.7 % a
    /// millimetre, does by 0.05 mm.
    fn half_risen_mm(&self) -> f64 {
        let surely = self.mean(BEHIND_MM - 4.0, BEHIND_MM);
        let risen = |mm: f64| {
            let behind = self.mean(mm + 1.0, mm + 5.0);
            behind > 0.5 * surely && self.mean(mm - 1.0, mm + 1.0) >= 0.5 * behind
        };
        let steps = ((AHEAD_MM + BEHIND_MM - 6.0) * 100.0) as i32;
        let at = |step: i32| 1.0 - AHEAD_MM + f64::from(step) * 0.01;
        let first = (0..steps).map(at).find(|mm| risen(*mm));
        first.unwrap_or(f64::INFINITY)
    }
}
