//! Loads what a screen shows: answers and refusals go to the store, and the screen reads them there.

use codat::{Company, CompanyId, Topic, model::DatasetStatus, model::Phase};
use engine::{ActError, ReadAct};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use store::{CachedAnswer, OperationFilter, OperationKind, Store};

use crate::{
    error::{Code, WireError},
    open_workspace::OpenWorkspace,
};

/// Stored answers older than this are loaded again when they are shown.
pub(crate) const MAX_AGE: SignedDuration = SignedDuration::from_mins(5);

/// Loads a topic. A definite refusal, such as *never read*, is stored and is not an error.
pub(crate) async fn fetch(workspace: &OpenWorkspace, topic: Topic) -> Result<(), WireError> {
    match workspace.runner()?.act(ReadAct::Topic(topic)).await {
        Ok(_) => Ok(()),
        Err(ActError::Failed(failure)) if failure.kind.is_definite() => Ok(()),
        Err(error) => Err(WireError::unread(error)),
    }
}

/// Loads the stale topics in parallel, or all of them with `force`. Returns the first error after all have
/// ended.
pub(crate) async fn fetch_due(
    workspace: &OpenWorkspace,
    topics: Vec<Topic>,
    force: bool,
) -> Result<(), WireError> {
    let (store, now) = (workspace.store()?, workspace.now());
    let mut stale = Vec::with_capacity(topics.len());
    for topic in topics {
        if force || is_stale(store.cached_answer(&topic).await?.as_ref(), now) {
            stale.push(topic);
        }
    }
    join_all(stale.into_iter().map(|topic| fetch(workspace, topic))).await.into_iter().collect()
}

/// When a topic was last loaded, with an answer or a refusal.
pub(crate) fn checked_at(cached: &CachedAnswer) -> Option<Timestamp> {
    let answered = cached.answer.as_ref().map(|(at, _)| *at);
    answered.max(cached.refusal.as_ref().map(|(at, _)| *at))
}

fn is_stale(cached: Option<&CachedAnswer>, now: Timestamp) -> bool {
    cached.and_then(checked_at).is_none_or(|at| now.duration_since(at).abs() > MAX_AGE)
}

/// The stored company.
pub(crate) async fn company(store: &Store, id: CompanyId) -> Result<Company, WireError> {
    store.company_record(id).await?.ok_or_else(|| {
        WireError::new(Code::NotFound, "This company no longer exists. It was deleted elsewhere.")
    })
}

/// Whether reads of these data types are known to run. An empty list means any type.
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
