//! Where the head is: the view, the markers on the photo, and the numbers
//! behind them.

use glam::DVec2;
use leptos::prelude::*;

use super::find::{FindButton, FindNote};
use super::known_length::KnownLengthChoice;
use super::marker::Marker;
use super::numbers::fixed;
use super::outline::{Turns, shows_ear};
use super::state::{App, MarkerId, PhotoInfo, Tab, TapTarget};
use super::strings;
use crate::engine::camera::{longer_edge_px, marker_from_photo, photo_from_marker};
use crate::engine::ear::{ear_in_photo, with_ear_at};
use crate::engine::head::HeadModel;
use crate::engine::placement::{FaceMarkers, HeadOutline, MarkerInPhoto, Placement, View};

/// Views to choose from; none is a face with pupils to mark.
const VIEWS: [(Option<View>, &str); 6] = [
    (None, "Face"),
    (Some(View::Top), "From above"),
    (Some(View::Back), "From behind"),
    (Some(View::RightSide), "Right side"),
    (Some(View::LeftSide), "Left side"),
    (Some(View::Front), "Face, eyes hidden"),
];

const FACE: [MarkerId; 6] = [
    MarkerId::RightPupil,
    MarkerId::LeftPupil,
    MarkerId::Chin,
    MarkerId::Top,
    MarkerId::RightSide,
    MarkerId::LeftSide,
];
const OUTLINE: [MarkerId; 3] = [MarkerId::Centre, MarkerId::Width, MarkerId::Height];
const LENGTH: [MarkerId; 2] = [MarkerId::LengthFrom, MarkerId::LengthTo];

impl MarkerId {
    fn label(self) -> &'static str {
        match self {
            Self::RightPupil => "Right pupil (the person's own right)",
            Self::LeftPupil => "Left pupil (the person's own left)",
            Self::Chin => "Lowest point of the chin",
            Self::Top => "Top edge of the head",
            Self::RightSide => "Right edge of the skull, above the ear",
            Self::LeftSide => "Left edge of the skull, above the ear",
            Self::Centre => "Middle of the head",
            Self::Width => "Side edge of the head",
            Self::Height => "Upper edge of the head, also turns the outline",
            Self::Ear => "Opening of the ear: tells how the head is tilted and turned",
            Self::LengthFrom => "One end of the known length",
            Self::LengthTo => "Other end of the known length",
        }
    }

    /// The marker that a guided placement asks for next.
    fn next(self) -> Option<Self> {
        match self {
            Self::RightPupil => Some(Self::LeftPupil),
            Self::LeftPupil => Some(Self::Chin),
            Self::LengthFrom => Some(Self::LengthTo),
            _ => None,
        }
    }
}

/// What a guided tap is for, where one is expected.
#[must_use]
pub(crate) fn guide(tap: Option<TapTarget>) -> Option<&'static str> {
    let Some(TapTarget::Marker(id)) = tap else {
        return None;
    };
    Some(match id {
        MarkerId::RightPupil => {
            "Tap the middle of the person's right eye (on the left in the photo)."
        }
        MarkerId::LeftPupil => "Now the middle of the left eye.",
        MarkerId::Chin => "Now the lowest point of the chin.",
        MarkerId::LengthFrom => "Tap one end of the known length, or drag its yellow handles.",
        MarkerId::LengthTo => "Now its other end.",
        MarkerId::Ear => "Tap the opening of the ear: it tells how the head is tilted and turned.",
        _ => "Drag the marker, tap where it should go, or use the arrow keys.",
    })
}

/// Where a marker stands, photo px. Unmarked edges of a face stand where the
/// fitted head has them, so that they can be corrected.
fn marker_px(app: App, id: MarkerId) -> Option<(f64, f64)> {
    let photo = app.photo.get()?;
    let placement = app.plan.with(|plan| plan.placement)?;
    let px = |m: MarkerInPhoto| photo_from_marker(m, photo.width, photo.height);
    let edge = |marked: Option<MarkerInPhoto>, x: f64, y: f64| {
        marked.map(px).or_else(|| {
            let head = app.head.get()?.ok()?;
            let right = head.camera_from_head.x_axis;
            let up = head.camera_from_head.y_axis;
            let across = DVec2::new(right.x, -right.y).normalize_or(DVec2::X);
            let upward = DVec2::new(up.x, -up.y).normalize_or(-DVec2::Y);
            Some(head.silhouette_ellipse().farthest(across * x + upward * y))
        })
    };
    let p = match (placement, id) {
        (_, MarkerId::LengthFrom) => px(placement.known_length()?.from),
        (_, MarkerId::LengthTo) => px(placement.known_length()?.to),
        (Placement::Face(f), MarkerId::RightPupil) => px(f.right_pupil),
        (Placement::Face(f), MarkerId::LeftPupil) => px(f.left_pupil),
        (Placement::Face(f), MarkerId::Chin) => px(f.chin),
        (Placement::Face(f), MarkerId::Top) => edge(f.top, 0.0, 1.0)?,
        (Placement::Face(f), MarkerId::RightSide) => edge(f.right_side, -1.0, 0.0)?,
        (Placement::Face(f), MarkerId::LeftSide) => edge(f.left_side, 1.0, 0.0)?,
        (Placement::Outline(o), MarkerId::Centre) => px(o.centre),
        (Placement::Outline(o), MarkerId::Width) => {
            px(o.centre) + axes(&o).0 * (o.half_axes[0] * longer_edge_px(photo.width, photo.height))
        }
        (Placement::Outline(o), MarkerId::Height) => {
            px(o.centre) + axes(&o).1 * (o.half_axes[1] * longer_edge_px(photo.width, photo.height))
        }
        (Placement::Outline(o), MarkerId::Ear) => ear_in_photo(o.view, &app.head.get()?.ok()?)?,
        _ => return None,
    };
    Some((p.x, p.y))
}

/// Unit vectors along the ellipse's width and height in the photo.
fn axes(outline: &HeadOutline) -> (DVec2, DVec2) {
    let roll = outline.roll_deg.to_radians();
    let up = DVec2::new(libm::sin(roll), -libm::cos(roll));
    (DVec2::new(-up.y, up.x), up)
}

/// Moves a marker to a photo point.
pub(crate) fn move_marker(app: App, id: MarkerId, to: (f64, f64)) {
    let Some(photo) = app.photo.get_untracked() else {
        return;
    };
    let to = DVec2::new(to.0, to.1);
    let marker = marker_from_photo(to, photo.width, photo.height);
    app.change_placement(|placement| {
        if let Some(mut length) = placement.known_length() {
            match id {
                MarkerId::LengthFrom => length.from = marker,
                MarkerId::LengthTo => length.to = marker,
                _ => {}
            }
            *placement = placement.with_known_length(Some(length));
        }
        set_marker(placement, id, marker, photo);
    });
}

/// Moves one of the head's own markers.
fn set_marker(placement: &mut Placement, id: MarkerId, marker: MarkerInPhoto, photo: PhotoInfo) {
    match placement {
        Placement::Face(face) => match id {
            MarkerId::RightPupil => face.move_pupils(marker, face.left_pupil),
            MarkerId::LeftPupil => face.move_pupils(face.right_pupil, marker),
            MarkerId::Chin => face.chin = marker,
            MarkerId::Top => face.top = Some(marker),
            MarkerId::RightSide => face.right_side = Some(marker),
            MarkerId::LeftSide => face.left_side = Some(marker),
            _ => {}
        },
        Placement::Outline(outline) => {
            let longer = longer_edge_px(photo.width, photo.height);
            let [to, centre] =
                [marker, outline.centre].map(|p| photo_from_marker(p, photo.width, photo.height));
            let from_centre = (to - centre) / longer;
            let least = 0.02;
            match id {
                MarkerId::Centre => outline.centre = marker,
                MarkerId::Width => {
                    outline.half_axes[0] = from_centre.dot(axes(outline).0).abs().max(least);
                }
                MarkerId::Height => {
                    outline.half_axes[1] = from_centre.length().max(least);
                    outline.roll_deg = libm::atan2(from_centre.x, -from_centre.y).to_degrees();
                }
                MarkerId::Ear => {
                    // An outline that is no head stays as it is: what is wrong is said.
                    if let Ok(seen) = with_ear_at(outline, to, photo.width, photo.height) {
                        *outline = seen;
                    }
                }
                _ => {}
            }
        }
    }
}

/// A tap on the photo while a marker is selected.
pub(crate) fn tapped(app: App, id: MarkerId, at: (f64, f64)) {
    move_marker(app, id, at);
    app.tap.set(id.next().map(TapTarget::Marker));
}

/// The markers over the photo.
#[component]
pub fn PlaceMarkers() -> impl IntoView {
    let app = expect_context::<App>();
    let ids = move || {
        let Some(placement) = app.plan.with(|plan| plan.placement) else {
            return Vec::new();
        };
        let mut ids = match placement.view() {
            None => FACE.to_vec(),
            Some(_) => OUTLINE.to_vec(),
        };
        if placement.view().is_some_and(shows_ear) {
            ids.push(MarkerId::Ear);
        }
        if placement.known_length().is_some() {
            ids.extend(LENGTH);
        }
        ids
    };
    let kind = |id: MarkerId| match id {
        MarkerId::LengthFrom | MarkerId::LengthTo => "end",
        MarkerId::Top | MarkerId::RightSide | MarkerId::LeftSide => "edge",
        _ => "point",
    };
    view! {
        <For each=ids key=|id| format!("{id:?}") let:id>
            <Marker
                target=TapTarget::Marker(id)
                label=id.label().to_owned()
                at=Signal::derive(move || marker_px(app, id))
                moved=Callback::new(move |to| move_marker(app, id, to))
                step_px=1.0
                kind=kind(id)
            />
        </For>
    }
}

/// The panel of the Place step.
#[component]
pub fn PlacePanel() -> impl IntoView {
    let app = expect_context::<App>();
    let current = move || app.plan.with(|plan| plan.placement.map(|p| p.view()));
    let choose = move |view: Option<View>| {
        let Some(photo) = app.photo.get_untracked() else {
            return;
        };
        let placement = app.see_from(view, photo);
        app.edit(|plan| plan.placement = Some(placement));
        app.place_by_hand();
        let first = match view {
            None => Some(MarkerId::RightPupil),
            Some(view) => shows_ear(view).then_some(MarkerId::Ear),
        };
        app.tap.set(first.map(TapTarget::Marker));
    };
    let told = move || {
        let placed = app.plan.with(|plan| plan.placement.is_some());
        placed.then(|| {
            guide(app.tap.get()).unwrap_or(
                "Check that the thin line follows the skull. Drag the markers where it does not.",
            )
        })
    };
    let fitted = move || match (app.head.get(), app.photo.get()) {
        (Some(Ok(head)), Some(photo)) => scale_text(&head, photo),
        (Some(Err(why)), _) => strings::placement_error(why).to_owned(),
        _ => String::new(),
    };
    view! {
        <FindNote />
        <p class="guide">{told}</p>
        <fieldset class="choices">
            <legend>"The photo shows the head"</legend>
            {VIEWS
                .map(|(view, name)| {
                    view! {
                        <label>
                            <input type="radio" name="view" prop:checked=move || current() == Some(view) on:change=move |_| choose(view) />
                            <span>{name}</span>
                        </label>
                    }
                })
                .collect_view()}
        </fieldset>
        {move || match current() {
            Some(None) => view! { <PupilDistance /> }.into_any(),
            Some(Some(_)) => view! { <Turns /> }.into_any(),
            None => ().into_any(),
        }}
        <KnownLengthChoice />
        <p class="hint" data-testid="scale">{fitted}</p>
        <FindButton />
        <button type="button" class="primary" on:click=move |_| app.tab.set(Tab::Hairline)>"Next: hairline"</button>
    }
}

/// Pixels per millimetre below which impressions are under a pixel wide and
/// cannot be told apart (domain.md §4.3).
const FEW_PX_PER_MM: f64 = 4.0;

/// The scale in words, and a warning where the photo is too small for it.
fn scale_text(head: &HeadModel, photo: PhotoInfo) -> String {
    let of_source = f64::from(photo.source_width) / f64::from(photo.width.max(1));
    let px_per_mm = head.camera.px_per_mm * of_source;
    let percent = head.scale_error * 100.0;
    let few = if px_per_mm < FEW_PX_PER_MM {
        " Too few to tell single impressions apart: you will see their shadow. A photo from nearer by shows more."
    } else {
        ""
    };
    format!(
        "1 mm is about {} pixels, give or take {} %. Lengths are estimates.{few}",
        fixed(px_per_mm, 1),
        fixed(percent, 0)
    )
}

/// The measured distance between the pupils.
#[component]
fn PupilDistance() -> impl IntoView {
    let app = expect_context::<App>();
    let face = move || match app.plan.with(|plan| plan.placement) {
        Some(Placement::Face(face)) => Some(face),
        _ => None,
    };
    // An empty field is NaN; what no face has is refused by the fit, in words.
    let set = move |typed: f64| {
        let mm = Some(typed).filter(|mm| mm.is_finite());
        app.change_placement(|placement| {
            if let Placement::Face(FaceMarkers { ipd_mm, .. }) = placement {
                *ipd_mm = mm;
            }
        });
    };
    view! {
        <div class="row">
            <label for="ipd">"Distance between the pupils, if known"</label>
            <span class="number">
                <input
                    id="ipd"
                    type="number"
                    inputmode="decimal"
                    min="40"
                    max="85"
                    step="0.5"
                    placeholder="63"
                    prop:value=move || face().and_then(|f| f.ipd_mm).map(|mm| fixed(mm, 1)).unwrap_or_default()
                    on:change:target=move |event| set(event.target().value_as_number())
                />
                <span class="unit">"mm"</span>
            </span>
        </div>
    }
}
