//! The list of retracted records, which are wrong. Their files stay, but they are not shown.
//!
//! ```toml
//! [[retracted]]
//! file = "amd-epyc-2-linux/2026/20261122T214141Z-cffc73700a1b-system-1.95.0.json"
//! reason = "measured while another build ran with the wrong flags"
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::StoreError;

/// The file of the list in a store.
const FILE: &str = "retracted.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    retracted: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    file: PathBuf,
    reason: String,
}

/// The reason for each retracted record of the store in `dir`, by its path.
pub(super) fn read(dir: &Path) -> Result<BTreeMap<PathBuf, String>, StoreError> {
    let path = dir.join(FILE);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(source) => return Err(StoreError::Read { path, source }),
    };
    let list: List = toml::from_str(&text).map_err(|error| StoreError::Retracted {
        path,
        message: error.to_string().trim_end().to_owned(),
    })?;
    let items = list.retracted.into_iter();
    Ok(items
        .map(|item| (dir.join(item.file), item.reason))
        .collect())
}
