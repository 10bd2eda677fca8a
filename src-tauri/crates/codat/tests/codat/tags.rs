//! The `tags` parameter (§2.3).

use std::collections::BTreeMap;

use codat::query::TagQuery;

fn tags(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn matches(text: &str, tags: &BTreeMap<String, String>) -> bool {
    TagQuery::parse(text).unwrap().matches(tags)
}

#[test]
fn the_example_of_the_reference_holds() {
    let query = "region = uk && owningTeam = invoice-finance";
    assert!(matches(query, &tags(&[("region", "UK"), ("owningTeam", "invoice-finance")])));
    assert!(!matches(query, &tags(&[("region", "uk"), ("owningTeam", "lending")])));
    assert!(!matches(query, &tags(&[("region", "uk")])));
}

#[test]
fn a_key_that_is_not_there_is_not_equal() {
    assert!(matches("region!=uk", &tags(&[])));
    assert!(!matches("region!=uk", &tags(&[("region", "uk")])));
    assert!(!matches("region~u", &tags(&[])));
    assert!(matches("region~K", &tags(&[("region", "uk")])));
}

#[test]
fn keys_may_hold_dots_and_spaces() {
    let tags = tags(&[("owning team.name", "a=b"), ("Region", "uk"), ("region", "us")]);
    assert!(matches("owning team.name=a=b", &tags));
    assert!(matches("region=us&&Region=uk&&REGION=uk", &tags), "the very spelling goes first");
}

#[test]
fn values_are_text_and_nothing_else() {
    assert!(!matches("n=1.0", &tags(&[("n", "1")])));
    assert!(!matches("d=2026-01-01", &tags(&[("d", "2026-01-01T00:00:00Z")])));
}

#[test]
fn ordering_is_refused() {
    for text in ["n>1", "n<1", "n>=1", "a=1||{b=2&&n<=1}", "", "=x", "n="] {
        assert!(TagQuery::parse(text).is_err(), "{text}");
    }
}

#[test]
fn it_is_written_as_it_is_read() {
    let query = TagQuery::parse("{a=1||b~2}&&c!=3").unwrap();
    assert_eq!(TagQuery::parse(&query.to_string()), Ok(query));
}
