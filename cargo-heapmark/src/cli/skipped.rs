//! Commits that a backfill cannot count, in `results/MACHINE/skipped.toml`. They are not tried
//! again until their lines are removed.
//!
//! ```toml
//! [[skipped]]
//! commit = "3f2a91c…"
//! reason = "cannot build bench target `memory_benchmarks`"
//! ```

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::CliError;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    skipped: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    commit: String,
    #[serde(rename = "reason")]
    _reason: String,
}

/// The list of one machine.
pub(super) struct SkippedCommits {
    path: PathBuf,
    commits: BTreeSet<String>,
}

impl SkippedCommits {
    /// Reads the list in a machine's `folder`, which may not exist yet.
    pub(super) fn read(folder: &Path) -> Result<Self, CliError> {
        let path = folder.join("skipped.toml");
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error.into()),
        };
        let list: List = toml::from_str(&text).map_err(|error| {
            CliError::Record(format!("{}: {}", path.display(), error.to_string().trim()))
        })?;
        let commits = list.skipped.into_iter().map(|item| item.commit).collect();
        Ok(Self { path, commits })
    }

    pub(super) fn contains(&self, commit: &str) -> bool {
        self.commits.contains(commit)
    }

    /// Adds a commit and writes it to disk immediately.
    pub(super) fn add(&mut self, commit: &str, reason: &str) -> Result<(), CliError> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = File::options().append(true).create(true).open(&self.path)?;
        let reason = toml_edit::Value::from(reason);
        let item = format!("[[skipped]]\ncommit = \"{commit}\"\nreason = {reason}\n\n");
        file.write_all(item.as_bytes())?;
        self.commits.insert(commit.to_owned());
        Ok(())
    }
}
