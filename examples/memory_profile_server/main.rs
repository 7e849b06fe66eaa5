//! A server to profile: `cargo xtask profile` loads it under each tool.
//!
//! ```text
//! cargo run --release --example memory_profile_server -- --port 0
//! cargo run --release --example memory_profile_server --features memory-profiling -- --leaky
//! ```
//!
//! It listens on 127.0.0.1 and prints one line, `ready pid=… address=…`. SIGINT and SIGTERM stop it
//! normally.
//!
//! - With the feature `memory-profiling`, it writes dhat's file when it stops, to
//!   `HEAPMARK_DHAT_OUT` or `dhat-heap.json`.
//! - With `--live`, it reports its live memory by call stack at `/live`.
//! - With `--leaky`, it has one endpoint for each leak pattern and one for its solution.

mod allocator;
mod leaks;
mod listen;
#[cfg(not(feature = "memory-profiling"))]
mod live;
mod routes;

use std::io;
use std::process::ExitCode;
use std::sync::Arc;

use listen::Arguments;

fn main() -> ExitCode {
    let result = Arguments::read(std::env::args())
        .map_err(io::Error::other)
        .and_then(|arguments| run(&arguments));
    listen::exit(result)
}

fn run(arguments: &Arguments) -> io::Result<()> {
    let watch = allocator::Watch::start()?;
    let site = Arc::new(routes::Site::new());
    let leaks = Arc::new(leaks::Leaks::new());
    let mut router = routes::routes().with_state(Arc::clone(&site));
    if arguments.leaky {
        router = router.merge(leaks::routes().with_state(Arc::clone(&leaks)));
    }
    #[cfg(not(feature = "memory-profiling"))]
    if arguments.live {
        router = live::watched(router)?;
    }
    let runtime = listen::runtime()?;
    let served = runtime.block_on(listen::serve(router, arguments.port));
    // The order matters: dhat's file is written before caches and threads free their memory,
    // because it would not show that memory afterwards.
    drop(watch);
    drop(runtime);
    drop((site, leaks));
    served
}
