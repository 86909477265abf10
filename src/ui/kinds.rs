//! The kinds of things the page's state speaks of.

use crate::engine::handles::HandleId;

/// How far the page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// No photo yet.
    Empty,
    /// The first photo is being opened.
    Loading,
    /// A photo is on the stage.
    Ready,
}

/// How far finding the face is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// Nothing was asked, or the person places the head.
    ByHand,
    /// Under way.
    Looking,
    /// The head stands where the face told.
    Found,
    /// The photo shows no face.
    NoFace,
    /// The models could not be had, or failed.
    Failed,
}

/// The steps, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Tab {
    Place,
    Hairline,
    Density,
    Shade,
    Brush,
    Time,
    Save,
}

impl Tab {
    /// All steps.
    pub const ALL: [Self; 7] = [
        Self::Place,
        Self::Hairline,
        Self::Density,
        Self::Shade,
        Self::Brush,
        Self::Time,
        Self::Save,
    ];

    /// The step's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Place => "Place",
            Self::Hairline => "Hairline",
            Self::Density => "Density",
            Self::Shade => "Shade",
            Self::Brush => "Brush",
            Self::Time => "Time",
            Self::Save => "Save",
        }
    }
}

/// A marker of the placement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum MarkerId {
    RightPupil,
    LeftPupil,
    Chin,
    Top,
    RightSide,
    LeftSide,
    Centre,
    Width,
    Height,
    Ear,
    LengthFrom,
    LengthTo,
}

/// Which colour is being picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Picking {
    Skin,
    Hair,
    Stubble,
}

/// What the next tap on the photo does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum TapTarget {
    Marker(MarkerId),
    Handle(HandleId),
    Colour(Picking),
}
