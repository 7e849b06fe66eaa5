use super::{Run, SCHEMA};

/// The JSON Schema of a record, generated from the types; it stands in `results/schema.json`.
pub fn json_schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Run);
    schema.insert(
        "title".to_owned(),
        format!("heapmark record, schema {SCHEMA}").into(),
    );
    schema.to_value()
}
