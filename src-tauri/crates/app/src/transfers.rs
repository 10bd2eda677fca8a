//! Downloads and uploads: their progress, and how to cancel them.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use ts_rs::TS;

use crate::{
    clock,
    error::{Code, WireError},
    sync,
    wire::{Direction, Event, Transfer, TransferState},
};

/// The shortest time between two progress events of a transfer.
const PROGRESS_INTERVAL: SignedDuration = SignedDuration::from_millis(150);
/// How many ended transfers are kept.
const MAX_ENDED: usize = 100;

/// A transfer by its ID.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct TransferId {
    pub id: u64,
}

/// All transfers since the start of the app.
#[derive(Clone)]
pub(crate) struct Transfers {
    state: Arc<Mutex<State>>,
    events: broadcast::Sender<Event>,
}

#[derive(Default)]
struct State {
    next: u64,
    all: BTreeMap<u64, Entry>,
}

struct Entry {
    transfer: Transfer,
    cancel: CancellationToken,
    notified_at: Timestamp,
}

/// The owner's access to a running transfer.
pub(crate) struct TransferHandle {
    id: u64,
    cancel: CancellationToken,
    transfers: Transfers,
}

/// Reports the progress of a transfer. Has no effect after the end.
#[derive(Clone)]
pub(crate) struct ProgressReporter {
    id: u64,
    transfers: Transfers,
}

impl Transfers {
    pub(crate) fn new(events: broadcast::Sender<Event>) -> Self {
        Self { state: Arc::default(), events }
    }

    /// Adds a queued transfer.
    pub(crate) fn begin(
        &self,
        company: &str,
        direction: Direction,
        name: &str,
        total: Option<u64>,
    ) -> TransferHandle {
        let cancel = CancellationToken::new();
        let id = self.with_state(|state| {
            state.next += 1;
            let transfer = Transfer {
                id: state.next,
                company: company.to_owned(),
                direction,
                name: name.to_owned(),
                done: 0,
                total,
                state: TransferState::Waiting,
                error: None,
                place: None,
            };
            let entry = Entry { transfer, cancel: cancel.clone(), notified_at: Timestamp::MIN };
            state.all.insert(state.next, entry);
            state.forget_oldest();
            state.next
        });
        let handle = TransferHandle { id, cancel, transfers: self.clone() };
        self.change(id, true, |_| {});
        handle
    }

    /// The transfers of a company, oldest first.
    pub(crate) fn of_company(&self, company: &str) -> Vec<Transfer> {
        self.with_state(|state| {
            let all = state.all.values().map(|entry| &entry.transfer);
            all.filter(|transfer| transfer.company == company).cloned().collect()
        })
    }

    pub(crate) fn get(&self, id: u64) -> Option<Transfer> {
        self.with_state(|state| state.all.get(&id).map(|entry| entry.transfer.clone()))
    }

    /// Cancels a running transfer, or forgets an ended one.
    pub(crate) fn cancel_or_forget(&self, id: u64) {
        self.with_state(|state| match state.all.get(&id) {
            Some(entry) if entry.transfer.has_ended() => {
                state.all.remove(&id);
            }
            Some(entry) => entry.cancel.cancel(),
            None => {}
        });
    }

    /// Changes a transfer that has not ended. Sends an event if `at_once` is set or the last one is old
    /// enough.
    fn change(&self, id: u64, at_once: bool, change: impl FnOnce(&mut Transfer)) {
        let now = clock::now();
        let changed = self.with_state(|state| {
            let entry = state.all.get_mut(&id).filter(|entry| !entry.transfer.has_ended())?;
            change(&mut entry.transfer);
            let is_due = at_once || now.duration_since(entry.notified_at).abs() >= PROGRESS_INTERVAL;
            is_due.then(|| {
                entry.notified_at = now;
                entry.transfer.clone()
            })
        });
        if let Some(transfer) = changed {
            // An error means that there is no window.
            let _ = self.events.send(Event::Transfer { transfer });
        }
    }

    fn with_state<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut sync::lock(&self.state))
    }
}

impl State {
    fn forget_oldest(&mut self) {
        let ended: Vec<u64> = self
            .all
            .values()
            .filter(|entry| entry.transfer.has_ended())
            .map(|entry| entry.transfer.id)
            .collect();
        for id in ended.iter().take(ended.len().saturating_sub(MAX_ENDED)) {
            self.all.remove(id);
        }
    }
}

impl TransferHandle {
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// Completes when the transfer is cancelled.
    pub(crate) async fn cancelled(&self) {
        self.cancel.cancelled().await;
    }

    /// Reports progress in bytes.
    pub(crate) fn progress(&self, done: u64, total: Option<u64>) {
        self.reporter().progress(done, total);
    }

    /// A reporter that can outlive this handle.
    pub(crate) fn reporter(&self) -> ProgressReporter {
        ProgressReporter { id: self.id, transfers: self.transfers.clone() }
    }

    /// Ends the transfer, with the path of the saved file or an error.
    pub(crate) fn end(self, outcome: Result<Option<String>, WireError>) {
        self.transfers.change(self.id, true, |transfer| match outcome {
            Ok(place) => {
                transfer.state = TransferState::Done;
                transfer.done = transfer.total.unwrap_or(transfer.done);
                transfer.place = place;
            }
            Err(error) if error.code == Code::Cancelled => transfer.state = TransferState::Cancelled,
            Err(error) => {
                transfer.state = TransferState::Failed;
                transfer.error = Some(error);
            }
        });
    }
}

/// A handle that is dropped without [`end`](TransferHandle::end) fails the transfer.
impl Drop for TransferHandle {
    fn drop(&mut self) {
        self.transfers.change(self.id, true, |transfer| {
            transfer.state = TransferState::Failed;
            transfer.error = Some(interrupted());
        });
    }
}

impl ProgressReporter {
    /// Reports progress in bytes.
    pub(crate) fn progress(&self, done: u64, total: Option<u64>) {
        self.transfers.change(self.id, false, |transfer| {
            transfer.state = TransferState::Running;
            transfer.done = done;
            transfer.total = total.or(transfer.total);
        });
    }
}

fn interrupted() -> WireError {
    WireError::new(
        Code::NoAnswer,
        "The upload ended too early, so we can’t tell if it went through. Check the list of files before \
         trying again.",
    )
}

/// The result of a cancelled transfer.
pub(crate) fn cancelled() -> WireError {
    WireError::new(Code::Cancelled, "This was cancelled. We left no partial file.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transfers() -> (Transfers, broadcast::Receiver<Event>) {
        let (events, events_received) = broadcast::channel(64);
        (Transfers::new(events), events_received)
    }

    #[test]
    fn the_end_is_always_told_and_progress_now_and_then() {
        let (transfers, mut events_received) = transfers();
        let handle = transfers.begin("c", Direction::Download, "files.zip", Some(1_000));
        for done in 0..1_000 {
            handle.progress(done, None);
        }
        handle.end(Ok(Some("/tmp/files.zip".into())));
        let mut notified = Vec::new();
        while let Ok(Event::Transfer { transfer }) = events_received.try_recv() {
            notified.push(transfer);
        }
        assert!(notified.len() < 100, "{} events for a thousand pieces", notified.len());
        let last = notified.last().unwrap();
        assert_eq!((last.state, last.done), (TransferState::Done, 1_000));
    }

    #[test]
    fn one_that_runs_is_stopped_and_one_that_ended_is_forgotten() {
        let (transfers, _events) = transfers();
        let handle = transfers.begin("c", Direction::Upload, "a.pdf", None);
        let id = handle.id();
        transfers.cancel_or_forget(id);
        assert!(handle.cancel.is_cancelled() && transfers.get(id).is_some());
        handle.end(Err(cancelled()));
        assert_eq!(transfers.get(id).unwrap().state, TransferState::Cancelled);
        transfers.cancel_or_forget(id);
        assert_eq!(transfers.of_company("c"), []);
    }

    #[test]
    fn what_is_told_after_the_end_changes_nothing() {
        let (transfers, _events) = transfers();
        let handle = transfers.begin("c", Direction::Upload, "a.pdf", Some(10));
        let (id, reporter) = (handle.id(), handle.reporter());
        reporter.progress(4, None);
        handle.end(Err(cancelled()));
        reporter.progress(9, None);
        let transfer = transfers.get(id).unwrap();
        assert_eq!((transfer.state, transfer.done), (TransferState::Cancelled, 4));
    }

    #[test]
    fn one_that_nobody_carries_any_more_has_ended() {
        let (transfers, _events) = transfers();
        let handle = transfers.begin("c", Direction::Upload, "a.pdf", Some(10));
        let id = handle.id();
        handle.progress(4, None);
        drop(handle);
        let transfer = transfers.get(id).unwrap();
        assert_eq!((transfer.state, transfer.done), (TransferState::Failed, 4));
        assert!(transfer.error.is_some(), "and it is said why");
    }

    #[test]
    fn ended_ones_do_not_pile_up() {
        let (transfers, _events) = transfers();
        for _ in 0..MAX_ENDED * 2 {
            transfers.begin("c", Direction::Upload, "a.pdf", None).end(Ok(None));
        }
        assert!(transfers.of_company("c").len() <= MAX_ENDED + 1);
    }
}
