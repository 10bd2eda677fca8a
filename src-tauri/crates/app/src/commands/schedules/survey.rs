//! Schedules held against the companies that they read: who is due, when next, and at what cost.

use std::collections::BTreeSet;

use codat::CompanyId;
use engine::{
    ScheduleCost,
    schedule::{Basis, Judgement, Plan, Standing, Target, Timing},
};
use jiff::{SignedDuration, Timestamp};
use store::Store;

use super::{Overlap, ScheduleForecast};
use crate::{
    clock,
    convert::millis,
    error::{Code, WireError},
    schedules::{self, Kept},
};

/// Next runs that are shown.
const UPCOMING: usize = 5;

/// A schedule with the companies that it reads.
pub(crate) struct Surveyed {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) on: bool,
    pub(crate) plan: Plan,
    pub(crate) decided: Option<jiff::civil::DateTime>,
    pub(crate) standings: Vec<Standing>,
    /// Whether a newer version of the app wrote it.
    pub(super) unknown: bool,
}

/// All schedules of a workspace with their companies, oldest first.
pub(crate) async fn survey(store: &Store) -> Result<Vec<Surveyed>, WireError> {
    let mut surveyed = Vec::new();
    for Kept { row, plan } in schedules::kept(store).await? {
        let unknown = plan.is_none();
        let plan = plan.unwrap_or_else(nobody);
        let decided = schedules::decided(&row);
        let one = Surveyed::of(store, row.id, &row.name, row.is_on && !unknown, plan, decided).await?;
        surveyed.push(Surveyed { unknown, ..one });
    }
    Ok(surveyed)
}

impl Surveyed {
    /// One with this plan.
    pub(super) async fn of(
        store: &Store,
        id: i64,
        name: &str,
        on: bool,
        plan: Plan,
        decided: Option<jiff::civil::DateTime>,
    ) -> Result<Self, WireError> {
        let wanted = schedules::wanted(&plan.target);
        let standings = store.standings(id, wanted, plan.data_type.as_deref(), clock::now()).await?;
        Ok(Self {
            id,
            name: name.to_owned(),
            on,
            plan,
            decided,
            standings: standings.into_iter().map(schedules::standing).collect(),
            unknown: false,
        })
    }

    /// What it costs.
    pub(crate) fn cost(&self) -> ScheduleCost {
        ScheduleCost::of(&self.plan, self.readable().count() as u64)
    }

    /// When it runs next and what it costs, beside these others.
    pub(super) fn forecast<'a>(&self, others: impl Iterator<Item = &'a Self>) -> ScheduleForecast {
        let (now, here) = (clock::now(), clock::zone());
        let readable = self.readable().count();
        let judgement = self.judgement(now);
        let upcoming = match &self.plan.timing {
            Timing::Clock(_) => self.plan.upcoming(self.decided, &here, now, UPCOMING),
            Timing::Every { .. } => self.next_of_each(&judgement, now),
        };
        ScheduleForecast {
            problem: if self.unknown {
                Some(unknown().message)
            } else {
                let problem = self.plan.problem(&here, now).map(|problem| problem.to_string());
                problem.or_else(|| schedules::search_problem(&self.plan.target, now))
            },
            upcoming: upcoming.into_iter().map(millis).collect(),
            companies: self.standings.len() as u32,
            unreadable: (self.standings.len() - readable) as u32,
            due: judgement.map_or(0, |judgement| judgement.read.len() + judgement.ask.len()) as u32,
            requests_a_day: self.cost().requests_a_day(),
            overlaps: self.overlaps(others),
        }
    }

    fn judgement(&self, now: Timestamp) -> Option<Judgement> {
        match &self.plan.timing {
            Timing::Every { hours } => {
                let age = SignedDuration::from_hours(i64::from(*hours));
                Some(Judgement::of(&self.standings, Basis::Age(age), now))
            }
            Timing::Clock(_) => None,
        }
    }

    fn next_of_each(&self, judgement: &Option<Judgement>, now: Timestamp) -> Vec<Timestamp> {
        let Some(judgement) = judgement else { return Vec::new() };
        let is_due = !judgement.read.is_empty() || !judgement.ask.is_empty();
        let next = if is_due { Some(now) } else { judgement.next };
        let zone = self.plan.time_zone(&clock::zone());
        next.zip(zone).and_then(|(next, zone)| self.plan.free_from(&zone, next)).into_iter().collect()
    }

    fn overlaps<'a>(&self, others: impl Iterator<Item = &'a Self>) -> Vec<Overlap> {
        let own: BTreeSet<CompanyId> = self.readable().collect();
        others
            .filter(|other| self.on && other.on && self.plan.reads_the_same(&other.plan))
            .map(|other| Overlap {
                id: other.id,
                name: other.name.clone(),
                companies: other.readable().filter(|company| own.contains(company)).count() as u32,
            })
            .filter(|overlap| overlap.companies > 0)
            .collect()
    }

    /// The companies that can be read from.
    pub(crate) fn readable(&self) -> impl Iterator<Item = CompanyId> {
        self.standings.iter().filter(|standing| standing.readable).map(|standing| standing.company)
    }
}

/// In the place of a plan that cannot be read: it reads nobody.
fn nobody() -> Plan {
    Plan {
        target: Target::Companies(Vec::new()),
        data_type: None,
        timing: Timing::Every { hours: 24 },
        zone: None,
        blackouts: Vec::new(),
        spread_mins: 0,
    }
}

/// Why a schedule cannot be read.
pub(super) fn unknown() -> WireError {
    WireError::new(Code::Unreadable, "A newer version of the app wrote this schedule. It does not run here.")
}
