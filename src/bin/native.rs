//! The engine without a browser: `cargo xtask render` runs this.
#![expect(
    clippy::print_stderr,
    reason = "a command-line program talks on its terminal"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use smp_visualizer::codec::{EXPORT_MAX_PIXELS, Limit, WORKING_EDGE, decode, encode_png};
use smp_visualizer::engine::export::{Layout, compose};
use smp_visualizer::engine::fit::{fit, starting_placement};
use smp_visualizer::engine::image::Photo;
use smp_visualizer::engine::life::Moment;
use smp_visualizer::engine::matte::Matte;
use smp_visualizer::engine::placement::Placement;
use smp_visualizer::engine::render::Renderer;
use smp_visualizer::engine::stages::Inputs;
use smp_visualizer::session::document::Plan;
use smp_visualizer::vision::models::Models;
use smp_visualizer::vision::reading::Reader;

const USAGE: &str = "usage: PHOTO [--plan FILE] [--models DIR] [--before-after] --out PNG";

struct Job {
    photo: PathBuf,
    plan: Option<PathBuf>,
    /// The vision models; without them all scalp counts as bare.
    models: Option<PathBuf>,
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
    let mut models = None;
    while let Some(arg) = args.next() {
        let mut value = || args.next().map(PathBuf::from).ok_or(USAGE);
        match arg.as_str() {
            "--plan" => plan = Some(value()?),
            "--models" => models = Some(value()?),
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
        models,
        layout,
        out: out.ok_or(USAGE)?,
    })
}

fn run(job: &Job) -> Result<(), String> {
    let read = |path: &Path| fs::read(path).map_err(|e| told(path, &e));
    let bytes = read(&job.photo)?;
    let photo = |limit| {
        let decoded = decode(&bytes, limit).map_err(|e| told(&job.photo, &e))?;
        Ok::<Photo, String>(decoded.photo)
    };
    let plan = match &job.plan {
        Some(path) => {
            let text = fs::read_to_string(path).map_err(|e| told(path, &e))?;
            Plan::from_json(&text).map_err(|e| told(path, &e))?
        }
        None => Plan::default(),
    };
    let source = photo(Limit::Pixels(EXPORT_MAX_PIXELS))?;
    let seen = match &job.models {
        // As in the page: of the working photo.
        Some(folder) => Some(see(
            photo(Limit::Edge(WORKING_EDGE))?,
            folder,
            plan.placement,
        )?),
        None => None,
    };
    let found = seen.as_ref().and_then(|seen| seen.placement);
    let placement = plan.placement.or(found).unwrap_or_else(|| {
        eprintln!("nothing places the head: taking a portrait's usual place");
        starting_placement(None, source.width(), source.height())
    });
    let matte = seen.and_then(|seen| seen.matte);
    let inputs = Inputs::healed(placement, plan.look);
    let mut renderer = Renderer::new(source);
    renderer.set_matte(matte);
    renderer.correct(&plan.corrections);
    let picture = treat(renderer, &inputs, job.layout)?;
    let file = fs::File::create(&job.out).map_err(|e| told(&job.out, &e))?;
    encode_png(&picture, std::io::BufWriter::new(file), &mut |_| ()).map_err(|e| told(&job.out, &e))
}

fn told(path: &Path, error: &dyn std::fmt::Display) -> String {
    format!("{}: {error}", path.display())
}

/// What the models see.
struct Seen {
    /// Where the head is: as it was placed, or as it was found.
    placement: Option<Placement>,
    /// What is bare scalp on it.
    matte: Option<Matte>,
}

fn see(photo: Photo, folder: &Path, placed: Option<Placement>) -> Result<Seen, String> {
    let models = Models::by_name(|file| {
        let path = folder.join(file);
        fs::read(&path).map_err(|e| told(&path, &e))
    })?;
    let mut models = models.map_err(|e| e.to_string())?;
    let (width, height) = (photo.width(), photo.height());
    let mut reader = Reader::new(photo);
    let placement = match placed {
        Some(placed) => Some(placed),
        None => {
            let heads = reader.heads(&mut models, &mut || true);
            let heads = heads.map_err(|e| e.to_string())?;
            heads.first().map(|head| head.placement.rounded())
        }
    };
    let head = placement.and_then(|placement| fit(&placement, width, height).ok());
    let matte = match head {
        Some(head) => reader
            .matte(&mut models, &head, &mut || true)
            .map_err(|e| e.to_string())?,
        None => None,
    };
    Ok(Seen { placement, matte })
}

/// The picture the page exports, and what it took on the terminal.
fn treat(mut renderer: Renderer, inputs: &Inputs, layout: Layout) -> Result<Photo, String> {
    #[expect(clippy::disallowed_methods, reason = "natively there is a clock")]
    let start = Instant::now();
    let clock = || start.elapsed().as_secs_f64() * 1e3;
    let frame = renderer.render(inputs, &clock).map_err(|e| e.to_string())?;
    eprintln!("{} impressions", frame.impressions);
    for (stage, ms) in &frame.stages {
        eprintln!("{:12} {ms:8.1} ms", stage.name());
    }
    let (before, after, _) = renderer.into_parts();
    Ok(compose(&before, after, layout, &Moment::HEALED))
}
