//! All reads of one type on one connection up to a given time: initial, requested and scheduled ones.
//! Scheduled reads are stored as arithmetic sequences, so that a year of them is counted without iterating.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{
    born,
    dataset::{Course, Dataset, after, read_id},
    refresh::Refresh,
    window,
};
use crate::{
    datatype,
    integration::Platform,
    outage::{Outage, Outages},
    read_outcome::{Ending, Script},
    record::{ConnectionRecord, Period},
    seed::Dice,
};

/// Consecutive reads, oldest first.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    One(Box<Dataset>),
    Many(Stretch),
}

/// Scheduled reads at a constant distance: each starts one interval after the one before ended.
#[derive(Debug, Clone)]
pub(super) struct Stretch {
    connection: Uuid,
    data_type: &'static str,
    nth_type: usize,
    first: Timestamp,
    hours: SignedDuration,
    course: Course,
    /// At least 1.
    count: i64,
    cut: Option<Cut>,
}

/// The end of a linked span, and the outcome of a read that was running then.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    pub(super) at: Timestamp,
    ending: Ending,
}

/// A period in which the connection was linked without interruption. Renewals do not interrupt it.
#[derive(Debug, Clone)]
pub(super) struct Stay {
    pub(super) from: Timestamp,
    pub(super) cut: Option<Cut>,
    pub(super) authorized: Vec<Timestamp>,
}

/// The reads of one type on one connection up to a given time.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) pieces: Vec<Piece>,
    /// When the next read is due if nothing changes.
    pub(super) next: Option<Timestamp>,
}

/// The inputs of a connection's series.
pub(super) struct Source<'a> {
    pub(super) connection: &'a ConnectionRecord,
    pub(super) platform: &'static Platform,
    pub(super) stays: Vec<Stay>,
    pub(super) refreshes: &'a [Refresh],
    /// When the initial reads started.
    pub(super) began: Option<Timestamp>,
    /// The outages of the platform.
    outages: Vec<Outage>,
}

/// Oldest first.
pub(super) fn stays(connection: &ConnectionRecord) -> Vec<Stay> {
    let mut stays: Vec<Stay> = vec![];
    for Period { from, until } in connection.linked_periods().iter() {
        let cut = until.map(|at| {
            let ending = if connection.withdrawn_at(at) { Ending::AuthError } else { Ending::Cancelled };
            Cut { at, ending }
        });
        match stays.last_mut().filter(|last| last.cut.is_some_and(|cut| cut.at == *from)) {
            Some(last) => {
                last.cut = cut;
                last.authorized.push(*from);
            }
            None => stays.push(Stay { from: *from, cut, authorized: vec![*from] }),
        }
    }
    stays
}

impl<'a> Source<'a> {
    /// None if the platform has no data types.
    pub(super) fn of(
        connection: &'a ConnectionRecord,
        refreshes: &'a [Refresh],
        outages: &Outages,
    ) -> Option<Self> {
        let platform = connection.platform()?;
        let began = born::began(connection, platform);
        let outages = outages.of(&connection.key).cloned().collect();
        Some(Self { connection, platform, stays: stays(connection), refreshes, began, outages })
    }

    /// The platform's types, each with its index.
    pub(super) fn types(&self) -> impl Iterator<Item = (usize, &'static str)> + use<> {
        datatype::supported(self.platform.kind).iter().copied().enumerate()
    }

    /// The series of the type with this index and schedule, up to and including `horizon`.
    pub(super) fn series(
        &self,
        (nth_type, data_type): (usize, &'static str),
        schedule: &[(Timestamp, u32)],
        horizon: Timestamp,
    ) -> Series {
        let born = self
            .began
            .map(|began| born::datasets(self.connection, self.platform, (nth_type, data_type), began));
        let mut asked: Vec<Dataset> = born.into_iter().flatten().map(|dataset| self.cut(dataset)).collect();
        asked.extend(self.asked(data_type, horizon));
        asked.sort_by_key(|dataset| dataset.requested);
        let mut walk = Walk {
            source: self,
            nth_type,
            data_type,
            horizon,
            asked: asked.into_iter().peekable(),
            good: None,
            free: Timestamp::MIN,
            series: Series { pieces: vec![], next: None },
        };
        let schedule = self.parted(schedule);
        for stay in &self.stays {
            for (n, (from, hours)) in schedule.iter().enumerate() {
                let until = schedule.get(n + 1).map(|next| next.0);
                walk.through(stay, (*from, until), *hours);
            }
        }
        walk.rest()
    }

    /// Whether a refresh of the type was ever requested.
    pub(super) fn asks(&self, data_type: &str) -> bool {
        let mut targets = self.refreshes.iter().flat_map(|refresh| &refresh.targets);
        targets.any(|it| it.connection == self.connection.id && it.types.includes(data_type))
    }

    fn asked(&self, data_type: &'static str, horizon: Timestamp) -> impl Iterator<Item = Dataset> {
        let of_it = move |refresh: &&Refresh| {
            refresh.requested <= horizon
                && refresh
                    .targets
                    .iter()
                    .any(|it| it.connection == self.connection.id && it.types.includes(data_type))
        };
        self.refreshes
            .iter()
            .filter(of_it)
            .map(move |refresh| self.on_request(refresh.number, data_type, refresh.requested))
    }

    pub(super) fn on_request(&self, number: u64, data_type: &'static str, requested: Timestamp) -> Dataset {
        let id = read_id(self.connection.id, number, data_type);
        self.dataset(
            (id, data_type),
            requested,
            Course::of(self.script_at(requested), data_type, &mut Dice::of(id)),
        )
    }

    /// Splits the schedule at outages, so that all reads of a part have the same outcome.
    fn parted(&self, schedule: &[(Timestamp, u32)]) -> Vec<(Timestamp, u32)> {
        let mut parted = schedule.to_vec();
        for at in self.outages.iter().flat_map(|it| [Some(it.from), it.until]).flatten() {
            if let Some((_, hours)) = schedule.iter().rev().find(|(from, _)| *from < at) {
                parted.push((at, *hours));
            }
        }
        parted.sort_by_key(|(from, _)| *from);
        parted
    }

    /// The connection's scenario applies until the customer authorizes again. An outage overrides it.
    fn script_at(&self, requested: Timestamp) -> Option<Script> {
        if self.outages.iter().any(|it| it.covers(requested)) {
            return Some(Script::Down);
        }
        let first = self.connection.periods.first();
        let over = first.and_then(|it| it.until).is_some_and(|until| until <= requested);
        self.connection.script.filter(|_| !over)
    }

    fn dataset(
        &self,
        (id, data_type): (Uuid, &'static str),
        requested: Timestamp,
        course: Course,
    ) -> Dataset {
        let named = (id, self.connection.id, data_type);
        self.cut(Dataset::new(named, requested, course, |ready| window::window(self.platform, ready).opens))
    }

    /// Ends a read when its connection is no longer linked.
    fn cut(&self, whole: Dataset) -> Dataset {
        let stay = self.stays.iter().rev().find(|stay| stay.from <= whole.requested);
        match stay.and_then(|stay| stay.cut).filter(|cut| whole.requested < cut.at) {
            Some(cut) => whole.cut(cut.at, cut.ending),
            None => whole,
        }
    }
}

/// Builds a series in order of time.
struct Walk<'a> {
    source: &'a Source<'a>,
    nth_type: usize,
    data_type: &'static str,
    horizon: Timestamp,
    asked: core::iter::Peekable<std::vec::IntoIter<Dataset>>,
    /// The end of the last successful or scheduled read. The schedule counts from it.
    good: Option<Timestamp>,
    /// The end of the last read.
    free: Timestamp,
    series: Series,
}

impl Walk<'_> {
    /// Adds the scheduled reads of a part of the schedule within a linked span.
    fn through(&mut self, stay: &Stay, (from, until): (Timestamp, Option<Timestamp>), hours: u32) {
        let from = from.max(stay.from);
        let ends = [until, stay.cut.map(|cut| cut.at)].into_iter().flatten().min();
        if ends.is_some_and(|ends| ends <= from) || from > self.horizon || hours == 0 {
            return;
        }
        while self.asked.peek().is_some_and(|next| next.requested < from) {
            self.take();
        }
        let gap = SignedDuration::from_hours(i64::from(hours));
        let last = ends.unwrap_or(Timestamp::MAX);
        loop {
            let asked = self.asked.peek().map(|next| next.requested).filter(|next| *next < last);
            let due = after(self.good.unwrap_or(stay.from), gap).max(from).max(self.free);
            let beyond = after(self.horizon, SignedDuration::from_nanos(1));
            let stop = asked.unwrap_or(last).min(beyond);
            if due < stop {
                self.run(stay, due, stop, gap);
            } else if asked.is_some() {
                self.take();
            } else {
                if due < last {
                    self.series.next = Some(due);
                }
                return;
            }
        }
    }

    /// Adds the next requested read.
    fn take(&mut self) {
        let Some(dataset) = self.asked.next() else { return };
        if dataset.ending.succeeds() {
            self.good = Some(dataset.ends);
        }
        self.free = dataset.ends;
        self.series.pieces.push(Piece::One(Box::new(dataset)));
    }

    /// Adds the scheduled reads from `due` until before `stop`.
    fn run(&mut self, stay: &Stay, due: Timestamp, stop: Timestamp, gap: SignedDuration) {
        let (source, connection) = (self.source, self.source.connection);
        let script = source.script_at(due);
        let mut dice = Dice::of(connection.id).branch(self.nth_type as u64);
        let course = Course::of(script, self.data_type, &mut dice);
        let ready = after(due, course.queues());
        let window = window::window(source.platform, ready);
        let ended = if window.opens > ready {
            let id = scheduled_id(connection.id, self.nth_type, due);
            let dataset = source.dataset((id, self.data_type), due, course);
            let ends = dataset.ends;
            self.series.pieces.push(Piece::One(Box::new(dataset)));
            ends
        } else {
            let closes = window.closes.checked_sub(course.queues()).unwrap_or(window.closes);
            let step = course.lasts().saturating_add(gap);
            let within = stop.min(closes).duration_since(due).as_nanos() - 1;
            let count = i64::try_from(within / step.as_nanos().max(1)).unwrap_or(i64::MAX - 1) + 1;
            let stretch = Stretch {
                connection: connection.id,
                data_type: self.data_type,
                nth_type: self.nth_type,
                first: due,
                hours: gap,
                course,
                count,
                cut: stay.cut,
            };
            let ends = stretch.last().ends;
            self.series.pieces.push(Piece::Many(stretch));
            ends
        };
        self.good = Some(ended);
        self.free = ended;
    }

    fn rest(mut self) -> Series {
        while self.asked.peek().is_some() {
            self.take();
        }
        self.series
    }
}

impl Stretch {
    /// The start of the `n`th read, counted from 0.
    fn requested(&self, n: i64) -> Timestamp {
        let step = self.course.lasts().saturating_add(self.hours).as_nanos();
        let gone = step.saturating_mul(i128::from(n));
        let whole = i64::try_from(gone / 1_000_000_000).unwrap_or(i64::MAX);
        after(self.first, SignedDuration::new(whole, i32::try_from(gone % 1_000_000_000).unwrap_or(0)))
    }

    fn nth(&self, n: i64) -> Dataset {
        let requested = self.requested(n);
        let named =
            (scheduled_id(self.connection, self.nth_type, requested), self.connection, self.data_type);
        let whole = Dataset::new(named, requested, self.course, |ready| ready);
        match self.cut.filter(|cut| requested < cut.at) {
            Some(cut) => whole.cut(cut.at, cut.ending),
            None => whole,
        }
    }

    fn last(&self) -> Dataset {
        self.nth(self.count - 1)
    }
}

impl Piece {
    pub(super) fn count(&self) -> i64 {
        match self {
            Self::One(_) => 1,
            Self::Many(stretch) => stretch.count,
        }
    }

    /// The `n`th read, counted from 0.
    pub(super) fn nth(&self, n: i64) -> Dataset {
        match self {
            Self::One(dataset) => dataset.as_ref().clone(),
            Self::Many(stretch) => stretch.nth(n),
        }
    }

    /// The reads that ended after `from`, up to and including `to`, oldest first.
    pub(super) fn ended(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = Dataset> + '_ {
        self.perhaps_ended(from, to)
            .map(|n| self.nth(n))
            .filter(move |dataset| from < dataset.ends && dataset.ends <= to)
    }

    /// The indexes of the reads that may have ended after `from`, up to and including `to`: at most two too
    /// many. The reads of a segment do not overlap.
    pub(super) fn perhaps_ended(&self, from: Timestamp, to: Timestamp) -> core::ops::Range<i64> {
        match self {
            Self::One(dataset) => 0..i64::from(from < dataset.ends && dataset.ends <= to),
            Self::Many(stretch) => {
                let step = stretch.course.lasts().saturating_add(stretch.hours).as_nanos().max(1);
                let gone = |at: Timestamp| {
                    let steps = at.duration_since(stretch.first).as_nanos().div_euclid(step);
                    i64::try_from(steps).unwrap_or(i64::MAX - 1)
                };
                gone(from).max(0)..(gone(to) + 1).clamp(0, stretch.count)
            }
        }
    }

    /// The end of the first read for which the predicate holds. It holds for all reads of a segment or for
    /// none.
    pub(super) fn refusal(&self, refused: impl Fn(&Dataset) -> bool) -> Option<Timestamp> {
        let first = self.nth(0);
        refused(&first).then_some(first.ends)
    }

    /// The periods in which the source was used, oldest first. Uses closer than `lapse` are merged.
    pub(super) fn activity(&self, lapse: SignedDuration) -> Vec<(Timestamp, Timestamp)> {
        match self {
            Self::One(dataset) => vec![(dataset.requested, dataset.ends)],
            Self::Many(stretch) if stretch.hours <= lapse => vec![(stretch.first, stretch.last().ends)],
            Self::Many(stretch) => {
                let each = (0..stretch.count).map(|n| stretch.nth(n));
                each.map(|dataset| (dataset.requested, dataset.ends)).collect()
            }
        }
    }
}

impl Series {
    /// The newest read, and the newest that has succeeded by `now`.
    pub(super) fn newest(&self, now: Timestamp) -> (Option<Dataset>, Option<Dataset>) {
        let latest = self.pieces.last().map(|piece| piece.nth(piece.count() - 1));
        let good = self.pieces.iter().rev().find_map(|piece| {
            // Only the last repeated read can be running or interrupted.
            let last = piece.count() - 1;
            (last - 1..=last).rev().filter(|n| *n >= 0).map(|n| piece.nth(n)).find(|it| it.complete(now))
        });
        (latest, good)
    }
}

impl Course {
    /// The timing of a read. The random numbers belong to the read or to its series.
    pub(super) fn of(script: Option<Script>, data_type: &str, dice: &mut Dice) -> Self {
        Self {
            work: SignedDuration::from_millis(i64::from(dice.between(3_000, 9_000))),
            pause: script.map_or(SignedDuration::ZERO, |it| it.pause(data_type, false)),
            ending: script.map_or(Ending::Complete, |it| it.ending(data_type, false)),
        }
    }
}

/// The ID of a scheduled read. No hashing, because a page of history may skip many.
fn scheduled_id(connection: Uuid, nth_type: usize, requested: Timestamp) -> Uuid {
    let nanos = u64::try_from(requested.as_nanosecond()).unwrap_or_default();
    Dice::of(connection).branch(nth_type as u64).branch(nanos).uuid()
}
