//! The form of the messages between page and vision worker: plain arrays.
//! They are few and simple, and reading JSON would be a third of the worker.
//!
//! An [`Ask`] is `["models", files]`, `["photo", width, height, pixels]`,
//! `["heads"]` or `["matte", head's numbers]`. A [`crate::protocol::Found`] is `["ready"]`,
//! `["failed"]`, `["matte", numbers, bytes]` (no bytes where there is no
//! matte), or `["heads", ...]` with two entries for each head: the placement's
//! numbers, and six for the colours of skin and brow, not numbers where there
//! is none.

use js_sys::{Array, Float64Array};
use wasm_bindgen::JsValue;
#[cfg(feature = "ui")]
use {js_sys::ArrayBuffer, wasm_bindgen::JsCast as _};

use crate::engine::image::Rect;
use crate::protocol::Ask;
use crate::vision::colours::Colours;
#[cfg(feature = "ui")]
use crate::{engine::placement::Placement, vision::reading::Head};
#[cfg(feature = "vision")]
use crate::{
    engine::{head::HeadModel, matte::Matte},
    protocol::Found,
};

/// What a message begins with.
const READY: &str = "ready";
#[cfg(feature = "vision")]
const FAILED: &str = "failed";
const MODELS: &str = "models";
const PHOTO: &str = "photo";
const HEADS: &str = "heads";
const MATTE: &str = "matte";

/// A matte as it came, which the page passes on unread.
#[cfg(feature = "ui")]
#[derive(Debug, Clone)]
pub struct SealedMatte {
    /// Width of the photo it was made for, px.
    pub photo_width: u32,
    /// The part of the photo it is of, px.
    pub rect: Rect,
    /// Its shares.
    pub shares: ArrayBuffer,
}

/// A [`crate::protocol::Found`] as the page hears it.
#[cfg(feature = "ui")]
#[derive(Debug)]
pub(crate) enum Heard {
    Ready,
    Heads(Vec<Head>),
    Matte(Option<SealedMatte>),
    Failed,
}

/// A found message to post, and what is handed over with it.
#[cfg(feature = "vision")]
pub(crate) fn encode_found(found: &Found) -> (Array, Array) {
    let handed_over = Array::new();
    let message = match found {
        Found::Ready => Array::of1(&READY.into()),
        Found::Failed => Array::of1(&FAILED.into()),
        Found::Heads(heads) => {
            let message = Array::of1(&HEADS.into());
            for head in heads {
                let Colours { skin, brow } = head.colours;
                let colours = [skin, brow].map(|colour| colour.unwrap_or([f64::NAN; 3]));
                message.push(&array(&head.placement.to_numbers()));
                message.push(&array(colours.as_flattened()));
            }
            message
        }
        Found::Matte(None) => Array::of1(&MATTE.into()),
        Found::Matte(Some(matte)) => {
            let shares = js_sys::Uint8Array::from(matte.shares()).buffer();
            handed_over.push(&shares);
            Array::of3(&MATTE.into(), &array(&numbers_of(matte)), &shares.into())
        }
    };
    (message, handed_over)
}

#[cfg(feature = "vision")]
fn numbers_of(matte: &Matte) -> [f64; 5] {
    let Rect {
        x,
        y,
        width,
        height,
    } = matte.rect();
    [matte.photo_width(), x, y, width, height].map(f64::from)
}

fn array(numbers: &[f64]) -> JsValue {
    Float64Array::from(numbers).into()
}

fn numbers(array: &JsValue) -> Vec<f64> {
    Float64Array::new(array).to_vec()
}

/// A found message that came; failed for anything that is none.
#[cfg(feature = "ui")]
pub(crate) fn decode_found(data: &JsValue) -> Heard {
    let message = Array::from(data);
    let head = |index: u32| {
        let colours = numbers(&message.get(index + 1));
        let colour = |from: usize| {
            let three = colours.get(from..).and_then(<[f64]>::first_chunk).copied();
            three.filter(|colour: &[f64; 3]| colour.iter().all(|v| v.is_finite()))
        };
        Some(Head {
            placement: Placement::from_numbers(&numbers(&message.get(index)))?,
            colours: Colours {
                skin: colour(0),
                brow: colour(3),
            },
        })
    };
    match message.get(0).as_string().as_deref() {
        Some(READY) => Heard::Ready,
        Some(HEADS) => {
            let heads = (1..message.length()).step_by(2);
            Heard::Heads(heads.filter_map(head).collect())
        }
        Some(MATTE) => Heard::Matte(sealed(&message)),
        _ => Heard::Failed,
    }
}

#[cfg(feature = "ui")]
fn sealed(message: &Array) -> Option<SealedMatte> {
    let shares = message.get(2).dyn_into().ok()?;
    let [photo_width, x, y, width, height] = *numbers(&message.get(1)) else {
        return None;
    };
    let px = |v: f64| v as u32;
    Some(SealedMatte {
        photo_width: px(photo_width),
        rect: Rect {
            x: px(x),
            y: px(y),
            width: px(width),
            height: px(height),
        },
        shares,
    })
}

/// An ask to post, with the models' files or a photo's pixels.
#[cfg(feature = "ui")]
pub(crate) fn encode_ask(ask: &Ask, object: &JsValue) -> Array {
    match ask {
        Ask::Models => Array::of2(&MODELS.into(), object),
        Ask::Photo { width, height } => {
            Array::of4(&PHOTO.into(), &(*width).into(), &(*height).into(), object)
        }
        Ask::Heads => Array::of1(&HEADS.into()),
        Ask::Matte(head) => Array::of2(&MATTE.into(), &array(&head.to_numbers())),
    }
}

/// An ask that came, and the models' files or a photo's pixels.
#[cfg(feature = "vision")]
pub(crate) fn decode_ask(data: &JsValue) -> Option<(Ask, JsValue)> {
    let message = Array::from(data);
    let side = |index| message.get(index).as_f64().map(|side| side as u32);
    let ask = match message.get(0).as_string()?.as_str() {
        MODELS => return Some((Ask::Models, message.get(1))),
        PHOTO => Ask::Photo {
            width: side(1)?,
            height: side(2)?,
        },
        HEADS => Ask::Heads,
        MATTE => Ask::Matte(HeadModel::from_numbers(&numbers(&message.get(1)))?),
        _ => return None,
    };
    Some((ask, message.get(3)))
}
