//! The data of the history charts, as scripts that pass it to `heapmark(…)`.
//!
//! A page that is opened from disk cannot fetch data, but can load a script. No values are merged:
//! columns are run-length or delta coded, so every run can be restored.

use serde::Serialize;

use super::{File, RenderError, json};
use crate::view::{CaseHistory, Commits};
use heapmark_model::history::{Step, Timed};

/// Significant digits of a time.
const DIGITS: u32 = 4;

/// Significant digits of a time whose last place the interval is rounded to, as on the pages.
const INTERVAL_DIGITS: u32 = 3;

/// `commits.js`.
pub(super) fn commits(commits: &Commits) -> Result<File, RenderError> {
    #[derive(Serialize)]
    struct Lists<'a> {
        sha: &'a [String],
        day: &'a [String],
        marks: &'a [(usize, String)],
    }
    let lists = Lists {
        sha: &commits.sha,
        day: &commits.day,
        marks: &commits.marks,
    };
    let mut text = b"heapmark(\"commits\",".to_vec();
    json::write("commits.js", &lists, &mut text)?;
    text.extend(b")\n");
    Ok(("commits.js".to_owned(), text))
}

/// The file of a case.
pub(super) fn case(history: &CaseHistory) -> Result<File, RenderError> {
    let path = format!("data/{}.js", history.id);
    let mut text = b"heapmark(\"history\",".to_vec();
    json::write(&path, &history.id, &mut text)?;
    text.extend(b",{\"steps\":{");
    let columns = &history.columns;
    for (index, (metric, steps)) in columns.metrics.iter().enumerate() {
        if index > 0 {
            text.push(b',');
        }
        json::write(&path, metric.key(), &mut text)?;
        text.push(b':');
        push_steps(&mut text, steps);
    }
    text.push(b'}');
    if !columns.instructions.is_empty() {
        text.extend(b",\"instructions\":");
        push_steps(&mut text, &columns.instructions);
    }
    if !columns.times.is_empty() {
        text.extend(b",\"time\":");
        push_times(&mut text, &columns.times);
    }
    text.extend(b"})\n");
    Ok((path, text))
}

fn push_steps(text: &mut Vec<u8>, steps: &[Step]) {
    text.push(b'[');
    for (index, step) in steps.iter().enumerate() {
        text.extend(if index > 0 { &b",["[..] } else { b"[" });
        push_number(text, step.from);
        text.push(b',');
        push_number(text, step.to);
        text.push(b',');
        push_number(text, step.value);
        text.extend(if step.exact { b",1]" } else { b",0]" });
    }
    text.push(b']');
}

fn push_times(text: &mut Vec<u8>, times: &[Timed]) {
    text.extend(b"{\"run\":");
    push_deltas(text, times.iter().map(|time| u64::from(time.run)));
    let mut rounded = |name: &[u8], digits, part: fn(&Timed) -> u64| {
        text.extend(name);
        let rounded = times.iter().map(|time| {
            let unit = unit(time.median, digits);
            let value = part(time);
            let units = value / unit + u64::from(value % unit >= unit.div_ceil(2));
            units.saturating_mul(unit)
        });
        push_deltas(text, rounded);
    };
    rounded(b",\"median\":", DIGITS, |time| time.median);
    rounded(b",\"low\":", INTERVAL_DIGITS, |time| time.below);
    rounded(b",\"high\":", INTERVAL_DIGITS, |time| time.above);
    text.push(b'}');
}

/// The value of the last of so many significant digits of `time`, in picoseconds.
fn unit(time: u64, digits: u32) -> u64 {
    10_u64.pow((time.max(1).ilog10() + 1).saturating_sub(digits))
}

/// The first value, then differences, most of which have only one or two digits.
fn push_deltas(text: &mut Vec<u8>, values: impl Iterator<Item = u64>) {
    text.push(b'[');
    let mut before = 0;
    for (index, value) in values.enumerate() {
        if index > 0 {
            text.push(b',');
        }
        if value < before {
            text.push(b'-');
        }
        push_number(text, value.abs_diff(before));
        before = value;
    }
    text.push(b']');
}

/// Appends `number`. A long history has millions of short numbers, for which `write!` is several
/// times slower.
fn push_number(text: &mut Vec<u8>, number: impl itoa::Integer) {
    text.extend(itoa::Buffer::new().format(number).as_bytes());
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use heapmark_model::history::Columns;

    #[test]
    fn a_column_has_the_form_that_the_script_of_the_site_reads() {
        let step = |from, to, value, exact| Step {
            from,
            to,
            value,
            exact,
            varied: false,
        };
        let timed = |run, median| Timed {
            run,
            median,
            below: 4,
            above: 160,
        };
        let instructions = vec![step(0, 3, 7, true), step(4, 5, 9, false)];
        let columns = Columns {
            times: vec![timed(0, 18_096), timed(3, 18_204)],
            instructions,
            ..Columns::default()
        };
        let history = CaseHistory {
            id: "a</script>".to_owned(),
            columns: Arc::new(columns),
        };
        let text = String::from_utf8(case(&history).unwrap().1).unwrap();
        assert_eq!(
            text,
            "heapmark(\"history\",\"a\\u003c/script\\u003e\",{\"steps\":{},\"instructions\":[[0,3,7,1],[4,5,9,0]],\
             \"time\":{\"run\":[0,3],\"median\":[18100,100],\"low\":[0,0],\"high\":[200,0]}})\n"
        );
    }

    #[test]
    fn the_largest_time_does_not_overflow() {
        let time = Timed {
            run: 0,
            median: u64::MAX,
            below: u64::MAX,
            above: 0,
        };
        let mut text = Vec::new();
        push_times(&mut text, &[time]);
        assert!(text.starts_with(b"{\"run\":[0],\"median\":[1844"));
    }
}
