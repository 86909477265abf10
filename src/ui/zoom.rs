//! What of the photo the stage shows: all of it, the head, or what somebody has zoomed
//! to.

use glam::DVec2;
use leptos::prelude::*;

use super::stage::Finger;
use super::state::App;
use crate::engine::head::HeadModel;
use crate::session::viewport::Viewport;

/// One press of a zoom button.
const ZOOM_STEP: f64 = 1.4;
/// Room around a head that is shown, share of its height.
const ROOM: f64 = 0.1;

impl App {
    /// Keeps the whole photo or the head on the stage as photo, stage and that choice
    /// change.
    pub(super) fn keep_in_view(self) {
        Effect::new(move |_| {
            let (photo, stage) = (self.photo.get(), self.stage_size.get());
            let head = self.shows_head.get().then(|| self.head.get_untracked());
            let Some(photo) = photo else {
                return;
            };
            self.viewport.set(match head {
                Some(Some(Ok(head))) => {
                    let [low, high] = box_of(&head).map(<(f64, f64)>::from);
                    Viewport::around(low, high, photo.size(), stage)
                }
                _ => Viewport::fit(photo.size(), stage),
            });
        });
    }

    /// A picture has come: with the first one of a found head that head is shown, unless
    /// somebody has zoomed meanwhile. What changes is a small part of most photos. Not
    /// sooner: until then the cores have enough to do.
    pub(super) fn show_found_head(self) {
        if !self.finder.unseen.get_value() {
            return;
        }
        self.finder.unseen.set_value(false);
        let is_fit = self.photo.get_untracked().is_some_and(|photo| {
            let whole = Viewport::fit(photo.size(), self.stage_size.get_untracked());
            self.viewport.get_untracked() == whole
        });
        if is_fit {
            self.shows_head.set(true);
        }
    }
}

/// The corners of what belongs to a head with its face and some room, photo px.
fn box_of(head: &HeadModel) -> [DVec2; 2] {
    let ellipse = head.silhouette_ellipse();
    let half = ellipse.half_size();
    let chin = head.photo_from_head(head.landmarks().menton);
    let low = (ellipse.centre - half).min(chin);
    let high = (ellipse.centre + half).max(chin);
    let room = DVec2::splat(ROOM * (high.y - low.y));
    [low - room, high + room]
}

/// Changes what of the photo is seen.
pub(super) fn view(app: App, change: impl FnOnce(Viewport, (f64, f64), (f64, f64)) -> Viewport) {
    if let Some(photo) = app.photo.get_untracked() {
        let next = change(
            app.viewport.get_untracked(),
            photo.size(),
            app.stage_size.get_untracked(),
        );
        app.viewport.set(next);
    }
}

fn stage_corner() -> (f64, f64) {
    let stage = document()
        .query_selector("[data-testid=stage]")
        .ok()
        .flatten();
    stage.map_or((0.0, 0.0), |stage| {
        let rect = stage.get_bounding_client_rect();
        (rect.left(), rect.top())
    })
}

/// Zooms about a point of the window.
pub(super) fn zoom_at(app: App, factor: f64, client: (f64, f64)) {
    let corner = stage_corner();
    view(app, |v, photo, stage| {
        v.zoomed(
            factor,
            (client.0 - corner.0, client.1 - corner.1),
            photo,
            stage,
        )
    });
}

/// Two fingers have moved.
pub(super) fn pinch(app: App, before: [Finger; 2], after: [Finger; 2]) {
    let gap = |[a, b]: [Finger; 2]| libm::hypot(a.x - b.x, a.y - b.y).max(1.0);
    let middle = |[a, b]: [Finger; 2]| ((a.x + b.x) / 2.0, (a.y + b.y) / 2.0);
    let (from, to) = (middle(before), middle(after));
    view(app, |v, photo, stage| {
        v.panned((to.0 - from.0, to.1 - from.1), photo, stage)
    });
    zoom_at(app, gap(after) / gap(before), to);
}

/// Zoom by buttons.
#[component]
pub fn ZoomButtons() -> impl IntoView {
    let app = expect_context::<App>();
    let zoom = move |factor: f64| {
        view(app, |v, photo, stage| {
            v.zoomed(factor, (stage.0 / 2.0, stage.1 / 2.0), photo, stage)
        });
    };
    let full = move |_| zoom(1.0 / app.viewport.get_untracked().scale);
    let has_head = move || matches!(app.head.get(), Some(Ok(_)));
    view! {
        <div class="zoom" role="group" aria-label="Zoom">
            <button type="button" aria-label="Zoom out" on:click=move |_| zoom(1.0 / ZOOM_STEP)>"−"</button>
            <button type="button" aria-label="Zoom in" on:click=move |_| zoom(ZOOM_STEP)>"+"</button>
            <button type="button" on:click=move |_| app.shows_head.set(false)>"Fit"</button>
            <Show when=has_head>
                <button type="button" on:click=move |_| app.shows_head.set(true)>"Head"</button>
            </Show>
            <button type="button" class="full" on:click=full>"100 %"</button>
        </div>
    }
}
