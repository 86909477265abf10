//! Small things the page asks of the browser: files out of events, downloads,
//! reading texts, fetching a sample.

use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, DataTransfer, Event, File, HtmlAnchorElement, HtmlInputElement,
    Response, Url,
};

/// The file a file input was given; the input is emptied, so that choosing
/// the same file again counts as a choice.
#[must_use]
pub fn chosen_file(event: &Event) -> Option<File> {
    let input: HtmlInputElement = event.target()?.dyn_into().ok()?;
    let file = input.files()?.get(0);
    input.set_value("");
    file
}

/// The first file that was dropped or pasted.
#[must_use]
pub fn transferred_file(data: Option<DataTransfer>) -> Option<File> {
    data?.files()?.get(0)
}

/// A file's text.
///
/// # Errors
/// What the browser says when it cannot read the file.
pub async fn text_of(file: &File) -> Result<String, JsValue> {
    Ok(JsFuture::from(file.text())
        .await?
        .as_string()
        .unwrap_or_default())
}

/// Fetches one of the app's own files.
///
/// # Errors
/// Where the network or the server fails; a missing file counts as failed.
pub async fn fetch_own(path: &str) -> Result<Blob, JsValue> {
    let window = web_sys::window().ok_or("no window")?;
    let response: Response = JsFuture::from(window.fetch_with_str(path))
        .await?
        .dyn_into()?;
    if !response.ok() {
        return Err(JsValue::from_str("missing"));
    }
    JsFuture::from(response.blob()?).await?.dyn_into()
}

/// Hands a blob to the browser's download.
///
/// # Errors
/// Where the browser refuses an object address.
pub fn download(blob: &Blob, name: &str) -> Result<(), JsValue> {
    let document = web_sys::window()
        .and_then(|w| w.document())
        .ok_or("no document")?;
    let link: HtmlAnchorElement = document.create_element("a")?.dyn_into()?;
    let address = Url::create_object_url_with_blob(blob)?;
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // The browser has taken its own hold of the blob by then.
    let release = Closure::once_into_js(move || release_address(&address));
    web_sys::window()
        .ok_or("no window")?
        .set_timeout_with_callback_and_timeout_and_arguments_0(release.unchecked_ref(), 60_000)?;
    Ok(())
}

/// A text as a file to download.
///
/// # Errors
/// As [`download`].
pub fn download_text(text: &str, mime: &str, name: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(mime);
    let parts = js_sys::Array::of1(&text.into());
    download(
        &Blob::new_with_str_sequence_and_options(&parts, &options)?,
        name,
    )
}

/// An address of a blob, until [`release_address`]; none where the browser refuses.
#[must_use]
pub fn object_address(blob: &Blob) -> Option<String> {
    Url::create_object_url_with_blob(blob).ok()
}

/// Lets a blob go that had an address.
pub fn release_address(address: &str) {
    // Refused are addresses that are none.
    let _ = Url::revoke_object_url(address);
}

/// Where a text is kept over a reload.
const KEPT: &str = "smp-plan";

/// Keeps a text as long as the tab is open, over reloads, in place of the one
/// before. Browsers that keep nothing lose it.
pub fn keep_text(text: &str) {
    let storage = web_sys::window().and_then(|w| w.session_storage().ok()?);
    if let Some(storage) = storage {
        // Refused where it is full: what was kept before stays.
        let _ = storage.set_item(KEPT, text);
    }
}

/// The text that [`keep_text`] kept.
#[must_use]
pub fn kept_text() -> Option<String> {
    let storage = web_sys::window()?.session_storage().ok()??;
    storage.get_item(KEPT).ok()?
}

/// Whether the person has asked for less motion.
#[must_use]
pub fn prefers_calm() -> bool {
    web_sys::window()
        .and_then(|w| w.match_media("(prefers-reduced-motion: reduce)").ok()?)
        .is_some_and(|query| query.matches())
}

/// Milliseconds since the page was opened.
#[must_use]
pub fn now_ms() -> f64 {
    web_sys::window()
        .and_then(|w| w.performance())
        .map_or(0.0, |p| p.now())
}

/// Drops what hears events once the event being heard is over: a closure must
/// not be dropped while it runs.
pub fn drop_later(listening: Vec<Closure<dyn FnMut(JsValue)>>) {
    wasm_bindgen_futures::spawn_local(async move { drop(listening) });
}
