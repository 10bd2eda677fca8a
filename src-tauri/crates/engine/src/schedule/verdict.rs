//! Which companies are read when a schedule is due: by what is known without asking, and otherwise by asking
//! how the company's data stand.
//!
//! A sweep tells when a company was last read at all, not of which data type. Where nothing was read since the
//! read of this type that is known, none of this type was either; where something was, it has to be asked.

use std::collections::BTreeMap;

use codat::{
    CompanyId,
    model::{DataStatus, DatasetStatus},
};
use jiff::{SignedDuration, Timestamp};

use super::clock::WRONG;

/// A read that ended this soon after one was asked for here is taken for that one.
const OWN: SignedDuration = SignedDuration::from_hours(1);
/// What failed is asked for again after these parts of the time between reads, one after the other.
const AGAIN: [i32; 3] = [8, 4, 2];
/// The bounds of [`tick`].
const SHORTEST_TICK: SignedDuration = SignedDuration::from_mins(5);
const LONGEST_TICK: SignedDuration = SignedDuration::from_hours(1);

/// How a company stands with a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Which.
    pub company: CompanyId,
    /// Whether it has a connection that can be read from.
    pub readable: bool,
    /// When anything of it was last read well, by the last sweep.
    pub last_read: Option<Timestamp>,
    /// When this schedule's data were last read well, as far as it was asked; of several types the longest ago.
    pub known_read: Option<Timestamp>,
    /// What `last_read` was when that was asked.
    pub known_at: Option<Timestamp>,
    /// When this schedule last asked for a read.
    pub attempted: Option<Timestamp>,
    /// How often in a row that failed for a reason that may pass.
    pub failures: u32,
}

/// What is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// A label that was due then: a read since counts as done.
    Label(Timestamp),
    /// So much time since the last successful read.
    Age(SignedDuration),
    /// A person asked: everything is read.
    Asked,
}

/// What follows for a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is read.
    Read,
    /// How its data stand has to be asked first.
    Ask,
    /// Somebody read it since it was due.
    Done,
    /// It has no connection that can be read from.
    Unreadable,
    /// It is not due before then.
    Later(Timestamp),
}

/// The verdicts about all companies of a schedule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// To be read.
    pub read: Vec<CompanyId>,
    /// To be asked about.
    pub ask: Vec<CompanyId>,
    /// Read by somebody since.
    pub done: u32,
    /// Without a connection that can be read from.
    pub unreadable: u32,
    /// When the next of the others is due.
    pub next: Option<Timestamp>,
}

impl Judgement {
    /// The verdicts about these.
    pub fn of(standings: &[Standing], basis: Basis, now: Timestamp) -> Self {
        let mut judgement = Self::default();
        for standing in standings {
            match standing.verdict(basis, now) {
                Verdict::Read => judgement.read.push(standing.company),
                Verdict::Ask => judgement.ask.push(standing.company),
                Verdict::Done => judgement.done += 1,
                Verdict::Unreadable => judgement.unreadable += 1,
                Verdict::Later(at) => {
                    judgement.next = Some(judgement.next.map_or(at, |next| next.min(at)));
                }
            }
        }
        judgement
    }
}

impl Standing {
    /// What follows now.
    pub fn verdict(&self, basis: Basis, now: Timestamp) -> Verdict {
        if !self.readable {
            return Verdict::Unreadable;
        }
        match basis {
            Basis::Asked => Verdict::Read,
            Basis::Label(due) => self.since(due, now),
            Basis::Age(age) => self.by_age(age, now),
        }
    }

    /// Of a label: whether it was read since that was due.
    fn since(&self, due: Timestamp, now: Timestamp) -> Verdict {
        let Some(last) = past(self.last_read, now).filter(|last| *last >= due) else { return Verdict::Read };
        if self.known_at == Some(last) {
            return if self.known_read.is_some_and(|read| read >= due) {
                Verdict::Done
            } else {
                Verdict::Read
            };
        }
        Verdict::Ask
    }

    /// Of an age: whether the last successful read is that old, and otherwise when it will be.
    fn by_age(&self, age: SignedDuration, now: Timestamp) -> Verdict {
        let due = |from: Timestamp| from.saturating_add(age).unwrap_or(Timestamp::MAX);
        let attempted = past(self.attempted, now);
        let wait = wait_after(age, self.failures);
        let held = attempted.map(|at| at.saturating_add(wait).unwrap_or(Timestamp::MAX));
        if let Some(held) = held.filter(|held| *held > now) {
            return Verdict::Later(held);
        }
        let Some(last) = past(self.last_read, now) else { return Verdict::Read };
        if due(last) <= now {
            return Verdict::Read;
        }
        // Some of its data types were read, and one of them failed: which, has to be asked.
        if attempted.is_some() && wait < age {
            return Verdict::Ask;
        }
        if attempted.is_some_and(|at| at <= last && last.duration_since(at) <= OWN) {
            return Verdict::Later(due(last));
        }
        match (self.known_at == Some(last), self.known_read) {
            (true, None) => Verdict::Read,
            (true, Some(read)) if due(read) <= now => Verdict::Read,
            (_, Some(read)) if due(read) > now => Verdict::Later(due(read)),
            (_, _) => Verdict::Ask,
        }
    }
}

/// What an answer about how a company's data stand says of a schedule's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What is to be read: nothing, all at once (`None`), or these data types.
    pub read: Vec<Option<String>>,
    /// When what is not to be read was last read well, the longest ago.
    pub known_read: Option<Timestamp>,
}

impl Asked {
    /// Of one data type, or of all, where those that the platform does not have do not count.
    pub fn of(
        status: &BTreeMap<String, DataStatus>,
        data_type: Option<&str>,
        basis: Basis,
        now: Timestamp,
    ) -> Self {
        let counts = |key: &str, status: &DataStatus| match data_type {
            Some(wanted) => key == wanted,
            None => status.current_status != Some(DatasetStatus::NotSupported) && !status.is_never_read(),
        };
        let all: Vec<_> = status.iter().filter(|(key, status)| counts(key, status)).collect();
        let is_due = |status: &DataStatus| basis.is_due(past(status.last_successful_sync, now), now);
        let due: Vec<_> =
            all.iter().filter(|(_, status)| is_due(status)).map(|(key, _)| (*key).clone()).collect();
        let rest = all.iter().filter(|(_, status)| !is_due(status));
        let known_read = rest.filter_map(|(_, status)| status.last_successful_sync).min();
        let read = match data_type {
            Some(wanted) if all.is_empty() => vec![Some(wanted.to_owned())],
            None if due.len() == all.len() => vec![None],
            Some(_) | None => due.into_iter().map(Some).collect(),
        };
        Self { read, known_read }
    }
}

impl Basis {
    /// Whether data that were last read then are to be read.
    fn is_due(self, read: Option<Timestamp>, now: Timestamp) -> bool {
        match (self, read) {
            (Self::Asked, _) | (_, None) => true,
            (Self::Label(due), Some(read)) => read < due,
            (Self::Age(age), Some(read)) => read.saturating_add(age).is_ok_and(|due| due <= now),
        }
    }
}

/// How long after a read was asked for, of an every-N-hours schedule, it may be asked for again: where it failed
/// so often in a row for a reason that may pass, sooner, but ever more seldom, and a few times at most; then as
/// if it had not.
pub fn wait_after(age: SignedDuration, failures: u32) -> SignedDuration {
    let again = usize::try_from(failures).ok().and_then(|failures| AGAIN.get(failures.checked_sub(1)?));
    again.map_or(age, |part| (age / *part).max(SHORTEST_TICK).min(age))
}

/// How often an every-N-hours schedule is looked at: what is due by then begins together.
pub fn tick(age: SignedDuration) -> SignedDuration {
    (age / 24).clamp(SHORTEST_TICK, LONGEST_TICK)
}

/// An instant that lies further ahead than any travel is of a clock that was wrong, and says nothing.
fn past(at: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    at.filter(|at| at.duration_since(now) <= WRONG)
}
