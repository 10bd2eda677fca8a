//! Decides which companies a due schedule reads: from the stored read history, or else after a query of the
//! data status.
//!
//! A sweep shows when a company was last read, but not which data type. If nothing was read since the last
//! known read of this type, this type was not read either. Otherwise the data status is queried.

use std::collections::BTreeMap;

use codat::{
    CompanyId,
    model::{DataStatus, DatasetStatus},
};
use domain::ReadHistory;
use jiff::{SignedDuration, Timestamp};

use super::clock_times::MAX_ZONE_DIFFERENCE;

use crate::time::after;

/// A read that ended this soon after our request is taken for ours.
const OWN_READ_WINDOW: SignedDuration = SignedDuration::from_hours(1);
/// A failed read is retried after these fractions of the interval, one after the other.
const RETRY_DIVISORS: [i32; 3] = [8, 4, 2];
/// The bounds of [`check_interval`].
const MIN_CHECK_INTERVAL: SignedDuration = SignedDuration::from_mins(5);
const MAX_CHECK_INTERVAL: SignedDuration = SignedDuration::from_hours(1);

/// What a decision is based on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// A label that was due at this time. Later reads count.
    Label(Timestamp),
    /// The maximum age of the last successful read.
    Age(SignedDuration),
    /// The user's request: every company is read.
    UserRequest,
}

/// The decision about a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemDecision {
    /// It is read.
    Read,
    /// Query its data status first.
    Query,
    /// It was read since it was due.
    AlreadyRead,
    /// It has no readable connection.
    Unreadable,
    /// It is not due before then.
    Later(Timestamp),
}

/// The decisions about all companies of a schedule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScheduleDecision {
    /// Companies to read.
    pub read: Vec<CompanyId>,
    /// Companies to query.
    pub query: Vec<CompanyId>,
    /// Companies that were read since.
    pub already_read: u32,
    /// Companies without a readable connection.
    pub unreadable: u32,
    /// When the next of the other companies is due.
    pub next: Option<Timestamp>,
}

impl ScheduleDecision {
    /// Decides about these companies.
    pub fn new(histories: &[ReadHistory], basis: Basis, now: Timestamp) -> Self {
        let mut decision = Self::default();
        for history in histories {
            match basis.decide(*history, now) {
                ItemDecision::Read => decision.read.push(history.company),
                ItemDecision::Query => decision.query.push(history.company),
                ItemDecision::AlreadyRead => decision.already_read += 1,
                ItemDecision::Unreadable => decision.unreadable += 1,
                ItemDecision::Later(at) => {
                    decision.next = Some(decision.next.map_or(at, |next| next.min(at)));
                }
            }
        }
        decision
    }
}

impl Basis {
    /// Decides about this company.
    pub fn decide(self, history: ReadHistory, now: Timestamp) -> ItemDecision {
        if !history.readable {
            return ItemDecision::Unreadable;
        }
        match self {
            Self::UserRequest => ItemDecision::Read,
            Self::Label(due) => since(history, due, now),
            Self::Age(age) => by_age(history, age, now),
        }
    }
}

/// Whether it was read since the label was due.
fn since(history: ReadHistory, due: Timestamp, now: Timestamp) -> ItemDecision {
    let Some(last) = plausible(history.last_read, now).filter(|last| *last >= due) else {
        return ItemDecision::Read;
    };
    if history.known_at == Some(last) {
        return if history.known_read.is_some_and(|read| read >= due) {
            ItemDecision::AlreadyRead
        } else {
            ItemDecision::Read
        };
    }
    ItemDecision::Query
}

/// Whether the last successful read is older than `age`, or when it will be.
fn by_age(history: ReadHistory, age: SignedDuration, now: Timestamp) -> ItemDecision {
    let due = |from: Timestamp| after(from, age);
    let attempted = plausible(history.attempted, now);
    let wait = retry_delay(age, history.failures);
    let held = attempted.map(|at| after(at, wait));
    if let Some(held) = held.filter(|held| *held > now) {
        return ItemDecision::Later(held);
    }
    let Some(last) = plausible(history.last_read, now) else { return ItemDecision::Read };
    if due(last) <= now {
        return ItemDecision::Read;
    }
    // Some data types were read and at least one failed. The data status tells which.
    if attempted.is_some() && wait < age {
        return ItemDecision::Query;
    }
    if attempted.is_some_and(|at| at <= last && last.duration_since(at) <= OWN_READ_WINDOW) {
        return ItemDecision::Later(due(last));
    }
    match (history.known_at == Some(last), history.known_read) {
        (true, None) => ItemDecision::Read,
        (true, Some(read)) if due(read) <= now => ItemDecision::Read,
        (_, Some(read)) if due(read) > now => ItemDecision::Later(due(read)),
        (_, _) => ItemDecision::Query,
    }
}

/// The decision after a query of the data status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusDecision {
    /// What to read: nothing, all types together (`None`), or single types.
    pub read: Vec<Option<String>>,
    /// The oldest successful read of the data that is not read now.
    pub known_read: Option<Timestamp>,
}

impl StatusDecision {
    /// Decides about these data types, or about all types that the platform supports if there are none.
    pub fn new(
        status: &BTreeMap<String, DataStatus>,
        data_types: &[String],
        basis: Basis,
        now: Timestamp,
    ) -> Self {
        let counts = |key: &String, status: &DataStatus| {
            if data_types.is_empty() {
                status.current_status != Some(DatasetStatus::NotSupported) && !status.is_never_read()
            } else {
                data_types.contains(key)
            }
        };
        let all: Vec<_> = status.iter().filter(|(key, status)| counts(key, status)).collect();
        let is_due = |status: &DataStatus| basis.is_due(plausible(status.last_successful_sync, now), now);
        let due: Vec<_> =
            all.iter().filter(|(_, status)| is_due(status)).map(|(key, _)| (*key).clone()).collect();
        let rest = all.iter().filter(|(_, status)| !is_due(status));
        let known_read = rest.filter_map(|(_, status)| status.last_successful_sync).min();
        let unknown = data_types.iter().filter(|key| !status.contains_key(*key)).cloned();
        let read = if data_types.is_empty() && due.len() == all.len() {
            vec![None]
        } else {
            due.into_iter().chain(unknown).map(Some).collect()
        };
        Self { read, known_read }
    }
}

impl Basis {
    fn is_due(self, read: Option<Timestamp>, now: Timestamp) -> bool {
        match (self, read) {
            (Self::UserRequest, _) | (_, None) => true,
            (Self::Label(due), Some(read)) => read < due,
            (Self::Age(age), Some(read)) => read.saturating_add(age).is_ok_and(|due| due <= now),
        }
    }
}

/// The time before an every-N-hours schedule may request a read again. After failures it is shorter: a
/// fraction of the interval that grows with each failure. After the last fraction it is the full interval.
pub fn retry_delay(age: SignedDuration, failures: u32) -> SignedDuration {
    let again =
        usize::try_from(failures).ok().and_then(|failures| RETRY_DIVISORS.get(failures.checked_sub(1)?));
    again.map_or(age, |part| (age / *part).max(MIN_CHECK_INTERVAL).min(age))
}

/// How often an every-N-hours schedule is checked. What becomes due in between is read together.
pub fn check_interval(age: SignedDuration) -> SignedDuration {
    (age / 24).clamp(MIN_CHECK_INTERVAL, MAX_CHECK_INTERVAL)
}

/// Discards a time further ahead than any change of zone. It comes from a wrong clock.
fn plausible(at: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    at.filter(|at| at.duration_since(now) <= MAX_ZONE_DIFFERENCE)
}
