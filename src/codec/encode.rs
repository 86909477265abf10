//! Writing PNG, fast.

use std::io::{self, Write};

use crate::engine::image::Photo;

/// Bytes of one IDAT chunk, and of one write to the sink.
const IDAT_BYTES: usize = 1 << 20;
/// How many times `progress` is called, about.
const PROGRESS_STEPS: usize = 50;

/// Writes `photo` as an RGB PNG without any metadata; photos are opaque, so
/// alpha is left out. The setting is `png`'s fastest (what `image` calls
/// `Fast` with filter `Up`; perf.md §3), streamed, so that the file is never
/// held whole here. Same pixels, same bytes, natively and in wasm.
/// `progress` hears the share done, 0–1.
///
/// # Errors
/// What `sink` reports, or [`io::ErrorKind::InvalidInput`] when `png` refuses
/// the picture.
pub fn encode_png<W: Write>(
    photo: &Photo,
    sink: W,
    progress: &mut dyn FnMut(f64),
) -> io::Result<()> {
    let mut encoder = png::Encoder::new(sink, photo.width(), photo.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fastest);
    let mut writer = encoder.write_header().map_err(io_error)?;
    let mut stream = writer
        .stream_writer_with_size(IDAT_BYTES)
        .map_err(io_error)?;

    let rows = photo.height() as usize;
    let step = rows.div_ceil(PROGRESS_STEPS).max(1);
    let mut rgb_row = Vec::with_capacity(photo.width() as usize * 3);
    for (index, row) in photo
        .rgba()
        .chunks_exact(photo.width() as usize * 4)
        .enumerate()
    {
        rgb_row.clear();
        rgb_row.extend(
            row.as_chunks::<4>()
                .0
                .iter()
                .flat_map(|&[r, g, b, _]| [r, g, b]),
        );
        stream.write_all(&rgb_row)?;
        if (index + 1) % step == 0 {
            progress((index + 1) as f64 / rows as f64);
        }
    }
    stream.finish().map_err(io_error)?;
    writer.finish().map_err(io_error)
}

fn io_error(error: png::EncodingError) -> io::Error {
    match error {
        png::EncodingError::IoError(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidInput, other),
    }
}
