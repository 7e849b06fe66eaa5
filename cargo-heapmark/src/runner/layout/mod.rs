//! Links one compile many times, each time with the functions in another order.
//!
//! ```text
//!  cargo rustc … -C linker=target/heapmark/linker.sh
//!      └─ linker.sh ─┬─▶ the binary, as ever
//!                    └─▶ target/heapmark/link/BINARY: objects and arguments   (Kept)
//!                              └─ shuffled by a seed, 0.1 s each ─▶ layouts   (Layouts)
//! ```
//!
//! Where code lies changes how fast it runs by several percent, so that a time from one layout
//! says as much about the linker as about the code. A layout is the same whenever it is linked
//! from the same compile and the same seed. Only lld can shuffle; elsewhere the reason is told.

mod kept;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

pub(super) use kept::Kept;

const LINKER: &str = include_str!("linker.sh");
const ALIGN: &str = include_str!("align.ld");

/// A linker that keeps its inputs.
#[derive(Debug)]
pub(super) struct KeepingLinker {
    script: PathBuf,
    keep: PathBuf,
    real: String,
}

impl KeepingLinker {
    /// Writes the script below the workspace's target folder; `real` is the linker behind it.
    pub(super) fn prepare(target: &Path, real: String) -> io::Result<Self> {
        let folder = target.join("heapmark");
        let keep = folder.join("link");
        fs::create_dir_all(&keep)?;
        let script = folder.join("linker.sh");
        // Left alone where it is right: another report may be about to execute it.
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

    /// Lets a `cargo rustc` link its last unit with it. Everything else is built, and kept by
    /// cargo, as without it.
    pub(super) fn used_by(&self, cargo: &mut Command) {
        cargo
            .arg("--")
            .arg("-C")
            .arg(format!("linker={}", self.script.display()))
            .env("HEAPMARK_KEEP", &self.keep)
            .env("HEAPMARK_LINKER", &self.real);
    }

    /// What it kept of `binary`.
    pub(super) fn kept(&self, binary: &Path) -> io::Result<Kept> {
        Kept::read(&self.keep.join(binary.file_name().unwrap_or_default()))
    }
}

/// The layouts of one run; their files go with it.
#[derive(Debug)]
pub(super) struct Layouts {
    kept: Kept,
    folder: TempDir,
    seed: u32,
    random: fastrand::Rng,
    binaries: Vec<PathBuf>,
}

impl Layouts {
    /// None yet; those to come are drawn from `seed`.
    pub(super) fn new(kept: Kept, target: &Path, seed: u32) -> io::Result<Self> {
        let below = target.join("heapmark").join("layouts");
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

    /// What they are drawn from.
    pub(super) fn seed(&self) -> u32 {
        self.seed
    }

    /// Links until there are `count`, on all processors.
    ///
    /// # Errors
    ///
    /// What the linker says where it cannot do it; most cannot.
    pub(super) fn extend_to(&mut self, count: u32) -> Result<(), String> {
        let missing = (count as usize).saturating_sub(self.binaries.len());
        let jobs: Vec<(u32, PathBuf)> = (0..missing)
            .map(|number| {
                // Names of equal length: the length of its path moves the stack of a process.
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

    /// Layout `number`; they begin again when they end. `None` where there are none.
    pub(super) fn get(&self, number: u32) -> Option<&Path> {
        let index = (number as usize).checked_rem(self.binaries.len())?;
        self.binaries.get(index).map(PathBuf::as_path)
    }
}
