//! What the page remembers, without a browser: the plan, the queue of jobs,
//! the viewport. Pure, and tested natively.

pub mod document;
pub mod history;
pub mod queue;
pub mod viewport;
