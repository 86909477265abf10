//! The steps as tabs.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::brush::BrushPanel;
use super::hairline::HairlinePanel;
use super::numbers::fixed;
use super::place::PlacePanel;
use super::save::SavePanel;
use super::shade::ShadePanel;
use super::slider::ParamSlider;
use super::state::{App, FrameInfo, Tab, TapTarget};
use super::strings;
use super::time::TimePanel;
use super::warnings::Warnings;
use crate::engine::params::ParamId;
use crate::engine::sides::Continued;
use crate::engine::styles::School;
use crate::engine::zones::Zone;

/// Tabs and the panel of the chosen one.
#[component]
pub fn Panel() -> impl IntoView {
    let app = expect_context::<App>();
    let choose = move |tab: Tab| {
        // Whoever looks at the step is woken: the picture would be drawn anew.
        if app.tab.get_untracked() != tab {
            app.tab.set(tab);
        }
        // A marker of another step must not catch the next tap.
        let keep = matches!(
            (app.tap.get_untracked(), tab),
            (Some(TapTarget::Marker(_)), Tab::Place) | (Some(TapTarget::Handle(_)), Tab::Hairline)
        );
        if !keep {
            app.tap.set(None);
        }
    };
    let key = move |event: KeyboardEvent| {
        let at = Tab::ALL
            .iter()
            .position(|tab| *tab == app.tab.get_untracked())
            .unwrap_or(0);
        let last = Tab::ALL.len() - 1;
        let to = match event.key().as_str() {
            "ArrowRight" => {
                if at == last {
                    0
                } else {
                    at + 1
                }
            }
            "ArrowLeft" => at.checked_sub(1).unwrap_or(last),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        if let Some(tab) = Tab::ALL.get(to).copied() {
            choose(tab);
            focus_tab(tab);
        }
    };
    // A memo, so that choosing the chosen step again leaves its panel alone.
    let chosen = Memo::new(move |_| app.tab.get());
    let panel = move || match chosen.get() {
        Tab::Place => view! { <PlacePanel /> }.into_any(),
        Tab::Hairline => view! { <HairlinePanel /> }.into_any(),
        Tab::Density => view! { <DensityPanel /> }.into_any(),
        Tab::Shade => view! { <ShadePanel /> }.into_any(),
        Tab::Brush => view! { <BrushPanel /> }.into_any(),
        Tab::Time => view! { <TimePanel /> }.into_any(),
        Tab::Save => view! { <SavePanel /> }.into_any(),
    };
    view! {
        <section class="panel" aria-label="Settings">
            <div class="tabs" role="tablist" aria-label="Steps" on:keydown=key>
                {Tab::ALL
                    .map(|tab| {
                        let chosen = move || app.tab.get() == tab;
                        view! {
                            <button
                                type="button"
                                role="tab"
                                id=tab_id(tab)
                                aria-controls="panel"
                                aria-selected=move || chosen().to_string()
                                tabindex=move || if chosen() { "0" } else { "-1" }
                                on:click=move |_| choose(tab)
                            >
                                {tab.name()}
                            </button>
                        }
                    })
                    .collect_view()}
            </div>
            <div class="panel-body" role="tabpanel" id="panel" aria-labelledby=move || tab_id(app.tab.get())>
                <Warnings />
                <SeenNote />
                {panel}
            </div>
            <p class="small">"A simulated preview, not a treatment result. Not medical advice."</p>
        </section>
    }
}

/// Written out: making them of the names would bring Unicode's tables of
/// cases along, 4 KB of the page.
const fn tab_id(tab: Tab) -> &'static str {
    match tab {
        Tab::Place => "tab-place",
        Tab::Hairline => "tab-hairline",
        Tab::Density => "tab-density",
        Tab::Shade => "tab-shade",
        Tab::Brush => "tab-brush",
        Tab::Time => "tab-time",
        Tab::Save => "tab-save",
    }
}

fn focus_tab(tab: Tab) {
    use wasm_bindgen::JsCast as _;
    let button = document()
        .get_element_by_id(tab_id(tab))
        .and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(button) = button {
        // Focus fails only on an element that is not shown.
        let _ = button.focus();
    }
}

/// Strengths beside the hair that is there, from one temple to the other.
const BESIDE: [ParamId; 5] = [
    ParamId::BesideRightTemple,
    ParamId::BesideRightSide,
    ParamId::BesideBack,
    ParamId::BesideLeftSide,
    ParamId::BesideLeftTemple,
];

/// How much treated scalp is seen in the photo, cm².
fn seen_cm2(app: App) -> f64 {
    let shown = app.frame.with(|frame| frame.impressions);
    // Told once, with the frame, not before it as well.
    let per_cm2 = app.plan.with_untracked(|plan| plan.look.density.per_cm2);
    f64::from(shown) / per_cm2.max(1.0)
}

/// Less treated scalp than this hardly changes a picture, cm². Ours: bald heads of this
/// project's photos show 14 to 66 from the front, and those of 14 and 15 look untreated.
const LITTLE_CM2: f64 = 20.0;

/// Why little is seen of a treatment, where that is so.
#[component]
fn SeenNote() -> impl IntoView {
    let app = expect_context::<App>();
    // It comes and goes once, not with every frame: a live region says each
    // change.
    let note = Memo::new(move |_| {
        let is_drawn = app.frame.with(|frame| frame.job > 0);
        // With the frame, as the density is.
        let is_full = || {
            app.plan
                .with_untracked(|plan| plan.look.zone == Zone::FullHead)
        };
        let cm2 = seen_cm2(app);
        if !matches!(app.tab.get(), Tab::Hairline | Tab::Density) || !is_drawn {
            ""
        } else if app.frame.with(FrameInfo::is_mostly_hair) {
            strings::TOO_LONG
        } else if cm2 < 1.0 || (cm2 < LITTLE_CM2 && is_full()) {
            strings::LITTLE_SEEN
        } else {
            ""
        }
    });
    view! { <p role="status" class="seen-note" data-testid="seen-note">{move || note.get()}</p> }
}

/// The panel of the Density step.
#[component]
fn DensityPanel() -> impl IntoView {
    let app = expect_context::<App>();
    let count = move || {
        format!(
            "About {} impressions on {} cm² are visible in this photo.",
            thousands(app.frame.with(|frame| frame.impressions)),
            fixed(seen_cm2(app), 0)
        )
    };
    view! {
        <p class="guide">"Impressions per square centimetre behind the hairline. Natural scalps have 60 to 100 follicular units."</p>
        <Zones />
        <ParamSlider id=ParamId::DensityPerCm2 />
        <ParamSlider id=ParamId::DiameterMm />
        <p class="hint" data-testid="count">{count}</p>
        <Schools />
        <fieldset class="match">
            <legend>"Thinning hair"</legend>
            <div class="row">
                <button type="button" data-testid="density-fill" on:click=move |_| app.continue_hair(Continued::Thinning)>"Fill between hairs"</button>
            </div>
            <p role="status">{move || app.sides.get()}</p>
        </fieldset>
        <ParamSlider id=ParamId::Crispness />
        <p class="hint">"Fresh impressions are crisp; healed ones soften into the skin."</p>
        <ParamSlider id=ParamId::Unevenness />
        <details>
            <summary>"Blend into the hair around"</summary>
            <p class="hint">"How strong impressions are beside each part of your hair. “Match the sides” sets these by itself."</p>
            {BESIDE.map(|id| view! { <ParamSlider id=id /> })}
        </details>
        <button type="button" class="primary" on:click=move |_| app.tab.set(Tab::Shade)>"Next: shade"</button>
    }
}

/// Which part of the scalp is treated.
#[component]
fn Zones() -> impl IntoView {
    let app = expect_context::<App>();
    let chosen = move || app.plan.with(|plan| plan.look.zone.index().to_string());
    let choose = move |value: String| {
        let zone = value
            .parse()
            .ok()
            .and_then(|index: usize| Zone::ALL.get(index));
        if let Some(zone) = zone {
            app.change_look(|look| look.zone = *zone);
        }
    };
    let option =
        |zone: Zone| view! { <option value=zone.index().to_string()>{zone.name()}</option> };
    view! {
        <label class="stacked">
            <span>"Treated area"</span>
            <select data-testid="zone" prop:value=chosen on:change:target=move |event| choose(event.target().value())>
                {Zone::ALL.map(option).collect_view()}
            </select>
        </label>
    }
}

/// The two ways practitioners work, as a switch.
#[component]
fn Schools() -> impl IntoView {
    let app = expect_context::<App>();
    let button = move |school: School| {
        let chosen = move || {
            app.plan
                .with(|plan| school.is_of(&plan.look.density))
                .to_string()
        };
        let choose = move |_| app.change_look(|look| school.apply(&mut look.density));
        view! { <button type="button" aria-pressed=chosen on:click=choose>{school.name()}</button> }
    };
    view! {
        <div class="row" role="group" aria-label="School">{School::ALL.map(button).collect_view()}</div>
    }
}

/// A count with thin gaps between thousands, rounded to two digits less.
fn thousands(n: u32) -> String {
    let n = if n >= 1000 { (n + 50) / 100 * 100 } else { n };
    if n >= 1000 {
        format!("{}\u{202f}{:03}", n / 1000, n % 1000)
    } else {
        n.to_string()
    }
}
