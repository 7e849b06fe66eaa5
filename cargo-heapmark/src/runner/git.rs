use std::path::Path;

use super::command::{CommandError, output};
use heapmark_model::record::Commit;

/// The commit that is checked out in `folder`. Changes under `records` do not make it dirty: a run
/// must not taint the next one.
///
/// # Errors
///
/// Where git is not installed, `folder` is in no work tree, or nothing was committed yet.
pub fn commit(folder: &Path, records: &Path) -> Result<Commit, CommandError> {
    let git = |arguments: &[&str]| output("git", arguments, folder);
    let described = git(&["log", "-1", "--no-show-signature", "--format=%H%n%ct%n%s"])?;
    let mut lines = described.splitn(3, '\n').map(str::to_owned);
    let sha = lines.next().unwrap_or_default();
    let seconds = lines.next().and_then(|seconds| seconds.parse().ok());
    let subject = lines.next().unwrap_or_default();
    let shallow = git(&["rev-parse", "--is-shallow-repository"])? != "false";
    let order = git(&["rev-list", "--count", "--first-parent", "HEAD"])?;
    Ok(Commit {
        sha,
        // A time past the range of a calendar is refused by the store, which names it.
        committed_at: seconds
            .and_then(super::environment::utc)
            .unwrap_or_default(),
        order: order.parse().ok().filter(|_| !shallow),
        subject,
        dirty: is_dirty(folder, records),
    })
}

fn is_dirty(folder: &Path, records: &Path) -> bool {
    let aside = format!(":(exclude){}", records.display());
    let inside = records.is_relative() || records.starts_with(folder);
    let mut arguments = vec![
        "status",
        "--porcelain",
        "--untracked-files=normal",
        "--",
        ".",
    ];
    if inside {
        arguments.push(&aside);
    }
    // A tree that cannot be looked at is not known to be clean.
    output("git", &arguments, folder).map_or(true, |changes| !changes.is_empty())
}
