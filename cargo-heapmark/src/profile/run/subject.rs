//! What is profiled: a program that is there already, one that cargo builds, or the example server
//! of this repository (`xtask`).

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::tool::Tool;

/// A program that a tool is put around.
pub trait Subject {
    /// The program, built as `tool` wants it.
    ///
    /// # Errors
    ///
    /// If it does not build, is not there, or cannot be seen by this tool.
    fn program(&self, tool: Tool) -> Result<PathBuf>;

    /// What the program lacks for `tool`, if it is known without a build.
    fn program_needs(&self, tool: Tool) -> Option<String> {
        let _ = tool;
        None
    }

    /// Its arguments under `tool`.
    fn arguments(&self, tool: Tool) -> Vec<OsString>;

    /// Where a server answers once it is ready; `None` if it states its address itself, in a line
    /// `ready pid=PID address=HOST:PORT`.
    fn ready_url(&self) -> Option<&str> {
        None
    }

    /// Whether it is a server that states its live memory at `/stats`.
    fn states_heap(&self) -> bool {
        false
    }
}

/// A program that was not built for this.
pub struct Given {
    /// The program, as a shell would find it.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Where it answers once it is ready, if it is a server.
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

/// A target of the package here, which cargo builds as the tool wants it.
pub struct CargoTarget {
    /// What chooses the target: `--bin NAME` or `--example NAME`, and `--package NAME`.
    pub chosen: Vec<OsString>,
    /// The name of the target.
    pub name: String,
    /// Whether it is an example.
    pub is_example: bool,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Where it answers once it is ready, if it is a server.
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
        // Line tables: without them a call site has no line.
        cargo.args(["--config", "profile.release.debug='line-tables-only'"]);
        cargo.args(["--config", "profile.release.strip=false"]);
        cargo.arg("--target-dir").arg(&target).envs(variables);
        let mut built = target;
        if tool == Tool::Lsan {
            // What the compiler runs while it builds must not be sanitised: hence a target.
            cargo.args(["--target", HOST]);
            built.push(HOST);
        }
        if !cargo.status().context("cargo")?.success() {
            bail!("cargo cannot build `{}`; it states why above", self.name);
        }
        built.push("release");
        if self.is_example {
            built.push("examples");
        }
        built.push(&self.name);
        if !built.is_file() {
            bail!("cargo built no {}", built.display());
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
/// The compiler's flags that make stacks cheap to walk.
pub const FRAME_POINTERS: &str = "-C force-frame-pointers=yes";
/// What the target is called where LeakSanitizer is.
pub const HOST: &str = if cfg!(target_arch = "aarch64") {
    "aarch64-unknown-linux-gnu"
} else {
    "x86_64-unknown-linux-gnu"
};

/// Why a tool that has to be part of a program cannot see one that is built already, and what to do
/// instead.
fn missing_inside(tool: Tool) -> Option<String> {
    match tool {
        Tool::Dhat => Some(format!(
            "dhat has to be part of the program: take valgrind-dhat, which needs no code, or add to the program\n\n{DHAT_LINES}\n\nand profile it by `--bin NAME` instead of `-- COMMAND`"
        )),
        Tool::Lsan => Some(
            "lsan has to be compiled into the program: profile a cargo target by `--bin NAME` instead of `-- COMMAND`, or take memcheck, which needs no build".to_owned(),
        ),
        _ => None,
    }
}

pub(super) const DHAT_LINES: &str = "    #[global_allocator]
    static ALLOC: dhat::Alloc = dhat::Alloc;

    let file = std::env::var(\"HEAPMARK_DHAT_OUT\").unwrap_or_else(|_| \"dhat-heap.json\".into());
    let _profiler = dhat::Profiler::builder().file_name(file).build(); // first in main";

/// The program as a shell would find it.
fn found(program: &Path) -> Result<PathBuf> {
    if program.components().count() > 1 {
        let path = std::path::absolute(program)?;
        if !path.is_file() {
            bail!("{} is not a program that can be run", path.display());
        }
        return Ok(path);
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let mut paths = std::env::split_paths(&folders).map(|folder| folder.join(program));
    let path = paths.find(|path| path.is_file());
    path.with_context(|| {
        format!(
            "`{}` is not in PATH; name the program by its path",
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
