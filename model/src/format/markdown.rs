//! Quotes text from other sources in Markdown. The name of a branch or case, or the message of a
//! panic, can contain `@team`, `#1` or `<img>`. In a comment these would notify people, create
//! links or become markup. In a code span they have no effect.

use super::visible;

/// `text` as a code span on one line; empty if `text` is empty.
pub fn code(text: &str) -> String {
    span(&visible(text))
}

/// Like [`code`], for a cell of a table, which a `|` would end even inside a code span.
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
    // Markdown strips one space at each end of a code span if there is one at both ends.
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
