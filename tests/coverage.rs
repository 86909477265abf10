//! The pigment takes as much light whatever the photo's resolution: a phone
//! photo and a large export agree.
#![expect(clippy::expect_used, reason = "tests may stop at the first surprise")]

use proptest::prelude::*;
use smp_visualizer::engine::field::{Field, Optics, coverage_q12};
use smp_visualizer::engine::impressions::Dot;
use smp_visualizer::engine::rng::Stream;
use smp_visualizer::engine::shade::{HALO_SPACING_MM, Spread, mean_coverage, spread};

/// Side of the patch that is looked at, mm, and of the impressions around it.
const PATCH_MM: f32 = 12.0;
const AROUND_MM: f32 = 6.0;

/// Impressions of a density, one in each cell of a grid, somewhere in it.
fn dots(per_mm2: f64, px_per_mm: f32, spread: &Spread, seed: u32) -> Vec<Dot> {
    let cell_mm = (1.0 / per_mm2).sqrt() as f32;
    let side_mm = PATCH_MM + 2.0 * AROUND_MM;
    let cells = (side_mm / cell_mm) as u32;
    let mut stream = Stream::new(seed, 0);
    let px2 = px_per_mm * px_per_mm;
    let variance = spread.dot_variance_mm2 as f32 * px2;
    (0..cells * cells)
        .map(|i| {
            let mut at = |cell: u32| (cell as f32 + stream.unit()) * cell_mm * px_per_mm;
            Dot {
                x: at(i % cells),
                y: at(i / cells),
                sxx: variance,
                sxy: 0.0,
                syy: variance,
                area_px: spread.dot_mm2 as f32 * px2,
                halo_px: spread.halo_mm2 as f32 * px2,
            }
        })
        .collect()
}

/// Mean coverage of the patch's pixels.
fn coverage(per_mm2: f64, diameter_mm: f64, crispness: f64, px_per_mm: f32, seed: u32) -> f64 {
    let side_px = ((PATCH_MM + 2.0 * AROUND_MM) * px_per_mm) as u32;
    let spread = spread(diameter_mm, crispness);
    let mut field = Field::new();
    field.set_optics(Optics {
        halo_spacing_px: HALO_SPACING_MM as f32 * px_per_mm,
        ..Optics::default()
    });
    field.splat(&dots(per_mm2, px_per_mm, &spread, seed), side_px, side_px);
    let (rect, stride) = (field.rect, field.stride);
    // The patch's edges lie within pixels, which count by as much as they are in it.
    let (from, to) = (
        f64::from(AROUND_MM * px_per_mm),
        f64::from((AROUND_MM + PATCH_MM) * px_per_mm),
    );
    let inside = |at: u32| (f64::from(at) + 1.0).min(to) - f64::from(at).max(from);
    let (mut sum, mut count) = (0.0, 0.0);
    for y in from as u32..to.ceil() as u32 {
        let start = (y - rect.y) as usize * stride;
        let row = field
            .packed()
            .get(start..start + stride)
            .expect("the patch is inside");
        for x in from as u32..to.ceil() as u32 {
            let share = inside(x) * inside(y);
            let covered = f64::from(coverage_q12(row[(x - rect.x) as usize])) / 4096.0;
            sum += share * covered;
            count += share;
        }
    }
    sum / count
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// From half a pixel to twelve per impression.
    #[test]
    fn as_much_is_covered_at_every_scale(
        px_per_dot in 0.5f32..12.0, per_cm2 in 40.0f64..220.0, crispness in 0.05f64..0.7, seed in 0u32..99,
    ) {
        let diameter_mm = 0.3;
        let (per_mm2, px_per_mm) = (per_cm2 / 100.0, px_per_dot / diameter_mm as f32);
        let found = coverage(per_mm2, diameter_mm, crispness, px_per_mm, seed);
        // The cells do not fill the patch exactly: what lies in it is 1 to 2 %
        // more or less than on average, whatever the scale.
        let wanted = coverage(per_mm2, diameter_mm, crispness, 20.0, seed);
        prop_assert!((found / wanted - 1.0).abs() < 0.01, "{found} {wanted}");
    }
}

#[test]
fn what_is_covered_is_what_is_reckoned_with() {
    for per_cm2 in [40.0, 110.0, 160.0, 220.0] {
        for crispness in [0.05, 0.35, 0.7, 1.0] {
            let per_mm2 = per_cm2 / 100.0;
            let wanted = mean_coverage(&spread(0.3, crispness), per_mm2);
            let seeds = 0..6;
            let count = f64::from(seeds.end);
            let found = seeds
                .map(|seed| coverage(per_mm2, 0.3, crispness, 8.0, seed))
                .sum::<f64>()
                / count;
            assert!(
                (found / wanted - 1.0).abs() < 0.02,
                "{per_cm2} {crispness}: {found} {wanted}"
            );
        }
    }
}
