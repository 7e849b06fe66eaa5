use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use serde::Deserialize;

use super::command::cargo;
use super::layout::{KeepingLinker, Kept};
use super::workspace::{Target, Workspace};

/// Why there is no binary to run.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// cargo could not be started.
    #[error("cannot run `{cargo}`: {source}")]
    Start {
        /// The cargo that was tried.
        cargo: String,
        /// What the system says.
        source: io::Error,
    },
    /// cargo has said above what is wrong.
    #[error(
        "cannot build bench target `{bench}` of `{package}` ({status}); mend what cargo reports above"
    )]
    Failed {
        /// The bench target.
        bench: String,
        /// Its package.
        package: String,
        /// How cargo ended.
        status: ExitStatus,
    },
    /// cargo was content but named no binary.
    #[error("cargo built bench target `{bench}` but named no executable; is it `harness = false`?")]
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
    /// The binary, as it was linked.
    pub binary: PathBuf,
    /// What it takes to link it in other layouts, or why that cannot be.
    pub(super) kept: Result<Kept, String>,
}

/// The variable of the compiler's environment that `main!` reads its revision from. cargo knows
/// who reads it, and builds nothing but the bench target anew where it differs.
pub const REVISION: &str = "HEAPMARK_REVISION";

/// The variables of cargo's environment with which call stacks name files and lines, whatever the
/// profile keeps of them.
pub const LINE_TABLES: [(&str, &str); 2] = [
    ("CARGO_PROFILE_BENCH_DEBUG", "line-tables-only"),
    ("CARGO_PROFILE_BENCH_STRIP", "none"),
];

/// Builds a bench target with cargo's bench profile; the compiler sees `variables` in its
/// environment. cargo reports on stderr.
///
/// # Errors
///
/// [`BuildError`] where cargo fails; the reason stands in what it printed.
pub fn build(
    workspace: &Workspace,
    target: &Target,
    variables: &[(&str, &str)],
) -> Result<Built, BuildError> {
    let mut cargo = Command::new(cargo());
    cargo.args(["bench", "--no-run"]);
    cargo.envs(variables.iter().copied());
    Ok(Built {
        binary: run(cargo, workspace, target, |_| {})?,
        kept: Err("it was not linked to be shuffled".to_owned()),
    })
}

/// The same, and keeps what it takes to link the binary again, for the target `triple`; the
/// compiler sees `variables` in its environment.
///
/// # Errors
///
/// As [`build`]. Where inputs cannot be kept there is a binary all the same, and the reason.
pub fn build_to_shuffle(
    workspace: &Workspace,
    target: &Target,
    triple: &str,
    variables: &[(&str, &str)],
) -> Result<Built, BuildError> {
    if !cfg!(target_os = "linux") {
        let not_here = "only lld on Linux is known to shuffle sections".to_owned();
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
                kept: Err(format!("its objects cannot be kept: {error}")),
                ..build(workspace, target, variables)?
            });
        }
    };
    let link = || {
        let mut cargo = Command::new(cargo());
        cargo.args(["rustc", "--profile", "bench"]);
        cargo.envs(variables.iter().copied());
        run(cargo, workspace, target, |cargo| linker.used_by(cargo))
    };
    let mut binary = link()?;
    let mut kept = linker.kept(&binary);
    if kept.is_err() && std::fs::remove_file(&binary).is_ok() {
        // The folder of kept inputs was deleted; cargo links again what is missing.
        binary = link()?;
        kept = linker.kept(&binary);
    }
    Ok(Built {
        binary,
        kept: kept.map_err(|error| format!("its objects were not kept: {error}")),
    })
}

/// Runs `cargo` for `target`, with what `extra` adds at the end; the binary.
fn run(
    mut command: Command,
    workspace: &Workspace,
    target: &Target,
    extra: impl FnOnce(&mut Command),
) -> Result<PathBuf, BuildError> {
    let at_start = |source| BuildError::Start {
        cargo: cargo(),
        source,
    };
    command
        .args(["--quiet", "--message-format", "json-render-diagnostics"])
        .args(["--package", &target.package, "--bench", &target.bench])
        .args(["--features", &target.features.join(",")])
        .arg("--target-dir")
        .arg(&workspace.target);
    extra(&mut command);
    let mut child = command
        .current_dir(&workspace.root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(at_start)?;
    let mut executable = None;
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            executable = executable_of(&line, &target.bench).or(executable);
        }
    }
    let status = child.wait().map_err(at_start)?;
    if !status.success() {
        return Err(BuildError::Failed {
            bench: target.bench.clone(),
            package: target.package.clone(),
            status,
        });
    }
    executable.ok_or_else(|| BuildError::NoExecutable {
        bench: target.bench.clone(),
    })
}

/// The linker that the user has set for the target `triple`, else the one that rustc takes.
fn linker(workspace: &Workspace, triple: &str) -> String {
    let name = triple.to_uppercase().replace(['-', '.'], "_");
    if let Ok(linker) = std::env::var(format!("CARGO_TARGET_{name}_LINKER")) {
        return linker;
    }
    // cargo tells its configuration to those who say that they can bear a change of its form;
    // whatever it says in another form is taken for nothing.
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

/// The binary that a line of cargo's messages names, if it is the one of `bench`.
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
