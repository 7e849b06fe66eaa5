//! A server to be profiled: `cargo xtask profile` loads it under each tool.
//!
//! ```text
//! cargo run --release --example memory_profile_server -- --port 0
//! cargo run --release --example memory_profile_server --features memory-profiling -- --leaky
//! ```
//!
//! It listens on 127.0.0.1 and says so in one line, `ready pid=… address=…`. SIGINT and SIGTERM
//! end it in order. With the feature it then writes dhat's file, to `HEAPMARK_DHAT_OUT` or
//! `dhat-heap.json`; with `--live` it states what it holds, by call stack, at `/live`; with
//! `--leaky` it also has one endpoint for each leak pattern and its solution.

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
    // The order is the point: whatever a cache or a thread holds is freed with its owner, and a
    // profile that is written after that shows none of it.
    drop(watch);
    drop(runtime);
    drop((site, leaks));
    served
}
