//! Checks that `results/schema.json` and `results/README.md` match the record types, and that every
//! stored record matches them too.
//!
//! `HEAPMARK_BLESS=1 cargo test --package xtask --test records` regenerates the schema.
//!
//! This test is in xtask because a validator consists of many crates, which users of the library
//! should not have to build.
#![expect(clippy::unwrap_used, reason = "a panic of a test is its verdict")]

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use cargo_heapmark::store::Store;
use heapmark_model::record;
use jsonschema::Validator;
use serde_json::Value;

const FIXTURE: &str = include_str!("../../cargo-heapmark/tests/store_compat/schema-1.json");

fn results() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../results")
}

fn validator() -> Validator {
    jsonschema::validator_for(&record::json_schema()).unwrap()
}

#[test]
fn the_schema_in_results_is_the_one_of_the_types() {
    let path = results().join("schema.json");
    let schema = format!("{:#}\n", record::json_schema());
    if env::var_os("HEAPMARK_BLESS").is_some() {
        fs::write(&path, &schema).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == schema,
        "results/schema.json is out of date; run \
         `HEAPMARK_BLESS=1 cargo test --package xtask --test records`"
    );
}

#[test]
fn every_stored_extra_measurement_loads() {
    let store = Store::open(results());
    let (_, skipped) = store.extra::<record::Calibration>();
    assert!(skipped.is_empty(), "{skipped:?}");
    let (_, skipped) = store.extra::<record::AllocatorRecord>();
    assert!(skipped.is_empty(), "{skipped:?}");
    let (_, skipped) = store.extra::<record::ContentionRecord>();
    assert!(skipped.is_empty(), "{skipped:?}");
    let (_, skipped) = store.extra::<record::ToolRecord>();
    assert!(skipped.is_empty(), "{skipped:?}");
}

#[test]
fn the_fixture_follows_the_schema() {
    let fixture: Value = serde_json::from_str(FIXTURE).unwrap();
    validator().validate(&fixture).unwrap();
}

#[test]
fn the_schema_rejects_what_is_not_a_record() {
    let validator = validator();
    for (good, bad) in [
        ("\"dirty\": false", "\"dirty\": 0"),
        ("\"sha\":", "\"hash\":"),
        ("\"cores\": 2", "\"cores\": -2"),
        ("\"random\"", "\"lucky\""),
        ("\"allocs\":{\"value\":1,", "\"allocs\":{\"value\":1.5,"),
        ("\"allocs\":{", "\"mallocs\":{"),
        ("[8,1]", "[8]"),
        ("\"live\":[5,0]", "\"live\":5"),
    ] {
        let text = FIXTURE.replacen(good, bad, 1);
        assert!(text != FIXTURE, "{good}");
        let planted: Value = serde_json::from_str(&text).unwrap();
        assert!(!validator.is_valid(&planted), "{bad}");
    }
}

#[test]
fn every_stored_record_loads_follows_the_schema_and_is_small() {
    let loaded = Store::open(results()).load().unwrap();
    assert!(loaded.skipped.is_empty(), "{:?}", loaded.skipped);
    let validator = validator();
    for stored in loaded.runs {
        let path = stored.path.display();
        let text = fs::read_to_string(&stored.path).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        if let Err(error) = validator.validate(&value) {
            panic!("{path}: {error}");
        }
        // Schema 1 needs twice as much for a case.
        let limit = match stored.run.schema {
            1 => 100 * 1024,
            _ => 16 * 1024 + 1536 * stored.run.entries.len(),
        };
        assert!(text.len() < limit, "{path} is {} bytes", text.len());
    }
}

#[test]
fn the_readme_of_the_results_names_every_key_and_word_of_a_record() {
    let readme = fs::read_to_string(results().join("README.md")).unwrap();
    let mut words = BTreeSet::new();
    collect(&record::json_schema(), &mut words);
    // Words at three depths of the schema: the walk reaches all of them.
    for word in ["schema", "drop_reallocs", "varied_before", "lock_sha256"] {
        assert!(words.contains(word), "{word} was not found");
    }
    let missing = |text: &str| {
        let lacks = |word: &&String| !text.contains(&format!("`{word}`"));
        words.iter().filter(lacks).cloned().collect::<Vec<_>>()
    };
    assert_eq!(missing(&readme), [""; 0], "results/README.md lacks these");
    assert_eq!(missing(&readme.replace("`reason`", "")), ["reason"]);
}

/// Collects every key of an object and every fixed word in `schema`.
fn collect(schema: &Value, words: &mut BTreeSet<String>) {
    match schema {
        Value::Object(map) => {
            for (name, inner) in map {
                match (name.as_str(), inner) {
                    ("properties", Value::Object(keys)) => words.extend(keys.keys().cloned()),
                    ("const", Value::String(word)) => {
                        words.insert(word.clone());
                    }
                    ("enum", Value::Array(list)) => {
                        words.extend(list.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    _ => {}
                }
                collect(inner, words);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, words)),
        _ => {}
    }
}
