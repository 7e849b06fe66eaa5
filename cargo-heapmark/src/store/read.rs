//! Reads one record, of this layout or an older one.

use std::fs;
use std::io;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::beside::Beside;
use heapmark_model::record::{self, Fault, Run, SCHEMA};

/// Bytes that a record has at most; far more than any suite makes, and little enough to be read at once.
pub const MAX_BYTES: u64 = 10 * 1024 * 1024;

/// Why a file is passed over.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The system does not let us read it.
    #[error("cannot be read: {0}; make it readable")]
    Unreadable(#[from] io::Error),
    /// It is a folder, a pipe or a device.
    #[error("is not a regular file; move it out of the folder of records")]
    NotAFile,
    /// It is far larger than any record.
    #[error(
        "is {bytes} bytes, a record has at most {MAX_BYTES}; move it out of the folder of records"
    )]
    TooLarge {
        /// Its size in bytes.
        bytes: u64,
    },
    /// It is no JSON: cut off, or something else.
    #[error("is not JSON: {0}; restore it from the history of the repository")]
    NotJson(serde_json::Error),
    /// It does not say which layout it has.
    #[error("names no schema version, so it is no record; move it out of the folder of records")]
    NoSchema,
    /// Its layout is unknown to this build.
    #[error("written by a newer heapmark (schema {schema}); update heapmark to read it")]
    Newer {
        /// The version of its layout.
        schema: u64,
    },
    /// It is JSON of a known layout that does not hold what the layout promises.
    #[error("is a broken record: {0}; restore it from the history of the repository")]
    Broken(String),
    /// `retracted.toml` names it, but there is no such file.
    #[error("is named in retracted.toml but does not exist; correct its path there")]
    RetractedButMissing,
}

/// The record in the file at `path`.
pub(super) fn record(path: &Path) -> Result<Run, Reason> {
    parse(&bytes(path)?)
}

/// What is no run, in the file at `path`.
pub(super) fn beside<T: Beside>(path: &Path) -> Result<T, Reason> {
    versioned(&bytes(path)?)
}

fn bytes(path: &Path) -> Result<Vec<u8>, Reason> {
    let about = fs::metadata(path)?;
    // To open a pipe would wait for its other end.
    if !about.is_file() {
        return Err(Reason::NotAFile);
    }
    if about.len() > MAX_BYTES {
        return Err(Reason::TooLarge { bytes: about.len() });
    }
    Ok(fs::read(path)?)
}

/// The content of a file as a value of the present layout.
///
/// It is read twice, first for the version alone: to build a tree of values in between takes
/// three times as long.
fn versioned<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Reason> {
    #[derive(Deserialize)]
    struct Version {
        schema: Option<Value>,
    }
    // A record is an object; what else is JSON names no version.
    let version = match serde_json::from_slice::<Version>(bytes) {
        Ok(version) => version,
        Err(error) if error.is_data() => return Err(Reason::NoSchema),
        Err(error) => return Err(Reason::NotJson(error)),
    };
    let schema = version.schema.as_ref().and_then(Value::as_u64);
    let schema = schema.ok_or(Reason::NoSchema)?;
    match u32::try_from(schema) {
        // The types read what schema 1 wrote at greater length.
        Ok(1 | SCHEMA) => {}
        Ok(0) => return Err(Reason::NoSchema),
        _ => return Err(Reason::Newer { schema }),
    }
    serde_json::from_slice(bytes).map_err(|_| Reason::Broken(what_is_wrong::<T>(bytes)))
}

/// Which key of the record is wrong, and how. It is read once more: to keep the path of every value
/// would slow down the many records that are whole.
fn what_is_wrong<T: DeserializeOwned>(bytes: &[u8]) -> String {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize::<_, T>(&mut json) {
        Err(error) if error.path().iter().next().is_some() => {
            format!("{}: {}", error.path(), error.inner())
        }
        Err(error) => error.into_inner().to_string(),
        Ok(_) => "something follows the end of the record".to_owned(),
    }
}

fn parse(bytes: &[u8]) -> Result<Run, Reason> {
    let mut run: Run = versioned(bytes)?;
    let broken = |fault: Fault| Reason::Broken(fault.to_string());
    run.set_ambiguous_aside().map_err(broken)?;
    record::check(&run).map_err(broken)?;
    check(&run)?;
    Ok(run)
}

/// What readers rely on and types cannot say.
fn check(run: &Run) -> Result<(), Reason> {
    for (key, time) in [
        ("commit.committed_at", &run.commit.committed_at),
        ("measured_at", &run.measured_at),
    ] {
        if time.parse::<jiff::Timestamp>().is_err() {
            let text = format!("{key} is `{}`, which is no time", time.escape_debug());
            return Err(Reason::Broken(text));
        }
    }
    for entry in &run.entries {
        let missing = entry
            .tape
            .as_ref()
            .filter(|&hash| !run.tapes.contains_key(hash));
        if let Some(hash) = missing {
            let text = format!("{} names tape `{hash}`, which is not there", entry.case.id);
            return Err(Reason::Broken(text));
        }
    }
    Ok(())
}
