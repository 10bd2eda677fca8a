use jiff::SignedDuration;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn linked(key: &str) -> ConnectionRecord {
    let mut connection = ConnectionRecord::pending(Uuid::from_u128(7), key, at("2026-01-01T00:00:00Z"));
    connection.link(at("2026-01-01T00:00:00Z"));
    connection
}

fn refresh(connection: &ConnectionRecord, types: Types) -> Refresh {
    let targets = vec![Target { connection: connection.id, types }];
    Refresh { number: 1, slot: 0, requested: at("2026-02-01T00:00:00Z"), targets, first_link: false }
}

#[test]
fn a_read_passes_every_stage_in_order() {
    let connection = linked("suuo");
    let refresh = refresh(&connection, Types::One("banking-accounts".to_owned()));
    let read = datasets(&refresh, &connection).remove(0);
    let mut seen = vec![];
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
    let refresh = refresh(&connection, Types::One("banking-accounts".to_owned()));
    let ends = datasets(&refresh, &connection)[0].ends;
    let mut reads = Reads::default();
    reads.add(refresh);
    let before = ends - SignedDuration::from_nanos(1);
    assert_eq!(reads.last_sync(0, &connection, before), None);
    assert_eq!(reads.next(0, &connection, before), Some(ends), "then something is to be seen");
    assert_eq!(reads.last_sync(0, &connection, ends), Some(ends));
    assert_eq!(reads.last_success(0, &connection, "banking-accounts", ends), Some(ends));
    assert_eq!(reads.last_success(0, &connection, "banking-transactions", ends), None);
    assert_eq!(reads.next(0, &connection, ends), None);
}

#[test]
fn access_withdrawn_during_a_read_fails_it_for_good() {
    let mut connection = linked("suuo");
    let refresh = refresh(&connection, Types::AllBut(vec![]));
    let withdrawn = refresh.requested + SignedDuration::from_millis(500);
    connection.deauthorize(withdrawn);
    connection.link(withdrawn + SignedDuration::from_secs(60));
    let much_later = refresh.requested + SignedDuration::from_hours(1);
    for read in datasets(&refresh, &connection) {
        assert_eq!(read.stage(much_later).0, "AuthError");
        assert_eq!(read.ends, withdrawn);
    }
}

#[test]
fn a_read_is_cancelled_when_its_connection_is_unlinked() {
    let mut connection = linked("suuo");
    let refresh = refresh(&connection, Types::AllBut(vec![]));
    connection.unlink(refresh.requested + SignedDuration::from_secs(1));
    assert!(datasets(&refresh, &connection).iter().all(|read| read.ending == outcome::Ending::Cancelled));
}

#[test]
fn a_renewed_consent_disturbs_no_read() {
    let mut connection = linked("suuo");
    let refresh = refresh(&connection, Types::AllBut(vec![]));
    connection.link(refresh.requested + SignedDuration::from_secs(1));
    assert!(datasets(&refresh, &connection).iter().all(|read| read.ending.succeeds()));
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
        products: vec![],
        tags: BTreeMap::new(),
        parent: None,
        subsidiaries: vec![],
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
    let refresh = refresh(&connection, Types::AllBut(vec!["banking-accounts".to_owned()]));
    let types: Vec<_> = datasets(&refresh, &connection).iter().map(|read| read.data_type).collect();
    assert_eq!(types.len(), 3);
    assert!(!types.contains(&"banking-accounts"));
}

#[test]
fn an_old_record_without_periods_is_linked_since_it_was_made() {
    let mut json = serde_json::to_value(linked("gbol")).unwrap();
    json.as_object_mut().unwrap().remove("periods");
    let old: ConnectionRecord = serde_json::from_value(json).unwrap();
    let lapse = Reads::default().lapse(0, &old, at("2026-06-01T00:00:00Z"));
    assert_eq!(lapse, Lapse::At(at("2026-03-02T00:00:00Z")), "60 days unused");
}
