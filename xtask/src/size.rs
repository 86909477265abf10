//! `cargo xtask size`: what a visitor downloads, against its budgets.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::build::{self, Mode};
use crate::models;
use crate::report::Report;
use crate::tools::no_more;

/// What the page needs before it can be used: html, css, js and its wasm
/// (ux.md §6), in bytes of brotli.
const FIRST_LOAD_BUDGET: u64 = 200_000;
/// The render worker's wasm, in bytes of brotli.
const RENDER_WORKER_BUDGET: u64 = 250_000;
/// The wasm that decodes what browsers do not, in bytes of brotli.
const RARE_FORMATS_BUDGET: u64 = 100_000;
/// The vision worker's wasm, in bytes of brotli.
const VISION_WORKER_BUDGET: u64 = 62_000;

/// `cargo xtask size`.
pub(crate) fn run(args: &[String]) -> Result<()> {
    no_more(args)?;
    let dist = build::site(Mode::Release)?;
    let assets: Vec<String> = fs::read_dir(dist.join("assets"))?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<_>>()?;
    let first: Vec<PathBuf> = first_load(&dist, &assets)?;
    let mut report = Report::new("size", &["raw B", "gzip B", "brotli B", "budget B"]);
    let mut over = Vec::new();
    let mut hold = |name, files: &[PathBuf], budget| -> Result<()> {
        let size = rows(&mut report, files, name, budget)?;
        if size > budget {
            over.push(format!(
                "{name}: {size} B of brotli is over the budget of {budget} B"
            ));
        }
        Ok(())
    };
    hold("first load", &first, FIRST_LOAD_BUDGET)?;
    for (name, worker, budget) in [
        ("render worker", "render_worker", RENDER_WORKER_BUDGET),
        ("rare formats", "rare_formats", RARE_FORMATS_BUDGET),
        ("vision worker", "vision_worker", VISION_WORKER_BUDGET),
    ] {
        let wasm = assets
            .iter()
            .find(|a| a.starts_with(worker) && a.ends_with(".wasm"))
            .with_context(|| format!("the {name} has no wasm"))?;
        hold(name, &[dist.join("assets").join(wasm)], budget)?;
    }
    let is_model = |asset: &&String| is_model(asset);
    let found = assets.iter().filter(is_model);
    let found: Vec<PathBuf> = found.map(|a| dist.join("assets").join(a)).collect();
    hold("models", &found, models::BUDGET)?;
    report.publish()?;
    ensure!(over.is_empty(), "{}", over.join("; "));
    Ok(())
}

/// Whether an asset is one of the models' files.
fn is_model(asset: &str) -> bool {
    [".tflite", ".bin"].iter().any(|e| asset.ends_with(e))
}

/// Whether an asset loads after the page: what belongs to workers, what decodes
/// formats that browsers do not, and the models, which come with the first photo (tests/e2e/find.spec.js).
fn is_later(asset: &str) -> bool {
    asset.contains("_worker") || asset.starts_with("rare_formats") || is_model(asset)
}

/// The shell and every asset it leads to, directly or by another's text, that
/// does not load later.
fn first_load(dist: &Path, assets: &[String]) -> Result<Vec<PathBuf>> {
    let mut found: BTreeSet<PathBuf> = BTreeSet::new();
    let mut left = vec![dist.join("index.html")];
    while let Some(file) = left.pop() {
        let text = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        // A wasm names no asset, and its bytes are not text.
        if file.extension().is_none_or(|e| e != "wasm") {
            let text = String::from_utf8_lossy(&text);
            let named = assets
                .iter()
                .filter(|a| !is_later(a) && text.contains(a.as_str()));
            left.extend(
                named
                    .map(|a| dist.join("assets").join(a))
                    .filter(|f| !found.contains(f)),
            );
        }
        found.insert(file);
    }
    let is = |ending: &str| {
        found
            .iter()
            .any(|f| f.extension().is_some_and(|e| e == ending))
    };
    ensure!(
        is("js") && is("css") && is("wasm"),
        "the shell does not lead to its css, js and wasm: {found:?}"
    );
    Ok(found.into_iter().collect())
}

/// One row per file and one for their sum; the sum of brotli bytes.
fn rows(report: &mut Report, files: &[PathBuf], name: &str, budget: u64) -> Result<u64> {
    let mut sums = [0; 3];
    for file in files {
        let mut sizes = [0; 3];
        for ((size, sum), ending) in sizes.iter_mut().zip(&mut sums).zip(["", ".gz", ".br"]) {
            let mut path = file.as_os_str().to_owned();
            path.push(ending);
            // What does not compress is sent as it is.
            let meta = fs::metadata(&path).or_else(|_| fs::metadata(file))?;
            *size = meta.len();
            *sum += meta.len();
        }
        let file = file.file_name().unwrap_or_default().to_string_lossy();
        report.row(format!("  {file}"), sizes.map(Value::from));
    }
    report.row(name, sums.into_iter().chain([budget]).map(Value::from));
    let [_, _, brotli] = sums;
    Ok(brotli)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::at;

    #[test]
    fn first_load_is_what_the_shell_leads_to() {
        let dist = at("target/tmp/size-test");
        let _ = fs::remove_dir_all(&dist);
        fs::create_dir_all(dist.join("assets")).unwrap();
        let files = [
            ("index.html", "assets/app-1.js assets/style-1.css"),
            (
                "assets/app-1.js",
                "app_bg-1.wasm render_worker-1.js app-1.js face-1.tflite",
            ),
            ("assets/app_bg-1.wasm", "later-1.png"),
            ("assets/style-1.css", "font-1.woff2"),
            ("assets/font-1.woff2", ""),
            ("assets/later-1.png", ""),
            ("assets/render_worker-1.js", ""),
            ("assets/face-1.tflite", ""),
        ];
        for (name, text) in files {
            fs::write(dist.join(name), text).unwrap();
        }
        let assets: Vec<String> = files
            .iter()
            .filter_map(|f| f.0.strip_prefix("assets/"))
            .map(str::to_owned)
            .collect();
        let found = first_load(&dist, &assets).unwrap();
        let names: Vec<_> = found
            .iter()
            .map(|f| f.file_name().unwrap().to_str().unwrap())
            .collect();
        assert_eq!(
            names,
            [
                "app-1.js",
                "app_bg-1.wasm",
                "font-1.woff2",
                "style-1.css",
                "index.html"
            ]
        );
        fs::remove_file(dist.join("assets/app_bg-1.wasm")).unwrap();
        assert!(first_load(&dist, &assets).is_err());
    }
}
