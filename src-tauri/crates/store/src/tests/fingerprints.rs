//! What a sweep says again is seen by its fingerprint, and nothing that changed hides behind one.

use codat::ConnectionStatus;
use domain::Cause;

use super::making::*;
use crate::{ChangeKind, Store};

#[tokio::test]
async fn after_a_restart_the_same_is_still_the_same_without_its_record() {
    let page = items(&[connected(company(1, "One"), [xero(1, ConnectionStatus::Linked)])]);
    let (folder, store) = store().await;
    store.apply(&page, Cause::Sweep, None, now()).await.expect("applied");
    let store = again(folder.path(), store).await;
    // A record that is not looked at may say anything.
    let mut writer = store.database.writer().await.expect("a writer");
    sqlx::query("UPDATE records SET raw = '{}'").execute(&mut *writer).await.expect("spoiled");
    drop(writer);
    let applied = store.apply(&page, Cause::Sweep, None, now()).await.expect("applied");
    assert_eq!(applied.changes, []);
}

#[tokio::test]
async fn what_went_comes_back_as_it_was_said() {
    let page = items(&[connected(company(1, "One"), [xero(1, ConnectionStatus::Linked)])]);
    let (folder, store) = store().await;
    store.apply(&page, Cause::Sweep, None, now()).await.expect("applied");
    let gone = store.remove_connection(company_id(1), connection_id(1), Cause::Sweep, now()).await;
    gone.expect("removed");
    let store = again(folder.path(), store).await;
    let applied = store.apply(&page, Cause::Sweep, None, now()).await.expect("applied");
    assert!(
        matches!(applied.changes[0].kind, ChangeKind::ConnectionAppeared { .. }),
        "the same words after a connection was forgotten"
    );
    store.remove_company(company_id(1), Cause::Sweep, now()).await.expect("removed");
    let applied = store.apply(&page, Cause::Sweep, None, now()).await.expect("applied");
    assert_eq!(applied.changes[0].kind, ChangeKind::CompanyAppeared, "and after the company was");
}

#[tokio::test]
async fn a_connection_that_is_not_listed_is_told_each_time_whatever_was_seen() {
    let both = [xero(1, ConnectionStatus::Linked), xero(2, ConnectionStatus::Linked)];
    let one = items(&[connected(company(1, "One"), [both[0].clone()])]);
    let (folder, store) = store_of(&[connected(company(1, "One"), both)]).await;
    let missing = [(company_id(1), connection_id(2))];
    for _ in 0..2 {
        let applied = store.apply(&one, Cause::Sweep, None, now()).await.expect("applied");
        assert_eq!(applied.missing_connections, missing);
    }
    let store = again(folder.path(), store).await;
    let applied = store.apply(&one, Cause::Sweep, None, now()).await.expect("applied");
    assert_eq!(applied.missing_connections, missing);
}

async fn again(folder: &std::path::Path, store: Store) -> Store {
    store.close().await;
    Store::open(&folder.join("data/workspace.db"), now()).await.expect("opened")
}
