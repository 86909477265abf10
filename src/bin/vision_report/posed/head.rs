//! A head made of solids: a face from a portrait on the cranium that the
//! engine believes in, with ears, a neck and clothes.

use std::collections::HashMap;

use glam::{DMat3, DVec2, DVec3};
use smp_visualizer::engine::anthropometry::{FACE_LENGTH_MM, STANDARD_SEMI_AXES_MM, landmarks};
use smp_visualizer::engine::camera::{Camera, Pose};
use smp_visualizer::engine::image::Photo;
use smp_visualizer::vision::canonical::CanonicalFace;
use smp_visualizer::vision::face::Face;
use smp_visualizer::vision::landmarks::EYE_OPENINGS;

use super::raster::{Corner, Solid, picture, sample};

/// The pictures' size, px, and where they show the cranium's centre.
const SIZE: [u32; 2] = [900, 1100];
/// See [`SIZE`].
const CENTRE: DVec2 = DVec2::new(450.0, 470.0);
const BACKGROUND: DVec3 = DVec3::new(150.0, 158.0, 166.0);
const CLOTHES: DVec3 = DVec3::new(52.0, 56.0, 66.0);
/// How much farther down the canonical face looks than the cranium: so turned,
/// with its pupils where the engine has them, its glabella and the top of its
/// forehead lie within 1 mm of the ellipsoid. (How much farther down it is
/// *read* to look is another matter: the reading's to know.)
const FACE_PITCH_DEG: f64 = 4.5;
/// Where the face covers the cranium the cranium gives way, to this share.
const UNDER_FACE: f64 = 0.72;
/// What of it still reaches through the face, mm.
const FACE_BEFORE_MM: f64 = 4.0;

/// Whose points the head's face has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The canonical face's: its pose is known outright.
    Canonical,
    /// Those the landmark model sees in the portrait, depth and all.
    Own,
}

/// How a head is put before the camera.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Given {
    /// How the cranium is turned.
    pub(crate) pose: Pose,
    /// Pixels per mm at the cranium's centre.
    pub(crate) px_per_mm: f64,
    /// From the camera to there, mm.
    pub(crate) distance_mm: f64,
}

/// A head that holds still in any pose.
#[derive(Debug, Clone)]
pub(crate) struct Sitter {
    portrait: Photo,
    /// Turn with the head; head frame.
    head: Vec<Solid>,
    /// The neck's colour.
    skin: DVec3,
    /// Between the middles of its eye openings, mm.
    pub(crate) ipd_mm: f64,
}

/// How the canonical face lies in the head frame.
pub(crate) fn head_from_face() -> DMat3 {
    let pose = Pose {
        yaw_deg: 0.0,
        pitch_deg: FACE_PITCH_DEG,
        roll_deg: 0.0,
    };
    pose.camera_from_head()
}

impl Sitter {
    /// A head with the portrait's face.
    pub(crate) fn new(
        portrait: &Photo,
        face: &Face,
        canonical: &CanonicalFace,
        shape: Shape,
    ) -> Self {
        let points_mm = match shape {
            Shape::Canonical => canonical.points_mm.clone(),
            Shape::Own => own_points_mm(face),
        };
        let pupils = EYE_OPENINGS.map(|opening| {
            opening.iter().map(|i| points_mm[*i]).sum::<DVec3>() / opening.len() as f64
        });
        let ipd_mm = pupils[0].distance(pupils[1]);
        // The pupils where the engine has them.
        let between_eyes = landmarks(STANDARD_SEMI_AXES_MM, ipd_mm, FACE_LENGTH_MM).left_pupil
            * DVec3::new(0.0, 1.0, 1.0);
        let middle = (pupils[0] + pupils[1]) * 0.5;
        let points_mm: Vec<DVec3> = points_mm
            .iter()
            .map(|p| head_from_face() * (*p - middle) + between_eyes)
            .collect();
        let border = border(&canonical.triangles);
        let skin = border_colours(portrait, face, &border);
        let mean = skin.iter().sum::<DVec3>() / skin.len() as f64;
        let rim: Vec<(DVec3, DVec3)> = border.iter().map(|i| points_mm[*i]).zip(skin).collect();
        let mut head = vec![
            face_solid(&points_mm, face, canonical, &border, &rim),
            jaw(&rim),
        ];
        let skull = |middle_mm, semi_axes_mm| {
            ellipsoid(middle_mm, semi_axes_mm, |p_mm| skull_colour(p_mm, &rim))
        };
        let mut cranium = skull(DVec3::ZERO, STANDARD_SEMI_AXES_MM);
        for corner in &mut cranium.corners {
            corner.p_mm *= 1.0 - (1.0 - UNDER_FACE) * under_face(corner.p_mm);
        }
        head.push(cranium);
        // Below the cranium, between jaw and nape.
        head.push(skull(
            DVec3::new(0.0, -52.0, -20.0),
            DVec3::new(60.0, 62.0, 64.0),
        ));
        // Ears.
        head.extend([-1.0, 1.0].map(|side| {
            skull(
                DVec3::new(79.0 * side, -34.0, -6.0),
                DVec3::new(7.0, 31.0, 17.0),
            )
        }));
        Self {
            portrait: portrait.clone(),
            head,
            skin: mean,
            ipd_mm,
        }
    }

    /// The head as a camera shows it.
    pub(crate) fn picture(&self, given: &Given) -> Photo {
        let camera_from_head = given.pose.camera_from_head();
        let camera = Camera {
            centre_in_photo: CENTRE,
            px_per_mm: given.px_per_mm,
            distance_mm: given.distance_mm,
        };
        let mut solids: Vec<Solid> = self
            .head
            .iter()
            .map(|solid| solid.turned(&camera_from_head))
            .collect();
        solids.extend(body(&camera_from_head, self.skin));
        picture(&solids, &camera, &self.portrait, BACKGROUND, SIZE)
    }
}

/// The portrait's points, turned to face ahead, in mm.
fn own_points_mm(face: &Face) -> Vec<DVec3> {
    let head_from_camera = face.pose.pose.camera_from_head().transpose();
    let points = face.mesh.points.iter();
    points
        .map(|p| head_from_camera * DVec3::new(p.x, -p.y, p.z) / face.pose.px_per_mm)
        .collect()
}

/// The points around the face, counter-clockwise seen from before it: those of
/// edges that only one triangle has. The mesh has no holes at eyes and mouth.
fn border(triangles: &[[u16; 3]]) -> Vec<usize> {
    let edges: Vec<[usize; 2]> = triangles
        .iter()
        .map(|triangle| triangle.map(usize::from))
        .flat_map(|[a, b, c]| [[a, b], [b, c], [c, a]])
        .collect();
    let next: HashMap<usize, usize> = edges
        .iter()
        .filter(|[a, b]| !edges.contains(&[*b, *a]))
        .map(|[a, b]| (*a, *b))
        .collect();
    let first = next.keys().min().copied().unwrap_or_default();
    let mut border = vec![first];
    let mut at = first;
    while let Some(after) = next.get(&at).copied().filter(|after| *after != first) {
        border.push(after);
        at = after;
    }
    border
}

/// Skin at the face's border, from a little inside it: just outside it a
/// portrait may show hair or the background.
fn border_colours(portrait: &Photo, face: &Face, border: &[usize]) -> Vec<DVec3> {
    let middle = face.mesh.middle(border);
    let reach = 4.0 * face.pose.px_per_mm;
    let colours = border.iter().map(|i| {
        let p = face.mesh.at(*i).lerp(middle, 0.15);
        let around = (0..25).map(|n| {
            let step = DVec2::new(f64::from(n % 5 - 2), f64::from(n / 5 - 2)) * (0.5 * reach);
            sample(portrait, p + step)
        });
        around.sum::<DVec3>() / 25.0
    });
    colours.collect()
}

/// How far a point of the cranium is under the face, 0–1.
fn under_face(p_mm: DVec3) -> f64 {
    smooth((p_mm.z - 20.0) / 30.0) * smooth((20.0 - p_mm.y) / 25.0)
}

/// From 0 at 0 to 1 at 1 without a kink.
fn smooth(t: f64) -> f64 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// How squarely the portrait shows each point of the face: the cosine to the
/// line of sight.
fn shown(face: &Face, canonical: &CanonicalFace) -> Vec<f64> {
    let mut normals = vec![DVec3::ZERO; face.mesh.points.len()];
    for triangle in &canonical.triangles {
        let triangle = triangle.map(usize::from);
        let [a, b, c] = triangle.map(|i| face.mesh.points[i] * DVec3::new(1.0, -1.0, 1.0));
        for i in triangle {
            normals[i] += (b - a).cross(c - a);
        }
    }
    normals
        .iter()
        .map(|normal| normal.normalize_or_zero().z)
        .collect()
}

/// The face itself, fading into the skin around it.
fn face_solid(
    points_mm: &[DVec3],
    face: &Face,
    canonical: &CanonicalFace,
    border: &[usize],
    rim: &[(DVec3, DVec3)],
) -> Solid {
    let shown = shown(face, canonical);
    let corner = |(i, p_mm): (usize, &DVec3)| Corner {
        p_mm: *p_mm,
        colour: skin_near(*p_mm, rim),
        at_in_portrait: face.mesh.at(i),
        // What the portrait shows from the side is smeared, and at the border
        // of the background's colour.
        share: if border.contains(&i) {
            0.0
        } else {
            smooth((shown[i] - 0.1) / 0.4)
        },
    };
    let corners = points_mm.iter().enumerate().map(corner).collect();
    Solid {
        corners,
        triangles: canonical
            .triangles
            .iter()
            .map(|t| t.map(usize::from))
            .collect(),
        before_mm: FACE_BEFORE_MM,
    }
}

/// The skin's colour beyond the face: that of the border, the nearest the most.
fn skin_near(p_mm: DVec3, rim: &[(DVec3, DVec3)]) -> DVec3 {
    let (mut sum, mut weights) = (DVec3::ZERO, 0.0);
    for (at_mm, colour) in rim {
        let d = (p_mm - *at_mm).length_squared() + 100.0;
        sum += *colour / (d * d);
        weights += 1.0 / (d * d);
    }
    sum / weights
}

/// The same, darker where the head turns away from a light before and above it.
fn skull_colour(p_mm: DVec3, rim: &[(DVec3, DVec3)]) -> DVec3 {
    let lit = p_mm.normalize_or_zero().dot(DVec3::new(0.0, 0.5, 0.866));
    skin_near(p_mm, rim) * shade(lit)
}

/// Light left of 1 at a cosine to the light.
fn shade(lit: f64) -> f64 {
    0.6 + 0.4 * smooth((lit + 0.7) / 0.9)
}

/// From the face's border back and in, under cranium and jaw.
fn jaw(rim: &[(DVec3, DVec3)]) -> Solid {
    /// Share of the way in, mm back, light.
    const RINGS: [(f64, f64, f64); 4] = [
        (0.0, 0.0, 1.0),
        (0.06, 14.0, 0.85),
        (0.25, 34.0, 0.66),
        (0.6, 60.0, 0.55),
    ];
    let mut solid = Solid::default();
    let mut rings: Vec<Vec<usize>> = Vec::new();
    for (inwards, back_mm, light) in RINGS {
        let start = solid.corners.len();
        solid.corners.extend(rim.iter().map(|(p_mm, colour)| {
            let middle = DVec3::new(0.0, -30.0, p_mm.z);
            let p_mm = p_mm.lerp(middle, inwards) - DVec3::Z * back_mm;
            // Above the chin the border is lit like the rest of the head.
            let under = (-(p_mm.y + 60.0) / 40.0).clamp(0.0, 1.0);
            Corner::plain(p_mm, *colour * (1.0 + (light - 1.0) * under))
        }));
        rings.push((start..solid.corners.len()).collect());
    }
    for pair in rings.windows(2) {
        if let [first, second] = pair {
            solid.join(first, second);
        }
    }
    solid
}

/// An ellipsoid of degrees of longitude and latitude.
fn ellipsoid(middle_mm: DVec3, semi_axes_mm: DVec3, colour: impl Fn(DVec3) -> DVec3) -> Solid {
    const ROUND: usize = 64;
    const UP: usize = 40;
    let mut solid = Solid::default();
    let mut below: Vec<usize> = Vec::new();
    for level in 0..=UP {
        let (height, width) = libm::sincos((level as f64 / UP as f64 - 0.5) * std::f64::consts::PI);
        let start = solid.corners.len();
        solid.corners.extend((0..ROUND).map(|i| {
            let (x, z) = libm::sincos(i as f64 / ROUND as f64 * std::f64::consts::TAU);
            let p_mm = middle_mm + DVec3::new(x * width, height, z * width) * semi_axes_mm;
            Corner::plain(p_mm, colour(p_mm))
        }));
        let ring: Vec<usize> = (start..solid.corners.len()).collect();
        if !below.is_empty() {
            solid.join(&ring, &below);
        }
        below = ring;
    }
    solid
}

/// Neck and clothes, camera frame: they stay where they are under the head.
fn body(camera_from_head: &DMat3, skin: DVec3) -> [Solid; 2] {
    const ROUND: usize = 48;
    const RINGS: usize = 8;
    let top_mm = *camera_from_head * DVec3::new(0.0, -70.0, -22.0);
    let foot_mm = DVec3::new(0.0, -235.0, -40.0);
    let mut neck = Solid::default();
    let mut above: Vec<usize> = Vec::new();
    for level in 0..=RINGS {
        let down = level as f64 / RINGS as f64;
        let middle = top_mm.lerp(foot_mm, down);
        let radius_mm = 56.0 + 14.0 * down * down;
        let start = neck.corners.len();
        neck.corners.extend((0..ROUND).map(|i| {
            let (x, z) = libm::sincos(i as f64 / ROUND as f64 * std::f64::consts::TAU);
            let light = (0.55 + 0.3 * down) * (0.72 + 0.28 * z.max(0.0));
            Corner::plain(middle + DVec3::new(x, 0.0, z) * radius_mm, skin * light)
        }));
        let ring: Vec<usize> = (start..neck.corners.len()).collect();
        if !above.is_empty() {
            neck.join(&above, &ring);
        }
        above = ring;
    }
    let clothes = ellipsoid(
        DVec3::new(0.0, -345.0, -55.0),
        DVec3::new(235.0, 165.0, 115.0),
        |p_mm| CLOTHES * shade(0.2 + (p_mm.y + 345.0) / 400.0),
    );
    [neck, clothes]
}
