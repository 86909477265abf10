//! Messages between the page and its workers, with transferred objects beside
//! them (the photo's `File`, two `OffscreenCanvas`es, the exported `Blob`).
//! Pixels travel once, from the render worker to the vision worker; the page
//! passes them on unread.
//!
//! On the wire a [`Request`] and a [`Response`] are the array `[kind, numbers,
//! text, ...objects]` of their [`Parts`]; [`Ask`] and [`Found`] have a form of
//! their own (`platform::vision_wire`).

mod parts;
mod requests;
mod responses;

pub use parts::Parts;

use crate::engine::{
    corrections::Corrections,
    export::Layout,
    head::HeadModel,
    image::Rect,
    look::Look,
    matte::Matte,
    placement::MarkerInPhoto,
    sides::Continued,
    stages::{Inputs, Stage},
    stubble::Fit,
};
use crate::session::document::Plan;
use crate::vision::reading::Head;

/// Page → worker.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// First message. Objects: the "before" canvas, the "after" canvas, that of
    /// the veil over bare scalp.
    Start,
    /// Decode this photo; ends any decode under way. Object: the `File`/`Blob`.
    Load {
        /// Names this load in its answers; larger is newer.
        load: u32,
    },
    /// Place the head for pictures like this, which will be asked for. Has no answer.
    Prepare {
        /// What they will draw.
        inputs: Inputs,
    },
    /// Draw this look on the "after" canvas.
    Render {
        /// Names this job in its answer.
        job: u32,
        /// What to draw, and when in the treatment's life.
        inputs: Inputs,
        /// Whether to draw the veil too.
        veil: bool,
    },
    /// Read the photo's colour around a point.
    Sample {
        /// Names this job in its answer.
        job: u32,
        /// Centre of the patch.
        at: MarkerInPhoto,
    },
    /// What look continues the person's own hair?
    Match {
        /// Names this job in its answer.
        job: u32,
        /// Which hair.
        what: Continued,
        /// The look that is to continue it.
        look: Look,
    },
    /// Make a picture file at the source's size.
    Export {
        /// Names this job in its answers.
        job: u32,
        /// File format.
        format: ExportFormat,
        /// "After" alone or both.
        layout: Layout,
        /// What to draw, and when in the treatment's life.
        inputs: Inputs,
    },
    /// Make small pictures of the head at each of [`crate::engine::life::STOPS`].
    Strip {
        /// Names this job in its answer.
        job: u32,
        /// What to draw; of the moment the touch-ups count.
        inputs: Inputs,
    },
    /// This is what the photo on the canvases shows of bare scalp and hair.
    /// Object: the `ArrayBuffer` of a matte's shares.
    Matte {
        /// The photo's width, px.
        photo_width: u32,
        /// The part the matte is of, px.
        rect: Rect,
    },
    /// This is what the person says the photo on the canvases shows.
    Correct {
        /// All strokes.
        corrections: Corrections,
    },
    /// Read this text as a plan: reading JSON takes more code than the page
    /// has room for.
    ReadPlan {
        /// Names this job in its answer.
        job: u32,
        /// A plan file's text.
        text: String,
    },
    /// Give a copy of the working photo, for the vision worker.
    Pixels {
        /// Names this job in its answer.
        job: u32,
    },
    /// Test aid, honoured in every build because it can do no harm: traps the
    /// worker so that its restart can be seen to work.
    Trap,
}

/// File format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// Lossless, by `image` at its fastest setting.
    Png,
    /// Quality 0.92, by the browser.
    Jpeg,
}

/// Worker → page.
#[derive(Debug, Clone, PartialEq)]
pub enum Response {
    /// The worker's wasm runs and hears messages.
    Ready,
    /// A photo is decoded and on both canvases.
    PhotoReady {
        /// Which load this answers.
        load: u32,
        /// Working photo's width, px.
        width: u32,
        /// Working photo's height, px.
        height: u32,
        /// Upright source's width, px.
        source_width: u32,
        /// Upright source's height, px.
        source_height: u32,
        /// As [`crate::engine::image::Photo::print`].
        print: u32,
    },
    /// A photo could not be used; the previous one is still there.
    PhotoFailed {
        /// Which load this answers.
        load: u32,
        /// Why.
        error: PhotoError,
    },
    /// A frame is on the "after" canvas.
    Rendered {
        /// Which job this answers.
        job: u32,
        /// How many impressions are on it.
        impressions: u32,
        /// How many would be but for the hair over them.
        under_hair: u32,
        /// Milliseconds spent in each stage that ran, for whoever measures.
        stages: Vec<(Stage, f64)>,
        /// Milliseconds spent on putting the pixels on the canvas.
        put_ms: f64,
    },
    /// A patch's mean colour.
    Sampled {
        /// Which job this answers.
        job: u32,
        /// Mean in linear light, sRGB primaries, 0–1.
        linear_rgb: [f64; 3],
    },
    /// A look that continues the person's own shaved hair.
    Matched {
        /// Which job this answers.
        job: u32,
        /// How well it does; none where no such hair was found.
        fit: Option<Fit>,
        /// The look that was sent, with density and shade made to do so.
        look: Look,
    },
    /// An export goes on.
    Progress {
        /// Which job this is about.
        job: u32,
        /// Share done, 0–1.
        done: f64,
    },
    /// An export is ready. Object: the `Blob`.
    Exported {
        /// Which job this answers.
        job: u32,
    },
    /// Small pictures are ready. Object: the `Blob` of one picture of them all.
    Strip {
        /// Which job this answers.
        job: u32,
    },
    /// The working photo. Object: its RGBA bytes, an `ArrayBuffer`.
    Pixels {
        /// Which job this answers.
        job: u32,
        /// Its width, px.
        width: u32,
        /// Its height, px.
        height: u32,
    },
    /// A plan was read.
    PlanRead {
        /// Which job this answers.
        job: u32,
        /// What it says.
        plan: Box<Plan>,
    },
    /// A text is no plan.
    PlanRefused {
        /// Which job this answers.
        job: u32,
        /// Why, in words.
        why: String,
    },
    /// A job other than a load failed; nothing else changed.
    Failed {
        /// Which job this answers.
        job: u32,
        /// Why.
        error: JobError,
    },
}

/// Page → vision worker.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Ask {
    /// These are the models. Objects: their files, `ArrayBuffer`s: detector,
    /// landmark, selfie, mesh.
    Models,
    /// This is the photo. Object: its RGBA bytes, an `ArrayBuffer`, handed over.
    Photo {
        /// The photo's width, px.
        width: u32,
        /// Its height, px.
        height: u32,
    },
    /// Find the heads in it.
    Heads,
    /// Tell what is bare scalp on this head.
    Matte(HeadModel),
}

/// Vision worker → page.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// The worker hears messages.
    Ready,
    /// What the photo says of the heads in it.
    Heads(Vec<Head>),
    /// What is bare scalp; none where the head lies outside the photo.
    Matte(Option<Matte>),
    /// The models are damaged, or could not do it.
    Failed,
}

/// Why a photo cannot be used. The page's texts hang on these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhotoError {
    /// Not a picture file that anybody knows.
    #[error("not a picture file")]
    NotAPicture,
    /// Over 50 MB.
    #[error("{bytes} bytes are over the limit of 50 MB")]
    FileTooLarge {
        /// The file's size.
        bytes: u64,
    },
    /// Over 100 megapixels.
    #[error("{width}×{height} px are over the limit of 100 megapixels")]
    TooManyPixels {
        /// Header's width.
        width: u32,
        /// Header's height.
        height: u32,
    },
    /// Under 64 px on its shorter edge.
    #[error("{width}×{height} px are under 64 px on the shorter edge")]
    TooSmall {
        /// Header's width.
        width: u32,
        /// Header's height.
        height: u32,
    },
    /// A HEIC/HEIF photo this browser cannot decode.
    #[error("a HEIC photo")]
    Heic,
    /// A known format that neither the browser nor we decode.
    #[error("a format that cannot be decoded here")]
    Unsupported,
    /// Damaged: the header reads, the pixels do not.
    #[error("the file is damaged")]
    Damaged,
    /// The device ran out of memory.
    #[error("out of memory")]
    OutOfMemory,
    /// What decodes such files could not be fetched.
    #[error("what reads such files could not be fetched")]
    NotFetched,
}

/// Why a job failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// No photo is loaded.
    #[error("no photo is loaded")]
    NoPhoto,
    /// The markers describe no head.
    #[error("the markers describe no head")]
    BadPlacement,
    /// The picture could not be encoded or the device ran out of memory.
    #[error("the picture could not be encoded")]
    Encode,
}
