//! The page's entry point.

use wasm_bindgen::prelude::*;

fn main() {}

/// Takes the static shell over. `spawn` makes a worker by its name, `models`
/// lists the models' files as `[address, bytes]`.
///
/// # Errors
/// Where the page has no `#app` element.
#[wasm_bindgen]
pub fn start(spawn: js_sys::Function, models: js_sys::Array) -> Result<(), JsValue> {
    console_error_panic_hook::set_once();
    smp_visualizer::ui::start(spawn, models)
}
