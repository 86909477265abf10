//! Why the engine could not do what it was asked.

/// Everything that can go wrong in the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The markers do not describe a head.
    #[error("the head cannot be placed: {0}")]
    BadPlacement(#[from] BadPlacement),
    /// The photo has no pixels, or more than the engine takes.
    #[error("a photo of {width} × {height} pixels cannot be used")]
    Size {
        /// Width, px.
        width: u32,
        /// Height, px.
        height: u32,
    },
}

/// What is wrong with a placement; the page says it in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPlacement {
    /// A coordinate, size or angle is not a finite number.
    #[error("a marker has no place")]
    NotANumber,
    /// A marker lies several photo lengths outside the photo, or an angle is
    /// beyond its range.
    #[error("a marker lies far outside the photo")]
    OutOfReach,
    /// The two pupil markers lie on one another.
    #[error("the two pupil markers lie on one another")]
    PupilsTogether,
    /// The head would be less than 20 px across.
    #[error("the head is too small in the photo")]
    TooSmall,
    /// The chin marker is much too near to the eyes, or much too far.
    #[error("the chin marker does not fit the eyes")]
    ChinOutOfPlace,
    /// The top marker is on the chin's side of the eyes.
    #[error("the top marker lies below the eyes")]
    TopBelowEyes,
    /// The two side markers lie on one another, or do not enclose the eyes.
    #[error("the side markers do not enclose the eyes")]
    SidesOutOfPlace,
    /// The interpupillary distance given is outside 40–85 mm.
    #[error("the distance between the pupils is outside 40 to 85 mm")]
    InterpupillaryDistance,
    /// The known length is outside 10–400 mm, or its ends lie on one another.
    #[error("the known length is outside 10 to 400 mm, or its ends lie on one another")]
    KnownLength,
    /// The ellipse is much too narrow or too wide for a head.
    #[error("the outline is too narrow or too wide for a head")]
    OutlineShape,
    /// Each marker is possible, but together they fit no head.
    #[error("the markers together do not fit a head")]
    NotAHead,
}
