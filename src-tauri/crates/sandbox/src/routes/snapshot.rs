//! The whole state as one document: `GET /_sandbox/snapshot`. `PUT` is the endpoint's own, because it puts
//! another state in place of this one.

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
