//! What an experienced practitioner would say about a plan before anybody is
//! treated: the mistakes that people fear, each with the number that betrays it.
//!
//! | warning | raised where | source, grade |
//! |---|---|---|
//! | too low | the hairline's middle is less than 55 mm above the brow line | domain.md §3.3, D |
//! | too straight | the edge is less than 2 mm deep, on light skin | §3.3, D |
//! | uneven | a temple is 5 mm deeper or wider than the other | §3.3, D |
//! | too dark | an impression is more than 12 L* darker than the brows, hair and the skin between | §3.3, D |
//! | helmet | dots cover more than 15 % of the scalp | §7.1, C; stubble 7 to 14 %, §1.2, D |
//! | temples | they recede less than usual for the age | §3.2 to 3.3; the bounds are ours |

use super::color::lab_from_linear;
use super::look::{Density, Hairline, Look, MOST_COVERED_PERCENT, Shade};
use super::shade::darkening;
use super::skin::SkinClass;
use super::styles::Age;
use super::zones::Zone;

/// Lowest middle of a hairline, mm above the brow line.
const LOWEST_MM: f64 = 55.0;
/// Least depth of a hairline's edge on light skin, mm.
const SHARPEST_MM: f64 = 2.0;
/// Most difference between the temples, mm.
const UNEVEN_MM: f64 = 5.0;
/// How much darker than the brows an impression may be, L*.
const DARKER_L: f64 = 12.0;
/// Brows as people see them are hairs and the skin between: how far they lie from their
/// darkest hairs, by which a photo is read, towards the skin. The median of the 32 faces
/// of this project's photos whose brows could be read; 0.26 to 0.9.
const BROW_SHARE: f64 = 0.43;
/// Least recession of the temples from 40 and from 60 years on, mm.
const TEMPLES_MM: [f64; 2] = [8.0, 12.0];
/// The same with what is left of hair in Norwood V and more: closed temples over a
/// low wreath look like a lid. Ours.
const FAR_RECEDED_MM: f64 = 12.0;

/// What is wrong with a plan, and by how much.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Warning {
    /// The hairline's middle, mm above the brow line.
    TooLow(f64),
    /// The depth of its edge, mm.
    TooStraight(f64),
    /// How much deeper or wider one temple is than the other, mm.
    Uneven(f64),
    /// How much darker than the brows an impression is, L*.
    TooDark(f64),
    /// Share of the scalp under dots, per cent.
    Helmet(f64),
    /// How far the temples recede, mm, and the age or the class that they do not
    /// suit.
    Temples(f64, &'static str),
}

/// How many warnings there are.
pub const KINDS: usize = 6;

/// What the photo shows of a person, linear light; none where nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Person {
    /// Their skin.
    pub skin: Option<[f64; 3]>,
    /// The darkest hairs of their brows, or other hair.
    pub hair: Option<[f64; 3]>,
}

/// What is wrong with a look for a person of that age, each kind in its own place.
#[must_use]
pub fn warnings(look: &Look, age: Age, person: &Person) -> [Option<Warning>; KINDS] {
    let line = &look.hairline;
    let low_mm = line.height_mm - line.widows_peak_mm;
    let uneven_mm = line.asymmetry_mm.abs().max(line.asymmetry_width_mm.abs());
    let percent = look.density.covered_percent();
    let darker = darker_than_brows(&look.shade, person);
    let (least_mm, of) = match age {
        _ if look.zone.is_far_receded() => (FAR_RECEDED_MM, look.zone.name()),
        Age::Under40 => (0.0, ""),
        Age::From40 => (TEMPLES_MM[0], age.name()),
        Age::From60 => (TEMPLES_MM[1], age.name()),
    };
    let raised = |is: bool, warning: Warning| is.then_some(warning);
    [
        raised(low_mm < LOWEST_MM, Warning::TooLow(low_mm)),
        raised(
            line.transition_mm < SHARPEST_MM && is_light(person),
            Warning::TooStraight(line.transition_mm),
        ),
        raised(uneven_mm > UNEVEN_MM, Warning::Uneven(uneven_mm)),
        darker
            .filter(|darker| *darker > DARKER_L)
            .map(Warning::TooDark),
        raised(look.density.is_helmet(), Warning::Helmet(percent)),
        raised(
            line.recession_mm < least_mm,
            Warning::Temples(line.recession_mm, of),
        ),
    ]
}

/// Whether somebody's skin is of the classes on which a hard edge shows at once;
/// where nobody knows it may be.
fn is_light(person: &Person) -> bool {
    person.skin.is_none_or(|skin| {
        matches!(
            SkinClass::of(skin),
            SkinClass::VeryLight | SkinClass::Light | SkinClass::Intermediate
        )
    })
}

/// How much darker than their brows one impression on somebody's skin is, L*.
fn darker_than_brows(shade: &Shade, person: &Person) -> Option<f64> {
    let (skin, hair) = person.skin.zip(person.hair)?;
    let k = darkening(shade).dots;
    let [impression, ..] = lab_from_linear(std::array::from_fn(|i| skin[i] * (1.0 - k[i])));
    let [[skin, ..], [hair, ..]] = [skin, hair].map(lab_from_linear);
    let brows = hair + BROW_SHARE * (skin - hair).max(0.0);
    Some(brows - impression)
}

impl Warning {
    /// In plain words, with the number and what to do.
    #[must_use]
    pub fn text(self) -> String {
        // Whole numbers: `as` saturates.
        let whole = |v: f64| v.round() as i32;
        match self {
            Self::TooLow(mm) => format!(
                "Too low: the hairline stands {} mm above the brow line. Below {} mm it looks drawn on, more so with the years.",
                whole(mm),
                whole(LOWEST_MM)
            ),
            Self::TooStraight(mm) => format!(
                "Too sharp: the edge is {} mm deep. Below {} mm it looks like a stencil on light skin. Make it softer.",
                whole(mm),
                whole(SHARPEST_MM)
            ),
            Self::Uneven(mm) => format!(
                "Uneven: one temple lies {} mm farther than the other. Beyond {} mm people see it.",
                whole(mm),
                whole(UNEVEN_MM)
            ),
            Self::TooDark(l) => format!(
                "Too dark: an impression is {} steps of lightness darker than the brows. Beyond {} it does not look like own hair. Use a higher dilution.",
                whole(l),
                whole(DARKER_L)
            ),
            Self::Helmet(percent) => format!(
                "Helmet: dots cover {} % of the scalp. Shaved hair covers 7 to 14 %, and beyond {} % it looks painted. Lower the density or the size.",
                whole(percent),
                whole(MOST_COVERED_PERCENT)
            ),
            Self::Temples(mm, of) => format!(
                "Young temples: they recede {} mm, less than usual for {of}. With a low front they look like a lid.",
                whole(mm)
            ),
        }
    }
}

/// The same plan done badly: low, straight and hard, too many large dots of pigment
/// that is too dark and lies too deep. To be shown beside a good one, never offered.
#[must_use]
pub fn bad_job(look: &Look) -> Look {
    Look {
        hairline: Hairline {
            height_mm: 50.0,
            recession_mm: 0.0,
            corner_radius_mm: 3.0,
            temporal_peak_mm: 0.0,
            widows_peak_mm: 0.0,
            transition_mm: 0.0,
            macro_mm: 0.0,
            micro_mm: 0.0,
            edge_opacity: 1.0,
            ..look.hairline
        },
        zone: Zone::FullHead,
        density: Density {
            per_cm2: 220.0,
            diameter_mm: 0.5,
            crispness: 0.5,
            ..look.density
        },
        shade: Shade {
            dilution: 10.0,
            depth_mm: 0.35,
            warmth: 0.0,
        },
        ..*look
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::color::linear_from_rgb8;
    use crate::engine::params::ROWS;
    use crate::engine::styles::Style;

    const YOUNG: Age = Age::Under40;

    fn raised(look: &Look, age: Age, person: &Person) -> Vec<Warning> {
        warnings(look, age, person).into_iter().flatten().collect()
    }

    fn changed(change: impl FnOnce(&mut Look)) -> Vec<Warning> {
        let mut look = Look::default();
        change(&mut look);
        raised(&look, YOUNG, &Person::default())
    }

    #[test]
    fn the_usual_plan_and_the_styles_raise_none_but_the_edge_up() {
        assert_eq!(changed(|_| {}), []);
        for style in Style::ALL {
            let found = changed(|look| look.hairline = style.hairline());
            assert_eq!(
                found.is_empty(),
                style != Style::EdgeUp,
                "{style:?}: {found:?}"
            );
        }
    }

    #[test]
    fn each_is_raised_beyond_its_bound_and_not_within() {
        assert_eq!(
            changed(|look| look.hairline.height_mm = 54.0),
            [Warning::TooLow(54.0)]
        );
        assert_eq!(changed(|look| look.hairline.height_mm = 55.0), []);
        let peak =
            changed(|look| (look.hairline.height_mm, look.hairline.widows_peak_mm) = (60.0, 6.0));
        assert_eq!(peak, [Warning::TooLow(54.0)]);
        assert_eq!(
            changed(|look| look.hairline.transition_mm = 1.5),
            [Warning::TooStraight(1.5)]
        );
        assert_eq!(changed(|look| look.hairline.transition_mm = 2.0), []);
        assert_eq!(
            changed(|look| look.hairline.asymmetry_mm = -6.0),
            [Warning::Uneven(6.0)]
        );
        assert_eq!(
            changed(|look| look.hairline.asymmetry_width_mm = 5.5),
            [Warning::Uneven(5.5)]
        );
        assert_eq!(changed(|look| look.hairline.asymmetry_mm = 5.0), []);
        let [Warning::Helmet(percent)] = changed(|look| look.density.per_cm2 = 220.0)[..] else {
            panic!("one warning")
        };
        assert!((percent - 15.55).abs() < 0.01);
        assert_eq!(changed(|look| look.density.per_cm2 = 210.0), []);
    }

    #[test]
    fn skin_hair_and_age_count() {
        let sharp = |skin: SkinClass| {
            let mut look = Look::default();
            look.hairline.transition_mm = 1.0;
            let person = Person {
                skin: Some(skin.usual_linear()),
                hair: None,
            };
            raised(&look, YOUNG, &person).len()
        };
        assert_eq!(SkinClass::ALL.map(sharp), [1, 1, 1, 0, 0, 0]);

        let skin = Some(SkinClass::Light.usual_linear());
        let dark = |dilution: f64, hair: [u8; 3]| {
            let mut look = Look::default();
            (look.shade.dilution, look.shade.depth_mm) = (dilution, 0.02);
            let hair = Some(linear_from_rgb8(hair));
            raised(&look, YOUNG, &Person { skin, hair })
        };
        assert!(matches!(dark(10.0, [0xb0, 0x92, 0x68])[..], [Warning::TooDark(l)] if l > 12.0));
        assert_eq!(dark(60.0, [0xb0, 0x92, 0x68]), []);
        assert_eq!(dark(10.0, [0x2a, 0x20, 0x1c]), []);
        // Light brown ones, too, are lighter than the darkest pigment.
        assert!(matches!(dark(10.0, [0x90, 0x60, 0x42])[..], [Warning::TooDark(l)] if l < 20.0));
        assert_eq!(dark(30.0, [0x90, 0x60, 0x42]), []);

        let temples = |recession_mm: f64, age: Age| {
            let mut look = Look::default();
            look.hairline.recession_mm = recession_mm;
            raised(&look, age, &Person::default())
        };
        assert_eq!(temples(5.0, YOUNG), []);
        assert_eq!(
            temples(5.0, Age::From40),
            [Warning::Temples(5.0, Age::From40.name())]
        );
        assert_eq!(temples(8.0, Age::From40), []);
        assert_eq!(
            temples(11.0, Age::From60),
            [Warning::Temples(11.0, Age::From60.name())]
        );
    }

    #[test]
    fn a_bad_job_is_all_that_people_fear_and_still_a_look() {
        let bad = bad_job(&Look::default());
        let skin = Some(SkinClass::Light.usual_linear());
        let hair = Some(linear_from_rgb8([0x7c, 0x60, 0x48]));
        let found = raised(&bad, Age::From40, &Person { skin, hair });
        let is = |kind: fn(&Warning) -> bool| found.iter().any(kind);
        assert!(
            is(|w| matches!(w, Warning::TooLow(_))) && is(|w| matches!(w, Warning::TooStraight(_)))
        );
        assert!(
            is(|w| matches!(w, Warning::Helmet(_))) && is(|w| matches!(w, Warning::Temples(..)))
        );
        for row in ROWS {
            assert_eq!(row.clamp(row.id.get(&bad)), row.id.get(&bad), "{row:?}");
        }
    }

    #[test]
    fn every_text_names_its_number() {
        for (warning, number) in [
            (Warning::TooLow(48.4), "48 mm"),
            (Warning::TooStraight(1.2), "1 mm"),
            (Warning::Uneven(7.0), "7 mm"),
            (Warning::TooDark(14.0), "14 steps"),
            (Warning::Helmet(18.2), "18 %"),
            (Warning::Temples(3.0, "Norwood VI"), "3 mm"),
        ] {
            assert!(warning.text().contains(number), "{warning:?}");
        }
    }
}
