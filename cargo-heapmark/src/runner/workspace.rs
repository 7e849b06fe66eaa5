//! Finds the cargo workspace and its bench targets.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::command::{CommandError, cargo, output_of};
use super::flags::CargoFlags;
use super::harness::{Harness, harness};

/// The cargo workspace that contains a folder.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// Its root.
    pub root: PathBuf,
    /// The target folder.
    pub target: PathBuf,
    /// The user's flags of cargo.
    pub flags: CargoFlags,
    /// The packages outside of the root that a package of the workspace depends on.
    pub(super) outside: Vec<PathBuf>,
    /// A manifest has a table `metadata.heapmark`.
    is_configured: bool,
    pub(super) benches: Vec<Target>,
}

/// A bench target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The package that contains it.
    pub package: String,
    /// Its name.
    pub bench: String,
    /// The features that it requires. It is built with them.
    pub features: Vec<String>,
    /// Its main file.
    pub source: PathBuf,
    /// The folder of the package.
    pub folder: PathBuf,
    /// Its harness.
    pub harness: Harness,
}

/// Why there is no workspace.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// The folder is outside of any crate.
    #[error(
        "no Cargo.toml in {} or above; change to the folder of a crate and run the command again",
        .0.display()
    )]
    NoManifest(PathBuf),
    /// cargo could not describe the workspace.
    #[error(transparent)]
    Cargo(#[from] CommandError),
    /// The description has an unknown form.
    #[error("cannot parse the output of `cargo metadata`: {0}")]
    Metadata(#[from] serde_json::Error),
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
    packages: Vec<PackageMetadata>,
    #[serde(default)]
    metadata: Option<CustomMetadata>,
}

/// The `[package.metadata]` or `[workspace.metadata]` of a manifest.
#[derive(Deserialize)]
struct CustomMetadata {
    #[serde(default)]
    heapmark: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct PackageMetadata {
    name: String,
    manifest_path: PathBuf,
    targets: Vec<TargetMetadata>,
    #[serde(default)]
    dependencies: Vec<DependencyMetadata>,
    #[serde(default)]
    metadata: Option<CustomMetadata>,
}

#[derive(Deserialize)]
struct DependencyMetadata {
    #[serde(default)]
    path: Option<PathBuf>,
}

#[derive(Deserialize)]
struct TargetMetadata {
    name: String,
    kind: Vec<String>,
    src_path: PathBuf,
    #[serde(default, rename = "required-features")]
    required_features: Vec<String>,
}

impl Workspace {
    /// Finds the workspace that contains `folder`, with cargo.
    ///
    /// # Errors
    ///
    /// If there is none, or the output of cargo cannot be parsed.
    pub fn find(folder: &Path) -> Result<Self, WorkspaceError> {
        Self::find_with(folder, &CargoFlags::default())
    }

    /// Finds the workspace that contains `folder`, for builds with `flags`.
    ///
    /// # Errors
    ///
    /// Those of [`find`](Self::find).
    pub fn find_with(folder: &Path, flags: &CargoFlags) -> Result<Self, WorkspaceError> {
        if !folder
            .ancestors()
            .any(|folder| folder.join("Cargo.toml").exists())
        {
            return Err(WorkspaceError::NoManifest(folder.to_owned()));
        }
        let mut metadata = Command::new(cargo());
        metadata.args(["metadata", "--format-version", "1", "--no-deps"]);
        metadata.current_dir(folder);
        flags.add_to_any(&mut metadata);
        let metadata: Metadata = serde_json::from_str(&output_of(metadata)?)?;
        let benches = metadata.packages.iter().flat_map(|package| {
            let targets = package.targets.iter();
            let benches = targets.filter(|target| target.kind.iter().any(|kind| kind == "bench"));
            benches.map(|target| Target {
                package: package.name.clone(),
                bench: target.name.clone(),
                features: target.required_features.clone(),
                source: target.src_path.clone(),
                folder: folder_of(package),
                harness: harness(&package.manifest_path, &target.name, &target.src_path),
            })
        });
        let root = metadata.workspace_root;
        let own = metadata
            .packages
            .iter()
            .filter_map(|package| package.metadata.as_ref());
        let mut tables = own.chain(&metadata.metadata);
        let is_configured = tables.any(|table| table.heapmark.is_some());
        let dependencies = metadata.packages.iter().flat_map(|p| &p.dependencies);
        let paths = dependencies.filter_map(|dependency| dependency.path.clone());
        Ok(Self {
            outside: paths.filter(|path| !path.starts_with(&root)).collect(),
            is_configured,
            root,
            target: match &flags.target_dir {
                Some(target) => std::path::absolute(target).unwrap_or_else(|_| target.clone()),
                None => metadata.target_directory,
            },
            flags: flags.clone(),
            benches: benches.collect(),
        })
    }

    /// The same workspace with the target folder `target`.
    pub fn built_in(self, target: PathBuf) -> Self {
        Self { target, ..self }
    }

    /// The same workspace at other paths, with the target folder `target`.
    pub(super) fn moved(&self, to: impl Fn(&Path) -> PathBuf, target: PathBuf) -> Self {
        let benches = self.benches.iter().map(|target| target.moved(&to));
        Self {
            root: to(&self.root),
            outside: self.outside.iter().map(|path| to(path)).collect(),
            is_configured: self.is_configured,
            flags: self.flags.clone(),
            benches: benches.collect(),
            target,
        }
    }

    /// Whether the workspace has adopted heapmark: it has bench targets with heapmark's harness, or a
    /// table `metadata.heapmark`.
    pub fn has_adopted(&self) -> bool {
        let is_own = |target: &Target| target.harness == Harness::Heapmark;
        self.is_configured || self.benches.iter().any(is_own)
    }
}

impl Target {
    /// The same target at other paths.
    pub(super) fn moved(&self, to: impl Fn(&Path) -> PathBuf) -> Self {
        Self {
            source: to(&self.source),
            folder: to(&self.folder),
            ..self.clone()
        }
    }
}

fn folder_of(package: &PackageMetadata) -> PathBuf {
    let folder = package.manifest_path.parent();
    folder.unwrap_or(&package.manifest_path).to_owned()
}

#[cfg(test)]
impl Workspace {
    /// A workspace at `root` with these bench targets.
    pub(super) fn planted(root: &str, benches: Vec<Target>) -> Self {
        Self {
            root: root.into(),
            target: Path::new(root).join("target"),
            flags: CargoFlags::default(),
            outside: Vec::new(),
            is_configured: false,
            benches,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Workspace;

    #[test]
    fn a_folder_outside_of_any_crate_is_named_with_what_to_do() {
        let folder = tempfile::TempDir::new().unwrap();
        let error = Workspace::find(folder.path()).unwrap_err();
        let folder = folder.path().display();
        assert_eq!(
            error.to_string(),
            format!(
                "no Cargo.toml in {folder} or above; change to the folder of a crate and run the command again"
            )
        );
    }
}
