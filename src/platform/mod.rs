//! What touches the browser: web-sys only, never leptos.

#[cfg(feature = "worker")]
mod bitmap;
#[cfg(feature = "worker")]
mod blob_reader;
#[cfg(feature = "ui")]
pub mod models;
#[cfg(feature = "ui")]
pub mod page;
#[cfg(any(feature = "worker", feature = "rare-formats"))]
pub mod rare_formats;
#[cfg(feature = "ui")]
pub mod render_client;
#[cfg(feature = "ui")]
pub mod vision_client;
#[cfg(feature = "vision")]
pub mod vision_host;
#[cfg(any(feature = "ui", feature = "vision"))]
mod vision_wire;
#[cfg(any(feature = "ui", feature = "worker"))]
pub mod wire;
#[cfg(feature = "worker")]
mod worker_canvas;
#[cfg(feature = "worker")]
mod worker_export;
#[cfg(feature = "worker")]
pub mod worker_host;
