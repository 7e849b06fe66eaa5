//! The numbers of one case over many records, as runs of equal values.

use std::collections::BTreeMap;

use crate::record::{Entry, Instability, Metric, Value};

/// Consecutive records with the same value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The position of the first record.
    pub from: u32,
    /// The position after the last record.
    pub to: u32,
    /// Their common value.
    pub value: i64,
    /// Whether it is exact in all of them; a varying value never joins an equal exact one.
    pub exact: bool,
    /// Whether repetitions of the same code differed, which makes later runs unstable too.
    pub varied: bool,
}

/// The time of a case in one record, in picoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timed {
    /// The position of the record.
    pub run: u32,
    /// The median of the launches.
    pub median: u64,
    /// The distance from the median down to the interval's lower end; 0 without an interval.
    pub below: u64,
    /// The distance from the median up to the interval's upper end; 0 without an interval.
    pub above: u64,
}

/// The numbers of one case over many records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// Ranges of records that hold the case, each as the first position and the one after the last.
    pub present: Vec<(u32, u32)>,
    /// The heap metrics that are known in at least one record.
    pub metrics: BTreeMap<Metric, Vec<Step>>,
    /// Instructions.
    pub instructions: Vec<Step>,
    /// The times of the records that have one.
    pub times: Vec<Timed>,
    /// Ranges of records that hold the case under an old id shared with other cases. Its numbers in
    /// them are unknown, and they hold no other number of it.
    pub ambiguous: Vec<(u32, u32)>,
}

impl Timed {
    /// The lower end of the interval; the median if there is no interval.
    pub fn low(&self) -> u64 {
        self.median.saturating_sub(self.below)
    }

    /// The upper end of the interval; the median if there is no interval.
    pub fn high(&self) -> u64 {
        self.median.saturating_add(self.above)
    }
}

impl Columns {
    /// Adds the numbers of the record at position `run`, which must follow all earlier ones. If a
    /// record holds the case twice, only its first entry counts.
    pub fn push(&mut self, run: u32, entry: &Entry) {
        if self.holds(run) {
            return;
        }
        join(&mut self.present, (run, run + 1));
        for (&metric, value) in &entry.metrics {
            if let Some(step) = step(run, value) {
                extend(self.metrics.entry(metric).or_default(), step);
            }
        }
        if let Some(step) = entry
            .instructions
            .as_ref()
            .and_then(|value| step(run, value))
        {
            extend(&mut self.instructions, step);
        }
        if let Some(time) = &entry.time {
            let interval = time.interval;
            self.times.push(Timed {
                run,
                median: time.median,
                // Records are not validated: an interval without its median must not break a page.
                below: interval.map_or(0, |it| time.median.saturating_sub(it.low)),
                above: interval.map_or(0, |it| it.high.saturating_sub(time.median)),
            });
        }
    }

    /// Marks that the record at position `run` holds the case under an id of several cases.
    pub fn push_ambiguous(&mut self, run: u32) {
        join(&mut self.ambiguous, (run, run + 1));
    }

    /// The steps of `metric`; empty if it was never known.
    pub fn steps(&self, metric: Metric) -> &[Step] {
        self.metrics.get(&metric).map_or(&[], Vec::as_slice)
    }

    /// Whether the record at `run` holds the case.
    pub fn holds(&self, run: u32) -> bool {
        let after = self.present.partition_point(|&(from, _)| from <= run);
        after > 0 && run < self.present[after - 1].1
    }

    /// The last record that holds the case.
    pub fn last(&self) -> Option<u32> {
        self.present.last().map(|&(_, to)| to - 1)
    }

    /// Appends `later`, whose positions begin at `offset`, after all positions of this one.
    pub fn append(&mut self, later: &Self, offset: u32) {
        for &(from, to) in &later.present {
            join(&mut self.present, (from + offset, to + offset));
        }
        for &(from, to) in &later.ambiguous {
            join(&mut self.ambiguous, (from + offset, to + offset));
        }
        let moved = |step: &Step| Step {
            from: step.from + offset,
            to: step.to + offset,
            ..*step
        };
        for (&metric, steps) in &later.metrics {
            let all = self.metrics.entry(metric).or_default();
            steps.iter().for_each(|step| extend(all, moved(step)));
        }
        for step in &later.instructions {
            extend(&mut self.instructions, moved(step));
        }
        let times = later.times.iter().map(|timed| Timed {
            run: timed.run + offset,
            ..*timed
        });
        self.times.extend(times);
    }

    /// The columns over only `records`, in their order; the first of them gets position 0.
    #[must_use]
    pub fn select(&self, records: &[usize]) -> Self {
        let places = Places::from_records(records);
        let stretches = |of: &[(u32, u32)]| {
            let mut placed: Vec<(u32, u32)> = Vec::new();
            for (_, stretch) in places.of_all(of, |&stretch| stretch) {
                join(&mut placed, stretch);
            }
            placed
        };
        let steps = |steps: &[Step]| {
            let mut placed: Vec<Step> = Vec::new();
            for (step, (from, to)) in places.of_all(steps, |step| (step.from, step.to)) {
                extend(&mut placed, Step { from, to, ..*step });
            }
            placed
        };
        let metrics = self.metrics.iter();
        let mut times: Vec<Timed> = self
            .times
            .iter()
            .filter_map(|timed| {
                let run = places.place(timed.run)?;
                Some(Timed { run, ..*timed })
            })
            .collect();
        times.sort_by_key(|timed| timed.run);
        Self {
            present: stretches(&self.present),
            ambiguous: stretches(&self.ambiguous),
            metrics: metrics
                .map(|(&metric, column)| (metric, steps(column)))
                .filter(|(_, column)| !column.is_empty())
                .collect(),
            instructions: steps(&self.instructions),
            times,
        }
    }
}

/// The new positions of the selected records.
struct Places {
    /// The new position of each old one.
    new: Vec<Option<u32>>,
    /// How many selected records come before each old position; empty if the order changes.
    before: Vec<u32>,
}

impl Places {
    fn from_records(records: &[usize]) -> Self {
        let end = records.iter().max().map_or(0, |last| last + 1);
        let mut new = vec![None; end];
        for (place, &record) in records.iter().enumerate() {
            new[record] = Some(place as u32);
        }
        let mut before = Vec::new();
        if records.is_sorted() {
            let mut count = 0;
            before.push(count);
            for place in &new {
                count += u32::from(place.is_some());
                before.push(count);
            }
        }
        Self { new, before }
    }

    fn place(&self, record: u32) -> Option<u32> {
        self.new.get(record as usize).copied().flatten()
    }

    /// Each item with its new ranges, in their new order.
    fn of_all<'a, T>(
        &self,
        items: &'a [T],
        stretch: impl Fn(&T) -> (u32, u32),
    ) -> Vec<(&'a T, (u32, u32))> {
        let mut placed = Vec::new();
        for item in items {
            let (from, to) = stretch(item);
            if let Some(last) = self.before.len().checked_sub(1) {
                // Records selected in their old order stay neighbours, so ranges map as a whole.
                let count = |record: u32| self.before[(record as usize).min(last)];
                if count(from) < count(to) {
                    placed.push((item, (count(from), count(to))));
                }
            } else {
                let places = (from..to).filter_map(|record| self.place(record));
                placed.extend(places.map(|place| (item, (place, place + 1))));
            }
        }
        placed.sort_by_key(|&(_, (from, _))| from);
        placed
    }
}

fn step(run: u32, value: &Value) -> Option<Step> {
    Some(Step {
        from: run,
        to: run + 1,
        value: value.value?,
        exact: value.exact,
        varied: matches!(
            value.why,
            Some(
                Instability::RepetitionsDiffer
                    | Instability::ProcessesDiffer
                    | Instability::VariedBefore
            )
        ),
    })
}

/// Appends a step, or extends the last one if it has the same value.
pub(super) fn extend(steps: &mut Vec<Step>, step: Step) {
    if let Some(last) = steps.last_mut()
        && (last.to, last.value, last.exact, last.varied)
            == (step.from, step.value, step.exact, step.varied)
    {
        last.to = step.to;
    } else {
        steps.push(step);
    }
}

fn join(stretches: &mut Vec<(u32, u32)>, stretch: (u32, u32)) {
    match stretches.last_mut() {
        Some(last) if last.1 == stretch.0 => last.1 = stretch.1,
        _ => stretches.push(stretch),
    }
}

#[cfg(test)]
mod tests {
    use super::{Columns, Step};
    use crate::record::{CaseInfo, Entry, Metric, Value};

    fn entry(bytes: i64, exact: bool) -> Entry {
        let value = Value {
            exact,
            ..Value::exact(bytes)
        };
        Entry {
            case: CaseInfo {
                id: "a/x".to_owned(),
                group: "a".to_owned(),
                question: None,
                variant: "x".to_owned(),
                parameter: None,
                summary: String::new(),
                file: String::new(),
            },
            metrics: [(Metric::Bytes, value)].into(),
            size_classes: Vec::new(),
            timeline: None,
            other_threads: false,
            expected: Vec::new(),
            time: None,
            growth: None,
            instructions: None,
        }
    }

    fn columns(values: &[(u32, i64, bool)]) -> Columns {
        let mut columns = Columns::default();
        for &(run, bytes, exact) in values {
            columns.push(run, &entry(bytes, exact));
        }
        columns
    }

    fn steps(columns: &Columns) -> Vec<(u32, u32, i64, bool)> {
        let plain = |step: &Step| (step.from, step.to, step.value, step.exact);
        columns.steps(Metric::Bytes).iter().map(plain).collect()
    }

    #[test]
    fn equal_values_in_a_row_are_one_step() {
        let all = columns(&[(0, 7, true), (1, 7, true), (2, 9, true)]);
        assert_eq!(steps(&all), [(0, 2, 7, true), (2, 3, 9, true)]);
    }

    #[test]
    fn a_record_without_the_case_is_a_gap_between_equal_steps() {
        let all = columns(&[(0, 7, true), (2, 7, true)]);
        assert_eq!(steps(&all), [(0, 1, 7, true), (2, 3, 7, true)]);
        assert!(all.holds(0) && !all.holds(1) && all.holds(2) && !all.holds(3));
    }

    #[test]
    fn a_sampled_value_never_joins_an_equal_exact_one() {
        let all = columns(&[(0, i64::MAX, true), (1, i64::MAX, false)]);
        assert_eq!(steps(&all).len(), 2);
    }

    #[test]
    fn a_case_that_a_record_holds_twice_is_counted_once() {
        let all = columns(&[(0, 7, true), (0, 9, true), (1, 7, true)]);
        assert_eq!(steps(&all), [(0, 2, 7, true)]);
    }

    #[test]
    fn selected_records_make_the_same_columns_as_those_records_pushed_separately() {
        let values: Vec<(u32, i64, bool)> = [(0, 7), (1, 7), (2, 9), (4, 9), (5, 7), (6, 7)]
            .map(|(run, value)| (run, value, run != 5))
            .into();
        let all = columns(&values);
        for records in [
            vec![0, 1, 2, 3, 4, 5, 6],
            vec![1, 2, 4],
            vec![0, 2, 6],
            vec![6, 0, 5, 1],
            vec![3],
            vec![],
        ] {
            let mut alone = Columns::default();
            for (place, record) in records.iter().enumerate() {
                let found = values.iter().find(|(run, ..)| *run as usize == *record);
                if let Some(&(_, value, exact)) = found {
                    alone.push(place as u32, &entry(value, exact));
                }
            }
            assert_eq!(all.select(&records), alone, "{records:?}");
        }
    }

    #[test]
    fn what_is_appended_is_as_if_pushed() {
        let values = [(0, 7, true), (1, 7, true), (3, 9, true), (4, 9, false)];
        for offset in 1..=4 {
            let mut front = columns(&values[..values.partition_point(|value| value.0 < offset)]);
            let back = values.into_iter().filter(|value| value.0 >= offset);
            let back = back.map(|(run, bytes, exact)| (run - offset, bytes, exact));
            front.append(&columns(&back.collect::<Vec<_>>()), offset);
            assert_eq!(front, columns(&values), "{offset}");
        }
    }
}
