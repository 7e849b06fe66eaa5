use std::path::Path;

use crate::record::Frame;

/// The frames of a stack, innermost first; several for one address where calls were inlined.
pub fn places(addresses: &[usize]) -> Vec<Frame> {
    let mut frames = Vec::new();
    for address in addresses {
        // A return address is behind its call, which may be the last of its line.
        let call = std::ptr::without_provenance_mut(address.saturating_sub(1));
        backtrace::resolve(call, |symbol| {
            let file = symbol.filename().unwrap_or(Path::new("?"));
            let name = symbol.name();
            frames.push(Frame {
                function: name.map_or_else(|| "?".to_owned(), |name| format!("{name:#}")),
                file: file.display().to_string(),
                line: symbol.lineno().unwrap_or(0),
            });
        });
    }
    frames
}

/// The modules of heapmark that stand between the program and its allocator, or between a case
/// and its harness. The others may well be what is measured.
const HARNESS: [&str; 8] = [
    "alloc",
    "assertions",
    "bencher",
    "growth",
    "harness",
    "instruments",
    "leak",
    "stacks",
];

/// Whether it is heapmark that runs here and not what it measures.
///
/// A function that was inlined has no path in a binary of line tables alone, so files decide too.
pub fn is_harness(frame: &Frame) -> bool {
    let name = frame.function.trim_start_matches('<');
    let file = frame.file.strip_prefix(env!("CARGO_MANIFEST_DIR"));
    let file = file.and_then(|file| file.strip_prefix("/src/"));
    let is_within = |path: Option<&str>, end: char| {
        path.is_some_and(|path| {
            let modules = HARNESS.iter();
            let mut rests = modules.filter_map(|module| path.strip_prefix(module));
            rests.any(|rest| rest.starts_with(end))
        })
    };
    is_within(file, '/')
        || is_within(name.strip_prefix("heapmark::"), ':')
        || name.contains(" as heapmark::")
        || name.starts_with("backtrace::")
        || frame.file.contains("/backtrace-")
}

/// Whether the frame is of std, or of nothing that is known.
pub fn is_std(frame: &Frame) -> bool {
    let of_std = [
        "/rustc/",
        // The crates that std is built of.
        "/rust/deps/",
        "/library/std/",
        "/library/core/",
        "/library/alloc/",
    ];
    of_std.iter().any(|folder| frame.file.contains(folder))
        || frame.file == "?"
        || frame.function.starts_with("__rust")
}

/// Whether the frame is of a crate that cargo has fetched.
pub fn is_dependency(frame: &Frame) -> bool {
    frame.file.contains("/registry/src/") || frame.file.contains("/git/checkouts/")
}
