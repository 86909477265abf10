//! The forms of the messages between page and render worker, so that canvases,
//! files and blobs travel beside them as what they are: a request is the array
//! `[json, ...objects]`, a response `[kind, numbers, text, ...objects]`.

use js_sys::{Array, Float64Array};
use wasm_bindgen::JsValue;

use crate::protocol::{Parts, Response};

/// The array to post for a request's JSON text and its objects.
#[must_use]
pub fn encode_request(json: String, objects: &[JsValue]) -> Array {
    extended(Array::of1(&json.into()), objects)
}

/// A posted request's JSON text and objects; `None` for anything else.
#[must_use]
pub fn decode_request(data: &JsValue) -> Option<(String, Vec<JsValue>)> {
    if !Array::is_array(data) {
        return None;
    }
    let message = Array::from(data);
    let json = message.get(0).as_string()?;
    Some((json, message.iter().skip(1).collect()))
}

/// The array to post for a response and its objects.
#[must_use]
pub fn encode_response(response: Response, objects: &[JsValue]) -> Array {
    let Parts {
        kind,
        numbers,
        text,
    } = response.parts();
    let numbers = Float64Array::from(numbers.as_slice());
    extended(
        Array::of3(&kind.into(), &numbers.into(), &text.into()),
        objects,
    )
}

/// A posted response and its first object; `None` for anything else.
#[must_use]
pub fn decode_response(data: &JsValue) -> Option<(Response, Option<JsValue>)> {
    if !Array::is_array(data) {
        return None;
    }
    let message = Array::from(data);
    let response = Response::from_parts(Parts {
        kind: message.get(0).as_f64()? as u8,
        numbers: Float64Array::new(&message.get(1)).to_vec(),
        text: message.get(2).as_string()?,
    })?;
    Some((response, message.iter().nth(3)))
}

fn extended(message: Array, objects: &[JsValue]) -> Array {
    for object in objects {
        message.push(object);
    }
    message
}
