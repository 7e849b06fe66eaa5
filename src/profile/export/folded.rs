use std::io::{self, Write};

use super::{known, weight};
use crate::profile::Profile;

/// Writes a line a stack, outermost first, with its bytes: what flame graph tools read.
///
/// # Errors
///
/// Where `out` cannot be written to.
pub fn folded(profile: &Profile, out: &mut dyn Write) -> io::Result<()> {
    let of = known(&profile.callsites);
    for callsite in &profile.callsites {
        let bytes = weight(callsite, of);
        if bytes == 0 {
            continue;
        }
        let names: Vec<String> = profile
            .stack(callsite)
            .map(|frame| frame.function.replace([';', '\n'], ":"))
            .collect();
        let names: Vec<&str> = names.iter().rev().map(String::as_str).collect();
        writeln!(out, "{} {bytes}", names.join(";"))?;
    }
    Ok(())
}
