//! Makes control characters in text from other sources visible.

/// `text` with every control character escaped, as in `\u{1b}`. Such characters could move the
/// cursor of a terminal or change its colours. Characters that change the reading direction could
/// make a name look like another one; they are escaped too.
///
/// Line breaks and tabs are control characters, so the result is always a single line.
pub fn visible(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if steers(character) {
            safe.extend(character.escape_unicode());
        } else {
            safe.push(character);
        }
    }
    safe
}

/// Like [`visible`], for a message with several lines. Lines after the first are indented by
/// `indent` spaces, so that they cannot be mistaken for lines of heapmark.
pub fn visible_lines(text: &str, indent: usize) -> String {
    let lines: Vec<String> = text.trim_end().lines().map(visible).collect();
    lines.join(&format!("\n{:indent$}", ""))
}

/// Whether `character` changes how other characters are displayed.
pub fn steers(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::{visible, visible_lines};

    #[test]
    fn control_characters_are_shown_and_have_no_effect() {
        assert_eq!(visible("\u{1b}[31mred"), "\\u{1b}[31mred");
        assert_eq!(visible("a\r\nb"), "a\\u{d}\\u{a}b");
        assert_eq!(visible("\u{9b}2J"), "\\u{9b}2J");
    }

    #[test]
    fn a_message_keeps_its_lines_and_indents_all_but_the_first() {
        let message = "a\n    WORSE  b\r\n\u{1b}[2J";
        assert_eq!(visible_lines(message, 2), "a\n      WORSE  b\n  \\u{1b}[2J");
    }

    #[test]
    fn the_reading_direction_of_text_cannot_be_changed() {
        assert_eq!(visible("\u{202e}gnp.rs"), "\\u{202e}gnp.rs");
        assert_eq!(visible("\u{2066}x\u{2069}"), "\\u{2066}x\\u{2069}");
    }

    #[test]
    fn letters_of_every_script_stay_as_they_are() {
        for name in ["vec_alloc/64", "größe", "שלום", "数", "a b"] {
            assert_eq!(visible(name), name);
        }
    }
}
