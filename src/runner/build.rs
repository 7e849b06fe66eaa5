use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use serde::Deserialize;

use super::command::cargo;
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

/// Builds a bench target with cargo's bench profile and returns the path of its binary. cargo
/// reports on stderr.
///
/// # Errors
///
/// [`BuildError`] where cargo fails; the reason stands in what it printed.
pub fn build(workspace: &Workspace, target: &Target) -> Result<PathBuf, BuildError> {
    let cargo = cargo();
    let at_start = |source| BuildError::Start {
        cargo: cargo.clone(),
        source,
    };
    let mut child = Command::new(&cargo)
        .args([
            "bench",
            "--quiet",
            "--no-run",
            "--message-format",
            "json-render-diagnostics",
        ])
        .args(["--package", &target.package, "--bench", &target.bench])
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
