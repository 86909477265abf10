//! One job in flight, the newest waits: a slider may move a hundred times
//! while one picture is made, and only its last place matters.

/// The queue. `J` is what a job needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue<J> {
    last_id: u32,
    in_flight: Option<u32>,
    waiting: Option<J>,
}

impl<J> Default for Queue<J> {
    fn default() -> Self {
        Self {
            last_id: 0,
            in_flight: None,
            waiting: None,
        }
    }
}

impl<J> Queue<J> {
    /// Asks for a job; what waited before is forgotten. Gives the job to send
    /// now, with its number, if none is in flight.
    #[must_use = "the job must be sent"]
    pub fn ask(&mut self, job: J) -> Option<(u32, J)> {
        self.waiting = Some(job);
        self.next()
    }

    /// Notes the answer to job `id`. Gives the next job to send, if one waits.
    /// Answers to forgotten jobs change nothing.
    #[must_use = "the job must be sent"]
    pub fn answered(&mut self, id: u32) -> Option<(u32, J)> {
        if self.in_flight == Some(id) {
            self.in_flight = None;
        }
        self.next()
    }

    /// Forgets what is in flight and what waits: its worker is gone. Numbers
    /// are never used again, so that late answers stay unknown.
    pub fn clear(&mut self) {
        self.in_flight = None;
        self.waiting = None;
    }

    /// The job in flight.
    #[must_use]
    pub fn in_flight(&self) -> Option<u32> {
        self.in_flight
    }

    fn next(&mut self) -> Option<(u32, J)> {
        if self.in_flight.is_some() {
            return None;
        }
        let job = self.waiting.take()?;
        self.last_id = self.last_id.wrapping_add(1);
        self.in_flight = Some(self.last_id);
        Some((self.last_id, job))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Any mix of asking, answering and losing the worker: at most one
        /// job in flight, numbers rise, and once the answers have come in the
        /// last thing asked for since the last loss has been sent.
        #[test]
        fn the_newest_job_always_gets_done(steps in proptest::collection::vec(0_u8..4, 0..60)) {
            let mut queue = Queue::default();
            let (mut asked, mut sent, mut last_id) = (None, None, 0);
            let mut note = |out: Option<(u32, usize)>, sent: &mut Option<usize>| {
                if let Some((id, job)) = out {
                    assert!(id > last_id);
                    last_id = id;
                    *sent = Some(job);
                }
            };
            for (i, step) in steps.into_iter().enumerate() {
                match step {
                    0 | 1 => {
                        asked = Some(i);
                        let busy = queue.in_flight().is_some();
                        let out = queue.ask(i);
                        prop_assert_eq!(out.is_none(), busy);
                        note(out, &mut sent);
                    }
                    2 => {
                        let out = queue.in_flight().and_then(|id| queue.answered(id));
                        note(out, &mut sent);
                        note(queue.answered(u32::MAX), &mut sent);
                    }
                    _ => {
                        queue.clear();
                        (asked, sent) = (None, None);
                    }
                }
            }
            while let Some(id) = queue.in_flight() {
                let out = queue.answered(id);
                note(out, &mut sent);
            }
            prop_assert_eq!(asked, sent);
        }
    }
}
