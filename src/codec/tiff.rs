//! TIFF by the `tiff` crate: uncompressed, LZW, Deflate and PackBits.

use std::io::Cursor;

use image::metadata::Orientation;
use tiff::{
    ColorType, TiffError,
    decoder::{Decoder, DecodingResult, Limits},
    tags::Tag,
};

use super::{
    decode::{MAX_ALLOC_BYTES, Stored},
    pixels::{Channels, eight_bits, rgba},
};
use crate::protocol::PhotoError;

/// Decodes the first picture of a TIFF file: grey, RGB, CMYK and palette, 1
/// (grey only), 8 or 16 bits, interleaved.
///
/// # Errors
/// [`PhotoError::Unsupported`] for other kinds, [`PhotoError::Damaged`],
/// [`PhotoError::OutOfMemory`].
pub(super) fn decode(reader: Cursor<&[u8]>) -> Result<Stored, PhotoError> {
    let mut limits = Limits::default();
    // The probe lets 100 megapixels through; 16-bit pictures of that size
    // are refused here.
    limits.decoding_buffer_size = usize::try_from(MAX_ALLOC_BYTES).unwrap_or(usize::MAX);
    let mut decoder = Decoder::new(reader)
        .map_err(|e| photo_error(&e))?
        .with_limits(limits);
    let (width, height) = decoder.dimensions().map_err(|e| photo_error(&e))?;
    let kind = decoder.colortype().map_err(|e| photo_error(&e))?;
    // Tags that do not read count as absent, as everywhere.
    let tag = |decoder: &mut Decoder<_>, tag| decoder.find_tag_unsigned::<u16>(tag).ok().flatten();
    let orientation = tag(&mut decoder, Tag::Orientation)
        .and_then(|number| u8::try_from(number).ok())
        .and_then(Orientation::from_exif)
        .unwrap_or(Orientation::NoTransforms);
    let planes_apart = tag(&mut decoder, Tag::PlanarConfiguration) == Some(2);
    if planes_apart && !matches!(kind, ColorType::Gray(_)) {
        return Err(PhotoError::Unsupported);
    }
    let channels = match kind {
        ColorType::Gray(1 | 8 | 16) | ColorType::Palette(8) => Channels::Grey,
        ColorType::GrayA(8 | 16) => Channels::GreyAlpha,
        ColorType::RGB(8 | 16) => Channels::Rgb,
        ColorType::RGBA(8 | 16) => Channels::Rgba,
        ColorType::CMYK(8 | 16) => Channels::Cmyk,
        _ => return Err(PhotoError::Unsupported),
    };
    let samples = match decoder.read_image().map_err(|e| photo_error(&e))? {
        DecodingResult::U8(bytes) if kind == ColorType::Gray(1) => bits(&bytes, width),
        DecodingResult::U8(bytes) => bytes,
        DecodingResult::U16(words) => eight_bits(words.into_iter()),
        _ => return Err(PhotoError::Unsupported),
    };
    let rgba = if kind == ColorType::Palette(8) {
        let map = decoder
            .find_tag_unsigned_vec::<u16>(Tag::ColorMap)
            .ok()
            .flatten();
        look_up(&samples, &map.ok_or(PhotoError::Damaged)?)
    } else {
        rgba(Some(channels), &samples)
    };
    Ok(Stored {
        width,
        height,
        rgba: rgba.ok_or(PhotoError::Damaged)?,
        orientation,
    })
}

/// One byte per pixel from rows of packed bits.
fn bits(bytes: &[u8], width: u32) -> Vec<u8> {
    let row_bytes = (width as usize).div_ceil(8).max(1);
    let pixel = |row: &[u8], x: usize| {
        row.get(x / 8)
            .is_some_and(|byte| byte >> (7 - x % 8) & 1 == 1)
    };
    let rows = bytes.chunks_exact(row_bytes);
    rows.flat_map(|row| (0..width as usize).map(move |x| if pixel(row, x) { 255 } else { 0 }))
        .collect()
}

/// A TIFF colour map holds all reds, then all greens, then all blues, 16 bits
/// each; `None` where it is too short.
fn look_up(indices: &[u8], map: &[u16]) -> Option<Vec<u8>> {
    let map = eight_bits(map.iter().copied());
    let [reds, greens, blues] = [map.get(..256)?, map.get(256..512)?, map.get(512..768)?];
    let channel = |of: &[u8], index: u8| of.get(usize::from(index)).copied().unwrap_or(0);
    Some(
        indices
            .iter()
            .flat_map(|&i| [channel(reds, i), channel(greens, i), channel(blues, i), 255])
            .collect(),
    )
}

fn photo_error(error: &TiffError) -> PhotoError {
    match error {
        TiffError::LimitsExceeded => PhotoError::OutOfMemory,
        TiffError::UnsupportedError(_) => PhotoError::Unsupported,
        _ => PhotoError::Damaged,
    }
}
