//! The journal and small values.

use domain::Cause;

use super::making::*;

#[tokio::test]
async fn the_journal_is_read_on_from_where_one_was() {
    let companies: Vec<_> = (0..10).map(|number| company(number, "Name")).collect();
    let (_folder, store) = store_of(&companies).await;
    let first = store.journal_after(0, 4).await.expect("journal");
    assert_eq!(first.iter().map(|change| change.seq).collect::<Vec<_>>(), [1, 2, 3, 4]);
    let rest = store.journal_after(4, 100).await.expect("journal");
    assert_eq!(rest.iter().map(|change| change.seq).collect::<Vec<_>>(), (5..=10).collect::<Vec<_>>());
    assert_eq!(store.journal_end().await.expect("journal"), 10);
}

#[tokio::test]
async fn numbers_are_never_given_twice() {
    let (_folder, store) = store_of(&[company(1, "One")]).await;
    let removed = store.remove_company(company_id(1), Cause::Read, now()).await.expect("removed");
    assert_eq!(removed.changes[0].seq, 2);
    let back = store.apply(&items(&[company(1, "One")]), Cause::Sweep, None, now()).await.expect("applied");
    assert_eq!(back.changes[0].seq, 3, "a company that comes back appears again");
}

#[tokio::test]
async fn journal_and_values_survive_a_restart() {
    let (folder, store) = store_of(&[company(1, "One")]).await;
    store.save("engine", "{\"a\":1}").await.expect("saved");
    store.save("engine", "{\"a\":2}").await.expect("saved");
    let before = store.journal_after(0, 10).await.expect("journal");
    store.close().await;
    let path = folder.path().join("data/workspace.db");
    let store = crate::Store::open(&path, now()).await.expect("opened again");
    assert_eq!(store.journal_after(0, 10).await.expect("journal"), before);
    assert_eq!(store.load("engine").await.expect("loaded").as_deref(), Some("{\"a\":2}"));
    assert_eq!(store.load("other").await.expect("loaded"), None);
    assert_eq!(found(&store, "").await, ["One"]);
}

#[tokio::test]
async fn saving_the_same_value_writes_nothing() {
    let (_folder, store) = store().await;
    store.save("engine", "1").await.expect("saved");
    let before = rows_written(&store).await;
    store.save("engine", "1").await.expect("saved");
    assert_eq!(rows_written(&store).await, before);
}

#[tokio::test]
async fn an_act_without_an_outcome_is_open_after_a_restart() {
    let (folder, store) = store().await;
    let done = store.write_intent("rename", Some(company_id(1)), "{}", now()).await.expect("intent");
    let open = store.write_intent("create", None, "{\"name\":\"x\"}", now()).await.expect("intent");
    store.write_outcome(done, "done", now()).await.expect("outcome");
    store.close().await;
    let store = crate::Store::open(&folder.path().join("data/workspace.db"), now()).await.expect("opened");
    assert!(store.take_open_intents("rename", now()).await.expect("intents").is_empty());
    let left = store.take_open_intents("create", now()).await.expect("intents");
    assert_eq!(left.len(), 1);
    assert_eq!((left[0].id, left[0].act.as_str(), left[0].company), (open, "create", None));
    assert_eq!((left[0].detail.as_str(), left[0].at), ("{\"name\":\"x\"}", now()));
    assert!(store.take_open_intents("create", now()).await.expect("intents").is_empty(), "each once");
}
