//! The bodies, each defined once: what one thread does in a turn, on something that all share.

mod blocks;
pub mod maps;
mod pointers;
mod pools;

use std::fmt;

/// Threads that a body is ever run on.
pub const MOST_THREADS: usize = 8;

/// One answer to a question.
pub struct Body {
    /// The question.
    pub question: &'static str,
    /// The answer.
    pub variant: &'static str,
    /// Makes what is shared, for at most so many threads.
    pub start: fn(usize) -> Box<dyn Work>,
}

/// What several threads do at once.
pub trait Work: Sync + Send {
    /// So many turns of the thread of this number, counted from zero.
    fn turns(&self, thread: usize, turns: u64);

    /// What is wrong after `turns` turns of all threads together, if anything.
    fn fault(&self, turns: u64) -> Option<String> {
        let _ = turns;
        None
    }
}

/// All bodies; of each question the simplest comes first.
pub fn all() -> impl Iterator<Item = &'static Body> {
    [pools::ALL, maps::ALL, pointers::ALL, blocks::ALL]
        .into_iter()
        .flatten()
}

/// The bodies of a question.
pub fn of(question: &'static str) -> impl Iterator<Item = &'static Body> {
    all().filter(move |body| body.question == question)
}

impl fmt::Display for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.variant)
    }
}
