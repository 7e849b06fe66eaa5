//! Compares two runs: whether they can be compared, and what changed, worst first.

use serde::Serialize;

use super::Acknowledgements;
use super::change::{Aspect, Change, CountVerdict, Obstacle, changes, obstacles};
use super::{InstructionVerdict, TimeVerdict, Times};
use crate::record::{Failure, Metric, Run};

/// The comparison of two runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The earlier side.
    pub base: Side,
    /// The later side.
    pub head: Side,
    /// Why the counts cannot be compared; if there is a reason, nothing is judged.
    pub obstacles: Vec<Obstacle>,
    /// Conditions that differ, but belong to the change that is compared.
    pub differences: Vec<Obstacle>,
    /// One per case, worst first; cases with the same verdict are in suite order.
    pub changes: Vec<Change>,
    /// The acknowledged regressions.
    pub acknowledgements: Acknowledgements,
    /// How the times were judged, if they were measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<Times>,
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// The name that the user gave it.
    pub name: String,
    /// The full hash of its commit.
    pub commit: String,
    /// Whether the work tree differed from the commit.
    pub dirty: bool,
    /// The machine that it was measured on.
    pub machine: String,
    /// Cases that could not be measured.
    pub failures: Vec<Failure>,
}

/// What is compared, which determines which conditions may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Two commits, measured together. A dependency that one of them updates is part of the change.
    Revisions,
    /// Two stored records, of which only their content is known.
    Records,
}

/// Compares two runs, each with its display name.
pub fn compare(
    kind: Kind,
    (base_name, base): (&str, &Run),
    (head_name, head): (&str, &Run),
) -> Comparison {
    let of_the_change = |obstacle: &Obstacle| {
        kind == Kind::Revisions
            && matches!(obstacle.aspect, Aspect::Dependencies | Aspect::LockFile)
    };
    // Both revisions of a comparison are measured on the same machine. Two records may come from
    // different machines, and what else differed between these is unknown.
    let machines =
        (kind == Kind::Records && base.machine.id != head.machine.id).then(|| Obstacle {
            aspect: Aspect::Machine,
            before: base.machine.id.clone(),
            after: head.machine.id.clone(),
        });
    let (differences, obstacles): (Vec<_>, Vec<_>) = obstacles(base, head)
        .into_iter()
        .chain(machines)
        .partition(of_the_change);
    let mut changes = if obstacles.is_empty() {
        changes(base, head)
    } else {
        Vec::new()
    };
    changes.sort_by_key(order);
    Comparison {
        base: side(base_name, base),
        head: side(head_name, head),
        obstacles,
        differences,
        changes,
        acknowledgements: Acknowledgements::default(),
        times: None,
    }
}

fn side(name: &str, run: &Run) -> Side {
    Side {
        name: name.to_owned(),
        commit: run.commit.sha.clone(),
        dirty: run.commit.dirty,
        machine: run.machine.id.clone(),
        failures: run.failures.clone(),
    }
}

/// Worst first: exact counts decide, then instructions, then times.
fn order(change: &Change) -> (u8, u8, u8, bool) {
    let instructions = change.instructions.map(|found| match found.verdict {
        InstructionVerdict::Worse => 0,
        InstructionVerdict::Better => 1,
        InstructionVerdict::Same => 2,
    });
    let time = change.time.as_ref().map(|time| match time.verdict {
        TimeVerdict::Worse => 0,
        TimeVerdict::Better => 1,
        TimeVerdict::Undecided | TimeVerdict::Withheld | TimeVerdict::Same => 2,
    });
    let (instructions, time) = (instructions.unwrap_or(2), time.unwrap_or(2));
    (
        rank(change.verdict),
        instructions,
        time,
        change.intentional_leak,
    )
}

/// Worst first; SAME comes last.
fn rank(verdict: CountVerdict) -> u8 {
    match verdict {
        CountVerdict::Worse => 0,
        CountVerdict::Mixed => 1,
        CountVerdict::Undecided => 2,
        CountVerdict::Removed => 3,
        CountVerdict::Added => 4,
        CountVerdict::Better => 5,
        CountVerdict::Same => 6,
    }
}

impl Comparison {
    /// The number of cases with this verdict on their counts.
    pub fn count(&self, verdict: CountVerdict) -> usize {
        let changes = self.changes.iter();
        changes.filter(|change| change.verdict == verdict).count()
    }

    /// Adds the verdicts on times to the verdicts on counts.
    pub fn attach(&mut self, mut times: Times) {
        for change in &mut self.changes {
            change.time = times.changes.remove(&change.id);
        }
        self.changes.sort_by_key(order);
        self.times = Some(times);
    }

    /// The number of cases with this verdict on their time.
    pub fn count_times(&self, verdict: TimeVerdict) -> usize {
        let times = self
            .changes
            .iter()
            .filter_map(|change| change.time.as_ref());
        times.filter(|time| time.verdict == verdict).count()
    }

    /// The number of cases with this verdict on their instructions.
    pub fn count_instructions(&self, verdict: InstructionVerdict) -> usize {
        let changes = self.changes.iter().filter_map(|change| change.instructions);
        changes.filter(|change| change.verdict == verdict).count()
    }

    /// Whether any case takes more instructions, except intentional leaks.
    pub fn takes_more_instructions(&self) -> bool {
        self.changes.iter().any(|change| {
            let verdict = change.instructions.map(|found| found.verdict);
            !change.intentional_leak && verdict == Some(InstructionVerdict::Worse)
        })
    }

    /// Whether any case takes longer, except intentional leaks.
    pub fn got_slower(&self) -> bool {
        self.changes.iter().any(|change| {
            let time = change.time.as_ref().map(|time| time.verdict);
            !change.intentional_leak && time == Some(TimeVerdict::Worse)
        })
    }

    /// Whether any case retains more than before, except intentional leaks and cases whose
    /// regressions are all acknowledged.
    pub fn leaks_more(&self) -> bool {
        self.changes.iter().any(|change| {
            !change.intentional_leak
                && change
                    .moved()
                    .any(|moved| moved == (Metric::Retained, true))
                && !self.acknowledgements.cover(change)
        })
    }

    /// Whether any count of a case got worse, except for intentional leaks and cases whose
    /// regressions are all acknowledged.
    pub fn got_worse(&self) -> bool {
        self.changes.iter().any(|change| {
            !change.intentional_leak
                && matches!(change.verdict, CountVerdict::Worse | CountVerdict::Mixed)
                && !self.acknowledgements.cover(change)
        })
    }

    /// Whether a case could not be measured on either side.
    pub fn has_failures(&self) -> bool {
        !(self.base.failures.is_empty() && self.head.failures.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::{Comparison, Kind, compare};
    use crate::analysis::change::{Aspect, CountVerdict};
    use crate::analysis::planted::run;
    use crate::record::{Metric, Run, Value};

    fn compared(kind: Kind, base: &Run, head: &Run) -> Comparison {
        compare(kind, ("base", base), ("head", head))
    }

    fn planted(ids: &[&str], id: usize, metric: Metric, value: i64) -> Run {
        let mut run = run(ids);
        run.entries[id].metrics.insert(metric, Value::exact(value));
        run
    }

    #[test]
    fn the_worst_comes_first() {
        let ids = ["a/same", "a/better", "a/worse"];
        let mut head = planted(&ids, 2, Metric::Allocs, 2);
        head.entries[1]
            .metrics
            .insert(Metric::Bytes, Value::exact(1));
        let compared = compared(Kind::Revisions, &run(&ids), &head);
        let order: Vec<_> = compared.changes.iter().map(|c| c.id.as_str()).collect();
        assert_eq!(order, ["a/worse", "a/better", "a/same"]);
        assert!(compared.got_worse());
    }

    #[test]
    fn an_intentional_leak_that_got_worse_is_listed_and_does_not_count() {
        let ids = ["leak_patterns/x"];
        let head = planted(&ids, 0, Metric::Allocs, 2);
        let compared = compared(Kind::Revisions, &run(&ids), &head);
        assert_eq!(compared.count(CountVerdict::Worse), 1);
        assert!(!compared.got_worse());
    }

    #[test]
    fn another_lock_file_is_part_of_a_commit_and_an_obstacle_between_records() {
        let base = run(&["a/x"]);
        let mut head = base.clone();
        head.toolchain.lock_sha256 = Some("bb".to_owned());
        let revisions = compared(Kind::Revisions, &base, &head);
        assert!(revisions.obstacles.is_empty());
        assert_eq!(revisions.differences[0].aspect, Aspect::LockFile);
        assert_eq!(revisions.changes.len(), 1);
        let records = compared(Kind::Records, &base, &head);
        assert_eq!(records.obstacles[0].aspect, Aspect::LockFile);
        assert!(records.changes.is_empty(), "nothing is judged");
    }

    #[test]
    fn another_machine_is_an_obstacle_between_records() {
        let base = run(&["a/x"]);
        let mut head = base.clone();
        head.machine.id = "another".to_owned();
        let records = compared(Kind::Records, &base, &head);
        assert_eq!(records.obstacles[0].aspect, Aspect::Machine);
        assert!(records.changes.is_empty(), "nothing is judged");
        assert!(compared(Kind::Records, &base, &base).obstacles.is_empty());
    }

    #[test]
    fn another_compiler_is_an_obstacle_to_both() {
        let base = run(&["a/x"]);
        let mut head = base.clone();
        head.toolchain.rustc = "1.96.0".to_owned();
        for kind in [Kind::Revisions, Kind::Records] {
            let compared = compared(kind, &base, &head);
            assert_eq!(compared.obstacles[0].aspect, Aspect::Compiler);
            assert!(!compared.got_worse());
        }
    }
}
