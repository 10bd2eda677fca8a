//! The daily quota: its use by cause, its forecast, and the user's limit for today.

use domain::Priority;
use engine::{Basis, DayPlan, Forecast, Planned, QuotaReport, Usage};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::{
    app::App,
    error::{Code, WireError},
    open_workspace::OpenWorkspace,
    planned_load::PlannedLoad,
    request_cause::RequestCause,
    wire::millis,
};

/// The requests of one cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CauseUse {
    pub cause: RequestCause,
    pub requests: u64,
}

/// The use of a past day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DayUse {
    /// The day in UTC, such as `2026-11-23`.
    pub day: String,
    /// By cause, without those that sent none.
    pub causes: Vec<CauseUse>,
}

/// The daily quota and its use. Days are in UTC, as at Codat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QuotaView {
    /// Requests per day, if known.
    pub limit: Option<u64>,
    /// Requests left today, after those of all programs that use the key.
    pub remaining: Option<u64>,
    /// Requests used today by all programs that use the key.
    pub spent: u64,
    /// When the next day begins.
    pub resets: i64,
    /// The requests of this app today, by cause.
    pub today: Vec<CauseUse>,
    /// Requests of today that may have been sent before the app crashed. They count as used.
    pub lost: u64,
    /// The daily limit of background work.
    pub share: u64,
    /// The use of background work today.
    pub background: u64,
    /// The number of requests per day after which the app asks the user.
    pub stop: u64,
    /// The same in percent of the quota.
    pub stop_percent: u8,
    /// The current limit per minute.
    pub per_minute: u32,
    /// Past days, newest first, at most four weeks.
    pub days: Vec<DayUse>,
    pub forecast: ForecastView,
}

/// The expected use for the rest of the day, and its basis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ForecastView {
    /// Until the next day, by cause, without those that need none.
    pub rest: Vec<CauseUse>,
    /// The basis of the part that follows no schedule.
    pub basis: ForecastBasis,
    /// The number of days in the mean.
    pub basis_days: u32,
    /// From the start of one sweep to the start of the next, in seconds.
    pub sweep_secs: i64,
    /// The same for status sweeps. None if there are none.
    pub status_secs: Option<i64>,
}

/// The basis of a forecast; see the engine's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ForecastBasis {
    /// The mean of past days.
    Days,
    /// The rate of today.
    Today,
    /// No data yet.
    Nothing,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct PlanFor {
    /// As entered. None: the current number.
    pub companies: Option<u32>,
}

/// The cost of a day for the current and for another number of companies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DayPlans {
    /// For the current number.
    pub now: DayPlanView,
    /// For the requested number.
    pub then: DayPlanView,
    /// The names of the schedules that run on this computer.
    pub schedules: Vec<String>,
    /// Whether schedules run on this computer.
    pub here: bool,
    /// Whether keep-alive queues reads.
    pub keeps_alive: bool,
}

/// The cost of a day; see the engine's type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DayPlanView {
    pub companies: u64,
    pub limit: u64,
    pub share: u64,
    pub sweeps: u64,
    pub sweep_secs: i64,
    pub status_secs: Option<i64>,
    pub sweep_bytes: u64,
    pub keep_alive: u64,
    pub schedules: u64,
    /// The limit for second checks, keep-alive and schedules together.
    pub others: u64,
    pub looks: u64,
    /// The part that exceeds the limit.
    pub over: u64,
    /// By schedule, in the order of their names.
    pub by_schedule: Vec<u64>,
}

/// The limit of acts for today.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct UseMore {
    /// In percent of the daily quota, 50 to 100.
    pub percent: u8,
}

impl App {
    pub(crate) async fn quota(&self, _: Nothing) -> Result<QuotaView, WireError> {
        let workspace = self.command_workspace().await;
        quota_of(&workspace).await
    }

    pub(crate) async fn use_more_today(&self, more: UseMore) -> Result<QuotaView, WireError> {
        if more.percent > 100 {
            return Err(WireError::new(
                Code::BadArguments,
                "The limit can be at most 100% of the day’s requests.",
            ));
        }
        let workspace = self.command_workspace().await;
        workspace.runner()?.send_event(engine::Event::RaiseUserQuota(more.percent));
        quota_of(&workspace).await
    }

    pub(crate) async fn plan_day(&self, request: PlanFor) -> Result<DayPlans, WireError> {
        let workspace = self.command_workspace().await;
        let store = workspace.store()?;
        let companies = u64::from(store.company_count().await?);
        let requested = request.companies.map_or(companies, u64::from);
        let planned_load = PlannedLoad::load(&workspace).await?;
        let (schedules, idle) = (planned_load.costs(), planned_load.idle(&store).await?);
        let plans = workspace.runner()?.query(move |engine, now| {
            let confirmations = engine.quota_report(&Usage::default(), now).confirmations_a_day();
            let planned = Planned { companies, schedules, idle, confirmations };
            [companies, requested].map(|companies| engine.day_plan(&planned, companies, now))
        });
        let [now, then] = plans.await?.map(plan_view);
        Ok(DayPlans {
            now,
            then,
            schedules: planned_load.schedules.into_iter().map(|schedule| schedule.name).collect(),
            here: planned_load.runs_here,
            keeps_alive: planned_load.keeps_alive,
        })
    }
}

async fn quota_of(workspace: &OpenWorkspace) -> Result<QuotaView, WireError> {
    let runner = workspace.runner()?;
    let resets = runner.query(|engine, now| engine.quota_report(&Usage::default(), now).resets).await?;
    let planned_load = PlannedLoad::load(workspace).await?;
    let planned = planned_load.rest_of_day(&*workspace.store()?, workspace.now(), resets).await?;
    Ok(view(runner.query(move |engine, now| engine.quota_report(&planned, now)).await?))
}

fn plan_view(plan: DayPlan) -> DayPlanView {
    DayPlanView {
        companies: plan.companies,
        limit: plan.limit,
        share: plan.share,
        sweeps: plan.sweeps,
        sweep_secs: plan.sweep_secs,
        status_secs: plan.status_secs,
        sweep_bytes: plan.sweep_bytes,
        keep_alive: plan.keep_alive,
        schedules: plan.schedule_requests(),
        others: plan.others,
        looks: plan.confirmations,
        over: plan.over,
        by_schedule: plan.schedules,
    }
}

fn forecast(forecast: &Forecast) -> ForecastView {
    let (basis, basis_days) = match forecast.basis {
        Basis::Days(days) => (ForecastBasis::Days, days),
        Basis::Today => (ForecastBasis::Today, 0),
        Basis::Nothing => (ForecastBasis::Nothing, 0),
    };
    ForecastView {
        rest: causes(&forecast.rest, |requests| requests > 0),
        basis,
        basis_days,
        sweep_secs: forecast.sweep_secs,
        status_secs: forecast.status_secs,
    }
}

fn view(report: QuotaReport) -> QuotaView {
    QuotaView {
        limit: report.limit,
        remaining: report.remaining,
        spent: report.spent,
        resets: millis(report.resets),
        today: causes(&report.today, |_| true),
        lost: report.unaccounted,
        share: report.share,
        background: report.today.background(),
        stop: report.user_limit,
        stop_percent: report.user_limit_percent,
        per_minute: report.per_minute,
        forecast: forecast(&report.forecast),
        days: report
            .days
            .iter()
            .map(|day| DayUse {
                day: day.day.to_string(),
                causes: causes(&day.usage, |requests| requests > 0),
            })
            .collect(),
    }
}

fn causes(usage: &Usage, shown: impl Fn(u64) -> bool) -> Vec<CauseUse> {
    Priority::ALL
        .into_iter()
        .map(|priority| CauseUse { cause: priority.into(), requests: usage.get(priority) })
        .filter(|used| shown(used.requests))
        .collect()
}
