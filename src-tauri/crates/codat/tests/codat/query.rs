//! The query language, by the examples of §2.3 and at its edges.

use codat::query::{LIMIT, Operator, Query, QueryError};
use serde_json::{Value, json};

fn parse(text: &str) -> Query {
    Query::parse(text).unwrap_or_else(|error| panic!("{text} is a query: {error:?}"))
}

fn matches(text: &str, record: &Value) -> bool {
    parse(text).matches(record).unwrap()
}

fn is_malformed(text: &str) -> bool {
    matches!(Query::parse(text), Err(QueryError::Malformed { .. }))
}

fn connected(statuses: &[&str]) -> Value {
    let connections: Vec<Value> = statuses.iter().map(|status| json!({ "status": status })).collect();
    json!({ "name": "Harbour Lane", "dataConnections": connections })
}

#[test]
fn the_groups_of_the_reference_hold_what_they_say() {
    let query = "{totalAmount > 100 || totalAmount < 50} && status != paid";
    let holds =
        |amount: i64, status: &str| matches(query, &json!({ "totalAmount": amount, "status": status }));
    assert!(holds(101, "Open"));
    assert!(holds(49, "Open"));
    assert!(!holds(75, "Open"), "between the bounds");
    assert!(!holds(101, "Paid"), "text is compared without regard to case");
}

#[test]
fn and_binds_tighter_than_or() {
    let tree = parse("a=1||b=2&&c=3");
    let Query::Any(parts) = &tree else { panic!("or is outermost: {tree:?}") };
    assert_eq!(parts[1], parse("b=2&&c=3"));
    assert!(matches("a=1||b=2&&c=3", &json!({ "a": 1, "b": 0, "c": 0 })));
    assert!(!matches("{a=1||b=2}&&c=3", &json!({ "a": 1, "b": 0, "c": 0 })));
}

#[test]
fn spaces_are_optional_and_values_trimmed() {
    assert_eq!(parse("name~lane"), parse("  name  ~   lane  "));
    assert_eq!(parse("{a=1}"), parse("a=1"));
    assert_eq!(parse("{{a=1&&b=2}&&c=3}").to_string(), "a=1 && b=2 && c=3");
    assert!(matches("name = Smith & Sons | Co", &json!({ "name": "Smith & Sons | Co" })));
}

#[test]
fn an_operator_in_a_value_belongs_to_the_value_unless_it_starts_it() {
    assert!(matches("id=abc==", &json!({ "id": "abc==" })));
    assert!(matches("note~a<b", &json!({ "note": "if a<b then" })));
    for text in ["a==1", "a=!b", "a=>1", "a<>1", "a~=b"] {
        assert!(is_malformed(text), "{text} reads like another language's operator");
    }
}

#[test]
fn what_is_no_query_is_refused_in_codats_words() {
    let malformed = [
        "",
        "   ",
        "name",
        "=x",
        "name=",
        "a=1&&",
        "&&a=1",
        "a=1||",
        "||",
        "{a=1",
        "a=1}",
        "{}",
        "{}&&a=1",
        "{a=1}b=2",
        "a=1{b=2}",
        "a=1&&&&b=2",
        "a b=1",
        "a..b=1",
        ".a=1",
        "a!b",
        "a=1&&{b=2||}",
        "%",
        "%ff%fe",
    ];
    for text in malformed {
        let error = Query::parse(text).expect_err(text);
        assert_eq!(error.to_string(), "Error parsing query - Malformed query.", "{text}");
    }
}

#[test]
fn a_query_must_be_shorter_than_the_limit() {
    let of_length = |length: usize| format!("n={}", "é".repeat(length - 2));
    assert!(Query::parse(&of_length(LIMIT - 1)).is_ok(), "characters count, not bytes");
    assert_eq!(Query::parse(&of_length(LIMIT)), Err(QueryError::TooLong { characters: LIMIT }));
}

#[test]
fn deep_groups_are_refused_and_do_not_exhaust_the_stack() {
    let nested = |depth: usize| format!("{}a=1{}", "{".repeat(depth), "}".repeat(depth));
    assert!(Query::parse(&nested(64)).is_ok());
    assert!(is_malformed(&nested(65)));
    assert!(is_malformed(&"{".repeat(LIMIT - 1)));
    assert!(Query::parse(&["{a=1||b=2}"; 100].join("&&")).is_ok(), "groups side by side are not deep");
}

#[test]
fn a_query_encoded_twice_is_decoded_once_more() {
    assert_eq!(parse("id%3D61"), parse("id=61"));
    assert_eq!(parse("a%3e1%26%26b%7Ex"), parse("a>1&&b~x"));
    assert!(matches("name=100%3D", &json!({ "name": "100%3D" })), "with an operator nothing is decoded");
}

#[test]
fn numbers_are_exact() {
    let amount = json!({ "amount": 0.1 });
    assert!(matches("amount=0.10", &amount));
    assert!(matches("amount=1e-1", &amount));
    assert!(!matches("amount=0.1000000000000000000000000000000000000001", &amount));
    assert!(matches("amount<0.1000000000000000000000000000000000000001", &amount));
    assert!(matches("n>9007199254740992", &json!({ "n": 9_007_199_254_740_993_u64 })), "past 2^53");
    assert!(matches("n<-1&&n>-3&&n>=-2&&n<=-2&&n=-2.0", &json!({ "n": -2 })));
    assert!(matches("n=-0&&n=0&&n=0e99&&n<0.01&&n>-0.01", &json!({ "n": 0 })));
    assert!(matches("n<1e99999999999999999999&&n>-1e99999999999999999999", &json!({ "n": 7 })));
    assert!(matches("n>1e-99999999999999999999", &json!({ "n": 7 })));
    for value in ["1,000", "x", "1.2.3", "0x10", "1e", "--1", "."] {
        let record = json!({ "n": 1000 });
        assert!(
            !matches(&format!("n={value}"), &record) && matches(&format!("n!={value}"), &record),
            "{value}"
        );
    }
}

#[test]
fn containing_and_ordering_keep_to_their_types() {
    let record = json!({ "n": 125, "s": "125", "b": true });
    assert!(!matches("n~2", &record), "a number contains nothing");
    assert!(!matches("s>100", &record) && !matches("s<200", &record), "text has no order");
    assert!(matches("s=125&&s~2", &record));
    assert!(!matches("b>false", &record));
    assert!(matches("b=TRUE&&b!=false", &record));
}

#[test]
fn dates_are_instants_whatever_their_shape() {
    let record = json!({ "modifiedDate": "2026-01-02T01:00:00+01:00" });
    for text in [
        "modifiedDate=2026-01-02",
        "modifiedDate=2026-01-02T00:00:00Z",
        "modifiedDate>=2026-01-02",
        "modifiedDate>2026-01-01",
        "modifiedDate<2026-01-02T00:00:00.0000001Z",
        "modifiedDate!=2026-01-03",
    ] {
        assert!(matches(text, &record), "{text}");
    }
    assert!(!matches("modifiedDate>20260101", &record), "eight digits are no date");
    for reference in ["20260102", "20260102T000000Z"] {
        assert!(!matches("reference=2026-01-02", &json!({ "reference": reference })), "nor in the record");
    }
    assert!(!matches("modifiedDate>2026-13-01", &record));
}

#[test]
fn text_is_compared_without_regard_to_case_in_any_script() {
    assert!(matches("name~ŌSAKA", &json!({ "name": "ōsaka foods" })));
    assert!(matches("name=ΟΔΟΣ", &json!({ "name": "οδοσ" })), "sigma does not depend on its place");
    assert!(!matches("name=osaka", &json!({ "name": "ōsaka" })), "accents count");
}

#[test]
fn properties_are_found_in_any_case_and_missing_ones_are_not_equal() {
    let record = json!({ "customerRef": { "id": "61", "note": null }, "NAME": "x", "name": "y" });
    assert!(matches("CUSTOMERREF.ID=61", &record));
    assert!(matches("name=y&&NAME=x", &record), "the very spelling goes first");
    for path in ["missing", "customerRef.missing.deeper", "customerRef.note", "name.first"] {
        assert!(matches(&format!("{path}!=1"), &record), "{path} is not equal");
        for operator in ["=", "~", "<", ">", "<=", ">="] {
            assert!(!matches(&format!("{path}{operator}1"), &record), "{path}{operator}1");
        }
    }
}

#[test]
fn connections_are_looked_into_and_one_is_enough() {
    let company = connected(&["Linked", "Deauthorized"]);
    assert!(matches("dataConnections.status=deauthorized", &company));
    assert!(matches("DataConnections.Status~auth", &company));
    assert!(!matches("dataConnections.status=Unlinked", &company));
    assert!(!matches("dataConnections.status!=Linked", &company), "one of them is linked");
    assert!(matches("dataConnections.status!=Unlinked", &company));
    assert!(matches("dataConnections.missing!=x", &company));
    let dated = json!({ "dataConnections": [{ "lastSync": "2026-01-05T00:00:00Z" }, {}] });
    assert!(matches("dataConnections.lastSync<2026-02-01", &dated));
    assert!(!matches("dataConnections.lastSync>2026-02-01", &dated));
}

#[test]
fn the_query_for_companies_without_connections_finds_those_alone() {
    let query = "dataConnections.status!=PendingAuth&&dataConnections.status!=Linked&&\
                 dataConnections.status!=Deauthorized&&dataConnections.status!=Unlinked";
    assert!(matches(query, &connected(&[])));
    assert!(matches(query, &json!({ "name": "left out" })));
    for status in ["PendingAuth", "Linked", "Deauthorized", "Unlinked"] {
        assert!(!matches(query, &connected(&[status])), "{status}");
    }
}

#[test]
fn other_arrays_and_objects_cannot_be_resolved() {
    let record = json!({
        "lineItems": [{ "unitAmount": 1 }], "products": ["lending"], "tags": { "a": "b" },
        "dataConnections": [{ "dataConnectionErrors": [{ "statusText": "x" }] }],
        "nested": { "dataConnections": [{ "status": "Linked" }] },
    });
    for property in [
        "lineItems.unitAmount",
        "products",
        "tags",
        "dataConnections",
        "dataConnections.dataConnectionErrors.statusText",
        "nested.dataConnections.status",
    ] {
        let unresolved = parse(&format!("a=1||{property}=1")).matches(&record).unwrap_err();
        assert_eq!(unresolved.property, property);
    }
}

#[test]
fn what_cannot_be_resolved_shows_whatever_the_rest_says() {
    let record = json!({ "a": 1, "list": [] });
    assert!(parse("a=1||list=1").matches(&record).is_err());
    assert!(parse("a=2&&list=1").matches(&record).is_err());
}

#[test]
fn unknown_properties_are_named_as_codat_names_them() {
    let known = ["status", "metadata.isDeleted", "connectionInfo.*"];
    assert_eq!(
        parse("Status=x&&metadata.ISDELETED!=true&&connectionInfo.any.thing=1").resolve(&known),
        Ok(())
    );
    let unresolved = parse("status=x&&{isCompleted=true||other=1}").resolve(&known).unwrap_err();
    assert_eq!(
        unresolved.on("Dataset"),
        "Error parsing query - Could not resolve property isCompleted on Dataset"
    );
    for property in ["metadata", "connectionInfo", "connectionInfoX", "statu"] {
        assert!(parse(&format!("{property}=1")).resolve(&known).is_err(), "{property}");
    }
}

#[test]
fn queries_can_be_built_and_say_only_what_the_language_can() {
    let broken = Query::compare("dataConnections.status", Operator::Equal, "Deauthorized").unwrap();
    assert_eq!(broken.to_string(), "dataConnections.status=Deauthorized");
    let unlinked = Query::compare("dataConnections.status", Operator::Equal, "Unlinked").unwrap();
    let named = Query::compare("name", Operator::Contains, " R&D ").unwrap();
    assert_eq!(
        broken.or(unlinked).and(named).to_string(),
        "{dataConnections.status=Deauthorized || dataConnections.status=Unlinked} && name~R&D"
    );
    for value in ["", " ", "a&&b", "a||b", "{", "}", "=x", "!x", "<x"] {
        assert!(Query::compare("name", Operator::Equal, value).is_err(), "“{value}” cannot be said");
    }
    assert!(Query::compare("na me", Operator::Equal, "x").is_err());
}
