//! Refreshes, sync settings and outages, and the reads that result from them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    dataset::Dataset,
    expiry::{Lapse, lapse},
    history::{History, Standing},
    refresh::{Refresh, Target, Types},
    series::{Piece, Series, Source, stays},
};
use crate::{
    datatype,
    outage::Outages,
    record::{CompanyRecord, ConnectionRecord, Slot, Status},
    sync_settings::SyncSettings,
};

/// Everything that determines the reads of a world.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    by_company: BTreeMap<Slot, Vec<Refresh>>,
    pub(crate) sync: SyncSettings,
    pub(crate) outages: Outages,
    last_number: u64,
}

impl Reads {
    pub(crate) fn add(&mut self, refresh: Refresh) {
        self.last_number = self.last_number.max(refresh.number);
        self.by_company.entry(refresh.slot).or_default().push(refresh);
    }

    pub(crate) fn next_number(&self) -> u64 {
        self.last_number + 1
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Refresh> {
        self.by_company.values().flatten()
    }

    /// The end of the last successful read, including those before the world's start.
    pub(crate) fn last_sync(
        &self,
        slot: Slot,
        connection: &ConnectionRecord,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let since =
            self.moved(slot, connection, now).filter_map(|it| it.newest(now).1).map(|it| it.ends).max();
        connection.last_sync.max(since)
    }

    /// The end of the last successful read of a type.
    pub(crate) fn last_success(
        &self,
        slot: Slot,
        connection: &ConnectionRecord,
        data_type: &str,
        now: Timestamp,
    ) -> Option<Timestamp> {
        self.of_type(slot, connection, data_type, now)?.newest(now).1.map(|dataset| dataset.ends)
    }

    /// All reads of a company, newest first.
    pub(crate) fn history(&self, slot: Slot, company: &CompanyRecord, now: Timestamp) -> History {
        History::of(company.connections.iter().flat_map(|connection| self.series(slot, connection, now)))
    }

    /// The reads of a company that are running.
    pub(crate) fn live(&self, slot: Slot, company: &CompanyRecord, now: Timestamp) -> Vec<Dataset> {
        let series = company.connections.iter().flat_map(|connection| self.moved(slot, connection, now));
        series.filter_map(|series| series.newest(now).0).filter(|dataset| dataset.running(now)).collect()
    }

    /// The status of each type that was ever read, over all connections of the company.
    pub(crate) fn standings(
        &self,
        slot: Slot,
        company: &CompanyRecord,
        now: Timestamp,
    ) -> BTreeMap<&'static str, Standing> {
        let mut all = BTreeMap::<&'static str, Standing>::new();
        let series = company.connections.iter().flat_map(|connection| self.series(slot, connection, now));
        for standing in series.filter_map(|series| Standing::of(&series, now)) {
            let data_type = standing.latest.data_type;
            let both = match all.remove(data_type) {
                Some(other) => other.newer(standing),
                None => standing,
            };
            all.insert(data_type, both);
        }
        all
    }

    /// The running read of this type.
    pub(crate) fn running(
        &self,
        slot: Slot,
        connection: &ConnectionRecord,
        data_type: &str,
        now: Timestamp,
    ) -> Option<Dataset> {
        self.of_type(slot, connection, data_type, now)?.newest(now).0.filter(|dataset| dataset.running(now))
    }

    /// The target of a refresh of all data: the types that the sync settings enable and that are not being
    /// read (§4).
    pub(crate) fn everything(&self, slot: Slot, connection: &ConnectionRecord, now: Timestamp) -> Target {
        let supported = connection.platform().map_or(&[][..], |it| datatype::supported(it.kind));
        let left_out = supported.iter().filter(|it| {
            !self.sync.of(slot, it, now).fetch_on_first_link
                || self.running(slot, connection, it, now).is_some()
        });
        let types = Types::AllBut(left_out.map(|it| (*it).to_owned()).collect());
        Target { connection: connection.id, types }
    }

    /// Whether the access of a linked connection has expired by `now`, and otherwise when the connection may
    /// next change. `connection` is the stored record, without a computed expiry.
    pub(crate) fn outlook(
        &self,
        slot: Slot,
        connection: &ConnectionRecord,
        now: Timestamp,
    ) -> (Lapse, Option<Timestamp>) {
        let series: Vec<Series> = self.moved(slot, connection, now).collect();
        let lapse = self.lapse_of(&series, slot, connection, now);
        (lapse, next_of(series.iter(), now))
    }

    fn lapse_of(
        &self,
        series: &[Series],
        slot: Slot,
        connection: &ConnectionRecord,
        now: Timestamp,
    ) -> Lapse {
        if connection.status != Status::Linked {
            return Lapse::Never;
        }
        let stays = stays(connection);
        let Some(stay) = stays.last().filter(|stay| stay.cut.is_none()) else { return Lapse::Never };
        let ran_out = lapse(&connection.key, stay, series, connection.last_sync, now);
        match self.once_over(slot, connection, stay.from, now) {
            Some(over) => ran_out.or_at(over, now),
            None => ran_out,
        }
    }

    /// When the first reads of a one-time connection end, in the span that started at `from`.
    fn once_over(
        &self,
        slot: Slot,
        connection: &ConnectionRecord,
        from: Timestamp,
        now: Timestamp,
    ) -> Option<Timestamp> {
        if !connection.is_one_time {
            return None;
        }
        let mut first = self.of(slot).iter().rev().filter(|it| it.first_link && it.requested >= from);
        let asked = first.find(|it| it.targets.iter().any(|target| target.connection == connection.id))?;
        self.asked_by(asked, slot, connection, now).iter().map(|dataset| dataset.ends).max()
    }

    /// When a read of the connection next ends or starts after `now`.
    pub(crate) fn next(
        &self,
        slot: Slot,
        connection: &ConnectionRecord,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let series: Vec<Series> = self.moved(slot, connection, now).collect();
        next_of(series.iter(), now)
    }

    /// The series that have more than the initial reads, or will have. All other reads succeeded at
    /// `last_sync` or before.
    fn moved<'a>(
        &'a self,
        slot: Slot,
        connection: &'a ConnectionRecord,
        now: Timestamp,
    ) -> impl Iterator<Item = Series> + 'a {
        let refreshes = self.of(slot);
        let quiet = connection.script.is_none() && refreshes.is_empty() && self.sync.never_scheduled(slot);
        let source = (!quiet).then(|| Source::of(connection, refreshes, &self.outages)).flatten();
        source.into_iter().flat_map(move |source| {
            source.types().filter_map(move |named| {
                let schedule = self.sync.schedule(slot, named.1);
                let moves = connection.script.is_some() || !schedule.is_empty() || source.asks(named.1);
                moves.then(|| source.series(named, &schedule, now))
            })
        })
    }

    /// The reads of one connection that a refresh made, with their actual ends.
    pub(super) fn asked_by(
        &self,
        refresh: &Refresh,
        slot: Slot,
        connection: &ConnectionRecord,
        now: Timestamp,
    ) -> Vec<Dataset> {
        let ids: Vec<Uuid> = datasets(refresh, connection).iter().map(|dataset| dataset.id).collect();
        let ones = self.series(slot, connection, now).flat_map(|series| series.pieces);
        let ones = ones.filter_map(|piece| match piece {
            Piece::One(dataset) => Some(*dataset),
            Piece::Many(_) => None,
        });
        ones.filter(|dataset| ids.contains(&dataset.id)).collect()
    }

    /// The series in which a read may have ended after `from`. All of them if `from` is before the world's
    /// start.
    pub(super) fn series_since(
        &self,
        slot: Slot,
        connection: &ConnectionRecord,
        from: Timestamp,
        now: Timestamp,
    ) -> Vec<Series> {
        if connection.last_sync.is_some_and(|last| from < last) {
            self.series(slot, connection, now).collect()
        } else {
            self.moved(slot, connection, now).collect()
        }
    }

    fn series<'a>(
        &'a self,
        slot: Slot,
        connection: &'a ConnectionRecord,
        now: Timestamp,
    ) -> impl Iterator<Item = Series> + 'a {
        Source::of(connection, self.of(slot), &self.outages).into_iter().flat_map(move |source| {
            source.types().map(move |named| source.series(named, &self.sync.schedule(slot, named.1), now))
        })
    }

    pub(super) fn of_type(
        &self,
        slot: Slot,
        connection: &ConnectionRecord,
        data_type: &str,
        now: Timestamp,
    ) -> Option<Series> {
        let source = Source::of(connection, self.of(slot), &self.outages)?;
        let named = source.types().find(|(_, other)| *other == data_type)?;
        Some(source.series(named, &self.sync.schedule(slot, named.1), now))
    }

    pub(super) fn of(&self, slot: Slot) -> &[Refresh] {
        self.by_company.get(&slot).map_or(&[], Vec::as_slice)
    }
}

/// The reads of one connection that a refresh starts.
pub(crate) fn datasets(refresh: &Refresh, connection: &ConnectionRecord) -> Vec<Dataset> {
    let target = refresh.targets.iter().find(|target| target.connection == connection.id);
    let (Some(target), Some(source)) = (target, Source::of(connection, &[], &Outages::default())) else {
        return vec![];
    };
    source
        .types()
        .filter(|(_, data_type)| target.types.includes(data_type))
        .map(|(_, data_type)| source.on_request(refresh.number, data_type, refresh.requested))
        .collect()
}

/// When a read of these series next ends or starts after `now`.
fn next_of<'a>(series: impl Iterator<Item = &'a Series>, now: Timestamp) -> Option<Timestamp> {
    let next = |series: &Series| {
        let ends = series.newest(now).0.map(|dataset| dataset.ends).filter(|ends| *ends > now);
        ends.or(series.next)
    };
    series.filter_map(next).min()
}
