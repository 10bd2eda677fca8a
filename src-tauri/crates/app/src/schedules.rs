//! Schedules as they are kept: read for the engine and for the page.

use engine::schedule::{Plan, Schedule, ScheduleId, Standing, Target};
use jiff::{Timestamp, civil, tz::TimeZone};
use store::{
    ScheduleRow, ScheduleStanding, Store, StoreError, WantedCompanies, WorkspaceKind,
    kept_keys::SCHEDULES_HERE,
};

use crate::clock;

/// A schedule as it is kept. Its plan is missing where a newer version wrote it.
pub(crate) struct Kept {
    pub(crate) row: ScheduleRow,
    pub(crate) plan: Option<Plan>,
}

/// All schedules of a workspace, oldest first.
pub(crate) async fn kept(store: &Store) -> Result<Vec<Kept>, StoreError> {
    let rows = store.schedules().await?;
    Ok(rows.into_iter().map(|row| Kept { plan: serde_json::from_str(&row.plan).ok(), row }).collect())
}

/// Whether schedules run on this computer: in the sandbox always unless switched off, with Codat only where
/// they were switched on.
pub(crate) async fn run_here(store: &Store, kind: WorkspaceKind) -> Result<bool, StoreError> {
    let said = store.load(SCHEDULES_HERE).await?;
    Ok(match said.as_deref() {
        Some("on") => true,
        Some("off") => false,
        Some(_) | None => kind == WorkspaceKind::Sandbox,
    })
}

/// Keeps whether schedules run on this computer.
pub(crate) async fn set_run_here(store: &Store, here: bool) -> Result<(), StoreError> {
    store.save(SCHEDULES_HERE, if here { "on" } else { "off" }).await
}

/// What the engine is told of the schedules.
pub(crate) async fn event(store: &Store, kind: WorkspaceKind) -> Result<engine::Event, StoreError> {
    told(store, run_here(store, kind).await?, clock::zone()).await
}

/// What the engine is told of the schedules: whether they run on this computer, and where that is.
pub(crate) async fn told(store: &Store, here: bool, zone: TimeZone) -> Result<engine::Event, StoreError> {
    let now = clock::now();
    let schedules = kept(store).await?.into_iter().filter_map(|one| schedule(one, now)).collect();
    Ok(engine::Event::Schedules { here, zone, schedules })
}

/// What the clock on a schedule's wall says: everything up to here is decided for one that begins now.
pub(crate) fn label(plan: &Plan, now: Timestamp) -> String {
    let zone = plan.time_zone(&clock::zone()).unwrap_or(TimeZone::UTC);
    zone.to_datetime(now).to_string()
}

/// Of whom a plan reads, as the store is asked.
pub(crate) fn wanted(target: &Target) -> WantedCompanies<'_> {
    match target {
        Target::Matching(search) => WantedCompanies::Matching(search),
        Target::Companies(companies) => WantedCompanies::Companies(companies),
    }
}

/// What is wrong with a plan's search. A filter that is not understood is left out, and would find more companies than
/// are meant.
pub(crate) fn search_problem(target: &Target, now: Timestamp) -> Option<String> {
    let Target::Matching(search) = target else { return None };
    store::search_problems(search, now).into_iter().next().map(|problem| problem.message)
}

/// How a company stands, as the engine has it.
pub(crate) fn standing(standing: ScheduleStanding) -> Standing {
    Standing {
        company: standing.company,
        readable: standing.readable,
        last_read: standing.last_read,
        known_read: standing.known_read,
        known_at: standing.known_at,
        attempted: standing.attempted,
        failures: standing.failures,
    }
}

/// The label up to which a schedule is decided.
pub(crate) fn decided(row: &ScheduleRow) -> Option<civil::DateTime> {
    row.decided.as_deref().and_then(|text| text.parse().ok())
}

/// One whose search is wrong does not run: it would read more companies than are meant.
fn schedule(kept: Kept, now: Timestamp) -> Option<Schedule> {
    let plan = kept.plan?;
    Some(Schedule {
        id: ScheduleId(kept.row.id),
        on: kept.row.is_on && search_problem(&plan.target, now).is_none(),
        decided: decided(&kept.row),
        plan,
        name: kept.row.name,
    })
}
