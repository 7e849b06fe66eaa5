//! The steps of a publish in a locked folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use tempfile::TempPath;

use super::{MANIFEST, Manifest, PublishError, Written, is_safe};

/// The name of the list of files that a running publish is about to write.
const NEXT: &str = ".heapmark-site.next";
/// The end of the name of a temporary file; the name begins with [`MANIFEST`].
const TEMPORARY: &str = ".tmp";

pub(super) fn write(
    dir: &Path,
    files: &BTreeMap<String, Vec<u8>>,
) -> Result<Written, PublishError> {
    refuse_unsafe(files)?;
    let ours = ours(dir)?;
    files
        .par_iter()
        .try_for_each(|(path, _)| nothing_in_the_way(dir, path, &ours))?;
    let manifest = Manifest::from_files(files);
    let mut next = ours.clone();
    next.files.extend(manifest.files.clone());
    replace(dir, NEXT, next.text().as_bytes())?;
    let mut done = Written::default();
    let stale = |path: &&String| !files.contains_key(*path);
    // A stale file at the path of a new folder must be removed first. The other stale files stay
    // until all new files are written, so that a full disk does not damage the old site.
    let blocking = |path: &&String| {
        let folder = format!("{path}/");
        files
            .range(folder.clone()..)
            .next()
            .is_some_and(|(next, _)| next.starts_with(&folder))
    };
    let (first, others): (Vec<&String>, Vec<&String>) =
        ours.files.keys().filter(stale).partition(blocking);
    for path in first {
        if remove(dir, path)? {
            done.removed.push(path.clone());
        }
    }
    // A site of 200 cases has 800 files, and creating a file takes longer than writing it.
    let aside: Vec<Option<Aside>> = files
        .par_iter()
        .map(|(path, bytes)| aside(dir.join(path), bytes))
        .collect::<Result<_, _>>()?;
    let new: Vec<bool> = aside.iter().map(Option::is_some).collect();
    // Before files are renamed: a folder of stale files may be at the path of a new file.
    for path in others {
        if remove(dir, path)? {
            done.removed.push(path.clone());
        }
    }
    aside
        .into_par_iter()
        .flatten()
        .try_for_each(Aside::put_in_place)?;
    for (path, is_new) in files.keys().zip(new) {
        let list = if is_new {
            &mut done.written
        } else {
            &mut done.unchanged
        };
        list.push(path.clone());
    }
    replace(dir, MANIFEST, manifest.text().as_bytes())?;
    let next = dir.join(NEXT);
    fs::remove_file(&next).map_err(PublishError::write(&next))?;
    Ok(done)
}

/// Rejects unsafe paths.
pub(super) fn refuse_unsafe(files: &BTreeMap<String, Vec<u8>>) -> Result<(), PublishError> {
    match files.keys().find(|path| !is_safe(path)) {
        Some(path) => Err(PublishError::Path { path: path.clone() }),
        None => Ok(()),
    }
}

/// The files that an earlier publish wrote, or was about to write when it was killed.
fn ours(dir: &Path) -> Result<Manifest, PublishError> {
    let mut ours = Manifest::default();
    let mut known = false;
    for name in [MANIFEST, NEXT] {
        let list = Manifest::read(dir, name);
        if let Some(list) = list.map_err(PublishError::write(&dir.join(name)))? {
            known = true;
            ours.files.extend(list.files);
        }
    }
    if known || is_empty(dir).map_err(PublishError::write(dir))? {
        return Ok(ours);
    }
    Err(PublishError::NotOurs {
        path: dir.to_owned(),
    })
}

/// Whether `dir` is empty, except for the files of a publish that was killed at its beginning.
fn is_empty(dir: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(dir)? {
        if !entry?.file_name().to_string_lossy().starts_with(MANIFEST) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Rejects `path` if another file is there, or if it leads through a link out of the folder.
fn nothing_in_the_way(dir: &Path, path: &str, ours: &Manifest) -> Result<(), PublishError> {
    if let Some(parent) = blocked_parent(dir, path)
        && !ours.files.contains_key(parent)
    {
        return Err(PublishError::InTheWay {
            path: dir.join(parent),
        });
    }
    let file = dir.join(path);
    let is_ours = match fs::symlink_metadata(&file) {
        Err(_) => true,
        // A folder that is removed together with the stale files in it.
        Ok(about) if about.is_dir() => {
            let inside = format!("{path}/");
            ours.files.keys().any(|path| path.starts_with(&inside))
        }
        Ok(_) => ours.files.contains_key(path),
    };
    is_ours
        .then_some(())
        .ok_or(PublishError::InTheWay { path: file })
}

/// The first parent folder of `path` that is a file or a link.
fn blocked_parent<'a>(dir: &Path, path: &'a str) -> Option<&'a str> {
    let parents = path.match_indices('/').map(|(end, _)| &path[..end]);
    let blocked =
        |parent: &&str| fs::symlink_metadata(dir.join(parent)).is_ok_and(|about| !about.is_dir());
    parents.into_iter().find(blocked)
}

/// Replaces the content of the file `name`.
fn replace(dir: &Path, name: &str, bytes: &[u8]) -> Result<(), PublishError> {
    match aside(dir.join(name), bytes)? {
        Some(aside) => aside.put_in_place(),
        None => Ok(()),
    }
}

/// A completely written temporary file, and the file that it will replace.
struct Aside {
    file: PathBuf,
    written: TempPath,
}

/// Writes `bytes` to a temporary file next to `file`; `None` if `file` has this content already.
fn aside(file: PathBuf, bytes: &[u8]) -> Result<Option<Aside>, PublishError> {
    let length = bytes.len() as u64;
    let may_be_same =
        fs::symlink_metadata(&file).is_ok_and(|about| about.is_file() && about.len() == length);
    if may_be_same && fs::read(&file).is_ok_and(|present| present == bytes) {
        return Ok(None);
    }
    let written = write_beside(&file, bytes).map_err(PublishError::write(&file))?;
    Ok(Some(Aside { file, written }))
}

/// Removes temporary files of a publish that was killed. Call this only while the folder is locked.
/// A file that cannot be removed does no harm, so errors are ignored.
pub(super) fn remove_leftovers(dir: &Path, files: &BTreeMap<String, Vec<u8>>) {
    let folders = files.keys().filter_map(|path| Path::new(path).parent());
    let folders: BTreeSet<&Path> = folders.chain([Path::new("")]).collect();
    for folder in folders {
        for entry in fs::read_dir(dir.join(folder))
            .into_iter()
            .flatten()
            .flatten()
        {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(MANIFEST) && name.ends_with(TEMPORARY) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

fn write_beside(file: &Path, bytes: &[u8]) -> io::Result<TempPath> {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(MANIFEST).suffix(TEMPORARY);
    // The files of a site must be readable by other users; temporary files are private by default.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut written = builder.tempfile_in(folder)?;
    written.write_all(bytes)?;
    Ok(written.into_temp_path())
}

impl Aside {
    /// Renames the temporary file. A reader sees either the old or the new file.
    fn put_in_place(self) -> Result<(), PublishError> {
        self.written
            .persist(&self.file)
            .map_err(|error| PublishError::write(&self.file)(error.error))
    }
}

/// Removes a file of an earlier publish, and the folders that become empty.
fn remove(dir: &Path, path: &str) -> Result<bool, PublishError> {
    let mut file = dir.join(path);
    // A failed publish may have listed paths that cannot exist on this system.
    if blocked_parent(dir, path).is_some() || fs::symlink_metadata(&file).is_err() {
        return Ok(false);
    }
    fs::remove_file(&file).map_err(PublishError::write(&file))?;
    while file.pop() && file != dir {
        // Removing a folder that is not empty fails, which ends the loop.
        if fs::remove_dir(&file).is_err() {
            break;
        }
    }
    Ok(true)
}
