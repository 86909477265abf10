//! Picture formats that browsers do not read, as a module of its own: the render
//! worker loads it when it meets one (`src/web/render_worker.js`).

use js_sys::Array;
use smp_visualizer::platform::rare_formats;
use wasm_bindgen::prelude::*;

fn main() {}

/// Decodes a file: see [`rare_formats::decode_here`].
#[wasm_bindgen]
#[must_use]
pub fn decode(bytes: &[u8], is_edge: bool, most: f64) -> Array {
    console_error_panic_hook::set_once();
    rare_formats::decode_here(bytes, is_edge, most)
}
