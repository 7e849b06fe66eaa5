//! Compares a text with the file that was reviewed, or writes that file anew. The tests of wording
//! of all packages share it.

use std::fs;
use std::path::Path;

/// Fails with the first line that differs from the file at `path`. With `HEAPMARK_BLESS` set, writes
/// the file instead. `package` is the package whose test `wording` this is.
pub fn compare(path: &Path, text: &str, package: &str) {
    if std::env::var_os("HEAPMARK_BLESS").is_some() {
        fs::write(path, text).unwrap();
        return;
    }
    let reviewed = fs::read_to_string(path).unwrap_or_default();
    let mut both = text.lines().zip(reviewed.lines());
    let different = both.find(|(new, old)| new != old);
    let different = different.map_or_else(String::new, |(new, old)| {
        format!(": now `{new}`, reviewed `{old}`")
    });
    assert!(
        text == reviewed,
        "{} differs from what was reviewed{different}; if the new wording is meant, run \
         `HEAPMARK_BLESS=1 cargo test --package {package} --test wording` and review the difference",
        path.display()
    );
}
