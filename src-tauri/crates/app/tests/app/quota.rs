//! The daily quota, against a server that enforces its own.

use app::{Code, Options, WireError};
use serde_json::{Value, json};

use crate::test_app::TestApp;

async fn limited(figures: &str) -> TestApp {
    TestApp::with(Options { sandbox_limits: Some(figures.parse().unwrap()), ..Options::default() }).await
}

/// A user's act that can be repeated.
async fn click(test_app: &TestApp, company: &Value) -> Result<Value, WireError> {
    test_app.call("renameCompany", json!({ "id": company["id"], "name": "Harbour Lane Bakery" })).await
}

async fn quota(test_app: &TestApp) -> Value {
    test_app.call("quota", json!({})).await.unwrap()
}

fn used(quota: &Value, cause: &str) -> u64 {
    let today = quota["today"].as_array().unwrap();
    today.iter().find(|one| one["cause"] == cause).unwrap()["requests"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn at_half_of_the_day_it_asks_and_goes_on_as_far_as_one_says() {
    let test_app = limited("day=60,minute=off").await;
    test_app.call("pause", json!({ "paused": true })).await.unwrap();
    let bakery = test_app.row("\"harbour lane bakery\"").await;
    let mut clicks = 0;
    let error = loop {
        match click(&test_app, &bakery).await {
            Ok(_) => clicks += 1,
            Err(error) => break error,
        }
        assert!(clicks < 60, "it stops before the server does");
    };
    assert_eq!(error.code, Code::QuotaAsks, "{error}");
    assert!(clicks > 0);
    let told = quota(&test_app).await;
    assert_eq!(told["limit"], 60);
    assert_eq!((told["stop"].as_u64(), told["stopPercent"].as_u64()), (Some(30), Some(50)));
    assert!(used(&told, "click") >= clicks, "{told}");
    assert!(used(&told, "sweep") >= 1, "the first sweep is counted as one: {told}");
    assert_eq!(test_app.call("session", json!({})).await.unwrap()["health"]["asks"], true);

    let more = test_app.call("useMoreToday", json!({ "percent": 100 })).await.unwrap();
    assert_eq!(more["stop"], 60);
    click(&test_app, &bakery).await.expect("more may be used");
    while click(&test_app, &bakery).await.is_ok() {}
    let error = click(&test_app, &bakery).await.unwrap_err();
    assert_eq!(error.code, Code::QuotaSpent, "then there is nothing left: {error}");
    let health = test_app.call("session", json!({})).await.unwrap()["health"].clone();
    assert!(health["quotaRemaining"] == 0, "{health}");
}

/// Repeats the act until the app refuses it.
async fn click_until(test_app: &TestApp, company: &Value, code: Code) {
    for _ in 0..100 {
        if let Err(error) = click(test_app, company).await {
            assert_eq!(error.code, code, "{error}");
            return;
        }
    }
    panic!("it never stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_stop_a_link_url_asks_too_and_is_then_fetched_fresh() {
    let test_app = limited("day=60,minute=off").await;
    test_app.call("pause", json!({ "paused": true })).await.unwrap();
    let bakery = test_app.row("\"harbour lane bakery\"").await;
    click_until(&test_app, &bakery, Code::QuotaAsks).await;
    let copy = async || test_app.call("copyLinkUrl", json!({ "company": bakery["id"] })).await;
    let error = copy().await.unwrap_err();
    assert_eq!(error.code, Code::QuotaAsks, "{error}");
    assert_eq!(*test_app.desktop.clipboard.lock().unwrap(), None, "nothing was copied");

    test_app.call("useMoreToday", json!({ "percent": 100 })).await.unwrap();
    let copied = copy().await.unwrap();
    assert_eq!(copied["asOf"], Value::Null, "fresh: {copied}");

    click_until(&test_app, &bakery, Code::QuotaSpent).await;
    let copied = copy().await.expect("nobody can be asked any more: the last known one serves");
    assert!(copied["asOf"].is_i64(), "with its age: {copied}");
}

#[tokio::test(flavor = "multi_thread")]
async fn refresh_now_goes_at_once_where_the_sweeps_have_spent_their_part() {
    // Sweeps may use one request of 60 a day, which the first sweep used.
    let test_app = limited("day=60,minute=off").await;
    let health = async || test_app.call("session", json!({})).await.unwrap()["health"].clone();
    let (before, clicks) = (health().await["lastSweep"].clone(), used(&quota(&test_app).await, "click"));
    test_app.call("refreshNow", json!({})).await.unwrap();
    test_app
        .eventually("a sweep", async |_: &TestApp| (health().await["lastSweep"] != before).then_some(()))
        .await;
    let told = quota(&test_app).await;
    assert_eq!((used(&told, "sweep"), used(&told, "click")), (1, clicks + 1), "it is the person's: {told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_has_no_more_than_all_of_its_requests() {
    let test_app = TestApp::start().await;
    let error = test_app.call("useMoreToday", json!({ "percent": 101 })).await.unwrap_err();
    assert_eq!(error.code, Code::BadArguments);
}

#[tokio::test(flavor = "multi_thread")]
async fn use_by_cause_is_kept_over_a_restart() {
    let test_app = TestApp::start().await;
    let bakery = test_app.row("\"harbour lane bakery\"").await;
    click(&test_app, &bakery).await.unwrap();
    let before = used(&quota(&test_app).await, "click");
    assert!(before >= 1);
    let test_app = test_app.restarted().await;
    assert!(used(&quota(&test_app).await, "click") >= before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_429_is_waited_out_in_both_of_its_forms() {
    let test_app = TestApp::start().await;
    let bakery = test_app.row("\"harbour lane bakery\"").await;
    let soon = app::clock::now() + jiff::SignedDuration::from_secs(3);
    let date = soon.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    for retry_after in [json!(1), json!(date)] {
        let fault = json!({ "method": "PATCH", "status": 429, "retryAfter": retry_after, "times": 1 });
        test_app.fault(fault).await;
        click(&test_app, &bakery).await.expect("it goes once the wait is over");
        test_app.no_faults().await;
    }
    let log =
        test_app.call("requests", json!({ "cause": "click", "failures": true, "most": 10 })).await.unwrap();
    let statuses: Vec<_> =
        log["entries"].as_array().unwrap().iter().map(|entry| entry["status"].clone()).collect();
    assert_eq!(statuses, [429, 429], "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_planned_at_the_number_of_companies_that_one_asks_for() {
    let test_app = TestApp::start().await;
    let plans = test_app.call("planDay", json!({ "companies": 10_000 })).await.unwrap();
    assert_eq!(plans["then"]["companies"], 10_000);
    let (now, then) = (&plans["now"], &plans["then"]);
    assert!(now["companies"].as_u64().unwrap() > 50, "{now}");
    assert!(then["limit"].as_u64() > now["limit"].as_u64());
    assert!(then["sweeps"].as_u64().unwrap() * 2 <= then["share"].as_u64().unwrap(), "{then}");
    let alone = test_app.call("planDay", json!({ "companies": null })).await.unwrap();
    assert_eq!(alone["now"], alone["then"]);
}
