//! Merges the steps of one pixel column, so that the path of a long history stays small. The lowest
//! and the highest of a column are kept, so no extreme is lost.

use heapmark_model::history::{Step, Timed};

/// Maximum number of columns of a path. Plots are about 420 to 1,200 pixels wide, and each column
/// has two extremes.
pub(super) const COLUMNS: usize = 300;

/// The times of one column.
pub(super) struct Band {
    /// Its position, in runs.
    pub(super) at: f64,
    /// The lowest and the highest median.
    pub(super) medians: (u64, u64),
    /// The lowest and the highest end of the intervals.
    pub(super) ends: (u64, u64),
    /// Whether there are runs without a time before it.
    pub(super) after_gap: bool,
}

fn column(run: u32, runs: usize, columns: usize) -> usize {
    // The position of a run is far too small for this product to overflow.
    run as usize * columns / runs.max(1)
}

/// `steps`, reduced to at most three per column: the lowest, the highest and the last.
pub(super) fn steps(steps: &[Step], runs: usize, columns: usize) -> Vec<Step> {
    if steps.len() <= columns {
        return steps.to_vec();
    }
    let mut thin: Vec<Step> = Vec::new();
    for group in
        steps.chunk_by(|a, b| column(a.from, runs, columns) == column(b.from, runs, columns))
    {
        let value = |&index: &usize| group[index].value;
        let last = group.len() - 1;
        let extremes = [(0..=last).min_by_key(value), (0..=last).max_by_key(value)];
        let mut kept: Vec<usize> = extremes.into_iter().flatten().chain([last]).collect();
        kept.sort_unstable();
        kept.dedup();
        for (place, &index) in kept.iter().enumerate() {
            let next = kept.get(place + 1).map(|&next| group[next].from);
            thin.push(Step {
                from: if place == 0 {
                    group[0].from
                } else {
                    group[index].from
                },
                to: next.unwrap_or(group[index].to),
                ..group[index]
            });
        }
    }
    thin
}

/// `times` as one band per column.
pub(super) fn times(times: &[Timed], runs: usize) -> Vec<Band> {
    let every_run = runs <= COLUMNS;
    let together = |a: &Timed, b: &Timed| {
        !every_run && column(a.run, runs, COLUMNS) == column(b.run, runs, COLUMNS)
    };
    let mut last: Option<u32> = None;
    let mut bands = Vec::new();
    for group in times.chunk_by(together) {
        let (Some(first), Some(end)) = (group.first(), group.last()) else {
            continue;
        };
        let extent = |low: fn(&Timed) -> u64, high: fn(&Timed) -> u64| {
            let low = group.iter().map(low).min().unwrap_or_default();
            (low, group.iter().map(high).max().unwrap_or_default())
        };
        // A gap narrower than two columns is invisible.
        let width = runs.div_ceil(COLUMNS);
        let after_gap = last
            .is_none_or(|last| (first.run - last) as usize > if every_run { 1 } else { 2 * width });
        bands.push(Band {
            at: f64::from(first.run + end.run + 1) / 2.0,
            medians: extent(|time| time.median, |time| time.median),
            ends: extent(Timed::low, Timed::high),
            after_gap,
        });
        last = Some(end.run);
    }
    bands
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noisy(runs: usize) -> Vec<Step> {
        let value = |run: u32| {
            if run == 7_777 {
                900
            } else {
                i64::from(run % 7)
            }
        };
        let steps = (0..runs as u32).map(|run| Step {
            from: run,
            to: run + 1,
            value: value(run),
            exact: true,
            varied: false,
        });
        steps.collect()
    }

    #[test]
    fn a_short_history_is_drawn_unchanged() {
        assert_eq!(steps(&noisy(COLUMNS), COLUMNS, COLUMNS), noisy(COLUMNS));
    }

    #[test]
    fn a_long_history_keeps_its_extremes_and_ends_and_has_no_new_gaps() {
        let thin = steps(&noisy(10_000), 10_000, COLUMNS);
        assert!(thin.len() <= 3 * COLUMNS, "{}", thin.len());
        assert_eq!(thin.iter().map(|step| step.value).max(), Some(900));
        assert_eq!((thin[0].from, thin[thin.len() - 1].to), (0, 10_000));
        assert!(thin.windows(2).all(|pair| pair[0].to == pair[1].from));
    }

    #[test]
    fn a_single_slow_run_among_ten_thousand_is_drawn() {
        let timed = |run: u32| {
            let median = if run == 5_000 { 99 } else { 10 };
            Timed {
                run,
                median,
                below: 1,
                above: 1,
            }
        };
        let all: Vec<Timed> = (0..10_000).map(timed).collect();
        let bands = times(&all, 10_000);
        assert!(bands.len() <= COLUMNS);
        assert!(
            bands
                .iter()
                .any(|band| band.medians == (10, 99) && band.ends == (9, 100))
        );
    }
}
