//! The page's end of the vision worker: started for one photo, ended when the
//! page has what it wants, and by itself when it has failed or been silent for
//! too long.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use web_sys::{MessageEvent, Worker};

use super::models::{Fetch, ModelFiles};
use super::page::{drop_later, now_ms};
pub use super::vision_wire::SealedMatte;
use super::vision_wire::{Heard, decode_found, encode_ask};
use crate::protocol::Ask;
use crate::vision::reading::Head;

/// How long models and answer may take together, ms.
const PATIENCE_MS: f64 = 60_000.0;

/// What the page hears.
#[derive(Debug)]
pub enum Answer {
    /// The heads in the photo, the largest first.
    Heads(Vec<Head>),
    /// What is bare scalp on the head asked for; none where it lies outside.
    Matte(Option<SealedMatte>),
    /// So much of the models has come, 0–1.
    Fetched(f64),
    /// There is no worker any more.
    Failed,
}

type Listener = Rc<dyn Fn(Answer)>;

/// The page's handle on the worker. Clones share one.
#[derive(Clone)]
pub struct VisionClient {
    worker: Rc<RefCell<Option<Inner>>>,
    models: ModelFiles,
}

struct Inner {
    worker: Worker,
    listener: Listener,
    listening: Vec<Closure<dyn FnMut(JsValue)>>,
    ready: bool,
    /// Whether it was given the models.
    has_models: bool,
    /// Whether it was given its photo.
    given: bool,
    /// What to post once the worker hears and has its photo.
    photo: Option<(Ask, JsValue)>,
    asked: Option<Ask>,
    /// How many answers are still to come.
    awaited: u32,
    deadline_ms: f64,
}

impl VisionClient {
    /// A handle without a worker. Its workers are given these models.
    #[must_use]
    pub fn new(models: ModelFiles) -> Self {
        Self {
            worker: Rc::default(),
            models,
        }
    }

    /// Starts a worker, and has the models fetched where they are not here;
    /// what another was doing is dropped. The listener hears nothing after
    /// [`VisionClient::stop`].
    ///
    /// # Errors
    /// Where the browser refuses a worker.
    pub fn start(
        &self,
        spawn: &Function,
        listener: impl Fn(Answer) + 'static,
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
                Heard::Ready => this.change(|inner| inner.ready = true),
                Heard::Heads(heads) => this.say(Answer::Heads(heads)),
                Heard::Matte(matte) => this.say(Answer::Matte(matte)),
                Heard::Failed => this.fail(),
            }
        });
        let this = self.clone();
        let error = Closure::new(move |_| this.fail());
        worker.set_onmessage(Some(message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(error.as_ref().unchecked_ref()));
        *self.worker.borrow_mut() = Some(Inner {
            worker,
            listener: Rc::new(listener),
            listening: vec![message, error],
            ready: false,
            has_models: false,
            given: false,
            photo: None,
            asked: None,
            awaited: 0,
            deadline_ms: f64::INFINITY,
        });
        let this = self.clone();
        self.models.fetch(move |fetch| match fetch {
            Fetch::Share(share) => this.tell(Answer::Fetched(share)),
            Fetch::Done => this.change(|_| ()),
            Fetch::Failed => this.fail(),
        });
        Ok(())
    }

    /// Whether there is a worker.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.worker.borrow().is_some()
    }

    /// Whether there is a worker without a photo.
    #[must_use]
    pub fn wants_photo(&self) -> bool {
        let inner = self.worker.borrow();
        inner.as_ref().is_some_and(|inner| !inner.given)
    }

    /// Whether an answer is still to come.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        let inner = self.worker.borrow();
        inner.as_ref().is_some_and(|inner| inner.awaited > 0)
    }

    /// Hands the photo's pixels (an `ArrayBuffer`) over; only once.
    pub fn give_photo(&self, width: u32, height: u32, pixels: JsValue) {
        self.change(|inner| {
            if !inner.given {
                inner.given = true;
                inner.photo = Some((Ask::Photo { width, height }, pixels));
            }
        });
    }

    /// Asks about the photo, once it is there.
    pub fn ask(&self, ask: Ask) {
        self.change(|inner| {
            inner.asked = Some(ask);
            inner.deadline_ms = now_ms() + PATIENCE_MS;
        });
    }

    /// Changes what is known, and posts what can be posted by now.
    fn change(&self, change: impl FnOnce(&mut Inner)) {
        let mut inner = self.worker.borrow_mut();
        let Some(inner) = inner.as_mut() else { return };
        change(inner);
        let models = self.models.here().filter(|_| inner.ready);
        if let Some(models) = models.filter(|_| !inner.has_models) {
            inner.has_models = true;
            inner.post(&Ask::Models, &models, &Array::new());
        }
        if inner.has_models && inner.given {
            if let Some((photo, pixels)) = inner.photo.take() {
                inner.post(&photo, &pixels, &Array::of1(&pixels));
            }
            if let Some(ask) = inner.asked.take() {
                inner.awaited += 1;
                inner.post(&ask, &JsValue::NULL, &Array::new());
            }
        }
    }

    /// Ends the worker; nobody hears of it.
    pub fn stop(&self) {
        self.take();
    }

    /// To be called every second or so: ends a worker silent for too long.
    pub fn check(&self) {
        let late = |inner: &Inner| now_ms() > inner.deadline_ms;
        let late = self.worker.borrow().as_ref().is_some_and(late);
        if late {
            self.fail();
        }
    }

    fn say(&self, answer: Answer) {
        if let Some(inner) = self.worker.borrow_mut().as_mut() {
            inner.awaited = inner.awaited.saturating_sub(1);
            if inner.awaited == 0 {
                inner.deadline_ms = f64::INFINITY;
            }
        }
        self.tell(answer);
    }

    fn tell(&self, answer: Answer) {
        // Let go of before it is called: what it hears may come back here.
        let inner = self.worker.borrow();
        let listener = inner.as_ref().map(|inner| Rc::clone(&inner.listener));
        drop(inner);
        if let Some(listener) = listener {
            listener(answer);
        }
    }

    fn fail(&self) {
        if let Some(listener) = self.take() {
            listener(Answer::Failed);
        }
    }

    fn take(&self) -> Option<Listener> {
        let inner = self.worker.borrow_mut().take()?;
        inner.worker.terminate();
        drop_later(inner.listening);
        Some(inner.listener)
    }
}

impl Inner {
    fn post(&self, ask: &Ask, object: &JsValue, handed_over: &Array) {
        // A refusal means a worker that is gone, which its silence tells.
        let _ = self
            .worker
            .post_message_with_transfer(&encode_ask(ask, object), handed_over);
    }
}
