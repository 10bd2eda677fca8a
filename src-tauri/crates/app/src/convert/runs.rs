//! Converts the results of items from the engine to the store.

use engine::ItemOutcome;

/// The result of an item. The reason of a failure is stored as JSON.
pub(crate) fn end(end: engine::ItemEnd) -> store::ItemResult {
    let bare = |state| store::ItemResult {
        id: end.item,
        state,
        tried: false,
        not_before: None,
        why: None,
        can_retry: false,
    };
    match end.outcome {
        ItemOutcome::Queued => bare(store::ItemState::Queued),
        ItemOutcome::Running => bare(store::ItemState::Running),
        ItemOutcome::Read => bare(store::ItemState::Read),
        ItemOutcome::Failed(why) => store::ItemResult {
            can_retry: why.can_retry(),
            why: serde_json::to_string(&why).ok(),
            ..bare(store::ItemState::Failed)
        },
        ItemOutcome::Retry(at) => {
            store::ItemResult { tried: true, not_before: Some(at), ..bare(store::ItemState::Waiting) }
        }
        ItemOutcome::Unsent => bare(store::ItemState::Waiting),
    }
}
