//! The day's allowance (§4.2): what is known of it, who may spend what, and where it stops.
//!
//! Background work has a share of the day. Half of that is for sweeps; the other half is for looks,
//! keep-alive and schedules, and of it schedules leave a fifth to the two that cannot wait. A person's acts
//! have a stop, at half of the day until somebody says more.
//!
//! What was spent survives a crash: before requests go, it is written down that some more may, and they go
//! within that reserve. Half of it used, it is written down anew. Who finds a reserve that was not given back
//! does not know what of it was used, and counts all of it as spent, by whoever asks.

use codat::error::{RateLimit, RetryAfter};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    class::Class,
    config::Config,
    machine::PATIENCE,
    pace::Pace,
    reach::believed,
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
const LONGEST_QUIET: SignedDuration = RetryAfter::LONGEST;
/// By so much the clocks of two computers may differ.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(1);
/// That a day which has just begun is spent is believed for so long.
const DOUBT: SignedDuration = SignedDuration::from_mins(10);

/// The reserve is this part of the day, within bounds: small enough that a crash costs little, large enough that
/// writing is seldom.
const RESERVE_PART: u64 = 500;
const SMALLEST_RESERVE: u64 = 2;
const LARGEST_RESERVE: u64 = 100;

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
    /// That nothing is left of the day was heard when it had hardly begun here: at the server it may still have been
    /// the day before. It is asked again then.
    #[serde(default)]
    doubted_until: Option<Timestamp>,
    /// Nothing goes until then, since the server asked for quiet.
    blocked_until: Option<Timestamp>,
    /// The quiet as the server asked for it, a day at most.
    #[serde(default)]
    asked_until: Option<Timestamp>,
    /// When it asked.
    #[serde(default)]
    blocked_at: Option<Timestamp>,
    /// A person has tried in spite of the quiet.
    #[serde(default)]
    has_tried: bool,
    /// So many more requests may go before what was spent is written down again.
    reserved: u64,
    /// Requests that went since it was written down.
    #[serde(skip)]
    unwritten: u64,
    /// Requests of today that may have gone before a crash, nobody knows for what.
    lost: u64,
}

impl Quota {
    /// A day of this allowance of which nothing is spent.
    pub(crate) fn unspent(limit: u64) -> Self {
        Self { limit: Some(limit), remaining: Some(limit), ..Self::default() }
    }

    /// Whether a request of this class may go now.
    pub(crate) fn leave(&mut self, class: Class, config: &Config, now: Timestamp) -> Leave {
        self.turn_day(now);
        // Further ahead than it was ever set: the clock was set back since.
        let furthest = now.saturating_add(LONGEST_QUIET).unwrap_or(Timestamp::MAX);
        if let Some(until) = self.blocked_until.filter(|until| *until > now && *until <= furthest)
            && !self.may_try(class, until, now)
        {
            return Leave::At(until);
        }
        if let Some(at) = self.pace.opens(class, config.per_minute, now) {
            return Leave::At(at);
        }
        let ends = self.day_ends.unwrap_or(now);
        if self.remaining == Some(0) {
            match self.doubted_until {
                Some(until) if until <= now => {}
                doubted => return Leave::Spent(doubted.unwrap_or(ends)),
            }
        }
        if class.is_persons() {
            return if self.stops(config, now) { Leave::Asks(ends) } else { Leave::Now };
        }
        if self.share_is_spent(class, config) { Leave::Spent(ends) } else { Leave::Now }
    }

    /// A request goes.
    pub(crate) fn sent(&mut self, class: Class, now: Timestamp) {
        self.turn_day(now);
        self.has_tried |= self.blocked_until(now).is_some();
        self.pace.sent(now);
        self.today.count(class);
        self.unwritten += 1;
    }

    /// Whether it has to be written down what was spent before another request goes.
    pub(crate) fn has_to_be_written(&self) -> bool {
        self.unwritten >= self.reserved / 2
    }

    /// It is written down what was spent, and that so many more requests may go.
    pub(crate) fn reserve(&mut self) {
        self.reserved = (self.limit() / RESERVE_PART).clamp(SMALLEST_RESERVE, LARGEST_RESERVE);
        self.unwritten = 0;
    }

    /// It could not be written down: that is tried again before the next request.
    pub(crate) fn not_written(&mut self) {
        self.unwritten = self.reserved;
    }

    /// Nothing more goes: what is left of the reserve is given back, and then written down.
    pub(crate) fn give_back(&mut self) {
        self.reserved = 0;
        self.unwritten = 0;
    }

    /// It was found as it had been written down. A reserve that was not given back may be spent, each request
    /// of it just now and for so many bytes.
    pub(crate) fn found(&mut self, bytes_a_request: u64, now: Timestamp) {
        self.turn_day(now);
        let spent = core::mem::take(&mut self.reserved);
        self.lost = self.lost.saturating_add(spent);
        self.sweep_bytes = self.sweep_bytes.saturating_add(spent.saturating_mul(bytes_a_request));
        self.pace.found(spent.min(LARGEST_RESERVE), now);
    }

    /// Every time in it but the end of the day, which is calendar time ([`is_today`](Self::is_today)).
    pub(crate) fn times(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        let quiet = self.blocked_until.iter_mut().chain(&mut self.asked_until).chain(&mut self.blocked_at);
        quiet.chain(&mut self.doubted_until).chain(self.pace.times())
    }

    /// Requests of today that may have gone before a crash.
    pub(crate) fn lost(&self, now: Timestamp) -> u64 {
        if self.is_today(now) { self.lost } else { 0 }
    }

    /// What this app may have spent today.
    pub(crate) fn spent(&self, now: Timestamp) -> u64 {
        self.today(now).total().saturating_add(self.lost(now))
    }

    /// What is spent of the day, whoever spent it: as the server says, and at least what this app spent.
    pub(crate) fn spent_by_all(&self, now: Timestamp) -> u64 {
        let told = self.limit.zip(self.remaining).filter(|_| self.is_today(now));
        let told = told.map_or(0, |(limit, remaining)| limit.saturating_sub(remaining));
        told.max(self.spent(now))
    }

    /// What an answer's headers say.
    pub(crate) fn heard(&mut self, rate: Option<RateLimit>, now: Timestamp) {
        let Some(rate) = rate else { return };
        self.limit = Some(rate.limit);
        self.remaining = Some(rate.remaining.min(rate.limit));
        self.doubted_until = None;
        if self.remaining == Some(0) && self.has_just_begun(now) {
            self.doubted_until = now.checked_add(DOUBT).ok();
        }
    }

    /// The server said that it was too often, and asked for quiet.
    pub(crate) fn refused(&mut self, until: Timestamp, config: &Config, now: Timestamp) {
        let quiet = until.duration_since(now).min(LONGEST_QUIET);
        if quiet <= MINUTES_LIMIT && self.remaining != Some(0) {
            self.pace.too_fast(config.per_minute, now);
        }
        let until = now.saturating_add(quiet).unwrap_or(Timestamp::MAX);
        if self.blocked_until(now).is_none() {
            (self.blocked_until, self.asked_until, self.has_tried) = (None, None, false);
        }
        let blocked = believed(until, self.has_some_left(), now);
        self.blocked_until = Some(self.blocked_until.map_or(blocked, |known| known.max(blocked)));
        self.asked_until = Some(self.asked_until.map_or(until, |known| known.max(until)));
        self.blocked_at = Some(now);
    }

    /// What was sent then was answered: a quiet that had been asked for before is over.
    pub(crate) fn answered(&mut self, sent: Timestamp) {
        if self.blocked_at.is_some_and(|at| at < sent) {
            (self.blocked_until, self.asked_until, self.blocked_at) = (None, None, None);
        }
    }

    /// Whether a person may try once what a long quiet forbids.
    fn may_try(&self, class: Class, until: Timestamp, now: Timestamp) -> bool {
        class == Class::Click && !self.has_tried && until.duration_since(now) > PATIENCE
    }

    /// Whether the server said that some of the day is left.
    pub(crate) fn has_some_left(&self) -> bool {
        self.remaining.is_some_and(|remaining| remaining > 0)
    }

    /// Until when the server asked for quiet, as it asked, while it holds.
    pub(crate) fn asked_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.asked_until.filter(|until| *until > now && self.blocked_until.is_some())
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
        let left = self.stop(config).saturating_sub(self.spent(now));
        left.min(self.remaining.unwrap_or(u64::MAX))
    }

    /// Whether a person's acts have come to their stop and somebody has to say more.
    pub(crate) fn stops(&self, config: &Config, now: Timestamp) -> bool {
        self.is_today(now) && self.spent(now) >= self.stop(config)
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

    /// Whether the server takes nothing more for the day: it says so, or wants quiet until the day begins anew and
    /// never said what is left.
    pub(crate) fn is_exhausted(&self, now: Timestamp) -> bool {
        let ends = self.day_ends(now).saturating_sub(MINUTES_LIMIT).unwrap_or(now);
        let quiet = self.blocked_until(now).is_some_and(|until| until >= ends && ends > now);
        self.is_today(now) && ((quiet && self.remaining.is_none()) || self.remaining == Some(0))
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

    /// How the share of background work is parted.
    pub(crate) fn shares(&self, config: &Config) -> Shares {
        let whole = self.background_share(config);
        let others = whole.saturating_sub(whole / 2);
        let schedules = (others - others / LEFT_BY_SCHEDULES).max(1);
        Shares { whole, sweeps: self.sweeps_share(config), others, schedules }
    }

    fn share_is_spent(&self, class: Class, config: &Config) -> bool {
        let shares = self.shares(config);
        // What was lost may have been anybody's.
        let spent = self.today.background().saturating_add(self.lost);
        let by_sweeps = self.today.of(Class::Sweep).saturating_add(self.lost);
        let spent_by_others = spent.saturating_sub(self.today.of(Class::Sweep));
        let own_is_spent = match class {
            Class::Click | Class::Screen | Class::Run => false,
            Class::Sweep => by_sweeps >= shares.sweeps || self.sweep_bytes >= config.sweep_bytes_a_day,
            Class::Look | Class::KeepAlive => spent_by_others >= shares.others,
            Class::Schedule => spent_by_others >= shares.schedules,
        };
        own_is_spent || spent >= shares.whole
    }

    /// Whether the day that is counted is still the one it is. A clock set back does not give a day twice; one
    /// that was far ahead by mistake does not make a day of weeks either.
    fn is_today(&self, now: Timestamp) -> bool {
        self.day_ends.is_some_and(|ends| now < ends && ends.duration_since(now) <= LONGEST_DAY)
    }

    /// Whether the day is so young that a server whose clock is behind may not have begun it.
    fn has_just_begun(&self, now: Timestamp) -> bool {
        let left = self.day_ends.map(|ends| ends.duration_since(now));
        left.is_some_and(|left| left > SignedDuration::from_hours(24) - CLOCKS_DIFFER)
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
        self.doubted_until = None;
        self.sweep_bytes = 0;
        self.lost = 0;
        self.raised = None;
    }
}

/// The share of background work, and its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shares {
    /// All of it.
    pub(crate) whole: u64,
    /// For sweeps.
    pub(crate) sweeps: u64,
    /// For looks, keep-alive and schedules.
    pub(crate) others: u64,
    /// Up to how much of that schedules go on.
    pub(crate) schedules: u64,
}

impl Shares {
    /// What of this much a day is too much: looks and keep-alive, which go first, and schedules.
    pub(crate) fn over(self, first: u64, schedules: u64) -> u64 {
        let left = self.schedules.saturating_sub(first.min(self.others));
        first.saturating_sub(self.others).saturating_add(schedules.saturating_sub(left))
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
