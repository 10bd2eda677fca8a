//! A window that refetches only after events has the same rows as one that refetches everything.

use app::Event;
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;

use crate::test_app::TestApp;

/// All lists that a window caches: rows, counts and order, and the Expiry page with its badge.
struct Held<'d> {
    test_app: &'d TestApp,
    events: Receiver<Event>,
    edges: Vec<i64>,
    shown: Value,
}

impl<'d> Held<'d> {
    async fn of(test_app: &'d TestApp) -> Self {
        let since = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
        let edges = (0..=120).map(|day| since + day * 86_400_000).collect();
        let mut held = Self { test_app, events: test_app.app.events(), edges, shown: Value::Null };
        held.shown = held.asked_anew().await;
        held
    }

    async fn asked_anew(&self) -> Value {
        let view = |search: &str, column: &str| json!({ "search": search, "sort": { "column": column, "descending": true }, "expanded": [] });
        loop {
            let before = self.test_app.call("companies", view("", "lastRead")).await.unwrap();
            let by_end = self.test_app.call("companies", view("is:attention", "expires")).await.unwrap();
            let skyline = self.test_app.call("skyline", json!({ "edges": self.edges })).await.unwrap();
            let page = self.test_app.call("companies", view("", "lastRead")).await.unwrap();
            if before["version"] == page["version"] {
                return json!({ "page": page, "byEnd": by_end, "skyline": skyline });
            }
        }
    }

    /// Refetches after each event that reports a changed list, until the cache equals a new fetch.
    async fn catches_up(&mut self) {
        loop {
            let fresh = self.asked_anew().await;
            if fresh["page"]["version"] == self.shown["page"]["version"] {
                assert_eq!(fresh, self.shown);
                return;
            }
            TestApp::event(&mut self.events, |event| matches!(event, Event::Changed { .. })).await;
            self.shown = self.asked_anew().await;
        }
    }

    fn row(&self, id: &str) -> &Value {
        let rows = self.shown["page"]["rows"].as_array().unwrap();
        rows.iter().find(|row| row["id"] == id).expect("a row")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_window_holds_follows_reads_acts_and_edits_by_events_alone() {
    let test_app = TestApp::start().await;
    let company = test_app.row("\"northwind traders\"").await;
    let id = company["id"].as_str().unwrap().to_owned();
    let mut held = Held::of(&test_app).await;
    let last_read = |row: &Value| row["lastRead"].as_i64();
    let before = last_read(held.row(&id));

    // Another client reads it, which only sweeps notice.
    let (status, answer) =
        test_app.sandbox_call("POST", &format!("/companies/{id}/data/all"), json!({})).await;
    assert!(status < 300, "{status} {answer}");
    test_app
        .eventually("the read to be seen", async |test_app: &TestApp| {
            test_app.check_now().await;
            let row = test_app.call("company", json!({ "id": id })).await.unwrap();
            (last_read(&row) > before).then_some(())
        })
        .await;
    held.catches_up().await;
    assert!(last_read(held.row(&id)) > before, "the row that is held has the new time");

    test_app.call("renameCompany", json!({ "id": id, "name": "Northwind and Sons" })).await.unwrap();
    held.catches_up().await;
    assert_eq!(held.row(&id)["name"], "Northwind and Sons");

    let key = company["connections"][0]["integrationKey"].clone();
    let clock = json!({ "key": key, "kind": "idle", "days": 40, "source": "a test", "estimate": false });
    test_app.call("setClock", clock).await.unwrap();
    held.catches_up().await;
    test_app.call("resetClock", json!({ "id": key })).await.unwrap();
    held.catches_up().await;
}
