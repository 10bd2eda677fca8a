//! The complete state as one document: `GET /_sandbox/snapshot`. The endpoint handles `PUT`, which replaces
//! the state.

use crate::{
    answer::Problem,
    context::{Context, Outcome, ok},
    lock::lock,
    snapshot::Snapshot,
};

pub(super) fn snapshot(cx: &Context<'_>, method: &str) -> Outcome {
    match method {
        "GET" => ok(&Snapshot::of(cx.state, lock(cx.faults).all(), cx.now)),
        _ => Err(Problem::wrong_method("GET, PUT")),
    }
}
