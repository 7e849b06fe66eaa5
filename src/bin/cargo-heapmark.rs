//! `cargo heapmark`: the tool for anybody's crate.

fn main() {}
