//! Runs a program and returns what it prints.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// Why a program could not be run.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// It could not be started.
    #[error("cannot run `{program}`: {source}; check that it is installed")]
    Start {
        /// The program.
        program: String,
        /// The system's error.
        source: io::Error,
    },
    /// It exited with an error.
    #[error("`{command}` failed: {message}")]
    Failed {
        /// The program and its arguments.
        command: String,
        /// The last line that it printed to stderr.
        message: String,
    },
}

/// What `program` prints to stdout, without the last line break.
///
/// # Errors
///
/// If the program cannot be started or fails.
pub(super) fn output(
    program: &str,
    arguments: &[&str],
    folder: &Path,
) -> Result<String, CommandError> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    output_of(command)
}

/// What `command` prints to stdout, without the last line break.
///
/// # Errors
///
/// Those of [`output`].
pub(super) fn output_of(mut command: Command) -> Result<String, CommandError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| CommandError::Start {
            program: program.clone(),
            source,
        })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let arguments: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
        let message = said.lines().rfind(|line| !line.trim().is_empty());
        return Err(CommandError::Failed {
            command: format!("{program} {}", arguments.join(" ")),
            message: message.unwrap_or("it printed no reason").trim().to_owned(),
        });
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text.strip_suffix('\n').map(str::to_owned).unwrap_or(text))
}

/// The cargo that runs heapmark, so that the toolchain stays the same.
pub(super) fn cargo() -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    cargo.to_string_lossy().into_owned()
}
