use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// Why a program gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// It could not be started.
    #[error("cannot run `{program}`: {source}; is it installed?")]
    Start {
        /// The program.
        program: String,
        /// What the system says.
        source: io::Error,
    },
    /// It said no.
    #[error("`{command}` failed: {message}")]
    Failed {
        /// The program and its arguments.
        command: String,
        /// The last line of what it said.
        message: String,
    },
}

/// What `program` prints, without the last line break.
///
/// # Errors
///
/// Where it cannot be started or exits with anything but success.
pub(super) fn output(
    program: &str,
    arguments: &[&str],
    folder: &Path,
) -> Result<String, CommandError> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    output_of(command)
}

/// The same of a command that has been put together.
///
/// # Errors
///
/// As [`output`].
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
            message: message.unwrap_or("it did not say why").trim().to_owned(),
        });
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text.strip_suffix('\n').map(str::to_owned).unwrap_or(text))
}

/// The cargo that runs us, so that its toolchain stays the same.
pub(super) fn cargo() -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    cargo.to_string_lossy().into_owned()
}
