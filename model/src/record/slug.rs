//! Names in the form that ids and paths use.

/// `name` as a part of an id or path: in lower case, with `-` for other characters than letters,
/// digits and `_`.
pub fn slug(name: &str) -> String {
    let mut slug = String::new();
    for character in name.chars() {
        if character.is_ascii_alphanumeric() || character == '_' {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn a_slug_is_a_safe_path_component() {
        assert_eq!(slug("hold a short key"), "hold-a-short-key");
        assert_eq!(slug("Box<str>"), "box-str");
        assert_eq!(slug("../../etc"), "etc");
        assert_eq!(slug("vec_alloc"), "vec_alloc");
    }
}
