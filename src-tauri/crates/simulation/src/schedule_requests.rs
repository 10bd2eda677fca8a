//! Compares the requests of a schedule with the plan, in a simulation without disturbances.

use std::path::Path;

use domain::ScheduleId;
use engine::{
    Config, Event, ScheduleCost,
    schedule::{Plan, Schedule, Target},
};
use jiff::{SignedDuration, tz::TimeZone};
use store::CompanySelection;

use crate::{
    account::Account, calm_simulation::CalmSimulation, clock::Clock, error::SimulationError,
    scenario::Scenario, world::World,
};

/// The cause of these requests.
const SCHEDULE: &str = "schedule";
/// The interval between sweeps, which show what was read.
const SWEEP_SECS: i64 = 240;

/// The planned and the sent requests of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScheduleRequests {
    /// Companies that the schedule reads.
    pub companies: u64,
    /// Requests by the daily cost of the plan.
    pub planned: u64,
    /// Requests that were sent.
    pub sent: u64,
}

/// Runs a schedule over all companies of a world for `days` days, with the app's files in this folder.
///
/// # Errors
/// When the simulation cannot continue.
pub fn count_schedule_requests(
    plan: &Plan,
    connections: u32,
    days: u32,
    folder: &Path,
) -> Result<ScheduleRequests, SimulationError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| SimulationError::System("the runtime", error))?;
    runtime.block_on(Box::pin(run(plan, connections, days, folder)))
}

async fn run(
    plan: &Plan,
    connections: u32,
    days: u32,
    folder: &Path,
) -> Result<ScheduleRequests, SimulationError> {
    let clock = Clock::new(Scenario::start());
    let world = World::new(connections, 7, Account::FIRST, &clock).await?;
    let config = Config { sweep_floor_secs: SWEEP_SECS, status_floor_secs: SWEEP_SECS, ..Config::default() };
    let mut simulation = CalmSimulation::start(world, clock, config, folder, |way| way).await?;
    simulation.advance(SignedDuration::from_hours(1)).await?;
    let companies = schedule(&mut simulation, plan).await?;
    let before = simulation.sent(SCHEDULE);
    simulation.advance(SignedDuration::from_hours(24 * i64::from(days))).await?;
    let a_day = ScheduleCost::new(plan, companies).requests_a_day();
    Ok(ScheduleRequests {
        companies,
        planned: a_day * u64::from(days),
        sent: simulation.sent(SCHEDULE) - before,
    })
}

/// Stores the schedule, and sends it to the engine. Returns the number of companies.
async fn schedule(days: &mut CalmSimulation, plan: &Plan) -> Result<u64, SimulationError> {
    let now = days.clock.now();
    let Some(store) = days.instance.store() else { return Ok(0) };
    let id = store.put_schedule(None, "Planned", true, "{}", None).await?.unwrap_or_default();
    let search = match &plan.target {
        Target::Matching(search) => search.clone(),
        Target::Companies(_) => String::new(),
    };
    let histories = store.standings(id, CompanySelection::Search(&search), &plan.data_types, now).await?;
    let readable = histories.iter().filter(|history| history.readable).count();
    let decided = Some(TimeZone::UTC.to_datetime(now));
    let name = "Planned".to_owned();
    let schedule = Schedule { id: ScheduleId(id), name, on: true, plan: plan.clone(), decided };
    days.handle(Event::Schedules { here: true, zone: TimeZone::UTC, schedules: vec![schedule] }).await?;
    Ok(readable as u64)
}
