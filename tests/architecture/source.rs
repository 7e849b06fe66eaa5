//! Reads Rust source as tokens, so that paths in comments and strings do not count.
//!
//! ```text
//!  text ──proc_macro2──▶ tokens ──▶ Named       paths from `crate`, `$crate`, `self`, `super`, `std`,
//!                               │             and from the other packages
//!                               ├─▶ macros      names that `macro_rules!` defines
//!                               └─▶ Found       words that a rule may forbid
//! ```
//!
//! It does not judge, and it does not know the rules.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path in the source, resolved from its root.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    pub line: usize,
    pub root: Root,
    /// For a path of the crate: its segments below the crate's root.
    pub segments: Vec<String>,
    /// Whether it is in a module called `tests`.
    pub in_tests: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// `crate::…`, or `self` and `super` counted from the crate's root.
    Crate,
    /// `$crate::…`: code that a macro expands to, in the crate of its user.
    Expansion,
    /// `std::…` or `core::…`.
    Std,
    /// Another package of the workspace, by its name in code.
    Package(String),
}

/// A word that a rule may forbid.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    pub line: usize,
    pub what: Word,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Word {
    Unsafe,
    /// `print!`, `println!`, `eprint!`, `eprintln!` or `dbg!`: its name.
    Print(String),
    /// `#[allow(…)]`, also inside `cfg_attr`.
    Allow,
}

/// The names of the workspace's packages in code.
pub const PACKAGES: [&str; 4] = [
    "heapmark",
    "heapmark_model",
    "heapmark_site",
    "cargo_heapmark",
];

const PRINTING: [&str; 5] = ["print", "println", "eprint", "eprintln", "dbg"];

/// The tokens of `text`, or the error of the lexer.
pub fn tokens(text: &str) -> Result<Vec<TokenTree>, String> {
    let stream: TokenStream = text.parse().map_err(|error| format!("{error}"))?;
    Ok(stream.into_iter().collect())
}

/// Every path in `tokens` that begins at a root, resolved in the module `module`.
pub fn paths(tokens: &[TokenTree], module: &[String]) -> Vec<Named> {
    let mut found = Vec::new();
    walk(tokens, module, &mut found);
    found
}

fn walk(tokens: &[TokenTree], module: &[String], found: &mut Vec<Named>) {
    let mut at = 0;
    while at < tokens.len() {
        if let Some((name, body)) = inline_module(&tokens[at..]) {
            walk(&body, &[module, &[name]].concat(), found);
            at += 3;
            continue;
        }
        match &tokens[at] {
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                walk(&inner, module, found);
                at += 1;
            }
            TokenTree::Ident(_) if is_root(&tokens[at]) => {
                let expands = at > 0 && is_punct(&tokens[at - 1], '$');
                let mut trees = Vec::new();
                at = path_tree(tokens, at, &[], &mut trees);
                found.extend(trees.iter().filter_map(|tree| tree.named(module, expands)));
            }
            _ => at += 1,
        }
    }
}

/// One path of a use tree, or a path in an expression.
pub struct Tree {
    pub segments: Vec<String>,
    pub line: usize,
    /// The name behind `as`.
    pub alias: Option<String>,
}

impl Tree {
    fn named(&self, module: &[String], expands: bool) -> Option<Named> {
        // `self.field` and `pub(crate)` are not paths. `crate as name` is one.
        if self.segments.len() == 1 && self.alias.is_none() {
            return None;
        }
        let mut segments = self.segments.clone();
        segments.retain(|segment| segment != "self");
        let (root, segments) = match segments.first().map(String::as_str) {
            Some("std" | "core") => (Root::Std, [&["std".to_owned()], &segments[1..]].concat()),
            Some(package) if PACKAGES.contains(&package) => {
                (Root::Package(package.to_owned()), segments[1..].to_vec())
            }
            Some("crate") if expands => (Root::Expansion, segments[1..].to_vec()),
            Some("crate") => (Root::Crate, segments[1..].to_vec()),
            _ => {
                let climbs = segments.iter().take_while(|name| *name == "super").count();
                let base = &module[..module.len().saturating_sub(climbs)];
                (Root::Crate, [base, &segments[climbs..]].concat())
            }
        };
        Some(Named {
            line: self.line,
            root,
            segments,
            in_tests: module.iter().any(|name| name == "tests"),
        })
    }
}

/// Reads the use tree that begins at `at`, including nested groups. Returns the index of its end.
pub fn path_tree(
    tokens: &[TokenTree],
    mut at: usize,
    prefix: &[String],
    found: &mut Vec<Tree>,
) -> usize {
    let mut segments = prefix.to_vec();
    let mut line = 0;
    loop {
        match tokens.get(at) {
            Some(TokenTree::Ident(name)) => {
                segments.push(name.to_string().trim_start_matches("r#").to_owned());
                line = name.span().start().line;
            }
            Some(TokenTree::Punct(star)) if star.as_char() == '*' => {
                segments.push("*".to_owned());
                line = star.span().start().line;
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                for part in inner.split(|token| is_punct(token, ',')) {
                    if !part.is_empty() {
                        path_tree(part, 0, &segments, found);
                    }
                }
                return at + 1;
            }
            // The path ends here, for example before a turbofish.
            _ => break,
        }
        at += 1;
        if !is_path_separator(tokens, at) {
            break;
        }
        at += 2;
    }
    let alias = match (tokens.get(at), tokens.get(at + 1)) {
        (Some(word), Some(TokenTree::Ident(alias))) if is_word(word, "as") => {
            Some(alias.to_string())
        }
        _ => None,
    };
    found.push(Tree {
        segments,
        line,
        alias,
    });
    at
}

/// The names that `macro_rules!` defines in `tokens`.
pub fn macros(tokens: &[TokenTree]) -> Vec<String> {
    let definitions = tokens
        .windows(3)
        .filter(|window| is_word(&window[0], "macro_rules") && is_punct(&window[1], '!'));
    definitions.map(|window| window[2].to_string()).collect()
}

/// Every word in `tokens` that a rule may forbid.
pub fn words(tokens: &[TokenTree]) -> Vec<Found> {
    let mut found = Vec::new();
    collect_words(tokens, false, &mut found);
    found
}

fn collect_words(tokens: &[TokenTree], in_attribute: bool, found: &mut Vec<Found>) {
    for (index, token) in tokens.iter().enumerate() {
        let next = tokens.get(index + 1);
        let what = match token {
            TokenTree::Ident(word) if word == "unsafe" => Some(Word::Unsafe),
            TokenTree::Ident(word)
                if PRINTING.iter().any(|printing| word == printing)
                    && next.is_some_and(|next| is_punct(next, '!')) =>
            {
                Some(Word::Print(word.to_string()))
            }
            TokenTree::Ident(word)
                if in_attribute && word == "allow" && matches!(next, Some(TokenTree::Group(_))) =>
            {
                Some(Word::Allow)
            }
            TokenTree::Group(group) => {
                let marked = |back| index >= back && is_punct(&tokens[index - back], '#');
                let opens_attribute = group.delimiter() == Delimiter::Bracket
                    && (marked(1) || (marked(2) && is_punct(&tokens[index - 1], '!')));
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                collect_words(&inner, in_attribute || opens_attribute, found);
                None
            }
            _ => None,
        };
        let line = token.span().start().line;
        found.extend(what.map(|what| Found { line, what }));
    }
}

fn inline_module(tokens: &[TokenTree]) -> Option<(String, Vec<TokenTree>)> {
    match tokens {
        [word, TokenTree::Ident(name), TokenTree::Group(body), ..]
            if is_word(word, "mod") && body.delimiter() == Delimiter::Brace =>
        {
            Some((name.to_string(), body.stream().into_iter().collect()))
        }
        _ => None,
    }
}

fn is_root(token: &TokenTree) -> bool {
    let mut roots = ["crate", "self", "super", "std", "core"].iter();
    roots.any(|root| is_word(token, root)) || PACKAGES.iter().any(|name| is_word(token, name))
}

pub fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

fn is_path_separator(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |at: usize| tokens.get(at).is_some_and(|token| is_punct(token, ':'));
    colon(at) && colon(at + 1)
}
