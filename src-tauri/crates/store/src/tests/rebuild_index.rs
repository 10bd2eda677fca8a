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
    let mut writer = store.database.writer().await.expect("a writer");
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
async fn whatever_moved_what_a_list_knows_is_what_the_record_says() {
    use ConnectionStatus::{Deauthorized, Linked};
    let kept = async |store: &Store| -> String {
        let every = "SELECT json_group_array(json_array(id, name, folded_name, text, products, description, created,
                                                        last_read, expires, colour, colours, parent_id, print))
                     FROM companies";
        sqlx::query_scalar(every)
            .fetch_one(&mut *store.database.writer().await.expect("a writer"))
            .await
            .expect("rows")
    };
    let was = |name: &str, status, read: i64| {
        let at = Some(hours_ago(read));
        let connection = codat::Connection { last_sync: at, ..xero(1, status) };
        codat::Company { last_sync: at, ..connected(company(1, name), [connection]) }
    };
    let moves =
        [was("One", Linked, 3), was("One", Linked, 2), was("Uno", Linked, 1), was("Uno", Deauthorized, 1)];
    let (folder, mut store) = store().await;
    let mut seen = std::collections::BTreeSet::new();
    for one in moves {
        store.apply(&items(&[one]), domain::Cause::Sweep, None, now()).await.expect("applied");
        let moved = kept(&store).await;
        store.save("derivation", "0").await.expect("saved");
        store.close().await;
        store = Store::open(&folder.path().join("data/workspace.db"), now()).await.expect("opened");
        assert_eq!(moved, kept(&store).await);
        seen.insert(moved);
    }
    assert_eq!(seen.len(), 4, "each move is kept");
}

#[tokio::test]
async fn a_kept_company_that_cannot_be_read_is_left_out_and_mended_by_the_next_sweep() {
    let (_folder, store) = store_of(&[company(1, "One"), company(2, "Two")]).await;
    let mut writer = store.database.writer().await.expect("a writer");
    sqlx::query("UPDATE records SET raw = '{}' WHERE company = 1").execute(&mut *writer).await.expect("done");
    drop(writer);
    assert_eq!(found(&store, "").await, ["Two"], "one bad record takes no list with it");
    assert_eq!(store.company(company_id(1)).await.expect("asked"), None);
    let applied =
        store.apply(&items(&[company(1, "One")]), domain::Cause::Sweep, None, now()).await.expect("applied");
    assert_eq!(applied.changes, [], "what cannot be compared did not change");
    assert_eq!(found(&store, "").await, ["One", "Two"]);
}
