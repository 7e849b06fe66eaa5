//! `--toolchain NAME`: runs the same command again with another rustup toolchain.

use std::ffi::OsString;
use std::process::Command;

use super::{CliError, End, Exit};

const FLAG: &str = "--toolchain";

/// Runs this process's command with the toolchain `name`, and returns its exit code.
///
/// It runs in a separate process, so that every part of it uses the same cargo and rustc.
pub(super) fn again_under(name: &str) -> Result<End, CliError> {
    let arguments = without_flag(std::env::args_os().skip(1));
    let status = Command::new(std::env::current_exe()?)
        .args(arguments)
        .env("RUSTUP_TOOLCHAIN", name)
        .env("CARGO", which(name, "cargo")?)
        .env("RUSTC", which(name, "rustc")?)
        .status()?;
    let exit = match status.code() {
        Some(0) => Exit::Fine,
        Some(1) => Exit::Worse,
        Some(3) => Exit::NotComparable,
        _ => Exit::Cannot,
    };
    // That process has printed its reasons.
    let reasons = Vec::new();
    Ok(End { exit, reasons })
}

/// The path of a program of the toolchain.
fn which(name: &str, program: &str) -> Result<String, CliError> {
    let refused = |reason: String| CliError::Toolchain {
        name: name.to_owned(),
        reason,
    };
    let output = Command::new("rustup")
        .args(["which", "--toolchain", name, program])
        .output()
        .map_err(|error| refused(format!("cannot run rustup: {error}")))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let first = said
            .lines()
            .next()
            .unwrap_or("rustup failed without a message");
        return Err(refused(first.trim_start_matches("error: ").to_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// `arguments` without the flag and its value.
fn without_flag(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut kept = Vec::new();
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        if argument == FLAG {
            arguments.next();
        } else if !argument.to_string_lossy().starts_with("--toolchain=") {
            kept.push(argument);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_goes_with_its_value_and_nothing_else() {
        for given in [
            &["report", "--toolchain", "nightly", "--quick"][..],
            &["report", "--toolchain=nightly", "--quick"],
        ] {
            let given = given.iter().map(OsString::from);
            assert_eq!(without_flag(given), ["report", "--quick"]);
        }
    }
}
