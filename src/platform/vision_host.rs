//! The vision worker's side of the conversation: fetches the models, hears one
//! [`Find`], answers with [`Found`]. The page ends it then.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, Response};

use super::vision_wire::{decode_find, encode_found};
use crate::engine::image::Photo;
use crate::protocol::{Find, Found};
use crate::vision::models::{Files, Models};
use crate::vision::reading::read;

/// Starts the worker. `addresses` are those of the models' files: detector,
/// landmark, selfie, mesh. Does nothing outside a dedicated worker.
pub fn start(addresses: &Array) {
    console_error_panic_hook::set_once();
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else {
        return;
    };
    let addresses: Vec<String> = addresses.iter().filter_map(|a| a.as_string()).collect();
    spawn_local(async move {
        match fetched(&scope, &addresses).await {
            Some(models) => listen(&scope, models),
            None => say(&scope, &Found::Failed),
        }
    });
}

/// The models, side by side over the network.
async fn fetched(scope: &DedicatedWorkerGlobalScope, addresses: &[String]) -> Option<Models> {
    let under_way: Vec<JsFuture> = addresses
        .iter()
        .map(|address| JsFuture::from(scope.fetch_with_str(address)))
        .collect();
    let mut files = Vec::new();
    for answer in under_way {
        let answer: Response = answer.await.ok()?.dyn_into().ok()?;
        if !answer.ok() {
            return None;
        }
        let bytes = JsFuture::from(answer.array_buffer().ok()?).await.ok()?;
        files.push(Uint8Array::new(&bytes).to_vec());
    }
    let [detector, landmark, person, canonical] = files.as_slice() else {
        return None;
    };
    Models::new(&Files {
        detector,
        landmark,
        person,
        canonical,
    })
    .ok()
}

fn listen(scope: &DedicatedWorkerGlobalScope, models: Models) {
    let models = Rc::new(RefCell::new(models));
    let hearing = scope.clone();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(photo) = photo_of(&event.data()) {
            // Nobody cancels from within: the page ends the worker.
            let found = read(&photo, &mut models.borrow_mut(), &mut || true);
            let found = found.map_or(Found::Failed, Found::Heads);
            say(&hearing, &found);
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // Lives as long as the worker.
    on_message.forget();
    say(scope, &Found::Ready);
}

fn photo_of(data: &JsValue) -> Option<Photo> {
    let (Find { width, height }, pixels) = decode_find(data)?;
    let pixels: ArrayBuffer = pixels.dyn_into().ok()?;
    Photo::new(width, height, Uint8Array::new(&pixels).to_vec()).ok()
}

fn say(scope: &DedicatedWorkerGlobalScope, found: &Found) {
    // Texts are always clonable.
    let _ = scope.post_message(&encode_found(found));
}
