//! `cargo xtask build`: cargo, wasm-bindgen and wasm-opt for each binary, then
//! Vite over all of them, then compression. Steps whose inputs have not
//! changed are skipped.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::names::Names;
use crate::tools::{
    at, cargo, command, fingerprint, no_more, root, run as run_command, step, take_flag,
    unless_done,
};
use crate::{bundle, models, setup};

/// How a site is built.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    /// What is hosted: optimised and compressed.
    Release,
    /// Soon there: neither.
    Dev,
}

/// One wasm binary.
struct Binary {
    name: &'static str,
    /// The binary whose target directory it uses: its own, or that of one
    /// with the same flags.
    target: &'static str,
    feature: &'static str,
    profile: &'static str,
    /// Flags of rustc for all its crates.
    flags: &'static [&'static str],
    /// What wasm-opt does, in this order.
    wasm_opt: &'static [&'static str],
}

const SIMD: &str = "-Ctarget-feature=+simd128";
/// Leptos then makes one type of all views: 6 % of the page.
const PAGE_FLAGS: [&str; 1] = ["--cfg=erase_components"];
/// The vision worker's: as the render worker's, its kernels have lanes of their own.
const VISION_FLAGS: [&str; 3] = [
    SIMD,
    "-Cllvm-args=-inline-threshold=25 -unroll-runtime=false",
    "-Cno-vectorize-loops",
];
/// Functions of one crate beside each other are alike, and compress by 1 % more.
const BY_NAME: &str = "--reorder-functions-by-name";
const VISION_WASM_OPT: &[&str] = &["-Oz", BY_NAME];

/// Those of the site.
const BINARIES: [Binary; 4] = [
    // The page: small, and able to say so on a browser without simd.
    Binary {
        name: "app",
        target: "app",
        feature: "ui",
        profile: "page",
        flags: &PAGE_FLAGS,
        // All goes again after its blocks are laid out anew: 1 % of the page. The
        // lowest kilobyte is the far end of the stack: who comes there has overflowed
        // it.
        wasm_opt: &[
            "--low-memory-unused",
            "-Oz",
            "--flatten",
            "--rereloop",
            "-Oz",
            "-Oz",
            "--flatten",
            "--rereloop",
            "-Oz",
            "-Oz",
            "--reorder-locals",
            BY_NAME,
        ],
    },
    Binary {
        name: "render_worker",
        target: "render_worker",
        feature: "worker",
        profile: "engine",
        // What has to be fast has lanes of its own.
        flags: &[
            SIMD,
            "-Cllvm-args=-unroll-runtime=false",
            "-Cno-vectorize-loops",
        ],
        wasm_opt: &["-O3", BY_NAME],
    },
    // Seldom loaded: small.
    Binary {
        name: "rare_formats",
        target: "app",
        feature: "rare-formats",
        profile: "page",
        flags: &PAGE_FLAGS,
        wasm_opt: &["-Oz", BY_NAME],
    },
    Binary {
        name: "vision_worker",
        target: "vision_worker",
        feature: "vision",
        profile: "vision",
        flags: &VISION_FLAGS,
        wasm_opt: VISION_WASM_OPT,
    },
];

/// What `cargo xtask bench vision` times: the vision worker's code, built as
/// that worker is.
const VISION_BENCH: Binary = Binary {
    name: "vision_bench",
    target: "vision_worker",
    feature: "vision",
    profile: "vision",
    flags: &VISION_FLAGS,
    wasm_opt: VISION_WASM_OPT,
};

/// What rustc uses by default for wasm32-unknown-unknown; wasm-opt must be
/// told, or it refuses the file.
const WASM_OPT_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// `cargo xtask build [--dev]`.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let mut args = args.to_vec();
    let mode = if take_flag(&mut args, "--dev") {
        Mode::Dev
    } else {
        Mode::Release
    };
    no_more(&args)?;
    let dist = site(mode)?;
    println!("built {}", dist.display());
    Ok(())
}

/// Builds the site; its directory.
pub(crate) fn site(mode: Mode) -> Result<PathBuf> {
    setup::for_build()?;
    step(
        "building the page and its workers (from nothing: 2 to 5 minutes)",
        || {
            // Side by side: each ends with a long single-threaded link.
            thread::scope(|scope| {
                let builds: Vec<_> = BINARIES
                    .iter()
                    .map(|binary| scope.spawn(move || wasm(binary, mode)))
                    .collect();
                builds.into_iter().try_for_each(|build| match build.join() {
                    Ok(result) => result,
                    Err(_) => bail!("the build thread panicked"),
                })
            })
        },
    )?;
    models::models()?;
    bundle::bundle(mode)
}

/// Builds what `bench vision` times; its directory.
pub(crate) fn vision_bench() -> Result<PathBuf> {
    setup::for_build()?;
    step(
        "building what is timed (from nothing: a minute or two)",
        || wasm(&VISION_BENCH, Mode::Release),
    )?;
    Ok(at("target/web").join(VISION_BENCH.name))
}

/// Lints all binaries and the library as wasm, in one: each by itself would check
/// what they have in common five times. With simd, whose code is there only with its
/// flag; where build scripts and macros of the page are made anyway.
pub(crate) fn lint() -> Result<()> {
    let [page, others @ ..] = &BINARIES;
    let flags = [SIMD, PAGE_FLAGS[0]];
    let (mut cargo, _) = cargo_with(page, "clippy", page.profile, &flags);
    for binary in others.iter().chain([&VISION_BENCH]) {
        cargo.args(["--bin", binary.name, "--features", binary.feature]);
    }
    run_command(cargo.args(["--lib", "--quiet", "--", "-Dwarnings"]))
}

/// Cargo for one binary, and the target directory it uses: one per set of
/// flags, because in a common one each build would throw the other's away.
fn cargo_for(binary: &Binary, verb: &str, profile: &str) -> (Command, PathBuf) {
    cargo_with(binary, verb, profile, binary.flags)
}

fn cargo_with(binary: &Binary, verb: &str, profile: &str, flags: &[&str]) -> (Command, PathBuf) {
    let target = at("target/web-build").join(binary.target);
    let mut cargo = cargo();
    cargo.args([verb, "--package=smp-visualizer", "--bin", binary.name]);
    cargo.args(["--features", binary.feature, "--profile", profile]);
    cargo.arg("--target=wasm32-unknown-unknown");
    cargo.env("CARGO_TARGET_DIR", &target);
    let flags = rust_flags(flags).join("\u{1f}");
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags);
    (cargo, target)
}

/// Builds one binary into `target/web/NAME/`.
fn wasm(binary: &Binary, mode: Mode) -> Result<()> {
    let profile = if mode == Mode::Dev {
        "dev"
    } else {
        binary.profile
    };
    let (mut cargo, target) = cargo_for(binary, "build", profile);
    run_command(&mut cargo)?;
    let folder = if mode == Mode::Dev { "debug" } else { profile };
    let built = target
        .join("wasm32-unknown-unknown")
        .join(folder)
        .join(binary.name)
        .with_extension("wasm");
    let recipe = format!(
        "{mode:?} {:?} {}",
        binary.wasm_opt,
        include_str!("build.rs")
    );
    let packages = at("package-lock.json");
    let print = fingerprint(&[built.clone(), packages], &recipe)?;
    unless_done(
        &target.join(format!("{}.stamp", binary.name)),
        &print,
        || web(binary, mode, &built),
    )
}

/// No path of this machine may end up in the wasm.
fn rust_flags(flags: &[&str]) -> Vec<String> {
    let mut flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
    let home = |variable: &str, default: &str| {
        std::env::var(variable)
            .ok()
            .or_else(|| Some(format!("{}/{default}", std::env::var("HOME").ok()?)))
    };
    let places = [
        (home("CARGO_HOME", ".cargo"), "cargo"),
        (home("RUSTUP_HOME", ".rustup"), "rustup"),
        // Last: rustc takes the last that fits.
        (Some(root().display().to_string()), "smp-visualizer"),
    ];
    flags.extend(
        places
            .into_iter()
            .filter_map(|(from, to)| Some(format!("--remap-path-prefix={}={to}", from?))),
    );
    flags
}

/// wasm-bindgen and wasm-opt: `target/web/NAME/`.
fn web(binary: &Binary, mode: Mode, built: &Path) -> Result<()> {
    let out = at("target/web").join(binary.name);
    fs::create_dir_all(&out)?;
    step(&format!("wasm-bindgen {}", binary.name), || {
        let mut bindgen = Bindgen::new();
        // With its default address the glue names its wasm in a way that
        // Vite sees, hashes and rewrites.
        bindgen
            .input_path(built)
            .web(true)?
            .typescript(false)
            .omit_default_module_path(false);
        let mut output = bindgen.generate_output()?;
        let names = Names::shorten(&mut output);
        output.emit(&out)?;
        let glue = out.join(binary.name).with_extension("js");
        let text = fs::read_to_string(&glue)?;
        Ok(fs::write(glue, names.in_glue(&text))?)
    })?;
    if mode == Mode::Release {
        let file = out.join(format!("{}_bg.wasm", binary.name));
        step(&format!("wasm-opt {}", binary.name), || {
            wasm_opt(binary, &file)
        })?;
    }
    Ok(())
}

fn wasm_opt(binary: &Binary, file: &Path) -> Result<()> {
    let mut node = command("node");
    node.arg(at("node_modules/binaryen/bin/wasm-opt"))
        .args(binary.wasm_opt)
        .args(WASM_OPT_FEATURES);
    if binary.flags.contains(&SIMD) {
        node.arg("--enable-simd");
    }
    let smaller = file.with_extension("opt");
    run_command(
        node.args(["--strip-debug", "--strip-producers"])
            .arg(file)
            .arg("-o")
            .arg(&smaller),
    )?;
    fs::rename(&smaller, file).with_context(|| format!("cannot replace {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_workers_use_simd() {
        for binary in BINARIES {
            let flags = rust_flags(binary.flags);
            let simd = flags.iter().any(|f| f.contains("simd128"));
            assert_eq!(simd, binary.name.ends_with("_worker"));
        }
    }

    #[test]
    fn what_is_timed_is_built_as_what_is_shipped() {
        let flags = |b: &Binary| (b.target, b.feature, b.profile, b.flags, b.wasm_opt);
        assert!(BINARIES.iter().any(|b| flags(b) == flags(&VISION_BENCH)));
    }

    #[test]
    fn this_checkout_has_another_name_in_the_wasm() {
        let flags = rust_flags(&[]);
        let ours = format!("={}=smp-visualizer", root().display());
        assert!(flags.last().unwrap().ends_with(&ours), "{flags:?}");
    }
}
