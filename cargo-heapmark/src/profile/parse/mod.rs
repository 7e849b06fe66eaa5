//! Parsers of the tools' outputs, which are recognised by their content. Names are demangled only
//! here.
//!
//! ```text
//!  bytes ─ unpack ─▶ first bytes ─▶ the parser of the tool ─ settled ─▶ Profile
//! ```

mod ci_log;
mod dhat;
mod frames;
mod heaptrack;
mod limits;
mod lines;
mod lsan;
mod massif;
mod memcheck;
mod names;
mod settle;
mod unpack;

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use super::{ParseError, Profile, ReadError};

/// How many bytes of the beginning are read to recognise the tool.
const HEAD: usize = 1 << 16;

/// Reads the profile in the file at `path`.
///
/// # Errors
///
/// [`ReadError`] if the file cannot be read, is not a profile, or is truncated.
pub fn read(path: &Path) -> Result<Profile, ReadError> {
    read_at(path, &[])
}

/// Reads the profile in the file at `path`, and samples the live memory of each call site at the
/// times `marks`, which are in ascending order and in the profile's clock. Only heaptrack's log
/// contains this.
///
/// # Errors
///
/// Those of [`read`].
pub fn read_at(path: &Path, marks: &[u64]) -> Result<Profile, ReadError> {
    let failed = |reason| ReadError {
        path: path.to_owned(),
        reason,
    };
    let file = File::open(path).map_err(|error| failed(error.into()))?;
    parse_at(BufReader::with_capacity(1 << 16, file), marks).map_err(failed)
}

/// Reads the profile of any supported tool.
///
/// # Errors
///
/// [`ParseError`] if `input` is not a profile or is truncated.
pub fn parse(input: impl BufRead) -> Result<Profile, ParseError> {
    parse_at(input, &[])
}

fn parse_at(input: impl BufRead, marks: &[u64]) -> Result<Profile, ParseError> {
    let mut input = unpack::unpack(input)?;
    let mut head = Vec::with_capacity(HEAD);
    input.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    let text = String::from_utf8_lossy(&head).into_owned();
    let all = head.as_slice().chain(input);
    let profile = if heaptrack::is_first_line(&head) {
        heaptrack::parse(all, marks)
    } else if text.trim_start().starts_with('{') && text.contains("dhatFileVersion") {
        dhat::parse(all)
    } else if text.trim_start().starts_with('<') && text.contains("<valgrindoutput>") {
        memcheck::parse(all)
    } else if text.starts_with("desc:") {
        massif::parse(all)
    } else {
        // Its reports can be anywhere in the output of a program.
        lsan::parse(all)
    };
    settle::settled(profile?)
}
