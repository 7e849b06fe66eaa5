//! The file name of a comparison's page. Comparisons of different things have different names, so
//! that one does not overwrite the other.

use super::compare::CompareArguments;
use super::site::COMPARISONS;
use crate::runner::{DependencyOverride, sha256};
use heapmark_model::analysis::{Comparison, Side};
use heapmark_model::format::abbreviated;

/// A longer list of versions is replaced by its hash: file systems allow 255 bytes for a whole
/// name.
const LONGEST: usize = 80;

/// The path of the page below the site, as in `compare/3f2a91c..90ab12c.html`.
///
/// Overridden versions follow their commit, as in `3f2a91c+lru=0.12.0`. If a filter, a bench target
/// or two records were chosen, the name ends with a hash of that choice.
pub(super) fn path(comparison: &Comparison, arguments: &CompareArguments) -> String {
    let overrides = &arguments.overrides;
    let base = side(&comparison.base, &overrides.of_base());
    let head = side(&comparison.head, &overrides.of_head());
    let records = arguments
        .record
        .iter()
        .map(|path| path.display().to_string());
    let named = [
        arguments.filter.clone().unwrap_or_default(),
        arguments.bench.package.clone().unwrap_or_default(),
        arguments.bench.bench.join("\t"),
    ];
    let chosen: Vec<String> = named.into_iter().chain(records).collect();
    let choice = if chosen.iter().all(String::is_empty) {
        String::new()
    } else {
        format!("-{}", short_hash(&chosen.join("\n")))
    };
    format!("{COMPARISONS}{base}..{head}{choice}.html")
}

fn side(side: &Side, overrides: &[DependencyOverride]) -> String {
    let versions: String = overrides
        .iter()
        .map(|override_| format!("+{}={}", override_.name, override_.version))
        .collect();
    let commit = abbreviated(&side.commit);
    if versions.len() > LONGEST {
        format!("{commit}+{}", short_hash(&versions))
    } else {
        format!("{commit}{versions}")
    }
}

fn short_hash(text: &str) -> String {
    sha256(text.as_bytes())[..8].to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::Parser;

    use super::path;
    use crate::cli::compare::CompareArguments;
    use heapmark_model::analysis::planted::run;
    use heapmark_model::analysis::{Kind, compare};

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        arguments: CompareArguments,
    }

    fn path_of(flags: &[&str]) -> String {
        let run = run(&["a/x"]);
        let comparison = compare(Kind::Revisions, ("base", &run), ("head", &run));
        let line = Line::parse_from([&["compare"], flags].concat());
        path(&comparison, &line.arguments)
    }

    #[test]
    fn a_plain_comparison_is_called_by_its_commits() {
        assert_eq!(path_of(&[]), "compare/3f2a91c..3f2a91c.html");
    }

    #[test]
    fn comparisons_of_other_versions_cases_or_records_have_other_names() {
        let many: Vec<String> = (0..40)
            .map(|n| format!("--with=crate-{n}=1.0.{n}"))
            .collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let all = [
            path_of(&[]),
            path_of(&["--base-with", "lru=0.12.0"]),
            path_of(&["--head-with", "lru=0.12.0"]),
            path_of(&["--head-with", "lru=0.12.1"]),
            path_of(&["--with", "lru=0.12.0"]),
            path_of(&["--filter", "a"]),
            path_of(&["--filter", "b"]),
            path_of(&["--bench", "other"]),
            path_of(&["--package", "other"]),
            path_of(&["--record", "one.json", "two.json"]),
            path_of(&["--record", "one.json", "three.json"]),
            path_of(&many),
            path_of(&many[1..]),
        ];
        let different: BTreeSet<&String> = all.iter().collect();
        assert_eq!(different.len(), all.len(), "{all:#?}");
        assert!(all.iter().all(|path| path.len() < 220), "{all:#?}");
        assert_eq!(all[1], "compare/3f2a91c+lru=0.12.0..3f2a91c.html");
    }
}
