//! A connection that breaks is notified once; a company that disappears leaves the list.

use std::sync::{Arc, RwLock};

use app::EffectExecutor;
use codat::{
    ApiKey, Client, Item, Listed,
    client::{Transport, TransportError},
};
use domain::Cause;
use serde_json::{Value, json};
use store::{NewAlert, Store};

use crate::test_app::{FakeDesktop, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_connection_is_told_once_and_never_again() {
    let test_app = TestApp::start().await;
    assert!(test_app.desktop.notified.lock().unwrap().is_empty(), "the baseline tells nobody");
    let row = test_app.row("\"vale veterinary clinic\"").await;
    let connection = row["connections"][0]["id"].as_str().unwrap();
    let path = format!("/_sandbox/connections/{connection}/deauthorize");
    test_app.sandbox_call("POST", &path, json!({})).await;
    test_app.call("refreshNow", json!({})).await.unwrap();
    test_app
        .eventually("a notification", async |test_app: &TestApp| {
            (!test_app.desktop.notified.lock().unwrap().is_empty()).then_some(())
        })
        .await;
    let told = test_app.desktop.notified.lock().unwrap().clone();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].title.contains("Vale Veterinary Clinic"), "{told:?}");
    test_app
        .eventually("the tray", async |test_app: &TestApp| {
            let trays = test_app.desktop.trays.lock().unwrap();
            format!("{:?}", trays.last()?).contains("Vale Veterinary Clinic").then_some(())
        })
        .await;

    let test_app = test_app.restarted().await;
    test_app.call("refreshNow", json!({})).await.unwrap();
    swept_anew(&test_app).await;
    assert!(test_app.desktop.notified.lock().unwrap().is_empty(), "not again after a restart");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_outage_of_a_platform_in_the_sandbox_is_one_notification_that_its_end_replaces() {
    let test_app = TestApp::start().await;
    let page = test_app.call("companies", json!({ "search": "platform:xero is:green" })).await.unwrap();
    let companies: Vec<_> = page["rows"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect();
    assert!(companies.len() > 5, "{page}");
    let read_all = async |test_app: &TestApp| {
        for id in &companies {
            let path = format!("/companies/{}/data/queue/invoices", id.as_str().unwrap());
            test_app.sandbox_call("POST", &path, Value::Null).await;
        }
        test_app.sandbox_call("POST", "/_sandbox/clock", json!({ "advance": "2m" })).await;
        test_app.call("refreshNow", json!({})).await.unwrap();
    };
    let told = async |test_app: &TestApp, title: &str| {
        let found = async |test_app: &TestApp| {
            let notified = test_app.desktop.notified.lock().unwrap();
            notified.iter().find(|it| it.title.starts_with(title)).cloned()
        };
        test_app.eventually(title, found).await
    };
    test_app.sandbox_call("POST", "/_sandbox/faults", json!({ "outage": "gbol" })).await;
    read_all(&test_app).await;
    let outage = told(&test_app, "Xero doesn’t respond: ").await;
    assert!(outage.body.contains("nothing to send") && outage.connection.is_none(), "{outage:?}");
    test_app.sandbox_call("DELETE", "/_sandbox/faults", Value::Null).await;
    read_all(&test_app).await;
    let end = told(&test_app, "Xero responds again").await;
    assert!(end.body.contains(" connections healed"), "{end:?}");
    assert_eq!(end.topic, outage.topic);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_first_seen_broken_is_told_too() {
    let test_app = TestApp::start().await;
    let row = test_app.row("\"vale veterinary clinic\"").await;
    test_app.call("pause", json!({ "paused": true })).await.unwrap();
    let path = format!("/companies/{}/connections", row["id"].as_str().unwrap());
    let (_, made) = test_app.sandbox_call("POST", &path, json!({ "platformKey": "suuo" })).await;
    let control = format!("/_sandbox/connections/{}", made["id"].as_str().unwrap());
    test_app.sandbox_call("POST", &format!("{control}/link"), json!({})).await;
    test_app.sandbox_call("POST", &format!("{control}/deauthorize"), json!({})).await;
    test_app.call("pause", json!({ "paused": false })).await.unwrap();
    swept_anew(&test_app).await;
    test_app
        .eventually("a notification", async |test_app: &TestApp| {
            (!test_app.desktop.notified.lock().unwrap().is_empty()).then_some(())
        })
        .await;
    let told = test_app.desktop.notified.lock().unwrap().clone();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].title.contains("Vale Veterinary Clinic"), "{told:?}");
}

/// Waits for two more sweeps: by then every due notification was sent.
pub(crate) async fn swept_anew(test_app: &TestApp) {
    for _ in 0..2 {
        let last = test_app.call("session", json!({})).await.unwrap()["health"]["lastSweep"].clone();
        test_app.call("refreshNow", json!({})).await.unwrap();
        test_app
            .eventually("another sweep", async |test_app: &TestApp| {
                let session = test_app.call("session", json!({})).await.unwrap();
                (session["health"]["lastSweep"] != last).then_some(())
            })
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_deleted_leaves_the_list_and_nothing_else_does() {
    let test_app = TestApp::start().await;
    let row = test_app.row("\"vale veterinary clinic\"").await;
    let all = test_app.rows("").await.len();
    let path = format!("/_sandbox/companies/{}/vanish", row["id"].as_str().unwrap());
    test_app.sandbox_call("POST", &path, json!({})).await;
    test_app.call("refreshNow", json!({})).await.unwrap();
    test_app
        .eventually("the row to go", async |test_app: &TestApp| {
            test_app.rows("\"vale veterinary clinic\"").await.is_empty().then_some(())
        })
        .await;
    assert_eq!(test_app.rows("").await.len(), all - 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_company_that_cannot_be_read_does_not_take_the_page_with_it() {
    let test_app = TestApp::start().await;
    let all = test_app.rows("").await.len();
    test_app.fault(json!({ "method": "GET", "route": "/companies", "wrongType": true })).await;
    swept_anew(&test_app).await;
    assert_eq!(test_app.rows("").await.len(), all, "what was there stays");
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
        let test_app = TestApp::start().await;
        let all = test_app.rows("").await.len();
        let mut fault = fault;
        fault["route"] = json!("/companies");
        test_app.fault(fault).await;
        test_app.call("refreshNow", json!({})).await.unwrap();
        test_app
            .eventually(state, async |test_app: &TestApp| {
                let session = test_app.call("session", json!({})).await.unwrap();
                (session["health"]["state"] == state).then_some(())
            })
            .await;
        assert_eq!(test_app.rows("").await.len(), all);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_recorded_and_not_shown_before_a_crash_is_shown_once_after_it() {
    let test_app = TestApp::start().await;
    let row = test_app.row("\"vale veterinary clinic\"").await;
    test_app.app.stop().await;
    let path = test_app.folder.path().join("workspaces/sandbox.db");
    let store = Store::open(&path, app::clock::now()).await.unwrap();
    let end = store.journal_end().await.unwrap();
    let data = json!({
        "company": row["id"], "companyName": row["name"], "connection": row["connections"][0]["id"],
        "platform": "Xero", "colour": "red",
    });
    let alert = |data: &Value| NewAlert {
        first_seq: end + 1,
        last_seq: end + 1,
        data: data.to_string(),
        is_muted: false,
        is_over: false,
    };
    let alerts = [alert(&data), alert(&json!({ "of": "a newer version" }))];
    assert_eq!(store.record_alerts(end + 1, &[], &alerts, app::clock::now()).await.unwrap().len(), 2);
    store.close().await;

    let test_app = test_app.restarted().await;
    test_app
        .eventually("the notification", async |test_app: &TestApp| {
            (!test_app.desktop.notified.lock().unwrap().is_empty()).then_some(())
        })
        .await;
    let told = test_app.desktop.notified.lock().unwrap().clone();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].title, "Vale Veterinary Clinic: Xero needs to be reconnected");
    let test_app = test_app.restarted().await;
    swept_anew(&test_app).await;
    assert!(test_app.desktop.notified.lock().unwrap().is_empty());
}

/// A page of companies whose connections all have this status.
fn all_in(status: &str, companies: u32) -> Vec<Item<Listed>> {
    let company = |number: u32| {
        let id = |kind: u128| uuid::Uuid::from_u128(kind << 64 | u128::from(number));
        let said = json!({
            "id": id(1), "name": format!("Company {number}"), "redirect": "http://127.0.0.1:1/company",
            "created": "2026-11-01T00:00:00Z",
            "dataConnections": [{
                "id": id(2), "platformName": "Xero", "integrationKey": "gbol", "status": status,
                "created": "2026-11-01T00:00:00Z", "linkUrl": "http://127.0.0.1:1/link"
            }]
        });
        let raw = serde_json::value::to_raw_value(&said).unwrap();
        Item { value: serde_json::from_str(raw.get()).unwrap(), raw }
    };
    (0..companies).map(company).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn however_much_a_crash_left_undecided_all_of_it_is_decided() {
    let folder = tempfile::tempdir().unwrap();
    let (now, many) = (app::clock::now(), 4_100);
    let store = Arc::new(Store::open(&folder.path().join("workspace.db"), now).await.unwrap());
    for status in ["Linked", "Deauthorized"] {
        store.apply(&all_in(status, many), Cause::Sweep, None, now).await.unwrap();
    }
    let end = store.journal_end().await.unwrap();
    let nowhere = tower::service_fn(async |_| Err(TransportError::Unreachable("nowhere".to_owned())));
    let client = Client::new("http://127.0.0.1:1", ApiKey::new("a-key").unwrap(), Transport::new(nowhere));
    let executor =
        EffectExecutor::new(store, Arc::new(RwLock::new(client)), Arc::new(FakeDesktop::default()));
    let (_, first) = executor.engine(engine::Config::default(), now).await.unwrap();
    let left = first.into_iter().find_map(|event| {
        if let engine::Event::Started(unfinished) = event { Some(unfinished.undecided) } else { None }
    });
    let left = left.expect("it begins with what was left");
    let red = left.iter().filter(|it| matches!(it.turned, Some((_, codat::Color::Red)))).count();
    assert_eq!((red, left.last().unwrap().seq), (many as usize, end));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_notification_daemon_took_is_shown_once_after_a_restart() {
    let test_app = TestApp::start().await;
    *test_app.desktop.refused.lock().unwrap() = Some(0);
    let row = test_app.row("\"vale veterinary clinic\"").await;
    let connection = row["connections"][0]["id"].as_str().unwrap();
    let path = format!("/_sandbox/connections/{connection}/deauthorize");
    test_app.sandbox_call("POST", &path, json!({})).await;
    test_app.call("refreshNow", json!({})).await.unwrap();
    test_app
        .eventually("a try", async |test_app: &TestApp| {
            test_app.desktop.refused.lock().unwrap().filter(|tries| *tries > 0)
        })
        .await;
    let test_app = test_app.restarted().await;
    test_app
        .eventually("the notification", async |test_app: &TestApp| {
            (!test_app.desktop.notified.lock().unwrap().is_empty()).then_some(())
        })
        .await;
    let told = test_app.desktop.notified.lock().unwrap().clone();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].title.split(':').next(), Some("Vale Veterinary Clinic"));
    let test_app = test_app.restarted().await;
    swept_anew(&test_app).await;
    assert!(test_app.desktop.notified.lock().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_opens_the_companies_that_it_told_of_and_no_others() {
    let test_app = TestApp::start().await;
    let linked = test_app.rows("is:green").await;
    let broken: Vec<_> = linked.iter().take(3).collect();
    for row in &broken {
        let green = |connection: &&Value| connection["color"] == "green";
        let connection = row["connections"].as_array().unwrap().iter().find(green).unwrap();
        let path = format!("/_sandbox/connections/{}/deauthorize", connection["id"].as_str().unwrap());
        test_app.sandbox_call("POST", &path, json!({})).await;
    }
    test_app.call("refreshNow", json!({})).await.unwrap();
    let told = test_app
        .eventually("a notification", async |test_app: &TestApp| {
            test_app.desktop.notified.lock().unwrap().first().cloned()
        })
        .await;
    let ids = |rows: &[&Value]| rows.iter().map(|row| row["id"].to_string()).collect::<Vec<_>>();
    if let Some(search) = told.search {
        let found = test_app.rows(&search).await;
        let (found, broken) = (ids(&found.iter().collect::<Vec<_>>()), ids(&broken));
        assert_eq!(found.len(), told.alerts.len());
        assert!(found.iter().all(|id| broken.contains(id)), "{found:?} of {broken:?}");
    } else {
        assert!(told.company.is_some(), "a sweep came between the three");
    }
}
