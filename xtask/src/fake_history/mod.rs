//! `fake-history`: writes a long synthetic history as record files, to stress-test the site.
//!
//! The numbers look like real ones, but have no meaning. They depend only on the seed, so two
//! machines render the same site. Nothing is written to `results/`.

mod case;
mod history;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, ensure};
use cargo_heapmark::store;
use heapmark_model::format::plural;
use heapmark_model::record::Run;

use history::History;

/// Flags of the task.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Number of cases in each run.
    #[arg(long, default_value_t = 200)]
    cases: usize,
    /// Number of runs; each run has its own commit.
    #[arg(long, default_value_t = 1000)]
    runs: usize,
    /// Random seed of the numbers.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write the records to this folder, which must be empty or new [default:
    /// target/heapmark/fake-history/CASESxRUNS].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let default = || default_dir(arguments.cases, arguments.runs);
    let dir = arguments.out.clone().unwrap_or_else(default);
    let records = History::new(arguments.cases, arguments.runs, arguments.seed);
    let bytes = write(&dir, records)?;
    writeln!(
        io::stdout(),
        "{} of {} in {} ({} MiB)",
        plural(arguments.runs, "run"),
        plural(arguments.cases, "case"),
        dir.display(),
        bytes >> 20
    )?;
    Ok(ExitCode::SUCCESS)
}

/// The default folder of a history of this size.
fn default_dir(cases: usize, runs: usize) -> PathBuf {
    target().join(format!("fake-history/{cases}x{runs}"))
}

/// The folder for files that can be generated again, in cargo's target folder.
pub(crate) fn target() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."));
    root.join("target/heapmark")
}

/// The run after the last one of a history. It can be added and removed.
pub(crate) struct Next {
    kept: PathBuf,
    place: PathBuf,
}

impl Next {
    /// Adds the run as the newest record.
    pub(crate) fn put_in(&self) -> io::Result<()> {
        fs::create_dir_all(self.place.parent().unwrap_or(Path::new(".")))?;
        fs::copy(&self.kept, &self.place).map(drop)
    }

    /// Removes the run, which leaves the history as it was generated.
    pub(crate) fn take_away(&self) -> io::Result<()> {
        match fs::remove_file(&self.place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }
}

/// Generates the folder `CASESxRUNS` in `dir` if it does not exist, and returns its next run.
pub(crate) fn make_once(dir: &Path, cases: usize, runs: usize) -> anyhow::Result<Next> {
    let results = dir.join(format!("{cases}x{runs}"));
    let kept = dir.join(format!("{cases}x{runs}.next.json"));
    let place = dir.join(format!("{cases}x{runs}.next.path"));
    if !place.exists() {
        // A folder without this file is incomplete, because generating it was interrupted.
        if results.exists() {
            fs::remove_dir_all(&results)?;
        }
        let mut history = History::new(cases, runs + 1, 1);
        write(&results, history.by_ref().take(runs))?;
        let next = history
            .next()
            .context("the history ended before its last run")?;
        fs::write(&kept, store::to_json(&next))?;
        fs::write(&place, file(&next).to_string_lossy().as_bytes())?;
    }
    Ok(Next {
        place: results.join(fs::read_to_string(&place)?),
        kept,
    })
}

/// Writes each run as soon as it is generated, and returns the total size in bytes.
///
/// It does not use `Store::save`, which waits for the disk after every record. A history that can
/// be generated again in seconds need not survive a power failure.
fn write(dir: &Path, runs: impl Iterator<Item = Run>) -> anyhow::Result<u64> {
    let is_empty = fs::read_dir(dir).map_or(true, |mut entries| entries.next().is_none());
    ensure!(
        is_empty,
        "{} is not empty; remove it or choose another folder with --out DIR",
        dir.display()
    );
    let mut bytes = 0;
    for run in runs {
        let path = dir.join(file(&run));
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot create {}", folder.display()))?;
        }
        let text = store::to_json(&run);
        fs::write(&path, &text).with_context(|| format!("cannot write {}", path.display()))?;
        bytes += text.len() as u64;
    }
    Ok(bytes)
}

/// The path that the store uses for the record.
fn file(run: &Run) -> PathBuf {
    let time: String = run
        .commit
        .committed_at
        .chars()
        .filter(|character| !"-:".contains(*character))
        .collect();
    let name = format!(
        "{time}-{}-{}-{}.json",
        &run.commit.sha[..12],
        run.allocator,
        run.toolchain.rustc
    );
    Path::new(&run.machine.id).join(&time[..4]).join(name)
}

#[cfg(test)]
mod tests {
    use cargo_heapmark::store::Store;

    use super::history::History;

    #[test]
    fn the_store_reads_every_run_back_unchanged() {
        let dir = tempfile::tempdir().unwrap();
        super::write(dir.path(), History::new(20, 300, 1)).unwrap();
        let loaded = Store::open(dir.path()).load().unwrap();
        let read: Vec<_> = loaded.runs.into_iter().map(|stored| stored.run).collect();
        assert!(loaded.skipped.is_empty());
        assert_eq!(read, History::new(20, 300, 1).collect::<Vec<_>>());
    }

    #[test]
    fn another_seed_gives_another_history() {
        let history = |seed| History::new(5, 50, seed).collect::<Vec<_>>();
        assert_eq!(history(1), history(1));
        assert_ne!(history(1), history(2));
    }

    #[test]
    fn a_folder_that_holds_something_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("mine"), "").unwrap();
        assert!(super::write(dir.path(), History::new(1, 1, 1)).is_err());
    }
}
