//! Assumed one-time connections.

use codat::{Company, Connection, ConnectionStatus, Integration};
use domain::Cause;
use jiff::{SignedDuration, Timestamp};

use super::making::*;
use crate::Store;

fn desktop(status: ConnectionStatus, created: Timestamp, read: Option<Timestamp>) -> Connection {
    let mut connection = connection(1, "pqsw", "QuickBooks Desktop", status);
    (connection.created, connection.last_sync) = (created, read);
    connection
}

fn only(connection: Connection) -> Company {
    connected(company(1, "One"), [connection])
}

/// Applies a company a while after `now()`; gives whether the last change said *one-time*.
async fn apply(store: &Store, connection: Connection, hours: i64) -> Option<bool> {
    let when = now() + SignedDuration::from_hours(hours);
    let applied = store.apply(&items(&[only(connection)]), Cause::Sweep, None, when).await.expect("applied");
    applied.changes.last().map(|change| change.one_time)
}

async fn marked(store: &Store) -> bool {
    store.company(company_id(1)).await.expect("a row").expect("there").connections[0].one_time
}

fn integration(key: &str, offline: bool) -> Integration {
    let said = serde_json::json!({"key": key, "name": key, "isOfflineConnector": offline});
    serde_json::from_value(said).expect("an integration")
}

#[tokio::test]
async fn an_offline_connector_that_ends_within_a_day_of_its_first_reads_is_one_time() {
    let (_folder, store) = store().await;
    apply(&store, desktop(ConnectionStatus::PendingAuth, now(), None), 0).await;
    let read = now() + SignedDuration::from_hours(2);
    assert_eq!(apply(&store, desktop(ConnectionStatus::Linked, now(), Some(read)), 3).await, Some(false));
    assert_eq!(
        apply(&store, desktop(ConnectionStatus::Deauthorized, now(), Some(read)), 25).await,
        Some(true)
    );
    assert!(marked(&store).await);
    assert_eq!(apply(&store, desktop(ConnectionStatus::Linked, now(), Some(read)), 26).await, Some(false));
    assert!(!marked(&store).await, "no longer once it is linked again");
}

#[tokio::test]
async fn one_that_ends_later_is_broken_and_nothing_else() {
    let (_folder, store) = store().await;
    apply(&store, desktop(ConnectionStatus::PendingAuth, now(), None), 0).await;
    let first = now() + SignedDuration::from_hours(1);
    apply(&store, desktop(ConnectionStatus::Linked, now(), Some(first)), 2).await;
    let second = now() + SignedDuration::from_hours(24);
    apply(&store, desktop(ConnectionStatus::Linked, now(), Some(second)), 24).await;
    let ended = desktop(ConnectionStatus::Deauthorized, now(), Some(second));
    assert_eq!(
        apply(&store, ended, 26).await,
        Some(false),
        "it is counted from the first read, not from the last"
    );
    assert!(!marked(&store).await);
}

#[tokio::test]
async fn an_old_connection_first_seen_after_many_reads_is_not_one_time() {
    let (_folder, store) = store().await;
    let last = hours_ago(1);
    apply(&store, desktop(ConnectionStatus::Linked, days_ago(300), Some(last)), 0).await;
    let ended = desktop(ConnectionStatus::Deauthorized, days_ago(300), Some(last));
    assert_eq!(apply(&store, ended, 1).await, Some(false), "its first read was long before this app");
}

#[tokio::test]
async fn what_ended_while_the_app_was_off_is_dated_by_its_error() {
    let (_folder, store) = store().await;
    let (created, read) = (hours_ago(20), hours_ago(10));
    apply(&store, desktop(ConnectionStatus::Linked, created, Some(read)), 0).await;
    let ended = with_error(desktop(ConnectionStatus::Deauthorized, created, Some(read)), "Gone");
    assert_eq!(
        apply(&store, ended, 72).await,
        Some(true),
        "the error happened an hour before, not three days after"
    );
}

#[tokio::test]
async fn other_connectors_are_never_one_time() {
    let (_folder, store) = store().await;
    let mut online = desktop(ConnectionStatus::Linked, now(), Some(now()));
    online.integration_key = "gbol".to_owned();
    apply(&store, online.clone(), 0).await;
    online.status = ConnectionStatus::Deauthorized;
    assert_eq!(apply(&store, online, 1).await, Some(false));
}

#[tokio::test]
async fn the_servers_list_of_integrations_decides() {
    let (_folder, store) = store().await;
    let ended = desktop(ConnectionStatus::Deauthorized, now(), Some(now()));
    assert_eq!(apply(&store, ended.clone(), 1).await, Some(true), "known without a list");
    let before = store.version().await;
    store.put_integrations(&[item(&integration("pqsw", false))], now()).await.expect("kept");
    assert!(!marked(&store).await, "the list knows better");
    assert!(store.version().await > before, "and lists have to look again");
    store.put_integrations(&[item(&integration("pqsw", true))], now()).await.expect("kept");
    assert!(marked(&store).await);
    let written = rows_written(&store).await;
    store.put_integrations(&[item(&integration("pqsw", true))], now()).await.expect("kept");
    assert_eq!(rows_written(&store).await, written, "the same again writes nothing");
    assert_eq!(store.integrations().await.expect("integrations").len(), 1);
}
