//! The last steps of a build: Vite over html, css, glue and wasm, then the
//! compressed twins that the server hands out.

use std::path::PathBuf;

use anyhow::Result;

use crate::build::Mode;
use crate::tools::{at, command, fingerprint, run, step, unless_done};

/// Where the finished site stands.
pub(crate) fn dist() -> PathBuf {
    at("target/dist")
}

/// What a bundle is made of, beside `target/web`.
pub(crate) fn sources() -> Vec<PathBuf> {
    [
        "index.html",
        "vite.config.js",
        "package-lock.json",
        "style",
        "public",
        "src/web",
    ]
    .map(at)
    .to_vec()
}

/// Bundles `target/web` and the sources into `target/dist`.
pub(crate) fn bundle(mode: Mode) -> Result<PathBuf> {
    let mut inputs = sources();
    inputs.push(at("target/web"));
    inputs.push(at("target/models"));
    inputs.push(at("xtask/compress.mjs"));
    let print = fingerprint(&inputs, &format!("{mode:?}"))?;
    // Inside the result, so that it goes when the result goes; nothing that
    // begins with a dot is served.
    unless_done(&dist().join(".stamp"), &print, || {
        step("bundling with Vite", || {
            let mut node = command("node");
            node.arg(at("node_modules/vite/bin/vite.js"))
                .args(["build", "--logLevel", "warn"]);
            if mode == Mode::Dev {
                node.args(["--minify", "false"]);
            }
            run(&mut node)
        })?;
        if mode == Mode::Dev {
            return Ok(());
        }
        step("compressing (brotli and gzip at their best)", || {
            run(command("node").arg(at("xtask/compress.mjs")).arg(dist()))
        })
    })?;
    Ok(dist())
}
