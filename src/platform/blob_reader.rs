//! Reading a `Blob` piece by piece from Rust, synchronously, as workers can.

use std::io::{self, Read, Seek, SeekFrom};

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use web_sys::{Blob, FileReaderSync};

/// Bytes fetched at a time: most headers lie in the first window.
const WINDOW_BYTES: u64 = 64 << 10;

/// [`Read`] and [`Seek`] over a `Blob`, holding one window of it.
pub(crate) struct BlobReader {
    blob: Blob,
    reader: FileReaderSync,
    length: u64,
    position: u64,
    window_start: u64,
    window: Vec<u8>,
}

impl BlobReader {
    /// A reader at the blob's first byte.
    ///
    /// # Errors
    /// Where `FileReaderSync` does not exist: outside workers.
    pub(crate) fn new(blob: &Blob) -> Result<Self, JsValue> {
        Ok(Self {
            blob: blob.clone(),
            reader: FileReaderSync::new()?,
            length: blob.size() as u64,
            position: 0,
            window_start: 0,
            window: Vec::new(),
        })
    }

    fn window_ahead(&self) -> &[u8] {
        let offset = self
            .position
            .checked_sub(self.window_start)
            .and_then(|o| usize::try_from(o).ok());
        offset
            .and_then(|o| self.window.get(o..))
            .unwrap_or_default()
    }

    fn fetch(&mut self) -> io::Result<()> {
        let end = (self.position + WINDOW_BYTES).min(self.length);
        let fetched = self
            .blob
            .slice_with_f64_and_f64(self.position as f64, end as f64)
            .and_then(|slice| self.reader.read_as_array_buffer(&slice))
            .map_err(|_| io::Error::from(io::ErrorKind::Other))?;
        self.window = Uint8Array::new(&fetched).to_vec();
        self.window_start = self.position;
        Ok(())
    }
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.length {
            return Ok(0);
        }
        if self.window_ahead().is_empty() {
            self.fetch()?;
        }
        let count = self.window_ahead().read(buffer)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for BlobReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
