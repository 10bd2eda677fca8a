//! The schedule that runs in every simulation: once a week, of every company.

use engine::schedule::{ClockTimes, Days, Plan, Target, Timing};
use jiff::{ToSpan as _, civil, tz::TimeZone};
use store::Store;

use crate::{scenario::Scenario, trouble::Trouble};

/// Monday alone.
const MONDAYS: u8 = 0b000_0001;
/// Before anybody is at work.
const AT: civil::Time = civil::time(2, 0, 0, 0);
/// Minutes over which the reads of a week go.
const SPREAD_MINS: u32 = 60;
/// What it reads differs by seed: all that is read on first link leaves keep-alive nothing to do, one type
/// of one kind of source leaves it the others.
const DATA_TYPES: [Option<&str>; 3] = [None, Some("banking-accounts"), Some("invoices")];

/// What it does and when, by the clock of wherever the computer is.
pub(crate) fn plan(seed: u64) -> Plan {
    let choice = usize::try_from(seed % DATA_TYPES.len() as u64).unwrap_or(0);
    Plan {
        target: Target::Matching(String::new()),
        data_type: DATA_TYPES.get(choice).copied().flatten().map(str::to_owned),
        timing: Timing::Clock(ClockTimes { times: vec![AT], days: Days::from_bits(MONDAYS) }),
        zone: None,
        blackouts: Vec::new(),
        spread_mins: SPREAD_MINS,
    }
}

/// Keeps it, unless it is kept already: its first time is the first that this clock comes to.
pub(crate) async fn keep(store: &Store, seed: u64, wall: civil::DateTime) -> Result<(), Trouble> {
    if store.schedules().await?.is_empty() {
        let plan = serde_json::to_string(&plan(seed)).map_err(|error| Trouble::odd("the plan", error))?;
        store.put_schedule(None, "Every week", true, &plan, Some(&wall.to_string())).await?;
    }
    Ok(())
}

/// How many of its times a clock on the wall passed that was begun with where it says UTC, and came so far.
pub(crate) fn passed(furthest: civil::DateTime) -> u32 {
    let begun = TimeZone::UTC.to_datetime(Scenario::start());
    let dates = begun.date().series(1.day()).take_while(|date| *date <= furthest.date());
    let times =
        dates.filter(|date| date.weekday() == civil::Weekday::Monday).map(|date| date.to_datetime(AT));
    u32::try_from(times.filter(|time| *time > begun && *time <= furthest).count()).unwrap_or(u32::MAX)
}
