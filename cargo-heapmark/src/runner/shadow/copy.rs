//! Copies a source tree, and again only the files that changed since.

use std::collections::BTreeMap;
use std::fs::{self, FileType};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Marks a folder that tools may delete at any time, such as cargo's target folder.
const CACHE: &str = "CACHEDIR.TAG";

/// The version of a source file that was copied: its time of modification in nanoseconds, and its
/// size.
type Version = (u128, u64);

/// Makes `to` a copy of the folder `from`. Left out are `.git`, cargo's target folders and the
/// paths for which `is_left_out` is true. Files that a build has written into the copy are kept, and
/// a file that a build has changed is not restored until its source changes.
///
/// `list` is a file with the versions of the copied files. If it is the list of another folder, which
/// had the same target folder, the copy begins anew.
///
/// # Errors
///
/// If a file cannot be read or written; the path is in the message.
pub(super) fn copy(
    from: &Path,
    to: &Path,
    list: &Path,
    is_left_out: &dyn Fn(&Path) -> bool,
) -> io::Result<()> {
    let of = format!("{} in {}", from.display(), to.display());
    let before = match read(list, &of) {
        Some(before) => before,
        None => {
            let _ = fs::remove_dir_all(to);
            fs::create_dir_all(to)?;
            BTreeMap::new()
        }
    };
    let mut now = BTreeMap::new();
    walk(from, Path::new(""), is_left_out, &mut |relative, kind| {
        let (source, target) = (from.join(relative), to.join(relative));
        let at = |error: io::Error| {
            io::Error::new(error.kind(), format!("{}: {error}", source.display()))
        };
        if kind.is_dir() {
            if target.is_file() || target.is_symlink() {
                fs::remove_file(&target).map_err(at)?;
            }
            return fs::create_dir_all(&target).map_err(at);
        }
        let version = version(&source).map_err(at)?;
        if before.get(relative) != Some(&version) || !target.exists() {
            replace(&source, &target, kind).map_err(at)?;
        }
        now.insert(relative.to_owned(), version);
        Ok(())
    })?;
    for gone in before.keys().filter(|path| !now.contains_key(*path)) {
        // It may have been replaced by a folder.
        let gone = to.join(gone);
        let _ = fs::remove_file(&gone);
        // Folders that are empty now; cargo would take one for a member of the workspace.
        let mut folders = gone.ancestors().skip(1);
        while folders
            .next()
            .is_some_and(|it| it != to && fs::remove_dir(it).is_ok())
        {}
    }
    write(list, &of, &now)
}

/// Calls `visit` for each entry of `root`, folders before their content.
fn walk(
    root: &Path,
    below: &Path,
    is_left_out: &dyn Fn(&Path) -> bool,
    visit: &mut dyn FnMut(&Path, FileType) -> io::Result<()>,
) -> io::Result<()> {
    for entry in fs::read_dir(root.join(below))? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        let is_tool = entry.file_name() == ".git" || path.join(CACHE).is_file();
        if is_tool || is_left_out(&path) {
            continue;
        }
        let relative = below.join(entry.file_name());
        if kind.is_dir() {
            visit(&relative, kind)?;
            walk(root, &relative, is_left_out, visit)?;
        } else if kind.is_file() || kind.is_symlink() {
            visit(&relative, kind)?;
        }
        // A socket or a pipe is not source.
    }
    Ok(())
}

fn replace(source: &Path, target: &Path, kind: FileType) -> io::Result<()> {
    if target.is_symlink() || target.is_file() {
        fs::remove_file(target)?;
    } else if target.is_dir() {
        fs::remove_dir_all(target)?;
    }
    if kind.is_symlink() {
        return link(source, target);
    }
    // The copy is as new as this moment: cargo builds again what is newer than the last build.
    fs::copy(source, target).map(|_| ())
}

/// Repeats a link. The target of a relative link is inside the copy, if the copy has it.
#[cfg(unix)]
fn link(source: &Path, target: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(fs::read_link(source)?, target)
}

#[cfg(not(unix))]
fn link(source: &Path, target: &Path) -> io::Result<()> {
    if source.is_dir() {
        return Ok(());
    }
    fs::copy(source, target).map(|_| ())
}

fn version(path: &Path) -> io::Result<Version> {
    let metadata = fs::symlink_metadata(path)?;
    let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    let modified = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok((modified.as_nanos(), metadata.len()))
}

/// The list of an earlier copy, which must be the copy `of` the same folder in the same place. A path that is not Unicode is not in it, so its
/// file is copied each time.
fn read(list: &Path, of: &str) -> Option<BTreeMap<PathBuf, Version>> {
    let text = fs::read_to_string(list).ok()?;
    let (folder, files) = text.split_once('\n')?;
    if folder != of {
        return None;
    }
    let lines = files.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ' ');
        let modified = parts.next()?.parse().ok()?;
        let size = parts.next()?.parse().ok()?;
        Some((PathBuf::from(parts.next()?), (modified, size)))
    });
    Some(lines.collect())
}

fn write(list: &Path, of: &str, files: &BTreeMap<PathBuf, Version>) -> io::Result<()> {
    let mut text = Vec::new();
    writeln!(text, "{of}")?;
    for (path, (modified, size)) in files {
        if let Some(path) = path.to_str().filter(|path| !path.contains('\n')) {
            writeln!(text, "{modified} {size} {path}")?;
        }
    }
    fs::write(list, text)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::copy;

    fn texts(root: &Path, paths: &[&str]) -> Vec<Option<String>> {
        let text = |path: &&str| fs::read_to_string(root.join(path)).ok();
        paths.iter().map(text).collect()
    }

    #[test]
    fn a_copy_follows_its_source_and_keeps_what_a_build_wrote() {
        let folder = tempfile::tempdir().unwrap();
        let [from, to, list] = ["from", "to", "list"].map(|name| folder.path().join(name));
        for path in ["src", ".git", "out", "left"] {
            fs::create_dir_all(from.join(path)).unwrap();
        }
        for (path, text) in [
            ("src/a.rs", "a"),
            ("src/b.rs", "b"),
            (".git/config", ""),
            ("out/CACHEDIR.TAG", ""),
            ("left/x", ""),
        ] {
            fs::write(from.join(path), text).unwrap();
        }
        let again = || copy(&from, &to, &list, &|path| path.ends_with("left")).unwrap();
        again();
        let paths = [
            "src/a.rs",
            "src/b.rs",
            ".git/config",
            "out/CACHEDIR.TAG",
            "left/x",
        ];
        let (a, b) = (Some("a".to_owned()), Some("b".to_owned()));
        assert_eq!(texts(&to, &paths), [a.clone(), b, None, None, None]);

        fs::write(to.join("src/a.rs"), "changed by a build").unwrap();
        fs::write(to.join("src/made.rs"), "made").unwrap();
        fs::write(from.join("src/c.rs"), "c").unwrap();
        fs::remove_file(from.join("src/b.rs")).unwrap();
        again();
        let paths = ["src/a.rs", "src/b.rs", "src/c.rs", "src/made.rs"];
        let found = texts(&to, &paths);
        let made = Some("made".to_owned());
        let built = Some("changed by a build".to_owned());
        assert_eq!(found, [built, None, Some("c".to_owned()), made]);

        fs::create_dir_all(from.join("crates/old")).unwrap();
        fs::write(from.join("crates/old/x"), "").unwrap();
        again();
        fs::remove_dir_all(from.join("crates")).unwrap();
        fs::write(from.join("src/a.rs"), "a new text").unwrap();
        again();
        assert!(!to.join("crates").exists());
        assert_eq!(texts(&to, &["src/a.rs"]), [Some("a new text".to_owned())]);

        // Another workspace with the same target folder.
        let other = folder.path().join("other");
        fs::create_dir_all(&other).unwrap();
        fs::write(other.join("x.rs"), "x").unwrap();
        copy(&other, &to, &list, &|_| false).unwrap();
        let found = texts(&to, &["src/a.rs", "src/made.rs", "x.rs"]);
        assert_eq!(found, [None, None, Some("x".to_owned())]);
    }
}
