//! Times of a comparison, as a forest plot.

use serde::Serialize;

use super::is_changed;
use heapmark_model::analysis::change::Change;
use heapmark_model::analysis::{Comparison, SMALLEST_CHANGE, TimeChange, TimeVerdict};

/// Times of the head relative to the base, one row per case, on one axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Forest {
    /// How to read the chart.
    pub reading: String,
    /// The zone in which a change gets no verdict, as two positions.
    pub zone: (f64, f64),
    /// Changed and undecided cases, worst first.
    pub rows: Vec<ForestRow>,
}

/// One case. Positions go from 0 on the left to 1 on the right, on the logarithm of the ratio.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ForestRow {
    /// The case's id.
    pub id: String,
    /// The position of its ratio.
    pub at: f64,
    /// The positions of both ends of its 95 % confidence interval; absent if there is none.
    pub interval: Option<(f64, f64)>,
    /// The ratio and its interval in percent.
    pub text: String,
}

/// Maximum number of rows; the JSON of a comparison contains all of them.
const ROWS: usize = 40;

impl Forest {
    /// The times of changed or undecided cases; `None` if there are none.
    pub(super) fn from_comparison(comparison: &Comparison) -> Option<Self> {
        let is_shown = |change: &Change, time: &TimeChange| {
            is_changed(change) || time.verdict == TimeVerdict::Undecided
        };
        let shown: Vec<(&str, &TimeChange)> = comparison
            .changes
            .iter()
            .filter_map(|change| Some((change, change.time.as_ref()?)))
            .filter(|(change, time)| is_shown(change, time))
            .map(|(change, time)| (change.id.as_str(), time))
            .take(ROWS)
            .collect();
        let reach = shown
            .iter()
            .flat_map(|(_, time)| {
                let (low, high) = time.interval.unwrap_or((time.ratio, time.ratio));
                [low, high, time.ratio]
            })
            .map(|ratio| ratio.max(f64::MIN_POSITIVE).ln().abs())
            .fold(0.06_f64, f64::max);
        let place = |ratio: f64| {
            let place = ratio.max(f64::MIN_POSITIVE).ln() / reach / 2.2 + 0.5;
            (place * 1e4).round() / 1e4
        };
        let edge = |log: f64| percent(log.exp());
        let rows = shown.iter().map(|(id, time)| ForestRow {
            id: (*id).to_owned(),
            at: place(time.ratio),
            interval: time.interval.map(|(low, high)| (place(low), place(high))),
            text: match time.interval {
                Some((low, high)) => {
                    format!(
                        "{} ({} … {})",
                        percent(time.ratio),
                        percent(low),
                        percent(high)
                    )
                }
                None => percent(time.ratio),
            },
        });
        (!shown.is_empty()).then(|| Self {
            reading: format!(
                "Dot: median over paired rounds. Line: its 95 % confidence interval, not \
                 corrected for the number of cases. Shaded: changes within ±{:.0} % get no verdict. The axis goes from {} to {}.",
                SMALLEST_CHANGE * 100.0,
                edge(-1.1 * reach),
                edge(1.1 * reach),
            ),
            zone: (place(1.0 - SMALLEST_CHANGE), place(1.0 + SMALLEST_CHANGE)),
            rows: rows.collect(),
        })
    }
}

fn percent(ratio: f64) -> String {
    format!("{:+.1} %", (ratio - 1.0) * 100.0).replace('-', "−")
}
