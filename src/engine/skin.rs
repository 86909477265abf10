//! Classes of skin and hair colour, in the words people use for them.

use super::color::{ita_deg, lab_from_linear, linear_from_rgb8, luminance};

/// Class of skin by its individual typology angle (domain.md §5.1), lightest
/// first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum SkinClass {
    VeryLight,
    Light,
    Intermediate,
    Tan,
    Brown,
    Dark,
}

/// Each class's least typology angle, degrees, and a usual colour of it, sRGB
/// (both domain.md §5.1).
const CLASSES: [(SkinClass, f64, [u8; 3]); 6] = [
    (SkinClass::VeryLight, 55.0, [0xcf, 0xb1, 0x9d]),
    (SkinClass::Light, 41.0, [0xc0, 0x9f, 0x89]),
    (SkinClass::Intermediate, 28.0, [0xb4, 0x8e, 0x77]),
    (SkinClass::Tan, 10.0, [0xa7, 0x7f, 0x67]),
    (SkinClass::Brown, -30.0, [0x8c, 0x67, 0x54]),
    (SkinClass::Dark, f64::NEG_INFINITY, [0x70, 0x53, 0x47]),
];

impl SkinClass {
    /// All classes, lightest first.
    pub const ALL: [Self; 6] = [
        Self::VeryLight,
        Self::Light,
        Self::Intermediate,
        Self::Tan,
        Self::Brown,
        Self::Dark,
    ];

    /// The class of a linear-light colour; not-a-number counts as dark.
    #[must_use]
    pub fn of(skin_linear: [f64; 3]) -> Self {
        let ita = ita_deg(lab_from_linear(skin_linear));
        let class = CLASSES.iter().find(|(_, least, _)| ita > *least);
        class.map_or(Self::Dark, |(class, ..)| *class)
    }

    /// Its name, as dermatology has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::VeryLight => "Very light",
            Self::Light => "Light",
            Self::Intermediate => "Intermediate",
            Self::Tan => "Tan",
            Self::Brown => "Brown",
            Self::Dark => "Dark",
        }
    }

    /// A usual colour of it, linear light.
    #[must_use]
    pub fn usual_linear(self) -> [f64; 3] {
        let [.., (_, _, dark)] = CLASSES;
        let class = CLASSES.iter().find(|(class, ..)| *class == self);
        linear_from_rgb8(class.map_or(dark, |(_, _, rgb)| *rgb))
    }

    /// The photo's light by the skin in it, if that is of this class: factors
    /// that take a linear-light colour of the photo to what it would be in
    /// daylight. Where the skin looks like this class already, only the hue is
    /// set right, not the brightness.
    #[must_use]
    pub fn daylight(self, skin_linear: [f64; 3]) -> [f64; 3] {
        let usual = self.usual_linear();
        let (seen, wanted) = (luminance(skin_linear), luminance(usual));
        let factors: [f64; 3] = std::array::from_fn(|i| usual[i] / skin_linear[i]);
        // Black and not-a-number tell nothing.
        if factors.iter().any(|f| !(0.01..100.0).contains(f)) {
            return [1.0; 3];
        }
        let as_bright = if Self::of(skin_linear) == self {
            seen / wanted
        } else {
            1.0
        };
        factors.map(|f| f * as_bright)
    }
}

/// Chroma below which hair looks grey. Brown hair as dark as greying hair has
/// 8 and more; ours, no table of it was found (domain.md §5.3).
const GREY_CHROMA: f64 = 6.0;
/// Chroma from which light brown hair passes for red. Ours.
const RED_CHROMA: f64 = 30.0;

/// What people call hair of this linear-light colour; the bands of L* are those
/// of [`super::matching`].
#[must_use]
pub fn hair_name(hair_linear: [f64; 3]) -> &'static str {
    let [l, a, b] = lab_from_linear(hair_linear);
    let chroma = (a * a + b * b).sqrt();
    let red = chroma >= RED_CHROMA && a > 0.6 * b;
    if l < 14.0 {
        "Black"
    } else if chroma < GREY_CHROMA && l >= 30.0 {
        if l >= 66.0 { "White" } else { "Grey" }
    } else if l < 24.0 {
        "Dark brown"
    } else if red {
        "Red"
    } else if l < 37.0 {
        "Brown"
    } else if l < 55.0 {
        "Light brown"
    } else {
        "Blond"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: [f64; 3], b: [f64; 3]) -> bool {
        a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9)
    }

    #[test]
    fn every_usual_colour_is_of_its_class() {
        for class in SkinClass::ALL {
            let usual = class.usual_linear();
            assert_eq!(SkinClass::of(usual), class);
            assert!(near(class.daylight(usual), [1.0; 3]));
        }
        assert_eq!(SkinClass::of([f64::NAN; 3]), SkinClass::Dark);
        for nothing in [[f64::NAN; 3], [0.0; 3], [f64::INFINITY, 0.2, 0.2]] {
            assert_eq!(SkinClass::Light.daylight(nothing), [1.0; 3]);
        }
    }

    #[test]
    fn half_the_light_is_found_missing_by_the_class_somebody_knows() {
        let dim = SkinClass::Light.usual_linear().map(|v| 0.4 * v);
        assert_ne!(SkinClass::of(dim), SkinClass::Light);
        assert!(near(SkinClass::Light.daylight(dim), [2.5; 3]));
    }

    #[test]
    fn warm_light_makes_no_red_hair() {
        // As over the sample portrait's skin.
        let lamp = [1.7, 1.0, 0.8];
        let lit = |colour: [f64; 3]| -> [f64; 3] { std::array::from_fn(|i| colour[i] * lamp[i]) };
        let brown = linear_from_rgb8([0x60, 0x42, 0x31]);
        let skin = lit(SkinClass::Intermediate.usual_linear());
        let seen = lit(brown);
        assert_eq!(hair_name(seen), "Red");
        let class = SkinClass::of(skin);
        let factors = class.daylight(skin);
        let daylight = std::array::from_fn(|i| seen[i] * factors[i]);
        assert_eq!(hair_name(daylight), "Brown", "{class:?}");
        let balanced = luminance(std::array::from_fn(|i| skin[i] * factors[i]));
        assert!(
            (balanced / luminance(skin) - 1.0).abs() < 1e-9,
            "no brighter"
        );
    }

    #[test]
    fn hair_has_the_name_people_give_it() {
        let named = [
            ("Black", [0x1c, 0x19, 0x18]),
            ("Dark brown", [0x37, 0x2a, 0x22]),
            ("Brown", [0x4f, 0x3b, 0x2c]),
            ("Light brown", [0x7c, 0x60, 0x48]),
            ("Grey", [0x70, 0x70, 0x70]),
            ("Blond", [0xb0, 0x92, 0x68]),
            ("White", [0xd8, 0xd8, 0xd6]),
            ("Red", [0x8a, 0x3f, 0x22]),
        ];
        for (name, rgb) in named {
            assert_eq!(hair_name(linear_from_rgb8(rgb)), name, "{rgb:?}");
        }
    }
}
