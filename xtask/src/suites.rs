//! Running the two kinds of suites: cargo's and Playwright's.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::build::{self, Mode};
use crate::tally::Tally;
use crate::tools::{at, cargo, command};
use crate::{models, render, serve, setup};

/// The photos that lie beside the repository on a developer's machine.
const PHOTOS: &str = "../shared/photos";

/// Runs `cargo test` with these arguments.
pub(crate) fn cargo_test(args: &[&str]) -> Result<Tally> {
    count_libtest(cargo().arg("test").args(args), "")
}

/// Runs the core's tests in wasm, with the workers' simd, under Node's WASI. Each
/// line says so: other things may be done beside it.
pub(crate) fn cargo_test_in_wasm() -> Result<Tally> {
    let mut cargo = cargo();
    cargo.args(["test", "--target", "wasm32-wasip1", "--lib", "--tests"]);
    cargo
        .env("CARGO_TARGET_DIR", at("target/wasi"))
        .env("RUSTFLAGS", "-Ctarget-feature=+simd128")
        // A panic ends a wasm run: what it said would be lost with what was held back.
        .env("RUST_TEST_NOCAPTURE", "1");
    count_libtest(&mut cargo, "[wasm] ")
}

/// Shows the output as it comes, each line after `prefix`, and counts.
fn count_libtest(cargo: &mut Command, prefix: &str) -> Result<Tally> {
    let mut child = cargo
        .arg("--no-fail-fast")
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start cargo")?;
    let mut seen = String::new();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            println!("{prefix}{line}");
            seen += &line;
            seen.push('\n');
        }
    }
    Ok(Tally::of_libtest(&seen, child.wait()?.success()))
}

/// Runs the flows in a real browser against the released site.
pub(crate) fn end_to_end() -> Result<Tally> {
    let browser = setup::browser()?;
    let dist = build::site(Mode::Release)?;
    let port = serve::start(&dist, 0, None)?;
    let report = at("target/reports/e2e.json");
    if report.exists() {
        fs::remove_file(&report)?;
    }
    let mut node = command("node");
    node.arg(at("node_modules/@playwright/test/cli.js")).args([
        "test",
        "--config",
        "tests/e2e/playwright.config.js",
    ]);
    node.env("SMP_BASE_URL", format!("http://127.0.0.1:{port}/"))
        .env("SMP_BROWSER", browser)
        .env("SMP_REPORT", &report)
        .env("SMP_NATIVE", render::program()?)
        .env("SMP_MODELS", models::models()?);
    let photos = at(PHOTOS);
    if photos.is_dir() {
        node.env("SMP_PHOTOS", photos);
    }
    let ended_well = node.status().context("cannot start Playwright")?.success();
    let json = fs::read_to_string(&report).context("Playwright has left no report")?;
    Tally::of_playwright(&json, ended_well)
}
