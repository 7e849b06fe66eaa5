//! Times a case in a few launches, for binaries without criterion: prints the median process and
//! the range.

use std::io::{self, Write};

use heapmark_model::format::{duration, plural};
use heapmark_model::launch::Launcher;
use heapmark_model::protocol::{Launch, Reply, Request};

use crate::bencher::Instance;
use crate::harness::arguments::Options;

/// Number of processes per case, each with a different heap, and the batches of each.
const LAUNCHES: u32 = 5;
const BATCHES: u32 = 5;
const BATCH_MICROSECONDS: u32 = 2_000;

/// The column in which values start, the same as in criterion's output.
const INDENT: usize = 24;

pub(in crate::harness) struct Stopwatch<'a> {
    launcher: Launcher<'a>,
}

impl<'a> Stopwatch<'a> {
    pub(in crate::harness) fn new(_: &Options, launcher: &Launcher<'a>) -> Self {
        Self {
            launcher: launcher.clone(),
        }
    }

    /// Times a case and prints the result.
    pub(in crate::harness) fn time(
        &mut self,
        instance: &Instance,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let id = instance.id();
        let mut fastest: Vec<u64> = (0..LAUNCHES)
            .filter_map(|seed| self.launch(id, seed))
            .collect();
        fastest.sort_unstable();
        let time = match fastest.as_slice() {
            [] => "unknown: no process could time the case".to_owned(),
            times => format!(
                "{} ({} to {} in {})",
                duration(times[times.len() / 2]),
                duration(times[0]),
                duration(times[times.len() - 1]),
                plural(times.len(), "process")
            ),
        };
        writeln!(out, "{id}\n{:INDENT$}time:   {time}", "")
    }

    pub(in crate::harness) fn end(&mut self) {}

    /// The fastest batch of a process, in picoseconds per iteration.
    fn launch(&self, id: &str, heap_seed: u32) -> Option<u64> {
        let request = Request::Time {
            case: id.to_owned(),
            launch: Launch {
                heap_seed,
                batches: BATCHES,
                batch_microseconds: BATCH_MICROSECONDS,
                slower_percent: None,
            },
        };
        let replies = self.launcher.ask(&request).ok()?;
        replies.into_iter().find_map(|reply| match reply {
            Reply::Batches { picoseconds, .. } => picoseconds.into_iter().min(),
            _ => None,
        })
    }
}
