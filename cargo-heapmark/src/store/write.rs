//! Adds a record: written aside, synced, then given its name, which nobody may have yet.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::StoreError;
use super::beside::Beside;
use super::json;
use super::name::Name;
use heapmark_model::record::{self, Run};

/// Makes the folder and a file in it that is gone at once: measuring for minutes and failing to
/// write the result would be a loss.
pub(super) fn check(dir: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(dir)
        .and_then(|()| aside(dir))
        .map_err(failed(dir))?;
    Ok(())
}

pub(super) fn save(dir: &Path, run: &Run) -> Result<PathBuf, StoreError> {
    record::check(run)?;
    write(dir, &Name::of(run)?, &json::text(run))
}

pub(super) fn save_beside<T: Beside>(dir: &Path, record: &T) -> Result<PathBuf, StoreError> {
    write(dir, &Name::of_beside(record)?, &json::text(record))
}

fn write(dir: &Path, name: &Name, text: &str) -> Result<PathBuf, StoreError> {
    let folder = dir.join(&name.folder);
    fs::create_dir_all(&folder).map_err(failed(&folder))?;
    let mut aside = aside(&folder).map_err(failed(&folder))?;
    aside
        .write_all(text.as_bytes())
        .and_then(|()| aside.as_file().sync_all())
        .map_err(failed(aside.path()))?;
    let path = persist(aside, &folder, name)?;
    // The name is as durable as the folders that lead to it.
    for folder in folder.ancestors().take(name.folder.iter().count() + 1) {
        sync_folder(folder).map_err(failed(folder))?;
    }
    Ok(path)
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> StoreError + '_ {
    move |source| StoreError::Write {
        path: path.to_owned(),
        source,
    }
}

/// Gives the file the first free name. Asking first whether a name is free would let two savers
/// agree on it; here the system refuses the second.
fn persist(mut aside: NamedTempFile, folder: &Path, name: &Name) -> Result<PathBuf, StoreError> {
    let mut count = 1;
    loop {
        let path = folder.join(name.file(count));
        match aside.persist_noclobber(&path) {
            Ok(_) => return Ok(path),
            Err(taken) if taken.error.kind() == io::ErrorKind::AlreadyExists => {
                aside = taken.file;
                count += 1;
            }
            Err(other) => return Err(failed(&path)(other.error)),
        }
    }
}

/// A file that `load` passes over by its name, should it be left behind.
fn aside(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".record-").suffix(".tmp");
    // A record is shared; temporary files are private unless told otherwise. The umask applies.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// Makes the names in `folder` durable, where the system can.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // Some network file systems cannot sync a folder. The record is whole all the same.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        done => done,
    }
}
