//! The line of the user's code that is printed for a change in a dependency.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::registry;
use crate::repository::Repository;

/// Encodes and decodes through a function that is never inlined.
const FUNCTIONS: &str = "\
#[inline(never)]
pub fn encode(blocks: usize, bytes: usize) -> Vec<Vec<u8>> {
    let mut all = Vec::with_capacity(std::hint::black_box(blocks));
    for _ in 0..blocks { all.push(grow(bytes)); }
    all
}

#[inline(never)]
pub fn decode(blocks: usize, bytes: usize) -> Vec<Vec<u8>> {
    let mut all = Vec::with_capacity(std::hint::black_box(blocks));
    for _ in 0..blocks { all.push(grow(bytes)); }
    all
}

#[inline(never)]
fn grow(bytes: usize) -> Vec<u8> {
    vec![1; std::hint::black_box(bytes)]
}
";

/// The same through one function, which allocates one block fewer when it decodes.
const ENGINE: &str = "\
#[inline(always)]
pub fn encode(blocks: usize, bytes: usize) -> Vec<Vec<u8>> { engine(blocks, blocks, bytes) }

#[inline(always)]
pub fn decode(blocks: usize, bytes: usize) -> Vec<Vec<u8>> { engine(blocks, blocks - 1, bytes) }

#[inline(never)]
fn engine(room: usize, blocks: usize, bytes: usize) -> Vec<Vec<u8>> {
    let mut all = Vec::with_capacity(std::hint::black_box(room));
    for _ in 0..blocks { all.push(vec![1; std::hint::black_box(bytes)]); }
    all
}
";

/// Allocates nothing.
const NOTHING: &str = "\
pub fn encode(_: usize, _: usize) -> Vec<Vec<u8>> { Vec::new() }
pub fn decode(_: usize, _: usize) -> Vec<Vec<u8>> { Vec::new() }
";

/// The user's library: line 5 encodes, line 6 decodes, and line 19 decodes through code that line
/// 12 in a macro generates.
const LIB: &str = "\
use std::hint::black_box;

#[inline(never)]
pub fn both() -> [Vec<Vec<u8>>; 2] {
    let one = planted::encode(black_box(4), black_box(100));
    let two = planted::decode(black_box(4), black_box(50));
    [one, two]
}

macro_rules! derive {
    ($name:ident) => {
        impl $name { #[inline(never)] pub fn read() -> Vec<Vec<u8>> { planted::decode(black_box(2), black_box(8)) } }
    };
}
pub struct Read; derive!(Read);

#[inline(never)]
pub fn through_a_macro() -> Vec<Vec<u8>> {
    Read::read()
}
";

fn repository(routine: &str) -> Repository {
    let versions = [("1.0.0", FUNCTIONS), ("1.1.0", ENGINE), ("1.2.0", NOTHING)];
    let repository = registry::repository(&versions);
    let root = repository.root();
    fs::create_dir_all(root.join("src")).unwrap();
    fs::write(root.join("src/lib.rs"), LIB).unwrap();
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let manifest = manifest.replace("[dev-dependencies]\nplanted =", "[dependencies]\nplanted =");
    let (dependency, rest) = manifest.split_once("\nheapmark").unwrap();
    let manifest = format!("{dependency}\n\n[dev-dependencies]\nheapmark{rest}");
    fs::write(root.join("Cargo.toml"), manifest).unwrap();
    repository.write(routine, "", "");
    repository.commit("Depend on it");
    repository
}

/// How much blocks and bytes of the only case changed at each line of the library.
fn by_line(json: &Value) -> BTreeMap<u64, [i64; 2]> {
    let mut lines = BTreeMap::new();
    for site in json["changes"][0]["callsites"].as_array().unwrap() {
        let frames = site["frames"].as_array().unwrap();
        let own = frames.iter().find(|frame| frame["file"] == "src/lib.rs");
        let line = own.unwrap_or_else(|| panic!("{site}"))["line"]
            .as_u64()
            .unwrap();
        let sum: &mut [i64; 2] = lines.entry(line).or_default();
        sum[0] += site["allocs"].as_i64().unwrap();
        sum[1] += site["bytes"].as_i64().unwrap();
    }
    lines
}

fn versions<'a>(base: &'a str, head: &'a str) -> [&'a str; 6] {
    ["main", "main", "--base-with", base, "--head-with", head]
}

#[test]
fn each_own_line_has_its_own_sum_and_an_unchanged_line_is_not_named() {
    let repository = repository("::tiny::both()");
    let flags = versions("planted=1.0.0", "planted=1.1.0");
    let (_, json) = repository.verdicts(&flags, 0);
    assert_eq!(by_line(&json), [(6, [-1, -50])].into(), "{json}");

    let flags = versions("planted=1.0.0", "planted=1.2.0");
    let (_, json) = repository.verdicts(&flags, 0);
    let expected = [(5, [-5, -496]), (6, [-5, -296])];
    assert_eq!(by_line(&json), expected.into(), "{json}");
}

#[test]
fn the_line_that_called_code_of_a_macro_is_printed() {
    let repository = repository("::tiny::through_a_macro()");
    let flags = versions("planted=1.0.0", "planted=1.1.0");
    let output = repository.compare(&flags);
    let text = String::from_utf8(output.stdout).unwrap();
    let places = [" src/lib.rs:12 ", " ← src/lib.rs:19 "];
    assert!(places.iter().all(|place| text.contains(place)), "{text}");
}
