//! Compares the cost of heapmark's wrapper with its limits.

use heapmark_model::format::plural;
use serde::Serialize;

use super::callgrind::Instructions;
use super::comparison::{CLOSED, LOCAL, SAME, THREADS};
use super::report::Row;
use super::statistics::Estimate;

/// Instructions that a closed gate may add to an allocation and its free.
const CLOSED_INSTRUCTIONS: f64 = 12.0;
/// The time that local counting may take, as a multiple of the default allocator's time.
const LOCAL_TIME: f64 = 1.3;
/// If the A/A noise or the interval of closed reaches further than this, almost any result would
/// pass, so the verdict is withheld.
const WIDEST: f64 = 1.05;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum LimitStatus {
    Kept,
    Broken,
    /// The measurement is not precise enough to decide.
    Withheld,
    /// A required tool is not installed.
    Skipped,
}

/// One limit and the measured value.
#[derive(Debug, Serialize)]
pub struct Limit {
    pub verdict: LimitStatus,
    /// The limit as text.
    pub promise: String,
    /// The measured value, with its uncertainty.
    pub seen: String,
}

/// Judges every limit.
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
        None => (
            LimitStatus::Skipped,
            "skipped: valgrind is not installed".to_owned(),
        ),
        // The start-up of two runs can differ slightly; a hundredth allows for it.
        Some(added) if added <= CLOSED_INSTRUCTIONS + 0.01 => (LimitStatus::Kept, exact(added)),
        Some(added) => (LimitStatus::Broken, exact(added)),
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

/// The limit is broken if the whole interval of closed's median is slower than three of four A/A
/// ratios.
///
/// Closed is compared with the middle half of the A/A ratios and not with their whole range. On a
/// shared machine, a few pairs of launches are off by a quarter, whatever is compared.
fn closed_time(threads: usize, closed: Option<Estimate>, same: Option<Estimate>) -> Limit {
    let promise = format!("closed stays within A/A, {}", on(threads));
    let (verdict, seen) = match (closed, same) {
        (Some(closed), Some(same)) => {
            // Both sides of A/A are the same program, so each ratio counts in both directions.
            let unseen = same.middle_high.max(1.0 / same.middle_low);
            let verdict = if unseen > WIDEST {
                LimitStatus::Withheld
            } else if closed.low > unseen {
                LimitStatus::Broken
            } else if closed.high > WIDEST {
                LimitStatus::Withheld
            } else {
                LimitStatus::Kept
            };
            let (low, high) = (same.middle_low, same.middle_high);
            let seen = format!(
                "{}; middle half of A/A {low:.3} … {high:.3}",
                interval(&closed)
            );
            (verdict, seen)
        }
        _ => (LimitStatus::Withheld, "too few launches".to_owned()),
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
        Some(local) if local.high <= LOCAL_TIME => (LimitStatus::Kept, interval(&local)),
        Some(local) if local.low > LOCAL_TIME => (LimitStatus::Broken, interval(&local)),
        Some(local) => (LimitStatus::Withheld, interval(&local)),
        None => (LimitStatus::Withheld, "too few launches".to_owned()),
    };
    Limit {
        verdict,
        promise,
        seen,
    }
}

fn on(threads: usize) -> String {
    plural(threads, "thread")
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
        assert_eq!(
            closed_instructions(&counts(165.0)).verdict,
            LimitStatus::Kept
        );
        assert_eq!(
            closed_instructions(&counts(166.0)).verdict,
            LimitStatus::Broken
        );
    }

    #[test]
    fn without_valgrind_the_limit_is_skipped_with_a_reason() {
        let limit = closed_instructions(&None);
        assert_eq!(limit.verdict, LimitStatus::Skipped);
        assert_eq!(limit.seen, "skipped: valgrind is not installed");
    }

    #[test]
    fn a_closed_gate_slower_than_any_relink_is_broken() {
        let same = around(1.0, 0.01);
        let verdict = |closed| closed_time(1, closed, same).verdict;
        assert_eq!(verdict(around(1.012, 0.005)), LimitStatus::Kept);
        assert_eq!(verdict(around(1.02, 0.005)), LimitStatus::Broken);
        assert_eq!(verdict(around(1.03, 0.03)), LimitStatus::Withheld);
    }

    #[test]
    fn wide_a_a_noise_withholds_the_verdict() {
        let noisy = around(1.0, 0.1);
        let limit = closed_time(1, around(1.0, 0.001), noisy);
        assert_eq!(limit.verdict, LimitStatus::Withheld);
    }

    #[test]
    fn local_is_judged_by_its_whole_interval() {
        let verdict = |local| local_time(2, local).verdict;
        assert_eq!(verdict(around(1.2, 0.05)), LimitStatus::Kept);
        assert_eq!(verdict(around(1.4, 0.05)), LimitStatus::Broken);
        assert_eq!(verdict(around(1.3, 0.05)), LimitStatus::Withheld);
        assert_eq!(verdict(None), LimitStatus::Withheld);
    }
}
