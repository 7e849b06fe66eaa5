//! A bench binary whose times are prepared: slowed by so much, held to one layout, and written
//! down batch by batch. It counts nothing.

use std::collections::BTreeMap;

use cargo_heapmark::runner::{Answer, Batches, Binary, Listing, Suite};
use heapmark_model::launch::LaunchError;
use heapmark_model::protocol::{Launch, Pass};

/// How often a launch that timed nothing is repeated.
const RETRIES: u32 = 5;

/// What is done to the times of a binary.
#[derive(Clone, Default)]
pub(super) struct Preparation {
    /// By how many percent a case is slowed; 0 times it just as the slowed side is timed.
    pub(super) slower_percent: BTreeMap<String, u32>,
    /// Whether all launches run the first layout.
    pub(super) one_layout: bool,
}

/// A bench binary with a preparation.
pub(super) struct Prepared<'a> {
    binary: Binary<'a>,
    preparation: Preparation,
    /// The batches of each case, in picoseconds, each with the layout that it was asked for.
    pub(super) batches: BTreeMap<String, Vec<(u32, u64)>>,
}

impl<'a> Prepared<'a> {
    pub(super) fn new(binary: Binary<'a>, preparation: Preparation) -> Self {
        Self {
            binary,
            preparation,
            batches: BTreeMap::new(),
        }
    }
}

impl Suite for Prepared<'_> {
    fn list(&mut self) -> Result<Listing, LaunchError> {
        self.binary.list()
    }

    fn run(&mut self, case: &str, pass: Pass, repetitions: u32) -> Result<Answer, LaunchError> {
        self.binary.run(case, pass, repetitions)
    }

    fn lay_out(&mut self, seed: u32, count: u32) -> Result<(), String> {
        let count = if self.preparation.one_layout {
            1
        } else {
            count
        };
        self.binary.lay_out(seed, count)
    }

    fn time(&mut self, case: &str, layout: u32, launch: Launch) -> Result<Batches, LaunchError> {
        let launch = Launch {
            slower_percent: self.preparation.slower_percent.get(case).copied(),
            ..launch
        };
        let chosen = if self.preparation.one_layout {
            0
        } else {
            layout
        };
        let mut told = self.binary.time(case, chosen, launch)?;
        // A launch that was disturbed at its start takes too few iterations to be slowed.
        for _ in 0..RETRIES {
            if !told.picoseconds.is_empty() {
                break;
            }
            told = self.binary.time(case, chosen, launch)?;
        }
        let batches = self.batches.entry(case.to_owned()).or_default();
        batches.extend(told.picoseconds.iter().map(|time| (layout, *time)));
        Ok(told)
    }
}
