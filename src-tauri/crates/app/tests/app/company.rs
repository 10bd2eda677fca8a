//! The screens of a company, against the sandbox.

use serde_json::{Value, json};

use crate::test_app::TestApp;

const CHANGES: [&str; 5] = ["changes", "reads", "writes", "files", "own"];

async fn administered() -> (TestApp, String) {
    let test_app = TestApp::start().await;
    let session = test_app.call("session", json!({})).await.unwrap();
    test_app.call("setSafeMode", json!({ "id": session["current"], "mode": "administer" })).await.unwrap();
    let row = test_app.row("\"vale veterinary clinic\"").await;
    let id = row["id"].as_str().unwrap().to_owned();
    (test_app, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_added_unlinked_and_deleted_and_its_timeline_tells() {
    let (test_app, company) = administered().await;
    let all = test_app.call("integrations", json!({})).await.unwrap();
    let enabled: Vec<bool> = all.as_array().unwrap().iter().map(|it| it["enabled"] == true).collect();
    assert!(enabled.is_sorted_by(|one, other| one >= other), "enabled ones first");
    let added =
        test_app.call("addConnection", json!({ "company": company, "integration": "suuo" })).await.unwrap();
    let connection = added["connection"].as_str().unwrap();
    assert!(added["linkUrl"].as_str().unwrap().contains(connection));
    let request = json!({ "company": company, "connection": connection });
    let refused = test_app.call("unlinkConnection", request.clone()).await.unwrap_err();
    assert!(refused.detail.is_some() || !refused.message.is_empty(), "a pending one cannot be unlinked");
    test_app.sandbox_call("POST", &format!("/_sandbox/connections/{connection}/link"), json!({})).await;
    let unlinked = test_app.call("unlinkConnection", request.clone()).await.unwrap();
    let chip = |row: &Value| {
        row["connections"].as_array().unwrap().iter().find(|it| it["id"] == connection).cloned()
    };
    assert_eq!(chip(&unlinked).unwrap()["status"], "Unlinked");
    let timeline = test_app.call("timeline", request.clone()).await.unwrap();
    let kinds: Vec<&str> =
        timeline["seen"].as_array().unwrap().iter().map(|it| it["what"]["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds[0], "connectionAppeared", "{timeline}");
    assert!(kinds.contains(&"statusChanged"), "{timeline}");
    let deleted = test_app.call("deleteConnection", request).await.unwrap();
    assert_eq!(chip(&deleted), None);
    let told = test_app.desktop.notified.lock().unwrap().clone();
    assert!(told.is_empty(), "one's own acts alert nobody: {told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn once_its_window_is_closed_a_company_is_on_no_screen_and_a_page_that_comes_back_says_it_again() {
    let test_app = TestApp::start().await;
    let company = test_app.row("\"vale veterinary clinic\"").await["id"].as_str().unwrap().to_owned();
    test_app.call("watching", json!({ "window": "focused" })).await.unwrap();
    test_app.call("onScreen", json!({ "company": company })).await.unwrap();
    assert_eq!(test_app.app.company_on_screen().await, Some(company.parse().unwrap()));
    let mut events = test_app.app.events();
    test_app.app.window_closed().await;
    assert_eq!(test_app.app.company_on_screen().await, None);
    test_app.call("watching", json!({ "window": "focused" })).await.unwrap();
    assert_eq!(
        test_app.app.company_on_screen().await,
        None,
        "a window that comes back shows what it says it shows"
    );
    loop {
        if matches!(events.recv().await.unwrap(), app::Event::Session) {
            break;
        }
    }
    test_app.call("onScreen", json!({ "company": company })).await.unwrap();
    assert_eq!(test_app.app.company_on_screen().await, Some(company.parse().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_description_and_notes_are_kept_where_they_belong() {
    let (test_app, company) = administered().await;
    let tags = json!([["region", "uk"], ["tier", "gold"]]);
    let before = test_app.call("company", json!({ "id": company })).await.unwrap();
    let was = before["tags"].clone();
    let row = test_app.call("setTags", json!({ "id": company, "was": was, "tags": tags })).await.unwrap();
    assert_eq!(row["tags"], tags);
    let many: Vec<[String; 2]> = (0..11).map(|n| [format!("k{n}"), "v".to_owned()]).collect();
    test_app.call("setTags", json!({ "id": company, "was": tags, "tags": many })).await.unwrap_err();
    let description = before["description"].as_str().unwrap_or_default();
    let text = json!({ "id": company, "was": description, "text": " Sees animals " });
    let row = test_app.call("setDescription", text).await.unwrap();
    assert_eq!(row["description"], "Sees animals");
    test_app.call("setNotes", json!({ "id": company, "was": "", "text": "Call on Mondays" })).await.unwrap();
    assert_eq!(test_app.call("notes", json!({ "id": company })).await.unwrap()["text"], "Call on Mondays");
    let (_, at_codat) = test_app.sandbox_call("GET", &format!("/companies/{company}"), json!({})).await;
    assert!(!at_codat.to_string().contains("Mondays"), "notes never leave this computer");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_is_one_timeline_with_a_refresh_as_one_line() {
    let (test_app, company) = administered().await;
    test_app.call("onScreen", json!({ "company": company })).await.unwrap();
    test_app.call("refreshData", json!({ "id": company })).await.unwrap();
    let request = json!({ "id": company, "kinds": CHANGES, "before": null });
    let all = test_app
        .eventually("the reads", async |test_app: &TestApp| {
            let all = test_app.call("activity", request.clone()).await.unwrap();
            let newest = all.as_array().unwrap().iter().find(|it| it["what"]["type"] == "reads")?.clone();
            let reads = newest["what"]["reads"].as_array()?.clone();
            let over = reads.iter().all(|it| it["status"] == "Complete");
            (reads.len() > 20 && over).then_some(all)
        })
        .await;
    let times: Vec<i64> = all.as_array().unwrap().iter().map(|it| it["at"].as_i64().unwrap()).collect();
    assert!(times.is_sorted_by(|one, other| one >= other), "newest first");
    let types: std::collections::BTreeSet<&str> =
        all.as_array().unwrap().iter().map(|it| it["what"]["type"].as_str().unwrap()).collect();
    assert!(types.contains("own") && types.contains("change"), "{types:?}");
    let own =
        test_app.call("activity", json!({ "id": company, "kinds": ["own"], "before": null })).await.unwrap();
    assert_eq!(own[0]["what"]["act"], "refresh");
    let last = all.as_array().unwrap().last().unwrap();
    let before = json!({ "at": last["at"], "id": last["id"] });
    let older = json!({ "id": company, "kinds": CHANGES, "before": before });
    assert_eq!(test_app.call("activity", older).await.unwrap(), json!([]));
    test_app.call("onScreen", json!({ "company": null })).await.unwrap();
}
