//! Finds the head in a photo: face, pose and scale, by small models that run
//! on the device. Pure, like the engine: no clock, no I/O, the same bits
//! natively and in wasm.

// Running models.
pub mod tflite;
pub mod crop;

// A face and its place.
pub mod detector;
pub mod landmarks;
pub mod canonical;
pub mod models;
pub mod face;
pub mod iris;

// The head around it.
pub mod person;
pub mod silhouette;
pub mod profile;
pub mod outline;
pub mod colours;
pub mod matte;

// The answer.
pub mod reading;
