//! A schedule as a page shows it.

use std::collections::BTreeMap;

use codat::data::{DataType, Group};
use engine::schedule::Target;
use serde::Serialize;
use store::{RunCounts, ScheduleOutcome, Store};
use ts_rs::TS;

use super::survey::Surveyed;
use crate::{convert::millis, error::WireError, schedule_plan::SchedulePlan};

/// Last outcomes that are shown.
pub(super) const OUTCOMES: u32 = 20;
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

pub(super) async fn view(
    store: &Store,
    one: &Surveyed,
    forecast: ScheduleForecast,
    outcomes: &[ScheduleOutcome],
    runs: &BTreeMap<i64, RunCounts>,
) -> Result<ScheduleView, WireError> {
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

/// The data types of a group.
pub(super) fn choices(group: Group) -> impl Iterator<Item = DataTypeChoice> {
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
