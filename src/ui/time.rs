//! The life of the treatment: sessions, healing and the years on one timeline.

use std::time::Duration;

use leptos::prelude::*;

use super::numbers::{fixed, shortest};
use super::state::{App, Phase, Tab};
use crate::engine::life::{HEALED_STOP, Life, Moment, STOPS, Stop, day_at, told};
use crate::platform::page::{object_address, prefers_calm, release_address};
use crate::protocol::Request;

/// The last stop's place.
const LAST: f64 = (STOPS.len() - 1) as f64;
/// From one picture of the animation to the next, and how far that goes: a second
/// from stop to stop.
const BEAT: Duration = Duration::from_millis(100);
/// See [`BEAT`].
const STRIDE: f64 = 0.1;
/// Where people want no motion it goes from stop to stop, with so much time to look.
const CALM_BEAT: Duration = Duration::from_millis(1500);
/// How long nothing has changed before the strip is made anew.
const QUIET: Duration = Duration::from_millis(400);
/// Years between touch-ups to choose from; 0: none. Practitioners say 1 to 8, mostly
/// 3 to 5 (domain.md §1.5).
const TOUCH_UPS: [f64; 5] = [0.0, 2.0, 3.0, 4.0, 5.0];

/// Days that the person's own hair has grown to choose from.
const GROWN_DAYS: [f64; 4] = [0.0, 1.0, 2.0, 3.0];

/// What is shown of the treatment's life. No part of the plan, as the zoom is none.
/// Every type that a signal holds costs a kilobyte of the page: these are others'.
#[derive(Clone, Copy)]
pub struct Timeline {
    /// Where between the stops: see [`day_at`].
    place: RwSignal<f64>,
    touch_up_years: RwSignal<f64>,
    grown_days: RwSignal<f64>,
    playing: RwSignal<bool>,
    /// Counts the times that it was begun: of two, the earlier beats no more.
    runs: RwSignal<f64>,
    /// Address of the strip's picture.
    strip: RwSignal<Option<String>>,
    /// Counts the changes after which it has to be made anew.
    asked: RwSignal<f64>,
}

impl Timeline {
    /// At the healed treatment, without touch-ups.
    #[must_use]
    pub(super) fn new() -> Self {
        Self {
            place: RwSignal::new(HEALED_STOP as f64),
            touch_up_years: RwSignal::new(0.0),
            grown_days: RwSignal::new(0.0),
            playing: RwSignal::new(false),
            runs: RwSignal::new(0.0),
            strip: RwSignal::new(None),
            asked: RwSignal::new(0.0),
        }
    }

    /// Another photo: back to the start.
    pub(super) fn forget(self) {
        self.go(HEALED_STOP as f64);
        self.grown_days.set(0.0);
        self.take_strip(None);
    }

    /// Shows a strip that has been made.
    pub(super) fn take_strip(self, picture: Option<&web_sys::Blob>) {
        if let Some(old) = self.strip.get_untracked() {
            release_address(&old);
        }
        self.strip.set(picture.and_then(object_address));
    }

    fn moment(self) -> Moment {
        Moment {
            day: day_at(self.place.get()),
            touch_up_years: self.touch_up_years.get(),
            grown_days: self.grown_days.get(),
        }
    }

    fn go(self, place: f64) {
        self.playing.set(false);
        self.place.set(place);
    }

    fn play(self) {
        if self.place.get_untracked() >= LAST {
            self.place.set(0.0);
        }
        self.playing.set(true);
        let run = self.runs.get_untracked() + 1.0;
        self.runs.set(run);
        self.beat(run);
    }

    /// The next picture of the animation, after a while.
    fn beat(self, run: f64) {
        let (beat, stride) = if prefers_calm() {
            (CALM_BEAT, 1.0)
        } else {
            (BEAT, STRIDE)
        };
        let step = move || {
            if !self.playing.get_untracked() || self.runs.get_untracked() != run {
                return;
            }
            // On the stops exactly, however many steps lie between.
            let next = ((self.place.get_untracked() / stride).round() + 1.0) * stride;
            self.place.set(next.min(LAST));
            if next < LAST {
                self.beat(run);
            } else {
                self.playing.set(false);
            }
        };
        set_timeout(step, beat);
    }

    /// The stop that is shown, if it is one.
    fn stop(self) -> Option<usize> {
        let place = self.place.get();
        let near = place.round();
        ((place - near).abs() < 0.01).then_some(near as usize)
    }
}

impl App {
    /// When in the treatment's life the picture shows it: in the steps in which it
    /// is made, always healed.
    pub(super) fn moment(self) -> Moment {
        match self.tab.get() {
            Tab::Time | Tab::Save => self.timeline.moment(),
            _ => Moment::HEALED,
        }
    }

    /// The moment in words.
    pub(super) fn shown_moment(self) -> Signal<String> {
        Signal::derive(move || told(self.moment().day))
    }

    /// The moment in words, where it is another than the healed one; else nothing.
    pub(super) fn other_moment(self) -> Signal<String> {
        Signal::derive(move || {
            let moment = self.moment();
            if self.bad.get() {
                "A bad job: low, hard, dark and dense".into()
            } else if moment.is_healed() {
                String::new()
            } else {
                told(moment.day)
            }
        })
    }

    /// Has the strip made anew some time after each change, while it is to be seen.
    pub(super) fn keep_strip(self) {
        Effect::new(move |_| {
            self.plan.track();
            self.timeline.touch_up_years.track();
            self.timeline.grown_days.track();
            self.finder.settled.track();
            // One job of this kind at a time: an export under way is waited for.
            let saving = self.export.with(Option::is_some);
            if saving || self.tab.get() != Tab::Time || self.phase.get() != Phase::Ready {
                return;
            }
            let asked = self.timeline.asked;
            let mine = asked.get_untracked() + 1.0;
            asked.set(mine);
            let ask = move || {
                if asked.get_untracked() == mine {
                    self.ask_for_strip();
                }
            };
            set_timeout(ask, QUIET);
        });
    }

    fn ask_for_strip(self) {
        let fits = matches!(self.head.get_untracked(), Some(Ok(_)));
        let is_seen = self.tab.get_untracked() == Tab::Time;
        if !fits || !is_seen || self.export.with_untracked(Option::is_some) {
            return;
        }
        let moment = Moment {
            day: Moment::HEALED.day,
            ..untrack(|| self.timeline.moment())
        };
        let Some(inputs) = self.inputs(moment) else {
            return;
        };
        self.with_client(|client| {
            client.ask(|job| Request::Strip { job, inputs });
        });
    }
}

/// The panel of the Time step.
#[component]
pub fn TimePanel() -> impl IntoView {
    let app = expect_context::<App>();
    let timeline = app.timeline;
    on_cleanup(move || {
        timeline.playing.set(false);
        app.bad.set(false);
    });
    // Of one type, so that the page holds but once what shows them.
    let label = app.shown_moment();
    let note = Signal::derive(move || {
        let stop = timeline.stop().and_then(|index| STOPS.get(index));
        let every = timeline.touch_up_years.get();
        if every > 0.0 && timeline.place.get() > HEALED_STOP as f64 {
            return format!("Touched up every {} years.", fixed(every, 0));
        }
        stop.map_or_else(String::new, |stop| stop.note.into())
    });
    let numbers = Signal::derive(move || {
        let life = Life::at(&timeline.moment());
        let percent = |share: f64| fixed(100.0 * share, 0);
        let red = match life.redness() {
            0.0 => "",
            red if red < 0.2 => "; a little redness",
            _ => "; red skin",
        };
        format!(
            "{} % of the impressions placed, {} % of the contrast left{red}.",
            percent(life.share()),
            percent(life.contrast)
        )
    });
    let verb = Signal::derive(move || {
        let verb = if timeline.playing.get() {
            "Pause"
        } else {
            "Play"
        };
        verb.to_owned()
    });
    let place = Signal::derive(move || fixed(timeline.place.get(), 1));
    let toggle = move |_| {
        if timeline.playing.get_untracked() {
            timeline.playing.set(false);
        } else {
            timeline.play();
        }
    };
    view! {
        <p class="guide">"What becomes of it: from session to session, while it heals, and over the years."</p>
        <div class="row">
            <strong data-testid="moment">{label}</strong>
            <button type="button" data-testid="play" on:click=toggle>{verb}</button>
        </div>
        <input
            type="range"
            data-testid="timeline"
            aria-label="Time"
            min="0"
            max=shortest(LAST)
            step=shortest(STRIDE)
            aria-valuetext=label
            prop:value=place
            on:input:target=move |event| timeline.go(event.target().value_as_number().max(0.0))
        />
        <Strip />
        <p class="hint" data-testid="moment-numbers">{numbers}</p>
        <p role="status" data-testid="moment-note">{note}</p>
        {choice("Touch-ups", "touch-ups", &TOUCH_UPS, every, timeline.touch_up_years)}
        {choice("Days since shaving", "grown", &GROWN_DAYS, later, timeline.grown_days)}
        <p class="hint">"How fast pigment heals and fades differs from person to person, and nobody has published a rate. These are estimates after what practitioners say; sun and oily skin fade it sooner."</p>
        <button
            type="button"
            data-testid="bad-job"
            aria-pressed=move || app.bad.get().to_string()
            on:click=move |_| {
                let badly = !app.bad.get_untracked();
                if badly {
                    // As the plan is made, healed: before and long after it hardly shows.
                    timeline.go(HEALED_STOP as f64);
                }
                app.bad.set(badly);
            }
        >
            "What a bad job looks like"
        </button>
        <button type="button" class="primary" on:click=move |_| app.tab.set(Tab::Save)>"Next: save"</button>
    }
}

/// The stops as buttons, each with its picture once there is one.
#[component]
fn Strip() -> impl IntoView {
    let timeline = expect_context::<App>().timeline;
    let button = move |(index, stop): (usize, Stop)| {
        let chosen = move || (timeline.stop() == Some(index)).to_string();
        let picture = move || {
            timeline.strip.get().map(|address| {
                let aside = fixed(100.0 * index as f64 / LAST, 2) + "% 0";
                view! { <img src=address alt="" style:object-position=aside /> }
            })
        };
        view! {
            <button type="button" class="stop" aria-pressed=chosen on:click=move |_| timeline.go(index as f64)>
                <span class="tile" aria-hidden="true">{picture}</span>
                {stop.name}
            </button>
        }
    };
    view! {
        <div class="strip" role="group" aria-label="Stops" data-testid="strip">
            {STOPS.into_iter().enumerate().map(button).collect_view()}
        </div>
    }
}

/// One of a few numbers to choose, each with a name.
fn choice(
    title: &'static str,
    testid: &'static str,
    numbers: &'static [f64],
    name: fn(f64) -> String,
    chosen: RwSignal<f64>,
) -> AnyView {
    let option = |number: &f64| view! { <option value=fixed(*number, 0)>{name(*number)}</option> };
    let choose = move |value: String| {
        let number = numbers.iter().find(|number| fixed(**number, 0) == value);
        chosen.set(number.copied().unwrap_or(0.0));
    };
    let value = Signal::derive(move || fixed(chosen.get(), 0));
    view! {
        <label class="row">
            <span>{title}</span>
            <select data-testid=testid prop:value=value on:change:target=move |event| choose(event.target().value())>
                {numbers.iter().map(option).collect_view()}
            </select>
        </label>
    }
    .into_any()
}

/// How often it is touched up.
fn every(years: f64) -> String {
    if years > 0.0 {
        format!("Every {} years", fixed(years, 0))
    } else {
        "None".into()
    }
}

/// How long the person's own hair has grown since it was shaved for the photo.
fn later(days: f64) -> String {
    if days > 0.0 {
        fixed(days, 0)
    } else {
        "As in the photo".into()
    }
}
