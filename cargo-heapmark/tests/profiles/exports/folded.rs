//! Reads folded stacks as flame graph tools do: `frame;frame COUNT`, split at the last blank.

use std::collections::BTreeMap;

pub fn read(text: &str) -> Result<BTreeMap<String, u64>, String> {
    let mut stacks = BTreeMap::new();
    if !text.is_empty() && !text.ends_with('\n') {
        return Err("the last line has no end".to_owned());
    }
    // Some readers also end a line at other characters than `\n`.
    for line in text.split_terminator('\n') {
        let (stack, count) = line
            .rsplit_once(' ')
            .ok_or_else(|| format!("{line:?} has no count"))?;
        let count: u64 = count
            .parse()
            .map_err(|_| format!("{count:?} is not a count"))?;
        if stack.split(';').any(|frame| frame.trim().is_empty()) {
            return Err(format!("{line:?} has an empty frame"));
        }
        if line.contains(|c: char| c.is_control() || c == '\u{2028}') {
            return Err(format!("{line:?} is more than a line"));
        }
        if stacks.insert(stack.to_owned(), count).is_some() {
            return Err(format!("{stack:?} comes twice"));
        }
    }
    Ok(stacks)
}
