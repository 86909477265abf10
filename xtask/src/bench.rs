//! `cargo xtask bench`: how long things take in one headless browser, beside
//! peers timed in the same page. Plain, a slider's change; `bench vision`, the
//! face models and the reading of a whole photo.

use anyhow::{Context, Result};

use crate::build::{self, Mode};
use crate::tools::{at, command, no_more, run as run_command, step, take_flag, take_value};
use crate::{models, onnx, serve, setup};

/// Rounds of each measurement, interleaved with the peers'.
const ROUNDS: &str = "41";
/// The models that both run, as `target/models` names them.
const MODELS: [&str; 3] = ["detector", "landmark", "selfie"];
/// Where they are written for the peer.
const CONVERTED: &str = "target/bench/onnx";

/// `cargo xtask bench [vision] [--rounds N]`.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let mut args = args.to_vec();
    let rounds = take_value(&mut args, "--rounds")?.unwrap_or_else(|| ROUNDS.to_owned());
    let of_vision = take_flag(&mut args, "vision");
    no_more(&args)?;
    if of_vision {
        vision(&rounds)
    } else {
        sliders(&rounds)
    }
}

fn sliders(rounds: &str) -> Result<()> {
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

fn vision(rounds: &str) -> Result<()> {
    let browser = setup::browser()?;
    let ours = build::vision_bench()?;
    let models = models::models()?;
    let peers = setup::peers()?;
    let converted = at(CONVERTED);
    step("putting the models as ONNX", || {
        std::fs::create_dir_all(&converted)?;
        for name in MODELS {
            let file = models.join(name).with_extension("tflite");
            let file =
                std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let onnx = onnx::converted(&file).with_context(|| name.to_owned())?;
            std::fs::write(converted.join(name).with_extension("onnx"), onnx)?;
        }
        Ok(())
    })?;
    std::fs::create_dir_all(at("target/reports"))?;
    let mut node = command("node");
    node.arg("tests/bench/vision.mjs")
        .env("CHROME", browser)
        .env("ROUNDS", rounds)
        .env("OURS", ours)
        .env("MODELS", models)
        .env("CONVERTED", converted)
        .env("PEERS", peers)
        .env("OUT", at("target/reports/bench-vision.json"));
    let ended = run_command(&mut node);
    println!("(the same in target/reports/bench-vision.json)");
    ended
}
