//! The memory tools: how each is started, whether it is installed, and which programs it cannot
//! see.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::runner::locked;

/// The option with which massif and dhat write full paths. Without it, all files called `lib.rs`
/// look the same.
const WHOLE_PATHS: &str = "--fullpath-after=";

/// A memory tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// dhat, built into the program.
    Dhat,
    /// valgrind's memcheck.
    Memcheck,
    /// valgrind's massif.
    Massif,
    /// heaptrack.
    Heaptrack,
    /// valgrind's dhat.
    ValgrindDhat,
    /// The compiler's LeakSanitizer, built into the program.
    Lsan,
    /// heapmark's own allocator, in the server.
    Live,
    /// No tool: the baseline that the others are compared with.
    Plain,
}

/// The tools that the user chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Choice {
    /// Every block with its call stack; needs code in the program.
    Dhat,
    /// Blocks that no pointer references any more, and memory errors, with valgrind (alias:
    /// valgrind).
    #[value(alias = "valgrind")]
    Memcheck,
    /// Live memory over time, with valgrind.
    Massif,
    /// Every block with its call stack, for an unmodified program.
    Heaptrack,
    /// Every block with its call stack, with valgrind, for an unmodified program.
    ValgrindDhat,
    /// Blocks that no pointer references any more; needs a cargo target and nightly Rust.
    Lsan,
    /// Memory that each endpoint of a server keeps; needs heapmark's allocator in the server.
    Live,
    /// Every tool that is installed and can profile the program.
    All,
}

impl Choice {
    /// The chosen tools.
    pub fn tools(self) -> Vec<Tool> {
        match self {
            Self::Dhat => vec![Tool::Dhat],
            Self::Memcheck => vec![Tool::Memcheck],
            Self::Massif => vec![Tool::Massif],
            Self::Heaptrack => vec![Tool::Heaptrack],
            Self::ValgrindDhat => vec![Tool::ValgrindDhat],
            Self::Lsan => vec![Tool::Lsan],
            Self::Live => vec![Tool::Live],
            // Lsan is last, because it rebuilds everything with another compiler.
            Self::All => vec![
                Tool::Live,
                Tool::Dhat,
                Tool::Memcheck,
                Tool::Massif,
                Tool::Heaptrack,
                Tool::ValgrindDhat,
                Tool::Lsan,
            ],
        }
    }
}

impl Tool {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dhat => "dhat",
            Self::Memcheck => "memcheck",
            Self::Massif => "massif",
            Self::Heaptrack => "heaptrack",
            Self::ValgrindDhat => "valgrind-dhat",
            Self::Lsan => "lsan",
            Self::Live => "live",
            Self::Plain => "plain",
        }
    }

    fn program(self) -> Option<&'static str> {
        match self {
            Self::Dhat | Self::Lsan | Self::Live | Self::Plain => None,
            Self::Memcheck | Self::Massif | Self::ValgrindDhat => Some("valgrind"),
            Self::Heaptrack => Some("heaptrack"),
        }
    }

    /// Whether it must be built into the program.
    pub fn is_inside(self) -> bool {
        matches!(self, Self::Dhat | Self::Lsan | Self::Live)
    }

    /// How to install the tool; `None` if it is installed.
    pub fn missing(self) -> Option<String> {
        let (words, install): (&[&str], _) = match (self, self.program()) {
            (Self::Lsan, _) => (&["cargo", "+nightly"], "rustup toolchain install nightly"),
            (_, Some("valgrind")) => (&["valgrind"], "sudo apt-get install -y valgrind"),
            (_, Some(_)) => (&["heaptrack"], "sudo apt-get install -y heaptrack"),
            (_, None) => return None,
        };
        let found = Command::new(words[0])
            .args(&words[1..])
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        let is_there = match self {
            // rustup itself may be installed, but not the nightly toolchain.
            Self::Lsan => found.is_ok_and(|status| status.success()),
            _ => found.is_ok(),
        };
        (!is_there).then(|| format!("install it with: {install}"))
    }

    /// The version of the tool.
    pub fn version(self) -> Option<String> {
        let locked = |package| locked(Path::new("."), package);
        let program = match self {
            Self::Live => return locked("heapmark"),
            Self::Plain => return None,
            Self::Dhat => return locked("dhat"),
            Self::Lsan => return said(Command::new("rustc").args(["+nightly", "--version"])),
            Self::Heaptrack => "heaptrack",
            Self::Massif | Self::Memcheck | Self::ValgrindDhat => "valgrind",
        };
        let said = said(Command::new(program).arg("--version"))?;
        let number = said.find(|character: char| character.is_ascii_digit())?;
        Some(said[number..].to_owned())
    }

    /// The name of the file that it writes.
    pub fn output(self) -> &'static str {
        match self {
            Self::Dhat | Self::ValgrindDhat => "dhat-heap.json",
            Self::Memcheck => "memcheck.xml",
            Self::Massif => "massif.out",
            Self::Heaptrack => "heaptrack.zst",
            // It writes its report, if there is one, to stderr.
            Self::Lsan => "stderr.txt",
            Self::Live => "live.json",
            Self::Plain => "nothing",
        }
    }

    /// The tool's part of the command line, before the program.
    pub fn wrapper(self, folder: &Path) -> Vec<OsString> {
        let into = |option: &str| {
            let mut argument = OsString::from(option);
            argument.push(folder.join(self.output()));
            argument
        };
        let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        match self {
            Self::Dhat | Self::Lsan | Self::Live | Self::Plain => Vec::new(),
            Self::Memcheck => {
                // Tracking origins doubles the time and does not help with leaks.
                let mut all = words(&[
                    "valgrind",
                    "--leak-check=full",
                    "--show-leak-kinds=all",
                    "--errors-for-leak-kinds=definite",
                    "--num-callers=40",
                    "--read-inline-info=yes",
                    "--xml=yes",
                ]);
                all.push(into("--xml-file="));
                all
            }
            Self::Massif => {
                let mut all = words(&[
                    "valgrind",
                    "--tool=massif",
                    "--time-unit=ms",
                    "--depth=12",
                    "--detailed-freq=10",
                    "--max-snapshots=200",
                    WHOLE_PATHS,
                ]);
                all.push(into("--massif-out-file="));
                all
            }
            Self::ValgrindDhat => {
                let mut all = words(&["valgrind", "--tool=dhat", WHOLE_PATHS]);
                all.push(into("--dhat-out-file="));
                all
            }
            // heaptrack adds the file extension of the compression itself.
            Self::Heaptrack => {
                let mut all = words(&["heaptrack", "-o"]);
                all.push(folder.join("heaptrack").into_os_string());
                all
            }
        }
    }

    /// The environment variables of the program.
    pub fn variables(self, folder: &Path) -> Vec<(&'static str, OsString)> {
        match self {
            Self::Dhat => vec![("HEAPMARK_DHAT_OUT", folder.join(self.output()).into())],
            // std keeps frame pointers, but the program does not, so a fast unwind would stop
            // early.
            Self::Lsan => vec![("LSAN_OPTIONS", "fast_unwind_on_malloc=0".into())],
            _ => Vec::new(),
        }
    }

    /// Rejects a program with its own allocator if the tool replaces `malloc`. Such a tool cannot
    /// see the heap of the program, so every leak would be reported as clean.
    ///
    /// # Errors
    ///
    /// If the program contains a known allocator or cannot be read.
    pub fn refuse_foreign_allocator(self, server: &Path) -> Result<()> {
        if self.program().is_none() {
            return Ok(());
        }
        let bytes =
            std::fs::read(server).with_context(|| format!("cannot read {}", server.display()))?;
        // The names of their functions, and for a stripped binary the text of their messages.
        let names = r"(?-u)(?:\x00((?:_rjem_|je_)?(?:mallocx|sdallocx)|(?:_rjem_|je_)malloc|mi_(?:malloc|free|malloc_aligned|heap_malloc)|sn_rust_alloc|rpmalloc)\x00)|(<jemalloc>|mimalloc: )";
        let names = regex::bytes::Regex::new(names)?;
        if let Some(found) = names
            .captures(&bytes)
            .and_then(|found| found.get(1).or(found.get(2)))
        {
            bail!(
                "{} contains its own allocator (`{}`). {} replaces malloc and cannot see its blocks, so every leak would look clean; build it with the system's allocator",
                server.display(),
                String::from_utf8_lossy(found.as_bytes()),
                self.name(),
            );
        }
        Ok(())
    }
}

/// What a command prints to stdout; `None` if it fails.
fn said(command: &mut Command) -> Option<String> {
    let output = command
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
