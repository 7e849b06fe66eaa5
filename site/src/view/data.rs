//! The newest run for programs: the numbers of the headline, and every entry.

use serde::Serialize;

use super::headline::Counts;
use super::snapshot::{Base, Presence, Snapshot};
use super::status::Status;
use super::table;
use heapmark_model::record::{
    Commit, Entry, Failure, InstructionSettings, Metric, SCHEMA, TimeSettings,
};

/// The content of `data.json`, from which `data.csv` is made too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Data {
    /// The schema version of the entries.
    pub schema: u32,
    /// The code that was measured.
    pub commit: Commit,
    /// The hash of the commit that it is compared with; null if there is none.
    pub base: Option<String>,
    /// How times were measured; absent if none were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<TimeSettings>,
    /// How instructions were counted; absent if they were not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<InstructionSettings>,
    /// The numbers of the headline.
    pub counts: Counts,
    /// Every case that was counted, in report order.
    pub entries: Vec<DataEntry>,
    /// Cases that could not be counted.
    pub failures: Vec<Failure>,
}

/// A case with its statuses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DataEntry {
    /// The words of its statuses, as in `more`.
    pub status: Vec<&'static str>,
    /// Its entry in the record.
    #[serde(flatten)]
    pub entry: Entry,
}

impl Data {
    pub(super) fn new(snapshot: &Snapshot<'_>) -> Self {
        let counted = snapshot
            .cases
            .iter()
            .filter(|case| case.presence == Presence::Counted);
        let entries = counted.map(|case| {
            let statuses: Vec<Status> = table::statuses(case, snapshot);
            DataEntry {
                status: statuses.iter().map(|status| status.word).collect(),
                entry: case.entry.clone(),
            }
        });
        Self {
            schema: SCHEMA,
            commit: snapshot.newest.commit.clone(),
            base: match &snapshot.base {
                Base::Run(run) => Some(run.commit.sha.clone()),
                Base::Nothing | Base::NotComparable(..) => None,
            },
            time: snapshot.newest.time.clone(),
            instructions: snapshot.newest.instructions.clone(),
            counts: Counts::from_snapshot(snapshot),
            entries: entries.collect(),
            failures: snapshot.newest.failures.clone(),
        }
    }
}

/// Lines of fields; the first line has the names of the columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Every line has as many fields as the first.
    pub lines: Vec<Vec<String>>,
}

impl Table {
    /// One line per case: its names, its statuses, value and exactness of each metric, then times
    /// and instructions if a case has them.
    pub(super) fn new(data: &Data) -> Self {
        let names = ["id", "group", "question", "variant", "parameter", "status"];
        let mut header: Vec<String> = names.map(str::to_owned).to_vec();
        for metric in Metric::ALL {
            header.push(metric.key().to_owned());
            header.push(format!("{}_exact", metric.key()));
        }
        let timed = data.entries.iter().any(|data| data.entry.time.is_some());
        let mut instructed = data.entries.iter();
        let instructed = instructed.any(|data| data.entry.instructions.is_some());
        if timed {
            header.extend(TIMES.map(str::to_owned));
        }
        if instructed {
            header.extend(INSTRUCTIONS.map(str::to_owned));
        }
        let lines = data.entries.iter().map(|data| {
            let mut line = line(data);
            if timed {
                line.extend(times(&data.entry));
            }
            if instructed {
                line.extend(instructions(&data.entry));
            }
            line
        });
        Self {
            lines: std::iter::once(header).chain(lines).collect(),
        }
    }
}

/// Columns of a time, in picoseconds.
const TIMES: [&str; 4] = ["time_ps", "time_low_ps", "time_high_ps", "time_launches"];

const INSTRUCTIONS: [&str; 2] = ["instructions", "instructions_exact"];

fn times(entry: &Entry) -> [String; 4] {
    let Some(time) = &entry.time else {
        return TIMES.map(|_| String::new());
    };
    let end = |end: Option<u64>| end.map(|end| end.to_string()).unwrap_or_default();
    [
        time.median.to_string(),
        end(time.interval.map(|interval| interval.low)),
        end(time.interval.map(|interval| interval.high)),
        time.launches.len().to_string(),
    ]
}

fn instructions(entry: &Entry) -> [String; 2] {
    let value = entry.instructions.as_ref();
    let number = value.and_then(|value| value.value);
    [
        number.map(|number| number.to_string()).unwrap_or_default(),
        value
            .map(|value| value.exact.to_string())
            .unwrap_or_default(),
    ]
}

fn line(data: &DataEntry) -> Vec<String> {
    let case = &data.entry.case;
    let mut line = vec![
        case.id.clone(),
        case.group.clone(),
        case.question.clone().unwrap_or_default(),
        case.variant.clone(),
        case.parameter
            .map(|size| size.to_string())
            .unwrap_or_default(),
        data.status.join(" "),
    ];
    for metric in Metric::ALL {
        let number = data.entry.get(metric).map(|number| number.to_string());
        let exact = data
            .entry
            .metrics
            .get(&metric)
            .map(|value| value.exact.to_string());
        line.push(number.unwrap_or_default());
        line.push(exact.unwrap_or_default());
    }
    line
}
