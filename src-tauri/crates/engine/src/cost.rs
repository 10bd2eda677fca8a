//! The number of requests that schedules and keep-alive will send. The day plan, the forecast and the
//! schedules page use the same figures.
//!
//! A run of a schedule sends one request per company and chosen data type. If it reads all data types, it also checks the results
//! of a limited number of companies; sweeps show the results of a single type. Retries, and queries for
//! companies that someone else read meanwhile, are not counted.

use codat::expiry::Clock;
use domain::ReadHistory;
use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};

use crate::{
    runs::MAX_PROBES_PER_RUN,
    schedule::{Basis, DueState, ItemDecision, Plan, ScheduleDecision, Target, Timing, check_interval},
    time::after,
};

const HOURS_A_DAY: f64 = 24.0;
/// The maximum times per day of a schedule, doubled for a day that starts in the middle of another zone's
/// day.
const MAX_TIMES_A_DAY: usize = 96;

/// The cost of a schedule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScheduleCost {
    companies: u64,
    /// Whether it covers more companies when the portfolio grows. Otherwise they were chosen one by one.
    grows: bool,
    /// The number of chosen data types; 0: it reads all.
    data_types: u64,
    /// On average.
    runs_a_day: f64,
}

impl ScheduleCost {
    /// The cost of `plan` for `companies` companies.
    pub fn new(plan: &Plan, companies: u64) -> Self {
        Self {
            companies,
            grows: match plan.target {
                Target::Matching(_) => true,
                Target::Companies(_) => false,
            },
            data_types: plan.data_types.len() as u64,
            runs_a_day: plan.runs_a_day(),
        }
    }

    /// Requests per day, on average.
    pub fn requests_a_day(&self) -> u64 {
        self.requests_with(self.companies)
    }

    /// Requests per day for a portfolio of `then` companies, if `now` is the present number.
    pub(crate) fn requests_at(&self, then: u64, now: u64) -> u64 {
        self.requests_with(if self.grows {
            scale(self.companies, then, now)
        } else {
            self.companies.min(then)
        })
    }

    /// The time between two reads of a company; none if it is never read.
    pub fn period(&self) -> Option<SignedDuration> {
        let hours = HOURS_A_DAY / self.runs_a_day;
        SignedDuration::try_from_secs_f64(hours * 3_600.0).ok()
    }

    /// Whether it covers more companies when the portfolio grows.
    pub fn grows(&self) -> bool {
        self.grows
    }

    /// Whether it reads all data types.
    pub fn reads_all(&self) -> bool {
        self.data_types == 0
    }

    fn requests_with(&self, companies: u64) -> u64 {
        // Rounded up: for few companies a fraction of a request matters.
        (requests_per_run(self.data_types, companies) as f64 * self.runs_a_day).ceil() as u64
    }
}

/// `data_types`: the number of chosen ones; 0 if all are read.
fn requests_per_run(data_types: u64, companies: u64) -> u64 {
    let looks = if data_types == 0 { companies.min(u64::from(MAX_PROBES_PER_RUN)) } else { 0 };
    companies.saturating_mul(data_types.max(1)).saturating_add(looks)
}

/// Requests that a schedule will send between `now` and `until`.
pub fn rest_of_day(
    plan: &Plan,
    histories: &[ReadHistory],
    decided: Option<civil::DateTime>,
    here: &TimeZone,
    now: Timestamp,
    until: Timestamp,
) -> u64 {
    let Some(zone) = plan.time_zone(here) else { return 0 };
    let data_types = plan.data_types.len() as u64;
    match &plan.timing {
        Timing::Clock(clock) => {
            let readable = histories.iter().filter(|history| history.readable).count() as u64;
            let due = match decided.map(|decided| clock.due_state(decided, &zone, now)) {
                Some(DueState::Due(due)) => begins(plan, &zone, now, until)
                    .map_or(0, |_| requests_for_decision(data_types, histories, Basis::Label(due.at), now)),
                Some(DueState::NotDue | DueState::ClockSetBack(_)) | None => 0,
            };
            let later = plan.upcoming(None, here, now, MAX_TIMES_A_DAY);
            let runs = later.into_iter().filter(|at| *at < until).count() as u64;
            due.saturating_add(requests_per_run(data_types, readable).saturating_mul(runs))
        }
        Timing::Every { hours } => {
            let age = SignedDuration::from_hours(i64::from(*hours));
            by_age(plan, &zone, histories, age, now, until)
        }
    }
}

fn begins(plan: &Plan, zone: &TimeZone, at: Timestamp, until: Timestamp) -> Option<Timestamp> {
    plan.free_from(zone, at).filter(|begins| *begins < until)
}

fn requests_for_decision(data_types: u64, histories: &[ReadHistory], basis: Basis, now: Timestamp) -> u64 {
    let decision = ScheduleDecision::new(histories, basis, now);
    let (read, query) = (decision.read.len() as u64, decision.query.len() as u64);
    requests_per_run(data_types, read + query) + query
}

/// Companies that become due in the same interval are read together, repeatedly until `until`.
fn by_age(
    plan: &Plan,
    zone: &TimeZone,
    histories: &[ReadHistory],
    age: SignedDuration,
    now: Timestamp,
    until: Timestamp,
) -> u64 {
    let check_interval = check_interval(age).as_secs().max(1);
    let mut due = std::collections::BTreeMap::<i64, u64>::new();
    let mut queries = 0_u64;
    for history in histories {
        let at = match Basis::Age(age).decide(*history, now) {
            ItemDecision::Read => now,
            ItemDecision::Query => {
                queries += 1;
                now
            }
            ItemDecision::Later(at) => at,
            ItemDecision::AlreadyRead | ItemDecision::Unreadable => continue,
        };
        *due.entry(at.duration_since(now).as_secs().max(0) / check_interval).or_default() += 1;
    }
    let mut requests = queries;
    for (ticks, companies) in due {
        let mut at = after(now, SignedDuration::from_secs(ticks * check_interval));
        while let Some(begun) = begins(plan, zone, at, until) {
            requests = requests.saturating_add(requests_per_run(plan.data_types.len() as u64, companies));
            at = after(begun, age);
        }
    }
    requests
}

/// Connections with an idle clock of `days` days that only keep-alive reads in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdleClocks {
    /// The length of the idle clock.
    pub days: u16,
    /// Connections that no schedule with a search reads in time. Their number grows with the portfolio.
    pub connections: u64,
    /// How many of them belong to companies that were chosen for a schedule, which reads them in time.
    pub chosen: u64,
}

impl IdleClocks {
    /// Requests per thousand days for a portfolio of `then` companies, if `now` is the present number.
    pub(crate) fn requests_per_thousand_days(&self, then: u64, now: u64) -> u64 {
        let left = scale(self.connections, then, now).saturating_sub(self.chosen);
        let hours = keep_alive_interval(self.days).as_hours().max(1).unsigned_abs();
        left.saturating_mul(24_000) / hours
    }
}

/// The time between two keep-alive reads of a connection that nothing else reads.
pub fn keep_alive_interval(days: u16) -> SignedDuration {
    let clock = Clock::Idle(days);
    let read = Timestamp::UNIX_EPOCH;
    let expires = read.saturating_add(SignedDuration::from_hours(24 * i64::from(days)));
    expires.map_or(SignedDuration::ZERO, |expires| clock.due(expires).duration_since(read))
}

/// Scales `amount` from `now` companies to `then` companies.
pub(crate) fn scale(amount: u64, then: u64, now: u64) -> u64 {
    let scaled = u128::from(amount) * u128::from(then) / u128::from(now.max(1));
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
