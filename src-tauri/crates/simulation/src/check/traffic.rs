//! All recorded requests: their number by cause, whether they kept within the quota, and whether anything was
//! queued twice.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde_json::Value;

use super::RecordedRequest;
use crate::world::text;

/// The limit of requests in 60 seconds.
const A_MINUTE: usize = 600;
/// The default share of background work, in percent of the daily quota.
const BACKGROUND_PERCENT: u64 = 5;
/// The daily quota if it is not known (§4.2).
const SMALLEST: u64 = 1_000;
/// Older reads have ended.
const ENDED: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Debug, Default)]
pub(crate) struct Traffic {
    /// By cause.
    pub(crate) requests: BTreeMap<&'static str, u64>,
    /// By status; 0: no response.
    pub(crate) answers: BTreeMap<u16, u64>,
    /// Requests that never left the computer.
    pub(crate) unreachable: u64,
    /// Of response bodies.
    pub(crate) bytes: u64,
    /// Violations of the quota.
    pub(crate) breaches: Vec<String>,
    /// Reads that were queued again while they ran.
    pub(crate) queued_twice: Vec<String>,
    /// When the server accepted keep-alive reads, by connection.
    pub(crate) keep_alive_reads: BTreeMap<String, BTreeSet<Timestamp>>,
    /// Requests with the key or the address of another account.
    pub(crate) foreign_requests: Vec<String>,
    /// The most requests in a day, and the quota of that day.
    pub(crate) busiest: (u64, u64),
    minute: VecDeque<Timestamp>,
    day: Option<Date>,
    today: BTreeMap<&'static str, u64>,
    limit: Option<u64>,
    /// Queued reads: when, and their ID.
    asked: BTreeSet<(Timestamp, String)>,
    digest: DefaultHasher,
}

impl Traffic {
    pub(crate) fn add(&mut self, request: &RecordedRequest) {
        let cause = request.cause;
        *self.requests.entry(cause).or_default() += 1;
        *self.answers.entry(request.status).or_default() += 1;
        self.bytes += request.bytes;
        (request.at.as_millisecond(), &request.method, &request.target, request.status, request.bytes)
            .hash(&mut self.digest);
        self.count_minute(request.at);
        self.count_day(cause, request);
        if request.queues_one_type() {
            self.count_read(request);
        }
    }

    /// A digest of all requests with their times and responses. It is equal for equal runs.
    pub(crate) fn digest(&self) -> u64 {
        self.digest.finish()
    }

    fn count_minute(&mut self, at: Timestamp) {
        let minute = SignedDuration::from_mins(1);
        while self.minute.front().is_some_and(|first| at.duration_since(*first) >= minute) {
            self.minute.pop_front();
        }
        self.minute.push_back(at);
        if self.minute.len() > A_MINUTE {
            self.breaches.push(format!("{at}: {} requests in a minute", self.minute.len()));
        }
    }

    fn count_day(&mut self, cause: &'static str, request: &RecordedRequest) {
        let day = TimeZone::UTC.to_datetime(request.at).date();
        if self.day != Some(day) {
            self.day = Some(day);
            self.today.clear();
            self.limit = None;
        }
        *self.today.entry(cause).or_default() += 1;
        self.limit = request.limit.max(self.limit);
        let count = self.today.values().sum();
        if count > self.busiest.0 {
            self.busiest = (count, self.limit.unwrap_or(0));
        }
        self.check_shares(request.at);
    }

    /// Background work has a share of the day, and sweeps have half of it.
    fn check_shares(&mut self, at: Timestamp) {
        let share = (self.limit.unwrap_or(SMALLEST) * BACKGROUND_PERCENT / 100).max(1);
        let of = |cause: &str| self.today.get(cause).copied().unwrap_or(0);
        let background = of("look") + of("sweep") + of("keepAlive") + of("schedule");
        let (sweeps, half) = (of("sweep"), (share / 2).max(1));
        if background == share + 1 {
            self.breaches
                .push(format!("{at}: background work took more than its {share} requests of the day"));
        }
        if sweeps == half + 1 {
            self.breaches.push(format!("{at}: sweeps took more than their {half} requests of the day"));
        }
    }

    fn count_read(&mut self, request: &RecordedRequest) {
        let said: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        if request.status == 200 {
            let long_ago = request.at.saturating_sub(ENDED).unwrap_or(Timestamp::MIN);
            while self.asked.first().is_some_and(|(at, _)| *at < long_ago) {
                self.asked.pop_first();
            }
            self.asked.insert((request.at, text(&said, "id").to_owned()));
            if let Some(connection) = request.connection().filter(|_| request.cause == "keepAlive") {
                self.keep_alive_reads.entry(connection.to_owned()).or_default().insert(request.at);
            }
            return;
        }
        // "… as previous sync 1f0c… is still in progress" (§2.11).
        let error = text(&said, "error");
        let running = error.split_once("previous sync ").and_then(|(_, rest)| rest.split(' ').next());
        if let Some(running) = running.filter(|id| self.asked.iter().any(|(_, asked)| asked == id)) {
            self.queued_twice.push(format!("{}: {} while {running} ran", request.at, request.target));
        }
    }
}
