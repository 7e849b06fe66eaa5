//! `synth`: a long invented history as record files, to see how the site bears one.
//!
//! The numbers have the shapes of real ones and mean nothing. They depend on the seed alone, so
//! that two machines render the same site. Nothing here goes near `results/`.

mod case;
mod history;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, ensure};
use cargo_heapmark::store;
use heapmark_model::record::Run;

use history::History;

/// How long a history, and where it goes.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Cases in every run.
    #[arg(long, default_value_t = 200)]
    cases: usize,
    /// Runs, one a commit.
    #[arg(long, default_value_t = 1000)]
    runs: usize,
    /// What the numbers are drawn from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// An empty or new folder [default: target/heapmark/synth/CASESxRUNS].
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
        "{} runs of {} cases in {} ({} MiB)",
        arguments.runs,
        arguments.cases,
        dir.display(),
        bytes >> 20
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Where a history of this size is kept.
fn default_dir(cases: usize, runs: usize) -> PathBuf {
    target().join(format!("synth/{cases}x{runs}"))
}

/// The folder of what can be made again, below cargo's own.
pub(crate) fn target() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."));
    root.join("target/heapmark")
}

/// The run after the last one of a history, to be put in and taken away.
pub(crate) struct Next {
    kept: PathBuf,
    place: PathBuf,
}

impl Next {
    /// Makes it the newest record.
    pub(crate) fn put_in(&self) -> io::Result<()> {
        fs::create_dir_all(self.place.parent().unwrap_or(Path::new(".")))?;
        fs::copy(&self.kept, &self.place).map(drop)
    }

    /// Leaves the history as it was made.
    pub(crate) fn take_away(&self) -> io::Result<()> {
        match fs::remove_file(&self.place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }
}

/// Makes the folder `CASESxRUNS` in `dir` unless it is there, and says what its next run is.
pub(crate) fn make_once(dir: &Path, cases: usize, runs: usize) -> anyhow::Result<Next> {
    let results = dir.join(format!("{cases}x{runs}"));
    let kept = dir.join(format!("{cases}x{runs}.next.json"));
    let place = dir.join(format!("{cases}x{runs}.next.path"));
    if !place.exists() {
        // What an interrupted making left is not whole; only we write here.
        if results.exists() {
            fs::remove_dir_all(&results)?;
        }
        let mut history = History::new(cases, runs + 1, 1);
        write(&results, history.by_ref().take(runs))?;
        let next = history
            .next()
            .context("a history has as many runs as asked")?;
        fs::write(&kept, store::to_json(&next))?;
        fs::write(&place, file(&next).to_string_lossy().as_bytes())?;
    }
    Ok(Next {
        place: results.join(fs::read_to_string(&place)?),
        kept,
    })
}

/// Writes each run as it is made and returns the bytes of all.
///
/// Not by `Store::save`, which waits for the disk after every record: a history that can be made
/// again in seconds need not survive a loss of power.
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
                .with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let text = store::to_json(&run);
        fs::write(&path, &text).with_context(|| format!("cannot write {}", path.display()))?;
        bytes += text.len() as u64;
    }
    Ok(bytes)
}

/// The path that the store would give the record.
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
    fn the_store_reads_every_run_back_as_it_was_made() {
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
