//! Every number a user can change has one row here: what it is, its unit,
//! bounds, step and default. The row feeds the clamp, the slider, the plan
//! file's check and the test generator (invariant 5).

use super::look::{Beside, Density, Hairline, Look, Shade};
use super::zones::Zone;

/// One adjustable quantity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// Which quantity this row describes.
    pub id: ParamId,
    /// Plain name shown to people.
    pub what: &'static str,
    /// Unit shown after the number; empty where the number has none.
    pub unit: &'static str,
    /// Smallest value, inclusive.
    pub min: f64,
    /// Largest value, inclusive.
    pub max: f64,
    /// Slider and arrow-key step.
    pub step: f64,
    /// Value of a new plan.
    pub default: f64,
}

impl Row {
    /// `value` brought into the row's range; not-a-number becomes the default.
    #[must_use]
    pub fn clamp(&self, value: f64) -> f64 {
        if value.is_nan() {
            self.default
        } else {
            // Not `clamp`, whose message would bring the writing of numbers along.
            value.max(self.min).min(self.max)
        }
    }
}

impl Row {
    /// The nearest value the slider can stand at; not-a-number becomes the
    /// default.
    #[must_use]
    pub fn on_step(&self, value: f64) -> f64 {
        let value = self.clamp(value);
        // Counting steps from the bound, then trimming the sum's last digits.
        let stepped = self.min + ((value - self.min) / self.step).round() * self.step;
        self.clamp((stepped * 1e6).round() / 1e6)
    }
}

macro_rules! params {
    ($($(#[$doc:meta])* $id:ident, $($field:ident).+, $what:literal, $unit:literal, $min:literal ..= $max:literal, $step:literal, $default:literal;)+) => {
        /// Names every adjustable quantity of a [`Look`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ParamId { $($(#[$doc])* $id),+ }

        /// The one table of adjustable quantities, in the order of the panel.
        pub const ROWS: &[Row] = &[$(Row { id: ParamId::$id, what: $what, unit: $unit, min: $min, max: $max, step: $step, default: $default }),+];

        impl ParamId {
            /// The quantity's value in `look`.
            #[must_use]
            pub fn get(self, look: &Look) -> f64 {
                match self { $(ParamId::$id => look.$($field).+),+ }
            }
            /// Sets the quantity in `look`, clamped to its row.
            pub fn set(self, look: &mut Look, value: f64) {
                let value = self.row().clamp(value);
                match self { $(ParamId::$id => look.$($field).+ = value),+ }
            }
        }
    };
}

// Sources: reference/domain.md §0 (defaults and ranges), §2.3 (transition
// zone, irregularity), §3.2–3.3 (shape and styles). Rows without a published
// range are the project's own choice (grade D there).
params! {
    /// Skin distance from the glabella to the middle of the hairline.
    HeightMm, hairline.height_mm, "Height", "mm", 45.0..=110.0, 1.0, 70.0;
    /// How far behind the middle the frontotemporal point lies.
    RecessionMm, hairline.recession_mm, "Temple recession", "mm", 0.0..=45.0, 1.0, 14.0;
    /// Skin distance from the midline to the frontotemporal point.
    LateralMm, hairline.lateral_mm, "Temple width", "mm", 40.0..=85.0, 1.0, 62.0;
    /// Rounding radius of the frontotemporal corner.
    CornerRadiusMm, hairline.corner_radius_mm, "Corner rounding", "mm", 1.0..=40.0, 1.0, 20.0;
    /// How far the temporal peak points forward of the plain temple line.
    TemporalPeakMm, hairline.temporal_peak_mm, "Temporal peak", "mm", 0.0..=25.0, 1.0, 8.0;
    /// How far the widow's peak drops below the line.
    WidowsPeakMm, hairline.widows_peak_mm, "Widow's peak", "mm", 0.0..=15.0, 0.5, 0.0;
    /// Half the width of the widow's peak.
    WidowsPeakHalfWidthMm, hairline.widows_peak_half_width_mm, "Widow's peak width", "mm", 8.0..=30.0, 1.0, 18.0;
    /// Left temple's recession minus the right's.
    AsymmetryMm, hairline.asymmetry_mm, "Left deeper than right", "mm", -15.0..=15.0, 0.5, 0.0;
    /// Left temple's width minus the right's.
    AsymmetryWidthMm, hairline.asymmetry_width_mm, "Left wider than right", "mm", -15.0..=15.0, 0.5, 0.0;
    /// Rotation of the front line; positive raises the person's left.
    TiltDeg, hairline.tilt_deg, "Tilt", "°", -6.0..=6.0, 0.5, 0.0;
    /// Depth of the transition zone, where density ramps up.
    TransitionMm, hairline.transition_mm, "Softer edge", "mm", 0.0..=15.0, 0.5, 8.0;
    /// Amplitude of the large waves of the line (period 25–40 mm).
    MacroMm, hairline.macro_mm, "Large waves", "mm", 0.0..=6.0, 0.1, 3.0;
    /// Amplitude of the small waves of the line (period 4–8 mm).
    MicroMm, hairline.micro_mm, "Small irregularity", "mm", 0.0..=4.0, 0.1, 1.5;
    /// Opacity of the outermost impressions, as a share of full.
    EdgeOpacity, hairline.edge_opacity, "Edge strength", "", 0.4..=1.0, 0.05, 0.8;
    /// Finished density of impressions behind the hairline.
    DensityPerCm2, density.per_cm2, "Density", "/cm²", 20.0..=250.0, 1.0, 180.0;
    /// Visible diameter of a healed impression.
    DiameterMm, density.diameter_mm, "Impression size", "mm", 0.10..=0.60, 0.01, 0.30;
    /// Coverage in the middle of an impression's dot: low where it has healed
    /// and softened into the skin, high where it is fresh.
    Crispness, density.crispness, "Crispness", "", 0.05..=1.0, 0.05, 0.35;
    /// How much darker and lighter places a few millimetres apart are, as shaved
    /// hair has them; the root mean square is three fifths of it.
    Unevenness, density.unevenness, "Unevenness", "", 0.0..=1.0, 0.05, 0.10;
    /// How many times as strong impressions are beside the right temple's hair.
    BesideRightTemple, density.beside.right_temple, "Beside right temple", "×", 0.5..=2.0, 0.05, 1.0;
    /// The like above the right ear.
    BesideRightSide, density.beside.right_side, "Beside right side", "×", 0.5..=2.0, 0.05, 1.0;
    /// The like at the back of the head.
    BesideBack, density.beside.back, "Beside back", "×", 0.5..=2.0, 0.05, 1.0;
    /// The like above the left ear.
    BesideLeftSide, density.beside.left_side, "Beside left side", "×", 0.5..=2.0, 0.05, 1.0;
    /// The like of the left temple.
    BesideLeftTemple, density.beside.left_temple, "Beside left temple", "×", 0.5..=2.0, 0.05, 1.0;
    /// Millilitres of water to one of pigment: smaller is darker.
    Dilution, shade.dilution, "Dilution 1 :", "", 10.0..=60.0, 1.0, 20.0;
    /// Dermis above the pigment: shallow is darker and warmer, deep is bluer.
    DepthMm, shade.depth_mm, "Depth", "mm", 0.02..=0.50, 0.01, 0.05;
    /// Warm pigment, 0 plain carbon to 1 warmed.
    Warmth, shade.warmth, "Warmth", "", 0.0..=1.0, 0.05, 0.6;
}

impl ParamId {
    /// This quantity's row of the table.
    #[must_use]
    pub fn row(self) -> &'static Row {
        // The macro writes enum and table in the same order.
        &ROWS[self as usize]
    }
}

impl Default for Look {
    fn default() -> Self {
        let mut look = Self {
            hairline: UNSET,
            zone: Zone::default(),
            density: Density {
                per_cm2: 0.0,
                diameter_mm: 0.0,
                crispness: 0.0,
                unevenness: 0.0,
                beside: Beside {
                    right_temple: 0.0,
                    right_side: 0.0,
                    back: 0.0,
                    left_side: 0.0,
                    left_temple: 0.0,
                },
            },
            shade: Shade {
                dilution: 0.0,
                depth_mm: 0.0,
                warmth: 0.0,
            },
            seed: 1,
        };
        for row in ROWS {
            row.id.set(&mut look, row.default);
        }
        look
    }
}

impl Default for Hairline {
    fn default() -> Self {
        Look::default().hairline
    }
}
impl Default for Density {
    fn default() -> Self {
        Look::default().density
    }
}
impl Default for Beside {
    fn default() -> Self {
        Look::default().density.beside
    }
}
impl Default for Shade {
    fn default() -> Self {
        Look::default().shade
    }
}

/// A hairline of no numbers, filled from the table below.
const UNSET: Hairline = Hairline {
    height_mm: 0.0,
    recession_mm: 0.0,
    lateral_mm: 0.0,
    corner_radius_mm: 0.0,
    temporal_peak_mm: 0.0,
    widows_peak_mm: 0.0,
    widows_peak_half_width_mm: 0.0,
    asymmetry_mm: 0.0,
    asymmetry_width_mm: 0.0,
    tilt_deg: 0.0,
    transition_mm: 0.0,
    macro_mm: 0.0,
    micro_mm: 0.0,
    edge_opacity: 0.0,
};

impl Look {
    /// The same look with every number inside its row's bounds; not-a-number
    /// becomes the default.
    #[must_use]
    pub fn clamped(mut self) -> Self {
        for row in ROWS {
            let value = row.id.get(&self);
            row.id.set(&mut self, value);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_their_ids_and_hold_their_defaults() {
        let look = Look::default();
        for (index, row) in ROWS.iter().enumerate() {
            assert_eq!(row.id as usize, index, "{row:?}");
            assert!(row.min < row.max && row.step > 0.0, "{row:?}");
            assert!((row.min..=row.max).contains(&row.default), "{row:?}");
            assert_eq!(row.id.get(&look), row.default, "{row:?}");
        }
    }

    #[test]
    fn set_clamps_and_survives_not_a_number() {
        for row in ROWS {
            let mut look = Look::default();
            row.id.set(&mut look, f64::INFINITY);
            assert_eq!(row.id.get(&look), row.max, "{row:?}");
            row.id.set(&mut look, f64::NAN);
            assert_eq!(row.id.get(&look), row.default, "{row:?}");
        }
    }
}
