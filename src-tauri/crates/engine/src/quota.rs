//! The day's allowance and the minute's (§4.2), and who may spend what of them.

use std::collections::VecDeque;

use codat::error::RateLimit;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::config::Config;

/// What a request is for; the budget of each is its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Class {
    /// A person waits for it.
    Person,
    /// A run that a person began.
    Run,
    /// Confirming what a sweep found.
    Look,
    /// A run that nobody waits for.
    Background,
    /// Reading the portfolio.
    Sweep,
}

/// Whether a request may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leave {
    /// Now.
    Now,
    /// Not before then.
    At(Timestamp),
    /// Not this day; it ends then.
    Spent(Timestamp),
}

/// Requests of each minute that runs leave to a person and to looks.
pub(crate) const RESERVE: u32 = 20;
/// A client with no connected company is allowed this many requests a day.
const SMALLEST_ALLOWANCE: u64 = 1_000;

/// What was spent and what is allowed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Quota {
    day_ends: Option<Timestamp>,
    limit: Option<u64>,
    remaining: Option<u64>,
    person: u64,
    look: u64,
    #[serde(default)]
    run: u64,
    #[serde(default)]
    background: u64,
    sweep: u64,
    sweep_bytes: u64,
    /// Sends of the last minute.
    #[serde(skip)]
    minute: VecDeque<Timestamp>,
    /// The server asked for quiet until then.
    blocked_until: Option<Timestamp>,
}

impl Quota {
    pub(crate) fn new() -> Self {
        Self {
            day_ends: None,
            limit: None,
            remaining: None,
            person: 0,
            look: 0,
            run: 0,
            background: 0,
            sweep: 0,
            sweep_bytes: 0,
            minute: VecDeque::new(),
            blocked_until: None,
        }
    }

    /// Whether a request of this class may go now.
    pub(crate) fn leave(&mut self, class: Class, config: &Config, now: Timestamp) -> Leave {
        self.turn_day(now);
        if let Some(until) = self.blocked_until.filter(|until| *until > now) {
            return Leave::At(until);
        }
        if let Some(at) = self.minute_opens(class, config, now) {
            return Leave::At(at);
        }
        if self.spent(class, config) {
            return Leave::Spent(self.day_ends.unwrap_or(now));
        }
        Leave::Now
    }

    /// A request goes.
    pub(crate) fn sent(&mut self, class: Class, now: Timestamp) {
        self.turn_day(now);
        self.minute.push_back(now);
        match class {
            Class::Person => self.person += 1,
            Class::Run => self.run += 1,
            Class::Look => self.look += 1,
            Class::Background => self.background += 1,
            Class::Sweep => self.sweep += 1,
        }
    }

    /// What an answer's headers say.
    pub(crate) fn heard(&mut self, rate: Option<RateLimit>) {
        let Some(rate) = rate else { return };
        self.limit = Some(rate.limit);
        self.remaining = Some(rate.remaining);
    }

    /// The server asked for quiet.
    pub(crate) fn block(&mut self, until: Timestamp) {
        self.blocked_until = Some(self.blocked_until.map_or(until, |known| known.max(until)));
    }

    /// A page of a sweep had this many bytes.
    pub(crate) fn read_bytes(&mut self, bytes: u64) {
        self.sweep_bytes += bytes;
    }

    /// The shortest time between two sweeps of so many requests and bytes that the shares allow for a day.
    pub(crate) fn sweep_interval(&self, config: &Config, requests: u64, bytes: u64) -> SignedDuration {
        let allowed = (self.background_share(config) / 2).max(1);
        let by_requests = 86_400 * requests / allowed;
        let by_bytes = 86_400 * bytes / config.sweep_bytes_a_day.max(1);
        let secs = i64::try_from(by_requests.max(by_bytes)).unwrap_or(i64::MAX);
        SignedDuration::from_secs(secs.clamp(config.sweep_floor_secs, 86_400))
    }

    pub(crate) fn blocked_until(&self) -> Option<Timestamp> {
        self.blocked_until
    }

    pub(crate) fn limit(&self) -> Option<u64> {
        self.limit
    }

    pub(crate) fn remaining(&self) -> Option<u64> {
        self.remaining
    }

    /// What is left of the share that a person may take of a day without being asked.
    pub(crate) fn left_for_person(&self, config: &Config) -> u64 {
        let limit = self.limit.unwrap_or(SMALLEST_ALLOWANCE);
        let share = limit * u64::from(config.person_percent) / 100;
        share.saturating_sub(self.used_today()).min(self.remaining.unwrap_or(u64::MAX))
    }

    pub(crate) fn used_today(&self) -> u64 {
        self.person + self.run + self.look + self.background + self.sweep
    }

    fn background_share(&self, config: &Config) -> u64 {
        self.limit.unwrap_or(SMALLEST_ALLOWANCE) * u64::from(config.background_percent) / 100
    }

    fn spent(&self, class: Class, config: &Config) -> bool {
        let limit = self.limit.unwrap_or(SMALLEST_ALLOWANCE);
        let share = self.background_share(config).max(1);
        match class {
            Class::Person | Class::Run => {
                self.used_today() >= limit * u64::from(config.person_percent) / 100
                    || self.remaining == Some(0)
            }
            Class::Look | Class::Background => {
                self.look + self.background + self.sweep >= share || self.remaining == Some(0)
            }
            Class::Sweep => {
                self.sweep >= (share / 2).max(1)
                    || self.sweep_bytes >= config.sweep_bytes_a_day
                    || self.remaining == Some(0)
            }
        }
    }

    fn minute_opens(&mut self, class: Class, config: &Config, now: Timestamp) -> Option<Timestamp> {
        let minute = SignedDuration::from_mins(1);
        while self.minute.front().is_some_and(|sent| now.duration_since(*sent) >= minute || *sent > now) {
            self.minute.pop_front();
        }
        let reserve = match class {
            Class::Run | Class::Background => RESERVE,
            Class::Person | Class::Look | Class::Sweep => 0,
        };
        let most = usize::try_from(config.per_minute.saturating_sub(reserve).max(1)).unwrap_or(usize::MAX);
        let over = self.minute.len().checked_sub(most)?;
        self.minute.get(over).and_then(|sent| sent.checked_add(minute).ok())
    }

    /// The allowance begins anew at midnight UTC. A clock set back does not give a day twice.
    fn turn_day(&mut self, now: Timestamp) {
        let midnight = next_midnight(now);
        match self.day_ends {
            Some(ends) if now < ends && midnight.duration_since(ends) <= SignedDuration::from_hours(24) => {}
            Some(_) | None => {
                let limit = self.limit;
                let minute = core::mem::take(&mut self.minute);
                *self = Self {
                    day_ends: Some(midnight),
                    limit,
                    remaining: limit,
                    minute,
                    blocked_until: self.blocked_until,
                    ..Self::new()
                };
            }
        }
    }
}

fn next_midnight(now: Timestamp) -> Timestamp {
    let today = TimeZone::UTC.to_datetime(now).date();
    today
        .tomorrow()
        .ok()
        .and_then(|day| TimeZone::UTC.to_timestamp(day.to_datetime(jiff::civil::Time::midnight())).ok())
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn rate(limit: u64, remaining: u64) -> Option<RateLimit> {
        Some(RateLimit { limit, remaining, reset: None })
    }

    #[test]
    fn background_work_stops_at_its_share_and_a_person_goes_on() {
        let config = Config::default();
        let mut quota = Quota::new();
        quota.heard(rate(61_000, 61_000));
        let now = at("2026-11-23T10:00:00Z");
        quota.leave(Class::Sweep, &config, now);
        quota.heard(rate(61_000, 50_000));
        quota.sweep = 61_000 * 5 / 100 / 2;
        assert_eq!(quota.leave(Class::Sweep, &config, now), Leave::Spent(at("2026-11-24T00:00:00Z")));
        assert_eq!(quota.leave(Class::Look, &config, now), Leave::Now, "looks have the other half");
        quota.look = 61_000 * 5 / 100;
        assert_eq!(quota.leave(Class::Look, &config, now), Leave::Spent(at("2026-11-24T00:00:00Z")));
        assert_eq!(quota.leave(Class::Person, &config, now), Leave::Now);
        quota.person = 61_000 / 2;
        assert_eq!(quota.leave(Class::Person, &config, now), Leave::Spent(at("2026-11-24T00:00:00Z")));
        assert_eq!(quota.leave(Class::Person, &config, at("2026-11-24T00:00:00Z")), Leave::Now, "a new day");
    }

    #[test]
    fn the_sweep_interval_grows_with_the_portfolio_and_never_falls_below_the_floor() {
        let config = Config::default();
        let mut quota = Quota::new();
        quota.heard(rate(61_000, 61_000));
        assert_eq!(quota.sweep_interval(&config, 1, 100_000), SignedDuration::from_secs(60));
        quota.heard(rate(595_000, 595_000));
        assert_eq!(
            quota.sweep_interval(&config, 200, 1_000),
            SignedDuration::from_secs(86_400 * 200 / 14_875)
        );
        assert_eq!(
            quota.sweep_interval(&config, 1, 500_000_000),
            SignedDuration::from_secs(8_640),
            "5 GB a day"
        );
    }

    proptest! {
        #[test]
        fn no_minute_has_more_requests_than_allowed(gaps in prop::collection::vec(0_i64..400, 1..3_000)) {
            let config = Config { per_minute: 60, ..Config::default() };
            let mut quota = Quota::new();
            quota.heard(rate(100_000_000, 100_000_000));
            let mut now = at("2026-11-23T10:00:00Z");
            let mut sent: Vec<Timestamp> = Vec::new();
            for gap in gaps {
                now = now.checked_add(SignedDuration::from_millis(gap)).unwrap();
                if let Leave::At(later) = quota.leave(Class::Person, &config, now) {
                    prop_assert!(later > now);
                    now = later;
                }
                prop_assert_eq!(quota.leave(Class::Person, &config, now), Leave::Now);
                quota.sent(Class::Person, now);
                sent.push(now);
            }
            for window in sent.windows(61) {
                prop_assert!(window[60].duration_since(window[0]) >= SignedDuration::from_mins(1));
            }
        }
    }
}
