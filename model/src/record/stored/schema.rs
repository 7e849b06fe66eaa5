use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::{Metric, Run, SCHEMA};

/// The JSON Schema of the records that this build reads, generated from the types; it stands in
/// `results/schema.json`. Keys that it does not know are allowed, values of another type are not.
pub fn json_schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings
        .into_generator()
        .into_root_schema_for::<Run>()
        .to_value();
    schema["title"] = json!(format!("heapmark record, schema {SCHEMA}"));
    schema["properties"]["schema"] = json!({
        "enum": [1, SCHEMA],
        "description": "The version of this layout.",
    });
    // The types' schema leaves the keys of a map open.
    let keys = Metric::ALL.map(Metric::key);
    schema["$defs"]["Entry"]["properties"]["metrics"]["propertyNames"] = json!({ "enum": keys });
    schema
}
