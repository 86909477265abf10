//! Sizes of human heads: what the fit of [`super::fit`] believes before it has
//! seen a marker. Sources: domain.md §4.1, ANSUR II raw data (men and women
//! pooled), unless a constant says otherwise.

use glam::DVec3;

/// Half breadth, half height, half length of the standard cranium, mm, in the
/// head frame's order x, y, z. Breadth 154 and length 200 are ANSUR II men
/// (154.3, 199.5); the height puts the vertex 114 mm above the pupils (men:
/// ectocanthus to vertex 113.8).
pub const STANDARD_SEMI_AXES_MM: DVec3 = DVec3::new(77.0, 90.0, 100.0);

/// Mean interpupillary distance, mm.
pub const IPD_MM: f64 = 63.3;
/// Relative SD of the interpupillary distance.
pub const IPD_SD: f64 = 0.058;
/// Plausible interpupillary distances, mm: nearly every adult lies within
/// 45–80 (Dodgson); a little room for children and tape measures.
pub const IPD_RANGE_MM: std::ops::RangeInclusive<f64> = 40.0..=85.0;
/// Uncertainty of an interpupillary distance somebody measured, mm.
pub const IPD_MEASURED_SD_MM: f64 = 0.5;
/// Width of the iris, white to white, mm, and its relative SD: 11.71 ± 0.42
/// (domain.md §4.1, \[iovs-wtw\]).
pub const IRIS_MM: f64 = 11.7;
/// See [`IRIS_MM`].
pub const IRIS_SD: f64 = 0.036;
/// Plausible interpupillary distances as a multiple of the iris' width: 63.3 /
/// 11.7 is 5.4, and outside this range something else was measured (vision.md
/// §5: half-closed eyes and ones that look down give 6 to 7.7).
pub const IPD_PER_IRIS: std::ops::RangeInclusive<f64> = 4.7..=6.2;
/// Head breadth as a multiple of the interpupillary distance (SD 5.6 %).
pub const BREADTH_PER_IPD: f64 = 2.41;

/// Relative SD of head breadth.
pub const BREADTH_SD: f64 = 0.041;
/// Relative SD of the cranium's height. Ectocanthus to vertex varies by 8.0 %
/// with posture noise, tragion to vertex by 5.1 % without: 6 % is between.
pub const HEIGHT_SD: f64 = 0.06;
/// Relative SD of head length.
pub const LENGTH_SD: f64 = 0.043;
/// Relative SD of the face's length (menton to sellion).
pub const FACE_SD: f64 = 0.066;
/// Correlation between any two of these sizes. Measured 0.39 for IPD and
/// breadth; 0.40 follows for length and breadth from their ratio's SD of 4.6 %.
pub const SIZE_CORRELATION: f64 = 0.39;

/// How far the pupils lie behind the glabella, mm (domain.md §4.1, \[cityu\]).
pub const PUPILS_BEHIND_GLABELLA_MM: f64 = 20.0;
/// Pupils to menton along the head's y, mm: menton to sellion is 122.6 (men)
/// and 113.1 (women), the sellion a few mm above the pupils.
pub const FACE_LENGTH_MM: f64 = 114.0;
/// The pupils' y on the standard cranium, mm (see [`STANDARD_SEMI_AXES_MM`]).
const PUPILS_Y_MM: f64 = -24.0;
/// The glabella's y on the standard cranium, mm: a finger above the pupils,
/// where the forehead is foremost.
const GLABELLA_Y_MM: f64 = -4.0;

/// The left ear's opening on the standard head, head frame, mm: 131 below the vertex
/// (tragion to vertex), and 5 inside the head's widest (grade D).
pub const TRAGION_MM: DVec3 = DVec3::new(72.0, -41.0, 0.0);

/// Points of the head that can be named, head frame, mm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Landmarks {
    /// Centre of the person's right pupil.
    pub right_pupil: DVec3,
    /// Centre of the person's left pupil.
    pub left_pupil: DVec3,
    /// Foremost point of the forehead between the brows; on the ellipsoid.
    pub glabella: DVec3,
    /// Highest point of the cranium; on the ellipsoid.
    pub vertex: DVec3,
    /// Lowest point of the chin. As far forward as the pupils: the soft chin's
    /// front lies some 5–10 mm behind the glabella, its lowest point another
    /// 10 mm back (orthodontic profile norms).
    pub menton: DVec3,
}

/// Landmarks of a head whose cranium has these semi-axes, with the given
/// interpupillary distance and distance from pupils down to menton, all mm.
#[must_use]
pub fn landmarks(semi_axes_mm: DVec3, ipd_mm: f64, face_length_mm: f64) -> Landmarks {
    let height = semi_axes_mm.y / STANDARD_SEMI_AXES_MM.y;
    let pupils_y = PUPILS_Y_MM * height;
    let pupils_z = semi_axes_mm.z - PUPILS_BEHIND_GLABELLA_MM;
    let glabella = GLABELLA_Y_MM / STANDARD_SEMI_AXES_MM.y;
    Landmarks {
        right_pupil: DVec3::new(-0.5 * ipd_mm, pupils_y, pupils_z),
        left_pupil: DVec3::new(0.5 * ipd_mm, pupils_y, pupils_z),
        glabella: DVec3::new(
            0.0,
            glabella * semi_axes_mm.y,
            semi_axes_mm.z * (1.0 - glabella * glabella).sqrt(),
        ),
        vertex: DVec3::new(0.0, semi_axes_mm.y, 0.0),
        menton: DVec3::new(0.0, pupils_y - face_length_mm, pupils_z),
    }
}
