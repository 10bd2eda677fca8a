//! Loads schedules from the store, for the engine and for the interface.

use domain::ScheduleId;
use engine::schedule::{Plan, Schedule, Target};
use jiff::{Timestamp, civil, tz::TimeZone};
use store::{CompanySelection, ScheduleRow, Store, StoreError, WorkspaceKind, setting_keys::SCHEDULES_HERE};

use crate::clock;

/// A schedule from the store. The plan is `None` if a newer version of the app wrote it.
pub(crate) struct StoredSchedule {
    pub(crate) row: ScheduleRow,
    pub(crate) plan: Option<Plan>,
}

/// All schedules of a workspace, oldest first.
pub(crate) async fn load(store: &Store) -> Result<Vec<StoredSchedule>, StoreError> {
    let rows = store.schedules().await?;
    Ok(rows
        .into_iter()
        .map(|row| StoredSchedule { plan: serde_json::from_str(&row.plan).ok(), row })
        .collect())
}

/// Whether schedules run on this computer. The default is yes for the sandbox and no for Codat.
pub(crate) async fn runs_here(store: &Store, kind: WorkspaceKind) -> Result<bool, StoreError> {
    let setting = store.load(SCHEDULES_HERE).await?;
    Ok(match setting.as_deref() {
        Some("on") => true,
        Some("off") => false,
        Some(_) | None => kind == WorkspaceKind::Sandbox,
    })
}

/// Saves whether schedules run on this computer.
pub(crate) async fn set_runs_here(store: &Store, here: bool) -> Result<(), StoreError> {
    store.save(SCHEDULES_HERE, if here { "on" } else { "off" }).await
}

/// The event that gives the engine its schedules.
pub(crate) async fn engine_event(
    store: &Store,
    kind: WorkspaceKind,
    now: Timestamp,
) -> Result<engine::Event, StoreError> {
    engine_event_in_zone(store, runs_here(store, kind).await?, clock::zone(), now).await
}

/// As [`engine_event`], with the setting and the time zone of the computer as arguments.
pub(crate) async fn engine_event_in_zone(
    store: &Store,
    here: bool,
    zone: TimeZone,
    now: Timestamp,
) -> Result<engine::Event, StoreError> {
    let schedules = load(store).await?.into_iter().filter_map(|stored| schedule(stored, now)).collect();
    Ok(engine::Event::Schedules { here, zone, schedules })
}

/// The current local time of a schedule. A new schedule counts everything up to it as decided.
pub(crate) fn local_time(plan: &Plan, now: Timestamp) -> String {
    let zone = plan.time_zone(&clock::zone()).unwrap_or(TimeZone::UTC);
    zone.to_datetime(now).to_string()
}

/// The companies of a plan as a filter for the store.
pub(crate) fn company_filter(target: &Target) -> CompanySelection<'_> {
    match target {
        Target::Matching(search) => CompanySelection::Search(search),
        Target::Companies(companies) => CompanySelection::List(companies),
    }
}

/// The problem of a plan's search, if any. A filter with an error would be ignored, and the plan would read
/// more companies than intended.
pub(crate) fn search_problem(target: &Target, now: Timestamp) -> Option<String> {
    let Target::Matching(search) = target else { return None };
    store::search_problems(search, now).into_iter().next().map(|problem| problem.message)
}

/// The local time up to which a schedule is decided.
pub(crate) fn decided_until(row: &ScheduleRow) -> Option<civil::DateTime> {
    row.decided.as_deref().and_then(|text| text.parse().ok())
}

/// A schedule in the engine's type. One with an invalid search is off, because it would read more companies
/// than intended.
fn schedule(stored: StoredSchedule, now: Timestamp) -> Option<Schedule> {
    let plan = stored.plan?;
    Some(Schedule {
        id: ScheduleId(stored.row.id),
        on: stored.row.is_on && search_problem(&plan.target, now).is_none(),
        decided: decided_until(&stored.row),
        plan,
        name: stored.row.name,
    })
}

/// The result of a schedule's decision in the store's type.
pub(crate) fn decision(decision: &engine::schedule::RecordedDecision) -> store::ScheduleDecision {
    let outcome = decision.notify.then(|| store::ScheduleOutcome {
        schedule: decision.schedule.0,
        due: decision.due.map(|due| due.at),
        at: decision.at,
        earlier: decision.due.map_or(0, |due| due.earlier),
        reason: decision.held.map(|held| held.as_str().to_owned()),
        queued: decision.queued,
        done: decision.already_read,
        unreadable: decision.unreadable,
        run: None,
    });
    store::ScheduleDecision {
        schedule: decision.schedule.0,
        decided: decision.label.map(|label| label.to_string()),
        known: decision.known.clone(),
        attempted: decision.requested.clone(),
        outcome,
    }
}
