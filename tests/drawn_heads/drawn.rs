//! A bald head drawn by a ray caster of its own: an ellipsoid before a pinhole
//! camera, one light and the light of the surroundings. Nothing here asks the
//! engine where anything lies, so that an error of its geometry shows.

use glam::{DMat3, DVec2, DVec3};
use smp_visualizer::engine::anthropometry::{FACE_LENGTH_MM, landmarks};
use smp_visualizer::engine::image::Photo;
use smp_visualizer::engine::placement::{FaceMarkers, MarkerInPhoto};

/// Cosine between skin and line of sight up to which the engine draws in full;
/// beyond, it fades to the silhouette on purpose (`engine::dots`, FACING_FULL).
pub(crate) const DRAWN_IN_FULL: f64 = 0.34;

/// Linear-light skin: domain.md §5.1's tan swatch.
const SKIN: [f64; 3] = [0.386, 0.212, 0.138];
/// Share of the light that comes from everywhere; the rest comes from
/// [`LIGHT_FROM`].
const AMBIENT: f64 = 0.45;
/// Where the light stands, camera frame: above the photo's left.
const LIGHT_FROM: DVec3 = DVec3::new(-0.4, 0.6, 0.7);
const LEVELS: u16 = u16::MAX;
const GROUND: [u8; 4] = [150, 158, 166, 255];

/// How a head is turned, degrees, in the terms of `engine::camera::Pose`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Turn {
    /// The nose towards the person's own left.
    pub(crate) yaw: f64,
    /// The vertex towards the camera.
    pub(crate) pitch: f64,
    /// Clockwise in the photo.
    pub(crate) roll: f64,
}

impl Turn {
    pub(crate) const fn new(yaw: f64, pitch: f64) -> Self {
        Self {
            yaw,
            pitch,
            roll: 0.0,
        }
    }
}

/// A head before a camera. Head frame: mm, x to the person's left, y to the
/// vertex, z to the nose, from the ellipsoid's centre. Camera frame: from the
/// same centre, x to the photo's right, y to its top, z to the camera.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Drawn {
    pub(crate) semi_axes_mm: DVec3,
    camera_from_head: DMat3,
    distance_mm: f64,
    /// At the centre's depth.
    px_per_mm: f64,
    /// The ellipsoid's centre, px.
    centre: DVec2,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// What a pixel shows of the skin.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Skin {
    /// Head frame, mm.
    pub(crate) p_mm: DVec3,
    /// Skin in the pixel, mm²; 0 off the head.
    pub(crate) area_mm2: f64,
}

impl Drawn {
    /// The head in the smallest photo that shows all of its scalp that is
    /// drawn in full, down to a little below the lowest hairline.
    pub(crate) fn new(semi_axes_mm: DVec3, turn: Turn, distance_mm: f64, px_per_mm: f64) -> Self {
        let radians = |degrees: f64| degrees.to_radians();
        // Said by the doc of `engine::camera::Pose`: yaw first, roll last.
        let camera_from_head = DMat3::from_rotation_z(-radians(turn.roll))
            * DMat3::from_rotation_x(radians(turn.pitch))
            * DMat3::from_rotation_y(radians(turn.yaw));
        let mut drawn = Self {
            semi_axes_mm,
            camera_from_head,
            distance_mm,
            px_per_mm,
            centre: DVec2::ZERO,
            width: 1,
            height: 1,
        };
        let shown: Vec<DVec2> = directions(8000)
            .map(|n| n * semi_axes_mm)
            .filter(|p| p.y > -0.1 * semi_axes_mm.y && drawn.facing(*p) > DRAWN_IN_FULL)
            .map(|p| drawn.photo_from_head(p))
            .collect();
        let corner = |pick: fn(DVec2, DVec2) -> DVec2| shown.iter().copied().reduce(pick);
        let (low, high) = (corner(DVec2::min), corner(DVec2::max));
        let (low, high) = (low.unwrap_or_default(), high.unwrap_or_default());
        let margin = DVec2::splat(3.0 * px_per_mm);
        let size = (high - low + 2.0 * margin).ceil();
        drawn.centre = margin - low;
        drawn.width = size.x as u32;
        drawn.height = size.y as u32;
        drawn
    }

    /// The skin that is nearest to the camera, in a photo of that alone.
    pub(crate) fn close_up(self, width: u32, height: u32) -> Self {
        let camera = self.camera_from_head.transpose() * DVec3::Z;
        let nearest = (self.semi_axes_mm * camera).normalize() * self.semi_axes_mm;
        let middle = DVec2::new(f64::from(width), f64::from(height)) * 0.5;
        let centre = self.centre + middle - self.photo_from_head(nearest);
        self.placed(centre, width, height)
    }

    /// The same head drawn in a photo where its centre and size are told.
    pub(crate) fn placed(self, centre: DVec2, width: u32, height: u32) -> Self {
        Self {
            centre,
            width,
            height,
            ..self
        }
    }

    fn eye(&self) -> DVec3 {
        self.camera_from_head.transpose() * DVec3::new(0.0, 0.0, self.distance_mm)
    }

    /// Outward unit normal at a point of the skin, head frame.
    pub(crate) fn normal(&self, p_mm: DVec3) -> DVec3 {
        (p_mm / (self.semi_axes_mm * self.semi_axes_mm)).normalize()
    }

    /// The point of the skin on the same ray from the centre.
    pub(crate) fn on_skin(&self, p_mm: DVec3) -> DVec3 {
        p_mm / (p_mm / self.semi_axes_mm).length()
    }

    /// The tape from the glabella up the midline to a point of it, mm: the
    /// sum of small steps. The glabella lies 4 mm below the middle of a head
    /// whose half height is 90 (`engine::look`: height is counted from there).
    pub(crate) fn tape_mm(&self, p_mm: DVec3) -> f64 {
        let place = |angle: f64| {
            let (sin, cos) = libm::sincos(angle);
            self.semi_axes_mm * DVec3::new(0.0, sin, cos)
        };
        let from = libm::asin(-4.0 / 90.0);
        let to = libm::atan2(p_mm.y / self.semi_axes_mm.y, p_mm.z / self.semi_axes_mm.z);
        let steps = 2000;
        let at = |i: i32| place(from + (to - from) * f64::from(i) / f64::from(steps));
        (0..steps).map(|i| at(i).distance(at(i + 1))).sum()
    }

    /// Cosine between skin and line of sight.
    pub(crate) fn facing(&self, p_mm: DVec3) -> f64 {
        self.normal(p_mm).dot((self.eye() - p_mm).normalize())
    }

    /// Where the photo shows a head point, px.
    pub(crate) fn photo_from_head(&self, p_mm: DVec3) -> DVec2 {
        let c = self.camera_from_head * p_mm;
        self.centre + DVec2::new(c.x, -c.y) * self.px_per_mm_at(p_mm)
    }

    /// Pixels to a millimetre at the centre's depth.
    pub(crate) fn px_per_mm(&self) -> f64 {
        self.px_per_mm
    }

    /// The same across the line of sight at a head point.
    pub(crate) fn px_per_mm_at(&self, p_mm: DVec3) -> f64 {
        let c = self.camera_from_head * p_mm;
        self.px_per_mm * self.distance_mm / (self.distance_mm - c.z)
    }

    /// Whether the point is in the photo and drawn in full.
    pub(crate) fn shows(&self, p_mm: DVec3) -> bool {
        let q = self.photo_from_head(p_mm);
        let size = DVec2::new(f64::from(self.width), f64::from(self.height));
        self.facing(p_mm) > DRAWN_IN_FULL && q.min_element() > 0.0 && q.cmplt(size).all()
    }

    /// What the ray through a photo point meets.
    fn cast(&self, q: DVec2) -> Option<Skin> {
        let across = (q - self.centre) / self.px_per_mm;
        let ray_in_camera = DVec3::new(across.x, -across.y, -self.distance_mm);
        let reach_mm = ray_in_camera.length();
        let ray = self.camera_from_head.transpose() * (ray_in_camera / reach_mm);
        let eye = self.eye();
        // |(eye + t · ray) / semi-axes| = 1.
        let (e, r) = (eye / self.semi_axes_mm, ray / self.semi_axes_mm);
        let half = e.dot(r) / r.length_squared();
        let square = half * half - (e.length_squared() - 1.0) / r.length_squared();
        if square <= 0.0 {
            return None;
        }
        let t = -half - square.sqrt();
        let p_mm = eye + ray * t;
        // The pixel's solid angle, then the skin that fills it.
        let pixel_mm = 1.0 / self.px_per_mm;
        let solid = pixel_mm * pixel_mm * (self.distance_mm / reach_mm) / (reach_mm * reach_mm);
        let facing = self.normal(p_mm).dot(-ray);
        let area_mm2 = solid * t * t / facing;
        Some(Skin { p_mm, area_mm2 })
    }

    /// What each pixel's centre shows, row by row.
    pub(crate) fn skin(&self) -> Vec<Skin> {
        let rows = (0..self.height).flat_map(|y| (0..self.width).map(move |x| (x, y)));
        rows.map(|(x, y)| DVec2::new(f64::from(x) + 0.5, f64::from(y) + 0.5))
            .map(|q| self.cast(q).unwrap_or_default())
            .collect()
    }

    /// The photo of it.
    pub(crate) fn photo(&self, skin: &[Skin]) -> Option<Photo> {
        let light = self.camera_from_head.transpose() * LIGHT_FROM.normalize();
        // Powers are dear: one for each of more levels than a byte tells apart.
        let levels: Vec<u8> = (0..=LEVELS)
            .map(|i| encoded(f64::from(i) / f64::from(LEVELS)))
            .collect();
        let pixel = |skin: &Skin| {
            if skin.area_mm2 <= 0.0 {
                return GROUND;
            }
            let lambert = self.normal(skin.p_mm).dot(light).max(0.0);
            let lit = AMBIENT + (1.0 - AMBIENT) * lambert;
            let [r, g, b] =
                SKIN.map(|channel| levels[(channel * lit * f64::from(LEVELS)) as usize]);
            [r, g, b, 255]
        };
        let rgba = skin.iter().flat_map(pixel).collect();
        Photo::new(self.width, self.height, rgba).ok()
    }

    /// The markers that a perfect hand puts on it. The pupils' and the chin's
    /// place on the head is the product's notion of a face, hence the engine's.
    pub(crate) fn markers(&self, turn: Turn, ipd_mm: f64) -> FaceMarkers {
        let named = landmarks(self.semi_axes_mm, ipd_mm, FACE_LENGTH_MM);
        let image = |p_mm| self.marker(self.photo_from_head(p_mm));
        FaceMarkers {
            right_pupil: image(named.right_pupil),
            left_pupil: image(named.left_pupil),
            chin: image(named.menton),
            top: None,
            right_side: None,
            left_side: None,
            ipd_mm: None,
            yaw_pitch_deg: Some([turn.yaw, turn.pitch]),
            known_length: None,
            iris: None,
        }
    }

    /// A photo point as a marker: in longer edges of the photo.
    pub(crate) fn marker(&self, q: DVec2) -> MarkerInPhoto {
        (q / f64::from(self.width.max(self.height))).to_array()
    }

    /// Where the head's outline is met from its middle towards `towards`, px.
    pub(crate) fn outline_towards(&self, towards: DVec2) -> DVec2 {
        let (mut hit, mut missed) = (0.0, 400.0 * self.px_per_mm);
        for _ in 0..40 {
            let middle = 0.5 * (hit + missed);
            if self.cast(self.centre + towards * middle).is_some() {
                hit = middle;
            } else {
                missed = middle;
            }
        }
        self.centre + towards * hit
    }
}

/// `n` directions spread evenly over the sphere (Fibonacci's spiral).
pub(crate) fn directions(n: u32) -> impl Iterator<Item = DVec3> {
    let golden = core::f64::consts::PI * (3.0 - 5f64.sqrt());
    (0..n).map(move |i| {
        let y = 1.0 - (2.0 * f64::from(i) + 1.0) / f64::from(n);
        let (sin, cos) = libm::sincos(golden * f64::from(i));
        let across = (1.0 - y * y).sqrt();
        DVec3::new(across * cos, y, across * sin)
    })
}

/// The sRGB encoding (IEC 61966-2-1) of linear light.
fn encoded(linear: f64) -> u8 {
    let v = if linear <= 0.003_130_8 {
        12.92 * linear
    } else {
        1.055 * libm::pow(linear, 1.0 / 2.4) - 0.055
    };
    (v.clamp(0.0, 1.0) * 255.0).round() as u8
}

/// Linear light of each sRGB byte.
pub(crate) fn decoded() -> [f64; 256] {
    core::array::from_fn(|byte| {
        let v = byte as f64 / 255.0;
        if v <= 0.040_45 {
            v / 12.92
        } else {
            libm::pow((v + 0.055) / 1.055, 2.4)
        }
    })
}
