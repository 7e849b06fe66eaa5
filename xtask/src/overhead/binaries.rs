//! Builds the binaries of benches/overhead, each in several layouts of its code.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// One binary a wrapper, by file name, in the order of the table.
pub const WRAPPERS: [&str; 9] = [
    "plain",
    "default",
    "closed",
    "local",
    "witnessed",
    "tracked",
    "stats_alloc",
    "divan",
    "dhat",
];

/// The same binaries in several layouts.
pub struct Binaries {
    /// A folder a layout.
    folders: Vec<PathBuf>,
    /// Whether the layouts differ; not where the linker cannot shuffle.
    pub shuffled: bool,
}

impl Binaries {
    /// Links all wrappers `layouts` times, and once only where the linker cannot shuffle.
    pub fn build(root: &Path, layouts: usize) -> anyhow::Result<Self> {
        // Fails for a program that does not compile; what fails below is the linker.
        link(root, None)?;
        let shuffled = (1..=layouts).map(|seed| link(root, Some(seed)));
        if let Ok(folders) = shuffled.collect::<anyhow::Result<_>>() {
            let shuffled = true;
            return Ok(Self { folders, shuffled });
        }
        Ok(Self {
            folders: vec![link(root, None)?],
            shuffled: false,
        })
    }

    pub fn layouts(&self) -> usize {
        self.folders.len()
    }

    pub fn path(&self, wrapper: &str, layout: usize) -> PathBuf {
        self.folders[layout % self.folders.len()].join(wrapper)
    }
}

/// Builds in the order of functions that `seed` draws, and copies the binaries aside.
fn link(root: &Path, seed: Option<usize>) -> anyhow::Result<PathBuf> {
    let target = root.join("target");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(root)
        .args(["build", "--quiet", "--release", "--package"])
        .args(["heapmark-overhead", "--bins", "--target-dir"])
        .arg(&target);
    match seed {
        Some(seed) => cargo.env("HEAPMARK_LAYOUT", seed.to_string()),
        None => cargo.env_remove("HEAPMARK_LAYOUT"),
    };
    let output = cargo.output().context("starting cargo")?;
    if !output.status.success() {
        bail!(
            "building benches/overhead failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    // Names of equal length: the length of its path moves a program's stack.
    let folder = target
        .join("overhead")
        .join(format!("{:03}", seed.unwrap_or(0)));
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    for wrapper in WRAPPERS {
        let from = target.join("release").join(wrapper);
        let to = folder.join(wrapper);
        std::fs::copy(&from, &to)
            .with_context(|| format!("copying {} to {}", from.display(), to.display()))?;
    }
    Ok(folder)
}
