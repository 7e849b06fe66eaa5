//! The call sites of a changed count.

use std::fs;

use serde_json::Value;

use crate::repository::Repository;

const PARSE: &str = "\
//! A library.
use std::hint::black_box;

#[inline(never)]
pub fn header() -> Vec<u8> {
    let mut line = Vec::new();
    line.extend_from_slice(black_box(&[1; 40]));
    line.reserve_exact(black_box(60));
    line
}

#[inline(never)]
pub fn request() -> (Vec<u8>, Option<Box<u8>>) {
    let header = header();
    (header, None)
}
";

/// A repository whose case calls a library, and a branch for each of these libraries.
fn repository(branches: &[(&str, &str, &str)]) -> Repository {
    let repository = Repository::new();
    let lib = |r: &Repository, text: &str| {
        fs::create_dir_all(r.root().join("src")).unwrap();
        fs::write(r.root().join("src/lib.rs"), "pub mod parse;\n").unwrap();
        fs::write(r.root().join("src/parse.rs"), text).unwrap();
    };
    repository.write("::tiny::parse::request()", "", "");
    lib(&repository, PARSE);
    repository.commit("Parse a request");
    for (name, good, bad) in branches {
        let text = PARSE.replace(good, bad);
        assert_ne!(text, PARSE, "{name}");
        repository.branch(name, |r| lib(r, &text));
    }
    repository
}

/// The call sites of the only case, as `ALLOCS REALLOCS BYTES RETAINED FILE:LINE FUNCTION`.
fn callsites(json: &Value) -> Vec<String> {
    let change = &json["changes"][0];
    assert!(change["no_callsites"].is_null(), "{change}");
    let sites = change["callsites"].as_array();
    let sites = sites.map(Vec::as_slice).unwrap_or_default().iter();
    let told = sites.map(|site| {
        let inner = &site["frames"][0];
        let number = |key: &str| site[key].as_i64().unwrap();
        let amounts = ["allocs", "reallocs", "bytes", "retained"].map(number);
        // With line tables only, the path of a function can differ between builds.
        let function = inner["function"]
            .as_str()
            .unwrap()
            .rsplit("::")
            .next()
            .unwrap();
        let file = inner["file"].as_str().unwrap();
        format!("{amounts:?} {file}:{} {function}", inner["line"])
    });
    told.collect()
}

#[test]
fn a_change_is_named_by_file_and_line() {
    let repository = repository(&[
        (
            "more",
            "(header, None)",
            "(header, Some(Box::new(black_box(1))))",
        ),
        ("bigger", "&[1; 40]", "&[1; 48]"),
        (
            "capacity",
            "Vec::new()",
            "Vec::with_capacity(black_box(128))",
        ),
        (
            "leak",
            "    line\n}",
            "    std::mem::forget(black_box(vec![0_u8; 24]));\n    line\n}",
        ),
    ]);
    let named = |base, head, code| callsites(&repository.verdicts(&[base, head], code).1);
    assert_eq!(
        named("main", "more", 1),
        ["[1, 0, 1, 0] src/parse.rs:15 request"]
    );
    assert_eq!(
        named("more", "main", 0),
        ["[-1, 0, -1, 0] src/parse.rs:15 request"]
    );
    let bigger = named("main", "bigger", 1);
    assert_eq!(bigger, ["[0, 0, 8, 0] src/parse.rs:7 header"]);
    let capacity = named("main", "capacity", 1);
    let all: String = capacity.join("; ");
    assert!(
        all.contains("src/parse.rs:6 header"),
        "the line that reserves must be named: {all}"
    );
    assert!(all.contains("-1, "), "the realloc must be gone: {all}");
    let leak = named("main", "leak", 1);
    assert_eq!(leak, ["[1, 0, 24, 24] src/parse.rs:9 header"]);

    let output = repository.compare(&["main", "more"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let line = "+1 alloc +1 B  src/parse.rs:15 request ← ";
    assert!(text.contains(line), "{text}");
    let output = repository.compare(&["main", "more", "--format", "markdown"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("- `+1 alloc +1 B  src/parse.rs:15"), "{text}");
}

#[test]
fn code_that_moved_is_not_named_together_with_the_change() {
    let repository = repository(&[(
        "more",
        "(header, None)",
        "(header, Some(Box::new(black_box(1))))",
    )]);
    // A function with another name parses the header in another file, and one block is new.
    repository.branch("moved", |r| {
        let (header, request) = PARSE
            .split_once("#[inline(never)]\npub fn request")
            .unwrap();
        let header = header.replace("fn header", "fn line_of_header");
        let request = format!(
            "use std::hint::black_box;\n\n#[inline(never)]\npub fn request{}",
            request
                .replace("= header()", "= crate::line::line_of_header()")
                .replace("(header, None)", "(header, Some(Box::new(black_box(1))))")
        );
        fs::create_dir_all(r.root().join("src")).unwrap();
        fs::write(
            r.root().join("src/lib.rs"),
            "pub mod line;\npub mod parse;\n",
        )
        .unwrap();
        fs::write(r.root().join("src/line.rs"), header).unwrap();
        fs::write(r.root().join("src/parse.rs"), request).unwrap();
    });
    let (_, json) = repository.verdicts(&["main", "moved"], 1);
    assert_eq!(callsites(&json), ["[1, 0, 1, 0] src/parse.rs:6 request"]);
    let (_, json) = repository.verdicts(&["more", "moved"], 0);
    assert_eq!(callsites(&json), [""; 0], "only code moved");
}
