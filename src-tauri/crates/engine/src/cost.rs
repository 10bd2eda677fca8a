//! What schedules and keep-alive will send: by their rules, and by how many they cover. The planner, the forecast
//! of the day and the schedules' page all reckon with what is here, so that they say the same.
//!
//! A run of a schedule asks once for each of its companies. Where it reads all data types, what became of each is
//! looked at afterwards, of so many at most; of a single type the sweeps show it. What fails is tried again and
//! comes on top, and so does a question for each company that somebody else read meanwhile.

use codat::expiry::Clock;
use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};

use crate::{
    run::LOOKED_AT,
    schedule::{Basis, Judgement, Plan, Ruling, Standing, Target, Timing, Verdict, tick},
};

const HOURS_A_DAY: f64 = 24.0;
/// Times of day that a schedule can have, and as many again for a day that another zone begins in its middle.
const MOST_A_DAY: usize = 96;

/// What a schedule costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScheduleCost {
    /// Companies that it reads.
    companies: u64,
    /// Whether it reads more where there are more; otherwise they were chosen one by one.
    grows: bool,
    /// Whether it reads all data types of each.
    reads_all: bool,
    /// How often a day it reads each, on average.
    runs_a_day: f64,
}

impl ScheduleCost {
    /// That of a plan which reads so many companies now.
    pub fn of(plan: &Plan, companies: u64) -> Self {
        Self {
            companies,
            grows: match plan.target {
                Target::Matching(_) => true,
                Target::Companies(_) => false,
            },
            reads_all: plan.data_type.is_none(),
            runs_a_day: plan.runs_a_day(),
        }
    }

    /// Requests a day, on average.
    pub fn requests_a_day(&self) -> u64 {
        self.requests_with(self.companies)
    }

    /// The same in a portfolio of `then` companies, where `now` is how many there are.
    pub(crate) fn requests_at(&self, then: u64, now: u64) -> u64 {
        self.requests_with(if self.grows {
            scale(self.companies, then, now)
        } else {
            self.companies.min(then)
        })
    }

    /// From one read of a company to its next; none where it is never read.
    pub fn period(&self) -> Option<SignedDuration> {
        let hours = HOURS_A_DAY / self.runs_a_day;
        SignedDuration::try_from_secs_f64(hours * 3_600.0).ok()
    }

    /// Whether it reads more companies where there are more.
    pub fn grows(&self) -> bool {
        self.grows
    }

    /// Whether it reads all data types.
    pub fn reads_all(&self) -> bool {
        self.reads_all
    }

    fn requests_with(&self, companies: u64) -> u64 {
        // Of many, a part of a request more or less does not matter; of few it is one.
        (of_run(self.reads_all, companies) as f64 * self.runs_a_day).ceil() as u64
    }
}

/// Requests of one run over so many companies.
fn of_run(reads_all: bool, companies: u64) -> u64 {
    let looks = if reads_all { companies.min(u64::from(LOOKED_AT)) } else { 0 };
    companies.saturating_add(looks)
}

/// Requests that a schedule will send from now until `until`, by how its companies stand.
pub fn rest_of_day(
    plan: &Plan,
    standings: &[Standing],
    decided: Option<civil::DateTime>,
    here: &TimeZone,
    now: Timestamp,
    until: Timestamp,
) -> u64 {
    let Some(zone) = plan.time_zone(here) else { return 0 };
    let reads_all = plan.data_type.is_none();
    match &plan.timing {
        Timing::Clock(clock) => {
            let readable = standings.iter().filter(|standing| standing.readable).count() as u64;
            let due = match decided.map(|decided| clock.rule(decided, &zone, now)) {
                Some(Ruling::Due(due)) => begins(plan, &zone, now, until)
                    .map_or(0, |_| of_judgement(reads_all, standings, Basis::Label(due.at), now)),
                Some(Ruling::Nothing | Ruling::SetBack(_)) | None => 0,
            };
            let later = plan.upcoming(None, here, now, MOST_A_DAY);
            let runs = later.into_iter().filter(|at| *at < until).count() as u64;
            due.saturating_add(of_run(reads_all, readable).saturating_mul(runs))
        }
        Timing::Every { hours } => {
            let age = SignedDuration::from_hours(i64::from(*hours));
            by_age(plan, &zone, standings, age, now, until)
        }
    }
}

fn begins(plan: &Plan, zone: &TimeZone, at: Timestamp, until: Timestamp) -> Option<Timestamp> {
    plan.free_from(zone, at).filter(|begins| *begins < until)
}

fn of_judgement(reads_all: bool, standings: &[Standing], basis: Basis, now: Timestamp) -> u64 {
    let judgement = Judgement::of(standings, basis, now);
    let (read, ask) = (judgement.read.len() as u64, judgement.ask.len() as u64);
    of_run(reads_all, read + ask) + ask
}

/// Companies that fall due together are read together, again and again until the end.
fn by_age(
    plan: &Plan,
    zone: &TimeZone,
    standings: &[Standing],
    age: SignedDuration,
    now: Timestamp,
    until: Timestamp,
) -> u64 {
    let tick = tick(age).as_secs().max(1);
    let mut due = std::collections::BTreeMap::<i64, u64>::new();
    let mut asked = 0_u64;
    for standing in standings {
        let at = match standing.verdict(Basis::Age(age), now) {
            Verdict::Read => now,
            Verdict::Ask => {
                asked += 1;
                now
            }
            Verdict::Later(at) => at,
            Verdict::Done | Verdict::Unreadable => continue,
        };
        *due.entry(at.duration_since(now).as_secs().max(0) / tick).or_default() += 1;
    }
    let mut requests = asked;
    for (ticks, companies) in due {
        let mut at = now.saturating_add(SignedDuration::from_secs(ticks * tick)).unwrap_or(Timestamp::MAX);
        while let Some(begun) = begins(plan, zone, at, until) {
            requests = requests.saturating_add(of_run(plan.data_type.is_none(), companies));
            at = begun.saturating_add(age).unwrap_or(Timestamp::MAX);
        }
    }
    requests
}

/// Connections that an idle clock of so many days runs for, and which nothing but keep-alive reads in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdleClocks {
    /// How long the clock runs.
    pub days: u16,
    /// Connections that no schedule over a search reads in time: there are more where there are more companies.
    pub connections: u64,
    /// Of these, connections of companies that were chosen one by one for a schedule, which reads them in time.
    pub chosen: u64,
}

impl IdleClocks {
    /// Requests in a thousand days, in a portfolio of `then` companies, where `now` is how many there are.
    pub(crate) fn in_a_thousand_days(&self, then: u64, now: u64) -> u64 {
        let left = scale(self.connections, then, now).saturating_sub(self.chosen);
        let hours = keep_alive_every(self.days).as_hours().max(1).unsigned_abs();
        left.saturating_mul(24_000) / hours
    }
}

/// From one read that keeps a connection alive to the next, where nothing else reads it.
pub fn keep_alive_every(days: u16) -> SignedDuration {
    let clock = Clock::Idle(days);
    let read = Timestamp::UNIX_EPOCH;
    let expires = read.saturating_add(SignedDuration::from_hours(24 * i64::from(days)));
    expires.map_or(SignedDuration::ZERO, |expires| clock.due(expires).duration_since(read))
}

/// What is paid for each of so many companies now, for so many of them.
pub(crate) fn scale(amount: u64, then: u64, now: u64) -> u64 {
    let scaled = u128::from(amount) * u128::from(then) / u128::from(now.max(1));
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
