//! Finding the head: asks the vision worker, takes its answer, and lets the
//! person place the head instead at any time.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsValue;

use super::numbers::fixed;
use super::shade::suggest_in_light;
use super::state::{App, Finding, MarkerId, Tab, TapTarget};
use super::strings;
use crate::engine::fit::{fit, starting_placement};
use crate::engine::look::Shade;
use crate::engine::placement::{HeadOutline, Placement, View};
use crate::platform::models::ModelFiles;
use crate::platform::render_client::RenderClient;
use crate::platform::vision_client::{Answer, VisionClient};
use crate::protocol::Ask;
use crate::vision::colours::Colours;
use crate::vision::reading::Head;

/// Said after the photo is opened, in the same status line.
const FOUND: &str = " Face found.";

/// What is known of the search.
#[derive(Clone, Copy)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Finder {
    pub finding: RwSignal<Finding>,
    /// The heads that were found, the largest first.
    pub heads: RwSignal<Vec<Head>>,
    /// The outlines of a head without a face, as it may be seen.
    outlines: StoredValue<Vec<HeadOutline>>,
    /// Whether the picture is made with what the photo shows of scalp and
    /// hair where the head stands now, or does without for good.
    pub settled: RwSignal<bool>,
    /// Whether the picture waits for that: a found head is not first shown
    /// with impressions over its hair.
    pub(super) holding: RwSignal<bool>,
    /// Whether a head was found that no picture has shown yet.
    pub(super) unseen: StoredValue<bool>,
    /// The share of the models that has come, while they are on their way.
    fetched: RwSignal<Option<f64>>,
    client: StoredValue<VisionClient, LocalStorage>,
    /// The shade that was last matched by itself.
    matched: StoredValue<Option<Shade>>,
    /// The placement that the matte was made for, or is being made for.
    read_for: StoredValue<Option<Placement>>,
}

impl Finder {
    /// Nothing asked yet.
    pub(super) fn new(models: ModelFiles) -> Self {
        Self {
            finding: RwSignal::new(Finding::ByHand),
            heads: RwSignal::new(Vec::new()),
            outlines: StoredValue::new(Vec::new()),
            settled: RwSignal::new(true),
            holding: RwSignal::new(false),
            client: StoredValue::new_local(VisionClient::new(models)),
            unseen: StoredValue::new(false),
            fetched: RwSignal::new(None),
            matched: StoredValue::new(None),
            read_for: StoredValue::new(None),
        }
    }

    /// To be called every second or so.
    pub(super) fn check(self) {
        if let Some(client) = self.client.try_get_value() {
            client.check();
        }
    }

    /// Another photo: nothing is known of it.
    pub(super) fn forget(self) {
        self.end();
        self.heads.set(Vec::new());
        self.outlines.set_value(Vec::new());
        self.unseen.set_value(false);
        self.read_for.set_value(None);
    }

    /// Ends the vision worker, and what waits for it.
    fn end(self) {
        self.client.get_value().stop();
        self.holding.set(false);
        self.settled.set(true);
    }

    /// The outline that was found if the head is seen so; none where it was not looked
    /// for, or somebody has moved or resized the one that was.
    pub(super) fn found_from(self, now: &HeadOutline, view: View) -> Option<HeadOutline> {
        let outlines = self.outlines.get_value();
        let is_there = |found: &HeadOutline| {
            (found.centre, found.half_axes, found.roll_deg)
                == (now.centre, now.half_axes, now.roll_deg)
        };
        outlines.iter().find(|found| is_there(found))?;
        outlines.into_iter().find(|found| found.view == view)
    }

    /// The photo's pixels are here: hands them on.
    pub(super) fn give_photo(self, width: u32, height: u32, pixels: Option<JsValue>) {
        if let Some(pixels) = pixels {
            self.client.get_value().give_photo(width, height, pixels);
        }
    }
}

/// How long a placement must have stood still before the matte is made for
/// it: longer than the steps of a drag, or of arrow keys, are apart.
const SETTLED: Duration = Duration::from_millis(700);

impl App {
    /// Looks for a face in the photo.
    pub fn find_head(self) {
        self.finder.forget();
        self.finder.finding.set(Finding::Looking);
        self.ask_vision(Ask::Heads);
    }

    /// Asks the vision worker; starts one where there is none.
    fn ask_vision(self, ask: Ask) {
        let client = self.finder.client.get_value();
        if !client.is_there() {
            let started = client.start(&self.spawn.get_value(), move |answer| {
                self.hear_vision(answer);
            });
            if started.is_err() {
                return self.hear_vision(Answer::Failed);
            }
            self.ask_for_pixels();
        }
        client.ask(ask);
    }

    /// Asks the render worker for the photo, where a vision worker waits for
    /// it; once more after the render worker was restarted.
    pub(super) fn ask_for_pixels(self) {
        if self.finder.client.get_value().wants_photo() {
            self.with_client(RenderClient::ask_for_pixels);
        }
    }

    fn hear_vision(self, answer: Answer) {
        let finder = self.finder;
        match answer {
            Answer::Fetched(share) => finder.fetched.set(Some(share).filter(|s| *s < 1.0)),
            Answer::Heads(heads) => self.heads_found(heads),
            Answer::Matte(matte) => {
                if let Some(matte) = matte {
                    self.with_client(|client| client.set_matte(matte));
                }
                // The worker was kept for this; but the head may have moved on.
                if !finder.client.get_value().is_busy() {
                    finder.end();
                }
                self.draw_again();
            }
            // Without a matte all scalp counts as bare, which shows.
            Answer::Failed => {
                finder.end();
                if finder.finding.get_untracked() == Finding::Looking {
                    finder.finding.set(Finding::Failed);
                    self.start_markers();
                }
            }
        }
    }

    /// Has the matte made anew whenever the head has come to stand elsewhere.
    pub(super) fn keep_matte(self) {
        let placement = Memo::new(move |_| self.plan.with(|plan| plan.placement));
        let moves = StoredValue::new(0_u32);
        Effect::new(move |_| {
            let read_for = self.finder.read_for.get_value();
            self.finder.settled.set(placement.get() == read_for);
            moves.update_value(|moves| *moves += 1);
            let now = moves.get_value();
            let settled = move || {
                if moves.try_get_value() == Some(now) {
                    self.read_matte();
                }
            };
            set_timeout(settled, SETTLED);
        });
    }

    /// Has the matte made for the head as it stands, where it is another.
    fn read_matte(self) {
        let finder = self.finder;
        let placed = self.plan.with_untracked(|plan| plan.placement);
        if finder.finding.get_untracked() == Finding::Looking
            || placed == finder.read_for.get_value()
        {
            return;
        }
        finder.read_for.set_value(placed);
        if let Some(Ok(head)) = self.head.get_untracked() {
            self.ask_vision(Ask::Matte(head));
        } else {
            finder.settled.set(true);
        }
    }

    /// Ends a search; where nothing is placed yet, the markers stand as in a
    /// usual portrait and wait for taps.
    pub fn place_by_hand(self) {
        self.finder.end();
        self.finder.finding.set(Finding::ByHand);
        self.start_markers();
    }

    fn start_markers(self) {
        let placed = self.plan.with_untracked(|plan| plan.placement.is_some());
        let Some(photo) = self.photo.get_untracked().filter(|_| !placed) else {
            return;
        };
        let placement = starting_placement(None, photo.width, photo.height);
        self.set_up(|plan| plan.placement = Some(placement));
        self.tap.set(Some(TapTarget::Marker(MarkerId::RightPupil)));
    }

    /// Places the next of several heads; looks anew where there are not.
    fn next_head(self) {
        let heads = self.finder.heads.get_untracked();
        if heads.len() < 2 {
            return self.find_head();
        }
        let placed = self.plan.with_untracked(|plan| plan.placement);
        let bare = placed.map(|placed| placed.with_known_length(None));
        let at = heads.iter().position(|head| Some(head.placement) == bare);
        let next = at.map_or(0, |at| (at + 1) % heads.len());
        if let Some(head) = heads.get(next) {
            self.wear(*head);
        }
    }

    /// Places a head, and takes its colours; the dilution is matched to them
    /// while nobody has chosen another shade.
    fn wear(self, head: Head) {
        let Colours { skin, brow } = head.colours;
        self.skin.set(skin);
        self.hair.set(brow);
        self.set_up(|plan| {
            // What lies on the head does so wherever that was found.
            let length = plan.placement.and_then(|placed| placed.known_length());
            plan.placement = Some(head.placement.with_known_length(length));
            let look = &mut plan.look;
            let untouched = look.shade == Shade::default()
                || Some(look.shade) == self.finder.matched.get_value();
            if let (Some(skin), Some(brow), true) = (skin, brow, untouched) {
                // Not its warmth: in warm light every brow looks warm, and a reddish
                // tone is what people fear.
                let said = self.skin_class.get_untracked();
                let shade = suggest_in_light(said, skin, brow).shade;
                look.shade.dilution = shade.dilution;
                self.finder.matched.set_value(Some(look.rounded().shade));
            }
        });
    }

    fn heads_found(self, heads: Vec<Head>) {
        let heads: Vec<Head> = heads.into_iter().filter_map(|h| self.fitting(h)).collect();
        let first = heads.first().copied();
        let Some(head) = first.filter(|head| matches!(head.placement, Placement::Face(_))) else {
            self.finder.finding.set(Finding::NoFace);
            let outlines = heads.iter().filter_map(|head| match head.placement {
                Placement::Outline(outline) => Some(outline),
                Placement::Face(_) => None,
            });
            self.finder.outlines.set_value(outlines.collect());
            // Perhaps the outline of a head seen from elsewhere; what somebody
            // has placed before stays.
            self.set_up(|plan| {
                plan.placement = plan.placement.or(first.map(|head| head.placement));
            });
            return self.start_markers();
        };
        self.finder.finding.set(Finding::Found);
        self.finder.heads.set(heads);
        self.tap.set(None);
        self.finder.holding.set(true);
        self.wear(head);
        self.finder.unseen.set_value(true);
        self.read_matte();
        // Somebody who has gone elsewhere stays there.
        if self.tab.get_untracked() == Tab::Place {
            self.tab.set(Tab::Hairline);
        }
        self.status.update(|status| {
            if !status.ends_with(FOUND) {
                *status += FOUND;
            }
        });
    }

    /// A head that the engine can place: with the scalp's edges where they fit
    /// the face, else without; none where the face alone is no head either.
    fn fitting(self, mut head: Head) -> Option<Head> {
        let photo = self.photo.get_untracked()?;
        // As the plan will hold it.
        head.placement = head.placement.rounded();
        let fits = |head: &Head| fit(&head.placement, photo.width, photo.height).is_ok();
        if !fits(&head)
            && let Placement::Face(face) = &mut head.placement
        {
            (face.top, face.right_side, face.left_side) = (None, None, None);
        }
        Some(head).filter(fits)
    }
}

/// What the Place step says of the search.
#[component]
pub fn FindNote() -> impl IntoView {
    let app = expect_context::<App>();
    let finder = app.finder;
    let note = move || match finder.finding.get() {
        Finding::Looking => strings::LANDMARKS,
        Finding::NoFace => strings::NO_FACE,
        Finding::Failed => strings::FINDER_FAILED,
        Finding::ByHand | Finding::Found => "",
    };
    let fetching = move || {
        let looking = finder.finding.get() == Finding::Looking;
        finder.fetched.get().filter(|_| looking)
    };
    let finding = move || match finder.finding.get() {
        Finding::Looking => "looking",
        Finding::Found => "found",
        Finding::NoFace => "no-face",
        Finding::Failed => "failed",
        Finding::ByHand => "by-hand",
    };
    view! {
        <p class="find-note" data-testid="find-note" data-finding=finding>{note}</p>
        {move || {
            fetching()
                .map(|share| {
                    view! {
                        <label class="stacked" data-testid="fetched">
                            <span>{format!("Fetching what finds faces, once: {} %", fixed(share * 100.0, 0))}</span>
                            <progress max="1" prop:value=share></progress>
                        </label>
                    }
                })
        }}
    }
}

/// The button that ends the search, or starts another.
#[component]
pub fn FindButton() -> impl IntoView {
    let app = expect_context::<App>();
    let finder = app.finder;
    let text = move || {
        if finder.finding.get() == Finding::Looking {
            "Place by hand instead"
        } else if finder.heads.with(|heads| heads.len() > 1) {
            "Another face"
        } else {
            "Find the face"
        }
    };
    let click = move |_| {
        if finder.finding.get_untracked() == Finding::Looking {
            app.place_by_hand();
        } else {
            app.next_head();
        }
    };
    view! {
        <button type="button" class="button" data-testid="find" on:click=click>{text}</button>
    }
}
