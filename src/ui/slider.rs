//! One labelled number: a native slider, a field to type it, and a button
//! either way.

use leptos::prelude::*;

use super::numbers::{fixed, shortest};
use super::state::App;
use crate::engine::params::{ParamId, Row};

/// A slider for one row of the table of quantities.
#[component]
pub fn ParamSlider(
    /// Which quantity.
    id: ParamId,
) -> impl IntoView {
    let app = expect_context::<App>();
    let value = Memo::new(move |_| app.plan.with(|plan| id.get(&plan.look)));
    let set = Callback::new(move |value: f64| app.change_look(|look| id.set(look, value)));
    view! { <Slider row=*id.row() value=value set=set /> }
}

/// A slider for any row.
#[component]
pub fn Slider(
    /// Name, unit, bounds and step.
    row: Row,
    /// The number shown.
    #[prop(into)]
    value: Signal<f64>,
    /// Called with every new number, already within bounds.
    set: Callback<f64>,
) -> impl IntoView {
    let decimals = decimals(row.step);
    let name = format!("{:?}", row.id);
    let field = format!("field-{name}");
    // The browser's own reading of numbers: a field that holds none gives NaN.
    let take = move |typed: f64| {
        if typed.is_finite() {
            set.run(row.clamp(typed));
        }
    };
    let nudge = move |steps: f64| {
        let next = ((value.get_untracked() / row.step).round() + steps) * row.step;
        set.run(row.clamp(next));
    };
    let spoken = move || format!("{} {}", fixed(value.get(), decimals), row.unit);
    view! {
        <div class="slider">
            <label for=field.clone()>{row.what}</label>
            <span class="number">
                <input
                    id=field
                    type="number"
                    inputmode="decimal"
                    min=shortest(row.min)
                    max=shortest(row.max)
                    step=shortest(row.step)
                    prop:value=move || fixed(value.get(), decimals)
                    on:change:target=move |event| take(event.target().value_as_number())
                />
                <span class="unit" aria-hidden="true">{row.unit}</span>
            </span>
            <div class="track">
                <button type="button" aria-label=format!("{}: less", row.what) on:click=move |_| nudge(-1.0)>"−"</button>
                <input
                    type="range"
                    aria-label=row.what
                    aria-valuetext=spoken
                    data-param=name
                    min=shortest(row.min)
                    max=shortest(row.max)
                    step=shortest(row.step)
                    prop:value=move || fixed(value.get(), decimals)
                    on:input:target=move |event| take(event.target().value_as_number())
                />
                <button type="button" aria-label=format!("{}: more", row.what) on:click=move |_| nudge(1.0)>"+"</button>
            </div>
        </div>
    }
}

/// Digits after the point that a step of this size needs.
fn decimals(step: f64) -> u8 {
    if step >= 1.0 {
        0
    } else if step >= 0.1 {
        1
    } else {
        2
    }
}
