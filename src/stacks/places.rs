use std::path::Path;

use heapmark_model::origin;
use heapmark_model::record::Frame;

/// What stands for a file or a function that is not known.
const UNKNOWN: &str = "?";

/// The frames of a stack, innermost first; several for one address where calls were inlined.
pub fn places(addresses: &[usize]) -> Vec<Frame> {
    let mut frames = Vec::new();
    for address in addresses {
        // A return address is behind its call, which may be the last of its line.
        let call = std::ptr::without_provenance_mut(address.saturating_sub(1));
        backtrace::resolve(call, |symbol| {
            let file = symbol.filename().unwrap_or(Path::new(UNKNOWN));
            let name = symbol.name();
            frames.push(Frame {
                function: name.map_or_else(|| UNKNOWN.to_owned(), |name| format!("{name:#}")),
                file: file.display().to_string(),
                line: symbol.lineno().unwrap_or(0),
            });
        });
    }
    frames
}

/// Whether it is heapmark that runs here and not what it measures.
pub fn is_harness(frame: &Frame) -> bool {
    origin::is_harness(frame, Some(env!("CARGO_MANIFEST_DIR")))
}
