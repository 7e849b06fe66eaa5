//! Records of every schema can be read, and are written again with the same content.

use std::fs;
use std::path::Path;

use cargo_heapmark::store::{self, Store};
use heapmark_model::record::{self, Run};

use crate::{FIXTURE, NAME};

const BRIEF: &str = include_str!("../store_compat/schema-2.json");
/// A record from before times were recorded.
const COUNTS_ONLY: &str = include_str!("../store_compat/schema-1-counts.json");
/// A stored record with cases that grow. Records are never edited, so it can be a fixture.
const GROWING: &str = include_str!(
    "../../../results/amd-epyc-2-linux/2026/20261123T165346Z-b93ee9b728a7-system-1.95.0.json"
);

/// The run that a store loads if this text is its only record.
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
    for record in [BRIEF, GROWING] {
        assert!(store::to_json(&loaded(record)) == record);
    }
}

#[test]
fn a_record_of_schema_1_has_the_same_content_as_one_of_schema_2() {
    assert_eq!(loaded(COUNTS_ONLY).schema, 1);
    let brief = Run {
        schema: record::SCHEMA,
        ..loaded(FIXTURE)
    };
    if std::env::var_os("HEAPMARK_BLESS").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/store_compat/schema-2.json");
        fs::write(path, store::to_json(&brief)).unwrap();
    }
    assert!(loaded(BRIEF) == brief, "differs from schema 1");
}

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

/// Every key of an object in the schema.
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
