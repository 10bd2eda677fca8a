//! Asking for what a screen shows: the answer, or the refusal, goes to the store, and the screen reads it there.

use codat::{Company, CompanyId, FailureKind, Topic, model::DatasetStatus, model::Phase};
use engine::{Act, ActError};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use store::{OperationFilter, OperationKind, Said, Store};

use crate::{
    clock,
    desk::Desk,
    error::{Code, WireError},
};

/// What was asked for longer ago than this is asked for again when it is shown.
pub(crate) const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// Asks for a topic. A refusal that is an answer of its own, such as *never read*, is kept and no error.
pub(crate) async fn fetch(desk: &Desk, topic: Topic) -> Result<(), WireError> {
    match desk.runner()?.act(Act::Fetch(topic)).await {
        Ok(_) => Ok(()),
        Err(ActError::Failed(failure)) if is_definite(failure.kind) => Ok(()),
        Err(error) => Err(WireError::unread(error)),
    }
}

/// Asks for those that were not asked for lately, all at once; the first failure is told when all have ended.
pub(crate) async fn fetch_due(desk: &Desk, topics: Vec<Topic>, always: bool) -> Result<(), WireError> {
    let (store, now) = (desk.store()?, clock::now());
    let mut due = Vec::with_capacity(topics.len());
    for topic in topics {
        if always || is_due(store.said(&topic).await?.as_ref(), now) {
            due.push(topic);
        }
    }
    join_all(due.into_iter().map(|topic| fetch(desk, topic))).await.into_iter().collect()
}

/// When a topic was last asked about, whatever was said.
pub(crate) fn asked_at(said: &Said) -> Option<Timestamp> {
    let answered = said.answer.as_ref().map(|(at, _)| *at);
    answered.max(said.refusal.as_ref().map(|(at, _)| *at))
}

fn is_due(said: Option<&Said>, now: Timestamp) -> bool {
    said.and_then(asked_at).is_none_or(|at| now.duration_since(at).abs() > FRESH)
}

/// The company as it is kept.
pub(crate) async fn company(store: &Store, id: CompanyId) -> Result<Company, WireError> {
    store.company_record(id).await?.ok_or_else(|| {
        WireError::new(Code::NotFound, "This company is no longer there. It was deleted elsewhere.")
    })
}

/// Whether reads of these types run, as far as is known; of no types given, whether any does.
pub(crate) async fn is_reading(store: &Store, id: CompanyId, types: &[&str]) -> Result<bool, WireError> {
    let filter = OperationFilter {
        data_types: types.iter().map(|&key| key.to_owned()).collect(),
        statuses: DatasetStatus::KNOWN
            .iter()
            .filter(|status| status.phase() == Phase::Running)
            .map(|status| status.as_str().to_owned())
            .collect(),
        ..OperationFilter::default()
    };
    Ok(store.operations(id, OperationKind::Read, &filter, 0, 0).await?.total > 0)
}

fn is_definite(kind: FailureKind) -> bool {
    match kind {
        FailureKind::NotFound
        | FailureKind::Conflict
        | FailureKind::Invalid
        | FailureKind::Forbidden
        | FailureKind::PaymentRequired => true,
        FailureKind::Unauthorized
        | FailureKind::Unprocessable
        | FailureKind::RateLimited
        | FailureKind::Server
        | FailureKind::OtherStatus
        | FailureKind::Unreachable
        | FailureKind::NoAnswer
        | FailureKind::Unreadable
        | FailureKind::Intercepted => false,
    }
}
