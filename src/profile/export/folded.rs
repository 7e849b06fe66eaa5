use std::io::{self, Write};

use super::weights;
use crate::profile::Profile;

/// Writes a line a stack, outermost first, with its bytes: what flame graph tools read.
///
/// # Errors
///
/// Where `out` cannot be written to.
pub fn folded(profile: &Profile, out: &mut dyn Write) -> io::Result<()> {
    for (callsite, bytes) in profile.callsites.iter().zip(weights(profile)) {
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
