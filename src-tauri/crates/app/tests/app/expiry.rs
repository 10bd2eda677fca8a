//! When connections may expire: the commands of the page, the table of clocks, and keep-alive, against the
//! sandbox.

use serde_json::{Value, json};

use crate::{alerts::swept_anew, test_app::TestApp};

/// QuickBooks Online, last read 96 days ago: the first company that keep-alive reads.
const SOONEST: &str = "\"redwood timber\"";

fn edges(now: i64) -> Vec<i64> {
    (0..=120).map(|day| now + day * 86_400_000).collect()
}

fn millis_now() -> i64 {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

async fn listed(test_app: &TestApp, filter: Value) -> Value {
    test_app.call("expiring", json!({ "filter": filter, "offset": 0, "limit": 200 })).await.unwrap()
}

fn all() -> Value {
    json!({ "clock": null, "from": null, "until": null })
}

async fn connection(test_app: &TestApp) -> Value {
    test_app.row(SOONEST).await["connections"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_what_may_expire_and_what_that_rests_on() {
    let test_app = TestApp::start().await;
    let page = listed(&test_app, all()).await;
    let rows = page["rows"].as_array().unwrap();
    assert_eq!(page["total"], rows.len());
    let idle = rows.iter().find(|row| row["companyName"] == "Foxglove Interiors").expect("it is due soon");
    let rests_on = &idle["connection"]["restsOn"];
    assert_eq!((&rests_on["clock"], &rests_on["days"]), (&json!("idle"), &json!(60)));
    assert_eq!(rests_on["countedFrom"], "lastRead");
    let ends: Vec<_> = rows.iter().map(|row| row["connection"]["expires"].as_i64().unwrap()).collect();
    assert!(ends.is_sorted(), "soonest first");

    let skyline = test_app.call("skyline", json!({ "edges": edges(millis_now()) })).await.unwrap();
    let counted = |day: &Value| day["idle"].as_u64().unwrap() + day["consent"].as_u64().unwrap();
    let days: u64 = skyline["days"].as_array().unwrap().iter().map(counted).sum();
    assert_eq!(
        days + counted(&skyline["overdue"]) + counted(&skyline["later"]),
        page["total"].as_u64().unwrap()
    );
    assert!(!skyline["unknown"].as_array().unwrap().is_empty(), "what cannot be estimated is counted");
    let wrong = test_app.call("skyline", json!({ "edges": [2, 1] })).await.unwrap_err();
    assert_eq!(wrong.code, app::Code::BadArguments);
}

#[tokio::test(flavor = "multi_thread")]
async fn link_urls_are_copied_as_text_and_as_a_table() {
    let test_app = TestApp::start().await;
    let id = connection(&test_app).await["id"].clone();
    let selection = json!({ "connections": [id], "filter": all() });
    for (form, lines) in [("text", 1), ("csv", 2)] {
        let answer =
            test_app.call("copyExpiryLinks", json!({ "selection": selection, "form": form })).await.unwrap();
        assert_eq!((&answer["links"], &answer["leftOut"]), (&json!(1), &json!(0)));
        let copied = test_app.desktop.clipboard.lock().unwrap().clone().unwrap();
        assert_eq!(copied.lines().count(), lines, "{copied}");
        assert!(copied.contains("Redwood Timber") && copied.contains("http://127.0.0.1"), "{copied}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_clock_is_checked_kept_and_taken_back() {
    let test_app = TestApp::start().await;
    let ends = async || connection(&test_app).await["expires"].as_i64().unwrap();
    let before = ends().await;
    let set = |days: u32| json!({ "key": "qhyg", "kind": "idle", "days": days, "source": "A test", "estimate": false });
    for days in [0, 1_831] {
        assert_eq!(test_app.call("setClock", set(days)).await.unwrap_err().code, app::Code::BadArguments);
    }
    let rows = test_app.call("setClock", set(110)).await.unwrap();
    assert_eq!(ends().await, before + 10 * 86_400_000);
    let of_quickbooks = |rows: &Value| {
        rows.as_array()
            .unwrap()
            .iter()
            .find(|row| row["key"] == "qhyg")
            .cloned()
            .expect("QuickBooks is in the table")
    };
    assert_eq!(
        (&of_quickbooks(&rows)["changed"], &of_quickbooks(&rows)["days"]),
        (&json!(true), &json!(110))
    );
    let rows = test_app.call("resetClock", json!({ "id": "qhyg" })).await.unwrap();
    assert_eq!(
        (&of_quickbooks(&rows)["changed"], &of_quickbooks(&rows)["days"]),
        (&json!(false), &json!(100))
    );
    assert_eq!(ends().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn keep_alive_is_off_until_it_is_switched_on_and_not_without_leave() {
    let test_app = TestApp::start().await;
    assert_eq!(test_app.call("keepAlive", json!({ "before": null })).await.unwrap()["mode"], "off");
    test_app.call("setSafeMode", json!({ "id": "sandbox", "mode": "view" })).await.unwrap();
    let refused = test_app.call("setKeepAlive", json!({ "mode": "on" })).await.unwrap_err();
    assert_eq!(refused.code, app::Code::SafeMode);
    let asks = test_app.call("setKeepAlive", json!({ "mode": "ask" })).await.unwrap();
    assert_eq!(asks["mode"], "ask", "to be asked changes nothing at Codat");
    test_app
        .eventually("a question", async |test_app: &TestApp| {
            let told = test_app.desktop.notified.lock().unwrap();
            told.iter().any(|one| one.title.contains("may lose access")).then_some(())
        })
        .await;
    let test_app = test_app.restarted().await;
    assert_eq!(test_app.call("keepAlive", json!({ "before": null })).await.unwrap()["mode"], "ask", "kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_that_ends_is_warned_of_once_and_not_again_after_a_restart() {
    let test_app = TestApp::start().await;
    let warned = |test_app: &TestApp| {
        let told = test_app.desktop.notified.lock().unwrap();
        told.iter().filter(|one| one.title.contains("consent")).count()
    };
    assert_eq!(warned(&test_app), 0, "the baseline tells nobody");
    // A consent that ends in 10 days: it was given today, and its clock has that duration.
    let company = test_app.row("\"vale veterinary clinic\"").await["id"].as_str().unwrap().to_owned();
    let path = format!("/companies/{company}/connections");
    let (_, made) = test_app.sandbox_call("POST", &path, json!({ "platformKey": "suuo" })).await;
    let link = format!("/_sandbox/connections/{}/link", made["id"].as_str().unwrap());
    test_app.sandbox_call("POST", &link, json!({})).await;
    test_app.call("refreshNow", json!({})).await.unwrap();
    test_app
        .eventually("the connection", async |test_app: &TestApp| {
            let row = test_app.row("\"vale veterinary clinic\"").await;
            row["connections"]
                .as_array()
                .unwrap()
                .iter()
                .any(|it| it["integrationKey"] == "suuo")
                .then_some(())
        })
        .await;
    let clock = json!({ "key": "suuo", "kind": "consent", "days": 10, "source": "", "estimate": false });
    test_app.call("setClock", clock).await.unwrap();
    test_app.call("pause", json!({ "paused": false })).await.unwrap();
    test_app.eventually("a warning", async |test_app: &TestApp| (warned(test_app) == 1).then_some(())).await;
    let test_app = test_app.restarted().await;
    swept_anew(&test_app).await;
    test_app.call("pause", json!({ "paused": false })).await.unwrap();
    swept_anew(&test_app).await;
    assert_eq!(warned(&test_app), 0, "not again");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keep_alive_reads_stays_linked_and_its_twin_without_it_does_not() {
    let (kept, twin) = (TestApp::start().await, TestApp::start().await);
    let before = connection(&kept).await["lastRead"].as_i64().unwrap();
    assert_eq!(connection(&twin).await["lastRead"].as_i64().unwrap() / 86_400_000, before / 86_400_000);
    kept.call("setKeepAlive", json!({ "mode": "on" })).await.unwrap();
    kept.eventually("a read", async |test_app: &TestApp| {
        test_app.call("refreshNow", json!({})).await.unwrap();
        (connection(test_app).await["lastRead"].as_i64().unwrap() > before).then_some(())
    })
    .await;
    kept.eventually("the ledger", async |test_app: &TestApp| {
        let view = test_app.call("keepAlive", json!({ "before": null })).await.unwrap();
        let entry =
            view["entries"].as_array().unwrap().iter().find(|it| it["companyName"] == "Redwood Timber")?;
        assert_eq!(entry["dataType"], "company", "the cheapest read");
        (entry["outcome"] == "read").then_some(())
    })
    .await;
    for (test_app, status) in [(&kept, "Linked"), (&twin, "Deauthorized")] {
        test_app.sandbox_call("POST", "/_sandbox/clock", json!({ "advance": "55d" })).await;
        swept_anew(test_app).await;
        assert_eq!(connection(test_app).await["status"], status);
    }
    let consents = twin.rows("platform:plaid").await;
    assert!(!consents.is_empty());
    let ledger = kept.call("keepAlive", json!({ "before": null })).await.unwrap();
    let read: Vec<_> =
        ledger["entries"].as_array().unwrap().iter().map(|it| it["platform"].clone()).collect();
    assert!(!read.iter().any(|it| it == "Plaid" || it == "TrueLayer"), "no consent is read for: {read:?}");
}
