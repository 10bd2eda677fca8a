//! Schedules in the interface's types.

use std::collections::BTreeMap;

use codat::data::{DataType, Group};
use domain::{RunCounts, RunId};
use engine::schedule::Target;
use serde::Serialize;
use store::{ScheduleOutcome, Store};
use ts_rs::TS;

use super::survey::SurveyedSchedule;
use crate::{error::WireError, schedule_plan::SchedulePlan, wire::millis};

/// The number of outcomes that are shown.
pub(super) const MAX_OUTCOMES: u32 = 20;
/// The number of company names that are shown.
const MAX_NAMES: usize = 200;

/// All schedules of a workspace.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Schedules {
    pub here: bool,
    /// The time zone of this computer. Empty if unknown.
    pub zone: String,
    /// Oldest first.
    pub rows: Vec<ScheduleView>,
    /// The data types to choose from.
    pub data_types: Vec<DataTypeChoice>,
    /// The cost of all schedules that are on, in requests per day.
    pub requests_a_day: u64,
    /// The daily limit of schedules within the share of background work, if known.
    pub allowed_a_day: Option<u64>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct DataTypeChoice {
    pub key: String,
    pub name: String,
    /// The heading of its group.
    pub group: String,
}

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScheduleView {
    pub id: i64,
    pub name: String,
    /// Whether it is on.
    pub on: bool,
    /// None if a newer version of the app wrote it.
    pub plan: Option<SchedulePlan>,
    /// The data types as text.
    pub data: String,
    /// The first companies of a plan with selected companies.
    pub names: Vec<NamedCompany>,
    pub forecast: ScheduleForecast,
    /// The key of the reason why a due run is delayed, if it is.
    pub held: Option<String>,
    /// Newest first.
    pub outcomes: Vec<OutcomeView>,
}

#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct NamedCompany {
    pub id: String,
    pub name: String,
}

/// The next runs and the cost of a schedule.
#[derive(Debug, Clone, Default, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScheduleForecast {
    /// Why it cannot run.
    pub problem: Option<String>,
    /// The next start times, soonest first.
    pub upcoming: Vec<i64>,
    /// The number of its companies.
    pub companies: u32,
    /// The number of companies without a linked connection.
    pub unreadable: u32,
    /// The number of due companies, for schedules that run every N hours.
    pub due: u32,
    /// Requests per day on average.
    pub requests_a_day: u64,
    /// Other schedules that are on and read the same data.
    pub overlaps: Vec<Overlap>,
}

/// A schedule that reads the same data.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct Overlap {
    pub id: i64,
    pub name: String,
    /// The number of common companies.
    pub companies: u32,
}

/// A result of a schedule.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct OutcomeView {
    /// When it was due. None if the user started it.
    pub due: Option<i64>,
    /// When it was decided.
    pub at: i64,
    /// The number of earlier missed times that it replaces.
    pub earlier: u32,
    /// The key of the reason for a delay or a skipped run.
    pub reason: Option<String>,
    /// Queued reads.
    pub queued: u32,
    /// Companies that were already read in the meantime.
    pub done: u32,
    /// Companies without a linked connection.
    pub unreadable: u32,
    /// The ID of the run.
    pub run: Option<i64>,
    /// The items of the run by state, if it still exists.
    pub counts: Option<RunCounts>,
}

pub(super) async fn schedule_view(
    store: &Store,
    schedule: &SurveyedSchedule,
    forecast: ScheduleForecast,
    outcomes: &[ScheduleOutcome],
    runs: &BTreeMap<RunId, RunCounts>,
) -> Result<ScheduleView, WireError> {
    let mut names = Vec::new();
    if let Target::Companies(companies) = &schedule.plan.target {
        for company in companies.iter().take(MAX_NAMES) {
            let row = store.company(*company).await?;
            names.extend(row.map(|row| NamedCompany { id: company.to_string(), name: row.name }));
        }
    }
    Ok(ScheduleView {
        id: schedule.id,
        name: schedule.name.clone(),
        on: schedule.on,
        plan: (!schedule.unknown).then(|| SchedulePlan::from_plan(&schedule.plan)),
        data: data_types_text(&schedule.plan.data_types),
        names,
        forecast,
        held: None,
        outcomes: outcomes.iter().map(|one| outcome(one, runs)).collect(),
    })
}

fn outcome(outcome: &ScheduleOutcome, runs: &BTreeMap<RunId, RunCounts>) -> OutcomeView {
    OutcomeView {
        due: outcome.due.map(millis),
        at: millis(outcome.at),
        earlier: outcome.earlier,
        reason: outcome.reason.clone(),
        queued: outcome.queued,
        done: outcome.done,
        unreadable: outcome.unreadable,
        run: outcome.run.map(|run| run.0),
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

/// “All data”, “Bills”, “Bills and Invoices”, “Bills, Invoices and Payments”.
fn data_types_text(keys: &[String]) -> String {
    let names = keys.iter().map(|key| DataType::of_key(key).map_or(key.as_str(), |known| known.name));
    let names: Vec<_> = names.collect();
    match names.split_last() {
        None => "All data".to_owned(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}
