//! The render worker's side of the conversation: hears [`Request`]s, answers
//! with [`Response`]s, owns the photo and the canvases.
//!
//! One job at a time is the page's promise; decoding and exporting wait for
//! the browser and let other messages through meanwhile.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageEvent, OffscreenCanvas};

use super::{
    bitmap::decode_blob,
    blob_reader::BlobReader,
    wire,
    worker_canvas::Screen,
    worker_export::{Help, Job, export, jpeg},
};
use crate::{
    codec::{self, Header, Limit, WORKING_EDGE},
    engine::{
        look::Look, matte::Matte, placed::Ranked, placement::MarkerInPhoto, render::Renderer,
        sample::mean_linear_rgb, sides::Continued, stages::Inputs, strip::strip, veil::veil,
    },
    protocol::{JobError, PhotoError, Request, Response},
    session::document::Plan,
};

/// Starts the worker: listens, then says [`Response::Ready`]. Does nothing
/// outside a dedicated worker.
pub fn start() {
    console_error_panic_hook::set_once();
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else {
        return;
    };
    report_rejections(&scope);
    let host = Rc::new(Host {
        scope: scope.clone(),
        screen: RefCell::default(),
        loaded: RefCell::default(),
        spare: RefCell::default(),
        newest_load: Cell::default(),
    });
    let hearing = Rc::clone(&host);
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        hearing.hear(&event.data());
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // Lives as long as the worker.
    on_message.forget();
    host.say(Response::Ready, &[]);
}

/// Lets failures of promises reach the page's `error` event like any other,
/// so that a trap after a wait is noticed too. JavaScript's own function,
/// because after a trap nothing in wasm may run again.
fn report_rejections(scope: &DedicatedWorkerGlobalScope) {
    if let Ok(report) = Reflect::get(scope, &"reportError".into())
        && let Ok(report) = report.dyn_into::<Function>()
    {
        let bound = report.bind0(scope);
        // Where it cannot be set, the page's watchdog still notices.
        let _ = Reflect::set(scope, &"onunhandledrejection".into(), &bound);
    }
}

struct Host {
    scope: DedicatedWorkerGlobalScope,
    screen: RefCell<Option<Screen>>,
    loaded: RefCell<Option<Loaded>>,
    /// Candidates made before there was a photo.
    spare: RefCell<Option<Ranked>>,
    newest_load: Cell<u32>,
}

/// The photo on screen. The file is kept for the export.
struct Loaded {
    blob: Blob,
    header: Header,
    renderer: Renderer,
}

impl Host {
    fn hear(self: &Rc<Self>, data: &JsValue) {
        // Only our own page talks to us; what is not a message is not for us.
        let Some((parts, objects)) = wire::decode(data) else {
            return;
        };
        let Some(request) = Request::from_parts(parts) else {
            return;
        };
        match request {
            Request::Start => self.start(&objects),
            Request::Load { load } => self.load(load, objects.into_iter().next()),
            Request::Prepare { inputs } => {
                if let Some(loaded) = self.loaded.borrow_mut().as_mut() {
                    // The picture that is asked for next fails alike, and says so.
                    let _ = loaded.renderer.prepare(&inputs);
                }
            }
            Request::Render { job, inputs, veil } => {
                let answer = self.render(job, &inputs, veil);
                self.say_or_fail(job, answer);
            }
            Request::Sample { job, at } => {
                let answer = self.sample(job, at);
                self.say_or_fail(job, answer);
            }
            Request::Match { job, what, look } => {
                let answer = self.match_sides(job, what, look);
                self.say_or_fail(job, answer);
            }
            Request::Export {
                job,
                format,
                layout,
                inputs,
            } => {
                let task = self.loaded.borrow().as_ref().map(|loaded| Job {
                    blob: loaded.blob.clone(),
                    header: loaded.header,
                    format,
                    layout,
                    inputs,
                    scalp: loaded.renderer.scalp().clone(),
                });
                self.export(job, task);
            }
            Request::Strip { job, inputs } => self.strip(job, &inputs),
            Request::Matte { photo_width, rect } => {
                let shares = objects.into_iter().next();
                let matte = shares.and_then(|shares| {
                    Matte::new(photo_width, rect, Uint8Array::new(&shares).to_vec())
                });
                if let Some(loaded) = self.loaded.borrow_mut().as_mut() {
                    loaded.renderer.set_matte(matte);
                }
            }
            Request::Correct { corrections } => {
                if let Some(loaded) = self.loaded.borrow_mut().as_mut() {
                    loaded.renderer.correct(&corrections);
                }
            }
            Request::ReadPlan { job, text } => {
                let response = match Plan::from_json(&text) {
                    Ok(plan) => Response::PlanRead {
                        job,
                        plan: Box::new(plan),
                    },
                    Err(error) => Response::PlanRefused {
                        job,
                        why: error.to_string(),
                    },
                };
                self.say(response, &[]);
            }
            Request::Pixels { job } => self.give_pixels(job),
            Request::Trap => std::process::abort(),
        }
    }

    fn start(&self, canvases: &[JsValue]) {
        let canvas = |index: usize| {
            canvases
                .get(index)
                .and_then(|c| c.dyn_ref::<OffscreenCanvas>())
        };
        if let (Some(before), Some(after), Some(veil)) = (canvas(0), canvas(1), canvas(2)) {
            *self.screen.borrow_mut() = Screen::new([before, after, veil]).ok();
        }
        // Over half a second of work that the first photo would wait for:
        // done while the person is still choosing it.
        let seed = Look::default().seed;
        *self.spare.borrow_mut() = Some(Ranked::new(seed));
    }

    fn load(self: &Rc<Self>, load: u32, file: Option<JsValue>) {
        if load < self.newest_load.get() {
            return;
        }
        self.newest_load.set(load);
        let host = Rc::clone(self);
        spawn_local(async move {
            let wanted = || host.newest_load.get() == load;
            let result = host.open(load, file, &wanted).await;
            match result {
                Ok(Some(ready)) => host.say(ready, &[]),
                Err(error) if wanted() => host.say(Response::PhotoFailed { load, error }, &[]),
                // A newer load is under way: nobody waits for this one.
                Ok(None) | Err(_) => {}
            }
        });
    }

    async fn open(
        &self,
        load: u32,
        file: Option<JsValue>,
        wanted: &dyn Fn() -> bool,
    ) -> Result<Option<Response>, PhotoError> {
        let blob: Blob = file
            .and_then(|file| file.dyn_into().ok())
            .ok_or(PhotoError::NotAPicture)?;
        let reader = BlobReader::new(&blob).map_err(|_| PhotoError::Damaged)?;
        let header = codec::probe(reader, blob.size() as u64)?;
        let Some(decoded) = decode_blob(&blob, &header, Limit::Edge(WORKING_EDGE), wanted).await?
        else {
            return Ok(None);
        };
        let photo = decoded.photo;
        if let Some(screen) = self.screen.borrow().as_ref() {
            screen
                .show_photo(&photo)
                .map_err(|_| PhotoError::OutOfMemory)?;
        }
        let ready = Response::PhotoReady {
            load,
            width: photo.width(),
            height: photo.height(),
            source_width: decoded.source_width,
            source_height: decoded.source_height,
            print: photo.print(),
        };
        let renderer = Renderer::with_ranked(photo, self.take_ranked());
        *self.loaded.borrow_mut() = Some(Loaded {
            blob,
            header,
            renderer,
        });
        Ok(Some(ready))
    }

    fn render(&self, job: u32, inputs: &Inputs, veiled: bool) -> Result<Response, JobError> {
        let mut loaded = self.loaded.borrow_mut();
        let renderer = &mut loaded.as_mut().ok_or(JobError::NoPhoto)?.renderer;
        let frame = renderer
            .render(inputs, &|| self.now())
            .map_err(|_| JobError::BadPlacement)?;
        let put_start = self.now();
        if let Some(screen) = self.screen.borrow().as_ref() {
            screen
                .show_after(renderer.pixels(), frame.rect)
                .map_err(|_| JobError::Encode)?;
            let (width, height) = (renderer.photo().width(), renderer.photo().height());
            let head = renderer.head().filter(|_| veiled);
            if let Some(veil) = head.and_then(|head| veil(head, renderer.scalp(), width, height)) {
                screen.show_veil(&veil).map_err(|_| JobError::Encode)?;
            }
        }
        Ok(Response::Rendered {
            job,
            impressions: frame.impressions,
            under_hair: frame.under_hair,
            stages: frame.stages,
            put_ms: self.now() - put_start,
        })
    }

    fn sample(&self, job: u32, at: MarkerInPhoto) -> Result<Response, JobError> {
        let loaded = self.loaded.borrow();
        let renderer = &loaded.as_ref().ok_or(JobError::NoPhoto)?.renderer;
        Ok(Response::Sampled {
            job,
            linear_rgb: mean_linear_rgb(renderer.photo(), at),
        })
    }

    fn match_sides(&self, job: u32, what: Continued, mut look: Look) -> Result<Response, JobError> {
        let mut loaded = self.loaded.borrow_mut();
        let renderer = &mut loaded.as_mut().ok_or(JobError::NoPhoto)?.renderer;
        let matched = renderer.match_sides(what, &look.density);
        if let Some(matched) = matched {
            (look.density, look.shade) = (matched.density, matched.shade);
        }
        let fit = matched.map(|matched| matched.fit);
        Ok(Response::Matched { job, fit, look })
    }

    fn strip(self: &Rc<Self>, job: u32, inputs: &Inputs) {
        let made = || {
            let mut loaded = self.loaded.borrow_mut();
            let renderer = &mut loaded.as_mut().ok_or(JobError::NoPhoto)?.renderer;
            let strip = strip(renderer, inputs).map_err(|_| JobError::BadPlacement)?;
            strip.ok_or(JobError::BadPlacement)
        };
        let strip = match made() {
            Ok(strip) => strip,
            Err(error) => return self.say(Response::Failed { job, error }, &[]),
        };
        let host = Rc::clone(self);
        spawn_local(async move {
            match jpeg(&strip).await {
                Ok(blob) => host.say(Response::Strip { job }, &[blob.into()]),
                Err(_) => {
                    let error = JobError::Encode;
                    host.say(Response::Failed { job, error }, &[]);
                }
            }
        });
    }

    fn give_pixels(&self, job: u32) {
        let loaded = self.loaded.borrow();
        let Some(loaded) = loaded.as_ref() else {
            let error = JobError::NoPhoto;
            return self.say(Response::Failed { job, error }, &[]);
        };
        let photo = loaded.renderer.photo();
        let response = Response::Pixels {
            job,
            width: photo.width(),
            height: photo.height(),
        };
        let bytes: JsValue = Uint8Array::from(photo.rgba()).buffer().into();
        let message = wire::encode(response.parts(), std::slice::from_ref(&bytes));
        // Handed over, not copied once more.
        let _ = self
            .scope
            .post_message_with_transfer(&message, &Array::of1(&bytes));
    }

    fn export(self: &Rc<Self>, job: u32, task: Option<Job>) {
        let Some(task) = task else {
            return self.say(
                Response::Failed {
                    job,
                    error: JobError::NoPhoto,
                },
                &[],
            );
        };
        let host = Rc::clone(self);
        spawn_local(async move {
            let progress = |done: f64| host.say(Response::Progress { job, done }, &[]);
            let help = Help {
                clock: &|| host.now(),
                progress: &progress,
                borrow_ranked: &|| host.take_ranked(),
                return_ranked: &|ranked| host.give_ranked(ranked),
            };
            match export(&task, &help).await {
                Ok(blob) => host.say(Response::Exported { job }, &[blob.into()]),
                Err(error) => host.say(Response::Failed { job, error }, &[]),
            }
        });
    }

    fn take_ranked(&self) -> Option<Ranked> {
        let mut loaded = self.loaded.borrow_mut();
        let from_photo = loaded
            .as_mut()
            .and_then(|loaded| loaded.renderer.take_ranked());
        from_photo.or_else(|| self.spare.take())
    }

    fn give_ranked(&self, ranked: Option<Ranked>) {
        if let Some(loaded) = self.loaded.borrow_mut().as_mut() {
            loaded.renderer.give_ranked(ranked);
        }
    }

    /// Milliseconds, from the worker's start.
    fn now(&self) -> f64 {
        self.scope
            .performance()
            .map_or(0.0, |performance| performance.now())
    }

    fn say_or_fail(&self, job: u32, answer: Result<Response, JobError>) {
        let response = answer.unwrap_or_else(|error| Response::Failed { job, error });
        self.say(response, &[]);
    }

    fn say(&self, response: Response, objects: &[JsValue]) {
        // Blobs and texts are always clonable; nothing else is sent.
        let _ = self
            .scope
            .post_message(&wire::encode(response.parts(), objects));
    }
}
