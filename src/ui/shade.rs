//! The shade: dilution, depth, warmth, and matching them to the person.

use leptos::prelude::*;

use super::numbers::fixed;
use super::slider::ParamSlider;
use super::state::{App, Picking, TapTarget};
use crate::engine::color::srgb8_from_linear;
use crate::engine::matching::{Suggestion, suggest};
use crate::engine::params::ParamId;
use crate::engine::shade::darkening;
use crate::engine::sides::Continued;
use crate::engine::skin::{SkinClass, hair_name};

/// CSS colour of a linear-light one.
fn css(linear: [f64; 3]) -> String {
    let [r, g, b] = linear.map(srgb8_from_linear);
    format!("rgb({r} {g} {b})")
}

/// Hair of the photo as it would be in daylight, by the skin beside it: of the
/// class that somebody says, or that it looks like.
fn hair_in_daylight(said: Option<SkinClass>, skin: [f64; 3], hair: [f64; 3]) -> [f64; 3] {
    let class = said.unwrap_or_else(|| SkinClass::of(skin));
    let factors = class.daylight(skin);
    std::array::from_fn(|i| hair[i] * factors[i])
}

/// The shade that samples of skin and hair suggest.
#[must_use]
pub(super) fn suggest_in_light(
    said: Option<SkinClass>,
    skin: [f64; 3],
    hair: [f64; 3],
) -> Suggestion {
    let class = said.unwrap_or_else(|| SkinClass::of(skin));
    suggest(class.usual_linear(), hair_in_daylight(said, skin, hair))
}

/// The panel of the Shade step.
#[component]
pub fn ShadePanel() -> impl IntoView {
    let app = expect_context::<App>();
    let skin = move || {
        let usual = SkinClass::Intermediate.usual_linear();
        app.skin.get().unwrap_or(usual)
    };
    let impression = move || {
        let k = darkening(&app.plan.with(|plan| plan.look.shade)).dots;
        let skin = skin();
        css([
            skin[0] * (1.0 - k[0]),
            skin[1] * (1.0 - k[1]),
            skin[2] * (1.0 - k[2]),
        ])
    };
    view! {
        <div class="swatches" aria-hidden="true">
            <span class="swatch" style:background-color=move || css(skin())></span>
            <span class="swatch" style:background-color=impression></span>
            <span class="small">"One impression on skin"</span>
        </div>
        <ParamSlider id=ParamId::Dilution />
        <p class="hint">"Lower numbers are darker. Most people start light and darken in a later session."</p>
        <ParamSlider id=ParamId::DepthMm />
        <ParamSlider id=ParamId::Warmth />
        <MatchMe />
        <button type="button" class="primary" on:click=move |_| app.tab.set(super::state::Tab::Brush)>"Next: brush"</button>
    }
}

/// Samples of skin and hair, and the shade they suggest.
#[component]
fn MatchMe() -> impl IntoView {
    let app = expect_context::<App>();
    let suggestion = move || -> Option<Suggestion> {
        let (said, skin, hair) = (app.skin_class.get(), app.skin.get()?, app.hair.get()?);
        Some(suggest_in_light(said, skin, hair))
    };
    let pick = move |picking: Picking| app.tap.set(Some(TapTarget::Colour(picking)));
    let picking = move |p: Picking| (app.tap.get() == Some(TapTarget::Colour(p))).to_string();
    let row = move |name: &'static str, what: Picking, colour: Signal<Option<[f64; 3]>>| {
        let in_daylight = move |hair| {
            let skin = app.skin.get();
            skin.map_or(hair, |skin| {
                hair_in_daylight(app.skin_class.get(), skin, hair)
            })
        };
        let called = move || match (colour.get(), what) {
            (None, _) => "not picked yet",
            (Some(skin), Picking::Skin) => SkinClass::of(skin).name(),
            (Some(hair), _) => hair_name(in_daylight(hair)),
        };
        view! {
            <div class="row">
                <button type="button" aria-pressed=move || picking(what) on:click=move |_| pick(what)>{name}</button>
                <span
                    class="swatch"
                    class:none=move || colour.get().is_none()
                    aria-hidden="true"
                    style:background-color=move || colour.get().map(css).unwrap_or_default()
                ></span>
                <span class="small">{called}</span>
            </div>
        }
    };
    view! {
        <fieldset class="match">
            <legend>"Match me"</legend>
            <p class="hint">"Shaved hair beside bare skin tells most: density, size and shade then continue it."</p>
            <div class="row">
                <button type="button" data-testid="match-sides" on:click=move |_| app.continue_hair(Continued::Stubble)>"Match the sides"</button>
                <button type="button" aria-pressed=move || picking(Picking::Stubble) on:click=move |_| pick(Picking::Stubble)>"Pick stubble"</button>
            </div>
            <p role="status" data-testid="sides">{move || app.sides.get()}</p>
            <p class="hint">"Without any, pick the bare skin and a brow or other hair: press a button, then tap the photo."</p>
            {row("Pick skin", Picking::Skin, Signal::derive(move || app.skin.get()))}
            <Show when=move || app.skin.get().is_some()>
                <SkinSaid />
            </Show>
            {row("Pick hair or brow", Picking::Hair, Signal::derive(move || app.hair.get()))}
            <div role="status">
                {move || {
                    suggestion()
                        .map(|s| {
                            view! {
                                <p>{format!("Suggested: dilution 1 : {}. {}", fixed(s.shade.dilution, 0), s.note.text())}</p>
                                <button type="button" data-testid="use-match" on:click=move |_| app.change_look(|look| look.shade = s.shade)>"Use it"</button>
                            }
                        })
                }}
            </div>
        </fieldset>
    }
}

/// What the skin is, where the photo's light makes another of it.
#[component]
fn SkinSaid() -> impl IntoView {
    let app = expect_context::<App>();
    let choose = move |index: String| {
        let class = index
            .parse()
            .ok()
            .and_then(|i: usize| SkinClass::ALL.get(i));
        app.skin_class.set(class.copied());
    };
    let chosen = move || {
        app.skin_class
            .get()
            .map_or_else(String::new, |class| (class as usize).to_string())
    };
    view! {
        <label class="stacked">
            <span>"Your skin in daylight"</span>
            <select data-testid="skin-class" prop:value=chosen on:change:target=move |event| choose(event.target().value())>
                <option value="">"As the photo shows it"</option>
                {SkinClass::ALL
                    .map(|class| view! { <option value=(class as usize).to_string()>{class.name()}</option> })
                    .collect_view()}
            </select>
        </label>
    }
}
