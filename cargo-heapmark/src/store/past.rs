//! Reads a store as a history: records in the index from there, the others from their files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::index::{self, Index, Stamp};
use super::{Past, Reason, Skipped, StoreError, read, walk};
use heapmark_model::history::History;

/// The number of records from which on parsing in parallel is faster.
const WORTH_SHARING: usize = 64;

/// The history of the store in `dir`. `file` is its index, if any.
pub(super) fn load(dir: &Path, file: Option<&Path>) -> Result<Past, StoreError> {
    let found = walk::find(dir)?;
    let mut skipped = found.skipped;
    let stamped = |path: PathBuf| {
        let stamp = Stamp::from_file(dir, &path).ok();
        (path, stamp)
    };
    let (index, records) = rayon::join(
        || file.map(Index::read).unwrap_or_default(),
        || found.records.into_par_iter().map(stamped).collect(),
    );
    let records: Vec<(PathBuf, Option<Stamp>)> = records;
    let positions = index.positions();
    // The position of each record: in the index, or after it among the new records.
    let known = |stamp: &Option<Stamp>| {
        let stamp = stamp.as_ref()?;
        let &position = positions.get(stamp.path.as_path())?;
        (index.stamps[position] == *stamp).then_some(position)
    };
    let places: Vec<Option<usize>> = records.iter().map(|(_, stamp)| known(stamp)).collect();
    let kept = places.iter().flatten().count();
    drop(positions);
    let unknown = records.iter().zip(&places);
    let unknown: Vec<&Path> = unknown
        .filter(|(_, place)| place.is_none())
        .map(|((path, _), _)| path.as_path())
        .collect();
    let (added, reasons) = parse(&unknown);
    let mut reasons = reasons.into_iter();

    let (mut order, mut paths, mut stamps) = (Vec::new(), Vec::new(), Vec::new());
    let mut new_stamps = Vec::new();
    for ((path, stamp), place) in records.into_iter().zip(places) {
        if let Some(place) = place {
            order.push(place);
        } else if let Some(reason) = reasons.next().flatten() {
            skipped.push(Skipped { path, reason });
            continue;
        } else {
            order.push(index.stamps.len() + new_stamps.len());
            new_stamps.push(stamp.clone());
        }
        paths.push(path);
        stamps.push(stamp);
    }
    let news = added.heads().len();
    let takes_more = index.takes_more(kept);
    if let Some(file) = file
        && takes_more
        && news > 0
        && let Some(stamps) = all(new_stamps)
    {
        // If the index cannot be written, the next run is only slower.
        let _ = index::append(file, &stamps, &added);
    }
    let mut history = index.history;
    history.append(added);
    let history = history.select(&order);
    if let Some(file) = file
        && !takes_more
        && !stamps.is_empty()
        && let Some(stamps) = all(stamps)
    {
        let _ = index::replace(file, &stamps, &history);
    }
    Ok(Past {
        history,
        paths,
        skipped,
        retracted: found.retracted,
        parsed: news,
    })
}

/// Reads those of `records` as a whole that are not yet.
pub(super) fn keep(past: &mut Past, records: &BTreeSet<usize>) -> Result<(), StoreError> {
    for &record in records {
        if past.history.whole(record).is_none() {
            let path = &past.paths[record];
            let run = read::record(path).map_err(|reason| StoreError::Changed {
                path: path.clone(),
                reason,
            })?;
            past.history.keep(record, run);
        }
    }
    Ok(())
}

/// The numbers of the records at `paths`, and for each path the reason if it could not be read.
///
/// Each record is dropped as soon as its numbers are read, because a long history would not fit
/// into memory.
fn parse(paths: &[&Path]) -> (History, Vec<Option<Reason>>) {
    if paths.len() < WORTH_SHARING {
        return parse_alone(paths);
    }
    let (front, back) = paths.split_at(paths.len() / 2);
    let ((mut history, mut reasons), (later, more)) = rayon::join(|| parse(front), || parse(back));
    history.append(later);
    reasons.extend(more);
    (history, reasons)
}

fn parse_alone(paths: &[&Path]) -> (History, Vec<Option<Reason>>) {
    let mut history = History::default();
    let reasons = paths.iter().map(|path| match read::record(path) {
        Ok(run) => {
            history.push(&run);
            None
        }
        Err(reason) => Some(reason),
    });
    let reasons = reasons.collect();
    (history, reasons)
}

/// All stamps; `None` if one is missing.
fn all(stamps: Vec<Option<Stamp>>) -> Option<Vec<Stamp>> {
    stamps.into_iter().collect()
}
