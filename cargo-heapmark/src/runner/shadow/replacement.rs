//! Replaces criterion and the global allocators in a copy of a workspace, or in a checked-out commit.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::super::command::{CommandError, cargo, output_of};
use super::super::toolchain::sha256;
use super::super::workspace::{Target, Workspace};
use super::patch::{self, Locked};
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
    /// Prepares builds of `workspace`, whose files may be changed. `layers` is the folder for the
    /// replacing packages; all builds share it, so that cargo can use what another one has compiled.
    /// `config` is the file of cargo's configuration to write.
    ///
    /// # Errors
    ///
    /// If the dependencies cannot be resolved, or a file cannot be written.
    pub fn new(
        layers: &Path,
        config: PathBuf,
        workspace: &Workspace,
        targets: &[Target],
    ) -> Result<Self, ShadowError> {
        let at = |source| ShadowError::Folder {
            path: layers.to_owned(),
            source,
        };
        if let Some(folder) = config.parent() {
            fs::create_dir_all(folder).map_err(at)?;
        }
        if workspace.flags.locked {
            // cargo checks the lock file before anything is replaced.
            run_cargo(workspace, &["update", "--workspace", "--locked"])?;
        } else if !workspace.root.join("Cargo.lock").exists() {
            run_cargo(workspace, &["generate-lockfile"])?;
        }
        layers::unpack(layers).map_err(at)?;
        let list = config.with_extension("replaced");
        let mut replaced = earlier(&list, workspace);
        let mut updated = Vec::new();
        loop {
            let packages = replaced.iter().map(|locked| {
                let layer = layers::layer(layers, &locked.version)?;
                Ok((locked.clone(), layer))
            });
            let packages: Vec<_> = packages.collect::<io::Result<_>>().map_err(at)?;
            fs::write(&config, patch::patch(&packages)).map_err(at)?;
            resolve(workspace, &config, &mut updated)?;
            let found = locked(workspace)?;
            let before = replaced.clone();
            // cargo warns of a replacement that no package uses.
            replaced.retain(|one| found.iter().any(|other| other.version == one.version));
            for one in found {
                let is_replaced = replaced.iter().any(|other| other.version == one.version);
                match &one.source {
                    Some(_) => drop(replaced.insert(one)),
                    None if is_replaced => {}
                    None => {
                        return Err(ShadowError::InFolder {
                            version: one.version,
                        });
                    }
                }
            }
            if replaced == before {
                break;
            }
        }
        let lines = replaced.iter().map(Locked::write);
        let lines: Vec<String> = std::iter::once(lock_hash(workspace)).chain(lines).collect();
        fs::write(&list, lines.join("\n")).map_err(at)?;
        let root = &workspace.root;
        let relative = |path: PathBuf| path.strip_prefix(root).map(Path::to_owned).unwrap_or(path);
        let allocators = allocator::replace(targets).map_err(at)?;
        Ok(Self {
            config,
            updated,
            allocators: allocators.into_iter().map(relative).collect(),
        })
    }
}

/// What an earlier build has replaced, if the lock file is still the one that cargo wrote then: in
/// it, a replaced package looks like one in a folder.
fn earlier(list: &Path, workspace: &Workspace) -> BTreeSet<Locked> {
    let known = fs::read_to_string(list).unwrap_or_default();
    let mut lines = known.lines();
    if lines.next() != Some(&*lock_hash(workspace)) {
        return BTreeSet::new();
    }
    lines.filter_map(Locked::read).collect()
}

fn lock_hash(workspace: &Workspace) -> String {
    sha256(&fs::read(workspace.root.join("Cargo.lock")).unwrap_or_default())
}

/// The versions of criterion in the lock file of `workspace`.
fn locked(workspace: &Workspace) -> Result<BTreeSet<Locked>, ShadowError> {
    let path = workspace.root.join("Cargo.lock");
    let text = fs::read_to_string(&path).map_err(|source| ShadowError::Folder {
        path: path.clone(),
        source,
    })?;
    patch::locked(&text).map_err(|source| ShadowError::Lock {
        path,
        source: Box::new(source),
    })
}

fn run_cargo(workspace: &Workspace, arguments: &[&str]) -> Result<(), ShadowError> {
    let mut command = Command::new(cargo());
    command.args(arguments).current_dir(&workspace.root);
    workspace.flags.add_to_any(&mut command);
    output_of(command)?;
    Ok(())
}

/// The words after which cargo names a locked package that prevents a solution.
const CONFLICT: &str = "previously selected package `";

/// Adds the replaced packages to the lock file of `workspace`. Keeps the locked versions of all
/// others, except for those that are too old, which it adds to `updated`.
fn resolve(
    workspace: &Workspace,
    config: &Path,
    updated: &mut Vec<String>,
) -> Result<(), ShadowError> {
    loop {
        let mut update = Command::new(cargo());
        update
            .args(["update", "--quiet"])
            .current_dir(&workspace.root);
        workspace.flags.add_to_any(&mut update);
        update.arg("--config").arg(config);
        if updated.is_empty() {
            // Locks only what is not locked yet.
            update.arg("--workspace");
        }
        update.args(&*updated);
        let output = update.stdin(Stdio::null()).output();
        let output = output.map_err(|source| CommandError::Start {
            program: cargo(),
            source,
        })?;
        if output.status.success() {
            return Ok(());
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
    let (name, rest) = rest.split_once(" v")?;
    // Two versions of one package can be locked.
    Some(format!("{name}@{}", rest.split([' ', '`']).next()?))
}

#[cfg(test)]
mod tests {
    use super::conflict;

    #[test]
    fn the_package_that_is_locked_to_an_old_version_is_read_from_the_error() {
        let said = "all possible versions conflict with previously selected packages.\n\n  \
                    previously selected package `libc v0.2.148`\n    ... which satisfies";
        assert_eq!(conflict(said).as_deref(), Some("libc@0.2.148"));
        assert_eq!(conflict("error: no matching package named `x` found"), None);
    }
}
