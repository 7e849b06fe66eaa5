//! Builds the binaries of benches/overhead, each in several link orders.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// One binary for each wrapper, by file name, in the order of the table.
pub const WRAPPERS: [&str; 9] = [
    "plain",
    "default",
    "closed",
    "local",
    "with_control",
    "tracked",
    "stats_alloc",
    "divan",
    "dhat",
];

/// The same binaries in several link orders.
pub struct Binaries {
    /// One folder for each link order.
    folders: Vec<PathBuf>,
    /// Whether the link orders differ. They do not if the linker cannot shuffle.
    pub shuffled: bool,
}

impl Binaries {
    /// Links all wrappers `link_orders` times, or once if the linker cannot shuffle.
    pub fn build(root: &Path, link_orders: usize) -> anyhow::Result<Self> {
        // This fails if a program does not compile. If the next builds fail, the reason is the
        // linker.
        link(root, None)?;
        let shuffled = (1..=link_orders).map(|seed| link(root, Some(seed)));
        if let Ok(folders) = shuffled.collect::<anyhow::Result<_>>() {
            let shuffled = true;
            return Ok(Self { folders, shuffled });
        }
        Ok(Self {
            folders: vec![link(root, None)?],
            shuffled: false,
        })
    }

    pub fn link_orders(&self) -> usize {
        self.folders.len()
    }

    pub fn path(&self, wrapper: &str, link_order: usize) -> PathBuf {
        self.folders[link_order % self.folders.len()].join(wrapper)
    }
}

/// Builds with the functions in the order that `seed` gives, and copies the binaries.
fn link(root: &Path, seed: Option<usize>) -> anyhow::Result<PathBuf> {
    let target = root.join("target");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(root)
        .args(["build", "--quiet", "--release", "--package"])
        .args(["heapmark-overhead", "--bins", "--target-dir"])
        .arg(&target);
    match seed {
        Some(seed) => cargo.env("HEAPMARK_LINK_ORDER", seed.to_string()),
        None => cargo.env_remove("HEAPMARK_LINK_ORDER"),
    };
    let output = cargo.output().context("cannot run `cargo`")?;
    if !output.status.success() {
        bail!(
            "benches/overhead does not build:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    // Names of equal length, because the length of its path moves the stack of a program.
    let folder = target
        .join("overhead")
        .join(format!("{:03}", seed.unwrap_or(0)));
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    for wrapper in WRAPPERS {
        let from = target.join("release").join(wrapper);
        let to = folder.join(wrapper);
        std::fs::copy(&from, &to)
            .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    }
    Ok(folder)
}
