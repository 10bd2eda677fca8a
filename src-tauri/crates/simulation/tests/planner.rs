//! What the planner says that a schedule costs is what it then costs, over HTTP bytes and SQLite.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

use engine::schedule::{Blackout, ClockTimes, Days, Plan, Target, Timing};
use jiff::civil::time;
use simulation::ScheduleRequests;

const DAYS: u32 = 4;

fn plan(data_type: Option<&str>, timing: Timing) -> Plan {
    Plan {
        target: Target::Matching(String::new()),
        data_types: data_type.map(str::to_owned).into_iter().collect(),
        timing,
        zone: Some("UTC".to_owned()),
        blackouts: Vec::new(),
        spread_mins: 0,
    }
}

fn days_of(plan: &Plan) -> ScheduleRequests {
    let folder = tempfile::tempdir().unwrap();
    let requests = simulation::count_schedule_requests(plan, 20, DAYS, folder.path()).unwrap();
    assert!(requests.companies >= 5, "there is something to read: {requests:?}");
    requests
}

/// What was sent is within so many percent of what was said.
#[track_caller]
fn expect_within(percent: u64, requests: ScheduleRequests) {
    let off = requests.sent.abs_diff(requests.planned) * 100;
    assert!(off <= requests.planned * percent, "{requests:?}");
}

fn at(hours: &[i8]) -> Timing {
    let times = hours.iter().map(|hour| time(*hour, 0, 0, 0)).collect();
    Timing::Clock(ClockTimes { times, days: Days::ALL })
}

#[test]
fn all_types_twice_a_day_cost_what_is_said() {
    expect_within(20, days_of(&plan(None, at(&[3, 15]))));
}

#[test]
fn one_type_by_the_clock_costs_what_is_said_with_its_blackout() {
    let night = Blackout { days: Days::ALL, from: time(20, 0, 0, 0), until: time(6, 0, 0, 0) };
    let plan = Plan { blackouts: vec![night], ..plan(Some("invoices"), at(&[2, 5, 12])) };
    expect_within(20, days_of(&plan));
}

/// Codat reads by a schedule of its own beside it. A company that it read since has to be asked about before it
/// is read again, so that up to one request more comes on top for each.
#[test]
fn by_the_hour_it_costs_what_is_said_and_at_most_a_question_more_for_each_read() {
    let requests = days_of(&plan(Some("invoices"), Timing::Every { hours: 8 }));
    assert!(
        requests.sent * 100 >= requests.planned * 75 && requests.sent <= requests.planned * 2,
        "{requests:?}"
    );
}
