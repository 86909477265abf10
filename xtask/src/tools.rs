//! Small things every command needs: paths, child processes, arguments, and
//! stamps that let a step be skipped when nothing it reads has changed.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// A path below the repository's root.
pub(crate) fn at(relative: &str) -> PathBuf {
    root().join(relative)
}

/// A command that runs in the repository's root.
pub(crate) fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// The cargo that runs us, free of what `cargo run` sets for us alone.
pub(crate) fn cargo() -> Command {
    let mut cargo = command(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_PKG_") {
            cargo.env_remove(name);
        }
    }
    cargo
        .env_remove("CARGO_MANIFEST_DIR")
        .env_remove("CARGO_MANIFEST_PATH");
    cargo
}

/// Runs a command to its end; anything but success is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    ensure!(status.success(), "{} failed ({status})", shown(command));
    Ok(())
}

/// What a command prints, trimmed; `None` when it cannot run or fails.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|o| o.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|w| w.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Says what is done now, and at the end how long it took.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("» {what}");
    let begin = Instant::now();
    let done = work().with_context(|| format!("failed: {what}"))?;
    if begin.elapsed() > Duration::from_secs(1) {
        println!("  done in {:.0} s: {what}", begin.elapsed().as_secs_f64());
    }
    Ok(done)
}

/// Takes `--name` out of the arguments; whether it was there.
pub(crate) fn take_flag(args: &mut Vec<String>, name: &str) -> bool {
    let before = args.len();
    args.retain(|a| a != name);
    args.len() < before
}

/// Takes `--name VALUE` out of the arguments.
pub(crate) fn take_value(args: &mut Vec<String>, name: &str) -> Result<Option<String>> {
    let Some(i) = args.iter().position(|a| a == name) else {
        return Ok(None);
    };
    ensure!(i + 1 < args.len(), "{name} needs a value");
    args.remove(i);
    Ok(Some(args.remove(i)))
}

/// Refuses arguments nobody has taken.
pub(crate) fn no_more(args: &[String]) -> Result<()> {
    if let Some(first) = args.first() {
        bail!("unknown argument {first}");
    }
    Ok(())
}

/// Every file below these files and directories, sorted.
pub(crate) fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut left = paths.to_vec();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            for entry in fs::read_dir(&path)? {
                left.push(entry?.path());
            }
        } else if path.exists() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Changes when a file below `paths` is added, removed or written, or `extra`
/// (tool versions, flags) changes. From names, sizes and times: cheap enough
/// to ask every second.
pub(crate) fn fingerprint(paths: &[PathBuf], extra: &str) -> Result<String> {
    let mut hash = DefaultHasher::new();
    extra.hash(&mut hash);
    for path in files(paths)? {
        // An editor may take a file away between the listing and here.
        let Ok(meta) = path.metadata() else { continue };
        let written = meta
            .modified()?
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        (path, meta.len(), written).hash(&mut hash);
    }
    Ok(format!("{:016x}", hash.finish()))
}

/// Does `work` unless `stamp` says that it was done for this fingerprint.
pub(crate) fn unless_done(
    stamp: &Path,
    fingerprint: &str,
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    if fs::read_to_string(stamp).is_ok_and(|old| old == fingerprint) {
        return Ok(());
    }
    // A step that fails half-way must not count as done.
    if stamp.exists() {
        fs::remove_file(stamp)?;
    }
    work()?;
    if let Some(dir) = stamp.parent() {
        fs::create_dir_all(dir)?;
    }
    fs::write(stamp, fingerprint)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn arguments_are_taken_once() {
        let mut args = words("--watch --port 80");
        assert!(take_flag(&mut args, "--watch"));
        assert!(!take_flag(&mut args, "--watch"));
        assert_eq!(
            take_value(&mut args, "--port").unwrap().as_deref(),
            Some("80")
        );
        assert!(no_more(&args).is_ok());
        assert!(take_value(&mut words("--port"), "--port").is_err());
        assert!(no_more(&words("--nonsense")).is_err());
    }

    #[test]
    fn a_step_is_done_once_per_fingerprint() {
        let dir = at("target/tmp/stamp-test");
        let _ = fs::remove_dir_all(&dir);
        let stamp = dir.join("stamp");
        let mut runs = 0;
        for print in ["a", "a", "b"] {
            unless_done(&stamp, print, || {
                runs += 1;
                Ok(())
            })
            .unwrap();
        }
        assert_eq!(runs, 2);
        assert!(unless_done(&stamp, "c", || bail!("no")).is_err());
        assert!(!stamp.exists(), "a failed step must not count as done");
    }

    #[test]
    fn fingerprints_see_new_files_and_flags() {
        let dir = at("target/tmp/fingerprint-test");
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        let print = |extra| fingerprint(std::slice::from_ref(&dir), extra).unwrap();
        let empty = print("");
        assert_eq!(empty, print(""));
        assert_ne!(empty, print("-O3"));
        fs::write(dir.join("a"), "a").unwrap();
        assert_ne!(empty, print(""));
    }
}
