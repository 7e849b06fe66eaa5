//! The tools: what starts a server under each, what is missing, and which servers they cannot see.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::runner::locked;

/// Where paths of files begin for massif and dhat: without it, every `lib.rs` is the same file.
const WHOLE_PATHS: &str = "--fullpath-after=";

/// A tool that watches a server's heap.
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
    /// The compiler's LeakSanitizer, built into the server.
    Lsan,
    /// heapmark's own allocator, in the server.
    Live,
    /// None, which the others are compared with.
    Plain,
}

/// What the user asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Choice {
    /// Every block with its call stack; part of the program.
    Dhat,
    /// Blocks that are lost at the end, by valgrind; also called valgrind.
    #[value(alias = "valgrind")]
    Memcheck,
    /// Live memory over time, by valgrind.
    Massif,
    /// Every block with its call stack, from outside.
    Heaptrack,
    /// As dhat, by valgrind, for an unmodified program.
    ValgrindDhat,
    /// Blocks that are lost at the end, compiled into the program by nightly Rust.
    Lsan,
    /// What each endpoint of a server leaves behind, from heapmark's allocator in it.
    Live,
    /// Every tool that is installed and can see the program.
    All,
}

impl Choice {
    /// The tools that it stands for.
    pub fn tools(self) -> Vec<Tool> {
        match self {
            Self::Dhat => vec![Tool::Dhat],
            Self::Memcheck => vec![Tool::Memcheck],
            Self::Massif => vec![Tool::Massif],
            Self::Heaptrack => vec![Tool::Heaptrack],
            Self::ValgrindDhat => vec![Tool::ValgrindDhat],
            Self::Lsan => vec![Tool::Lsan],
            Self::Live => vec![Tool::Live],
            // The last of them builds everything anew, with another compiler.
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
    /// What the command line calls it.
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

    /// Whether it has to be built into a server.
    pub fn is_inside(self) -> bool {
        matches!(self, Self::Dhat | Self::Lsan | Self::Live)
    }

    /// How to get it, where it is not there.
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
            // rustup is there and says that nightly is not.
            Self::Lsan => found.is_ok_and(|status| status.success()),
            _ => found.is_ok(),
        };
        (!is_there).then(|| format!("install it with: {install}"))
    }

    /// What a tool says of its version.
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

    /// The file that it leaves in `folder`.
    pub fn output(self) -> &'static str {
        match self {
            Self::Dhat | Self::ValgrindDhat => "dhat-heap.json",
            Self::Memcheck => "memcheck.xml",
            Self::Massif => "massif.out",
            Self::Heaptrack => "heaptrack.zst",
            // Its report, where there is one, is all that the server writes there.
            Self::Lsan => "stderr.txt",
            Self::Live => "live.json",
            Self::Plain => "nothing",
        }
    }

    /// The tool's own words before the server's.
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
                // Origins cost as much again and tell nothing of leaks.
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
            // It adds the ending of the compression by itself.
            Self::Heaptrack => {
                let mut all = words(&["heaptrack", "-o"]);
                all.push(folder.join("heaptrack").into_os_string());
                all
            }
        }
    }

    /// What the program is told through its environment.
    pub fn variables(self, folder: &Path) -> Vec<(&'static str, OsString)> {
        match self {
            Self::Dhat => vec![("HEAPMARK_DHAT_OUT", folder.join(self.output()).into())],
            // std keeps frame pointers and the program does not, so stacks would end between them.
            Self::Lsan => vec![("LSAN_OPTIONS", "fast_unwind_on_malloc=0".into())],
            _ => Vec::new(),
        }
    }

    /// A server with an allocator of its own hides its heap from every tool that replaces
    /// `malloc`: that would be a false all-clear.
    pub fn refuse_foreign_allocator(self, server: &Path) -> Result<()> {
        if self.program().is_none() {
            return Ok(());
        }
        let bytes = std::fs::read(server).with_context(|| server.display().to_string())?;
        // Names of their functions, and what stays of a stripped one: the words of its messages.
        let names = r"(?-u)(?:\x00((?:_rjem_|je_)?(?:mallocx|sdallocx)|(?:_rjem_|je_)malloc|mi_(?:malloc|free|malloc_aligned|heap_malloc)|sn_rust_alloc|rpmalloc)\x00)|(<jemalloc>|mimalloc: )";
        let names = regex::bytes::Regex::new(names)?;
        if let Some(found) = names
            .captures(&bytes)
            .and_then(|found| found.get(1).or(found.get(2)))
        {
            bail!(
                "{} brings an allocator of its own (`{}`): {} replaces malloc and would see none of its blocks, so that every leak would look clean; build it with the system's allocator",
                server.display(),
                String::from_utf8_lossy(found.as_bytes()),
                self.name(),
            );
        }
        Ok(())
    }
}

/// What a program says on stdout, where it ends well.
fn said(command: &mut Command) -> Option<String> {
    let output = command
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
