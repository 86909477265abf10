//! Warnings about the plan, each with its number, and a way to put them aside.

use leptos::prelude::*;

use super::state::App;
use crate::engine::warnings::{KINDS, Person, Warning, warnings};

impl App {
    /// The warning of one kind in words; nothing where there is none, or it was put
    /// aside.
    fn warning(self, kind: usize) -> String {
        if self.put_aside.get() & (1 << kind) != 0 {
            return String::new();
        }
        let person = Person {
            skin: self.skin.get(),
            hair: self.hair.get(),
        };
        // Said with the frame that shows it: the worker's core is not to be shared
        // while it draws.
        self.frame.track();
        let found = self
            .plan
            .with_untracked(|plan| warnings(&plan.look, plan.age, &person));
        let one = found.get(kind).copied().flatten();
        one.map_or_else(String::new, Warning::text)
    }
}

/// What is wrong with the plan. A live region: it says each as it comes up.
#[component]
pub fn Warnings() -> impl IntoView {
    let app = expect_context::<App>();
    let one = move |kind: usize| {
        let text = Signal::derive(move || app.warning(kind));
        let aside = move |_| app.put_aside.update(|set| *set |= 1 << kind);
        view! {
            <div class="warning" class:hidden=move || text.with(String::is_empty)>
                <span>{text}</span>
                <button type="button" on:click=aside>"Put aside"</button>
            </div>
        }
    };
    view! {
        <div role="status" class="warnings" data-testid="warnings">{(0..KINDS).map(one).collect_view()}</div>
    }
}
