//! The canvases on the page, drawn from the worker.

use wasm_bindgen::{Clamped, JsValue};
use web_sys::{ImageData, OffscreenCanvas, OffscreenCanvasRenderingContext2d};

use super::bitmap::context_2d;
use crate::engine::image::{Photo, Rect};

/// The canvases.
///
/// Pixels go to them straight from wasm's memory. An `ImageData` over it
/// detaches when that memory grows (wasm-bindgen#4815), so each is made for
/// one `putImageData` and dropped; nothing is copied to make one.
pub(crate) struct Screen {
    before: OffscreenCanvasRenderingContext2d,
    after: OffscreenCanvasRenderingContext2d,
    veil: OffscreenCanvasRenderingContext2d,
}

impl Screen {
    /// Takes the three canvases over.
    ///
    /// # Errors
    /// When a canvas gives no 2D context.
    pub(crate) fn new([before, after, veil]: [&OffscreenCanvas; 3]) -> Result<Self, JsValue> {
        Ok(Self {
            before: context_2d(before, false)?,
            after: context_2d(after, false)?,
            veil: context_2d(veil, false)?,
        })
    }

    /// Shows `photo` untreated on both canvases, which take its size.
    ///
    /// # Errors
    /// When the browser has no memory for it.
    pub(crate) fn show_photo(&self, photo: &Photo) -> Result<(), JsValue> {
        show(&self.before, photo)?;
        show(&self.after, photo)
    }

    /// Shows the veil, whose canvas takes its size.
    ///
    /// # Errors
    /// When the browser refuses.
    pub(crate) fn show_veil(&self, veil: &Photo) -> Result<(), JsValue> {
        show(&self.veil, veil)
    }

    /// Puts the pixels of `rect` of the after picture on its canvas. `rect`
    /// must hold all that differs from the last frame, also what has gone
    /// back to the bare photo: [`crate::engine::render::Frame`] sees to it.
    ///
    /// # Errors
    /// When the browser refuses.
    pub(crate) fn show_after(&self, pixels: &[u8], rect: Rect) -> Result<(), JsValue> {
        if rect.is_empty() {
            return Ok(());
        }
        let image = image_over(pixels, self.after.canvas().width())?;
        self.after
            .put_image_data_with_dirty_x_and_dirty_y_and_dirty_width_and_dirty_height(
                &image,
                0.0,
                0.0,
                f64::from(rect.x),
                f64::from(rect.y),
                f64::from(rect.width),
                f64::from(rect.height),
            )
    }
}

fn show(context: &OffscreenCanvasRenderingContext2d, picture: &Photo) -> Result<(), JsValue> {
    let canvas = context.canvas();
    canvas.set_width(picture.width());
    canvas.set_height(picture.height());
    let pixels = image_over(picture.rgba(), picture.width())?;
    context.put_image_data(&pixels, 0.0, 0.0)
}

/// An `ImageData` that looks at `rgba`, to be used at once.
fn image_over(rgba: &[u8], width: u32) -> Result<ImageData, JsValue> {
    ImageData::new_with_u8_clamped_array(Clamped(rgba), width)
}
