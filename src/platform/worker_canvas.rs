//! The two canvases on the page, drawn from the worker.

use wasm_bindgen::{Clamped, JsValue};
use web_sys::{ImageData, OffscreenCanvas, OffscreenCanvasRenderingContext2d};

use super::bitmap::context_2d;
use crate::engine::image::{Photo, Rect};

/// Both canvases.
///
/// Pixels go to them straight from wasm's memory. An `ImageData` over it
/// detaches when that memory grows (wasm-bindgen#4815), so each is made for
/// one `putImageData` and dropped; nothing is copied to make one.
pub(crate) struct Screen {
    before: OffscreenCanvasRenderingContext2d,
    after: OffscreenCanvasRenderingContext2d,
}

impl Screen {
    /// Takes the two canvases over.
    ///
    /// # Errors
    /// When a canvas gives no 2D context.
    pub(crate) fn new(before: &OffscreenCanvas, after: &OffscreenCanvas) -> Result<Self, JsValue> {
        Ok(Self {
            before: context_2d(before, false)?,
            after: context_2d(after, false)?,
        })
    }

    /// Shows `photo` untreated on both canvases, which take its size.
    ///
    /// # Errors
    /// When the browser has no memory for it.
    pub(crate) fn show_photo(&self, photo: &Photo) -> Result<(), JsValue> {
        for context in [&self.before, &self.after] {
            let canvas = context.canvas();
            canvas.set_width(photo.width());
            canvas.set_height(photo.height());
            let pixels = image_over(photo.rgba(), photo.width())?;
            context.put_image_data(&pixels, 0.0, 0.0)?;
        }
        Ok(())
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

/// An `ImageData` that looks at `rgba`, to be used at once.
fn image_over(rgba: &[u8], width: u32) -> Result<ImageData, JsValue> {
    ImageData::new_with_u8_clamped_array(Clamped(rgba), width)
}
