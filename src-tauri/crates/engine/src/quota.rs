//! The day's allowance (§4.2): what is known of it, who may spend what, and where it stops.
//!
//! Background work has a share of the day. Half of that is for sweeps; the other half is for looks,
//! keep-alive and schedules, and of it schedules leave a fifth to the two that cannot wait. A person's acts
//! have a stop, at half of the day until somebody says more.

use codat::error::RateLimit;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    class::Class,
    config::Config,
    pace::Pace,
    usage::{DayUsage, Days, Usage},
};

/// Whether a request may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leave {
    /// Now.
    Now,
    /// Not before then.
    At(Timestamp),
    /// Not this day, which ends then, unless the person says so.
    Asks(Timestamp),
    /// Not this day; it ends then.
    Spent(Timestamp),
}

/// A client with no connected company is allowed this many requests a day; each connected company adds as many.
pub(crate) const SMALLEST_ALLOWANCE: u64 = 1_000;
/// Of the half that is not for sweeps, schedules leave this part to looks and keep-alive.
const LEFT_BY_SCHEDULES: u64 = 5;
/// A wait of at most this is for the minute's limit.
const MINUTES_LIMIT: SignedDuration = SignedDuration::from_secs(90);
/// No server is believed that wants longer quiet than this.
const LONGEST_QUIET: SignedDuration = SignedDuration::from_hours(24);

/// The longest that a day is taken to be, where a clock was set back in it.
const LONGEST_DAY: SignedDuration = SignedDuration::from_hours(48);

/// What was spent and what is allowed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Quota {
    day_ends: Option<Timestamp>,
    limit: Option<u64>,
    remaining: Option<u64>,
    today: Usage,
    sweep_bytes: u64,
    days: Days,
    /// The person's stop for this day, in percent, where it was raised.
    raised: Option<u8>,
    pace: Pace,
    /// The server asked for quiet until then.
    blocked_until: Option<Timestamp>,
}

impl Quota {
    /// Whether a request of this class may go now.
    pub(crate) fn leave(&mut self, class: Class, config: &Config, now: Timestamp) -> Leave {
        self.turn_day(now);
        if let Some(until) = self.blocked_until.filter(|until| *until > now) {
            return Leave::At(until);
        }
        if let Some(at) = self.pace.opens(class, config.per_minute, now) {
            return Leave::At(at);
        }
        let ends = self.day_ends.unwrap_or(now);
        if self.remaining == Some(0) {
            return Leave::Spent(ends);
        }
        if class.is_persons() {
            return if self.stops(config, now) { Leave::Asks(ends) } else { Leave::Now };
        }
        if self.share_is_spent(class, config) { Leave::Spent(ends) } else { Leave::Now }
    }

    /// A request goes.
    pub(crate) fn sent(&mut self, class: Class, now: Timestamp) {
        self.turn_day(now);
        self.pace.sent(now);
        self.today.count(class);
    }

    /// What an answer's headers say.
    pub(crate) fn heard(&mut self, rate: Option<RateLimit>) {
        let Some(rate) = rate else { return };
        self.limit = Some(rate.limit);
        self.remaining = Some(rate.remaining.min(rate.limit));
    }

    /// The server said that it was too often, and asked for quiet.
    pub(crate) fn refused(&mut self, until: Timestamp, config: &Config, now: Timestamp) {
        let quiet = until.duration_since(now).min(LONGEST_QUIET);
        if quiet <= MINUTES_LIMIT && self.remaining != Some(0) {
            self.pace.too_fast(config.per_minute, now);
        }
        let until = now.saturating_add(quiet).unwrap_or(Timestamp::MAX);
        self.blocked_until = Some(self.blocked_until.map_or(until, |known| known.max(until)));
    }

    /// A page of a sweep had this many bytes.
    pub(crate) fn read_bytes(&mut self, bytes: u64) {
        self.sweep_bytes = self.sweep_bytes.saturating_add(bytes);
    }

    /// The person lets acts take the day up to this part of it, in percent. Only for the day that it is.
    pub(crate) fn raise(&mut self, percent: u8, now: Timestamp) {
        self.turn_day(now);
        self.raised = Some(percent.min(100));
    }

    /// What is left of what a person's acts may take of the day before the app asks.
    pub(crate) fn left_for_person(&self, config: &Config, now: Timestamp) -> u64 {
        let left = self.stop(config).saturating_sub(self.today(now).total());
        left.min(self.remaining.unwrap_or(u64::MAX))
    }

    /// Whether a person's acts have come to their stop and somebody has to say more.
    pub(crate) fn stops(&self, config: &Config, now: Timestamp) -> bool {
        self.is_today(now) && self.today.total() >= self.stop(config)
    }

    /// Up to how many requests this app takes the day before it asks.
    pub(crate) fn stop(&self, config: &Config) -> u64 {
        percent(self.limit(), self.stop_percent(config))
    }

    /// The same in percent of the day's allowance.
    pub(crate) fn stop_percent(&self, config: &Config) -> u8 {
        self.raised.map_or(config.person_percent, |raised| raised.max(config.person_percent))
    }

    /// The shortest time between two sweeps of so many requests and bytes that this part of the sweeps' half
    /// allows for a day, and not shorter than the floor, in seconds: each kind of sweep has its own.
    pub(crate) fn sweep_interval(
        &self,
        config: &Config,
        requests: u64,
        bytes: u64,
        part: Part,
        floor_secs: i64,
    ) -> SignedDuration {
        let allowed = part.of(self.sweeps_share(config)).max(1);
        let by_requests = 86_400_u64.saturating_mul(requests) / allowed;
        let by_bytes = 86_400_u64.saturating_mul(bytes) / part.of(config.sweep_bytes_a_day).max(1);
        let secs = i64::try_from(by_requests.max(by_bytes)).unwrap_or(i64::MAX);
        SignedDuration::from_secs(secs.clamp(floor_secs.min(86_400), 86_400))
    }

    /// Until when the server wants quiet, if it does.
    pub(crate) fn blocked_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.blocked_until.filter(|until| *until > now)
    }

    /// Whether the server takes nothing more for the day: it says so, or wants quiet until the day begins anew.
    pub(crate) fn is_exhausted(&self, now: Timestamp) -> bool {
        let ends = self.day_ends(now).saturating_sub(MINUTES_LIMIT).unwrap_or(now);
        let quiet = self.blocked_until(now).is_some_and(|until| until >= ends && ends > now);
        self.is_today(now) && (quiet || self.remaining == Some(0))
    }

    /// Whether sweeps have spent what they may spend of this day.
    pub(crate) fn sweeps_are_spent(&self, config: &Config, now: Timestamp) -> bool {
        self.is_today(now) && self.share_is_spent(Class::Sweep, config)
    }

    /// The day's allowance, as far as it is known.
    pub(crate) fn known_limit(&self) -> Option<u64> {
        self.limit
    }

    pub(crate) fn remaining(&self) -> Option<u64> {
        self.remaining
    }

    /// What this app spent today.
    pub(crate) fn today(&self, now: Timestamp) -> Usage {
        if self.is_today(now) { self.today.clone() } else { Usage::default() }
    }

    pub(crate) fn days(&self) -> impl Iterator<Item = &DayUsage> {
        self.days.newest_first()
    }

    /// When the day's allowance begins anew.
    pub(crate) fn day_ends(&self, now: Timestamp) -> Timestamp {
        self.day_ends.filter(|ends| *ends > now).unwrap_or_else(|| next_midnight(now))
    }

    /// Requests a minute at this time.
    pub(crate) fn per_minute(&self, config: &Config, now: Timestamp) -> u32 {
        self.pace.present(config.per_minute, now)
    }

    /// How many of these runs may take.
    pub(crate) fn runs_a_minute(&self, config: &Config, now: Timestamp) -> u32 {
        self.pace.most(Class::Run, config.per_minute, now)
    }

    /// What background work may spend a day.
    pub(crate) fn background_share(&self, config: &Config) -> u64 {
        percent(self.limit(), config.background_percent).max(1)
    }

    fn sweeps_share(&self, config: &Config) -> u64 {
        (self.background_share(config) / 2).max(1)
    }

    fn limit(&self) -> u64 {
        self.limit.unwrap_or(SMALLEST_ALLOWANCE)
    }

    fn share_is_spent(&self, class: Class, config: &Config) -> bool {
        let share = self.background_share(config);
        let sweeps = self.sweeps_share(config);
        let others = share.saturating_sub(share / 2);
        let spent = self.today.background();
        let spent_by_others = spent.saturating_sub(self.today.of(Class::Sweep));
        let own_is_spent = match class {
            Class::Click | Class::Screen | Class::Run => false,
            Class::Sweep => {
                self.today.of(Class::Sweep) >= sweeps || self.sweep_bytes >= config.sweep_bytes_a_day
            }
            Class::Look | Class::KeepAlive => spent_by_others >= others,
            Class::Schedule => spent_by_others >= (others - others / LEFT_BY_SCHEDULES).max(1),
        };
        own_is_spent || spent >= share
    }

    /// Whether the day that is counted is still the one it is. A clock set back does not give a day twice; one
    /// that was far ahead by mistake does not make a day of weeks either.
    fn is_today(&self, now: Timestamp) -> bool {
        self.day_ends.is_some_and(|ends| now < ends && ends.duration_since(now) <= LONGEST_DAY)
    }

    /// The allowance begins anew at midnight UTC.
    fn turn_day(&mut self, now: Timestamp) {
        if self.is_today(now) {
            return;
        }
        let spent = core::mem::take(&mut self.today);
        if let Some(ended) = self.day_ends {
            self.days.close(ended, spent);
        }
        self.day_ends = Some(next_midnight(now));
        self.remaining = self.limit;
        self.sweep_bytes = 0;
        self.raised = None;
    }
}

/// A part of the sweeps' half: full sweeps may have all of it, or leave some to status sweeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// Half of it.
    Half,
}

impl Part {
    fn of(self, whole: u64) -> u64 {
        match self {
            Self::Whole => whole,
            Self::Half => whole / 2,
        }
    }
}

/// So many percent of a figure that a server may have said: however large, it does not overflow.
fn percent(whole: u64, percent: u8) -> u64 {
    u64::try_from(u128::from(whole) * u128::from(percent) / 100).unwrap_or(u64::MAX)
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
mod tests;
