//! Schedules: their plans, costs and results.

mod survey;
mod view;

use std::collections::BTreeMap;

use codat::data::Group;
use domain::ScheduleId;
use engine::{Act, schedule::Plan};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::Store;
use ts_rs::TS;

use super::{Kind, Nothing};
use crate::{
    app::{App, admit_to},
    clock,
    error::{Code, WireError},
    open_workspace::OpenWorkspace,
    schedule_plan::SchedulePlan,
    schedules::{self, StoredSchedule},
    wire::Event,
};

use survey::unreadable_schedule;
pub(crate) use survey::{SurveyedSchedule, survey};
use view::{MAX_OUTCOMES, Overlap, choices, schedule_view};
pub(crate) use view::{ScheduleForecast, Schedules};

/// The maximum length of a name, in characters.
const MAX_NAME_LENGTH: usize = 100;
/// The maximum number of schedules in a workspace.
pub(crate) const MAX_SCHEDULES: usize = 100;

/// A plan to preview.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct ForecastRequest {
    /// The ID of the schedule that it would replace.
    pub id: Option<i64>,
    pub plan: SchedulePlan,
}

/// A schedule to save.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SaveSchedule {
    /// Its ID. None: a new schedule.
    pub id: Option<i64>,
    /// As entered.
    pub name: String,
    /// Whether it is on.
    pub on: bool,
    pub plan: SchedulePlan,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct ScheduleById {
    pub id: i64,
}

/// A schedule to turn on or off.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct SwitchSchedule {
    pub id: i64,
    pub on: bool,
}

/// Whether schedules run on this computer.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct SchedulesHere {
    pub here: bool,
}

impl App {
    pub(crate) async fn schedules(&self, _: Nothing) -> Result<Schedules, WireError> {
        let workspace = self.command_workspace().await;
        let store = workspace.store()?;
        let schedules_with_companies = survey(&store, workspace.now()).await?;
        let mut outcomes = Vec::with_capacity(schedules_with_companies.len());
        for one in &schedules_with_companies {
            outcomes.push(store.schedule_outcomes(one.id, MAX_OUTCOMES).await?);
        }
        // Loaded after the outcomes, so that every run of an outcome is included.
        let runs: BTreeMap<_, _> = store.runs().await?.into_iter().map(|run| (run.id, run.counts)).collect();
        let held = workspace.runner().map(|runner| runner.snapshot().held_schedules).unwrap_or_default();
        let mut rows = Vec::with_capacity(schedules_with_companies.len());
        for (at, (one, outcomes)) in schedules_with_companies.iter().zip(&outcomes).enumerate() {
            let others = schedules_with_companies
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != at)
                .map(|(_, other)| other);
            let mut row = schedule_view(&store, one, one.forecast(others), outcomes, &runs).await?;
            row.held =
                held.iter().find(|(id, _)| id.0 == row.id).map(|(_, reason)| reason.as_str().to_owned());
            rows.push(row);
        }
        let allowed_a_day = match workspace.runner() {
            Ok(runner) => runner.query(|engine, _| engine.schedules_share()).await?,
            Err(_) => None,
        };
        Ok(Schedules {
            here: schedules::runs_here(&store, workspace.record().kind).await?,
            zone: clock::zone().iana_name().unwrap_or_default().to_owned(),
            requests_a_day: rows.iter().filter(|row| row.on).map(|row| row.forecast.requests_a_day).sum(),
            rows,
            data_types: Group::ALL.into_iter().flat_map(choices).collect(),
            allowed_a_day,
        })
    }

    pub(crate) async fn schedule_forecast(
        &self,
        request: ForecastRequest,
    ) -> Result<ScheduleForecast, WireError> {
        let workspace = self.command_workspace().await;
        let (store, now) = (workspace.store()?, workspace.now());
        let plan = request.plan.to_plan(now)?;
        let one = SurveyedSchedule::load(&store, request.id.unwrap_or(0), "", true, plan, None, now).await?;
        let others = survey(&store, now).await?;
        Ok(one.forecast(others.iter().filter(|other| Some(other.id) != request.id)))
    }

    #[expect(clippy::unused_async, reason = "every command has the same shape")]
    pub(crate) async fn time_zones(&self, _: Nothing) -> Result<Vec<String>, WireError> {
        let mut zones: Vec<_> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        zones.retain(|name| name == "UTC" || name.contains('/') && !name.starts_with("Etc/"));
        zones.sort_unstable();
        Ok(zones)
    }

    pub(crate) async fn save_schedule(&self, save: SaveSchedule) -> Result<Schedules, WireError> {
        let workspace = self.command_workspace().await;
        let (store, now) = (workspace.store()?, workspace.now());
        let name = name(&save.name)?;
        let plan = save.plan.to_plan(now)?;
        if let Some(problem) = plan.problem(&clock::zone(), now) {
            return Err(WireError::new(Code::BadArguments, problem.to_string()));
        }
        if save.id.is_none() && store.schedules().await?.len() >= MAX_SCHEDULES {
            let message =
                format!("A workspace can have at most {MAX_SCHEDULES} schedules. Nothing was saved.");
            return Err(WireError::new(Code::BadArguments, message));
        }
        let label = schedules::local_time(&plan, now);
        let stored = store.put_schedule(save.id, &name, save.on, &plan_json(&plan)?, Some(&label)).await?;
        stored.ok_or_else(schedule_gone)?;
        self.schedules_changed(&workspace).await
    }

    pub(crate) async fn switch_schedule(&self, switch: SwitchSchedule) -> Result<Schedules, WireError> {
        let workspace = self.command_workspace().await;
        let _act = if switch.on { admit_to(&workspace, Kind::Operate)? } else { None };
        let store = workspace.store()?;
        let stored = schedules::load(&store).await?;
        let one = stored.into_iter().find(|one| one.row.id == switch.id).ok_or_else(schedule_gone)?;
        let plan = one.plan.ok_or_else(unreadable_schedule)?;
        // Times that passed while it was off are not made up for.
        let label = schedules::local_time(&plan, workspace.now());
        if !store.switch_schedule(switch.id, switch.on, &label).await? {
            return Err(schedule_gone());
        }
        self.schedules_changed(&workspace).await
    }

    pub(crate) async fn remove_schedule(&self, by: ScheduleById) -> Result<Schedules, WireError> {
        let workspace = self.command_workspace().await;
        workspace.store()?.mark_schedule_removed(by.id, true).await?;
        self.schedules_changed(&workspace).await
    }

    pub(crate) async fn restore_schedule(&self, by: ScheduleById) -> Result<Schedules, WireError> {
        let workspace = self.command_workspace().await;
        if !workspace.store()?.mark_schedule_removed(by.id, false).await? {
            return Err(schedule_gone());
        }
        self.schedules_changed(&workspace).await
    }

    pub(crate) async fn run_schedule(&self, by: ScheduleById) -> Result<Nothing, WireError> {
        let workspace = self.command_workspace().await;
        let mut stored = schedules::load(&*workspace.store()?).await?.into_iter();
        let plan = stored.find(|one| one.row.id == by.id).and_then(|one| one.plan);
        if let Some(problem) = plan.and_then(|plan| schedules::search_problem(&plan.target, workspace.now()))
        {
            return Err(WireError::new(Code::SearchInvalid, problem));
        }
        workspace.runner()?.act(Act::RunSchedule(ScheduleId(by.id))).await?;
        Ok(Nothing {})
    }

    pub(crate) async fn set_schedules_here(&self, set: SchedulesHere) -> Result<Schedules, WireError> {
        let workspace = self.command_workspace().await;
        let _act = if set.here { admit_to(&workspace, Kind::Operate)? } else { None };
        let store = workspace.store()?;
        if set.here && !schedules::runs_here(&store, workspace.record().kind).await? {
            self.skip_missed(&store, workspace.now()).await?;
        }
        schedules::set_runs_here(&store, set.here).await?;
        self.schedules_changed(&workspace).await
    }

    /// Marks all times up to now as decided, so that times that passed while schedules did not run here are
    /// not made up for.
    async fn skip_missed(&self, store: &Store, now: Timestamp) -> Result<(), WireError> {
        for StoredSchedule { row, plan } in schedules::load(store).await? {
            let Some(plan) = plan else { continue };
            let label = schedules::local_time(&plan, now);
            store.put_schedule(Some(row.id), &row.name, row.is_on, &row.plan, Some(&label)).await?;
        }
        Ok(())
    }

    /// Sends the schedules to the engine and notifies windows. Returns the new state.
    async fn schedules_changed(&self, workspace: &OpenWorkspace) -> Result<Schedules, WireError> {
        let store = workspace.store()?;
        if let Ok(runner) = workspace.runner() {
            runner
                .send_event(schedules::engine_event(&store, workspace.record().kind, workspace.now()).await?);
        }
        self.emit(Event::Schedules);
        self.schedules(Nothing {}).await
    }
}

fn name(text: &str) -> Result<String, WireError> {
    let name = text.trim();
    if name.is_empty() {
        return Err(WireError::new(Code::NameEmpty, "Give the schedule a name."));
    }
    if name.chars().count() > MAX_NAME_LENGTH {
        let message = format!("The name is longer than {MAX_NAME_LENGTH} characters.");
        return Err(WireError::new(Code::NameTooLong, message));
    }
    Ok(name.to_owned())
}

fn plan_json(plan: &Plan) -> Result<String, WireError> {
    serde_json::to_string(plan).map_err(|error| {
        WireError::new(Code::Internal, "We couldn’t save the schedule. Nothing was changed.")
            .with_detail(error.to_string())
    })
}

fn schedule_gone() -> WireError {
    WireError::new(Code::NotFound, "This schedule no longer exists.")
}
