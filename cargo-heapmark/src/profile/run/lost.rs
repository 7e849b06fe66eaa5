//! What a tool that looks once, at the end, calls lost.

use crate::profile::{Callsite, Kind};

use super::tool::Tool;

/// What is lost among some stacks.
pub struct Lost<'a> {
    /// All of them.
    pub bytes: u64,
    /// How many blocks.
    pub blocks: u64,
    /// The stacks that are lost by themselves, where a tool tells them from what is lost with them.
    pub sites: Vec<&'a Callsite>,
}

impl<'a> Lost<'a> {
    /// Of memcheck the bytes of a lost block hold those of all that is lost with it, its blocks do
    /// not. LeakSanitizer calls of blocks that point to each other all but the first lost with it, or
    /// all.
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
            end: Tally::of(blocks, bytes),
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
