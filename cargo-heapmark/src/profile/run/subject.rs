//! The program to profile: one that is already built, one that cargo builds, or the example server
//! of this repository (in `xtask`).

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::tool::Tool;

/// A program that runs under a tool.
pub trait Subject {
    /// The path of the program, built with the settings that `tool` needs.
    ///
    /// # Errors
    ///
    /// If the program does not build, does not exist, or cannot be profiled by this tool.
    fn program(&self, tool: Tool) -> Result<PathBuf>;

    /// What the program lacks for `tool`, if this is known without a build.
    fn program_needs(&self, tool: Tool) -> Option<String> {
        let _ = tool;
        None
    }

    /// Its arguments under `tool`.
    fn arguments(&self, tool: Tool) -> Vec<OsString>;

    /// The URL that a server answers when it is ready; `None` if it prints its address in a line
    /// `ready pid=PID address=HOST:PORT`.
    fn ready_url(&self) -> Option<&str> {
        None
    }

    /// Whether it is a server that reports its live memory at `/stats`.
    fn states_heap(&self) -> bool {
        false
    }
}

/// A program that is already built.
pub struct Given {
    /// The path of the program, or a name to look up in PATH.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// The URL that it answers when it is ready, if it is a server.
    pub ready_url: Option<String>,
}

impl Subject for Given {
    fn program(&self, tool: Tool) -> Result<PathBuf> {
        if let Some(reason) = self.program_needs(tool) {
            bail!("{reason}");
        }
        found(&self.program)
    }

    fn program_needs(&self, tool: Tool) -> Option<String> {
        missing_inside(tool)
    }

    fn arguments(&self, _: Tool) -> Vec<OsString> {
        self.arguments.clone()
    }

    fn ready_url(&self) -> Option<&str> {
        self.ready_url.as_deref()
    }
}

/// A cargo target, which is built with the settings that the tool needs.
pub struct CargoTarget {
    /// The flags that select the target: `--bin NAME` or `--example NAME`, and `--package NAME`.
    pub chosen: Vec<OsString>,
    /// The name of the target.
    pub name: String,
    /// Whether it is an example.
    pub is_example: bool,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// The URL that it answers when it is ready, if it is a server.
    pub ready_url: Option<String>,
}

impl Subject for CargoTarget {
    fn program(&self, tool: Tool) -> Result<PathBuf> {
        let mut cargo = Command::new("cargo");
        let (folder, variables) = match tool {
            Tool::Lsan => {
                cargo.arg("+nightly");
                ("lsan", vec![("RUSTFLAGS", SANITIZER)])
            }
            Tool::Live => ("live", vec![("RUSTFLAGS", FRAME_POINTERS)]),
            _ => ("plain", Vec::new()),
        };
        let target = super::target_folder()?.join(folder);
        cargo.args(["build", "--release"]).args(&self.chosen);
        // Without line tables, call sites have no lines.
        cargo.args(["--config", "profile.release.debug='line-tables-only'"]);
        cargo.args(["--config", "profile.release.strip=false"]);
        cargo.arg("--target-dir").arg(&target).envs(variables);
        let mut built = target;
        if tool == Tool::Lsan {
            // With an explicit target, build scripts and proc macros are not sanitised.
            cargo.args(["--target", HOST]);
            built.push(HOST);
        }
        if !cargo.status().context("cannot run cargo")?.success() {
            bail!("cargo cannot build `{}`; see its output above", self.name);
        }
        built.push("release");
        if self.is_example {
            built.push("examples");
        }
        built.push(&self.name);
        if !built.is_file() {
            bail!("cargo did not build {}", built.display());
        }
        Ok(built)
    }

    fn arguments(&self, _: Tool) -> Vec<OsString> {
        self.arguments.clone()
    }

    fn ready_url(&self) -> Option<&str> {
        self.ready_url.as_deref()
    }
}

/// The compiler's flags for LeakSanitizer.
pub const SANITIZER: &str = "-Z sanitizer=leak";
/// The compiler's flags for frame pointers, with which call stacks are cheap to walk.
pub const FRAME_POINTERS: &str = "-C force-frame-pointers=yes";
/// The target triple for builds with LeakSanitizer.
pub const HOST: &str = if cfg!(target_arch = "aarch64") {
    "aarch64-unknown-linux-gnu"
} else {
    "x86_64-unknown-linux-gnu"
};

/// Why a tool that must be part of the program cannot profile one that is already built, and what
/// to do instead.
fn missing_inside(tool: Tool) -> Option<String> {
    match tool {
        Tool::Dhat => Some(format!(
            "dhat must be part of the program. Use valgrind-dhat, which needs no code, or add these lines to the program\n\n{DHAT_LINES}\n\nand profile it with `--bin NAME` instead of `-- COMMAND`"
        )),
        Tool::Lsan => Some(
            "lsan must be compiled into the program: profile a cargo target with `--bin NAME` instead of `-- COMMAND`, or use memcheck, which needs no build".to_owned(),
        ),
        _ => None,
    }
}

pub(super) const DHAT_LINES: &str = "    #[global_allocator]
    static ALLOC: dhat::Alloc = dhat::Alloc;

    let file = std::env::var(\"HEAPMARK_DHAT_OUT\").unwrap_or_else(|_| \"dhat-heap.json\".into());
    let _profiler = dhat::Profiler::builder().file_name(file).build(); // first in main";

/// The path of the program. A name without a folder is looked up in PATH.
fn found(program: &Path) -> Result<PathBuf> {
    if program.components().count() > 1 {
        let path = std::path::absolute(program)?;
        if !path.is_file() {
            bail!(
                "{} is not a file; check the path of the program",
                path.display()
            );
        }
        return Ok(path);
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let mut paths = std::env::split_paths(&folders).map(|folder| folder.join(program));
    let path = paths.find(|path| path.is_file());
    path.with_context(|| {
        format!(
            "`{}` is not in PATH; use the path of the program",
            program.display()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{Given, Subject as _, Tool, found};
    use std::path::{Path, PathBuf};

    fn refused(tool: Tool) -> String {
        let given = Given {
            program: PathBuf::from("sort"),
            arguments: Vec::new(),
            ready_url: None,
        };
        given.program(tool).unwrap_err().to_string()
    }

    #[test]
    fn a_tool_that_has_to_be_inside_is_refused_with_what_to_do() {
        assert!(refused(Tool::Dhat).contains("static ALLOC: dhat::Alloc"));
        assert!(refused(Tool::Lsan).contains("--bin NAME"));
    }

    #[test]
    fn a_program_is_found_in_the_path_and_a_missing_one_is_named() {
        assert!(found(Path::new("sort")).unwrap().is_absolute());
        let missing = found(Path::new("no-such-program")).unwrap_err();
        assert!(missing.to_string().contains("`no-such-program`"));
        assert!(found(Path::new("./no/such/program")).is_err());
    }
}
