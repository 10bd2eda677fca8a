//! A company's reads, newest first. They are counted without building them and built one by one.

use jiff::Timestamp;

use super::{
    dataset::Dataset,
    series::{Segment, Series},
};

/// The most reads of a company that are listed. An hourly schedule makes more over the years.
const MAX_READS: usize = 50_000;

#[derive(Debug)]
pub(crate) struct History {
    cursors: Vec<SeriesCursor>,
    /// The number of reads that are still to be returned.
    remaining: usize,
}

/// The unread part of a series.
#[derive(Debug)]
struct SeriesCursor {
    pieces: Vec<Segment>,
    /// The number of unread reads in the last segment.
    remaining: i64,
    /// The newest unread read.
    head: Option<Dataset>,
}

impl History {
    pub(super) fn new(series: impl Iterator<Item = Series>) -> Self {
        let cursors: Vec<SeriesCursor> = series
            .map(|series| SeriesCursor::new(series.segments))
            .filter(|tail| tail.head.is_some())
            .collect();
        let count: i64 = cursors.iter().map(SeriesCursor::count).sum();
        Self { cursors, remaining: usize::try_from(count).unwrap_or(usize::MAX).min(MAX_READS) }
    }

    pub(crate) fn total(&self) -> usize {
        self.remaining
    }
}

impl Iterator for History {
    type Item = Dataset;

    fn next(&mut self) -> Option<Dataset> {
        self.remaining = self.remaining.checked_sub(1)?;
        let order = |tail: &SeriesCursor| tail.head.as_ref().map(|head| (head.requested, head.id));
        self.cursors.iter_mut().max_by_key(|tail| order(tail)).and_then(SeriesCursor::pop)
    }
}

impl SeriesCursor {
    fn new(pieces: Vec<Segment>) -> Self {
        let mut tail = Self { remaining: pieces.last().map_or(0, Segment::count), pieces, head: None };
        tail.pop();
        tail
    }

    fn count(&self) -> i64 {
        let whole: i64 = self.pieces.iter().rev().skip(1).map(Segment::count).sum();
        whole + self.remaining + i64::from(self.head.is_some())
    }

    /// Returns the newest read. The next older one becomes the head.
    fn pop(&mut self) -> Option<Dataset> {
        while self.remaining == 0 && self.pieces.pop().is_some() {
            self.remaining = self.pieces.last().map_or(0, Segment::count);
        }
        let next =
            self.pieces.last().filter(|_| self.remaining > 0).map(|piece| piece.nth(self.remaining - 1));
        if next.is_some() {
            self.remaining -= 1;
        }
        core::mem::replace(&mut self.head, next)
    }
}

/// The status of a data type on one connection or on all of them.
#[derive(Debug)]
pub(crate) struct DataTypeStatus {
    pub(crate) latest: Dataset,
    pub(crate) last_success: Option<Dataset>,
}

impl DataTypeStatus {
    /// Combines two connections.
    pub(super) fn merge(self, other: Self) -> Self {
        let newest = |a: Dataset, b: Dataset| {
            if (a.requested, a.id) >= (b.requested, b.id) { a } else { b }
        };
        let last_success = match (self.last_success, other.last_success) {
            (Some(a), Some(b)) => Some(if (a.ends, a.id) >= (b.ends, b.id) { a } else { b }),
            (one, other) => one.or(other),
        };
        Self { latest: newest(self.latest, other.latest), last_success }
    }

    pub(super) fn from_series(series: &Series, now: Timestamp) -> Option<Self> {
        let (latest, last_success) = series.latest_and_last_success(now);
        latest.map(|latest| Self { latest, last_success })
    }
}
