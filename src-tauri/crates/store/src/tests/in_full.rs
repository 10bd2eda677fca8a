//! A company in full: what was said of its topics, its histories, its notes.

use codat::{Failure, FailureKind, Topic, page::PageRequest};
use domain::Cause;
use serde_json::{Value, json, value::to_raw_value};

use super::making::*;
use crate::{OperationFilter, OperationKind, Store};

fn page() -> PageRequest {
    PageRequest { page: 1, page_size: 100, query: None, order_by: None }
}

fn read(number: u32, data_type: &str, status: &str) -> Value {
    json!({
        "id": format!("e0000000-0000-0000-0000-{number:012}"), "companyId": company_id(1).0,
        "connectionId": connection_id(1).0, "dataType": data_type, "status": status, "progress": 10,
        "requested": format!("2026-11-{:02}T10:00:00Z", number), "newer": { "field": [1.10] }
    })
}

async fn keep(store: &Store, topic: &Topic, said: &Value) -> bool {
    store.save_answer(topic, Ok(&to_raw_value(said).expect("JSON")), now()).await.expect("kept")
}

#[tokio::test]
async fn what_was_said_is_kept_as_it_was_said_beside_a_refusal_that_came_later() {
    let (_folder, store) = store().await;
    let topic = Topic::Info(company_id(1));
    assert!(store.cached_answer(&topic).await.expect("an answer").is_none(), "never asked for");
    let said = json!({ "companyName": "One", "newer": 1 });
    assert!(keep(&store, &topic, &said).await);
    assert!(!keep(&store, &topic, &said).await, "the same again is no change");
    let failure = Failure::without_answer(FailureKind::Conflict, "The data set has not been requested.");
    assert!(store.save_answer(&topic, Err(&failure), now()).await.expect("kept"));
    let kept = store.cached_answer(&topic).await.expect("an answer").expect("there is one");
    assert_eq!(kept.answer.expect("still readable").1.get(), said.to_string());
    assert_eq!(kept.refusal.expect("and why there is no newer one").1, failure);
    assert!(keep(&store, &topic, &said).await, "an answer after a refusal is a change");
    assert!(store.cached_answer(&topic).await.expect("an answer").expect("there is one").refusal.is_none());
}

#[tokio::test]
async fn a_history_grows_and_moves_and_is_filtered() {
    let (_folder, store) = store().await;
    let topic = Topic::Reads(company_id(1), page());
    let said =
        json!({ "results": [read(2, "bills", "Fetching"), read(1, "invoices", "Complete"), { "id": 7 }] });
    assert!(keep(&store, &topic, &said).await);
    assert!(!keep(&store, &topic, &said).await);
    let moved = json!({ "results": [read(3, "bills", "Initial"), read(2, "bills", "FetchError")] });
    assert!(keep(&store, &topic, &moved).await);
    let found = |filter: OperationFilter| {
        let store = &store;
        async move {
            let found =
                store.operations(company_id(1), OperationKind::Read, &filter, 0, 10).await.expect("reads");
            assert_eq!(found.total as usize, found.raw.len());
            let status = |raw: &String| serde_json::from_str::<Value>(raw).expect("JSON")["status"].clone();
            found.raw.iter().map(status).collect::<Vec<_>>()
        }
    };
    assert_eq!(
        found(OperationFilter::default()).await,
        ["Initial", "FetchError", "Complete"],
        "newest first"
    );
    let bills = OperationFilter { data_types: vec!["bills".to_owned()], ..OperationFilter::default() };
    assert_eq!(found(bills).await, ["Initial", "FetchError"]);
    let failed = OperationFilter { statuses: vec!["FetchError".to_owned()], ..OperationFilter::default() };
    assert_eq!(found(failed).await, ["FetchError"]);
    let early = OperationFilter { until: "2026-11-02T00:00:00Z".parse().ok(), ..OperationFilter::default() };
    assert_eq!(found(early).await, ["Complete"]);
    let raw = &store
        .operations(company_id(1), OperationKind::Read, &OperationFilter::default(), 2, 1)
        .await
        .expect("reads")
        .raw[0];
    assert!(raw.contains("1.1"), "as it was said: {raw}");
}

#[tokio::test]
async fn who_asked_for_less_than_a_page_of_a_history_kept_it_and_did_not_ask_for_the_history() {
    let (_folder, store) = store_of(&[company(1, "One")]).await;
    let said = json!({ "results": [read(1, "bills", "Complete")] });
    let few = Topic::Reads(company_id(1), PageRequest { page_size: 20, ..page() });
    assert!(keep(&store, &few, &said).await);
    assert!(
        store.cached_answer(&few).await.expect("an answer").is_none(),
        "there may be others behind these"
    );
    assert!(!keep(&store, &Topic::Reads(company_id(1), page()), &said).await, "it is kept");
    assert!(store.cached_answer(&few).await.expect("an answer").is_some());
}

#[tokio::test]
async fn the_total_of_a_history_is_the_one_of_the_server_for_each_filter() {
    let (_folder, store) = store_of(&[company(1, "One")]).await;
    let all = Topic::Reads(company_id(1), page());
    let failed = PageRequest { query: Some("status=FetchError".to_owned()), ..page() };
    let failed = Topic::Reads(company_id(1), failed);
    assert_eq!(store.history_total(&all).await.expect("a total"), None);
    for (topic, total) in [(&all, 163), (&failed, 7), (&all, 170)] {
        let said = json!({ "results": [read(1, "bills", "FetchError")], "totalResults": total });
        keep(&store, topic, &said).await;
        assert_eq!(store.history_total(topic).await.expect("a total"), Some(total));
    }
    assert_eq!(store.history_total(&failed).await.expect("a total"), Some(7));
    for number in 0..100 {
        let named = PageRequest { query: Some(format!("id={number}")), ..page() };
        keep(&store, &Topic::Reads(company_id(1), named), &json!({ "results": [] })).await;
    }
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM answers")
        .fetch_one(store.database.readers())
        .await
        .expect("a count");
    assert_eq!(kept, 51, "the history and the newest 50 searches");
}

#[tokio::test]
async fn a_company_that_goes_takes_what_was_said_and_leaves_the_notes() {
    let (_folder, store) = store_of(&[company(1, "One")]).await;
    keep(&store, &Topic::Files(company_id(1)), &json!([])).await;
    keep(&store, &Topic::Reads(company_id(1), page()), &json!({ "results": [read(1, "bills", "Complete")] }))
        .await;
    assert!(store.write_notes(company_id(1), "", "Call on Mondays", now()).await.expect("written"));
    let stale = store.write_notes(company_id(1), "", "Never call", now()).await.expect("answered");
    assert!(!stale, "what was written in another window meanwhile stays");
    store.remove_company(company_id(1), Cause::Sweep, now()).await.expect("removed");
    assert!(store.cached_answer(&Topic::Files(company_id(1))).await.expect("an answer").is_none());
    let all = OperationFilter::default();
    let reads = store.operations(company_id(1), OperationKind::Read, &all, 0, 10);
    assert_eq!(reads.await.expect("reads").total, 0);
    assert_eq!(store.notes(company_id(1)).await.expect("notes"), "Call on Mondays");
}
