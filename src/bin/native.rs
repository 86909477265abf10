//! The engine without a browser: `cargo xtask render` runs this.
#![expect(
    clippy::print_stderr,
    reason = "a command-line program talks on its terminal"
)]

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use smp_visualizer::codec::{EXPORT_MAX_PIXELS, Limit, decode, encode_png};
use smp_visualizer::engine::export::{Layout, compose};
use smp_visualizer::engine::fit::starting_placement;
use smp_visualizer::engine::image::Photo;
use smp_visualizer::engine::render::Renderer;
use smp_visualizer::engine::stages::Inputs;
use smp_visualizer::session::document::Plan;

const USAGE: &str = "usage: PHOTO [--plan FILE] [--before-after] --out PNG";

struct Job {
    photo: PathBuf,
    plan: Option<PathBuf>,
    layout: Layout,
    out: PathBuf,
}

fn main() -> ExitCode {
    match parse(std::env::args().skip(1)).and_then(|job| run(&job)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut args: impl Iterator<Item = String>) -> Result<Job, String> {
    let (mut photo, mut plan, mut out, mut layout) = (None, None, None, Layout::After);
    while let Some(arg) = args.next() {
        let mut value = || args.next().map(PathBuf::from).ok_or(USAGE);
        match arg.as_str() {
            "--plan" => plan = Some(value()?),
            "--out" => out = Some(value()?),
            "--before-after" => layout = Layout::BeforeAfter,
            other if photo.is_none() && !other.starts_with("--") => {
                photo = Some(PathBuf::from(other));
            }
            other => return Err(format!("unknown argument {other}\n{USAGE}")),
        }
    }
    Ok(Job {
        photo: photo.ok_or(USAGE)?,
        plan,
        layout,
        out: out.ok_or(USAGE)?,
    })
}

fn run(job: &Job) -> Result<(), String> {
    let told = |path: &PathBuf, e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
    let bytes = fs::read(&job.photo).map_err(|e| told(&job.photo, &e))?;
    let decoded =
        decode(&bytes, Limit::Pixels(EXPORT_MAX_PIXELS)).map_err(|e| told(&job.photo, &e))?;
    let plan = match &job.plan {
        Some(path) => {
            let text = fs::read_to_string(path).map_err(|e| told(path, &e))?;
            Plan::from_json(&text).map_err(|e| told(path, &e))?
        }
        None => Plan::default(),
    };
    let picture = treat(decoded.photo, &plan, job.layout)?;
    let file = fs::File::create(&job.out).map_err(|e| told(&job.out, &e))?;
    encode_png(&picture, std::io::BufWriter::new(file), &mut |_| ()).map_err(|e| told(&job.out, &e))
}

/// The picture the page exports, and what it took on the terminal.
fn treat(photo: Photo, plan: &Plan, layout: Layout) -> Result<Photo, String> {
    let placement = plan.placement.unwrap_or_else(|| {
        eprintln!("the plan places no head: taking a portrait's usual place");
        starting_placement(None, photo.width(), photo.height())
    });
    #[expect(clippy::disallowed_methods, reason = "natively there is a clock")]
    let start = Instant::now();
    let clock = || start.elapsed().as_secs_f64() * 1e3;
    let mut renderer = Renderer::new(photo);
    let inputs = Inputs {
        placement,
        look: plan.look,
    };
    let frame = renderer
        .render(&inputs, &clock)
        .map_err(|e| e.to_string())?;
    eprintln!("{} impressions", frame.impressions);
    for (stage, ms) in &frame.stages {
        eprintln!("{stage:12} {ms:8.1} ms");
    }
    let (before, after, _) = renderer.into_parts();
    Ok(compose(&before, after, layout))
}
