//! Applying pages.

use std::collections::BTreeSet;

use codat::{Color, ConnectionStatus};
use domain::Cause;
use sqlx::Connection as _;

use super::making::*;
use crate::{ChangeKind, StoreError};

#[tokio::test]
async fn the_first_page_appears_in_the_journal() {
    let (_folder, store) = store().await;
    let first = connected(company(1, "One"), [xero(1, ConnectionStatus::Linked)]);
    let applied =
        store.apply(&items(&[first, company(2, "Two")]), Cause::Sweep, None, now()).await.expect("applied");
    let kinds: Vec<_> = applied.changes.iter().map(|change| (change.seq, &change.kind)).collect();
    let linked = ChangeKind::ConnectionAppeared { status: ConnectionStatus::Linked, color: Color::Green };
    assert_eq!(
        kinds,
        [(1, &ChangeKind::CompanyAppeared), (2, &linked), (3, &ChangeKind::CompanyAppeared)],
        "the journal begins with the very first sweep"
    );
    assert_eq!(applied.changes, store.journal_after(0, 10).await.expect("journal"));
}

#[tokio::test]
async fn what_is_the_same_is_not_written() {
    let page = items(&[connected(company(1, "One"), [xero(1, ConnectionStatus::Linked)]), company(2, "Two")]);
    let (_folder, store) = store().await;
    let first = store.apply(&page, Cause::Sweep, None, now()).await.expect("applied");
    let before = rows_written(&store).await;
    let again = store.apply(&page, Cause::Sweep, None, now()).await.expect("applied");
    assert_eq!(rows_written(&store).await, before, "a sweep that changes nothing writes nothing");
    assert_eq!(again.changes, []);
    assert_eq!(again.version, first.version, "and no list has to look again");
}

#[tokio::test]
async fn fields_in_another_order_are_the_same() {
    let (_folder, store) = store_of(&[company(1, "One")]).await;
    let before = rows_written(&store).await;
    let mut turned = item(&company(1, "One"));
    let fields: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(turned.raw.get()).expect("an object");
    let fields: Vec<String> = fields.iter().rev().map(|(key, value)| format!("\"{key}\": {value}")).collect();
    turned.raw =
        serde_json::value::RawValue::from_string(format!("{{ {} }}", fields.join(" , "))).expect("JSON");
    store.apply(&[turned.into()], Cause::Sweep, None, now()).await.expect("applied");
    assert_eq!(rows_written(&store).await, before);
}

#[tokio::test]
async fn of_a_company_that_cannot_be_read_what_is_known_stays_and_it_takes_no_other_with_it() {
    let (_folder, store) = store_of(&[company(1, "One"), company(2, "Two")]).await;
    let mut page = items(&[company(1, "Uno"), company(2, "Due")]);
    let spoiled = page[0].raw.get().replace("\"Uno\"", "7");
    page[0].raw = serde_json::value::RawValue::from_string(spoiled).expect("JSON");
    let applied = store.apply(&page, Cause::Sweep, None, now()).await.expect("applied");
    assert_eq!(found(&store, "").await, ["Due", "One"]);
    assert_eq!(applied.changes.len(), 1, "only the other one was edited");
    for (said, known) in [("One", "One"), ("Uno", "Uno")] {
        store.apply(&page, Cause::Sweep, None, now()).await.expect("applied");
        store.apply(&items(&[company(1, said)]), Cause::Sweep, None, now()).await.expect("applied");
        assert_eq!(found(&store, "").await, ["Due", known], "whatever could not be read before");
    }
}

#[tokio::test]
async fn only_what_differs_is_written() {
    let companies: Vec<_> = (0..50).map(|number| company(number, "Same")).collect();
    let (_folder, store) = store_of(&companies).await;
    let before = rows_written(&store).await;
    let mut companies = companies;
    companies[7].last_sync = Some(hours_ago(1));
    let applied = store.apply(&items(&companies), Cause::Sweep, None, now()).await.expect("applied");
    assert_eq!(rows_written(&store).await - before, 2, "one company and its record");
    assert_eq!(applied.changes, [], "a read alone is no entry of the journal");
    let row = store.company(company_id(7)).await.expect("a row").expect("there");
    assert_eq!(row.last_read, Some(hours_ago(1).as_millisecond()), "but it is kept");
}

#[tokio::test]
async fn of_a_company_that_was_only_read_its_name_is_not_written() {
    let (_folder, store) = store_of(&[company(1, "One")]).await;
    let watch = "CREATE TEMP TABLE named (name TEXT);
                 CREATE TEMP TRIGGER names AFTER UPDATE OF name ON companies
                 BEGIN INSERT INTO named VALUES (new.name); END";
    sqlx::raw_sql(watch)
        .execute(&mut *store.database.writer().await.expect("a writer"))
        .await
        .expect("watched");
    for (name, hours, written) in [("One", 2, 0), ("Uno", 1, 1)] {
        let read = codat::Company { last_sync: Some(hours_ago(hours)), ..company(1, name) };
        store.apply(&items(&[read]), Cause::Sweep, None, now()).await.expect("applied");
        let mut writer = store.database.writer().await.expect("a writer");
        let named: i64 =
            sqlx::query_scalar("SELECT count(*) FROM named").fetch_one(&mut *writer).await.expect("a count");
        assert_eq!(named, written, "{name}");
    }
}

#[tokio::test]
async fn a_status_and_its_color_are_told_with_from_and_to() {
    let linked = connected(company(1, "One"), [xero(1, ConnectionStatus::Linked)]);
    let (_folder, store) = store_of(&[linked]).await;
    let broken = connected(company(1, "One"), [xero(1, ConnectionStatus::Deauthorized)]);
    let applied = store.apply(&items(&[broken]), Cause::Read, None, now()).await.expect("applied");
    let status =
        ChangeKind::StatusChanged { from: ConnectionStatus::Linked, to: ConnectionStatus::Deauthorized };
    let color = ChangeKind::ColorChanged { from: Color::Green, to: Color::Red };
    assert_eq!(applied.changes.iter().map(|change| change.kind.clone()).collect::<Vec<_>>(), [status, color]);
    for change in &applied.changes {
        assert_eq!(
            (change.cause, change.company, change.connection),
            (Cause::Read, company_id(1), Some(connection_id(1)))
        );
        assert_eq!(
            (change.integration_key.as_deref(), change.platform.as_deref()),
            (Some("gbol"), Some("Xero"))
        );
        assert_eq!(change.company_name, "One");
    }
}

#[tokio::test]
async fn an_error_that_comes_changes_the_color_alone() {
    let linked = xero(1, ConnectionStatus::Linked);
    let (_folder, store) = store_of(&[connected(company(1, "One"), [linked.clone()])]).await;
    let broken = connected(company(1, "One"), [with_error(linked, "Quota used up")]);
    let applied = store.apply(&items(&[broken]), Cause::Sweep, None, now()).await.expect("applied");
    let color = ChangeKind::ColorChanged { from: Color::Green, to: Color::Red };
    assert_eq!(applied.changes.iter().map(|change| change.kind.clone()).collect::<Vec<_>>(), [color]);
    let row = store.company(company_id(1)).await.expect("a row").expect("there");
    assert_eq!(
        (row.connections[0].word.as_str(), row.connections[0].error.as_deref()),
        ("Error", Some("Quota used up"))
    );
}

#[tokio::test]
async fn a_rename_changes_the_company() {
    let (_folder, store) = store_of(&[company(1, "One")]).await;
    let applied = store.apply(&items(&[company(1, "Won")]), Cause::Own, None, now()).await.expect("applied");
    assert_eq!(applied.changes.len(), 1);
    assert_eq!(
        (&applied.changes[0].kind, applied.changes[0].cause),
        (&ChangeKind::CompanyChanged, Cause::Own)
    );
}

#[tokio::test]
async fn of_a_company_that_comes_twice_the_last_counts() {
    let (_folder, store) = store().await;
    let page = items(&[company(1, "Early"), company(1, "Late")]);
    let applied = store.apply(&page, Cause::Sweep, None, now()).await.expect("applied");
    assert_eq!(applied.changes.len(), 1);
    assert_eq!(found(&store, "").await, ["Late"]);
}

#[tokio::test]
async fn a_connection_that_is_not_listed_stays_until_it_is_known_to_be_gone() {
    let both = [xero(1, ConnectionStatus::Deauthorized), xero(2, ConnectionStatus::Linked)];
    let (_folder, store) = store_of(&[connected(company(1, "One"), both.clone())]).await;
    let fewer = items(&[connected(company(1, "One"), [both[1].clone()])]);
    for _ in 0..2 {
        let applied = store.apply(&fewer, Cause::Sweep, None, now()).await.expect("applied");
        assert_eq!(applied.missing_connections, [(company_id(1), connection_id(1))], "told each time");
        assert_eq!(applied.changes, [], "nothing is known to have changed");
        assert_eq!(found(&store, "is:red").await, ["One"], "and it still counts");
    }
    let gone =
        store.remove_connection(company_id(1), connection_id(1), Cause::Read, now()).await.expect("removed");
    assert_eq!(
        gone.changes.iter().map(|change| &change.kind).collect::<Vec<_>>(),
        [&ChangeKind::ConnectionRemoved]
    );
    assert_eq!(found(&store, "is:green").await, ["One"]);
    let before = rows_written(&store).await;
    let applied = store.apply(&fewer, Cause::Sweep, None, now()).await.expect("applied");
    assert_eq!((applied.missing_connections, rows_written(&store).await), (Vec::new(), before));
}

#[tokio::test]
async fn a_connection_that_is_still_listed_can_be_removed_too() {
    let both = [xero(1, ConnectionStatus::Deauthorized), xero(2, ConnectionStatus::Linked)];
    let (_folder, store) = store_of(&[connected(company(1, "One"), both)]).await;
    store.remove_connection(company_id(1), connection_id(1), Cause::Own, now()).await.expect("removed");
    let record = store.company_record(company_id(1)).await.expect("a record").expect("there");
    assert_eq!(
        record.data_connections.iter().map(|connection| connection.id).collect::<Vec<_>>(),
        [connection_id(2)]
    );
    assert_eq!(found(&store, &connection_id(1).to_string()).await, Vec::<String>::new());
    let again =
        store.remove_connection(company_id(1), connection_id(1), Cause::Own, now()).await.expect("nothing");
    assert_eq!(again.changes, [], "it is gone once");
}

#[tokio::test]
async fn a_removed_company_is_gone_with_its_connections() {
    let one = connected(company(1, "One"), [xero(1, ConnectionStatus::Linked)]);
    let (_folder, store) = store_of(&[one, company(2, "Two")]).await;
    let applied = store.remove_company(company_id(1), Cause::Own, now()).await.expect("removed");
    assert_eq!(
        applied.changes.iter().map(|change| &change.kind).collect::<Vec<_>>(),
        [&ChangeKind::CompanyRemoved]
    );
    assert_eq!(store.company(company_id(1)).await.expect("asked"), None);
    assert_eq!(found(&store, "").await, ["Two"]);
    let mut writer = store.database.writer().await.expect("a writer");
    for table in ["SELECT count(*) FROM connections", "SELECT count(*) FROM records WHERE company = 1"] {
        let left: i64 = sqlx::query_scalar(table).fetch_one(&mut *writer).await.expect("a count");
        assert_eq!(left, 0, "{table}");
    }
    drop(writer);
    let again = store.remove_company(company_id(1), Cause::Own, now()).await.expect("nothing");
    assert_eq!((again.changes, again.version), (Vec::new(), applied.version));
}

#[tokio::test]
async fn what_was_not_seen_is_missing_but_not_when_nothing_was_seen() {
    let (_folder, store) = store_of(&[company(1, "One"), company(2, "Two"), company(3, "Three")]).await;
    let seen = BTreeSet::from([company_id(2), company_id(9)]);
    assert_eq!(store.missing_companies(&seen).await.expect("asked"), [company_id(1), company_id(3)]);
    assert_eq!(
        store.missing_companies(&BTreeSet::new()).await.expect("asked"),
        [],
        "an empty answer removes nothing"
    );
}

#[tokio::test]
async fn what_a_newer_api_adds_is_kept_as_it_was_said() {
    let raw = r#"{"id":"00000000-0000-0000-0000-000000000001","name":"A\u0000B","redirect":"x","created":"2026-01-01T00:00:00",
        "novelty":{"n":1.10},"dataConnections":[{"id":"00000000-0000-0000-0000-000000000002","status":"Dreaming","created":"2026-01-01T00:00:00Z"}]}"#;
    let value = serde_json::from_str(raw).expect("a company");
    let raw_value = serde_json::value::RawValue::from_string(raw.to_owned()).expect("JSON");
    let (_folder, store) = store().await;
    let applied = store
        .apply(&[codat::Item { value, raw: raw_value }], Cause::Sweep, None, now())
        .await
        .expect("applied");
    let mut writer = store.database.writer().await.expect("a writer");
    let kept: String =
        sqlx::query_scalar("SELECT raw FROM records").fetch_one(&mut *writer).await.expect("a record");
    drop(writer);
    assert_eq!(kept, raw, "byte for byte");
    let row = store.company(applied.changes[0].company).await.expect("a row").expect("there");
    assert_eq!((row.name.as_str(), row.connections[0].word.as_str()), ("A\0B", "Dreaming"));
    assert_eq!(store.journal_after(0, 9).await.expect("journal").len(), 2);
}

#[tokio::test]
async fn a_full_disk_takes_the_whole_page_back() {
    let (_folder, store) = store_of(&[company(1, "One")]).await;
    store.companies(&by_name(""), now()).await.expect("columns are loaded");
    let mut writer = store.database.writer().await.expect("a writer");
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&mut *writer).await.expect("pages");
    let limit = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {}", pages + 3));
    sqlx::query(limit).execute(&mut *writer).await.expect("a limit");
    drop(writer);
    let mut large: Vec<_> = (2..400).map(|number| company(number, "Large")).collect();
    large.insert(0, company(1, "Renamed"));
    let refused = store.apply(&items(&large), Cause::Sweep, None, now()).await;
    assert!(matches!(refused, Err(StoreError::DiskFull)), "{refused:?}");
    assert_eq!(found(&store, "").await, ["One"], "nothing is half there");
    assert_eq!(store.journal_end().await.expect("journal"), 1);
    store.database.writer().await.expect("a writer").ping().await.expect("the writer is well");
    store.save("key", "value").await.expect("and small things still fit");
}
