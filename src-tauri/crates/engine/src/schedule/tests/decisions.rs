//! Which companies are read: never too soon, never twice, and queried only if needed.

use std::collections::BTreeMap;

use codat::{CompanyId, model::DataStatus};
use domain::ReadHistory;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::at;
use crate::schedule::{Basis, ItemDecision, ScheduleDecision, StatusDecision, check_interval, retry_delay};

const NOW: &str = "2026-11-26T12:00:00Z";

fn now() -> Timestamp {
    at(NOW)
}

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

fn company() -> ReadHistory {
    ReadHistory {
        company: CompanyId(Uuid::nil()),
        readable: true,
        last_read: None,
        known_read: None,
        known_at: None,
        attempted: None,
        failures: 0,
    }
}

fn daily() -> Basis {
    Basis::Age(hours(24))
}

#[test]
fn a_company_that_was_never_read_is_read_and_one_without_connections_is_not() {
    assert_eq!(daily().decide(company(), now()), ItemDecision::Read);
    let unreadable = ReadHistory { readable: false, ..company() };
    assert_eq!(daily().decide(unreadable, now()), ItemDecision::Unreadable);
    assert_eq!(Basis::UserRequest.decide(unreadable, now()), ItemDecision::Unreadable);
}

#[test]
fn where_nothing_was_read_for_so_long_nobody_has_to_ask() {
    let old = ReadHistory { last_read: Some(now() - hours(24)), ..company() };
    assert_eq!(daily().decide(old, now()), ItemDecision::Read);
}

#[test]
fn where_nothing_was_read_since_what_is_known_it_counts_from_that() {
    let last = now() - hours(3);
    let known = ReadHistory { last_read: Some(last), known_at: Some(last), ..company() };
    let read = |hours_ago| ReadHistory { known_read: Some(now() - hours(hours_ago)), ..known };
    assert_eq!(daily().decide(read(25), now()), ItemDecision::Read);
    assert_eq!(daily().decide(read(20), now()), ItemDecision::Later(now() + hours(4)));
    assert_eq!(daily().decide(known, now()), ItemDecision::Read, "this type was never read");
}

#[test]
fn where_something_was_read_since_it_is_asked_but_not_before_it_could_be_due() {
    let moved = ReadHistory {
        last_read: Some(now() - hours(1)),
        known_at: Some(now() - hours(30)),
        known_read: Some(now() - hours(30)),
        ..company()
    };
    assert_eq!(daily().decide(moved, now()), ItemDecision::Query);
    let young = ReadHistory { known_read: Some(now() - hours(23)), ..moved };
    assert_eq!(daily().decide(young, now()), ItemDecision::Later(now() + hours(1)));
}

#[test]
fn what_was_asked_for_here_is_not_asked_for_again_whatever_came_of_it() {
    let failed =
        ReadHistory { last_read: Some(now() - hours(90)), attempted: Some(now() - hours(2)), ..company() };
    assert_eq!(daily().decide(failed, now()), ItemDecision::Later(now() + hours(22)));
    let own = ReadHistory {
        last_read: Some(now() - hours(24) + SignedDuration::from_mins(4)),
        attempted: Some(now() - hours(24)),
        ..company()
    };
    let due = now() + SignedDuration::from_mins(4);
    assert_eq!(daily().decide(own, now()), ItemDecision::Later(due), "the read that followed was ours");
}

#[test]
fn what_failed_for_a_passing_reason_is_asked_for_sooner_a_few_times_and_then_no_more() {
    let failed = |failures, hours_ago| {
        let attempted = Some(now() - hours(hours_ago));
        ReadHistory { last_read: Some(now() - hours(90)), attempted, failures, ..company() }
    };
    let later = |failures| {
        let ItemDecision::Later(at) = daily().decide(failed(failures, 1), now()) else {
            panic!("{failures}")
        };
        at.duration_since(now() - hours(1)).as_hours()
    };
    assert_eq!([1, 2, 3, 4, 9].map(later), [3, 6, 12, 24, 24], "ever more seldom, then as always");
    assert_eq!(daily().decide(failed(1, 3), now()), ItemDecision::Read);
    let hourly = Basis::Age(hours(1));
    let soon = ReadHistory { attempted: Some(now() - SignedDuration::from_mins(8)), ..failed(1, 0) };
    assert_eq!(hourly.decide(soon, now()), ItemDecision::Read, "within the hour");
}

#[test]
fn where_other_types_of_the_company_were_read_it_is_asked_which_one_failed() {
    let last = now() - hours(3);
    let mixed = ReadHistory { last_read: Some(last), attempted: Some(last), failures: 1, ..company() };
    assert_eq!(daily().decide(mixed, now()), ItemDecision::Query);
    let well = ReadHistory { failures: 0, ..mixed };
    assert_eq!(daily().decide(well, now()), ItemDecision::Later(last + hours(24)));
}

#[test]
fn a_read_that_anyone_completed_since_a_label_counts_as_done() {
    let due = now() - hours(2);
    let basis = Basis::Label(due);
    let before = ReadHistory { last_read: Some(due - hours(1)), ..company() };
    assert_eq!(basis.decide(before, now()), ItemDecision::Read);
    let after = ReadHistory { last_read: Some(due + hours(1)), ..company() };
    assert_eq!(basis.decide(after, now()), ItemDecision::Query, "of which type, a sweep does not say");
    let asked = |read| ReadHistory { known_at: after.last_read, known_read: Some(read), ..after };
    assert_eq!(basis.decide(asked(due + hours(1)), now()), ItemDecision::AlreadyRead);
    assert_eq!(basis.decide(asked(due - hours(9)), now()), ItemDecision::Read);
}

#[test]
fn a_read_of_a_clock_that_was_years_ahead_says_nothing() {
    let ahead = ReadHistory { attempted: Some(at("2031-01-01T00:00:00Z")), ..company() };
    assert_eq!(daily().decide(ahead, now()), ItemDecision::Read);
}

fn status(types: serde_json::Value) -> BTreeMap<String, DataStatus> {
    DataStatus::all_from_raw(&serde_json::value::to_raw_value(&types).unwrap()).unwrap()
}

#[test]
fn an_answer_tells_which_types_are_due() {
    let status = status(json!({
        "invoices": { "dataType": "invoices", "currentStatus": "Complete", "lastSuccessfulSync": "2026-11-26T10:00:00Z" },
        "bills": { "dataType": "bills", "currentStatus": "FetchError", "lastSuccessfulSync": "2026-11-20T10:00:00Z" },
        "items": { "dataType": "items", "currentStatus": "NotSupported" },
        "suppliers": { "dataType": "suppliers" },
    }));
    let of = |types: &[&str]| {
        let types: Vec<_> = types.iter().map(|key| (*key).to_owned()).collect();
        StatusDecision::new(&status, &types, daily(), now())
    };
    assert_eq!(of(&["bills"]).read, [Some("bills".to_owned())]);
    assert_eq!(of(&["invoices"]).read, []);
    assert_eq!(of(&["invoices"]).known_read, Some(at("2026-11-26T10:00:00Z")));
    assert_eq!(of(&["journals"]).read, [Some("journals".to_owned())], "never asked for");
    let two = of(&["invoices", "bills"]);
    assert_eq!(two.read, [Some("bills".to_owned())], "the other one is fresh");
    assert_eq!(two.known_read, Some(at("2026-11-26T10:00:00Z")));
    let all = of(&[]);
    assert_eq!(all.read, [Some("bills".to_owned())], "only one of the two data types is read");
    assert_eq!(all.known_read, Some(at("2026-11-26T10:00:00Z")));
    assert_eq!(StatusDecision::new(&status, &[], Basis::Label(now()), now()).read, [None], "all at once");
}

#[test]
fn verdicts_add_up() {
    let later = ReadHistory { attempted: Some(now() - hours(1)), ..company() };
    let sooner = ReadHistory { attempted: Some(now() - hours(20)), ..company() };
    let none = ReadHistory { readable: false, ..company() };
    let decision = ScheduleDecision::new(&[company(), later, sooner, none], daily(), now());
    assert_eq!((decision.read.len(), decision.unreadable), (1, 1));
    assert_eq!(decision.next, Some(now() + hours(4)));
}

proptest! {
    /// A company with an every-N-hours schedule. Anyone may read any type, the computer may sleep, and reads
    /// may fail.
    #[test]
    fn no_read_comes_sooner_than_asked_for_and_none_is_left_out(
        age in 1_i64..200,
        steps in prop::collection::vec((1_i64..400, any::<bool>(), any::<bool>(), any::<bool>()), 1..400),
    ) {
        let (age, mut now) = (hours(age), at(NOW));
        let mut history = company();
        // The truth: the last successful read of the schedule's type, and of any type.
        let mut read: Option<Timestamp> = None;
        let mut queued: Vec<Timestamp> = Vec::new();
        for (minutes, other_type, same_type, fails) in steps {
            now += SignedDuration::from_mins(minutes);
            if other_type || same_type {
                history.last_read = Some(now);
            }
            if same_type {
                read = Some(now);
            }
            now += check_interval(age);
            let mut verdict = Basis::Age(age).decide(history, now);
            if verdict == ItemDecision::Query {
                history.known_at = history.last_read;
                history.known_read = read;
                let is_due = read.is_none_or(|read| read + age <= now);
                verdict = if is_due { ItemDecision::Read } else { ItemDecision::Later(now) };
                prop_assert_ne!(Basis::Age(age).decide(history, now), ItemDecision::Query, "asked once");
            }
            let is_old = read.is_none_or(|read| read + age <= now);
            let held = queued.last().is_some_and(|last| *last + age > now);
            match verdict {
                ItemDecision::Read => {
                    prop_assert!(is_old, "read at {read:?}, again at {now}");
                    prop_assert!(!held, "asked for twice within {age}");
                    queued.push(now);
                    history.attempted = Some(now);
                    if !fails {
                        now += SignedDuration::from_mins(2);
                        read = Some(now);
                        history.last_read = read;
                    }
                }
                ItemDecision::Later(_) => {
                    let presumed = history.last_read.zip(history.attempted).is_some_and(|(last, asked)| {
                        asked <= last && last.duration_since(asked) <= hours(1) && last + age > now
                    });
                    prop_assert!(!is_old || held || presumed, "left out: read at {read:?}, now {now}");
                }
                ItemDecision::Query | ItemDecision::AlreadyRead | ItemDecision::Unreadable => prop_assert!(false, "{verdict:?}"),
            }
        }
    }
}

proptest! {
    /// A retry comes after at least five minutes, not later than without a failure, and at most three times
    /// early.
    #[test]
    fn a_read_that_fails_is_asked_for_again_within_bounds(age in 1_i64..1_000, failures in 0_u32..50) {
        let wait = retry_delay(hours(age), failures);
        prop_assert!(wait >= SignedDuration::from_mins(5) && wait <= hours(age));
        let sooner = (1..=50).filter(|failures| retry_delay(hours(age), *failures) < hours(age)).count();
        prop_assert!(sooner <= 3);
        prop_assert_eq!(retry_delay(hours(age), 0), hours(age));
    }
}
