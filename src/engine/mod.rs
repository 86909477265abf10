//! The engine: photo, head and look in, picture out. Pure and deterministic:
//! no clock, no I/O, no logging, transcendental functions from `libm` only.
//!
//! The modules form layers: each imports only what stands above it here, and
//! `tests/layering.rs` reads this very list to hold them to that.

// What everything else is made of.
pub mod error;
pub mod color;
pub mod rng;
pub mod image;
pub mod matte;
mod ease;
pub mod zones;
pub mod look;
pub mod params;
pub mod placement;
pub mod corrections;
mod painted;

// Pixels.
mod simd;
mod kernel;
pub mod impressions;
mod lay;
pub mod shade;
pub mod life;
mod halo;
pub mod mask;
pub mod field;
pub mod sharpness;
pub mod skin;
pub mod matching;
pub mod texture;
pub mod sample;
pub mod composite;
pub mod caption;
pub mod export;

// The head.
pub mod anthropometry;
mod least_squares;
pub mod camera;
pub mod head;
pub mod numbers;
mod problem;
mod markers;
mod starting;
pub mod fit;
pub mod ear;

// The scalp's own coordinates and the hairline on it.
pub mod chart;
mod curve;
pub mod outline;
pub mod styles;
pub mod warnings;
pub mod handles;
pub mod guides;
pub mod region;

// Impressions.
pub mod noise;
mod elimination;
mod behind;
pub mod scalp;
pub mod shine;
pub mod beside;
mod squares;
pub mod sides;
pub mod growth;
pub mod candidates;
pub mod projection;
pub mod scars;
mod edge;
pub mod dots;
pub mod veil;
mod pigment;
pub mod stubble;

// The whole.
pub mod seeing;
pub mod stages;
pub mod placed;
pub mod render;
pub mod strip;
