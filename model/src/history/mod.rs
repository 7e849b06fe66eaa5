//! What the site needs from earlier runs: the head of each run, and each case's numbers as columns.
//!
//! ```text
//! record   0    1    2    3    4    5
//! head     ●    ●    ●    ●    ●    ●      commit, times, machine, toolchain, suite
//! entry    7    7    7    —    9    9
//! column  [0..3: 7 exact]     [4..6: 9 exact]
//! whole                       ●    ●       the few records of which a page shows more
//! ```
//!
//! An entry has some kilobytes, most of which no chart shows. Its column takes a few bytes per run,
//! or none if nothing changes. No value is dropped or merged here: code that draws a column may do
//! that, and code that stores it can restore every run. This module reads no files and judges
//! nothing.

mod columns;
mod head;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use columns::{Columns, Step, Timed};
pub use head::{Head, Setting};

use crate::record::Run;

/// Many records, numbered in the order in which they were added.
#[derive(Clone, Debug, Default)]
pub struct History {
    heads: Vec<Head>,
    cases: BTreeMap<String, Arc<Columns>>,
    whole: BTreeMap<usize, Run>,
}

impl History {
    /// The history of no records.
    pub const EMPTY: Self = Self {
        heads: Vec::new(),
        cases: BTreeMap::new(),
        whole: BTreeMap::new(),
    };

    /// The history of `runs`, which are all kept whole.
    pub fn from_runs(runs: &[Run]) -> Self {
        let mut history = Self::default();
        for (record, run) in runs.iter().enumerate() {
            history.push(run);
            history.keep(record, run.clone());
        }
        history
    }

    /// A history of these heads and columns. Positions in the columns are indices of `heads`.
    pub fn from_parts(heads: Vec<Head>, cases: BTreeMap<String, Columns>) -> Self {
        let cases = cases.into_iter();
        Self {
            heads,
            cases: cases.map(|(id, columns)| (id, Arc::new(columns))).collect(),
            whole: BTreeMap::new(),
        }
    }

    /// Adds a record after all others. Only its numbers are kept, not the whole record.
    pub fn push(&mut self, run: &Run) {
        let record = self.heads.len() as u32;
        let last = self.heads.last();
        self.heads.push(Head::new(run, last));
        for entry in &run.entries {
            self.columns_of(&entry.case.id).push(record, entry);
        }
        for failure in run.failures.iter().filter(|one| one.is_ambiguous()) {
            self.columns_of(&failure.id).push_ambiguous(record);
        }
    }

    fn columns_of(&mut self, id: &str) -> &mut Columns {
        if !self.cases.contains_key(id) {
            self.cases.insert(id.to_owned(), Arc::default());
        }
        let columns = self.cases.get_mut(id);
        Arc::make_mut(columns.expect("the columns are inserted above if they are missing"))
    }

    /// Keeps a whole record.
    pub fn keep(&mut self, record: usize, run: Run) {
        self.whole.insert(record, run);
    }

    /// Appends the records of `later`.
    pub fn append(&mut self, mut later: Self) {
        if self.heads.is_empty() {
            *self = later;
            return;
        }
        let offset = self.heads.len();
        self.heads.append(&mut later.heads);
        for (id, columns) in later.cases {
            let all = self.cases.entry(id).or_default();
            Arc::make_mut(all).append(&columns, offset as u32);
        }
        let whole = later.whole.into_iter();
        self.whole
            .extend(whole.map(|(record, run)| (offset + record, run)));
    }

    /// Only these records, in this order. No record may be selected twice.
    #[must_use]
    pub fn select(mut self, records: &[usize]) -> Self {
        if is_all(records, self.heads.len()) {
            return self;
        }
        let selected =
            |(id, columns): (String, Arc<Columns>)| (id, Arc::new(columns.select(records)));
        let cases = self.cases.into_iter().map(selected);
        let whole = records.iter().enumerate().filter_map(|(new, old)| {
            let run = self.whole.remove(old)?;
            Some((new, run))
        });
        Self {
            whole: whole.collect(),
            heads: records
                .iter()
                .map(|&record| self.heads[record].clone())
                .collect(),
            cases: cases
                .filter(|(_, columns)| **columns != Columns::default())
                .collect(),
        }
    }

    /// Every record's head.
    pub fn heads(&self) -> &[Head] {
        &self.heads
    }

    /// The columns of every case, by its id.
    pub fn cases(&self) -> &BTreeMap<String, Arc<Columns>> {
        &self.cases
    }

    /// The whole record, if it was kept.
    pub fn whole(&self, record: usize) -> Option<&Run> {
        self.whole.get(&record)
    }

    /// The records that can mark an exact metric of `run` as unstable: for each metric, the first
    /// record in which it varied, and all records of the same code in the same setting.
    ///
    /// [`mark_unstable`](crate::analysis::mark_unstable) finds nothing in any other record.
    pub fn disagreeing_records(&self, run: &Run) -> BTreeSet<usize> {
        let heads = self.heads.iter().enumerate();
        let same_code = heads.filter(|(_, head)| {
            (
                &head.commit.sha,
                &head.setting.toolchain,
                &head.setting.allocator,
                &head.setting.suite.flags,
            ) == (
                &run.commit.sha,
                &run.toolchain,
                &run.allocator,
                &run.suite.flags,
            )
        });
        let mut records: BTreeSet<usize> = same_code.map(|(record, _)| record).collect();
        for entry in &run.entries {
            let Some(columns) = self.cases.get(&entry.case.id) else {
                continue;
            };
            let varied = columns.metrics.values().filter_map(|steps| {
                let first = steps.iter().find(|step| step.varied)?;
                Some(first.from as usize)
            });
            records.extend(varied);
        }
        records
    }
}

/// Whether `records` is all of `0..count`, in order.
pub fn is_all(records: &[usize], count: usize) -> bool {
    records.len() == count && records.iter().copied().eq(0..count)
}
