//! Links one compiled binary many times, each time with its functions in another order.
//!
//! ```text
//!  cargo rustc … -C linker=target/heapmark/linker.sh
//!      └─ linker.sh ─┬─▶ the binary, as usual
//!                    └─▶ target/heapmark/link/BINARY: objects and arguments   (Kept)
//!                              └─ shuffled by a seed, 0.1 s each ─▶ link orders   (LinkOrders)
//! ```
//!
//! Code placement changes times by several percent. A time from one link order therefore depends on
//! the linker as much as on the code. The same compiled objects and the same seed always give the
//! same link order. Only lld can shuffle sections; with another linker, the result has the reason.

mod kept;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

pub(super) use kept::Kept;

const LINKER: &str = include_str!("linker.sh");
const ALIGN: &str = include_str!("align.ld");

/// A wrapper script of the linker that keeps its inputs.
#[derive(Debug)]
pub(super) struct KeepingLinker {
    script: PathBuf,
    keep: PathBuf,
    real: String,
}

impl KeepingLinker {
    /// Writes the script below the workspace's target folder; `real` is the linker that it calls.
    pub(super) fn prepare(target: &Path, real: String) -> io::Result<Self> {
        let folder = target.join("heapmark");
        let keep = folder.join("link");
        fs::create_dir_all(&keep)?;
        let script = folder.join("linker.sh");
        // An unchanged script is not written again: another process may be about to execute it.
        if fs::read(&script).ok().as_deref() != Some(LINKER.as_bytes()) {
            let mut aside = tempfile::Builder::new();
            #[cfg(unix)]
            aside.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755));
            let mut aside = aside.tempfile_in(&folder)?;
            io::Write::write_all(&mut aside, LINKER.as_bytes())?;
            aside.persist(&script)?;
        }
        Ok(Self { script, keep, real })
    }

    /// Makes a `cargo rustc` command link its final artifact with the script. cargo builds and
    /// caches everything else as usual.
    pub(super) fn used_by(&self, cargo: &mut Command) {
        cargo
            .arg("--")
            .arg("-C")
            .arg(format!("linker={}", self.script.display()))
            .env("HEAPMARK_KEEP", &self.keep)
            .env("HEAPMARK_LINKER", &self.real);
    }

    /// The kept inputs of `binary`.
    pub(super) fn kept(&self, binary: &Path) -> io::Result<Kept> {
        Kept::read(&self.keep.join(binary.file_name().unwrap_or_default()))
    }
}

/// The link orders of one run. Their files are deleted with this value.
#[derive(Debug)]
pub(super) struct LinkOrders {
    kept: Kept,
    folder: TempDir,
    seed: u32,
    random: fastrand::Rng,
    binaries: Vec<PathBuf>,
}

impl LinkOrders {
    /// An empty set. The link orders that are added later are generated from `seed`.
    pub(super) fn new(kept: Kept, target: &Path, seed: u32) -> io::Result<Self> {
        let below = target.join("heapmark").join("link-orders");
        fs::create_dir_all(&below)?;
        let folder = TempDir::new_in(&below)?;
        fs::write(folder.path().join("align.ld"), ALIGN)?;
        Ok(Self {
            kept,
            folder,
            seed,
            random: fastrand::Rng::with_seed(u64::from(seed)),
            binaries: Vec::new(),
        })
    }

    /// The seed from which the link orders are generated.
    pub(super) fn seed(&self) -> u32 {
        self.seed
    }

    /// Links until there are `count` link orders, on all processors.
    ///
    /// # Errors
    ///
    /// The linker's error. Most linkers other than lld cannot shuffle sections.
    pub(super) fn extend_to(&mut self, count: u32) -> Result<(), String> {
        let missing = (count as usize).saturating_sub(self.binaries.len());
        let jobs: Vec<(u32, PathBuf)> = (0..missing)
            .map(|number| {
                // All names have the same length, because the length of the path shifts the stack
                // of a process.
                let name = format!("{:04}", self.binaries.len() + number);
                (self.random.u32(..), self.folder.path().join(name))
            })
            .collect();
        let align = self.folder.path().join("align.ld");
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let share = jobs.len().div_ceil(processors).max(1);
        let kept = &self.kept;
        std::thread::scope(|scope| {
            let link = |jobs: &[(u32, PathBuf)]| {
                jobs.iter()
                    .try_for_each(|(seed, binary)| kept.link(*seed, &align, binary))
            };
            let threads: Vec<_> = jobs
                .chunks(share)
                .map(|jobs| scope.spawn(move || link(jobs)))
                .collect();
            let joined = threads.into_iter().map(|thread| {
                let panicked = |_| Err("the linking thread panicked".to_owned());
                thread.join().unwrap_or_else(panicked)
            });
            joined.collect::<Result<(), String>>()
        })?;
        self.binaries.extend(jobs.into_iter().map(|(_, path)| path));
        Ok(())
    }

    /// The link order `number`, modulo their count. `None` if there are none.
    pub(super) fn get(&self, number: u32) -> Option<&Path> {
        let index = (number as usize).checked_rem(self.binaries.len())?;
        self.binaries.get(index).map(PathBuf::as_path)
    }
}
