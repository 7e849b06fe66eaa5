//! The long form of an id, which encodes every character of every name and can be decoded.

use super::Key;

impl Key {
    /// The long form, which is unique to the key. The letters a to z, digits, `_` and `-` represent
    /// themselves. Any other character is `~`, its code point in hexadecimal and `.`. A `~` after
    /// the variant distinguishes the long form from short forms, and shows which part is which
    /// name.
    ///
    /// It is safe in URLs and on file systems that ignore case. No part of it is empty or begins
    /// with `.` or `-`.
    pub fn long_id(&self) -> String {
        let mut id = escaped(&self.group);
        if let Some(question) = &self.question {
            id.push('/');
            id.push_str(&escaped(question));
        }
        id.push('/');
        id.push_str(&escaped(&self.variant));
        id.push('~');
        if let Some(parameter) = &self.parameter {
            id.push('/');
            id.push_str(&escaped(parameter));
        }
        id
    }

    /// The names in the long form `id`; `None` if [`long_id`](Self::long_id) cannot produce it.
    pub fn from_long_id(id: &str) -> Option<Self> {
        let parts: Vec<&str> = id.split('/').collect();
        let variant = parts.iter().position(|part| part.ends_with('~'))?;
        let (before, after) = (&parts[..variant], &parts[variant + 1..]);
        let (group, question) = match before {
            [group] => (group, None),
            [group, question] => (group, Some(question)),
            _ => return None,
        };
        let parameter = match after {
            [] => None,
            [parameter] => Some(parameter),
            _ => return None,
        };
        let optional = |name: Option<&&str>| match name {
            None => Some(None),
            Some(name) => Some(Some(unescaped(name)?)),
        };
        let key = Self {
            group: unescaped(group)?,
            question: optional(question)?,
            variant: unescaped(parts[variant].strip_suffix('~')?)?,
            parameter: optional(parameter)?,
        };
        // One key has exactly one long form: other spellings of a code point are not ids.
        (key.long_id() == id).then_some(key)
    }
}

/// The encoding of an empty name, so that no part of an id is empty.
const EMPTY: &str = "~.";

fn escaped(name: &str) -> String {
    if name.is_empty() {
        return EMPTY.to_owned();
    }
    let mut text = String::with_capacity(name.len());
    for (place, character) in name.char_indices() {
        match character {
            'a'..='z' | '0'..='9' | '_' => text.push(character),
            // A part that begins with `-` would look like an option of a command.
            '-' if place > 0 => text.push(character),
            _ => text.push_str(&format!("~{:x}.", u32::from(character))),
        }
    }
    text
}

fn unescaped(text: &str) -> Option<String> {
    if text == EMPTY {
        return Some(String::new());
    }
    let mut name = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        if character == '~' {
            let (code, after) = rest.split_once('.')?;
            name.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
            rest = after;
        } else {
            name.push(character);
        }
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Key;

    fn key(group: &str, question: Option<&str>, variant: &str, parameter: Option<&str>) -> Key {
        Key {
            group: group.to_owned(),
            question: question.map(str::to_owned),
            variant: variant.to_owned(),
            parameter: parameter.map(str::to_owned),
        }
    }

    #[test]
    fn a_character_that_a_path_cannot_hold_is_its_code_point() {
        for (variant, id) in [
            ("a", "g/a~"),
            ("A", "g/~41.~"),
            ("a/b", "g/a~2f.b~"),
            ("a\nb", "g/a~a.b~"),
            ("../x", "g/~2e.~2e.~2f.x~"),
            ("-x", "g/~2d.x~"),
            ("x-", "g/x-~"),
            ("日", "g/~65e5.~"),
            ("", "g/~.~"),
            ("~", "g/~7e.~"),
        ] {
            assert_eq!(key("g", None, variant, None).long_id(), id, "{variant:?}");
        }
    }

    #[test]
    fn a_variant_with_a_parameter_differs_from_an_answer_of_that_name() {
        let sized = key("g", None, "v", Some("64"));
        let answer = key("g", Some("v"), "64", None);
        assert_eq!(
            (&*sized.long_id(), &*answer.long_id()),
            ("g/v~/64", "g/v/64~")
        );
    }

    /// A random name of any characters. Many consist of the same few, so that keys are similar.
    fn name(random: &mut fastrand::Rng) -> String {
        const ALIKE: [char; 16] = [
            'a',
            'A',
            '~',
            '.',
            '/',
            '-',
            '_',
            '4',
            '1',
            ' ',
            '\n',
            '\0',
            'é',
            '日',
            '\u{202e}',
            '\u{10ffff}',
        ];
        let characters = (0..random.usize(..5)).map(|_| match random.u8(..8) {
            0 => random.char(..),
            _ => ALIKE[random.usize(..ALIKE.len())],
        });
        characters.collect()
    }

    #[test]
    fn every_key_has_a_unique_long_form_that_reads_back_and_is_safe() {
        let mut random = fastrand::Rng::with_seed(20);
        let mut seen: BTreeMap<String, Key> = BTreeMap::new();
        for _ in 0..100_000 {
            let mut maybe = || random.bool().then(|| name(&mut random));
            let (question, parameter) = (maybe(), maybe());
            let key = Key {
                group: name(&mut random),
                question,
                variant: name(&mut random),
                parameter,
            };
            let id = key.long_id();
            assert_eq!(Key::from_long_id(&id).as_ref(), Some(&key), "{id}");
            let safe = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '_' | '~' | '.' | '/' | '-');
            assert!(id.chars().all(safe), "{id}");
            let wrong = |part: &str| part.is_empty() || part.starts_with(['.', '-']);
            assert!(!id.split('/').any(wrong), "{id}");
            assert_ne!(key.short_id().as_ref(), Some(&id));
            let other = seen.insert(id.clone(), key.clone());
            assert!(other.is_none_or(|other| other == key), "{id}");
        }
    }

    #[test]
    fn ids_that_are_never_written_are_not_read() {
        for id in [
            "",
            "g",
            "g/a",
            "~",
            "g/~",
            "a/b/c/d~",
            "g/a~/b/c",
            "g/~041.~",
            "g/~A.~",
            "g/~61.~",
            "g/A~",
            "g/~110000.~",
            "g/~d800.~",
            "g/~41~",
            "g/a~~",
            "g//a~",
            "g/-a~",
            "g/~..~",
        ] {
            assert_eq!(Key::from_long_id(id), None, "{id}");
        }
    }
}
