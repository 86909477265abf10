//! Heads drawn in known poses and scales, read back by the real models. The
//! goal is yaw and pitch within 3° and the scale within 2 %; what is reached,
//! by two people's faces on MediaPipe's canonical shape and on their own (46
//! usual pictures each, yaw to ±35°, pitch to ±20°):
//!
//! - Yaw and pitch are within 3° in 44 and 41 of 46, and 3.2° and 4.0° off at
//!   worst. Compared with the same head facing the camera, which takes out how
//!   the person's own face is read, 45 and 46 are within 3°.
//! - The scale is read 2 % too large in the mean, between 0 and +3.6 %:
//!   the landmark model sees the eyes farther apart than they are drawn.
//!   Compared with the same head facing the camera it is within 2 % in 40 and
//!   43 of 46, and 2.9 % off at worst.
//! - Turned by 35° and at once bowed or raised by 20°, the face is still found,
//!   and the pose up to 5° and 6° off.
//! - No photo tells how far its camera was. The fit takes 1 m, and gives a
//!   scale 10 % too large where it was half that, 2 % too small at twice that;
//!   the pose stays within 3°.
//!
//! The bounds below are these figures: less is a regression, and much more
//! asks for new ones. `cargo xtask vision --posed` prints every picture's.
#![cfg(feature = "codec-native")]
#![expect(clippy::print_stdout, reason = "tests say what they skip and measure")]

#[path = "../src/bin/vision_report/posed/mod.rs"]
mod posed;

use std::fs;
use std::path::Path;

use posed::{Kind, Measured, PORTRAITS, Shape, measure};
use smp_visualizer::vision::models::Models;

/// The goals.
const GOAL_DEG: f64 = 3.0;
const GOAL_SCALE: f64 = 0.02;

/// What a shape's heads of one kind keep to.
struct Bounds {
    kind: Kind,
    /// How many pictures there are.
    pictures: usize,
    /// Largest error of yaw and pitch, degrees; how many are within the goal.
    turn_deg: f64,
    turn_in_goal: usize,
    /// The same compared with the head facing the camera.
    turn_in_goal_by_turn: usize,
    /// Largest error of roll, degrees.
    roll_deg: f64,
    /// Least and largest error of the scale.
    scale: [f64; 2],
    /// How many scales are within the goal compared with the head facing the
    /// camera, and the largest error.
    scale_in_goal_by_turn: usize,
    scale_by_turn: f64,
}

const CANONICAL: [Bounds; 3] = [
    Bounds {
        kind: Kind::Usual,
        pictures: 46,
        turn_deg: 3.2,
        turn_in_goal: 44,
        turn_in_goal_by_turn: 45,
        roll_deg: 1.1,
        scale: [0.003, 0.036],
        scale_in_goal_by_turn: 40,
        scale_by_turn: 0.029,
    },
    Bounds {
        kind: Kind::Corner,
        pictures: 8,
        turn_deg: 4.4,
        turn_in_goal: 3,
        turn_in_goal_by_turn: 4,
        roll_deg: 1.3,
        scale: [-0.024, 0.030],
        scale_in_goal_by_turn: 3,
        scale_by_turn: 0.056,
    },
    Bounds {
        kind: Kind::Distance,
        pictures: 4,
        turn_deg: 2.2,
        turn_in_goal: 4,
        turn_in_goal_by_turn: 4,
        roll_deg: 0.6,
        scale: [-0.007, 0.099],
        scale_in_goal_by_turn: 0,
        scale_by_turn: 0.067,
    },
];
const OWN: [Bounds; 3] = [
    Bounds {
        kind: Kind::Usual,
        pictures: 46,
        turn_deg: 4.0,
        turn_in_goal: 41,
        turn_in_goal_by_turn: 46,
        roll_deg: 1.3,
        scale: [0.0, 0.034],
        scale_in_goal_by_turn: 43,
        scale_by_turn: 0.025,
    },
    Bounds {
        kind: Kind::Corner,
        pictures: 8,
        turn_deg: 6.3,
        turn_in_goal: 4,
        turn_in_goal_by_turn: 3,
        roll_deg: 1.6,
        scale: [-0.020, 0.045],
        scale_in_goal_by_turn: 5,
        scale_by_turn: 0.039,
    },
    Bounds {
        kind: Kind::Distance,
        pictures: 4,
        turn_deg: 2.5,
        turn_in_goal: 4,
        turn_in_goal_by_turn: 4,
        roll_deg: 0.7,
        scale: [-0.024, 0.1],
        scale_in_goal_by_turn: 0,
        scale_by_turn: 0.075,
    },
];

#[test]
fn a_canonical_head_is_read_as_it_was_drawn() -> Result<(), String> {
    check(Shape::Canonical, &CANONICAL)
}

#[test]
fn a_persons_own_head_is_read_as_it_was_drawn() -> Result<(), String> {
    check(Shape::Own, &OWN)
}

fn check(shape: Shape, bounds: &[Bounds]) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let models = Models::by_name(|file| fs::read(root.join("target/models").join(file)));
    let Ok(models) = models else {
        println!("skipped: no target/models; `cargo xtask models` makes them");
        return Ok(());
    };
    let mut models = models.map_err(|error| error.to_string())?;
    let mut all = Vec::new();
    for portrait in PORTRAITS {
        let path = root.join("public/samples").join(portrait);
        let measured = measure(&path, shape, &mut models, |_, _| Ok(()));
        let measured = measured.map_err(|error| format!("{portrait}: {error}"))?;
        println!("{portrait}, {shape:?}");
        measured.iter().for_each(print);
        all.extend(measured);
    }
    for bounds in bounds {
        hold(&all, bounds);
    }
    Ok(())
}

fn print(measured: &Measured) {
    let given = measured.case.given;
    println!(
        "{:?} {:?}, px/mm {}, {} mm: off by {:+.1?}° (face {:+.1?}°, by turn {:+.1?}°), scale {:+.1} % (by turn {:+.1} %), edges {:?}",
        measured.case.kind,
        given.pose,
        given.px_per_mm,
        given.distance_mm,
        measured.off_deg(),
        measured.face_off_deg(),
        measured.turn_off_deg(),
        100.0 * measured.scale_off(),
        100.0 * measured.scale_off_by_turn(),
        measured.read.edges,
    );
}

fn hold(all: &[Measured], bounds: &Bounds) {
    let kind = bounds.kind;
    let of_kind: Vec<&Measured> = all.iter().filter(|m| m.case.kind == kind).collect();
    let turn = |[yaw, pitch, _]: [f64; 3]| yaw.abs().max(pitch.abs());
    let count = |good: &dyn Fn(&Measured) -> bool| of_kind.iter().filter(|m| good(m)).count();
    let most = |of: &dyn Fn(&Measured) -> f64| of_kind.iter().map(|m| of(m)).fold(0.0, f64::max);
    assert_eq!(of_kind.len(), bounds.pictures, "{kind:?}");

    let worst = most(&|m| turn(m.off_deg()));
    assert!(worst <= bounds.turn_deg, "{kind:?}: {worst}° off");
    let good = count(&|m| turn(m.off_deg()) <= GOAL_DEG);
    assert!(good >= bounds.turn_in_goal, "{kind:?}: {good} turns good");
    let good = count(&|m| turn(m.turn_off_deg()) <= GOAL_DEG);
    assert!(
        good >= bounds.turn_in_goal_by_turn,
        "{kind:?}: {good} good by turn"
    );
    let worst = most(&|m| m.off_deg()[2].abs());
    assert!(worst <= bounds.roll_deg, "{kind:?}: roll {worst}° off");

    let [least, largest] = bounds.scale;
    for measured in &of_kind {
        let off = measured.scale_off();
        assert!((least..=largest).contains(&off), "{kind:?}: scale {off}");
    }
    let good = count(&|m| m.scale_off_by_turn().abs() <= GOAL_SCALE);
    assert!(
        good >= bounds.scale_in_goal_by_turn,
        "{kind:?}: {good} scales good by turn"
    );
    let worst = most(&|m| m.scale_off_by_turn().abs());
    assert!(
        worst <= bounds.scale_by_turn,
        "{kind:?}: scale {worst} off by turn"
    );
}
