//! Picture files in and out: formats, limits, hostile files.
#![cfg(feature = "codec")]
#![expect(clippy::unwrap_used, reason = "tests may stop at the first surprise")]

use std::{
    io::{Cursor, Write},
    path::{Path, PathBuf},
};

use proptest::prelude::*;
use smp_visualizer::{
    codec::{self, Format, Header, Limit, MAX_FILE_BYTES, encode_png, flatten_on_white, probe},
    engine::image::Photo,
    protocol::PhotoError,
};

const WHOLE: Limit = Limit::Pixels(u64::MAX);

fn probe_bytes(bytes: &[u8]) -> Result<Header, PhotoError> {
    probe(Cursor::new(bytes), bytes.len() as u64)
}

// --- small files made here ------------------------------------------------

fn jpeg_header(width: u16, height: u16, before_frame: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8];
    bytes.extend(before_frame);
    bytes.extend([0xFF, 0xC0, 0, 11, 8]);
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend([1, 1, 0x11, 0]);
    bytes
}

fn exif_segment(orientation: u16) -> Vec<u8> {
    let mut segment = vec![0xFF, 0xE1, 0, 34];
    segment.extend(b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01");
    segment.extend(orientation.to_be_bytes());
    segment.extend([0; 6]);
    segment
}

fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
    bytes
}

/// A 24-bit BMP; a negative height stores the rows from the top.
fn bmp(width: i32, height: i32, pixels_bgr: &[u8]) -> Vec<u8> {
    let mut bytes = b"BM".to_vec();
    bytes.extend((54 + pixels_bgr.len() as u32).to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend(54_u32.to_le_bytes());
    bytes.extend(40_u32.to_le_bytes());
    bytes.extend(width.to_le_bytes());
    bytes.extend(height.to_le_bytes());
    bytes.extend([1, 0, 24, 0]);
    bytes.extend([0; 24]);
    bytes.extend(pixels_bgr);
    bytes
}

/// A little-endian TIFF of 8-bit samples in one strip.
fn tiff(width: u32, height: u32, samples: u32, orientation: u32, pixels: &[u8]) -> Vec<u8> {
    // Photometric: 1 grey, 2 RGB, 5 CMYK.
    let photometric = match samples {
        1 => 1,
        4 => 5,
        _ => 2,
    };
    let bits_at = 8 + 2 + 10 * 12 + 4;
    let pixels_at = bits_at + 8;
    let bits = if samples == 1 { 8 } else { bits_at };
    let entries: [(u16, u16, u32, u32); 10] = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, samples, bits),
        (259, 3, 1, 1),
        (262, 3, 1, photometric),
        (273, 4, 1, pixels_at),
        (274, 3, 1, orientation),
        (277, 3, 1, samples),
        (278, 4, 1, height),
        (279, 4, 1, pixels.len() as u32),
    ];
    let mut bytes = b"II*\0\x08\0\0\0\x0A\0".to_vec();
    for (tag, kind, count, value) in entries {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend([0; 4]);
    bytes.extend([8, 0, 8, 0, 8, 0, 8, 0]);
    bytes.extend(pixels);
    bytes
}

// --- headers -----------------------------------------------------------------

#[test]
fn sizes_and_limits_come_from_the_header() {
    let too_many = |width, height| Err(PhotoError::TooManyPixels { width, height });
    let too_small = |width, height| Err(PhotoError::TooSmall { width, height });
    let size = |width, height| Ok((width, height));
    type Row = (&'static str, Vec<u8>, Result<(u32, u32), PhotoError>);
    let table: &[Row] = &[
        ("nothing", vec![], Err(PhotoError::NotAPicture)),
        ("text", b"hello".to_vec(), Err(PhotoError::NotAPicture)),
        ("jpeg", jpeg_header(640, 480, &[]), size(640, 480)),
        (
            "jpeg with fill bytes",
            jpeg_header(640, 480, &[0xFF, 0xFF, 0xFF, 0xFE, 0, 3, 9, 0xFF]),
            size(640, 480),
        ),
        (
            "jpeg, segment of length 0",
            jpeg_header(640, 480, &[0xFF, 0xFE, 0, 0]),
            Err(PhotoError::Damaged),
        ),
        (
            "jpeg ends early",
            jpeg_header(640, 480, &[])[..8].to_vec(),
            Err(PhotoError::Damaged),
        ),
        (
            "jpeg of no height",
            jpeg_header(640, 0, &[]),
            Err(PhotoError::Damaged),
        ),
        (
            "jpeg with all it can say",
            jpeg_header(65535, 65535, &[]),
            too_many(65535, 65535),
        ),
        (
            "long jpeg",
            jpeg_header(40_000, 64, &[]),
            too_many(40_000, 64),
        ),
        ("flat jpeg", jpeg_header(640, 63, &[]), too_small(640, 63)),
        (
            "png at the limit",
            png_header(10_000, 10_000),
            size(10_000, 10_000),
        ),
        (
            "png over the limit",
            png_header(10_001, 10_000),
            too_many(10_001, 10_000),
        ),
        ("bmp from the bottom", bmp(100, 80, &[]), size(100, 80)),
        ("bmp from the top", bmp(100, -80, &[]), size(100, 80)),
        (
            "bmp of negative width",
            bmp(-100, 80, &[]),
            Err(PhotoError::Damaged),
        ),
        (
            "bmp of extreme height",
            bmp(64, i32::MIN, &[]),
            too_many(64, 1 << 31),
        ),
        ("tiff", tiff(100, 80, 3, 1, &[]), size(100, 80)),
        (
            "heic of no picture",
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(),
            Err(PhotoError::Damaged),
        ),
        (
            "video",
            b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".to_vec(),
            Err(PhotoError::NotAPicture),
        ),
        (
            "svg",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(),
            Err(PhotoError::Unsupported),
        ),
    ];
    for (name, bytes, expected) in table {
        let found = probe_bytes(bytes).map(|header| (header.width, header.height));
        assert_eq!(found, *expected, "{name}");
    }
}

#[test]
fn a_large_file_is_refused_unread() {
    let bytes = MAX_FILE_BYTES + 1;
    assert_eq!(
        probe(Cursor::new(b""), bytes),
        Err(PhotoError::FileTooLarge { bytes })
    );
}

#[test]
fn jpeg_orientation_turns_the_size_and_nonsense_does_not() {
    for (orientation, upright) in [
        (0, (640, 480)),
        (1, (640, 480)),
        (4, (640, 480)),
        (5, (480, 640)),
        (8, (480, 640)),
        (9, (640, 480)),
    ] {
        let header = probe_bytes(&jpeg_header(640, 480, &exif_segment(orientation))).unwrap();
        assert_eq!(header.upright(), upright, "orientation {orientation}");
        assert_eq!(
            (header.width, header.height),
            (640, 480),
            "the stored size stays"
        );
    }
    // Of two, the first counts.
    let both = [exif_segment(6), exif_segment(1)].concat();
    assert_eq!(
        probe_bytes(&jpeg_header(640, 480, &both))
            .unwrap()
            .orientation,
        6
    );
}

#[test]
fn a_header_made_to_keep_us_busy_is_cut_off() {
    // Half a million directory entries, none of them the size.
    let mut bytes = b"MM\0+\0\x08\0\0\0\0\0\0\0\0\0\x10\0\0\0\0\x7F\xFF\xFF\xFF".to_vec();
    bytes.resize(40_000_000, 1);
    assert_eq!(probe_bytes(&bytes), Err(PhotoError::Damaged));
}

// --- decoding ---------------------------------------------------------------

/// 64 × 80 with a different colour in each quarter, as RGB.
fn quarters() -> (u32, u32, Vec<u8>) {
    let (width, height) = (64, 80);
    let colour = |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => [200, 10, 20],
        (false, true) => [10, 200, 20],
        (true, false) => [10, 20, 200],
        (false, false) => [240, 240, 0],
    };
    let rgb = (0..height)
        .flat_map(|y| (0..width).flat_map(move |x| colour(x, y)))
        .collect();
    (width, height, rgb)
}

fn pixel(photo: &Photo, x: u32, y: u32) -> [u8; 4] {
    photo.rgba()[(y * photo.width() + x) as usize * 4..][..4]
        .try_into()
        .unwrap()
}

#[test]
fn tiff_is_turned_upright() {
    let (width, height, rgb) = quarters();
    // Where each orientation of TIFF 6.0 puts the stored top left quarter.
    for (orientation, upright, red_at) in [
        (1, (64, 80), (0, 0)),
        (2, (64, 80), (63, 0)),
        (3, (64, 80), (63, 79)),
        (4, (64, 80), (0, 79)),
        (5, (80, 64), (0, 0)),
        (6, (80, 64), (79, 0)),
        (7, (80, 64), (79, 63)),
        (8, (80, 64), (0, 63)),
    ] {
        let decoded = codec::decode(&tiff(width, height, 3, orientation, &rgb), WHOLE).unwrap();
        assert_eq!(
            (decoded.source_width, decoded.source_height),
            upright,
            "orientation {orientation}"
        );
        assert_eq!(
            pixel(&decoded.photo, red_at.0, red_at.1),
            [200, 10, 20, 255],
            "orientation {orientation}"
        );
    }
}

#[test]
fn other_colour_models_become_rgba() {
    let grey = tiff(64, 64, 1, 1, &[77; 64 * 64]);
    assert_eq!(
        pixel(&codec::decode(&grey, WHOLE).unwrap().photo, 5, 5),
        [77, 77, 77, 255]
    );
    let cyan = tiff(64, 64, 4, 1, &[255, 0, 0, 0].repeat(64 * 64));
    assert_eq!(
        pixel(&codec::decode(&cyan, WHOLE).unwrap().photo, 5, 5),
        [0, 255, 255, 255]
    );
    let deep = [
        b"P6 64 64 65535 ".as_slice(),
        &[0xFF, 0xFF, 0x80, 0x80, 0, 0].repeat(64 * 64),
    ]
    .concat();
    assert_eq!(
        pixel(&codec::decode(&deep, WHOLE).unwrap().photo, 5, 5),
        [255, 128, 0, 255]
    );
    let from_top = bmp(64, -64, &[1, 2, 3].repeat(64 * 64));
    assert_eq!(
        pixel(&codec::decode(&from_top, WHOLE).unwrap().photo, 5, 5),
        [3, 2, 1, 255]
    );
}

#[test]
fn a_limit_shrinks_and_the_source_size_is_told() {
    let (width, height, rgb) = quarters();
    let decoded = codec::decode(&tiff(width, height, 3, 6, &rgb), Limit::Edge(40)).unwrap();
    assert_eq!((decoded.photo.width(), decoded.photo.height()), (40, 32));
    assert_eq!((decoded.source_width, decoded.source_height), (80, 64));
    assert_eq!(pixel(&decoded.photo, 38, 1), [200, 10, 20, 255]);
}

#[test]
fn damaged_pixels_are_an_error() {
    let (width, height, rgb) = quarters();
    let file = tiff(width, height, 3, 1, &rgb);
    assert_eq!(
        codec::decode(&file[..file.len() / 2], WHOLE),
        Err(PhotoError::Damaged)
    );
    // A gigabyte of 16-bit samples is refused before any is allocated.
    let vast = b"P6 10000 10000 65535 ";
    assert_eq!(codec::decode(vast, WHOLE), Err(PhotoError::OutOfMemory));
}

#[test]
fn transparency_is_laid_on_white() {
    let mut rgba = [255, 0, 255, 0, 0, 0, 0, 51, 9, 8, 7, 255, 1, 2];
    flatten_on_white(&mut rgba);
    assert_eq!(
        rgba,
        [255, 255, 255, 255, 204, 204, 204, 255, 9, 8, 7, 255, 1, 2]
    );
}

// --- encoding ---------------------------------------------------------------

fn noise(width: u32, height: u32) -> Photo {
    let mut state = 1_u32;
    let rgba = (0..width * height).flat_map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [r, g, b, _] = state.to_be_bytes();
        [r, g, b, 255]
    });
    Photo::new(width, height, rgba.collect()).unwrap()
}

fn encoded(photo: &Photo) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_png(photo, &mut bytes, &mut |_| {}).unwrap();
    bytes
}

#[test]
fn png_gives_the_pixels_back_and_holds_no_metadata() {
    for (width, height) in [(1, 1), (1, 300), (300, 1), (257, 123)] {
        let photo = noise(width, height);
        let bytes = encoded(&photo);
        let mut reader = png::Decoder::new(Cursor::new(&bytes)).read_info().unwrap();
        let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut rgb).unwrap();
        let wanted: Vec<u8> = photo
            .rgba()
            .chunks(4)
            .flat_map(|p| p[..3].to_vec())
            .collect();
        assert!(rgb == wanted, "{width}×{height}");
    }
    let bytes = encoded(&noise(64, 64));
    let mut at = 8;
    let mut kinds = Vec::new();
    while let Some(length) = bytes.get(at..at + 4) {
        kinds.push(&bytes[at + 4..at + 8]);
        at += 12 + u32::from_be_bytes(length.try_into().unwrap()) as usize;
    }
    kinds.dedup();
    assert_eq!(kinds, [b"IHDR", b"IDAT", b"IEND"]);
}

#[test]
fn png_reports_progress_and_the_sinks_failure() {
    let mut heard = Vec::new();
    encode_png(&noise(8, 1000), std::io::sink(), &mut |done| {
        heard.push(done);
    })
    .unwrap();
    assert!(
        heard.len() >= 40 && heard.is_sorted() && heard.last() == Some(&1.0),
        "{heard:?}"
    );

    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let error = encode_png(&noise(64, 64), Full, &mut |_| {}).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
}

// --- anything at all --------------------------------------------------------

fn seeds() -> Vec<Vec<u8>> {
    let (width, height, rgb) = quarters();
    vec![
        jpeg_header(640, 480, &exif_segment(6)),
        png_header(100, 100),
        bmp(64, 64, &[5; 64 * 64 * 3]),
        tiff(width, height, 3, 6, &rgb),
        [b"P6 64 64 255 ".as_slice(), &[9; 64 * 64 * 3]].concat(),
        [b"qoif\0\0\0\x40\0\0\0\x40\x03\0".as_slice(), &[0xFD; 80]].concat(),
        b"\0\0\0\x18ftypavif\0\0\0\0mif1avif\0\0\0\x40meta\0\0\0\0\0\0\0\x30iprp\0\0\0\x28ipco\0\0\0\x14ispe\0\0\0\0\0\0\x01\0\0\0\x01\0"
            .to_vec(),
        b"\0\0\0\x0CJXL \r\n\x87\n\0\0\0\x14ftypjxl \0\0\0\0jxl \0\0\0\0jxlc\xFF\x0A\x7F\0\0\0\0".to_vec(),
        b"RIFF\x20\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0\x7F\0\0\x7F\0\0".to_vec(),
        b"GIF89a\x40\0\x40\0\0\0\0".to_vec(),
        b"\0\0\x01\0\x01\0\x40\x40\0\0\x01\0\x20\0\0\0\0\0\x16\0\0\0".to_vec(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    /// Whatever is changed or cut off: an answer, no panic, no hang.
    #[test]
    fn spoilt_files_get_an_answer(
        seed in prop::sample::select(seeds()),
        keep in 0.0..=1.2_f64,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
    ) {
        let mut bytes = seed;
        // Edits mostly near the front, where the structure is.
        for (index, value) in edits {
            let at = index.index(bytes.len().min(160));
            bytes[at] = value;
        }
        bytes.truncate((bytes.len() as f64 * keep) as usize);
        if let Ok(header) = probe_bytes(&bytes) {
            prop_assert!(header.width >= 64 && header.height >= 64);
        }
        if let Ok(decoded) = codec::decode(&bytes, Limit::Edge(128)) {
            prop_assert!(decoded.photo.width().max(decoded.photo.height()) <= 128);
        }
    }
}

// --- the collection beside the project ---------------------------------------

/// Files of `../shared/photos/<part>`, or none, said so, where it is not there.
fn collection(part: &str) -> Vec<(String, Vec<u8>)> {
    let folder = ["../shared/photos", "../../shared/photos"]
        .map(|up| Path::new(env!("CARGO_MANIFEST_DIR")).join(up).join(part))
        .into_iter()
        .find(|folder| folder.is_dir());
    let Some(folder) = folder else {
        // Past the test runner's capture (`eprintln!` is caught), so that a
        // skip is seen.
        let line = format!("SKIPPED: no ../shared/photos/{part} beside the project\n");
        std::io::stderr().write_all(line.as_bytes()).unwrap();
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = folder
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                std::fs::read(&path).unwrap(),
            )
        })
        .collect()
}

/// What the header must say, for the files whose answer is not a matter of taste.
const HOSTILE: &[(&str, Result<Format, PhotoError>)] = &[
    ("zero_byte.jpg", Err(PhotoError::NotAPicture)),
    ("only_soi.jpg", Err(PhotoError::NotAPicture)),
    ("only_signature.png", Err(PhotoError::Damaged)),
    ("ftyp_only.avif", Err(PhotoError::Damaged)),
    ("hdr_0x0.jpg", Err(PhotoError::Damaged)),
    ("hdr_0x0.png", Err(PhotoError::Damaged)),
    (
        "hdr_65535x65535.jpg",
        Err(PhotoError::TooManyPixels {
            width: 65535,
            height: 65535,
        }),
    ),
    (
        "hdr_65535x65535.png",
        Err(PhotoError::TooManyPixels {
            width: 65535,
            height: 65535,
        }),
    ),
    (
        "hdr_65535x65535.gif",
        Err(PhotoError::TooManyPixels {
            width: 65535,
            height: 65535,
        }),
    ),
    (
        "hdr_1x2G.png",
        Err(PhotoError::TooManyPixels {
            width: 1,
            height: 2_147_483_647,
        }),
    ),
    (
        "bomb_30000x30000_1bit.png",
        Err(PhotoError::TooManyPixels {
            width: 30000,
            height: 30000,
        }),
    ),
    (
        "bomb_16383x16383.webp",
        Err(PhotoError::TooManyPixels {
            width: 16383,
            height: 16383,
        }),
    ),
    (
        "real_280MP_gray.jpg",
        Err(PhotoError::TooManyPixels {
            width: 20000,
            height: 14000,
        }),
    ),
    (
        "real_17000x17000.avif",
        Err(PhotoError::TooManyPixels {
            width: 17000,
            height: 17000,
        }),
    ),
    (
        "real_Bad_reallybig.bmp",
        Err(PhotoError::TooManyPixels {
            width: 3_000_000,
            height: 2_000_000,
        }),
    ),
    ("svg_script.svg", Err(PhotoError::Unsupported)),
    ("svg_as_png.png", Err(PhotoError::Unsupported)),
    ("pdf_as_jpg.jpg", Err(PhotoError::NotAPicture)),
    ("text_as_png.png", Err(PhotoError::NotAPicture)),
    ("exe_as_jpg.jpg", Err(PhotoError::NotAPicture)),
    ("mp4_named.heic", Err(PhotoError::NotAPicture)),
    ("bom_before.jpg", Err(PhotoError::NotAPicture)),
    ("base64.jpg", Err(PhotoError::NotAPicture)),
    ("crlf_mangled.png", Err(PhotoError::NotAPicture)),
    ("heic_named.jpg", Ok(Format::Heic)),
    ("avif_named.jpg", Ok(Format::Avif)),
    ("jpeg_named.png", Ok(Format::Jpeg)),
    ("png_named.jpg", Ok(Format::Png)),
    ("jpeg_noext", Ok(Format::Jpeg)),
    ("many_com_segments.jpg", Ok(Format::Jpeg)),
    ("polyglot_zip.jpg", Ok(Format::Jpeg)),
    ("real_looks_like_svg.webp", Ok(Format::Webp)),
    ("exif_ifd_loop.jpg", Ok(Format::Jpeg)),
];

#[test]
fn every_hostile_file_gets_an_answer_from_its_header() {
    let files = collection("hostile");
    for (name, bytes) in &files {
        let found = probe_bytes(bytes);
        if let Some((_, expected)) = HOSTILE.iter().find(|(known, _)| known == name) {
            assert_eq!(found.map(|header| header.format), *expected, "{name}");
        }
    }
}

#[test]
fn sizes_of_the_collections_formats() {
    for (name, bytes) in collection("formats") {
        let expected = match name.as_str() {
            "heic_iphone_12MP.heic" | "heic_arrow_up.heic" | "avif_orientation6_12MP.avif" => {
                (3024, 4032)
            }
            "head_48MP_8064x6048.jpg" => (8064, 6048),
            "exif_landscape_6.jpg" => (1800, 1200),
            "exif_portrait_8.jpg" => (1200, 1800),
            "head_exif_8.jpg" => (600, 800),
            "head.jxl" | "head.heic" | "head_alpha.avif" | "head_lossy.webp" => (800, 800),
            "head_cmyk.tif" => (300, 300),
            "tiff_rgb16.tiff" => (157, 151),
            "bmp_rle8.bmp" => (127, 64),
            _ => continue,
        };
        assert_eq!(
            probe_bytes(&bytes).map(|header| header.upright()),
            Ok(expected),
            "{name}"
        );
    }
}

#[test]
fn the_collection_decodes_or_fails_calmly() {
    for (name, bytes) in [collection("formats"), collection("hostile")].concat() {
        // The large ones are left to the report in the browser: time.
        if probe_bytes(&bytes)
            .is_ok_and(|header| u64::from(header.width) * u64::from(header.height) < 1_000_000)
        {
            let decoded = codec::decode(&bytes, Limit::Edge(64));
            if matches!(
                name.as_str(),
                "head_lzw.tif"
                    | "head_cmyk.tif"
                    | "tiff_rgb16.tiff"
                    | "head24.bmp"
                    | "bmp_rle8.bmp"
            ) {
                assert!(decoded.is_ok(), "{name}: {decoded:?}");
            }
        }
    }
}
