//! The scale by something of known length in the photo, with a handle at either
//! end of it.

use leptos::prelude::*;

use super::numbers::shortest;
use super::state::{App, MarkerId, TapTarget};
use crate::engine::fit::{fit, known_length};
use crate::engine::placement::{KNOWN_LENGTH_RANGE_MM, KnownLength};

/// What many people have at hand, and how long it is, mm: bank cards by
/// ISO/IEC 7810 (ID-1), coins by their mints.
const THINGS: [(&str, f64); 4] = [
    ("Bank card, its long side", 85.6),
    ("1 euro coin", 23.25),
    ("US quarter", 24.26),
    ("100 mm of a ruler or tape", 100.0),
];

/// What is of known length in the plan's photo.
fn known(app: App) -> Option<KnownLength> {
    app.plan.with(|plan| plan.placement?.known_length())
}

impl App {
    /// Puts something `mm` long on the head, or makes what lies there so long;
    /// nothing takes it away.
    fn set_known_length(self, mm: Option<f64>) {
        let Some(photo) = self.photo.get_untracked() else {
            return;
        };
        self.change_placement(|placement| {
            let length = match (mm, placement.known_length()) {
                (None, _) => None,
                (Some(mm), Some(length)) => Some(KnownLength { mm, ..length }),
                (Some(mm), None) => {
                    let head = fit(placement, photo.width, photo.height).ok();
                    head.map(|head| known_length(placement, &head, mm, photo.width, photo.height))
                }
            };
            *placement = placement.with_known_length(length);
        });
        let target = TapTarget::Marker(MarkerId::LengthFrom);
        self.tap.set(mm.is_some().then_some(target));
    }
}

/// The choice of the thing, and its length.
#[component]
pub fn KnownLengthChoice() -> impl IntoView {
    let app = expect_context::<App>();
    let mm = move || known(app).map(|length| length.mm);
    let choose = move |index: String| {
        // Behind the things stands a length that is typed.
        let listed = index
            .parse()
            .ok()
            .and_then(|index: usize| THINGS.get(index));
        app.set_known_length(match (index.as_str(), listed) {
            ("", _) => None,
            (_, Some((_, mm))) => Some(*mm),
            _ => mm().or(Some(50.0)),
        });
    };
    let chosen = move || {
        let listed = |mm: f64| THINGS.iter().position(|(_, length)| *length == mm);
        mm().map_or_else(String::new, |mm| {
            listed(mm).unwrap_or(THINGS.len()).to_string()
        })
    };
    let (least, most) = (*KNOWN_LENGTH_RANGE_MM.start(), *KNOWN_LENGTH_RANGE_MM.end());
    let typed = move |typed: f64| {
        if typed.is_finite() {
            app.set_known_length(Some(typed.max(least).min(most)));
        }
    };
    view! {
        <label class="stacked">
            <span>"Something of known length on the head"</span>
            <select data-testid="known-length" prop:value=chosen on:change:target=move |event| choose(event.target().value())>
                <option value="">"None"</option>
                {THINGS
                    .iter()
                    .enumerate()
                    .map(|(index, (name, _))| view! { <option value=index.to_string()>{*name}</option> })
                    .collect_view()}
                <option value=THINGS.len().to_string()>"Another length"</option>
            </select>
        </label>
        <Show when=move || mm().is_some()>
            <div class="row">
                <label for="known-mm">"Its length"</label>
                <span class="number">
                    <input
                        id="known-mm"
                        type="number"
                        inputmode="decimal"
                        min=shortest(least)
                        max=shortest(most)
                        step="0.1"
                        prop:value=move || mm().map(shortest).unwrap_or_default()
                        on:change:target=move |event| typed(event.target().value_as_number())
                    />
                    <span class="unit">"mm"</span>
                </span>
            </div>
            <p class="hint">"Held flat against the forehead or laid on the scalp, facing the camera. Its two ends set the scale."</p>
        </Show>
    }
}
