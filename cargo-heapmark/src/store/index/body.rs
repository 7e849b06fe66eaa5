//! Encodes the body of a chunk: the files, their heads, and the columns of every case.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::Stamp;
use super::code::{Reader, Writer};
use heapmark_model::history::{Columns, Head, History, Setting, Step, Timed};
use heapmark_model::record::{Commit, Metric};

pub(super) fn encode(stamps: &[Stamp], history: &History) -> Vec<u8> {
    let mut out = Writer::default();
    out.number(stamps.len() as u64);
    let mut before: Option<&Head> = None;
    for (stamp, head) in stamps.iter().zip(history.heads()) {
        // A path that is not valid Unicode becomes empty, so its record counts as unknown later.
        out.text(stamp.path.to_str().unwrap_or_default());
        out.number(stamp.size);
        out.signed(stamp.changed);
        write_head(&mut out, head, before);
        before = Some(head);
    }
    out.number(history.cases().len() as u64);
    for (id, columns) in history.cases() {
        out.text(id);
        let mut own = Writer::default();
        write_columns(&mut own, columns);
        out.bytes(&own.finish());
    }
    out.finish()
}

pub(super) fn decode(bytes: &[u8]) -> Option<(Vec<Stamp>, History)> {
    let mut bytes = Reader::new(bytes);
    let count = bytes.length()?;
    let (mut stamps, mut heads) = (Vec::new(), Vec::new());
    for _ in 0..count {
        stamps.push(Stamp {
            path: bytes.text()?.into(),
            size: bytes.number()?,
            changed: bytes.signed()?,
        });
        let head = read_head(&mut bytes, heads.last())?;
        heads.push(head);
    }
    let end = u32::try_from(count).ok()?;
    let mut cases = Vec::new();
    for _ in 0..bytes.length()? {
        cases.push((bytes.text()?.to_owned(), bytes.bytes()?));
    }
    if !bytes.is_done() {
        return None;
    }
    let columns = |(id, bytes)| {
        let mut bytes = Reader::new(bytes);
        let columns = read_columns(&mut bytes, end)?;
        bytes.is_done().then_some((id, columns))
    };
    let cases: Option<BTreeMap<String, Columns>> = cases.into_par_iter().map(columns).collect();
    Some((stamps, History::from_parts(heads, cases?)))
}

fn write_head(out: &mut Writer, head: &Head, before: Option<&Head>) {
    let commit = &head.commit;
    out.text(&commit.sha);
    out.text(&commit.committed_at);
    out.number(commit.order.map_or(0, |order| order.saturating_add(1)));
    out.text(&commit.subject);
    out.number(u64::from(commit.dirty));
    out.text(&head.measured_at);
    let is_shared = before.is_some_and(|before| before.setting == head.setting);
    out.number(u64::from(is_shared));
    if !is_shared {
        // Settings change rarely, so they are stored as JSON. One that cannot be serialised makes
        // the chunk unreadable, and the index is rebuilt.
        out.text(&serde_json::to_string(&*head.setting).unwrap_or_default());
    }
}

fn read_head(bytes: &mut Reader<'_>, before: Option<&Head>) -> Option<Head> {
    let commit = Commit {
        sha: bytes.text()?.to_owned(),
        committed_at: bytes.text()?.to_owned(),
        order: bytes.number()?.checked_sub(1),
        subject: bytes.text()?.to_owned(),
        dirty: bytes.number()? == 1,
    };
    let measured_at = bytes.text()?.to_owned();
    let setting: Arc<Setting> = if bytes.number()? == 1 {
        Arc::clone(&before?.setting)
    } else {
        Arc::new(serde_json::from_str(bytes.text()?).ok()?)
    };
    Some(Head {
        commit,
        measured_at,
        setting,
    })
}

fn write_columns(out: &mut Writer, columns: &Columns) {
    write_stretches(out, &columns.present);
    write_stretches(out, &columns.ambiguous);
    let known = columns.metrics.iter();
    out.number(columns.metrics.len() as u64);
    for (metric, steps) in known {
        let place = Metric::ALL.iter().position(|other| other == metric);
        out.number(place.unwrap_or(Metric::ALL.len()) as u64);
        write_steps(out, steps);
    }
    write_steps(out, &columns.instructions);
    out.number(columns.times.len() as u64);
    let (mut run, mut median) = (0, 0);
    for timed in &columns.times {
        out.number(u64::from(timed.run - run));
        out.signed(timed.median.wrapping_sub(median) as i64);
        out.number(timed.below);
        out.number(timed.above);
        (run, median) = (timed.run, timed.median);
    }
}

fn read_columns(bytes: &mut Reader<'_>, end: u32) -> Option<Columns> {
    let mut columns = Columns {
        present: read_stretches(bytes, end)?,
        ambiguous: read_stretches(bytes, end)?,
        ..Columns::default()
    };
    for _ in 0..bytes.length()? {
        let metric = Metric::ALL.get(usize::try_from(bytes.number()?).ok()?)?;
        columns.metrics.insert(*metric, read_steps(bytes, end)?);
    }
    columns.instructions = read_steps(bytes, end)?;
    let count = bytes.length()?;
    columns.times.reserve(count);
    let (mut run, mut median) = (0, 0_u64);
    for _ in 0..count {
        run = ahead(run, bytes.number()?, end)?;
        median = median.wrapping_add(bytes.signed()? as u64);
        columns.times.push(Timed {
            run,
            median,
            below: bytes.number()?,
            above: bytes.number()?,
        });
    }
    Some(columns)
}

/// Writes each stretch as the gap before it and its length.
fn write_stretches(out: &mut Writer, stretches: &[(u32, u32)]) {
    out.number(stretches.len() as u64);
    let mut last = 0;
    for &(from, to) in stretches {
        out.number(u64::from(from - last));
        out.number(u64::from(to - from));
        last = to;
    }
}

fn read_stretches(bytes: &mut Reader<'_>, end: u32) -> Option<Vec<(u32, u32)>> {
    let mut stretches = Vec::new();
    let mut last = 0_u32;
    for _ in 0..bytes.length()? {
        let from = ahead(last, bytes.number()?, end)?;
        last = ahead(from, bytes.number()?, end)?;
        stretches.push((from, last));
    }
    Some(stretches)
}

/// Writes each step as the gap before it, its length, and the difference to the previous value.
fn write_steps(out: &mut Writer, steps: &[Step]) {
    out.number(steps.len() as u64);
    let (mut last, mut value) = (0, 0_i64);
    for step in steps {
        let flags = u64::from(step.exact) | u64::from(step.varied) << 1;
        out.number(u64::from(step.from - last) << 2 | flags);
        out.number(u64::from(step.to - step.from));
        out.signed(step.value.wrapping_sub(value));
        (last, value) = (step.to, step.value);
    }
}

fn read_steps(bytes: &mut Reader<'_>, end: u32) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let (mut last, mut value) = (0, 0_i64);
    for _ in 0..bytes.length()? {
        let gap = bytes.number()?;
        let from = ahead(last, gap >> 2, end)?;
        let to = ahead(from, bytes.number()?, end)?;
        value = value.wrapping_add(bytes.signed()?);
        steps.push(Step {
            from,
            to,
            value,
            exact: gap & 1 == 1,
            varied: gap & 2 == 2,
        });
        last = to;
    }
    Some(steps)
}

/// The position `place + by`; `None` if it is beyond `end`, the end of the chunk.
fn ahead(place: u32, by: u64, end: u32) -> Option<u32> {
    let place = place.checked_add(u32::try_from(by).ok()?)?;
    (place <= end).then_some(place)
}
