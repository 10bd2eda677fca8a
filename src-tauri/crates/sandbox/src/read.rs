//! Reads of a company's data (§2.11, §3.2). A refresh is one kept row; its datasets, their stages and their
//! times follow from it and from the time, so that nothing has to run.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    datatype,
    record::{CompanyRecord, ConnectionRecord, Slot, WITHDRAWN},
    seed::{self, Dice},
    stamp,
};

/// The longest that a read takes.
const LONGEST: SignedDuration = SignedDuration::from_millis(9_000);

/// A refresh that somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refresh {
    /// Counts the refreshes of the world, from 1.
    pub(crate) number: u64,
    /// The company.
    pub(crate) slot: Slot,
    /// When it was asked for.
    pub(crate) requested: Timestamp,
    /// What is read, connection by connection.
    pub(crate) targets: Vec<Target>,
}

/// What a refresh reads of one connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Target {
    /// The connection.
    pub(crate) connection: Uuid,
    /// Which types.
    pub(crate) types: Types,
}

/// Which types are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Types {
    /// All that the platform has, but those that were running already.
    AllBut(Vec<String>),
    /// One.
    One(String),
}

impl Types {
    fn includes(&self, data_type: &str) -> bool {
        match self {
            Self::AllBut(running) => !running.iter().any(|other| other == data_type),
            Self::One(one) => one == data_type,
        }
    }
}

/// One read of one type on one connection.
#[derive(Debug, Clone)]
pub(crate) struct Dataset {
    pub(crate) id: Uuid,
    pub(crate) connection: Uuid,
    pub(crate) data_type: &'static str,
    pub(crate) requested: Timestamp,
    /// When it ends.
    pub(crate) ends: Timestamp,
    /// Whether the access is withdrawn while it runs.
    withdrawn: bool,
}

/// The stages, each with the share of the read's time, in percent, at which it is over.
const STAGES: [(&str, i128, i64); 9] = [
    ("Initial", 6, 10),
    ("Queued", 14, 10),
    ("Fetching", 45, 30),
    ("MapQueued", 49, 45),
    ("Mapping", 64, 50),
    ("ValidationQueued", 68, 65),
    ("Validating", 80, 70),
    ("ProcessingQueued", 84, 85),
    ("Processing", 100, 90),
];

impl Dataset {
    /// Its stage at `now`, and its progress.
    pub(crate) fn stage(&self, now: Timestamp) -> (&'static str, i64) {
        if now >= self.ends {
            return if self.withdrawn { ("AuthError", 30) } else { ("Complete", 100) };
        }
        let whole = self.ends.duration_since(self.requested).as_millis().max(1);
        let gone = now.duration_since(self.requested).as_millis().max(0);
        let share = gone * 100 / whole;
        let stage = STAGES.iter().find(|stage| share < stage.1).unwrap_or(&STAGES[8]);
        (stage.0, stage.2)
    }

    /// Whether it still runs.
    pub(crate) fn running(&self, now: Timestamp) -> bool {
        now < self.ends
    }

    /// Whether it ended well.
    pub(crate) fn complete(&self, now: Timestamp) -> bool {
        now >= self.ends && !self.withdrawn
    }

    /// Its JSON.
    pub(crate) fn wire(&self, company: Uuid, now: Timestamp) -> PullOperationWire {
        let (status, progress) = self.stage(now);
        let errored = status == "AuthError";
        PullOperationWire {
            id: self.id,
            company_id: company,
            connection_id: self.connection,
            data_type: self.data_type,
            status,
            error_message: errored.then_some("The source no longer accepts the credentials."),
            requested: stamp::precise(self.requested),
            completed: (!self.running(now)).then(|| stamp::precise(self.ends)),
            progress,
            is_completed: self.complete(now),
            is_errored: errored,
        }
    }
}

/// A read as the API sends it (§2.11).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PullOperationWire {
    id: Uuid,
    company_id: Uuid,
    connection_id: Uuid,
    data_type: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<&'static str>,
    requested: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed: Option<String>,
    progress: i64,
    is_completed: bool,
    is_errored: bool,
}

/// The refreshes of a world, by company, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    by_company: BTreeMap<Slot, Vec<Refresh>>,
    newest: Option<Timestamp>,
    last_number: u64,
}

impl Reads {
    /// Takes a refresh in.
    pub(crate) fn add(&mut self, refresh: Refresh) {
        self.newest = self.newest.max(Some(refresh.requested));
        self.last_number = self.last_number.max(refresh.number);
        self.by_company.entry(refresh.slot).or_default().push(refresh);
    }

    /// The companies for which something was asked since then, lowest slot first.
    pub(crate) fn asked_since(&self, since: Timestamp) -> impl Iterator<Item = Slot> + '_ {
        let asked = move |all: &[Refresh]| all.last().is_some_and(|refresh| refresh.requested >= since);
        self.by_company.iter().filter(move |(_, all)| asked(all)).map(|(slot, _)| *slot)
    }

    /// The number of the next refresh.
    pub(crate) fn next_number(&self) -> u64 {
        self.last_number + 1
    }

    /// What changes whenever a read may have moved something: nothing while any read may be running.
    pub(crate) fn epoch(&self, now: Timestamp) -> Option<u64> {
        let settled = self.newest.is_none_or(|newest| newest.checked_add(LONGEST).is_ok_and(|t| t <= now));
        settled.then_some(self.last_number)
    }

    /// When the connection was last read well: as the world began, or by a refresh since.
    pub(crate) fn last_sync(
        &self,
        slot: Slot,
        connection: &ConnectionRecord,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let mut best = connection.last_sync;
        for refresh in self.of(slot).iter().rev() {
            if best.is_some_and(|best| refresh.requested.checked_add(LONGEST).is_ok_and(|t| t < best)) {
                continue;
            }
            let done = datasets(refresh, connection).filter(|d| d.complete(now)).map(|d| d.ends).max();
            best = best.max(done);
        }
        best
    }

    /// All reads of a company's connections, newest first.
    pub(crate) fn history(&self, slot: Slot, company: &CompanyRecord) -> Vec<Dataset> {
        let mut all: Vec<Dataset> = company
            .connections
            .iter()
            .flat_map(|connection| {
                let asked = self.of(slot).iter().flat_map(move |refresh| datasets(refresh, connection));
                first_reads(connection).chain(asked)
            })
            .collect();
        all.sort_by(|a, b| b.requested.cmp(&a.requested).then(b.id.cmp(&a.id)));
        all
    }

    /// The read of this type that still runs on the connection, if one does.
    pub(crate) fn running(
        &self,
        slot: Slot,
        connection: &ConnectionRecord,
        data_type: &str,
        now: Timestamp,
    ) -> Option<Dataset> {
        let asked = self.of(slot).iter().flat_map(|refresh| datasets(refresh, connection));
        asked.into_iter().find(|dataset| dataset.data_type == data_type && dataset.running(now))
    }

    fn of(&self, slot: Slot) -> &[Refresh] {
        self.by_company.get(&slot).map_or(&[], Vec::as_slice)
    }
}

/// The reads that a refresh makes of one connection.
pub(crate) fn datasets<'a>(
    refresh: &'a Refresh,
    connection: &'a ConnectionRecord,
) -> impl Iterator<Item = Dataset> + 'a {
    let target = refresh.targets.iter().find(|target| target.connection == connection.id);
    target.into_iter().flat_map(move |target| {
        types_of(connection)
            .filter(|data_type| target.types.includes(data_type))
            .map(move |data_type| dataset(connection, refresh.number, data_type, refresh.requested))
    })
}

/// The reads that were complete when the world began, the last of them at `last_sync`.
fn first_reads(connection: &ConnectionRecord) -> impl Iterator<Item = Dataset> + '_ {
    connection.last_sync.into_iter().flat_map(move |last| {
        let longest = types_of(connection).map(|data_type| lasts(read_id(connection.id, 0, data_type))).max();
        let requested = longest.and_then(|longest| last.checked_sub(longest).ok()).unwrap_or(last);
        types_of(connection).map(move |data_type| dataset(connection, 0, data_type, requested))
    })
}

fn types_of(connection: &ConnectionRecord) -> impl Iterator<Item = &'static str> + use<> {
    connection.platform().map_or(&[][..], |platform| datatype::supported(platform.kind)).iter().copied()
}

fn dataset(
    connection: &ConnectionRecord,
    number: u64,
    data_type: &'static str,
    requested: Timestamp,
) -> Dataset {
    let id = read_id(connection.id, number, data_type);
    let ends = requested.checked_add(lasts(id)).unwrap_or(requested);
    let withdrawn = connection
        .errors
        .iter()
        .filter(|error| error.code == WITHDRAWN && error.at >= requested && error.at < ends)
        .map(|error| error.at)
        .min();
    Dataset {
        id,
        connection: connection.id,
        data_type,
        requested,
        ends: withdrawn.unwrap_or(ends),
        withdrawn: withdrawn.is_some(),
    }
}

fn read_id(connection: Uuid, number: u64, data_type: &str) -> Uuid {
    seed::named(connection, data_type, number)
}

fn lasts(read: Uuid) -> SignedDuration {
    SignedDuration::from_millis(i64::from(Dice::of(read).between(3_000, 9_000)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{ErrorRecord, Status};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn plaid() -> ConnectionRecord {
        let mut connection =
            ConnectionRecord::pending(Uuid::from_u128(7), "suuo", at("2026-01-01T00:00:00Z"));
        connection.status = Status::Linked;
        connection
    }

    fn refresh(connection: &ConnectionRecord, types: Types) -> Refresh {
        let targets = vec![Target { connection: connection.id, types }];
        Refresh { number: 1, slot: 0, requested: at("2026-02-01T00:00:00Z"), targets }
    }

    #[test]
    fn a_read_passes_every_stage_in_order() {
        let connection = plaid();
        let refresh = refresh(&connection, Types::One("banking-accounts".to_owned()));
        let read = datasets(&refresh, &connection).next().unwrap();
        let mut seen = vec![];
        for ms in 0..10_000 {
            let (stage, _) = read.stage(refresh.requested + SignedDuration::from_millis(ms));
            if seen.last() != Some(&stage) {
                seen.push(stage);
            }
        }
        let expected: Vec<&str> = STAGES.iter().map(|stage| stage.0).chain(["Complete"]).collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn last_sync_moves_when_the_read_completes_and_not_before() {
        let connection = plaid();
        let refresh = refresh(&connection, Types::One("banking-accounts".to_owned()));
        let ends = datasets(&refresh, &connection).next().unwrap().ends;
        let mut reads = Reads::default();
        reads.add(refresh);
        let before = ends - SignedDuration::from_millis(1);
        assert_eq!(reads.last_sync(0, &connection, before), None);
        assert_eq!(reads.last_sync(0, &connection, ends), Some(ends));
        assert_eq!(reads.epoch(before), None, "what runs may not be cached");
        assert_eq!(reads.epoch(ends + SignedDuration::from_secs(10)), Some(1));
    }

    #[test]
    fn access_withdrawn_during_a_read_fails_it_for_good() {
        let mut connection = plaid();
        let refresh = refresh(&connection, Types::AllBut(vec![]));
        let withdrawn = refresh.requested + SignedDuration::from_millis(500);
        connection.errors.push(ErrorRecord::withdrawn(withdrawn));
        connection.link(withdrawn + SignedDuration::from_secs(60));
        let much_later = refresh.requested + SignedDuration::from_hours(1);
        for read in datasets(&refresh, &connection) {
            assert_eq!(read.stage(much_later).0, "AuthError");
            assert_eq!(read.ends, withdrawn);
        }
    }

    #[test]
    fn the_first_reads_end_when_the_connection_was_last_read() {
        let mut connection = plaid();
        connection.last_sync = Some(at("2026-01-31T10:00:00.5Z"));
        let last = first_reads(&connection).map(|read| read.ends).max();
        assert_eq!(last, connection.last_sync);
        assert_eq!(first_reads(&connection).count(), 4);
    }

    #[test]
    fn types_that_were_running_are_left_out() {
        let connection = plaid();
        let refresh = refresh(&connection, Types::AllBut(vec!["banking-accounts".to_owned()]));
        let types: Vec<_> = datasets(&refresh, &connection).map(|read| read.data_type).collect();
        assert_eq!(types.len(), 3);
        assert!(!types.contains(&"banking-accounts"));
    }
}
