//! The machine, compiler and commit of a result.

use std::path::Path;
use std::process::Command;

use serde::Serialize;

/// What two results must have in common to be comparable.
#[derive(Debug, Serialize)]
pub struct Machine {
    pub cpu: String,
    pub cores: usize,
    pub rustc: String,
    /// Abbreviated; ends with a plus sign if the work tree had changes.
    pub commit: String,
}

impl Machine {
    /// This machine, and the commit of the repository at `root`. Values that cannot be read are
    /// "unknown".
    pub fn here(root: &Path) -> Self {
        let answer = |program: &str, arguments: &[&str]| {
            let output = Command::new(program)
                .current_dir(root)
                .args(arguments)
                .output()
                .ok()
                .filter(|output| output.status.success())?;
            Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        };
        let unknown = || "unknown".to_owned();
        let dirty = answer("git", &["status", "--porcelain"]).is_some_and(|s| !s.is_empty());
        let mut commit =
            answer("git", &["rev-parse", "--short=12", "HEAD"]).unwrap_or_else(unknown);
        if dirty {
            commit.push('+');
        }
        let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        Self {
            cpu: model(&cpuinfo).unwrap_or_else(unknown),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            rustc: answer("rustc", &["--version"]).unwrap_or_else(unknown),
            commit,
        }
    }
}

/// The model of the first CPU in the text of `/proc/cpuinfo`.
fn model(cpuinfo: &str) -> Option<String> {
    let line = cpuinfo
        .lines()
        .find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::model;

    #[test]
    fn the_model_is_read_from_the_first_cpu() {
        let text = "processor\t: 0\nmodel name\t: AMD EPYC\nprocessor\t: 1\nmodel name\t: B\n";
        assert_eq!(model(text).as_deref(), Some("AMD EPYC"));
    }

    #[test]
    fn a_machine_that_names_no_model_has_none() {
        assert_eq!(model("processor\t: 0\n"), None);
    }
}
