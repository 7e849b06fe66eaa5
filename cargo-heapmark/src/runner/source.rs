//! Reads source files as they were measured, for the pages.

use std::io::{Read, Write};
use std::path::{Component, Path};
use std::process::{Command, Stdio};
use std::{fs, io, thread};

use heapmark_model::record::Commit;

/// The highest number of bytes that are read of a source file.
const MOST: u64 = 1 << 20;

/// The text of each of `files` as it was measured: at the commit, or in the work tree if that had
/// changes. The paths are relative to `folder`. Files that do not exist, and paths that lead out of
/// `folder`, are left out.
pub fn sources(folder: &Path, commit: &Commit, files: &[&str]) -> Vec<(String, String)> {
    let inside = files.iter().copied().filter(|file| stays_inside(file));
    if commit.dirty {
        let read = |file: &str| {
            let mut text = String::new();
            let open = fs::File::open(folder.join(file)).ok()?;
            open.take(MOST).read_to_string(&mut text).ok()?;
            Some((file.to_owned(), text))
        };
        return inside.filter_map(read).collect();
    }
    let inside: Vec<&str> = inside.collect();
    // Without git, or in a shallow clone, the page has no source text.
    at_commit(folder, &commit.sha, &inside).unwrap_or_default()
}

fn stays_inside(file: &str) -> bool {
    let mut parts = Path::new(file).components();
    !file.is_empty()
        && !file.contains(char::is_control)
        && parts.all(|part| matches!(part, Component::Normal(_)))
}

/// Reads all files with one git process. One process per file would take longer than the whole
/// site.
fn at_commit(folder: &Path, sha: &str, files: &[&str]) -> io::Result<Vec<(String, String)>> {
    if files.is_empty() || sha.is_empty() || !sha.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(Vec::new());
    }
    let mut git = Command::new("git")
        .args(["cat-file", "--batch"])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut questions = git.stdin.take();
    let mut answers = Vec::new();
    thread::scope(|scope| -> io::Result<()> {
        // On a separate thread: git stops reading its input while its output is not read.
        scope.spawn(move || {
            for file in files {
                let question = questions
                    .as_mut()
                    .map(|git| writeln!(git, "{sha}:./{file}"));
                if !matches!(question, Some(Ok(()))) {
                    break;
                }
            }
        });
        if let Some(output) = git.stdout.as_mut() {
            output.read_to_end(&mut answers)?;
        }
        Ok(())
    })?;
    git.wait()?;
    Ok(parse(&answers, files))
}

/// Parses `HASH blob SIZE`, that many bytes and a line break for each file. For an unknown file
/// there is only one line.
fn parse(mut answers: &[u8], files: &[&str]) -> Vec<(String, String)> {
    let mut sources = Vec::new();
    for file in files {
        let Some(end) = answers.iter().position(|&byte| byte == b'\n') else {
            break;
        };
        let header = String::from_utf8_lossy(&answers[..end]).into_owned();
        answers = &answers[end + 1..];
        let [_, "blob", size] = header.split(' ').collect::<Vec<_>>()[..] else {
            // The content of a folder would follow, which this parser cannot skip.
            if header.ends_with(" missing") {
                continue;
            }
            break;
        };
        let size = size
            .parse::<usize>()
            .ok()
            .filter(|&size| size < answers.len());
        let Some(size) = size else { break };
        if size as u64 <= MOST {
            let text = String::from_utf8_lossy(&answers[..size]).into_owned();
            sources.push(((*file).to_owned(), text));
        }
        answers = &answers[size + 1..];
    }
    sources
}

#[cfg(test)]
mod tests {
    use super::{parse, stays_inside};

    #[test]
    fn files_that_git_does_not_know_are_left_out() {
        let answers = b"abc:./a missing\n123 blob 3\nx\ny\n456 blob 0\n\n";
        let sources = parse(answers, &["a", "b", "c"]);
        let expected = [("b", "x\ny"), ("c", "")];
        assert_eq!(sources, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }

    #[test]
    fn an_answer_that_is_cut_off_breaks_nothing() {
        assert_eq!(parse(b"123 blob 30\nx", &["a"]), []);
        assert_eq!(parse(b"", &["a"]), []);
    }

    #[test]
    fn no_path_leads_out_of_the_workspace() {
        assert!(stays_inside("benches/a.rs"));
        for path in ["", "../a", "/etc/passwd", "a/../../b", "a\nb"] {
            assert!(!stays_inside(path), "{path:?}");
        }
    }
}
