//! Local copies of all records of a data type. Pages are loaded one after the other; there is at most one task
//! per copy.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::{Mutex, MutexGuard},
};

use codat::{FailureKind, Topic, page::PageRequest};
use engine::{ActError, ReadAct};
use serde::Serialize;
use store::{CopyKey, Store};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use ts_rs::TS;

use crate::{
    clock::Clock,
    error::{Code, WireError},
    presenter::WindowEvents,
    runner::Runner,
    sync, wire,
};

/// Page sizes. The next smaller one is used if a response is too large. The API allows at most 2,000 (§2.2).
const PAGE_SIZES: [u32; 3] = [2_000, 200, 20];
/// How often a copy restarts because the list changed between two pages.
const MAX_RESTARTS: u32 = 3;

/// The source of a copy.
#[derive(Debug, Clone)]
pub(crate) struct CopySource {
    /// The key of the copy in the store.
    pub(crate) of: CopyKey,
    /// The path after `/data/`.
    pub(crate) path: String,
}

/// The progress of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, TS)]
pub(crate) struct Progress {
    /// Records on this computer.
    pub records: u32,
    /// Records at the server. 0 until the first page has arrived.
    pub total: u32,
}

/// The running copy tasks of a workspace.
pub(crate) struct RecordCopies {
    events: WindowEvents,
    clock: Clock,
    running: Mutex<BTreeMap<CopyKey, CopyTask>>,
    ending: CancellationToken,
}

/// A running copy task.
struct CopyTask {
    progress: Progress,
    stop: CancellationToken,
    /// For further callers that wait for the same copy.
    ended: CopyResult,
}

/// The result of a copy task. `None` while it runs.
type CopyResult = watch::Receiver<Option<Result<(), WireError>>>;

/// Why a pass through the pages ended without a copy.
enum PassError {
    /// A response was too large.
    TooLarge(WireError),
    ListChanged,
    /// Any other error.
    Failed(WireError),
}

impl RecordCopies {
    pub(crate) fn new(events: WindowEvents, clock: Clock) -> Self {
        Self { events, clock, running: Mutex::default(), ending: CancellationToken::new() }
    }

    /// The progress of a copy, if it is running.
    pub(crate) fn progress(&self, of: &CopyKey) -> Option<Progress> {
        self.running().get(of).map(|task| task.progress)
    }

    /// Stops the copies that pages started. Copies for exports continue.
    pub(crate) fn stop_all(&self) {
        for task in self.running().values() {
            task.stop.cancel();
        }
    }

    pub(crate) fn stop_one(&self, of: &CopyKey) {
        if let Some(task) = self.running().get(of) {
            task.stop.cancel();
        }
    }

    /// Stops all tasks, because the workspace closes.
    pub(crate) fn stop(&self) {
        self.ending.cancel();
    }

    /// Copies the records. Concurrent callers share one copy and its result.
    pub(crate) async fn copy(
        &self,
        (store, runner): (&Store, &Runner),
        source: &CopySource,
    ) -> Result<(), WireError> {
        let stop = self.ending.child_token();
        let (ending, ended) = watch::channel(None);
        let running_copy = match self.running().entry(source.of.clone()) {
            Entry::Occupied(running_copy) => Some(running_copy.get().ended.clone()),
            Entry::Vacant(place) => {
                place.insert(CopyTask { progress: Progress::default(), stop: stop.clone(), ended });
                None
            }
        };
        if let Some(running_copy) = running_copy {
            return joined_result(running_copy).await;
        }
        let _running = TaskGuard { record_copies: self, of: &source.of };
        let result = self.run_copy((store, runner), source, &stop).await;
        // Usually nobody else waits.
        let _ = ending.send(Some(result.clone()));
        result
    }

    async fn run_copy(
        &self,
        (store, runner): (&Store, &Runner),
        source: &CopySource,
        stop: &CancellationToken,
    ) -> Result<(), WireError> {
        let report = |progress| {
            if let Some(task) = self.running().get_mut(&source.of) {
                task.progress = progress;
            }
            self.notify(&source.of);
        };
        self.notify(&source.of);
        let number = self.read((store, runner), source, ("", ""), stop, report).await?;
        Ok(store.copies().finish(number, self.clock.now()).await?)
    }

    /// Loads the records of a query and an order into a new copy and returns its number.
    pub(crate) async fn read(
        &self,
        (store, runner): (&Store, &Runner),
        source: &CopySource,
        query_and_order: (&str, &str),
        stop: &CancellationToken,
        report: impl Fn(Progress),
    ) -> Result<i64, WireError> {
        let (mut page_sizes, mut restarts) = (PAGE_SIZES.into_iter(), 0);
        let mut page_size = page_sizes.next().unwrap_or(1);
        let is_unfiltered = query_and_order == ("", "");
        loop {
            let number = store.copies().begin(&source.of, is_unfiltered, self.clock.now()).await?;
            let run = Pass { store, runner, source, query_and_order, number, page_size, report: &report };
            let ended = tokio::select! {
                ended = Box::pin(run.run()) => ended,
                () = stop.cancelled() => Err(PassError::Failed(copy_stopped())),
                () = self.ending.cancelled() => Err(PassError::Failed(copy_stopped())),
            };
            let Err(error) = ended else { return Ok(number) };
            store.copies().delete(number).await?;
            match error {
                PassError::Failed(error) => return Err(error),
                PassError::TooLarge(error) => page_size = page_sizes.next().ok_or(error)?,
                PassError::ListChanged if restarts < MAX_RESTARTS => restarts += 1,
                PassError::ListChanged => return Err(list_changed_repeatedly()),
            }
        }
    }

    fn notify(&self, of: &CopyKey) {
        self.events.send(wire::Event::Company { id: of.company });
    }

    fn running(&self) -> MutexGuard<'_, BTreeMap<CopyKey, CopyTask>> {
        sync::lock(&self.running)
    }
}

/// Removes the task when it is dropped.
struct TaskGuard<'c> {
    record_copies: &'c RecordCopies,
    of: &'c CopyKey,
}

impl Drop for TaskGuard<'_> {
    fn drop(&mut self) {
        self.record_copies.running().remove(self.of);
        self.record_copies.notify(self.of);
    }
}

/// One pass through the pages.
struct Pass<'r, F> {
    store: &'r Store,
    runner: &'r Runner,
    source: &'r CopySource,
    query_and_order: (&'r str, &'r str),
    number: i64,
    page_size: u32,
    report: &'r F,
}

impl<F: Fn(Progress)> Pass<'_, F> {
    async fn run(self) -> Result<(), PassError> {
        let mut before = 0;
        for page in 1.. {
            self.fetch_page(page).await?;
            let progress = self
                .store
                .copies()
                .progress(self.number)
                .await
                .map_err(|error| PassError::Failed(error.into()))?;
            let progress = progress.ok_or_else(|| PassError::Failed(copy_stopped()))?;
            if progress.total_changed {
                return Err(PassError::ListChanged);
            }
            (self.report)(Progress { records: progress.records, total: progress.total });
            // An empty page ends the pass, whatever the total is.
            if progress.records >= progress.total || progress.records == before {
                return Ok(());
            }
            before = progress.records;
        }
        Ok(())
    }

    async fn fetch_page(&self, page: u32) -> Result<(), PassError> {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let (query, order_by) = (some(self.query_and_order.0), some(self.query_and_order.1));
        let topic = Topic::Copy {
            number: self.number,
            company: self.source.of.company,
            connection: self.source.of.connection,
            path: self.source.path.clone(),
            page: PageRequest { page, page_size: self.page_size, query, order_by },
        };
        match self.runner.act(ReadAct::Topic(topic)).await {
            Ok(_) => Ok(()),
            Err(ActError::Failed(failure)) if failure.kind == FailureKind::Unreadable => {
                Err(PassError::TooLarge(WireError::unread(ActError::Failed(failure))))
            }
            Err(error) => Err(PassError::Failed(WireError::unread(error))),
        }
    }
}

/// Waits for a copy of another caller. If that caller was dropped, the copy counts as stopped.
async fn joined_result(mut running_copy: CopyResult) -> Result<(), WireError> {
    let ended = running_copy.wait_for(Option::is_some).await;
    ended.ok().and_then(|ended| ended.clone()).unwrap_or_else(|| Err(copy_stopped()))
}

pub(crate) fn copy_stopped() -> WireError {
    WireError::new(Code::Cancelled, "The download stopped. Your earlier offline copy is unchanged.")
}

fn list_changed_repeatedly() -> WireError {
    WireError::new(
        Code::Conflict,
        "The records kept changing during the download, so we couldn’t save a consistent copy. Your earlier \
         offline copy is unchanged. Try again when Codat has finished syncing.",
    )
}
