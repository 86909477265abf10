//! A point on the photo that can be dragged, nudged with the arrow keys, or
//! selected and then placed with a tap.

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use super::numbers::px;
use super::state::{App, TapTarget};

/// The photo point under a pointer.
#[must_use]
pub(crate) fn photo_point(app: App, client_x: i32, client_y: i32) -> Option<(f64, f64)> {
    let stage = document().query_selector("[data-testid=stage]").ok()??;
    let rect = stage.get_bounding_client_rect();
    let in_view = (
        f64::from(client_x) - rect.left(),
        f64::from(client_y) - rect.top(),
    );
    Some(app.viewport.get_untracked().photo_from_view(in_view))
}

/// A draggable point.
#[component]
pub fn Marker(
    /// What a tap on the photo does while this is selected.
    target: TapTarget,
    /// What it is called.
    #[prop(into)]
    label: Signal<String>,
    /// Where it is, photo px; nowhere hides it.
    #[prop(into)]
    at: Signal<Option<(f64, f64)>>,
    /// Called with each place it is moved to, photo px.
    moved: Callback<(f64, f64)>,
    /// One step of an arrow key, photo px.
    #[prop(into)]
    step_px: Signal<f64>,
    /// Class that tells kinds of markers apart.
    kind: &'static str,
) -> impl IntoView {
    let app = expect_context::<App>();
    // Grabbed beside its middle, it must not jump.
    let grabbed = RwSignal::new(None::<(f64, f64)>);
    let place = move || {
        at.get()
            .map_or((-999.0, -999.0), |p| app.viewport.get().view_from_photo(p))
    };
    let down = move |event: PointerEvent| {
        event.stop_propagation();
        let element = event
            .current_target()
            .and_then(|t| t.dyn_into::<web_sys::Element>().ok());
        if let Some(element) = element {
            // Refused only for a pointer that is gone already.
            let _ = element.set_pointer_capture(event.pointer_id());
        }
        if let (Some(p), Some(q)) = (
            photo_point(app, event.client_x(), event.client_y()),
            at.get_untracked(),
        ) {
            grabbed.set(Some((q.0 - p.0, q.1 - p.1)));
        }
        app.tap.set(Some(target));
        app.held.set(true);
    };
    let let_go = move || {
        // A marker that goes while it has the focus loses that afterwards.
        let _ = grabbed.try_set(None);
        app.held.set(false);
    };
    let drag = move |event: PointerEvent| {
        if let (Some(off), Some(p)) = (
            grabbed.get_untracked(),
            photo_point(app, event.client_x(), event.client_y()),
        ) {
            moved.run((p.0 + off.0, p.1 + off.1));
        }
    };
    let key = move |event: KeyboardEvent| {
        let step = step_px.get_untracked() * if event.shift_key() { 10.0 } else { 1.0 };
        let (x, y) = match event.key().as_str() {
            "ArrowLeft" => (-step, 0.0),
            "ArrowRight" => (step, 0.0),
            "ArrowUp" => (0.0, -step),
            "ArrowDown" => (0.0, step),
            _ => return,
        };
        event.prevent_default();
        if let Some(p) = at.get_untracked() {
            app.held.set(true);
            moved.run((p.0 + x, p.1 + y));
        }
    };
    view! {
        <button
            type="button"
            class=format!("marker {kind}")
            class:selected=move || app.tap.get() == Some(target)
            aria-label=label
            data-marker=format!("{target:?}")
            style:left=move || px(place().0)
            style:top=move || px(place().1)
            on:pointerdown=down
            on:pointermove=drag
            on:pointerup=move |_| let_go()
            on:pointercancel=move |_| let_go()
            on:keyup=move |_| let_go()
            on:blur=move |_| let_go()
            on:focus=move |_| app.tap.set(Some(target))
            on:click=move |event| event.stop_propagation()
            on:keydown=key
        ></button>
    }
}
