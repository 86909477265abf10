//! The page's end of the vision worker: started for one photo, ended when it
//! has answered, failed, been cancelled or been silent for too long.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use web_sys::{MessageEvent, Worker};

use super::page::{drop_later, now_ms};
use super::vision_wire::{decode_found, encode_find};
use crate::protocol::{Find, Found};
use crate::vision::reading::Head;

/// How long models and answer may take together, ms.
const PATIENCE_MS: f64 = 60_000.0;

type Listener = Box<dyn FnOnce(Option<Vec<Head>>)>;

/// The page's handle on the worker. Clones share one.
#[derive(Clone, Default)]
pub struct VisionClient(Rc<RefCell<Option<Inner>>>);

struct Inner {
    worker: Worker,
    listener: Option<Listener>,
    listening: Vec<Closure<dyn FnMut(JsValue)>>,
    ready: bool,
    /// What to post once the worker hears.
    photo: Option<(Find, JsValue)>,
    deadline_ms: f64,
}

impl VisionClient {
    /// Starts a worker, which fetches its models at once; what another was
    /// doing is dropped. The listener is called once, with none where it
    /// failed, and not at all after [`VisionClient::stop`].
    ///
    /// # Errors
    /// Where the browser refuses a worker.
    pub fn start(
        &self,
        spawn: &Function,
        listener: impl FnOnce(Option<Vec<Head>>) + 'static,
    ) -> Result<(), JsValue> {
        self.stop();
        let worker: Worker = spawn
            .call1(&JsValue::NULL, &JsValue::from_str("vision"))?
            .dyn_into()?;
        let this = self.clone();
        let message = Closure::new(move |event: JsValue| {
            let Ok(event) = event.dyn_into::<MessageEvent>() else {
                return;
            };
            match decode_found(&event.data()) {
                Found::Ready => this.change(|inner| inner.ready = true),
                Found::Heads(heads) => this.end(Some(heads)),
                Found::Failed => this.end(None),
            }
        });
        let this = self.clone();
        let error = Closure::new(move |_| this.end(None));
        worker.set_onmessage(Some(message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(error.as_ref().unchecked_ref()));
        *self.0.borrow_mut() = Some(Inner {
            worker,
            listener: Some(Box::new(listener)),
            listening: vec![message, error],
            ready: false,
            photo: None,
            deadline_ms: now_ms() + PATIENCE_MS,
        });
        Ok(())
    }

    /// Hands the photo's pixels (an `ArrayBuffer`) over.
    pub fn find(&self, find: Find, pixels: JsValue) {
        self.change(|inner| inner.photo = Some((find, pixels)));
    }

    /// Changes what is known, and sends the photo when there is one and the
    /// worker hears.
    fn change(&self, change: impl FnOnce(&mut Inner)) {
        let mut inner = self.0.borrow_mut();
        let Some(inner) = inner.as_mut() else { return };
        change(inner);
        if inner.ready
            && let Some((find, pixels)) = inner.photo.take()
        {
            let message = encode_find(find, &pixels);
            let handed_over = Array::of1(&pixels);
            let _ = inner
                .worker
                .post_message_with_transfer(&message, &handed_over);
        }
    }

    /// Ends the worker; nobody hears of it.
    pub fn stop(&self) {
        self.take();
    }

    /// To be called every second or so: ends a worker silent for too long.
    pub fn check(&self) {
        let late = |inner: &Inner| now_ms() > inner.deadline_ms;
        let late = self.0.borrow().as_ref().is_some_and(late);
        if late {
            self.end(None);
        }
    }

    fn end(&self, heads: Option<Vec<Head>>) {
        if let Some(listener) = self.take() {
            listener(heads);
        }
    }

    fn take(&self) -> Option<Listener> {
        let mut inner = self.0.borrow_mut().take()?;
        inner.worker.terminate();
        drop_later(std::mem::take(&mut inner.listening));
        inner.listener.take()
    }
}
