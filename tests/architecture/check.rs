//! Holds source files against the rules; every fault names file and line.

use std::collections::BTreeMap;

use super::rules::Rules;
use super::source::{self, Named, Root, Word};

/// A source file; its path is relative to the repository, with `/`.
pub struct File {
    pub path: String,
    pub text: String,
}

/// Which module a name at the crate's root belongs to: modules, re-exports and macros.
pub type Roots = BTreeMap<String, String>;

/// Reads the names at the root of the library from its files.
pub fn roots(files: &[File]) -> Roots {
    let mut roots = Roots::new();
    for file in files {
        let Some(module) = module_of(&file.path) else {
            continue;
        };
        let Ok(tokens) = source::tokens(&file.text) else {
            continue;
        };
        let Some(top) = module.first() else {
            for (index, token) in tokens.iter().enumerate() {
                if source::is_word(token, "mod") {
                    let name = tokens[index + 1].to_string();
                    roots.insert(name.clone(), name);
                } else if source::is_word(token, "use") {
                    let mut trees = Vec::new();
                    source::path_tree(&tokens, index + 1, &[], &mut trees);
                    for tree in trees {
                        let name = tree.alias.or(tree.segments.last().cloned());
                        roots.insert(name.unwrap_or_default(), tree.segments[0].clone());
                    }
                }
            }
            continue;
        };
        for name in source::macros(&tokens) {
            roots.insert(name, top.clone());
        }
    }
    roots
}

/// What `file` does against `rules`, one sentence a fault.
pub fn faults(rules: &Rules, roots: &Roots, file: &File) -> Vec<String> {
    let path = &file.path;
    let mut faults = Vec::new();
    let stem = path.trim_end_matches(".rs");
    for name in stem
        .split('/')
        .filter(|part| rules.names.contains(&(*part).to_owned()))
    {
        faults.push(format!(
            "{path}: `{name}` says nothing about what is inside; name the concept"
        ));
    }
    let tokens = match source::tokens(&file.text) {
        Ok(tokens) => tokens,
        Err(error) => return vec![format!("{path}: is no Rust: {error}")],
    };
    for word in source::words(&tokens) {
        let fault = match word.what {
            Word::Unsafe if path.starts_with("src/") && !may_be_unsafe(rules, path) => {
                "`unsafe` in a file that docs/architecture.md does not list".to_owned()
            }
            Word::Print(name) if path.starts_with("src/") => {
                format!("`{name}!` in the library; write to an `impl Write`")
            }
            Word::Allow => "`allow(…)`; use `#[expect(lint, reason = \"…\")]`".to_owned(),
            Word::Unsafe | Word::Print(_) => continue,
        };
        faults.push(format!("{path}:{}: {fault}", word.line));
    }
    let Some(module) = module_of(path) else {
        return faults;
    };
    let Some(top) = module.first() else {
        return faults;
    };
    if !rules.modules.contains_key(top) {
        faults.push(format!(
            "{path}: unknown module `{top}`: add it to the table with its allowed arrows"
        ));
        return faults;
    }
    for named in source::paths(&tokens, &module) {
        if let Some(fault) = path_fault(rules, roots, top, &named) {
            faults.push(format!("{path}:{}: {fault}", named.line));
        }
    }
    faults
}

fn path_fault(rules: &Rules, roots: &Roots, module: &str, named: &Named) -> Option<String> {
    if named.root == Root::Std {
        let path = named.segments.join("::");
        let bans = rules.never.iter().filter(|(banned, _)| banned == module);
        let hit = bans.flat_map(|(_, paths)| paths).find(|ban| {
            path == **ban || path.starts_with(&format!("{ban}::")) || path == parent_glob(ban)
        })?;
        return (!named.in_tests).then(|| format!("`{module}` must never name `{hit}`"));
    }
    let Some(first) = named.segments.first().filter(|first| *first != "*") else {
        return Some("names the whole crate; name the module that is used".to_owned());
    };
    let Some(used) = roots.get(first) else {
        return Some(format!(
            "`crate::{first}` is neither a module, a re-export nor a macro"
        ));
    };
    if named.root == Root::Expansion {
        let may_expand = rules.expansions.iter().any(|allowed| allowed == module);
        return (!may_expand).then(|| {
            format!("`$crate::{first}`: macros of `{module}` are not listed under `expansions`")
        });
    }
    let allowed = used == module || rules.modules[module].may_use(used);
    (!allowed).then(|| format!("`{module}` uses `{used}`, an arrow that the table does not allow"))
}

/// `std::io::*` brings in `std::io::stdout`.
fn parent_glob(path: &str) -> String {
    let parent = path.rsplit_once("::").map_or("", |(parent, _)| parent);
    format!("{parent}::*")
}

fn may_be_unsafe(rules: &Rules, path: &str) -> bool {
    rules.unsafe_files.iter().any(|listed| {
        path == listed || (listed.ends_with('/') && path.starts_with(listed.as_str()))
    })
}

/// The module that a file of the library is; `None` for binaries and files elsewhere.
fn module_of(path: &str) -> Option<Vec<String>> {
    let inside = path.strip_prefix("src/")?.strip_suffix(".rs")?;
    if inside.starts_with("bin/") {
        return None;
    }
    let mut module: Vec<String> = inside.split('/').map(str::to_owned).collect();
    if matches!(module.last().map(String::as_str), Some("mod" | "lib")) {
        module.pop();
    }
    Some(module)
}
