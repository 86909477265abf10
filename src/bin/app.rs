//! The page's entry point.

use wasm_bindgen::prelude::*;

fn main() {}

/// Takes the static shell over. `spawn` makes a render worker.
///
/// # Errors
/// Where the page has no `#app` element.
#[wasm_bindgen]
pub fn start(spawn: js_sys::Function) -> Result<(), JsValue> {
    console_error_panic_hook::set_once();
    smp_visualizer::ui::start(spawn)
}
