//! Changes of the plan, each of which can be taken back.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use super::state::{App, PhotoInfo};
use crate::engine::corrections::Corrections;
use crate::engine::look::Look;
use crate::engine::placement::Placement;
use crate::platform::page::keep_text;
use crate::session::document::Plan;
use crate::session::history::History;

/// What a photo is known by after a reload, as text.
fn name_of(photo: PhotoInfo) -> String {
    format!("{} ", photo.print)
}

impl App {
    /// Changes the plan. What changes until the finger or the key is lifted is
    /// one step.
    pub fn edit(self, change: impl FnOnce(&mut Plan)) {
        let before = self.plan.get_untracked();
        self.change(change);
        if self.plan.with_untracked(|now| *now != before) {
            self.history.update(|history| history.note(before));
        }
    }

    fn change(self, change: impl FnOnce(&mut Plan)) {
        self.plan.update(|plan| {
            change(plan);
            *plan = std::mem::take(plan).rounded();
        });
    }

    /// Changes the look.
    pub fn change_look(self, change: impl FnOnce(&mut Look)) {
        self.edit(|plan| change(&mut plan.look));
    }

    /// Changes the placement.
    pub fn change_placement(self, change: impl FnOnce(&mut Placement)) {
        self.edit(|plan| {
            if let Some(placement) = &mut plan.placement {
                change(placement);
            }
        });
    }

    /// Changes the plan for a head that was found, or set up to be corrected:
    /// before the person has done anything this is where they start from, and
    /// no step of theirs.
    pub(super) fn set_up(self, change: impl FnOnce(&mut Plan)) {
        if self.history.with_untracked(History::can_undo) {
            self.edit(change);
        } else {
            self.change(change);
        }
    }

    /// Another photo: its head stands at `placement`, nothing is painted on
    /// it, and there is nothing to take back. The look stays.
    pub(super) fn start_document(self, placement: Option<Placement>) {
        self.history.set(History::default());
        self.change(|plan| {
            plan.placement = placement;
            plan.corrections = Corrections::default();
        });
    }

    /// Takes over a plan that was saved; what it does not say stays. One that was kept
    /// over a reload is where the person starts from, and no step of theirs.
    pub(super) fn wear_plan(self, worn: Plan) {
        let placed = worn.placement.is_some();
        let wear = |plan: &mut Plan| {
            *plan = Plan {
                placement: worn.placement.or(plan.placement),
                ..worn
            };
        };
        if self.kept.try_update_value(Option::take).flatten().is_some() {
            self.change(wear);
        } else {
            self.edit(wear);
        }
        self.seal();
        if placed {
            self.place_by_hand();
        }
    }

    /// Ends the step under way.
    pub(super) fn seal(self) {
        // Only where there is one: whoever looks at the history is woken.
        if self.history.with_untracked(History::is_open) {
            self.history.update(History::seal);
            self.keep_plan();
        }
    }

    /// Keeps the plan in the tab, for an accidental reload: with a number
    /// before it by which the photo is known again. The photo itself is not kept.
    fn keep_plan(self) {
        if let Some(photo) = self.photo.get_untracked() {
            let plan = self.plan.with_untracked(Plan::to_json);
            keep_text(&(name_of(photo) + &plan));
        }
    }

    /// Takes over what was kept before a reload, if it was made for this photo.
    pub(super) fn wear_kept(self, photo: PhotoInfo) {
        let kept = self.kept.try_update_value(Option::take).flatten();
        let kept = kept.and_then(|text| Some(text.strip_prefix(&name_of(photo))?.to_owned()));
        if let Some(text) = kept {
            // Until it was read: it is no step.
            self.kept.set_value(Some(String::new()));
            self.load_plan(text);
            self.notice.set(Some(
                "Your plan from before the page was reloaded is back.".into(),
            ));
        }
    }

    fn step(self, way: fn(&mut History, Plan) -> Option<Plan>, done: &str, none: &str) {
        let now = self.plan.get_untracked();
        let mut to = None;
        self.history.update(|history| to = way(history, now));
        self.status
            .set(if to.is_some() { done } else { none }.into());
        if let Some(plan) = to {
            self.plan.set(plan);
            self.keep_plan();
        }
    }

    /// Takes the last step back.
    pub fn undo(self) {
        self.step(History::undo, "Undone.", "Nothing to undo.");
    }

    /// Brings back what was taken back last.
    pub fn redo(self) {
        self.step(History::redo, "Redone.", "Nothing to redo.");
    }

    /// Gives up the step under way, as if it had not been begun.
    pub(super) fn give_up_step(self) {
        let mut to = None;
        self.history.update(|history| to = history.cancel());
        if let Some(plan) = to {
            self.plan.set(plan);
        }
    }

    /// Hears where steps end, and the keys that take them back.
    pub(super) fn keep_steps(self) {
        let seal = move || {
            if !self.brush.is_down() {
                self.seal();
            }
        };
        // The page lives as long as its window: nothing to take away again.
        let _ = window_event_listener(leptos::ev::pointerup, move |_| seal());
        let _ = window_event_listener(leptos::ev::pointercancel, move |_| seal());
        let _ = window_event_listener(leptos::ev::click, move |_| seal());
        let key_is_down = StoredValue::new(false);
        let _ = window_event_listener(leptos::ev::keyup, move |_| {
            key_is_down.set_value(false);
            seal();
        });
        let _ = window_event_listener(leptos::ev::keydown, move |event| {
            key_is_down.set_value(true);
            self.shortcut(&event);
        });
        // Assistive technology changes values without key or finger.
        let _ = window_event_listener(leptos::ev::change, move |_| {
            if !key_is_down.get_value() {
                seal();
            }
        });
    }

    fn shortcut(self, event: &KeyboardEvent) {
        let typing = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok())
            .is_some_and(|input| input.type_() == "number");
        // In a field the browser takes back what was typed.
        if !(event.ctrl_key() || event.meta_key()) || event.alt_key() || typing {
            return;
        }
        match (event.key().as_str(), event.shift_key()) {
            ("z", false) => self.undo(),
            ("Z" | "z", true) | ("y", false) => self.redo(),
            _ => return,
        }
        event.prevent_default();
    }
}

/// The buttons that take steps back and bring them again.
#[component]
pub fn Steps() -> impl IntoView {
    let app = expect_context::<App>();
    let undoable = move || app.history.with(History::can_undo);
    let redoable = move || app.history.with(History::can_redo);
    // Not `disabled`: a button that goes dead under the finger loses the focus.
    view! {
        <div class="steps" role="group" aria-label="Steps taken">
            <button
                type="button"
                class="icon"
                data-testid="undo"
                aria-label="Undo"
                title="Undo (Ctrl+Z)"
                aria-disabled=move || (!undoable()).to_string()
                on:click=move |_| app.undo()
            >
                <svg viewBox="0 0 24 24" aria-hidden="true">
                    <path d="M9 5 4 10l5 5M4 10h10a6 6 0 0 1 0 12h-3" />
                </svg>
            </button>
            <button
                type="button"
                class="icon"
                data-testid="redo"
                aria-label="Redo"
                title="Redo (Ctrl+Shift+Z)"
                aria-disabled=move || (!redoable()).to_string()
                on:click=move |_| app.redo()
            >
                <svg viewBox="0 0 24 24" aria-hidden="true">
                    <path d="m15 5 5 5-5 5M20 10H10a6 6 0 0 0 0 12h3" />
                </svg>
            </button>
        </div>
    }
}
