//! All reads of one type on one connection up to a given time: initial, requested and scheduled ones.
//! Scheduled reads are stored as arithmetic sequences, so that a year of them is counted without iterating.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{
    dataset::{Dataset, ReadTiming, after, read_id},
    initial,
    refresh::Refresh,
    window,
};
use crate::{
    data_type,
    integration::Platform,
    outage::{Outage, Outages},
    read_outcome::{ReadOutcome, ReadScenario},
    record::{ConnectionRecord, Period},
    seed::Rng,
};

/// Consecutive reads, oldest first.
#[derive(Debug, Clone)]
pub(super) enum Segment {
    Single(Box<Dataset>),
    Repeated(RepeatedReads),
}

/// Scheduled reads at a constant distance: each starts one interval after the one before ended.
#[derive(Debug, Clone)]
pub(super) struct RepeatedReads {
    connection: Uuid,
    data_type: &'static str,
    nth_type: usize,
    first: Timestamp,
    interval: SignedDuration,
    course: ReadTiming,
    /// At least 1.
    count: i64,
    link_end: Option<LinkEnd>,
}

/// The end of a linked span, and the outcome of a read that was running then.
#[derive(Debug, Clone, Copy)]
pub(super) struct LinkEnd {
    pub(super) at: Timestamp,
    ending: ReadOutcome,
}

/// A period in which the connection was linked without interruption. Renewals do not interrupt it.
#[derive(Debug, Clone)]
pub(super) struct LinkedSpan {
    pub(super) from: Timestamp,
    pub(super) end: Option<LinkEnd>,
    pub(super) authorized: Vec<Timestamp>,
}

/// The reads of one type on one connection up to a given time.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) segments: Vec<Segment>,
    /// When the next read is due if nothing changes.
    pub(super) next: Option<Timestamp>,
}

/// The inputs of a connection's series.
pub(super) struct SeriesSource<'a> {
    pub(super) connection: &'a ConnectionRecord,
    pub(super) platform: &'static Platform,
    pub(super) linked_spans: Vec<LinkedSpan>,
    pub(super) refreshes: &'a [Refresh],
    /// When the initial reads started.
    pub(super) initial_reads_start: Option<Timestamp>,
    /// The outages of the platform.
    outages: Vec<Outage>,
}

/// Oldest first.
pub(super) fn linked_spans(connection: &ConnectionRecord) -> Vec<LinkedSpan> {
    let mut linked_spans: Vec<LinkedSpan> = Vec::new();
    for Period { from, until } in connection.linked_periods().iter() {
        let cut = until.map(|at| {
            let ending =
                if connection.is_withdrawn_at(at) { ReadOutcome::AuthError } else { ReadOutcome::Cancelled };
            LinkEnd { at, ending }
        });
        match linked_spans.last_mut().filter(|last| last.end.is_some_and(|cut| cut.at == *from)) {
            Some(last) => {
                last.end = cut;
                last.authorized.push(*from);
            }
            None => linked_spans.push(LinkedSpan { from: *from, end: cut, authorized: vec![*from] }),
        }
    }
    linked_spans
}

impl<'a> SeriesSource<'a> {
    /// None if the platform has no data types.
    pub(super) fn new(
        connection: &'a ConnectionRecord,
        refreshes: &'a [Refresh],
        outages: &Outages,
    ) -> Option<Self> {
        let platform = connection.platform()?;
        let initial_reads_start = initial::initial_reads_start(connection, platform);
        let outages = outages.for_platform(&connection.key).cloned().collect();
        Some(Self {
            connection,
            platform,
            linked_spans: linked_spans(connection),
            refreshes,
            initial_reads_start,
            outages,
        })
    }

    /// The platform's types, each with its index.
    pub(super) fn types(&self) -> impl Iterator<Item = (usize, &'static str)> + use<> {
        data_type::supported(self.platform.kind).iter().copied().enumerate()
    }

    /// The series of the type with this index and schedule, up to and including `horizon`.
    pub(super) fn series(
        &self,
        (nth_type, data_type): (usize, &'static str),
        schedule: &[(Timestamp, u32)],
        horizon: Timestamp,
    ) -> Series {
        let initial_reads = self.initial_reads_start.map(|initial_reads_start| {
            initial::initial_reads(self.connection, self.platform, (nth_type, data_type), initial_reads_start)
        });
        let mut requested_reads: Vec<Dataset> =
            initial_reads.into_iter().flatten().map(|dataset| self.end_with_link(dataset)).collect();
        requested_reads.extend(self.requested_reads(data_type, horizon));
        requested_reads.sort_by_key(|dataset| dataset.requested);
        let mut builder = SeriesBuilder {
            source: self,
            nth_type,
            data_type,
            horizon,
            requested_reads: requested_reads.into_iter().peekable(),
            last_success: None,
            busy_until: Timestamp::MIN,
            series: Series { segments: Vec::new(), next: None },
        };
        let schedule = self.split_at_outages(schedule);
        for stay in &self.linked_spans {
            for (n, (from, hours)) in schedule.iter().enumerate() {
                let until = schedule.get(n + 1).map(|next| next.0);
                builder.add_scheduled(stay, (*from, until), *hours);
            }
        }
        builder.finish()
    }

    /// Whether a refresh of the type was ever requested.
    pub(super) fn is_requested(&self, data_type: &str) -> bool {
        let mut targets = self.refreshes.iter().flat_map(|refresh| &refresh.targets);
        targets.any(|it| it.connection == self.connection.id && it.types.includes(data_type))
    }

    fn requested_reads(&self, data_type: &'static str, horizon: Timestamp) -> impl Iterator<Item = Dataset> {
        let includes_type = move |refresh: &&Refresh| {
            refresh.requested <= horizon
                && refresh
                    .targets
                    .iter()
                    .any(|it| it.connection == self.connection.id && it.types.includes(data_type))
        };
        self.refreshes
            .iter()
            .filter(includes_type)
            .map(move |refresh| self.requested_read(refresh.number, data_type, refresh.requested))
    }

    pub(super) fn requested_read(
        &self,
        number: u64,
        data_type: &'static str,
        requested: Timestamp,
    ) -> Dataset {
        let id = read_id(self.connection.id, number, data_type);
        self.dataset(
            (id, data_type),
            requested,
            ReadTiming::for_scenario(self.scenario_at(requested), data_type, &mut Rng::from_id(id)),
        )
    }

    /// Splits the schedule at outages, so that all reads of a part have the same outcome.
    fn split_at_outages(&self, schedule: &[(Timestamp, u32)]) -> Vec<(Timestamp, u32)> {
        let mut split_at_outages = schedule.to_vec();
        for at in self.outages.iter().flat_map(|it| [Some(it.from), it.until]).flatten() {
            if let Some((_, hours)) = schedule.iter().rev().find(|(from, _)| *from < at) {
                split_at_outages.push((at, *hours));
            }
        }
        split_at_outages.sort_by_key(|(from, _)| *from);
        split_at_outages
    }

    /// The connection's scenario applies until the customer authorizes again. An outage overrides it.
    fn scenario_at(&self, requested: Timestamp) -> Option<ReadScenario> {
        if self.outages.iter().any(|it| it.contains(requested)) {
            return Some(ReadScenario::Down);
        }
        let first = self.connection.periods.first();
        let over = first.and_then(|it| it.until).is_some_and(|until| until <= requested);
        self.connection.scenario.filter(|_| !over)
    }

    fn dataset(
        &self,
        (id, data_type): (Uuid, &'static str),
        requested: Timestamp,
        course: ReadTiming,
    ) -> Dataset {
        let named = (id, self.connection.id, data_type);
        self.end_with_link(Dataset::new(named, requested, course, |ready| {
            window::next_window(self.platform, ready).opens
        }))
    }

    /// Ends a read when its connection is no longer linked.
    fn end_with_link(&self, whole: Dataset) -> Dataset {
        let stay = self.linked_spans.iter().rev().find(|stay| stay.from <= whole.requested);
        match stay.and_then(|stay| stay.end).filter(|end_with_link| whole.requested < end_with_link.at) {
            Some(end_with_link) => whole.interrupt(end_with_link.at, end_with_link.ending),
            None => whole,
        }
    }
}

/// Builds a series in order of time.
struct SeriesBuilder<'a> {
    source: &'a SeriesSource<'a>,
    nth_type: usize,
    data_type: &'static str,
    horizon: Timestamp,
    requested_reads: core::iter::Peekable<std::vec::IntoIter<Dataset>>,
    /// The end of the last successful or scheduled read. The schedule counts from it.
    last_success: Option<Timestamp>,
    /// The end of the last read.
    busy_until: Timestamp,
    series: Series,
}

impl SeriesBuilder<'_> {
    /// Adds the scheduled reads of a part of the schedule within a linked span.
    fn add_scheduled(
        &mut self,
        stay: &LinkedSpan,
        (from, until): (Timestamp, Option<Timestamp>),
        hours: u32,
    ) {
        let from = from.max(stay.from);
        let ends = [until, stay.end.map(|cut| cut.at)].into_iter().flatten().min();
        if ends.is_some_and(|ends| ends <= from) || from > self.horizon || hours == 0 {
            return;
        }
        while self.requested_reads.peek().is_some_and(|next| next.requested < from) {
            self.push_requested();
        }
        let gap = SignedDuration::from_hours(i64::from(hours));
        let last = ends.unwrap_or(Timestamp::MAX);
        loop {
            let requested =
                self.requested_reads.peek().map(|next| next.requested).filter(|next| *next < last);
            let due = after(self.last_success.unwrap_or(stay.from), gap).max(from).max(self.busy_until);
            let beyond = after(self.horizon, SignedDuration::from_nanos(1));
            let stop = requested.unwrap_or(last).min(beyond);
            if due < stop {
                self.push_scheduled(stay, due, stop, gap);
            } else if requested.is_some() {
                self.push_requested();
            } else {
                if due < last {
                    self.series.next = Some(due);
                }
                return;
            }
        }
    }

    /// Adds the next requested read.
    fn push_requested(&mut self) {
        let Some(dataset) = self.requested_reads.next() else { return };
        if dataset.outcome.succeeds() {
            self.last_success = Some(dataset.ends);
        }
        self.busy_until = dataset.ends;
        self.series.segments.push(Segment::Single(Box::new(dataset)));
    }

    /// Adds the scheduled reads from `due` until before `stop`.
    fn push_scheduled(&mut self, stay: &LinkedSpan, due: Timestamp, stop: Timestamp, gap: SignedDuration) {
        let (source, connection) = (self.source, self.source.connection);
        let script = source.scenario_at(due);
        let mut rng = Rng::from_id(connection.id).branch(self.nth_type as u64);
        let course = ReadTiming::for_scenario(script, self.data_type, &mut rng);
        let ready = after(due, course.queue_delay());
        let window = window::next_window(source.platform, ready);
        let ended = if window.opens > ready {
            let id = scheduled_id(connection.id, self.nth_type, due);
            let dataset = source.dataset((id, self.data_type), due, course);
            let ends = dataset.ends;
            self.series.segments.push(Segment::Single(Box::new(dataset)));
            ends
        } else {
            let closes = window.closes.checked_sub(course.queue_delay()).unwrap_or(window.closes);
            let step = course.duration().saturating_add(gap);
            let within = stop.min(closes).duration_since(due).as_nanos() - 1;
            let count = i64::try_from(within / step.as_nanos().max(1)).unwrap_or(i64::MAX - 1) + 1;
            let stretch = RepeatedReads {
                connection: connection.id,
                data_type: self.data_type,
                nth_type: self.nth_type,
                first: due,
                interval: gap,
                course,
                count,
                link_end: stay.end,
            };
            let ends = stretch.last().ends;
            self.series.segments.push(Segment::Repeated(stretch));
            ends
        };
        self.last_success = Some(ended);
        self.busy_until = ended;
    }

    fn finish(mut self) -> Series {
        while self.requested_reads.peek().is_some() {
            self.push_requested();
        }
        self.series
    }
}

impl RepeatedReads {
    /// The start of the `n`th read, counted from 0.
    fn requested(&self, n: i64) -> Timestamp {
        let step = self.course.duration().saturating_add(self.interval).as_nanos();
        let gone = step.saturating_mul(i128::from(n));
        let whole = i64::try_from(gone / 1_000_000_000).unwrap_or(i64::MAX);
        after(self.first, SignedDuration::new(whole, i32::try_from(gone % 1_000_000_000).unwrap_or(0)))
    }

    fn nth(&self, n: i64) -> Dataset {
        let requested = self.requested(n);
        let named =
            (scheduled_id(self.connection, self.nth_type, requested), self.connection, self.data_type);
        let whole = Dataset::new(named, requested, self.course, |ready| ready);
        match self.link_end.filter(|link_end| requested < link_end.at) {
            Some(link_end) => whole.interrupt(link_end.at, link_end.ending),
            None => whole,
        }
    }

    fn last(&self) -> Dataset {
        self.nth(self.count - 1)
    }
}

impl Segment {
    pub(super) fn count(&self) -> i64 {
        match self {
            Self::Single(_) => 1,
            Self::Repeated(stretch) => stretch.count,
        }
    }

    /// The `n`th read, counted from 0.
    pub(super) fn nth(&self, n: i64) -> Dataset {
        match self {
            Self::Single(dataset) => dataset.as_ref().clone(),
            Self::Repeated(stretch) => stretch.nth(n),
        }
    }

    /// The reads that ended after `from`, up to and including `to`, oldest first.
    pub(super) fn ended_between(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = Dataset> + '_ {
        self.may_have_ended(from, to)
            .map(|n| self.nth(n))
            .filter(move |dataset| from < dataset.ends && dataset.ends <= to)
    }

    /// The indexes of the reads that may have ended after `from`, up to and including `to`: at most two too
    /// many. The reads of a segment do not overlap.
    pub(super) fn may_have_ended(&self, from: Timestamp, to: Timestamp) -> core::ops::Range<i64> {
        match self {
            Self::Single(dataset) => 0..i64::from(from < dataset.ends && dataset.ends <= to),
            Self::Repeated(stretch) => {
                let step = stretch.course.duration().saturating_add(stretch.interval).as_nanos().max(1);
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
    pub(super) fn access_denied_at(&self, refused: impl Fn(&Dataset) -> bool) -> Option<Timestamp> {
        let first = self.nth(0);
        refused(&first).then_some(first.ends)
    }

    /// The periods in which the source was used, oldest first. Uses closer than `lapse` are merged.
    pub(super) fn activity_spans(&self, lapse: SignedDuration) -> Vec<(Timestamp, Timestamp)> {
        match self {
            Self::Single(dataset) => vec![(dataset.requested, dataset.ends)],
            Self::Repeated(stretch) if stretch.interval <= lapse => {
                vec![(stretch.first, stretch.last().ends)]
            }
            Self::Repeated(stretch) => {
                let each = (0..stretch.count).map(|n| stretch.nth(n));
                each.map(|dataset| (dataset.requested, dataset.ends)).collect()
            }
        }
    }
}

impl Series {
    /// The newest read, and the newest that has succeeded by `now`.
    pub(super) fn latest_and_last_success(&self, now: Timestamp) -> (Option<Dataset>, Option<Dataset>) {
        let latest = self.segments.last().map(|piece| piece.nth(piece.count() - 1));
        let good = self.segments.iter().rev().find_map(|piece| {
            // Only the last repeated read can be running or interrupted.
            let last = piece.count() - 1;
            (last - 1..=last).rev().filter(|n| *n >= 0).map(|n| piece.nth(n)).find(|it| it.is_complete(now))
        });
        (latest, good)
    }
}

impl ReadTiming {
    /// The timing of a read. The random numbers belong to the read or to its series.
    pub(super) fn for_scenario(script: Option<ReadScenario>, data_type: &str, rng: &mut Rng) -> Self {
        Self {
            work: SignedDuration::from_millis(i64::from(rng.between(3_000, 9_000))),
            pause: script.map_or(SignedDuration::ZERO, |it| it.pause(data_type, false)),
            outcome: script.map_or(ReadOutcome::Complete, |it| it.outcome(data_type, false)),
        }
    }
}

/// The ID of a scheduled read. No hashing, because a page of history may skip many.
fn scheduled_id(connection: Uuid, nth_type: usize, requested: Timestamp) -> Uuid {
    let nanos = u64::try_from(requested.as_nanosecond()).unwrap_or_default();
    Rng::from_id(connection).branch(nth_type as u64).branch(nanos).uuid()
}
