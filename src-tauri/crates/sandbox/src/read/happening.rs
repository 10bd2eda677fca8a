//! Events between two times, in order: reads that ended, and connections whose access was withdrawn or
//! expired.

use std::borrow::Cow;

use jiff::Timestamp;
use uuid::Uuid;

use super::{dataset::Dataset, reads::Reads, series::stays};
use crate::record::{CompanyRecord, Slot};

#[derive(Debug, Clone)]
pub(crate) struct Happening {
    pub(crate) at: Timestamp,
    pub(crate) slot: Slot,
    pub(crate) connection: Uuid,
    pub(crate) what: What,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    /// A read ended, successfully or not.
    Read(Box<Dataset>),
    /// All reads of a connection's first link have ended, at least one of them successfully.
    FirstReads,
    /// The access was withdrawn or expired: by time, detected by a read, or by
    /// `/_sandbox/connections/{id}/deauthorize`.
    Deauthorized,
}

impl What {
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
pub(crate) fn happenings<'a>(
    reads: &Reads,
    companies: impl Iterator<Item = (Slot, Cow<'a, CompanyRecord>)>,
    from: Timestamp,
    to: Timestamp,
) -> Vec<Happening> {
    let mut all = vec![];
    for (slot, company) in companies {
        of_company(reads, slot, &company, (from, to), &mut all);
    }
    all.sort_by_cached_key(|it| (it.at, it.slot, it.what.rank(), it.connection));
    all
}

/// An upper bound of the number of reads that ended after `from`, up to and including `to`. It is cheap;
/// callers use it to reject long periods.
pub(crate) fn reads_between<'a>(
    reads: &Reads,
    companies: impl Iterator<Item = (Slot, Cow<'a, CompanyRecord>)>,
    from: Timestamp,
    to: Timestamp,
) -> i64 {
    companies
        .map(|(slot, company)| -> i64 {
            let connections = company.connections.iter();
            let series = connections.flat_map(|it| reads.series_since(slot, it, from, to));
            let pieces = series.flat_map(|series| series.pieces);
            pieces
                .map(|piece| piece.perhaps_ended(from, to))
                .map(|range| (range.end - range.start).max(0))
                .sum()
        })
        .sum()
}

fn of_company(
    reads: &Reads,
    slot: Slot,
    company: &CompanyRecord,
    (from, to): (Timestamp, Timestamp),
    all: &mut Vec<Happening>,
) {
    let within = |at: Timestamp| from < at && at <= to;
    for connection in &company.connections {
        let mut add = |at, what| all.push(Happening { at, slot, connection: connection.id, what });
        for series in reads.series_since(slot, connection, from, to) {
            for dataset in series.pieces.iter().flat_map(|piece| piece.ended(from, to)) {
                add(dataset.ends, What::Read(Box::new(dataset)));
            }
        }
        for refresh in reads.of(slot).iter().filter(|refresh| refresh.first_link) {
            let first = reads.asked_by(refresh, slot, connection, to);
            let ended = first.iter().map(|dataset| dataset.ends).max().filter(|at| within(*at));
            if let Some(at) = ended.filter(|_| first.iter().any(|dataset| dataset.ending.succeeds())) {
                add(at, What::FirstReads);
            }
        }
        let ends = stays(connection).into_iter().filter_map(|stay| stay.cut).map(|cut| cut.at);
        for at in ends.filter(|at| within(*at) && connection.withdrawn_at(*at)) {
            add(at, What::Deauthorized);
        }
    }
}
