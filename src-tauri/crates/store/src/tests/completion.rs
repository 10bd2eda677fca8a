//! Completion.

use codat::{Company, ConnectionStatus};
use proptest::prelude::*;

use super::making::*;
use crate::{Store, Suggestion};

fn some() -> Vec<Company> {
    let mut companies: Vec<_> = (0..6)
        .map(|number| {
            let platform = if number < 4 { "Xero" } else { "QuickBooks Online" };
            let status = if number == 0 { ConnectionStatus::Deauthorized } else { ConnectionStatus::Linked };
            connected(company(number, "Name"), [connection(number, "abcd", platform, status)])
        })
        .collect();
    companies[0].tags.insert("region".to_owned(), "uk".to_owned());
    companies[1].tags.insert("region".to_owned(), "us".to_owned());
    companies[2].tags.insert("region".to_owned(), "us".to_owned());
    companies[3].created_by_user_name = Some("Ann Regis".to_owned());
    companies
}

async fn complete(store: &Store, search: &str, cursor: u32) -> Vec<Suggestion> {
    store.complete(search, cursor, now()).await.expect("suggestions")
}

fn labels(suggestions: &[Suggestion]) -> Vec<(&str, Option<u32>)> {
    suggestions.iter().map(|suggestion| (suggestion.label.as_str(), suggestion.count)).collect()
}

#[tokio::test]
async fn an_empty_box_offers_the_filters() {
    let (_folder, store) = store_of(&some()).await;
    let suggestions = complete(&store, "", 0).await;
    assert_eq!(suggestions[0].label, "is:");
    assert!(suggestions.iter().all(|suggestion| suggestion.count.is_none()));
    assert_eq!((suggestions[0].search.as_str(), suggestions[0].cursor), ("is:", 3));
}

#[tokio::test]
async fn values_come_with_what_they_would_leave() {
    let (_folder, store) = store_of(&some()).await;
    let platforms = complete(&store, "platform:", 9).await;
    assert_eq!(labels(&platforms), [("platform:xero", Some(4)), ("platform:\"quickbooks online\"", Some(2))]);
    assert_eq!((platforms[0].search.as_str(), platforms[0].cursor), ("platform:xero ", 14));
    let tags = complete(&store, "tag:", 4).await;
    assert_eq!(
        labels(&tags),
        [("tag:region", Some(3)), ("tag:region=us", Some(2)), ("tag:region=uk", Some(1))]
    );
    let colors = complete(&store, "is:", 3).await;
    assert_eq!(labels(&colors), [("is:green", Some(5)), ("is:attention", Some(1)), ("is:red", Some(1))]);
}

#[tokio::test]
async fn the_rest_of_the_search_counts_too() {
    let (_folder, store) = store_of(&some()).await;
    let suggestions = complete(&store, "is:red platform:", 16).await;
    assert_eq!(labels(&suggestions), [("platform:xero", Some(1))]);
    let widened = complete(&store, "is:red is:gre", 13).await;
    assert_eq!(labels(&widened), [("is:green", Some(6))], "colors join");
    let either = complete(&store, "platform:xero platform:q", 24).await;
    assert_eq!(labels(&either), [("platform:\"quickbooks online\"", Some(6))], "and so do integrations");
    let turned = complete(&store, "-platform:x", 11).await;
    assert_eq!((turned[0].search.as_str(), turned[0].count), ("-platform:xero ", Some(2)));
}

#[tokio::test]
async fn a_word_finds_filters_and_values() {
    let (_folder, store) = store_of(&some()).await;
    let suggestions = complete(&store, "reg", 3).await;
    assert_eq!(
        labels(&suggestions),
        [
            ("tag:region", Some(3)),
            ("tag:region=us", Some(2)),
            ("tag:region=uk", Some(1)),
            ("by:\"ann regis\"", Some(1))
        ]
    );
    let broken = complete(&store, "brok", 4).await;
    assert!(labels(&broken).contains(&("is:red", Some(1))), "by what a color means: {broken:?}");
    assert_eq!(complete(&store, "pla", 3).await[0].label, "platform:");
}

#[tokio::test]
async fn what_is_typed_begins_a_word_and_is_no_filter_while_it_goes_on_with_a_name() {
    let mut companies = some();
    companies[4].name = "Ochre Steel".to_owned();
    companies[5].name = "Lighthouse Books".to_owned();
    companies[5].created_by_user_name = Some("Onboarding".to_owned());
    let (_folder, store) = store_of(&companies).await;
    assert_eq!(labels(&complete(&store, "Ochre St", 8).await), [], "not `stale:`");
    assert_eq!(labels(&complete(&store, "Lighthouse Bo", 13).await), [], "not in the middle of “onboarding”");
    assert_eq!(labels(&complete(&store, "onb", 3).await), [("by:onboarding", Some(1))]);
    assert_eq!(labels(&complete(&store, "regi", 4).await).last(), Some(&("by:\"ann regis\"", Some(1))));
    assert_eq!(complete(&store, "Nobody st", 9).await[0].label, "stale:", "no company has that name");
    assert_eq!(complete(&store, "is:green st", 11).await[0].label, "stale:", "a filter is no name");
}

#[tokio::test]
async fn only_the_word_at_the_cursor_changes() {
    let (_folder, store) = store_of(&some()).await;
    let suggestions = complete(&store, "😀 pla name", 6).await;
    assert_eq!((suggestions[0].search.as_str(), suggestions[0].cursor), ("😀 platform: name", 12));
    let inside = complete(&store, "platform:x name", 10).await;
    assert_eq!((inside[0].search.as_str(), inside[0].cursor), ("platform:xero name", 14));
}

#[test]
fn completion_never_fails() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (_folder, store) = runtime.block_on(store_of(&some()));
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(48));
    let texts = ("[-a-z:=\" <>é😀]{0,20}", 0..25_u32);
    runner
        .run(&texts, |(search, cursor)| {
            let suggestions = runtime.block_on(complete(&store, &search, cursor));
            prop_assert!(suggestions.len() <= 12);
            for suggestion in suggestions {
                prop_assert!(suggestion.cursor as usize <= suggestion.search.encode_utf16().count());
            }
            Ok(())
        })
        .expect("it holds");
}
