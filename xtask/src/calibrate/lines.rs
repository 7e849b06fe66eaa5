//! Adds the verdicts of one comparison to the lines of a calibration, and prints the lines.

use std::collections::BTreeMap;

use heapmark_model::analysis::{PairedTimes, SMALLEST_CHANGE, TimeVerdict, times};
use heapmark_model::format::plural;
use heapmark_model::record::{Judge, Planted, Verdicts};

use super::pooled;

/// One comparison: its paired times, and its batches for the pooled control.
pub(super) struct Compared {
    pub times: PairedTimes,
    pub batches: BTreeMap<String, [Vec<u64>; 2]>,
    pub rounds: u32,
    pub seconds: u64,
}

impl Compared {
    /// Adds the verdicts of the cases that `asked` selects.
    pub fn add_to(
        &self,
        line: &mut Verdicts,
        control: &mut Verdicts,
        asked: impl Fn(&String) -> bool,
    ) {
        let times = times(&self.times, SMALLEST_CHANGE);
        let changes = times.changes.iter().filter(|(id, _)| asked(id));
        for (id, change) in changes {
            let is_findable = times.power.found.contains(id);
            line.findable += u32::from(is_findable);
            line.findable_worse += u32::from(is_findable && change.verdict == TimeVerdict::Worse);
            for line in [&mut *line, &mut *control] {
                line.cases += 1;
            }
            let count = match change.verdict {
                TimeVerdict::Worse => &mut line.worse,
                TimeVerdict::Better => &mut line.better,
                TimeVerdict::Undecided => &mut line.undecided,
                TimeVerdict::Withheld => &mut line.withheld,
                TimeVerdict::Same => continue,
            };
            *count += 1;
        }
        let batches = self.batches.iter().filter(|(id, _)| asked(id));
        let batches = batches.map(|(id, both)| (id.clone(), both.clone()));
        let (worse, better) = pooled::verdicts(&batches.collect());
        control.worse += worse;
        control.better += better;
        for line in [line, control] {
            line.rounds = self.rounds;
            line.seconds = Some(self.seconds);
            line.comparisons += 1;
        }
    }
}

/// A line without any verdicts.
pub(super) fn empty(judge: Judge) -> Verdicts {
    Verdicts {
        judge,
        builds: 0,
        slower_percent: 0,
        planted: None,
        seconds: None,
        rounds: 0,
        comparisons: 0,
        cases: 0,
        worse: 0,
        better: 0,
        undecided: 0,
        withheld: 0,
        findable: 0,
        findable_worse: 0,
    }
}

/// The line as text.
pub(super) fn sentence(line: &Verdicts) -> String {
    let planted = match line.planted {
        None => "not slowed".to_owned(),
        Some(Planted::Visible) => format!("slowed visibly by {} %", line.slower_percent),
        Some(Planted::Invisible) => format!("slowed invisibly by {} %", line.slower_percent),
    };
    format!(
        "  Verdicts  {:?}, {}, {planted}: {}, {}: {} worse, {} better, {} undecided, \
         {} withheld; {} findable, {} of these worse",
        line.judge,
        plural(line.builds as usize, "other build"),
        plural(line.comparisons as usize, "comparison"),
        plural(line.cases as usize, "case"),
        line.worse,
        line.better,
        line.undecided,
        line.withheld,
        line.findable,
        line.findable_worse,
    )
}
