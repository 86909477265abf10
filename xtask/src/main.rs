//! `cargo xtask COMMAND`: everything that is done with this repository.
//!
//! Each command sets up what it needs (wasm targets, npm packages, a browser)
//! and says so when that takes long. A further command is a module with a
//! `run` function and one row in [`COMMANDS`].

mod bench;
mod build;
mod bundle;
mod headers;
mod models;
mod names;
mod onnx;
mod onnx_file;
mod posed;
mod protobuf;
mod realism;
mod render;
mod report;
mod serve;
mod setup;
mod site;
mod size;
mod suites;
mod tally;
mod test;
mod tflite;
mod tools;
mod vision;
mod weights;

use anyhow::Result;

/// One row of the table of commands.
struct Command {
    name: &'static str,
    usage: &'static str,
    summary: &'static str,
    run: fn(&[String]) -> Result<()>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "setup",
        usage: "",
        summary: "fetch what the other commands need (they do so by themselves)",
        run: setup::run,
    },
    Command {
        name: "build",
        usage: "[--dev]",
        summary: "build the site into target/dist",
        run: build::run,
    },
    Command {
        name: "serve",
        usage: "[--port N] [--watch]",
        summary: "build the site and serve it with the production headers",
        run: serve::run,
    },
    Command {
        name: "test",
        usage: "[--fast]",
        summary: "run every check and test; --fast leaves the browser out",
        run: test::run,
    },
    Command {
        name: "size",
        usage: "",
        summary: "build the site and hold it against its size budgets",
        run: size::run,
    },
    Command {
        name: "models",
        usage: "",
        summary: "take the vision models out of their npm packages, made small",
        run: models::run,
    },
    Command {
        name: "vision",
        usage: "[--photos DIR | --posed]",
        summary: "find the heads in photos, or in drawn ones, natively: tables and pictures",
        run: vision::run,
    },
    Command {
        name: "realism",
        usage: "[--photos DIR] [--patches FILE]",
        summary: "hold impressions against real stubble: tables and a contact sheet",
        run: realism::run,
    },
    Command {
        name: "bench",
        usage: "[vision] [--rounds N]",
        summary: "time sliders, or face models, in the browser beside peers",
        run: bench::run,
    },
    Command {
        name: "render",
        usage: "PHOTO [--plan FILE] --out PNG",
        summary: "render a photo natively, as the page would",
        run: render::run,
    },
];

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let name = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    match COMMANDS.iter().find(|command| command.name == name) {
        Some(command) => (command.run)(&rest),
        None => {
            for c in COMMANDS {
                println!(
                    "cargo xtask {:38} {}",
                    format!("{} {}", c.name, c.usage),
                    c.summary
                );
            }
            anyhow::ensure!(
                matches!(name.as_str(), "" | "help" | "--help" | "-h"),
                "no command `{name}`"
            );
            Ok(())
        }
    }
}
