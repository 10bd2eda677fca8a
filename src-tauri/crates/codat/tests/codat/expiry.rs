//! What an estimate says, whatever the connection.

use codat::{
    Connection, ConnectionStatus,
    expiry::{Basis, Clock, Clocks, Estimate, MOST_DAYS, Rule, Used, estimate, next_warning},
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::json;

fn found(clock: Clock, created: i64, read: Option<i64>, linked: Option<i64>) -> Estimate {
    let used = Used { created: second(created), last_read: read.map(second), linked: linked.map(second) };
    estimate(clock, used).unwrap()
}

fn linked_connection() -> Connection {
    serde_json::from_value(json!({
        "id": "6f1e0a57-1c0d-4c8b-8d51-0e7c53b0a7b1", "status": "Linked", "integrationKey": "gbol",
        "created": "2026-01-01T00:00:00Z",
    }))
    .unwrap()
}

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn days(days: u16) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(days))
}

const ANY: std::ops::Range<i64> = 1_700_000_000..1_900_000_000;

proptest! {
    #[test]
    fn an_idle_clock_runs_from_the_newest_use_that_is_known(
        created in ANY, read in prop::option::of(ANY), linked in prop::option::of(ANY), lasts in 1..=MOST_DAYS,
    ) {
        let found = found(Clock::Idle(lasts), created, read, linked);
        let newest = read.max(linked).unwrap_or(created);
        prop_assert_eq!(found.since, second(newest));
        prop_assert_eq!(found.expires, second(newest) + days(lasts));
        prop_assert_eq!(found.basis == Basis::Created, read.is_none() && linked.is_none());
    }

    #[test]
    fn no_read_puts_the_end_of_a_consent_off(
        created in ANY, read in prop::option::of(ANY), linked in prop::option::of(ANY), lasts in 1..=MOST_DAYS,
    ) {
        let clock = Clock::Consent(lasts);
        let (never_read, found) = (found(clock, created, None, linked), found(clock, created, read, linked));
        prop_assert_eq!(found, never_read);
        prop_assert_eq!(found.since, second(linked.unwrap_or(created)));
        prop_assert_eq!(found.basis, if linked.is_some() { Basis::Linked } else { Basis::Created });
    }

    #[test]
    fn something_is_due_before_the_end_and_with_time_to_fail(expires in ANY, lasts in 1..=MOST_DAYS) {
        let idle = Clock::Idle(lasts).due(second(expires));
        prop_assert!(idle < second(expires));
        prop_assert!(second(expires).duration_since(idle) >= days(lasts).min(days(30)) / 3);
        prop_assert!(second(expires).duration_since(idle) <= days(lasts) / 3, "nothing is read all the time");
    }

    #[test]
    fn a_consent_is_warned_of_twice_and_in_time(expires in ANY, lasts in 1..=MOST_DAYS) {
        let hours_ahead = |due: Timestamp| second(expires).duration_since(due).as_hours();
        let first = Clock::Consent(lasts).due(second(expires));
        let last = next_warning(second(expires), first).unwrap();
        prop_assert!((14 * 24..15 * 24).contains(&hours_ahead(first)));
        prop_assert!((3 * 24..4 * 24).contains(&hours_ahead(last)));
        prop_assert_eq!(next_warning(second(expires), last), None);
        prop_assert_eq!(next_warning(second(expires), first - SignedDuration::from_secs(1)), Some(first));
    }
}

#[test]
fn what_is_not_linked_or_has_no_clock_has_no_estimate() {
    let mut connection = linked_connection();
    assert!(Clocks::standard().estimate(&connection, None).is_some());
    let uncounted = Rule { clock: None, source: "Ours".into(), estimate: false };
    assert_eq!(Clocks::standard().with("gbol", uncounted).estimate(&connection, None), None);
    connection.status = ConnectionStatus::Deauthorized;
    assert_eq!(Clocks::standard().estimate(&connection, None), None);
}

#[test]
fn an_end_beyond_time_is_no_estimate() {
    let mut connection = linked_connection();
    connection.created = Timestamp::MAX;
    assert_eq!(Clocks::standard().estimate(&connection, None), None);
}
