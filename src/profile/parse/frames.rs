use std::borrow::Cow;

use indexmap::IndexSet;
use rustc_demangle::{demangle, try_demangle};

use crate::record::Frame;

/// Places as they are met, each kept once.
#[derive(Default)]
pub(super) struct Frames {
    known: IndexSet<Frame>,
    /// Bytes of all their texts.
    bytes: usize,
}

impl Frames {
    /// The number of a place, by the name that the binary has for its function.
    pub(super) fn number(&mut self, symbol: &str, file: &str, line: u32) -> u32 {
        self.add(demangled(symbol), file, line)
    }

    /// The number of a place, by a name that is demangled already.
    pub(super) fn add(&mut self, function: String, file: &str, line: u32) -> u32 {
        let frame = Frame {
            function,
            file: file.to_owned(),
            line,
        };
        let bytes = frame.function.len() + frame.file.len();
        let (number, is_new) = self.known.insert_full(frame);
        if is_new {
            self.bytes += bytes;
        }
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    /// How many there are, and the bytes of their texts.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.known.len(), self.bytes)
    }

    pub(super) fn into_inner(self) -> Vec<Frame> {
        self.known.into_iter().collect()
    }
}

/// The name of a function, without the hash that a compiler gave it.
pub(super) fn demangled(symbol: &str) -> String {
    // The alternative form leaves out the hash; some tools have demangled with it.
    let symbol = mangled_again(symbol);
    without_hash(&format!("{:#}", demangle(&symbol))).to_owned()
}

/// A name that a tool has demangled as one of C++ keeps Rust's escapes, as in
/// `a::b::_$u7b$$u7b$closure$u7d$$u7d$`: as a symbol it can be demangled as what it is.
fn mangled_again(name: &str) -> Cow<'_, str> {
    if !name.contains('$') || name.starts_with("_ZN") {
        return name.into();
    }
    let hash = "h0123456789abcdef";
    let parts = without_hash(name).split("::").chain([hash]);
    let parts: String = parts.map(|part| format!("{}{part}", part.len())).collect();
    let symbol = format!("_ZN{parts}E");
    match try_demangle(&symbol) {
        Ok(_) => symbol.into(),
        Err(_) => name.into(),
    }
}

/// `a::b` of `a::b::h0123456789abcdef`.
fn without_hash(name: &str) -> &str {
    let is_hash = |end: &str| {
        let digits = end.strip_prefix('h').unwrap_or_default();
        digits.len() == 16 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    };
    match name.rsplit_once("::") {
        Some((path, end)) if is_hash(end) => path,
        _ => name,
    }
}

/// A place as valgrind and dhat write it, behind its address: `function (file:12:5)`,
/// `function (in /lib/x.so)` or `function`.
pub(super) fn split(text: &str) -> (&str, &str, u32) {
    let text = match text.split_once(": ") {
        Some((address, rest)) if address.starts_with("0x") => rest,
        _ => text,
    };
    let Some((function, place)) = text.rsplit_once(" (") else {
        return (text, "", 0);
    };
    let place = place.strip_suffix(')').unwrap_or(place);
    if let Some(object) = place.strip_prefix("in ") {
        return (function, object, 0);
    }
    let (file, line) = numbered(place);
    (function, file, line)
}

/// `file:12` or `file:12:5` as file and line.
pub(super) fn numbered(place: &str) -> (&str, u32) {
    let Some((rest, last)) = place.rsplit_once(':') else {
        return (place, 0);
    };
    let Ok(last) = last.parse::<u32>() else {
        return (place, 0);
    };
    match rest
        .rsplit_once(':')
        .map(|(file, line)| (file, line.parse::<u32>()))
    {
        Some((file, Ok(line))) => (file, line),
        _ => (rest, last),
    }
}

#[cfg(test)]
mod tests {
    use super::{Frames, split};

    #[test]
    fn a_place_is_split_as_each_tool_writes_it() {
        assert_eq!(
            split("0x1f: a::b (src/a.rs:12:5)"),
            ("a::b", "src/a.rs", 12)
        );
        assert_eq!(split("0x1F: main (a.c:7)"), ("main", "a.c", 7));
        assert_eq!(split("malloc (in /lib/x.so)"), ("malloc", "/lib/x.so", 0));
        assert_eq!(split("???"), ("???", "", 0));
        assert_eq!(split("f(int, char) (a.cc:3)"), ("f(int, char)", "a.cc", 3));
    }

    #[test]
    fn names_are_demangled_without_their_hash_and_kept_once() {
        let mut frames = Frames::default();
        let first = frames.number("_ZN3foo3bar17h0123456789abcdefE", "a.rs", 1);
        assert_eq!(
            frames.number("_ZN3foo3bar17hfedcba9876543210E", "a.rs", 1),
            first
        );
        assert_eq!(
            frames.number("foo::bar::hfedcba9876543210", "a.rs", 1),
            first
        );
        assert_eq!(frames.into_inner()[0].function, "foo::bar");
    }

    #[test]
    fn names_that_were_demangled_by_half_are_demangled_whole() {
        let mut frames = Frames::default();
        for name in [
            "app::remember::_$u7b$$u7b$closure$u7d$$u7d$::h0123456789abcdef",
            "_$LT$core..pin..Pin$LT$P$GT$$u20$as$u20$core..future..Future$GT$::poll",
            "costs_2$",
        ] {
            frames.number(name, "a.rs", 1);
        }
        let names = frames.into_inner().into_iter().map(|frame| frame.function);
        assert_eq!(
            names.collect::<Vec<_>>(),
            [
                "app::remember::{{closure}}",
                "<core::pin::Pin<P> as core::future::Future>::poll",
                "costs_2$"
            ]
        );
    }
}
