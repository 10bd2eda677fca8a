//! Sync settings of a company that override those of the workspace, against the sandbox.

use app::Code;
use serde_json::{Value, json};

use crate::test_app::TestApp;

async fn opened() -> (TestApp, String) {
    let test_app = TestApp::start().await;
    let session = test_app.call("session", json!({})).await.unwrap();
    test_app.call("setSafeMode", json!({ "id": session["current"], "mode": "administer" })).await.unwrap();
    let row = test_app.row("\"ochre studio\"").await;
    let id = row["id"].as_str().unwrap().to_owned();
    (test_app, id)
}

impl TestApp {
    async fn settings(&self, company: Option<&str>) -> Value {
        self.call("loadSyncSettings", json!({ "company": company, "always": true })).await.unwrap();
        self.call("syncSettings", json!({ "company": company })).await.unwrap()
    }

    async fn hours_at_codat(&self, path: &str, data_type: &str) -> Value {
        let (_, all) = self.sandbox_call("GET", path, json!({})).await;
        let settings = all["settings"].as_array().unwrap();
        settings.iter().find(|it| it["dataType"] == data_type).unwrap()["syncSchedule"].clone()
    }
}

fn of<'a>(view: &'a Value, data_type: &str) -> &'a Value {
    view["rows"].as_array().unwrap().iter().find(|row| row["dataType"] == data_type).unwrap()
}

fn change(view: &Value, data_type: &str, hours: i64) -> Value {
    let was = of(view, data_type)["set"].clone();
    let mut becomes = was.clone();
    becomes["hours"] = json!(hours);
    json!({ "dataType": data_type, "was": was, "becomes": becomes })
}

fn set(company: Option<&str>, changes: &[Value]) -> Value {
    json!({ "company": company, "overrides": true, "changes": changes })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_has_its_own_over_the_workspaces_until_it_follows_again() {
    let (test_app, id) = opened().await;
    let never = test_app.call("syncSettings", json!({ "company": id })).await.unwrap();
    assert_eq!((&never["asOf"], &never["rows"]), (&json!(null), &json!([])), "never loaded says so");
    let view = test_app.settings(Some(&id)).await;
    let saved =
        test_app.call("setSyncSettings", set(Some(&id), &[change(&view, "invoices", 168)])).await.unwrap();
    assert_eq!(saved["refused"], json!([]));
    let invoices = of(&saved["view"], "invoices");
    assert_eq!((&invoices["set"]["hours"], &invoices["inherited"]["hours"]), (&json!(168), &json!(0)));
    assert_eq!(test_app.hours_at_codat(&format!("/companies/{id}/syncSettings"), "invoices").await, 168);
    assert_eq!(test_app.hours_at_codat("/profile/syncSettings", "invoices").await, 0);
    let follow = json!({ "company": id, "overrides": false, "changes": [] });
    let saved = test_app.call("setSyncSettings", follow).await.unwrap();
    assert_eq!(saved["view"]["overrides"], false);
    assert_eq!(of(&saved["view"], "invoices")["set"]["hours"], 0);

    let all = test_app.settings(None).await;
    test_app.call("setSyncSettings", set(None, &[change(&all, "bills", 24)])).await.unwrap();
    assert_eq!(test_app.hours_at_codat("/profile/syncSettings", "bills").await, 24);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_told_at_the_rows_that_it_is_about() {
    let (test_app, id) = opened().await;
    let view = test_app.settings(Some(&id)).await;
    let route = format!("/companies/{id}/syncSettings");
    test_app.fault(json!({ "route": route, "method": "POST", "status": 402 })).await;
    let changes = [change(&view, "invoices", 1), change(&view, "bills", 24)];
    let saved = test_app.call("setSyncSettings", set(Some(&id), &changes)).await.unwrap();
    let refused = saved["refused"].as_array().unwrap();
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!(refused[0]["dataType"], "invoices");
    assert_eq!(of(&saved["view"], "bills")["set"]["hours"], 0, "nothing was changed");
    let error =
        test_app.call("setSyncSettings", set(Some(&id), &[change(&view, "bills", 24)])).await.unwrap_err();
    assert_eq!(error.code, Code::PlanLimit);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_elsewhere_meanwhile_is_not_overwritten_unseen() {
    let (test_app, id) = opened().await;
    let view = test_app.settings(Some(&id)).await;
    let mine = change(&view, "invoices", 168);
    let theirs = [change(&view, "invoices", 24), change(&view, "bills", 720)];
    test_app.call("setSyncSettings", set(Some(&id), &theirs)).await.unwrap();
    let error = test_app.call("setSyncSettings", set(Some(&id), &[mine])).await.unwrap_err();
    assert_eq!(error.code, Code::Conflict);
    assert_eq!(test_app.hours_at_codat(&format!("/companies/{id}/syncSettings"), "invoices").await, 24);
    let now = test_app.call("syncSettings", json!({ "company": id })).await.unwrap();
    assert_eq!(of(&now, "invoices")["set"]["hours"], 24, "what is there now can be looked at");
    test_app.call("setSyncSettings", set(Some(&id), &[change(&now, "invoices", 168)])).await.unwrap();
    assert_eq!(test_app.hours_at_codat(&format!("/companies/{id}/syncSettings"), "bills").await, 720);
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_and_texts_of_two_windows_meet_without_loss() {
    let (test_app, id) = opened().await;
    let tags = async |was: Value, tags: Value| {
        test_app.call("setTags", json!({ "id": id, "was": was, "tags": tags })).await
    };
    let row = tags(json!([]), json!([["region", "uk"]])).await.unwrap();
    assert_eq!(row["tags"], json!([["region", "uk"]]));
    let row = tags(json!([]), json!([["tier", "gold"]])).await.unwrap();
    assert_eq!(row["tags"], json!([["region", "uk"], ["tier", "gold"]]), "both stay");
    let error = tags(json!([]), json!([["tier", "lead"]])).await.unwrap_err();
    assert_eq!(error.code, Code::Conflict);

    let describe = async |was: &str, text: &str| {
        test_app.call("setDescription", json!({ "id": id, "was": was, "text": text })).await
    };
    describe("", "One").await.unwrap();
    assert_eq!(describe("", "Two").await.unwrap_err().code, Code::Conflict);
    describe("One", "Two").await.unwrap();

    let note = async |was: &str, text: &str| {
        test_app.call("setNotes", json!({ "id": id, "was": was, "text": text })).await
    };
    note("", "One").await.unwrap();
    assert_eq!(note("", "Two").await.unwrap_err().code, Code::Conflict);
    assert_eq!(test_app.call("notes", json!({ "id": id })).await.unwrap()["text"], "One");
    note("One", "Two").await.unwrap();
}
