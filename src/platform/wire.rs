//! The form of a message between page and worker: the array
//! `[json, ...objects]`, so that canvases, files and blobs travel beside the
//! text as what they are.

use js_sys::Array;
use wasm_bindgen::JsValue;

/// The array to post for a message's JSON text and its objects.
#[must_use]
pub fn encode(json: String, objects: &[JsValue]) -> Array {
    let message = Array::of1(&json.into());
    for object in objects {
        message.push(object);
    }
    message
}

/// A posted array's JSON text and objects; `None` for anything else.
#[must_use]
pub fn decode(data: &JsValue) -> Option<(String, Vec<JsValue>)> {
    if !Array::is_array(data) {
        return None;
    }
    let message = Array::from(data);
    let json = message.get(0).as_string()?;
    Some((json, message.iter().skip(1).collect()))
}
