//! What the person chose: the numbers that, with a photo and a placed head,
//! make the picture. Plain data, serialised as it is into a plan file.

use serde::{Deserialize, Serialize};

use super::zones::Zone;

/// Everything adjustable about a rendered treatment. Bounds, units and
/// defaults stand in [`super::params`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Look {
    /// The hairline's design.
    pub hairline: Hairline,
    /// Which part of the scalp is treated.
    #[serde(skip_serializing_if = "is_all")]
    pub zone: Zone,
    /// How many impressions, how large.
    pub density: Density,
    /// The pigment.
    pub shade: Shade,
    /// Which of the possible random placements. Same seed, same impressions.
    pub seed: u32,
}

fn is_all(zone: &Zone) -> bool {
    *zone == Zone::default()
}

/// A hairline design in millimetres on the scalp's skin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each field is a row of engine::params, documented there"
)]
pub struct Hairline {
    pub height_mm: f64,
    pub recession_mm: f64,
    pub lateral_mm: f64,
    pub corner_radius_mm: f64,
    pub temporal_peak_mm: f64,
    pub widows_peak_mm: f64,
    pub widows_peak_half_width_mm: f64,
    pub asymmetry_mm: f64,
    pub asymmetry_width_mm: f64,
    pub tilt_deg: f64,
    pub transition_mm: f64,
    pub macro_mm: f64,
    pub micro_mm: f64,
    pub edge_opacity: f64,
}

/// Density and size of the impressions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each field is a row of engine::params, documented there"
)]
pub struct Density {
    pub per_cm2: f64,
    pub diameter_mm: f64,
    pub crispness: f64,
    pub unevenness: f64,
    pub beside: Beside,
}

/// Most of the scalp that dots may cover, per cent: shaved hair covers 7 to 14 (domain.md
/// §1.2, D), and what covers more looks painted (§7.1, C).
pub const MOST_COVERED_PERCENT: f64 = 15.0;

impl Density {
    /// Share of the scalp under dots where density is finished, per cent.
    #[must_use]
    pub fn covered_percent(&self) -> f64 {
        let dot_mm2 = core::f64::consts::FRAC_PI_4 * self.diameter_mm * self.diameter_mm;
        // Per cm² and mm² it is per cent.
        self.per_cm2 * dot_mm2
    }

    /// Whether so much is covered that it looks painted.
    #[must_use]
    pub fn is_helmet(&self) -> bool {
        self.covered_percent() > MOST_COVERED_PERCENT
    }
}

/// How many times as strong as elsewhere impressions are beside the hair that is
/// there ([`super::beside`]).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each field is a row of engine::params, documented there"
)]
pub struct Beside {
    pub right_temple: f64,
    pub right_side: f64,
    pub back: f64,
    pub left_side: f64,
    pub left_temple: f64,
}

/// The pigment and where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "each field is a row of engine::params, documented there"
)]
pub struct Shade {
    pub dilution: f64,
    pub depth_mm: f64,
    pub warmth: f64,
}
