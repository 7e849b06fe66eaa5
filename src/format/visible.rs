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
    use super::visible;

    #[test]
    fn what_steers_a_terminal_is_shown_instead_of_obeyed() {
        assert_eq!(visible("\u{1b}[31mred"), "\\u{1b}[31mred");
        assert_eq!(visible("a\r\nb"), "a\\u{d}\\u{a}b");
        assert_eq!(visible("\u{9b}2J"), "\\u{9b}2J");
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
