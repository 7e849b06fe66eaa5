//! A file whose folders are named like those of std, for tests/leak_reports.rs.

#[inline(never)]
pub fn remember(entries: &mut Vec<String>) {
    entries.push(String::from("one entry"));
}
pub const LINE: u32 = line!() - 2;
