//! Removes what CI systems, containers and terminals add to the lines of a program.

use std::borrow::Cow;

/// The line without colours and other escape sequences, and without text that a carriage return
/// overwrites.
pub(super) fn plain(line: &str) -> Cow<'_, str> {
    let line = line.trim_end();
    if !line.contains(['\u{1b}', '\r']) {
        return line.into();
    }
    let mut text = String::with_capacity(line.len());
    let mut rest = line.chars();
    while let Some(character) = rest.next() {
        match character {
            '\r' => text.clear(),
            '\u{1b}' => skip(&mut rest),
            _ => text.push(character),
        }
    }
    text.truncate(text.trim_end().len());
    text.into()
}

/// Skips an escape sequence: `ESC [ … letter`, `ESC ] … BEL`, or one character.
fn skip(rest: &mut std::str::Chars<'_>) {
    match rest.next() {
        Some('[') => drop(rest.find(|c| ('@'..='~').contains(c))),
        Some(']') => {
            // It ends with BEL or with `ESC \`.
            let mut before = ' ';
            for character in rest.by_ref() {
                if character == '\u{7}' || (before == '\u{1b}' && character == '\\') {
                    break;
                }
                before = character;
            }
        }
        _ => {}
    }
}

/// The name of the program that wrote a line, from the text before its message without the time, as
/// in `[job-2]` and `web_1 |`. It separates the interleaved output of two programs.
pub(super) fn stream(before: &str) -> String {
    let words = before.split_whitespace().filter(|word| !is_time(word));
    // GitLab marks a continued line.
    let words = words.map(|word| word.trim_end_matches(['+', '=']));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// `2026-11-02T10:15:01.1Z`, `[10:15:01]`, `12.3s` and the like.
fn is_time(word: &str) -> bool {
    let is_of_time = |c: char| c.is_ascii_digit() || "TZs:.,-+[]()".contains(c);
    let word = word.trim_start_matches('\u{feff}');
    word.chars().all(is_of_time) && word.contains(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{plain, stream};

    #[test]
    fn what_a_terminal_would_not_show_is_no_part_of_a_line() {
        assert_eq!(
            plain("\u{1b}[1m\u{1b}[31m==1==ERROR\u{1b}[0m\r"),
            "==1==ERROR"
        );
        assert_eq!(plain("section_start:1:name\r\u{1b}[0Ktext"), "text");
        assert_eq!(
            plain("\u{1b}]8;;http://a\u{7}link\u{1b}]8;;\u{1b}\\ a"),
            "link a"
        );
        assert_eq!(plain("  #0 0x1 in a  "), "  #0 0x1 in a");
    }

    #[test]
    fn a_time_is_no_part_of_who_writes() {
        assert_eq!(stream("2026-11-02T10:15:02.3100000Z     "), "");
        assert_eq!(stream("2026-11-02T10:15:02.310000Z 01E+"), "01E");
        assert_eq!(stream("2026-11-02 10:15:02 +0100 web_1  | "), "web_1 |");
        assert_eq!(stream("[10:15:02] [job-2] =="), "[job-2]");
        assert_eq!(
            stream("test\tRun tests\t2026-11-02T10:15:02.3Z "),
            "test Run tests"
        );
    }
}
