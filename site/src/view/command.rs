//! Commands that a page shows for a case: to run it, and to report it again.

use heapmark_model::record::Run;

/// Runs the case; stores nothing.
pub(super) fn bench(run: &Run, id: &str) -> String {
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
    let bench = quoted(&run.suite.bench);
    format!(
        "cargo {tool} report -p {package} --bench {bench} {}",
        quoted(&filter)
    )
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
    use super::quoted;

    #[test]
    fn a_pasted_command_runs_nothing_but_itself() {
        assert_eq!(quoted("a/vec_alloc/64"), "a/vec_alloc/64");
        assert_eq!(quoted("x; rm -rf ~"), "'x; rm -rf ~'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(quoted(""), "''");
    }
}
