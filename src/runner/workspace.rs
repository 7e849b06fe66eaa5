use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::command::{CommandError, cargo, output};

/// The cargo workspace around a folder.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// Its root.
    pub root: PathBuf,
    /// Where cargo builds.
    pub target: PathBuf,
    benches: Vec<Target>,
}

/// A bench target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The package that holds it.
    pub package: String,
    /// Its name.
    pub bench: String,
}

/// Why a bench target was not found.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// cargo could not describe the workspace.
    #[error(transparent)]
    Cargo(#[from] CommandError),
    /// cargo's description is not what we know.
    #[error("cannot read what `cargo metadata` prints: {0}")]
    Metadata(#[from] serde_json::Error),
    /// There is no such bench target.
    #[error("no bench target `{bench}` in {}{}", root.display(), known(benches))]
    NoBench {
        /// The name that was asked for.
        bench: String,
        /// The workspace.
        root: PathBuf,
        /// The targets that exist, as `package/bench`.
        benches: Vec<String>,
    },
    /// Several packages have one of that name.
    #[error("bench target `{bench}` is in several packages; choose with --package: {}", packages.join(", "))]
    Ambiguous {
        /// The name that was asked for.
        bench: String,
        /// The packages.
        packages: Vec<String>,
    },
}

fn known(benches: &[String]) -> String {
    match benches {
        [] => "; it has none: add a [[bench]] with `harness = false` to Cargo.toml".to_owned(),
        some => format!("; there are {}", some.join(", ")),
    }
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
    packages: Vec<PackageMetadata>,
}

#[derive(Deserialize)]
struct PackageMetadata {
    name: String,
    targets: Vec<TargetMetadata>,
}

#[derive(Deserialize)]
struct TargetMetadata {
    name: String,
    kind: Vec<String>,
}

impl Workspace {
    /// Asks cargo for the workspace around `folder`.
    ///
    /// # Errors
    ///
    /// Where there is none, or cargo's answer cannot be read.
    pub fn find(folder: &Path) -> Result<Self, WorkspaceError> {
        let arguments = ["metadata", "--format-version", "1", "--no-deps"];
        let metadata: Metadata = serde_json::from_str(&output(&cargo(), &arguments, folder)?)?;
        let benches = metadata.packages.iter().flat_map(|package| {
            let targets = package.targets.iter();
            let benches = targets.filter(|target| target.kind.iter().any(|kind| kind == "bench"));
            benches.map(|target| Target {
                package: package.name.clone(),
                bench: target.name.clone(),
            })
        });
        Ok(Self {
            root: metadata.workspace_root,
            target: metadata.target_directory,
            benches: benches.collect(),
        })
    }

    /// The bench target of that name, in `package` where one is named.
    ///
    /// # Errors
    ///
    /// Where there is none or more than one; the message names the choices.
    pub fn bench(&self, bench: &str, package: Option<&str>) -> Result<Target, WorkspaceError> {
        let in_package = |target: &&Target| package.is_none_or(|package| target.package == package);
        let named: Vec<&Target> = self
            .benches
            .iter()
            .filter(|target| target.bench == bench)
            .filter(in_package)
            .collect();
        match named[..] {
            [target] => Ok(target.clone()),
            [] => Err(WorkspaceError::NoBench {
                bench: bench.to_owned(),
                root: self.root.clone(),
                benches: self
                    .benches
                    .iter()
                    .map(|target| format!("{}/{}", target.package, target.bench))
                    .collect(),
            }),
            _ => Err(WorkspaceError::Ambiguous {
                bench: bench.to_owned(),
                packages: named.iter().map(|target| target.package.clone()).collect(),
            }),
        }
    }
}
