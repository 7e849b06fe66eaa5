//! The source of a case: its function, extracted from its file.

use serde::Serialize;

use super::snapshot::{MeasuredCase, Presence, Snapshot};
use super::status::short;
use super::{Input, SourceFile};
use heapmark_model::format;
use heapmark_model::record::CaseInfo;

/// A function, as it was when it was measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Excerpt {
    /// Where it begins, as in `benches/a.rs:38`.
    pub place: String,
    /// The state of the file that it is from.
    pub state: String,
    /// Its lines. Control characters are escaped.
    pub text: String,
    /// How many lines were omitted at its end.
    pub hidden: usize,
}

/// Maximum number of lines of a function on a page.
const MOST: usize = 60;

/// The function of the case, or why it cannot be shown.
pub(super) fn excerpt(
    case: &MeasuredCase<'_>,
    snapshot: &Snapshot<'_>,
    input: &Input<'_>,
) -> Result<Excerpt, &'static str> {
    if case.presence != Presence::Counted {
        return Err("Sources are shown only for cases of the newest run.");
    }
    let info = &case.entry.case;
    let mut sources = input.sources.iter();
    let file: &SourceFile = sources
        .find(|source| source.path == info.file)
        .ok_or("The source file is missing or has changed since the measurement.")?;
    let (line, lines) =
        function(&file.text, info).ok_or("The file has no function of that name.")?;
    let run = snapshot.newest;
    let shown: Vec<String> = lines.iter().take(MOST).map(|line| written(line)).collect();
    Ok(Excerpt {
        place: format!("{}:{line}", info.file),
        state: if run.commit.dirty {
            "with uncommitted changes".to_owned()
        } else {
            format!("at {}", short(run))
        },
        hidden: lines.len() - shown.len(),
        text: shown.join("\n"),
    })
}

fn written(line: &str) -> String {
    format::visible(&line.trim_end().replace('\t', "    "))
}

/// The function of `case`: the number of its first line, and its lines up to the closing brace
/// with the same indentation.
fn function<'a>(text: &'a str, case: &CaseInfo) -> Option<(usize, Vec<&'a str>)> {
    // `group!` lists an answer with a separate name as `function as "answer"`.
    let answer = format!(" as \"{}\"", case.variant);
    let mut listed = text.lines().filter_map(|line| line.split_once(&answer));
    let name = match listed.next() {
        Some((function, _)) => function.trim().to_owned(),
        None => case.variant.replace('-', "_"),
    };
    let opens = |line: &&str| {
        let rest = line
            .split_once("fn ")
            .map_or("", |(_, rest)| rest.trim_start());
        let rest = rest.strip_prefix(name.as_str()).unwrap_or_default();
        !name.is_empty() && !line.trim_start().starts_with("//") && rest.starts_with(['(', '<'])
    };
    let first = text.lines().position(|line| opens(&line))?;
    let mut lines = Vec::new();
    for line in text.lines().skip(first) {
        lines.push(line);
        let opening = lines[0];
        let indentation = &opening[..opening.len() - opening.trim_start().len()];
        let is_whole = lines.len() == 1 && line.trim_end().ends_with('}');
        if is_whole || line.trim_end().strip_prefix(indentation) == Some("}") {
            break;
        }
    }
    Some((first + 1, lines))
}

#[cfg(test)]
mod tests {
    use super::function;
    use heapmark_model::record::CaseInfo;

    const TEXT: &str = "\
// fn second(b) is described here
fn first_of_all(b: &mut Bencher) {
    b.iter(|| 1);
}

mod inner {
    fn second(b: &mut Bencher) {
        b.iter(|| {
            2
        });
    }
}
fn one_line<T>() {}
fn open(b: &mut Bencher) {
";

    fn case(variant: &str) -> CaseInfo {
        CaseInfo {
            id: format!("a/{variant}"),
            group: "a".to_owned(),
            question: None,
            variant: variant.to_owned(),
            parameter: None,
            summary: String::new(),
            file: "a.rs".to_owned(),
        }
    }

    fn found(variant: &str) -> Option<(usize, usize)> {
        function(TEXT, &case(variant)).map(|(line, lines)| (line, lines.len()))
    }

    #[test]
    fn a_function_ends_at_the_brace_with_the_same_indentation() {
        assert_eq!(found("first_of_all"), Some((2, 3)));
        assert_eq!(found("second"), Some((7, 5)));
        assert_eq!(found("one_line"), Some((13, 1)));
    }

    #[test]
    fn a_name_with_the_same_prefix_is_another_function() {
        assert_eq!(found("first"), None);
        assert_eq!(found(""), None);
    }

    #[test]
    fn an_answer_with_a_separate_name_is_found_by_its_listing() {
        let listed =
            "    shared as \"Arc<str>\"(n in [1]): allocs == 1;\nfn other() {}\nfn shared() {}\n";
        let shared = function(listed, &case("Arc<str>"));
        assert_eq!(shared, Some((3, vec!["fn shared() {}"])));
        assert_eq!(function(listed, &case("Rc<str>")), None);
    }

    #[test]
    fn a_file_that_ends_early_ends_the_function() {
        assert_eq!(found("open"), Some((14, 1)));
    }
}
