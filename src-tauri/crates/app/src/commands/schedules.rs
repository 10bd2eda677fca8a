//! Schedules: what is read when, what it costs, and what came of it.

mod shown;
mod survey;

use std::collections::BTreeMap;

use codat::data::Group;
use engine::{
    Act,
    schedule::{Plan, ScheduleId},
};
use serde::{Deserialize, Serialize};
use store::Store;
use ts_rs::TS;

use super::{Kind, Nothing};
use crate::{
    app::{App, admit_to},
    clock,
    desk::Desk,
    error::{Code, WireError},
    schedule_plan::SchedulePlan,
    schedules::{self, Kept},
    wire::Event,
};

use shown::{OUTCOMES, Overlap, choices, view};
pub(crate) use shown::{ScheduleForecast, Schedules};
use survey::unknown;
pub(crate) use survey::{Surveyed, survey};

/// The longest name of a schedule.
const LONGEST_NAME: usize = 100;
/// The most schedules of a workspace.
pub(crate) const MOST_SCHEDULES: usize = 100;

/// A plan to be looked at before it is kept.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct ForecastRequest {
    /// The schedule that it is to take the place of.
    pub id: Option<i64>,
    /// The plan.
    pub plan: SchedulePlan,
}

/// A schedule to be kept.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct SaveSchedule {
    /// Its number; none for a new one.
    pub id: Option<i64>,
    /// As typed.
    pub name: String,
    /// Whether it runs.
    pub on: bool,
    /// What it does and when.
    pub plan: SchedulePlan,
}

/// A schedule by its number.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct ScheduleById {
    /// Its number.
    pub id: i64,
}

/// A schedule to be switched.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct SwitchSchedule {
    /// Its number.
    pub id: i64,
    /// Whether it is to run.
    pub on: bool,
}

/// Whether schedules run on this computer.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub(crate) struct SchedulesHere {
    /// True where they do.
    pub here: bool,
}

impl App {
    pub(crate) async fn schedules(&self, _: Nothing) -> Result<Schedules, WireError> {
        let desk = self.desk().await;
        let store = desk.store()?;
        let surveyed = survey(&store).await?;
        let mut outcomes = Vec::with_capacity(surveyed.len());
        for one in &surveyed {
            outcomes.push(store.schedule_outcomes(one.id, OUTCOMES).await?);
        }
        // After the outcomes, so that no outcome has a run which is not among these.
        let runs: BTreeMap<_, _> = store.runs().await?.into_iter().map(|run| (run.id, run.counts)).collect();
        let held = desk.runner().map(|runner| runner.shown().held_schedules).unwrap_or_default();
        let mut rows = Vec::with_capacity(surveyed.len());
        for (at, (one, outcomes)) in surveyed.iter().zip(&outcomes).enumerate() {
            let others =
                surveyed.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, other)| other);
            let mut view = view(&store, one, one.forecast(others), outcomes, &runs).await?;
            view.held =
                held.iter().find(|(id, _)| id.0 == view.id).map(|(_, reason)| reason.as_str().to_owned());
            rows.push(view);
        }
        let allowed_a_day = match desk.runner() {
            Ok(runner) => runner.look(|engine, _| engine.schedules_share()).await?,
            Err(_) => None,
        };
        Ok(Schedules {
            here: schedules::run_here(&store, desk.workspace().kind).await?,
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
        let store = self.desk().await.store()?;
        let plan = request.plan.to_plan(clock::now())?;
        let one = Surveyed::of(&store, request.id.unwrap_or(0), "", true, plan, None).await?;
        let others = survey(&store).await?;
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
        let desk = self.desk().await;
        let (store, now) = (desk.store()?, clock::now());
        let name = name(&save.name)?;
        let plan = save.plan.to_plan(now)?;
        if let Some(problem) = plan.problem(&clock::zone(), now) {
            return Err(WireError::new(Code::BadArguments, problem.to_string()));
        }
        if save.id.is_none() && store.schedules().await?.len() >= MOST_SCHEDULES {
            let message =
                format!("A workspace can have at most {MOST_SCHEDULES} schedules. Nothing was kept.");
            return Err(WireError::new(Code::BadArguments, message));
        }
        let label = schedules::label(&plan, now);
        let kept = store.put_schedule(save.id, &name, save.on, &written(&plan)?, Some(&label)).await?;
        kept.ok_or_else(gone)?;
        self.schedules_changed(&desk).await
    }

    pub(crate) async fn switch_schedule(&self, switch: SwitchSchedule) -> Result<Schedules, WireError> {
        let desk = self.desk().await;
        let _act = if switch.on { admit_to(&desk, Kind::Operate)? } else { None };
        let store = desk.store()?;
        let kept = schedules::kept(&store).await?;
        let one = kept.into_iter().find(|one| one.row.id == switch.id).ok_or_else(gone)?;
        let plan = one.plan.ok_or_else(unknown)?;
        // What was due while it was off is not caught up.
        let label = schedules::label(&plan, clock::now());
        if !store.switch_schedule(switch.id, switch.on, &label).await? {
            return Err(gone());
        }
        self.schedules_changed(&desk).await
    }

    pub(crate) async fn remove_schedule(&self, by: ScheduleById) -> Result<Schedules, WireError> {
        let desk = self.desk().await;
        desk.store()?.mark_schedule_removed(by.id, true).await?;
        self.schedules_changed(&desk).await
    }

    pub(crate) async fn restore_schedule(&self, by: ScheduleById) -> Result<Schedules, WireError> {
        let desk = self.desk().await;
        if !desk.store()?.mark_schedule_removed(by.id, false).await? {
            return Err(gone());
        }
        self.schedules_changed(&desk).await
    }

    pub(crate) async fn run_schedule(&self, by: ScheduleById) -> Result<Nothing, WireError> {
        let desk = self.desk().await;
        let mut kept = schedules::kept(&*desk.store()?).await?.into_iter();
        let plan = kept.find(|one| one.row.id == by.id).and_then(|one| one.plan);
        if let Some(problem) = plan.and_then(|plan| schedules::search_problem(&plan.target, clock::now())) {
            return Err(WireError::new(Code::SearchInvalid, problem));
        }
        desk.runner()?.act(Act::RunSchedule(ScheduleId(by.id))).await?;
        Ok(Nothing {})
    }

    pub(crate) async fn set_schedules_here(&self, set: SchedulesHere) -> Result<Schedules, WireError> {
        let desk = self.desk().await;
        let _act = if set.here { admit_to(&desk, Kind::Operate)? } else { None };
        let store = desk.store()?;
        if set.here && !schedules::run_here(&store, desk.workspace().kind).await? {
            self.begin_now(&store).await?;
        }
        schedules::set_run_here(&store, set.here).await?;
        self.schedules_changed(&desk).await
    }

    /// What was due while schedules did not run here is not caught up.
    async fn begin_now(&self, store: &Store) -> Result<(), WireError> {
        for Kept { row, plan } in schedules::kept(store).await? {
            let Some(plan) = plan else { continue };
            let label = schedules::label(&plan, clock::now());
            store.put_schedule(Some(row.id), &row.name, row.is_on, &row.plan, Some(&label)).await?;
        }
        Ok(())
    }

    /// The engine and the windows are told; gives what there is now.
    async fn schedules_changed(&self, desk: &Desk) -> Result<Schedules, WireError> {
        let store = desk.store()?;
        if let Ok(runner) = desk.runner() {
            runner.tell(schedules::event(&store, desk.workspace().kind).await?);
        }
        self.announce(Event::Schedules);
        self.schedules(Nothing {}).await
    }
}

fn name(text: &str) -> Result<String, WireError> {
    let name = text.trim();
    if name.is_empty() {
        return Err(WireError::new(Code::NameEmpty, "Give the schedule a name."));
    }
    if name.chars().count() > LONGEST_NAME {
        let message = format!("The name is longer than {LONGEST_NAME} characters.");
        return Err(WireError::new(Code::NameTooLong, message));
    }
    Ok(name.to_owned())
}

fn written(plan: &Plan) -> Result<String, WireError> {
    serde_json::to_string(plan).map_err(|error| {
        WireError::new(Code::Internal, "The schedule could not be written. Nothing was kept.")
            .with_detail(error.to_string())
    })
}

fn gone() -> WireError {
    WireError::new(Code::NotFound, "This schedule is no longer there.")
}
