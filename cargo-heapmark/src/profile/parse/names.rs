//! Demangles function names of Rust and C++ and removes the suffixes that compilers append. Every
//! parser passes its names through [`demangled`].

use std::borrow::Cow;
use std::fmt;

use cpp_demangle::{DemangleOptions, Symbol};
use rustc_demangle::try_demangle;

/// The highest number of bytes of a name, mangled or demangled: a short symbol can expand to a very
/// long name.
const LONGEST: usize = 1 << 16;

/// The name of a function, without the hash and suffixes that a compiler added.
pub(super) fn demangled(symbol: &str) -> String {
    if symbol.len() > LONGEST {
        return symbol.to_owned();
    }
    let symbol = without_endings(symbol.trim());
    let symbol = mangled_again(symbol);
    // macOS adds a leading underscore.
    let plain = symbol.strip_prefix("__Z").map(|rest| format!("_Z{rest}"));
    let mangled = plain.as_deref().unwrap_or(&symbol);
    let mut name = Bounded(String::new());
    // The alternate form omits the hash.
    let is_rust = match try_demangle(mangled) {
        Ok(rust) => fmt::Write::write_fmt(&mut name, format_args!("{rust:#}")).is_ok(),
        Err(_) => false,
    };
    let is_demangled = is_rust || {
        name.0.clear();
        mangled.starts_with("_Z") && of_cpp(mangled, &mut name).is_some()
    };
    if !is_demangled {
        return without_hash(&symbol).to_owned();
    }
    without_hash(without_endings(&name.0)).to_owned()
}

fn of_cpp(symbol: &str, name: &mut Bounded) -> Option<()> {
    let symbol = Symbol::new(symbol).ok()?;
    symbol
        .structured_demangle(name, &DemangleOptions::new())
        .ok()
}

/// A name that cannot grow beyond [`LONGEST`].
struct Bounded(String);

impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > LONGEST {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

/// Suffixes that compilers append to a part, clone or local copy of a function. A number may follow
/// each.
const ENDINGS: [&str; 18] = [
    "cold",
    "warm",
    "hot",
    "unlikely",
    "exit",
    "startup",
    "part",
    "isra",
    "constprop",
    "lto_priv",
    "localalias",
    "llvm",
    "__uniq",
    "resume",
    "destroy",
    "cleanup",
    "specialized",
    "omp_outlined",
];

/// `foo` for `foo.part.0.cold`, `foo.llvm.123`, `foo [clone .cold]` and `foo (.llvm.123)`.
fn without_endings(name: &str) -> &str {
    let mut name = name;
    loop {
        let shorter = without_clone(name)
            .or_else(|| without_ending(name))
            .filter(|shorter| !shorter.is_empty());
        match shorter {
            Some(shorter) => name = shorter,
            None => return name,
        }
    }
}

fn without_clone(name: &str) -> Option<&str> {
    let of = |open, close| {
        let (name, ending) = name.strip_suffix(close)?.rsplit_once(open)?;
        (!ending.contains([' ', '(', ')', '[', ']'])).then_some(name)
    };
    of(" [clone .", ']').or_else(|| of(" (.", ')'))
}

fn without_ending(name: &str) -> Option<&str> {
    let (front, last) = name.rsplit_once('.')?;
    let is_ending = |part: &str| ENDINGS.contains(&part);
    if is_ending(last) {
        return Some(front);
    }
    let is_number = !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let (front, part) = front.rsplit_once('.')?;
    (is_number && is_ending(part)).then_some(front)
}

/// Rebuilds the symbol of a Rust name that a tool demangled as C++, so that it can be demangled as
/// Rust. Such a name still has Rust's escapes, as in `a::b::_$u7b$$u7b$closure$u7d$$u7d$`.
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

/// `a::b` for `a::b::h0123456789abcdef`.
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

#[cfg(test)]
mod tests {
    use super::demangled;

    #[test]
    fn names_of_every_compiler_are_what_the_programmer_wrote() {
        for (symbol, name) in [
            ("_ZN3foo3bar17h0123456789abcdefE", "foo::bar"),
            ("foo::bar::hfedcba9876543210", "foo::bar"),
            (
                "_RNvCskwGfYPst2Cb_3foo16example_function",
                "foo::example_function",
            ),
            ("_RNvCs1234_7mycrate3foo.llvm.9D1C9369", "mycrate::foo"),
            (
                "_ZN3foo3bar17h0123456789abcdefE.llvm.12345678901234",
                "foo::bar",
            ),
            ("_ZN3foo3bar17h0123456789abcdefE.cold", "foo::bar"),
            ("__ZN3foo3bar17h0123456789abcdefE", "foo::bar"),
            ("_ZN3foo3barEiPKc", "foo::bar(int, char const*)"),
            (
                "_ZNSt6vectorIiSaIiEE9push_backERKi.part.0.cold.1",
                "std::vector<int, std::allocator<int> >::push_back(int const&)",
            ),
            ("_Znwm", "operator new(unsigned long)"),
            ("grow.constprop.0.isra.3", "grow"),
            (
                "foo::bar(int) [clone .part.0] [clone .cold]",
                "foo::bar(int)",
            ),
            ("foo::bar (.llvm.17)", "foo::bar"),
            ("main", "main"),
            ("costs_2$", "costs_2$"),
            ("operator new(unsigned long)", "operator new(unsigned long)"),
            (
                "f(std::less<int>, (anonymous namespace)::t)",
                "f(std::less<int>, (anonymous namespace)::t)",
            ),
            ("static_name.123", "static_name.123"),
            ("", ""),
        ] {
            assert_eq!(demangled(symbol), name, "{symbol}");
        }
    }

    #[test]
    fn names_that_were_demangled_by_half_are_demangled_whole() {
        for (symbol, name) in [
            (
                "app::remember::_$u7b$$u7b$closure$u7d$$u7d$::h0123456789abcdef",
                "app::remember::{{closure}}",
            ),
            (
                "_$LT$core..pin..Pin$LT$P$GT$$u20$as$u20$core..future..Future$GT$::poll",
                "<core::pin::Pin<P> as core::future::Future>::poll",
            ),
        ] {
            assert_eq!(demangled(symbol), name);
        }
    }

    #[test]
    fn a_short_symbol_that_expands_to_a_very_long_name_is_left_as_it_is() {
        // Each substitution doubles the length of the previous one.
        let doubled: String = (0..40)
            .map(|number| format!("1pIS{number}_S{number}_E"))
            .collect();
        let symbol = format!("_Z1fI{doubled}E");
        assert!(demangled(&symbol).len() <= 1 << 16);
        let deep = format!("_Z1f{}i", "P".repeat(60_000));
        assert!(demangled(&deep).len() <= 1 << 17);
    }
}
