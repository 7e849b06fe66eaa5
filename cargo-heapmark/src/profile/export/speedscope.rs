//! Export for speedscope.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{by_stack, on_one_line, weight};
use crate::profile::Profile;
use heapmark_model::record::Frame;

/// Writes a sampled profile in speedscope's format, in which the weight of a stack is its bytes.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn speedscope(profile: &Profile, out: &mut dyn Write) -> io::Result<()> {
    let frames: Vec<Value> = profile.frames.iter().map(frame).collect();
    let (weight, _) = weight(profile);
    let stacks = by_stack(profile, |site| {
        // The format lists the outermost frame first.
        site.stack.iter().rev().copied().collect::<Vec<u32>>()
    });
    let weights = stacks.values().map(|site| weight(site).bytes.unwrap_or(0));
    let weights: Vec<u64> = weights.collect();
    let samples: Vec<&Vec<u32>> = stacks.keys().collect();
    let name = profile.command.as_deref().unwrap_or("heap");
    let file = json!({
        "$schema": "https://www.speedscope.app/file-format-schema.json",
        "name": name,
        "exporter": concat!("heapmark ", env!("CARGO_PKG_VERSION")),
        "shared": {"frames": frames},
        "profiles": [{
            "type": "sampled", "name": name, "unit": "bytes", "startValue": 0,
            "endValue": weights.iter().fold(0_u64, |sum, weight| sum.saturating_add(*weight)),
            "samples": samples, "weights": weights,
        }],
    });
    serde_json::to_writer(&mut *out, &file)?;
    writeln!(out)
}

/// A frame, with its file and line if they are known.
fn frame(frame: &Frame) -> Value {
    let mut value = json!({"name": on_one_line(&frame.function)});
    if !frame.file.is_empty() {
        value["file"] = json!(frame.file);
    }
    if frame.line > 0 {
        value["line"] = json!(frame.line);
    }
    value
}
