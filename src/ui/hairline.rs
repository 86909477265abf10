//! The hairline: styles, handles on the photo, and all its numbers.

use glam::DVec2;
use leptos::prelude::*;

use super::guides::runs_path;
use super::marker::Marker;
use super::numbers::fixed;
use super::slider::ParamSlider;
use super::state::{App, Tab, TapTarget};
use crate::engine::guides::visible_runs;
use crate::engine::handles::{HandleId, drag, handles};
use crate::engine::head::HeadModel;
use crate::engine::look::Hairline;
use crate::engine::outline::outline;
use crate::engine::params::ParamId;
use crate::engine::styles::{Age, Style, matching};

/// Numbers everybody sees, and those behind "More".
const MAIN: [ParamId; 4] = [
    ParamId::HeightMm,
    ParamId::RecessionMm,
    ParamId::LateralMm,
    ParamId::TransitionMm,
];
const MORE: [ParamId; 10] = [
    ParamId::CornerRadiusMm,
    ParamId::TemporalPeakMm,
    ParamId::WidowsPeakMm,
    ParamId::WidowsPeakHalfWidthMm,
    ParamId::AsymmetryMm,
    ParamId::AsymmetryWidthMm,
    ParamId::TiltDeg,
    ParamId::MacroMm,
    ParamId::MicroMm,
    ParamId::EdgeOpacity,
];

fn fitted(app: App) -> Option<HeadModel> {
    app.head.get()?.ok()
}

fn label(app: App, id: HandleId) -> String {
    let h = app.plan.with(|plan| plan.look.hairline);
    let error = fitted(app).map_or(0.06, |head| head.scale_error);
    let mm = |value: f64| {
        format!(
            "{} ± {} mm",
            fixed(value, 0),
            fixed((value * error).max(1.0), 0)
        )
    };
    match id {
        HandleId::Middle => format!(
            "Middle of the hairline, {} above the brow line",
            mm(h.height_mm - h.widows_peak_mm)
        ),
        HandleId::RightTemple => format!("Right temple, {} from the middle", mm(h.lateral_mm)),
        HandleId::LeftTemple => format!("Left temple, {} from the middle", mm(h.lateral_mm)),
        HandleId::RightPeak => format!("Right temporal peak, {} forward", mm(h.temporal_peak_mm)),
        HandleId::LeftPeak => format!("Left temporal peak, {} forward", mm(h.temporal_peak_mm)),
    }
}

/// Moves a handle to a photo point; off the head, to the outline's point there.
pub(crate) fn move_handle(app: App, id: HandleId, to: (f64, f64)) {
    let Some(Some(Ok(head))) = app.head.try_get_untracked() else {
        return;
    };
    let to = head.silhouette_ellipse().within(DVec2::new(to.0, to.1));
    let Some(to_mm) = head.scalp_from_photo(to) else {
        return;
    };
    let mirror = app.mirror.get_untracked();
    app.change_look(|look| drag(&mut look.hairline, head.semi_axes_mm, id, to_mm, mirror));
}

/// The handles over the photo.
#[component]
pub fn HairlineHandles() -> impl IntoView {
    let app = expect_context::<App>();
    let place = move |id: HandleId| {
        let head = fitted(app)?;
        let h = app.plan.with(|plan| plan.look.hairline);
        let handle = handles(&h, head.semi_axes_mm)
            .into_iter()
            .find(|handle| handle.id == id)?;
        let q = head.photo_from_head(handle.at_mm);
        (head.facing(handle.at_mm) > 0.05).then_some((q.x, q.y))
    };
    let step = Signal::derive(move || fitted(app).map_or(1.0, |head| head.camera.px_per_mm));
    HandleId::ALL
        .map(|id| {
            view! {
                <Marker
                    target=TapTarget::Handle(id)
                    label=Signal::derive(move || label(app, id))
                    at=Signal::derive(move || place(id))
                    moved=Callback::new(move |to| move_handle(app, id, to))
                    step_px=step
                    kind="handle"
                />
            }
        })
        .collect_view()
}

/// The visible part of the hairline, or of the whole line around the hair, as
/// an SVG path, photo px.
#[must_use]
pub(crate) fn line_path(head: &HeadModel, h: &Hairline, whole: bool) -> String {
    let line = outline(h, head.semi_axes_mm);
    let points = if whole {
        line.points_mm.as_slice()
    } else {
        line.points_mm.get(line.front.clone()).unwrap_or_default()
    };
    runs_path(&visible_runs(head, points))
}

/// The panel of the Hairline step.
#[component]
pub fn HairlinePanel() -> impl IntoView {
    let app = expect_context::<App>();
    let current = Memo::new(move |_| {
        app.plan
            .with(|plan| matching(&plan.look.hairline, plan.age))
    });
    view! {
        <Ages />
        <div class="styles" role="group" aria-label="Hairline styles">
            {Style::ALL
                .map(|style| {
                    view! {
                        <button
                            type="button"
                            class="style"
                            data-style=format!("{style:?}")
                            title=style.describe()
                            aria-pressed=move || (current.get() == Some(style)).to_string()
                            on:click=move |_| app.choose_style(style)
                        >
                            <StylePicture style=style />
                            <span>{style.name()}</span>
                        </button>
                    }
                })
                .collect_view()}
        </div>
        {MAIN.map(|id| view! { <ParamSlider id=id /> }).collect_view()}
        <label class="check">
            <input type="checkbox" prop:checked=move || app.mirror.get() on:change:target=move |e| app.mirror.set(e.target().checked()) />
            <span>"Move both sides together"</span>
        </label>
        <label class="check">
            <input type="checkbox" prop:checked=move || app.guides.get() on:change:target=move |e| app.guides.set(e.target().checked()) />
            <span>"Show the line and its handles"</span>
        </label>
        <details>
            <summary>"More: corners, peaks, symmetry, irregularity"</summary>
            {MORE.map(|id| view! { <ParamSlider id=id /> }).collect_view()}
        </details>
        <button type="button" class="primary" on:click=move |_| app.tab.set(Tab::Density)>"Next: density"</button>
    }
}

impl App {
    /// Takes a style's design for the age.
    fn choose_style(self, style: Style) {
        self.edit(|plan| plan.look.hairline = style.at_age(plan.age));
    }

    /// Makes the design one for another age.
    fn set_age(self, age: Age) {
        self.edit(|plan| {
            let h = &mut plan.look.hairline;
            match matching(h, plan.age) {
                Some(style) => *h = style.at_age(age),
                None => age.apply(h, plan.age),
            }
            plan.age = age;
        });
    }
}

/// The age that hairlines are for.
#[component]
fn Ages() -> impl IntoView {
    let app = expect_context::<App>();
    view! {
        <fieldset class="choices few">
            <legend>"Age"</legend>
            {Age::ALL
                .map(|age| {
                    view! {
                        <label>
                            <input type="radio" name="age" prop:checked=move || app.plan.with(|plan| plan.age) == age on:change=move |_| app.set_age(age) />
                            <span>{age.name()}</span>
                        </label>
                    }
                })
                .collect_view()}
        </fieldset>
    }
}

/// A small drawing of a style on a standard head.
#[component]
fn StylePicture(
    /// Which style.
    style: Style,
) -> impl IntoView {
    use crate::engine::anthropometry::STANDARD_SEMI_AXES_MM;
    use crate::engine::camera::{Camera, Pose};
    let camera = Camera {
        centre_in_photo: DVec2::new(50.0, 58.0),
        px_per_mm: 0.55,
        distance_mm: 1000.0,
    };
    let pose = Pose {
        yaw_deg: 0.0,
        pitch_deg: 8.0,
        roll_deg: 0.0,
    };
    let head = HeadModel::posed(STANDARD_SEMI_AXES_MM, pose, camera);
    let path = line_path(&head, &style.hairline(), false);
    view! {
        <svg viewBox="0 0 100 70" aria-hidden="true">
            <ellipse cx="50" cy="58" rx="42.5" ry="50" class="skull" />
            <path d=path class="front" />
        </svg>
    }
}
