//! The work tree as a commit that no branch knows, made beside the user's index and not in it.

use std::fs;
use std::path::Path;

use super::command::{CommandError, output_of};
use super::revision::{Repository, RevisionError};

/// Who the commit says made it: the user need not have told git a name.
const AUTHOR: [(&str, &str); 4] = [
    ("GIT_AUTHOR_NAME", "heapmark"),
    ("GIT_AUTHOR_EMAIL", "heapmark@localhost"),
    ("GIT_COMMITTER_NAME", "heapmark"),
    ("GIT_COMMITTER_EMAIL", "heapmark@localhost"),
];

impl Repository {
    /// The hash of a commit with the files of the work tree as they are, those included that git
    /// does not know yet but does not ignore either; HEAD itself where nothing differs from it.
    /// What is below `target` is left out. Index, files, HEAD and branches stay as they are.
    ///
    /// # Errors
    ///
    /// Where there is no commit yet, or git cannot store the files.
    pub fn snapshot(&self, target: &Path) -> Result<String, RevisionError> {
        let head = self.resolve("HEAD")?;
        let aside = tempfile::Builder::new()
            .prefix("heapmark-index-")
            .tempdir()?;
        let index = aside.path().join("index");
        let own = output_of(self.git(&["rev-parse", "--git-path", "index"]))?;
        let own = self.top.join(own);
        if own.exists() {
            // What git knows of the files' times spares it to read them all again.
            fs::copy(own, &index)?;
        }
        let git = |arguments: &[&str]| -> Result<String, CommandError> {
            let mut git = self.git(arguments);
            git.env("GIT_INDEX_FILE", &index).envs(AUTHOR);
            output_of(git)
        };
        // A target folder that nobody told git to ignore is no source all the same.
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
