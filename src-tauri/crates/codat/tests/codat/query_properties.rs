//! What holds for every query: it reads back as itself, agrees with a naive model, and no text ends in a
//! panic.

use codat::query::{Operator, OrderBy, Query, TagQuery};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const NAMES: [&str; 4] = ["a", "b", "dataConnections.s", "deep.c"];

fn operators() -> impl Strategy<Value = Operator> {
    proptest::sample::select(Operator::ALL.to_vec())
}

fn values() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,2}",
        "-?[0-9]{1,3}",
        "(x|y|X|Y|xy|true|False)",
        "2026-0[1-3]-0[1-3]",
        "[a-zé]{1,3}[ &|.:%~=<>!-]{0,3}[a-zÉ0-9&|]{1,3}",
    ]
    .prop_filter("what the language can say", |value| Query::compare("a", Operator::Equal, value).is_ok())
}

fn queries() -> impl Strategy<Value = Query> {
    let leaf = (proptest::sample::select(NAMES.to_vec()), operators(), values())
        .prop_map(|(name, operator, value)| Query::compare(name, operator, &value).unwrap());
    leaf.prop_recursive(5, 24, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a.and(b)),
            (inner.clone(), inner).prop_map(|(a, b)| a.or(b)),
        ]
    })
}

fn leaves() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-120..120_i64).prop_map(Value::from),
        "(x|y|X|xy|zxyz|true|7)".prop_map(Value::from),
        "2026-0[1-3]-0[1-3]".prop_map(Value::from),
    ]
}

fn records() -> impl Strategy<Value = Value> {
    let connections = proptest::collection::vec(leaves(), 0..3);
    (proptest::option::of(leaves()), proptest::option::of(leaves()), connections, leaves()).prop_map(
        |(a, b, connections, c)| {
            let mut record = Map::new();
            record.extend(a.map(|a| ("a".to_owned(), a)));
            record.extend(b.map(|b| ("B".to_owned(), b)));
            let connections: Vec<Value> = connections.into_iter().map(|s| json!({ "s": s })).collect();
            record.insert("dataConnections".to_owned(), connections.into());
            record.insert("deep".to_owned(), json!({ "c": c }));
            Value::Object(record)
        },
    )
}

/// The records above, and what a comparison says of them, spelled out case by case.
fn model(query: &Query, record: &Value) -> bool {
    match query {
        Query::All(parts) => parts.iter().all(|part| model(part, record)),
        Query::Any(parts) => parts.iter().any(|part| model(part, record)),
        Query::Compare(comparison) => {
            let found: Vec<&Value> = match comparison.property.as_str() {
                "a" => vec![&record["a"]],
                "b" => vec![&record["B"]],
                "deep.c" => vec![&record["deep"]["c"]],
                _ => record["dataConnections"].as_array().unwrap().iter().map(|one| &one["s"]).collect(),
            };
            let holds = |operator| found.iter().any(|one| model_one(one, operator, &comparison.value));
            if comparison.operator == Operator::NotEqual {
                !holds(Operator::Equal)
            } else {
                holds(comparison.operator)
            }
        }
    }
}

fn model_one(found: &Value, operator: Operator, value: &str) -> bool {
    let lower = value.to_lowercase();
    let orders = |a: i64, b: i64| match operator {
        Operator::Equal => a == b,
        Operator::Greater => a > b,
        Operator::Less => a < b,
        Operator::GreaterOrEqual => a >= b,
        Operator::LessOrEqual => a <= b,
        Operator::NotEqual | Operator::Contains => false,
    };
    match found {
        Value::Number(number) => value.parse().is_ok_and(|value| orders(number.as_i64().unwrap(), value)),
        Value::Bool(flag) => operator == Operator::Equal && lower == flag.to_string(),
        Value::String(text) if operator == Operator::Equal => text.to_lowercase() == lower,
        Value::String(text) if operator == Operator::Contains => text.to_lowercase().contains(&lower),
        // Dates as drawn here are in order as text is.
        Value::String(text) if text.len() == 10 && lower.len() == 10 && lower.starts_with("2026-") => {
            orders(text.replace('-', "").parse().unwrap(), lower.replace('-', "").parse().unwrap())
        }
        Value::Null | Value::String(_) | Value::Array(_) | Value::Object(_) => false,
    }
}

proptest! {
    #[test]
    fn a_query_reads_back_as_itself(query in queries()) {
        prop_assert_eq!(Query::parse(&query.to_string()), Ok(query));
    }

    #[test]
    fn evaluation_agrees_with_the_model(query in queries(), record in records()) {
        prop_assert_eq!(query.matches(&record), Ok(model(&query, &record)), "{} of {}", query, record);
    }

    #[test]
    fn no_text_ends_in_a_panic(text in ".{0,80}", record in records()) {
        try_everything(&text, &record);
    }

    #[test]
    fn nor_does_text_made_of_the_languages_own_marks(
        text in "(a|b|1|é| |&|&&|\\||\\|\\||=|!=|~|<|>|<=|\\{|\\}|%3D|%|\\.|-|2026-01-01){0,24}",
        record in records(),
    ) {
        try_everything(&text, &record);
    }

    #[test]
    fn whatever_is_read_is_written_so_that_it_reads_the_same(
        text in "(a|b|1|é| |&|&&|\\||\\|\\||=|!=|~|<|>|<=|\\{|\\}|x){0,24}",
    ) {
        if let Ok(query) = Query::parse(&text) {
            prop_assert_eq!(Query::parse(&query.to_string()), Ok(query));
        }
        if let Ok(query) = TagQuery::parse(&text) {
            prop_assert_eq!(TagQuery::parse(&query.to_string()), Ok(query));
        }
    }
}

fn try_everything(text: &str, record: &Value) {
    if let Ok(query) = Query::parse(text) {
        let _ = query.matches(record);
        let _ = query.resolve(&["a", "deep.*"]);
    }
    if let Ok(query) = TagQuery::parse(text) {
        query.matches(&std::collections::BTreeMap::new());
    }
    if let Ok(order) = OrderBy::parse(text) {
        let _ = order.compare(record, record);
    }
}
