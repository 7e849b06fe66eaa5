//! Sets another version of a dependency in a temporary worktree.
//!
//! ```text
//!  NAME=VERSION ─▶ cargo update --precise ── fits ─────────────────────▶ Overridden
//!                        └─ does not ─▶ the requirement becomes =VERSION ▶ Overridden, with a note
//! ```
//!
//! It writes manifests and the lock file, so it must never run on the user's own work tree.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::str::FromStr;

use serde::Deserialize;

use super::command::cargo;
use super::requirement::{EditError, require};

/// A dependency and the version to use, as in `smallvec=1.13.2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DependencyOverride {
    /// The name of the package.
    pub name: String,
    /// Its full version.
    pub version: String,
}

/// A dependency override that was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overridden {
    /// The override.
    pub dependency: DependencyOverride,
    /// Whether the requirement in a manifest was changed for it.
    pub requirement_changed: bool,
}

/// Why a dependency override could not be applied.
#[derive(Debug, thiserror::Error)]
pub enum OverrideError {
    /// The text is not `NAME=VERSION`.
    #[error("`{0}` is not of the form NAME=VERSION, as in smallvec=1.13.2")]
    Form(String),
    /// cargo cannot be started.
    #[error("cannot run cargo: {0}")]
    Start(#[from] std::io::Error),
    /// cargo cannot describe the workspace.
    #[error("cargo cannot resolve the dependencies: {0}")]
    Resolve(String),
    /// There is no dependency of that name.
    #[error("no dependency is called `{name}`{}", near(near_names))]
    NoDependency {
        /// The name.
        name: String,
        /// Similar names.
        near_names: Vec<String>,
    },
    /// The package does not depend on it directly, and other packages use several versions.
    #[error(
        "`{package}` does not depend on `{name}` directly, and other packages use {}; add `{name}` to the manifest of `{package}`",
        versions.join(" and ")
    )]
    Ambiguous {
        /// The package of the bench target.
        package: String,
        /// The name.
        name: String,
        /// The versions.
        versions: Vec<String>,
    },
    /// There is no such version, or another crate is not compatible with it.
    #[error("cannot use {version} of `{name}`: {reason}")]
    Refused {
        /// The name.
        name: String,
        /// The version.
        version: String,
        /// The reason that cargo prints.
        reason: String,
    },
    /// A manifest cannot be changed.
    #[error(transparent)]
    Manifest(#[from] EditError),
}

fn near(names: &[String]) -> String {
    match names {
        [] => String::new(),
        some => format!("; did you mean {}?", some.join(", ")),
    }
}

impl FromStr for DependencyOverride {
    type Err = OverrideError;

    fn from_str(text: &str) -> Result<Self, OverrideError> {
        let parts = text.split_once('=');
        let plain = |part: &str| {
            let fits = |c: char| c.is_ascii_alphanumeric() || "_-.+".contains(c);
            part.starts_with(|c: char| c.is_ascii_alphanumeric()) && part.chars().all(fits)
        };
        match parts.filter(|(name, version)| plain(name) && plain(version)) {
            Some((name, version)) => Ok(Self {
                name: name.to_owned(),
                version: version.to_owned(),
            }),
            None => Err(OverrideError::Form(text.to_owned())),
        }
    }
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    workspace_members: Vec<String>,
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    manifest_path: PathBuf,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    dependencies: Vec<String>,
}

/// Applies a dependency override to the workspace that contains `folder`: the dependency of
/// `package` with its name gets its version.
///
/// # Errors
///
/// [`OverrideError`] if there is no such dependency or no such version.
pub fn override_dependency(
    folder: &Path,
    package: &str,
    override_: &DependencyOverride,
) -> Result<Overridden, OverrideError> {
    let before = metadata(folder)?;
    let present = before.dependency(package, &override_.name)?;
    let spec = format!("{}@{}", present.name, present.version);
    let update = [
        "update",
        "--package",
        &spec,
        "--precise",
        &override_.version,
    ];
    let overridden = |requirement_changed| Overridden {
        dependency: override_.clone(),
        requirement_changed,
    };
    let updated = run(folder, &update)?;
    // For a vendored folder, cargo reports success without an update.
    let reason = match updated {
        Ok(_) if metadata(folder)?.has(package, override_) => return Ok(overridden(false)),
        Ok(_) => "cargo chose another version".to_owned(),
        Err(reason) => reason,
    };
    let refused = |reason: String| OverrideError::Refused {
        name: override_.name.clone(),
        version: override_.version.clone(),
        reason,
    };
    let members = before.packages.iter();
    let members = members.filter(|package| before.workspace_members.contains(&package.id));
    let mut manifests: Vec<PathBuf> = members.map(|p| p.manifest_path.clone()).collect();
    let root = before.workspace_root.join("Cargo.toml");
    if !manifests.contains(&root) {
        manifests.push(root);
    }
    let mut edited = false;
    for manifest in manifests {
        edited |= require(&manifest, &override_.name, &override_.version)?;
    }
    if !edited {
        return Err(refused(reason));
    }
    let after = metadata(folder).map_err(|error| refused(error.to_string()))?;
    if after.has(package, override_) {
        Ok(overridden(true))
    } else {
        Err(refused(reason))
    }
}

impl Metadata {
    /// Whether `package` depends on the version of the override.
    fn has(&self, package: &str, override_: &DependencyOverride) -> bool {
        let now = self.dependency(package, &override_.name);
        now.is_ok_and(|now| now.version == override_.version)
    }

    /// The direct dependency of `package` with that name, else the only package with that name.
    fn dependency(&self, package: &str, name: &str) -> Result<&Package, OverrideError> {
        let own = self.packages.iter().find(|candidate| {
            candidate.name == package && self.workspace_members.contains(&candidate.id)
        });
        let node = own.and_then(|own| self.resolve.nodes.iter().find(|node| node.id == own.id));
        let direct = node.map_or(&[][..], |node| &node.dependencies);
        let named: Vec<&Package> = self.packages.iter().filter(|p| p.name == name).collect();
        if let Some(direct) = named.iter().find(|package| direct.contains(&package.id)) {
            return Ok(direct);
        }
        match &named[..] {
            [only] => Ok(only),
            [] => Err(OverrideError::NoDependency {
                name: name.to_owned(),
                near_names: self.near(name),
            }),
            several => Err(OverrideError::Ambiguous {
                package: package.to_owned(),
                name: name.to_owned(),
                versions: several.iter().map(|p| p.version.clone()).collect(),
            }),
        }
    }

    fn near(&self, name: &str) -> Vec<String> {
        let names = self.packages.iter().map(|package| &package.name);
        let mut near: Vec<String> = names
            .filter(|other| strsim::jaro_winkler(other, name) > 0.85)
            .cloned()
            .collect();
        near.sort();
        near.dedup();
        near.truncate(3);
        near
    }
}

fn metadata(folder: &Path) -> Result<Metadata, OverrideError> {
    let said =
        run(folder, &["metadata", "--format-version", "1"])?.map_err(OverrideError::Resolve)?;
    serde_json::from_str(&said).map_err(|error| OverrideError::Resolve(error.to_string()))
}

/// What cargo prints, or its error on one line.
fn run(folder: &Path, arguments: &[&str]) -> Result<Result<String, String>, OverrideError> {
    let output = Command::new(cargo())
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()?;
    if output.status.success() {
        return Ok(Ok(String::from_utf8_lossy(&output.stdout).into_owned()));
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let lines = said.lines().map(str::trim);
    let mut lines = lines.skip_while(|line| !line.starts_with("error:"));
    let first = lines.next().unwrap_or("cargo printed no reason");
    let first = first.strip_prefix("error:").unwrap_or(first).trim();
    let more: Vec<&str> = lines.filter(|line| !line.is_empty()).take(4).collect();
    Ok(Err(format!("{first} {}", more.join(" ")).trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::DependencyOverride;

    #[test]
    fn an_override_is_a_name_and_a_version_and_never_an_option() {
        let dependency: DependencyOverride = "smallvec=1.13.2".parse().unwrap();
        assert_eq!(
            (&*dependency.name, &*dependency.version),
            ("smallvec", "1.13.2")
        );
        for text in [
            "smallvec",
            "=1",
            "smallvec=",
            "--config=x",
            "a==1",
            "a=-1",
            "a b=1",
        ] {
            assert!(text.parse::<DependencyOverride>().is_err(), "{text}");
        }
    }
}
