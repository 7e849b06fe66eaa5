//! Finds the cargo workspace and its bench targets.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::command::{CommandError, cargo, output};

/// The bench target that is run by default if there are several.
pub const DEFAULT_BENCH: &str = "memory_benchmarks";

/// The cargo workspace that contains a folder.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// Its root.
    pub root: PathBuf,
    /// The target folder.
    pub target: PathBuf,
    benches: Vec<Target>,
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
}

/// Why a bench target was not found.
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
    /// There is no such bench target.
    #[error("no bench target `{bench}` in {}{}", root.display(), known(benches))]
    NoBench {
        /// The requested name.
        bench: String,
        /// The workspace.
        root: PathBuf,
        /// The targets that exist, as `package/bench`.
        benches: Vec<String>,
    },
    /// Several packages have a bench target of that name.
    #[error("bench target `{bench}` is in several packages; choose one with --package: {}", packages.join(", "))]
    Ambiguous {
        /// The requested name.
        bench: String,
        /// The packages.
        packages: Vec<String>,
    },
}

fn known(benches: &[String]) -> String {
    match benches {
        [] => ": the workspace has no bench targets; add a [[bench]] with `harness = false` to \
               Cargo.toml, as in the section \"Measure your own crate\" of heapmark's README.md"
            .to_owned(),
        some => format!("; choose one with --bench: {}", some.join(", ")),
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
        if !folder
            .ancestors()
            .any(|folder| folder.join("Cargo.toml").exists())
        {
            return Err(WorkspaceError::NoManifest(folder.to_owned()));
        }
        let arguments = ["metadata", "--format-version", "1", "--no-deps"];
        let metadata: Metadata = serde_json::from_str(&output(&cargo(), &arguments, folder)?)?;
        let benches = metadata.packages.iter().flat_map(|package| {
            let targets = package.targets.iter();
            let benches = targets.filter(|target| target.kind.iter().any(|kind| kind == "bench"));
            benches.map(|target| Target {
                package: package.name.clone(),
                bench: target.name.clone(),
                features: target.required_features.clone(),
            })
        });
        Ok(Self {
            root: metadata.workspace_root,
            target: metadata.target_directory,
            benches: benches.collect(),
        })
    }

    /// The same workspace with the target folder `target`.
    pub fn built_in(self, target: PathBuf) -> Self {
        Self { target, ..self }
    }

    /// The bench target `bench` in `package`, or in any package. Without a name, it is the only
    /// bench target, or `memory_benchmarks` if there are several.
    ///
    /// # Errors
    ///
    /// If there is none or more than one. The message lists the choices.
    pub fn bench(
        &self,
        bench: Option<&str>,
        package: Option<&str>,
    ) -> Result<Target, WorkspaceError> {
        let in_package: Vec<&Target> = self
            .benches
            .iter()
            .filter(|target| package.is_none_or(|package| target.package == package))
            .collect();
        if let (None, [only]) = (bench, &in_package[..]) {
            return Ok((*only).clone());
        }
        let bench = bench.unwrap_or(DEFAULT_BENCH);
        let mut named = in_package
            .into_iter()
            .filter(|target| target.bench == bench);
        match (named.next(), named.next()) {
            (Some(target), None) => Ok(target.clone()),
            (None, _) => Err(WorkspaceError::NoBench {
                bench: bench.to_owned(),
                root: self.root.clone(),
                benches: self
                    .benches
                    .iter()
                    .map(|target| format!("{}/{}", target.package, target.bench))
                    .collect(),
            }),
            (Some(first), Some(second)) => Err(WorkspaceError::Ambiguous {
                bench: bench.to_owned(),
                packages: [first, second]
                    .into_iter()
                    .chain(named)
                    .map(|target| target.package.clone())
                    .collect(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Target, Workspace, WorkspaceError};

    fn workspace(benches: &[(&str, &str)]) -> Workspace {
        let target = |&(package, bench): &(&str, &str)| Target {
            package: package.to_owned(),
            bench: bench.to_owned(),
            features: Vec::new(),
        };
        Workspace {
            root: "/w".into(),
            target: "/w/target".into(),
            benches: benches.iter().map(target).collect(),
        }
    }

    #[test]
    fn the_only_bench_target_needs_no_name() {
        let target = workspace(&[("mine", "memory")]).bench(None, None).unwrap();
        assert_eq!(target.bench, "memory");
    }

    #[test]
    fn one_of_several_is_the_default_or_named() {
        let workspace = workspace(&[("mine", "speed"), ("mine", "memory_benchmarks")]);
        let chosen = |name| workspace.bench(name, None).map(|target| target.bench);
        assert_eq!(chosen(None).unwrap(), "memory_benchmarks");
        assert_eq!(chosen(Some("speed")).unwrap(), "speed");
        let message = chosen(Some("sped")).unwrap_err().to_string();
        assert!(
            message.contains("mine/speed, mine/memory_benchmarks"),
            "{message}"
        );
    }

    #[test]
    fn a_name_in_several_packages_needs_the_package() {
        let workspace = workspace(&[("one", "memory"), ("two", "memory")]);
        let error = workspace.bench(Some("memory"), None).unwrap_err();
        assert!(matches!(error, WorkspaceError::Ambiguous { .. }), "{error}");
        assert_eq!(
            workspace
                .bench(Some("memory"), Some("two"))
                .unwrap()
                .package,
            "two"
        );
    }

    #[test]
    fn the_error_for_a_workspace_without_benches_states_what_to_add() {
        let message = workspace(&[]).bench(None, None).unwrap_err().to_string();
        assert!(message.contains("add a [[bench]]"), "{message}");
    }

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
