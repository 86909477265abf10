//! The points of a hairline that a person can take hold of, and what moving
//! one means for the numbers.

use glam::DVec3;

use super::chart::{Chart, ScalpPoint};
use super::look::Hairline;
use super::outline::{Anchors, Flank, anchors, front_height_mm};
use super::params::ParamId;

/// Names a handle. "Left" and "right" are the person's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum HandleId {
    RightPeak,
    RightTemple,
    Middle,
    LeftTemple,
    LeftPeak,
}

impl HandleId {
    /// All handles, from the person's right to their left.
    pub const ALL: [Self; 5] = [
        Self::RightPeak,
        Self::RightTemple,
        Self::Middle,
        Self::LeftTemple,
        Self::LeftPeak,
    ];

    /// The numbers that moving the handle changes.
    #[must_use]
    pub fn rows(self) -> &'static [ParamId] {
        match self {
            Self::Middle => &[ParamId::HeightMm],
            Self::LeftTemple | Self::RightTemple => &[ParamId::RecessionMm, ParamId::LateralMm],
            Self::LeftPeak | Self::RightPeak => &[ParamId::TemporalPeakMm],
        }
    }
}

/// Where a handle is: a point of the outline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Handle {
    /// Which one.
    pub id: HandleId,
    /// Its place in the head frame, mm.
    pub at_mm: DVec3,
}

/// All handles of a design on a head.
#[must_use]
pub fn handles(h: &Hairline, semi_axes_mm: DVec3) -> [Handle; 5] {
    let chart = Chart::new(semi_axes_mm);
    let left = anchors(h, &chart, Flank::Left);
    let right = anchors(h, &chart, Flank::Right);
    let middle = ScalpPoint {
        lateral_mm: 0.0,
        height_mm: front_height_mm(h, 0.0),
    };
    let at = |id, at_mm| Handle { id, at_mm };
    [
        at(HandleId::RightPeak, right.peak_mm),
        at(HandleId::RightTemple, right.temple_mm),
        at(HandleId::Middle, chart.head_from_scalp(middle)),
        at(HandleId::LeftTemple, left.temple_mm),
        at(HandleId::LeftPeak, left.peak_mm),
    ]
}

/// Sets the numbers so that handle `id` comes to `to_mm` (head frame), as
/// near as their bounds let it. `mirror` moves the other side alike; without
/// it only a temple's own side moves. A temporal peak has one number for both
/// sides.
pub fn drag(h: &mut Hairline, semi_axes_mm: DVec3, id: HandleId, to_mm: DVec3, mirror: bool) {
    let chart = Chart::new(semi_axes_mm);
    match id {
        HandleId::Middle => {
            set(
                h,
                ParamId::HeightMm,
                chart.scalp_from_head(to_mm).height_mm + h.widows_peak_mm,
            );
        }
        HandleId::LeftTemple => drag_temple(h, &chart, Flank::Left, to_mm, mirror),
        HandleId::RightTemple => drag_temple(h, &chart, Flank::Right, to_mm, mirror),
        HandleId::LeftPeak => drag_peak(h, &chart, Flank::Left, to_mm),
        HandleId::RightPeak => drag_peak(h, &chart, Flank::Right, to_mm),
    }
}

fn set(h: &mut Hairline, id: ParamId, value: f64) {
    let mut look = super::look::Look {
        hairline: *h,
        ..Default::default()
    };
    id.set(&mut look, value);
    *h = look.hairline;
}

/// Steps of the search: the handle follows its numbers nearly one to one, so
/// that each step leaves a small share of the miss.
const STEPS: usize = 12;

fn drag_temple(h: &mut Hairline, chart: &Chart, flank: Flank, to_mm: DVec3, mirror: bool) {
    let to = chart.scalp_from_head(to_mm);
    for _ in 0..STEPS {
        let Anchors { temple_mm, .. } = anchors(h, chart, flank);
        let at = chart.scalp_from_head(temple_mm);
        let outward = (to.lateral_mm - at.lateral_mm) * flank.sign();
        // With the width the line's height at the corner changes too; a
        // little less than the whole step keeps the two from overshooting.
        shift_side(
            h,
            flank,
            mirror,
            [ParamId::LateralMm, ParamId::AsymmetryWidthMm],
            0.8 * outward,
        );
        let upward = to.height_mm - at.height_mm;
        shift_side(
            h,
            flank,
            mirror,
            [ParamId::RecessionMm, ParamId::AsymmetryMm],
            0.8 * upward,
        );
    }
}

/// Adds `by` to one side's number, held as mean and difference (left minus
/// right), or to both sides' where they move together.
fn shift_side(
    h: &mut Hairline,
    flank: Flank,
    mirror: bool,
    [mean, difference]: [ParamId; 2],
    by: f64,
) {
    let look = super::look::Look {
        hairline: *h,
        ..Default::default()
    };
    if mirror {
        set(h, mean, mean.get(&look) + by);
    } else {
        set(h, mean, mean.get(&look) + 0.5 * by);
        set(h, difference, difference.get(&look) + flank.sign() * by);
    }
}

fn drag_peak(h: &mut Hairline, chart: &Chart, flank: Flank, to_mm: DVec3) {
    let row = ParamId::TemporalPeakMm.row();
    let miss = |value: f64| {
        let tried = Hairline {
            temporal_peak_mm: value,
            ..*h
        };
        anchors(&tried, chart, flank).peak_mm.distance(to_mm)
    };
    // The peak runs along a short arc: distance to a point has one minimum.
    let (mut low, mut high) = (row.min, row.max);
    for _ in 0..24 {
        let third = (high - low) / 3.0;
        if miss(low + third) < miss(high - third) {
            high -= third;
        } else {
            low += third;
        }
    }
    let nearest = 0.5 * (low + high);
    set(h, ParamId::TemporalPeakMm, nearest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::anthropometry::STANDARD_SEMI_AXES_MM as AXES;
    use crate::engine::outline::outline;
    use crate::engine::styles::Style;

    fn place(h: &Hairline, id: HandleId) -> DVec3 {
        handles(h, AXES)
            .into_iter()
            .find(|handle| handle.id == id)
            .unwrap()
            .at_mm
    }

    #[test]
    fn handles_lie_on_the_line_of_every_style() {
        for style in Style::ALL {
            let h = style.hairline();
            let line = outline(&h, AXES);
            for handle in handles(&h, AXES) {
                let front = &line.points_mm[line.front.clone()];
                let off = front
                    .iter()
                    .map(|p| p.distance(handle.at_mm))
                    .fold(f64::MAX, f64::min);
                assert!(
                    off < 1.1,
                    "{style:?} {:?} is {off:.2} mm off the line",
                    handle.id
                );
            }
        }
    }

    #[test]
    fn a_dragged_handle_goes_where_it_was_dragged() {
        for mirror in [true, false] {
            let goals = [
                (
                    HandleId::Middle,
                    Hairline {
                        height_mm: 61.0,
                        ..Hairline::default()
                    },
                ),
                (
                    HandleId::LeftTemple,
                    Hairline {
                        recession_mm: 20.0,
                        lateral_mm: 57.0,
                        ..Hairline::default()
                    },
                ),
                (
                    HandleId::RightTemple,
                    Hairline {
                        recession_mm: 9.0,
                        lateral_mm: 66.0,
                        ..Hairline::default()
                    },
                ),
                (
                    HandleId::LeftPeak,
                    Hairline {
                        temporal_peak_mm: 14.0,
                        ..Hairline::default()
                    },
                ),
                (
                    HandleId::RightPeak,
                    Hairline {
                        temporal_peak_mm: 2.0,
                        ..Hairline::default()
                    },
                ),
            ];
            for (id, goal) in goals {
                let mut h = Hairline::default();
                let to = place(&goal, id);
                drag(&mut h, AXES, id, to, mirror);
                let miss = place(&h, id).distance(to);
                assert!(miss < 0.5, "{id:?}, mirror {mirror}: {miss:.2} mm off");
            }
        }
    }

    #[test]
    fn one_side_alone_leaves_the_other_where_it_was() {
        let mut h = Hairline::default();
        let (before, to) = (
            place(&h, HandleId::RightTemple),
            place(
                &Hairline {
                    recession_mm: 20.0,
                    ..h
                },
                HandleId::LeftTemple,
            ),
        );
        drag(&mut h, AXES, HandleId::LeftTemple, to, false);
        assert!(place(&h, HandleId::RightTemple).distance(before) < 0.3);
        assert!((h.asymmetry_mm - 6.0).abs() < 1.0, "{h:?}");
    }

    #[test]
    fn no_drag_leaves_the_bounds() {
        for id in HandleId::ALL {
            for to in [
                DVec3::new(0.0, 90.0, 0.0),
                DVec3::new(77.0, 0.0, 0.0),
                DVec3::new(0.0, -90.0, 0.0),
            ] {
                let mut h = Hairline::default();
                drag(&mut h, AXES, id, to, false);
                let look = super::super::look::Look {
                    hairline: h,
                    ..Default::default()
                };
                assert_eq!(look.clamped(), look, "{id:?}");
            }
        }
    }
}
