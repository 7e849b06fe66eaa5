//! Errors of reading a tool's output.

use std::io;
use std::path::PathBuf;

/// Why a tool's output cannot be parsed.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// Reading or decompressing the input failed.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// The content is not the output of a supported tool.
    #[error(
        "not a profile; supported are dhat's JSON, heaptrack's log, massif's text, memcheck's XML and LeakSanitizer's text"
    )]
    Unknown,
    /// A line is invalid.
    #[error("line {line}: {reason}")]
    Line {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// The content is invalid, but not on one particular line.
    #[error("{0}")]
    Content(String),
}

/// Why a file cannot be read as a profile.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct ReadError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: ParseError,
}

impl ParseError {
    pub(super) fn line(line: u64, reason: impl Into<String>) -> Self {
        Self::Line {
            line,
            reason: reason.into(),
        }
    }
}
