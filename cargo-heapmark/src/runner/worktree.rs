//! Two revisions beside each other, each checked out and built in folders of its own.
//!
//! ```text
//! target/heapmark/compare/
//! ├─ running            there while a comparison is at work: one at a time
//! ├─ base, head         what cargo built of each side, kept for the next comparison
//! └─ Xy12Zq/            gone with the comparison
//!    ├─ base/           worktree
//!    └─ head/           worktree
//! ```
//!
//! cargo tells by times of files whether a crate must be built again, and takes the same crate in
//! another worktree for the same. So each side has a target folder of its own, only one comparison
//! works in it at a time, and a worktree is checked out after everything that lies in its target
//! folder was built: its files are newer, and cargo builds them.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};

use super::command::{CommandError, output_of};
use super::revision::Repository;

/// Why there is no place to build a revision in.
#[derive(Debug, thiserror::Error)]
pub enum WorktreeError {
    /// Another comparison of this workspace has not ended.
    #[error("another comparison is at work here; wait for it, or remove {} if it was killed", .0.display())]
    Busy(PathBuf),
    /// The folder cannot be made or filled.
    #[error("cannot prepare {}: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// git cannot check the commit out.
    #[error(transparent)]
    Git(#[from] CommandError),
}

/// The place for one comparison.
#[derive(Debug)]
pub struct Workshop {
    repository: Repository,
    folder: PathBuf,
    // The order matters: fields are dropped in theirs, and the place is free last.
    trees: TempDir,
    _running: NamedTempFile,
}

/// A checked-out commit; it is removed when it is dropped.
#[derive(Debug)]
pub struct Worktree {
    repository: Repository,
    path: PathBuf,
    /// The folder in it that corresponds to the user's workspace.
    pub workspace: PathBuf,
    /// Where it is to be built.
    pub target: PathBuf,
}

impl Workshop {
    /// Takes the place below the `target` folder of a workspace.
    ///
    /// # Errors
    ///
    /// Where another comparison has it, or it cannot be written.
    pub fn open(repository: &Repository, target: &Path) -> Result<Self, WorktreeError> {
        let folder = target.join("heapmark").join("compare");
        let at = |source| WorktreeError::Folder {
            path: folder.clone(),
            source,
        };
        fs::create_dir_all(&folder).map_err(at)?;
        let running = tempfile::Builder::new()
            .prefix("running")
            .rand_bytes(0)
            .tempfile_in(&folder)
            .map_err(|source| match source.kind() {
                io::ErrorKind::AlreadyExists => WorktreeError::Busy(folder.join("running")),
                _ => at(source),
            })?;
        let trees = tempfile::Builder::new().prefix("").tempdir_in(&folder);
        let trees = trees.map_err(at)?;
        Ok(Self {
            repository: repository.clone(),
            trees,
            folder,
            _running: running,
        })
    }

    /// Checks `commit` out under `name`. Names of equal length make equally long paths, so that
    /// they cannot be the difference between two sides. `lock` is a `Cargo.lock` for a commit
    /// that has none.
    ///
    /// # Errors
    ///
    /// Where git cannot.
    pub fn check_out(
        &self,
        name: &str,
        commit: &str,
        lock: &Path,
    ) -> Result<Worktree, WorktreeError> {
        let path = self.trees.path().join(name);
        let tree = Worktree {
            repository: self.repository.clone(),
            workspace: path.join(&self.repository.prefix),
            target: self.folder.join(name),
            path,
        };
        let mut git = self
            .repository
            .git(&["worktree", "add", "--detach", "--quiet"]);
        git.arg(&tree.path).arg(commit);
        output_of(git)?;
        let own = tree.workspace.join("Cargo.lock");
        if tree.workspace.is_dir() && !own.exists() && lock.exists() {
            fs::copy(lock, &own).map_err(|source| WorktreeError::Folder { path: own, source })?;
        }
        Ok(tree)
    }

    /// Gives the side `to`, where it was never built, what is built of the side `from`, so that
    /// dependencies are not compiled twice. Times are kept: cargo goes by them.
    ///
    /// # Errors
    ///
    /// Where it cannot be copied; then nothing of it is left.
    pub fn seed(&self, from: &str, to: &str) -> Result<(), WorktreeError> {
        let target = self.folder.join(to);
        let source = self.folder.join(from);
        if target.exists() || !source.exists() {
            return Ok(());
        }
        // Copied aside, so that a copy that is cut off is never taken for a whole one.
        let aside = self.trees.path().join("seed");
        let copied = copy(&source, &aside).and_then(|()| fs::rename(&aside, &target));
        copied.map_err(|source| WorktreeError::Folder {
            path: target,
            source,
        })
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy(&source, &target)?;
        } else {
            fs::copy(&source, &target)?;
            let modified = fs::metadata(&source)?.modified()?;
            File::options()
                .append(true)
                .open(&target)?
                .set_modified(modified)?;
        }
    }
    Ok(())
}

impl Drop for Worktree {
    fn drop(&mut self) {
        // Twice forced: whatever a build has left in it goes too. Only this worktree is named.
        let mut git = self
            .repository
            .git(&["worktree", "remove", "--force", "--force"]);
        git.arg(&self.path);
        let _ = output_of(git);
    }
}
