//! MediaPipe's canonical face: the mesh's points in centimetres on an average
//! head, and how a found mesh lies to it.

use glam::{DMat3, DVec3};

use super::landmarks::{Mesh, POINTS};
use crate::engine::camera::Pose;

/// The canonical face.
///
/// Its file is ours (`cargo xtask models` makes it from MediaPipe's):
/// little-endian; a count (u32) and as many points (three f32, cm; x to the
/// person's left, y up, z forward); a count and as many triangles (three u16);
/// a count and as many basis points (u16, two bytes of nothing, f32 weight).
#[derive(Debug, Clone, PartialEq)]
pub struct CanonicalFace {
    /// Points, mm.
    pub points_mm: Vec<DVec3>,
    /// Triangles between points.
    pub triangles: Vec<[u16; 3]>,
    /// Points that move little with the face's expression, with their weights.
    pub basis: Vec<(usize, f64)>,
}

/// The canonical face's file is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the face mesh's file is damaged")]
pub struct BadMesh;

/// How a face lies in the photo.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FacePose {
    /// How the head is turned.
    pub pose: Pose,
    /// Photo px per mm of the canonical face, across the line of sight at its
    /// middle. The canonical face is an average one: a person's own measure is
    /// [`super::face`]'s to find.
    pub px_per_mm: f64,
    /// Mean distance of the basis points from where the canonical face would
    /// have them, as a share of the face's size: the fit's quality.
    pub misfit: f64,
}

impl CanonicalFace {
    /// Reads the file.
    ///
    /// # Errors
    /// [`BadMesh`] for anything else.
    pub fn read(file: &[u8]) -> Result<Self, BadMesh> {
        let mut rest = file;
        let points = counted::<12>(&mut rest)?;
        let triangles = counted::<6>(&mut rest)?;
        let basis = counted::<8>(&mut rest)?;
        let float = |b: &[u8], at: usize| {
            let four = b.get(at..).and_then(<[u8]>::first_chunk).copied();
            f64::from(f32::from_le_bytes(four.unwrap_or_default()))
        };
        let short = |b: &[u8], at: usize| {
            let two = b.get(at..).and_then(<[u8]>::first_chunk).copied();
            u16::from_le_bytes(two.unwrap_or_default())
        };
        let face = Self {
            points_mm: points
                .iter()
                .map(|p| 10.0 * DVec3::new(float(p, 0), float(p, 4), float(p, 8)))
                .collect(),
            triangles: triangles
                .iter()
                .map(|t| [0, 2, 4].map(|at| short(t, at)))
                .collect(),
            basis: basis
                .iter()
                .map(|b| (usize::from(short(b, 0)), float(b, 4)))
                .collect(),
        };
        let inside = |index: usize| index < POINTS;
        let whole = rest.is_empty()
            && face.points_mm.len() == POINTS
            && face.points_mm.iter().all(|p| p.is_finite())
            && face
                .triangles
                .as_flattened()
                .iter()
                .all(|i| inside((*i).into()))
            && face.basis.len() >= 3
            && face
                .basis
                .iter()
                .all(|(i, weight)| inside(*i) && *weight > 0.0);
        if whole { Ok(face) } else { Err(BadMesh) }
    }

    /// The similarity that carries the canonical face onto a mesh, by weighted
    /// least squares over the basis points (Procrustes); none where the points
    /// lie on a line.
    #[must_use]
    pub fn pose(&self, mesh: &Mesh) -> Option<FacePose> {
        let pairs = || {
            self.basis.iter().filter_map(|(index, weight)| {
                let seen = mesh.points.get(*index)?;
                // The photo's y points down, the head's up.
                let seen = DVec3::new(seen.x, -seen.y, seen.z);
                Some((*weight, *self.points_mm.get(*index)?, seen))
            })
        };
        let weight: f64 = pairs().map(|(w, _, _)| w).sum();
        let middle_mm = pairs().map(|(w, p, _)| p * w).sum::<DVec3>() / weight;
        let middle = pairs().map(|(w, _, q)| q * w).sum::<DVec3>() / weight;
        let mut cross = DMat3::ZERO;
        let (mut own, mut seen_size) = (0.0, 0.0);
        for (w, p, q) in pairs() {
            let (p, q) = (p - middle_mm, q - middle);
            cross += DMat3::from_cols(q * (w * p.x), q * (w * p.y), q * (w * p.z));
            own += w * p.length_squared();
            seen_size += w * q.length_squared();
        }
        let rotation = nearest_rotation(cross)?;
        let along = (0..3)
            .map(|i| rotation.col(i).dot(cross.col(i)))
            .sum::<f64>();
        let px_per_mm = along / own;
        let off: f64 = pairs()
            .map(|(w, p, q)| {
                let carried = rotation * (p - middle_mm) * px_per_mm;
                w * (carried - (q - middle)).length_squared()
            })
            .sum();
        let misfit = (off / seen_size).sqrt();
        let found = px_per_mm.is_finite() && px_per_mm > 0.0 && misfit.is_finite();
        found.then_some(FacePose {
            pose: Pose::from_matrix(&rotation),
            px_per_mm,
            misfit,
        })
    }
}

/// Takes a counted list of `N`-byte entries off the front.
fn counted<'a, const N: usize>(rest: &mut &'a [u8]) -> Result<&'a [[u8; N]], BadMesh> {
    let (count, behind) = rest.split_first_chunk::<4>().ok_or(BadMesh)?;
    let bytes = (u32::from_le_bytes(*count) as usize)
        .checked_mul(N)
        .ok_or(BadMesh)?;
    let (entries, behind) = behind.split_at_checked(bytes).ok_or(BadMesh)?;
    *rest = behind;
    Ok(entries.as_chunks().0)
}

/// The rotation nearest to a matrix: its polar part, by Newton's iteration
/// (Higham 1986). None for a mirrored or a flat one.
fn nearest_rotation(matrix: DMat3) -> Option<DMat3> {
    let size = (0..3)
        .map(|i| matrix.col(i).length_squared())
        .sum::<f64>()
        .sqrt();
    let mut x = matrix * (1.0 / size);
    if x.determinant().is_nan() || x.determinant() <= 1e-9 {
        return None;
    }
    for _ in 0..40 {
        let next = (x + x.inverse().transpose()) * 0.5;
        let moved = (next - x).to_cols_array();
        x = next;
        if moved.iter().all(|v| v.abs() < 1e-14) {
            break;
        }
    }
    Some(x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A face of scattered points.
    fn face() -> CanonicalFace {
        let points_mm: Vec<DVec3> = (0..POINTS)
            .map(|i| {
                let t = i as f64;
                DVec3::new(
                    70.0 * libm::sin(t * 1.7),
                    80.0 * libm::cos(t * 2.3),
                    40.0 * libm::sin(t * 0.9),
                )
            })
            .collect();
        CanonicalFace {
            points_mm,
            triangles: vec![],
            basis: (0..33).map(|i| (i * 14, 0.1 + (i % 5) as f64)).collect(),
        }
    }

    proptest! {
        #[test]
        fn a_posed_face_is_found_again(
            yaw in -80.0..80.0f64, pitch in -80.0..80.0f64, roll in -179.0..179.0f64, scale in 0.5..8.0f64,
        ) {
            let pose = Pose { yaw_deg: yaw, pitch_deg: pitch, roll_deg: roll };
            let matrix = pose.camera_from_head();
            let face = face();
            let points = face.points_mm.iter().map(|p| {
                let q = matrix * *p * scale;
                DVec3::new(q.x + 300.0, 200.0 - q.y, q.z)
            });
            let found = face.pose(&Mesh { flag: 1.0, points: points.collect() }).unwrap();
            prop_assert!((found.px_per_mm / scale - 1.0).abs() < 1e-9);
            prop_assert!(found.misfit < 1e-6);
            prop_assert!((found.pose.yaw_deg - yaw).abs() < 1e-6 && (found.pose.pitch_deg - pitch).abs() < 1e-6);
            prop_assert!((found.pose.roll_deg - roll).abs() < 1e-6, "{:?}", found.pose);
        }

        #[test]
        fn a_file_of_anything_is_an_error_and_never_a_panic(file in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(CanonicalFace::read(&file), Err(BadMesh));
        }
    }
}
