//! Heads drawn in known poses, sizes and light, treated, and measured again
//! from the pictures before and after alone. Goal: density within 5 % of the
//! asked and the hairline within 0.5 mm, on all scalp that is drawn in full, at
//! 0°, 20° and 40° of yaw and of pitch. What is reached:
//!
//! - In these nine poses, and on narrower, longer, rolled and raised heads, from
//!   behind and from above, density is off by 2.5 % at worst in windows of 3 cm²
//!   of skin, by the light that impressions take, and by 3.1 % in windows of
//!   6 cm², by counting them. That is chance: with sixteen seeds instead of four
//!   it is 1.1 % and 1.6 % in the nine poses.
//! - The hairline is off by 0.28 mm at worst on any 12 mm of it, and 0.1 mm too
//!   high in the mean, half of which is this file's way of measuring.
//! - All this where the fit knows the head. A photo tells neither a head's size
//!   nor how far its camera was, and the fit takes the average. Seen 20° from
//!   aside and above, with every marker where it belongs, a head 5 % larger than
//!   the average gets its hairline up to 3.1 mm too high and 12 % fewer
//!   impressions to the cm²; where the distance of its pupils was told, 1.2 mm
//!   too low and 6 % fewer. With the camera at 600 mm the line is up to 5.7 mm
//!   too low and density up to 13 % too high, at 2000 mm 5.1 mm too high and
//!   10 % too low. This is outside the goal, and no fault of the rendering.
//!
//! How density is measured: impressions so fine that they do not add up to more
//! than black take light in proportion to their number. What so many take is
//! told by the crown seen straight on, where each is counted by itself: by
//! pixels, not by the engine. But light alone does not show a wrong scale, which
//! makes impressions fewer and each larger; hence they are counted too, so few
//! that they stand apart. Impressions nearer than 0.7 mm to each other count as
//! one there, at the crown as well, so that follicular units may have several.
//!
//! Assumed of the engine: impressions darken the skin; density is finished 25 mm
//! behind the transition zone; and `outline` is the line that was asked for (its
//! height at the midline is held against a tape). Towards the silhouette the
//! engine fades impressions out on purpose: there nothing is measured.
#![cfg(not(target_family = "wasm"))]
#![expect(clippy::expect_used, reason = "tests may stop at the first surprise")]
#![expect(clippy::print_stdout, reason = "tests say what they measure")]

#[path = "drawn_heads/drawn.rs"]
mod drawn;
#[path = "drawn_heads/measured.rs"]
mod measured;
#[path = "drawn_heads/scene.rs"]
mod scene;

use drawn::{Drawn, Turn};
use glam::{DVec2, DVec3};
use measured::Offset;
use scene::{
    DISTANCE_MM, FINISHED_MM, PX_PER_MM, Reading, SEEDS, Scene, UNIT_MM, USUALLY_FINISHED_MM,
    calibration, dense, sparse, usual, with,
};
use smp_visualizer::engine::anthropometry::{IPD_MM, STANDARD_SEMI_AXES_MM};
use smp_visualizer::engine::fit::fit;
use smp_visualizer::engine::outline::outline;
use smp_visualizer::engine::params::ParamId;
use smp_visualizer::engine::placement::{FaceMarkers, HeadOutline, Placement, View};

/// Issue 4's goals: density, as a share of the asked, and hairline height.
const DENSITY_GOAL: f64 = 0.05;
const HEIGHT_GOAL_MM: f64 = 0.5;

/// Radius of the windows of skin in which density is measured, mm: they hold
/// some 800 impressions of the densest look and 250 of the sparse one, for each
/// seed.
const DENSE_WINDOW_MM: f64 = 10.0;
const SPARSE_WINDOW_MM: f64 = 14.0;
/// Less finished scalp than this says nothing of the usual look, whose
/// impressions differ, mm².
const ENOUGH_MM2: f64 = 4000.0;

/// What came back from the pictures of a head.
struct Figures {
    /// Per window, density by the light taken over asked density, less 1.
    taken: Vec<f64>,
    /// Per window, density by counting over asked density, less 1.
    counted: Vec<f64>,
    /// Light taken by the usual look from all finished scalp over that taken from
    /// the crown, less 1; none where little finished scalp is shown.
    usual: Option<f64>,
    /// Where the lowest line and the usual one begin.
    low: Vec<Offset>,
    high: Vec<Offset>,
}

fn figures(scene: &Scene, seeds: usize) -> Figures {
    let [low, high] = dense();
    let [low_lost, high_lost, spots, usually] = scene.mean(
        seeds,
        [low, high, sparse(), usual()],
        [
            Reading::Lost,
            Reading::Lost,
            Reading::Spots(UNIT_MM),
            Reading::Lost,
        ],
    );
    let line = scene.line(&low);
    let windows = |values, radius_mm, asked: f64| {
        let windows = scene.picture(values).windows(&line, FINISHED_MM, radius_mm);
        windows.iter().map(|value| value / asked - 1.0).collect()
    };
    let asked = calibration();
    let usually = scene.picture(&usually);
    let (usually, area_mm2) = usually.finished(&scene.line(&usual()), USUALLY_FINISHED_MM);
    Figures {
        taken: windows(&low_lost, DENSE_WINDOW_MM, asked.lost),
        counted: windows(&spots, SPARSE_WINDOW_MM, asked.units_per_mm2),
        usual: (area_mm2 > ENOUGH_MM2).then_some(usually / asked.usually_lost - 1.0),
        low: scene.picture(&low_lost).offsets(&line),
        high: scene.picture(&high_lost).offsets(&scene.line(&high)),
    }
}

/// The value farthest from 0; none of none.
fn worst(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let farther = |a: f64, b: f64| if b.abs() > a.abs() { b } else { a };
    values.into_iter().reduce(farther)
}

impl Figures {
    fn print(&self, what: &str) {
        let percent = |share: Option<f64>| {
            share.map_or_else(
                || "   –  ".into(),
                |share| format!("{:+4.1} %", 100.0 * share),
            )
        };
        println!(
            "{what:40} taken {} ({:3}), counted {} ({:3}), usual {}, line {:+5.2} mm ({:2} + {:2})",
            percent(worst(self.taken.iter().copied())),
            self.taken.len(),
            percent(worst(self.counted.iter().copied())),
            self.counted.len(),
            percent(self.usual),
            self.line_mm(),
            self.low.len(),
            self.high.len(),
        );
    }

    /// Nowhere farther off than the goals.
    fn hold(&self, what: &str) {
        self.print(what);
        for off in self.taken.iter().chain(&self.counted).chain(&self.usual) {
            assert!(off.abs() <= DENSITY_GOAL, "{what}: density off by {off}");
        }
        for Offset { at_mm, mm } in self.offsets() {
            assert!(
                mm.abs() <= HEIGHT_GOAL_MM,
                "{what}: the line is {mm} mm off at {at_mm}"
            );
        }
    }

    fn offsets(&self) -> impl Iterator<Item = &Offset> {
        self.low.iter().chain(&self.high)
    }

    fn line_mm(&self) -> f64 {
        worst(self.offsets().map(|offset| offset.mm)).unwrap_or(0.0)
    }
}

/// One pitch at all yaws, each pose with how much scalp it shows at least:
/// windows, and pieces of the lower line.
fn holds_at(pitch: f64, shown: [[usize; 2]; 3]) {
    for (yaw, [windows, pieces]) in [0.0, 20.0, 40.0].into_iter().zip(shown) {
        let figures = figures(&Scene::standard(Turn::new(yaw, pitch)), SEEDS.len());
        let what = format!("yaw {yaw}°, pitch {pitch}°");
        figures.hold(&what);
        assert!(figures.taken.len() >= windows, "{what}: few windows");
        assert!(
            figures.low.len() >= pieces && figures.high.len() >= 7,
            "{what}: little line"
        );
    }
}

#[test]
fn a_level_head_comes_back() {
    holds_at(0.0, [[7, 10], [5, 10], [20, 10]]);
}

#[test]
fn a_head_bowed_by_20_degrees_comes_back() {
    holds_at(20.0, [[40, 12], [50, 12], [70, 11]]);
}

#[test]
fn a_head_bowed_by_40_degrees_comes_back() {
    holds_at(40.0, [[100, 14], [100, 13], [120, 11]]);
}

#[test]
fn counted_one_by_one_impressions_are_as_many_as_asked_for() {
    let counted = calibration().counted_per_cm2;
    println!("counted {counted:.2} per cm², asked 250");
    assert!((counted / 250.0 - 1.0).abs() < 0.02, "{counted}");
}

/// Height is what a tape along the midline says.
#[test]
fn the_asked_line_is_at_the_asked_height() {
    let drawn = Drawn::new(
        DVec3::new(72.0, 93.0, 104.0),
        Turn::new(0.0, 0.0),
        DISTANCE_MM,
        1.0,
    );
    for height_mm in [45.0, 70.0, 110.0] {
        let look = with(usual(), &[(ParamId::HeightMm, height_mm)]);
        let line = outline(&look.hairline, drawn.semi_axes_mm);
        let off_midline = |p: &DVec3| p.x.abs();
        let front = line.front.clone().map(|i| line.points_mm[i]);
        let middle = front.min_by(|a, b| off_midline(a).total_cmp(&off_midline(b)));
        let middle = middle.expect("a line");
        let tape_mm = drawn.tape_mm(middle);
        assert!(
            off_midline(&middle) < 0.01 && (tape_mm - height_mm).abs() < 0.05,
            "{tape_mm}"
        );
    }
}

/// Heads of other shapes, rolled, raised and from other sides: drawn with the
/// numbers that the fit made of an outline, so that here too all that is wrong
/// is the rendering.
#[test]
fn heads_of_other_shapes_and_views_come_back() {
    let (width, height) = (1090, 1400);
    let cases = [
        (View::Front, [400.0, 553.0], -15.0, 40.0, -20.0),
        (View::Front, [497.0, 476.0], 10.0, -20.0, -40.0),
        (View::Back, [406.0, 518.0], 8.0, 20.0, 20.0),
        (View::Top, [420.0, 560.0], 0.0, 20.0, 10.0),
    ];
    for (view, half_axes, roll_deg, tilt_deg, turn_deg) in cases {
        let long = f64::from(height);
        let placement = Placement::Outline(HeadOutline {
            view,
            centre: [545.0 / long, 700.0 / long],
            half_axes: half_axes.map(|px| px / long),
            roll_deg,
            tilt_deg,
            turn_deg,
            known_length: None,
        });
        let head = fit(&placement, width, height).expect("an outline of a head");
        let turn = Turn {
            yaw: head.pose.yaw_deg,
            pitch: head.pose.pitch_deg,
            roll: head.pose.roll_deg,
        };
        let camera = head.camera;
        let drawn = Drawn::new(
            head.semi_axes_mm,
            turn,
            camera.distance_mm,
            camera.px_per_mm,
        )
        .placed(camera.centre_in_photo, width, height);
        let what = format!(
            "{view:?} {yaw:.0}° {pitch:.0}° {roll:.0}°, {:.0} mm",
            head.semi_axes_mm,
            yaw = turn.yaw,
            pitch = turn.pitch,
            roll = turn.roll
        );
        let figures = figures(&Scene::new(drawn, placement), SEEDS.len());
        figures.hold(&what);
    }
}

/// What a fit adds that cannot know the head's own size or the camera's
/// distance, although every marker is put without a slip: bounds as measured.
struct Fitted {
    who: &'static str,
    /// The standard head's half breadth, height and length times these.
    size: [f64; 3],
    /// The same of the distance between the pupils, and whether it was told.
    eyes: f64,
    told: bool,
    distance_mm: f64,
    density: f64,
    line_mm: f64,
}

const AVERAGE: Fitted = Fitted {
    who: "average",
    size: [1.0; 3],
    eyes: 1.0,
    told: false,
    distance_mm: DISTANCE_MM,
    density: 0.0,
    line_mm: 0.0,
};
const LARGE: Fitted = Fitted {
    who: "large by 5 %",
    size: [1.05; 3],
    eyes: 1.05,
    density: 0.13,
    line_mm: 3.3,
    ..AVERAGE
};

impl Fitted {
    fn hold(&self) {
        // The fit's errors are larger than what chance does with two seeds.
        let figures = figures(&self.scene(), 2);
        figures.print(self.who);
        let density = worst(figures.counted.iter().copied()).expect("scalp is shown");
        assert!(density.abs() <= self.density, "{}: {density}", self.who);
        assert!(figures.line_mm().abs() <= self.line_mm, "{}", self.who);
    }

    fn scene(&self) -> Scene {
        let turn = Turn::new(20.0, 20.0);
        let axes = STANDARD_SEMI_AXES_MM * DVec3::from(self.size);
        let drawn = Drawn::new(axes, turn, self.distance_mm, PX_PER_MM);
        let ipd_mm = self.eyes * IPD_MM;
        let edge = |x, y| Some(drawn.marker(drawn.outline_towards(DVec2::new(x, y))));
        let face = FaceMarkers {
            top: edge(0.0, -1.0),
            right_side: edge(-1.0, 0.0),
            left_side: edge(1.0, 0.0),
            ipd_mm: self.told.then_some(ipd_mm),
            ..drawn.markers(turn, ipd_mm)
        };
        Scene::new(drawn, Placement::Face(face))
    }
}

#[test]
fn what_the_fit_adds_to_heads_of_other_sizes() {
    let all = [
        Fitted {
            who: "broad by 4 %",
            size: [1.04, 1.0, 1.0],
            density: 0.08,
            line_mm: 1.9,
            ..AVERAGE
        },
        Fitted {
            who: "high by 6 %",
            size: [1.0, 1.06, 1.0],
            density: 0.06,
            line_mm: 1.4,
            ..AVERAGE
        },
        LARGE,
        Fitted {
            who: "large by 5 %, pupils told",
            told: true,
            density: 0.08,
            line_mm: 1.5,
            ..LARGE
        },
    ];
    all.iter().for_each(Fitted::hold);
}

#[test]
fn what_the_fit_adds_where_the_camera_is_elsewhere() {
    let all = [
        Fitted {
            who: "camera at 600 mm",
            distance_mm: 600.0,
            density: 0.15,
            line_mm: 5.9,
            ..AVERAGE
        },
        Fitted {
            who: "camera at 2000 mm",
            distance_mm: 2000.0,
            density: 0.12,
            line_mm: 5.3,
            ..AVERAGE
        },
    ];
    all.iter().for_each(Fitted::hold);
}
