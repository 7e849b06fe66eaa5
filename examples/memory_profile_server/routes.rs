//! The endpoints of a typical server: an arena for temporary values of a request, a pool for the
//! buffer of a large answer, and statistics.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use heapmark::arena::with_arena;
use heapmark::pool::Pool;
use heapmark::stats::{Storage, count_headers, memory_stats};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::allocator;

/// The largest `size` of `/heavy/{size}`.
const HEAVIEST: usize = 100_000;
/// The total capacity in bytes of the buffers that the pool keeps.
const WAITING: usize = 4 << 20;

/// The state that requests share.
pub struct Site {
    buffers: Pool<String>,
}

impl Site {
    pub fn new() -> Self {
        let buffers = Pool::new(16, String::new, String::clear)
            .with_retained_bytes(WAITING, String::capacity);
        Self { buffers }
    }
}

/// A user, as the server sends it.
#[derive(Serialize)]
struct User {
    id: u64,
    name: String,
}

/// A user to create.
#[derive(Deserialize)]
struct NewUser {
    name: String,
}

pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/health", get(async || "ok\n"))
        .route("/json", get(async || Json(json!({ "message": "hello" }))))
        .route("/stats", get(stats))
        .route("/users/{id}", get(user))
        .route("/api/users", post(create))
        .route("/heavy/{size}", get(heavy))
}

async fn stats(State(site): State<Arc<Site>>) -> Json<Value> {
    let stats = memory_stats();
    Json(json!({
        "allocator": allocator::NAME,
        "heap": allocator::heap(),
        "headers_inline": stats.headers_inline(),
        "headers_heap": stats.headers_heap(),
        "pool_hit_ratio": stats.pool_hit_ratio(),
        "buffers": site.buffers.stats(),
    }))
}

async fn user(headers: HeaderMap, Path(id): Path<u64>) -> Json<User> {
    count_headers(Storage::Heap, headers.len());
    // Temporary values are in the arena; the result is copied out once.
    let name = with_arena(|arena| {
        let first = arena.alloc_format(format_args!("user {id}"));
        String::from(arena.alloc_format(format_args!("{first} of {}", headers.len())))
    });
    Json(User { id, name })
}

async fn create(Json(new): Json<NewUser>) -> (StatusCode, Json<User>) {
    let id = new.name.len() as u64;
    (StatusCode::CREATED, Json(User { id, name: new.name }))
}

async fn heavy(State(site): State<Arc<Site>>, Path(size): Path<usize>) -> (StatusCode, String) {
    if size > HEAVIEST {
        let refused = format!("size must be at most {HEAVIEST}\n");
        return (StatusCode::BAD_REQUEST, refused);
    }
    let mut buffer = site.buffers.get();
    for number in 0..size {
        // Writing to a string cannot fail.
        let _ = writeln!(buffer, "{number}");
    }
    (StatusCode::OK, buffer.as_str().to_owned())
}
