//! Export in the folded format of flame graph tools.

use std::io::{self, Write};

use super::{by_stack, on_one_line, weight};
use crate::profile::Profile;

/// Writes one line per stack: its functions, outermost first, and its bytes.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn folded(profile: &Profile, out: &mut dyn Write) -> io::Result<()> {
    let (weight, _) = weight(profile);
    let stacks = by_stack(profile, |site| {
        let frames = profile.stack(site);
        let names = frames.map(|frame| on_one_line(&frame.function).replace(';', ":"));
        let mut names: Vec<String> = names.collect();
        names.reverse();
        match names.is_empty() {
            true => "[no stack]".to_owned(),
            false => names.join(";"),
        }
    });
    for (stack, site) in &stacks {
        if let Some(bytes @ 1..) = weight(site).bytes {
            writeln!(out, "{stack} {bytes}")?;
        }
    }
    Ok(())
}
