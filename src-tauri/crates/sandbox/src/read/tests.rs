use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::*;
use crate::{
    data_type,
    read_outcome::{ReadOutcome, ReadScenario},
    record::{CompanyRecord, ConnectionRecord, Status},
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn linked(key: &str) -> ConnectionRecord {
    let mut connection = ConnectionRecord::pending(Uuid::from_u128(7), key, at("2026-01-01T00:00:00Z"));
    connection.link(at("2026-01-01T00:00:00Z"));
    connection
}

fn refresh(connection: &ConnectionRecord, types: TypeSelection) -> Refresh {
    let targets = vec![Target { connection: connection.id, types }];
    Refresh { number: 1, slot: 0, requested: at("2026-02-01T00:00:00Z"), targets, first_link: false }
}

#[test]
fn a_read_passes_every_stage_in_order() {
    let connection = linked("suuo");
    let refresh = refresh(&connection, TypeSelection::One("banking-accounts".to_owned()));
    let read = initial_datasets(&refresh, &connection).remove(0);
    let mut seen = Vec::new();
    for ms in 0..10_000 {
        let (stage, _) = read.stage(refresh.requested + SignedDuration::from_millis(ms));
        if seen.last() != Some(&stage) {
            seen.push(stage);
        }
    }
    let expected: Vec<&str> = dataset::STAGES.iter().map(|stage| stage.0).chain(["Complete"]).collect();
    assert_eq!(seen, expected);
}

#[test]
fn last_sync_moves_when_the_read_completes_and_not_before() {
    let connection = linked("suuo");
    let refresh = refresh(&connection, TypeSelection::One("banking-accounts".to_owned()));
    let ends = initial_datasets(&refresh, &connection)[0].ends;
    let mut reads = Reads::default();
    reads.add(refresh);
    let before = ends - SignedDuration::from_nanos(1);
    assert_eq!(reads.last_sync(0, &connection, before), None);
    assert_eq!(reads.next_change(0, &connection, before), Some(ends), "then something is to be seen");
    assert_eq!(reads.last_sync(0, &connection, ends), Some(ends));
    assert_eq!(reads.last_success(0, &connection, "banking-accounts", ends), Some(ends));
    assert_eq!(reads.last_success(0, &connection, "banking-transactions", ends), None);
    assert_eq!(reads.next_change(0, &connection, ends), None);
}

#[test]
fn access_withdrawn_during_a_read_fails_it_for_good() {
    let mut connection = linked("suuo");
    let refresh = refresh(&connection, TypeSelection::AllBut(Vec::new()));
    let withdrawn = refresh.requested + SignedDuration::from_millis(500);
    connection.deauthorize(withdrawn);
    connection.link(withdrawn + SignedDuration::from_secs(60));
    let much_later = refresh.requested + SignedDuration::from_hours(1);
    for read in initial_datasets(&refresh, &connection) {
        assert_eq!(read.stage(much_later).0, "AuthError");
        assert_eq!(read.ends, withdrawn);
    }
}

#[test]
fn a_read_is_cancelled_when_its_connection_is_unlinked() {
    let mut connection = linked("suuo");
    let refresh = refresh(&connection, TypeSelection::AllBut(Vec::new()));
    connection.unlink(refresh.requested + SignedDuration::from_secs(1));
    assert!(
        initial_datasets(&refresh, &connection).iter().all(|read| read.outcome == ReadOutcome::Cancelled)
    );
}

#[test]
fn a_renewed_consent_disturbs_no_read() {
    let mut connection = linked("suuo");
    let refresh = refresh(&connection, TypeSelection::AllBut(Vec::new()));
    connection.link(refresh.requested + SignedDuration::from_secs(1));
    assert!(initial_datasets(&refresh, &connection).iter().all(|read| read.outcome.succeeds()));
}

#[test]
fn the_first_reads_end_when_the_connection_was_last_read() {
    let mut connection = linked("suuo");
    connection.last_sync = Some(at("2026-01-31T10:00:00.5Z"));
    let company = CompanyRecord {
        id: Uuid::nil(),
        name: String::new(),
        description: None,
        created: connection.created,
        created_by: None,
        products: Vec::new(),
        tags: BTreeMap::new(),
        parent: None,
        subsidiaries: Vec::new(),
        connections: vec![connection.clone()],
        connections_made: 1,
    };
    let all: Vec<Dataset> = Reads::default().history(0, &company, at("2026-03-01T00:00:00Z")).collect();
    assert_eq!(all.iter().map(|read| read.ends).max(), connection.last_sync);
    assert_eq!(all.len(), 4);
}

#[test]
fn types_that_were_running_are_left_out() {
    let connection = linked("suuo");
    let refresh = refresh(&connection, TypeSelection::AllBut(vec!["banking-accounts".to_owned()]));
    let types: Vec<_> = initial_datasets(&refresh, &connection).iter().map(|read| read.data_type).collect();
    assert_eq!(types.len(), 3);
    assert!(!types.contains(&"banking-accounts"));
}

#[test]
fn an_old_record_without_periods_is_linked_since_it_was_made() {
    let mut json = serde_json::to_value(linked("gbol")).unwrap();
    json.as_object_mut().unwrap().remove("periods");
    let old: ConnectionRecord = serde_json::from_value(json).unwrap();
    let lapse = Reads::default().expiry_and_next_change(0, &old, at("2026-06-01T00:00:00Z")).0;
    assert_eq!(lapse, Expiry::At(at("2026-03-02T00:00:00Z")), "60 days unused");
}

/// A connection whose `payments` always fail, with a schedule since it was linked.
fn failing(hours: u32) -> (Reads, ConnectionRecord) {
    let mut connection = linked("qhyg");
    connection.scenario = Some(ReadScenario::Troubled);
    let set = crate::sync_settings::SyncSetting {
        sync_schedule: hours,
        ..crate::sync_settings::SyncSetting::default_for("payments")
    };
    let mut reads = Reads::default();
    let settings = BTreeMap::from([("payments".to_owned(), set)]);
    reads.sync.put(None, reads.sync.with(None, connection.created, true, settings));
    (reads, connection)
}

fn requested_after(first: SignedDuration) -> Vec<Dataset> {
    let (mut reads, connection) = failing(24);
    let targets =
        vec![Target { connection: connection.id, types: TypeSelection::One("payments".to_owned()) }];
    let requested = connection.created + first;
    reads.add(Refresh { number: 1, slot: 0, requested, targets, first_link: false });
    let series = reads.series_of_type(0, &connection, "payments", at("2026-01-02T12:00:00Z")).unwrap();
    series.segments.iter().flat_map(|piece| (0..piece.count()).map(|n| piece.nth(n))).collect()
}

#[test]
fn a_failed_read_on_request_does_not_start_the_schedule_anew() {
    let all = requested_after(SignedDuration::from_hours(12));
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|read| !read.outcome.succeeds()));
    assert_eq!(all[1].requested, at("2026-01-02T00:00:00Z"));
}

#[test]
fn a_scheduled_read_waits_for_the_one_that_runs() {
    let all = requested_after(SignedDuration::from_secs(86_399));
    assert_eq!(all.len(), 2);
    assert_eq!(all[1].requested, all[0].ends);
    assert!(all[0].ends > at("2026-01-02T00:00:00Z"));
}

mod properties {
    use proptest::prelude::*;

    use super::*;
    use crate::sync_settings::SyncSetting;

    /// An action on a connection. The number of minutes since the one before is stored beside it.
    #[derive(Debug, Clone)]
    enum Act {
        Refresh,
        Schedule(u32),
        Unlink,
        Link,
    }

    fn acts() -> impl Strategy<Value = Vec<(i64, Act)>> {
        let act = prop_oneof![
            3 => Just(Act::Refresh),
            3 => prop::sample::select(vec![0, 1, 24, 168, 720]).prop_map(Act::Schedule),
            1 => Just(Act::Unlink),
            2 => Just(Act::Link),
        ];
        prop::collection::vec((1_i64..60_000, act), 0..8)
    }

    /// Applies the actions that are valid, and returns the time after the last one.
    fn played(key: &str, acts: &[(i64, Act)]) -> (Reads, ConnectionRecord, &'static str, Timestamp) {
        let mut connection = linked(key);
        let data_type = *data_type::supported(connection.platform().unwrap().kind).last().unwrap();
        let (mut reads, mut now) = (Reads::default(), connection.created);
        for (minutes, act) in acts {
            now += SignedDuration::from_mins(*minutes);
            match act {
                Act::Refresh if connection.status == Status::Linked => {
                    if reads.running(0, &connection, data_type, now).is_none() {
                        let types = TypeSelection::One(data_type.to_owned());
                        let targets = vec![Target { connection: connection.id, types }];
                        let number = reads.next_number();
                        reads.add(Refresh { number, slot: 0, requested: now, targets, first_link: false });
                    }
                }
                Act::Schedule(hours) => {
                    let set = SyncSetting { sync_schedule: *hours, ..SyncSetting::default_for(data_type) };
                    let settings = BTreeMap::from([(data_type.to_owned(), set)]);
                    let history = reads.sync.with(None, now, true, settings);
                    reads.sync.put(None, history);
                }
                Act::Unlink if connection.status == Status::Linked => connection.unlink(now),
                Act::Link => connection.link(now),
                Act::Refresh | Act::Unlink => {}
            }
        }
        (reads, connection, data_type, now)
    }

    fn all(reads: &Reads, connection: &ConnectionRecord, data_type: &str, now: Timestamp) -> Vec<Dataset> {
        let series = reads.series_of_type(0, connection, data_type, now).unwrap();
        series.segments.iter().flat_map(|piece| (0..piece.count()).map(|n| piece.nth(n))).collect()
    }

    fn summaries(all: &[Dataset]) -> Vec<(Uuid, Timestamp, Timestamp)> {
        all.iter().map(|it| (it.id, it.requested, it.ends)).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn reads_of_a_type_follow_each_other_and_none_runs_while_unlinked(
            key in prop::sample::select(vec!["exgd", "akxx", "pqsw", "hbql"]), acts in acts(), more in 0_i64..40_000,
        ) {
            let (reads, connection, data_type, then) = played(key, &acts);
            let now = then + SignedDuration::from_mins(more);
            let all = all(&reads, &connection, data_type, now);
            for pair in all.windows(2) {
                prop_assert!(pair[0].ends <= pair[1].requested, "one at a time: {pair:?}");
                prop_assert!(pair[0].id != pair[1].id);
            }
            for read in &all {
                let within = connection.periods.iter().any(|it| {
                    it.from <= read.requested && it.until.is_none_or(|until| read.requested < until)
                });
                prop_assert!(within && read.requested <= now, "{read:?}");
            }
            let good = all.iter().filter(|it| it.is_complete(now)).map(|it| it.ends).max();
            prop_assert_eq!(reads.last_success(0, &connection, data_type, now), good);
            prop_assert_eq!(reads.last_sync(0, &connection, now), good);
            let last = all.last().filter(|it| it.is_running(now)).map(|it| it.id);
            prop_assert_eq!(reads.running(0, &connection, data_type, now).map(|it| it.id), last);
        }

        #[test]
        fn what_was_told_stays_as_it_was_told(
            key in prop::sample::select(vec!["exgd", "pqsw"]), acts in acts(), look in 0_i64..40_000, later in 0_i64..40_000,
        ) {
            let (reads, connection, data_type, then) = played(key, &acts);
            let first = then + SignedDuration::from_mins(look);
            let second = first + SignedDuration::from_mins(later);
            let before = summaries(&all(&reads, &connection, data_type, first));
            let after = summaries(&all(&reads, &connection, data_type, second));
            prop_assert_eq!(&after[..before.len()], &before[..]);
        }

        #[test]
        fn what_ends_between_two_instants_is_found_without_walking(
            acts in acts(), look in 0_i64..40_000, later in 0_i64..40_000,
        ) {
            let (reads, connection, data_type, then) = played("exgd", &acts);
            let from = then + SignedDuration::from_mins(look);
            let to = from + SignedDuration::from_mins(later);
            let series = reads.series_of_type(0, &connection, data_type, to).unwrap();
            let found: Vec<Dataset> = series.segments.iter().flat_map(|it| it.ended_between(from, to)).collect();
            let walked: Vec<Dataset> = all(&reads, &connection, data_type, to)
                .into_iter()
                .filter(|it| from < it.ends && it.ends <= to)
                .collect();
            prop_assert_eq!(summaries(&found), summaries(&walked));
        }
    }
}
