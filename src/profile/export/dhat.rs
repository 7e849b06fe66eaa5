use std::io::{self, Write};

use serde_json::{Value, json};

use crate::profile::Profile;

/// Writes dhat's JSON, version 2, as its viewer `dh_view` opens it. What the tool does not know is
/// 0 there, since the format has no other word for it.
///
/// # Errors
///
/// Where `out` cannot be written to.
pub fn dhat(profile: &Profile, out: &mut dyn Write) -> io::Result<()> {
    let known = |number: Option<u64>| number.unwrap_or_default();
    let points = profile.callsites.iter().map(|site| {
        // The first frame of the table is the root of all.
        let stack = site.stack.iter().map(|frame| frame + 1);
        json!({
            "tb": known(site.total.bytes), "tbk": known(site.total.blocks),
            "tl": 0, "mb": 0, "mbk": 0,
            "gb": known(site.peak.bytes), "gbk": known(site.peak.blocks),
            "eb": known(site.end.bytes), "ebk": known(site.end.blocks),
            "fs": stack.collect::<Vec<u32>>(),
        })
    });
    let points: Vec<Value> = points.collect();
    let frames = profile
        .frames
        .iter()
        .map(|frame| match (&*frame.file, frame.line) {
            ("", _) => frame.function.clone(),
            (file, 0) => format!("{} (in {file})", frame.function),
            (file, line) => format!("{} ({file}:{line}:0)", frame.function),
        });
    let frames: Vec<String> = std::iter::once("[root]".to_owned()).chain(frames).collect();
    let end = profile.timeline.last().map_or(0, |moment| moment.at);
    let file = json!({
        "dhatFileVersion": 2, "mode": "rust-heap", "verb": "Allocated",
        "bklt": true, "bkacc": false,
        "tu": profile.clock.as_deref().unwrap_or("ms"), "Mtu": "s", "tuth": 10,
        "cmd": profile.command.as_deref().unwrap_or("?"), "pid": 0, "te": end, "tg": end,
        "pps": points, "ftbl": frames,
    });
    serde_json::to_writer(&mut *out, &file)?;
    writeln!(out)
}
