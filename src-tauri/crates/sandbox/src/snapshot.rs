//! The complete state as one JSON document: the origin, all changes, the clock and the faults. A document is
//! validated before it is restored, and restored completely or not at all.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    change::Change,
    clock::ClockAnchor,
    faults::Fault,
    record::{CompanyRecord, Slot},
    request::Request,
    state::State,
    world::Origin,
};

/// The version of the format. Others are rejected.
const FORMAT: u32 = 1;
/// The maximum number of initial companies, and of created ones.
const MAX_COMPANIES: u32 = 1_000_000;

/// The maximum number of a refresh, fault or key. Higher numbers must remain free.
const MAX_NUMBER: u64 = 1 << 53;
const MAX_KEY_NUMBER: u64 = 1 << 30;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Snapshot {
    format: u32,
    pub(crate) origin: Origin,
    /// The time of the sandbox's clock.
    pub(crate) now: Timestamp,
    pub(crate) changes: Vec<Change>,
    #[serde(default)]
    pub(crate) faults: Vec<Fault>,
}

/// Why a document is rejected.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SnapshotError {
    #[error("the document has format {0}, but we read format {FORMAT}")]
    Format(u32),
    #[error("a world of {0} companies is too large")]
    Companies(u32),
    #[error("the clock shows {0}, before the start of the world or after the year 9000")]
    Clock(Timestamp),
    #[error("company {0} is wrong: {1}")]
    Company(Slot, &'static str),
    #[error("the number {0} is too high")]
    Number(u64),
    #[error("refresh {0} appears twice, has no company, or its number is too high")]
    Refresh(u64),
    #[error("the clock appears twice")]
    ClockTwice,
}

/// Whether the request restores a snapshot.
pub(crate) fn is_restore(request: &Request) -> bool {
    let is = |at: usize, name: &str| {
        request.segments.get(at).is_some_and(|segment| segment.eq_ignore_ascii_case(name))
    };
    request.method == http::Method::PUT
        && request.segments.len() == 2
        && is(0, "_sandbox")
        && is(1, "snapshot")
}

impl Snapshot {
    pub(crate) fn capture(state: &State, faults: &[Fault], now: Timestamp) -> Self {
        let origin = *state.world.origin();
        Self { format: FORMAT, origin, now, changes: state.changes(), faults: faults.to_vec() }
    }

    /// Validates what deserialization does not.
    ///
    /// # Errors
    /// If the document does not describe a possible state.
    pub(crate) fn check(&self) -> Result<(), SnapshotError> {
        if self.format != FORMAT {
            return Err(SnapshotError::Format(self.format));
        }
        if self.origin.companies > MAX_COMPANIES {
            return Err(SnapshotError::Companies(self.origin.companies));
        }
        let last = "9000-01-01T00:00:00Z".parse().unwrap_or(Timestamp::MAX);
        if self.now < self.origin.born || self.now > last {
            return Err(SnapshotError::Clock(self.now));
        }
        if let Some(fault) = self.faults.iter().find(|fault| fault.id > MAX_NUMBER) {
            return Err(SnapshotError::Number(fault.id));
        }
        let mut refreshes = BTreeSet::new();
        for change in &self.changes {
            match change {
                Change::Company(slot, record) => {
                    let wrong = self.wrong(*slot, record.as_deref());
                    wrong.map_or(Ok(()), |why| Err(SnapshotError::Company(*slot, why)))?;
                }
                Change::Refresh(refresh) => {
                    let number = refresh.number;
                    if !refreshes.insert(number) || number > MAX_NUMBER || refresh.slot >= self.end() {
                        return Err(SnapshotError::Refresh(number));
                    }
                }
                Change::Key(number, _) if u64::from(*number) > MAX_KEY_NUMBER => {
                    return Err(SnapshotError::Number(u64::from(*number)));
                }
                Change::Clock(_) => return Err(SnapshotError::ClockTwice),
                Change::Sync(..)
                | Change::Key(..)
                | Change::Profile(_)
                | Change::Replay(..)
                | Change::Link(..)
                | Change::Document(..) => {}
            }
        }
        Ok(())
    }

    /// The state and the faults. `base` is the sandbox's URL, `host` the host's time.
    pub(crate) fn state(self, base: &str, host: Timestamp) -> (State, Vec<Fault>) {
        let mut state = State::new(self.origin, base);
        self.changes.into_iter().for_each(|change| state.apply(change));
        state.apply(Change::Clock(ClockAnchor { host, sandbox: self.now }));
        (state, self.faults)
    }

    /// All slots are below this.
    fn end(&self) -> Slot {
        self.origin.companies.saturating_add(MAX_COMPANIES)
    }

    fn wrong(&self, slot: Slot, record: Option<&CompanyRecord>) -> Option<&'static str> {
        if slot >= self.end() {
            return Some("its slot is too high");
        }
        let record = record?;
        if record.id != self.origin.company_id(slot) {
            return Some("its identifier doesn’t match its slot");
        }
        if record.connections_made > MAX_COMPANIES {
            return Some("it has too many connections");
        }
        let ids: BTreeSet<Uuid> = record.connections.iter().map(|connection| connection.id).collect();
        if ids.len() != record.connections.len() {
            return Some("two of its connections have the same identifier");
        }
        if record.connections.iter().any(|connection| connection.platform().is_none()) {
            return Some("a connection has an unknown platform");
        }
        if record
            .parent
            .iter()
            .chain(&record.subsidiaries)
            .any(|other| *other == slot || *other >= self.end())
        {
            return Some("it is related to itself, or to an unknown company");
        }
        None
    }
}
