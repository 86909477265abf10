//! Entry point of `cargo xtask bench vision`: what the vision worker does, as
//! functions to be timed from outside. No part of the site.

use js_sys::{Array, Float32Array};
use smp_visualizer::engine::image::Photo;
use smp_visualizer::engine::placement::Placement;
use smp_visualizer::vision::models::{Files, Models};
use smp_visualizer::vision::reading::Reader;
use wasm_bindgen::prelude::*;

fn main() {}

/// The models, made ready.
#[wasm_bindgen]
pub struct Bench(Models);

#[wasm_bindgen]
impl Bench {
    /// Makes the models of these files ready.
    ///
    /// # Errors
    /// Where a file is not what it should be.
    #[wasm_bindgen(constructor)]
    pub fn new(
        detector: &[u8],
        landmark: &[u8],
        selfie: &[u8],
        mesh: &[u8],
    ) -> Result<Self, JsError> {
        let files = Files {
            detector,
            landmark,
            person: selfie,
            canonical: mesh,
        };
        Ok(Self(Models::new(&files)?))
    }

    /// Runs one model; its outputs, in the model's order.
    ///
    /// # Errors
    /// Where there is no such model, or its input has another length.
    pub fn run(&mut self, name: &str, input: &[f32]) -> Result<Array, JsError> {
        let model = match name {
            "detector" => &mut self.0.detector,
            "landmark" => &mut self.0.landmark,
            "selfie" => &mut self.0.person,
            _ => return Err(JsError::new("no such model")),
        };
        let outputs = model.run(input)?;
        Ok(outputs.into_iter().map(Float32Array::from).collect())
    }

    /// Reads a photo from its pixels, as the worker does: the pupils of the
    /// largest face, the person's right one first, as x and y in shares of the
    /// longer edge; nothing where there is no face.
    ///
    /// # Errors
    /// Where the pixels are too few.
    pub fn read(&mut self, width: u32, height: u32, pixels: Vec<u8>) -> Result<Vec<f64>, JsError> {
        let photo = Photo::new(width, height, pixels)?;
        let heads = Reader::new(photo).heads(&mut self.0, &mut || true)?;
        Ok(match heads.first().map(|head| head.placement) {
            Some(Placement::Face(face)) => [face.right_pupil, face.left_pupil].concat(),
            _ => Vec::new(),
        })
    }
}
