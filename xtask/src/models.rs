//! `cargo xtask models`: the models that find a face and a person, out of the
//! npm packages they are published in, checked and made small.
//!
//! | file in `target/models` | what it does |
//! |---|---|
//! | `detector.tflite` | finds faces, roughly |
//! | `landmark.tflite` | finds a face's 468 landmarks |
//! | `selfie.tflite` | tells a person from the background |
//! | `mesh.bin` | the 468 landmarks of an average head in centimetres; format: [`protobuf`] |
//!
//! [`crate::weights`] says what is done to make them small.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::report::Report;
use crate::tools::{at, command, fingerprint, no_more, output, step, unless_done};
use crate::weights::rounded;
use crate::{protobuf, setup};

/// All four files together, in bytes of brotli.
pub(crate) const BUDGET: u64 = 950_000;
/// Where they are written.
const FOLDER: &str = "target/models";
/// Where the files stand as they came, below ours: the interpreter's tests
/// hold it against answers that others gave on those.
const ORIGINAL: &str = "original";
/// Several files in one, and the script that knows where each begins.
const PACKED: &str = "node_modules/@mediapipe/face_mesh/face_mesh_solution_packed_assets.data";
const LOADER: &str = "node_modules/@mediapipe/face_mesh/face_mesh_solution_packed_assets_loader.js";
const SELFIE: &str = "node_modules/@mediapipe/selfie_segmentation/selfie_segmentation.tflite";

/// A file we make and what it is made of.
struct Model {
    /// Ours.
    name: &'static str,
    /// Theirs.
    source: &'static str,
    /// Of their file.
    sha256: &'static str,
    /// Their bytes to ours.
    make: fn(&[u8]) -> Result<Vec<u8>>,
}

/// The files that are made, in the order of their use.
const MODELS: [Model; 4] = [
    Model {
        name: "detector.tflite",
        source: "face_detection_short_range.tflite",
        sha256: "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633",
        make: |bytes| Ok(bytes.to_vec()),
    },
    Model {
        name: "landmark.tflite",
        source: "face_landmark.tflite",
        sha256: "c603fa6149219a3e9487dc9abd7a0c24474c77263273d24868378cdf40aa26d1",
        make: rounded,
    },
    Model {
        name: "selfie.tflite",
        source: "selfie_segmentation.tflite",
        sha256: "8d13b7fae74af625c641226813616a2117bd6bca19eb3b75574621fc08557f27",
        make: rounded,
    },
    Model {
        name: "mesh.bin",
        source: "geometry_pipeline_metadata_landmarks.binarypb",
        sha256: "bdbcda96dfcb7da883da124aaa2c55dee49770d934f0fcc71747f8c21bdc75b4",
        make: protobuf::mesh,
    },
];

/// `cargo xtask models`.
pub(crate) fn run(args: &[String]) -> Result<()> {
    no_more(args)?;
    let folder = models()?;
    let files: Vec<PathBuf> = MODELS.iter().map(|m| folder.join(m.name)).collect();
    let mut report = Report::new("models", &["raw B", "brotli B", "budget B"]);
    let (mut raw_sum, mut brotli_sum) = (0, 0);
    for (file, brotli) in files.iter().zip(brotli_sizes(&files)?) {
        let raw = fs::metadata(file)?.len();
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        report.row(format!("  {name}"), [raw, brotli].map(Value::from));
        raw_sum += raw;
        brotli_sum += brotli;
    }
    report.row("models", [raw_sum, brotli_sum, BUDGET].map(Value::from));
    report.publish()?;
    ensure!(
        brotli_sum <= BUDGET,
        "models: {brotli_sum} B of brotli is over the budget of {BUDGET} B"
    );
    Ok(())
}

/// Makes sure that the models are there; their folder.
pub(crate) fn models() -> Result<PathBuf> {
    setup::for_build()?;
    let folder = at(FOLDER);
    let stamp = folder.join("stamp");
    if stamp.exists() && MODELS.iter().any(|m| !folder.join(m.name).exists()) {
        fs::remove_file(&stamp)?;
    }
    let recipe = concat!(
        include_str!("models.rs"),
        include_str!("protobuf.rs"),
        include_str!("tflite.rs"),
        include_str!("weights.rs")
    );
    let print = fingerprint(&[PACKED, LOADER, SELFIE].map(at), recipe)?;
    unless_done(&stamp, &print, || {
        step("taking the models out of their npm packages", || {
            fs::create_dir_all(folder.join(ORIGINAL))?;
            let mut lengths = serde_json::Map::new();
            for (name, source, bytes) in made()? {
                lengths.insert(name.to_owned(), bytes.len().into());
                fs::write(folder.join(name), bytes)?;
                fs::write(folder.join(ORIGINAL).join(name), source)?;
            }
            // For the page, which shows how much has come.
            let lengths = Value::Object(lengths).to_string();
            Ok(fs::write(folder.join("bytes.json"), lengths)?)
        })
    })?;
    Ok(folder)
}

/// A name, what a file is made of, and the file.
type Made = (&'static str, Vec<u8>, Vec<u8>);

/// Our files, by name, each after what it was made of.
fn made() -> Result<Vec<Made>> {
    let packed = read(PACKED)?;
    let loader =
        String::from_utf8(read(LOADER)?).with_context(|| format!("{LOADER} is no text"))?;
    let selfie = read(SELFIE)?;
    let make = |model: &Model| {
        let source = if SELFIE.ends_with(model.source) {
            &selfie
        } else {
            packed_file(&loader, &packed, model.source)?
        };
        checked(model, source)?;
        let bytes = (model.make)(source).with_context(|| format!("cannot use {}", model.source))?;
        Ok((model.name, source.to_vec(), bytes))
    };
    MODELS.iter().map(make).collect()
}

/// A file's bytes, by its path below the repository's root.
fn read(path: &str) -> Result<Vec<u8>> {
    fs::read(at(path)).with_context(|| format!("cannot read {path}"))
}

/// One of the files that are packed into one, by the name it had.
fn packed_file<'a>(loader: &str, packed: &'a [u8], name: &str) -> Result<&'a [u8]> {
    const CALL: &str = "loadPackage(";
    let (_, argument) = loader
        .split_once(&format!("{CALL}{{"))
        .with_context(|| format!("the loader does not call {CALL}…)"))?;
    // The brace belongs to the JSON, after which the script goes on.
    let json = format!("{{{argument}");
    let listing: Value = serde_json::Deserializer::from_str(&json)
        .into_iter()
        .next()
        .context("the loader's listing is empty")?
        .context("the loader's listing is not JSON")?;
    let is_it = |file: &&Value| {
        let path = file["filename"].as_str().unwrap_or_default();
        path.rsplit('/').next() == Some(name)
    };
    let file = listing["files"]
        .as_array()
        .and_then(|files| files.iter().find(is_it))
        .with_context(|| format!("the loader does not list {name}"))?;
    let edge = |key: &str| file[key].as_u64().and_then(|n| usize::try_from(n).ok());
    edge("start")
        .zip(edge("end"))
        .and_then(|(start, end)| packed.get(start..end))
        .with_context(|| format!("the packed file does not hold {name} where the loader says"))
}

/// Refuses a file that is not the one we know.
fn checked(model: &Model, source: &[u8]) -> Result<()> {
    let digest = Sha256::digest(source);
    let found: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    ensure!(
        found == model.sha256,
        "{} is another file than expected: its SHA-256 is {found}, not {}",
        model.source,
        model.sha256
    );
    Ok(())
}

/// Bytes of brotli per file, by Node's zlib as for the site and with the same
/// settings (`compress.mjs`).
fn brotli_sizes(files: &[PathBuf]) -> Result<Vec<u64>> {
    const SCRIPT: &str = "const fs = require('fs'), zlib = require('zlib'), c = zlib.constants;
        for (const file of process.argv.slice(1)) {
            const bytes = fs.readFileSync(file);
            const params = {
                [c.BROTLI_PARAM_QUALITY]: 11,
                [c.BROTLI_PARAM_LGWIN]: 22,
                [c.BROTLI_PARAM_SIZE_HINT]: bytes.length,
            };
            console.log(zlib.brotliCompressSync(bytes, { params }).length);
        }";
    let printed = output(command("node").args(["-e", SCRIPT]).args(files))
        .context("Node.js cannot compress the models")?;
    let sizes: Vec<u64> = printed
        .lines()
        .map(str::parse)
        .collect::<Result<_, _>>()
        .context("Node.js has printed no sizes")?;
    ensure!(sizes.len() == files.len(), "Node.js has left out a model");
    Ok(sizes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_found_where_the_loader_says() {
        let loader = r#"var loadPackage = function(metadata) { return {} };
            loadPackage({"files": [
                {"filename": "/a/other.tflite", "start": 0, "end": 2},
                {"filename": "/a/face.tflite", "start": 2, "end": 5},
                {"filename": "/a/far.tflite", "start": 5, "end": 50}
            ], "package_uuid": "{}"}); })(); ({});"#;
        let found = |name| packed_file(loader, b"01234567", name);
        assert_eq!(found("face.tflite").unwrap(), b"234");
        for name in ["ace.tflite", "far.tflite", ""] {
            assert!(found(name).is_err(), "{name}");
        }
        for loader in ["", "loadPackage({", r#"loadPackage({"files": 1})"#] {
            assert!(packed_file(loader, b"", "face.tflite").is_err());
        }
    }

    #[test]
    fn models_of_other_bytes_are_refused() {
        let error = format!("{:#}", checked(&MODELS[0], b"").unwrap_err());
        let of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        for part in [MODELS[0].source, MODELS[0].sha256, of_nothing] {
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn models_of_the_packages_are_made() {
        if [PACKED, LOADER, SELFIE].iter().any(|p| !at(p).exists()) {
            println!("skipped: the npm packages are not there (cargo xtask setup)");
            return;
        }
        let made = made().unwrap();
        let sizes: Vec<(&str, usize)> = made.iter().map(|(n, _, b)| (*n, b.len())).collect();
        let mesh = 4 + 468 * 12 + 4 + 898 * 6 + 4 + 33 * 8;
        assert_eq!(
            sizes,
            [
                ("detector.tflite", 229_032),
                ("landmark.tflite", 1_241_896),
                ("selfie.tflite", 249_024),
                ("mesh.bin", mesh),
            ]
        );
        // The two models whose weights are rounded differ from what they were.
        let rounded: Vec<&str> = made[..3]
            .iter()
            .filter(|(_, source, bytes)| source != bytes)
            .map(|(name, ..)| *name)
            .collect();
        assert_eq!(rounded, ["landmark.tflite", "selfie.tflite"]);
    }
}
