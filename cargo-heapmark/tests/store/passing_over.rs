//! Files that cannot be read are named and skipped, and all others are read.

use std::fs;

use cargo_heapmark::store::{MAX_BYTES, Store};

use crate::{FIXTURE, file, only_reason, paths, sample, skipped, store};

#[test]
fn a_folder_that_does_not_exist_has_no_records() {
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
fn json_that_is_not_a_record_is_named() {
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
            reason.starts_with("has no schema version"),
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
fn a_record_of_a_newer_heapmark_is_named_and_refused() {
    let text = FIXTURE.replacen("\"schema\": 1", "\"schema\": 3, \"news\": []", 1);
    assert_eq!(
        skipped(text.as_bytes()),
        "was written by a newer heapmark (schema 3); update heapmark to read it"
    );
}

#[test]
fn a_file_far_larger_than_a_record_is_not_read() {
    let (_folder, store) = store();
    let large = fs::File::create(file(&store, "-2")).unwrap();
    large.set_len(MAX_BYTES + 1).unwrap();
    let reason = only_reason(&store, &file(&store, "-2"));
    assert!(reason.starts_with("has 10485761 bytes"), "{reason}");
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
    // Not even root can open a symbolic link to itself.
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
