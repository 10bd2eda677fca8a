//! Refreshes, sync settings and outages, and the reads that result from them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    dataset::Dataset,
    expiry::{Expiry, expiry},
    history::{DataTypeStatus, History},
    refresh::{Refresh, Target, TypeSelection},
    series::{Segment, Series, SeriesSource, linked_spans},
};
use crate::{
    data_type,
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
        let since = self
            .active_series(slot, connection, now)
            .filter_map(|it| it.latest_and_last_success(now).1)
            .map(|it| it.ends)
            .max();
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
        self.series_of_type(slot, connection, data_type, now)?
            .latest_and_last_success(now)
            .1
            .map(|dataset| dataset.ends)
    }

    /// All reads of a company, newest first.
    pub(crate) fn history(&self, slot: Slot, company: &CompanyRecord, now: Timestamp) -> History {
        History::new(company.connections.iter().flat_map(|connection| self.series(slot, connection, now)))
    }

    /// The reads of a company that are running.
    pub(crate) fn live(&self, slot: Slot, company: &CompanyRecord, now: Timestamp) -> Vec<Dataset> {
        let series =
            company.connections.iter().flat_map(|connection| self.active_series(slot, connection, now));
        series
            .filter_map(|series| series.latest_and_last_success(now).0)
            .filter(|dataset| dataset.is_running(now))
            .collect()
    }

    /// The status of each type that was ever read, over all connections of the company.
    pub(crate) fn data_type_statuses(
        &self,
        slot: Slot,
        company: &CompanyRecord,
        now: Timestamp,
    ) -> BTreeMap<&'static str, DataTypeStatus> {
        let mut all = BTreeMap::<&'static str, DataTypeStatus>::new();
        let series = company.connections.iter().flat_map(|connection| self.series(slot, connection, now));
        for status in series.filter_map(|series| DataTypeStatus::from_series(&series, now)) {
            let data_type = status.latest.data_type;
            let merged = match all.remove(data_type) {
                Some(other) => other.merge(status),
                None => status,
            };
            all.insert(data_type, merged);
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
        self.series_of_type(slot, connection, data_type, now)?
            .latest_and_last_success(now)
            .0
            .filter(|dataset| dataset.is_running(now))
    }

    /// The target of a refresh of all data: the types that the sync settings enable and that are not being
    /// read (§4).
    pub(crate) fn full_refresh_target(
        &self,
        slot: Slot,
        connection: &ConnectionRecord,
        now: Timestamp,
    ) -> Target {
        let supported = connection.platform().map_or(&[][..], |it| data_type::supported(it.kind));
        let excluded = supported.iter().filter(|it| {
            !self.sync.company_setting(slot, it, now).fetch_on_first_link
                || self.running(slot, connection, it, now).is_some()
        });
        let types = TypeSelection::AllBut(excluded.map(|it| (*it).to_owned()).collect());
        Target { connection: connection.id, types }
    }

    /// Whether the access of a linked connection has expired by `now`, and otherwise when the connection may
    /// next change. `connection` is the stored record, without a computed expiry.
    pub(crate) fn expiry_and_next_change(
        &self,
        slot: Slot,
        connection: &ConnectionRecord,
        now: Timestamp,
    ) -> (Expiry, Option<Timestamp>) {
        let series: Vec<Series> = self.active_series(slot, connection, now).collect();
        let expiry = self.connection_expiry(&series, slot, connection, now);
        (expiry, next_change_of(series.iter(), now))
    }

    fn connection_expiry(
        &self,
        series: &[Series],
        slot: Slot,
        connection: &ConnectionRecord,
        now: Timestamp,
    ) -> Expiry {
        if connection.status != Status::Linked {
            return Expiry::Never;
        }
        let spans = linked_spans(connection);
        let Some(span) = spans.last().filter(|span| span.end.is_none()) else { return Expiry::Never };
        let expiry = expiry(&connection.key, span, series, connection.last_sync, now);
        match self.one_time_access_end(slot, connection, span.from, now) {
            Some(access_end) => expiry.or_ends_at(access_end, now),
            None => expiry,
        }
    }

    /// When the first reads of a one-time connection end, in the span that started at `from`.
    fn one_time_access_end(
        &self,
        slot: Slot,
        connection: &ConnectionRecord,
        from: Timestamp,
        now: Timestamp,
    ) -> Option<Timestamp> {
        if !connection.is_one_time {
            return None;
        }
        let mut first = self.refreshes(slot).iter().rev().filter(|it| it.first_link && it.requested >= from);
        let refresh = first.find(|it| it.targets.iter().any(|target| target.connection == connection.id))?;
        self.reads_of_refresh(refresh, slot, connection, now).iter().map(|dataset| dataset.ends).max()
    }

    /// When a read of the connection next ends or starts after `now`.
    pub(crate) fn next_change(
        &self,
        slot: Slot,
        connection: &ConnectionRecord,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let series: Vec<Series> = self.active_series(slot, connection, now).collect();
        next_change_of(series.iter(), now)
    }

    /// The series that have more than the initial reads, or will have. All other reads succeeded at
    /// `last_sync` or before.
    fn active_series<'a>(
        &'a self,
        slot: Slot,
        connection: &'a ConnectionRecord,
        now: Timestamp,
    ) -> impl Iterator<Item = Series> + 'a {
        let refreshes = self.refreshes(slot);
        let is_inactive =
            connection.scenario.is_none() && refreshes.is_empty() && self.sync.never_scheduled(slot);
        let source =
            (!is_inactive).then(|| SeriesSource::new(connection, refreshes, &self.outages)).flatten();
        source.into_iter().flat_map(move |source| {
            source.types().filter_map(move |named| {
                let schedule = self.sync.schedule(slot, named.1);
                let is_active =
                    connection.scenario.is_some() || !schedule.is_empty() || source.is_requested(named.1);
                is_active.then(|| source.series(named, &schedule, now))
            })
        })
    }

    /// The reads of one connection that a refresh made, with their actual ends.
    pub(super) fn reads_of_refresh(
        &self,
        refresh: &Refresh,
        slot: Slot,
        connection: &ConnectionRecord,
        now: Timestamp,
    ) -> Vec<Dataset> {
        let ids: Vec<Uuid> = initial_datasets(refresh, connection).iter().map(|dataset| dataset.id).collect();
        let segments = self.series(slot, connection, now).flat_map(|series| series.segments);
        let segments = segments.filter_map(|piece| match piece {
            Segment::Single(dataset) => Some(*dataset),
            Segment::Repeated(_) => None,
        });
        segments.filter(|dataset| ids.contains(&dataset.id)).collect()
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
            self.active_series(slot, connection, now).collect()
        }
    }

    fn series<'a>(
        &'a self,
        slot: Slot,
        connection: &'a ConnectionRecord,
        now: Timestamp,
    ) -> impl Iterator<Item = Series> + 'a {
        SeriesSource::new(connection, self.refreshes(slot), &self.outages).into_iter().flat_map(
            move |source| {
                source.types().map(move |named| source.series(named, &self.sync.schedule(slot, named.1), now))
            },
        )
    }

    pub(super) fn series_of_type(
        &self,
        slot: Slot,
        connection: &ConnectionRecord,
        data_type: &str,
        now: Timestamp,
    ) -> Option<Series> {
        let source = SeriesSource::new(connection, self.refreshes(slot), &self.outages)?;
        let named = source.types().find(|(_, other)| *other == data_type)?;
        Some(source.series(named, &self.sync.schedule(slot, named.1), now))
    }

    pub(super) fn refreshes(&self, slot: Slot) -> &[Refresh] {
        self.by_company.get(&slot).map_or(&[], Vec::as_slice)
    }
}

/// The reads of one connection that a refresh starts.
pub(crate) fn initial_datasets(refresh: &Refresh, connection: &ConnectionRecord) -> Vec<Dataset> {
    let target = refresh.targets.iter().find(|target| target.connection == connection.id);
    let (Some(target), Some(source)) = (target, SeriesSource::new(connection, &[], &Outages::default()))
    else {
        return Vec::new();
    };
    source
        .types()
        .filter(|(_, data_type)| target.types.includes(data_type))
        .map(|(_, data_type)| source.requested_read(refresh.number, data_type, refresh.requested))
        .collect()
}

/// When a read of these series next ends or starts after `now`.
fn next_change_of<'a>(series: impl Iterator<Item = &'a Series>, now: Timestamp) -> Option<Timestamp> {
    let next = |series: &Series| {
        let ends =
            series.latest_and_last_success(now).0.map(|dataset| dataset.ends).filter(|ends| *ends > now);
        ends.or(series.next)
    };
    series.filter_map(next).min()
}
