//! A bench binary whose times can be slowed or kept to one link order, and whose batches are
//! recorded. It counts nothing.

use std::collections::BTreeMap;

use cargo_heapmark::runner::{Batches, Binary, CaseReply, Listing, Suite};
use heapmark_model::launch::LaunchError;
use heapmark_model::protocol::{Launch, Pass};

/// How often a launch without a time is repeated.
const RETRIES: u32 = 5;

/// How the times of a binary are changed.
#[derive(Clone, Default)]
pub(super) struct Preparation {
    /// By how many percent a case is slowed. With 0, a case is timed like one on the slowed side,
    /// but at full speed.
    pub(super) slower_percent: BTreeMap<String, u32>,
    /// Whether all launches run the first link order.
    pub(super) one_link_order: bool,
}

/// A bench binary with a preparation.
pub(super) struct Prepared<'a> {
    binary: Binary<'a>,
    preparation: Preparation,
    /// The batches of each case in picoseconds, each with the requested link order.
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

    fn run(&mut self, case: &str, pass: Pass, repetitions: u32) -> Result<CaseReply, LaunchError> {
        self.binary.run(case, pass, repetitions)
    }

    fn lay_out(&mut self, seed: u32, count: u32) -> Result<(), String> {
        let count = if self.preparation.one_link_order {
            1
        } else {
            count
        };
        self.binary.lay_out(seed, count)
    }

    fn time(
        &mut self,
        case: &str,
        link_order: u32,
        launch: Launch,
    ) -> Result<Batches, LaunchError> {
        let launch = Launch {
            slower_percent: self.preparation.slower_percent.get(case).copied(),
            ..launch
        };
        let chosen = if self.preparation.one_link_order {
            0
        } else {
            link_order
        };
        let mut told = self.binary.time(case, chosen, launch)?;
        // A launch that was disturbed at its start has too few iterations to be slowed.
        for _ in 0..RETRIES {
            if !told.picoseconds.is_empty() {
                break;
            }
            told = self.binary.time(case, chosen, launch)?;
        }
        let batches = self.batches.entry(case.to_owned()).or_default();
        batches.extend(told.picoseconds.iter().map(|time| (link_order, *time)));
        Ok(told)
    }
}
