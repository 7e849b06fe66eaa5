//! The store saves records, loses none, and skips files that it cannot read.
#![expect(clippy::unwrap_used, reason = "a panic of a test is its verdict")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use cargo_heapmark::store::{self, Loaded, Store};
use heapmark_model::record::{Run, Timeline};

#[path = "store/calibrations.rs"]
mod calibrations;
#[path = "store/compatibility.rs"]
mod compatibility;
#[path = "store/ids.rs"]
mod ids;
#[path = "store/passing_over.rs"]
mod passing_over;

const FIXTURE: &str = include_str!("store_compat/schema-1.json");
const NAME: &str = "amd-epyc-2-linux/2026/20261122T214141Z-cffc73700a1b-system-1.95.0";

fn sample() -> Run {
    serde_json::from_str(FIXTURE).unwrap()
}

/// A store that holds the sample once.
fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("results"));
    store.save(&sample()).unwrap();
    (folder, store)
}

fn file(store: &Store, suffix: &str) -> PathBuf {
    store.dir().join(format!("{NAME}{suffix}.json"))
}

/// Adds a file next to the good record, which must still load. Returns why the file was skipped.
fn skipped(text: &[u8]) -> String {
    let (_folder, store) = store();
    fs::write(file(&store, "-2"), text).unwrap();
    only_reason(&store, &file(&store, "-2"))
}

fn only_reason(store: &Store, path: &Path) -> String {
    let loaded = store.load().unwrap();
    assert_eq!(paths(&loaded), [file(store, "")]);
    assert_eq!(loaded.skipped.len(), 1, "{:?}", loaded.skipped);
    assert_eq!(loaded.skipped[0].path, path);
    let reason = loaded.skipped[0].reason.to_string();
    let shown = format!("{}: {reason}", path.display());
    assert_eq!(loaded.skipped[0].to_string(), shown);
    reason
}

fn paths(loaded: &Loaded) -> Vec<PathBuf> {
    loaded.runs.iter().map(|run| run.path.clone()).collect()
}

#[test]
fn what_is_saved_is_loaded() {
    let (_folder, store) = store();
    let loaded = store.load().unwrap();
    assert_eq!(paths(&loaded), [file(&store, "")]);
    assert_eq!(loaded.runs[0].run, sample());
    assert!(loaded.skipped.is_empty() && loaded.retracted.is_empty());
}

#[test]
fn a_second_run_of_a_commit_gets_a_suffix_and_does_not_change_the_first() {
    let (_folder, store) = store();
    let before = fs::read(file(&store, "")).unwrap();
    let mut again = sample();
    again.measured_at = "2026-11-23T08:00:00Z".to_owned();
    assert_eq!(store.save(&again).unwrap(), file(&store, "-2"));
    assert_eq!(store.save(&again).unwrap(), file(&store, "-3"));
    assert_eq!(fs::read(file(&store, "")).unwrap(), before);
    let expected = ["", "-2", "-3"].map(|suffix| file(&store, suffix));
    assert_eq!(paths(&store.load().unwrap()), expected);
}

#[test]
fn two_savers_at_once_lose_no_record() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path());
    let saver = |saver: u32| {
        for round in 0..20 {
            let mut run = sample();
            run.commit.subject = format!("{saver} {round}");
            store.save(&run).unwrap();
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| saver(1));
        scope.spawn(|| saver(2));
    });
    let loaded = store.load().unwrap();
    assert!(loaded.skipped.is_empty(), "{:?}", loaded.skipped);
    let subjects = loaded
        .runs
        .into_iter()
        .map(|run| (run.run.commit.subject, ()));
    assert_eq!(subjects.collect::<BTreeMap<_, _>>().len(), 40);
}

#[test]
fn a_killed_saver_leaves_nothing_that_is_read_or_in_the_way() {
    let (_folder, store) = store();
    let folder = file(&store, "").parent().unwrap().to_owned();
    fs::write(folder.join(".record-Xy12Zq.tmp"), &FIXTURE[..500]).unwrap();
    assert_eq!(store.save(&sample()).unwrap(), file(&store, "-2"));
    let loaded = store.load().unwrap();
    assert_eq!(loaded.runs.len(), 2);
    assert!(loaded.skipped.is_empty(), "{:?}", loaded.skipped);
}

#[test]
fn saving_leaves_no_temporary_file() {
    let (_folder, store) = store();
    let files = fs::read_dir(file(&store, "").parent().unwrap()).unwrap();
    assert_eq!(files.count(), 1);
}

#[cfg(unix)]
#[test]
fn a_record_may_be_read_by_others_if_the_umask_allows_it() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, store) = store();
    fs::write(folder.path().join("plain"), "").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&file(&store, "")), mode(&folder.path().join("plain")));
}

#[test]
fn nothing_in_a_record_leads_out_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("results"));
    let hostile = "../../../../escaped";
    let mut run = sample();
    run.machine.id = hostile.to_owned();
    run.allocator = hostile.to_owned();
    run.toolchain.rustc = hostile.to_owned();
    let path = store.save(&run).unwrap();
    let expected = "escaped/2026/20261122T214141Z-cffc73700a1b-escaped-escaped.json";
    assert_eq!(path, store.dir().join(expected));
    run.commit.sha = hostile.to_owned();
    let error = store.save(&run).unwrap_err().to_string();
    assert!(
        error.contains("commit.sha is `../../../../escaped`"),
        "{error}"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn trying_whether_the_folder_is_writable_leaves_it_empty() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("results"));
    store.check_writable().unwrap();
    assert_eq!(fs::read_dir(store.dir()).unwrap().count(), 0);
}

#[test]
fn a_folder_that_cannot_be_made_is_named_with_the_next_step() {
    let folder = tempfile::tempdir().unwrap();
    let occupied = folder.path().join("results");
    fs::write(&occupied, "not a folder").unwrap();
    let store = Store::open(&occupied);
    let saved = store.save(&sample()).map(drop);
    for attempt in [saved, store.check_writable()] {
        let error = attempt.unwrap_err().to_string();
        let start = format!("cannot write {}", occupied.display());
        assert!(error.starts_with(&start), "{error}");
        let end = "make the folder writable or choose another with --results DIR";
        assert!(error.ends_with(end), "{error}");
    }
    let error = store.load().unwrap_err().to_string();
    assert!(
        error.starts_with(&format!("cannot read {}", occupied.display())),
        "{error}"
    );
    assert_eq!(fs::read_to_string(&occupied).unwrap(), "not a folder");
}

#[test]
fn a_record_of_46_cases_with_timelines_stays_under_100_kib() {
    let mut run = sample();
    let template = run.entries[0].clone();
    run.entries.clear();
    run.timelines.clear();
    for number in 0..46_i64 {
        let mut entry = template.clone();
        let hash = format!("{number:012x}");
        entry.case.id = format!("string_allocations/a_name_of_usual_length_{number}");
        entry.timeline = Some(hash.clone());
        // Most cases have tens of events. One in ten has thousands, of which only some are stored.
        let events = if number % 10 == 9 { 5_000 } else { 40 };
        let live = (0..events)
            .map(|event| (event * 7919 + number) % 100_000)
            .collect();
        run.timelines
            .insert(hash, Timeline::new(0, 20, 5_000.min(events) as u64, live));
        run.entries.push(entry);
    }
    let size = store::to_json(&run).len();
    assert!((20_000..100 * 1024).contains(&size), "{size} bytes");
}

#[test]
fn a_retracted_record_is_left_out_and_listed_with_its_reason() {
    let (_folder, store) = store();
    let second = store.save(&sample()).unwrap();
    let list = format!("[[retracted]]\nfile = \"{NAME}-2.json\"\nreason = \"wrong flags\"\n");
    fs::write(store.dir().join("retracted.toml"), list).unwrap();
    let loaded = store.load().unwrap();
    assert_eq!(paths(&loaded), [file(&store, "")]);
    assert!(loaded.skipped.is_empty(), "{:?}", loaded.skipped);
    assert_eq!(loaded.retracted.len(), 1);
    assert_eq!(loaded.retracted[0].path, second);
    assert_eq!(loaded.retracted[0].reason, "wrong flags");
    assert!(second.exists());
}

#[test]
fn a_retracted_record_that_is_not_there_is_named() {
    let (_folder, store) = store();
    let list = "[[retracted]]\nfile = \"no/such.json\"\nreason = \"typing error\"\n";
    fs::write(store.dir().join("retracted.toml"), list).unwrap();
    let reason = only_reason(&store, &store.dir().join("no/such.json"));
    assert!(reason.contains("does not exist"), "{reason}");
}

#[test]
fn an_invalid_list_of_retractions_is_an_error() {
    let (_folder, store) = store();
    for list in [
        "[[retracted]",
        "[[retracted]]\nfile = \"x\"\n",
        "[[retraced]]\n",
        "x = 1",
    ] {
        fs::write(store.dir().join("retracted.toml"), list).unwrap();
        let error = store.load().unwrap_err().to_string();
        assert!(error.contains("retracted.toml"), "{list}: {error}");
        assert!(error.contains("fix it"), "{list}: {error}");
    }
}
