//! The complete state as one document: `GET /_sandbox/snapshot`. The endpoint handles `PUT`, which replaces
//! the state.

use crate::{
    context::{Context, HandlerResult, ok},
    lock::lock,
    response::ApiError,
    snapshot::Snapshot,
};

pub(super) fn snapshot(cx: &Context<'_>, method: &str) -> HandlerResult {
    match method {
        "GET" => ok(&Snapshot::capture(cx.state, lock(cx.faults).all(), cx.now)),
        _ => Err(ApiError::method_not_allowed("GET, PUT")),
    }
}
