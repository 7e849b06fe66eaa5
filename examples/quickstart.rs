//! Counts the allocations of a piece of code without a bench target:
//!
//! ```text
//! cargo run --release --example quickstart
//! ```
//!
//! It compares a hundred names in separate blocks with the same names in one arena.

use std::hint::black_box;
use std::io::{self, Write};

use bumpalo::Bump;
use heapmark::__private::alloc::{self, Totals};

#[global_allocator]
static ALLOC: heapmark::Alloc = heapmark::Alloc::system();

/// The events of `routine` and of the drop of its result, on this thread.
fn counted<T>(routine: impl FnOnce() -> T) -> Totals {
    let _open = alloc::open();
    let before = Totals::of_this_thread();
    drop(black_box(routine()));
    Totals::of_this_thread() - before
}

fn main() -> io::Result<()> {
    let strings = counted(|| {
        (0..100)
            .map(|number| format!("name {number}"))
            .collect::<Vec<_>>()
    });
    let arena = counted(|| {
        let arena = Bump::with_capacity(2048);
        for number in 0..100 {
            black_box(bumpalo::format!(in &arena, "name {}", number).into_bump_str());
        }
        arena
    });
    for (what, totals) in [
        ("one block per name", strings),
        ("one arena for all", arena),
    ] {
        writeln!(
            io::stdout(),
            "{what:18} {:4} allocs {:4} frees {:4} reallocs {:6} B",
            totals.allocs,
            totals.frees,
            totals.reallocs,
            totals.bytes
        )?;
    }
    Ok(())
}
