//! Checks source files against the rules. Every fault names file and line.

use std::collections::BTreeMap;

use super::rules::Rules;
use super::source::{self, Named, Root, Word};

/// A source file; its path is relative to the repository, with `/`.
pub struct File {
    pub path: String,
    pub text: String,
}

/// Maps each name at the root of a package (module, re-export or macro) to its module, as in
/// `site::view`. The key is the package and the name.
pub type Roots = BTreeMap<(&'static str, String), String>;

/// A package whose modules are checked: its name in the table, its folder, and its name in code.
struct Package {
    name: &'static str,
    folder: &'static str,
    called: &'static str,
}

const PACKAGES: [Package; 4] = [
    Package {
        name: "model",
        folder: "model/src/",
        called: "heapmark_model",
    },
    Package {
        name: "site",
        folder: "site/src/",
        called: "heapmark_site",
    },
    Package {
        name: "tool",
        folder: "cargo-heapmark/src/",
        called: "cargo_heapmark",
    },
    Package {
        name: "lib",
        folder: "src/",
        called: "heapmark",
    },
];

/// Reads the names at the root of each package from its files.
pub fn roots(files: &[File]) -> Roots {
    let mut roots = Roots::new();
    for file in files {
        let Some((package, module)) = module_of(&file.path) else {
            continue;
        };
        let Ok(tokens) = source::tokens(&file.text) else {
            continue;
        };
        let Some(top) = module.first() else {
            for (index, token) in tokens.iter().enumerate() {
                if source::is_word(token, "mod") {
                    let name = tokens[index + 1].to_string();
                    let module = format!("{package}::{name}");
                    roots.insert((package, name), module);
                } else if source::is_word(token, "use") {
                    let mut trees = Vec::new();
                    source::path_tree(&tokens, index + 1, &[], &mut trees);
                    for tree in trees {
                        let name = tree.alias.or(tree.segments.last().cloned());
                        let first = &tree.segments[0];
                        let module = match PACKAGES.iter().find(|of| *of.called == **first) {
                            Some(of) => format!("{}::{}", of.name, tree.segments[1]),
                            None => format!("{package}::{first}"),
                        };
                        roots.insert((package, name.unwrap_or_default()), module);
                    }
                }
            }
            continue;
        };
        for name in source::macros(&tokens) {
            roots.insert((package, name), format!("{package}::{top}"));
        }
    }
    roots
}

/// The violations of `rules` in `file`, one sentence each.
pub fn faults(rules: &Rules, roots: &Roots, file: &File) -> Vec<String> {
    let path = &file.path;
    let mut faults = Vec::new();
    let stem = path.trim_end_matches(".rs");
    for name in stem
        .split('/')
        .filter(|part| rules.names.contains(&(*part).to_owned()))
    {
        faults.push(format!(
            "{path}: `{name}` does not describe what is inside; name the concept"
        ));
    }
    let tokens = match source::tokens(&file.text) {
        Ok(tokens) => tokens,
        Err(error) => return vec![format!("{path}: cannot be parsed as Rust: {error}")],
    };
    for word in source::words(&tokens) {
        let fault = match word.what {
            Word::Unsafe if is_of_package(path) && !may_be_unsafe(rules, path) => {
                "`unsafe` in a file that docs/architecture.md does not list".to_owned()
            }
            Word::Print(name) if is_of_package(path) => {
                format!("`{name}!` in a package; write to an `impl Write`")
            }
            Word::Allow => "`allow(…)`; use `#[expect(lint, reason = \"…\")]`".to_owned(),
            Word::Unsafe | Word::Print(_) => continue,
        };
        faults.push(format!("{path}:{}: {fault}", word.line));
    }
    let Some((package, module)) = module_of(path) else {
        return faults;
    };
    let Some(top) = module.first() else {
        return faults;
    };
    let top = format!("{package}::{top}");
    if !rules.modules.contains_key(&top) {
        faults.push(format!(
            "{path}: unknown module `{top}`: add it to the table with its allowed arrows"
        ));
        return faults;
    }
    for named in source::paths(&tokens, &module) {
        if let Some(fault) = path_fault(rules, roots, (package, &top), &named) {
            faults.push(format!("{path}:{}: {fault}", named.line));
        }
    }
    faults
}

fn path_fault(
    rules: &Rules,
    roots: &Roots,
    (package, module): (&'static str, &str),
    named: &Named,
) -> Option<String> {
    if named.root == Root::Std {
        let path = named.segments.join("::");
        let bans = rules.never.iter().filter(|(banned, _)| banned == module);
        let hit = bans.flat_map(|(_, paths)| paths).find(|ban| {
            path == **ban || path.starts_with(&format!("{ban}::")) || path == parent_glob(ban)
        })?;
        return (!named.in_tests).then(|| format!("`{module}` must never name `{hit}`"));
    }
    let package = match &named.root {
        Root::Package(called) => PACKAGES.iter().find(|of| *of.called == **called)?.name,
        _ => package,
    };
    let Some(first) = named.segments.first().filter(|first| *first != "*") else {
        return Some("names the whole crate; name the module that is used".to_owned());
    };
    let Some(used) = roots.get(&(package, first.clone())) else {
        return Some(format!(
            "`{package}::{first}` is neither a module, a re-export nor a macro"
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

/// The glob that imports `path`: `std::io::*` for `std::io::stdout`.
fn parent_glob(path: &str) -> String {
    let parent = path.rsplit_once("::").map_or("", |(parent, _)| parent);
    format!("{parent}::*")
}

fn may_be_unsafe(rules: &Rules, path: &str) -> bool {
    rules.unsafe_files.iter().any(|listed| {
        path == listed || (listed.ends_with('/') && path.starts_with(listed.as_str()))
    })
}

fn is_of_package(path: &str) -> bool {
    PACKAGES.iter().any(|of| path.starts_with(of.folder))
}

/// The package and the module that a file is; `None` for binaries and files elsewhere.
fn module_of(path: &str) -> Option<(&'static str, Vec<String>)> {
    let package = PACKAGES.iter().find(|of| path.starts_with(of.folder))?;
    let inside = path.strip_prefix(package.folder)?.strip_suffix(".rs")?;
    if inside == "main" {
        return None;
    }
    let mut module: Vec<String> = inside.split('/').map(str::to_owned).collect();
    if matches!(module.last().map(String::as_str), Some("mod" | "lib")) {
        module.pop();
    }
    Some((package.name, module))
}
