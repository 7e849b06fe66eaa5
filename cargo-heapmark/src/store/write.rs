//! Adds a record: writes a temporary file, syncs it, and renames it to a name that does not exist
//! yet.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::StoreError;
use super::extra::ExtraMeasurement;
use super::json;
use super::name::Name;
use heapmark_model::record::{self, Run};

/// Creates the folder and a temporary file in it, so that a run does not measure for minutes before
/// it fails to write the result.
pub(super) fn check(dir: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(dir)
        .and_then(|()| aside(dir))
        .map_err(failed(dir))?;
    Ok(())
}

pub(super) fn save(dir: &Path, run: &Run) -> Result<PathBuf, StoreError> {
    record::check(run)?;
    write(dir, &Name::from_run(run)?, &json::text(run))
}

pub(super) fn save_extra<T: ExtraMeasurement>(
    dir: &Path,
    record: &T,
) -> Result<PathBuf, StoreError> {
    write(dir, &Name::of_extra(record)?, &json::text(record))
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
    // The name is durable only if its parent folders are.
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

/// Renames the file to the first free name. If two processes choose the same name, the system
/// rejects the second rename.
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

/// Creates a temporary file. If it is left over, `load` skips it because of its name.
fn aside(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".record-").suffix(".tmp");
    // A record is shared, but temporary files are private by default. The umask applies.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// Makes the names in `folder` durable, if the system supports it.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // Some network file systems cannot sync a folder. The record is still complete.
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
