//! Every text in the sources that a user can read, against `tests/wording/messages.txt`, so that a
//! review sees each change of wording in one place.
//!
//! `HEAPMARK_BLESS=1 cargo test --test wording` writes the file anew.
#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is its verdict"
)]

#[path = "wording/reviewed.rs"]
mod reviewed;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

/// The packages that print or render.
const SOURCES: [&str; 4] = ["src", "model/src", "site/src", "cargo-heapmark/src"];

/// The strings of `text` that contain two words, without those of tests and of documentation.
fn messages(text: &str) -> Vec<String> {
    let tokens: TokenStream = text.parse().unwrap();
    let mut found = Vec::new();
    collect(tokens, &mut found);
    found
}

fn collect(tokens: TokenStream, found: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        if let Some(attribute) = attribute(&tokens[at..]) {
            if attribute == "cfg(test)" {
                at += item(&tokens[at..]);
                continue;
            }
            if attribute.starts_with("doc") || attribute.starts_with("expect(") {
                at += 2;
                continue;
            }
        }
        // An inner attribute: documentation, or a lint.
        if let [TokenTree::Punct(hash), TokenTree::Punct(mark), ..] = &tokens[at..]
            && (hash.as_char(), mark.as_char()) == ('#', '!')
        {
            at += 3;
            continue;
        }
        match &tokens[at] {
            TokenTree::Group(group) => collect(group.stream(), found),
            TokenTree::Literal(literal) => found.extend(message(&literal.to_string())),
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
        at += 1;
    }
}

/// The text of the attribute that `tokens` begin with, without spaces.
fn attribute(tokens: &[TokenTree]) -> Option<String> {
    let [TokenTree::Punct(hash), TokenTree::Group(group), ..] = tokens else {
        return None;
    };
    let text = group.stream().to_string();
    (hash.as_char() == '#').then(|| text.replace(' ', ""))
}

/// The number of tokens up to the end of the item: its body or its semicolon.
fn item(tokens: &[TokenTree]) -> usize {
    let is_end = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == proc_macro2::Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    };
    1 + tokens.iter().position(is_end).unwrap_or(tokens.len() - 1)
}

/// A string literal in one line, if it has two words.
fn message(literal: &str) -> Option<String> {
    let text = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut lines = text.split("\\\n");
    let first = lines.next().unwrap_or_default().to_owned();
    let text = lines.fold(first, |text, line| text + line.trim_start());
    // Markup of a chart; the texts in it come from elsewhere.
    if text.starts_with('<') || text.starts_with("class=") {
        return None;
    }
    let words = text.split(' ').filter(|word| {
        let letters = word.chars().filter(|c| c.is_alphabetic());
        letters.count() > 1
    });
    (words.count() > 1).then(|| text.replace('\n', "\\n"))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            sources(&path, found);
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_message_is_as_it_was_reviewed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in SOURCES {
        sources(&root.join(folder), &mut files);
    }
    files.sort();
    let mut catalogue = String::new();
    for path in files {
        let messages = messages(&fs::read_to_string(&path).unwrap());
        if !messages.is_empty() {
            let path = path.strip_prefix(root).unwrap().display();
            writeln!(catalogue, "{path}").unwrap();
            for message in messages {
                writeln!(catalogue, "    {message}").unwrap();
            }
        }
    }
    let path = root.join("tests/wording/messages.txt");
    reviewed::compare(&path, &catalogue, "heapmark");
}

#[test]
fn messages_are_found_in_macros_and_attributes_and_not_in_tests_or_docs() {
    let text = r#"
        //! The doc comment of a module.
        /// A doc comment.
        #[error("no file {path}")]
        struct A;
        fn a() { println!("one {} of \
                           two", 1, "word"); }
        #[cfg(test)]
        mod tests { const B: &str = "not this one"; }
        const C: &str = "and this one";
    "#;
    let expected = ["no file {path}", "one {} of two", "and this one"];
    assert_eq!(messages(text), expected);
}
