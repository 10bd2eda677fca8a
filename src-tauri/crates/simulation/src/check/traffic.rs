//! All that went over the line: how much of what, whether it kept within the budget, and whether anything
//! was asked for twice.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde_json::Value;

use super::Heard;
use crate::world::text;

/// The most requests in any sixty seconds.
const A_MINUTE: usize = 600;
/// What background work may spend of a day, in percent: the product's standard.
const BACKGROUND_PERCENT: u64 = 5;
/// The allowance of a day where nothing is known of it (§4.2).
const SMALLEST: u64 = 1_000;
/// Reads that were asked for longer ago have long ended.
const ENDED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// All that went over the line.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    /// By what they were for.
    pub(crate) requests: BTreeMap<&'static str, u64>,
    /// Answers by status; 0: no answer.
    pub(crate) answers: BTreeMap<u16, u64>,
    /// That never left the computer.
    pub(crate) unreachable: u64,
    /// Of answers' bodies.
    pub(crate) bytes: u64,
    /// When there were more than the budget has.
    pub(crate) breaches: Vec<String>,
    /// What was asked for a second time while it ran.
    pub(crate) doubled: Vec<String>,
    /// When the server took reads to keep idle clocks from ending, by connection.
    pub(crate) kept_alive: BTreeMap<String, BTreeSet<Timestamp>>,
    /// Requests with another account's key or address.
    pub(crate) strangers: Vec<String>,
    /// The most requests of a day, by cause together, and the allowance of that day.
    pub(crate) busiest: (u64, u64),
    minute: VecDeque<Timestamp>,
    day: Option<Date>,
    today: BTreeMap<&'static str, u64>,
    limit: Option<u64>,
    /// The reads that were asked for: when, by ID.
    asked: BTreeSet<(Timestamp, String)>,
    digest: DefaultHasher,
}

impl Traffic {
    pub(crate) fn take(&mut self, heard: &Heard) {
        let cause = heard.cause;
        *self.requests.entry(cause).or_default() += 1;
        *self.answers.entry(heard.status).or_default() += 1;
        self.bytes += heard.bytes;
        (heard.at.as_millisecond(), &heard.method, &heard.target, heard.status, heard.bytes)
            .hash(&mut self.digest);
        self.count_minute(heard.at);
        self.count_day(cause, heard);
        if heard.queues() {
            self.count_read(heard);
        }
    }

    /// Tells runs apart: the same digest, the same requests at the same times with the same answers.
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

    fn count_day(&mut self, cause: &'static str, heard: &Heard) {
        let day = TimeZone::UTC.to_datetime(heard.at).date();
        if self.day != Some(day) {
            self.day = Some(day);
            self.today.clear();
            self.limit = None;
        }
        *self.today.entry(cause).or_default() += 1;
        self.limit = heard.limit.max(self.limit);
        let count = self.today.values().sum();
        if count > self.busiest.0 {
            self.busiest = (count, self.limit.unwrap_or(0));
        }
        self.keep_to_shares(heard.at);
    }

    /// Background work has a share of the day, and sweeps have half of it.
    fn keep_to_shares(&mut self, at: Timestamp) {
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

    fn count_read(&mut self, heard: &Heard) {
        let said: Value = serde_json::from_slice(&heard.said).unwrap_or_default();
        if heard.status == 200 {
            let long_ago = heard.at.saturating_sub(ENDED).unwrap_or(Timestamp::MIN);
            while self.asked.first().is_some_and(|(at, _)| *at < long_ago) {
                self.asked.pop_first();
            }
            self.asked.insert((heard.at, text(&said, "id").to_owned()));
            if let Some(connection) = heard.connection().filter(|_| heard.cause == "keepAlive") {
                self.kept_alive.entry(connection.to_owned()).or_default().insert(heard.at);
            }
            return;
        }
        // "… as previous sync 1f0c… is still in progress" (§2.11).
        let error = text(&said, "error");
        let running = error.split_once("previous sync ").and_then(|(_, rest)| rest.split(' ').next());
        if let Some(running) = running.filter(|id| self.asked.iter().any(|(_, asked)| asked == id)) {
            self.doubled.push(format!("{}: {} while {running} ran", heard.at, heard.target));
        }
    }
}
