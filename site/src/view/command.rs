//! Commands that a page shows for a case: to run it, and to report it again.

use heapmark_model::record::{Run, Suite};

/// Runs the case; stores nothing.
pub(super) fn bench(run: &Run, id: &str) -> String {
    if run.suite.harness.is_some() {
        return format!("{} --no-record", report(run, id));
    }
    let package = quoted(&run.suite.package);
    let bench = quoted(&run.suite.bench);
    format!(
        "cargo bench -p {package} --bench {bench} -- --exact {}",
        quoted(id)
    )
}

/// Reports the case again. `report` takes a regular expression, so the id is anchored at both ends.
pub(super) fn report(run: &Run, id: &str) -> String {
    let mut filter = String::from("^");
    for character in id.chars() {
        if r"\.+*?()|[]{}^$".contains(character) {
            filter.push('\\');
        }
        filter.push(character);
    }
    filter.push('$');
    // This repository runs the tool through a cargo alias. Other crates have it installed.
    let tool = match run.suite.package.as_str() {
        "heapmark" => "xtask",
        _ => "heapmark",
    };
    let package = quoted(&run.suite.package);
    let benches = benches(&run.suite);
    format!(
        "cargo {tool} report -p {package}{benches} {}",
        quoted(&filter)
    )
}

/// The options that choose the bench targets of a suite; empty for all that use criterion.
fn benches(suite: &Suite) -> String {
    let names: Vec<&str> = match (&suite.harness, &*suite.bench) {
        (None, own) => vec![own],
        (Some(_), "*") => Vec::new(),
        (Some(_), several) => several.split(',').collect(),
    };
    let options = names
        .iter()
        .map(|name| format!(" --bench {}", quoted(name)));
    options.collect()
}

/// `word` quoted for a shell: a record can contain any text, and users paste commands.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/' | '.');
    if !word.is_empty() && !word.starts_with('-') && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::{bench, quoted, report};
    use heapmark_model::analysis::planted::run;

    #[test]
    fn a_pasted_command_runs_nothing_but_itself() {
        assert_eq!(quoted("a/vec_alloc/64"), "a/vec_alloc/64");
        assert_eq!(quoted("x; rm -rf ~"), "'x; rm -rf ~'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn a_command_names_the_bench_targets_that_exist() {
        let mut run = run(&["g/a"]);
        run.suite.package = "mine".to_owned();
        run.suite.bench = "memory".to_owned();
        assert_eq!(
            bench(&run, "g/a"),
            "cargo bench -p mine --bench memory -- --exact g/a"
        );
        let own = "cargo heapmark report -p mine --bench memory '^g/a$'";
        assert_eq!(report(&run, "g/a"), own);
        run.suite.harness = Some("criterion".to_owned());
        for (bench_targets, options) in [("*", ""), ("x,y", " --bench x --bench y")] {
            run.suite.bench = bench_targets.to_owned();
            let again = format!("cargo heapmark report -p mine{options} '^g/a$'");
            assert_eq!(report(&run, "g/a"), again);
            assert_eq!(bench(&run, "g/a"), format!("{again} --no-record"));
        }
    }
}
