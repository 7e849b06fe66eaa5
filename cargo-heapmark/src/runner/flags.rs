//! The flags of cargo that commands with a build accept, with cargo's meaning.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Flags that are passed on to cargo.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
#[command(next_help_heading = "Options of cargo")]
pub struct CargoFlags {
    /// Features to activate (comma-separated).
    #[arg(long, short = 'F', value_name = "FEATURES", value_delimiter = ',')]
    pub features: Vec<String>,
    /// Activate all features of the package.
    #[arg(long)]
    pub all_features: bool,
    /// Do not activate the default feature.
    #[arg(long)]
    pub no_default_features: bool,
    /// Profile of the build [default: bench].
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Folder for all build output.
    #[arg(long, value_name = "DIR")]
    pub target_dir: Option<PathBuf>,
    /// Path to Cargo.toml.
    #[arg(long, value_name = "PATH")]
    pub manifest_path: Option<PathBuf>,
    /// Fail if Cargo.lock does not match Cargo.toml.
    #[arg(long)]
    pub locked: bool,
    /// Access no network.
    #[arg(long)]
    pub offline: bool,
    /// Configuration of cargo: a file, or a key and a value.
    #[arg(long, value_name = "KEY=VALUE|PATH")]
    pub config: Vec<String>,
}

/// The profile of benchmarks.
const BENCH: &str = "bench";

impl CargoFlags {
    /// The folder in which the command looks for the workspace: that of the manifest, or `here`.
    pub fn folder(&self, here: &Path) -> PathBuf {
        let manifest = self.manifest_path.as_deref().map(|path| here.join(path));
        let folder = manifest.as_deref().and_then(Path::parent);
        let folder = folder.unwrap_or(here);
        // Without `..`, because paths of members are compared with it.
        folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
    }

    /// The flags that choose what is built, as in a command line; empty for the usual build. Counts
    /// of different choices do not belong to one history.
    pub fn of_build(&self) -> String {
        let mut words = Vec::new();
        if !self.features.is_empty() {
            let mut features = self.features.clone();
            features.sort();
            words.push(format!("--features {}", features.join(",")));
        }
        if self.all_features {
            words.push("--all-features".to_owned());
        }
        if self.no_default_features {
            words.push("--no-default-features".to_owned());
        }
        if let Some(profile) = self.profile.as_deref().filter(|name| *name != BENCH) {
            words.push(format!("--profile {profile}"));
        }
        words.join(" ")
    }

    /// The profile of the build.
    pub(super) fn profile(&self) -> &str {
        self.profile.as_deref().unwrap_or(BENCH)
    }

    /// Adds the flags that every subcommand of cargo takes.
    pub(super) fn add_to_any(&self, cargo: &mut Command) {
        if self.offline {
            cargo.arg("--offline");
        }
        for config in &self.config {
            // cargo runs in another folder, so the path of a file must not depend on it.
            let file = Path::new(config).canonicalize().ok();
            let file = file.map(PathBuf::into_os_string);
            cargo
                .arg("--config")
                .arg(file.unwrap_or_else(|| config.into()));
        }
    }

    /// Adds the flags that choose features, and `required`, which a target needs anyway.
    pub(super) fn add_features(&self, cargo: &mut Command, required: &[String]) {
        let features: Vec<&str> = self
            .features
            .iter()
            .chain(required)
            .map(String::as_str)
            .collect();
        cargo.args(["--features", &features.join(",")]);
        if self.all_features {
            cargo.arg("--all-features");
        }
        if self.no_default_features {
            cargo.arg("--no-default-features");
        }
    }

    /// Sets the environment variables with which cargo keeps the line tables that call stacks need,
    /// whatever the profile in the manifest sets.
    pub(super) fn keep_line_tables(&self, cargo: &mut Command) {
        let profile = self.profile().to_uppercase().replace('-', "_");
        cargo.env(format!("CARGO_PROFILE_{profile}_DEBUG"), "line-tables-only");
        cargo.env(format!("CARGO_PROFILE_{profile}_STRIP"), "none");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(command: &Command) -> Vec<String> {
        let words = command.get_args().map(|word| word.to_string_lossy());
        words.map(|word| word.into_owned()).collect()
    }

    #[test]
    fn the_usual_build_has_no_flags_in_its_history() {
        assert_eq!(CargoFlags::default().of_build(), "");
        let flags = CargoFlags {
            features: vec!["b".to_owned(), "a".to_owned()],
            no_default_features: true,
            profile: Some("release".to_owned()),
            offline: true,
            ..CargoFlags::default()
        };
        let expected = "--features a,b --no-default-features --profile release";
        assert_eq!(flags.of_build(), expected);
    }

    #[test]
    fn features_of_a_target_are_added_to_the_chosen_ones() {
        let flags = CargoFlags {
            features: vec!["mine".to_owned()],
            all_features: true,
            ..CargoFlags::default()
        };
        let mut cargo = Command::new("cargo");
        flags.add_features(&mut cargo, &["bench".to_owned()]);
        assert_eq!(
            words(&cargo),
            ["--features", "mine,bench", "--all-features"]
        );
    }

    #[test]
    fn the_workspace_is_around_the_given_manifest() {
        let mut flags = CargoFlags::default();
        assert_eq!(flags.folder(Path::new("/here")), Path::new("/here"));
        flags.manifest_path = Some("crates/a/Cargo.toml".into());
        assert_eq!(
            flags.folder(Path::new("/here")),
            Path::new("/here/crates/a")
        );
    }
}
