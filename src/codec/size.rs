//! Fitting a picture's size under a limit, keeping its shape.

/// How large a decoded picture may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Most px on the longer side: the working photo.
    Edge(u32),
    /// Most pixels: an export.
    Pixels(u64),
}

impl Limit {
    /// `width` × `height` brought under the limit. Never enlarges; no side
    /// falls below 1.
    #[must_use]
    pub fn fit(self, width: u32, height: u32) -> (u32, u32) {
        match self {
            Self::Edge(max_edge) => fit_edge(width, height, max_edge),
            Self::Pixels(max_pixels) => fit_pixels(width, height, max_pixels),
        }
    }
}

fn fit_edge(width: u32, height: u32, max_edge: u32) -> (u32, u32) {
    let longer = width.max(height);
    if longer <= max_edge || longer == 0 {
        return (width, height);
    }
    let scaled = |side: u32| {
        let rounded =
            (u64::from(side) * u64::from(max_edge) + u64::from(longer) / 2) / u64::from(longer);
        u32::try_from(rounded).unwrap_or(max_edge).max(1)
    };
    (scaled(width), scaled(height))
}

fn fit_pixels(width: u32, height: u32, max_pixels: u64) -> (u32, u32) {
    let pixels = u64::from(width) * u64::from(height);
    if pixels <= max_pixels || pixels == 0 {
        return (width, height);
    }
    let longer = width.max(height);
    let share = (max_pixels as f64 / pixels as f64).sqrt();
    let mut edge = (f64::from(longer) * share) as u32;
    // The other side may be rounded up (here, or by a browser that resizes to
    // this edge): leave room for one more row.
    loop {
        let (w, h) = fit_edge(width, height, edge.max(1));
        if edge <= 1 || (u64::from(w.min(h)) + 1) * u64::from(w.max(h)) <= max_pixels {
            return (w, h);
        }
        edge -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_edge_meets_the_limit_and_the_shape_stays() {
        for ((w, h), max, expected) in [
            ((4032, 3024), 2048, (2048, 1536)),
            ((3024, 4032), 2048, (1536, 2048)),
            ((2048, 100), 2048, (2048, 100)),
            ((32_000, 64), 2048, (2048, 4)),
            ((100_000, 1), 10, (10, 1)),
            ((0, 0), 10, (0, 0)),
        ] {
            assert_eq!(fit_edge(w, h, max), expected);
        }
    }

    #[test]
    fn the_pixel_limit_is_met_closely() {
        for (w, h) in [
            (8064, 6048),
            (5712, 4284),
            (10_000, 10_000),
            (6048, 8064),
            (32_000, 3000),
        ] {
            let (fw, fh) = fit_pixels(w, h, 16_777_216);
            let pixels = u64::from(fw) * u64::from(fh);
            assert!(
                (16_700_000..=16_777_216).contains(&pixels),
                "{w}×{h} → {fw}×{fh}"
            );
        }
        assert_eq!(fit_pixels(4032, 3024, 16_777_216), (4032, 3024));
    }
}
