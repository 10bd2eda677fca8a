//! Schedules combined with the states of their companies: what is due, when the next run is, and the cost.

use std::collections::BTreeSet;

use codat::CompanyId;
use domain::ReadHistory;
use engine::{
    ScheduleCost,
    schedule::{Basis, Plan, ScheduleDecision, Target, Timing},
};
use jiff::{SignedDuration, Timestamp};
use store::Store;

use super::{Overlap, ScheduleForecast};
use crate::{
    clock,
    error::{Code, WireError},
    schedules::{self, StoredSchedule},
    wire::millis,
};

/// The number of upcoming runs in a forecast.
const MAX_UPCOMING: usize = 5;

/// A schedule with the states of its companies.
pub(crate) struct SurveyedSchedule {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) on: bool,
    pub(crate) plan: Plan,
    pub(crate) decided: Option<jiff::civil::DateTime>,
    pub(crate) histories: Vec<ReadHistory>,
    /// Whether a newer version of the app wrote it.
    pub(super) unknown: bool,
    /// The time of the survey.
    pub(super) now: Timestamp,
}

/// All schedules of a workspace, oldest first.
pub(crate) async fn survey(store: &Store, now: Timestamp) -> Result<Vec<SurveyedSchedule>, WireError> {
    let mut surveyed = Vec::new();
    for StoredSchedule { row, plan } in schedules::load(store).await? {
        let unknown = plan.is_none();
        let plan = plan.unwrap_or_else(empty_plan);
        let decided = schedules::decided_until(&row);
        let one = SurveyedSchedule::load(store, row.id, &row.name, row.is_on && !unknown, plan, decided, now)
            .await?;
        surveyed.push(SurveyedSchedule { unknown, ..one });
    }
    Ok(surveyed)
}

impl SurveyedSchedule {
    /// Loads the companies of a plan.
    pub(super) async fn load(
        store: &Store,
        id: i64,
        name: &str,
        on: bool,
        plan: Plan,
        decided: Option<jiff::civil::DateTime>,
        now: Timestamp,
    ) -> Result<Self, WireError> {
        let filter = schedules::company_filter(&plan.target);
        let histories = store.standings(id, filter, &plan.data_types, now).await?;
        Ok(Self { id, name: name.to_owned(), on, plan, decided, histories, unknown: false, now })
    }

    pub(crate) fn cost(&self) -> ScheduleCost {
        ScheduleCost::new(&self.plan, self.readable().count() as u64)
    }

    /// The next runs and the cost, and the overlap with other schedules.
    pub(super) fn forecast<'a>(&self, others: impl Iterator<Item = &'a Self>) -> ScheduleForecast {
        let (now, here) = (self.now, clock::zone());
        let readable = self.readable().count();
        let decision = self.decision(now);
        let upcoming = match &self.plan.timing {
            Timing::Clock(_) => self.plan.upcoming(self.decided, &here, now, MAX_UPCOMING),
            Timing::Every { .. } => self.next_due(&decision, now),
        };
        ScheduleForecast {
            problem: if self.unknown {
                Some(unreadable_schedule().message)
            } else {
                let problem = self.plan.problem(&here, now).map(|problem| problem.to_string());
                problem.or_else(|| schedules::search_problem(&self.plan.target, now))
            },
            upcoming: upcoming.into_iter().map(millis).collect(),
            companies: self.histories.len() as u32,
            unreadable: (self.histories.len() - readable) as u32,
            due: decision.map_or(0, |decision| decision.read.len() + decision.query.len()) as u32,
            requests_a_day: self.cost().requests_a_day(),
            overlaps: self.overlaps(others),
        }
    }

    fn decision(&self, now: Timestamp) -> Option<ScheduleDecision> {
        match &self.plan.timing {
            Timing::Every { hours } => {
                let age = SignedDuration::from_hours(i64::from(*hours));
                Some(ScheduleDecision::new(&self.histories, Basis::Age(age), now))
            }
            Timing::Clock(_) => None,
        }
    }

    fn next_due(&self, decision: &Option<ScheduleDecision>, now: Timestamp) -> Vec<Timestamp> {
        let Some(decision) = decision else { return Vec::new() };
        let is_due = !decision.read.is_empty() || !decision.query.is_empty();
        let next = if is_due { Some(now) } else { decision.next };
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

    /// The companies with a linked connection.
    pub(crate) fn readable(&self) -> impl Iterator<Item = CompanyId> {
        self.histories.iter().filter(|history| history.readable).map(|history| history.company)
    }
}

/// A plan without companies, in place of an unreadable one.
fn empty_plan() -> Plan {
    Plan {
        target: Target::Companies(Vec::new()),
        data_types: Vec::new(),
        timing: Timing::Every { hours: 24 },
        zone: None,
        blackouts: Vec::new(),
        spread_mins: 0,
    }
}

/// The error for an unreadable schedule.
pub(super) fn unreadable_schedule() -> WireError {
    WireError::new(Code::Unreadable, "A newer version of the app saved this schedule. It doesn’t run here.")
}
