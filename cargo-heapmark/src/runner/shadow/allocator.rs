//! Removes the global allocator of a bench target, because a program can have only one, and
//! heapmark's is needed to count.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::super::workspace::Target;

const ATTRIBUTE: &str = "#[global_allocator]";

/// The allocator stays as a value. `used` keeps the compiler from warning that nothing uses it.
const REPLACEMENT: &str = "#[used /* in place of global_allocator, by heapmark */]";

/// Replaces the attribute in the source files of `targets`. Returns the changed files.
///
/// # Errors
///
/// If a file cannot be written.
pub(super) fn replace(targets: &[Target]) -> io::Result<Vec<PathBuf>> {
    let mut files = BTreeSet::new();
    for target in targets {
        files.insert(target.source.clone());
        // Modules of the target are beside its main file or below.
        if let Some(folder) = target.source.parent() {
            sources(folder, &mut files)?;
        }
    }
    let mut changed = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap_or_default();
        if text.contains(ATTRIBUTE) {
            // A link is replaced by a file, so that its target does not change.
            fs::remove_file(&file)?;
            fs::write(&file, text.replace(ATTRIBUTE, REPLACEMENT))?;
            changed.push(file);
        } else if text.contains(REPLACEMENT) {
            // Replaced by an earlier command.
            changed.push(file);
        }
    }
    Ok(changed)
}

fn sources(folder: &Path, files: &mut BTreeSet<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            sources(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.insert(path);
        }
    }
    Ok(())
}
