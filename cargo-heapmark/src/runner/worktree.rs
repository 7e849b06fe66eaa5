//! Checks out and builds two revisions in separate folders.
//!
//! ```text
//! target/heapmark/compare/   locked while a comparison runs
//! ├─ base, head         target folder of each side, kept for the next comparison
//! └─ trees-Xy12Zq/      deleted after the comparison
//!    ├─ base/           worktree
//!    └─ head/           worktree
//! ```
//!
//! cargo decides by file times whether a crate must be rebuilt, and does not distinguish the same
//! crate in two worktrees. Therefore each side has a separate target folder that only one
//! comparison uses at a time. A worktree is checked out after everything in its target folder was
//! built, so its files are newer and cargo builds them.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::command::{CommandError, output_of};
use super::revision::Repository;
use crate::lock::lock;

/// The folder of worktrees begins with this, followed by random letters.
const TREES: &str = "trees-";

/// Why a worktree could not be made.
#[derive(Debug, thiserror::Error)]
pub enum WorktreeError {
    /// Another comparison of this workspace is running.
    #[error("another comparison is running in {}; wait until it ends", .0.display())]
    Busy(PathBuf),
    /// The folder cannot be created or written.
    #[error("cannot prepare {}: {source}; check its permissions and the free disk space", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// git cannot check the commit out.
    #[error(transparent)]
    Git(#[from] CommandError),
}

/// The folder in which one comparison checks out and builds commits.
#[derive(Debug)]
pub struct WorktreePool {
    repository: Repository,
    folder: PathBuf,
    // Fields are dropped in this order, so the pool is released last.
    trees: TempDir,
    _lock: Option<File>,
}

/// A checked-out commit. It is removed when this value is dropped.
#[derive(Debug)]
pub struct Worktree {
    repository: Repository,
    path: PathBuf,
    /// The folder in it that corresponds to the user's workspace.
    pub workspace: PathBuf,
    /// The target folder of its build.
    pub target: PathBuf,
}

impl WorktreePool {
    /// Opens the pool below the `target` folder of a workspace.
    ///
    /// # Errors
    ///
    /// If another comparison uses it, or it cannot be written.
    pub fn open(repository: &Repository, target: &Path) -> Result<Self, WorktreeError> {
        let folder = target.join("heapmark").join("compare");
        let at = |source| WorktreeError::Folder {
            path: folder.clone(),
            source,
        };
        fs::create_dir_all(&folder).map_err(at)?;
        let lock = lock(&folder).map_err(|_| WorktreeError::Busy(folder.clone()))?;
        if lock.is_some() {
            remove_leftovers(repository, &folder);
        }
        let trees = tempfile::Builder::new().prefix(TREES).tempdir_in(&folder);
        let trees = trees.map_err(at)?;
        Ok(Self {
            repository: repository.clone(),
            trees,
            folder,
            _lock: lock,
        })
    }

    /// Checks `commit` out under `name`. Use names of equal length, so that the length of the path
    /// does not differ between the sides. `lock` is a `Cargo.lock` for a commit that has none.
    ///
    /// # Errors
    ///
    /// If git fails, or the lock file cannot be copied.
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

    /// The target folder of a side.
    pub fn target(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Copies the target folder `from` to that of the side `to` if that was never built, so that
    /// dependencies are not compiled twice. File times are kept, because cargo depends on them.
    ///
    /// # Errors
    ///
    /// If it cannot be copied. A partial copy is removed.
    pub fn seed(&self, from: &Path, to: &str) -> Result<(), WorktreeError> {
        let target = self.target(to);
        if target.exists() || !from.exists() {
            return Ok(());
        }
        // Copied to a temporary folder first, so that an interrupted copy is never used.
        let aside = self.trees.path().join("seed");
        let copied = copy(from, &aside).and_then(|()| fs::rename(&aside, &target));
        copied.map_err(|source| WorktreeError::Folder {
            path: target,
            source,
        })
    }
}

/// Removes the worktrees of comparisons that were killed. Worktrees of the user are not touched, as
/// `git worktree prune` would. What cannot be removed does no harm, so errors are ignored.
fn remove_leftovers(repository: &Repository, folder: &Path) {
    let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
    for trees in entries(folder) {
        if trees.file_name().to_string_lossy().starts_with(TREES) {
            for tree in entries(&trees.path()) {
                remove(repository, &tree.path());
            }
            let _ = fs::remove_dir_all(trees.path());
        }
    }
}

/// Removes the worktree at `path`, and no other.
fn remove(repository: &Repository, path: &Path) {
    // Forced twice, which also removes untracked files of a build.
    let mut git = repository.git(&["worktree", "remove", "--force", "--force"]);
    git.arg(path);
    let _ = output_of(git);
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
        remove(&self.repository, &self.path);
    }
}
