//! The columns of all records in one file, so that only new records must be parsed.
//!
//! ```text
//! head    heapmark history 3 0.1.0\n             another format or version: ignored
//! chunk   length, hash, body                     the records at the creation of the file
//! chunk   length, hash, body                     one more run
//! …                                              a truncated or damaged chunk ends the file
//! ```
//!
//! The file is only a cache. Each record in it is identified by path, size and time of last change.
//! A record that differs counts as unknown and is parsed again. One new run adds one chunk. If
//! there are many chunks, or records were removed, the file is rewritten and renamed. If two
//! processes write at the same time, at most one chunk is lost.

mod body;
mod code;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use heapmark_model::history::History;

/// The version of the format. Increase it with every change of a chunk's content.
const FORMAT: u32 = 3;

/// The number of chunks from which on a file is rewritten.
const MAX_CHUNKS: usize = 48;

/// Identifies the state of a record's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// The path below the store's folder.
    pub(super) path: PathBuf,
    /// The size in bytes.
    pub(super) size: u64,
    /// The time of the last change, in nanoseconds since 1970.
    pub(super) changed: i64,
}

impl Stamp {
    pub(super) fn from_file(dir: &Path, file: &Path) -> io::Result<Self> {
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

/// The content of an index file.
#[derive(Default)]
pub(super) struct Index {
    /// The files of its records.
    pub(super) stamps: Vec<Stamp>,
    /// Their numbers, in the same order.
    pub(super) history: History,
    /// The number of chunks; 0 if the file must be rewritten.
    chunks: usize,
}

impl Index {
    /// Reads `file`. A missing file, one in another format and damaged chunks are ignored.
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
                // Chunks after a damaged one could not be read, so the file must be rewritten.
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

    /// The position of each record by its path. If a path occurs twice, the later one applies.
    pub(super) fn positions(&self) -> BTreeMap<&Path, usize> {
        let stamps = self.stamps.iter().enumerate();
        stamps
            .map(|(position, stamp)| (stamp.path.as_path(), position))
            .collect()
    }

    /// Whether a chunk can be appended to the file. `kept` is the number of its records that are
    /// still valid.
    pub(super) fn takes_more(&self, kept: usize) -> bool {
        (1..MAX_CHUNKS).contains(&self.chunks) && kept == self.stamps.len()
    }
}

/// Appends a chunk to `file`. Call it only if [`takes_more`](Index::takes_more) is true.
pub(super) fn append(file: &Path, stamps: &[Stamp], history: &History) -> io::Result<()> {
    let mut file = File::options().append(true).open(file)?;
    // A single write, so that two processes cannot mix their chunks.
    file.write_all(&framed(&body::encode(stamps, history)))
}

/// Replaces `file`. A reader sees either the old or the new one.
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

/// The body of the first chunk, and the bytes after it.
fn chunk(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (hash, rest) = rest.split_first_chunk()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let (body, rest) = rest.split_at_checked(length)?;
    (code::hash(body) == u64::from_le_bytes(*hash)).then_some((body, rest))
}
