//! `POST /call/{name}`: runs a command.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::commands::{Commands, Refusal};

/// The header with the ID of the workspace that the page shows.
const WORKSPACE: &str = "x-portal-workspace";

/// Runs a command to its end even if the page disconnects, as in the window, so that a reload does not abort
/// an act.
pub(crate) async fn call(
    State(commands): State<Arc<dyn Commands>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    args: Result<Json<Value>, JsonRejection>,
) -> Response {
    let args = match args {
        Ok(Json(args)) => args,
        Err(rejection) => return unreadable(&rejection).into_response(),
    };
    let workspace = headers.get(WORKSPACE).and_then(|id| id.to_str().ok()).map(str::to_owned);
    match tokio::spawn(commands.call(workspace, name, args)).await {
        Ok(Ok(result)) => Json(result).into_response(),
        Ok(Err(refusal)) => refusal.into_response(),
        Err(panic) => {
            tracing::error!(%panic, "a command ended without an answer");
            command_panicked().into_response()
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}

fn unreadable(rejection: &JsonRejection) -> Refusal {
    let message = "The page sent arguments that aren’t JSON.";
    let body = json!({ "code": "badArguments", "message": message, "detail": rejection.body_text() });
    Refusal { status: rejection.status(), body }
}

fn command_panicked() -> Refusal {
    let message = "The program couldn’t finish this. Check its log, then try again.";
    let body = json!({ "code": "internal", "message": message, "detail": null });
    Refusal { status: StatusCode::INTERNAL_SERVER_ERROR, body }
}
