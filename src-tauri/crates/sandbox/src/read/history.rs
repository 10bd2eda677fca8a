//! A company's reads, newest first: counted without making them, and made one by one as they are asked for.

use jiff::Timestamp;

use super::{
    dataset::Dataset,
    series::{Piece, Series},
};

/// So many of a company's reads are told, the newest; an hourly schedule makes more of them in years than
/// anybody looks through.
const MOST: usize = 50_000;

/// A company's reads, newest first.
#[derive(Debug)]
pub(crate) struct History {
    tails: Vec<Tail>,
    /// How many are still to be told.
    left: usize,
}

/// What is left of a series, from its oldest on.
#[derive(Debug)]
struct Tail {
    pieces: Vec<Piece>,
    /// How many of the last piece are left.
    left: i64,
    /// The newest that is left.
    head: Option<Dataset>,
}

impl History {
    pub(super) fn of(series: impl Iterator<Item = Series>) -> Self {
        let tails: Vec<Tail> =
            series.map(|series| Tail::of(series.pieces)).filter(|tail| tail.head.is_some()).collect();
        let count: i64 = tails.iter().map(Tail::count).sum();
        Self { tails, left: usize::try_from(count).unwrap_or(usize::MAX).min(MOST) }
    }

    /// How many there are, of those that are told.
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

    /// The newest; the next older one takes its place.
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

/// How a type stands on one connection, or on all of them.
#[derive(Debug)]
pub(crate) struct Standing {
    /// The newest read.
    pub(crate) latest: Dataset,
    /// The newest that went well.
    pub(crate) good: Option<Dataset>,
}

impl Standing {
    /// The newer of two.
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
