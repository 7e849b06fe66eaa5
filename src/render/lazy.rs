//! The numbers behind the charts of a page, as scripts that hand them to `heapmark(…)`.
//!
//! A page that is opened from disk may not fetch, but it may load a script. Nothing here is
//! merged: a column is run-length or delta coded and gives every run back.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use super::halves::in_halves;
use super::{RenderError, json};
use crate::history::{Step, Timed};
use crate::view::{CaseHistory, Commits, Site};

/// Digits of a time.
const DIGITS: u32 = 4;

/// Digits of a time to whose last place its interval is rounded; what people read has as many.
const INTERVAL_DIGITS: u32 = 3;

/// Adds `commits.js` and one file a case.
pub(super) fn add(site: &Site, files: &mut BTreeMap<String, Vec<u8>>) -> Result<(), RenderError> {
    if let Some(commits) = &site.commits {
        files.insert("commits.js".to_owned(), self::commits(commits)?);
    }
    files.extend(in_halves(&site.histories, |history| {
        Ok(vec![(format!("data/{}.js", history.id), case(history)?)])
    })?);
    Ok(())
}

fn commits(commits: &Commits) -> Result<Vec<u8>, RenderError> {
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
    let text = json::compact("commits.js", &lists)?;
    Ok(format!("heapmark(\"commits\",{text})\n").into_bytes())
}

fn case(history: &CaseHistory) -> Result<Vec<u8>, RenderError> {
    let mut text = String::from("heapmark(\"history\",");
    text.push_str(&json::compact("data", &history.id)?);
    text.push_str(",{\"steps\":{");
    let columns = &history.columns;
    for (index, (metric, steps)) in columns.metrics.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        // Keys are names of metrics, which need no escape.
        let _ = write!(text, "\"{}\":", metric.key());
        push_steps(&mut text, steps);
    }
    text.push('}');
    if !columns.instructions.is_empty() {
        text.push_str(",\"instructions\":");
        push_steps(&mut text, &columns.instructions);
    }
    if !columns.times.is_empty() {
        text.push_str(",\"time\":");
        push_times(&mut text, &columns.times);
    }
    text.push_str("})\n");
    Ok(text.into_bytes())
}

fn push_steps(text: &mut String, steps: &[Step]) {
    text.push('[');
    for (index, step) in steps.iter().enumerate() {
        text.push_str(if index > 0 { ",[" } else { "[" });
        push_number(text, i128::from(step.from));
        text.push(',');
        push_number(text, i128::from(step.to));
        text.push(',');
        push_number(text, i128::from(step.value));
        text.push_str(if step.exact { ",1]" } else { ",0]" });
    }
    text.push(']');
}

fn push_times(text: &mut String, times: &[Timed]) {
    text.push_str("{\"run\":");
    push_deltas(text, times.iter().map(|time| i128::from(time.run)));
    for (name, digits, part) in [
        (
            ",\"median\":",
            DIGITS,
            (|time| time.median) as fn(&Timed) -> u64,
        ),
        (",\"low\":", INTERVAL_DIGITS, |time| time.below),
        (",\"high\":", INTERVAL_DIGITS, |time| time.above),
    ] {
        text.push_str(name);
        let rounded = times.iter().map(|time| {
            let unit = unit(time.median, digits);
            let value = part(time);
            let units = value / unit + u64::from(value % unit >= unit.div_ceil(2));
            i128::from(units) * i128::from(unit)
        });
        push_deltas(text, rounded);
    }
    text.push('}');
}

/// What the last of so many digits of `time` is worth, in picoseconds.
fn unit(time: u64, digits: u32) -> u64 {
    10_u64.pow((time.max(1).ilog10() + 1).saturating_sub(digits))
}

/// The first value, then differences: neighbours are close, so that most take a digit or two.
fn push_deltas(text: &mut String, values: impl Iterator<Item = i128>) {
    text.push('[');
    let mut before = 0;
    for (index, value) in values.enumerate() {
        if index > 0 {
            text.push(',');
        }
        push_number(text, value - before);
        before = value;
    }
    text.push(']');
}

/// `number` in digits. A long history has millions of them, most of one digit, and `write!`
/// takes some times as long for each.
fn push_number(text: &mut String, number: i128) {
    if number < 0 {
        text.push('-');
    }
    let Ok(mut rest) = u64::try_from(number.unsigned_abs()) else {
        // Writing to a string cannot fail.
        let _ = write!(text, "{}", number.unsigned_abs());
        return;
    };
    let mut digits = [0; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    text.extend(digits[first..].iter().map(|&digit| char::from(digit)));
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::history::Columns;

    #[test]
    fn a_column_is_written_in_the_form_that_the_script_of_the_site_reads() {
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
        let text = String::from_utf8(case(&history).unwrap()).unwrap();
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
        let mut text = String::new();
        push_times(&mut text, &[time]);
        assert!(text.starts_with("{\"run\":[0],\"median\":[1845"));
    }
}
