//! From a file to pixels: the browser's decoder first, ours where it refuses.

use js_sys::{Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ImageBitmap, OffscreenCanvas, OffscreenCanvasRenderingContext2d};

use super::rare_formats;
use crate::{
    codec::{Decoded, Format, Header, Limit},
    engine::image::Photo,
    protocol::PhotoError,
};

/// Decodes the file `header` was read from, upright, in sRGB, opaque (laid on
/// white, as [`crate::codec::flatten_on_white`] does) and within `limit`.
///
/// `wanted` is asked after every wait; `Ok(None)` when it said no.
///
/// # Errors
/// [`PhotoError`]: what the browser refuses and we do not read either.
pub(crate) async fn decode_blob(
    blob: &Blob,
    header: &Header,
    limit: Limit,
    wanted: &dyn Fn() -> bool,
) -> Result<Option<Decoded>, PhotoError> {
    if header.format.is_decoded_by_browsers()
        && let Ok(upright) = decode_upright(blob, header, limit).await
    {
        let decoded = if wanted() {
            read_pixels(&upright, limit).map(Some)
        } else {
            Ok(None)
        };
        upright.bitmap.close();
        return decoded;
    }
    if !wanted() {
        return Ok(None);
    }
    if !header.format.is_decoded_here() {
        return Err(refusal(header.format));
    }
    let buffer = JsFuture::from(blob.array_buffer())
        .await
        .map_err(|_| PhotoError::Damaged)?;
    if !wanted() {
        return Ok(None);
    }
    let decoded = rare_formats::decode(&Uint8Array::new(&buffer), limit).await;
    if wanted() {
        decoded.map(Some)
    } else {
        Ok(None)
    }
}

/// Why a photo failed that the browser refused. It does not say itself.
fn refusal(format: Format) -> PhotoError {
    match format {
        Format::Heic => PhotoError::Heic,
        // Every browser reads these: the file is to blame.
        Format::Jpeg | Format::Png | Format::Gif | Format::Webp | Format::Bmp => {
            PhotoError::Damaged
        }
        _ => PhotoError::Unsupported,
    }
}

/// A decoded bitmap and the size of what it was decoded from.
struct Upright {
    bitmap: ImageBitmap,
    source: (u32, u32),
}

/// Decodes and shrinks in one go. Whether the browser turns a photo is its
/// own affair (it differs for WebP and PNG), so mostly only the longer edge
/// is asked for, and when the other comes out wrong the photo was turned:
/// again.
async fn decode_upright(blob: &Blob, header: &Header, limit: Limit) -> Result<Upright, JsValue> {
    let mut source = header.upright();
    let mut target = limit.fit(source.0, source.1);
    if target == source {
        let bitmap = create_bitmap(blob, None).await?;
        let source = (bitmap.width(), bitmap.height());
        return Ok(Upright { bitmap, source });
    }
    let mut bitmap = create_bitmap(blob, Some(Resize::of(header, target))).await?;
    if !about(&bitmap, target) {
        bitmap.close();
        source = (source.1, source.0);
        target = limit.fit(source.0, source.1);
        bitmap = create_bitmap(blob, Some(Resize::longer_edge(target))).await?;
        if !about(&bitmap, target) {
            // The header was wrong about the shape: believe the pixels.
            source = (bitmap.width(), bitmap.height());
        }
    }
    Ok(Upright { bitmap, source })
}

/// Browsers round the second edge each in their way.
fn about(bitmap: &ImageBitmap, target: (u32, u32)) -> bool {
    bitmap.width().abs_diff(target.0) <= 2 && bitmap.height().abs_diff(target.1) <= 2
}

/// Edges a bitmap is resized to; the one left out follows.
struct Resize {
    width: Option<u32>,
    height: Option<u32>,
}

impl Resize {
    fn of(header: &Header, target: (u32, u32)) -> Self {
        // A JPEG that lies as it is stored cannot be turned by surprise: both
        // edges, for the browser rounds the second one up.
        if header.format == Format::Jpeg && header.orientation < 5 {
            Self {
                width: Some(target.0),
                height: Some(target.1),
            }
        } else {
            Self::longer_edge(target)
        }
    }

    fn longer_edge((width, height): (u32, u32)) -> Self {
        if width >= height {
            Self {
                width: Some(width),
                height: None,
            }
        } else {
            Self {
                width: None,
                height: Some(height),
            }
        }
    }
}

/// `createImageBitmap`, upright and resized.
async fn create_bitmap(blob: &Blob, resize: Option<Resize>) -> Result<ImageBitmap, JsValue> {
    let options = Object::new();
    let set = |key: &str, value: JsValue| Reflect::set(&options, &key.into(), &value);
    set("imageOrientation", "from-image".into())?;
    if let Some(resize) = resize {
        set("resizeQuality", "high".into())?;
        for (key, edge) in [
            ("resizeWidth", resize.width),
            ("resizeHeight", resize.height),
        ] {
            if let Some(edge) = edge {
                set(key, edge.into())?;
            }
        }
    }
    let global = js_sys::global();
    let create: Function = Reflect::get(&global, &"createImageBitmap".into())?.dyn_into()?;
    let promise: Promise = create.call2(&global, blob, &options)?.dyn_into()?;
    JsFuture::from(promise).await?.dyn_into()
}

/// Draws the bitmap on white, once, and reads it back.
fn read_pixels(upright: &Upright, limit: Limit) -> Result<Decoded, PhotoError> {
    let bitmap = &upright.bitmap;
    let (width, height) = limit.fit(bitmap.width(), bitmap.height());
    // What a canvas refuses here it refuses for its size.
    let rgba = draw_and_read(bitmap, width, height).map_err(|_| PhotoError::OutOfMemory)?;
    let photo = Photo::new(width, height, rgba).map_err(|_| PhotoError::Damaged)?;
    let (source_width, source_height) = upright.source;
    Ok(Decoded {
        photo,
        source_width,
        source_height,
    })
}

fn draw_and_read(bitmap: &ImageBitmap, width: u32, height: u32) -> Result<Vec<u8>, JsValue> {
    let canvas = OffscreenCanvas::new(width, height)?;
    let context = context_2d(&canvas, true)?;
    let (w, h) = (f64::from(width), f64::from(height));
    context.set_fill_style_str("#fff");
    context.fill_rect(0.0, 0.0, w, h);
    context.draw_image_with_image_bitmap_and_dw_and_dh(bitmap, 0.0, 0.0, w, h)?;
    let rgba = context.get_image_data(0.0, 0.0, w, h)?.data().0;
    // Safari keeps freed canvases; small ones do no harm (ux.md §1.4).
    canvas.set_width(1);
    canvas.set_height(1);
    Ok(rgba)
}

/// The canvas's sRGB 2D context; `read_often` keeps it out of the GPU.
///
/// # Errors
/// When the browser has none to give.
pub(crate) fn context_2d(
    canvas: &OffscreenCanvas,
    read_often: bool,
) -> Result<OffscreenCanvasRenderingContext2d, JsValue> {
    let options = Object::new();
    Reflect::set(&options, &"willReadFrequently".into(), &read_often.into())?;
    Reflect::set(&options, &"colorSpace".into(), &"srgb".into())?;
    let context = canvas.get_context_with_context_options("2d", &options)?;
    context
        .ok_or(JsValue::NULL)?
        .dyn_into()
        .map_err(JsValue::from)
}
