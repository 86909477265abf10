//! Reading and writing picture files. Pure: bytes in, pixels out, no browser.
//!
//! In the browser the browser decodes (faster and safer, perf.md §3); here are
//! the check of the header that comes before it, the formats it does not
//! know (in a module of their own, `platform::rare_formats`), and the PNG export.
//! The native twin decodes everything here (feature `codec-native`).

mod decode;
mod encode;
mod jpeg;
mod pixels;
mod probe;
mod size;
mod sniff;
mod tiff;

pub use decode::{Decoded, decode, flatten_on_white};
pub use encode::encode_png;
pub use probe::{Header, probe};
pub use size::Limit;
pub use sniff::{Format, SNIFF_LEN};

/// Largest file accepted, bytes (ux.md §1.4).
pub const MAX_FILE_BYTES: u64 = 50_000_000;
/// Largest picture accepted, pixels (ux.md §1.4).
pub const MAX_PIXELS: u64 = 100_000_000;
/// Longest side accepted, px: Chrome's and Firefox's canvas limit (ux.md §1.4).
pub const MAX_EDGE: u32 = 32_767;
/// Shortest side accepted, px: below it no head can be marked.
pub const MIN_EDGE: u32 = 64;
/// Longest side of the working photo, px (design.md §2).
pub const WORKING_EDGE: u32 = 2048;
/// Most pixels of an exported picture: old iOS canvases hold 4096 × 4096 and
/// draw nothing beyond (ux.md §1.4).
pub const EXPORT_MAX_PIXELS: u64 = 16_777_216;
