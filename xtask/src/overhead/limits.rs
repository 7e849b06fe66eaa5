//! Holds heapmark's wrapper to what it promises.

use serde::Serialize;

use super::callgrind::Instructions;
use super::comparison::{CLOSED, LOCAL, SAME, THREADS};
use super::report::Row;
use super::statistics::Estimate;

/// Instructions that a closed gate may add to an allocation and its free.
const CLOSED_INSTRUCTIONS: f64 = 12.0;
/// What local counting may take, as a multiple of the default allocator's time.
const LOCAL_TIME: f64 = 1.3;
/// Where another layout of the same program, or our ignorance of closed's median, reaches further
/// than this, "not seen beyond A/A" would be said of anything.
const WIDEST: f64 = 1.05;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verdict {
    Kept,
    Broken,
    /// The measurement is too coarse to tell.
    Withheld,
    /// A tool that it takes is not installed.
    Skipped,
}

/// One promise and what was seen of it.
#[derive(Debug, Serialize)]
pub struct Limit {
    pub verdict: Verdict,
    /// What is promised.
    pub promise: String,
    /// What was seen, with its uncertainty.
    pub seen: String,
}

/// Judges every promise.
pub fn judge(instructions: &Instructions, rows: &[Row]) -> Vec<Limit> {
    let find = |comparison, threads| {
        rows.iter()
            .find(|row| row.comparison == comparison && row.threads == threads)
            .and_then(|row| row.ratio)
    };
    let mut limits = vec![closed_instructions(instructions)];
    for threads in THREADS {
        limits.push(closed_time(
            threads,
            find(CLOSED, threads),
            find(SAME, threads),
        ));
    }
    for threads in THREADS {
        limits.push(local_time(threads, find(LOCAL, threads)));
    }
    limits
}

fn closed_instructions(instructions: &Instructions) -> Limit {
    let promise = format!("closed adds at most {CLOSED_INSTRUCTIONS} instructions to a pair");
    let counts = instructions.as_ref();
    let added = counts.and_then(|counts| Some(counts.get("closed")? - counts.get("plain")?));
    let (verdict, seen) = match added {
        None => (Verdict::Skipped, "skipped: valgrind not found".to_owned()),
        // A hundredth absorbs what a run's start-up differs by.
        Some(added) if added <= CLOSED_INSTRUCTIONS + 0.01 => (Verdict::Kept, exact(added)),
        Some(added) => (Verdict::Broken, exact(added)),
    };
    Limit {
        verdict,
        promise,
        seen,
    }
}

fn exact(added: f64) -> String {
    format!("{added:+.0} exact")
}

/// Closed is seen when the whole interval of its median is slower than three of four re-links of
/// the same program.
///
/// The middle half of A/A is what it is held against, and not its whole range: on a machine with
/// neighbours a few pairs of launches in a run are off by a quarter, whatever is compared.
fn closed_time(threads: usize, closed: Option<Estimate>, same: Option<Estimate>) -> Limit {
    let promise = format!("closed stays within A/A, {}", on(threads));
    let (verdict, seen) = match (closed, same) {
        (Some(closed), Some(same)) => {
            // Either side of A/A is the same program, so that its ratio counts both ways round.
            let unseen = same.middle_high.max(1.0 / same.middle_low);
            let verdict = if unseen > WIDEST {
                Verdict::Withheld
            } else if closed.low > unseen {
                Verdict::Broken
            } else if closed.high > WIDEST {
                Verdict::Withheld
            } else {
                Verdict::Kept
            };
            let (low, high) = (same.middle_low, same.middle_high);
            let seen = format!("{}; half of A/A {low:.3} … {high:.3}", interval(&closed));
            (verdict, seen)
        }
        _ => (Verdict::Withheld, "too few launches".to_owned()),
    };
    Limit {
        verdict,
        promise,
        seen,
    }
}

fn local_time(threads: usize, local: Option<Estimate>) -> Limit {
    let promise = format!("local takes at most ×{LOCAL_TIME} default, {}", on(threads));
    let (verdict, seen) = match local {
        Some(local) if local.high <= LOCAL_TIME => (Verdict::Kept, interval(&local)),
        Some(local) if local.low > LOCAL_TIME => (Verdict::Broken, interval(&local)),
        Some(local) => (Verdict::Withheld, interval(&local)),
        None => (Verdict::Withheld, "too few launches".to_owned()),
    };
    Limit {
        verdict,
        promise,
        seen,
    }
}

fn on(threads: usize) -> String {
    let plural = if threads == 1 { "" } else { "s" };
    format!("{threads} thread{plural}")
}

fn interval(estimate: &Estimate) -> String {
    let Estimate {
        median, low, high, ..
    } = estimate;
    format!("×{median:.3}  95 %: {low:.3} … {high:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(median: f64, by: f64) -> Option<Estimate> {
        Some(Estimate {
            median,
            low: median - by,
            high: median + by,
            middle_low: median - by,
            middle_high: median + by,
            spread_low: median - 3.0 * by,
            spread_high: median + 3.0 * by,
            number: 25,
        })
    }

    fn counts(closed: f64) -> Instructions {
        Some([("plain", 153.0), ("closed", closed)].into())
    }

    #[test]
    fn a_thirteenth_instruction_breaks_the_limit() {
        assert_eq!(closed_instructions(&counts(165.0)).verdict, Verdict::Kept);
        assert_eq!(closed_instructions(&counts(166.0)).verdict, Verdict::Broken);
    }

    #[test]
    fn without_valgrind_the_limit_is_skipped_by_name() {
        let limit = closed_instructions(&None);
        assert_eq!(limit.verdict, Verdict::Skipped);
        assert_eq!(limit.seen, "skipped: valgrind not found");
    }

    #[test]
    fn a_closed_gate_slower_than_any_relink_is_broken() {
        let same = around(1.0, 0.01);
        let verdict = |closed| closed_time(1, closed, same).verdict;
        assert_eq!(verdict(around(1.012, 0.005)), Verdict::Kept);
        assert_eq!(verdict(around(1.02, 0.005)), Verdict::Broken);
        assert_eq!(verdict(around(1.03, 0.03)), Verdict::Withheld);
    }

    #[test]
    fn a_wide_middle_excuses_nothing() {
        let noisy = around(1.0, 0.1);
        let limit = closed_time(1, around(1.0, 0.001), noisy);
        assert_eq!(limit.verdict, Verdict::Withheld);
    }

    #[test]
    fn local_is_judged_by_its_whole_interval() {
        let verdict = |local| local_time(2, local).verdict;
        assert_eq!(verdict(around(1.2, 0.05)), Verdict::Kept);
        assert_eq!(verdict(around(1.4, 0.05)), Verdict::Broken);
        assert_eq!(verdict(around(1.3, 0.05)), Verdict::Withheld);
        assert_eq!(verdict(None), Verdict::Withheld);
    }
}
