//! The day's allowance: what is spent on what, and using more of it than usual today.

use engine::{Basis, Class, DayPlan, Forecast, Planned, QuotaReport, Usage};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Nothing;
use crate::{
    app::App,
    clock,
    convert::millis,
    desk::Desk,
    error::{Code, WireError},
    planned::Gathered,
};

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum RequestCause {
    /// A person clicked.
    Click,
    /// A screen that a person watches.
    Screen,
    /// A run over many companies that a person asked for.
    Run,
    /// A second look at what a sweep found.
    Look,
    /// A sweep.
    Sweep,
    /// Keeping access from being withdrawn.
    KeepAlive,
    /// A schedule of this app.
    Schedule,
}

impl From<Class> for RequestCause {
    fn from(class: Class) -> Self {
        match class {
            Class::Click => Self::Click,
            Class::Screen => Self::Screen,
            Class::Run => Self::Run,
            Class::Look => Self::Look,
            Class::Sweep => Self::Sweep,
            Class::KeepAlive => Self::KeepAlive,
            Class::Schedule => Self::Schedule,
        }
    }
}

/// Requests for one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CauseUse {
    /// What for.
    pub cause: RequestCause,
    /// How many.
    pub requests: u64,
}

/// A day that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DayUse {
    /// The day in UTC, such as `2026-11-23`.
    pub day: String,
    /// By what they were for; what needed none is not named.
    pub causes: Vec<CauseUse>,
}

/// The day's allowance and what became of it. Days are those of Codat, in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QuotaView {
    /// Requests a day, as far as Codat has said.
    pub limit: Option<u64>,
    /// What is left of them, whoever spent the rest.
    pub remaining: Option<u64>,
    /// What is spent of them, whoever spent it.
    pub spent: u64,
    /// When the day begins anew.
    pub resets: i64,
    /// What this app spent today, each cause once, in their order.
    pub today: Vec<CauseUse>,
    /// Requests of today that may have gone before the app last ended without notice: they count as spent.
    pub lost: u64,
    /// What background work may spend a day.
    pub share: u64,
    /// What background work spent today.
    pub background: u64,
    /// Up to how many requests this app takes the day before it asks.
    pub stop: u64,
    /// The same in percent of the allowance.
    pub stop_percent: u8,
    /// Requests a minute at this time.
    pub per_minute: u32,
    /// The days before, newest first; at most four weeks.
    pub days: Vec<DayUse>,
    /// What the rest of the day is likely to take.
    pub forecast: ForecastView,
}

/// What the rest of the day is likely to take, and what that rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ForecastView {
    /// From now until the day begins anew; what is expected to take none is not named.
    pub rest: Vec<CauseUse>,
    /// What the part that follows no plan rests on.
    pub basis: ForecastBasis,
    /// Days that the mean is taken of.
    pub basis_days: u32,
    /// From the start of one sweep to the start of the next, in seconds.
    pub sweep_secs: i64,
    /// The same for status sweeps, where there are any.
    pub status_secs: Option<i64>,
}

/// What a forecast rests on; see the engine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ForecastBasis {
    /// The mean of the days before.
    Days,
    /// The pace of this day so far.
    Today,
    /// Nothing yet.
    Nothing,
}

/// How many companies.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct PlanFor {
    /// As typed; none for as many as there are.
    pub companies: Option<u32>,
}

/// What a day costs now, and at another number of companies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DayPlans {
    /// At the number there is.
    pub now: DayPlanView,
    /// At the number that was asked for.
    pub then: DayPlanView,
    /// The names of the schedules that run on this computer.
    pub schedules: Vec<String>,
    /// Whether schedules run on this computer.
    pub here: bool,
    /// Whether keep-alive queues reads.
    pub keeps_alive: bool,
}

/// What a day costs; see the engine's.
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
    /// What looks, keep-alive and schedules may take together.
    pub others: u64,
    pub looks: u64,
    /// What of them does not fit into a day.
    pub over: u64,
    /// Of each schedule, in the order of their names.
    pub by_schedule: Vec<u64>,
}

/// How much of this day acts may take.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct UseMore {
    /// In percent of the day's allowance, 50 to 100.
    pub percent: u8,
}

impl App {
    pub(crate) async fn quota(&self, _: Nothing) -> Result<QuotaView, WireError> {
        let desk = self.desk().await;
        quota_of(&desk).await
    }

    pub(crate) async fn use_more_today(&self, more: UseMore) -> Result<QuotaView, WireError> {
        if more.percent > 100 {
            return Err(WireError::new(Code::BadArguments, "A day has no more than 100% of its requests."));
        }
        let desk = self.desk().await;
        desk.runner()?.tell(engine::Event::Raise(more.percent));
        quota_of(&desk).await
    }

    pub(crate) async fn plan_day(&self, wanted: PlanFor) -> Result<DayPlans, WireError> {
        let desk = self.desk().await;
        let store = desk.store()?;
        let companies = u64::from(store.how_many().await?);
        let asked = wanted.companies.map_or(companies, u64::from);
        let gathered = Gathered::of(&desk).await?;
        let (schedules, idle) = (gathered.costs(), gathered.idle(&store).await?);
        let plans = desk.runner()?.look(move |engine, now| {
            let looks = engine.quota(&Usage::default(), now).looks_a_day();
            let planned = Planned { companies, schedules, idle, looks };
            [companies, asked].map(|companies| engine.day_plan(&planned, companies, now))
        });
        let [now, then] = plans.await?.map(plan_view);
        Ok(DayPlans {
            now,
            then,
            schedules: gathered.schedules.into_iter().map(|one| one.name).collect(),
            here: gathered.here,
            keeps_alive: gathered.keeps_alive,
        })
    }
}

async fn quota_of(desk: &Desk) -> Result<QuotaView, WireError> {
    let runner = desk.runner()?;
    let resets = runner.look(|engine, now| engine.quota(&Usage::default(), now).resets).await?;
    let gathered = Gathered::of(desk).await?;
    let planned = gathered.rest_of_day(&*desk.store()?, clock::now(), resets).await?;
    Ok(view(runner.look(move |engine, now| engine.quota(&planned, now)).await?))
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
        schedules: plan.of_schedules(),
        others: plan.others,
        looks: plan.looks,
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
        lost: report.lost,
        share: report.share,
        background: report.today.background(),
        stop: report.stop,
        stop_percent: report.stop_percent,
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
    Class::ALL
        .into_iter()
        .map(|class| CauseUse { cause: class.into(), requests: usage.of(class) })
        .filter(|used| shown(used.requests))
        .collect()
}
