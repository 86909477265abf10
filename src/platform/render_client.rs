//! The page's end of the render worker: starts it, speaks with it, and starts
//! another when it dies. Keeps the photo's blob, so that a new worker can be
//! given it again.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use web_sys::{Blob, ErrorEvent, HtmlCanvasElement, HtmlElement, MessageEvent, Worker};

use super::page::{drop_later, now_ms};
use super::vision_client::SealedMatte;
use super::wire;
use crate::engine::{corrections::Corrections, stages::Inputs};
use crate::protocol::{Request, Response};
use crate::session::queue::Queue;

/// How long a frame or a colour may take before the worker counts as hung, ms.
const PATIENCE_MS: f64 = 20_000.0;
/// The same for a photo or an export.
const LONG_PATIENCE_MS: f64 = 120_000.0;
/// Deaths over one photo after which the photo is given up.
const LIVES: u32 = 3;

/// What the page hears.
#[derive(Debug)]
pub enum News {
    /// The worker said something; with the blob of an export, or the bytes of
    /// a photo.
    Said(Box<Response>, Option<JsValue>),
    /// The worker died or hung and a new one was started. `photo_lost` where
    /// the photo killed it too often to be tried again.
    Restarted {
        /// No photo is loaded any more.
        photo_lost: bool,
    },
}

type Listener = Rc<dyn Fn(News)>;

/// The page's handle on the worker. Clones share one worker.
#[derive(Clone)]
pub struct RenderClient(Rc<RefCell<Inner>>);

struct Inner {
    spawn: Function,
    stage: HtmlElement,
    listener: Listener,
    worker: Option<Worker>,
    listening: Vec<Closure<dyn FnMut(JsValue)>>,
    ready: bool,
    canvases: Option<[JsValue; 3]>,
    /// The photo that is on the canvases, or on its way there.
    photo: Option<Blob>,
    /// What is known of the photo's scalp and hair.
    matte: Option<SealedMatte>,
    /// A photo that is being tried while another is shown.
    trying: Option<Blob>,
    load: u32,
    loading: bool,
    deaths: u32,
    /// The person's corrections, and whether the worker has them.
    corrections: Corrections,
    corrected: bool,
    frames: Queue<(Inputs, bool)>,
    /// Jobs other than frames that are not answered yet: none is forgotten for another.
    other_jobs: Vec<u32>,
    next_other: u32,
    deadline_ms: Option<f64>,
}

impl RenderClient {
    /// Starts the first worker. `spawn` makes one, `stage` is the element that
    /// holds its canvases.
    ///
    /// # Errors
    /// Where the browser has no workers or no offscreen canvases.
    pub fn new(
        spawn: Function,
        stage: HtmlElement,
        listener: impl Fn(News) + 'static,
    ) -> Result<Self, JsValue> {
        let client = Self(Rc::new(RefCell::new(Inner {
            spawn,
            stage,
            listener: Rc::new(listener),
            worker: None,
            listening: Vec::new(),
            ready: false,
            canvases: None,
            photo: None,
            matte: None,
            corrections: Corrections::default(),
            corrected: true,
            trying: None,
            load: 0,
            loading: false,
            deaths: 0,
            frames: Queue::default(),
            other_jobs: Vec::new(),
            next_other: 1 << 31,
            deadline_ms: None,
        })));
        client.start()?;
        Ok(client)
    }

    /// Has a photo decoded; what was being decoded is dropped.
    pub fn load(&self, photo: Blob) {
        let mut inner = self.0.borrow_mut();
        inner.deaths = 0;
        inner.trying = Some(photo);
        inner.send_load();
    }

    /// Tells the worker what is bare scalp in the photo that is shown; kept
    /// for the next worker. Whoever tells asks for a frame then.
    pub fn set_matte(&self, matte: SealedMatte) {
        let mut inner = self.0.borrow_mut();
        inner.matte = Some(matte);
        inner.send_matte();
    }

    /// Says what frame will be asked for once the matte is there.
    pub fn prepare(&self, inputs: Inputs) {
        let inner = self.0.borrow();
        if inner.ready && !inner.loading {
            inner.post(Request::Prepare { inputs }, &[]);
        }
    }

    /// Asks for a frame, and for the veil over bare scalp if that is to be seen;
    /// only the newest asked for is drawn.
    pub fn render(&self, inputs: Inputs, corrections: &Corrections, veil: bool) {
        let mut inner = self.0.borrow_mut();
        if inner.corrections != *corrections {
            inner.corrections.clone_from(corrections);
            inner.corrected = false;
        }
        // Without a photo on the canvases there is nothing to draw on; the
        // page asks again when there is.
        if inner.ready && !inner.loading {
            let next = inner.frames.ask((inputs, veil));
            inner.send_frame(next);
        }
    }

    /// Asks for anything else; `request` gets the job's number. A job asked
    /// for while another runs takes its place in the worker's own queue.
    pub fn ask(&self, request: impl FnOnce(u32) -> Request) -> u32 {
        let mut inner = self.0.borrow_mut();
        let job = inner.next_job();
        inner.other_jobs.push(job);
        inner.wait(LONG_PATIENCE_MS);
        inner.send_corrections();
        inner.post(request(job), &[]);
        job
    }

    /// Asks for the photo's pixels, whatever else is asked for: they are
    /// wanted in the background.
    pub fn ask_for_pixels(&self) {
        let mut inner = self.0.borrow_mut();
        let job = inner.next_job();
        inner.post(Request::Pixels { job }, &[]);
    }

    /// Ends the worker and whatever it was doing; a new one takes over.
    pub fn restart(&self) {
        self.died(false);
    }

    /// To be called every second or so: a worker silent for too long is
    /// restarted.
    pub fn check(&self) {
        let late = self
            .0
            .borrow()
            .deadline_ms
            .is_some_and(|deadline| now_ms() > deadline);
        if late {
            self.died(true);
        }
    }

    fn start(&self) -> Result<(), JsValue> {
        let mut inner = self.0.borrow_mut();
        let worker: Worker = inner
            .spawn
            .call1(&JsValue::NULL, &JsValue::from_str("render"))?
            .dyn_into()?;
        inner.canvases = Some(fresh_canvases(&inner.stage)?);
        let this = self.clone();
        let message = Closure::new(move |event: JsValue| {
            if let Ok(event) = event.dyn_into::<MessageEvent>() {
                this.heard(&event.data());
            }
        });
        let this = self.clone();
        let error = Closure::new(move |event: JsValue| {
            if let Some(event) = event.dyn_ref::<ErrorEvent>() {
                event.prevent_default();
            }
            this.died(true);
        });
        worker.set_onmessage(Some(message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(error.as_ref().unchecked_ref()));
        inner.listening = vec![message, error];
        inner.worker = Some(worker);
        inner.ready = false;
        Ok(())
    }

    fn died(&self, by_itself: bool) {
        let (listener, photo_lost, old) = {
            let mut inner = self.0.borrow_mut();
            if let Some(worker) = inner.worker.take() {
                worker.terminate();
            }
            inner.deaths += u32::from(by_itself);
            inner.frames.clear();
            inner.other_jobs.clear();
            inner.deadline_ms = None;
            inner.loading = false;
            let photo_lost = inner.deaths >= LIVES;
            if photo_lost {
                // First the photo on trial, then the one that was shown.
                if inner.trying.take().is_none() {
                    inner.photo = None;
                }
                inner.deaths = 0;
            }
            (
                inner.listener.clone(),
                photo_lost,
                std::mem::take(&mut inner.listening),
            )
        };
        drop_later(old);
        if self.start().is_ok() {
            listener(News::Restarted { photo_lost });
        }
    }

    fn heard(&self, data: &JsValue) {
        let Some((parts, objects)) = wire::decode(data) else {
            return;
        };
        let Some(response) = Response::from_parts(parts) else {
            return;
        };
        let object = objects.into_iter().next();
        let (listener, wanted) = {
            let mut inner = self.0.borrow_mut();
            let wanted = inner.note(&response);
            (inner.listener.clone(), wanted)
        };
        if wanted {
            listener(News::Said(Box::new(response), object));
        }
    }
}

impl Inner {
    /// Updates what is known; whether the page should hear of it.
    fn note(&mut self, response: &Response) -> bool {
        self.deadline_ms = None;
        let wanted = match response {
            Response::Ready => {
                self.ready = true;
                self.greet();
                false
            }
            Response::PhotoReady { load, .. } if *load == self.load => {
                self.loading = false;
                if let Some(photo) = self.trying.take() {
                    self.photo = Some(photo);
                    self.matte = None;
                }
                self.send_matte();
                self.corrected = false;
                true
            }
            Response::PhotoFailed { load, .. } if *load == self.load => {
                self.loading = false;
                self.trying = None;
                // It may have come while the worker was busy with the other.
                self.send_matte();
                true
            }
            Response::PhotoReady { .. } | Response::PhotoFailed { .. } => false,
            Response::Rendered { job, .. } => {
                self.deaths = 0;
                let next = self.frames.answered(*job);
                self.send_frame(next);
                true
            }
            Response::Progress { .. } => {
                self.wait(LONG_PATIENCE_MS);
                true
            }
            // Whoever asked for them knows whether they still matter.
            Response::Pixels { .. } => true,
            Response::Sampled { job, .. }
            | Response::Matched { job, .. }
            | Response::PlanRead { job, .. }
            | Response::PlanRefused { job, .. }
            | Response::Exported { job }
            | Response::Strip { job }
            | Response::Failed { job, .. } => {
                let next = self.frames.answered(*job);
                self.send_frame(next);
                let asked = self.other_jobs.len();
                self.other_jobs.retain(|other| other != job);
                self.other_jobs.len() < asked || matches!(response, Response::Failed { .. })
            }
        };
        if self.deadline_ms.is_none() && (self.loading || !self.other_jobs.is_empty()) {
            self.wait(LONG_PATIENCE_MS);
        }
        wanted
    }

    fn greet(&mut self) {
        if let Some(canvases) = self.canvases.take() {
            self.post(Request::Start, &canvases);
        }
        if self.photo.is_some() || self.trying.is_some() {
            self.send_load();
        }
    }

    fn send_load(&mut self) {
        if !self.ready {
            return;
        }
        let Some(photo) = self.trying.clone().or_else(|| self.photo.clone()) else {
            return;
        };
        self.load += 1;
        self.loading = true;
        self.wait(LONG_PATIENCE_MS);
        let load = self.load;
        self.post(Request::Load { load }, &[photo.into()]);
    }

    /// The number of a job other than a frame.
    fn next_job(&mut self) -> u32 {
        self.next_other = self.next_other.wrapping_add(1);
        self.next_other
    }

    /// Sends the matte, where there is one and its photo is loaded.
    fn send_matte(&self) {
        let Some(matte) = self.matte.as_ref().filter(|_| self.ready && !self.loading) else {
            return;
        };
        let request = Request::Matte {
            photo_width: matte.photo_width,
            rect: matte.rect,
        };
        self.post(request, &[matte.shares.clone().into()]);
    }

    /// Sends the corrections, where the worker does not have them.
    fn send_corrections(&mut self) {
        if !std::mem::replace(&mut self.corrected, true) {
            let corrections = self.corrections.clone();
            self.post(Request::Correct { corrections }, &[]);
        }
    }

    fn send_frame(&mut self, next: Option<(u32, (Inputs, bool))>) {
        let Some((job, (inputs, veil))) = next else {
            return;
        };
        self.wait(PATIENCE_MS);
        self.send_corrections();
        self.post(Request::Render { job, inputs, veil }, &[]);
    }

    fn wait(&mut self, patience_ms: f64) {
        self.deadline_ms = Some(now_ms() + patience_ms);
    }

    /// Posts a message; canvases among the objects are handed over for good.
    fn post(&self, request: Request, objects: &[JsValue]) {
        let Some(worker) = &self.worker else {
            return;
        };
        let handed_over: Array = objects
            .iter()
            .filter(|object| object.is_instance_of::<web_sys::OffscreenCanvas>())
            .collect();
        // A refusal means a worker that is gone, which its silence tells.
        let _ = worker
            .post_message_with_transfer(&wire::encode(request.parts(), objects), &handed_over);
    }
}

/// New canvases in the stage instead of the old: a canvas can be handed to a
/// worker only once.
fn fresh_canvases(stage: &HtmlElement) -> Result<[JsValue; 3], JsValue> {
    let document = stage.owner_document().ok_or("no document")?;
    while let Some(old) = stage.first_child() {
        stage.remove_child(&old)?;
    }
    let make = |class: &str| -> Result<JsValue, JsValue> {
        let canvas: HtmlCanvasElement = document.create_element("canvas")?.dyn_into()?;
        canvas.set_class_name(class);
        canvas.set_attribute("aria-hidden", "true")?;
        stage.append_child(&canvas)?;
        Ok(canvas.transfer_control_to_offscreen()?.into())
    };
    Ok([make("before")?, make("after")?, make("veil")?])
}
