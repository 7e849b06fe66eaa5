//! One synthetic case: its current numbers, and how the next commit changes them.

use heapmark_model::record::{CaseInfo, Entry, Instability, Interval, Metric, Spread, Time, Value};

/// Group names like those of the suite.
const GROUPS: [&str; 9] = [
    "string_allocations",
    "vec_allocations",
    "hashmap_allocations",
    "smart_pointers",
    "request_response",
    "object_pool",
    "leak_patterns",
    "allocation_sizes",
    "drop_timing",
];

/// A case at the current commit.
pub(super) struct SyntheticCase {
    number: usize,
    /// How often the case was renamed. Each name is a separate case in the history.
    name: u32,
    allocs: i64,
    reallocs: i64,
    /// Size of a block in bytes.
    block: i64,
    /// Live bytes after an iteration.
    retained: i64,
    /// Whether the number of reallocs varies between repetitions.
    varies: bool,
    /// Time of an iteration in picoseconds.
    picoseconds: u64,
}

impl SyntheticCase {
    pub(super) fn new(number: usize, random: &mut fastrand::Rng) -> Self {
        Self {
            number,
            name: 0,
            allocs: random.i64(1..40),
            reallocs: random.i64(0..8),
            block: 8 << random.i64(0..9),
            retained: 0,
            varies: number % 17 == 5,
            picoseconds: random.u64(5_000..4_000_000),
        }
    }

    /// Applies the change of a commit, which is usually none.
    pub(super) fn next(&mut self, random: &mut fastrand::Rng) {
        match random.u32(0..4000) {
            0..=3 => self.allocs += random.i64(1..4),
            4..=7 => self.allocs = (self.allocs - random.i64(1..3)).max(1),
            8..=10 => self.block = (self.block + 8 * random.i64(-4..6)).max(8),
            11 => self.retained += self.block,
            12 => self.retained = 0,
            13 if random.u32(0..10) == 0 => self.name += 1,
            14..=20 => self.picoseconds = self.picoseconds * random.u64(80..126) / 100,
            _ => {}
        }
        self.picoseconds = self.picoseconds.max(1000);
    }

    /// Applies the change of a new compiler: another time, and sometimes fewer reallocs.
    pub(super) fn bump(&mut self, random: &mut fastrand::Rng) {
        self.picoseconds = self.picoseconds * random.u64(93..106) / 100;
        if random.u32(0..20) == 0 {
            self.reallocs = (self.reallocs - 1).max(0);
        }
    }

    /// The entry of the case in a run. Two calls differ only in the noise of the time.
    pub(super) fn entry(&self, random: &mut fastrand::Rng) -> Entry {
        let group = GROUPS[self.number % GROUPS.len()];
        let variant = format!("case_{:03}_v{}", self.number, self.name + 1);
        let bytes = (self.allocs + self.reallocs) * self.block;
        let mut metrics: Vec<(Metric, Value)> = Metric::HEADLINE
            .into_iter()
            .zip([
                self.allocs,
                self.allocs,
                self.reallocs,
                bytes,
                bytes - bytes / 3,
                self.retained,
            ])
            .map(|(metric, value)| (metric, Value::exact(value)))
            .collect();
        if self.varies {
            metrics[2].1 = sampled(self.reallocs + random.i64(0..3));
        }
        Entry {
            case: CaseInfo {
                id: format!("{group}/{variant}"),
                group: group.to_owned(),
                question: None,
                variant,
                parameter: None,
                summary: "A synthetic case.".to_owned(),
                file: format!("benches/memory_benchmarks/{group}.rs"),
            },
            metrics: metrics.into_iter().collect(),
            size_classes: vec![((self.block as u64).next_power_of_two(), self.allocs as u64)],
            timeline: None,
            other_threads: false,
            expected: Vec::new(),
            time: Some(self.time(random)),
            growth: None,
            instructions: Some(Value::exact(self.picoseconds as i64 / 90)),
        }
    }

    /// The time with about half a percent of noise, and an interval of about that width.
    fn time(&self, random: &mut fastrand::Rng) -> Time {
        let share = |of: u64, thousandths: u64| of * thousandths / 1000;
        let median = share(self.picoseconds, random.u64(992..1009));
        Time {
            median,
            interval: Some(Interval {
                low: share(median, random.u64(988..998)),
                high: share(median, random.u64(1003..1013)),
            }),
            launches: vec![median],
            disturbed: 0,
        }
    }
}

fn sampled(value: i64) -> Value {
    Value {
        value: Some(value),
        exact: false,
        spread: Some(Spread {
            min: value,
            max: value + 2,
        }),
        why: Some(Instability::RepetitionsDiffer),
        rate: None,
    }
}
