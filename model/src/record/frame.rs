/// A place in a program.
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
    /// The line, from 1; 0 where it is not known.
    pub line: u32,
}

impl Frame {
    /// The function's path without what generics and closures add to it, as in `a::Map::insert`;
    /// a method of a trait is its name alone.
    pub fn path(&self) -> String {
        let mut plain = String::with_capacity(self.function.len());
        let (mut depth, mut before) = (0_u32, ' ');
        for character in self.function.chars() {
            match character {
                '<' => depth += 1,
                // The arrow of a function type closes nothing.
                '>' if before == '-' => {}
                '>' => depth = depth.saturating_sub(1),
                _ if depth == 0 => plain.push(character),
                _ => {}
            }
            before = character;
        }
        // `<T as Trait>::method` leaves `::method`; a closure, `{closure#1}`, is its function's.
        let names = plain
            .split("::")
            .filter(|name| !name.is_empty() && !name.starts_with('{'));
        names.collect::<Vec<_>>().join("::")
    }

    /// The name, the version and the file of the crate if the file is named by these, as in
    /// `http-1.2.0/src/map.rs`. In place of a version, a repository has cargo's hash of it. The
    /// files of a workspace are named from its root.
    pub fn of_crate(&self) -> Option<(&str, &str, &str)> {
        let (folder, file) = self.file.split_once('/')?;
        let (name, version) = folder.rsplit_once('-')?;
        let is_hash = version.len() == 16 && version.bytes().all(|b| b.is_ascii_hexdigit());
        let is_version = is_hash || version.starts_with(|c: char| c.is_ascii_digit());
        is_version.then_some((name, version, file))
    }

    /// Whether the frame is of the user's own workspace, whose files are named from its root.
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
    fn a_function_is_called_the_same_with_other_generics_and_within_closures() {
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
