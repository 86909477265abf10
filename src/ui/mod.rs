//! The page, in leptos. Components read [`state::App`] and call its methods;
//! nothing here touches a pixel.

pub mod brush;
pub mod edit;
pub mod find;
pub mod guides;
pub mod hairline;
pub mod intake;
pub mod known_length;
pub mod kinds;
pub mod marker;
mod numbers;
pub mod outline;
pub mod panel;
pub mod place;
pub mod samples;
pub mod save;
pub mod shade;
pub mod slider;
pub mod stage;
pub mod state;
pub mod strings;
pub mod time;
pub mod warnings;
pub mod zoom;

use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, JsValue};

use crate::platform::models::ModelFiles;
use state::{App, Phase};

/// Takes over the page's `#app` element.
///
/// # Errors
/// Where there is none.
pub fn start(spawn: js_sys::Function, models: js_sys::Array) -> Result<(), JsValue> {
    let root: web_sys::HtmlElement = document()
        .get_element_by_id("app")
        .ok_or("no #app")?
        .dyn_into()?;
    root.set_text_content(None);
    mount_to(
        root,
        move || view! { <Page spawn=spawn.clone() models=ModelFiles::new(models.clone()) /> },
    )
    .forget();
    Ok(())
}

/// The whole page.
#[component]
fn Page(
    /// Makes a worker.
    spawn: js_sys::Function,
    /// What vision workers are given.
    models: ModelFiles,
) -> impl IntoView {
    let app = App::new(spawn, models);
    provide_context(app);
    let state = move || match app.phase.get() {
        Phase::Empty => "empty",
        Phase::Loading => "loading",
        Phase::Ready => "ready",
    };
    view! {
        <div class="app" data-state=state data-testid="app">
            <intake::WholePageIntake />
            <header class="bar">
                <h1>"SMP Visualizer"</h1>
                <p class="local">{strings::LOCAL_SHORT}</p>
                <Show when=move || app.phase.get() == Phase::Ready>
                    <edit::Steps />
                    <intake::NewPhoto />
                </Show>
            </header>
            <Notice />
            <Show when=move || app.phase.get() != Phase::Ready>
                <intake::Start />
            </Show>
            <div class="work" class:hidden=move || app.phase.get() != Phase::Ready>
                <stage::Stage />
                <panel::Panel />
            </div>
            <p class="visually-hidden" role="status" data-testid="status">{move || app.status.get()}</p>
        </div>
    }
}

/// What went wrong, and the next step.
#[component]
fn Notice() -> impl IntoView {
    let app = expect_context::<App>();
    view! {
        <div role="alert" data-testid="notice">
            {move || {
                app.notice
                    .get()
                    .map(|text| {
                        view! {
                            <div class="notice">
                                <p>{text}</p>
                                <button type="button" on:click=move |_| app.notice.set(None)>"Dismiss"</button>
                            </div>
                        }
                    })
            }}
        </div>
    }
}
