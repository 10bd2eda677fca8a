//! Converts runs between the types of the engine and the store.

use engine::{ItemId, ItemOutcome, RunId};

pub(crate) fn new(run: engine::NewRun) -> store::NewRun {
    store::NewRun {
        cause: cause(run.cause),
        label: run.label,
        reads: match run.reads {
            engine::Reads::Each(reads) => store::ReadSelection::List(reads.into_iter().map(read).collect()),
            engine::Reads::Matching { search, data_types } => {
                store::ReadSelection::Search { search, data_types }
            }
        },
        starts_at: run.starts_at,
        spread: run.spread,
    }
}

pub(crate) fn open(run: store::OpenRun) -> engine::OpenRun {
    engine::OpenRun {
        id: RunId(run.id),
        cause: engine_cause(run.cause),
        state: state(run.state),
        starts_at: run.starts_at,
        spread: run.spread,
        counts: counts(run.counts),
        rest: run.pending_reads,
        sent: run.sent.into_iter().map(sent).collect(),
    }
}

pub(crate) fn moved(moved: store::RunProgress) -> engine::RunMoved {
    engine::RunMoved {
        id: RunId(moved.id),
        taken: moved.taken.into_iter().map(sent).collect(),
        counts: counts(moved.counts),
        rest: moved.pending_reads,
        next_at: moved.next_at,
    }
}

pub(crate) fn take(take: engine::Take) -> store::TakeRequest {
    store::TakeRequest { keys: take.keys, reading: take.reading }
}

/// The result of an item. The reason of a failure is stored as JSON.
pub(crate) fn end(end: engine::ItemEnd) -> store::ItemResult {
    let bare = |state| store::ItemResult {
        id: end.item.0,
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

pub(crate) fn counts(counts: store::RunCounts) -> engine::RunCounts {
    engine::RunCounts {
        waiting: counts.waiting,
        sent: counts.sent,
        queued: counts.queued,
        running: counts.running,
        read: counts.read,
        failed: counts.failed,
        skipped: counts.skipped,
        cancelled: counts.cancelled,
        unseen: counts.unseen,
        looking: counts.looking,
    }
}

pub(crate) fn settled(settled: store::QueuedItemsUpdate) -> engine::StoreReply {
    engine::StoreReply::QueuedChecked {
        moved: settled
            .updated_runs
            .into_iter()
            .map(|(run, standing)| (RunId(run), counts(standing)))
            .collect(),
        probe: settled
            .to_check
            .into_iter()
            .map(|item| engine::QueuedItem {
                id: ItemId(item.id),
                run: RunId(item.run),
                read: engine_read(item.read),
                sent_at: item.sent_at,
            })
            .collect(),
    }
}

fn cause(cause: engine::RunCause) -> store::RunCause {
    match cause {
        engine::RunCause::Person => store::RunCause::Person,
        engine::RunCause::Schedule(number) => store::RunCause::Schedule(number),
        engine::RunCause::KeepAlive => store::RunCause::KeepAlive,
    }
}

fn engine_cause(cause: store::RunCause) -> engine::RunCause {
    match cause {
        store::RunCause::Person => engine::RunCause::Person,
        store::RunCause::Schedule(number) => engine::RunCause::Schedule(number),
        store::RunCause::KeepAlive => engine::RunCause::KeepAlive,
    }
}

fn state(state: store::RunState) -> engine::RunState {
    match state {
        store::RunState::Running => engine::RunState::Running,
        store::RunState::Paused => engine::RunState::Paused,
        store::RunState::Done => engine::RunState::Done,
        store::RunState::Cancelled => engine::RunState::Cancelled,
    }
}

fn sent(item: store::SentItem) -> engine::SentItem {
    engine::SentItem {
        id: ItemId(item.id),
        read: engine_read(item.read),
        key: item.key,
        sent_at: item.sent_at,
        tries: item.tries,
    }
}

fn engine_read(read: store::ReadRequest) -> engine::Read {
    engine::Read { company: read.company, data_type: read.data_type, connection: read.connection }
}

fn read(read: engine::Read) -> store::ReadRequest {
    store::ReadRequest { company: read.company, data_type: read.data_type, connection: read.connection }
}
