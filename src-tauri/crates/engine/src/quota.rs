//! The daily quota (§4.2): what is left, who may spend it, and where it ends.
//!
//! Background work has a share of the day. Half of the share is for sweeps. The other half is for second
//! reads, keep-alive and schedules; schedules leave a fifth of it to the other two, which cannot wait. User
//! requests have a limit, at first half of the day, which the user can raise.
//!
//! The count survives a crash. Before requests are sent, a reserve for them is saved. When half of it is
//! used, the state is saved again. A reserve that was not released by the last run counts as spent.

use codat::error::{RateLimit, RetryAfter};
use domain::Priority;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    config::Config,
    connectivity::capped_retry_time,
    rate_limiter::RateLimiter,
    time::after,
    usage::{DayUsage, DayUsageHistory, Usage},
};

/// Whether a request may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    Now,
    /// At this time.
    At(Timestamp),
    /// Not before the end of the day, unless the user confirms.
    AskUser(Timestamp),
    /// Not before the end of the day.
    Exhausted(Timestamp),
}

/// The daily quota without connected companies. Each connected company adds the same amount.
pub(crate) const MIN_ALLOWANCE: u64 = 1_000;
/// Schedules leave one part in this many to second reads and keep-alive.
const SCHEDULE_RESERVE_DIVISOR: u64 = 5;
/// The longest wait of the user for the server to accept requests again.
pub(crate) const MAX_USER_WAIT: SignedDuration = SignedDuration::from_secs(60);
/// A shorter `Retry-After` is due to the limit per minute.
const MAX_MINUTE_LIMIT_WAIT: SignedDuration = SignedDuration::from_secs(90);
/// A longer `Retry-After` is not believed.
const MAX_QUIET: SignedDuration = RetryAfter::LONGEST;
/// The tolerance for the server's clock.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_hours(1);
/// How long an exhausted quota is believed shortly after midnight.
const DOUBT_PERIOD: SignedDuration = SignedDuration::from_mins(10);

/// The reserve is the daily quota divided by this, within bounds: small, so that a crash costs little; large,
/// so that saves are rare.
const RESERVE_DIVISOR: u64 = 500;
const MIN_RESERVE: u64 = 2;
const MAX_RESERVE: u64 = 100;

/// The longest plausible day after a clock rollback.
const MAX_DAY: SignedDuration = SignedDuration::from_hours(48);

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Quota {
    day_ends: Option<Timestamp>,
    limit: Option<u64>,
    remaining: Option<u64>,
    today: Usage,
    sweep_bytes: u64,
    days: DayUsageHistory,
    /// The user's limit for this day in percent, if it was raised.
    raised: Option<u8>,
    #[serde(rename = "pace")]
    rate_limiter: RateLimiter,
    /// When to retry after the server reported an exhausted quota shortly after midnight. Its day may not
    /// have rolled over yet.
    #[serde(default)]
    doubted_until: Option<Timestamp>,
    /// Until when no request is sent after a 429.
    blocked_until: Option<Timestamp>,
    /// The server's `Retry-After`, at most a day.
    #[serde(default)]
    asked_until: Option<Timestamp>,
    /// When the server sent the 429.
    #[serde(default)]
    blocked_at: Option<Timestamp>,
    /// Whether a user request was sent in spite of `blocked_until`.
    #[serde(default)]
    has_tried: bool,
    /// Requests that may be sent before the next save.
    reserved: u64,
    /// Requests since the last save.
    #[serde(skip)]
    unwritten: u64,
    /// Requests of today that may have been sent before a crash.
    lost: u64,
}

impl Quota {
    /// An unused quota.
    pub(crate) fn unspent(limit: u64) -> Self {
        Self { limit: Some(limit), remaining: Some(limit), ..Self::default() }
    }

    /// Whether a request of this priority may be sent now.
    pub(crate) fn admit(&mut self, priority: Priority, config: &Config, now: Timestamp) -> Admission {
        self.roll_over_day(now);
        // A time beyond the maximum is from before a clock rollback.
        let furthest = after(now, MAX_QUIET);
        if let Some(until) = self.blocked_until.filter(|until| *until > now && *until <= furthest)
            && !self.may_probe(priority, until, now)
        {
            return Admission::At(until);
        }
        if let Some(at) = self.rate_limiter.next_permit_at(priority, config.per_minute, now) {
            return Admission::At(at);
        }
        let ends = self.day_ends.unwrap_or(now);
        if self.remaining == Some(0) {
            match self.doubted_until {
                Some(until) if until <= now => {}
                doubted => return Admission::Exhausted(doubted.unwrap_or(ends)),
            }
        }
        if priority.is_user_requested() {
            return if self.user_limit_reached(config, now) {
                Admission::AskUser(ends)
            } else {
                Admission::Now
            };
        }
        if self.share_is_spent(priority, config) { Admission::Exhausted(ends) } else { Admission::Now }
    }

    pub(crate) fn record_sent(&mut self, priority: Priority, now: Timestamp) {
        self.roll_over_day(now);
        self.has_tried |= self.blocked_until(now).is_some();
        self.rate_limiter.record(now);
        self.today.increment(priority);
        self.unwritten += 1;
    }

    /// Whether the state has to be saved before another request is sent.
    pub(crate) fn needs_save(&self) -> bool {
        self.unwritten >= self.reserved / 2
    }

    /// The state is being saved with a new reserve.
    pub(crate) fn reserve(&mut self) {
        self.reserved = (self.limit() / RESERVE_DIVISOR).clamp(MIN_RESERVE, MAX_RESERVE);
        self.unwritten = 0;
    }

    /// The save failed, so it is tried again before the next request.
    pub(crate) fn on_save_error(&mut self) {
        self.unwritten = self.reserved;
    }

    /// No more requests are sent, so the rest of the reserve is released.
    pub(crate) fn release_reserve(&mut self) {
        self.reserved = 0;
        self.unwritten = 0;
    }

    /// Restores a saved quota. A reserve left by a crash counts as spent now, at `bytes_a_request`.
    pub(crate) fn restore(&mut self, bytes_a_request: u64, now: Timestamp) {
        self.roll_over_day(now);
        let spent = core::mem::take(&mut self.reserved);
        self.lost = self.lost.saturating_add(spent);
        self.sweep_bytes = self.sweep_bytes.saturating_add(spent.saturating_mul(bytes_a_request));
        self.rate_limiter.restore(spent.min(MAX_RESERVE), now);
    }

    /// All times except the end of the day, which is calendar time ([`is_today`](Self::is_today)).
    pub(crate) fn deadlines_mut(&mut self) -> impl Iterator<Item = &mut Timestamp> {
        let quiet = self.blocked_until.iter_mut().chain(&mut self.asked_until).chain(&mut self.blocked_at);
        quiet.chain(&mut self.doubted_until).chain(self.rate_limiter.deadlines_mut())
    }

    pub(crate) fn unaccounted(&self, now: Timestamp) -> u64 {
        if self.is_today(now) { self.lost } else { 0 }
    }

    pub(crate) fn spent_by_app(&self, now: Timestamp) -> u64 {
        self.today(now).total().saturating_add(self.unaccounted(now))
    }

    /// At least what this app spent, even if the server reports less.
    pub(crate) fn spent_by_all(&self, now: Timestamp) -> u64 {
        let reported = self.limit.zip(self.remaining).filter(|_| self.is_today(now));
        let reported = reported.map_or(0, |(limit, remaining)| limit.saturating_sub(remaining));
        reported.max(self.spent_by_app(now))
    }

    pub(crate) fn on_rate_limit_headers(&mut self, rate: Option<RateLimit>, now: Timestamp) {
        let Some(rate) = rate else { return };
        self.limit = Some(rate.limit);
        self.remaining = Some(rate.remaining.min(rate.limit));
        self.doubted_until = None;
        if self.remaining == Some(0) && self.day_has_just_begun(now) {
            self.doubted_until = now.checked_add(DOUBT_PERIOD).ok();
        }
    }

    /// The server sent a 429 and asked to wait.
    pub(crate) fn on_rate_limited(&mut self, until: Timestamp, config: &Config, now: Timestamp) {
        let quiet = until.duration_since(now).min(MAX_QUIET);
        if quiet <= MAX_MINUTE_LIMIT_WAIT && self.remaining != Some(0) {
            self.rate_limiter.on_rate_limited(config.per_minute, now);
        }
        let until = after(now, quiet);
        if self.blocked_until(now).is_none() {
            (self.blocked_until, self.asked_until, self.has_tried) = (None, None, false);
        }
        let blocked = capped_retry_time(until, self.has_remaining(), now);
        self.blocked_until = Some(self.blocked_until.map_or(blocked, |known| known.max(blocked)));
        self.asked_until = Some(self.asked_until.map_or(until, |known| known.max(until)));
        self.blocked_at = Some(now);
    }

    /// A request sent at `sent` was answered, so an earlier wait is over.
    pub(crate) fn on_answer(&mut self, sent: Timestamp) {
        if self.blocked_at.is_some_and(|at| at < sent) {
            (self.blocked_until, self.asked_until, self.blocked_at) = (None, None, None);
        }
    }

    /// Whether the user may send one request during a long wait.
    fn may_probe(&self, priority: Priority, until: Timestamp, now: Timestamp) -> bool {
        priority == Priority::Click && !self.has_tried && until.duration_since(now) > MAX_USER_WAIT
    }

    pub(crate) fn has_remaining(&self) -> bool {
        self.remaining.is_some_and(|remaining| remaining > 0)
    }

    /// The server's `Retry-After`, while it applies.
    pub(crate) fn asked_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.asked_until.filter(|until| *until > now && self.blocked_until.is_some())
    }

    pub(crate) fn add_sweep_bytes(&mut self, bytes: u64) {
        self.sweep_bytes = self.sweep_bytes.saturating_add(bytes);
    }

    /// Only for the present day.
    pub(crate) fn raise_user_limit(&mut self, percent: u8, now: Timestamp) {
        self.roll_over_day(now);
        self.raised = Some(percent.min(100));
    }

    /// What user requests may spend before the user has to confirm.
    pub(crate) fn left_for_user(&self, config: &Config, now: Timestamp) -> u64 {
        let left = self.user_limit(config).saturating_sub(self.spent_by_app(now));
        left.min(self.remaining.unwrap_or(u64::MAX))
    }

    pub(crate) fn user_limit_reached(&self, config: &Config, now: Timestamp) -> bool {
        self.is_today(now) && self.spent_by_app(now) >= self.user_limit(config)
    }

    /// The requests of a day before the user has to confirm.
    pub(crate) fn user_limit(&self, config: &Config) -> u64 {
        percent(self.limit(), self.user_limit_percent(config))
    }

    /// In percent of the daily quota.
    pub(crate) fn user_limit_percent(&self, config: &Config) -> u8 {
        self.raised.map_or(config.user_percent, |raised| raised.max(config.user_percent))
    }

    /// The minimum time between two sweeps of this cost, so that they stay within their share of the day. At
    /// least `floor_secs`.
    pub(crate) fn sweep_interval(
        &self,
        config: &Config,
        requests: u64,
        bytes: u64,
        share: SweepShare,
        floor_secs: i64,
    ) -> SignedDuration {
        let allowed = share.apply(self.sweeps_share(config)).max(1);
        let by_requests = 86_400_u64.saturating_mul(requests) / allowed;
        let by_bytes = 86_400_u64.saturating_mul(bytes) / share.apply(config.sweep_bytes_a_day).max(1);
        let secs = i64::try_from(by_requests.max(by_bytes)).unwrap_or(i64::MAX);
        SignedDuration::from_secs(secs.clamp(floor_secs.min(86_400), 86_400))
    }

    pub(crate) fn blocked_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.blocked_until.filter(|until| *until > now)
    }

    /// Whether the server accepts no more requests today: it says so, or it asks to wait until the end of the
    /// day and never sent what is left.
    pub(crate) fn is_exhausted(&self, now: Timestamp) -> bool {
        let ends = self.day_ends(now).saturating_sub(MAX_MINUTE_LIMIT_WAIT).unwrap_or(now);
        let quiet = self.blocked_until(now).is_some_and(|until| until >= ends && ends > now);
        self.is_today(now) && ((quiet && self.remaining.is_none()) || self.remaining == Some(0))
    }

    pub(crate) fn sweep_share_is_spent(&self, config: &Config, now: Timestamp) -> bool {
        self.is_today(now) && self.share_is_spent(Priority::Sweep, config)
    }

    pub(crate) fn known_limit(&self) -> Option<u64> {
        self.limit
    }

    pub(crate) fn remaining(&self) -> Option<u64> {
        self.remaining
    }

    pub(crate) fn today(&self, now: Timestamp) -> Usage {
        if self.is_today(now) { self.today.clone() } else { Usage::default() }
    }

    pub(crate) fn days(&self) -> impl Iterator<Item = &DayUsage> {
        self.days.newest_first()
    }

    /// When the daily quota resets.
    pub(crate) fn day_ends(&self, now: Timestamp) -> Timestamp {
        self.day_ends.filter(|ends| *ends > now).unwrap_or_else(|| next_midnight(now))
    }

    pub(crate) fn per_minute(&self, config: &Config, now: Timestamp) -> u32 {
        self.rate_limiter.current_rate(config.per_minute, now)
    }

    pub(crate) fn run_requests_per_minute(&self, config: &Config, now: Timestamp) -> u32 {
        self.rate_limiter.rate_for(Priority::Run, config.per_minute, now)
    }

    pub(crate) fn background_share(&self, config: &Config) -> u64 {
        percent(self.limit(), config.background_percent).max(1)
    }

    fn sweeps_share(&self, config: &Config) -> u64 {
        (self.background_share(config) / 2).max(1)
    }

    fn limit(&self) -> u64 {
        self.limit.unwrap_or(MIN_ALLOWANCE)
    }

    pub(crate) fn shares(&self, config: &Config) -> Shares {
        let whole = self.background_share(config);
        let others = whole.saturating_sub(whole / 2);
        let schedules = (others - others / SCHEDULE_RESERVE_DIVISOR).max(1);
        Shares { whole, sweeps: self.sweeps_share(config), others, schedules }
    }

    fn share_is_spent(&self, priority: Priority, config: &Config) -> bool {
        let shares = self.shares(config);
        // Lost requests may have been of any kind.
        let spent = self.today.background().saturating_add(self.lost);
        let by_sweeps = self.today.get(Priority::Sweep).saturating_add(self.lost);
        let spent_by_others = spent.saturating_sub(self.today.get(Priority::Sweep));
        let own_is_spent = match priority {
            Priority::Click | Priority::Screen | Priority::Run => false,
            Priority::Sweep => by_sweeps >= shares.sweeps || self.sweep_bytes >= config.sweep_bytes_a_day,
            Priority::Confirmation | Priority::KeepAlive => spent_by_others >= shares.others,
            Priority::Schedule => spent_by_others >= shares.schedules,
        };
        own_is_spent || spent >= shares.whole
    }

    /// Whether the counted day is still the present one. A clock rollback must not grant a day twice, and a
    /// clock that was far ahead must not extend a day to weeks.
    fn is_today(&self, now: Timestamp) -> bool {
        self.day_ends.is_some_and(|ends| now < ends && ends.duration_since(now) <= MAX_DAY)
    }

    /// Whether a server with a slow clock may still be in the previous day.
    fn day_has_just_begun(&self, now: Timestamp) -> bool {
        let left = self.day_ends.map(|ends| ends.duration_since(now));
        left.is_some_and(|left| left > SignedDuration::from_hours(24) - CLOCK_TOLERANCE)
    }

    /// Starts a new day at midnight UTC.
    fn roll_over_day(&mut self, now: Timestamp) {
        if self.is_today(now) {
            return;
        }
        let spent = core::mem::take(&mut self.today);
        if let Some(ended) = self.day_ends {
            self.days.close_day(ended, spent);
        }
        self.day_ends = Some(next_midnight(now));
        self.remaining = self.limit;
        self.doubted_until = None;
        self.sweep_bytes = 0;
        self.lost = 0;
        self.raised = None;
    }
}

/// The share of background work and its parts, in requests per day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shares {
    pub(crate) whole: u64,
    pub(crate) sweeps: u64,
    /// For second reads, keep-alive and schedules.
    pub(crate) others: u64,
    /// The part of `others` that schedules may use.
    pub(crate) schedules: u64,
}

impl Shares {
    /// What exceeds the shares. `first`: second reads and keep-alive, which precede schedules.
    pub(crate) fn over(self, first: u64, schedules: u64) -> u64 {
        let left = self.schedules.saturating_sub(first.min(self.others));
        first.saturating_sub(self.others).saturating_add(schedules.saturating_sub(left))
    }
}

/// The part of the sweep share for one kind of sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SweepShare {
    Whole,
    Half,
}

impl SweepShare {
    fn apply(self, whole: u64) -> u64 {
        match self {
            Self::Whole => whole,
            Self::Half => whole / 2,
        }
    }
}

/// Does not overflow, whatever the server sent.
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
