//! Reads one record in the current format or an older one.

use std::fs;
use std::io;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::extra::ExtraMeasurement;
use heapmark_model::record::{self, Fault, Run, SCHEMA};

/// The highest number of bytes of a record. Real records are much smaller.
pub const MAX_BYTES: u64 = 10 * 1024 * 1024;

/// Why a file is skipped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The system cannot read it.
    #[error("cannot be read: {0}; make it readable")]
    Unreadable(#[from] io::Error),
    /// It is a folder, a pipe or a device.
    #[error("is not a regular file; move it out of the folder of records")]
    NotAFile,
    /// It is much larger than any record.
    #[error(
        "has {bytes} bytes, but a record has at most {MAX_BYTES}; move it out of the folder of records"
    )]
    TooLarge {
        /// Its size in bytes.
        bytes: u64,
    },
    /// It is not JSON, or truncated JSON.
    #[error("is not JSON: {0}; restore it with git")]
    NotJson(serde_json::Error),
    /// It has no schema version.
    #[error("has no schema version, so it is not a record; move it out of the folder of records")]
    NoSchema,
    /// Its format is newer than this build.
    #[error("was written by a newer heapmark (schema {schema}); update heapmark to read it")]
    Newer {
        /// The version of its format.
        schema: u64,
    },
    /// It is JSON, but not a valid record of its format.
    #[error("is a broken record: {0}; restore it with git")]
    Broken(String),
    /// It is listed in `retracted.toml`, but there is no such file.
    #[error("is listed in retracted.toml but does not exist; correct its path there")]
    RetractedButMissing,
}

/// The record in the file at `path`.
pub(super) fn record(path: &Path) -> Result<Run, Reason> {
    parse(&bytes(path)?)
}

/// The extra measurement in the file at `path`.
pub(super) fn extra<T: ExtraMeasurement>(path: &Path) -> Result<T, Reason> {
    versioned(&bytes(path)?)
}

fn bytes(path: &Path) -> Result<Vec<u8>, Reason> {
    let about = fs::metadata(path)?;
    // Opening a pipe would block until its other end is opened.
    if !about.is_file() {
        return Err(Reason::NotAFile);
    }
    if about.len() > MAX_BYTES {
        return Err(Reason::TooLarge { bytes: about.len() });
    }
    Ok(fs::read(path)?)
}

/// The content of a file as a value of the current format.
///
/// The file is parsed twice, first only for the version: building a tree of values instead takes
/// three times as long.
fn versioned<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Reason> {
    #[derive(Deserialize)]
    struct Version {
        schema: Option<Value>,
    }
    // A record is an object. Any other JSON has no version.
    let version = match serde_json::from_slice::<Version>(bytes) {
        Ok(version) => version,
        Err(error) if error.is_data() => return Err(Reason::NoSchema),
        Err(error) => return Err(Reason::NotJson(error)),
    };
    let schema = version.schema.as_ref().and_then(Value::as_u64);
    let schema = schema.ok_or(Reason::NoSchema)?;
    match u32::try_from(schema) {
        // The types can also read the longer form of schema 1.
        Ok(1 | SCHEMA) => {}
        Ok(0) => return Err(Reason::NoSchema),
        _ => return Err(Reason::Newer { schema }),
    }
    serde_json::from_slice(bytes).map_err(|_| Reason::Broken(what_is_wrong::<T>(bytes)))
}

/// Which key of the record is wrong, and why. It parses the record again, because tracking the path
/// of every value would slow down the reading of valid records.
fn what_is_wrong<T: DeserializeOwned>(bytes: &[u8]) -> String {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize::<_, T>(&mut json) {
        Err(error) if error.path().iter().next().is_some() => {
            format!("{}: {}", error.path(), error.inner())
        }
        Err(error) => error.into_inner().to_string(),
        Ok(_) => "there is more data after the end of the record".to_owned(),
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

/// Checks conditions that readers need and that types cannot express.
fn check(run: &Run) -> Result<(), Reason> {
    for (key, time) in [
        ("commit.committed_at", &run.commit.committed_at),
        ("measured_at", &run.measured_at),
    ] {
        if time.parse::<jiff::Timestamp>().is_err() {
            let text = format!("{key} is `{}`, which is not a time", time.escape_debug());
            return Err(Reason::Broken(text));
        }
    }
    for entry in &run.entries {
        let missing = entry
            .timeline
            .as_ref()
            .filter(|&hash| !run.timelines.contains_key(hash));
        if let Some(hash) = missing {
            let text = format!(
                "{} refers to timeline `{hash}`, which is missing",
                entry.case.id
            );
            return Err(Reason::Broken(text));
        }
    }
    Ok(())
}
