//! Files on their way: what is downloaded, uploaded or exported, how far each is, and the means to stop it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use ts_rs::TS;

use crate::{
    clock,
    error::{Code, WireError},
    wire::Event,
};

/// Windows are told of progress at most so often.
const TOLD_EVERY: SignedDuration = SignedDuration::from_millis(150);
/// Transfers that ended are remembered up to so many.
const MOST_ENDED: usize = 100;

/// A file on its way, or one that has ended.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Transfer {
    /// Which.
    pub id: u64,
    /// The company it belongs to.
    pub company: String,
    /// Which way.
    pub way: Way,
    /// What it is called.
    pub name: String,
    /// Bytes that are done.
    pub done: u64,
    /// Bytes there are, where that is known.
    pub total: Option<u64>,
    /// How it stands.
    pub state: TransferState,
    /// Why it failed.
    pub error: Option<WireError>,
    /// Where it was saved.
    pub place: Option<String>,
}

impl Transfer {
    fn has_ended(&self) -> bool {
        match self.state {
            TransferState::Waiting | TransferState::Running => false,
            TransferState::Done | TransferState::Failed | TransferState::Cancelled => true,
        }
    }
}

/// Which way a file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Way {
    /// From Codat to this computer.
    Download,
    /// From this computer to Codat.
    Upload,
}

/// How a transfer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum TransferState {
    /// It waits for its turn.
    Waiting,
    /// It runs.
    Running,
    /// It is whole.
    Done,
    /// It did not come to its end.
    Failed,
    /// It was stopped.
    Cancelled,
}

/// One transfer.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct TransferId {
    /// Which.
    pub id: u64,
}

/// All transfers since the start.
#[derive(Clone)]
pub(crate) struct Transfers {
    known: Arc<Mutex<Known>>,
    events: broadcast::Sender<Event>,
}

#[derive(Default)]
struct Known {
    next: u64,
    all: BTreeMap<u64, Entry>,
}

struct Entry {
    transfer: Transfer,
    cancel: CancellationToken,
    told: Timestamp,
}

/// A transfer under way, as whoever carries it out holds it.
pub(crate) struct Carried {
    id: u64,
    cancel: CancellationToken,
    transfers: Transfers,
}

/// Tells how far a transfer is; it may outlive whoever carries it out, and then is not heard any more.
#[derive(Clone)]
pub(crate) struct Teller {
    id: u64,
    transfers: Transfers,
}

impl Transfers {
    pub(crate) fn new(events: broadcast::Sender<Event>) -> Self {
        Self { known: Arc::default(), events }
    }

    /// A transfer that waits for its turn.
    pub(crate) fn begin(&self, company: &str, way: Way, name: &str, total: Option<u64>) -> Carried {
        let cancel = CancellationToken::new();
        let id = self.with(|known| {
            known.next += 1;
            let transfer = Transfer {
                id: known.next,
                company: company.to_owned(),
                way,
                name: name.to_owned(),
                done: 0,
                total,
                state: TransferState::Waiting,
                error: None,
                place: None,
            };
            let entry = Entry { transfer, cancel: cancel.clone(), told: Timestamp::MIN };
            known.all.insert(known.next, entry);
            known.forget_old();
            known.next
        });
        let carried = Carried { id, cancel, transfers: self.clone() };
        self.change(id, true, |_| {});
        carried
    }

    /// Those of a company, oldest first.
    pub(crate) fn of(&self, company: &str) -> Vec<Transfer> {
        self.with(|known| {
            let all = known.all.values().map(|entry| &entry.transfer);
            all.filter(|transfer| transfer.company == company).cloned().collect()
        })
    }

    /// One of them.
    pub(crate) fn get(&self, id: u64) -> Option<Transfer> {
        self.with(|known| known.all.get(&id).map(|entry| entry.transfer.clone()))
    }

    /// Stops one that runs; forgets one that has ended.
    pub(crate) fn put_away(&self, id: u64) {
        self.with(|known| match known.all.get(&id) {
            Some(entry) if entry.transfer.has_ended() => {
                known.all.remove(&id);
            }
            Some(entry) => entry.cancel.cancel(),
            None => {}
        });
    }

    /// Changes one that has not ended, and tells the windows where that is due.
    fn change(&self, id: u64, at_once: bool, change: impl FnOnce(&mut Transfer)) {
        let now = clock::now();
        let told = self.with(|known| {
            let entry = known.all.get_mut(&id).filter(|entry| !entry.transfer.has_ended())?;
            change(&mut entry.transfer);
            let due = at_once || now.duration_since(entry.told).abs() >= TOLD_EVERY;
            due.then(|| {
                entry.told = now;
                entry.transfer.clone()
            })
        });
        if let Some(transfer) = told {
            // Without a window nobody listens.
            let _ = self.events.send(Event::Transfer { transfer });
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Known) -> T) -> T {
        act(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Known {
    fn forget_old(&mut self) {
        let ended: Vec<u64> = self
            .all
            .values()
            .filter(|entry| entry.transfer.has_ended())
            .map(|entry| entry.transfer.id)
            .collect();
        for id in ended.iter().take(ended.len().saturating_sub(MOST_ENDED)) {
            self.all.remove(id);
        }
    }
}

impl Carried {
    /// Which it is.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// Ends when it is to stop.
    pub(crate) async fn stopped(&self) {
        self.cancel.cancelled().await;
    }

    /// It runs, and is so far.
    pub(crate) fn progress(&self, done: u64, total: Option<u64>) {
        self.teller().progress(done, total);
    }

    /// For whoever knows how far it is, and holds nothing of it.
    pub(crate) fn teller(&self) -> Teller {
        Teller { id: self.id, transfers: self.transfers.clone() }
    }

    /// It has ended: well, with where it lies, or not.
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

/// Whoever carried it out is gone before its end.
impl Drop for Carried {
    fn drop(&mut self) {
        self.transfers.change(self.id, true, |transfer| {
            transfer.state = TransferState::Failed;
            transfer.error = Some(broken_off());
        });
    }
}

impl Teller {
    /// It runs, and is so far; nothing where it has ended.
    pub(crate) fn progress(&self, done: u64, total: Option<u64>) {
        self.transfers.change(self.id, false, |transfer| {
            transfer.state = TransferState::Running;
            transfer.done = done;
            transfer.total = total.or(transfer.total);
        });
    }
}

fn broken_off() -> WireError {
    WireError::new(
        Code::NoAnswer,
        "It broke off before its end. The list of files shows whether it arrived; look before you repeat it.",
    )
}

/// It was stopped; that is not an error.
pub(crate) fn cancelled() -> WireError {
    WireError::new(Code::Cancelled, "It was cancelled. Nothing half-done was left.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transfers() -> (Transfers, broadcast::Receiver<Event>) {
        let (events, heard) = broadcast::channel(64);
        (Transfers::new(events), heard)
    }

    #[test]
    fn the_end_is_always_told_and_progress_now_and_then() {
        let (transfers, mut heard) = transfers();
        let carried = transfers.begin("c", Way::Download, "files.zip", Some(1_000));
        for done in 0..1_000 {
            carried.progress(done, None);
        }
        carried.end(Ok(Some("/tmp/files.zip".into())));
        let mut told = Vec::new();
        while let Ok(Event::Transfer { transfer }) = heard.try_recv() {
            told.push(transfer);
        }
        assert!(told.len() < 100, "{} events for a thousand pieces", told.len());
        let last = told.last().unwrap();
        assert_eq!((last.state, last.done), (TransferState::Done, 1_000));
    }

    #[test]
    fn one_that_runs_is_stopped_and_one_that_ended_is_forgotten() {
        let (transfers, _heard) = transfers();
        let carried = transfers.begin("c", Way::Upload, "a.pdf", None);
        let id = carried.id();
        transfers.put_away(id);
        assert!(carried.cancel.is_cancelled() && transfers.get(id).is_some());
        carried.end(Err(cancelled()));
        assert_eq!(transfers.get(id).unwrap().state, TransferState::Cancelled);
        transfers.put_away(id);
        assert_eq!(transfers.of("c"), []);
    }

    #[test]
    fn what_is_told_after_the_end_changes_nothing() {
        let (transfers, _heard) = transfers();
        let carried = transfers.begin("c", Way::Upload, "a.pdf", Some(10));
        let (id, teller) = (carried.id(), carried.teller());
        teller.progress(4, None);
        carried.end(Err(cancelled()));
        teller.progress(9, None);
        let transfer = transfers.get(id).unwrap();
        assert_eq!((transfer.state, transfer.done), (TransferState::Cancelled, 4));
    }

    #[test]
    fn one_that_nobody_carries_any_more_has_ended() {
        let (transfers, _heard) = transfers();
        let carried = transfers.begin("c", Way::Upload, "a.pdf", Some(10));
        let id = carried.id();
        carried.progress(4, None);
        drop(carried);
        let transfer = transfers.get(id).unwrap();
        assert_eq!((transfer.state, transfer.done), (TransferState::Failed, 4));
        assert!(transfer.error.is_some(), "and it is said why");
    }

    #[test]
    fn ended_ones_do_not_pile_up() {
        let (transfers, _heard) = transfers();
        for _ in 0..MOST_ENDED * 2 {
            transfers.begin("c", Way::Upload, "a.pdf", None).end(Ok(None));
        }
        assert!(transfers.of("c").len() <= MOST_ENDED + 1);
    }
}
