//! The columns of all records in one file, so that only new records need be parsed.
//!
//! ```text
//! head    heapmark history 3 0.1.0\n             another format or version: ignored
//! chunk   length, hash, body                     the records known when the file was begun
//! chunk   length, hash, body                     one run more
//! …                                              a chunk that was cut or changed ends the file
//! ```
//!
//! The file is never the truth. Each record in it is known by path, size and time of last change,
//! and one that is gone or differs counts as unknown; whatever cannot be read is parsed from the
//! records again. One new run adds one chunk; when there are many, or records went away, the file
//! is written anew aside and renamed. Two that write at once cost each other a chunk at worst.

mod body;
mod code;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use heapmark_model::history::History;

/// The layout of the file; anything that changes what is in a chunk counts it up.
const FORMAT: u32 = 3;

/// Chunks that a file has at most before it is written anew.
const MAX_CHUNKS: usize = 48;

/// What tells one state of a record's file from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// The file, below the store's folder.
    pub(super) path: PathBuf,
    /// Bytes.
    pub(super) size: u64,
    /// Nanoseconds since 1970 of its last change.
    pub(super) changed: i64,
}

impl Stamp {
    pub(super) fn of(dir: &Path, file: &Path) -> io::Result<Self> {
        let about = fs::metadata(file)?;
        let changed = about.modified()?;
        let nanoseconds = match changed.duration_since(std::time::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |n| -n),
        };
        Ok(Self {
            path: file.strip_prefix(dir).unwrap_or(file).to_owned(),
            size: about.len(),
            changed: nanoseconds,
        })
    }
}

/// What an index file says.
#[derive(Default)]
pub(super) struct Index {
    /// The files of its records.
    pub(super) stamps: Vec<Stamp>,
    /// Their numbers, in the same order.
    pub(super) history: History,
    /// Chunks that could be read; none where the file has to be written anew.
    chunks: usize,
}

impl Index {
    /// Reads `file`; what is missing, foreign or damaged is as if it had never been written.
    pub(super) fn read(file: &Path) -> Self {
        let mut index = Self::default();
        let Ok(bytes) = fs::read(file) else {
            return index;
        };
        let Some(mut rest) = bytes.strip_prefix(head().as_bytes()) else {
            return index;
        };
        while !rest.is_empty() {
            let Some((body, after)) = chunk(rest) else {
                // New chunks behind a broken one could never be read.
                index.chunks = 0;
                break;
            };
            let Some((stamps, history)) = body::decode(body) else {
                index.chunks = 0;
                break;
            };
            index.stamps.extend(stamps);
            index.history.append(history);
            index.chunks += 1;
            rest = after;
        }
        index
    }

    /// The position of each record by its path; of two with one path the later one is right.
    pub(super) fn positions(&self) -> BTreeMap<&Path, usize> {
        let stamps = self.stamps.iter().enumerate();
        stamps
            .map(|(position, stamp)| (stamp.path.as_path(), position))
            .collect()
    }

    /// Whether a chunk can be added to the file, of whose records `kept` are still right.
    pub(super) fn takes_more(&self, kept: usize) -> bool {
        (1..MAX_CHUNKS).contains(&self.chunks) && kept == self.stamps.len()
    }
}

/// Adds a chunk to `file`, which [`takes_more`](Index::takes_more).
pub(super) fn append(file: &Path, stamps: &[Stamp], history: &History) -> io::Result<()> {
    let mut file = File::options().append(true).open(file)?;
    // One write, so that two processes cannot mix their chunks.
    file.write_all(&framed(&body::encode(stamps, history)))
}

/// Writes `file` anew; a reader sees the old one or the new one.
pub(super) fn replace(file: &Path, stamps: &[Stamp], history: &History) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut aside = tempfile::Builder::new()
        .prefix(".history-")
        .suffix(".tmp")
        .tempfile_in(folder)?;
    aside.write_all(head().as_bytes())?;
    aside.write_all(&framed(&body::encode(stamps, history)))?;
    aside.persist(file)?;
    Ok(())
}

fn head() -> String {
    format!("heapmark history {FORMAT} {}\n", env!("CARGO_PKG_VERSION"))
}

fn framed(body: &[u8]) -> Vec<u8> {
    let mut chunk = Vec::with_capacity(body.len() + 16);
    chunk.extend((body.len() as u64).to_le_bytes());
    chunk.extend(code::hash(body).to_le_bytes());
    chunk.extend(body);
    chunk
}

/// The body of the first chunk, and what stands behind it.
fn chunk(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (hash, rest) = rest.split_first_chunk()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let (body, rest) = rest.split_at_checked(length)?;
    (code::hash(body) == u64::from_le_bytes(*hash)).then_some((body, rest))
}
