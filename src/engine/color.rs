//! Colour spaces: 8-bit sRGB, linear light (sRGB primaries, D65), CIELAB.
//! Colour mathematics is done in linear light; a variable's name says where
//! it is not.

use std::sync::LazyLock;

use palette::{FromColor, Lab, LinSrgb, Oklab, white_point::D65};

/// Linear light, 0–1, of every 8-bit sRGB value (IEC 61966-2-1).
pub static LINEAR_FROM_SRGB8: LazyLock<[f64; 256]> =
    LazyLock::new(|| std::array::from_fn(|v| linear_from_srgb(v as f64 / 255.0)));

/// Linear light of an sRGB value, both 0–1 (IEC 61966-2-1).
#[must_use]
pub fn linear_from_srgb(encoded: f64) -> f64 {
    if encoded <= 0.040_45 {
        encoded / 12.92
    } else {
        libm::pow((encoded + 0.055) / 1.055, 2.4)
    }
}

/// sRGB value of linear light, both 0–1 (IEC 61966-2-1).
#[must_use]
pub fn srgb_from_linear(linear: f64) -> f64 {
    if linear <= 0.003_130_8 {
        linear * 12.92
    } else {
        1.055 * libm::pow(linear, 1.0 / 2.4) - 0.055
    }
}

/// Nearest 8-bit sRGB value of linear light; outside 0–1 the nearest end.
#[must_use]
pub fn srgb8_from_linear(linear: f64) -> u8 {
    // `as` saturates, and takes not-a-number to 0.
    (srgb_from_linear(linear) * 255.0 + 0.5) as u8
}

/// Linear light of an opaque 8-bit sRGB colour.
#[must_use]
pub fn linear_from_rgb8(rgb: [u8; 3]) -> [f64; 3] {
    rgb.map(|v| LINEAR_FROM_SRGB8[usize::from(v)])
}

/// Shares of red, green and blue in the luminance of sRGB (IEC 61966-2-1).
pub const LUMINANCE_SHARES: [f64; 3] = [0.2126, 0.7152, 0.0722];

/// Relative luminance Y, 0–1, of a linear colour.
#[must_use]
pub fn luminance(linear: [f64; 3]) -> f64 {
    linear
        .iter()
        .zip(LUMINANCE_SHARES)
        .map(|(v, share)| v * share)
        .sum()
}

/// CIELAB (D65) L* 0–100, a*, b* of a linear colour.
#[must_use]
#[inline(never)]
pub fn lab_from_linear(linear: [f64; 3]) -> [f64; 3] {
    let lab = Lab::<D65, f64>::from_color(LinSrgb::from(linear));
    [lab.l, lab.a, lab.b]
}

/// OKLab L 0–1, a, b of a linear colour.
#[must_use]
pub fn oklab_from_linear(linear: [f64; 3]) -> [f64; 3] {
    let lab = Oklab::<f64>::from_color(LinSrgb::from(linear));
    [lab.l, lab.a, lab.b]
}

/// Individual typology angle of skin in degrees: atan((L* − 50) / b*), above
/// 55 very light, below −30 dark (domain.md §5.1). A bluish sample, which is
/// no skin, counts as colourless: ±90.
#[must_use]
pub fn ita_deg(lab: [f64; 3]) -> f64 {
    let [l, _, b] = lab;
    libm::atan2(l - 50.0, b.max(0.0)).to_degrees()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_8_bit_value_comes_back() {
        for v in 0..=255 {
            assert_eq!(srgb8_from_linear(LINEAR_FROM_SRGB8[usize::from(v)]), v);
        }
        assert_eq!(srgb8_from_linear(7.0), 255);
        assert_eq!(srgb8_from_linear(-1.0), 0);
        assert_eq!(srgb8_from_linear(f64::NAN), 0);
    }

    /// Known pairs: white and the primaries' luminance from the standard; the
    /// Korean mean skin colour and its ITA from domain.md §5.1.
    #[test]
    fn lab_and_ita_agree_with_published_pairs() {
        let white = lab_from_linear([1.0; 3]);
        assert!(
            (white[0] - 100.0).abs() < 0.01 && white[1].abs() < 0.01 && white[2].abs() < 0.02,
            "{white:?}"
        );
        let lab = lab_from_linear(linear_from_rgb8([0xb1, 0x8e, 0x78]));
        for (found, published) in lab.iter().zip([61.7, 9.6, 17.1]) {
            assert!((found - published).abs() < 0.5, "{lab:?}");
        }
        assert!((ita_deg(lab) - 35.0).abs() < 1.5);
        assert!((luminance([1.0; 3]) - 1.0).abs() < 1e-12);
        let ok = oklab_from_linear([1.0; 3]);
        assert!((ok[0] - 1.0).abs() < 1e-3 && ok[1].abs() < 1e-3);
        for lab in [[50.0, 0.0, 0.0], [80.0, 0.0, -5.0], [0.0; 3]] {
            assert!(ita_deg(lab).abs() <= 90.0);
        }
    }
}
