//! Finds the cargo workspace and its bench targets.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::command::{CommandError, cargo, output_of};
use super::flags::CargoFlags;
use super::harness::{Harness, harness};

/// The bench target that is run by default if there are several.
pub const DEFAULT_BENCH: &str = "memory_benchmarks";

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
    /// Its main file.
    pub source: PathBuf,
    /// The folder of the package.
    pub folder: PathBuf,
    /// Its harness.
    pub harness: Harness,
}

/// The bench targets that a command measures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// A target with heapmark's harness.
    Own(Target),
    /// Targets of one package with other harnesses, which are measured in a shadow directory.
    Foreign(Vec<Target>),
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
    /// No bench target of a package can be measured.
    #[error("no bench target can be measured: {}", reasons.join("; "))]
    NoHarness {
        /// Each target, and why.
        reasons: Vec<String>,
    },
    /// Several packages have bench targets.
    #[error("several packages have bench targets that can be measured; choose one with --package: {}", packages.join(", "))]
    SeveralPackages {
        /// The packages.
        packages: Vec<String>,
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
        let benches = self.benches.iter().map(|target| Target {
            source: to(&target.source),
            folder: to(&target.folder),
            ..target.clone()
        });
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

    /// The bench targets of the given names in `package`, or those that can be measured. Without a
    /// package, it is the one that contains `folder`, if that has bench targets.
    ///
    /// If a package has targets with heapmark's harness, those with other harnesses are only chosen
    /// by name.
    ///
    /// # Errors
    ///
    /// If nothing can be measured, or the choice is not clear. The message lists the choices.
    pub fn choose(
        &self,
        names: &[String],
        package: Option<&str>,
        folder: &Path,
    ) -> Result<Chosen, WorkspaceError> {
        let around = self
            .benches
            .iter()
            .filter(|one| folder.starts_with(&one.folder));
        let around = around.max_by_key(|one| one.folder.components().count());
        let package = package.or(around.map(|one| &*one.package));
        let in_package = || {
            let benches = self.benches.iter();
            benches.filter(move |one| package.is_none_or(|package| one.package == package))
        };
        let is_named = |one: &&Target| names.is_empty() || names.contains(&one.bench);
        let is_foreign = |one: &&Target| one.harness == Harness::Criterion;
        let has_own = in_package().any(|one| one.harness == Harness::Heapmark);
        let foreign: Vec<Target> = in_package()
            .filter(is_named)
            .filter(is_foreign)
            .cloned()
            .collect();
        if foreign.is_empty() || (has_own && names.is_empty()) {
            if !has_own && names.is_empty() && in_package().next().is_some() {
                let reasons = in_package().map(Target::reason_not_to_measure).collect();
                return Err(WorkspaceError::NoHarness { reasons });
            }
            let [name] = names else {
                return self.bench(None, package).map(Chosen::Own);
            };
            return self.bench(Some(name), package).map(Chosen::Own);
        }
        let packages: BTreeSet<&str> = foreign.iter().map(|one| &*one.package).collect();
        if packages.len() > 1 {
            let packages = packages.into_iter().map(str::to_owned).collect();
            return Err(WorkspaceError::SeveralPackages { packages });
        }
        if let Some(missing) = names
            .iter()
            .find(|name| !foreign.iter().any(|one| one.bench == **name))
        {
            self.bench(Some(missing), package)?;
        }
        Ok(Chosen::Foreign(foreign))
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

impl Target {
    /// Why the target cannot be measured, by its harness.
    fn reason_not_to_measure(&self) -> String {
        let Self { package, bench, .. } = self;
        match self.harness {
            Harness::Libtest => format!(
                "`{package}/{bench}` has libtest's harness; set `harness = false` for it in Cargo.toml"
            ),
            _ => format!("`{package}/{bench}` uses neither heapmark nor criterion"),
        }
    }
}

fn folder_of(package: &PackageMetadata) -> PathBuf {
    let folder = package.manifest_path.parent();
    folder.unwrap_or(&package.manifest_path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{CargoFlags, Harness, Target, Workspace, WorkspaceError};

    fn workspace(benches: &[(&str, &str)]) -> Workspace {
        let target = |&(package, bench): &(&str, &str)| Target {
            package: package.to_owned(),
            bench: bench.to_owned(),
            features: Vec::new(),
            source: "/w/benches/b.rs".into(),
            folder: "/w".into(),
            harness: Harness::Heapmark,
        };
        Workspace {
            root: "/w".into(),
            target: "/w/target".into(),
            outside: Vec::new(),
            is_configured: false,
            flags: CargoFlags::default(),
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
