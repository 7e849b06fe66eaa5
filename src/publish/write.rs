use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::panic::resume_unwind;
use std::path::Path;
use std::thread;

use super::{MANIFEST, Manifest, PublishError, Written, is_safe};

/// The list of files that a publish under way is about to write.
const NEXT: &str = ".heapmark-site.next";

pub(super) fn write(
    dir: &Path,
    files: &BTreeMap<String, Vec<u8>>,
) -> Result<Written, PublishError> {
    if let Some(path) = files.keys().find(|path| !is_safe(path)) {
        return Err(PublishError::Path { path: path.clone() });
    }
    fs::create_dir_all(dir).map_err(PublishError::write(dir))?;
    let ours = ours(dir)?;
    for path in files.keys() {
        nothing_in_the_way(dir, path, &ours)?;
    }
    let manifest = Manifest::of(files);
    let mut next = ours.clone();
    next.files.extend(manifest.files.clone());
    replace(dir, NEXT, next.text().as_bytes())?;
    let mut done = Written::default();
    for path in ours.files.keys().filter(|&path| !files.contains_key(path)) {
        if remove(dir, path)? {
            done.removed.push(path.clone());
        }
    }
    for (path, is_new) in replace_all(dir, files)? {
        if is_new {
            done.written.push(path);
        } else {
            done.unchanged.push(path);
        }
    }
    replace(dir, MANIFEST, manifest.text().as_bytes())?;
    let next = dir.join(NEXT);
    fs::remove_file(&next).map_err(PublishError::write(&next))?;
    Ok(done)
}

/// Every file that an earlier publish wrote, or was about to write when it was killed.
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

/// Whether `dir` holds nothing, but for what a publish leaves that was killed as it began.
fn is_empty(dir: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(dir)? {
        if !entry?.file_name().to_string_lossy().starts_with(MANIFEST) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Refuses to write `path` over a file of somebody else, or through a link to elsewhere.
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
        // A folder that goes away when the stale files in it do.
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

/// The first folder on the way to `path` that is a file, or a link that may lead anywhere.
fn blocked_parent<'a>(dir: &Path, path: &'a str) -> Option<&'a str> {
    let parents = path.match_indices('/').map(|(end, _)| &path[..end]);
    let blocked =
        |parent: &&str| fs::symlink_metadata(dir.join(parent)).is_ok_and(|about| !about.is_dir());
    parents.into_iter().find(blocked)
}

/// Gives every file its bytes, half of them on a thread of their own: a site of 200 cases is 800
/// files, and the system takes longer to rename one than to fill it. Tells which were changed.
fn replace_all(
    dir: &Path,
    files: &BTreeMap<String, Vec<u8>>,
) -> Result<Vec<(String, bool)>, PublishError> {
    let files: Vec<(&String, &Vec<u8>)> = files.iter().collect();
    let replaced = |files: &[(&String, &Vec<u8>)]| {
        let files = files.iter();
        let replaced = files.map(|(path, bytes)| Ok(((*path).clone(), replace(dir, path, bytes)?)));
        replaced.collect::<Result<Vec<_>, PublishError>>()
    };
    let (front, back) = files.split_at(files.len() / 2);
    thread::scope(|scope| {
        let back = scope.spawn(|| replaced(back));
        let mut all = replaced(front)?;
        all.extend(back.join().unwrap_or_else(|panic| resume_unwind(panic))?);
        Ok(all)
    })
}

/// Gives the file at `path` these bytes; false where it has them.
fn replace(dir: &Path, path: &str, bytes: &[u8]) -> Result<bool, PublishError> {
    let file = dir.join(path);
    let length = bytes.len() as u64;
    let may_be_same =
        fs::symlink_metadata(&file).is_ok_and(|about| about.is_file() && about.len() == length);
    if may_be_same && fs::read(&file).is_ok_and(|present| present == bytes) {
        return Ok(false);
    }
    write_aside(&file, bytes).map_err(PublishError::write(&file))?;
    Ok(true)
}

/// A reader sees the old file or the new one, never a part.
fn write_aside(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(MANIFEST).suffix(".tmp");
    // A site is for others to read; temporary files are private unless told otherwise.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut aside = builder.tempfile_in(folder)?;
    aside.write_all(bytes)?;
    aside.persist(file)?;
    Ok(())
}

/// Removes a file that an earlier publish wrote, and the folders that it leaves empty.
fn remove(dir: &Path, path: &str) -> Result<bool, PublishError> {
    if blocked_parent(dir, path).is_some() {
        return Ok(false);
    }
    let mut file = dir.join(path);
    match fs::remove_file(&file) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(PublishError::write(&file)(error)),
    }
    while file.pop() && file != dir {
        // A folder that still holds something refuses, which is what ends the climb.
        if fs::remove_dir(&file).is_err() {
            break;
        }
    }
    Ok(true)
}
