//! The versions of criterion in a lock file, and cargo's configuration that replaces them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use toml_edit::{DocumentMut, InlineTable, Item, Table, value};

/// The package that is replaced.
const PACKAGE: &str = "criterion";

/// A version of criterion that a lock file names, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Locked {
    pub(super) version: String,
    /// cargo's name of the source; `None` for a package in a folder.
    pub(super) source: Option<String>,
}

impl Locked {
    /// The package as a line.
    pub(super) fn write(&self) -> String {
        let source = self.source.as_deref().unwrap_or_default();
        format!("{} {source}", self.version)
    }

    /// Reads what [`write`](Self::write) wrote.
    pub(super) fn read(line: &str) -> Option<Self> {
        let mut words = line.splitn(2, ' ').map(str::to_owned);
        Some(Self {
            version: words.next()?,
            source: words.next().filter(|source| !source.is_empty()),
        })
    }
}

/// The versions of criterion in a lock file.
pub(super) fn locked(lock: &str) -> Result<BTreeSet<Locked>, toml_edit::TomlError> {
    let lock: DocumentMut = lock.parse()?;
    let packages = lock.get("package").and_then(Item::as_array_of_tables);
    let text = |table: &Table, key: &str| Some(table.get(key)?.as_str()?.to_owned());
    let found = packages.into_iter().flatten().filter_map(|table| {
        text(table, "name").filter(|name| name == PACKAGE)?;
        Some(Locked {
            version: text(table, "version")?,
            source: text(table, "source"),
        })
    });
    Ok(found.collect())
}

/// cargo's configuration that replaces each locked package by its layer.
pub(super) fn patch(layers: &[(Locked, PathBuf)]) -> String {
    let mut config = DocumentMut::new();
    let patch = config.entry("patch").or_insert(Item::Table(Table::new()));
    for (number, (locked, folder)) in layers.iter().enumerate() {
        let Some(source) = locked.source.as_deref().map(patched_source) else {
            continue;
        };
        let Some(patch) = patch.as_table_like_mut() else {
            continue;
        };
        let of_source = patch.entry(&source).or_insert(Item::Table(Table::new()));
        let mut replaced = InlineTable::new();
        replaced.insert("path", folder.display().to_string().into());
        replaced.insert("package", PACKAGE.into());
        if let Some(table) = of_source.as_table_like_mut() {
            table.insert(&format!("{PACKAGE}-{number}"), value(replaced));
        }
    }
    config.to_string()
}

/// The key of a source in cargo's `[patch]` table.
fn patched_source(source: &str) -> String {
    if source.contains("github.com/rust-lang/crates.io-index") {
        return "crates-io".to_owned();
    }
    let address = source.strip_prefix("registry+").unwrap_or(source);
    let address = address.strip_prefix("git+").unwrap_or(address);
    // A git source ends with its revision, which is not part of the address.
    let end = address.find(['?', '#']).unwrap_or(address.len());
    address[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{locked, patch};

    #[test]
    fn every_version_in_the_lock_file_is_replaced_at_its_source() {
        let lock = r#"
[[package]]
name = "criterion"
version = "0.3.6"
source = "registry+https://github.com/rust-lang/crates.io-index"

[[package]]
name = "criterion"
version = "0.5.1"
source = "git+https://example.org/criterion.rs?branch=main#0123"

[[package]]
name = "other"
version = "1.0.0"
"#;
        let found = locked(lock).unwrap();
        let layers: Vec<_> = found
            .into_iter()
            .map(|locked| (locked, PathBuf::from("/l")))
            .collect();
        let config = patch(&layers);
        let expected = r#"[patch.crates-io]
criterion-0 = { path = "/l", package = "criterion" }

[patch."https://example.org/criterion.rs"]
criterion-1 = { path = "/l", package = "criterion" }
"#;
        assert_eq!(
            config.trim_start_matches("[patch]\n").trim(),
            expected.trim()
        );
    }
}
