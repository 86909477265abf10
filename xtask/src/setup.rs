//! What a bare machine lacks: wasm targets, npm packages, a browser.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::tools::{
    at, command, fingerprint, no_more, output, run as run_command, step, unless_done,
};

/// The packages of [`peers`].
const PEERS: &str = "tests/bench/peers";
const TARGETS: [&str; 2] = ["wasm32-unknown-unknown", "wasm32-wasip1"];

/// `cargo xtask setup`.
pub(crate) fn run(args: &[String]) -> Result<()> {
    no_more(args)?;
    for_build()?;
    println!("browser: {}", browser()?.display());
    Ok(())
}

/// What building the site needs.
pub(crate) fn for_build() -> Result<()> {
    wasm_targets()?;
    node()?;
    npm_packages()
}

/// rustup installs the targets of `rust-toolchain.toml` along with the
/// toolchain, so this finds work only where the toolchain was there before.
fn wasm_targets() -> Result<()> {
    let sysroot = output(command("rustc").args(["--print", "sysroot"]))
        .context("rustc does not run: install rustup, https://rustup.rs")?;
    for target in TARGETS {
        if !Path::new(&sysroot)
            .join("lib/rustlib")
            .join(target)
            .join("lib")
            .exists()
        {
            step(
                &format!("adding the Rust target {target} (a download of about 20 MB)"),
                || run_command(command("rustup").args(["target", "add", target])),
            )?;
        }
    }
    Ok(())
}

fn node() -> Result<()> {
    let version = output(command("node").arg("--version"))
        .context("Node.js does not run: install version 20.19 or newer (https://nodejs.org, or `apt-get install nodejs npm`)")?;
    let numbers: Vec<u32> = version
        .trim_start_matches('v')
        .split('.')
        .filter_map(|n| n.parse().ok())
        .collect();
    ensure!(
        numbers >= vec![20, 19],
        "Node.js {version} is too old: version 20.19 or newer is needed (https://nodejs.org)"
    );
    ensure!(
        output(command("npm").arg("--version")).is_some(),
        "npm does not run: install it beside Node.js"
    );
    Ok(())
}

fn npm_packages() -> Result<()> {
    npm_ci(
        ".",
        &[],
        "fetching the pinned npm packages (npm ci, about 100 MB, up to a minute)",
    )
}

/// What `bench vision` is timed against: packages of their own, which no other
/// command needs. Their folder.
pub(crate) fn peers() -> Result<PathBuf> {
    node()?;
    npm_ci(
        PEERS,
        &["--ignore-scripts"],
        "fetching the pinned npm packages to compare with (npm ci, 260 MB on disk, up to a minute)",
    )?;
    Ok(at(PEERS).join("node_modules"))
}

/// Fetches the packages that a folder's lock file pins.
fn npm_ci(folder: &str, flags: &[&str], what: &str) -> Result<()> {
    let folder = at(folder);
    let lock = fs::read_to_string(folder.join("package-lock.json"))?;
    // The stamp is inside, so that it goes when node_modules goes; and it
    // holds the lock file's text, not its time, which a checkout changes.
    let stamp = folder.join("node_modules/.xtask-stamp");
    unless_done(&stamp, &fingerprint(&[], &lock)?, || {
        step(what, || {
            let mut npm = command("npm");
            npm.current_dir(&folder).args(flags);
            npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
            run_command(npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))
        })
    })
}

/// A Chrome or Chromium: `CHROME`, else an installed one, else Debian's.
pub(crate) fn browser() -> Result<PathBuf> {
    if let Some(chrome) = std::env::var_os("CHROME") {
        let chrome = PathBuf::from(chrome);
        ensure!(
            chrome.exists(),
            "CHROME names {}, which does not exist",
            chrome.display()
        );
        return Ok(chrome);
    }
    if let Some(found) = installed_browser() {
        return Ok(found);
    }
    ensure!(
        Path::new("/etc/debian_version").exists(),
        "no browser found: install Chrome or Chromium, or name one in the environment variable CHROME"
    );
    step(
        "installing Chromium with apt-get (about 100 MB, a minute or two)",
        install_on_debian,
    )?;
    installed_browser()
        .context("apt-get has installed Chromium, but there is no `chromium` in PATH")
}

fn installed_browser() -> Option<PathBuf> {
    const NAMES: [&str; 4] = [
        "google-chrome",
        "google-chrome-stable",
        "chromium",
        "chromium-browser",
    ];
    const ON_MACOS: [&str; 2] = [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let dirs: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let in_path = NAMES
        .iter()
        .flat_map(|name| dirs.iter().map(move |dir| dir.join(name)));
    in_path
        .chain(ON_MACOS.iter().map(PathBuf::from))
        .find(|file| file.is_file())
}

fn install_on_debian() -> Result<()> {
    let is_root = output(command("id").arg("-u")).as_deref() == Some("0");
    let may_sudo = || output(command("sudo").args(["-n", "true"])).is_some();
    let apt = |args: &[&str]| {
        let mut command = command(if is_root { "apt-get" } else { "sudo" });
        if !is_root {
            command.args(["-n", "apt-get"]);
        }
        run_command(command.args(args).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    if !is_root && !may_sudo() {
        bail!(
            "installing Chromium needs root: run `sudo apt-get install chromium`, then this again"
        );
    }
    apt(&["update", "-q"])?;
    apt(&["install", "-y", "-q", "--no-install-recommends", "chromium"])
}
