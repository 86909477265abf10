//! The form of the messages between page and render worker, so that canvases,
//! files and blobs travel beside them as what they are: the array `[kind,
//! numbers, text, ...objects]`.

use js_sys::{Array, Float64Array};
use wasm_bindgen::JsValue;

use crate::protocol::Parts;

/// The array to post for a message's parts and its objects.
#[must_use]
pub fn encode(parts: Parts, objects: &[JsValue]) -> Array {
    let Parts {
        kind,
        numbers,
        text,
    } = parts;
    let numbers = Float64Array::from(numbers.as_slice());
    let message = Array::of3(&kind.into(), &numbers.into(), &text.into());
    for object in objects {
        message.push(object);
    }
    message
}

/// A posted message's parts and its objects; `None` for anything else.
#[must_use]
pub fn decode(data: &JsValue) -> Option<(Parts, Vec<JsValue>)> {
    if !Array::is_array(data) {
        return None;
    }
    let message = Array::from(data);
    let parts = Parts {
        kind: message.get(0).as_f64()? as u8,
        numbers: Float64Array::new(&message.get(1)).to_vec(),
        text: message.get(2).as_string()?,
    };
    Some((parts, message.iter().skip(3).collect()))
}
