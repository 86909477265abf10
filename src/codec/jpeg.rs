//! A walk over a JPEG's segments: size and EXIF orientation, nothing decoded.
//!
//! Our own because both are wanted in one pass over a slow reader, and
//! because fill bytes before a marker (allowed by ITU-T T.81 §B.1.1.2) must
//! not end the walk.

use std::io::{self, Read, Seek, SeekFrom};

use image::metadata::Orientation;

/// What a JPEG's header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct JpegHeader {
    pub width: u32,
    pub height: u32,
    /// EXIF orientation 1–8; 1 where there is none or it is no such number.
    pub orientation: u8,
}

/// First bytes of an APP1 segment that holds EXIF.
const EXIF: &[u8] = b"Exif\0\0";
/// Most fill bytes skipped before one marker: more is no photo.
const MAX_FILL: usize = 1 << 16;

/// Reads segments from the start of the file up to the frame header.
///
/// # Errors
/// When the reader ends or a segment is malformed before the frame header.
pub(super) fn read_header<R: Read + Seek>(reader: &mut R) -> io::Result<JpegHeader> {
    reader.seek(SeekFrom::Start(2))?;
    let mut orientation = None;
    loop {
        match next_marker(reader)? {
            // Markers without a length.
            0x01 | 0xD0..=0xD8 => {}
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                let mut frame = [0; 7];
                reader.read_exact(&mut frame)?;
                let [_, _, _, h1, h0, w1, w0] = frame;
                return Ok(JpegHeader {
                    width: u32::from(u16::from_be_bytes([w1, w0])),
                    height: u32::from(u16::from_be_bytes([h1, h0])),
                    orientation: orientation.unwrap_or(1),
                });
            }
            // Pixels or the end before any frame header.
            0xD9 | 0xDA => return Err(malformed()),
            // The first EXIF counts, as in every browser.
            0xE1 if orientation.is_none() => orientation = read_exif(reader)?,
            _ => {
                let length = segment_length(reader)?;
                reader.seek(SeekFrom::Current(i64::from(length)))?;
            }
        }
    }
}

fn next_marker<R: Read>(reader: &mut R) -> io::Result<u8> {
    if byte(reader)? != 0xFF {
        return Err(malformed());
    }
    for _ in 0..MAX_FILL {
        match byte(reader)? {
            0xFF => {}
            0x00 => return Err(malformed()),
            marker => return Ok(marker),
        }
    }
    Err(malformed())
}

fn read_exif<R: Read>(reader: &mut R) -> io::Result<Option<u8>> {
    let mut segment = vec![0; usize::from(segment_length(reader)?)];
    reader.read_exact(&mut segment)?;
    Ok(segment
        .strip_prefix(EXIF)
        .and_then(Orientation::from_exif_chunk)
        .map(Orientation::to_exif))
}

/// Bytes of the segment after its length field.
fn segment_length<R: Read>(reader: &mut R) -> io::Result<u16> {
    let length = u16::from_be_bytes([byte(reader)?, byte(reader)?]);
    length.checked_sub(2).ok_or_else(malformed)
}

fn byte<R: Read>(reader: &mut R) -> io::Result<u8> {
    let mut one = [0];
    reader.read_exact(&mut one)?;
    Ok(one[0])
}

fn malformed() -> io::Error {
    io::ErrorKind::InvalidData.into()
}
