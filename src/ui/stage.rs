//! The photo, before and after, with pan, zoom and the comparison. All of it
//! is CSS: nothing here makes the worker draw.

use leptos::ev::{PointerEvent, WheelEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use super::brush::{BrushRing, give_up, lift, move_brush, set_down};
use super::guides::{Lines, Names};
use super::hairline::{HairlineHandles, move_handle};
use super::marker::photo_point;
use super::numbers::{fixed, px};
use super::place::{PlaceMarkers, tapped};
use super::state::{App, Tab, TapTarget};
use super::zoom::{ZoomButtons, pinch, view, zoom_at};

/// A pointer moved by less than this, CSS px, has tapped, not dragged.
const TAP_SLOP_PX: f64 = 6.0;

/// Pointers that are down on the stage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Finger {
    id: i32,
    pub(super) x: f64,
    pub(super) y: f64,
    moved: f64,
}

/// The stage with its buttons.
#[component]
pub fn Stage() -> impl IntoView {
    let app = expect_context::<App>();
    let canvases = NodeRef::<leptos::html::Div>::new();
    let stage = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |taken: Option<bool>| {
        if taken == Some(true) {
            return true;
        }
        let Some(element) = canvases.get() else {
            return false;
        };
        app.take_stage(element.unchecked_into());
        true
    });
    let measure = move || {
        if let Some(stage) = stage.get_untracked() {
            let rect = stage.get_bounding_client_rect();
            if rect.width() > 0.0 && (rect.width(), rect.height()) != app.stage_size.get_untracked()
            {
                app.stage_size.set((rect.width(), rect.height()));
            }
        }
    };
    let handle = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || handle.remove());
    // The stage has a size only once it is shown; panels change it too.
    Effect::new(move |_| {
        app.phase.track();
        app.photo.track();
        request_animation_frame(measure);
    });

    let other = app.other_moment();
    let shown_at = Signal::derive(move || match other.get() {
        moment if moment.is_empty() => moment,
        moment => format!(" Shown: {moment}."),
    });
    let summary = move || {
        // Of the picture, and so told with it.
        app.frame.track();
        let look = app.plan.with_untracked(|plan| plan.look);
        format!(
            "Preview: hairline {} mm above the brow line, {} impressions per square centimetre, dilution 1 to {}.",
            fixed(look.hairline.height_mm, 0),
            fixed(look.density.per_cm2, 0),
            fixed(look.shade.dilution, 0)
        ) + &shown_at.get()
    };
    let shown = move || {
        if app.holding.get() {
            100.0
        } else {
            app.split.get()
        }
    };
    let comparing = move || shown() > 0.0;
    let only_before = move || shown() >= 100.0;
    let divider_x = move || {
        let width = app.photo.get().map_or(0.0, |photo| photo.size().0);
        let at = (width * shown() / 100.0, 0.0);
        app.viewport.get().view_from_photo(at).0
    };
    view! {
        <section class="stage-area" aria-label="Preview">
            <div
                class="stage"
                data-testid="stage"
                data-frame=move || app.frame.get().job.to_string()
                data-impressions=move || app.frame.get().impressions.to_string()
                data-stages=move || app.frame.get().stages
                data-settled=move || app.finder.settled.get().to_string()
                node_ref=stage
                class:picking=move || app.tap.get().is_some()
                class:painting=move || app.tab.get() == Tab::Brush
                on:contextmenu=move |event| if app.tab.get_untracked() == Tab::Brush { event.prevent_default() }
                {..gestures(app)}
            >
                <div
                    class="photo"
                    role="img"
                    aria-label=summary
                    class:veiled=move || app.is_veiled() && !comparing()
                    node_ref=canvases
                    style:transform=move || {
                        let v = app.viewport.get();
                        format!("translate({}px, {}px) scale({})", fixed(v.x, 2), fixed(v.y, 2), fixed(v.scale, 5))
                    }
                    style:width=move || format!("{}px", app.photo.get().map_or(0, |p| p.width))
                    style:height=move || format!("{}px", app.photo.get().map_or(0, |p| p.height))
                    style:--split=move || format!("{}%", fixed(shown(), 0))
                ></div>
                <Lines />
                <Show when=move || app.shows_mesh()>
                    <Names />
                </Show>
                <Show when=move || app.tab.get() == Tab::Place>
                    <PlaceMarkers />
                </Show>
                <Show when=move || app.tab.get() == Tab::Hairline && app.guides.get()>
                    <HairlineHandles />
                </Show>
                <Show when=move || app.tab.get() == Tab::Brush>
                    <BrushRing />
                </Show>
                <span class="moment" data-testid="shown-moment" aria-hidden="true">{other}</span>
                <Show when=comparing>
                    <span class="side" aria-hidden="true">"Before"</span>
                    <span class="side after-side" class:gone=only_before aria-hidden="true">"After"</span>
                    <span class="divider" style:left=move || px(divider_x()) aria-hidden="true"></span>
                </Show>
            </div>
            <Tools />
        </section>
    }
}

/// Pan, pinch, wheel and tap.
fn gestures(app: App) -> impl leptos::attr::Attribute {
    let fingers = RwSignal::new(Vec::<Finger>::new());
    let down = move |event: PointerEvent| {
        let finger = Finger {
            id: event.pointer_id(),
            x: f64::from(event.client_x()),
            y: f64::from(event.client_y()),
            moved: 0.0,
        };
        if let Some(stage) = event
            .current_target()
            .and_then(|t| t.dyn_into::<web_sys::Element>().ok())
        {
            // Refused only for a pointer that is gone already.
            let _ = stage.set_pointer_capture(event.pointer_id());
        }
        fingers.update(|all| all.push(finger));
        // A second finger makes it a pinch, from its beginning.
        give_up(app);
        let alone = fingers.with_untracked(Vec::len) == 1;
        if alone
            && brushes(app, &event)
            && let Some(at) = photo_point(app, event.client_x(), event.client_y())
        {
            set_down(app, at);
        }
    };
    let moved = move |event: PointerEvent| {
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        if (app.brush.is_down() || fingers.with_untracked(Vec::is_empty))
            && app.tab.get_untracked() == Tab::Brush
            && let Some(at) = photo_point(app, event.client_x(), event.client_y())
        {
            move_brush(app, at);
        }
        let before = fingers.get_untracked();
        fingers.update(|all| {
            for finger in all.iter_mut().filter(|f| f.id == event.pointer_id()) {
                finger.moved += (x - finger.x).abs() + (y - finger.y).abs();
                (finger.x, finger.y) = (x, y);
            }
        });
        match (before.as_slice(), fingers.get_untracked().as_slice()) {
            ([a], [b]) if b.moved > TAP_SLOP_PX && !app.brush.is_down() => {
                view(app, |v, photo, stage| {
                    v.panned((b.x - a.x, b.y - a.y), photo, stage)
                });
            }
            ([a, b], [c, d]) => pinch(app, [*a, *b], [*c, *d]),
            _ => {}
        }
    };
    let up = move |event: PointerEvent| {
        let was = fingers.get_untracked();
        fingers.update(|all| all.retain(|f| f.id != event.pointer_id()));
        lift(app);
        if let [finger] = was.as_slice()
            && finger.moved <= TAP_SLOP_PX
            && let Some(at) = photo_point(app, event.client_x(), event.client_y())
        {
            tap(app, at);
        }
    };
    let cancel = move |event: PointerEvent| {
        give_up(app);
        fingers.update(|all| all.retain(|f| f.id != event.pointer_id()));
    };
    let wheel = move |event: WheelEvent| {
        event.prevent_default();
        // A notch is 100 px or 3 lines; either way some 15 %.
        let step = if event.delta_mode() == 0 {
            event.delta_y() / 100.0
        } else {
            event.delta_y() / 3.0
        };
        let factor = libm::exp2(-0.2 * step.clamp(-4.0, 4.0));
        zoom_at(
            app,
            factor,
            (f64::from(event.client_x()), f64::from(event.client_y())),
        );
    };
    (
        leptos::tachys::html::event::on(leptos::ev::pointerdown, down),
        leptos::tachys::html::event::on(leptos::ev::pointermove, moved),
        leptos::tachys::html::event::on(leptos::ev::pointerup, up),
        leptos::tachys::html::event::on(leptos::ev::pointercancel, cancel),
        leptos::tachys::html::event::on(leptos::ev::wheel, wheel),
    )
}

/// Whether a pointer that comes down paints: not the right button, which moves
/// the photo.
fn brushes(app: App, event: &PointerEvent) -> bool {
    app.tab.get_untracked() == Tab::Brush && event.button() == 0
}

fn tap(app: App, at: (f64, f64)) {
    match app.tap.get_untracked() {
        Some(TapTarget::Marker(id)) => tapped(app, id, at),
        Some(TapTarget::Handle(id)) => move_handle(app, id, at),
        Some(TapTarget::Colour(picking)) => {
            app.pick_colour(picking, at);
            app.tap.set(None);
        }
        None => {}
    }
}

/// Zoom and comparison.
#[component]
fn Tools() -> impl IntoView {
    let app = expect_context::<App>();
    let hold = move |on: bool| app.holding.set(on);
    view! {
        <div class="tools">
            <ZoomButtons />
            <label class="compare">
                <span>"Compare"</span>
                <input
                    type="range"
                    min="0"
                    max="100"
                    step="1"
                    data-testid="compare"
                    aria-valuetext=move || format!("{} percent of the original", fixed(app.split.get(), 0))
                    prop:value=move || fixed(app.split.get(), 0)
                    on:input:target=move |event| app.split.set(event.target().value_as_number().max(0.0))
                />
            </label>
            <button
                type="button"
                data-testid="hold"
                aria-pressed=move || app.holding.get().to_string()
                on:pointerdown=move |_| hold(true)
                on:pointerup=move |_| hold(false)
                on:pointercancel=move |_| hold(false)
                on:pointerleave=move |_| hold(false)
                on:keydown=move |event| if event.key() == " " || event.key() == "Enter" { hold(true) }
                on:keyup=move |_| hold(false)
                on:blur=move |_| hold(false)
            >
                "Hold for original"
            </button>
        </div>
    }
}
