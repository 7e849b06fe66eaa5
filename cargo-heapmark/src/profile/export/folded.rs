use std::io::{self, Write};

use super::{by_stack, on_one_line, weight};
use crate::profile::Profile;

/// Writes a line a stack, outermost first, with its bytes: what flame graph tools read.
///
/// # Errors
///
/// Where `out` cannot be written to.
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
