//! The shade: dilution, depth, warmth, and matching them to the person.

use leptos::prelude::*;

use super::slider::ParamSlider;
use super::state::{App, Picking, TapTarget};
use crate::engine::color::{luminance, srgb8_from_linear};
use crate::engine::matching::{HairSample, Suggestion, suggest};
use crate::engine::params::ParamId;
use crate::engine::shade::darkening;

/// CSS colour of a linear-light one.
fn css(linear: [f64; 3]) -> String {
    let [r, g, b] = linear.map(srgb8_from_linear);
    format!("rgb({r} {g} {b})")
}

/// Skin to show shades on before the person's own was picked: the
/// "intermediate" swatch of domain.md §5.1, linear light.
const USUAL_SKIN: [f64; 3] = [0.456, 0.246, 0.184];

/// The panel of the Shade step.
#[component]
pub fn ShadePanel() -> impl IntoView {
    let app = expect_context::<App>();
    let skin = move || app.skin.get().unwrap_or(USUAL_SKIN);
    let impression = move || {
        let k = darkening(&app.plan.with(|plan| plan.look.shade)).per_channel;
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
        let (hair, kind) = app.hair.get()?;
        Some(suggest(
            app.skin.get()?,
            hair,
            kind,
            &app.plan.with(|plan| plan.look.density),
        ))
    };
    let pick = move |picking: Picking| app.tap.set(Some(TapTarget::Colour(picking)));
    let picking = move |p: Picking| (app.tap.get() == Some(TapTarget::Colour(p))).to_string();
    let row = move |name: &'static str, what: Picking, colour: Signal<Option<[f64; 3]>>| {
        view! {
            <div class="row">
                <button type="button" aria-pressed=move || picking(what) on:click=move |_| pick(what)>{name}</button>
                <span
                    class="swatch"
                    class:none=move || colour.get().is_none()
                    role="img"
                    aria-label=move || colour.get().map_or("not picked yet".to_owned(), |c| format!("picked, {:.0} percent light", 100.0 * luminance(c)))
                    style:background-color=move || colour.get().map(css).unwrap_or_default()
                ></span>
            </div>
        }
    };
    let of = move |kind: HairSample| {
        Signal::derive(move || app.hair.get().filter(|(_, k)| *k == kind).map(|(c, _)| c))
    };
    view! {
        <fieldset class="match">
            <legend>"Match me"</legend>
            <p class="hint">"Pick the bare skin, then a brow, hair at the sides, or stubble: press a button, then tap the photo."</p>
            {row("Pick skin", Picking::Skin, Signal::derive(move || app.skin.get()))}
            {row("Pick hair or brow", Picking::Hair(HairSample::Hair), of(HairSample::Hair))}
            {row("Pick stubble", Picking::Hair(HairSample::Stubble), of(HairSample::Stubble))}
            <div role="status">
                {move || {
                    suggestion()
                        .map(|s| {
                            view! {
                                <p>{format!("Suggested: dilution 1 : {:.0}. {}", s.shade.dilution, s.note.text())}</p>
                                <button type="button" data-testid="use-match" on:click=move |_| app.change_look(|look| look.shade = s.shade)>"Use it"</button>
                            }
                        })
                }}
            </div>
        </fieldset>
    }
}
