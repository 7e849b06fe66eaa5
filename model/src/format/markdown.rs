//! Text from elsewhere in Markdown. What a branch, a case or a panic is called is shown, and never
//! read: a name such as `@team`, `#1` or `<img>` would notify people, link or become markup in the
//! comment that it stands in. Inside a code span nothing does.

use super::visible;

/// `text` as a code span on one line; nothing where it is empty.
pub fn code(text: &str) -> String {
    span(&visible(text))
}

/// The same for a cell of a table, which a `|` would end even inside of a code span.
pub fn code_in_cell(text: &str) -> String {
    let mut safe = String::new();
    for character in visible(text).chars() {
        match character {
            // Parsers disagree on which of two backslashes escapes what follows.
            '|' if safe.ends_with('\\') => safe.extend(character.escape_unicode()),
            '|' => safe.push_str("\\|"),
            _ => safe.push(character),
        }
    }
    span(&safe)
}

fn span(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let longest = text.split(|character| character != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or_default() + 1);
    // One space at each end is not part of the span, if there is one at both.
    let ends = |character| text.starts_with(character) || text.ends_with(character);
    let pad = if ends('`') || (text.starts_with(' ') && text.ends_with(' ')) {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::{code, code_in_cell};

    #[test]
    fn the_fence_is_longer_than_any_run_inside() {
        assert_eq!(code("@team fixes #1"), "`@team fixes #1`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code(" x "), "`  x  `");
        assert_eq!(code("a\nb|c"), "`a\\u{a}b|c`");
        assert_eq!(code(""), "");
    }

    #[test]
    fn no_text_ends_its_cell() {
        assert_eq!(code_in_cell("a|b"), "`a\\|b`");
        assert_eq!(code_in_cell("a||b"), "`a\\|\\|b`");
        assert_eq!(code_in_cell("a\\|b"), "`a\\\\u{7c}b`");
    }
}
