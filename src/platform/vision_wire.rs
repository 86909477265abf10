//! The form of the messages between page and vision worker: plain arrays.
//! They are few and simple, and reading JSON would be a third of the worker.
//!
//! [`Find`] is `[width, height, pixels]`; [`Found`] is `["ready"]`,
//! `["failed"]`, or `["heads", ...]` with each placement's JSON.

use js_sys::Array;
use wasm_bindgen::JsValue;

use crate::protocol::Found;

/// What a message begins with.
const READY: &str = "ready";
#[cfg(feature = "vision")]
const FAILED: &str = "failed";
const HEADS: &str = "heads";

/// A found message to post.
#[cfg(feature = "vision")]
pub(crate) fn encode_found(found: &Found) -> Array {
    match found {
        Found::Ready => Array::of1(&READY.into()),
        Found::Failed => Array::of1(&FAILED.into()),
        Found::Heads(heads) => {
            let message = Array::of1(&HEADS.into());
            for head in heads.iter().filter_map(|h| serde_json::to_string(h).ok()) {
                message.push(&head.into());
            }
            message
        }
    }
}

/// A found message that came; failed for anything that is none.
#[cfg(feature = "ui")]
pub(crate) fn decode_found(data: &JsValue) -> Found {
    let message = Array::from(data);
    let mut texts = message.iter().filter_map(|entry| entry.as_string());
    match texts.next().as_deref() {
        Some(READY) => Found::Ready,
        Some(HEADS) => Found::Heads(
            texts
                .filter_map(|head| serde_json::from_str(&head).ok())
                .collect(),
        ),
        _ => Found::Failed,
    }
}

/// A find message to post; the pixels are handed over with it.
#[cfg(feature = "ui")]
pub(crate) fn encode_find(find: crate::protocol::Find, pixels: &JsValue) -> Array {
    Array::of3(&find.width.into(), &find.height.into(), pixels)
}

/// A find message that came, and its pixels.
#[cfg(feature = "vision")]
pub(crate) fn decode_find(data: &JsValue) -> Option<(crate::protocol::Find, JsValue)> {
    let message = Array::from(data);
    let side = |index| message.get(index).as_f64().map(|side| side as u32);
    let find = crate::protocol::Find {
        width: side(0)?,
        height: side(1)?,
    };
    Some((find, message.get(2)))
}
