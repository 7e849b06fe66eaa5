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
use heapmark::record::Run;
use heapmark::store;

pub(crate) use history::History;

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
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."));
    root.join(format!("target/heapmark/synth/{cases}x{runs}"))
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
    use heapmark::store::Store;

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
