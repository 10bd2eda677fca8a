use std::collections::BTreeSet;

use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Api, company_path, options, start_of_time, text};

fn names(page: &Value) -> Vec<String> {
    page["results"].as_array().unwrap().iter().map(|it| text(&it["name"]).to_owned()).collect()
}

async fn query(api: &Api, query: &str) -> Vec<String> {
    names(&api.get(&format!("/companies?page=1&pageSize=5000&query={query}")).await.expect(200).json())
}

#[tokio::test]
async fn pages_carry_their_figures_and_links() {
    let api = Api::new().await;
    let total = api.companies().await.len();
    let page = api.get("/companies?page=2&pageSize=20&orderBy=name").await.expect(200).json();
    assert_eq!((&page["pageNumber"], &page["pageSize"]), (&2.into(), &20.into()));
    assert_eq!(page["totalResults"], total);
    assert_eq!(page["_links"]["self"]["href"], "/companies");
    assert_eq!(page["_links"]["current"]["href"], "/companies?page=2&pageSize=20&orderBy=name");
    assert_eq!(page["_links"]["previous"]["href"], "/companies?page=1&pageSize=20&orderBy=name");
    let first = api.get("/companies").await.json();
    assert_eq!(first["pageSize"], 100);
    assert!(first["_links"].get("previous").is_none() && first["_links"].get("next").is_none());
    let beyond = api.get("/companies?page=99").await.expect(200).json();
    assert_eq!(beyond["results"], serde_json::json!([]));
}

#[tokio::test]
async fn parameter_names_and_segments_are_matched_in_any_case() {
    let api = Api::new().await;
    let page = api.get("/COMPANIES?PAGE=1&pagesize=3&ORDERBY=name").await.expect(200).json();
    assert_eq!(page["results"].as_array().unwrap().len(), 3);
    assert_eq!(page["_links"]["next"]["href"], "/COMPANIES?page=2&pageSize=3&ORDERBY=name");
    api.get("/apikeys").await.expect(200);
    api.get("/Integrations/GBOL/Branding").await.expect(200);
}

#[tokio::test]
async fn page_sizes_up_to_5000_are_echoed_and_others_refused() {
    let api = Api::new().await;
    assert_eq!(api.get("/companies?pageSize=5000").await.expect(200).json()["pageSize"], 5000);
    for bad in ["pageSize=5001", "pageSize=0", "page=0", "page=two", "pageSize=-1"] {
        api.get(&format!("/companies?{bad}")).await.expect(400).error();
    }
}

#[tokio::test]
async fn companies_are_queried_by_their_own_and_their_connections_fields() {
    let api = Api::new().await;
    assert_eq!(query(&api, "name~BAKERY").await, ["Harbour Lane Bakery"]);
    assert_eq!(query(&api, "name%3Dcafe%20noir").await, ["Cafe Noir"]);
    assert_eq!(query(&api, "description%3Dcust-0042").await, ["Northwind Traders"]);
    assert_eq!(query(&api, "dataConnections.platformName%3DMYOB%20Business").await, ["Tideway Marine"]);
    let all = api.companies().await;
    let with = |is: &dyn Fn(&Value) -> bool| {
        all.iter().filter(|it| is(it)).map(|it| text(&it["name"]).to_owned()).collect::<Vec<_>>()
    };
    let has = |status: &'static str| {
        move |it: &Value| it["dataConnections"].as_array().unwrap().iter().any(|c| c["status"] == status)
    };
    for status in ["Deauthorized", "PendingAuth", "Unlinked", "Linked"] {
        assert_eq!(
            query(&api, &format!("dataConnections.status%3D{status}")).await,
            with(&has(status)),
            "{status}"
        );
    }
    let broken = has("Deauthorized");
    assert_eq!(
        query(&api, "dataConnections.status%3DDeauthorized%7C%7CdataConnections.status%3DUnlinked").await,
        with(&|it| broken(it) || has("Unlinked")(it))
    );
    assert_eq!(
        query(&api, "dataConnections.status!%3DPendingAuth%26%26dataConnections.status!%3DLinked%26%26dataConnections.status!%3DDeauthorized%26%26dataConnections.status!%3DUnlinked").await,
        with(&|it| it["dataConnections"].as_array().unwrap().is_empty())
    );
    assert_eq!(
        query(&api, "created%3E%3D2026-11-20").await,
        with(&|it| text(&it["created"]) >= "2026-11-20")
    );
    assert_eq!(
        query(&api, "lastSync%3C2026-09-01").await,
        with(&|it| it["lastSync"].as_str().is_some_and(|at| at < "2026-09-01"))
    );
}

#[tokio::test]
async fn questions_that_cannot_be_answered_are_refused_in_codats_words() {
    let api = Api::new().await;
    let malformed = api.get("/companies?query=name").await.expect(400);
    assert_eq!(malformed.error(), "Error parsing query - Malformed query.");
    assert_eq!(malformed.json()["service"], "ClientsApi");
    let unknown = api.get("/companies?query=color%3Dred").await.expect(400);
    assert_eq!(unknown.error(), "Error parsing query - Could not resolve property color on Company");
    api.get("/companies?orderBy=color").await.expect(400);
    api.get("/companies?tags=region%3E5").await.expect(400);
    api.get(&format!("/companies?query=name~{}", "x".repeat(2_100))).await.expect(400);
}

#[tokio::test]
async fn tags_are_a_language_of_their_own() {
    let api = Api::new().await;
    let tagged = async |tags: &str| {
        names(&api.get(&format!("/companies?pageSize=5000&tags={tags}")).await.expect(200).json())
    };
    assert_eq!(tagged("region%20%3D%20us%20%26%26%20owningTeam%20%3D%20cards").await.len(), 3);
    assert_eq!(tagged("review%3Ddue").await, ["Fenwick Optical"]);
    let both = api.get("/companies?tags=region%3Djp&query=name~noodle").await.json();
    assert_eq!(names(&both), ["Ōsaka Noodle House"]);
}

#[tokio::test]
async fn lists_are_ordered_both_ways_with_the_missing_last() {
    let api = Api::new().await;
    for order in ["lastSync", "-lastSync"] {
        let page = api.get(&format!("/companies?pageSize=5000&orderBy={order}")).await.expect(200).json();
        let times: Vec<Option<String>> = page["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["lastSync"].as_str().map(str::to_owned))
            .collect();
        let read = times.iter().flatten().count();
        assert!(times[..read].iter().all(Option::is_some), "never-read ones are last with {order}");
        let mut sorted: Vec<&String> = times.iter().flatten().collect();
        let given = sorted.clone();
        sorted.sort();
        if order.starts_with('-') {
            sorted.reverse();
        }
        assert_eq!(given, sorted, "{order}");
    }
}

#[tokio::test]
async fn an_answer_that_was_kept_does_not_outlive_a_change() {
    let api = Api::new().await;
    let before = query(&api, "name~bakery").await.len();
    api.new_company("Second Bakery").await;
    assert_eq!(query(&api, "name~bakery").await.len(), before + 1);
}

#[tokio::test]
async fn a_page_that_was_kept_does_not_hide_what_goes_with_the_time() {
    let api = Api::new().await;
    let company = api.new_company("Timely").await;
    api.linked(&company, "suuo").await;
    let last = async || {
        let all = api.companies().await;
        let alone = api.get(&company).await.json();
        assert_eq!(all.last().unwrap(), &alone);
        alone
    };
    assert!(last().await.get("lastSync").is_none());
    api.post(&format!("{company}/data/all"), &Value::Null).await.expect(204);
    last().await;
    api.advance(jiff::SignedDuration::from_hours(1));
    assert!(last().await.get("lastSync").is_some(), "a read that ended by itself");
    let outage = serde_json::json!({
        "outage": "suuo", "from": "2026-11-23T11:00:00Z", "until": "2026-11-23T12:00:00Z"
    });
    api.post("/_sandbox/faults", &outage).await.expect(201);
    let errors =
        |company: &Value| company["dataConnections"][0]["dataConnectionErrors"].as_array().unwrap().len();
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(errors(&last().await));
        api.advance(jiff::SignedDuration::from_mins(70));
    }
    assert_eq!(seen, [0, 1, 0], "an outage comes and goes by itself");
    api.call("PUT", "/_sandbox/link", r#"{"oneTimeUrls":true}"#).await.expect(200);
    let first = text(&last().await["redirect"]).to_owned();
    api.advance(jiff::SignedDuration::from_mins(1));
    assert_ne!(text(&last().await["redirect"]), first, "one-time URLs are new each time");
}

#[tokio::test]
async fn a_hundred_thousand_companies_can_be_paged_to_the_end() {
    let api = Api::with(sandbox::Options { companies: Some(100_000), ..options() }).await;
    let last = api.get("/companies?page=1000&pageSize=100").await.expect(200).json();
    assert_eq!(last["results"].as_array().unwrap().len(), 100);
    assert_eq!(last["totalResults"], 100_000);
    assert!(last["_links"].get("next").is_none());
    let limit: u64 = api.get("/profile").await.header("x-rate-limit-limit").parse().unwrap();
    assert!(limit > 90_000_000, "counts the linked companies: {limit}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn walking_the_links_gives_each_company_once(size in 1_usize..90, ordered in any::<bool>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let api = Api::new().await;
            let order = if ordered { "&orderBy=-created" } else { "" };
            let mut next = Some(format!("/companies?pageSize={size}{order}"));
            let mut seen = Vec::new();
            while let Some(target) = next {
                let page = api.get(&target).await.expect(200).json();
                seen.extend(page["results"].as_array().unwrap().iter().map(|it| text(&it["id"]).to_owned()));
                next = page["_links"]["next"]["href"].as_str().map(str::to_owned);
            }
            let all: BTreeSet<String> = api.companies().await.iter().map(|it| text(&it["id"]).to_owned()).collect();
            prop_assert_eq!(seen.len(), all.len());
            prop_assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), all);
            Ok(())
        })?;
    }
}

/// In the list each company is what it is by itself.
async fn list_is_true(api: &Api, after: &str) {
    for listed in api.companies().await {
        let alone = api.get(&company_path(&listed)).await.expect(200).json();
        assert_eq!(listed, alone, "after {after}");
    }
}

#[tokio::test]
async fn a_list_shows_at_once_what_happens_to_a_company() {
    let api = Api::new().await;
    let company = api.new_company("Watched").await;
    let xero = api.linked(&company, "gbol").await;
    list_is_true(&api, "a first read").await;
    api.call("PUT", &company, json!({ "name": "Watched again" }).to_string()).await.expect(200);
    list_is_true(&api, "a rename").await;
    api.post(&format!("{company}/data/queue/invoices"), &Value::Null).await.expect(200);
    list_is_true(&api, "a read was queued").await;
    api.advance(SignedDuration::from_mins(10));
    list_is_true(&api, "a read ended by itself").await;
    let until = start_of_time() + SignedDuration::from_hours(2);
    let outage = json!({ "outage": "gbol", "until": until.to_string() });
    api.post("/_sandbox/faults", &outage).await.expect(201);
    list_is_true(&api, "an outage began").await;
    assert_ne!(api.get(&xero).await.json()["dataConnectionErrors"], json!([]), "it shows");
    api.advance(SignedDuration::from_hours(2));
    assert_eq!(api.get(&xero).await.json()["dataConnectionErrors"], json!([]), "it does not show");
    list_is_true(&api, "the outage ended by itself").await;
    let id = xero.rsplit('/').next().unwrap_or_default();
    api.post(&format!("/_sandbox/connections/{id}/deauthorize"), &Value::Null).await.expect(200);
    list_is_true(&api, "a connection was deauthorized").await;
    api.delete(&xero).await.expect(200);
    list_is_true(&api, "a connection was deleted").await;
}
