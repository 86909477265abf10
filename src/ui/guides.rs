//! Lines over the photo: the skull's outline, the hairline, a known length, and
//! while something is moved the mesh of the head with its points' names.

use glam::DVec2;
use leptos::prelude::*;

use super::hairline::line_path;
use super::numbers::{fixed, px};
use super::state::{App, Tab};
use crate::engine::camera::photo_from_marker;
use crate::engine::guides::{grid, named_points, visible_runs};

/// Lines through points as an SVG path, photo px.
#[must_use]
pub(super) fn runs_path(runs: &[Vec<DVec2>]) -> String {
    let mut path = String::new();
    for run in runs {
        for (i, q) in run.iter().enumerate() {
            let to = if i == 0 { 'M' } else { 'L' };
            path.push(to);
            path.push_str(&fixed(q.x, 1));
            path.push(' ');
            path.push_str(&fixed(q.y, 1));
        }
    }
    path
}

impl App {
    /// Whether the head's mesh is to be seen: while its place is changed.
    pub(super) fn shows_mesh(self) -> bool {
        self.held.get() && self.tab.get() == Tab::Place
    }
}

/// The skull's outline and the hairline over the photo.
#[component]
pub fn Lines() -> impl IntoView {
    let app = expect_context::<App>();
    let transform = move || {
        let v = app.viewport.get();
        let scale = fixed(v.scale, 5);
        format!(
            "matrix({scale} 0 0 {scale} {} {})",
            fixed(v.x, 2),
            fixed(v.y, 2)
        )
    };
    let mesh = move || {
        let head = app.head.get().filter(|_| app.shows_mesh());
        head.and_then(Result::ok).map_or_else(String::new, |head| {
            let lines = grid(head.semi_axes_mm);
            let runs = lines.iter().flat_map(|line| visible_runs(&head, line));
            runs_path(&runs.collect::<Vec<_>>())
        })
    };
    let skull = move || {
        let Some(Ok(head)) = app.head.get().filter(|_| app.tab.get() == Tab::Place) else {
            return String::new();
        };
        format!("{}Z", runs_path(&[head.silhouette(96)]))
    };
    let front = move || {
        let wanted = matches!(app.tab.get(), Tab::Place | Tab::Hairline) && app.guides.get();
        let Some(Ok(head)) = app.head.get().filter(|_| wanted) else {
            return String::new();
        };
        let h = app.plan.with(|plan| plan.look.hairline);
        line_path(&head, &h, app.tab.get() == Tab::Place)
    };
    let length = move || {
        let photo = app.photo.get()?;
        let length = app.plan.with(|plan| plan.placement?.known_length())?;
        let px = |p| photo_from_marker(p, photo.width, photo.height);
        let ends = vec![px(length.from), px(length.to)];
        (app.tab.get() == Tab::Place).then(|| runs_path(&[ends]))
    };
    view! {
        <svg class="lines" aria-hidden="true">
            <g transform=transform>
                <path class="mesh" d=mesh />
                <path class="length under" d=move || length().unwrap_or_default() />
                <path class="length" d=move || length().unwrap_or_default() />
                <path class="skull under" d=skull />
                <path class="skull" d=skull />
                <path class="front under" d=front />
                <path class="front" d=front />
            </g>
        </svg>
    }
}

/// The names of the head's points that are in sight.
#[component]
pub fn Names() -> impl IntoView {
    let app = expect_context::<App>();
    let names = move || {
        let Some(Ok(head)) = app.head.get() else {
            return Vec::new();
        };
        let h = app.plan.with(|plan| plan.look.hairline);
        let mut points = named_points(&h, head.semi_axes_mm);
        points.retain(|point| head.facing(point.at_mm) > 0.05);
        let viewport = app.viewport.get();
        let middle = head.silhouette_ellipse().centre;
        let shown = points.into_iter().map(|point| {
            let q = head.photo_from_head(point.at_mm);
            // Names stand outward, not across the face.
            let leftward = q.x < middle.x;
            let (x, y) = viewport.view_from_photo((q.x, q.y));
            view! {
                <span class="named" class:leftward=leftward style:left=px(x) style:top=px(y)>{point.name}</span>
            }
        });
        shown.collect()
    };
    view! { <div class="names" aria-hidden="true">{names}</div> }
}
