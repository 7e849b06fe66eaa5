//! The results site of heapmark: records become typed page models, which hold all wording and
//! order, and these become pages that need no server and no JavaScript.

pub mod render;
pub mod view;

/// Compiles and runs the snippets of the guide to leak patterns.
#[cfg(doctest)]
#[doc = include_str!("../guide/leak-patterns.md")]
struct LeakPatterns;
