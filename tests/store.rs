//! The store keeps what it is given, loses nothing, and passes over what it cannot read.
#![cfg(feature = "report")]
#![expect(clippy::unwrap_used, reason = "a panic of a test is its verdict")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use heapmark::record::{self, Calibration, Coverage, Run, Tape};
use heapmark::store::{self, Loaded, MAX_BYTES, Store};

const FIXTURE: &str = include_str!("store_compat/schema-1.json");
const BRIEF: &str = include_str!("store_compat/schema-2.json");
/// Written before times were recorded.
const COUNTS_ONLY: &str = include_str!("store_compat/schema-1-counts.json");
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

/// Plants a file beside the good record, which must still load; returns why it was passed over.
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

// Compatibility.

/// What a store loads whose only record is this text.
fn loaded(record: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("{NAME}.json"));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, record).unwrap();
    let mut loaded = Store::open(folder.path()).load().unwrap();
    assert!(loaded.skipped.is_empty(), "{:?}", loaded.skipped);
    loaded.runs.remove(0).run
}

#[test]
fn a_record_loads_and_is_written_again_byte_by_byte() {
    assert!(store::to_json(&loaded(BRIEF)) == BRIEF);
}

#[test]
fn a_record_of_schema_1_says_the_same_at_greater_length() {
    assert_eq!(loaded(COUNTS_ONLY).schema, 1);
    let brief = Run {
        schema: record::SCHEMA,
        ..loaded(FIXTURE)
    };
    if std::env::var_os("HEAPMARK_BLESS").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/store_compat/schema-2.json");
        fs::write(path, store::to_json(&brief)).unwrap();
    }
    assert!(loaded(BRIEF) == brief, "not what schema 1 said");
}

/// A stored record with cases that grow; it is never edited, so it is as good as a fixture.
const GROWING: &str = include_str!(
    "../results/amd-epyc-2-linux/2026/20261123T165346Z-b93ee9b728a7-system-1.95.0.json"
);

#[test]
fn the_fixtures_use_every_key() {
    let schema = record::json_schema().to_string();
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    for key in keys(&schema) {
        let key = format!("\"{key}\":");
        let files = [FIXTURE, BRIEF, GROWING];
        assert!(files.iter().any(|file| file.contains(&key)), "{key}");
    }
}

/// Every key that the schema gives to an object.
fn keys(schema: &serde_json::Value) -> Vec<String> {
    let mut keys = Vec::new();
    match schema {
        serde_json::Value::Object(map) => {
            for (name, inner) in map {
                if let ("properties", Some(properties)) = (name.as_str(), inner.as_object()) {
                    keys.extend(properties.keys().cloned());
                }
                keys.extend(self::keys(inner));
            }
        }
        serde_json::Value::Array(items) => keys.extend(items.iter().flat_map(self::keys)),
        _ => {}
    }
    keys
}

// Saving.

#[test]
fn what_is_saved_is_loaded() {
    let (_folder, store) = store();
    let loaded = store.load().unwrap();
    assert_eq!(paths(&loaded), [file(&store, "")]);
    assert_eq!(loaded.runs[0].run, sample());
    assert!(loaded.skipped.is_empty() && loaded.retracted.is_empty());
}

#[test]
fn a_second_run_of_a_commit_gets_a_suffix_and_leaves_the_first_alone() {
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
fn a_record_may_be_read_by_others_as_far_as_the_umask_lets_them() {
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
fn a_record_of_46_cases_with_tapes_stays_under_100_kib() {
    let mut run = sample();
    let template = run.entries[0].clone();
    run.entries.clear();
    run.tapes.clear();
    for number in 0..46_i64 {
        let mut entry = template.clone();
        let hash = format!("{number:012x}");
        entry.case.id = format!("string_allocations/a_name_of_usual_length_{number}");
        entry.tape = Some(hash.clone());
        // Most cases have tens of events; one in ten has thousands, which are thinned.
        let events = if number % 10 == 9 { 5_000 } else { 40 };
        let live = (0..events)
            .map(|event| (event * 7919 + number) % 100_000)
            .collect();
        run.tapes
            .insert(hash, Tape::new(0, 20, 5_000.min(events) as u64, live));
        run.entries.push(entry);
    }
    let size = store::to_json(&run).len();
    assert!((20_000..100 * 1024).contains(&size), "{size} bytes");
}

// Passing over.

#[test]
fn a_folder_that_does_not_exist_holds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let loaded = Store::open(folder.path().join("none")).load().unwrap();
    assert!(loaded.runs.is_empty() && loaded.skipped.is_empty());
    assert!(!folder.path().join("none").exists());
}

#[test]
fn a_record_that_was_cut_off_is_named() {
    let reason = skipped(&FIXTURE.as_bytes()[..FIXTURE.len() / 2]);
    assert!(reason.starts_with("is not JSON: EOF"), "{reason}");
}

#[test]
fn a_file_that_is_not_json_is_named() {
    for text in [&b""[..], b"hello", b"\xff\xfe", &[b'['; 100_000]] {
        let reason = skipped(text);
        assert!(reason.starts_with("is not JSON"), "{reason}");
    }
}

#[test]
fn json_that_is_no_record_is_named() {
    for text in [
        "{}",
        "[]",
        "null",
        "{\"schema\": \"1\"}",
        "{\"schema\": 0}",
        "{\"schema\": -1}",
    ] {
        let reason = skipped(text.as_bytes());
        assert!(
            reason.starts_with("names no schema version"),
            "{text}: {reason}"
        );
    }
}

#[test]
fn a_record_with_wrong_types_is_named() {
    for (good, bad) in [
        ("\"dirty\": false", "\"dirty\": \"no\""),
        ("\"order\": 1", "\"order\": -1"),
        ("\"allocs\":", "\"allocations\":"),
        ("[8,1]", "[8]"),
        ("\"entries\": [", "\"entrees\": ["),
        ("2026-11-22T21:41:41Z", "last Sunday"),
        ("\"tape\":\"1f3c0a92be47\"", "\"tape\":\"000000000000\""),
    ] {
        let text = FIXTURE.replacen(good, bad, 1);
        assert!(text != FIXTURE, "{good}");
        let reason = skipped(text.as_bytes());
        assert!(
            reason.starts_with("is a broken record: "),
            "{bad}: {reason}"
        );
    }
}

#[test]
fn a_record_of_a_newer_heapmark_is_refused_by_name() {
    let text = FIXTURE.replacen("\"schema\": 1", "\"schema\": 3, \"news\": []", 1);
    assert_eq!(
        skipped(text.as_bytes()),
        "written by a newer heapmark (schema 3); update heapmark to read it"
    );
}

#[test]
fn a_file_far_larger_than_a_record_is_not_read() {
    let (_folder, store) = store();
    let large = fs::File::create(file(&store, "-2")).unwrap();
    large.set_len(MAX_BYTES + 1).unwrap();
    let reason = only_reason(&store, &file(&store, "-2"));
    assert!(reason.starts_with("is 10485761 bytes"), "{reason}");
}

#[test]
fn a_folder_in_the_place_of_a_record_is_named() {
    let (_folder, store) = store();
    fs::create_dir(file(&store, "-2")).unwrap();
    let reason = only_reason(&store, &file(&store, "-2"));
    assert!(reason.starts_with("is not a regular file"), "{reason}");
}

#[cfg(unix)]
#[test]
fn a_record_that_cannot_be_opened_is_named() {
    let (_folder, store) = store();
    // A link in a circle cannot be opened, not even by root.
    let circle = file(&store, "-2");
    std::os::unix::fs::symlink(&circle, &circle).unwrap();
    let reason = only_reason(&store, &circle);
    assert!(reason.starts_with("cannot be read: "), "{reason}");
}

#[test]
fn other_files_of_the_folder_are_not_taken_for_records() {
    let (_folder, store) = store();
    for path in ["README.md", "schema.json", "amd-epyc-2-linux/notes.json"] {
        fs::write(store.dir().join(path), "{}").unwrap();
    }
    fs::write(file(&store, "").with_extension("txt"), "{}").unwrap();
    let loaded = store.load().unwrap();
    assert_eq!(loaded.runs.len(), 1);
    assert!(loaded.skipped.is_empty(), "{:?}", loaded.skipped);
}

#[test]
fn records_come_in_the_order_of_machine_time_and_run() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path());
    let mut saved = Vec::new();
    for (machine, time) in [
        ("b", "2026-01-02T00:00:00Z"),
        ("a", "2027-01-01T00:00:00Z"),
        ("a", "2026-01-02T00:00:00Z"),
    ] {
        let mut run = sample();
        run.machine.id = machine.to_owned();
        run.commit.committed_at = time.to_owned();
        // Eleven runs, so that the suffix has two digits.
        let runs = (0..11).map(|_| store.save(&run).unwrap());
        saved.push(runs.collect::<Vec<_>>());
    }
    saved.reverse();
    assert_eq!(paths(&store.load().unwrap()), saved.concat());
}

// Retracting.

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
fn a_list_of_retractions_that_is_not_understood_stops_everything() {
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
        assert!(error.contains("mend it"), "{list}: {error}");
    }
}

// Calibrations.

fn calibration() -> Calibration {
    let run = sample();
    Calibration {
        schema: run.schema,
        heapmark: run.heapmark,
        commit: run.commit,
        measured_at: run.measured_at,
        machine: run.machine,
        toolchain: run.toolchain,
        suite: run.suite,
        time: run.time,
        coverage: vec![Coverage {
            builds: 1,
            busy_processors: 0,
            reports: 12,
            intervals: 552,
            covered: 530,
            half_width_millionths: 7_300,
        }],
        verdicts: Vec::new(),
    }
}

#[test]
fn calibrations_stand_beside_the_records_and_are_read_oldest_first() {
    let (_folder, store) = store();
    let mut later = calibration();
    later.measured_at = "2026-12-24T18:00:00Z".to_owned();
    store.save_calibration(&later).unwrap();
    let path = store.save_calibration(&calibration()).unwrap();
    let name = "calibration/amd-epyc-2-linux/20261122T215803Z-cffc73700a1b.json";
    assert_eq!(path, store.dir().join(name));
    let (calibrations, skipped) = store.calibrations();
    assert_eq!(calibrations, [calibration(), later]);
    assert!(skipped.is_empty());
    let loaded = store.load().unwrap();
    assert!(loaded.skipped.is_empty(), "{:?}", loaded.skipped);
    assert_eq!(loaded.runs.len(), 1, "a calibration is no run");
}

#[test]
fn a_broken_calibration_is_named_and_the_others_are_read() {
    let (_folder, store) = store();
    let good = store.save_calibration(&calibration()).unwrap();
    let broken = good.with_file_name("20260101T000000Z-aaaaaaaaaaaa.json");
    fs::write(&broken, "{\"schema\": 1, \"cov").unwrap();
    let (calibrations, skipped) = store.calibrations();
    assert_eq!(calibrations.len(), 1);
    assert_eq!(skipped.len(), 1);
    assert_eq!(skipped[0].path, broken);
}

#[test]
fn no_machine_may_take_the_name_of_the_calibrations() {
    let (_folder, store) = store();
    let mut run = sample();
    run.machine.id = "calibration".to_owned();
    let refused = store.save(&run).unwrap_err().to_string();
    assert!(refused.contains("machine.id"), "{refused}");
}
