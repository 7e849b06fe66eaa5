use std::io;
use std::path::PathBuf;

/// Why a tool's output cannot be understood.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// The bytes cannot be had.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It is the output of no tool that is known.
    #[error(
        "not a profile: known are dhat's JSON, heaptrack's file, massif's text, memcheck's XML and LeakSanitizer's text"
    )]
    Unknown,
    /// A line says what it cannot say.
    #[error("line {line}: {reason}")]
    Line {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// Something is wrong that is not on any line.
    #[error("{0}")]
    Content(String),
}

/// Why a file is not a profile.
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
