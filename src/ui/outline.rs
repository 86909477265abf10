//! A head that is only an outline: from where it is seen, how it is tilted and turned.

use leptos::prelude::*;

use super::numbers::fixed;
use super::state::{App, PhotoInfo};
use crate::engine::camera::marker_from_photo;
use crate::engine::fit::starting_placement;
use crate::engine::head::HeadModel;
use crate::engine::placement::{HeadOutline, Placement, View};

/// Whether a view shows one ear.
pub(super) fn shows_ear(view: View) -> bool {
    matches!(view, View::RightSide | View::LeftSide)
}

/// An outline that is there already keeps its top and its breadth where only
/// the view is another.
fn seen_otherwise(old: &HeadOutline, new: HeadOutline) -> HeadOutline {
    let [width, height] = old.half_axes;
    let new_height = width * new.half_axes[1] / new.half_axes[0];
    HeadOutline {
        centre: [old.centre[0], old.centre[1] - height + new_height],
        half_axes: [width, new_height],
        roll_deg: old.roll_deg,
        ..new
    }
}

/// The outline of a placed head, as large and where it is now.
fn outline_of(
    placed: &Placement,
    head: Option<&HeadModel>,
    photo: PhotoInfo,
) -> Option<HeadOutline> {
    match placed {
        Placement::Outline(outline) => Some(*outline),
        Placement::Face(_) => {
            let ellipse = head?.silhouette_ellipse();
            let marker = |p| marker_from_photo(p, photo.width, photo.height);
            Some(HeadOutline {
                view: View::Front,
                centre: marker(ellipse.centre),
                half_axes: marker(ellipse.half_size()),
                roll_deg: 0.0,
                tilt_deg: 0.0,
                turn_deg: 0.0,
                known_length: None,
            })
        }
    }
}

impl App {
    /// The head seen from elsewhere: as it was found so where nobody has moved it, else
    /// where it is placed now.
    pub(super) fn see_from(self, view: Option<View>, photo: PhotoInfo) -> Placement {
        let start = starting_placement(view, photo.width, photo.height);
        let Some(placed) = self.plan.with_untracked(|plan| plan.placement) else {
            return start;
        };
        // Markers that wait for the person's taps tell nothing of the head.
        let nobodys = starting_placement(None, photo.width, photo.height).rounded();
        if placed.with_known_length(None) == nobodys {
            return start.with_known_length(placed.known_length());
        }
        let head = self.head.get_untracked().and_then(Result::ok);
        let seen = match (start, outline_of(&placed, head.as_ref(), photo)) {
            (Placement::Outline(new), Some(old)) => {
                let found = self.finder.found_from(&old, new.view);
                Placement::Outline(found.unwrap_or_else(|| seen_otherwise(&old, new)))
            }
            _ => start,
        };
        seen.with_known_length(placed.known_length())
    }
}

/// Tilt and turn of a head that is only an outline.
#[component]
pub fn Turns() -> impl IntoView {
    let app = expect_context::<App>();
    let get = move |tilt: bool| match app.plan.with(|plan| plan.placement) {
        Some(Placement::Outline(o)) => {
            if tilt {
                o.tilt_deg
            } else {
                o.turn_deg
            }
        }
        _ => 0.0,
    };
    let set = move |tilt: bool, deg: f64| {
        app.change_placement(|placement| {
            if let Placement::Outline(o) = placement {
                *(if tilt {
                    &mut o.tilt_deg
                } else {
                    &mut o.turn_deg
                }) = deg;
            }
        });
    };
    [
        (true, "Tilted towards the camera"),
        (false, "Turned to the person's left"),
    ]
    .map(|(tilt, name)| {
        view! {
            <label class="row">
                <span>{name}</span>
                <input
                    type="range"
                    min="-45"
                    max="45"
                    step="1"
                    aria-valuetext=move || format!("{} degrees", fixed(get(tilt), 0))
                    prop:value=move || fixed(get(tilt), 0)
                    on:input:target=move |event| {
                        app.held.set(true);
                        set(tilt, event.target().value_as_number());
                    }
                    on:change=move |_| app.held.set(false)
                />
            </label>
        }
    })
    .collect_view()
}
