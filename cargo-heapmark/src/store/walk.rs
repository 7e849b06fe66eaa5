//! Finds the records of a store: all `.json` files two folders below it, in an order that does not
//! depend on the file system.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::extra::{ExtraMeasurement, FOLDERS};
use super::{Loaded, Reason, Retracted, Skipped, StoreError, Stored, name, read, retracted};

/// The records of a store in order, and the files that were skipped or retracted.
#[derive(Default)]
pub(super) struct Found {
    pub(super) records: Vec<PathBuf>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) retracted: Vec<Retracted>,
}

pub(super) fn find(dir: &Path) -> Result<Found, StoreError> {
    let mut found = Found::default();
    let machines = match list(dir) {
        Ok(paths) => {
            folders(paths).filter(|folder| !FOLDERS.iter().any(|name| folder.ends_with(name)))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        Err(source) => {
            return Err(StoreError::Read {
                path: dir.to_owned(),
                source,
            });
        }
    };
    let mut retracted = retracted::read(dir)?;
    let years: Vec<_> = machines
        .flat_map(|machine| folders(found.list(machine)))
        .collect();
    for year in years {
        let mut files = found.list(year);
        files.retain(|file| file.extension().is_some_and(|end| end == "json"));
        files.sort_by_cached_key(|file| name::order(file));
        for path in files {
            match retracted.remove(&path) {
                Some(reason) => found.retracted.push(Retracted { path, reason }),
                None => found.records.push(path),
            }
        }
    }
    // Because of a typing error in the list, a retracted record could be shown.
    for path in retracted.into_keys() {
        found.skip(path, Reason::RetractedButMissing);
    }
    Ok(found)
}

pub(super) fn load(dir: &Path) -> Result<Loaded, StoreError> {
    let found = find(dir)?;
    let mut loaded = Loaded {
        runs: Vec::new(),
        skipped: found.skipped,
        retracted: found.retracted,
    };
    for path in found.records {
        match read::record(&path) {
            Ok(run) => loaded.runs.push(Stored { path, run }),
            Err(reason) => loaded.skipped.push(Skipped { path, reason }),
        }
    }
    Ok(loaded)
}

/// All extra measurements of a kind below `dir`, oldest first, and the files that cannot be read.
pub(super) fn extra<T: ExtraMeasurement>(dir: &Path) -> (Vec<T>, Vec<Skipped>) {
    let mut met = Found::default();
    let mut found = Vec::new();
    let below = list(&dir.join(T::FOLDER)).unwrap_or_default();
    let machines: Vec<_> = folders(below).collect();
    for machine in machines {
        for path in met.list(machine) {
            if path.extension().is_none_or(|end| end != "json") {
                continue;
            }
            match read::extra(&path) {
                Ok(record) => found.push(record),
                Err(reason) => met.skip(path, reason),
            }
        }
    }
    found.sort_by(|a: &T, b: &T| a.provenance().measured_at.cmp(&b.provenance().measured_at));
    (found, met.skipped)
}

impl Found {
    fn list(&mut self, folder: PathBuf) -> Vec<PathBuf> {
        list(&folder).unwrap_or_else(|error| {
            self.skip(folder, Reason::Unreadable(error));
            Vec::new()
        })
    }

    fn skip(&mut self, path: PathBuf, reason: Reason) {
        self.skipped.push(Skipped { path, reason });
    }
}

/// The sorted content of `folder`.
fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn folders(paths: Vec<PathBuf>) -> impl Iterator<Item = PathBuf> {
    paths.into_iter().filter(|path| path.is_dir())
}
