//! Tests of the JSON reader and writer, partly against serde_json.

use std::collections::BTreeMap;

use super::{Json, Value, parse, to_text};

#[derive(Debug, Default, PartialEq)]
struct Odd {
    text: String,
    number: i64,
    maybe: Option<u64>,
    pairs: Vec<(u64, bool)>,
    map: BTreeMap<String, i64>,
    late: Vec<i64>,
}

super::json_object!(Odd { text, number, maybe, pairs, map } default { late });

fn odd() -> Odd {
    Odd {
        text: "a \"quoted\" \\ line\nwith \u{1}, \u{7f}, ä and \u{1f980}".to_owned(),
        number: i64::MIN,
        maybe: Some(u64::MAX),
        pairs: vec![(0, true), (1, false)],
        map: BTreeMap::from([("a b".to_owned(), -1)]),
        late: vec![7],
    }
}

#[test]
fn what_is_written_is_read_again() {
    let text = to_text(&odd());
    assert_eq!(Odd::read(&parse(&text).unwrap()).unwrap(), odd());
    let empty = to_text(&Odd::default());
    assert_eq!(Odd::read(&parse(&empty).unwrap()).unwrap(), Odd::default());
}

#[cfg(feature = "records")]
#[test]
fn serde_json_reads_what_is_written_and_is_read() {
    let text = to_text(&odd());
    let theirs: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(theirs["text"], odd().text);
    assert_eq!(theirs["number"], i64::MIN);
    assert_eq!(theirs["maybe"], u64::MAX);
    for written in [
        serde_json::to_string(&theirs).unwrap(),
        serde_json::to_string_pretty(&theirs).unwrap(),
    ] {
        assert_eq!(Odd::read(&parse(&written).unwrap()).unwrap(), odd());
    }
    // Both parsers must agree about random texts, whether these are JSON or not.
    let mut dice = fastrand::Rng::with_seed(1);
    let pieces = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\\u00e4",
        "\\ud83e\\udd80",
        "\\ud83e",
        "\\n",
        "1",
        "-",
        "0",
        ".5",
        "e9",
        "true",
        "false",
        "null",
        "nul",
        " ",
        "a",
        "ä",
        "\u{2}",
    ];
    let (mut both, mut neither) = (0, 0);
    for _ in 0..200_000 {
        let length = dice.usize(1..9);
        let text: String = (0..length)
            .map(|_| pieces[dice.usize(..pieces.len())])
            .collect();
        let theirs = serde_json::from_str::<serde_json::Value>(&text).is_ok();
        let ours = parse(&text).is_ok();
        // Numbers that JSON forbids, such as 01 and 1., are accepted: workers never write them.
        assert!(ours || !theirs, "{text:?}");
        both += u32::from(ours && theirs);
        neither += u32::from(!ours && !theirs);
    }
    assert!(both > 1_000 && neither > 100_000, "{both} {neither}");
}

#[test]
fn an_error_names_the_key_and_what_is_wrong() {
    let wrong = |text: &str| Odd::read(&parse(text).unwrap()).unwrap_err();
    assert_eq!(wrong("{}"), "`text` is missing");
    assert_eq!(
        wrong(r#"{"text":1}"#),
        "`text`: expected a string, found a number"
    );
    let pairs = r#"{"text":"","number":1,"pairs":[[1,true],[2]],"map":{}}"#;
    assert_eq!(wrong(pairs), "`pairs`: expected 2 values, found 1");
    assert_eq!(
        wrong(r#"{"text":"","number":1.5}"#),
        "`number`: expected i64, found 1.5"
    );
}

#[test]
fn text_that_is_not_json_is_rejected_at_any_depth() {
    for text in [
        "",
        "{",
        "[1,]",
        "{\"a\":}",
        "{\"a\" 1}",
        "nul",
        "1 2",
        "\"a",
        "\"\\x\"",
        "\"\\ud800\"",
        "[1",
        "-",
        "\u{1}",
        "\"\u{1}\"",
        "{1:2}",
    ] {
        assert!(parse(text).is_err(), "{text:?}");
    }
    assert!(parse(&"[".repeat(100_000)).is_err());
    assert_eq!(parse(" [ ] ").unwrap(), Value::List(Vec::new()));
}
