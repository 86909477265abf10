//! Which part of the scalp is treated: the whole of it, a zone, or what a class of
//! hair loss leaves bare.
//!
//! Zones lie in the chart of [`super::region`], azimuthal about the vertex: x to the
//! person's left, y to the front, mm on a standard head. There the usual hairline
//! crosses the midline at 72, its corners lie at 45 to either side, 58 to the front,
//! and the whorl at -55. Clinics name areas and classes in words and drawings
//! (domain.md §2.5, grade C); the numbers are ours, drawn after those (grade D).

use serde::{Deserialize, Serialize};

use super::ease::smoothstep;

/// What is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "their names are the field's own")]
pub enum Zone {
    /// All behind the hairline.
    #[default]
    FullHead,
    Frontal,
    MidScalp,
    Crown,
    Norwood2,
    Norwood3,
    Norwood3Vertex,
    Norwood4,
    Norwood5,
    Norwood6,
    Norwood7,
    Ludwig1,
    Ludwig2,
    Ludwig3,
}

/// How wide the edge of a zone is over which density fades, mm: it ends in hair
/// that is there, as the transition zone of a soft hairline does (domain.md §2.3).
const SOFT_MM: f32 = 12.0;
/// The same of classes that thin and do not bare.
const DIFFUSE_MM: f32 = 30.0;
/// Far outside of everything, mm.
const FAR_MM: f32 = 400.0;

/// A shape of the chart.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// Around a point: its distance to the left and to the front, and a radius.
    Disc(f32, f32, f32),
    /// The like at both temples.
    Temples(f32, f32, f32),
    /// Between two lines across the head, back and front, as far as that to either
    /// side.
    Block(f32, f32, f32),
    /// An ellipse on the midline: its middle, half its length and half its width.
    Oval(f32, f32, f32),
}

impl Zone {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 14] = [
        Self::FullHead,
        Self::Frontal,
        Self::MidScalp,
        Self::Crown,
        Self::Norwood2,
        Self::Norwood3,
        Self::Norwood3Vertex,
        Self::Norwood4,
        Self::Norwood5,
        Self::Norwood6,
        Self::Norwood7,
        Self::Ludwig1,
        Self::Ludwig2,
        Self::Ludwig3,
    ];

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FullHead => "Full head",
            Self::Frontal => "Frontal",
            Self::MidScalp => "Mid-scalp",
            Self::Crown => "Crown",
            Self::Norwood2 => "Norwood II",
            Self::Norwood3 => "Norwood III",
            Self::Norwood3Vertex => "Norwood III vertex",
            Self::Norwood4 => "Norwood IV",
            Self::Norwood5 => "Norwood V",
            Self::Norwood6 => "Norwood VI",
            Self::Norwood7 => "Norwood VII",
            Self::Ludwig1 => "Ludwig I",
            Self::Ludwig2 => "Ludwig II",
            Self::Ludwig3 => "Ludwig III",
        }
    }

    /// Place among [`Zone::ALL`].
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }

    /// Whether it is a class in which the temples have gone far back: Norwood V and
    /// more.
    #[must_use]
    pub fn is_far_receded(self) -> bool {
        matches!(self, Self::Norwood5 | Self::Norwood6 | Self::Norwood7)
    }

    /// Its parts, how wide their edges are, and the share of the asked density that
    /// it takes: hair that thins needs fewer impressions between.
    fn parts(self) -> (&'static [Shape], f32, f32) {
        use Shape::{Block, Disc, Oval, Temples};
        match self {
            Self::FullHead => (&[], SOFT_MM, 1.0),
            Self::Frontal => (&[Block(20.0, FAR_MM, FAR_MM)], SOFT_MM, 1.0),
            Self::MidScalp => (&[Oval(2.0, 38.0, 66.0)], SOFT_MM, 1.0),
            Self::Crown => (&[Disc(0.0, -55.0, 48.0)], SOFT_MM, 1.0),
            // Ahead of a line near the ears: the temples' corners alone.
            Self::Norwood2 => (&[Temples(48.0, 58.0, 22.0)], SOFT_MM, 1.0),
            Self::Norwood3 => (&[Temples(46.0, 50.0, 34.0)], SOFT_MM, 1.0),
            Self::Norwood3Vertex => (
                &[Temples(48.0, 56.0, 26.0), Disc(0.0, -55.0, 30.0)],
                SOFT_MM,
                1.0,
            ),
            // A bridge of hair stays between front and vertex; in V it is thin.
            Self::Norwood4 => {
                const PARTS: &[Shape] = &[
                    Block(28.0, FAR_MM, 52.0),
                    Temples(46.0, 46.0, 36.0),
                    Disc(0.0, -55.0, 40.0),
                ];
                (PARTS, SOFT_MM, 1.0)
            }
            Self::Norwood5 => {
                const PARTS: &[Shape] = &[
                    Block(14.0, FAR_MM, 52.0),
                    Temples(46.0, 42.0, 36.0),
                    Disc(0.0, -55.0, 46.0),
                ];
                (PARTS, SOFT_MM, 1.0)
            }
            // No bridge; in VII a wreath below the temples is all there is.
            Self::Norwood6 => (
                &[Block(-20.0, FAR_MM, 64.0), Disc(0.0, -40.0, 64.0)],
                SOFT_MM,
                1.0,
            ),
            Self::Norwood7 => (
                &[Block(-20.0, FAR_MM, 78.0), Disc(0.0, -32.0, 80.0)],
                SOFT_MM,
                1.0,
            ),
            // The frontal line is kept.
            Self::Ludwig1 => (&[Oval(6.0, 52.0, 36.0)], DIFFUSE_MM, 0.5),
            Self::Ludwig2 => (&[Oval(2.0, 60.0, 46.0)], DIFFUSE_MM, 0.75),
            Self::Ludwig3 => (&[Oval(-2.0, 68.0, 56.0)], DIFFUSE_MM, 1.0),
        }
    }

    /// Share of the asked density at a place of the chart, mm to the left and to the
    /// front, 0–1.
    #[must_use]
    pub fn share_at(self, [x_mm, y_mm]: [f32; 2]) -> f32 {
        let (parts, soft_mm, most) = self.parts();
        if parts.is_empty() {
            return most;
        }
        let depth = |part: &Shape| part.depth_mm(x_mm, y_mm);
        let depth_mm = parts.iter().map(depth).fold(-FAR_MM, f32::max);
        most * smoothstep(0.5 + depth_mm / soft_mm)
    }
}

impl Shape {
    /// How far a point lies within it, mm; negative outside.
    fn depth_mm(self, x: f32, y: f32) -> f32 {
        match self {
            Self::Disc(left, front, radius) => radius - libm::hypotf(x - left, y - front),
            Self::Temples(side, front, radius) => radius - libm::hypotf(x.abs() - side, y - front),
            Self::Block(back, front, side) => (y - back).min(front - y).min(side - x.abs()),
            Self::Oval(middle, half_length, half_width) => {
                let radii = libm::hypotf(x / half_width, (y - middle) / half_length);
                // In mm of its narrower half.
                half_width.min(half_length) * (1.0 - radii)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Treated share of the chart within the wreath, as cm².
    fn cm2(zone: Zone) -> f32 {
        let cells = (-100..=100).flat_map(|x| (-110..=72).map(move |y| [x as f32, y as f32]));
        cells.map(|at| zone.share_at(at)).sum::<f32>() / 100.0
    }

    #[test]
    fn classes_bare_more_and_more() {
        use Zone::{Norwood2, Norwood3, Norwood4, Norwood5, Norwood6, Norwood7};
        let men = [Norwood2, Norwood3, Norwood4, Norwood5, Norwood6, Norwood7].map(cm2);
        assert!(men.is_sorted_by(|a, b| *b > 1.1 * a), "{men:?}");
        let women = [Zone::Ludwig1, Zone::Ludwig2, Zone::Ludwig3].map(cm2);
        assert!(women.is_sorted_by(|a, b| *b > 1.3 * a), "{women:?}");
        // Published areas (domain.md §1.2, grade D): temples of class III 60-80 with
        // the hairline, a crown 50, the top of VI to VII 250-300.
        let [_, third, .., sixth, seventh] = men;
        assert!((50.0..80.0).contains(&third), "{third}");
        assert!((40.0..80.0).contains(&cm2(Zone::Crown)));
        assert!(
            (180.0..260.0).contains(&sixth) && (240.0..330.0).contains(&seventh),
            "{men:?}"
        );
    }

    #[test]
    fn each_covers_its_own_places_and_fades_at_its_edge() {
        let [corner, front, middle, bridge, whorl, side] = [
            [46.0, 55.0],
            [0.0, 60.0],
            [0.0, 5.0],
            [0.0, 0.0],
            [0.0, -55.0],
            [95.0, -10.0],
        ];
        let has = |zone: Zone, at: [f32; 2]| zone.share_at(at) > 0.49;
        for zone in Zone::ALL {
            assert_eq!(has(zone, side), zone == Zone::FullHead, "{zone:?}");
            // Both sides alike, and no step anywhere.
            for i in -1000..1000_i16 {
                let at = |x: f32| zone.share_at([x, 0.3 * x]);
                let x = f32::from(i) / 10.0;
                assert!((at(x) - at(x + 0.1)).abs() < 0.03, "{zone:?} {x}");
                let mirrored = zone.share_at([-x, 20.0]) - zone.share_at([x, 20.0]);
                assert!(mirrored.abs() < 1e-6, "{zone:?} {x}");
            }
        }
        assert!(has(Zone::Norwood2, corner) && !has(Zone::Norwood2, front));
        assert!(has(Zone::Norwood3Vertex, whorl) && !has(Zone::Norwood3, whorl));
        assert!(has(Zone::Norwood4, front) && has(Zone::Norwood4, whorl));
        assert!(!has(Zone::Norwood4, bridge) && !has(Zone::Norwood5, bridge));
        assert!(has(Zone::Norwood6, bridge));
        assert!(has(Zone::MidScalp, middle) && !has(Zone::MidScalp, whorl));
        assert!(has(Zone::Frontal, front) && has(Zone::Frontal, corner));
        // Women keep their frontal line.
        assert!(has(Zone::Ludwig2, middle) && !has(Zone::Ludwig3, [0.0, 78.0]));
    }

    #[test]
    fn all_are_told_apart_by_number_and_name() {
        for (i, zone) in Zone::ALL.into_iter().enumerate() {
            assert_eq!(zone.index(), i);
            let names = Zone::ALL.iter().filter(|other| other.name() == zone.name());
            assert_eq!(names.count(), 1);
        }
    }
}
