//! `PUT /files/{transfer}`: receives a file of the page.

use std::io;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use serde_json::json;

use crate::commands::Commands;

/// Streams the body to the application, which limits its size.
pub(crate) async fn upload(
    State(commands): State<Arc<dyn Commands>>,
    Path(transfer): Path<u64>,
    body: Body,
) -> Response {
    let pieces = body.into_data_stream().map(|next_chunk| next_chunk.map_err(io::Error::other)).boxed();
    match commands.upload(transfer, pieces).await {
        Ok(()) => Json(json!({})).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}
