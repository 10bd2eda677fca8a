//! Events between two times, in order: reads that ended, and connections whose access was withdrawn or
//! expired.

use std::borrow::Cow;

use jiff::Timestamp;
use uuid::Uuid;

use super::{dataset::Dataset, reads::Reads, series::linked_spans};
use crate::record::{CompanyRecord, Slot};

#[derive(Debug, Clone)]
pub(crate) struct TimelineEvent {
    pub(crate) at: Timestamp,
    pub(crate) slot: Slot,
    pub(crate) connection: Uuid,
    pub(crate) kind: EventKind,
}

#[derive(Debug, Clone)]
pub(crate) enum EventKind {
    /// A read ended, successfully or not.
    Read(Box<Dataset>),
    /// All reads of a connection's first link have ended, at least one of them successfully.
    FirstReads,
    /// The access was withdrawn or expired: by time, detected by a read, or by
    /// `/_sandbox/connections/{id}/deauthorize`.
    Deauthorized,
}

impl EventKind {
    /// The order of events at the same time.
    fn rank(&self) -> (u8, Uuid) {
        match self {
            Self::Read(dataset) => (0, dataset.id),
            Self::FirstReads => (1, Uuid::nil()),
            Self::Deauthorized => (2, Uuid::nil()),
        }
    }
}

/// The events of some companies after `from`, up to and including `to`, in order. The state must have been
/// advanced to `to`. Deleted companies and connections have no events.
pub(crate) fn timeline<'a>(
    reads: &Reads,
    companies: impl Iterator<Item = (Slot, Cow<'a, CompanyRecord>)>,
    from: Timestamp,
    to: Timestamp,
) -> Vec<TimelineEvent> {
    let mut all = Vec::new();
    for (slot, company) in companies {
        add_company_events(reads, slot, &company, (from, to), &mut all);
    }
    all.sort_by_cached_key(|it| (it.at, it.slot, it.kind.rank(), it.connection));
    all
}

/// An upper bound of the number of reads that ended after `from`, up to and including `to`. It is cheap;
/// callers use it to reject long periods.
pub(crate) fn count_reads_between<'a>(
    reads: &Reads,
    companies: impl Iterator<Item = (Slot, Cow<'a, CompanyRecord>)>,
    from: Timestamp,
    to: Timestamp,
) -> i64 {
    companies
        .map(|(slot, company)| -> i64 {
            let connections = company.connections.iter();
            let series = connections.flat_map(|it| reads.series_since(slot, it, from, to));
            let pieces = series.flat_map(|series| series.segments);
            pieces
                .map(|piece| piece.may_have_ended(from, to))
                .map(|range| (range.end - range.start).max(0))
                .sum()
        })
        .sum()
}

fn add_company_events(
    reads: &Reads,
    slot: Slot,
    company: &CompanyRecord,
    (from, to): (Timestamp, Timestamp),
    all: &mut Vec<TimelineEvent>,
) {
    let is_within = |at: Timestamp| from < at && at <= to;
    for connection in &company.connections {
        let mut add = |at, kind| all.push(TimelineEvent { at, slot, connection: connection.id, kind });
        for series in reads.series_since(slot, connection, from, to) {
            for dataset in series.segments.iter().flat_map(|piece| piece.ended_between(from, to)) {
                add(dataset.ends, EventKind::Read(Box::new(dataset)));
            }
        }
        for refresh in reads.refreshes(slot).iter().filter(|refresh| refresh.first_link) {
            let first = reads.reads_of_refresh(refresh, slot, connection, to);
            let ended = first.iter().map(|dataset| dataset.ends).max().filter(|at| is_within(*at));
            if let Some(at) = ended.filter(|_| first.iter().any(|dataset| dataset.outcome.succeeds())) {
                add(at, EventKind::FirstReads);
            }
        }
        let ends = linked_spans(connection).into_iter().filter_map(|stay| stay.end).map(|cut| cut.at);
        for at in ends.filter(|at| is_within(*at) && connection.is_withdrawn_at(*at)) {
            add(at, EventKind::Deauthorized);
        }
    }
}
