//! Reads `heapmark-acks.toml`, the list of acknowledged changes: changes for the worse that are
//! intended.
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

/// The file of the list, at the root of the workspace.
const FILE: &str = "heapmark-acks.toml";

/// The minimum number of digits of an abbreviated commit hash.
const SHORTEST: usize = 7;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    ack: Vec<Acknowledgement>,
}

/// The acknowledgements of the workspace at `root`; none if it does not have the file.
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
                "{case}: `{commit}` is not a commit hash; give at least {SHORTEST} hexadecimal digits"
            )));
        }
        if ack.reason.trim().is_empty() || ack.who.trim().is_empty() {
            let case = &ack.case;
            return Err(wrong(format!("{case}: fill in both `reason` and `who`")));
        }
    }
    Ok(list.ack)
}
