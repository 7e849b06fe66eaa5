//! Runs processes that measure one thing each, and summarises their values.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use heapmark_model::record::Sample;

/// The work takes less than a second, so a process that runs this long hangs.
const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(1);

/// Runs a process and returns what it prints. Fails if it exits with an error or does not end in
/// time.
pub(crate) fn ask(binary: &Path, arguments: &[&str]) -> Result<String> {
    let mut child = Command::new(binary)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {}", binary.display()))?;
    let line = format!("{} {}", binary.display(), arguments.join(" "));
    let what = format!("`{}`", line.trim_end());
    let status = end_of(&mut child, &what)?;
    // The output fits into the pipe, so the process never waits for a reader.
    let mut text = String::new();
    if let Some(mut out) = child.stdout.take() {
        out.read_to_string(&mut text)?;
    }
    ensure!(status.success(), "{what} ended with {status}");
    Ok(text)
}

/// Waits for the process `what` to end. Kills it if it does not end in time.
pub(crate) fn end_of(child: &mut Child, what: &str) -> Result<ExitStatus> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if Instant::now() >= deadline {
            let _ = child.kill();
            let _ = child.wait();
            bail!("{what} did not end within {} s", PATIENCE.as_secs());
        }
        thread::sleep(GLANCE);
    }
}

/// The lowest, the middle and the highest of `values`.
pub(crate) fn sample(mut values: Vec<u64>) -> Sample {
    values.sort_unstable();
    let at = |index: usize| values.get(index).copied().unwrap_or_default();
    Sample {
        min: at(0),
        median: at(values.len() / 2),
        max: at(values.len().saturating_sub(1)),
    }
}

/// Writes a status line to stderr, in cargo's format.
pub(crate) fn say(word: &str, text: &str) -> io::Result<()> {
    writeln!(io::stderr(), "{word:>10}  {text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_has_the_middle_one() {
        let three = sample(vec![5, 1, 9]);
        assert_eq!((three.min, three.median, three.max), (1, 5, 9));
    }
}
