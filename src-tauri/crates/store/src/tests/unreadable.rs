//! Companies that the server tells of in a way that cannot be read: none looks healthy that may not be.

use codat::{Color, CompanyId, ConnectionStatus, Item, Listed};
use domain::Cause;
use proptest::prelude::*;
use serde_json::{Value, json, value::RawValue};

use super::making::*;
use crate::{CompanyRow, Store};

fn said(number: u128, raw: String) -> Item<Listed> {
    Item { value: Listed { id: company_id(number) }, raw: RawValue::from_string(raw).expect("JSON") }
}

/// A company whose connection has no status.
fn broken(number: u128) -> Item<Listed> {
    let company = connected(company(number, "One"), [xero(number, ConnectionStatus::Deauthorized)]);
    let mut json = serde_json::to_value(company).expect("JSON");
    json["dataConnections"][0].as_object_mut().expect("a connection").remove("status");
    said(number, json.to_string())
}

async fn apply(store: &Store, item: &Item<Listed>) -> u64 {
    let applied = store.apply(std::slice::from_ref(item), Cause::Sweep, None, now()).await.expect("applied");
    assert_eq!(applied.version, store.version().await);
    applied.version
}

async fn row(store: &Store, number: u128) -> Option<CompanyRow> {
    store.company(company_id(number)).await.expect("asked")
}

async fn count(store: &Store) -> u32 {
    store.attention(10).await.expect("a count").unreadable
}

#[tokio::test]
async fn what_cannot_be_read_stays_as_it_was_with_a_mark_until_it_can() {
    let good = connected(company(1, "One"), [xero(1, ConnectionStatus::Linked)]);
    let (folder, store) = store_of(&[good.clone(), company(2, "Two")]).await;
    assert_eq!(found(&store, "is:unreadable").await, [""; 0]);
    let before = store.version().await;
    let marked = apply(&store, &broken(1)).await;
    assert!(marked > before, "lists differ");
    let shown = row(&store, 1).await.expect("a row");
    assert_eq!((shown.color, shown.unreadable_since), (Color::Green, Some(now().as_millisecond())));
    assert_eq!((count(&store).await, found(&store, "is:unreadable").await), (1, vec!["One".to_owned()]));
    let written = rows_written(&store).await;
    assert_eq!(apply(&store, &broken(1)).await, marked, "said again, it changes nothing");
    assert_eq!(rows_written(&store).await, written);

    store.close().await;
    let store = Store::open(&folder.path().join("data/workspace.db"), now()).await.expect("opened");
    assert_eq!(found(&store, "is:unreadable").await, ["One"], "it outlives a restart");
    apply(&store, &broken(1)).await;
    assert_eq!(row(&store, 1).await.expect("a row").unreadable_since, Some(now().as_millisecond()));
    for item in items(&[good]) {
        apply(&store, &item).await;
    }
    assert_eq!(row(&store, 1).await.expect("a row").unreadable_since, None, "it says what it said before");
    assert_eq!((count(&store).await, found(&store, "is:unreadable").await.len()), (0, 0));
}

#[tokio::test]
async fn a_company_that_could_never_be_read_is_counted_while_it_is_there() {
    let (_folder, store) = store_of(&[company(2, "Two")]).await;
    apply(&store, &broken(1)).await;
    assert_eq!((count(&store).await, row(&store, 1).await), (1, None));
    let both = [company_id(1), company_id(2)].into();
    assert_eq!(store.missing_companies(&both).await.expect("asked"), [] as [CompanyId; 0]);
    assert_eq!(count(&store).await, 1);
    assert_eq!(store.missing_companies(&[company_id(2)].into()).await.expect("asked"), []);
    assert_eq!(count(&store).await, 0, "a complete sweep lacks it");
}

#[tokio::test]
async fn a_company_that_is_gone_is_not_counted() {
    let (_folder, store) = store_of(&[company(1, "One")]).await;
    apply(&store, &broken(1)).await;
    assert_eq!(store.missing_companies(&[company_id(2)].into()).await.expect("asked"), [company_id(1)]);
    assert_eq!(count(&store).await, 1, "it is not known to be gone");
    store.remove_company(company_id(1), Cause::Sweep, now()).await.expect("removed");
    assert_eq!(count(&store).await, 0);
}

/// A number of 500 digits, which stands as this text until the JSON is written.
const DIGITS: &str = "500 digits";

/// What may come in the place of a value, or nothing where the value is left out.
fn junk() -> impl Strategy<Value = Option<Value>> {
    prop::sample::select(vec![
        None,
        Some(json!(null)),
        Some(json!(0)),
        Some(json!(-1.5)),
        Some(json!(true)),
        Some(json!("")),
        Some(json!("junk")),
        Some(json!([])),
        Some(json!({})),
        Some(json!([null])),
        Some(json!("9999-12-31T23:59:59.9999999")),
        Some(json!("0001-01-01T00:00:00")),
        Some(json!("2026-02-30T00:00:00Z")),
        Some(json!(DIGITS)),
    ])
}

/// The paths of all values within, but for the company's identifier.
fn paths(value: &Value, path: &str, found: &mut Vec<String>) {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    for (key, value) in below {
        let path = format!("{path}/{key}");
        if path != "/id" {
            paths(value, &path, found);
            found.push(path);
        }
    }
}

/// Whether a value in this place says, in the API's own words, that nothing is wrong.
fn is_well_said(path: &str, value: Option<&Value>) -> bool {
    let is_list = ["/dataConnections", "/dataConnections/0", "/dataConnections/0/dataConnectionErrors"];
    let is_nothing = value.is_none_or(|value| value.is_null() || *value == json!([]));
    let is_undated = path.ends_with("/erroredOnUtc") && value.is_none_or(Value::is_null);
    // An error that says nothing of itself is none.
    let is_empty_error = path.ends_with("dataConnectionErrors/0")
        && value.is_none_or(|value| value.is_object() || value.is_array());
    (is_list.contains(&path) && is_nothing) || is_empty_error || is_undated
}

fn put(company: &mut Value, path: &str, value: Option<Value>) {
    let (above, key) = path.rsplit_once('/').expect("a path");
    let above = company.pointer_mut(above);
    match (above, value) {
        (Some(Value::Object(fields)), Some(value)) => drop(fields.insert(key.to_owned(), value)),
        (Some(Value::Object(fields)), None) => drop(fields.remove(key)),
        (Some(Value::Array(items)), value) => {
            // An earlier mutation may have replaced the object by a list.
            let Ok(at) = key.parse::<usize>() else { return };
            match value {
                Some(value) if at < items.len() => items[at] = value,
                None if at < items.len() => drop(items.remove(at)),
                Some(_) | None => {}
            }
        }
        (Some(_) | None, _) => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn nothing_that_is_said_of_a_broken_company_makes_it_look_healthy(
        is_deauthorized: bool,
        mutations in prop::collection::vec((any::<prop::sample::Index>(), junk()), 1..3),
        is_known: bool,
    ) {
        let mut connection = xero(1, ConnectionStatus::Linked);
        connection.last_sync = Some(hours_ago(2));
        let mut good = connected(company(1, "One"), [connection.clone()]);
        good.last_sync = Some(hours_ago(2));
        let broken = if is_deauthorized {
            connection.status = ConnectionStatus::Deauthorized;
            connection
        } else {
            with_error(connection, "Broken")
        };
        let broken = connected(company(1, "One"), [broken]);
        let whole = serde_json::to_value(&broken).expect("JSON");
        let mut found = Vec::new();
        paths(&whole, "", &mut found);
        let mut mutated = whole;
        for (index, junk) in mutations {
            let path = index.get(&found);
            if !is_well_said(path, junk.as_ref()) {
                put(&mut mutated, path, junk);
            }
        }
        let raw = mutated.to_string().replace(&format!("\"{DIGITS}\""), &"7".repeat(500));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let (_folder, store) = store().await;
            if is_known {
                store.apply(&items(&[good.clone()]), Cause::Sweep, None, now()).await.expect("applied");
            }
            apply(&store, &said(1, raw.clone())).await;
            match row(&store, 1).await {
                Some(row) => {
                    let looks_healthy = matches!(row.color, Color::Green | Color::None);
                    assert!(!looks_healthy || row.unreadable_since.is_some(), "{row:?} of {raw}");
                }
                None => assert_eq!(count(&store).await, 1, "it is counted: {raw}"),
            }
            apply(&store, &items(&[broken])[0]).await;
            let row = row(&store, 1).await.expect("a row");
            assert_eq!((row.color, row.unreadable_since), (Color::Red, None), "read again after {raw}");
            assert_eq!(count(&store).await, 0);
        });
    }
}
