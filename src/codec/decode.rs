//! Decoding with the `image` crate, upright, to opaque RGBA.

use std::io::Cursor;

use image::{
    ColorType, ImageDecoder, ImageError, ImageResult, Limits, RgbaImage,
    codecs::{bmp::BmpDecoder, pnm::PnmDecoder, qoi::QoiDecoder},
    imageops::{self, FilterType},
    metadata::Orientation,
};

use super::{
    Format, Limit, MAX_EDGE,
    pixels::{Channels, eight_bits, rgba},
    probe, tiff,
};
use crate::{engine::image::Photo, protocol::PhotoError};

/// Most memory a decoder may ask for, bytes: a 100-megapixel picture with
/// three 8-bit channels fits, the same with 16 bits does not.
pub(super) const MAX_ALLOC_BYTES: u64 = 512 << 20;

/// A decoded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// Upright, opaque, within the limit asked for.
    pub photo: Photo,
    /// Upright width before any shrinking, px.
    pub source_width: u32,
    /// Upright height before any shrinking, px.
    pub source_height: u32,
}

/// Decodes a file: header checked by [`probe()`], EXIF orientation applied, any
/// depth and colour model brought to 8-bit RGBA, transparency flattened onto
/// white, shrunk under `limit`. Colour profiles are not applied.
///
/// # Errors
/// Everything [`probe()`] refuses; [`PhotoError::Heic`] and
/// [`PhotoError::Unsupported`] for formats not decoded in this build
/// ([`Format::is_decoded_here`]); [`PhotoError::Damaged`],
/// [`PhotoError::OutOfMemory`].
pub fn decode(bytes: &[u8], limit: Limit) -> Result<Decoded, PhotoError> {
    let full = decode_rgba(bytes)?;
    let (source_width, source_height) = full.dimensions();
    let (width, height) = limit.fit(source_width, source_height);
    let fitted = if (width, height) == (source_width, source_height) {
        full
    } else {
        // `image` widens the triangle to the shrinking factor: an area
        // average, no aliasing and no ringing at the hairline.
        imageops::resize(&full, width, height, FilterType::Triangle)
    };
    let photo = Photo::new(width, height, fitted.into_raw()).map_err(|_| PhotoError::Damaged)?;
    Ok(Decoded {
        photo,
        source_width,
        source_height,
    })
}

fn decode_rgba(bytes: &[u8]) -> Result<RgbaImage, PhotoError> {
    let header = probe(Cursor::new(bytes), bytes.len() as u64)?;
    let reader = Cursor::new(bytes);
    let stored = match header.format {
        Format::Tiff => tiff::decode(reader)?,
        Format::Bmp => stored(BmpDecoder::new(reader))?,
        Format::Pnm => stored(PnmDecoder::new(reader))?,
        Format::Qoi => stored(QoiDecoder::new(reader))?,
        #[cfg(feature = "codec-native")]
        Format::Jpeg => stored(image::codecs::jpeg::JpegDecoder::new(reader))?,
        #[cfg(feature = "codec-native")]
        Format::Png => stored(image::codecs::png::PngDecoder::new(reader))?,
        #[cfg(feature = "codec-native")]
        Format::Gif => stored(image::codecs::gif::GifDecoder::new(reader))?,
        #[cfg(feature = "codec-native")]
        Format::Webp => stored(image::codecs::webp::WebPDecoder::new(reader))?,
        Format::Heic => return Err(PhotoError::Heic),
        _ => return Err(PhotoError::Unsupported),
    };
    let mut rgba =
        RgbaImage::from_raw(stored.width, stored.height, stored.rgba).ok_or(PhotoError::Damaged)?;
    flatten_on_white(&mut rgba);
    Ok(turned(rgba, stored.orientation))
}

/// A picture as the file holds it.
pub(super) struct Stored {
    pub width: u32,
    pub height: u32,
    pub rgba: Vec<u8>,
    pub orientation: Orientation,
}

fn stored<D: ImageDecoder>(decoder: ImageResult<D>) -> Result<Stored, PhotoError> {
    let (channels, size, orientation, bytes) = decoder
        .and_then(read_all)
        .map_err(|error| photo_error(&error))?;
    let rgba = rgba(channels, &bytes).ok_or(PhotoError::Unsupported)?;
    Ok(Stored {
        width: size.0,
        height: size.1,
        rgba,
        orientation,
    })
}

/// Channels, width and height, orientation, 8-bit samples.
type Samples = (Option<Channels>, (u32, u32), Orientation, Vec<u8>);

fn read_all(mut decoder: impl ImageDecoder) -> ImageResult<Samples> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_EDGE);
    limits.max_image_height = Some(MAX_EDGE);
    limits.max_alloc = Some(MAX_ALLOC_BYTES);
    let total_bytes = decoder.total_bytes();
    limits.reserve(total_bytes)?;
    decoder.set_limits(limits)?;
    // An unreadable orientation is no reason to refuse the photo.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let size = decoder.dimensions();
    let color = decoder.color_type();
    // The reservation above bounds it far below any address space.
    let mut bytes = vec![0; total_bytes as usize];
    decoder.read_image(&mut bytes)?;
    let channels = match color {
        ColorType::L8 | ColorType::L16 => Some(Channels::Grey),
        ColorType::La8 | ColorType::La16 => Some(Channels::GreyAlpha),
        ColorType::Rgb8 | ColorType::Rgb16 => Some(Channels::Rgb),
        ColorType::Rgba8 | ColorType::Rgba16 => Some(Channels::Rgba),
        _ => None,
    };
    if matches!(
        color,
        ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16
    ) {
        let words = bytes
            .as_chunks::<2>()
            .0
            .iter()
            .map(|word| u16::from_ne_bytes(*word));
        bytes = eight_bits(words);
    }
    Ok((channels, size, orientation, bytes))
}

fn turned(mut picture: RgbaImage, orientation: Orientation) -> RgbaImage {
    match orientation {
        Orientation::NoTransforms => {}
        Orientation::FlipHorizontal => imageops::flip_horizontal_in_place(&mut picture),
        Orientation::FlipVertical => imageops::flip_vertical_in_place(&mut picture),
        Orientation::Rotate180 => imageops::rotate180_in_place(&mut picture),
        Orientation::Rotate90 => return imageops::rotate90(&picture),
        Orientation::Rotate270 => return imageops::rotate270(&picture),
        Orientation::Rotate90FlipH => {
            picture = imageops::rotate90(&picture);
            imageops::flip_horizontal_in_place(&mut picture);
        }
        Orientation::Rotate270FlipH => {
            picture = imageops::rotate270(&picture);
            imageops::flip_horizontal_in_place(&mut picture);
        }
    }
    picture
}

/// Lays transparent pixels on white and makes everything opaque, in place.
/// White is what a print or a page shows behind a cut-out portrait; whatever
/// colour hides under zero opacity never shows.
pub fn flatten_on_white(rgba: &mut [u8]) {
    for [r, g, b, opacity] in rgba.as_chunks_mut::<4>().0 {
        let alpha = u32::from(*opacity);
        if alpha == 255 {
            continue;
        }
        for channel in [r, g, b] {
            let mixed = (u32::from(*channel) * alpha + 255 * (255 - alpha) + 127) / 255;
            *channel = u8::try_from(mixed).unwrap_or(255);
        }
        *opacity = 255;
    }
}

fn photo_error(error: &ImageError) -> PhotoError {
    match error {
        ImageError::Limits(_) => PhotoError::OutOfMemory,
        ImageError::Unsupported(_) => PhotoError::Unsupported,
        _ => PhotoError::Damaged,
    }
}
