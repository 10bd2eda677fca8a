//! What breaks is told once; what vanishes leaves the list.

use serde_json::json;

use crate::desk::Desk;

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_connection_is_told_once_and_never_again() {
    let desk = Desk::start().await;
    assert!(desk.paper.notified.lock().unwrap().is_empty(), "the baseline tells nobody");
    let row = desk.row("\"vale veterinary clinic\"").await;
    let connection = row["connections"][0]["id"].as_str().unwrap();
    let path = format!("/_sandbox/connections/{connection}/deauthorize");
    desk.sandbox_call("POST", &path, json!({})).await;
    desk.call("refreshNow", json!({})).await.unwrap();
    desk.eventually("a notification", async |desk: &Desk| {
        (!desk.paper.notified.lock().unwrap().is_empty()).then_some(())
    })
    .await;
    let told = desk.paper.notified.lock().unwrap().clone();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].title.contains("Vale Veterinary Clinic"), "{told:?}");
    desk.eventually("the tray", async |desk: &Desk| {
        let trays = desk.paper.trays.lock().unwrap();
        format!("{:?}", trays.last()?).contains("Vale Veterinary Clinic").then_some(())
    })
    .await;

    let desk = desk.restarted().await;
    desk.call("refreshNow", json!({})).await.unwrap();
    swept_anew(&desk).await;
    assert!(desk.paper.notified.lock().unwrap().is_empty(), "not again after a restart");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_first_seen_broken_is_told_too() {
    let desk = Desk::start().await;
    let row = desk.row("\"vale veterinary clinic\"").await;
    desk.call("pause", json!({ "paused": true })).await.unwrap();
    let path = format!("/companies/{}/connections", row["id"].as_str().unwrap());
    let (_, made) = desk.sandbox_call("POST", &path, json!({ "platformKey": "suuo" })).await;
    let control = format!("/_sandbox/connections/{}", made["id"].as_str().unwrap());
    desk.sandbox_call("POST", &format!("{control}/link"), json!({})).await;
    desk.sandbox_call("POST", &format!("{control}/deauthorize"), json!({})).await;
    desk.call("pause", json!({ "paused": false })).await.unwrap();
    swept_anew(&desk).await;
    desk.eventually("a notification", async |desk: &Desk| {
        (!desk.paper.notified.lock().unwrap().is_empty()).then_some(())
    })
    .await;
    let told = desk.paper.notified.lock().unwrap().clone();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].title.contains("Vale Veterinary Clinic"), "{told:?}");
}

/// Waits for two more sweeps: by then everything that is to be told was.
pub(crate) async fn swept_anew(desk: &Desk) {
    for _ in 0..2 {
        let last = desk.call("session", json!({})).await.unwrap()["health"]["lastSweep"].clone();
        desk.call("refreshNow", json!({})).await.unwrap();
        desk.eventually("another sweep", async |desk: &Desk| {
            let session = desk.call("session", json!({})).await.unwrap();
            (session["health"]["lastSweep"] != last).then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_deleted_leaves_the_list_and_nothing_else_does() {
    let desk = Desk::start().await;
    let row = desk.row("\"vale veterinary clinic\"").await;
    let all = desk.rows("").await.len();
    let path = format!("/_sandbox/companies/{}/vanish", row["id"].as_str().unwrap());
    desk.sandbox_call("POST", &path, json!({})).await;
    desk.call("refreshNow", json!({})).await.unwrap();
    desk.eventually("the row to go", async |desk: &Desk| {
        desk.rows("\"vale veterinary clinic\"").await.is_empty().then_some(())
    })
    .await;
    assert_eq!(desk.rows("").await.len(), all - 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_company_that_cannot_be_read_does_not_take_the_page_with_it() {
    let desk = Desk::start().await;
    let all = desk.rows("").await.len();
    desk.fault(json!({ "method": "GET", "route": "/companies", "wrongType": true })).await;
    swept_anew(&desk).await;
    assert_eq!(desk.rows("").await.len(), all, "what was there stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_in_trouble_is_told_and_what_is_known_stays() {
    for (fault, state) in [
        (json!({ "status": 401 }), "refused"),
        (json!({ "status": 503 }), "failing"),
        (json!({ "html": true }), "failing"),
        (json!({ "malformed": true }), "failing"),
        (json!({ "lost": true }), "offline"),
        (json!({ "cut": 300 }), "offline"),
        (json!({ "status": 429, "retryAfter": 60 }), "limited"),
    ] {
        let desk = Desk::start().await;
        let all = desk.rows("").await.len();
        let mut fault = fault;
        fault["route"] = json!("/companies");
        desk.fault(fault).await;
        desk.call("refreshNow", json!({})).await.unwrap();
        desk.eventually(state, async |desk: &Desk| {
            let session = desk.call("session", json!({})).await.unwrap();
            (session["health"]["state"] == state).then_some(())
        })
        .await;
        assert_eq!(desk.rows("").await.len(), all);
    }
}
