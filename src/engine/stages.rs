//! What must be worked out again when an input changes: a pure plan, carried
//! out by [`super::render`].

use super::life::{Life, Moment};
use super::look::{Density, Hairline, Look, Shade};
use super::placement::Placement;

/// The steps from a photo to a picture, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The head's geometry from its markers.
    Head,
    /// Ranked blue noise on the standard head; depends on the seed.
    Candidates,
    /// Candidates seen by the camera.
    Project,
    /// Distance of the scalp from the hairline.
    Region,
    /// How much bare scalp each candidate lies on.
    Cover,
    /// Which of them lie in the treated zone.
    Zone,
    /// Which impressions show.
    Visibility,
    /// Their coverage, pixel by pixel.
    Field,
    /// Pigment over skin.
    Composite,
}

impl Stage {
    /// All stages in the order in which they run.
    pub const ALL: [Self; 9] = [
        Self::Head,
        Self::Candidates,
        Self::Project,
        Self::Region,
        Self::Cover,
        Self::Zone,
        Self::Visibility,
        Self::Field,
        Self::Composite,
    ];

    /// Short name for tables and messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Candidates => "candidates",
            Self::Head => "head",
            Self::Project => "project",
            Self::Region => "region",
            Self::Cover => "cover",
            Self::Zone => "zone",
            Self::Visibility => "visibility",
            Self::Field => "field",
            Self::Composite => "composite",
        }
    }
}

/// Everything a picture depends on besides the photo.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Inputs {
    /// Where the head is.
    pub placement: Placement,
    /// What to draw.
    pub look: Look,
    /// When in the treatment's life.
    pub moment: Moment,
}

impl Inputs {
    /// A finished and healed treatment.
    #[must_use]
    pub const fn healed(placement: Placement, look: Look) -> Self {
        Self {
            placement,
            look,
            moment: Moment::HEALED,
        }
    }
}

/// The parts of a hairline that move its line; the others act on the
/// impressions near it.
fn shape(hairline: &Hairline) -> Hairline {
    Hairline {
        transition_mm: 0.0,
        macro_mm: 0.0,
        micro_mm: 0.0,
        edge_opacity: 0.0,
        ..*hairline
    }
}

/// Whether `stage` must run to get from `last` (none: nothing is cached yet)
/// to `next`. A new matte or correction runs [`Stage::Cover`] and all behind it;
/// they are no inputs here because they are too large to be kept twice and
/// compared.
#[must_use]
pub fn must_run(stage: Stage, last: Option<&Inputs>, next: &Inputs) -> bool {
    let Some(last) = last else { return true };
    let seed = last.look.seed != next.look.seed;
    let head = last.placement != next.placement;
    let line = shape(&last.look.hairline) != shape(&next.look.hairline);
    let zone = last.look.zone != next.look.zone;
    let impressions = last.look.hairline != next.look.hairline
        || changed_density(&last.look.density, &next.look.density)
        || zone
        || changed_impressions(&last.moment, &next.moment);
    match stage {
        Stage::Candidates => seed,
        Stage::Head => head,
        Stage::Project | Stage::Cover => seed || head,
        Stage::Region => head || line,
        Stage::Zone => seed || head || zone,
        Stage::Visibility | Stage::Field => seed || head || impressions,
        Stage::Composite => {
            let grown = last.moment.grown_days != next.moment.grown_days;
            seed || head || impressions || grown || changed_pigment(last, next)
        }
    }
}

fn changed_density(a: &Density, b: &Density) -> bool {
    a != b
}

fn changed_shade(a: &Shade, b: &Shade) -> bool {
    a != b
}

/// Whether the impressions' number, size or strength changes from one moment to
/// another.
fn changed_impressions(a: &Moment, b: &Moment) -> bool {
    !Life::at(a).has_same_impressions(&Life::at(b))
}

/// Whether full coverage darkens otherwise in `next`.
#[must_use]
pub fn changed_pigment(last: &Inputs, next: &Inputs) -> bool {
    changed_shade(&last.look.shade, &next.look.shade)
        || Life::at(&last.moment) != Life::at(&next.moment)
}

/// Notes what each stage took.
pub(super) struct Timer<'a> {
    pub(super) clock: &'a dyn Fn() -> f64,
    pub(super) stages: Vec<(Stage, f64)>,
}

impl Timer<'_> {
    /// Does the work of a stage.
    pub(super) fn time<T>(&mut self, stage: Stage, work: impl FnOnce() -> T) -> T {
        let start = (self.clock)();
        let done = work();
        self.stages.push((stage, (self.clock)() - start));
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::params::{ParamId, ROWS};
    use crate::engine::placement::{HeadOutline, View};

    fn inputs() -> Inputs {
        let outline = HeadOutline {
            view: View::Top,
            centre: [0.5, 0.4],
            half_axes: [0.2, 0.3],
            roll_deg: 0.0,
            tilt_deg: 0.0,
            turn_deg: 0.0,
            known_length: None,
        };
        Inputs::healed(Placement::Outline(outline), Look::default())
    }

    fn running(next: &Inputs) -> Vec<Stage> {
        Stage::ALL
            .into_iter()
            .filter(|s| must_run(*s, Some(&inputs()), next))
            .collect()
    }

    #[test]
    fn each_change_runs_what_depends_on_it_and_no_more() {
        use Stage::{Candidates, Composite, Cover, Field, Head, Project, Region, Visibility, Zone};
        assert_eq!(running(&inputs()), vec![]);
        for row in ROWS {
            let mut next = inputs();
            row.id.set(&mut next.look, row.max);
            let expected: &[Stage] = match row.id {
                ParamId::Dilution | ParamId::DepthMm | ParamId::Warmth => &[Composite],
                ParamId::DensityPerCm2
                | ParamId::DiameterMm
                | ParamId::Crispness
                | ParamId::Unevenness
                | ParamId::BesideRightTemple
                | ParamId::BesideRightSide
                | ParamId::BesideBack
                | ParamId::BesideLeftSide
                | ParamId::BesideLeftTemple
                | ParamId::TransitionMm
                | ParamId::MacroMm
                | ParamId::MicroMm
                | ParamId::EdgeOpacity => &[Visibility, Field, Composite],
                _ => &[Region, Visibility, Field, Composite],
            };
            assert_eq!(running(&next), expected, "{row:?}");
        }
        let mut fresh = inputs();
        fresh.moment.day = 0.0;
        assert_eq!(running(&fresh), vec![Visibility, Field, Composite]);
        let (mut after_5_years, mut after_6) = (inputs(), inputs());
        after_5_years.moment.day += 5.0 * 365.25;
        after_6.moment.day += 6.0 * 365.25;
        // They do not get wider any more.
        let fading = |stage: &Stage| must_run(*stage, Some(&after_5_years), &after_6);
        assert_eq!(
            Stage::ALL.into_iter().filter(fading).collect::<Vec<_>>(),
            vec![Composite]
        );
        let mut seed = inputs();
        seed.look.seed = 2;
        assert_eq!(
            running(&seed),
            vec![
                Candidates, Project, Cover, Zone, Visibility, Field, Composite
            ]
        );
        let mut crown = inputs();
        crown.look.zone = super::super::zones::Zone::Crown;
        assert_eq!(running(&crown), vec![Zone, Visibility, Field, Composite]);
        let mut moved = inputs();
        if let Placement::Outline(outline) = &mut moved.placement {
            outline.centre = [0.4, 0.4];
        }
        assert_eq!(
            running(&moved),
            vec![
                Head, Project, Region, Cover, Zone, Visibility, Field, Composite
            ]
        );
    }

    #[test]
    fn everything_runs_at_first() {
        assert!(Stage::ALL.into_iter().all(|s| must_run(s, None, &inputs())));
    }
}
