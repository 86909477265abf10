//! The form of the messages between page and vision worker: plain arrays.
//! They are few and simple, and reading JSON would be a third of the worker.
//!
//! A find is `[width, height, pixels]`; a [`Found`] is `["ready"]`,
//! `["failed"]`, or `["heads", ...]` with two entries for each head: the
//! placement's JSON, and six numbers for the colours of skin and brow, not
//! numbers where there is none.

use js_sys::{Array, Float64Array};
use wasm_bindgen::JsValue;

use crate::protocol::Found;
use crate::vision::colours::Colours;
#[cfg(feature = "ui")]
use crate::vision::reading::Head;

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
            for head in heads {
                let Ok(json) = serde_json::to_string(&head.placement) else {
                    continue;
                };
                let Colours { skin, brow } = head.colours;
                let numbers = [skin, brow].map(|colour| colour.unwrap_or([f64::NAN; 3]));
                message.push(&json.into());
                message.push(&Float64Array::from(numbers.as_flattened()).into());
            }
            message
        }
    }
}

/// A found message that came; failed for anything that is none.
#[cfg(feature = "ui")]
pub(crate) fn decode_found(data: &JsValue) -> Found {
    let message = Array::from(data);
    let head = |index: u32| {
        let numbers = Float64Array::new(&message.get(index + 1)).to_vec();
        let colour = |from: usize| {
            let three = numbers.get(from..).and_then(<[f64]>::first_chunk).copied();
            three.filter(|colour: &[f64; 3]| colour.iter().all(|v| v.is_finite()))
        };
        Some(Head {
            placement: serde_json::from_str(&message.get(index).as_string()?).ok()?,
            colours: Colours {
                skin: colour(0),
                brow: colour(3),
            },
        })
    };
    match message.get(0).as_string().as_deref() {
        Some(READY) => Found::Ready,
        Some(HEADS) => {
            let heads = (1..message.length()).step_by(2);
            Found::Heads(heads.filter_map(head).collect())
        }
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
