//! What touches the browser: web-sys only, never leptos.

#[cfg(feature = "worker")]
mod bitmap;
#[cfg(feature = "worker")]
mod blob_reader;
#[cfg(feature = "ui")]
pub mod page;
#[cfg(feature = "ui")]
pub mod render_client;
pub mod wire;
#[cfg(feature = "worker")]
mod worker_canvas;
#[cfg(feature = "worker")]
mod worker_export;
#[cfg(feature = "worker")]
pub mod worker_host;
