use std::path::Path;

use super::command::output;
use crate::record::Commit;

/// The commit that is checked out in `folder`; `None` outside a git work tree or before the
/// first commit. Changes under `records` do not make it dirty: a run must not taint the next one.
pub fn commit(folder: &Path, records: &Path) -> Option<Commit> {
    let git = |arguments: &[&str]| output("git", arguments, folder).ok();
    let described = git(&["log", "-1", "--no-show-signature", "--format=%H%n%ct%n%s"])?;
    let mut lines = described.splitn(3, '\n');
    let sha = lines.next()?.to_owned();
    let seconds: i64 = lines.next()?.parse().ok()?;
    let committed_at = super::environment::utc(seconds)?;
    let subject = lines.next().unwrap_or_default().to_owned();
    let shallow = git(&["rev-parse", "--is-shallow-repository"])? != "false";
    let order = git(&["rev-list", "--count", "--first-parent", "HEAD"]);
    let order = order
        .and_then(|count| count.parse().ok())
        .filter(|_| !shallow);
    Some(Commit {
        sha,
        committed_at,
        order,
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
