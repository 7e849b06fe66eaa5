//! Lost memory, as memcheck and LeakSanitizer report it at exit.

use crate::profile::{Callsite, Kind};

use super::tool::Tool;

/// The lost memory of some call sites.
pub struct Lost<'a> {
    /// The number of lost bytes.
    pub bytes: u64,
    /// The number of lost blocks.
    pub blocks: u64,
    /// The call sites of the lost bytes. For memcheck, only those of directly lost blocks.
    pub sites: Vec<&'a Callsite>,
}

impl<'a> Lost<'a> {
    /// Adds up the lost memory of `stacks`.
    ///
    /// In memcheck's report, the bytes of a lost block include the bytes that are lost indirectly
    /// with it; the number of blocks does not. LeakSanitizer reports blocks that point to each
    /// other as indirectly lost, either all of them or all but the first.
    pub fn among(tool: Tool, stacks: impl Iterator<Item = &'a Callsite>) -> Self {
        let all: Vec<&Callsite> = stacks
            .filter(|site| matches!(site.kind, Some(Kind::Lost | Kind::LostWithIt)))
            .collect();
        let is_whole = |site: &&&Callsite| tool != Tool::Memcheck || site.kind == Some(Kind::Lost);
        let sites: Vec<&Callsite> = all.iter().filter(is_whole).copied().collect();
        Self {
            bytes: sites.iter().filter_map(|site| site.end.bytes).sum(),
            blocks: all.iter().filter_map(|site| site.end.blocks).sum(),
            sites,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Tally;

    #[test]
    fn what_is_lost_with_a_block_is_counted_once() {
        let site = |kind, blocks, bytes| Callsite {
            end: Tally::new(blocks, bytes),
            kind: Some(kind),
            ..Callsite::default()
        };
        let of = |tool, bytes| {
            let sites = [
                site(Kind::Lost, 200, bytes),
                site(Kind::LostWithIt, 200, 4_800),
                site(Kind::Reachable, 3, 1_000),
            ];
            let lost = Lost::among(tool, sites.iter());
            (lost.bytes, lost.blocks)
        };
        assert_eq!(of(Tool::Memcheck, 9_600), (9_600, 400));
        assert_eq!(of(Tool::Lsan, 4_800), (9_600, 400));
        assert!(Lost::among(Tool::Lsan, [].iter()).sites.is_empty());
    }
}
