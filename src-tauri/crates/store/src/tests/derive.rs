//! Facts follow the version of the app.

use codat::ConnectionStatus;

use super::making::*;
use crate::Store;

#[tokio::test]
async fn facts_of_an_older_derivation_are_made_anew() {
    let companies: Vec<_> = (0..1_005)
        .map(|number| connected(company(number, "Ōsaka"), [xero(number, ConnectionStatus::Deauthorized)]))
        .collect();
    let (folder, store) = store_of(&companies).await;
    let mut writer = store.database.writer().await;
    sqlx::query("UPDATE companies SET text = '\u{1}outdated', colour = 3")
        .execute(&mut *writer)
        .await
        .expect("done");
    drop(writer);
    assert_eq!(found(&store, "osaka").await.len(), 0);
    store.save("derivation", "0").await.expect("saved");
    store.close().await;
    let path = folder.path().join("data/workspace.db");
    let store = Store::open(&path, now()).await.expect("opened");
    let page = store.companies(&by_name("osaka is:red"), now()).await.expect("a list");
    assert_eq!(page.matching, 1_005);
    assert_eq!(store.journal_end().await.expect("journal"), 2_010, "nothing changed on the server");
    store.close().await;
    let store = Store::open(&path, now()).await.expect("opened");
    assert_eq!(rows_written(&store).await, 0, "and it is done once");
}

#[tokio::test]
async fn a_kept_company_that_cannot_be_read_is_left_out_and_mended_by_the_next_sweep() {
    let (_folder, store) = store_of(&[company(1, "One"), company(2, "Two")]).await;
    let mut writer = store.database.writer().await;
    sqlx::query("UPDATE records SET raw = '{}' WHERE company = 1").execute(&mut *writer).await.expect("done");
    drop(writer);
    assert_eq!(found(&store, "").await, ["Two"], "one bad record takes no list with it");
    assert_eq!(store.company(company_id(1)).await.expect("asked"), None);
    let applied =
        store.apply(&items(&[company(1, "One")]), crate::Cause::Sweep, None, now()).await.expect("applied");
    assert_eq!(applied.changes, [], "what cannot be compared did not change");
    assert_eq!(found(&store, "").await, ["One", "Two"]);
}
