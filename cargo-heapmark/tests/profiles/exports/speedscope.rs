//! Checks a file against speedscope's schema of a sampled profile, and returns its sum.

use std::collections::BTreeSet;

use serde_json::Value;

pub fn read(file: &[u8]) -> Result<u64, String> {
    let file: Value = serde_json::from_slice(file).map_err(|error| error.to_string())?;
    if file["$schema"] != "https://www.speedscope.app/file-format-schema.json" {
        return Err("it has no schema".to_owned());
    }
    let frames = file["shared"]["frames"]
        .as_array()
        .ok_or("frames is not a list")?;
    for frame in frames {
        let frame = frame.as_object().ok_or("a frame is not an object")?;
        let is_right = frame.iter().all(|(key, value)| match &**key {
            "name" => value.as_str().is_some_and(|name| !name.is_empty()),
            "file" => value.is_string(),
            "line" | "col" => value.as_u64().is_some_and(|number| number > 0),
            _ => false,
        });
        if !is_right || !frame.contains_key("name") {
            return Err(format!("{frame:?} is not a frame"));
        }
    }
    let profile = &file["profiles"][0];
    if profile["type"] != "sampled" || profile["unit"] != "bytes" || !profile["name"].is_string() {
        return Err("it is not a sampled profile of bytes".to_owned());
    }
    let samples = profile["samples"]
        .as_array()
        .ok_or("samples is not a list")?;
    let weights = profile["weights"]
        .as_array()
        .ok_or("weights is not a list")?;
    if samples.len() != weights.len() {
        return Err("there is not a weight for each sample".to_owned());
    }
    let mut seen = BTreeSet::new();
    for sample in samples {
        let sample = sample.as_array().ok_or("a sample is not a list")?;
        let is_in = |frame: &Value| frame.as_u64().is_some_and(|at| at < frames.len() as u64);
        if !sample.iter().all(is_in) || !seen.insert(Value::from(sample.clone()).to_string()) {
            return Err(format!("{sample:?} is of no frames, or comes twice"));
        }
    }
    let weights: Option<Vec<u64>> = weights.iter().map(Value::as_u64).collect();
    let sum = weights.ok_or("a weight is not a number")?.iter().sum();
    let start = profile["startValue"].as_u64().ok_or("it has no start")?;
    if profile["endValue"].as_u64() != Some(start + sum) {
        return Err("its end is not the sum of its weights".to_owned());
    }
    Ok(sum)
}
