//! The inbox: its alerts, reading and snoozing them, and the rules that hold notifications back.

use serde_json::{Value, json};

use crate::test_app::TestApp;

const COMPANY: &str = "Vale Veterinary Clinic";

/// Deauthorizes a connection of the company, and waits for the alert in the inbox.
async fn lose(test_app: &TestApp) -> Value {
    let row = test_app.row(&format!("\"{COMPANY}\"")).await;
    let connection = row["connections"][0]["id"].as_str().unwrap();
    let path = format!("/_sandbox/connections/{connection}/deauthorize");
    test_app.sandbox_call("POST", &path, json!({})).await;
    test_app.call("refreshNow", json!({})).await.unwrap();
    test_app.eventually("an alert", async |it: &TestApp| inbox(it, "open").await.first().cloned()).await
}

async fn inbox(test_app: &TestApp, filter: &str) -> Vec<Value> {
    let request = json!({ "filter": filter, "offset": 0, "limit": 50 });
    let page = test_app.call("inbox", request).await.unwrap();
    assert_eq!(page["total"], page["rows"].as_array().unwrap().len(), "{page}");
    page["rows"].as_array().unwrap().clone()
}

async fn unread(test_app: &TestApp) -> Value {
    test_app.call("unreadAlerts", json!({})).await.unwrap()
}

fn notified(test_app: &TestApp) -> usize {
    test_app.desktop.notified.lock().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_in_the_inbox_with_its_cause_until_the_connection_is_linked_again() {
    let test_app = TestApp::start().await;
    assert_eq!(inbox(&test_app, "all").await, Vec::<Value>::new(), "the baseline tells nothing");
    let alert = lose(&test_app).await;
    assert_eq!((&alert["kind"], &alert["title"]), (&json!("loss"), &json!(COMPANY)));
    let event = alert["event"].as_str().unwrap();
    assert!(event.ends_with(" needs to be reconnected"), "{event}");
    assert_eq!((&alert["isRead"], unread(&test_app).await), (&json!(false), json!(1)));
    test_app.call("markAlertsRead", json!({ "ids": [alert["id"]], "read": true })).await.unwrap();
    assert_eq!(unread(&test_app).await, 0);
    let path = format!("/_sandbox/connections/{}/link", alert["connection"].as_str().unwrap());
    test_app.sandbox_call("POST", &path, json!({})).await;
    test_app.call("refreshNow", json!({})).await.unwrap();
    test_app
        .eventually("the end", async |it: &TestApp| inbox(it, "open").await.is_empty().then_some(()))
        .await;
    let closed = inbox(&test_app, "closed").await;
    assert_eq!(closed.len(), 1);
    assert!(closed[0]["closedAt"].is_i64(), "{}", closed[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snoozed_alert_is_hidden_until_its_time_and_then_told_again() {
    let test_app = TestApp::start().await;
    let alert = lose(&test_app).await;
    test_app.eventually("a notification", async |it: &TestApp| (notified(it) == 1).then_some(())).await;
    let now = alert["at"].as_i64().unwrap();
    let snooze = |until: i64| json!({ "ids": [alert["id"]], "until": until, "untilChange": false });
    for wrong in [now - 1_000, now + 40 * 86_400_000] {
        let error = test_app.call("snoozeAlerts", snooze(wrong)).await.unwrap_err();
        assert!(error.message.contains("within the next 31 days"), "{error:?}");
    }
    test_app.call("snoozeAlerts", snooze(now + 3_600_000)).await.unwrap();
    assert_eq!((inbox(&test_app, "open").await.len(), inbox(&test_app, "snoozed").await.len()), (0, 1));
    test_app.sandbox_call("POST", "/_sandbox/clock", json!({ "advance": "61m" })).await;
    test_app.call("refreshNow", json!({})).await.unwrap();
    test_app.eventually("it again", async |it: &TestApp| (notified(it) == 2).then_some(())).await;
    assert_eq!(inbox(&test_app, "open").await.len(), 1);
    assert_eq!(unread(&test_app).await, 1, "it is unread again");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_rules_mute_is_in_the_inbox_and_notifies_nobody() {
    let test_app = TestApp::start().await;
    let view = json!({ "id": "other", "name": "Other", "search": "\"nobody at all\"",
                       "sort": { "column": "name", "descending": false }, "columns": null });
    test_app.call("saveView", json!({ "view": view, "position": null })).await.unwrap();
    let rules = json!({ "view": "other" });
    let rules = test_app.call("setAlertRules", rules).await.unwrap();
    assert_eq!(rules["muted"], json!([]));
    let alert = lose(&test_app).await;
    assert_eq!((&alert["isMuted"], &alert["isRead"]), (&json!(true), &json!(true)));
    crate::alerts::swept_anew(&test_app).await;
    assert_eq!((notified(&test_app), unread(&test_app).await), (0, json!(0)));
    let test_app = test_app.restarted().await;
    crate::alerts::swept_anew(&test_app).await;
    assert_eq!(notified(&test_app), 0, "not after a restart either");
    assert_eq!(test_app.call("alertRules", json!({})).await.unwrap()["view"], "other");
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_make_no_sense_are_rejected_and_change_nothing() {
    let test_app = TestApp::start().await;
    let quiet = |days: u8, from: &str| json!({ "quiet": [{ "days": days, "from": from, "until": "07:00" }] });
    for (rules, expected) in [
        (quiet(127, "25:00"), "“25:00” isn’t a time of day"),
        (quiet(0, "22:00"), "at least one day"),
        (json!({ "reminder": "soon" }), "“soon” isn’t a time of day"),
    ] {
        let error = test_app.call("setAlertRules", rules).await.unwrap_err();
        assert!(error.message.contains(expected), "{error:?}");
    }
    assert_eq!(test_app.call("alertRules", json!({})).await.unwrap()["quiet"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_e_mail_to_the_customer_has_the_link_url() {
    let test_app = TestApp::start().await;
    let alert = lose(&test_app).await;
    let request = json!({ "company": alert["company"], "connection": alert["connection"] });
    let drafted = test_app.call("draftEmail", request).await.unwrap();
    let url = drafted["url"].as_str().unwrap();
    assert!(url.starts_with("mailto:?subject=Please%20reconnect%20"), "{url}");
    assert!(url.contains("http%3A%2F%2F127%2E0%2E0%2E1"), "{url}");
}
