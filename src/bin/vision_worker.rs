//! Entry point of the vision worker.

use wasm_bindgen::prelude::*;

fn main() {}

/// Fetches the models from these addresses and listens.
#[wasm_bindgen]
#[expect(
    clippy::needless_pass_by_value,
    reason = "wasm-bindgen hands values over"
)]
pub fn start(addresses: js_sys::Array) {
    smp_visualizer::platform::vision_host::start(&addresses);
}
