//! Outputs of tools, recognised by what they hold. Names are demangled here and nowhere else.

mod dhat;
mod frames;
mod heaptrack;
mod lsan;
mod massif;
mod memcheck;

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use ruzstd::decoding::StreamingDecoder;

use super::{ParseError, Profile, ReadError};

/// The first bytes of what zstd wrote.
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Enough of the beginning to recognise a tool by.
const HEAD: usize = 4096;

/// Reads the profile in the file at `path`.
///
/// # Errors
///
/// [`ReadError`] where the file cannot be read, is no profile, or breaks off.
pub fn read(path: &Path) -> Result<Profile, ReadError> {
    read_at(path, &[])
}

/// Reads the profile in the file at `path`, and what lived at `marks`, which rise and are in the
/// profile's clock. Only heaptrack's log knows that for each callsite.
///
/// # Errors
///
/// As [`read`].
pub fn read_at(path: &Path, marks: &[u64]) -> Result<Profile, ReadError> {
    let failed = |reason| ReadError {
        path: path.to_owned(),
        reason,
    };
    let file = File::open(path).map_err(|error| failed(error.into()))?;
    parse_at(BufReader::with_capacity(1 << 16, file), marks).map_err(failed)
}

/// Reads a profile, of whatever tool it is.
///
/// # Errors
///
/// [`ParseError`] where `input` is no profile or breaks off.
pub fn parse(input: impl BufRead) -> Result<Profile, ParseError> {
    parse_at(input, &[])
}

fn parse_at(mut input: impl BufRead, marks: &[u64]) -> Result<Profile, ParseError> {
    let mut head = Vec::with_capacity(HEAD);
    input.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    let text = String::from_utf8_lossy(&head).into_owned();
    let all = head.as_slice().chain(input);
    if text.as_bytes().starts_with(b"v ") {
        return heaptrack::parse(BufReader::new(all), marks);
    }
    if head.starts_with(&ZSTD) {
        let decoder = StreamingDecoder::new(all);
        let decoder = decoder.map_err(|error| ParseError::Content(format!("zstd: {error}")))?;
        return heaptrack::parse(BufReader::with_capacity(1 << 16, decoder), marks);
    }
    if text.contains("dhatFileVersion") {
        return dhat::parse(all);
    }
    if text.contains("<valgrindoutput>") {
        return memcheck::parse(BufReader::new(all));
    }
    if text.starts_with("desc:") {
        return massif::parse(BufReader::new(all));
    }
    if text.contains("LeakSanitizer") {
        return lsan::parse(BufReader::new(all));
    }
    Err(ParseError::Unknown)
}
