//! Decodes `profile.proto` with prost, and makes the same checks as pprof's own reader.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

/// The part of `profile.proto` that a heap profile uses, by its published field numbers.
mod proto {
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Whole {
        #[prost(message, repeated, tag = "1")]
        pub sample_type: Vec<ValueType>,
        #[prost(message, repeated, tag = "2")]
        pub sample: Vec<Sample>,
        #[prost(message, repeated, tag = "4")]
        pub location: Vec<Location>,
        #[prost(message, repeated, tag = "5")]
        pub function: Vec<Function>,
        #[prost(string, repeated, tag = "6")]
        pub string_table: Vec<String>,
        #[prost(int64, tag = "14")]
        pub default_sample_type: i64,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct ValueType {
        #[prost(int64, tag = "1")]
        pub r#type: i64,
        #[prost(int64, tag = "2")]
        pub unit: i64,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Sample {
        #[prost(uint64, repeated, tag = "1")]
        pub location_id: Vec<u64>,
        #[prost(int64, repeated, tag = "2")]
        pub value: Vec<i64>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Location {
        #[prost(uint64, tag = "1")]
        pub id: u64,
        #[prost(message, repeated, tag = "4")]
        pub line: Vec<Line>,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Line {
        #[prost(uint64, tag = "1")]
        pub function_id: u64,
        #[prost(int64, tag = "2")]
        pub line: i64,
    }
    #[derive(Clone, PartialEq, prost::Message)]
    pub struct Function {
        #[prost(uint64, tag = "1")]
        pub id: u64,
        #[prost(int64, tag = "2")]
        pub name: i64,
        #[prost(int64, tag = "4")]
        pub filename: i64,
    }
}

/// Function, file and line.
pub type Location = (String, String, i64);

#[derive(Debug)]
pub struct Whole {
    /// Innermost frame first.
    pub stacks: BTreeSet<Vec<Location>>,
    pub sums: [i64; 4],
}

pub fn read(gzipped: &[u8]) -> Result<Whole, String> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(gzipped)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    let whole: proto::Whole = prost::Message::decode(&*bytes).map_err(|error| error.to_string())?;
    let text = |index: i64| -> Result<&str, String> {
        let text = usize::try_from(index).ok();
        let text = text.and_then(|index| whole.string_table.get(index));
        Ok(text.ok_or("a text that is not in the table")?)
    };
    if !text(0)?.is_empty() {
        return Err("the first text is not empty".to_owned());
    }
    let mut types = Vec::new();
    for kind in &whole.sample_type {
        types.push((text(kind.r#type)?, text(kind.unit)?));
    }
    let known = [
        ("alloc_objects", "count"),
        ("alloc_space", "bytes"),
        ("inuse_objects", "count"),
        ("inuse_space", "bytes"),
    ];
    if types != known || text(whole.default_sample_type)? != "inuse_space" {
        return Err(format!("{types:?} are not the values of a heap"));
    }
    let mut functions = BTreeMap::new();
    for function in &whole.function {
        let names = (text(function.name)?, text(function.filename)?);
        if function.id == 0 || functions.insert(function.id, names).is_some() {
            return Err("a function has the id of another one, or none".to_owned());
        }
    }
    let mut places = BTreeMap::new();
    for location in &whole.location {
        let [line] = &*location.line else {
            return Err("a location does not have one line".to_owned());
        };
        let (name, file) = functions
            .get(&line.function_id)
            .ok_or("a function is missing")?;
        let place: Location = ((*name).to_owned(), (*file).to_owned(), line.line);
        if location.id == 0 || places.insert(location.id, place).is_some() {
            return Err("a location has the id of another one, or none".to_owned());
        }
    }
    let mut read = Whole {
        stacks: BTreeSet::new(),
        sums: [0; 4],
    };
    for sample in &whole.sample {
        let stack = sample.location_id.iter().map(|id| places.get(id).cloned());
        let stack: Option<Vec<Location>> = stack.collect();
        if !read.stacks.insert(stack.ok_or("a location is missing")?) {
            return Err("a stack comes twice".to_owned());
        }
        let values: [i64; 4] = (*sample.value)
            .try_into()
            .map_err(|_| "a value for each type")?;
        for (sum, value) in read.sums.iter_mut().zip(values) {
            *sum += value;
        }
        if values.iter().any(|value| *value < 0) {
            return Err("a value is below zero".to_owned());
        }
    }
    Ok(read)
}
