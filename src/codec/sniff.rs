//! Telling a picture's format from its first bytes. Names and MIME types lie
//! (a renamed HEIC is common, ux.md §1.1); content does not.

/// How many bytes [`Format::sniff`] wants to see; fewer will do.
pub const SNIFF_LEN: usize = 256;

/// A picture file's format, by content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JPEG, any kind.
    Jpeg,
    /// PNG, animated or not.
    Png,
    /// GIF.
    Gif,
    /// WebP, any kind.
    Webp,
    /// Windows bitmap.
    Bmp,
    /// TIFF, and raw camera files that are TIFF inside.
    Tiff,
    /// Windows icon.
    Ico,
    /// AVIF.
    Avif,
    /// HEIC and other HEIF.
    Heic,
    /// JPEG XL, bare or in its container.
    Jxl,
    /// Portable anymap.
    Pnm,
    /// Quite OK Image.
    Qoi,
    /// A picture of a kind not read here: JPEG 2000, SVG, PSD, EXR, CR3.
    Other,
}

/// Magic numbers at the very start of a file.
const MAGIC: &[(&[u8], Format)] = &[
    (b"\xFF\xD8\xFF", Format::Jpeg),
    (b"\x89PNG\r\n\x1A\n", Format::Png),
    (b"GIF87a", Format::Gif),
    (b"GIF89a", Format::Gif),
    (b"II*\0", Format::Tiff),
    (b"MM\0*", Format::Tiff),
    (b"II+\0", Format::Tiff),
    (b"MM\0+", Format::Tiff),
    (b"\0\0\x01\0", Format::Ico),
    (b"\xFF\x0A", Format::Jxl),
    (b"\0\0\0\x0CJXL \r\n\x87\n", Format::Jxl),
    (b"qoif", Format::Qoi),
    (b"\0\0\0\x0CjP  \r\n\x87\n", Format::Other),
    (b"\xFF\x4F\xFF\x51", Format::Other),
    (b"8BPS", Format::Other),
    (b"\x76\x2F\x31\x01", Format::Other),
];

/// ISO media brands of still pictures coded in AV1.
const AVIF_BRANDS: &[&[u8; 4]] = &[b"avif", b"avis", b"avio"];
/// ISO media brands of HEIF pictures, HEVC-coded in practice (ux.md §1.2).
const HEIC_BRANDS: &[&[u8; 4]] = &[
    b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1",
];

impl Format {
    /// The format of a file that starts with `head`, or `None` for anything
    /// that is no picture (text, PDF, programs, video).
    #[must_use]
    pub fn sniff(head: &[u8]) -> Option<Self> {
        if let Some((_, format)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
            return Some(*format);
        }
        if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
            return Some(Self::Webp);
        }
        if head.get(4..8) == Some(b"ftyp") {
            return Self::from_brands(head);
        }
        // "BM" alone would claim any text that starts so: the reserved
        // words, zero in every real file, and a header size in use decide.
        if head.starts_with(b"BM")
            && head.get(6..10) == Some(&[0; 4])
            && matches!(head.get(14), Some(12..=124))
        {
            return Some(Self::Bmp);
        }
        if let [b'P', b'1'..=b'7', space, ..] = head
            && space.is_ascii_whitespace()
        {
            return Some(Self::Pnm);
        }
        is_svg(head).then_some(Self::Other)
    }

    fn from_brands(head: &[u8]) -> Option<Self> {
        let box_len = head
            .get(..4)
            .and_then(|b| b.try_into().ok())
            .map_or(0, u32::from_be_bytes);
        let end = (box_len as usize).clamp(8, head.len().max(8));
        let brands: Vec<&[u8]> = head.get(8..end)?.chunks_exact(4).collect();
        let any = |list: &[&[u8; 4]]| {
            brands
                .iter()
                .any(|brand| list.iter().any(|known| *brand == known.as_slice()))
        };
        // The major brand comes first; "mif1" stands in both kinds, so AVIF
        // is asked for first.
        if any(AVIF_BRANDS) {
            Some(Self::Avif)
        } else if any(HEIC_BRANDS) {
            Some(Self::Heic)
        } else {
            (brands.first() == Some(&b"crx ".as_slice())).then_some(Self::Other)
        }
    }

    /// Whether [`super::decode()`] reads this format in this build.
    #[must_use]
    pub fn is_decoded_here(self) -> bool {
        match self {
            Self::Tiff | Self::Bmp | Self::Pnm | Self::Qoi => true,
            Self::Jpeg | Self::Png | Self::Gif | Self::Webp => cfg!(feature = "codec-native"),
            Self::Ico | Self::Avif | Self::Heic | Self::Jxl | Self::Other => false,
        }
    }

    /// Whether some browser decodes this format, so that asking is worth it.
    #[must_use]
    pub fn is_decoded_by_browsers(self) -> bool {
        !matches!(self, Self::Pnm | Self::Qoi | Self::Other)
    }
}

fn is_svg(head: &[u8]) -> bool {
    let text = head
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(head)
        .trim_ascii_start();
    let begins = |word: &[u8]| {
        text.get(..word.len())
            .is_some_and(|t| t.eq_ignore_ascii_case(word))
    };
    begins(b"<svg")
        || (begins(b"<?xml") || begins(b"<!--") || begins(b"<!doctype svg"))
            && text.windows(4).any(|w| w.eq_ignore_ascii_case(b"<svg"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_by_their_first_bytes() {
        let table: &[(&[u8], Option<Format>)] = &[
            (b"", None),
            (b"\xFF\xD8", None),
            (b"\xFF\xD8\xFF\xE0", Some(Format::Jpeg)),
            (b"\xEF\xBB\xBF\xFF\xD8\xFF\xE0", None),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some(Format::Webp)),
            (b"RIFF\0\0\0\0WAVEfmt ", None),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", Some(Format::Avif)),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", Some(Format::Heic)),
            (b"\0\0\0\x18ftypisom\0\0\0\0isomavc1", None),
            // A brand beyond the box's end does not count.
            (b"\0\0\0\x10ftypisom\0\0\0\0heicheic", None),
            (b"\0\0\0\0ftyp", None),
            (b"BM are two letters of a text", None),
            (
                b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
                Some(Format::Bmp),
            ),
            (b"P6\n2 2\n255\n", Some(Format::Pnm)),
            (b"P6 2", Some(Format::Pnm)),
            (b"Python", None),
            (b"%PDF-1.7", None),
            (b"MZ\x90", None),
            (b"  <svg xmlns=", Some(Format::Other)),
            (b"<?xml version='1.0'?><html>", None),
            (b"<?xml version='1.0'?><SVG>", Some(Format::Other)),
        ];
        for (head, format) in table {
            assert_eq!(
                Format::sniff(head),
                *format,
                "{:?}",
                String::from_utf8_lossy(head)
            );
        }
    }
}
