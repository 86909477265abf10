//! Undo and redo: the plans from before each change. A plan is small, so that
//! keeping whole ones is simpler than keeping what changed, and exact.

use super::document::Plan;

/// Most steps that can be taken back.
const MOST_STEPS: usize = 200;

/// The plans before and after the one that is shown.
#[derive(Debug, Clone, Default)]
pub struct History {
    past: Vec<Plan>,
    future: Vec<Plan>,
    /// Whether the last step is still under way: what changes now belongs to it.
    open: bool,
}

impl History {
    /// Notes a change that led away from `before`. Until [`History::seal`] all
    /// changes are one step: a drag, a stroke, a key held down.
    pub fn note(&mut self, before: Plan) {
        self.future.clear();
        if self.open {
            return;
        }
        self.open = true;
        if self.past.len() == MOST_STEPS {
            self.past.remove(0);
        }
        self.past.push(before);
    }

    /// Ends the step under way, if any: the finger or the key is up.
    pub fn seal(&mut self) {
        self.open = false;
    }

    /// Whether a step is under way.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// The plan to go back to from `now`.
    pub fn undo(&mut self, now: Plan) -> Option<Plan> {
        self.open = false;
        let to = self.past.pop()?;
        self.future.push(now);
        Some(to)
    }

    /// The plan to go forth to from `now`.
    pub fn redo(&mut self, now: Plan) -> Option<Plan> {
        self.open = false;
        let to = self.future.pop()?;
        self.past.push(now);
        Some(to)
    }

    /// Gives up the step under way, if any: the plan from before it.
    pub fn cancel(&mut self) -> Option<Plan> {
        if !std::mem::take(&mut self.open) {
            return None;
        }
        self.past.pop()
    }

    /// Whether there is something to take back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is something to bring back.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A plan that is told from others by its seed.
    fn plan(seed: u32) -> Plan {
        let mut plan = Plan::default();
        plan.look.seed = seed;
        plan
    }

    proptest! {
        /// Against a list of all plans there were: whatever is done, taken
        /// back and brought back, one is where that list says.
        #[test]
        fn it_is_a_walk_along_a_list(steps in proptest::collection::vec((0..5u8, any::<bool>()), 0..60)) {
            let mut history = History::default();
            let (mut list, mut at) = (vec![0], 0_usize);
            let mut next = 0;
            let mut open = false;
            for (step, seal) in steps {
                let now = plan(list[at]);
                match step {
                    0 => {
                        let to = history.undo(now).map(|plan| plan.look.seed);
                        prop_assert_eq!(to.is_some(), at > 0);
                        at -= usize::from(to.is_some());
                        prop_assert!(to.is_none_or(|seed| seed == list[at]));
                        open = false;
                    }
                    1 => {
                        let to = history.redo(now).map(|plan| plan.look.seed);
                        prop_assert_eq!(to.is_some(), at + 1 < list.len());
                        at += usize::from(to.is_some());
                        prop_assert!(to.is_none_or(|seed| seed == list[at]));
                        open = false;
                    }
                    2 => {
                        let to = history.cancel().map(|plan| plan.look.seed);
                        prop_assert_eq!(to.is_some(), open);
                        if open {
                            list.truncate(at);
                            at -= 1;
                            prop_assert_eq!(to, Some(list[at]));
                        }
                        open = false;
                    }
                    _ => {
                        next += 1;
                        history.note(now);
                        list.truncate(at + 1);
                        if open {
                            list[at] = next;
                        } else {
                            list.push(next);
                            at += 1;
                        }
                        open = true;
                    }
                }
                if seal {
                    history.seal();
                    open = false;
                }
                prop_assert_eq!((history.can_undo(), history.can_redo()), (at > 0, at + 1 < list.len()));
            }
        }
    }

    #[test]
    fn the_oldest_steps_are_forgotten() {
        let mut history = History::default();
        for seed in 0..500 {
            history.note(plan(seed));
            history.seal();
        }
        let mut now = plan(500);
        let mut steps = 0;
        while let Some(before) = history.undo(now.clone()) {
            now = before;
            steps += 1;
        }
        assert_eq!((steps, now.look.seed), (MOST_STEPS, 300));
    }
}
