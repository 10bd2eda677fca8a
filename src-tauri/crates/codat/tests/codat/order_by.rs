//! `orderBy` (§2.4).

use core::cmp::Ordering;

use codat::query::OrderBy;
use proptest::prelude::*;
use serde_json::{Value, json};

fn sorted(order: &str, mut records: Vec<Value>) -> Vec<Value> {
    let order = OrderBy::parse(order).unwrap();
    records.sort_by(|a, b| order.compare(a, b));
    records.into_iter().map(|record| record["id"].clone()).collect()
}

#[test]
fn a_minus_turns_the_order_and_missing_comes_last_both_ways() {
    let records = || {
        vec![
            json!({ "id": 1, "at": "2026-03-01T00:00:00Z" }),
            json!({ "id": 2 }),
            json!({ "id": 3, "at": "2026-03-01T00:30:00+01:00" }),
            json!({ "id": 4, "at": null }),
            json!({ "id": 5, "at": "2026-04-01" }),
        ]
    };
    assert_eq!(sorted("at", records()), [json!(3), json!(1), json!(5), json!(2), json!(4)]);
    assert_eq!(sorted("-AT", records()), [json!(5), json!(1), json!(3), json!(2), json!(4)]);
}

#[test]
fn numbers_go_by_size_and_text_without_regard_to_case() {
    let numbers = [json!(10), json!(9), json!(-1.5), json!(1e-9)];
    let records = numbers.iter().map(|n| json!({ "id": n, "ref": { "n": n } })).collect();
    assert_eq!(sorted("ref.n", records), [json!(-1.5), json!(1e-9), json!(9), json!(10)]);
    let records = ["b", "A", "a", "C"].iter().map(|n| json!({ "id": n })).collect();
    assert_eq!(sorted("id", records), [json!("A"), json!("a"), json!("b"), json!("C")]);
}

#[test]
fn it_reads_one_property_and_writes_it_back() {
    for text in ["issueDate", "-issueDate", "-customerRef.id"] {
        assert_eq!(OrderBy::parse(text).unwrap().to_string(), text);
    }
    for text in ["", "-", "a,b", "a b", "--a", "a.", "a desc"] {
        assert!(OrderBy::parse(text).is_err(), "{text}");
    }
}

#[test]
fn an_unknown_property_is_named() {
    let order = OrderBy::parse("-nonsense").unwrap();
    assert_eq!(order.resolve(&["name", "created"]).unwrap_err().property, "nonsense");
    assert_eq!(OrderBy::parse("-Name").unwrap().resolve(&["name"]), Ok(()));
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({})),
        Just(json!({ "p": null })),
        Just(json!({ "p": [1] })),
        any::<bool>().prop_map(|flag| json!({ "p": flag })),
        any::<i32>().prop_map(|number| json!({ "p": number })),
        "[a-cA-C]{0,2}".prop_map(|text| json!({ "p": text })),
        "2026-0[1-3]-0[1-9](T00:00:00Z)?x?".prop_map(|text| json!({ "p": text })),
    ]
}

proptest! {
    #[test]
    fn it_is_one_order(a in values(), b in values(), c in values(), descending: bool) {
        let order = OrderBy { property: "p".to_owned(), descending };
        prop_assert_eq!(order.compare(&a, &b), order.compare(&b, &a).reverse());
        prop_assert_eq!(order.compare(&a, &a), Ordering::Equal);
        prop_assert_eq!(order.compare_keys(&order.key(&a), &order.key(&b)), order.compare(&a, &b));
        if order.compare(&a, &b).is_le() && order.compare(&b, &c).is_le() {
            prop_assert!(order.compare(&a, &c).is_le());
        }
    }
}
