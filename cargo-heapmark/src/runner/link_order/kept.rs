//! The kept inputs of a link, and how they are linked again in another order.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The linker, its inputs and its arguments: everything that is needed to link a binary again.
#[derive(Clone, Debug)]
pub(in crate::runner) struct Kept {
    linker: String,
    folder: PathBuf,
    arguments: Vec<String>,
}

impl Kept {
    /// Reads what the linker script stored in `folder`.
    pub(super) fn read(folder: &Path) -> io::Result<Self> {
        let line = |name: &str| {
            let text = fs::read_to_string(folder.join(name))?;
            Ok::<_, io::Error>(text.trim_end_matches('\n').to_owned())
        };
        Ok(Self {
            linker: line("linker")?,
            folder: PathBuf::from(line("folder")?),
            arguments: line("arguments")?.lines().map(str::to_owned).collect(),
        })
    }

    /// Links to `binary`. The linker script `align` aligns the functions, and `seed` determines
    /// their order. Line tables are stripped, because timing does not need them.
    ///
    /// # Errors
    ///
    /// The first error that the linker prints.
    pub(super) fn link(&self, seed: u32, align: &Path, binary: &Path) -> Result<(), String> {
        let output = Command::new(&self.linker)
            .args(self.arguments_for(binary))
            .arg(format!("-Wl,--shuffle-sections=.text*={seed}"))
            .arg(format!("-Wl,-T,{}", align.display()))
            .arg("-Wl,--strip-debug")
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("cannot run `{}`: {error}", self.linker))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let complaint = said.lines().find(|line| line.contains("error"));
        let complaint = complaint.or_else(|| said.lines().next()).unwrap_or("");
        Err(format!(
            "the linker cannot shuffle sections ({}); use lld",
            complaint.trim()
        ))
    }

    /// The arguments with another output file.
    fn arguments_for<'a>(&'a self, binary: &'a Path) -> impl Iterator<Item = &'a std::ffi::OsStr> {
        let is_output = |index: usize| {
            let before = index.checked_sub(1)?;
            self.arguments.get(before).filter(|flag| *flag == "-o")
        };
        let arguments = self.arguments.iter().enumerate();
        arguments.map(move |(index, argument)| match is_output(index) {
            Some(_) => binary.as_os_str(),
            None => argument.as_ref(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_output_file_differs() {
        let kept = Kept {
            linker: "cc".to_owned(),
            folder: PathBuf::from("/"),
            arguments: ["a.o", "-o", "old", "-lc"].map(str::to_owned).to_vec(),
        };
        let arguments: Vec<_> = kept.arguments_for(Path::new("/new")).collect();
        assert_eq!(arguments, ["a.o", "-o", "/new", "-lc"]);
    }

    #[test]
    fn a_linker_that_refuses_is_quoted() {
        let kept = Kept {
            linker: "false".to_owned(),
            folder: PathBuf::from("/"),
            arguments: Vec::new(),
        };
        let refused = kept.link(1, Path::new("/align.ld"), Path::new("/nowhere"));
        assert!(refused.unwrap_err().contains("cannot shuffle"));
    }
}
