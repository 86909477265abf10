//! The vision models' files: fetched by the page with the first photo, counted
//! as they come, and kept for each vision worker of this visit.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, ReadableStreamDefaultReader, Response};

/// Where the files are and how long, as the page's starter knows: an array of
/// `[address, bytes]`, in the order in which the worker wants them.
#[derive(Clone, Debug)]
pub struct ModelFiles(Rc<RefCell<State>>);

#[derive(Debug)]
enum State {
    Elsewhere(Array),
    Coming,
    /// `ArrayBuffer`s.
    Here(Array),
}

impl ModelFiles {
    /// Files that nobody has fetched yet.
    #[must_use]
    pub fn new(listing: Array) -> Self {
        Self(Rc::new(RefCell::new(State::Elsewhere(listing))))
    }

    /// The files' contents, if they are here.
    #[must_use]
    pub fn here(&self) -> Option<Array> {
        match &*self.0.borrow() {
            State::Here(files) => Some(files.clone()),
            State::Elsewhere(_) | State::Coming => None,
        }
    }

    /// Fetches the files, unless they are here or on their way. `heard` is
    /// told the share that has come, 0–1, and at the end whether all did.
    pub fn fetch(&self, heard: impl Fn(Fetch) + 'static) {
        let listing = match &*self.0.borrow() {
            State::Elsewhere(listing) => listing.clone(),
            State::Coming | State::Here(_) => return,
        };
        *self.0.borrow_mut() = State::Coming;
        let state = Rc::clone(&self.0);
        spawn_local(async move {
            let fetched = fetched(&listing, &|share| heard(Fetch::Share(share))).await;
            let end = if fetched.is_ok() {
                Fetch::Done
            } else {
                Fetch::Failed
            };
            *state.borrow_mut() = fetched.map_or(State::Elsewhere(listing), State::Here);
            heard(end);
        });
    }
}

/// What becomes of a fetch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fetch {
    /// So much has come, 0–1.
    Share(f64),
    /// All is here.
    Done,
    /// Something could not be had.
    Failed,
}

async fn fetched(listing: &Array, heard: &dyn Fn(f64)) -> Result<Array, JsValue> {
    let window = web_sys::window().ok_or("no window")?;
    let entries: Vec<Array> = listing.iter().map(|entry| Array::from(&entry)).collect();
    let whole: f64 = entries.iter().filter_map(|e| e.get(1).as_f64()).sum();
    // All are asked for at once; each waits in the browser for its turn.
    let answers: Vec<JsFuture> = entries
        .iter()
        .map(|entry| window.fetch_with_str(&entry.get(0).as_string().unwrap_or_default()))
        .map(JsFuture::from)
        .collect();
    let files = Array::new();
    let mut come = 0.0;
    for answer in answers {
        let answer: Response = answer.await?.dyn_into()?;
        if !answer.ok() {
            return Err("missing".into());
        }
        let parts = Array::new();
        let stream = answer.body().ok_or("no body")?;
        let reader: ReadableStreamDefaultReader = stream.get_reader().dyn_into()?;
        loop {
            let read = JsFuture::from(reader.read()).await?;
            let part = Reflect::get(&read, &"value".into())?;
            if part.is_undefined() {
                break;
            }
            come += Reflect::get(&part, &"byteLength".into())?
                .as_f64()
                .unwrap_or(0.0);
            parts.push(&part);
            heard((come / whole).min(1.0));
        }
        let whole = Blob::new_with_u8_array_sequence(&parts)?;
        files.push(&JsFuture::from(whole.array_buffer()).await?);
    }
    Ok(files)
}
