//! Impressions as the field takes them, and what a change makes of them: a
//! slider that moves a step changes few.

/// One impression as it lies in the photo.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dot {
    /// Centre, photo px, pixel centres at +0.5.
    pub x: f32,
    /// Centre, photo px, y down.
    pub y: f32,
    /// Covariance of the impression's own Gaussian, px², without the camera's
    /// blur.
    pub sxx: f32,
    /// Covariance, off the diagonal, px².
    pub sxy: f32,
    /// Covariance, px².
    pub syy: f32,
    /// Coverage summed over all pixels, px²: area times opacity.
    pub area_px: f32,
    /// The like of its halo, the part of its shadow that is spread wide in the
    /// skin ([`super::field::Optics`]).
    pub halo_px: f32,
}

/// What makes one list of impressions of another.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// Impressions that are no longer there, or were otherwise.
    pub gone: Vec<Dot>,
    /// Impressions that were not there, or are otherwise now.
    pub come: Vec<Dot>,
}
