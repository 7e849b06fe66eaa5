//! JSON that is safe inside a page or a script: a name such as `</script>` cannot end the element
//! around it, and line separators are escaped.

use std::io;

use serde::Serialize;
use serde_json::ser::Formatter;

use super::RenderError;

/// `model` as the text of a file.
pub(super) fn bytes<T: Serialize>(page: &str, model: &T) -> Result<Vec<u8>, RenderError> {
    let mut bytes = Vec::new();
    write(page, model, &mut bytes)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// `model` as a part of a script.
pub(super) fn write<T: Serialize + ?Sized>(
    page: &str,
    model: &T,
    bytes: &mut Vec<u8>,
) -> Result<(), RenderError> {
    let mut serializer = serde_json::Serializer::with_formatter(bytes, Safe);
    model
        .serialize(&mut serializer)
        .map_err(|source| RenderError::Json {
            page: page.to_owned(),
            source,
        })
}

/// Escapes characters with a meaning in HTML. In JSON, they occur only in strings.
struct Safe;

impl Formatter for Safe {
    fn write_string_fragment<W>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        // Most text needs no escape and is copied as a whole. 0xE2 is the first byte of the
        // line and paragraph separators, and of other characters.
        let begins = |byte: &u8| matches!(byte, b'<' | b'>' | b'&' | 0xE2);
        let mut rest = fragment;
        while let Some(place) = rest.bytes().position(|byte| begins(&byte)) {
            let (plain, found) = rest.split_at(place);
            writer.write_all(plain.as_bytes())?;
            let mut characters = found.chars();
            match characters.next() {
                Some(character @ ('<' | '>' | '&' | '\u{2028}' | '\u{2029}')) => {
                    write!(writer, "\\u{:04x}", u32::from(character))?;
                }
                Some(character) => {
                    writer.write_all(character.encode_utf8(&mut [0; 4]).as_bytes())?;
                }
                None => {}
            }
            rest = characters.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}
