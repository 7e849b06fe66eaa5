//! A control: criterion's verdicts on two binaries, from its saved baseline.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};

/// The number of `cases` that criterion judged, and how many of them seem slower and faster to it.
pub(super) fn verdicts(base: &Path, head: &Path, cases: &[String]) -> anyhow::Result<[u32; 3]> {
    let folder = tempfile::tempdir()?;
    bench(base, folder.path(), cases, "--save-baseline")?;
    let said = bench(head, folder.path(), cases, "--baseline")?;
    let count = |what: &str| said.matches(what).count();
    let judged = count("change:");
    let found = [
        judged,
        count("Performance has regressed."),
        count("Performance has improved."),
    ];
    ensure!(judged > 0, "criterion judged no case; it printed:\n{said}");
    let found = found.map(|number| u32::try_from(number).unwrap_or(u32::MAX));
    Ok(found)
}

/// criterion takes only one filter, so the filter matches all cases.
fn bench(binary: &Path, folder: &Path, cases: &[String], flag: &str) -> anyhow::Result<String> {
    let output = Command::new(binary)
        .args(["--bench", "--color", "never", "--noplot", flag, "before"])
        .arg(format!("^({})$", cases.join("|")))
        .env("CRITERION_HOME", folder)
        .output()
        .with_context(|| format!("cannot run {}", binary.display()))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.success(),
        "`{} {flag}` ended with {}:\n{}",
        binary.display(),
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(said)
}
