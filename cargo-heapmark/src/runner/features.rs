//! Finds the crates that are measured with features that only dev-dependencies enable. A program
//! would not have them, but cargo unifies the features of the whole graph of a benchmark.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::process::Command;

use super::command::{CommandError, cargo, output_of};
use super::workspace::{Target, Workspace};

/// A dependency of the measured package, and its features that only dev-dependencies enable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DevFeatures {
    /// Its name and version, as in `clap 4.6.9`.
    pub name: String,
    /// The features, sorted.
    pub features: Vec<String>,
}

impl fmt::Display for DevFeatures {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({})", self.name, self.features.join(", "))
    }
}

/// The dependencies of the package of `target`, without its dev-dependencies, that have more
/// features in the benchmark.
///
/// # Errors
///
/// If cargo cannot resolve the graph.
pub fn dev_features(
    workspace: &Workspace,
    target: &Target,
) -> Result<Vec<DevFeatures>, CommandError> {
    let alone = resolved(workspace, target, "normal")?;
    let measured = resolved(workspace, target, "normal,dev")?;
    let added = alone.into_iter().filter_map(|(name, own)| {
        let all = measured.get(&name)?;
        let features: Vec<String> = all.difference(&own).cloned().collect();
        (!features.is_empty()).then_some(DevFeatures { name, features })
    });
    Ok(added.collect())
}

/// Each crate with its features, in a graph with these kinds of edges.
fn resolved(
    workspace: &Workspace,
    target: &Target,
    edges: &str,
) -> Result<BTreeMap<String, BTreeSet<String>>, CommandError> {
    let mut command = Command::new(cargo());
    command.current_dir(&workspace.root);
    command.args(["tree", "--quiet", "--prefix", "none", "--format", "{p}|{f}"]);
    command.args(["--edges", edges, "--package", &target.package]);
    workspace.flags.add_to_any(&mut command);
    workspace.flags.add_features(&mut command, &target.features);
    Ok(read(&output_of(command)?))
}

/// Reads lines such as `clap v4.6.9|color,help`. cargo adds `(/a/path)`, `(proc-macro)`, and ` (*)`
/// to a crate that it has already printed.
fn read(tree: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut crates: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in tree.lines() {
        let Some((package, features)) = line.split_once('|') else {
            continue;
        };
        let mut words = package.split(' ');
        let (Some(name), Some(version)) = (words.next(), words.next()) else {
            continue;
        };
        let name = format!("{name} {}", version.trim_start_matches('v'));
        let features = features.trim_end_matches(" (*)").split(',');
        let features = features.filter(|feature| !feature.is_empty());
        crates
            .entry(name)
            .or_default()
            .extend(features.map(str::to_owned));
    }
    crates
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{DevFeatures, dev_features};
    use crate::runner::{Harness, Target, Workspace};

    fn package(root: &Path, name: &str, rest: &str) {
        let folder = root.join(name);
        fs::create_dir_all(folder.join("src")).unwrap();
        fs::write(folder.join("src/lib.rs"), "").unwrap();
        let head =
            format!("[package]\nname = \"{name}\"\nversion = \"1.2.3\"\nedition = \"2024\"\n");
        fs::write(folder.join("Cargo.toml"), head + rest).unwrap();
    }

    /// A library that `measured` and its dev-dependency `harness` share.
    fn shared(harness: &str) -> Vec<DevFeatures> {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        package(root, "shared", "[features]\nhelp = []\nplain = []\n");
        package(
            root,
            "harness",
            &format!("[dependencies]\nshared = {{ path = \"../shared\"{harness} }}\n"),
        );
        package(
            root,
            "measured",
            "[dependencies]\nshared = { path = \"../shared\", features = [\"plain\"] }\n[dev-dependencies]\nharness = { path = \"../harness\" }\n",
        );
        let members =
            "[workspace]\nmembers = [\"shared\", \"harness\", \"measured\"]\nresolver = \"3\"\n";
        fs::write(root.join("Cargo.toml"), members).unwrap();
        let workspace = Workspace::find(root).unwrap();
        let target = Target {
            package: "measured".to_owned(),
            bench: "memory".to_owned(),
            features: Vec::new(),
            source: root.join("measured/benches/memory.rs"),
            folder: root.join("measured"),
            harness: Harness::Heapmark,
        };
        dev_features(&workspace, &target).unwrap()
    }

    #[test]
    fn features_that_only_dev_dependencies_turn_on_are_named() {
        let expected = DevFeatures {
            name: "shared 1.2.3".to_owned(),
            features: vec!["help".to_owned()],
        };
        assert_eq!(shared(", features = [\"help\"]"), [expected]);
    }

    #[test]
    fn features_that_the_package_has_anyway_are_not() {
        assert_eq!(shared(", features = [\"plain\"]"), []);
        assert_eq!(shared(""), []);
    }
}
