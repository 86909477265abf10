//! The brush with which a person says what the photo shows, where it was taken
//! for something else.

use glam::DVec2;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::numbers::{fixed, px, shortest};
use super::state::{App, PhotoInfo, Tab};
use crate::engine::camera::{longer_edge_px, marker_from_photo};
use crate::engine::corrections::{Corrections, Label, RADIUS_IN_PHOTO};

/// Narrowest, widest and first width of the brush, mm on the head: a hair's
/// breadth beside an ear, a whole temple, and a thumb between them.
const LEAST_MM: f64 = 2.0;
const MOST_MM: f64 = 40.0;
const FIRST_MM: f64 = 10.0;

/// Said where there is no room for another stroke.
const FULL: &str =
    "There is no room for more strokes on this photo. Undo some, or take them all away.";

/// The brush in the hand.
#[derive(Clone, Copy)]
#[expect(missing_docs, reason = "the names and types say it")]
pub struct Brush {
    pub label: RwSignal<Label>,
    pub width_mm: RwSignal<f64>,
    /// Whether what counts as skin is shown while painting.
    veil: RwSignal<bool>,
    /// Where it is held, photo px.
    at: RwSignal<Option<(f64, f64)>>,
    down: StoredValue<bool>,
}

impl Brush {
    /// A brush that nobody holds.
    pub(super) fn new() -> Self {
        Self {
            label: RwSignal::new(Label::Hair),
            width_mm: RwSignal::new(FIRST_MM),
            veil: RwSignal::new(true),
            at: RwSignal::new(None),
            down: StoredValue::new(false),
        }
    }

    /// Whether it touches the photo.
    #[must_use]
    pub fn is_down(self) -> bool {
        self.down.get_value()
    }
}

impl App {
    /// Whether what counts as skin is to be seen.
    #[must_use]
    pub fn is_veiled(self) -> bool {
        self.tab.get() == Tab::Brush && self.brush.veil.get() && self.brush.label.get().is_ground()
    }
}

/// What a label is called.
const fn name(label: Label) -> &'static str {
    match label {
        Label::Skin => "Bare skin",
        Label::Hair => "Hair",
        Label::LeaveOut => "Something else",
        Label::Treat => "Treat",
        Label::Untreated => "Leave untreated",
        Label::AsPlanned => "As planned",
        Label::StripScar => "Strip scar",
        Label::DotScars => "Dot scars",
    }
}

/// What painting does.
const fn explained(label: Label) -> &'static str {
    match label {
        Label::Skin | Label::Hair | Label::LeaveOut => {
            "Impressions stand on bare skin; all else stays as it is. Where the preview has taken one for the other, paint over it what it is."
        }
        Label::Treat => "Impressions here, whatever area and hairline say.",
        Label::Untreated => "No impressions here.",
        Label::AsPlanned => "Takes away what you painted of treatment and scars.",
        Label::StripScar => {
            "Paint along the scar, as wide as it is. Impressions go in and 7 mm past its edge. Scar tissue takes up less, stays paler and shines: some of it will always show."
        }
        Label::DotScars => {
            "Paint over the part with round scars. Impressions go into each pale spot. They soften it; they do not take it away."
        }
    }
}

/// Photo px to a mm of the head.
fn px_per_mm(app: App) -> Option<f64> {
    Some(app.head.get()?.ok()?.camera.px_per_mm)
}

/// The brush's radius, longer edges of the photo.
fn radius_in_photo(app: App) -> Option<f64> {
    let photo = app.photo.get()?;
    let radius_px = 0.5 * app.brush.width_mm.get() * px_per_mm(app)?;
    let radius = radius_px / longer_edge_px(photo.width, photo.height);
    Some(
        radius
            .max(*RADIUS_IN_PHOTO.start())
            .min(*RADIUS_IN_PHOTO.end()),
    )
}

/// A point inside the photo, px.
fn inside(photo: PhotoInfo, (x, y): (f64, f64)) -> (f64, f64) {
    (
        x.max(0.0).min(photo.size().0),
        y.max(0.0).min(photo.size().1),
    )
}

/// Holds the brush over a point of the photo, px; paints where it is down.
pub(crate) fn move_brush(app: App, to: (f64, f64)) {
    let Some(photo) = app.photo.get_untracked() else {
        return;
    };
    app.brush.at.set(Some(inside(photo, to)));
    if app.brush.is_down() {
        let to = marker_from_photo(DVec2::from(to), photo.width, photo.height);
        app.edit(|plan| plan.corrections.lead(to));
    }
}

/// Sets the brush down on a point of the photo, px.
pub(crate) fn set_down(app: App, at: (f64, f64)) {
    let (photo, radius) = untrack(|| (app.photo.get(), radius_in_photo(app)));
    let (Some(photo), Some(radius)) = (photo, radius) else {
        return;
    };
    app.brush.at.set(Some(inside(photo, at)));
    let label = app.brush.label.get_untracked();
    let at = marker_from_photo(DVec2::from(at), photo.width, photo.height);
    let mut begun = false;
    app.edit(|plan| begun = plan.corrections.begin(label, radius, at));
    app.brush.down.set_value(begun);
    if !begun {
        app.notice.set(Some(FULL.into()));
    }
}

/// Lifts the brush: the stroke is done.
pub(crate) fn lift(app: App) {
    if app.brush.is_down() {
        app.brush.down.set_value(false);
        app.status.set(format!(
            "Painted: {}. {}",
            name(app.brush.label.get_untracked()),
            count(
                app.plan
                    .with_untracked(|plan| plan.corrections.strokes().len())
            )
        ));
    }
}

/// Takes the stroke under way back: it was the beginning of something else.
pub(crate) fn give_up(app: App) {
    if app.brush.is_down() {
        app.brush.down.set_value(false);
        app.give_up_step();
    }
}

fn count(strokes: usize) -> String {
    match strokes {
        0 => "Nothing is painted.".into(),
        1 => "One stroke.".into(),
        n => format!("{n} strokes."),
    }
}

/// The brush over the photo: a ring of its size, which the arrow keys move.
#[component]
pub fn BrushRing() -> impl IntoView {
    let app = expect_context::<App>();
    let at = move || {
        let held = app.brush.at.get();
        held.or_else(|| {
            let middle = app.head.get()?.ok()?.camera.centre_in_photo;
            Some(inside(app.photo.get()?, (middle.x, middle.y)))
        })
    };
    let place = move || {
        let (x, y) = app.viewport.get().view_from_photo(at()?);
        let photo = app.photo.get()?;
        let edge_px = longer_edge_px(photo.width, photo.height);
        let width = 2.0 * radius_in_photo(app)? * edge_px * app.viewport.get().scale;
        Some((x, y, width))
    };
    // Each by itself: whole style attributes are against the page's policy.
    let side = move |of: fn((f64, f64, f64)) -> f64| move || place().map(|place| px(of(place)));
    let key = move |event: KeyboardEvent| {
        let Some((x, y)) = untrack(at) else {
            return;
        };
        let far = if event.shift_key() { 10.0 } else { 1.0 };
        let step = untrack(|| px_per_mm(app)).unwrap_or(1.0) * far;
        match event.key().as_str() {
            "ArrowLeft" => move_brush(app, (x - step, y)),
            "ArrowRight" => move_brush(app, (x + step, y)),
            "ArrowUp" => move_brush(app, (x, y - step)),
            "ArrowDown" => move_brush(app, (x, y + step)),
            " " | "Enter" if app.brush.is_down() => {}
            " " | "Enter" => set_down(app, (x, y)),
            "Escape" => give_up(app),
            _ => return,
        }
        event.prevent_default();
    };
    let key_up = move |event: KeyboardEvent| {
        if matches!(event.key().as_str(), " " | "Enter") {
            event.prevent_default();
            lift(app);
        }
    };
    let label = move || {
        format!(
            "Brush, {} millimetres wide, paints {}. Arrow keys move it, space paints.",
            fixed(app.brush.width_mm.get(), 0),
            name(app.brush.label.get())
        )
    };
    view! {
        <button
            type="button"
            class="brush"
            data-testid="brush"
            aria-label=label
            class:hidden=move || place().is_none()
            style:left=side(|(x, ..)| x)
            style:top=side(|(_, y, _)| y)
            style:--width=side(|(.., width)| width)
            on:keydown=key
            on:keyup=key_up
            on:blur=move |_| lift(app)
        ></button>
    }
}

/// The panel of the Brush step.
#[component]
pub fn BrushPanel() -> impl IntoView {
    let app = expect_context::<App>();
    let strokes = move || app.plan.with(|plan| plan.corrections.strokes().len());
    let clear = move |_| {
        app.edit(|plan| plan.corrections = Corrections::default());
        app.status
            .set("All strokes are taken away. Undo brings them back.".into());
    };
    let choice = |label: Label| {
        view! {
            <label>
                <input
                    type="radio"
                    name="label"
                    prop:checked=move || app.brush.label.get() == label
                    on:change=move |_| app.brush.label.set(label)
                />
                <span>{name(label)}</span>
            </label>
        }
    };
    let width = move || format!("{} mm", fixed(app.brush.width_mm.get(), 0));
    view! {
        <fieldset class="choices few">
            <legend>"What the photo shows"</legend>
            {[Label::Hair, Label::Skin, Label::LeaveOut].map(choice)}
        </fieldset>
        <fieldset class="choices few">
            <legend>"Treatment and scars"</legend>
            {[Label::Treat, Label::Untreated, Label::AsPlanned, Label::StripScar, Label::DotScars].map(choice)}
        </fieldset>
        <p class="guide" data-testid="explained">{move || explained(app.brush.label.get())}</p>
        <label class="stacked">
            <span>"Brush width, "{width}</span>
            <input
                type="range"
                data-testid="brush-width"
                min=shortest(LEAST_MM)
                max=shortest(MOST_MM)
                step="1"
                aria-valuetext=width
                prop:value=move || fixed(app.brush.width_mm.get(), 0)
                on:input:target=move |event| {
                    let typed = event.target().value_as_number();
                    if typed.is_finite() {
                        app.brush.width_mm.set(typed.clamp(LEAST_MM, MOST_MM));
                    }
                }
            />
        </label>
        <label class="check">
            <input type="checkbox" data-testid="veil" prop:checked=move || app.brush.veil.get() on:change:target=move |e| app.brush.veil.set(e.target().checked()) />
            <span>"Tint what counts as bare skin"</span>
        </label>
        <div class="row">
            <span class="hint" data-testid="strokes">{move || count(strokes())}</span>
            <button type="button" data-testid="clear-strokes" aria-disabled=move || (strokes() == 0).to_string() on:click=clear>"Take all away"</button>
        </div>
        <p class="hint">"Two fingers or the right mouse button move the photo. Strokes belong to the photo: they stay where the head is placed anew."</p>
        <button type="button" class="primary" on:click=move |_| app.tab.set(Tab::Time)>"Next: time"</button>
    }
}
