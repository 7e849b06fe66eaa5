//! The shadow directory: a copy of the user's workspace, in which benchmarks that do not use
//! heapmark are built with it.
//!
//! ```text
//! target/heapmark/
//! ├─ layers/           heapmark, and the packages that replace criterion
//! └─ shadow/           locked while a command uses it
//!    ├─ tree/          the copy; only changed files are copied again
//!    ├─ cargo.toml     cargo's configuration, which replaces criterion
//!    └─ target/        the target folder of the builds
//! ```
//!
//! A copy, because the replacement changes the lock file, and because a build script or a benchmark
//! may write into its source folder.

mod allocator;
mod copy;
mod layers;
mod patch;
mod replacement;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use toml_edit::DocumentMut;

use super::command::CommandError;
use super::workspace::{Target, Workspace};
use crate::lock::lock;
pub use replacement::Replacement;

/// Why the shadow directory cannot be prepared.
#[derive(Debug, thiserror::Error)]
pub enum ShadowError {
    /// Another command uses it.
    #[error("another heapmark command measures this workspace in {}; wait until it ends", .0.display())]
    Busy(PathBuf),
    /// A file cannot be copied or written.
    #[error("cannot copy the workspace to {}: {source}; check permissions and free disk space", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The system's error, with the file.
        source: io::Error,
    },
    /// cargo cannot resolve the dependencies.
    #[error("cannot resolve the dependencies: {0}")]
    Cargo(#[from] CommandError),
    /// No versions satisfy all requirements.
    #[error("cargo finds no versions of the dependencies that heapmark can be built with:\n{0}")]
    Unresolved(String),
    /// The lock file is not TOML.
    #[error("{}: {source}", path.display())]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// The parser's error.
        source: Box<toml_edit::TomlError>,
    },
    /// There is no folder that contains all packages.
    #[error("the packages of this workspace are on several drives, so they cannot be copied")]
    SeveralDrives,
    /// criterion is not a dependency that cargo can replace.
    #[error(
        "criterion {version} comes from a folder of this workspace, so cargo cannot replace it; use a published version of criterion for the benchmarks"
    )]
    InFolder {
        /// Its version.
        version: String,
    },
}

/// The folder of the copy.
const TREE: &str = "tree";

/// The folder of the replacing packages, beside the shadow directory.
const LAYERS: &str = "layers";

/// A copy of a workspace. It is kept for the next command.
#[derive(Debug)]
pub struct Shadow {
    folder: PathBuf,
    /// The part of the user's paths that `tree/` replaces.
    base: PathBuf,
    /// The workspace in the copy.
    workspace: Workspace,
    _lock: Option<File>,
}

impl Shadow {
    /// Copies `workspace`, and prepares the packages that replace its versions of criterion.
    ///
    /// # Errors
    ///
    /// [`ShadowError`]. The user's files are only read.
    pub fn open(workspace: &Workspace) -> Result<Self, ShadowError> {
        let folder = Self::folder(workspace);
        let at = |source| ShadowError::Folder {
            path: folder.clone(),
            source,
        };
        fs::create_dir_all(&folder).map_err(at)?;
        let lock = lock(&folder).map_err(|_| ShadowError::Busy(folder.clone()))?;
        let roots = roots(workspace);
        let base = common(&roots).ok_or(ShadowError::SeveralDrives)?;
        let tree = folder.join(TREE);
        for (number, root) in roots.iter().enumerate() {
            let to = inside(&tree, &base, root);
            fs::create_dir_all(&to).map_err(at)?;
            let list = folder.join(format!("copied-{number}"));
            let is_left_out = |path: &Path| {
                path == workspace.target
                    || path == workspace.root.join("Cargo.lock")
                    || (path == workspace.root.join(".cargo")
                        && folder.starts_with(&workspace.root))
            };
            copy::copy(root, &to, &list, &is_left_out).map_err(at)?;
        }
        let copied = workspace.moved(|path| inside(&tree, &base, path), folder.join("target"));
        let shadow = Self {
            base,
            workspace: copied,
            _lock: lock,
            folder: folder.clone(),
        };
        shadow.copy_lock_file(&workspace.root).map_err(at)?;
        shadow.end_the_search_for_a_workspace().map_err(at)?;
        Ok(shadow)
    }

    /// The shadow directory of `workspace`.
    pub fn folder(workspace: &Workspace) -> PathBuf {
        workspace.target.join("heapmark").join("shadow")
    }

    /// The folder of the packages that replace others in builds of `workspace`.
    pub fn layers(workspace: &Workspace) -> PathBuf {
        Self::folder(workspace).with_file_name(LAYERS)
    }

    /// A bench target of the user's workspace in the copy.
    pub fn moved(&self, target: &Target) -> Target {
        let tree = self.folder.join(TREE);
        target.moved(|path| inside(&tree, &self.base, path))
    }

    /// The workspace in the copy.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Replaces criterion in the copy, and the global allocators of `targets`.
    ///
    /// # Errors
    ///
    /// If the dependencies cannot be resolved, or a file cannot be written.
    pub fn replace(&self, targets: &[Target]) -> Result<Replacement, ShadowError> {
        let config = self.folder.join("cargo.toml");
        let layers = self.folder.with_file_name(LAYERS);
        Replacement::new(&layers, config, &self.workspace, targets)
    }

    /// Makes the copied root a workspace, because the target folder may be inside of another one.
    fn end_the_search_for_a_workspace(&self) -> io::Result<()> {
        let manifest = self.workspace.root.join("Cargo.toml");
        let text = fs::read_to_string(&manifest)?;
        let is_root = text
            .parse::<DocumentMut>()
            .is_ok_and(|it| it.contains_key("workspace"));
        if is_root {
            return Ok(());
        }
        fs::write(manifest, format!("{text}\n[workspace]\n"))
    }

    /// Copies the user's lock file if it has changed. Otherwise the lock file of the last build is
    /// kept, which also has the replaced packages.
    fn copy_lock_file(&self, root: &Path) -> io::Result<()> {
        let [from, to] = [root, &self.workspace.root].map(|root| root.join("Cargo.lock"));
        let known = self.folder.join("Cargo.lock");
        let now = match fs::read(&from) {
            Ok(now) => now,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        // The copy of another workspace has been deleted, and its lock file with it. With `--locked`,
        // cargo has to see the user's file.
        let is_kept = to.exists() && !self.workspace.flags.locked;
        if is_kept && fs::read(&known).is_ok_and(|known| known == now) {
            return Ok(());
        }
        if now.is_empty() {
            let _ = fs::remove_file(&to);
        } else {
            fs::write(&to, &now)?;
        }
        fs::write(known, now)
    }
}

/// The folders to copy: the workspace, and the packages outside of it that it depends on.
fn roots(workspace: &Workspace) -> Vec<PathBuf> {
    let mut roots = vec![workspace.root.clone()];
    let mut open = workspace.outside.clone();
    while let Some(folder) = open.pop() {
        if roots.iter().any(|root| folder.starts_with(root)) {
            continue;
        }
        // If it is not a package, cargo reports the error in the copy.
        if let Ok(other) = Workspace::find(&folder) {
            open.extend(other.outside);
            roots.push(other.root);
        } else {
            roots.push(folder);
        }
    }
    roots
}

/// The longest path that all `paths` begin with; `None` if they are on several drives.
fn common(paths: &[PathBuf]) -> Option<PathBuf> {
    let (first, others) = paths.split_first()?;
    let mut ancestors = first.ancestors();
    let found = ancestors.find(|base| others.iter().all(|path| path.starts_with(base)))?;
    Some(found.to_owned())
}

/// `path`, with `tree` in place of `base`. A path that is not below `base` stays as it is.
fn inside(tree: &Path, base: &Path, path: &Path) -> PathBuf {
    let relative = path.strip_prefix(base);
    relative.map_or_else(|_| path.to_owned(), |relative| tree.join(relative))
}
