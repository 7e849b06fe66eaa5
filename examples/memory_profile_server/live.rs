//! The live memory of the server by call stack, as `/live` and `/live/{stack}`. The command
//! `cargo xtask profile live` requests these endpoints.

use std::io;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use heapmark::live::{self, Frame, Held, Watch};
use serde_json::{Value, json};

/// Starts a watch and adds the endpoints.
pub fn watched(router: Router) -> io::Result<Router> {
    let watch = live::watch().map_err(io::Error::other)?;
    let routes = Router::new()
        .route("/live", get(held))
        .route("/live/{stack}", get(frames))
        .with_state(Arc::new(watch));
    Ok(router.merge(routes))
}

async fn held(State(watch): State<Arc<Watch>>) -> Json<Value> {
    let held: Vec<Held> = watch.held();
    Json(json!({ "walk": watch.walk(), "held": held }))
}

async fn frames(
    State(watch): State<Arc<Watch>>,
    Path(stack): Path<u32>,
) -> Result<Json<Value>, StatusCode> {
    // The first answer reads all debug information, which takes too long for the thread of other
    // requests.
    let asked = tokio::task::spawn_blocking(move || watch.frames(stack)).await;
    let frames = asked.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let frames = frames.ok_or(StatusCode::NOT_FOUND)?;
    Ok(Json(frames.iter().map(frame).collect()))
}

fn frame(frame: &Frame) -> Value {
    json!({ "function": frame.function, "file": frame.file, "line": frame.line })
}
