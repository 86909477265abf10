//! Ways for a photo to come in: chosen, taken, dropped, pasted, a sample.

use leptos::prelude::*;

use super::samples::SAMPLES;
use super::state::{App, Phase};
use super::strings;
use crate::platform::page::{chosen_file, transferred_file};

/// What a photo input takes. Not a list: the content decides, not the name.
const ACCEPT: &str = "image/*,.heic,.heif,.tif,.tiff";

/// Drops and pastes anywhere on the page.
#[component]
pub fn WholePageIntake() -> impl IntoView {
    let app = expect_context::<App>();
    let over = window_event_listener(leptos::ev::dragover, |event| event.prevent_default());
    let drop = window_event_listener(leptos::ev::drop, move |event| {
        event.prevent_default();
        if let Some(file) = transferred_file(event.data_transfer()) {
            app.open(file.into(), None);
        }
    });
    let paste = window_event_listener(leptos::ev::paste, move |event| {
        if let Some(file) = transferred_file(event.clipboard_data()) {
            event.prevent_default();
            app.open(file.into(), None);
        }
    });
    on_cleanup(move || {
        over.remove();
        drop.remove();
        paste.remove();
    });
}

/// A button that opens a file.
#[component]
fn FileButton(
    /// The button's text.
    text: &'static str,
    /// Name for tests.
    testid: &'static str,
    /// Whether to ask for the camera.
    camera: bool,
    /// Class of the button.
    class: &'static str,
) -> impl IntoView {
    let app = expect_context::<App>();
    let chosen = move |event: web_sys::Event| {
        if let Some(file) = chosen_file(&event) {
            app.open(file.into(), None);
        }
    };
    view! {
        <label class=class>
            {text}
            <input type="file" class="visually-hidden" accept=ACCEPT capture=camera.then_some("environment") data-testid=testid on:change=chosen />
        </label>
    }
}

/// The start page.
#[component]
pub fn Start() -> impl IntoView {
    let app = expect_context::<App>();
    view! {
        <section class="start">
            <h2>"See scalp micropigmentation on your own head"</h2>
            <p class="lead">"Add a photo, and try hairlines, densities and shades on it."</p>
            <div class="drop" data-testid="drop">
                <FileButton text="Choose a photo" testid="choose-photo" camera=false class="button primary" />
                <FileButton text="Take a photo" testid="take-photo" camera=true class="button" />
                <p class="hint">"or drop or paste one here"</p>
                {app.kept.with_value(Option::is_some).then_some(view! { <p data-testid="kept">"Your plan was kept. Choose the same photo to go on with it."</p> })}
                <p role="status">{move || (app.phase.get() == Phase::Loading).then_some("Opening the photo…")}</p>
            </div>
            <p class="notice-local">{strings::LOCAL}</p>
            <h3>"Or try it on one of these"</h3>
            <ul class="samples">
                {SAMPLES
                    .iter()
                    .map(|sample| {
                        view! {
                            <li>
                                <button type="button" data-testid=sample.id on:click=move |_| app.open_sample(sample)>
                                    <img src=sample.path alt="" width="160" height="160" loading="lazy" decoding="async" />
                                    <span>{sample.caption}</span>
                                </button>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
            <h3>"A good photo"</h3>
            <ul class="advice">
                <li>"Hair shaved or pulled back, head filling the frame"</li>
                <li>"Even light, no flash"</li>
                <li>"From 1 to 1.5 m away, zoomed in rather than close up"</li>
                <li>"From the front with the head bowed a little, from above, from behind or from the side"</li>
            </ul>
            <p class="small">
                <a href="licences/models.txt">"Face models by the MediaPipe Authors, Apache License 2.0"</a>
            </p>
        </section>
    }
}

/// The button for another photo while one is shown.
#[component]
pub fn NewPhoto() -> impl IntoView {
    view! { <FileButton text="New photo" testid="new-photo" camera=false class="button" /> }
}
