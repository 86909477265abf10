//! How dense and strong impressions are behind a hairline.

use super::edge::Edge;
use super::life::Life;
use super::look::{Density, Hairline};
use super::projection::Spot;
use super::region::SignedDistance;

/// What [`Line::ramp`] is so far ahead of a line that nothing shows at any density.
pub(super) const AHEAD: f32 = -2.0;

/// How dense and strong impressions are behind a hairline, where zone and strokes say
/// nothing else.
pub(super) struct Line<'a> {
    edge: Edge,
    /// [`Edge::deep_mm`].
    deep_mm: f32,
    distance: &'a SignedDistance,
    /// Of all impressions those that are there at this time of the treatment.
    pub(super) share: f32,
    /// Density where they are densest, per cm².
    pub(super) per_cm2: f32,
}

impl<'a> Line<'a> {
    pub(super) fn new(
        distance: &'a SignedDistance,
        hairline: &Hairline,
        density: &Density,
        life: &Life,
    ) -> Self {
        let edge = Edge::new(hairline);
        let share = life.share() as f32;
        Self {
            deep_mm: edge.deep_mm(),
            edge,
            distance,
            share,
            per_cm2: density.per_cm2 as f32 * share,
        }
    }

    /// How far a candidate that asks for a density stands out of the edge, where
    /// it shows; see [`super::dots::Shown`]. Most show at no usual density, and cost no more.
    #[inline]
    pub(super) fn ramp(&self, asked_per_cm2: f32, spot: &Spot) -> f32 {
        if asked_per_cm2 >= self.per_cm2 {
            return 0.0;
        }
        let even_mm = self.distance.at(spot.cell);
        if even_mm >= self.deep_mm {
            return 1.0;
        }
        let inside_mm = self.inside_mm(even_mm, spot);
        if asked_per_cm2 < self.shown_per_cm2(inside_mm) {
            self.edge.ramp(inside_mm)
        } else if Edge::is_ahead(inside_mm) {
            AHEAD
        } else {
            0.0
        }
    }

    /// How dense they are there, per cm², and how far out of the edge.
    #[inline]
    pub(super) fn behind(&self, spot: &Spot) -> (f32, f32) {
        let even_mm = self.distance.at(spot.cell);
        if even_mm >= self.deep_mm {
            return (self.per_cm2, 1.0);
        }
        let inside_mm = self.inside_mm(even_mm, spot);
        (self.shown_per_cm2(inside_mm), self.edge.ramp(inside_mm))
    }

    #[inline]
    fn inside_mm(&self, even_mm: f32, spot: &Spot) -> f32 {
        even_mm + self.edge.macro_mm * spot.macro_noise + self.edge.micro_mm * spot.micro_noise
    }

    #[inline]
    fn shown_per_cm2(&self, inside_mm: f32) -> f32 {
        (self.per_cm2 * self.edge.density_share(inside_mm))
            .max(self.share * self.edge.sentinels(inside_mm))
    }
}
