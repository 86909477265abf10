//! Named designs, as clinics offer them (domain.md §3.3). A style sets every
//! number of the hairline, height and width included, so that choosing the
//! same style twice always gives the same line; the base is a height of
//! 70 mm and a temple width of 62 mm.

use serde::{Deserialize, Serialize};

use super::look::{Density, Hairline};
use super::params::ParamId;

/// A ready-made hairline design.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// Faded and slightly irregular, the natural look.
    Soft,
    /// Scattered below the line.
    Broken,
    /// Between soft and defined.
    Medium,
    /// A clear line.
    Defined,
    /// The straight line of a fresh barber's cut.
    EdgeUp,
    /// One curve without temple corners.
    Rounded,
    /// Higher, with receded temples.
    Mature,
    /// A small point in the middle.
    WidowsPeak,
}

impl Style {
    /// Every style, in the order of the picker.
    pub const ALL: [Self; 8] = [
        Self::Soft,
        Self::Broken,
        Self::Medium,
        Self::Defined,
        Self::EdgeUp,
        Self::Rounded,
        Self::Mature,
        Self::WidowsPeak,
    ];

    /// Plain name shown to people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Soft => "Soft",
            Self::Broken => "Broken",
            Self::Medium => "Medium",
            Self::Defined => "Defined",
            Self::EdgeUp => "Edge-up",
            Self::Rounded => "Rounded",
            Self::Mature => "Mature",
            Self::WidowsPeak => "Widow's peak",
        }
    }

    /// One short sentence that tells the style from the others.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Soft => "Fades in gently, with slightly receded temples.",
            Self::Broken => "Scattered impressions below an uneven line.",
            Self::Medium => "A visible line with a short fade.",
            Self::Defined => "A clear line with firm corners.",
            Self::EdgeUp => "Straight and sharp, as after a barber's line-up.",
            Self::Rounded => "One smooth curve with full temples.",
            Self::Mature => "Higher, with clearly receded temples.",
            Self::WidowsPeak => "A soft fade with a small point in the middle.",
        }
    }

    /// The style's numbers. Transition zone, waves, corners, opacity and
    /// height shifts from the table of domain.md §3.3; what that table leaves
    /// open (temples, the rounded style) is the project's own choice.
    #[must_use]
    pub fn hairline(self) -> Hairline {
        let base = Hairline {
            height_mm: 70.0,
            recession_mm: 14.0,
            lateral_mm: 62.0,
            corner_radius_mm: 20.0,
            temporal_peak_mm: 8.0,
            widows_peak_mm: 0.0,
            widows_peak_half_width_mm: 18.0,
            asymmetry_mm: 0.0,
            asymmetry_width_mm: 0.0,
            tilt_deg: 0.0,
            transition_mm: 8.0,
            macro_mm: 3.0,
            micro_mm: 1.5,
            edge_opacity: 0.8,
        };
        let edge = |transition_mm, macro_mm, micro_mm, edge_opacity, corner_radius_mm| Hairline {
            transition_mm,
            macro_mm,
            micro_mm,
            edge_opacity,
            corner_radius_mm,
            ..base
        };
        match self {
            Self::Soft => base,
            Self::Broken => Hairline {
                height_mm: 72.0,
                ..edge(12.0, 4.0, 2.5, 0.8, 20.0)
            },
            Self::Medium => edge(5.0, 2.0, 1.0, 0.9, 15.0),
            Self::Defined => edge(2.5, 0.5, 0.5, 1.0, 8.0),
            Self::EdgeUp => Hairline {
                height_mm: 68.0,
                recession_mm: 5.0,
                temporal_peak_mm: 12.0,
                ..edge(1.0, 0.0, 0.3, 1.0, 3.0)
            },
            Self::Rounded => Hairline {
                recession_mm: 4.0,
                ..edge(6.0, 2.0, 1.0, 0.85, 34.0)
            },
            // +8 mm in the middle and +18 at the temples: 10 more recession.
            Self::Mature => Hairline {
                height_mm: 78.0,
                recession_mm: 24.0,
                temporal_peak_mm: 4.0,
                ..edge(10.0, 3.0, 1.5, 0.75, 25.0)
            },
            Self::WidowsPeak => Hairline {
                widows_peak_mm: 6.0,
                ..edge(7.0, 3.0, 1.5, 0.85, 20.0)
            },
        }
    }

    /// The style's numbers for a head of that age. The mature one is as high
    /// as it becomes already.
    #[must_use]
    pub fn at_age(self, age: Age) -> Hairline {
        let mut h = self.hairline();
        if self != Self::Mature {
            age.apply(&mut h, Age::Under40);
        }
        h
    }
}

/// How old the person is: hairlines rise and their temples recede with the
/// years, and one that is too low for its age looks painted on (domain.md §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Age {
    /// Below 40, and where nobody has said: the styles' own numbers.
    #[default]
    Under40,
    /// 40 to 59.
    From40,
    /// 60 and older.
    From60,
}

impl Age {
    /// Every age, youngest first.
    pub const ALL: [Self; 3] = [Self::Under40, Self::From40, Self::From60];

    /// Plain name shown to people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Under40 => "Under 40",
            Self::From40 => "40–59",
            Self::From60 => "60+",
        }
    }

    /// By how much the middle is higher, the temples are farther behind it and
    /// the temporal peaks are shorter than in youth, mm. At the end stand the
    /// numbers of [`Style::Mature`] (domain.md §3.3); half-way is ours.
    const fn shift_mm(self) -> [f64; 3] {
        match self {
            Self::Under40 => [0.0, 0.0, 0.0],
            Self::From40 => [4.0, 5.0, 2.0],
            Self::From60 => [8.0, 10.0, 4.0],
        }
    }

    /// Makes a design for somebody of age `from` one for this age. The numbers
    /// may leave their bounds.
    pub fn apply(self, h: &mut Hairline, from: Self) {
        let ([height, recession, peak], was) = (self.shift_mm(), from.shift_mm());
        h.height_mm += height - was[0];
        h.recession_mm += recession - was[1];
        h.temporal_peak_mm -= peak - was[2];
    }
}

/// The style whose numbers for that age `h` holds, if it is still exactly one
/// of them.
#[must_use]
pub fn matching(h: &Hairline, age: Age) -> Option<Style> {
    let mut all = Style::ALL.into_iter();
    all.find(|style| style.at_age(age) == *h)
}

/// Two ways of working (domain.md §1.1): very small impressions, close together,
/// or larger ones with skin between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum School {
    FineAndDusty,
    Spaced,
}

/// Diameter, mm, and crispness of each school. The spaced one's are the usual
/// ones; the dusty one's a sixth smaller, and so faint that single ones are hardly
/// seen: as many of them as the slider has cover what the usual plan does.
const SCHOOLS: [(School, f64, f64); 2] = [
    (School::FineAndDusty, 0.25, 0.2),
    (School::Spaced, 0.30, 0.35),
];

impl School {
    /// Both, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::FineAndDusty, Self::Spaced];

    /// What clinics call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FineAndDusty => "Fine and dusty",
            Self::Spaced => "Spaced impressions",
        }
    }

    fn numbers(self) -> (f64, f64) {
        let found = SCHOOLS.iter().find(|(school, ..)| *school == self);
        let [_, (_, diameter_mm, crispness)] = SCHOOLS;
        found.map_or((diameter_mm, crispness), |(_, d, c)| (*d, *c))
    }

    /// Changes size and crispness to this school's, and the density so that as
    /// much of the skin is covered as before.
    pub fn apply(self, density: &mut Density) {
        let before = density.diameter_mm;
        (density.diameter_mm, density.crispness) = self.numbers();
        let more = before / density.diameter_mm;
        let row = ParamId::DensityPerCm2.row();
        density.per_cm2 = row.on_step(density.per_cm2 * more * more);
    }

    /// Whether a density is of this school.
    #[must_use]
    pub fn is_of(self, density: &Density) -> bool {
        (density.diameter_mm, density.crispness) == self.numbers()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::look::Look;

    #[test]
    fn every_style_is_within_bounds_and_told_apart() {
        for style in Style::ALL {
            for age in Age::ALL {
                let look = Look {
                    hairline: style.at_age(age),
                    ..Look::default()
                };
                assert_eq!(look.clamped(), look, "{style:?} {age:?}");
                assert_eq!(matching(&look.hairline, age), Some(style));
            }
        }
        let first = matching(&Hairline::default(), Age::default());
        assert_eq!(first, Some(Style::Soft));
    }

    #[test]
    fn no_age_gets_a_lower_or_straighter_line_than_a_younger_one() {
        for style in Style::ALL {
            let designs = Age::ALL.map(|age| style.at_age(age));
            for pair in designs.windows(2) {
                assert!(pair[1].height_mm >= pair[0].height_mm, "{style:?}");
                assert!(pair[1].recession_mm >= pair[0].recession_mm, "{style:?}");
            }
            assert_eq!(style.at_age(Age::Under40), style.hairline());
        }
        // There and back.
        let mut h = Style::Broken.at_age(Age::From60);
        Age::From40.apply(&mut h, Age::From60);
        assert_eq!(h, Style::Broken.at_age(Age::From40));
    }

    #[test]
    fn a_changed_number_is_no_style() {
        let mut h = Style::Medium.hairline();
        h.micro_mm += 0.1;
        assert_eq!(matching(&h, Age::Under40), None);
        assert_eq!(matching(&Style::Soft.hairline(), Age::From60), None);
    }

    #[test]
    fn names_and_sentences_are_different_and_short() {
        for (i, one) in Style::ALL.into_iter().enumerate() {
            assert!(
                one.describe().ends_with('.') && one.describe().len() < 60,
                "{one:?}"
            );
            for other in Style::ALL.into_iter().skip(i + 1) {
                assert_ne!(one.name(), other.name());
                assert_ne!(one.describe(), other.describe());
            }
        }
    }
}
