//! Numbers as text, by the browser: Rust's own way of writing them would be 3 %
//! of the page.

use js_sys::Number;

/// A number with so many digits after the point, at most 20.
pub(super) fn fixed(value: f64, digits: u8) -> String {
    // Refused are more digits alone.
    let text = Number::from(value).to_fixed(digits);
    text.map(String::from).unwrap_or_default()
}

/// A number with as many digits as it needs.
pub(super) fn shortest(value: f64) -> String {
    // Refused are radixes beyond 36 alone.
    let text = Number::from(value).to_string_with_radix(10);
    text.map(String::from).unwrap_or_default()
}

/// A CSS length of so many pixels.
pub(super) fn px(value: f64) -> String {
    fixed(value, 1) + "px"
}
