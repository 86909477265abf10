//! Looking at a file before anything is decoded: format, size, limits.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use super::{Format, MAX_EDGE, MAX_FILE_BYTES, MAX_PIXELS, MIN_EDGE, SNIFF_LEN, jpeg};
use crate::protocol::PhotoError;

/// What a file's header says about its picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The format, by content.
    pub format: Format,
    /// Stored width, px, before orientation (HEIF's own rotation is already
    /// in it).
    pub width: u32,
    /// Stored height, px, before orientation.
    pub height: u32,
    /// EXIF orientation 1–8. Read for JPEG; 1 for everything else, where the
    /// decoder applies what there is and the decoded size tells.
    pub orientation: u8,
}

impl Header {
    /// Width and height as a person sees them, px.
    #[must_use]
    pub fn upright(&self) -> (u32, u32) {
        // EXIF 2.32 §4.6.4: orientations 5–8 have rows and columns swapped.
        if self.orientation >= 5 {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        }
    }
}

/// Reads the header of a file of `size_bytes` bytes and checks it against the
/// limits of this module's parent. Decodes nothing and reads a bounded amount.
///
/// # Errors
/// [`PhotoError`]: too large, no picture, of a kind that is not read, with a
/// header that does not read, too many or too few pixels.
pub fn probe<R: Read + Seek>(mut reader: R, size_bytes: u64) -> Result<Header, PhotoError> {
    probe_any(&mut reader, size_bytes)
}

/// One copy of the code for every reader: the worker's size is budgeted.
trait ReadSeek: Read + Seek {}
impl<R: Read + Seek> ReadSeek for R {}

fn probe_any(mut reader: &mut dyn ReadSeek, size_bytes: u64) -> Result<Header, PhotoError> {
    if size_bytes > MAX_FILE_BYTES {
        return Err(PhotoError::FileTooLarge { bytes: size_bytes });
    }
    let format = sniff(&mut reader)
        .map_err(|_| PhotoError::Damaged)?
        .ok_or(PhotoError::NotAPicture)?;
    let mut metered = BufReader::with_capacity(
        BUFFER_BYTES,
        Metered {
            inner: reader,
            reads_left: MAX_READS,
        },
    );
    let (width, height, orientation) = match format {
        Format::Other => return Err(PhotoError::Unsupported),
        Format::Jpeg => jpeg::read_header(&mut metered)
            .map(|h| (h.width, h.height, h.orientation))
            .ok(),
        Format::Bmp => bmp_size(&mut metered).ok().map(|(w, h)| (w, h, 1)),
        _ => size_by_crate(&mut metered).map(|(w, h)| (w, h, 1)),
    }
    .ok_or(PhotoError::Damaged)?;
    check_size(width, height)?;
    Ok(Header {
        format,
        width,
        height,
        orientation,
    })
}

fn sniff<R: Read + Seek>(reader: &mut R) -> io::Result<Option<Format>> {
    reader.seek(SeekFrom::Start(0))?;
    let mut head = Vec::with_capacity(SNIFF_LEN);
    reader.take(SNIFF_LEN as u64).read_to_end(&mut head)?;
    reader.seek(SeekFrom::Start(0))?;
    Ok(Format::sniff(&head))
}

fn size_by_crate<R: BufRead + Seek>(reader: &mut R) -> Option<(u32, u32)> {
    let size = imagesize::reader_size(reader).ok()?;
    // Sizes beyond u32 are nonsense but far over the limit: say the latter.
    let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
    Some((side(size.width), side(size.height)))
}

/// Width and height of a BMP: 16 bits each in the oldest header, else signed
/// 32 bits with the height negative for rows from the top.
fn bmp_size<R: Read + Seek>(reader: &mut R) -> io::Result<(u32, u32)> {
    reader.seek(SeekFrom::Start(14))?;
    let mut dib = [0; 12];
    reader.read_exact(&mut dib)?;
    let [s0, s1, s2, s3, w0, w1, w2, w3, h0, h1, h2, h3] = dib;
    if u32::from_le_bytes([s0, s1, s2, s3]) == 12 {
        let (width, height) = (u16::from_le_bytes([w0, w1]), u16::from_le_bytes([w2, w3]));
        return Ok((u32::from(width), u32::from(height)));
    }
    let width = u32::try_from(i32::from_le_bytes([w0, w1, w2, w3]))
        .map_err(|_| io::ErrorKind::InvalidData)?;
    Ok((width, i32::from_le_bytes([h0, h1, h2, h3]).unsigned_abs()))
}

fn check_size(width: u32, height: u32) -> Result<(), PhotoError> {
    if width == 0 || height == 0 {
        return Err(PhotoError::Damaged);
    }
    if u64::from(width) * u64::from(height) > MAX_PIXELS || width.max(height) > MAX_EDGE {
        return Err(PhotoError::TooManyPixels { width, height });
    }
    if width.min(height) < MIN_EDGE {
        return Err(PhotoError::TooSmall { width, height });
    }
    Ok(())
}

/// Bytes per read of the header's walk: small, because the walk skips.
const BUFFER_BYTES: usize = 4096;
/// Most reads of one walk. The busiest honest file (thousands of comment
/// segments) needs some 10,000; a header made to keep us busy is cut off
/// within a second.
const MAX_READS: u32 = 100_000;

/// Ends a walk that goes on for ever.
struct Metered<R> {
    inner: R,
    reads_left: u32,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reads_left = self
            .reads_left
            .checked_sub(1)
            .ok_or(io::ErrorKind::InvalidData)?;
        self.inner.read(buffer)
    }
}

impl<R: Seek> Seek for Metered<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}
