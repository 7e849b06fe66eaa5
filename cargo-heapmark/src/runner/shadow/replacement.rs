//! Replaces criterion and the global allocators in a copy of a workspace, or in a checked-out commit.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::super::command::{CommandError, cargo, output};
use super::super::workspace::{Target, Workspace};
use super::{ShadowError, allocator, layers};

/// What a build needs so that heapmark measures benchmarks that were written for criterion.
#[derive(Clone, Debug)]
pub struct Replacement {
    /// A file of cargo's configuration that replaces criterion.
    pub config: PathBuf,
    /// The packages whose locked version was too old for heapmark, and was updated in the copy.
    pub updated: Vec<String>,
    /// The files whose global allocator was removed, relative to the workspace.
    pub allocators: Vec<PathBuf>,
}

impl Replacement {
    /// Prepares builds of `workspace`, whose files may be changed. `target` is the target folder of
    /// the user's workspace, and `config` the file of cargo's configuration to write. `lock` is the
    /// lock file before cargo has replaced anything; if it is empty, cargo resolves the
    /// dependencies.
    ///
    /// # Errors
    ///
    /// If the dependencies cannot be resolved, or a file cannot be written.
    pub fn new(
        target: &Path,
        config: PathBuf,
        workspace: &Workspace,
        lock: &str,
        targets: &[Target],
    ) -> Result<Self, ShadowError> {
        let root = &workspace.root;
        let at = |source| ShadowError::Folder {
            path: target.to_owned(),
            source,
        };
        let path = root.join("Cargo.lock");
        let resolved;
        let lock = if lock.is_empty() {
            output(&cargo(), &["generate-lockfile"], root)?;
            resolved = fs::read_to_string(&path).map_err(at)?;
            &resolved
        } else {
            lock
        };
        let locked = layers::locked(lock).map_err(|source| ShadowError::Lock {
            path,
            source: Box::new(source),
        })?;
        // All builds use the same folder, so that cargo can use what it has compiled in another one.
        let packages = target.join("heapmark").join("layers");
        layers::unpack(&packages).map_err(at)?;
        let mut replaced = Vec::new();
        for locked in locked {
            if locked.source.is_none() {
                let version = locked.version;
                return Err(ShadowError::InFolder { version });
            }
            let layer = layers::layer(&packages, &locked.package, &locked.version);
            replaced.push((locked, layer.map_err(at)?));
        }
        if let Some(folder) = config.parent() {
            fs::create_dir_all(folder).map_err(at)?;
        }
        fs::write(&config, layers::patch(&replaced)).map_err(at)?;
        let updated = resolve(root, &config)?;
        let allocators = allocator::replace(targets).map_err(at)?;
        let relative = |path: PathBuf| path.strip_prefix(root).map(Path::to_owned).unwrap_or(path);
        Ok(Self {
            config,
            updated,
            allocators: allocators.into_iter().map(relative).collect(),
        })
    }
}

/// The words after which cargo names a locked package that prevents a solution.
const CONFLICT: &str = "previously selected package `";

/// Adds the replaced packages to the lock file of `root`. Keeps the locked versions of all others,
/// except for those that are too old. Returns the names of these.
fn resolve(root: &Path, config: &Path) -> Result<Vec<String>, ShadowError> {
    let mut updated: Vec<String> = Vec::new();
    loop {
        let mut update = Command::new(cargo());
        update.arg("update").arg("--quiet").current_dir(root);
        update.arg("--config").arg(config);
        if updated.is_empty() {
            // Locks only what is not locked yet.
            update.arg("--workspace");
        }
        update.args(&updated);
        let output = update.stdin(Stdio::null()).output();
        let output = output.map_err(|source| CommandError::Start {
            program: cargo(),
            source,
        })?;
        if output.status.success() {
            return Ok(updated);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        match conflict(&said).filter(|name| !updated.contains(name)) {
            Some(name) => updated.push(name),
            None => return Err(ShadowError::Unresolved(said.trim().to_owned())),
        }
    }
}

/// The locked package that conflicts with a requirement, in an error of cargo.
fn conflict(said: &str) -> Option<String> {
    let (_, rest) = said.split_once(CONFLICT)?;
    Some(rest.split([' ', '`']).next()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::conflict;

    #[test]
    fn the_package_that_is_locked_to_an_old_version_is_read_from_the_error() {
        let said = "all possible versions conflict with previously selected packages.\n\n  \
                    previously selected package `libc v0.2.148`\n    ... which satisfies";
        assert_eq!(conflict(said).as_deref(), Some("libc"));
        assert_eq!(conflict("error: no matching package named `x` found"), None);
    }
}
