//! From millimetres in front of a camera to pixels, and the head's pose.
//!
//! Camera frame: origin at the cranium ellipsoid's centre, x to the photo's
//! right, y to the photo's top, z towards the camera, mm. Photo frame: pixels
//! from the top left corner, x right, y down, pixel centres at +0.5.

use glam::{DMat3, DVec2, DVec3};

use super::placement::MarkerInPhoto;

/// Distance from camera to head assumed where nothing tells it, mm: the
/// 1–1.5 m asked for in domain.md §4.2.
pub const DEFAULT_DISTANCE_MM: f64 = 1000.0;

/// A pinhole camera that looks at the cranium's centre.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    /// Where the photo shows the ellipsoid's centre, px.
    pub centre_in_photo: DVec2,
    /// Pixels per mm at that centre's depth, across the line of sight.
    pub px_per_mm: f64,
    /// From the camera to that centre, mm; more than any semi-axis.
    pub distance_mm: f64,
}

impl Camera {
    /// Pixels per mm at a depth, camera frame's z, mm.
    #[must_use]
    pub fn px_per_mm_at_depth(&self, z_mm: f64) -> f64 {
        self.px_per_mm * self.distance_mm / (self.distance_mm - z_mm)
    }

    /// Where the photo shows a point of the camera frame, px.
    #[must_use]
    pub fn photo_from_camera(&self, c_mm: DVec3) -> DVec2 {
        self.centre_in_photo + self.px_per_mm_at_depth(c_mm.z) * DVec2::new(c_mm.x, -c_mm.y)
    }

    /// How fast the image of `c_mm` moves when the point moves by `step_mm`
    /// (both camera frame): exact derivative of
    /// [`photo_from_camera`](Self::photo_from_camera), px.
    #[must_use]
    pub fn image_of_step(&self, c_mm: DVec3, step_mm: DVec3) -> DVec2 {
        let nearer = step_mm.z / (self.distance_mm - c_mm.z);
        self.px_per_mm_at_depth(c_mm.z)
            * DVec2::new(step_mm.x + c_mm.x * nearer, -(step_mm.y + c_mm.y * nearer))
    }

    /// The camera's own place, camera frame, mm.
    #[must_use]
    pub fn eye(&self) -> DVec3 {
        DVec3::new(0.0, 0.0, self.distance_mm)
    }

    /// Direction of the ray through a pixel, camera frame, mm: from the
    /// [`eye`](Self::eye) to the plane through the ellipsoid's centre.
    #[must_use]
    pub fn ray(&self, q: DVec2) -> DVec3 {
        let u = (q - self.centre_in_photo) / self.px_per_mm;
        DVec3::new(u.x, -u.y, -self.distance_mm)
    }

    /// The same camera for the same photo `factor` times as large.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        Self {
            centre_in_photo: self.centre_in_photo * factor,
            px_per_mm: self.px_per_mm * factor,
            distance_mm: self.distance_mm,
        }
    }
}

/// How the head is turned from facing the camera upright, degrees.
///
/// Applied to a head point in the order yaw (about the head's own vertical),
/// pitch (about the photo's horizontal), roll (about the line of sight). The
/// plain views of [`super::placement::View`] are front (0, 0), back (yaw 180),
/// the person's right side (yaw 90), their left side (yaw −90) and top
/// (pitch 90, the forehead towards the photo's bottom).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pose {
    /// Positive: the nose turned towards the person's own left.
    pub yaw_deg: f64,
    /// Positive: the vertex towards the camera, as when looking down.
    pub pitch_deg: f64,
    /// Positive: clockwise in the photo.
    pub roll_deg: f64,
}

impl Pose {
    /// The rotation from head frame to camera frame.
    #[must_use]
    pub fn camera_from_head(&self) -> DMat3 {
        let (sy, cy) = libm::sincos(self.yaw_deg.to_radians());
        let (sp, cp) = libm::sincos(self.pitch_deg.to_radians());
        let (sr, cr) = libm::sincos(self.roll_deg.to_radians());
        // Written out, not by glam's constructors: those may take their sine
        // from the platform, and every platform must give the same bytes.
        let yaw = DMat3::from_cols(DVec3::new(cy, 0.0, -sy), DVec3::Y, DVec3::new(sy, 0.0, cy));
        let pitch = DMat3::from_cols(DVec3::X, DVec3::new(0.0, cp, sp), DVec3::new(0.0, -sp, cp));
        let roll = DMat3::from_cols(DVec3::new(cr, -sr, 0.0), DVec3::new(sr, cr, 0.0), DVec3::Z);
        roll * pitch * yaw
    }

    /// The pose whose matrix this rotation is. At a pitch of ±90° yaw and roll
    /// are one turn, which then counts as yaw.
    #[must_use]
    pub fn from_matrix(camera_from_head: &DMat3) -> Self {
        // Row 2 is (−cos p · sin y, sin p, cos p · cos y); column 1 is
        // (sin r · cos p, cos r · cos p, sin p).
        let m = camera_from_head;
        Self {
            yaw_deg: libm::atan2(-m.x_axis.z, m.z_axis.z).to_degrees(),
            pitch_deg: libm::asin(m.y_axis.z.clamp(-1.0, 1.0)).to_degrees(),
            roll_deg: libm::atan2(m.y_axis.x, m.y_axis.y).to_degrees(),
        }
    }

    /// The same pose with yaw and roll between −180 (exclusive) and 180.
    #[must_use]
    pub fn normalised(self) -> Self {
        let wrap = |deg: f64| {
            let turns = (deg / 360.0).floor();
            let within = deg - 360.0 * turns;
            if within > 180.0 {
                within - 360.0
            } else {
                within
            }
        };
        Self {
            yaw_deg: wrap(self.yaw_deg),
            pitch_deg: self.pitch_deg,
            roll_deg: wrap(self.roll_deg),
        }
    }
}

/// The unit of [`MarkerInPhoto`] in pixels: the photo's longer edge, at least 1.
#[must_use]
pub fn longer_edge_px(photo_width: u32, photo_height: u32) -> f64 {
    f64::from(photo_width.max(photo_height).max(1))
}

/// A photo point, px, as a marker.
#[must_use]
pub fn marker_from_photo(p: DVec2, photo_width: u32, photo_height: u32) -> MarkerInPhoto {
    (p / longer_edge_px(photo_width, photo_height)).to_array()
}

/// A marker as a photo point, px.
#[must_use]
pub fn photo_from_marker(marker: MarkerInPhoto, photo_width: u32, photo_height: u32) -> DVec2 {
    DVec2::from_array(marker) * longer_edge_px(photo_width, photo_height)
}
