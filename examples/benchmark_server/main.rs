//! The plain server: the system's allocator, nothing that counts, for tools that watch a process
//! from outside and for measuring the load client.
//!
//! ```text
//! cargo run --release --example benchmark_server -- --port 0
//! ```

#[path = "../memory_profile_server/listen.rs"]
mod listen;

use std::io;
use std::process::ExitCode;

use axum::extract::Path;
use axum::routing::get;
use axum::{Json, Router};
use listen::Arguments;
use serde_json::json;

fn main() -> ExitCode {
    let result = Arguments::read(std::env::args())
        .and_then(|arguments| match arguments.leaky {
            true => Err(String::from(
                "the plain server leaks nothing; take memory_profile_server",
            )),
            false => Ok(arguments),
        })
        .map_err(io::Error::other)
        .and_then(|arguments| run(&arguments));
    listen::exit(result)
}

fn run(arguments: &Arguments) -> io::Result<()> {
    let router = Router::new()
        .route("/health", get(async || "ok\n"))
        .route("/json", get(async || Json(json!({ "message": "hello" }))))
        .route(
            "/users/{id}",
            get(async |Path(id): Path<u64>| Json(json!({ "id": id, "name": "user" }))),
        );
    let runtime = listen::runtime()?;
    runtime.block_on(listen::serve(router, arguments.port))
}
