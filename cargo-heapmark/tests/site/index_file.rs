//! The index of a store is only a cache: the site is the same with it, without it, and with a
//! damaged one.

#![expect(clippy::unwrap_used, reason = "a panic of a test is its verdict")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use cargo_heapmark::store::{Past, Store};
use heapmark_model::analysis::mark_unstable;
use heapmark_model::history::History;
use heapmark_model::record::{Instability, Metric, Run};
use heapmark_site::{render, view};
use tempfile::TempDir;

use crate::page::Site;
use crate::synthetic::{GROUPS, history, run, sample, set};

const JOIN: &str = "string_allocations/string_join";
const NESTED: &str = "vec_allocations/vec_nested";

/// A store on disk with an index.
struct Stored {
    folder: TempDir,
    store: Store,
}

impl Stored {
    fn new(runs: &[Run]) -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::open(folder.path().join("results"));
        runs.iter().for_each(|run| drop(store.save(run).unwrap()));
        Self { folder, store }
    }

    fn index(&self) -> PathBuf {
        self.folder.path().join("target/heapmark/history.index")
    }

    /// The site, rendered with the index, and the number of records that were parsed for it.
    fn site(&self) -> (Site, usize) {
        rendered(self.store.past(Some(&self.index())).unwrap())
    }

    /// Compares the site with the one without an index, and checks the number of parsed records.
    fn check(&self, parsed: usize) {
        let (plain, all) = rendered(self.store.past(None).unwrap());
        let (indexed, of_them) = self.site();
        assert!(indexed.files == plain.files);
        assert_eq!(of_them, parsed, "number of parsed records of {all}");
    }

    fn records(&self) -> Vec<PathBuf> {
        let loaded = self.store.load().unwrap();
        loaded.runs.into_iter().map(|stored| stored.path).collect()
    }
}

fn rendered(mut past: Past) -> (Site, usize) {
    past.keep(&view::wanted(&past.history, None)).unwrap();
    let skipped: Vec<String> = past.skipped.iter().map(ToString::to_string).collect();
    let site = view::site(&view::Input {
        history: &past.history,
        unrecorded: None,
        skipped: &skipped,
        ..view::Input::default()
    });
    let files = render::site(&site).unwrap();
    (Site { files }, past.parsed)
}

/// Runs with steps, a metric that varies for some time, an added and a removed case, a missing run,
/// and numbers at the limits of their type.
fn eventful(runs: u64) -> Vec<Run> {
    let mut all = history(runs);
    for (number, run) in all.iter_mut().enumerate() {
        set(run, JOIN, Metric::Bytes, number as i64 / 3 * 8);
        set(
            run,
            NESTED,
            Metric::Retained,
            if number % 2 == 0 { i64::MAX } else { i64::MIN },
        );
        if number % 5 == 1 {
            sample(
                run,
                NESTED,
                Metric::Allocs,
                3,
                Instability::RepetitionsDiffer,
            );
        }
        let gone = |id: &str| (number > 6 && id == JOIN) || (number < 4 && id.ends_with("/64"));
        run.entries.retain(|entry| !gone(&entry.case.id));
    }
    if all.len() > 8 {
        all.remove(5);
    }
    all
}

#[test]
fn the_site_with_the_index_is_the_same_to_the_byte() {
    for runs in [0, 1, 2, 3, 30] {
        let runs = eventful(runs);
        let stored = Stored::new(&runs);
        stored.check(runs.len());
        stored.check(0);
        assert_eq!(stored.index().exists(), !runs.is_empty());
        // A history that is made only in memory gives the same site.
        let all = History::from_runs(
            &stored
                .store
                .load()
                .unwrap()
                .runs
                .into_iter()
                .map(|s| s.run)
                .collect::<Vec<_>>(),
        );
        let plain = render::site(&view::site(&view::Input {
            history: &all,
            unrecorded: None,
            skipped: &[],
            ..view::Input::default()
        }));
        assert!(plain.unwrap() == stored.site().0.files);
    }
}

#[test]
fn only_a_new_record_is_parsed_whatever_its_position() {
    let mut runs = eventful(20);
    let newest = runs.pop().unwrap();
    let early = runs.remove(3);
    let mut elsewhere = run(2, &GROUPS);
    elsewhere.machine.id = "another-machine".to_owned();
    let stored = Stored::new(&runs);
    stored.check(runs.len());
    for run in [newest, early, elsewhere] {
        stored.store.save(&run).unwrap();
        stored.check(1);
        stored.check(0);
    }
}

#[test]
fn many_new_records_one_after_the_other_leave_a_valid_index() {
    let runs = eventful(120);
    let stored = Stored::new(&runs[..1]);
    stored.check(1);
    for run in &runs[1..] {
        stored.store.save(run).unwrap();
        assert_eq!(stored.store.past(Some(&stored.index())).unwrap().parsed, 1);
    }
    stored.check(0);
}

#[test]
fn a_changed_record_is_parsed_again_and_a_removed_one_is_dropped() {
    let stored = Stored::new(&eventful(10));
    stored.check(9);
    let records = stored.records();
    let text = fs::read_to_string(&records[4]).unwrap();
    let changed = text.replacen(":64,", ":65,", 1);
    assert!(changed != text);
    fs::write(&records[4], changed).unwrap();
    stored.check(1);
    fs::remove_file(&records[2]).unwrap();
    stored.check(0);
    stored.check(0);
}

#[test]
fn a_record_that_changed_without_growing_is_recognised_by_its_time() {
    let stored = Stored::new(&eventful(4));
    stored.check(4);
    let record = File::options().write(true).open(&stored.records()[1]);
    let then = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    record.unwrap().set_modified(then).unwrap();
    stored.check(1);
    stored.check(0);
}

#[test]
fn retracted_and_broken_records_are_reported_every_time() {
    let stored = Stored::new(&eventful(10));
    stored.check(9);
    let records = stored.records();
    fs::write(&records[1], "{").unwrap();
    let file = records[3].strip_prefix(stored.store.dir()).unwrap();
    let list = format!("[[retracted]]\nfile = {file:?}\nreason = \"wrong flags\"\n");
    fs::write(stored.store.dir().join("retracted.toml"), list).unwrap();
    for _ in 0..2 {
        stored.check(0);
        let past = stored.store.past(Some(&stored.index())).unwrap();
        assert_eq!((past.skipped.len(), past.retracted.len()), (1, 1));
        assert_eq!(past.paths.len(), 7);
    }
    fs::remove_file(stored.store.dir().join("retracted.toml")).unwrap();
    stored.check(1);
}

/// Damages the index. The site must be the same, after all records were parsed again.
fn spoiled(spoil: impl Fn(&Path)) {
    let stored = Stored::new(&eventful(6));
    stored.check(6);
    spoil(&stored.index());
    stored.check(6);
    stored.check(0);
}

#[test]
fn a_cut_index_is_made_again() {
    let length = |file: &Path| fs::metadata(file).unwrap().len();
    let cut = |file: &Path, length: u64| {
        let index = File::options().write(true).open(file).unwrap();
        index.set_len(length).unwrap();
    };
    for bytes in [0, 1, 20, 30, 40] {
        spoiled(|file| cut(file, bytes));
    }
    spoiled(|file| cut(file, length(file) / 2));
    spoiled(|file| cut(file, length(file) - 1));
}

#[test]
fn an_index_with_a_flipped_bit_is_made_again() {
    let stored = Stored::new(&eventful(3));
    stored.check(3);
    let sound = fs::read(stored.index()).unwrap();
    for byte in (0..sound.len()).step_by(97) {
        let mut flipped = sound.clone();
        flipped[byte] ^= 1 << (byte % 8);
        fs::write(stored.index(), flipped).unwrap();
        let past = stored.store.past(Some(&stored.index())).unwrap();
        assert_eq!(
            past.parsed, 3,
            "a flipped bit in byte {byte} was not noticed"
        );
    }
    stored.check(0);
}

#[test]
fn a_foreign_file_or_another_version_is_not_read_as_an_index() {
    spoiled(|file| fs::write(file, "something else").unwrap());
    spoiled(|file| {
        let bytes = fs::read(file).unwrap();
        let older = [b"heapmark history 0", &bytes[18..]].concat();
        fs::write(file, older).unwrap();
    });
}

#[test]
fn after_a_broken_last_chunk_only_its_records_are_parsed_again() {
    let runs = eventful(8);
    let stored = Stored::new(&runs[..7]);
    stored.check(7);
    stored.store.save(&runs[7]).unwrap();
    stored.check(1);
    let bytes = fs::read(stored.index()).unwrap();
    fs::write(stored.index(), &bytes[..bytes.len() - 3]).unwrap();
    stored.check(1);
    stored.check(0);
}

#[test]
fn an_index_that_cannot_be_written_is_not_an_error() {
    let stored = Stored::new(&eventful(3));
    fs::create_dir_all(stored.index()).unwrap();
    stored.check(3);
    stored.check(3);
}

#[test]
fn a_few_records_mark_unstable_as_all_of_them_do() {
    let runs = eventful(12);
    let history = History::from_runs(&runs);
    let mut planted = 0;
    for again in [0, 3, 6] {
        let mut fresh = runs[again].clone();
        set(&mut fresh, NESTED, Metric::Bytes, 77);
        for entry in &mut fresh.entries {
            for value in entry.metrics.values_mut() {
                (value.exact, value.why) = (true, None);
            }
        }
        let mut by_few = fresh.clone();
        let plain = fresh.clone();
        mark_unstable(&mut fresh, &runs.iter().collect::<Vec<_>>());
        let disagreeing_records = history.disagreeing_records(&by_few);
        assert!(disagreeing_records.len() < runs.len());
        let few: Vec<&Run> = disagreeing_records
            .iter()
            .map(|&record| &runs[record])
            .collect();
        mark_unstable(&mut by_few, &few);
        assert_eq!(by_few, fresh);
        planted += usize::from(fresh != plain);
    }
    assert_eq!(planted, 3);
}
