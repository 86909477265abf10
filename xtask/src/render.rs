//! `cargo xtask render`: the page's engine without a page.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::models;
use crate::tools::{at, cargo, run as run_command};

/// `cargo xtask render PHOTO [--plan FILE] [--before-after] --out PNG`.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let mut command = cargo();
    command.args([
        "run",
        "--quiet",
        "--release",
        "--features",
        "codec-native",
        "--bin",
        "native",
        "--",
    ]);
    // As the page, which knows what is bare scalp.
    let models = models::models()?;
    // Names of files are meant from where the person stands, not from the root.
    command.current_dir(std::env::current_dir()?);
    run_command(command.args(args).arg("--models").arg(models))
}

/// Builds the program that [`run`] runs, in the profile and with the features of the
/// native tests, which so have built it already, for those that compare its pictures
/// with the page's.
pub(crate) fn program() -> Result<PathBuf> {
    run_command(cargo().args([
        "build",
        "--quiet",
        "--profile",
        "test",
        "--features",
        "realism",
        "--bin",
        "native",
    ]))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| at("target"), PathBuf::from);
    let name = format!("native{}", std::env::consts::EXE_SUFFIX);
    Ok(at(".").join(target).join(Path::new("debug")).join(name))
}
