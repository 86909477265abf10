//! The page's state: handles only, cheap to copy, no pixels. Changes of the
//! plan go through [`super::edit`].

use glam::DVec2;
use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::Blob;

use super::brush::Brush;
use super::find::Finder;
pub use super::kinds::{Finding, MarkerId, Phase, Picking, Tab, TapTarget};
use super::numbers::fixed;
use super::samples::Sample;
use super::strings;
use super::time::Timeline;
use crate::engine::error::{BadPlacement, EngineError};
use crate::engine::fit::fit;
use crate::engine::head::HeadModel;
use crate::engine::life::Moment;
use crate::engine::placement::Placement;
use crate::engine::sides::Continued;
use crate::engine::skin::SkinClass;
use crate::engine::stages::Inputs;
use crate::engine::stubble::Fit;
use crate::engine::warnings::bad_job;
use crate::platform::models::ModelFiles;
use crate::platform::render_client::{News, RenderClient};
use crate::protocol::{Request, Response};
use crate::session::document::Plan;
use crate::session::history::History;
use crate::session::viewport::Viewport;

/// The photo on the stage, px.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct PhotoInfo {
    pub width: u32,
    pub height: u32,
    pub source_width: u32,
    pub source_height: u32,
    /// As [`crate::engine::image::Photo::print`].
    pub print: u32,
}

impl PhotoInfo {
    /// Width and height as the viewport takes them.
    #[must_use]
    pub fn size(self) -> (f64, f64) {
        (f64::from(self.width), f64::from(self.height))
    }
}

/// The last frame on the stage.
#[derive(Debug, Clone, PartialEq, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct FrameInfo {
    pub job: u32,
    pub impressions: u32,
    pub under_hair: u32,
    pub stages: String,
}

/// Share of the treated part that lies under hair from which on a shaved look is
/// not to be judged. Ours: the sides of somebody bald on top are less.
const HIDDEN_SHARE: f64 = 0.6;

impl FrameInfo {
    /// Whether most of the treated part lies under hair.
    pub fn is_mostly_hair(&self) -> bool {
        f64::from(self.under_hair) > HIDDEN_SHARE * f64::from(self.under_hair + self.impressions)
    }
}

/// The page's state.
#[derive(Clone, Copy)]
#[expect(missing_docs, reason = "the names and types say it")]
pub struct App {
    pub phase: RwSignal<Phase>,
    pub photo: RwSignal<Option<PhotoInfo>>,
    pub plan: RwSignal<Plan>,
    pub head: Memo<Option<Result<HeadModel, BadPlacement>>>,
    pub tab: RwSignal<Tab>,
    pub notice: RwSignal<Option<String>>,
    pub status: RwSignal<String>,
    pub frame: RwSignal<FrameInfo>,
    pub split: RwSignal<f64>,
    pub holding: RwSignal<bool>,
    pub guides: RwSignal<bool>,
    /// Whether a marker is being moved, or the head turned.
    pub held: RwSignal<bool>,
    pub mirror: RwSignal<bool>,
    pub viewport: RwSignal<Viewport>,
    /// Whether photo and stage are brought together so that the head is seen, or else
    /// the whole photo.
    pub shows_head: RwSignal<bool>,
    pub stage_size: RwSignal<(f64, f64)>,
    pub tap: RwSignal<Option<TapTarget>>,
    pub skin: RwSignal<Option<[f64; 3]>>,
    /// What somebody says the skin is, whatever the photo's light makes of it.
    pub skin_class: RwSignal<Option<SkinClass>>,
    pub hair: RwSignal<Option<[f64; 3]>>,
    /// What a look was last asked for that continues it.
    pub continued: RwSignal<Continued>,
    /// What came of that, in words.
    pub sides: RwSignal<&'static str>,
    pub both: RwSignal<bool>,
    pub export: RwSignal<Option<f64>>,
    pub finder: Finder,
    pub timeline: Timeline,
    /// Kinds of warnings that were put aside, a bit each.
    pub(super) put_aside: RwSignal<u32>,
    /// Whether the plan is shown as it would look done badly.
    pub(super) bad: RwSignal<bool>,
    pub brush: Brush,
    pub(super) history: RwSignal<History>,
    export_name: RwSignal<&'static str>,
    colour: RwSignal<Option<Picking>>,
    opening: RwSignal<bool>,
    pending: RwSignal<Option<Placement>>,
    /// A plan from before the page was reloaded, as text.
    pub(super) kept: StoredValue<Option<String>>,
    pub(super) spawn: StoredValue<js_sys::Function, LocalStorage>,
    client: StoredValue<Option<RenderClient>, LocalStorage>,
}

impl App {
    /// The state of a page just opened.
    #[must_use]
    pub fn new(spawn: js_sys::Function, models: ModelFiles) -> Self {
        let photo = RwSignal::new(None::<PhotoInfo>);
        let plan = RwSignal::new(Plan::default());
        let placement = Memo::new(move |_| plan.with(|plan| plan.placement));
        let head = Memo::new(move |_| {
            let photo = photo.get()?;
            let placement = placement.get()?;
            Some(
                fit(&placement, photo.width, photo.height).map_err(|error| match error {
                    EngineError::BadPlacement(why) => why,
                    EngineError::Size { .. } => BadPlacement::TooSmall,
                }),
            )
        });
        let app = Self {
            phase: RwSignal::new(Phase::Empty),
            photo,
            plan,
            head,
            tab: RwSignal::new(Tab::Place),
            notice: RwSignal::new(None),
            status: RwSignal::new(String::new()),
            frame: RwSignal::new(FrameInfo::default()),
            split: RwSignal::new(0.0),
            holding: RwSignal::new(false),
            guides: RwSignal::new(true),
            held: RwSignal::new(false),
            mirror: RwSignal::new(true),
            shows_head: RwSignal::new(false),
            viewport: RwSignal::new(Viewport {
                scale: 1.0,
                x: 0.0,
                y: 0.0,
            }),
            stage_size: RwSignal::new((0.0, 0.0)),
            tap: RwSignal::new(None),
            skin: RwSignal::new(None),
            skin_class: RwSignal::new(None),
            hair: RwSignal::new(None),
            continued: RwSignal::new(Continued::Stubble),
            sides: RwSignal::new(""),
            both: RwSignal::new(false),
            export: RwSignal::new(None),
            finder: Finder::new(models),
            timeline: Timeline::new(),
            put_aside: RwSignal::new(0),
            bad: RwSignal::new(false),
            brush: Brush::new(),
            history: RwSignal::new(History::default()),
            export_name: RwSignal::new("smp-preview.png"),
            colour: RwSignal::new(None),
            opening: RwSignal::new(false),
            pending: RwSignal::new(None),
            kept: StoredValue::new(crate::platform::page::kept_text()),
            spawn: StoredValue::new_local(spawn),
            client: StoredValue::new_local(None),
        };
        Effect::new(move |_| app.draw());
        app.keep_matte();
        app.keep_steps();
        app.keep_strip();
        app.keep_in_view();
        set_interval(
            move || {
                app.with_client(RenderClient::check);
                app.finder.check();
            },
            std::time::Duration::from_secs(1),
        );
        app
    }

    /// Gives the worker its stage; called once, when the element is there.
    pub fn take_stage(self, stage: web_sys::HtmlElement) {
        match RenderClient::new(self.spawn.get_value(), stage, move |news| self.hear(news)) {
            Ok(client) => self.client.set_value(Some(client)),
            Err(_) => self.notice.set(Some(
                "This browser cannot run the preview. Please open the page in a current version of Chrome, Edge, Firefox or Safari.".into(),
            )),
        }
    }

    pub(super) fn with_client(self, use_it: impl FnOnce(&RenderClient)) {
        // Cloned out, because what it hears may come back here.
        let client = self.client.try_get_value().flatten();
        if let Some(client) = client {
            use_it(&client);
        }
    }

    /// Opens a photo; `placement` where it is known from before.
    pub fn open(self, photo: Blob, placement: Option<Placement>) {
        self.notice.set(None);
        self.pending.set(placement);
        self.opening.set(true);
        if self.phase.get_untracked() == Phase::Empty {
            self.phase.set(Phase::Loading);
        }
        self.status.set("Opening the photo…".into());
        self.with_client(|client| client.load(photo));
    }

    /// Fetches and opens one of the samples.
    pub fn open_sample(self, sample: &'static Sample) {
        leptos::task::spawn_local(async move {
            match crate::platform::page::fetch_own(sample.path).await {
                Ok(blob) => self.open(blob, Some(sample.placement)),
                Err(_) => self.notice.set(Some(
                    "The sample could not be fetched. Check the connection and try again.".into(),
                )),
            }
        });
    }

    /// Asks for the colour at a point of the photo.
    pub fn pick_colour(self, picking: Picking, at: (f64, f64)) {
        let Some(photo) = self.photo.get_untracked() else {
            return;
        };
        let at = crate::engine::camera::marker_from_photo(
            DVec2::new(at.0, at.1),
            photo.width,
            photo.height,
        );
        if picking == Picking::Stubble {
            return self.continue_hair(Continued::StubbleAt(at));
        }
        self.colour.set(Some(picking));
        self.with_client(|client| {
            client.ask(|job| Request::Sample { job, at });
        });
    }

    /// Asks for a look that continues the person's own hair.
    pub fn continue_hair(self, what: Continued) {
        self.continued.set(what);
        let look = self.plan.with_untracked(|plan| plan.look);
        self.with_client(|client| {
            client.ask(|job| Request::Match { job, what, look });
        });
    }

    /// Starts an export.
    pub fn export(
        self,
        format: crate::protocol::ExportFormat,
        layout: crate::engine::export::Layout,
    ) {
        let Some(inputs) = self.inputs(untrack(|| self.moment())) else {
            return;
        };
        self.export_name.set(match format {
            crate::protocol::ExportFormat::Png => "smp-preview.png",
            crate::protocol::ExportFormat::Jpeg => "smp-preview.jpg",
        });
        self.export.set(Some(0.0));
        self.with_client(|client| {
            client.ask(|job| Request::Export {
                job,
                format,
                layout,
                inputs,
            });
        });
    }

    /// Gives up the export under way.
    pub fn cancel_export(self) {
        self.export.set(None);
        self.with_client(RenderClient::restart);
    }

    /// Has a plan's text read.
    pub fn load_plan(self, text: String) {
        self.with_client(|client| {
            client.ask(|job| Request::ReadPlan { job, text });
        });
    }

    fn draw(self) {
        self.plan.track();
        let (veiled, moment) = (self.is_veiled(), self.moment());
        let badly = self.bad.get();
        let fits = matches!(self.head.get(), Some(Ok(_)));
        let waits = self.finder.holding.get();
        if self.phase.get() != Phase::Ready || !fits {
            return;
        }
        let Some(mut inputs) = self.inputs(moment) else {
            return;
        };
        if waits {
            return self.with_client(|client| client.prepare(inputs));
        }
        if badly {
            inputs.look = bad_job(&inputs.look);
        }
        self.plan.with_untracked(|plan| {
            self.with_client(|client| client.render(inputs, &plan.corrections, veiled));
        });
    }

    /// What the plan is drawn by at a moment; none until the head is placed.
    pub(super) fn inputs(self, moment: Moment) -> Option<Inputs> {
        self.plan.with_untracked(|plan| {
            plan.placement.map(|placement| Inputs {
                moment,
                ..Inputs::healed(placement, plan.look)
            })
        })
    }

    fn hear(self, news: News) {
        match news {
            News::Restarted { photo_lost } => {
                let text = if photo_lost {
                    strings::PHOTO_LOST
                } else {
                    strings::RESTARTED
                };
                self.notice.set(Some(text.into()));
                self.export.set(None);
                if photo_lost {
                    // What comes back now is the photo from before.
                    self.opening.set(false);
                    self.pending.set(None);
                }
                if self.phase.get_untracked() == Phase::Loading && photo_lost {
                    self.phase.set(Phase::Empty);
                }
            }
            News::Said(response, object) => self.hear_response(*response, object),
        }
    }

    fn hear_response(self, response: Response, object: Option<JsValue>) {
        match response {
            Response::PhotoReady {
                width,
                height,
                source_width,
                source_height,
                print,
                ..
            } => {
                self.show_photo(PhotoInfo {
                    width,
                    height,
                    source_width,
                    source_height,
                    print,
                });
            }
            Response::PhotoFailed { error, .. } => {
                if self.phase.get_untracked() == Phase::Loading {
                    self.phase.set(Phase::Empty);
                }
                self.opening.set(false);
                self.pending.set(None);
                self.status.set(String::new());
                self.notice.set(Some(strings::photo_error(error)));
            }
            Response::Rendered {
                job,
                impressions,
                under_hair,
                stages,
                put_ms,
            } => {
                let stages = stages.iter().map(|(stage, ms)| (stage.name(), *ms));
                let stages: Vec<String> = stages
                    .chain([("put", put_ms)])
                    .map(|(name, ms)| format!("{name} {}", fixed(ms, 2)))
                    .collect();
                let stages = stages.join(", ");
                self.frame.set(FrameInfo {
                    job,
                    impressions,
                    under_hair,
                    stages,
                });
                self.show_found_head();
            }
            Response::Sampled { linear_rgb, .. } => match self.colour.get_untracked() {
                Some(Picking::Skin) => self.skin.set(Some(linear_rgb)),
                Some(Picking::Hair) => self.hair.set(Some(linear_rgb)),
                Some(Picking::Stubble) | None => {}
            },
            Response::Matched { fit, look, .. } => {
                let what = self.continued.get_untracked();
                // What shows at the edge of a full head of hair is no stubble.
                let hidden = what == Continued::Stubble
                    && self.frame.with_untracked(FrameInfo::is_mostly_hair);
                self.sides.set(if hidden {
                    strings::TOO_LONG
                } else {
                    strings::matched(what, fit)
                });
                if !hidden && fit.is_some_and(|fit| fit != Fit::NoContrast) {
                    self.change_look(|now| (now.density, now.shade) = (look.density, look.shade));
                    self.seal();
                }
            }
            Response::Progress { done, .. } => {
                if self.export.get_untracked().is_some() {
                    self.export.set(Some(done));
                }
            }
            Response::Pixels { width, height, .. } => self.finder.give_photo(width, height, object),
            Response::PlanRead { plan, .. } => self.wear_plan(*plan),
            Response::PlanRefused { why, .. } => self.notice.set(Some(format!(
                "This plan could not be opened: {why}. Please choose a plan saved here."
            ))),
            Response::Strip { .. } => {
                let picture: Option<Blob> = object.and_then(|blob| blob.dyn_into().ok());
                self.timeline.take_strip(picture.as_ref());
            }
            Response::Exported { .. } => self.keep(object.and_then(|blob| blob.dyn_into().ok())),
            Response::Failed { error, .. } => {
                self.export.set(None);
                self.notice.set(Some(strings::job_error(error).into()));
            }
            Response::Ready => {}
        }
    }

    fn show_photo(self, photo: PhotoInfo) {
        // A photo nobody has opened comes back after a restart: all stays.
        let again = !self.opening.get_untracked();
        self.opening.set(false);
        let known = self.pending.get_untracked();
        self.pending.set(None);
        self.photo.set(Some(photo));
        self.phase.set(Phase::Ready);
        if again {
            self.draw_again();
            self.ask_for_pixels();
            return;
        }
        self.skin.set(None);
        self.skin_class.set(None);
        self.hair.set(None);
        self.sides.set("");
        self.split.set(0.0);
        self.finder.forget();
        self.timeline.forget();
        self.put_aside.set(0);
        self.start_document(known);
        self.shows_head.set(known.is_some());
        self.tap.set(None);
        if known.is_some() {
            self.tab.set(Tab::Hairline);
            self.place_by_hand();
        } else {
            self.tab.set(Tab::Place);
            self.find_head();
        }
        self.status.set(format!(
            "Photo opened, {} by {} pixels.",
            photo.source_width, photo.source_height
        ));
        self.wear_kept(photo);
    }

    pub(super) fn draw_again(self) {
        self.plan.update(|_| {});
    }

    fn keep(self, blob: Option<Blob>) {
        self.export.set(None);
        let kept = blob.is_some_and(|blob| {
            crate::platform::page::download(&blob, self.export_name.get_untracked()).is_ok()
        });
        if kept {
            self.status.set("The picture is in your downloads.".into());
        } else {
            self.notice.set(Some(
                "The browser did not take the download. Please try again.".into(),
            ));
        }
    }
}
