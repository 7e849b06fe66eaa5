//! Invalid records: two cases with one name, and negative counts.

use std::fs;

use cargo_heapmark::store::Store;
use heapmark_model::record::{Metric, Value};
use serde_json::json;

use crate::{FIXTURE, file, sample, skipped, store};

/// Why the sample is refused after `plant` has changed it.
fn refused(plant: impl Fn(&mut serde_json::Value)) -> String {
    let mut record: serde_json::Value = serde_json::from_str(FIXTURE).unwrap();
    plant(&mut record);
    let reason = skipped(record.to_string().as_bytes());
    assert!(reason.starts_with("is a broken record: "), "{reason}");
    reason
}

#[test]
fn a_negative_count_is_refused_with_case_and_key() {
    for metric in Metric::ALL {
        let key = metric.key();
        for value in [
            json!(-3),
            json!({"value": 1, "exact": false, "spread": {"min": -3, "max": 1}}),
        ] {
            let plant = |record: &mut serde_json::Value| {
                record["entries"][0]["metrics"][key] = value.clone();
            };
            if metric == Metric::Retained {
                let (_folder, store) = store();
                let mut record = serde_json::from_str(FIXTURE).unwrap();
                plant(&mut record);
                fs::write(file(&store, "-2"), record.to_string()).unwrap();
                assert_eq!(
                    store.load().unwrap().runs.len(),
                    2,
                    "a negative value of retained is valid"
                );
                continue;
            }
            let reason = refused(plant);
            let said = format!("has -3 for {key}, which cannot be negative");
            assert!(
                reason.contains("`string_allocations/small_string_new`"),
                "{reason}"
            );
            assert!(reason.contains(&said), "{reason}");
        }
    }
    let reason = refused(|record| record["entries"][1]["instructions"] = json!(-1));
    assert!(reason.contains("has -1 for instructions"), "{reason}");
}

#[test]
fn two_entries_of_one_case_are_refused_with_their_id() {
    let reason = refused(|record| record["entries"][1] = record["entries"][0].clone());
    assert!(
        reason.contains(
            "`string_allocations/small_string_new` is the id of two entries: `small_string_new` in"
        ),
        "{reason}"
    );
}

#[test]
fn a_run_that_could_not_be_read_again_is_not_stored() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("results"));
    let mut twice = sample();
    twice.entries[1].case.id = twice.entries[0].case.id.clone();
    let mut negative = sample();
    let bytes = Value::exact(-8);
    negative.entries[2].metrics.insert(Metric::Bytes, bytes);
    for (run, words) in [
        (
            twice,
            [
                "is the id of two entries",
                "`vec_push_no_capacity` in benches/",
            ],
        ),
        (negative, ["has -8 for bytes", "in benches/"]),
    ] {
        let error = store.save(&run).unwrap_err().to_string();
        assert!(error.starts_with("cannot store the run: "), "{error}");
        for word in words {
            assert!(error.contains(word), "{error}");
        }
    }
    assert!(!store.dir().exists());
}
