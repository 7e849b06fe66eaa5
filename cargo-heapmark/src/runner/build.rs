//! Builds bench targets with cargo, and optionally keeps the linker's inputs for other link orders.

use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use serde::Deserialize;

use super::command::cargo;
use super::link_order::{KeepingLinker, Kept};
use super::workspace::{Target, Workspace};

/// Why a bench target could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// cargo could not be started.
    #[error("cannot run `{cargo}`: {source}")]
    Start {
        /// The path of cargo.
        cargo: String,
        /// The system's error.
        source: io::Error,
    },
    /// cargo failed. It printed the reason to stderr.
    #[error(
        "cannot build bench target `{bench}` of `{package}` ({status}); fix the errors that cargo reports above"
    )]
    Failed {
        /// The bench target.
        bench: String,
        /// Its package.
        package: String,
        /// The exit status of cargo.
        status: ExitStatus,
    },
    /// cargo succeeded but reported no executable.
    #[error(
        "cargo built bench target `{bench}` but reported no executable; set `harness = false` for it in Cargo.toml"
    )]
    NoExecutable {
        /// The bench target.
        bench: String,
    },
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    target: Option<BuiltTarget>,
    #[serde(default)]
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct BuiltTarget {
    name: String,
    kind: Vec<String>,
}

/// A built bench target.
#[derive(Clone, Debug)]
pub struct Built {
    /// The binary, in the link order that the linker chose.
    pub binary: PathBuf,
    /// The inputs for other link orders, or the reason why there are none.
    pub(super) kept: Result<Kept, String>,
}

impl Built {
    /// A binary without the inputs for other link orders, and why.
    fn unshuffled(binary: PathBuf, why: &str) -> Self {
        Self {
            binary,
            kept: Err(why.to_owned()),
        }
    }
}

/// The environment variable from which `main!` reads the revision at compile time. cargo tracks it,
/// and rebuilds only the bench target if it changes.
pub const REVISION: &str = "HEAPMARK_REVISION";

/// Builds a bench target with cargo's bench profile. `variables` are set in the environment of the
/// compiler. cargo prints its messages to stderr.
///
/// # Errors
///
/// [`BuildError`] if cargo fails.
pub fn build(
    workspace: &Workspace,
    target: &Target,
    variables: &[(&str, &str)],
) -> Result<Built, BuildError> {
    let mut cargo = Command::new(cargo());
    cargo.args(["bench", "--no-run", "--quiet"]);
    cargo.envs(variables.iter().copied());
    let binary = run_for(cargo, workspace, target, |_| {})?;
    let why = "it was built without link inputs to shuffle";
    Ok(Built::unshuffled(binary, why))
}

/// Builds as [`build`] does, and keeps the linker's inputs, so that the binary can be linked in
/// other link orders. `triple` is the compilation target. If the inputs cannot be kept, the result
/// has the binary and the reason.
///
/// # Errors
///
/// Those of [`build`].
pub fn build_to_shuffle(
    workspace: &Workspace,
    target: &Target,
    triple: &str,
    variables: &[(&str, &str)],
) -> Result<Built, BuildError> {
    if !cfg!(target_os = "linux") {
        let not_here = "shuffling sections needs lld on Linux".to_owned();
        return Ok(Built {
            kept: Err(not_here),
            ..build(workspace, target, variables)?
        });
    }
    let real = linker(workspace, triple);
    let linker = match KeepingLinker::prepare(&workspace.target, real) {
        Ok(linker) => linker,
        Err(error) => {
            return Ok(Built {
                kept: Err(format!("the linker's inputs cannot be kept: {error}")),
                ..build(workspace, target, variables)?
            });
        }
    };
    let link = || {
        let mut cargo = Command::new(cargo());
        cargo.args(["rustc", "--quiet"]);
        cargo.envs(variables.iter().copied());
        run_for(cargo, workspace, target, |cargo| linker.used_by(cargo))
    };
    let mut binary = link()?;
    let mut kept = linker.kept(&binary);
    if kept.is_err() && std::fs::remove_file(&binary).is_ok() {
        // The folder of kept inputs was deleted. Without the binary, cargo links again.
        binary = link()?;
        kept = linker.kept(&binary);
    }
    Ok(Built {
        binary,
        kept: kept.map_err(|error| format!("the linker's inputs were not kept: {error}")),
    })
}

/// Builds bench targets of one package with cargo's bench profile, with criterion replaced as in
/// `config`, a file of cargo's configuration. `variables` are set in the environment of the
/// compiler. Returns the binaries in the order of `targets`. cargo prints its progress to stderr.
///
/// # Errors
///
/// [`BuildError`] if cargo fails.
pub fn build_replaced(
    workspace: &Workspace,
    targets: &[Target],
    config: &Path,
    variables: &[(&str, &str)],
) -> Result<Vec<Built>, BuildError> {
    let mut command = Command::new(cargo());
    command.args(["bench", "--no-run", "--config"]).arg(config);
    command.envs(variables.iter().copied());
    let binaries = run(command, workspace, targets, |_| {})?;
    let why = "benchmarks that use criterion are linked only once";
    let built = binaries.into_iter().map(|it| Built::unshuffled(it, why));
    Ok(built.collect())
}

/// Runs `cargo` for one target of the user's workspace. Returns the binary.
fn run_for(
    mut command: Command,
    workspace: &Workspace,
    target: &Target,
    extra: impl FnOnce(&mut Command),
) -> Result<PathBuf, BuildError> {
    if workspace.flags.locked {
        command.arg("--locked");
    }
    let mut binaries = run(command, workspace, std::slice::from_ref(target), extra)?;
    Ok(binaries.remove(0))
}

/// Runs `cargo` for targets of one package, with the user's flags, and with the arguments that
/// `extra` adds at the end. Returns the binaries in the order of `targets`.
fn run(
    mut command: Command,
    workspace: &Workspace,
    targets: &[Target],
    extra: impl FnOnce(&mut Command),
) -> Result<Vec<PathBuf>, BuildError> {
    let flags = &workspace.flags;
    let package = targets.first().map(|target| target.package.clone());
    let package = package.unwrap_or_default();
    command.args(["--package", &package]);
    let mut features = Vec::new();
    for target in targets {
        command.args(["--bench", &target.bench]);
        features.extend(target.features.iter().cloned());
    }
    command
        .args(["--message-format", "json-render-diagnostics"])
        .args(["--profile", flags.profile()])
        .arg("--target-dir")
        .arg(&workspace.target);
    flags.add_to_any(&mut command);
    flags.add_features(&mut command, &features);
    flags.keep_line_tables(&mut command);
    extra(&mut command);
    let (lines, status) = messages(command, workspace)?;
    if !status.success() {
        let names: Vec<&str> = targets.iter().map(|target| &*target.bench).collect();
        return Err(BuildError::Failed {
            bench: names.join(", "),
            package,
            status,
        });
    }
    let binaries = targets.iter().map(|target| {
        let mut last_first = lines.iter().rev();
        let found = last_first.find_map(|line| executable_of(line, &target.bench));
        found.ok_or_else(|| BuildError::NoExecutable {
            bench: target.bench.clone(),
        })
    });
    binaries.collect()
}

/// Runs cargo. Returns its messages and its exit status.
fn messages(
    mut command: Command,
    workspace: &Workspace,
) -> Result<(Vec<String>, ExitStatus), BuildError> {
    let at_start = |source| BuildError::Start {
        cargo: cargo(),
        source,
    };
    let mut child = command
        .current_dir(&workspace.root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(at_start)?;
    let stdout = child.stdout.take();
    let lines = stdout.map(|stdout| BufReader::new(stdout).lines().map_while(Result::ok));
    let lines = lines.into_iter().flatten().collect();
    let status = child.wait().map_err(at_start)?;
    Ok((lines, status))
}

/// The linker that the user configured for the target `triple`, else the default of rustc.
fn linker(workspace: &Workspace, triple: &str) -> String {
    let name = triple.to_uppercase().replace(['-', '.'], "_");
    if let Ok(linker) = std::env::var(format!("CARGO_TARGET_{name}_LINKER")) {
        return linker;
    }
    // `cargo config get` is unstable, so its output may change. Output in another form is ignored.
    let key = format!("target.{triple}.linker");
    let configured = Command::new(cargo())
        .args(["-Zunstable-options", "config", "get"])
        .args(["--format", "json-value", &key])
        .env("RUSTC_BOOTSTRAP", "1")
        .current_dir(&workspace.root)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let configured = configured.ok().filter(|output| output.status.success());
    let linker = configured.and_then(|output| serde_json::from_slice(&output.stdout).ok());
    linker.unwrap_or_else(|| "cc".to_owned())
}

/// The executable in a line of cargo's messages, if it is that of `bench`.
fn executable_of(line: &str, bench: &str) -> Option<PathBuf> {
    let message: Message = serde_json::from_str(line).ok()?;
    let target = message.target?;
    let ours = target.name == bench && target.kind.iter().any(|kind| kind == "bench");
    message.executable.filter(|_| ours)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::executable_of;

    #[test]
    fn only_the_bench_target_of_that_name_counts() {
        let line = |kind: &str, name: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","target":{{"kind":["{kind}"],"name":"{name}"}},"executable":"/t/b"}}"#
            )
        };
        assert_eq!(
            executable_of(&line("bench", "m"), "m").as_deref(),
            Some(Path::new("/t/b"))
        );
        assert_eq!(executable_of(&line("bin", "m"), "m"), None);
        assert_eq!(executable_of(&line("bench", "other"), "m"), None);
        assert_eq!(
            executable_of(r#"{"reason":"build-finished","success":true}"#, "m"),
            None
        );
    }
}
