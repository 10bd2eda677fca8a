//! The schedule of every simulation: once a week, all companies.

use engine::schedule::{ClockTimes, Days, Plan, Target, Timing};
use jiff::{ToSpan as _, civil, tz::TimeZone};
use store::Store;

use crate::{error::SimulationError, scenario::Scenario};

const MONDAYS: u8 = 0b000_0001;
const AT: civil::Time = civil::time(2, 0, 0, 0);
const SPREAD_MINS: u32 = 60;
/// Varies by seed: all types leave nothing to keep-alive, a single type leaves the other sources.
const DATA_TYPES: [Option<&str>; 3] = [None, Some("banking-accounts"), Some("invoices")];

/// The plan, in the local time of the computer.
pub(crate) fn plan(seed: u64) -> Plan {
    let choice = usize::try_from(seed % DATA_TYPES.len() as u64).unwrap_or(0);
    Plan {
        target: Target::Matching(String::new()),
        data_types: DATA_TYPES.get(choice).copied().flatten().map(str::to_owned).into_iter().collect(),
        timing: Timing::Clock(ClockTimes { times: vec![AT], days: Days::from_bits(MONDAYS) }),
        zone: None,
        blackouts: Vec::new(),
        spread_mins: SPREAD_MINS,
    }
}

/// Stores the schedule, unless it is stored already. It starts at the first label after `wall`.
pub(crate) async fn keep(store: &Store, seed: u64, wall: civil::DateTime) -> Result<(), SimulationError> {
    if store.schedules().await?.is_empty() {
        let plan = serde_json::to_string(&plan(seed))
            .map_err(|error| SimulationError::unexpected("the plan", error))?;
        store.put_schedule(None, "Every week", true, &plan, Some(&wall.to_string())).await?;
    }
    Ok(())
}

/// The number of its labels between the start and this local time.
pub(crate) fn passed(furthest: civil::DateTime) -> u32 {
    let begun = TimeZone::UTC.to_datetime(Scenario::start());
    let dates = begun.date().series(1.day()).take_while(|date| *date <= furthest.date());
    let times =
        dates.filter(|date| date.weekday() == civil::Weekday::Monday).map(|date| date.to_datetime(AT));
    u32::try_from(times.filter(|time| *time > begun && *time <= furthest).count()).unwrap_or(u32::MAX)
}
