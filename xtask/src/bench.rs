//! `cargo xtask bench`: how long a slider takes to show, in one headless
//! browser, beside two peers timed in the same page.

use anyhow::Result;

use crate::build::{self, Mode};
use crate::tools::{at, command, no_more, run as run_command, take_value};
use crate::{serve, setup};

/// Rounds of each measurement, interleaved with the peers'.
const ROUNDS: &str = "41";

/// `cargo xtask bench [--rounds N]`.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let mut args = args.to_vec();
    let rounds = take_value(&mut args, "--rounds")?.unwrap_or_else(|| ROUNDS.to_owned());
    no_more(&args)?;
    let browser = setup::browser()?;
    let dist = build::site(Mode::Release)?;
    let port = serve::start(&dist, 0, None)?;
    std::fs::create_dir_all(at("target/reports"))?;
    let mut node = command("node");
    node.arg("tests/bench/bench.mjs")
        .env("BASE_URL", format!("http://127.0.0.1:{port}/"))
        .env("CHROME", browser)
        .env("ROUNDS", rounds)
        .env("OUT", at("target/reports/bench.json"));
    let ended = run_command(&mut node);
    println!("(the same in target/reports/bench.json)");
    ended
}
