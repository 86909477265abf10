//! `cargo xtask test`: every check and suite, all of them even when one fails,
//! and one line with the counts at the end.

use std::thread;

use anyhow::{Result, bail};

use crate::tally::Tally;
use crate::tools::{cargo, no_more, run as run_command, step, take_flag};
use crate::{build, models, setup, size, suites};

/// Checks: a cargo command each, which passes or fails as a whole.
const CHECKS: [(&str, &[&str]); 5] = [
    ("fmt", &["fmt", "--all", "--check"]),
    ("clippy, the bare core", &["clippy", "--all-targets"]),
    (
        "clippy, picture files",
        &["clippy", "--all-targets", "--features", "realism"],
    ),
    (
        "clippy, xtask",
        &[
            "clippy",
            "--package",
            "xtask",
            "--all-targets",
            "--profile",
            "xtask",
        ],
    ),
    (
        "documentation",
        &[
            "doc",
            "--no-deps",
            "--features",
            "realism",
            "--document-private-items",
        ],
    ),
];

type Suite = (&'static str, fn() -> Result<Tally>);

/// Suites: they count their own tests; and checks with flags of their own.
const SUITES: [Suite; 3] = [
    ("clippy, page and workers", || {
        build::lint().map(|()| Tally::one(true))
    }),
    ("native tests", || {
        suites::cargo_test(&["--features", "realism"])
    }),
    ("xtask's tests", || {
        suites::cargo_test(&["--package", "xtask", "--profile", "xtask"])
    }),
];
/// Runs on one core for the most part, and so beside the builds.
const BESIDE_BUILDS: Suite = ("the core's tests in wasm", suites::cargo_test_in_wasm);
/// What builds the site and its models, and measures them.
const BUILDS: [Suite; 2] = [
    ("size budgets", || size::run(&[]).map(|()| Tally::one(true))),
    ("size of the models", || {
        models::run(&[]).map(|()| Tally::one(true))
    }),
];
/// What needs the built site, and the machine for itself.
const FLOWS: Suite = ("flows in the browser", suites::end_to_end);

/// `cargo xtask test [--fast]`.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let mut args = args.to_vec();
    let fast = take_flag(&mut args, "--fast");
    no_more(&args)?;
    setup::for_build()?;
    // Some tests hold the interpreter against what others made of these.
    models::models()?;

    let mut total = Tally::default();
    let mut failed = Vec::new();
    let mut count = |name, result: Result<Tally>| {
        let tally = result.unwrap_or_else(|error| {
            println!("{error:#}");
            Tally::one(false)
        });
        if tally.failed > 0 {
            failed.push(name);
        }
        total = total.plus(tally);
    };
    for (name, args) in CHECKS {
        count(name, step(name, || check(args)));
    }
    for (name, suite) in SUITES {
        count(name, step(name, suite));
    }
    thread::scope(|scope| {
        let (name, suite) = BESIDE_BUILDS;
        let beside = scope.spawn(move || step(name, suite));
        let builds: &[Suite] = if fast { &[] } else { &BUILDS };
        for (name, suite) in builds {
            count(name, step(name, suite));
        }
        let ended = beside.join();
        count(name, ended.unwrap_or_else(|_| bail!("its thread panicked")));
    });
    if !fast {
        let (name, suite) = FLOWS;
        count(name, step(name, suite));
    }

    if !failed.is_empty() {
        println!("failed: {}", failed.join(", "));
    }
    println!("{total}");
    if total.failed > 0 {
        // No further line may follow the count.
        std::process::exit(1);
    }
    Ok(())
}

/// Warnings are errors. Not by `RUSTFLAGS`, which would compile every
/// dependency once more.
fn check(args: &[&str]) -> Result<Tally> {
    let mut cargo = cargo();
    cargo.args(args);
    match args.first() {
        Some(&"clippy") => {
            cargo.args(["--quiet", "--", "-Dwarnings"]);
        }
        Some(&"doc") => {
            cargo.arg("--quiet").env("RUSTDOCFLAGS", "-Dwarnings");
        }
        _ => {}
    }
    run_command(&mut cargo)?;
    Ok(Tally::one(true))
}
