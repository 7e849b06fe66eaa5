//! The commit that is measured, from git.

use std::path::Path;

use super::command::{CommandError, output};
use heapmark_model::record::Commit;

/// The commit that is checked out in `folder`. Changes below `records` do not make it dirty,
/// because the record of one run must not affect the next run.
///
/// # Errors
///
/// If git is not installed, `folder` is not in a work tree, or there is no commit yet.
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
        // The store rejects a time outside the calendar's range.
        committed_at: seconds
            .and_then(super::environment::utc)
            .unwrap_or_default(),
        order: order.parse().ok().filter(|_| !shallow),
        subject,
        dirty: is_dirty(folder, records),
    })
}

/// The reason why [`commit`] failed and what to do, as in `this repository has no commit yet;
/// commit once`.
pub(super) fn no_commit(folder: &Path, error: &CommandError) -> String {
    let message = match error {
        CommandError::Start { source, .. } => {
            return format!("cannot run git ({source}); install it");
        }
        CommandError::Failed { message, .. } => message,
    };
    let succeeds = |arguments: &[&str]| output("git", arguments, folder).is_ok();
    if succeeds(&["rev-parse", "--is-inside-work-tree"]) {
        if !succeeds(&["rev-parse", "--verify", "--quiet", "HEAD"]) {
            return "this repository has no commit yet; commit once".to_owned();
        }
    } else if !folder
        .ancestors()
        .any(|folder| folder.join(".git").exists())
    {
        let folder = folder.display();
        return format!("{folder} is not in a git repository; run `git init` and commit once");
    }
    format!("git failed ({message}); fix that")
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
    // If git cannot determine the status, the tree counts as dirty.
    output("git", &arguments, folder).map_or(true, |changes| !changes.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{commit, no_commit, output};
    use std::path::Path;

    #[test]
    fn a_folder_without_a_commit_is_named_with_what_to_do() {
        let folder = tempfile::TempDir::new().unwrap();
        let folder = folder.path();
        let reason = || {
            let error = commit(folder, Path::new("results")).unwrap_err();
            no_commit(folder, &error)
        };
        let outside = reason();
        assert!(outside.contains("is not in a git repository"), "{outside}");
        output("git", &["init", "--quiet"], folder).unwrap();
        assert_eq!(reason(), "this repository has no commit yet; commit once");
    }
}
