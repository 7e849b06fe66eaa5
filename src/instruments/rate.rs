//! Sums the counts of many iterations, for a case whose iterations differ. For example, three
//! iterations cannot show a table that grows once in a thousand calls.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::count::{Metered, observation};
use crate::alloc::Meter;
use crate::bencher::{Instrument, Routine};
use heapmark_model::record::{CHECKPOINTS, Metric, Totals};

/// No iteration starts after this time, so that a slow case does not delay the others. The
/// checkpoints that were reached are returned.
const LONGEST: Duration = Duration::from_millis(250);

/// Sums the counts of [`CHECKPOINTS`] iterations, after a warm-up iteration that is not counted.
#[derive(Debug, Default)]
pub struct Rate {
    totals: Vec<Totals>,
}

impl Rate {
    /// The sums at each checkpoint that was reached; empty if the thread is already being counted.
    pub fn take(&mut self) -> Vec<Totals> {
        std::mem::take(&mut self.totals)
    }
}

impl Instrument for Rate {
    fn measure(&mut self, routine: &mut dyn Routine) {
        let Some(meter) = Meter::with_timeline(0) else {
            return;
        };
        let mut probe = Metered::new(meter);
        routine.observe(&mut probe);
        let mut sums: BTreeMap<Metric, Option<i64>> =
            Metric::ALL.map(|metric| (metric, Some(0))).into();
        let started = Instant::now();
        let mut iterations = 0;
        for checkpoint in CHECKPOINTS {
            while iterations < checkpoint {
                if iterations > 0 && started.elapsed() > LONGEST {
                    return;
                }
                routine.observe(&mut probe);
                iterations += 1;
                let seen = probe.take().map(|reading| observation(&reading, None));
                for (metric, sum) in &mut sums {
                    let value = seen.as_ref().and_then(|seen| seen.get(*metric));
                    *sum = sum.zip(value).map(|(sum, value)| sum.saturating_add(value));
                }
            }
            let known = sums.iter();
            self.totals.push(Totals {
                iterations,
                sums: known
                    .filter_map(|(&metric, &sum)| Some((metric, sum?)))
                    .collect(),
            });
        }
    }
}
