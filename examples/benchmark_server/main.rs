//! A server with the system's allocator and without counting, for tools that observe a process from
//! outside, and to measure the load client.
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
                "benchmark_server has no leak patterns; run memory_profile_server with --leaky",
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
