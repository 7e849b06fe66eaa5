/// `text` with everything made visible that steers what shows it, as in `\u{1b}`: control
/// characters move the cursor of a terminal or change its colours, and marks of the reading
/// direction make a name look like another.
///
/// Line breaks and tabs are control characters too: what is put into a line stays in it.
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

/// The same for a message, which may have lines: those after the first stand behind `indent`
/// spaces, so that none of them passes for a line of our own.
pub fn visible_lines(text: &str, indent: usize) -> String {
    let lines: Vec<String> = text.trim_end().lines().map(visible).collect();
    lines.join(&format!("\n{:indent$}", ""))
}

/// Whether `character` changes how others are shown instead of being shown itself.
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
    fn what_steers_a_terminal_is_shown_instead_of_obeyed() {
        assert_eq!(visible("\u{1b}[31mred"), "\\u{1b}[31mred");
        assert_eq!(visible("a\r\nb"), "a\\u{d}\\u{a}b");
        assert_eq!(visible("\u{9b}2J"), "\\u{9b}2J");
    }

    #[test]
    fn a_message_keeps_its_lines_and_none_begins_where_ours_do() {
        let message = "a\n    WORSE  b\r\n\u{1b}[2J";
        assert_eq!(visible_lines(message, 2), "a\n      WORSE  b\n  \\u{1b}[2J");
    }

    #[test]
    fn text_cannot_be_turned_around() {
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
