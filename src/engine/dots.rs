//! From candidates to impressions: which of the ranked candidates show, how
//! large and how strong.
//!
//! [`visible`] runs at every change of hairline or density and only decides, for
//! each candidate that [`super::projection`] has brought into the photo, how far
//! it is out of the edge. Impressions themselves are made last, and mostly only
//! of those candidates for which that has changed: [`changes`].

use super::beside::Stronger;
use super::edge::{AHEAD, Edge, Line};
use super::impressions::{Changes, Dot};
use super::life::{Life, SESSIONS};
use super::look::{Density, Hairline};
use super::projection::{Asks, Mark, Projection, Spot, Treated};
use super::region::SignedDistance;
use super::shade::Spread;

/// Diameter of the outermost impressions as a share of full (domain.md §2.3).
const EDGE_DIAMETER: f32 = 0.8;
/// More than one impression in this many changed: laying all afresh is as
/// fast as taking away and adding.
const MOST_CHANGED: usize = 3;

/// See [`Shown`].
const UNDER_HAIR: f32 = -1.0;

/// Which candidates show, and how strongly.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// Per candidate, how far it is out of the hairline's edge: 0 hidden,
    /// 1 past the transition zone; [`UNDER_HAIR`] where it would show but for
    /// the hair over it, [`AHEAD`] where it lies so far ahead of the line that
    /// it shows at no density.
    ramp: Vec<f32>,
    /// Density where they are densest, per cm².
    per_cm2: f32,
    count: usize,
    under_hair: usize,
    /// Per candidate, which session it is of; empty where all look alike.
    session: Vec<u8>,
    /// Per candidate, what its skin takes up of the pigment: of its dot and of its halo;
    /// empty where all skin takes up alike.
    uptake: Vec<[f32; 2]>,
    /// For each session.
    makes: [Make; SESSIONS],
    /// The latest session, and whether any has been.
    done: (usize, bool),
}

impl Shown {
    /// Number of impressions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Number of impressions that would show but for the hair over them.
    #[must_use]
    pub fn under_hair(&self) -> usize {
        self.under_hair
    }

    /// All impressions, in drawing order. `projection` is the one that
    /// [`visible`] had.
    #[must_use]
    pub fn dots(&self, projection: &Projection) -> Vec<Dot> {
        let all = self.ramp.iter().zip(&projection.marks);
        if self.session.is_empty() && self.uptake.is_empty() {
            let [make, ..] = &self.makes;
            return all
                .filter(|(ramp, _)| **ramp > 0.0)
                .map(|(ramp, mark)| make.dot(mark, *ramp))
                .collect();
        }
        let shown = all.enumerate().filter(|(_, (ramp, _))| **ramp > 0.0);
        let dot = |(i, (ramp, mark)): (usize, (&f32, &Mark))| {
            let session = self.session.get(i).copied().unwrap_or(0);
            self.taken_up(i, self.make_of(session).dot(mark, *ramp))
        };
        shown.map(dot).collect()
    }

    /// The same at another time of the treatment's life or with other impressions, into
    /// `out`: what [`visible`] would give where head, line, zone and strokes are as they
    /// were, without asking each. False, and `out` as it was, where each has to be asked.
    #[must_use]
    pub fn altered(
        &self,
        projection: &Projection,
        distance: &SignedDistance,
        hairline: &Hairline,
        density: &Density,
        life: &Life,
        out: &mut Self,
    ) -> bool {
        let makes = makes(life, density, hairline);
        if self.done != done(life) || is_even(&self.makes) != is_even(&makes) {
            return false;
        }
        let line = Line::new(distance, hairline, density, life);
        if line.per_cm2 == self.per_cm2 {
            out.ramp.clone_from(&self.ramp);
            (out.count, out.under_hair) = (self.count, self.under_hair);
        } else if is_even(&makes) && projection.treated.is_empty() {
            self.thinned(projection, &line, out);
        } else {
            return false;
        }
        out.session.clone_from(&self.session);
        out.uptake.clone_from(&self.uptake);
        (out.makes, out.done, out.per_cm2) = (makes, self.done, line.per_cm2);
        true
    }

    /// Which show at another density, into `out`. Those that show go on to do so where
    /// it rises, and those that do not where it falls.
    fn thinned(&self, projection: &Projection, line: &Line<'_>, out: &mut Self) {
        let per_cm2 = line.per_cm2;
        let rises = per_cm2 > self.per_cm2;
        let surely_shown_per_cm2 = per_cm2 * Edge::SHARE_PAST_TRANSITION;
        let mut told = Told::default();
        let asked = projection.asks.iter().zip(&projection.spots);
        let ramps = self.ramp.iter().zip(asked).map(|(was, (asks, spot))| {
            let is_as_it_was = if rises {
                *was != 0.0 || asks.per_cm2() >= per_cm2
            } else {
                *was == 0.0 || (*was == 1.0 && asks.per_cm2() < surely_shown_per_cm2)
            };
            if is_as_it_was || *was <= AHEAD {
                told.again(*was)
            } else {
                told.note(asks, line.ramp(asks.per_cm2(), spot))
            }
        });
        out.ramp.clear();
        out.ramp.extend(ramps);
        (out.count, out.under_hair) = (told.count, told.under_hair);
    }

    fn uptake_of(&self, i: usize) -> [f32; 2] {
        self.uptake.get(i).copied().unwrap_or([1.0; 2])
    }

    /// What the skin takes up of an impression.
    fn taken_up(&self, i: usize, dot: Dot) -> Dot {
        let [of_dot, of_halo] = self.uptake_of(i);
        Dot {
            area_px: of_dot * dot.area_px,
            halo_px: of_halo * dot.halo_px,
            ..dot
        }
    }

    fn make_of(&self, session: u8) -> &Make {
        let [first, ..] = &self.makes;
        self.makes.get(usize::from(session)).unwrap_or(first)
    }

    /// Whether impressions that are in both look the same in both, where skin takes
    /// them up alike.
    fn is_made_as(&self, other: &Self) -> bool {
        self.makes == other.makes && self.session.is_empty() && other.session.is_empty()
    }
}

/// See [`Shown`].
fn done(life: &Life) -> (usize, bool) {
    (life.latest(), life.share() > 0.0)
}

/// What makes the impressions of each session.
fn makes(life: &Life, density: &Density, hairline: &Hairline) -> [Make; SESSIONS] {
    life.spreads(density)
        .map(|spread| Make::new(&spread, density, hairline))
}

fn is_even(makes: &[Make; SESSIONS]) -> bool {
    let [first, ..] = makes;
    makes.iter().all(|make| make == first)
}

/// Decides which candidates show for this hairline and density, at this time of
/// the treatment's life, into `out`.
///
/// Raising `density.per_cm2` only ever adds impressions: each has its own
/// threshold, and nothing else decides.
pub fn visible(
    projection: &Projection,
    distance: &SignedDistance,
    hairline: &Hairline,
    density: &Density,
    life: &Life,
    out: &mut Shown,
) {
    let line = Line::new(distance, hairline, density, life);
    let (share, earlier) = (line.share, life.latest() as f32);
    // How dense they are where zone and strokes say so, and how far out of the edge.
    let treated = |spot: &Spot, treated: &Treated| {
        let (shown, ramp) = line.behind(spot);
        // The dots of scars are gone into at every session, from the first on.
        let there = if share > 0.0 {
            share + treated.again * (1.0 - share)
        } else {
            0.0
        };
        let least = density.per_cm2 as f32 * there * treated.least;
        let shown = shown * treated.kept;
        // At the edge of a stroke they are as faint as at the line's.
        let ramp = if least > shown {
            ramp.max(treated.least.clamp(1e-3, 1.0))
        } else {
            ramp
        };
        (shown.max(least), ramp)
    };
    // One pass over each of few lists: there are a hundred thousand in them.
    let mut told = Told::default();
    let all = projection.asks.iter().zip(&projection.spots);
    out.ramp.clear();
    if projection.treated.is_empty() {
        let ramps = all.clone();
        out.ramp.extend(ramps.map(|(asks, spot)| {
            let ramp = line.ramp(asks.per_cm2(), spot);
            told.note(asks, ramp)
        }));
    } else {
        let all = all.clone().zip(&projection.treated);
        out.ramp.extend(all.map(|((asks, spot), here)| {
            let (shown, ramp) = treated(spot, here);
            told.note(asks, if asks.per_cm2() < shown { ramp } else { 0.0 })
        }));
    }
    out.per_cm2 = line.per_cm2;
    (out.count, out.under_hair) = (told.count, told.under_hair);
    out.uptake.clear();
    let uptake = |here: &Treated| {
        // A dot that every session has gone into, but its halo once: that is wider than
        // a dot scar, and practitioners leave out of the skin between what would make a
        // patch of all of it.
        let passes = 1.0 + here.again * earlier;
        [passes * here.uptake, here.uptake]
    };
    if projection
        .treated
        .iter()
        .any(|here| uptake(here) != [1.0; 2])
    {
        out.uptake.extend(projection.treated.iter().map(uptake));
    }
    out.makes = makes(life, density, hairline);
    out.done = done(life);
    out.session.clear();
    if is_even(&out.makes) {
        return;
    }
    let shares = life.shares().map(|share| share as f32);
    let usual = std::iter::repeat(&Treated::USUAL);
    out.session
        .extend(
            all.zip(projection.treated.iter().chain(usual))
                .map(|((asks, spot), here)| {
                    if here.again > 0.5 {
                        return life.latest() as u8;
                    }
                    let (shown, _) = treated(spot, here);
                    let earlier = shares
                        .iter()
                        .filter(|share| asks.per_cm2() >= **share * shown);
                    earlier.count().min(SESSIONS - 1) as u8
                }),
        );
}

/// How many candidates were told to show.
#[derive(Debug, Default)]
struct Told {
    count: usize,
    under_hair: usize,
}

impl Told {
    /// Notes one; what [`Shown`] keeps of it.
    #[inline]
    fn note(&mut self, asks: &Asks, ramp: f32) -> f32 {
        let is_hidden = ramp > 0.0 && asks.is_under_hair();
        self.again(if is_hidden { UNDER_HAIR } else { ramp })
    }

    /// Notes one that is kept already.
    #[inline]
    fn again(&mut self, ramp: f32) -> f32 {
        self.count += usize::from(ramp > 0.0);
        self.under_hair += usize::from((UNDER_HAIR..0.0).contains(&ramp));
        ramp
    }
}

/// How to make the impressions of `new` of those of `old`, both of one
/// projection; none where so many differ that laying all afresh is no slower.
#[must_use]
pub fn changes(projection: &Projection, old: &Shown, new: &Shown) -> Option<Changes> {
    let sizes = [old.ramp.len(), new.ramp.len()];
    if sizes != [projection.marks.len(); 2] || !old.is_made_as(new) {
        return None;
    }
    let (mut changes, [make, ..]) = (Changes::default(), &new.makes);
    let takes_up_alike = old.uptake.is_empty() && new.uptake.is_empty();
    let ramps = old.ramp.iter().zip(&new.ramp);
    for (i, ((was, is), mark)) in ramps.zip(&projection.marks).enumerate() {
        let is_alike = was == is && (takes_up_alike || old.uptake_of(i) == new.uptake_of(i));
        if is_alike {
            continue;
        }
        if *was > 0.0 {
            changes.gone.push(old.taken_up(i, make.dot(mark, *was)));
        }
        if *is > 0.0 {
            changes.come.push(new.taken_up(i, make.dot(mark, *is)));
        }
    }
    let changed = changes.gone.len() + changes.come.len();
    (changed * MOST_CHANGED < new.count).then_some(changes)
}

/// What makes impressions of marks.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Make {
    /// Variance of a dot of the asked diameter, mm².
    dot_variance_mm2: f32,
    /// Its coverage, mm².
    dot_mm2: f32,
    /// That of its halo, mm².
    halo_mm2: f32,
    /// Opacity of the outermost impressions as a share of full.
    edge_opacity: f32,
    /// How much of [`Mark::uneven`] counts.
    unevenness: f32,
    stronger: Stronger,
}

impl Make {
    fn new(spread: &Spread, density: &Density, hairline: &Hairline) -> Self {
        Self {
            dot_variance_mm2: spread.dot_variance_mm2 as f32,
            dot_mm2: spread.dot_mm2 as f32,
            halo_mm2: spread.halo_mm2 as f32,
            edge_opacity: hairline.edge_opacity as f32,
            unevenness: density.unevenness as f32,
            stronger: Stronger::new(&density.beside),
        }
    }

    #[inline]
    fn dot(&self, mark: &Mark, ramp: f32) -> Dot {
        let at_edge = EDGE_DIAMETER + (1.0 - EDGE_DIAMETER) * ramp;
        let size = mark.size * at_edge;
        let darker = (1.0 + self.unevenness * mark.uneven) * self.stronger.times(mark.along);
        let opacity = darker * (self.edge_opacity + (1.0 - self.edge_opacity) * ramp);
        let [sxx, sxy, syy] = mark.shape.map(|s| s * self.dot_variance_mm2 * size * size);
        let dot_px2 = size * size * mark.px2_per_mm2 * mark.opacity * opacity;
        let halo_px2 = at_edge * at_edge * mark.px2_per_mm2 * mark.halo * opacity;
        Dot {
            x: mark.x,
            y: mark.y,
            sxx,
            sxy,
            syy,
            area_px: self.dot_mm2 * dot_px2,
            halo_px: self.halo_mm2 * halo_px2,
        }
    }
}
