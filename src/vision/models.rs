//! The models, read from their files.

use super::canonical::{BadMesh, CanonicalFace};
use super::tflite::{Model, ModelError, Network};

/// Everything that finding a head needs.
pub struct Models {
    /// BlazeFace, short range.
    pub detector: Box<dyn Model>,
    /// Face mesh, version 1.
    pub landmark: Box<dyn Model>,
    /// Selfie segmentation.
    pub person: Box<dyn Model>,
    /// The mesh on an average head.
    pub canonical: CanonicalFace,
}

/// A model's file is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadModels {
    /// One of the networks.
    #[error(transparent)]
    Network(#[from] ModelError),
    /// The canonical face.
    #[error(transparent)]
    Mesh(#[from] BadMesh),
}

/// The files, as `cargo xtask models` makes them.
#[derive(Debug, Clone, Copy)]
pub struct Files<'a> {
    /// `detector.tflite`
    pub detector: &'a [u8],
    /// `landmark.tflite`
    pub landmark: &'a [u8],
    /// `selfie.tflite`
    pub person: &'a [u8],
    /// `mesh.bin`
    pub canonical: &'a [u8],
}

impl Models {
    /// Makes the models ready.
    ///
    /// # Errors
    /// [`BadModels`] where a file is damaged or another.
    pub fn new(files: &Files<'_>) -> Result<Self, BadModels> {
        let network = |file| Ok::<_, ModelError>(Box::new(Network::new(file)?));
        Ok(Self {
            detector: network(files.detector)?,
            landmark: network(files.landmark)?,
            person: network(files.person)?,
            canonical: CanonicalFace::read(files.canonical)?,
        })
    }

    /// Makes the models ready of files that `read` gives by their names.
    ///
    /// # Errors
    /// The reader's own outside, [`BadModels`] inside.
    pub fn by_name<E>(
        mut read: impl FnMut(&str) -> Result<Vec<u8>, E>,
    ) -> Result<Result<Self, BadModels>, E> {
        Ok(Self::new(&Files {
            detector: &read("detector.tflite")?,
            landmark: &read("landmark.tflite")?,
            person: &read("selfie.tflite")?,
            canonical: &read("mesh.bin")?,
        }))
    }
}
