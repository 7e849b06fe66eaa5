//! The JSON Schema of records.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::{Metric, Run, SCHEMA};

/// The JSON Schema of the records that this build reads, generated from the types. It is stored in
/// `results/schema.json`. It allows unknown keys, but no values of a wrong type.
pub fn json_schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings
        .into_generator()
        .into_root_schema_for::<Run>()
        .to_value();
    schema["title"] = json!(format!("heapmark record, schema {SCHEMA}"));
    schema["properties"]["schema"] = json!({
        "enum": [1, SCHEMA],
        "description": "The version of this format.",
    });
    // The schema of the types allows any key in a map.
    let keys = Metric::ALL.map(Metric::key);
    schema["$defs"]["Entry"]["properties"]["metrics"]["propertyNames"] = json!({ "enum": keys });
    schema
}
