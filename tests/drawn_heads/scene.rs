//! Looks, and what the renderer makes of a drawn head with them.

use std::sync::OnceLock;

use smp_visualizer::engine::anthropometry::{IPD_MM, STANDARD_SEMI_AXES_MM};
use smp_visualizer::engine::image::Photo;
use smp_visualizer::engine::look::{Hairline, Look};
use smp_visualizer::engine::outline::{Outline, outline};
use smp_visualizer::engine::params::{ParamId, ROWS};
use smp_visualizer::engine::placed::Ranked;
use smp_visualizer::engine::placement::Placement;
use smp_visualizer::engine::render::Renderer;
use smp_visualizer::engine::stages::Inputs;

use super::drawn::{Drawn, Skin, Turn};
use super::measured::{Picture, darkening};

/// At the head's centre; its near side is shown a tenth larger. Impressions
/// 0.15 mm wide are as fine as a pixel then, and some four pixels apart at the
/// largest density, hence hardly ever so dark together that shadows no longer
/// add: what a window of skin loses is what one impression takes times how
/// many there are, whatever the impression's profile. Still finer ones would
/// be so faint that much of them were lost to rounding.
pub(crate) const PX_PER_MM: f64 = 6.0;
/// What the fit takes for granted where nothing tells it
/// (`engine::camera::DEFAULT_DISTANCE_MM`).
pub(crate) const DISTANCE_MM: f64 = 1000.0;
/// Impressions stand where chance puts them: with four times as many, windows
/// and lines scatter half as much.
pub(crate) const SEEDS: [u32; 4] = [1, 2, 3, 4];

/// How far behind the line the density is finished (`engine::dots`), mm: with
/// no transition zone, and with the usual one and its waves.
pub(crate) const FINISHED_MM: f64 = 25.5;
pub(crate) const USUALLY_FINISHED_MM: f64 = 38.0;

/// Candidates are the dear part, and the same for every head.
fn ranked() -> &'static [Ranked] {
    static RANKED: OnceLock<Vec<Ranked>> = OnceLock::new();
    RANKED.get_or_init(|| {
        std::thread::scope(|scope| {
            let made = SEEDS.map(|seed| scope.spawn(move || Ranked::new(seed)));
            let made = made.map(|made| made.join().expect("candidates of any seed"));
            made.into()
        })
    })
}

pub(crate) fn with(mut look: Look, values: &[(ParamId, f64)]) -> Look {
    for (id, value) in values {
        id.set(&mut look, *value);
    }
    look
}

/// What of a look is at its most in the [`fine`] one, by the names that people
/// see; so a look may get numbers that this file does not know.
const AT_MOST: [&str; 2] = ["Edge strength", "Crispness"];
/// Unit of those that are left as they are: factors, usually 1.
const AS_USUAL: &str = "×";

/// The line `hairline` without waves and transition zone, and the finest,
/// darkest, crispest and evenest impressions: what is measured most exactly.
fn fine(hairline: Hairline, per_cm2: f64) -> Look {
    let mut look = Look::default();
    for row in ROWS.iter().filter(|row| row.unit != AS_USUAL) {
        let most = AT_MOST.contains(&row.what);
        row.id.set(&mut look, if most { row.max } else { row.min });
    }
    look.hairline = Hairline {
        transition_mm: look.hairline.transition_mm,
        macro_mm: look.hairline.macro_mm,
        micro_mm: look.hairline.micro_mm,
        edge_opacity: look.hairline.edge_opacity,
        ..hairline
    };
    with(look, &[(ParamId::DensityPerCm2, per_cm2)])
}

/// The lowest straight line there is: it leaves the most scalp behind it.
fn lowest() -> Hairline {
    let values = [
        (ParamId::HeightMm, 45.0),
        (ParamId::RecessionMm, 0.0),
        (ParamId::LateralMm, 75.0),
    ];
    with(Look::default(), &values).hairline
}

/// The densest look, with the lowest line and with the usual one.
pub(crate) fn dense() -> [Look; 2] {
    let diameter = [(ParamId::DiameterMm, 0.15)];
    [lowest(), Look::default().hairline].map(|hairline| with(fine(hairline, 250.0), &diameter))
}

/// So few impressions that each is a spot even where the skin is seen aslant,
/// and large enough for it.
pub(crate) fn sparse() -> Look {
    with(fine(lowest(), 40.0), &[(ParamId::DiameterMm, 0.30)])
}

/// The look of a new plan, with the line as low as it gets.
pub(crate) fn usual() -> Look {
    with(Look::default(), &[(ParamId::HeightMm, 45.0)])
}

/// A drawn head, and where the person says that it is.
pub(crate) struct Scene {
    pub(crate) drawn: Drawn,
    skin: Vec<Skin>,
    photo: Photo,
    placement: Placement,
}

impl Scene {
    pub(crate) fn new(drawn: Drawn, placement: Placement) -> Self {
        let skin = drawn.skin();
        let photo = drawn.photo(&skin).expect("its own size");
        Self {
            drawn,
            skin,
            photo,
            placement,
        }
    }

    /// A head of the size that the fit believes in beforehand, marked without
    /// a slip: the fit finds it exactly, and what is wrong is the rendering.
    pub(crate) fn standard(turn: Turn) -> Self {
        let drawn = Drawn::new(STANDARD_SEMI_AXES_MM, turn, DISTANCE_MM, PX_PER_MM);
        let face = drawn.markers(turn, IPD_MM);
        Self::new(drawn, Placement::Face(face))
    }

    pub(crate) fn line(&self, look: &Look) -> Outline {
        outline(&look.hairline, self.drawn.semi_axes_mm)
    }

    pub(crate) fn picture<'a>(&'a self, lost: &'a [f64]) -> Picture<'a> {
        Picture {
            drawn: &self.drawn,
            skin: &self.skin,
            lost,
        }
    }

    /// What `of` makes of the picture with each look, pixel by pixel, in the
    /// mean of the first `seeds` of [`SEEDS`].
    pub(crate) fn mean<const N: usize>(
        &self,
        seeds: usize,
        looks: [Look; N],
        of: [Reading; N],
    ) -> [Vec<f64>; N] {
        let mut mean = [(); N].map(|()| vec![0.0; self.skin.len()]);
        for (seed, ranked) in SEEDS.into_iter().zip(ranked()).take(seeds) {
            let mut renderer = Renderer::with_ranked(self.photo.clone(), Some(ranked.clone()));
            for ((look, of), mean) in looks.into_iter().zip(of).zip(&mut mean) {
                let inputs = Inputs::healed(self.placement, Look { seed, ..look });
                renderer.render(&inputs, &|| 0.0).expect("a sound head");
                let lost = darkening(&self.photo, renderer.pixels());
                let read = match of {
                    Reading::Lost => lost,
                    Reading::Spots(apart_mm) => self.picture(&lost).spots(apart_mm),
                };
                for (mean, read) in mean.iter_mut().zip(read) {
                    *mean += read / seeds as f64;
                }
            }
        }
        mean
    }
}

/// What is read of a picture.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reading {
    /// The share of light that each pixel lost.
    Lost,
    /// The spots that stand so far apart, mm.
    Spots(f64),
}

/// Impressions nearer to each other than this count as one spot: the follicular
/// unit, whose hairs stand within half a millimetre. Units stand farther apart
/// where there are 40 impressions to a cm².
pub(crate) const UNIT_MM: f64 = 0.7;
/// Impressions that are told apart in the close-up stand so far apart.
const APART_MM: f64 = 0.15;

/// What ties the pictures to impressions.
pub(crate) struct Calibration {
    /// Impressions counted, each by itself, per cm² of true skin, of the dense
    /// look.
    pub(crate) counted_per_cm2: f64,
    /// Share of light that the same skin loses to them.
    pub(crate) lost: f64,
    /// Units per mm² of the sparse look.
    pub(crate) units_per_mm2: f64,
    /// Share of light that finished scalp loses to the usual look.
    pub(crate) usually_lost: f64,
}

/// From a bowed head's crown, seen straight on: once so large that each
/// impression is counted by itself, and once as large as it is elsewhere.
pub(crate) fn calibration() -> &'static Calibration {
    static CALIBRATION: OnceLock<Calibration> = OnceLock::new();
    CALIBRATION.get_or_init(|| {
        let [low, _] = dense();
        let large = crown(16.0);
        let [counted] = large.mean(SEEDS.len(), [low], [Reading::Spots(APART_MM)]);
        // Not from the large one: a picture has whole levels, and of faint
        // light spread wide another share is lost to rounding.
        let usual_size = crown(PX_PER_MM);
        let [lost, units, usually] = usual_size.mean(
            SEEDS.len(),
            [low, sparse(), usual()],
            [Reading::Lost, Reading::Spots(UNIT_MM), Reading::Lost],
        );
        let line = large.line(&low);
        let mean = |scene: &Scene, values: &[f64], mm| scene.picture(values).finished(&line, mm).0;
        Calibration {
            counted_per_cm2: 100.0 * mean(&large, &counted, FINISHED_MM),
            lost: mean(&usual_size, &lost, FINISHED_MM),
            units_per_mm2: mean(&usual_size, &units, FINISHED_MM),
            usually_lost: mean(&usual_size, &usually, USUALLY_FINISHED_MM),
        }
    })
}

/// 70 × 50 mm of the crown.
fn crown(px_per_mm: f64) -> Scene {
    let turn = Turn::new(0.0, 55.0);
    let drawn = Drawn::new(STANDARD_SEMI_AXES_MM, turn, DISTANCE_MM, px_per_mm);
    let drawn = drawn.close_up((70.0 * px_per_mm) as u32, (50.0 * px_per_mm) as u32);
    let face = drawn.markers(turn, IPD_MM);
    Scene::new(drawn, Placement::Face(face))
}
