//! The life of a treatment: sessions, healing, the years.
//!
//! A [`super::look::Look`] says how the treatment looks when it is finished and
//! healed. [`Life`] is what a [`Moment`] makes of it: which impressions are there
//! yet, how large, sharp and dark each session's are, how red the skin is, and
//! how much of the pigment is left. At [`Moment::HEALED`] it changes nothing, to
//! the last bit.
//!
//! | what | values | source, grade |
//! |---|---|---|
//! | sessions | 3, on days 0, 12, 24 | gaps of 10 to 14 days, domain.md §1.5, C |
//! | impressions there after each | 30, 75, 100 % | §0, D over C |
//! | diameter, fresh | 1.7 × healed | §0, C |
//! | light taken, fresh | 1.43 × healed until day 5, 0.93 × at day 10, 1 at day 30 | §1.5: 1 to 0.65 to 0.70 of fresh, D; "darker up to 7 days", C |
//! | redness | gone within 5 to 7 days | §1.5, C |
//! | contrast | halves in 4 years | §0, D over C |
//! | diameter | 20 % more over 3 years | §0, D |
//! | touch-up | brings the contrast back | §1.5: mostly every 3 to 5 years, C |

use super::look::Density;
use super::shade::{Darkening, MOST_TAKEN, Spread, spread};

/// Days on which there are sessions, from the first.
pub const SESSION_DAYS: [f64; SESSIONS] = [0.0, 12.0, 24.0];
/// How many sessions there are.
pub const SESSIONS: usize = 3;
/// Share of all impressions that is there after each session.
pub const SESSION_SHARES: [f64; SESSIONS] = [0.30, 0.75, 1.0];
/// Days after which an impression has healed.
pub const HEALING_DAYS: f64 = 30.0;
/// Days in a year.
pub const YEAR_DAYS: f64 = 365.25;
/// Years in which the contrast halves.
pub const HALF_LIFE_YEARS: f64 = 4.0;
/// Nobody asks for later.
const MOST_YEARS: f64 = 1000.0;
/// How much wider impressions get, and over how many years.
const SPREAD: f64 = 0.2;
/// See [`SPREAD`].
const SPREAD_YEARS: f64 = 3.0;
/// How much wider than healed an impression is when it is fresh.
const FRESH_WIDER: f64 = 0.7;
/// Crispness of a fresh impression: all that it takes, at [`FRESH_WIDER`], is then
/// what it is known to take.
const FRESH_CRISPNESS: f64 = 0.9;
/// Light that reddened skin takes more of each channel where fresh impressions'
/// halos cover all of it. Redness is blood, which takes green most and red least;
/// the first session's halos cover a fifth of the skin, whose a* is then some 4
/// above the untreated skin's, pigment and all: plainly red, by eye (no figure of it
/// was found).
const REDNESS: [f64; 3] = [0.0, 0.5, 0.42];
/// How much larger halos are laid where skin is red: redness reaches farther than
/// the shadow of fresh impressions, which are nearly all dot. What pigment takes in
/// them is less by as much.
const RED_REACH: f64 = 2.0;

/// One point of the healing curve.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Healing {
    /// Days since the session.
    day: f64,
    /// Light that an impression takes, of what it takes healed.
    darkness: f64,
    /// How much it is still a fresh wound in width and sharpness, 1 to 0.
    freshness: f64,
    /// How red the skin around it is, 1 to 0.
    redness: f64,
}

/// How an impression heals; straight lines between these.
const HEALING: [Healing; 6] = [
    healing(0.0, 1.43, 1.0, 1.0),
    healing(3.0, 1.43, 0.85, 0.5),
    healing(5.0, 1.43, 0.7, 0.15),
    healing(7.0, 1.2, 0.55, 0.0),
    healing(10.0, 0.93, 0.35, 0.0),
    healing(HEALING_DAYS, 1.0, 0.0, 0.0),
];

const fn healing(day: f64, darkness: f64, freshness: f64, redness: f64) -> Healing {
    Healing {
        day,
        darkness,
        freshness,
        redness,
    }
}

/// A moment in a treatment's life.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// Days since the first session; below 0 it is still to come.
    pub day: f64,
    /// Years from one touch-up to the next; 0: there is none.
    pub touch_up_years: f64,
    /// Days that the person's own hair has grown since the photo.
    pub grown_days: f64,
}

impl Moment {
    /// Finished and healed, nothing faded.
    pub const HEALED: Self = Self {
        day: HEALED_DAY,
        touch_up_years: 0.0,
        grown_days: 0.0,
    };

    /// Whether it is the day on which all has healed.
    #[must_use]
    pub fn is_healed(&self) -> bool {
        (self.day - HEALED_DAY).abs() < 0.01
    }
}

impl Default for Moment {
    fn default() -> Self {
        Self::HEALED
    }
}

/// The day on which all has healed.
const HEALED_DAY: f64 = SESSION_DAYS[SESSIONS - 1] + HEALING_DAYS;

/// A named moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stop {
    /// What people call it.
    pub name: &'static str,
    /// Days since the first session.
    pub day: f64,
    /// What is seen, and what becomes of it.
    pub note: &'static str,
}

/// The moments that people ask about, in their order.
pub const STOPS: [Stop; 12] = [
    Stop {
        name: "First session",
        day: SESSION_DAYS[0],
        note: "Just done: a third of the impressions, dark and sharp on red skin. It never looks less natural than now.",
    },
    Stop {
        name: "Before the second",
        day: SESSION_DAYS[1] - 1.0,
        note: "Eleven days on the first impressions have softened and look faint. That is as it should be.",
    },
    Stop {
        name: "Second session",
        day: SESSION_DAYS[1],
        note: "Most of the density is placed now. The new impressions are dark and sharp, the skin is red.",
    },
    Stop {
        name: "Before the third",
        day: SESSION_DAYS[2] - 1.0,
        note: "Three quarters of the impressions, nearly healed.",
    },
    Stop {
        name: "Third session",
        day: SESSION_DAYS[2],
        note: "All impressions are there; the last ones are fresh and the skin is a little red.",
    },
    Stop {
        name: "A week later",
        day: SESSION_DAYS[2] + 7.0,
        note: "The redness has gone. The last impressions still look darker than they will.",
    },
    Stop {
        name: "Healed",
        day: HEALED_DAY,
        note: "A month after the last session: this is the treatment that you have chosen.",
    },
    Stop {
        name: "1 year",
        day: HEALED_DAY + YEAR_DAYS,
        note: "A sixth of the contrast has gone.",
    },
    Stop {
        name: "2 years",
        day: HEALED_DAY + 2.0 * YEAR_DAYS,
        note: "Nearly a third of the contrast has gone, and dots are a little wider.",
    },
    Stop {
        name: "4 years",
        day: HEALED_DAY + 4.0 * YEAR_DAYS,
        note: "Half of the contrast has gone. Most people have had a touch-up by now.",
    },
    Stop {
        name: "6 years",
        day: HEALED_DAY + 6.0 * YEAR_DAYS,
        note: "Two thirds of the contrast have gone.",
    },
    Stop {
        name: "10 years",
        day: HEALED_DAY + 10.0 * YEAR_DAYS,
        note: "Without touch-ups a faint shadow is left, wider and softer.",
    },
];

/// A day in words: a stop's name, days since the first session, or years since it
/// has healed.
#[must_use]
pub fn told(day: f64) -> String {
    let stop = STOPS.iter().find(|stop| (stop.day - day).abs() < 0.01);
    let tenths = (10.0 * (day - HEALED_DAY) / YEAR_DAYS).round() as u32;
    match stop {
        Some(stop) => stop.name.into(),
        // `as` saturates.
        None if tenths < 1 => format!("Day {}", day.round() as u32),
        None => format!("{}.{} years", tenths / 10, tenths % 10),
    }
}

/// Where among [`STOPS`] the treatment has healed.
pub const HEALED_STOP: usize = 6;

/// The day at a place between stops: 0 is the first of [`STOPS`], 1 the second, and
/// so on; halfway between them it is halfway in days. Beyond the ends it is theirs.
#[must_use]
pub fn day_at(place: f64) -> f64 {
    let last = (STOPS.len() - 1) as f64;
    // `max` takes not-a-number to the bound.
    let place = place.max(0.0).min(last);
    let from = place as usize;
    let to = (from + 1).min(STOPS.len() - 1);
    let [from_day, to_day] = [from, to].map(|index| STOPS.get(index).map_or(0.0, |stop| stop.day));
    from_day + (place - from as f64) * (to_day - from_day)
}

/// The impressions of one session.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Aged {
    darkness: f64,
    freshness: f64,
    redness: f64,
}

/// What a moment makes of a finished treatment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Life {
    /// Each session's impressions; those of sessions to come are never asked for.
    sessions: [Aged; SESSIONS],
    /// How many sessions there have been.
    done: usize,
    /// How many times as wide all are for their years.
    wider: f64,
    /// Share of the contrast that is left, 0–1.
    pub contrast: f64,
}

/// How it all looks when it has healed.
const HEALED: Aged = Aged {
    darkness: 1.0,
    freshness: 0.0,
    redness: 0.0,
};

impl Life {
    /// What `moment` makes of a treatment. Not-a-number counts as healed, years
    /// below 0 as no touch-ups.
    #[must_use]
    pub fn at(moment: &Moment) -> Self {
        let day = if moment.day.is_nan() {
            HEALED_DAY
        } else {
            moment.day
        };
        let years = ((day - HEALED_DAY) / YEAR_DAYS).clamp(0.0, MOST_YEARS);
        let fading = if moment.touch_up_years > 0.0 {
            years % moment.touch_up_years
        } else {
            years
        };
        let done = SESSION_DAYS.iter().filter(|start| day >= **start).count();
        Self {
            sessions: SESSION_DAYS.map(|start| healed_for(day - start)),
            done,
            wider: 1.0 + SPREAD * (years / SPREAD_YEARS).min(1.0),
            contrast: libm::exp2(-fading / HALF_LIFE_YEARS),
        }
    }

    /// Whether impressions are as many, as large and as strong as in another life.
    #[must_use]
    pub fn has_same_impressions(&self, other: &Self) -> bool {
        (self.done, self.wider) == (other.done, other.wider) && self.sessions == other.sessions
    }

    /// Share of all impressions that is there.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.done
            .checked_sub(1)
            .and_then(|last| SESSION_SHARES.get(last))
            .map_or(0.0, |share| *share)
    }

    /// The latest session's index, which is how many there were before; 0 also before the
    /// first.
    #[must_use]
    pub fn latest(&self) -> usize {
        self.done.max(1) - 1
    }

    /// Shares of what is there up to which each session's impressions go: of those
    /// ranked by the density at which they show, the first are the first session's.
    #[must_use]
    pub fn shares(&self) -> [f64; SESSIONS] {
        let all = self.share().max(1e-9);
        SESSION_SHARES.map(|share| (share / all).min(1.0))
    }

    /// How each session's impressions spread.
    #[must_use]
    pub fn spreads(&self, density: &Density) -> [Spread; SESSIONS] {
        let all = std::array::from_fn(|session| self.sessions.get(session.min(self.latest())));
        let reach = self.reach();
        all.map(|aged| {
            let spread = self.spread(density, aged.unwrap_or(&HEALED));
            Spread {
                halo_mm2: reach * spread.halo_mm2,
                ..spread
            }
        })
    }

    /// How many times as large halos are laid as pigment alone asks for.
    fn reach(&self) -> f64 {
        1.0 + RED_REACH * self.redness()
    }

    fn spread(&self, density: &Density, aged: &Aged) -> Spread {
        let healed = spread(density.diameter_mm, density.crispness);
        if *aged == HEALED && self.wider <= 1.0 {
            return healed;
        }
        let wider = self.wider * (1.0 + FRESH_WIDER * aged.freshness);
        let crisper = aged.freshness * (FRESH_CRISPNESS - density.crispness).max(0.0);
        let now = spread(density.diameter_mm * wider, density.crispness + crisper);
        // The pigment is the same; wider, it is thinner.
        let takes = |spread: &Spread| spread.dot_mm2 + spread.halo_mm2;
        let scale = aged.darkness * takes(&healed) / takes(&now).max(1e-9);
        Spread {
            dot_mm2: scale * now.dot_mm2,
            halo_mm2: scale * now.halo_mm2,
            ..now
        }
    }

    /// How red the skin is, 1 to 0: each session by its share of what is there.
    #[must_use]
    pub fn redness(&self) -> f64 {
        let mut from = 0.0;
        let parts = self.shares().into_iter().zip(&self.sessions);
        parts
            .take(self.done)
            .map(|(to, aged)| {
                let part = to - from;
                from = to;
                part * aged.redness
            })
            .sum()
    }

    /// What healed pigment takes, as it does now.
    #[must_use]
    pub fn darkening(&self, healed: Darkening, is_grey: bool) -> Darkening {
        let redness = if is_grey { 0.0 } else { self.redness() };
        let left = |taken: f64| self.contrast * taken;
        Darkening {
            halo: std::array::from_fn(|i| {
                (left(healed.halo[i]) / self.reach() + redness * REDNESS[i]).min(MOST_TAKEN)
            }),
            dots: healed.dots.map(left),
        }
    }
}

/// Impressions so many days after their session.
fn healed_for(days: f64) -> Aged {
    let after = HEALING.iter().position(|point| days < point.day);
    let Some(after) = after else {
        return HEALED;
    };
    let point = |index: usize| HEALING.get(index).copied().unwrap_or(HEALING[0]);
    let (from, to) = (point(after.saturating_sub(1)), point(after));
    let way = ((days - from.day) / (to.day - from.day).max(1e-9)).max(0.0);
    let between = |a: f64, b: f64| a + way * (b - a);
    Aged {
        darkness: between(from.darkness, to.darkness),
        freshness: between(from.freshness, to.freshness),
        redness: between(from.redness, to.redness),
    }
}

#[cfg(test)]
#[path = "life_tests.rs"]
mod tests;
