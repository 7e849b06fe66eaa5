//! Resolves the return addresses of a stack to functions, files and lines.

use std::path::Path;

use heapmark_model::origin;
use heapmark_model::record::Frame;

/// Placeholder for an unknown file or function.
const UNKNOWN: &str = "?";

/// The frames of a stack, innermost first. An address has several frames if calls were inlined.
pub fn frames(addresses: &[usize]) -> Vec<Frame> {
    let mut frames = Vec::new();
    for address in addresses {
        // The return address is after the call, so it may already belong to the next line.
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

/// Whether a frame belongs to heapmark, and not to the code that it measures.
pub fn is_harness(frame: &Frame) -> bool {
    origin::is_harness(frame, Some(env!("CARGO_MANIFEST_DIR")))
}
