//! The instruments: bytes on the wire, elements of a page, CPU time of this thread.

use std::fs;

use anyhow::Context;

/// Header and trailer that gzip puts around the compressed data, in bytes.
const GZIP_FRAME: u64 = 18;

/// Bytes of `content` as a server sends it, compressed as `gzip` does by default.
pub(super) fn gzip(content: &[u8]) -> u64 {
    miniz_oxide::deflate::compress_to_vec(content, 6).len() as u64 + GZIP_FRAME
}

/// Elements of a page: tags that open one.
pub(super) fn elements(html: &[u8]) -> u64 {
    let opens = |pair: &&[u8]| pair[0] == b'<' && pair[1].is_ascii_alphabetic();
    html.windows(2).filter(opens).count() as u64
}

/// CPU time of this thread so far; rendering uses no other.
pub(super) fn cpu_milliseconds() -> anyhow::Result<u64> {
    let path = "/proc/thread-self/schedstat";
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?;
    let nanoseconds: u64 = text
        .split_whitespace()
        .next()
        .context("schedstat is empty")?
        .parse()?;
    Ok(nanoseconds / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::{elements, gzip};

    #[test]
    fn only_opening_tags_are_elements() {
        assert_eq!(elements(b"<!doctype html><p>a < b<br></p><svg/>"), 3);
    }

    #[test]
    fn what_repeats_weighs_less() {
        assert!(gzip(&[b'a'; 10_000]) < 100);
    }
}
