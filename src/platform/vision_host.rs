//! The vision worker's side of the conversation: fetches the models, hears
//! [`Ask`]s, answers with [`Found`]. The page ends it then.

use js_sys::{Array, ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, Response};

use super::vision_wire::{decode_ask, encode_found};
use crate::engine::image::Photo;
use crate::protocol::{Ask, Found};
use crate::vision::models::{Files, Models};
use crate::vision::reading::Reader;

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
    let hearing = scope.clone();
    let mut models = models;
    let mut reader = None;
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some((ask, pixels)) = decode_ask(&event.data())
            && let Some(found) = answer(ask, pixels, &mut models, &mut reader)
        {
            say(&hearing, &found);
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // Lives as long as the worker.
    on_message.forget();
    say(scope, &Found::Ready);
}

/// What is to be said, if anything.
fn answer(
    ask: Ask,
    pixels: JsValue,
    models: &mut Models,
    reader: &mut Option<Reader>,
) -> Option<Found> {
    // Nobody cancels from within: the page ends the worker.
    let go_on = &mut || true;
    let found = match (ask, reader) {
        (Ask::Photo { width, height }, reader) => {
            let pixels: ArrayBuffer = pixels.dyn_into().ok()?;
            let photo = Photo::new(width, height, Uint8Array::new(&pixels).to_vec()).ok()?;
            *reader = Some(Reader::new(photo));
            return None;
        }
        (Ask::Heads, Some(reader)) => reader.heads(models, go_on).map(Found::Heads),
        (Ask::Matte(head), Some(reader)) => reader.matte(models, &head, go_on).map(Found::Matte),
        (_, None) => return Some(Found::Failed),
    };
    Some(found.unwrap_or(Found::Failed))
}

fn say(scope: &DedicatedWorkerGlobalScope, found: &Found) {
    let (message, handed_over) = encode_found(found);
    // Numbers and bytes are always clonable.
    let _ = scope.post_message_with_transfer(&message, &handed_over);
}
