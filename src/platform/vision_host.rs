//! The vision worker's side of the conversation: hears [`Ask`]s, answers with
//! [`Found`]. The page gives it models and photo, and ends it.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use super::vision_wire::{decode_ask, encode_found};
use crate::engine::image::Photo;
use crate::protocol::{Ask, Found};
use crate::vision::models::{Files, Models};
use crate::vision::reading::Reader;

/// Starts the worker: listens, then says [`Found::Ready`]. Does nothing
/// outside a dedicated worker.
pub fn start() {
    console_error_panic_hook::set_once();
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else {
        return;
    };
    let hearing = scope.clone();
    let mut host = Host::default();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some((ask, object)) = decode_ask(&event.data())
            && let Some(found) = host.answer(ask, &object)
        {
            say(&hearing, &found);
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // Lives as long as the worker.
    on_message.forget();
    say(&scope, &Found::Ready);
}

#[derive(Default)]
struct Host {
    models: Option<Models>,
    reader: Option<Reader>,
}

impl Host {
    /// What is to be said, if anything.
    fn answer(&mut self, ask: Ask, object: &JsValue) -> Option<Found> {
        // Nobody cancels from within: the page ends the worker.
        let go_on = &mut || true;
        let found = match (ask, &mut self.models, &mut self.reader) {
            (Ask::Models, models, _) => {
                *models = read(&Array::from(object));
                return models.is_none().then_some(Found::Failed);
            }
            (Ask::Photo { width, height }, _, reader) => {
                let photo = Photo::new(width, height, Uint8Array::new(object).to_vec()).ok()?;
                *reader = Some(Reader::new(photo));
                return None;
            }
            (Ask::Heads, Some(models), Some(reader)) => {
                reader.heads(models, go_on).map(Found::Heads)
            }
            (Ask::Matte(head), Some(models), Some(reader)) => {
                reader.matte(models, &head, go_on).map(Found::Matte)
            }
            _ => return Some(Found::Failed),
        };
        Some(found.unwrap_or(Found::Failed))
    }
}

fn read(files: &Array) -> Option<Models> {
    let files: Vec<Vec<u8>> = files.iter().map(|f| Uint8Array::new(&f).to_vec()).collect();
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

fn say(scope: &DedicatedWorkerGlobalScope, found: &Found) {
    let (message, handed_over) = encode_found(found);
    // Numbers and bytes are always clonable.
    let _ = scope.post_message_with_transfer(&message, &handed_over);
}
