//! The hairline's edge: how density, size and opacity rise behind the line, and
//! what stands ahead of it.

use super::ease::smoothstep;
use super::life::Life;
use super::look::{Density, Hairline};
use super::projection::Spot;
use super::region::SignedDistance;

/// Share of full density at the end of the transition zone, and the depth
/// behind it over which the rest is reached (domain.md §0 and §2.3).
const TRANSITION_SHARE: f32 = 0.7;
const TO_FULL_DENSITY_MM: f32 = 25.0;
/// Sentinels, single impressions ahead of a soft line: how far ahead, mm, and how
/// dense at the line, per cm². Falling to nothing at that distance they are 4.4
/// to each centimetre of line: within 3 to 6, and 4 mm (domain.md §2.3).
const SENTINEL_MM: f32 = 4.0;
const SENTINELS_PER_CM2: f32 = 22.0;
/// Transition zone of a line with so many sentinels, mm; sharper lines have
/// fewer.
const SENTINEL_TRANSITION_MM: f32 = 8.0;

/// The hairline's edge as numbers for the inner loop.
pub(super) struct Edge {
    transition_mm: f32,
    per_transition_mm: f32,
    macro_mm: f32,
    micro_mm: f32,
    /// Density of sentinels at the line, per cm².
    sentinels: f32,
}

impl Edge {
    /// Past the transition zone [`Edge::density_share`] is no less, however it is
    /// rounded.
    pub(super) const SHARE_PAST_TRANSITION: f32 = 0.99 * TRANSITION_SHARE;

    /// Whether it is so far ahead of the line that there is nothing at any density.
    fn is_ahead(inside_mm: f32) -> bool {
        inside_mm <= -SENTINEL_MM
    }

    fn new(hairline: &Hairline) -> Self {
        // A transition of nothing still needs a slope.
        let transition_mm = (hairline.transition_mm as f32).max(0.1);
        Self {
            transition_mm,
            per_transition_mm: 1.0 / transition_mm,
            macro_mm: hairline.macro_mm as f32,
            micro_mm: hairline.micro_mm as f32,
            sentinels: SENTINELS_PER_CM2 * (transition_mm / SENTINEL_TRANSITION_MM).min(1.0),
        }
    }

    /// Depth without the line's waves, mm, from which on impressions are as dense
    /// and as strong as they become, whatever the waves are there.
    fn deep_mm(&self) -> f32 {
        self.transition_mm + TO_FULL_DENSITY_MM + self.macro_mm + self.micro_mm
    }

    /// Density of sentinels at a depth behind the line, per cm²; negative depths
    /// are ahead of it.
    fn sentinels(&self, inside_mm: f32) -> f32 {
        let way = 1.0 + inside_mm.min(0.0) / SENTINEL_MM;
        self.sentinels * way.max(0.0)
    }

    /// Share of the finished density at a depth behind the line, 0–1.
    fn density_share(&self, inside_mm: f32) -> f32 {
        if inside_mm < self.transition_mm {
            TRANSITION_SHARE * smoothstep(inside_mm * self.per_transition_mm)
        } else {
            let behind = (inside_mm - self.transition_mm) / TO_FULL_DENSITY_MM;
            TRANSITION_SHARE + (1.0 - TRANSITION_SHARE) * behind.min(1.0)
        }
    }

    /// How far out of the transition zone, 0–1; never nothing, which is what
    /// does not show.
    fn ramp(&self, inside_mm: f32) -> f32 {
        (inside_mm * self.per_transition_mm).clamp(1e-3, 1.0)
    }
}

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
