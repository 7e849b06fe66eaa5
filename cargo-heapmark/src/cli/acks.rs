//! Reads `heapmark-acks.toml`, the list of changes that were taken on purpose.
//!
//! ```toml
//! [[ack]]
//! case = "vec_allocations/vec_push_no_capacity"
//! metric = "bytes"
//! commit = "3f2a91c"
//! reason = "the index is worth its 2 KiB"
//! who = "Ann"
//! ```

use std::path::Path;
use std::{fs, io};

use serde::Deserialize;

use super::CliError;
use heapmark_model::analysis::Acknowledgement;

/// The list's file, at the root of the workspace.
const FILE: &str = "heapmark-acks.toml";

/// The shortest beginning of a hash that is taken for a commit.
const SHORTEST: usize = 7;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    ack: Vec<Acknowledgement>,
}

/// The acknowledgements of the workspace at `root`; none where it has no list.
pub(super) fn read(root: &Path) -> Result<Vec<Acknowledgement>, CliError> {
    let path = root.join(FILE);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let wrong = |message: String| CliError::Acknowledgements { message };
    let list: List =
        toml::from_str(&text).map_err(|error| wrong(error.to_string().trim_end().to_owned()))?;
    for ack in &list.ack {
        let commit = &ack.commit;
        if commit.len() < SHORTEST || !commit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let case = &ack.case;
            return Err(wrong(format!(
                "{case}: `{commit}` is no hash of a commit, or fewer than {SHORTEST} digits of one"
            )));
        }
        if ack.reason.trim().is_empty() || ack.who.trim().is_empty() {
            return Err(wrong(format!("{}: it wants a reason and a name", ack.case)));
        }
    }
    Ok(list.ack)
}
