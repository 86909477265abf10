//! What lies behind a head and passes for it: before a bright sky or a white wall
//! the person mask reaches some millimetres too far, and impressions in the air
//! give the picture away at once.
//!
//! From what is surely background, outside the head and above its ears, the ground
//! is walked as long as its colour stays that of where the walk began. Hair and
//! the head's own edge stop it.

use glam::DVec2;

use super::head::HeadModel;
use super::image::{Photo, Rect};

/// Side of a cell, mm.
const CELL_MM: f64 = 0.9;
/// Most cells along a side: heads are some 300 mm wide with what is around them.
const MOST_CELLS: f64 = 256.0;
/// Pixels looked at along a cell's side.
const SAMPLES: u32 = 2;
/// Skin and hair below which a cell is surely background, as a share.
const NOBODY: f32 = 0.05;
/// Skin and hair from which on a cell is somebody, as far as the matte goes.
const SOMEBODY: f32 = 0.5;
/// Levels of 255 by which a cell may differ from where its walk began. Skies and
/// walls of this project's photos differ by 3 to 6 within a few centimetres, and
/// from the head's edge by 20 and more.
const ALIKE: f32 = 9.0;
/// How high above the cranium's centre a walk begins, semi-axes: above the ears,
/// which are skin, and nobody's as far as the matte goes.
const ABOVE_EARS: f64 = 0.25;
/// A head seen so much from above, as the sine of it, has its ears anywhere.
const UPRIGHT: f64 = 0.5;
/// So much of what is bare cannot all be background: the head itself is like it.
const MOST: f64 = 0.3;

/// Cells of a photo that are background, whatever its matte says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Behind {
    corner: DVec2,
    cell_px: f64,
    columns: usize,
    rows: usize,
    is_behind: Vec<bool>,
}

impl Behind {
    /// Looks for background within `rect`, where shares of bare skin and of hair
    /// are known at each point of the photo, px; none where there is none that is
    /// taken for skin.
    pub(super) fn new(
        photo: &Photo,
        head: &HeadModel,
        rect: Rect,
        shares: impl Fn(DVec2) -> [f32; 2],
    ) -> Option<Self> {
        let rect = rect.intersect(photo.rect());
        let up = head.camera_from_head.y_axis;
        let up = DVec2::new(up.x, -up.y);
        if rect.is_empty() || up.length() < UPRIGHT {
            return None;
        }
        let longer = f64::from(rect.width.max(rect.height));
        let cell_px = (CELL_MM * head.camera.px_per_mm)
            .max(longer / MOST_CELLS)
            .max(1.0);
        let cells = |side: u32| (f64::from(side) / cell_px).ceil() as usize;
        let mut behind = Self {
            corner: DVec2::new(f64::from(rect.x), f64::from(rect.y)),
            cell_px,
            columns: cells(rect.width),
            rows: cells(rect.height),
            is_behind: Vec::new(),
        };
        let count = behind.columns * behind.rows;
        let middle = |i: usize| behind.corner + (behind.place(i) + 0.5) * cell_px;
        let seen: Vec<[f32; 2]> = (0..count).map(|i| shares(middle(i))).collect();
        let silhouette = head.silhouette_ellipse();
        let above_px = ABOVE_EARS * head.semi_axes_mm.y * head.camera.px_per_mm;
        let begins = |i: usize| {
            let q = middle(i);
            let is_high = (q - silhouette.centre).dot(up) >= above_px * up.length();
            is_high && silhouette.beyond(q) > 0.0
        };
        let walked = behind.walked(&seen, begins, |i| behind.colour(i, photo));
        let walked = behind.without_soft_edges(&walked, &seen);
        // Cells on the edge show some of both.
        let is_edge = |i: usize| {
            let mut beside = behind.beside(i).into_iter().flatten();
            beside.any(|next| walked.get(next) == Some(&true))
        };
        behind.is_behind = (0..count)
            .map(|i| walked.get(i) == Some(&true) || is_edge(i))
            .collect();
        let bare = |is: &dyn Fn(usize) -> bool| -> f64 {
            let cells = seen.iter().enumerate().filter(|(i, _)| is(*i));
            cells.map(|(_, [bare, _])| f64::from(*bare)).sum()
        };
        let found = bare(&|i| walked.get(i) == Some(&true));
        (found > 0.0 && found <= MOST * bare(&|_| true)).then_some(behind)
    }

    fn place(&self, i: usize) -> DVec2 {
        DVec2::new((i % self.columns) as f64, (i / self.columns) as f64)
    }

    /// Mean colour of one cell, levels of 255. Asked for few: a large photo's pixels lie
    /// far apart.
    fn colour(&self, i: usize, photo: &Photo) -> [f32; 3] {
        let mut mean = [0.0; 3];
        for j in 0..SAMPLES * SAMPLES {
            let sub = DVec2::new(f64::from(j % SAMPLES), f64::from(j / SAMPLES)) + 0.5;
            let q = self.corner + (self.place(i) + sub / f64::from(SAMPLES)) * self.cell_px;
            let [r, g, b, _] = photo.pixel_at(q).unwrap_or_default();
            for (sum, v) in mean.iter_mut().zip([r, g, b]) {
                *sum += f32::from(v) / (SAMPLES * SAMPLES) as f32;
            }
        }
        mean
    }

    /// Which cells a walk over like colours reaches, beside those it began from; by
    /// shares of bare skin and hair.
    fn walked(
        &self,
        seen: &[[f32; 2]],
        begins: impl Fn(usize) -> bool,
        colour: impl Fn(usize) -> [f32; 3],
    ) -> Vec<bool> {
        let is_somebody = |i: usize| share(seen, i) > NOBODY;
        let is_next_to_somebody = |i: usize| self.beside(i).into_iter().flatten().any(is_somebody);
        let starts = (0..seen.len())
            .filter(|i| !is_somebody(*i) && is_next_to_somebody(*i) && begins(*i))
            .map(|i| (i, colour(i)));
        self.reached(starts.collect(), |next, began: [f32; 3]| {
            let alike = || {
                let mut differences = colour(next).into_iter().zip(began);
                differences.all(|(a, b)| (a - b).abs() <= ALIKE)
            };
            is_somebody(next) && alike()
        })
    }

    /// `walked` less the walks that came no farther than the matte's own soft edge: it is
    /// right there, and to cut it would take bites out of the head's rim.
    fn without_soft_edges(&self, walked: &[bool], seen: &[[f32; 2]]) -> Vec<bool> {
        let is_walked = |i: usize| walked.get(i) == Some(&true);
        let is_too_far = |i: usize| is_walked(i) && share(seen, i) >= SOMEBODY;
        let starts = (0..walked.len()).filter(|i| is_too_far(*i));
        let starts = starts.map(|i| (i, ())).collect();
        let beside = self.reached(starts, |next, ()| is_walked(next));
        let all = beside.into_iter().enumerate();
        all.map(|(i, is_beside)| is_beside || is_too_far(i))
            .collect()
    }

    /// The cells that walks reach from where they start, step by step to a cell beside
    /// that they may enter with what they carry.
    fn reached<T: Copy>(
        &self,
        mut ways: Vec<(usize, T)>,
        may_enter: impl Fn(usize, T) -> bool,
    ) -> Vec<bool> {
        let mut is_reached = vec![false; self.columns * self.rows];
        while let Some((from, carried)) = ways.pop() {
            for next in self.beside(from).into_iter().flatten() {
                let found = is_reached.get_mut(next).filter(|found| !**found);
                if let Some(found) = found.filter(|_| may_enter(next, carried)) {
                    *found = true;
                    ways.push((next, carried));
                }
            }
        }
        is_reached
    }

    fn beside(&self, i: usize) -> [Option<usize>; 4] {
        let column = i % self.columns;
        [
            (column > 0).then(|| i - 1),
            (column + 1 < self.columns).then(|| i + 1),
            i.checked_sub(self.columns),
            (i + self.columns < self.columns * self.rows).then(|| i + self.columns),
        ]
    }

    /// Share of the ground at a point of the photo, px, that is not background, 0–1.
    pub(super) fn kept_at(&self, q_in_photo: DVec2) -> f32 {
        let p = (q_in_photo - self.corner) / self.cell_px - 0.5;
        let last = DVec2::new(self.columns as f64 - 1.0, self.rows as f64 - 1.0);
        let p = p.clamp(DVec2::ZERO, last);
        let (x, y) = (p.x as usize, p.y as usize);
        let way = (p - DVec2::new(x as f64, y as f64)).as_vec2();
        let kept = |x: usize, y: usize| {
            let (x, y) = (x.min(self.columns - 1), y.min(self.rows - 1));
            let is_behind = self.is_behind.get(y * self.columns + x);
            f32::from(is_behind != Some(&true))
        };
        let upper = kept(x, y) + (kept(x + 1, y) - kept(x, y)) * way.x;
        let lower = kept(x, y + 1) + (kept(x + 1, y + 1) - kept(x, y + 1)) * way.x;
        upper + (lower - upper) * way.y
    }
}

/// Share of skin and hair of a cell.
fn share(seen: &[[f32; 2]], i: usize) -> f32 {
    seen.get(i).map_or(0.0, |[bare, hair]| bare + hair)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fit::{fit, starting_placement};
    use crate::engine::placement::View;

    const SIDE: u32 = 480;

    /// A head with a rim of hair before an even background.
    fn scene(view: View, skin: [u8; 3], background: [u8; 3], rim: bool) -> (HeadModel, Photo) {
        let head = fit(&starting_placement(Some(view), SIDE, SIDE), SIDE, SIDE).unwrap();
        let silhouette = head.silhouette_ellipse();
        let at = |i: u32| DVec2::new(f64::from(i % SIDE) + 0.5, f64::from(i / SIDE) + 0.5);
        let bytes = (0..SIDE * SIDE).flat_map(|i| {
            let beyond = silhouette.beyond(at(i));
            let [r, g, b] = match beyond {
                _ if beyond > 0.0 => background,
                _ if rim && beyond > -12.0 => [60, 40, 30],
                _ => skin,
            };
            // A picture file's own unevenness.
            let noise = (i * 7919 % 5) as u8;
            [r - noise, g - noise, b - noise, 255]
        });
        let photo = Photo::new(SIDE, SIDE, bytes.collect()).unwrap();
        (head, photo)
    }

    /// Such a head, of which the matte takes all within 30 px for skin. What is kept
    /// at the head's middle, above its top and far beside it.
    fn kept(view: View, skin: [u8; 3], background: [u8; 3], rim: bool) -> Option<[f32; 2]> {
        let (head, photo) = scene(view, skin, background, rim);
        let silhouette = head.silhouette_ellipse();
        let shares = |q: DVec2| {
            let is_skin = silhouette.beyond(q) < 30.0;
            [f32::from(is_skin), 0.0]
        };
        let behind = Behind::new(&photo, &head, photo.rect(), shares)?;
        let up = DVec2::NEG_Y;
        let top = silhouette.farthest(up);
        Some([top - 14.0 * up, top + 14.0 * up].map(|q| behind.kept_at(q)))
    }

    #[test]
    fn background_that_passes_for_skin_is_left_out_and_the_head_is_not() {
        let white = [240, 240, 243];
        let found = kept(View::Front, [225, 185, 160], white, false);
        assert_eq!(found, Some([1.0, 0.0]));
        // Skin as bright as the sky is kept by the hair between them.
        let found = kept(View::Front, [243, 240, 240], white, true);
        assert_eq!(found, Some([1.0, 0.0]));
        assert_eq!(
            kept(View::Back, [90, 60, 45], [20, 22, 20], false),
            Some([1.0, 0.0])
        );
    }

    #[test]
    fn where_only_the_mattes_soft_edge_lies_on_the_background_nothing_is_left_out() {
        let (head, photo) = scene(View::Front, [225, 185, 160], [240, 240, 243], false);
        let silhouette = head.silhouette_ellipse();
        let falling_to = |end_px: f64| {
            let shares = |q: DVec2| {
                let bare = (end_px - silhouette.beyond(q)) / 6.0;
                [bare.clamp(0.0, 1.0) as f32, 0.0]
            };
            Behind::new(&photo, &head, photo.rect(), shares)
        };
        assert_eq!(falling_to(3.0), None);
        assert!(falling_to(12.0).is_some());
    }

    #[test]
    fn a_head_of_its_backgrounds_colour_and_one_from_above_are_left_alone() {
        let skin = [225, 185, 160];
        assert_eq!(kept(View::Front, skin, skin, false), None);
        assert_eq!(kept(View::Top, skin, [240, 240, 243], false), None);
    }
}
