//! Draws solids of triangles as a camera sees them: the nearest at every
//! sample, four samples a pixel.

use glam::{DMat3, DVec2, DVec3};
use smp_visualizer::engine::camera::Camera;
use smp_visualizer::engine::image::Photo;

/// Samples along a pixel's edge.
const SAMPLES: u32 = 2;

/// A corner of triangles. Colours are red, green and blue as a photo stores
/// them, 0–255.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Corner {
    /// Where it is.
    pub(crate) p_mm: DVec3,
    /// Its own colour.
    pub(crate) colour: DVec3,
    /// Where the portrait shows it, px.
    pub(crate) at_in_portrait: DVec2,
    /// How much of the portrait's colour it takes instead of its own, 0–1.
    pub(crate) share: f64,
}

impl Corner {
    /// A corner with a colour of its own.
    pub(crate) fn plain(p_mm: DVec3, colour: DVec3) -> Self {
        Self {
            p_mm,
            colour,
            at_in_portrait: DVec2::ZERO,
            share: 0.0,
        }
    }
}

/// A surface of triangles, counter-clockwise seen from outside.
#[derive(Debug, Clone, Default)]
pub(crate) struct Solid {
    /// The triangles' corners.
    pub(crate) corners: Vec<Corner>,
    /// Each by three indices of corners.
    pub(crate) triangles: Vec<[usize; 3]>,
    /// It hides what is not more than so much in front of it, mm: for a
    /// surface that another all but touches.
    pub(crate) before_mm: f64,
}

impl Solid {
    /// The same turned about the origin.
    pub(crate) fn turned(&self, rotation: &DMat3) -> Self {
        let mut turned = self.clone();
        for corner in &mut turned.corners {
            corner.p_mm = *rotation * corner.p_mm;
        }
        turned
    }

    /// Adds the two triangles of a four-sided patch, unless two corners are one.
    pub(crate) fn patch(&mut self, [a, b, c, d]: [usize; 4]) {
        for triangle in [[a, b, c], [a, c, d]] {
            let [p, q, r] = triangle;
            if p != q && q != r && r != p {
                self.triangles.push(triangle);
            }
        }
    }

    /// Joins two closed rings of corners by patches, each ring counter-clockwise
    /// seen from the first one's side.
    pub(crate) fn join(&mut self, first: &[usize], second: &[usize]) {
        for i in 0..first.len() {
            let next = (i + 1) % first.len();
            self.patch([first[next], first[i], second[i], second[next]]);
        }
    }
}

/// The picture's samples.
struct Canvas {
    width: usize,
    height: usize,
    colours: Vec<[f32; 3]>,
    /// One over the distance from the camera, 1/mm: linear across a triangle.
    nearness: Vec<f64>,
}

/// What `camera` sees of solids in its frame, before a plain background.
pub(crate) fn picture(
    solids: &[Solid],
    camera: &Camera,
    portrait: &Photo,
    background: DVec3,
    [width, height]: [u32; 2],
) -> Photo {
    let (fine_width, fine_height) = ((width * SAMPLES) as usize, (height * SAMPLES) as usize);
    let mut canvas = Canvas {
        width: fine_width,
        height: fine_height,
        colours: vec![background.as_vec3().to_array(); fine_width * fine_height],
        nearness: vec![0.0; fine_width * fine_height],
    };
    let camera = camera.scaled(f64::from(SAMPLES));
    for solid in solids {
        for triangle in &solid.triangles {
            let corners = triangle.map(|i| solid.corners[i]);
            canvas.triangle(corners, solid.before_mm, &camera, portrait);
        }
    }
    let rgba = canvas.reduced();
    Photo::new(width, height, rgba).unwrap_or_else(|error| unreachable!("{error}"))
}

impl Canvas {
    fn triangle(
        &mut self,
        corners: [Corner; 3],
        before_mm: f64,
        camera: &Camera,
        portrait: &Photo,
    ) {
        let at = corners.map(|corner| camera.photo_from_camera(corner.p_mm));
        // Counter-clockwise where y points down is a negative turn.
        let area = (at[1] - at[0]).perp_dot(at[2] - at[0]);
        if area >= 0.0 {
            return;
        }
        let nearness = corners.map(|corner| 1.0 / (camera.distance_mm - corner.p_mm.z));
        let low = at[0].min(at[1]).min(at[2]).max(DVec2::ZERO);
        let size = DVec2::new(self.width as f64, self.height as f64);
        let high = at[0].max(at[1]).max(at[2]).min(size);
        for y in low.y as usize..high.y.ceil().max(0.0) as usize {
            for x in low.x as usize..high.x.ceil().max(0.0) as usize {
                let q = DVec2::new(x as f64 + 0.5, y as f64 + 0.5);
                let share = [
                    (at[1] - q).perp_dot(at[2] - q) / area,
                    (at[2] - q).perp_dot(at[0] - q) / area,
                    (at[0] - q).perp_dot(at[1] - q) / area,
                ];
                if share.iter().any(|share| *share < 0.0) {
                    continue;
                }
                let weights: [f64; 3] = std::array::from_fn(|i| share[i] * nearness[i]);
                let near: f64 = weights.iter().sum();
                let moved = near / (1.0 - before_mm * near);
                let place = y * self.width + x;
                if moved > self.nearness[place] {
                    self.nearness[place] = moved;
                    let weights = weights.map(|weight| weight / near);
                    self.colours[place] = colour(&corners, weights, portrait).as_vec3().to_array();
                }
            }
        }
    }

    /// Each pixel the mean of its samples.
    fn reduced(&self) -> Vec<u8> {
        let n = SAMPLES as usize;
        let mut rgba = Vec::with_capacity(self.colours.len() / (n * n) * 4);
        for y in 0..self.height / n {
            for x in 0..self.width / n {
                for channel in 0..3 {
                    let samples = (0..n * n)
                        .map(|i| (y * n + i / n) * self.width + x * n + i % n)
                        .map(|place| self.colours[place][channel]);
                    let mean = samples.sum::<f32>() / (n * n) as f32;
                    rgba.push(mean.round() as u8);
                }
                rgba.push(255);
            }
        }
        rgba
    }
}

/// The colour inside a triangle.
fn colour(corners: &[Corner; 3], weights: [f64; 3], portrait: &Photo) -> DVec3 {
    let (mut own, mut at, mut share) = (DVec3::ZERO, DVec2::ZERO, 0.0);
    for (corner, weight) in corners.iter().zip(weights) {
        own += corner.colour * weight;
        at += corner.at_in_portrait * weight;
        share += corner.share * weight;
    }
    if share <= 0.0 {
        return own;
    }
    own.lerp(sample(portrait, at), share)
}

/// The photo's colour at a point, between its four nearest pixels.
pub(crate) fn sample(photo: &Photo, p: DVec2) -> DVec3 {
    let corner = p - DVec2::splat(0.5);
    let low = corner.floor();
    let share = corner - low;
    let pixel = |dx: f64, dy: f64| {
        let x = (low.x + dx).clamp(0.0, f64::from(photo.width() - 1)) as u32;
        let y = (low.y + dy).clamp(0.0, f64::from(photo.height() - 1)) as u32;
        let [r, g, b, _] = photo.pixel(x, y).unwrap_or_default().map(f64::from);
        DVec3::new(r, g, b)
    };
    let upper = pixel(0.0, 0.0).lerp(pixel(1.0, 0.0), share.x);
    let lower = pixel(0.0, 1.0).lerp(pixel(1.0, 1.0), share.x);
    upper.lerp(lower, share.y)
}
