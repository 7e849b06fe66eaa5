//! Stores the work tree as a commit on no branch, with a separate index.

use std::fs;
use std::path::Path;

use super::command::{CommandError, output_of};
use super::revision::{Repository, RevisionError};

/// The author of the commit, because the user may not have configured a name in git.
const AUTHOR: [(&str, &str); 4] = [
    ("GIT_AUTHOR_NAME", "heapmark"),
    ("GIT_AUTHOR_EMAIL", "heapmark@localhost"),
    ("GIT_COMMITTER_NAME", "heapmark"),
    ("GIT_COMMITTER_EMAIL", "heapmark@localhost"),
];

impl Repository {
    /// The hash of a commit with the current files of the work tree, including untracked files that
    /// are not ignored. If nothing differs from HEAD, it is HEAD. Files below `target` are left
    /// out. Index, files, HEAD and branches do not change.
    ///
    /// # Errors
    ///
    /// If there is no commit yet, or git cannot store the files.
    pub fn snapshot(&self, target: &Path) -> Result<String, RevisionError> {
        let head = self.resolve("HEAD")?;
        let aside = tempfile::Builder::new()
            .prefix("heapmark-index-")
            .tempdir()?;
        let index = aside.path().join("index");
        let own = output_of(self.git(&["rev-parse", "--git-path", "index"]))?;
        let own = self.top.join(own);
        if own.exists() {
            // With the file times in the index, git does not read all files again.
            fs::copy(own, &index)?;
        }
        let git = |arguments: &[&str]| -> Result<String, CommandError> {
            let mut git = self.git(arguments);
            git.env("GIT_INDEX_FILE", &index).envs(AUTHOR);
            output_of(git)
        };
        // A target folder is left out even if git does not ignore it.
        let target = target.strip_prefix(&self.top).ok().and_then(Path::to_str);
        let ignored = |path: &str| git(&["check-ignore", "--quiet", "--", path]).is_ok();
        match target.filter(|path| !path.is_empty() && !ignored(path)) {
            Some(target) => git(&["add", "--all", "--", ".", &format!(":(exclude){target}")])?,
            None => git(&["add", "--all"])?,
        };
        let tree = git(&["write-tree"])?;
        if tree == git(&["rev-parse", "HEAD^{tree}"])? {
            return Ok(head);
        }
        let message = "The work tree, as heapmark compared it";
        Ok(git(&["commit-tree", &tree, "-p", &head, "-m", message])?)
    }
}
