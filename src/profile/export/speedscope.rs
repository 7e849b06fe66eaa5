use std::io::{self, Write};

use serde_json::{Value, json};

use super::weights;
use crate::profile::Profile;

/// Writes a sampled profile of bytes as speedscope opens it.
///
/// # Errors
///
/// Where `out` cannot be written to.
pub fn speedscope(profile: &Profile, out: &mut dyn Write) -> io::Result<()> {
    let frames = profile.frames.iter();
    let frames: Vec<Value> = frames
        .map(|frame| json!({"name": frame.function, "file": frame.file, "line": frame.line}))
        .collect();
    let outermost_first = |stack: &[u32]| stack.iter().rev().copied().collect::<Vec<u32>>();
    let sites = profile.callsites.iter();
    let samples: Vec<Vec<u32>> = sites.map(|site| outermost_first(&site.stack)).collect();
    let weights = weights(profile);
    let name = profile.command.as_deref().unwrap_or("heap");
    let file = json!({
        "$schema": "https://www.speedscope.app/file-format-schema.json",
        "name": name,
        "exporter": concat!("heapmark ", env!("CARGO_PKG_VERSION")),
        "shared": {"frames": frames},
        "profiles": [{
            "type": "sampled", "name": name, "unit": "bytes", "startValue": 0,
            "endValue": weights.iter().sum::<u64>(), "samples": samples, "weights": weights,
        }],
    });
    serde_json::to_writer(&mut *out, &file)?;
    writeln!(out)
}
