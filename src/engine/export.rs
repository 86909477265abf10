//! From a picture to what leaves the app: one picture or two side by side,
//! always with the line that says what it is.

use super::caption::{burn_notice, side_by_side};
use super::image::Photo;
use super::life::Moment;

/// What an export shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// The treated picture.
    After,
    /// Original left, treated right.
    BeforeAfter,
}

/// Both pictures in the asked layout, with the notice and the moment that they show
/// burnt in. Two pictures of different sizes cannot stand side by side; then the
/// treated one stands alone.
#[must_use]
pub fn compose(before: &Photo, after: Photo, layout: Layout, moment: &Moment) -> Photo {
    let mut picture = match layout {
        Layout::After => after,
        Layout::BeforeAfter => side_by_side(before, &after).unwrap_or(after),
    };
    burn_notice(&mut picture, moment);
    picture
}
