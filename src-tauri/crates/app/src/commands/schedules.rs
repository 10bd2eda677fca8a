//! Schedules: what is read when, what it costs, and what came of it.

use std::collections::{BTreeMap, BTreeSet};

use codat::{
    CompanyId,
    data::{DataType, Group},
};
use engine::{
    Act, ScheduleCost,
    schedule::{Basis, Judgement, Plan, ScheduleId, Standing, Target, Timing},
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use store::{RunCounts, ScheduleOutcome, Store};
use ts_rs::TS;

use super::Nothing;
use crate::{
    app::App,
    clock,
    convert::millis,
    desk::Desk,
    error::{Code, WireError},
    schedule_plan::SchedulePlan,
    schedules::{self, Kept},
    wire::Event,
};

/// The longest name of a schedule.
const LONGEST_NAME: usize = 100;
/// The most schedules of a workspace.
const MOST_SCHEDULES: usize = 100;
/// Next runs that are shown.
const UPCOMING: usize = 5;
/// Last outcomes that are shown.
const OUTCOMES: u32 = 20;
/// Names of chosen companies that are shown.
const NAMES: usize = 200;

/// All schedules of the workspace.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Schedules {
    /// Whether schedules run on this computer.
    pub here: bool,
    /// The time zone of this computer; empty where it is not known.
    pub zone: String,
    /// The schedules, oldest first.
    pub rows: Vec<ScheduleView>,
    /// The data types that one can be for.
    pub data_types: Vec<DataTypeChoice>,
    /// What those that are on cost a day, in requests.
    pub requests_a_day: u64,
    /// What schedules may take of what background work may spend a day, as far as it is known.
    pub allowed_a_day: Option<u64>,
}

/// A data type that a schedule can be for.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct DataTypeChoice {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What it is listed under.
    pub group: String,
}

/// One schedule.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScheduleView {
    /// Its number.
    pub id: i64,
    /// What the person calls it.
    pub name: String,
    /// Whether it runs.
    pub on: bool,
    /// What it does and when; none where a newer version of the app wrote it.
    pub plan: Option<SchedulePlan>,
    /// The data type in words.
    pub data: String,
    /// The first of the companies that were chosen one by one.
    pub names: Vec<NamedCompany>,
    /// When and at what cost.
    pub forecast: ScheduleForecast,
    /// What holds up what is due now, if anything does: a word.
    pub held: Option<String>,
    /// What came of it, the newest first.
    pub outcomes: Vec<OutcomeView>,
}

/// A company by its name.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct NamedCompany {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// When a schedule runs next, and what it costs.
#[derive(Debug, Clone, Default, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScheduleForecast {
    /// Why it cannot run, if it cannot.
    pub problem: Option<String>,
    /// The next times at which it begins, soonest first.
    pub upcoming: Vec<i64>,
    /// Companies that it reads now.
    pub companies: u32,
    /// Those among them that cannot be read from.
    pub unreadable: u32,
    /// Companies that are due now, of an every-N-hours schedule.
    pub due: u32,
    /// Requests a day, on average.
    pub requests_a_day: u64,
    /// Other schedules that are on and read the same.
    pub overlaps: Vec<Overlap>,
}

/// Another schedule that reads the same.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct Overlap {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Of how many companies.
    pub companies: u32,
}

/// What a schedule did.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct OutcomeView {
    /// When it was due; none where a person asked.
    pub due: Option<i64>,
    /// When it was decided.
    pub at: i64,
    /// Times before that had not been met, for which it stands in.
    pub earlier: u32,
    /// What held it up, or why nothing was read: a word.
    pub reason: Option<String>,
    /// Reads that were queued.
    pub queued: u32,
    /// Companies that somebody had read since.
    pub done: u32,
    /// Companies that cannot be read from.
    pub unreadable: u32,
    /// The run that reads.
    pub run: Option<i64>,
    /// How the reads of that run stand, where it is still known.
    pub counts: Option<RunCounts>,
}

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
        let runs: BTreeMap<_, _> = store.runs().await?.into_iter().map(|run| (run.id, run.counts)).collect();
        let held = desk.runner().map(|runner| runner.shown().held_schedules).unwrap_or_default();
        let mut rows = Vec::with_capacity(surveyed.len());
        for (at, one) in surveyed.iter().enumerate() {
            let others =
                surveyed.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, other)| other);
            let mut view = view(&store, one, one.forecast(others), &runs).await?;
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
        let plan = request.plan.to_plan()?;
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
        let plan = save.plan.to_plan()?;
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
        let store = desk.store()?;
        let kept = schedules::kept(&store).await?;
        let one = kept.into_iter().find(|one| one.row.id == switch.id).ok_or_else(gone)?;
        let plan = one.plan.ok_or_else(unknown)?;
        // What was due while it was off is not caught up.
        let label = schedules::label(&plan, clock::now());
        let decided = if switch.on && !one.row.is_on { Some(label) } else { one.row.decided };
        store
            .put_schedule(Some(switch.id), &one.row.name, switch.on, &one.row.plan, decided.as_deref())
            .await?
            .ok_or_else(gone)?;
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
        self.desk().await.runner()?.act(Act::RunSchedule(ScheduleId(by.id))).await?;
        Ok(Nothing {})
    }

    pub(crate) async fn set_schedules_here(&self, set: SchedulesHere) -> Result<Schedules, WireError> {
        let desk = self.desk().await;
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

/// A schedule with the companies that it reads.
pub(crate) struct Surveyed {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) on: bool,
    pub(crate) plan: Plan,
    pub(crate) decided: Option<jiff::civil::DateTime>,
    pub(crate) standings: Vec<Standing>,
    unknown: bool,
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
    async fn of(
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

    fn forecast<'a>(&self, others: impl Iterator<Item = &'a Self>) -> ScheduleForecast {
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
                self.plan.problem(&here, now).map(|problem| problem.to_string())
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

async fn view(
    store: &Store,
    one: &Surveyed,
    forecast: ScheduleForecast,
    runs: &BTreeMap<i64, RunCounts>,
) -> Result<ScheduleView, WireError> {
    let outcomes = store.schedule_outcomes(one.id, OUTCOMES).await?;
    let mut names = Vec::new();
    if let Target::Companies(companies) = &one.plan.target {
        for company in companies.iter().take(NAMES) {
            let row = store.company(*company).await?;
            names.extend(row.map(|row| NamedCompany { id: company.to_string(), name: row.name }));
        }
    }
    Ok(ScheduleView {
        id: one.id,
        name: one.name.clone(),
        on: one.on,
        plan: (!one.unknown).then(|| SchedulePlan::of(&one.plan)),
        data: data_words(one.plan.data_type.as_deref()),
        names,
        forecast,
        held: None,
        outcomes: outcomes.iter().map(|one| outcome(one, runs)).collect(),
    })
}

fn outcome(outcome: &ScheduleOutcome, runs: &BTreeMap<i64, RunCounts>) -> OutcomeView {
    OutcomeView {
        due: outcome.due.map(millis),
        at: millis(outcome.at),
        earlier: outcome.earlier,
        reason: outcome.reason.clone(),
        queued: outcome.queued,
        done: outcome.done,
        unreadable: outcome.unreadable,
        run: outcome.run,
        counts: outcome.run.and_then(|run| runs.get(&run).copied()),
    }
}

fn choices(group: Group) -> impl Iterator<Item = DataTypeChoice> {
    group.types().map(move |known| DataTypeChoice {
        key: known.key.to_owned(),
        name: known.name.to_owned(),
        group: group.label().to_owned(),
    })
}

fn data_words(key: Option<&str>) -> String {
    match key {
        None => "All data".to_owned(),
        Some(key) => DataType::of_key(key).map_or(key, |known| known.name).to_owned(),
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

fn gone() -> WireError {
    WireError::new(Code::NotFound, "This schedule is no longer there.")
}

fn unknown() -> WireError {
    WireError::new(Code::Unreadable, "A newer version of the app wrote this schedule. It does not run here.")
}
