//! What the server holds, by call stack, as `/growth` and `/growth/{stack}`: what a server needs
//! for `cargo xtask profile growth`, and all that it needs (feature `growth`).

use std::io;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use heapmark::growth::{self, Growth, Held};
use serde_json::{Value, json};

/// Watches the program from now on.
pub fn watched(router: Router) -> io::Result<Router> {
    let growth = growth::watch().map_err(io::Error::other)?;
    let routes = Router::new()
        .route("/growth", get(held))
        .route("/growth/{stack}", get(frames))
        .with_state(Arc::new(growth));
    Ok(router.merge(routes))
}

async fn held(State(growth): State<Arc<Growth>>) -> Json<Value> {
    let held: Vec<Held> = growth.held();
    Json(json!({ "walk": growth.walk(), "held": held }))
}

async fn frames(
    State(growth): State<Arc<Growth>>,
    Path(stack): Path<u32>,
) -> Result<Json<Value>, StatusCode> {
    // The first answer reads all the debug information, for which no request should wait.
    let asked = tokio::task::spawn_blocking(move || growth.frames(stack)).await;
    let frames = asked.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(Json(json!(frames.ok_or(StatusCode::NOT_FOUND)?)))
}
