//! The picture to keep: decoded afresh at the source's size, rendered by the
//! same engine, composed and encoded.

use std::io::{self, Write};

use js_sys::{Array, Uint8Array, Uint8ClampedArray};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, ImageData, ImageEncodeOptions, OffscreenCanvas};

use super::bitmap::{context_2d, decode_blob};
use crate::{
    codec::{self, EXPORT_MAX_PIXELS, Header, Limit},
    engine::{
        export::{Layout, compose},
        image::Photo,
        placed::Ranked,
        render::Renderer,
        scalp::Scalp,
        stages::Inputs,
    },
    protocol::{ExportFormat, JobError},
};

/// JPEG quality (ux.md §1.8).
const JPEG_QUALITY: f64 = 0.92;
/// Bytes handed to JavaScript at a time.
const CHUNK_BYTES: usize = 1 << 20;
/// Progress after decoding and after rendering; encoding takes the rest.
/// Rough shares of the time of a 12-megapixel PNG (perf.md §1, §3).
const DECODED: f64 = 0.2;
const RENDERED: f64 = 0.6;
/// Most pixels of one half of a before/after picture: both together, with
/// room for a gap and a border, stay under [`EXPORT_MAX_PIXELS`].
const HALF_MAX_PIXELS: u64 = EXPORT_MAX_PIXELS / 2 / 20 * 19;

/// What to export.
pub(crate) struct Job {
    /// The loaded photo's file.
    pub blob: Blob,
    /// Its header.
    pub header: Header,
    /// File format.
    pub format: ExportFormat,
    /// What it shows.
    pub layout: Layout,
    /// Where the head is and what to draw.
    pub inputs: Inputs,
    /// What is bare scalp.
    pub scalp: Scalp,
}

/// What an export needs from the worker around it.
pub(crate) struct Help<'a> {
    /// Milliseconds, for the engine's report.
    pub clock: &'a dyn Fn() -> f64,
    /// Hears the share done, 0–1.
    pub progress: &'a dyn Fn(f64),
    /// Gives the candidates that the worker has, if any: they are dear to
    /// make and the same for every size.
    pub borrow_ranked: &'a dyn Fn() -> Option<Ranked>,
    /// Takes them back.
    pub return_ranked: &'a dyn Fn(Option<Ranked>),
}

/// Does the whole job.
///
/// # Errors
/// [`JobError::BadPlacement`] from the engine, [`JobError::Encode`] for
/// everything else (the photo decoded before, so what fails here is memory).
pub(crate) async fn export(job: &Job, help: &Help<'_>) -> Result<Blob, JobError> {
    let progress = help.progress;
    let limit = Limit::Pixels(match job.layout {
        Layout::After => EXPORT_MAX_PIXELS,
        Layout::BeforeAfter => HALF_MAX_PIXELS,
    });
    let decoded = decode_blob(&job.blob, &job.header, limit, &|| true)
        .await
        .ok()
        .flatten()
        .ok_or(JobError::Encode)?;
    progress(DECODED);
    let picture = treat(decoded.photo, job, help)?;
    progress(RENDERED);
    let encoded = match job.format {
        ExportFormat::Png => png(&picture, progress),
        ExportFormat::Jpeg => jpeg(&picture).await,
    };
    let blob = encoded.map_err(|_| JobError::Encode)?;
    progress(1.0);
    Ok(blob)
}

fn treat(photo: Photo, job: &Job, help: &Help<'_>) -> Result<Photo, JobError> {
    let mut renderer = Renderer::with_ranked(photo, (help.borrow_ranked)());
    renderer.set_scalp(job.scalp.clone());
    let rendered = renderer.render(&job.inputs, help.clock);
    (help.return_ranked)(renderer.take_ranked());
    rendered.map_err(|_| JobError::BadPlacement)?;
    let (before, after, _) = renderer.into_parts();
    Ok(compose(&before, after, job.layout, &job.inputs.moment))
}

fn png(picture: &Photo, progress: &dyn Fn(f64)) -> Result<Blob, JsValue> {
    let mut sink = ChunkSink::default();
    let mut encoding = |share: f64| progress(RENDERED + (1.0 - RENDERED) * share);
    codec::encode_png(picture, &mut sink, &mut encoding)
        .map_err(|error| JsValue::from(error.to_string()))?;
    sink.into_blob("image/png")
}

/// A picture as a JPEG file, by the browser.
///
/// # Errors
/// Where the browser refuses.
pub(crate) async fn jpeg(picture: &Photo) -> Result<Blob, JsValue> {
    let canvas = OffscreenCanvas::new(picture.width(), picture.height())?;
    let context = context_2d(&canvas, true)?;
    let bytes = Uint8ClampedArray::from(picture.rgba());
    let image =
        ImageData::new_with_js_u8_clamped_array_and_sh(&bytes, picture.width(), picture.height())?;
    context.put_image_data(&image, 0.0, 0.0)?;
    let options = ImageEncodeOptions::new();
    options.set_type("image/jpeg");
    options.set_quality(JPEG_QUALITY);
    let blob: Blob = JsFuture::from(canvas.convert_to_blob_with_options(&options)?)
        .await?
        .dyn_into()?;
    canvas.set_width(1);
    canvas.set_height(1);
    // Browsers answer with PNG where they cannot do what was asked (ux.md §1.8).
    if blob.type_() == "image/jpeg" {
        Ok(blob)
    } else {
        Err(blob.into())
    }
}

/// Collects bytes as JavaScript arrays, so that wasm's memory, which never
/// shrinks, does not grow by the file's size.
#[derive(Default)]
struct ChunkSink {
    chunks: Array,
    pending: Vec<u8>,
}

impl ChunkSink {
    fn hand_over(&mut self) {
        if !self.pending.is_empty() {
            self.chunks.push(&Uint8Array::from(self.pending.as_slice()));
            self.pending.clear();
        }
    }

    fn into_blob(mut self, mime: &str) -> Result<Blob, JsValue> {
        self.hand_over();
        let options = BlobPropertyBag::new();
        options.set_type(mime);
        Blob::new_with_u8_array_sequence_and_options(&self.chunks, &options)
    }
}

impl Write for ChunkSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        if self.pending.len() >= CHUNK_BYTES {
            self.hand_over();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
