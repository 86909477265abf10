//! Formats that the browser does not decode: both ends of the way to the module
//! that does, which is loaded when the first such file is met. Few people ever
//! choose one, and all would wait for its 55 KB.

#[cfg(any(feature = "worker", feature = "rare-formats"))]
use js_sys::{Array, Uint8Array};
#[cfg(feature = "worker")]
use js_sys::{Function, Promise, Reflect};
#[cfg(feature = "worker")]
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;

#[cfg(feature = "rare-formats")]
use crate::codec;
use crate::codec::{Decoded, Limit};
#[cfg(feature = "worker")]
use crate::{engine::image::Photo, protocol::PhotoError};

/// The module's end: decodes a file as [`codec::decode`] does. `is_edge` and
/// `most` are the limit. What it gives: the photo's bytes, its width and height,
/// and the source's; or the three numbers of a [`crate::protocol::PhotoError`].
#[cfg(feature = "rare-formats")]
#[must_use]
pub fn decode_here(bytes: &[u8], is_edge: bool, most: f64) -> Array {
    // `as` saturates.
    let limit = if is_edge {
        Limit::Edge(most as u32)
    } else {
        Limit::Pixels(most as u64)
    };
    let number = |v: u32| JsValue::from(v);
    match codec::decode(bytes, limit) {
        Ok(Decoded {
            photo,
            source_width,
            source_height,
        }) => Array::of5(
            &Uint8Array::from(photo.rgba()),
            &number(photo.width()),
            &number(photo.height()),
            &number(source_width),
            &number(source_height),
        ),
        Err(error) => error.numbers().map(JsValue::from).iter().collect(),
    }
}

/// The worker's end: has the module decode a file's bytes.
///
/// # Errors
/// [`PhotoError::NotFetched`] where the module cannot be loaded; what
/// [`crate::codec::decode`] refuses; [`PhotoError::OutOfMemory`] where the module
/// broke down over it.
#[cfg(feature = "worker")]
pub(crate) async fn decode(bytes: &Uint8Array, limit: Limit) -> Result<Decoded, PhotoError> {
    let module = module().await.map_err(|_| PhotoError::NotFetched)?;
    let (is_edge, most) = match limit {
        Limit::Edge(px) => (true, f64::from(px)),
        Limit::Pixels(count) => (false, count as f64),
    };
    let answer = call(&module, bytes, is_edge, most);
    let answer = answer.map_err(|_| PhotoError::OutOfMemory)?;
    let number = |index| answer.get(index).as_f64().unwrap_or(0.0);
    let Ok(rgba) = answer.get(0).dyn_into::<Uint8Array>() else {
        let error = PhotoError::from_numbers([number(0), number(1), number(2)]);
        return Err(error.unwrap_or(PhotoError::Damaged));
    };
    let [width, height, source_width, source_height] = [1, 2, 3, 4].map(|i| number(i) as u32);
    let photo = Photo::new(width, height, rgba.to_vec()).map_err(|_| PhotoError::Damaged)?;
    Ok(Decoded {
        photo,
        source_width,
        source_height,
    })
}

/// The module, loaded; `rareFormats` is set in `src/web/render_worker.js`.
#[cfg(feature = "worker")]
async fn module() -> Result<JsValue, JsValue> {
    let global = js_sys::global();
    let load: Function = Reflect::get(&global, &"rareFormats".into())?.dyn_into()?;
    let loading: Promise = load.call0(&global)?.dyn_into()?;
    wasm_bindgen_futures::JsFuture::from(loading).await
}

#[cfg(feature = "worker")]
fn call(module: &JsValue, bytes: &Uint8Array, is_edge: bool, most: f64) -> Result<Array, JsValue> {
    let decode: Function = Reflect::get(module, &"decode".into())?.dyn_into()?;
    decode
        .call3(module, bytes, &is_edge.into(), &most.into())?
        .dyn_into()
}
