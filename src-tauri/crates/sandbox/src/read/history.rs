//! A company's reads, newest first. They are counted without building them and built one by one.

use jiff::Timestamp;

use super::{
    dataset::Dataset,
    series::{Piece, Series},
};

/// The most reads of a company that are listed. An hourly schedule makes more over the years.
const MOST: usize = 50_000;

#[derive(Debug)]
pub(crate) struct History {
    tails: Vec<Tail>,
    /// The number of reads that are still to be returned.
    left: usize,
}

/// The unread part of a series.
#[derive(Debug)]
struct Tail {
    pieces: Vec<Piece>,
    /// The number of unread reads in the last segment.
    left: i64,
    /// The newest unread read.
    head: Option<Dataset>,
}

impl History {
    pub(super) fn of(series: impl Iterator<Item = Series>) -> Self {
        let tails: Vec<Tail> =
            series.map(|series| Tail::of(series.pieces)).filter(|tail| tail.head.is_some()).collect();
        let count: i64 = tails.iter().map(Tail::count).sum();
        Self { tails, left: usize::try_from(count).unwrap_or(usize::MAX).min(MOST) }
    }

    pub(crate) fn total(&self) -> usize {
        self.left
    }
}

impl Iterator for History {
    type Item = Dataset;

    fn next(&mut self) -> Option<Dataset> {
        self.left = self.left.checked_sub(1)?;
        let order = |tail: &Tail| tail.head.as_ref().map(|head| (head.requested, head.id));
        self.tails.iter_mut().max_by_key(|tail| order(tail)).and_then(Tail::take)
    }
}

impl Tail {
    fn of(pieces: Vec<Piece>) -> Self {
        let mut tail = Self { left: pieces.last().map_or(0, Piece::count), pieces, head: None };
        tail.take();
        tail
    }

    fn count(&self) -> i64 {
        let whole: i64 = self.pieces.iter().rev().skip(1).map(Piece::count).sum();
        whole + self.left + i64::from(self.head.is_some())
    }

    /// Returns the newest read. The next older one becomes the head.
    fn take(&mut self) -> Option<Dataset> {
        while self.left == 0 && self.pieces.pop().is_some() {
            self.left = self.pieces.last().map_or(0, Piece::count);
        }
        let next = self.pieces.last().filter(|_| self.left > 0).map(|piece| piece.nth(self.left - 1));
        if next.is_some() {
            self.left -= 1;
        }
        core::mem::replace(&mut self.head, next)
    }
}

/// The status of a data type on one connection or on all of them.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) latest: Dataset,
    pub(crate) good: Option<Dataset>,
}

impl Standing {
    /// Combines two connections.
    pub(super) fn newer(self, other: Self) -> Self {
        let newest = |a: Dataset, b: Dataset| {
            if (a.requested, a.id) >= (b.requested, b.id) { a } else { b }
        };
        let good = match (self.good, other.good) {
            (Some(a), Some(b)) => Some(if (a.ends, a.id) >= (b.ends, b.id) { a } else { b }),
            (one, other) => one.or(other),
        };
        Self { latest: newest(self.latest, other.latest), good }
    }

    pub(super) fn of(series: &Series, now: Timestamp) -> Option<Self> {
        let (latest, good) = series.newest(now);
        latest.map(|latest| Self { latest, good })
    }
}
