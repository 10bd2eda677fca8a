//! Copies of records answer what the server would, and are whole or not there.

use codat::{
    Topic,
    data::{Column, DataType},
    page::PageRequest,
    query::{OrderBy, Query},
};
use proptest::prelude::*;
use serde_json::{Value, json, value::RawValue};

use super::making::*;
use crate::{CopyKey, CopyQuery, CopyQueryResult, RecordCopy, Store};

fn invoices() -> CopyKey {
    CopyKey { company: company_id(1), data_type: "invoices".to_owned(), connection: None }
}

fn columns() -> &'static [Column] {
    DataType::of_key("invoices").expect("invoices").columns
}

fn topic(number: i64, page: u32, page_size: u32) -> Topic {
    let page = PageRequest { page, page_size, query: None, order_by: None };
    Topic::Copy { number, company: company_id(1), connection: None, path: "invoices".to_owned(), page }
}

fn answer(records: &[String], total: usize) -> Box<RawValue> {
    let text = format!(r#"{{"results":[{}],"totalResults":{total}}}"#, records.join(","));
    RawValue::from_string(text).expect("an answer")
}

async fn copied(store: &Store, records: &[String]) -> RecordCopy {
    let number = store.copies().begin(&invoices(), true, now()).await.expect("a copy");
    for (at, page) in records.chunks(3).enumerate() {
        let topic = topic(number, at as u32 + 1, 3);
        store.save_answer(&topic, Ok(&answer(page, records.len())), now()).await.expect("a page");
    }
    if records.is_empty() {
        store.save_answer(&topic(number, 1, 3), Ok(&answer(&[], 0)), now()).await.expect("a page");
    }
    store.copies().finish(number, now()).await.expect("the end");
    store.copies().find(&invoices()).await.expect("a look").expect("a copy")
}

async fn find(
    store: &Store,
    copy: &RecordCopy,
    query: &str,
    order_by: &str,
    offset: u32,
    limit: u32,
) -> CopyQueryResult {
    store
        .copies()
        .query_records(copy, columns(), CopyQuery { query, order_by, offset, limit })
        .await
        .expect("records")
}

async fn ids(store: &Store, copy: &RecordCopy, query: &str, order_by: &str) -> Vec<String> {
    let CopyQueryResult::Records { rows, total } = find(store, copy, query, order_by, 0, 1_000).await else {
        panic!("{query} {order_by} is not answered")
    };
    assert_eq!(rows.len(), total as usize);
    let id = |raw: &RawValue| serde_json::from_str::<Value>(raw.get()).expect("a record")["id"].to_string();
    rows.iter().map(|raw| id(raw)).collect()
}

fn amounts(said: &[&str]) -> Vec<String> {
    said.iter().enumerate().map(|(at, amount)| format!(r#"{{"id":"{at}","totalAmount":{amount}}}"#)).collect()
}

#[tokio::test]
async fn a_record_is_kept_byte_for_byte_and_amounts_are_told_apart_to_the_last_digit() {
    let (_folder, store) = store().await;
    let records = amounts(&[
        "100000000000000000000000000000.01",
        "100000000000000000000000000000.02",
        "1.50",
        "-3e2",
        "null",
    ]);
    let copy = copied(&store, &records).await;
    let CopyQueryResult::Records { rows, .. } = find(&store, &copy, "", "", 0, 100).await else { panic!() };
    assert_eq!(rows.iter().map(|raw| raw.get()).collect::<Vec<_>>(), records);
    assert_eq!(ids(&store, &copy, "totalAmount>100000000000000000000000000000.01", "").await, ["\"1\""]);
    assert_eq!(ids(&store, &copy, "totalAmount=1.5", "").await, ["\"2\""]);
    let by_amount = ids(&store, &copy, "", "-totalAmount").await;
    assert_eq!(by_amount, ["\"1\"", "\"0\"", "\"2\"", "\"3\"", "\"4\""]);
}

#[tokio::test]
async fn a_new_copy_takes_the_place_of_the_one_before_and_one_given_up_does_not() {
    let (_folder, store) = store().await;
    let first = copied(&store, &amounts(&["1", "2", "3", "4"])).await;
    let number = store.copies().begin(&invoices(), true, now()).await.expect("a copy");
    store.save_answer(&topic(number, 1, 3), Ok(&answer(&amounts(&["5"]), 9)), now()).await.expect("a page");
    assert_eq!(
        store.copies().find(&invoices()).await.expect("a look").as_ref(),
        Some(&first),
        "it is not whole yet"
    );
    store.copies().delete(number).await.expect("given up");
    store.save_answer(&topic(number, 2, 3), Ok(&answer(&amounts(&["6"]), 9)), now()).await.expect("too late");
    assert_eq!(ids(&store, &first, "", "totalAmount").await.len(), 4);
    let second = copied(&store, &amounts(&["7"])).await;
    assert_ne!(first.number, second.number);
    assert_eq!(ids(&store, &second, "", "").await, ["\"0\""]);
    let gone = store.copies().records_from(first.number, 0, 10).await.expect("a look");
    assert!(gone.is_empty(), "the one before takes no room");
}

#[tokio::test]
async fn a_total_that_moves_between_pages_shows() {
    let (_folder, store) = store().await;
    let number = store.copies().begin(&invoices(), true, now()).await.expect("a copy");
    store.save_answer(&topic(number, 1, 1), Ok(&answer(&amounts(&["1"]), 2)), now()).await.expect("a page");
    assert!(!store.copies().progress(number).await.expect("a look").expect("a copy").total_changed);
    store.save_answer(&topic(number, 2, 1), Ok(&answer(&amounts(&["1"]), 3)), now()).await.expect("a page");
    let progress = store.copies().progress(number).await.expect("a look").expect("a copy");
    assert!(progress.total_changed);
    assert_eq!((progress.records, progress.total), (2, 3));
}

#[tokio::test]
async fn words_are_found_in_any_text_of_a_record_and_all_of_them_must_occur() {
    let (_folder, store) = store().await;
    let invoice = |id: &str, number: &str, customer: &str, status: &str| {
        format!(
            r#"{{"id":"{id}","invoiceNumber":"{number}","customerRef":{{"id":"1","companyName":"{customer}"}},"status":"{status}","totalAmount":42}}"#
        )
    };
    let records = [
        invoice("a", "INV-7", "Rowan Stores", "Paid"),
        invoice("b", "INV-8", "ROWAN & Sons", "Void"),
        invoice("c", "ROWAN-9", "Birch", "Paid"),
    ];
    let copy = copied(&store, &records).await;
    let by_number = "-invoiceNumber";
    for (words, expected) in [
        ("rowan", vec!["\"c\"", "\"b\"", "\"a\""]),
        ("Rowan paid", vec!["\"c\"", "\"a\""]),
        ("stores  ROW", vec!["\"a\""]),
        ("& rowan", vec!["\"b\""]),
        ("rowan 42", vec![]),
        ("nobody", vec![]),
    ] {
        assert_eq!(ids(&store, &copy, words, by_number).await, expected, "{words}");
    }
}

#[tokio::test]
async fn what_a_copy_cannot_answer_is_left_to_the_server() {
    let (_folder, store) = store().await;
    let copy = copied(&store, &amounts(&["1"])).await;
    let found = find(&store, &copy, "lineItems.quantity=1", "", 0, 1).await;
    assert!(matches!(found, CopyQueryResult::Unsupported), "{found:?}");
    let found = find(&store, &copy, "status==", "", 0, 1).await;
    assert!(matches!(&found, CopyQueryResult::InvalidQuery(why) if why.contains("Malformed")), "{found:?}");
}

#[tokio::test]
async fn copies_go_with_their_company_and_end_with_a_program_that_was_killed() {
    let (folder, store) = store_of(&[company(1, "One")]).await;
    copied(&store, &amounts(&["1"])).await;
    let left = store.copies().begin(&invoices(), true, now()).await.expect("a copy");
    store.save_answer(&topic(left, 1, 3), Ok(&answer(&amounts(&["5"]), 9)), now()).await.expect("a page");
    store.close().await;
    let store = Store::open(&folder.path().join("data/workspace.db"), now()).await.expect("the store");
    assert!(store.copies().progress(left).await.expect("a look").is_none(), "what was left half-way is gone");
    assert!(store.copies().find(&invoices()).await.expect("a look").is_some(), "what was whole is there");
    store.remove_company(company_id(1), domain::Cause::Sweep, now()).await.expect("gone");
    assert!(store.copies().find(&invoices()).await.expect("a look").is_none());
}

fn scalars() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-12..12_i64).prop_map(Value::from),
        "(x|y|X|xy|Zxyz|7|true)".prop_map(Value::from),
        prop_oneof![Just("2026-01-01"), Just("2026-01-01T00:00:00Z"), Just("2026-02-01T10:00:00Z")]
            .prop_map(Value::from),
    ]
}

fn records() -> impl Strategy<Value = Vec<Value>> {
    let record = (scalars(), scalars(), scalars(), proptest::option::of(scalars()));
    let records = proptest::collection::vec(record, 0..20);
    records.prop_map(|records| {
        let made = records.into_iter().enumerate().map(|(at, (a, b, c, d))| {
            let mut record =
                json!({ "id": at.to_string(), "totalAmount": a, "status": b, "customerRef": { "id": c } });
            if let Some(d) = d {
                record["issueDate"] = d;
            }
            record
        });
        made.collect()
    })
}

fn leaf() -> impl Strategy<Value = String> {
    let names = prop_oneof!["totalAmount", "STATUS", "customerRef\\.id", "issueDate", "note"];
    let operators = prop_oneof!["=", "!=", "~", ">", "<", ">=", "<="];
    let values = prop_oneof!["-?[0-9]{1,2}", "(x|Y|xy|true|False)", "2026-0[12]-01", "2026-01-01T00:00:00Z"];
    (names, operators, values).prop_map(|(name, operator, value)| format!("{name} {operator} {value}"))
}

fn queries() -> impl Strategy<Value = String> {
    leaf().prop_recursive(3, 8, 2, |inner| {
        (inner.clone(), prop_oneof![Just(" && "), Just(" || ")], inner)
            .prop_map(|(a, by, b)| format!("{{{a}}}{by}{{{b}}}"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The index means the same as the language itself, record by record.
    #[test]
    fn a_copy_finds_and_orders_as_the_language_does(
        records in records(),
        query in queries(),
        order in prop_oneof!["", "-?(totalAmount|status|customerRef\\.id|issueDate)"],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let texts: Vec<String> = records.iter().map(Value::to_string).collect();
        let found = runtime.block_on(async {
            let (_folder, store) = store().await;
            let copy = copied(&store, &texts).await;
            ids(&store, &copy, &query, &order).await
        });
        let parsed = Query::parse(&query).expect("a query");
        let mut expected: Vec<&Value> =
            records.iter().filter(|record| parsed.matches(record).expect("resolved")).collect();
        if !order.is_empty() {
            let order = OrderBy::parse(&order).expect("an order");
            expected.sort_by(|a, b| order.compare(a, b));
        }
        let expected: Vec<String> = expected.iter().map(|record| record["id"].to_string()).collect();
        prop_assert_eq!(found, expected, "{} {}", query, order);
    }
}
