//! One frame of a call stack, and how its file names a crate.

/// One frame of a call stack: a function and its source line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "records",
    derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)
)]
pub struct Frame {
    /// The function's name.
    pub function: String,
    /// The source file.
    pub file: String,
    /// The line number, from 1; 0 if it is unknown.
    pub line: u32,
}

impl Frame {
    /// The function's path without generics and closures, as in `a::Map::insert`. For a method of a
    /// trait, only its name.
    pub fn path(&self) -> String {
        let mut plain = String::with_capacity(self.function.len());
        let (mut depth, mut before) = (0_u32, ' ');
        for character in self.function.chars() {
            match character {
                '<' => depth += 1,
                // The arrow of a function type is not a closing bracket.
                '>' if before == '-' => {}
                '>' => depth = depth.saturating_sub(1),
                _ if depth == 0 => plain.push(character),
                _ => {}
            }
            before = character;
        }
        // `<T as Trait>::method` leaves `::method`; `{closure#1}` belongs to its function.
        let names = plain
            .split("::")
            .filter(|name| !name.is_empty() && !name.starts_with('{'));
        names.collect::<Vec<_>>().join("::")
    }

    /// The name and version of the crate, and the file in it, if the path contains them, as in
    /// `http-1.2.0/src/map.rs`. For a git dependency, cargo's hash replaces the version. Paths of
    /// workspace files begin at the workspace root and contain neither.
    pub fn of_crate(&self) -> Option<(&str, &str, &str)> {
        let (folder, file) = self.file.split_once('/')?;
        let (name, version) = folder.rsplit_once('-')?;
        let is_hash = version.len() == 16 && version.bytes().all(|b| b.is_ascii_hexdigit());
        let is_version = is_hash || version.starts_with(|c: char| c.is_ascii_digit());
        is_version.then_some((name, version, file))
    }

    /// Whether the frame is in the user's own workspace: its path begins at the workspace root.
    pub fn is_own(&self) -> bool {
        !self.file.starts_with('/') && self.of_crate().is_none()
    }
}

#[cfg(feature = "worker")]
crate::json::json_object!(Frame {
    function,
    file,
    line
});

#[cfg(test)]
mod tests {
    use super::Frame;

    fn path(function: &str) -> String {
        let function = function.to_owned();
        let file = String::new();
        Frame {
            function,
            file,
            line: 0,
        }
        .path()
    }

    #[test]
    fn a_function_has_the_same_path_with_other_generics_and_within_closures() {
        assert_eq!(path("a::Map<K, V>::insert::{{closure}}"), "a::Map::insert");
        assert_eq!(path("a::insert::{closure#3}::{closure#0}"), "a::insert");
        assert_eq!(path("a::call<fn(u8) -> u8>::inner"), "a::call::inner");
        assert_eq!(path("<a::B<T> as c::D>::make"), "make");
    }

    #[test]
    fn only_a_versioned_folder_is_a_crate() {
        let of = |file: &str| {
            let frame = Frame {
                function: String::new(),
                file: file.to_owned(),
                line: 1,
            };
            frame
                .of_crate()
                .map(|(name, version, file)| format!("{name} {version} {file}"))
        };
        assert_eq!(
            of("http-1.2.0/src/a.rs").as_deref(),
            Some("http 1.2.0 src/a.rs")
        );
        assert_eq!(
            of("http-0c2d7ab0fa5b1d52/src/a.rs").as_deref(),
            Some("http 0c2d7ab0fa5b1d52 src/a.rs")
        );
        assert_eq!(of("src/a.rs"), None);
        assert_eq!(of("tiny-http/src/a.rs"), None);
    }
}
