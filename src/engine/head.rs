//! The head in the photo: an ellipsoid cranium, its pose and a camera, all in
//! millimetres. Pixel to scalp point and back are exact inverses.
//!
//! Head frame, mm: origin at the ellipsoid's centre, x to the person's left,
//! y to the vertex, z to the nose. Camera and photo frame: [`super::camera`].

use glam::{DMat2, DMat3, DVec2, DVec3};

use super::anthropometry::{
    self, BREADTH_PER_IPD, FACE_LENGTH_MM, Landmarks, STANDARD_SEMI_AXES_MM,
};
pub use super::camera::{Camera, Pose};

/// Where and how large the head is, and how sure that is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeadModel {
    /// Half breadth, half height, half length of the cranium, mm.
    pub semi_axes_mm: DVec3,
    /// Rotation from head frame to camera frame; the matrix of `pose`.
    pub camera_from_head: DMat3,
    /// From camera frame to photo.
    pub camera: Camera,
    /// One SD of the scale `camera.px_per_mm`, relative: 0.04 is ±4 %.
    pub scale_error: f64,
    /// How the head is turned.
    pub pose: Pose,
}

impl HeadModel {
    /// A head of known size and pose before a known camera; `scale_error` 0.
    #[must_use]
    pub fn posed(semi_axes_mm: DVec3, pose: Pose, camera: Camera) -> Self {
        Self {
            semi_axes_mm,
            camera_from_head: pose.camera_from_head(),
            camera,
            scale_error: 0.0,
            pose,
        }
    }

    /// Where the photo shows a head point, px, whether or not it is hidden.
    #[must_use]
    pub fn photo_from_head(&self, p_mm: DVec3) -> DVec2 {
        self.camera.photo_from_camera(self.camera_from_head * p_mm)
    }

    /// The point of the ellipsoid seen at a photo point; none off the head.
    #[must_use]
    pub fn scalp_from_photo(&self, q: DVec2) -> Option<DVec3> {
        let head_from_camera = self.camera_from_head.transpose();
        let eye = head_from_camera * self.camera.eye();
        let ray = head_from_camera * self.camera.ray(q);
        // In units of the semi-axes the ellipsoid is the unit sphere:
        // |e + t r|² = 1 is a t² + 2 b t + c = 0.
        let (e, r) = (eye / self.semi_axes_mm, ray / self.semi_axes_mm);
        let (a, b, c) = (r.length_squared(), e.dot(r), e.length_squared() - 1.0);
        let discriminant = b * b - a * c;
        if discriminant.is_nan() || discriminant < 0.0 || b >= 0.0 || c <= 0.0 {
            return None;
        }
        // The nearer hit, in the form that subtracts nothing from alike.
        Some(eye + ray * (c / (discriminant.sqrt() - b)))
    }

    /// The ellipsoid's outward unit normal at a point of it, head frame.
    #[must_use]
    pub fn normal(&self, p_mm: DVec3) -> DVec3 {
        (p_mm / (self.semi_axes_mm * self.semi_axes_mm)).normalize_or(DVec3::Y)
    }

    /// Cosine between the normal at a point of the ellipsoid and the direction
    /// to the camera: 1 seen straight on, 0 on the silhouette, less is hidden.
    #[must_use]
    pub fn facing(&self, p_mm: DVec3) -> f64 {
        let eye = self.camera_from_head.transpose() * self.camera.eye();
        self.normal(p_mm).dot((eye - p_mm).normalize_or_zero())
    }

    /// Two orthonormal vectors along the ellipsoid at a point of it, head frame.
    #[must_use]
    pub fn tangents(&self, p_mm: DVec3) -> (DVec3, DVec3) {
        self.normal(p_mm).any_orthonormal_pair()
    }

    /// Images of the two [`tangents`](Self::tangents) at a point, px per mm,
    /// as columns: how the photo shows a small circle on the scalp.
    #[must_use]
    pub fn photo_from_tangent(&self, p_mm: DVec3) -> DMat2 {
        let (s, t) = self.tangents(p_mm);
        let c = self.camera_from_head * p_mm;
        DMat2::from_cols(
            self.camera.image_of_step(c, self.camera_from_head * s),
            self.camera.image_of_step(c, self.camera_from_head * t),
        )
    }

    /// Image of a small step from a head point, head frame, px for each of its mm.
    #[must_use]
    pub fn photo_from_step(&self, p_mm: DVec3, step_mm: DVec3) -> DVec2 {
        let c = self.camera_from_head * p_mm;
        self.camera
            .image_of_step(c, self.camera_from_head * step_mm)
    }

    /// Pixels per mm across the line of sight at a head point's depth.
    #[must_use]
    pub fn px_per_mm_at(&self, p_mm: DVec3) -> f64 {
        self.camera
            .px_per_mm_at_depth((self.camera_from_head * p_mm).z)
    }

    /// The ellipse that is the ellipsoid's outline in the photo.
    #[must_use]
    pub fn silhouette_ellipse(&self) -> Silhouette {
        Silhouette::new(self.semi_axes_mm, &self.camera_from_head, &self.camera)
    }

    /// `n` points around the ellipsoid's outline in the photo, px.
    #[must_use]
    pub fn silhouette(&self, n: usize) -> Vec<DVec2> {
        self.silhouette_ellipse().points(n)
    }

    /// Least and most of its coordinates in the photo, px; none where it has no
    /// silhouette.
    pub(super) fn bounds(&self) -> Option<[DVec2; 2]> {
        let outline = self.silhouette(32);
        let low = outline.iter().copied().reduce(DVec2::min)?;
        let high = outline.iter().copied().reduce(DVec2::max)?;
        Some([low, high])
    }

    /// How far the outline reaches in the direction `dir` (unit, photo frame):
    /// the largest `q · dir` of any point of it, px.
    #[must_use]
    pub fn silhouette_extent(&self, dir: DVec2) -> f64 {
        self.silhouette_ellipse().extent(dir)
    }

    /// The same head in the same photo `factor` times as large.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        Self {
            camera: self.camera.scaled(factor),
            ..*self
        }
    }

    /// Named points of a head with this cranium, for drawing guides. The face
    /// is the average one for it: the model keeps no measure of the face.
    #[must_use]
    pub fn landmarks(&self) -> Landmarks {
        let axes = self.semi_axes_mm;
        anthropometry::landmarks(
            axes,
            2.0 * axes.x / BREADTH_PER_IPD,
            FACE_LENGTH_MM * axes.y / STANDARD_SEMI_AXES_MM.y,
        )
    }
}

/// How far from its centre the ellipse's last point is that a ray through it
/// surely meets the ellipsoid, in radii.
const JUST_INSIDE: f64 = 1.0 - 1e-6;

/// An ellipse of the photo: `q = centre + s`, with `sᵀ · shape⁻¹ · s = 1`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Silhouette {
    /// The ellipse's own centre, px; in perspective not quite the image of the
    /// ellipsoid's centre.
    pub centre: DVec2,
    /// Symmetric and positive definite, px².
    pub shape: DMat2,
}

impl Silhouette {
    /// Outline of an ellipsoid. A plane touches the ellipsoid where a line
    /// touches its outline, so the outline's dual conic is the ellipsoid's dual
    /// quadric carried through the projection: C* = P Q* Pᵀ.
    fn new(semi_axes_mm: DVec3, camera_from_head: &DMat3, camera: &Camera) -> Self {
        let r = *camera_from_head;
        let quadric = r * DMat3::from_diagonal(semi_axes_mm * semi_axes_mm) * r.transpose();
        let f = camera.px_per_mm * camera.distance_mm;
        // C* = [a b; bᵀ c] in the frame around the ellipsoid centre's image;
        // the photo's y points down.
        let (xx, xy, yy) = (quadric.x_axis.x, quadric.x_axis.y, quadric.y_axis.y);
        let a = DMat2::from_cols(DVec2::new(xx, -xy), DVec2::new(-xy, yy)) * (f * f);
        let b = DVec2::new(-quadric.z_axis.x, quadric.z_axis.y) * f;
        let c = quadric.z_axis.z - camera.distance_mm * camera.distance_mm;
        let centre = b / c;
        let outer = DMat2::from_cols(centre * centre.x, centre * centre.y);
        Self {
            centre: camera.centre_in_photo + centre,
            shape: outer - a * (1.0 / c),
        }
    }

    /// Half its width and half its height along the photo's axes, px.
    #[must_use]
    pub fn half_size(&self) -> DVec2 {
        DVec2::new(self.extent(DVec2::X), self.extent(DVec2::Y)) - self.centre
    }

    /// The largest `q · dir` of any point of the ellipse, px; `dir` unit.
    #[must_use]
    pub fn extent(&self, dir: DVec2) -> f64 {
        self.centre.dot(dir) + dir.dot(self.shape * dir).max(0.0).sqrt()
    }

    /// How far a point lies outside the ellipse, px, along the ray from its
    /// centre; less than 0 inside.
    #[must_use]
    pub fn beyond(&self, q: DVec2) -> f64 {
        let s = q - self.centre;
        // |s| in radii of the ellipse in that direction.
        let radii = s.dot(self.shape.inverse() * s).sqrt();
        s.length() * (1.0 - 1.0 / radii.max(f64::MIN_POSITIVE))
    }

    /// The point itself inside the ellipse; of one outside, the point of the
    /// ellipse in its direction, by a hair inside.
    #[must_use]
    pub fn within(&self, q: DVec2) -> DVec2 {
        let s = q - self.centre;
        let radii = s.dot(self.shape.inverse() * s).sqrt();
        if radii > JUST_INSIDE {
            self.centre + s * (JUST_INSIDE / radii)
        } else {
            q
        }
    }

    /// The point of the ellipse that lies farthest in the direction `dir`, px.
    #[must_use]
    pub fn farthest(&self, dir: DVec2) -> DVec2 {
        let along = self.shape * dir;
        self.centre + along / dir.dot(along).max(f64::MIN_POSITIVE).sqrt()
    }

    /// `n` points around the ellipse, px.
    #[must_use]
    pub fn points(&self, n: usize) -> Vec<DVec2> {
        // A square root of `shape` (Cholesky) carries the unit circle over.
        let l11 = self.shape.x_axis.x.max(f64::MIN_POSITIVE).sqrt();
        let l21 = self.shape.x_axis.y / l11;
        let l22 = (self.shape.y_axis.y - l21 * l21).max(0.0).sqrt();
        let step = std::f64::consts::TAU / n.max(1) as f64;
        (0..n)
            .map(|i| {
                let (sin, cos) = libm::sincos(i as f64 * step);
                self.centre + DVec2::new(l11 * cos, l21 * cos + l22 * sin)
            })
            .collect()
    }
}
