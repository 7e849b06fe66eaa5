//! The source of a case: its function, cut out of the file that holds it.

use serde::Serialize;

use super::snapshot::{Case, Presence, Snapshot};
use super::status::short;
use super::{Input, SourceFile};
use heapmark_model::format;
use heapmark_model::record::CaseInfo;

/// A function, as it was when it was measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Excerpt {
    /// Where it begins, as in `benches/a.rs:38`.
    pub place: String,
    /// Which state of the file it is from.
    pub state: String,
    /// Its lines. Characters that steer what shows them are written out.
    pub text: String,
    /// How many lines were left out at its end.
    pub hidden: usize,
}

/// Lines that a page shows of a function.
const MOST: usize = 60;

/// The function of the case; why there is none where it cannot be found.
pub(super) fn excerpt(
    case: &Case<'_>,
    snapshot: &Snapshot<'_>,
    input: &Input<'_>,
) -> Result<Excerpt, &'static str> {
    if case.presence != Presence::Counted {
        return Err("Sources are shown for cases of the newest run.");
    }
    let info = &case.entry.case;
    let mut sources = input.sources.iter();
    let file: &SourceFile = sources
        .find(|source| source.path == info.file)
        .ok_or("The repository here does not hold the file as it was measured.")?;
    let (line, lines) =
        function(&file.text, info).ok_or("No function of that name is in the file.")?;
    let run = snapshot.newest;
    let shown: Vec<String> = lines.iter().take(MOST).map(|line| written(line)).collect();
    Ok(Excerpt {
        place: format!("{}:{line}", info.file),
        state: if run.commit.dirty {
            "as it is in the work tree".to_owned()
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

/// The number of its first line and the lines of the function of `case`, up to the closing brace
/// that stands as far in as it does.
fn function<'a>(text: &'a str, case: &CaseInfo) -> Option<(usize, Vec<&'a str>)> {
    // `group!` lists an answer that has a name of its own as `function as "answer"`.
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
    fn a_function_ends_at_the_brace_that_stands_as_far_in() {
        assert_eq!(found("first_of_all"), Some((2, 3)));
        assert_eq!(found("second"), Some((7, 5)));
        assert_eq!(found("one_line"), Some((13, 1)));
    }

    #[test]
    fn a_name_that_only_begins_alike_is_another_function() {
        assert_eq!(found("first"), None);
        assert_eq!(found(""), None);
    }

    #[test]
    fn an_answer_with_a_name_of_its_own_is_found_by_how_it_is_listed() {
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
