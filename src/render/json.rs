use serde::Serialize;

use super::RenderError;

/// `model` as indented JSON that is safe to be put inside of a page as well.
///
/// Outside of strings JSON has none of these characters, so each can be replaced by its escape
/// wherever it stands: a name like `</script>` can never end the element around it.
pub(super) fn bytes<T: Serialize>(page: &str, model: &T) -> Result<Vec<u8>, RenderError> {
    let json = serde_json::to_string_pretty(model).map_err(|source| RenderError::Json {
        page: page.to_owned(),
        source,
    })?;
    let mut safe = escaped(&json);
    safe.push('\n');
    Ok(safe.into_bytes())
}

/// `model` as JSON on one line, as safe as [`bytes`].
pub(super) fn compact<T: Serialize>(page: &str, model: &T) -> Result<String, RenderError> {
    let json = serde_json::to_string(model).map_err(|source| RenderError::Json {
        page: page.to_owned(),
        source,
    })?;
    Ok(escaped(&json))
}

fn escaped(json: &str) -> String {
    let mut safe = String::with_capacity(json.len() + 1);
    let mut rest = json;
    // Most of a text needs no escape and is copied as a whole.
    while let Some(place) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        let (plain, found) = rest.split_at(place);
        safe.push_str(plain);
        let mut characters = found.chars();
        if let Some(character) = characters.next() {
            safe.push_str(&format!("\\u{:04x}", u32::from(character)));
        }
        rest = characters.as_str();
    }
    safe.push_str(rest);
    safe
}
