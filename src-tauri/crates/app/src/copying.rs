//! Copies of all records of a type: asked for page by page, kept by the store, one at a time of each kind.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::{Mutex, MutexGuard, PoisonError},
};

use codat::{FailureKind, Topic, page::PageRequest};
use engine::{Act, ActError};
use serde::Serialize;
use store::CopyOf;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use ts_rs::TS;

use crate::{
    clock,
    desk::Desk,
    error::{Code, WireError},
    presenter::WindowEvents,
    wire,
};

/// How many records are asked for at once; fewer where so many are too much for an answer. Answers may say
/// no more than 2000 (§2.2).
const PAGES: [u32; 3] = [2_000, 200, 20];
/// How often it is begun anew because the list changed between two pages.
const ANEW: u32 = 3;

/// Where records are copied from.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// What they are.
    pub(crate) of: CopyOf,
    /// The path behind `/data/`.
    pub(crate) path: String,
}

/// How far a copy has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, TS)]
pub(crate) struct Progress {
    /// Records that are here.
    pub records: u32,
    /// Records there are; 0 until the first page has come.
    pub total: u32,
}

/// The copies that are being made.
pub(crate) struct Copying {
    events: WindowEvents,
    running: Mutex<BTreeMap<CopyOf, Making>>,
    ending: CancellationToken,
}

/// A copy that is being made.
struct Making {
    progress: Progress,
    stop: CancellationToken,
    /// How it ended, for whoever asked for it as well.
    ended: Ending,
}

/// How the making of a copy ended; nothing while it goes on.
type Ending = watch::Receiver<Option<Result<(), WireError>>>;

/// Why a run through the pages did not end with a copy.
enum Broken {
    /// An answer could not be taken in whole.
    TooMuch(WireError),
    /// The list changed between two pages.
    Moved,
    /// Anything else.
    Failed(WireError),
}

impl Copying {
    pub(crate) fn new(events: WindowEvents) -> Self {
        Self { events, running: Mutex::default(), ending: CancellationToken::new() }
    }

    /// How far the copy of these records has come, if one is being made.
    pub(crate) fn progress(&self, of: &CopyOf) -> Option<Progress> {
        self.running().get(of).map(|making| making.progress)
    }

    /// Stops the making of all copies that a page asked for; copies for exports go on.
    pub(crate) fn stop_all(&self) {
        for making in self.running().values() {
            making.stop.cancel();
        }
    }

    /// Stops the making of one.
    pub(crate) fn stop_one(&self, of: &CopyOf) {
        if let Some(making) = self.running().get(of) {
            making.stop.cancel();
        }
    }

    /// Stops all: the workspace is closing.
    pub(crate) fn stop(&self) {
        self.ending.cancel();
    }

    /// Makes a copy. Where one is being made, that one is waited for, and ends alike for all who asked.
    pub(crate) async fn make(&self, desk: &Desk, source: &Source) -> Result<(), WireError> {
        let stop = self.ending.child_token();
        let (ending, ended) = watch::channel(None);
        let other = match self.running().entry(source.of.clone()) {
            Entry::Occupied(other) => Some(other.get().ended.clone()),
            Entry::Vacant(place) => {
                place.insert(Making { progress: Progress::default(), stop: stop.clone(), ended });
                None
            }
        };
        if let Some(other) = other {
            return how_it_ended(other).await;
        }
        let _running = Running { copying: self, of: &source.of };
        let made = self.make_alone(desk, source, &stop).await;
        // Most often nobody else asked.
        let _ = ending.send(Some(made.clone()));
        made
    }

    async fn make_alone(
        &self,
        desk: &Desk,
        source: &Source,
        stop: &CancellationToken,
    ) -> Result<(), WireError> {
        let tell = |progress| {
            if let Some(making) = self.running().get_mut(&source.of) {
                making.progress = progress;
            }
            self.tell(&source.of);
        };
        self.tell(&source.of);
        let number = self.read(desk, source, ("", ""), stop, tell).await?;
        Ok(desk.store()?.finish_copy(number, clock::now()).await?)
    }

    /// Reads all that a query finds, in an order, into a copy of its own, and gives its number.
    pub(crate) async fn read(
        &self,
        desk: &Desk,
        source: &Source,
        asked: (&str, &str),
        stop: &CancellationToken,
        tell: impl Fn(Progress),
    ) -> Result<i64, WireError> {
        let store = desk.store()?;
        let (mut sizes, mut moved) = (PAGES.into_iter(), 0);
        let mut size = sizes.next().unwrap_or(1);
        let is_whole = asked == ("", "");
        loop {
            let number = store.begin_copy(&source.of, is_whole, clock::now()).await?;
            let run = Run { desk, source, asked, number, size, tell: &tell };
            let ended = tokio::select! {
                ended = Box::pin(run.through()) => ended,
                () = stop.cancelled() => Err(Broken::Failed(stopped())),
                () = self.ending.cancelled() => Err(Broken::Failed(stopped())),
            };
            let Err(broken) = ended else { return Ok(number) };
            store.drop_copy(number).await?;
            match broken {
                Broken::Failed(error) => return Err(error),
                Broken::TooMuch(error) => size = sizes.next().ok_or(error)?,
                Broken::Moved if moved < ANEW => moved += 1,
                Broken::Moved => return Err(restless()),
            }
        }
    }

    fn tell(&self, of: &CopyOf) {
        self.events.send(wire::Event::Company { id: of.company });
    }

    fn running(&self) -> MutexGuard<'_, BTreeMap<CopyOf, Making>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// While this lives, a copy is being made.
struct Running<'c> {
    copying: &'c Copying,
    of: &'c CopyOf,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.copying.running().remove(self.of);
        self.copying.tell(self.of);
    }
}

/// One run through the pages.
struct Run<'r, F> {
    desk: &'r Desk,
    source: &'r Source,
    /// The query, and the order.
    asked: (&'r str, &'r str),
    number: i64,
    size: u32,
    tell: &'r F,
}

impl<F: Fn(Progress)> Run<'_, F> {
    async fn through(self) -> Result<(), Broken> {
        let store = self.desk.store().map_err(Broken::Failed)?;
        let mut had = 0;
        for page in 1.. {
            self.ask(page).await?;
            let kept =
                store.copy_progress(self.number).await.map_err(|error| Broken::Failed(error.into()))?;
            let kept = kept.ok_or_else(|| Broken::Failed(stopped()))?;
            if kept.moved {
                return Err(Broken::Moved);
            }
            (self.tell)(Progress { records: kept.records, total: kept.total });
            // A page without records is the last, whatever the total says.
            if kept.records >= kept.total || kept.records == had {
                return Ok(());
            }
            had = kept.records;
        }
        Ok(())
    }

    async fn ask(&self, page: u32) -> Result<(), Broken> {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let (query, order_by) = (some(self.asked.0), some(self.asked.1));
        let topic = Topic::Copy {
            number: self.number,
            company: self.source.of.company,
            connection: self.source.of.connection,
            path: self.source.path.clone(),
            page: PageRequest { page, page_size: self.size, query, order_by },
        };
        let runner = self.desk.runner().map_err(Broken::Failed)?;
        match runner.act(Act::Fetch(topic)).await {
            Ok(_) => Ok(()),
            Err(ActError::Failed(failure)) if failure.kind == FailureKind::Unreadable => {
                Err(Broken::TooMuch(WireError::unread(ActError::Failed(failure))))
            }
            Err(error) => Err(Broken::Failed(WireError::unread(error))),
        }
    }
}

/// Waits for a copy that somebody else makes. One that was given up on its way has no end of its own.
async fn how_it_ended(mut other: Ending) -> Result<(), WireError> {
    let ended = other.wait_for(Option::is_some).await;
    ended.ok().and_then(|ended| ended.clone()).unwrap_or_else(|| Err(stopped()))
}

pub(crate) fn stopped() -> WireError {
    WireError::new(Code::Cancelled, "It was stopped. What was kept before stays.")
}

fn restless() -> WireError {
    WireError::new(
        Code::Conflict,
        "The records changed again and again while they were read, so they do not fit together. What was kept \
         before stays. Try again when the source is no longer being read.",
    )
}
