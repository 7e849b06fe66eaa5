//! Export in the JSON format of dhat.

use std::io::{self, Write};

use indexmap::IndexSet;
use serde_json::{Value, json};

use super::{by_stack, on_one_line, weight};
use crate::profile::{Callsite, Profile};
use heapmark_model::record::Frame;

/// Writes dhat's JSON, version 2, for its viewer `dh_view`. If the tool did not record the total of
/// allocated bytes, the file contains the bytes that were live at the peak or at the end instead,
/// and its `verb` states which. An unknown number is null, because the viewer requires the key; the
/// viewer shows it as 0.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn dhat(profile: &Profile, out: &mut dyn Write) -> io::Result<()> {
    let (weight, verb) = weight(profile);
    let lives = lives(profile);
    // Frames are identified by their text. The first one in the table is the root of all stacks.
    let mut frames = IndexSet::from(["[root]".to_owned()]);
    let points = by_stack(profile, |site| {
        let texts = profile.stack(site).map(text);
        let numbers = texts.map(|text| frames.insert_full(text).0);
        numbers.collect::<Vec<usize>>()
    });
    let points = points.iter().map(|(stack, site)| {
        let asked = weight(site);
        let mut point = json!({"tb": asked.bytes, "tbk": asked.blocks, "fs": stack});
        if lives {
            point["tl"] = json!(site.lifetime);
            for (keys, tally) in [
                (["mb", "mbk"], site.highest),
                (["gb", "gbk"], site.peak),
                (["eb", "ebk"], site.end),
            ] {
                point[keys[0]] = json!(tally.bytes);
                point[keys[1]] = json!(tally.blocks);
            }
        }
        point
    });
    let points: Vec<Value> = points.collect();
    let moments = profile.timeline.iter().map(|moment| moment.at);
    let end = moments.chain(profile.peak_at).max().unwrap_or_default();
    let mut file = json!({
        "dhatFileVersion": 2, "mode": "rust-heap", "verb": verb,
        "bklt": lives, "bkacc": false,
        "tu": profile.clock.as_deref().unwrap_or("ms"), "Mtu": "s",
        "cmd": profile.command.as_deref().unwrap_or("?"), "pid": 0, "te": end,
        "pps": points, "ftbl": frames.iter().collect::<Vec<_>>(),
    });
    if lives {
        file["tuth"] = json!(10);
        file["tg"] = json!(profile.peak_at);
    }
    serde_json::to_writer(&mut *out, &file)?;
    writeln!(out)
}

/// Whether all numbers that depend on block lifetimes are known, so that the file can contain them.
fn lives(profile: &Profile) -> bool {
    let is_known = |site: &Callsite| {
        [site.total, site.peak, site.end]
            .iter()
            .all(|tally| tally.blocks.is_some() && tally.bytes.is_some())
    };
    !profile.callsites.is_empty() && profile.callsites.iter().all(is_known)
}

fn text(frame: &Frame) -> String {
    let function = on_one_line(&frame.function);
    match (&*frame.file, frame.line) {
        ("", _) => function,
        (file, 0) => format!("{function} (in {})", on_one_line(file)),
        (file, line) => format!("{function} ({}:{line})", on_one_line(file)),
    }
}
