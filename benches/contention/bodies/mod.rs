//! The bodies. A body is what one thread does in one iteration, on a value that all threads share.

mod blocks;
pub mod maps;
mod pointers;
mod pools;

use std::fmt;

/// The largest number of threads for a body.
pub const MOST_THREADS: usize = 8;

/// One answer to a question.
pub struct Body {
    /// The question.
    pub question: &'static str,
    /// The answer.
    pub variant: &'static str,
    /// Makes the shared value, for at most this number of threads.
    pub start: fn(usize) -> Box<dyn Work>,
}

/// The work that several threads do at once.
pub trait Work: Sync + Send {
    /// Runs `turns` iterations on the thread with this number, counted from zero.
    fn turns(&self, thread: usize, turns: u64);

    /// The error after `turns` iterations of all threads together, if there is one.
    fn fault(&self, turns: u64) -> Option<String> {
        let _ = turns;
        None
    }
}

/// All bodies. The simplest one of each question comes first.
pub fn all() -> impl Iterator<Item = &'static Body> {
    [pools::ALL, maps::ALL, pointers::ALL, blocks::ALL]
        .into_iter()
        .flatten()
}

/// The bodies of a question.
pub fn bodies_of(question: &'static str) -> impl Iterator<Item = &'static Body> {
    all().filter(move |body| body.question == question)
}

impl fmt::Display for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.variant)
    }
}
