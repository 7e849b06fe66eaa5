//! The results site of heapmark. [`view`] turns records into typed page models, which contain all
//! wording and order. [`render`] turns the models into pages that work without a server and
//! without JavaScript.

pub mod render;
pub mod view;

/// Compiles and runs the snippets of the guide to leak patterns.
#[cfg(doctest)]
#[doc = include_str!("../guide/leak-patterns.md")]
struct LeakPatterns;
