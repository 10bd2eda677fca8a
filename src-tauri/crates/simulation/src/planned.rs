//! Some days of schedules on stepped time, in a world in which nothing goes wrong: what they sent, and what the
//! planner said that they would.

use std::path::Path;

use engine::{
    Config, Event, ScheduleCost,
    schedule::{Plan, Schedule, ScheduleId, Target},
};
use jiff::{SignedDuration, tz::TimeZone};
use store::CompanySelection;

use crate::{account::Account, clock::Clock, days::Days, scenario::Scenario, trouble::Trouble, world::World};

/// What requests for schedules are called.
const SCHEDULE: &str = "schedule";
/// Sweeps show so often what was read.
const SWEEP_SECS: i64 = 240;

/// What was said of some days, and what came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// Companies that the schedule reads.
    pub companies: u64,
    /// Requests for schedules, by the planner's figure for a day.
    pub said: u64,
    /// Requests for schedules that went over the line.
    pub sent: u64,
}

/// So many days of a schedule over all companies of a world with so many connections, with the app's files in
/// this folder.
///
/// # Errors
/// When it cannot go on.
pub fn planned(plan: &Plan, connections: u32, days: u32, folder: &Path) -> Result<Planned, Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Trouble::System("the runtime", error))?;
    runtime.block_on(Box::pin(run(plan, connections, days, folder)))
}

async fn run(plan: &Plan, connections: u32, days: u32, folder: &Path) -> Result<Planned, Trouble> {
    let clock = Clock::at(Scenario::start());
    let world = World::new(connections, 7, Account::FIRST, &clock).await?;
    let config = Config { sweep_floor_secs: SWEEP_SECS, status_floor_secs: SWEEP_SECS, ..Config::default() };
    let mut days_of = Days::begin(world, clock, config, folder, |way| way).await?;
    days_of.pass(SignedDuration::from_hours(1)).await?;
    let companies = schedule(&mut days_of, plan).await?;
    let before = days_of.sent(SCHEDULE);
    days_of.pass(SignedDuration::from_hours(24 * i64::from(days))).await?;
    let a_day = ScheduleCost::new(plan, companies).requests_a_day();
    Ok(Planned { companies, said: a_day * u64::from(days), sent: days_of.sent(SCHEDULE) - before })
}

/// Keeps the schedule and tells the engine. How many companies it reads.
async fn schedule(days: &mut Days, plan: &Plan) -> Result<u64, Trouble> {
    let now = days.clock.now();
    let Some(store) = days.site.store() else { return Ok(0) };
    let id = store.put_schedule(None, "Planned", true, "{}", None).await?.unwrap_or_default();
    let search = match &plan.target {
        Target::Matching(search) => search.clone(),
        Target::Companies(_) => String::new(),
    };
    let standings =
        store.standings(id, CompanySelection::Search(&search), plan.data_type.as_deref(), now).await?;
    let readable = standings.iter().filter(|standing| standing.readable).count();
    let decided = Some(TimeZone::UTC.to_datetime(now));
    let name = "Planned".to_owned();
    let schedule = Schedule { id: ScheduleId(id), name, on: true, plan: plan.clone(), decided };
    days.give(Event::Schedules { here: true, zone: TimeZone::UTC, schedules: vec![schedule] }).await?;
    Ok(readable as u64)
}
