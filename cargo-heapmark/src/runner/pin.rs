//! Another version of a dependency, in a worktree that is thrown away.
//!
//! ```text
//!  NAME=VERSION ─▶ cargo update --precise ── fits ─────────────────────────▶ Pinned
//!                        └─ does not ─▶ the requirement becomes =VERSION ────▶ Pinned, and it is said
//! ```
//!
//! It writes manifests and the lock file, so it must never be given the user's own tree.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::str::FromStr;

use serde::Deserialize;

use super::command::cargo;
use super::requirement::{EditError, require};

/// The version that a dependency is to have, as in `smallvec=1.13.2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The name of the package.
    pub name: String,
    /// Its version, whole.
    pub version: String,
}

/// A pin that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    /// What was asked for.
    pub pin: Pin,
    /// Whether a manifest had to require something else for it.
    pub requirement_changed: bool,
}

/// Why a dependency does not have the version that was asked for.
#[derive(Debug, thiserror::Error)]
pub enum PinError {
    /// It is no `NAME=VERSION`.
    #[error("`{0}` is no NAME=VERSION, as in smallvec=1.13.2")]
    Form(String),
    /// cargo cannot be started.
    #[error("cannot run cargo: {0}")]
    Start(#[from] std::io::Error),
    /// cargo cannot describe the workspace.
    #[error("cargo cannot resolve the dependencies: {0}")]
    Resolve(String),
    /// Nothing of that name is there.
    #[error("no dependency is called `{name}`{}", near(near_names))]
    NoDependency {
        /// The name.
        name: String,
        /// Names like it.
        near_names: Vec<String>,
    },
    /// The package does not depend on it directly, and several versions are there.
    #[error("`{package}` does not depend on `{name}` itself, and {} are in use; add it to the manifest", versions.join(" and "))]
    Ambiguous {
        /// The package of the bench target.
        package: String,
        /// The name.
        name: String,
        /// The versions.
        versions: Vec<String>,
    },
    /// cargo has no such version, or another crate does not bear it.
    #[error("`{name}` cannot be {version}: {reason}")]
    Refused {
        /// The name.
        name: String,
        /// The version.
        version: String,
        /// What cargo says.
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

impl FromStr for Pin {
    type Err = PinError;

    fn from_str(text: &str) -> Result<Self, PinError> {
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
            None => Err(PinError::Form(text.to_owned())),
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

/// Gives the dependency that `package`, of the workspace around `folder`, has under the pin's name
/// the pin's version.
///
/// # Errors
///
/// [`PinError`] where there is no such dependency or no such version.
pub fn pin(folder: &Path, package: &str, pin: &Pin) -> Result<Pinned, PinError> {
    let before = metadata(folder)?;
    let present = before.dependency(package, &pin.name)?;
    let spec = format!("{}@{}", present.name, present.version);
    let update = ["update", "--package", &spec, "--precise", &pin.version];
    let pinned = |requirement_changed| Pinned {
        pin: pin.clone(),
        requirement_changed,
    };
    let updated = run(folder, &update)?;
    // Of a vendored folder cargo says that it has updated, and does nothing.
    let reason = match updated {
        Ok(_) if metadata(folder)?.has(package, pin) => return Ok(pinned(false)),
        Ok(_) => "cargo took another version".to_owned(),
        Err(reason) => reason,
    };
    let refused = |reason: String| PinError::Refused {
        name: pin.name.clone(),
        version: pin.version.clone(),
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
        edited |= require(&manifest, &pin.name, &pin.version)?;
    }
    if !edited {
        return Err(refused(reason));
    }
    let after = metadata(folder).map_err(|error| refused(error.to_string()))?;
    if after.has(package, pin) {
        Ok(pinned(true))
    } else {
        Err(refused(reason))
    }
}

impl Metadata {
    /// Whether `package` depends on what `pin` asks for.
    fn has(&self, package: &str, pin: &Pin) -> bool {
        let now = self.dependency(package, &pin.name);
        now.is_ok_and(|now| now.version == pin.version)
    }

    /// The direct dependency of `package`, else the only one of that name that there is.
    fn dependency(&self, package: &str, name: &str) -> Result<&Package, PinError> {
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
            [] => Err(PinError::NoDependency {
                name: name.to_owned(),
                near_names: self.near(name),
            }),
            several => Err(PinError::Ambiguous {
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

fn metadata(folder: &Path) -> Result<Metadata, PinError> {
    let said = run(folder, &["metadata", "--format-version", "1"])?.map_err(PinError::Resolve)?;
    serde_json::from_str(&said).map_err(|error| PinError::Resolve(error.to_string()))
}

/// What cargo prints, or why it does not, in one line.
fn run(folder: &Path, arguments: &[&str]) -> Result<Result<String, String>, PinError> {
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
    let first = lines.next().unwrap_or("cargo did not say why");
    let first = first.strip_prefix("error:").unwrap_or(first).trim();
    let more: Vec<&str> = lines.filter(|line| !line.is_empty()).take(4).collect();
    Ok(Err(format!("{first} {}", more.join(" ")).trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::Pin;

    #[test]
    fn a_pin_is_a_name_and_a_version_and_never_an_option() {
        let pin: Pin = "smallvec=1.13.2".parse().unwrap();
        assert_eq!((&*pin.name, &*pin.version), ("smallvec", "1.13.2"));
        for text in [
            "smallvec",
            "=1",
            "smallvec=",
            "--config=x",
            "a==1",
            "a=-1",
            "a b=1",
        ] {
            assert!(text.parse::<Pin>().is_err(), "{text}");
        }
    }
}
