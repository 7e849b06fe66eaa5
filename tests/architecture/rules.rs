//! Reads the rules from the fenced blocks of docs/architecture.md, so that the page and the
//! test cannot disagree.

use std::collections::BTreeMap;

/// What docs/architecture.md allows.
pub struct Rules {
    /// The block `arrows`: each module, as in `site::view`, with its layer and what it may use.
    pub modules: BTreeMap<String, Allowed>,
    /// The block `expansions`: modules whose macros may use `$crate`.
    pub expansions: Vec<String>,
    /// The block `unsafe`: files, or folders with a final `/`, that may contain `unsafe`.
    pub unsafe_files: Vec<String>,
    /// The block `never`: a module and the paths of std that it must not name.
    pub never: Vec<(String, Vec<String>)>,
    /// The block `names`: names that no file or folder may have.
    pub names: Vec<String>,
}

pub struct Allowed {
    pub layer: String,
    /// `*` means every module.
    pub uses: Vec<String>,
}

impl Allowed {
    pub fn may_use(&self, module: &str) -> bool {
        self.uses.iter().any(|used| used == module || used == "*")
    }
}

impl Rules {
    /// Reads the blocks of `page`.
    ///
    /// # Panics
    ///
    /// If a block is missing or one of its lines does not parse.
    pub fn parse(page: &str) -> Self {
        let first_words = |block| {
            let lines = lines(page, block).into_iter();
            let first = lines.map(|line| line.split_whitespace().next().map(str::to_owned));
            first.map(Option::unwrap).collect()
        };
        Self {
            modules: lines(page, "arrows").into_iter().map(arrows).collect(),
            expansions: first_words("expansions"),
            unsafe_files: first_words("unsafe"),
            never: lines(page, "never").into_iter().map(never).collect(),
            names: words(&lines(page, "names").join(" ")),
        }
    }
}

/// The lines of the fenced block that is tagged `tag`.
fn lines<'a>(page: &'a str, tag: &str) -> Vec<&'a str> {
    let fence = format!("```{tag}");
    let lines: Vec<&str> = page
        .lines()
        .skip_while(|line| *line != fence)
        .skip(1)
        .take_while(|line| *line != "```")
        .filter(|line| !line.trim().is_empty())
        .collect();
    assert!(!lines.is_empty(), "the page has no block `{tag}`");
    lines
}

/// `L3  site::view  →  model::format`. A name without a package belongs to the package of the row.
fn arrows(line: &str) -> (String, Allowed) {
    let (left, uses) = line
        .split_once('→')
        .unwrap_or_else(|| panic!("no arrow in `{line}`"));
    let [layer, module] = &words(left)[..] else {
        panic!("not a layer and a module before the arrow: `{line}`");
    };
    let (package, _) = module
        .split_once("::")
        .unwrap_or_else(|| panic!("no package before `{module}`"));
    let whole = |used: String| match used.contains("::") || used == "*" {
        true => used,
        false => format!("{package}::{used}"),
    };
    let allowed = Allowed {
        layer: layer.clone(),
        uses: words(uses).into_iter().map(whole).collect(),
    };
    (module.clone(), allowed)
}

/// `record  never  std::fs std::env`
fn never(line: &str) -> (String, Vec<String>) {
    let (module, paths) = line
        .split_once(" never ")
        .unwrap_or_else(|| panic!("no `never` in `{line}`"));
    (module.trim().to_owned(), words(paths))
}

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}
