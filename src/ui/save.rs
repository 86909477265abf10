//! Saving: pictures and plans.

use leptos::prelude::*;

use super::state::App;
use crate::engine::export::Layout;
use crate::platform::page::{chosen_file, download_text, text_of};
use crate::protocol::ExportFormat;

/// The panel of the Save step.
#[component]
pub fn SavePanel() -> impl IntoView {
    let app = expect_context::<App>();
    let both = app.both;
    let save = move |format: ExportFormat| {
        let layout = if both.get_untracked() {
            Layout::BeforeAfter
        } else {
            Layout::After
        };
        app.export(format, layout);
    };
    let shown = app.shown_moment();
    let busy = move || app.export.get().is_some();
    let save_plan = move |_| {
        let text = app
            .plan
            .with_untracked(crate::session::document::Plan::to_json);
        if download_text(&text, "application/json", "smp-plan.json").is_err() {
            app.notice.set(Some(
                "The browser did not take the download. Please try again.".into(),
            ));
        }
    };
    view! {
        <fieldset class="choices">
            <legend>"The picture shows"</legend>
            <label>
                <input type="radio" name="layout" prop:checked=move || !both.get() on:change=move |_| both.set(false) />
                <span>"After only"</span>
            </label>
            <label>
                <input type="radio" name="layout" prop:checked=move || both.get() on:change=move |_| both.set(true) />
                <span>"Before and after"</span>
            </label>
        </fieldset>
        <p class="hint" data-testid="saved-moment">"The picture shows: "{shown}". Another moment is chosen in the Time step."</p>
        <div class="row">
            <button type="button" class="primary" disabled=busy data-testid="save-png" on:click=move |_| save(ExportFormat::Png)>"Save PNG"</button>
            <button type="button" class="primary" disabled=busy data-testid="save-jpeg" on:click=move |_| save(ExportFormat::Jpeg)>"Save JPEG"</button>
        </div>
        <Show when=busy>
            <div class="row" data-testid="export-progress">
                <progress max="1" prop:value=move || app.export.get().unwrap_or(0.0) aria-label="Making the picture"></progress>
                <button type="button" on:click=move |_| app.cancel_export()>"Cancel"</button>
            </div>
        </Show>
        <p class="hint">"Saved at the photo's own size, up to 16.7 megapixels, with the line “Simulated preview, not a treatment result”. Place and camera data of the photo are left out."</p>
        <hr />
        <div class="row">
            <button type="button" data-testid="save-plan" on:click=save_plan>"Save plan"</button>
            <PlanInput />
        </div>
        <p class="hint">"A plan holds the settings, not the photo. Open it again on the same photo."</p>
    }
}

/// The button that opens a plan.
#[component]
fn PlanInput() -> impl IntoView {
    let app = expect_context::<App>();
    let chosen = move |event: web_sys::Event| {
        let Some(file) = chosen_file(&event) else {
            return;
        };
        leptos::task::spawn_local(async move {
            match text_of(&file).await {
                Ok(text) => app.load_plan(text),
                Err(_) => app.notice.set(Some(
                    "The plan could not be read. Please choose it again.".into(),
                )),
            }
        });
    };
    view! {
        <label class="button">
            "Open plan"
            <input type="file" class="visually-hidden" accept="application/json,.json" data-testid="load-plan" on:change=chosen />
        </label>
    }
}
