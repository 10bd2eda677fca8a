//! What a window holds, asked again on events alone, equals what is asked anew.

use app::Event;
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;

use crate::desk::Desk;

/// All that a window holds of the lists: rows, counts and order, and what the Expiry page and its badge count.
struct Held<'d> {
    desk: &'d Desk,
    events: Receiver<Event>,
    edges: Vec<i64>,
    shown: Value,
}

impl<'d> Held<'d> {
    async fn of(desk: &'d Desk) -> Self {
        let since = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
        let edges = (0..=120).map(|day| since + day * 86_400_000).collect();
        let mut held = Self { desk, events: desk.app.events(), edges, shown: Value::Null };
        held.shown = held.asked_anew().await;
        held
    }

    async fn asked_anew(&self) -> Value {
        let view = |search: &str, column: &str| json!({ "search": search, "sort": { "column": column, "descending": true }, "expanded": [] });
        loop {
            let before = self.desk.call("companies", view("", "lastRead")).await.unwrap();
            let by_end = self.desk.call("companies", view("is:attention", "expires")).await.unwrap();
            let skyline = self.desk.call("skyline", json!({ "edges": self.edges })).await.unwrap();
            let page = self.desk.call("companies", view("", "lastRead")).await.unwrap();
            if before["version"] == page["version"] {
                return json!({ "page": page, "byEnd": by_end, "skyline": skyline });
            }
        }
    }

    /// Asks again after each event that says that a list differs, until what is held is what is asked anew.
    async fn catches_up(&mut self) {
        loop {
            let fresh = self.asked_anew().await;
            if fresh["page"]["version"] == self.shown["page"]["version"] {
                assert_eq!(fresh, self.shown);
                return;
            }
            Desk::event(&mut self.events, |event| matches!(event, Event::Changed { .. })).await;
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
    let desk = Desk::start().await;
    let company = desk.row("\"northwind traders\"").await;
    let id = company["id"].as_str().unwrap().to_owned();
    let mut held = Held::of(&desk).await;
    let last_read = |row: &Value| row["lastRead"].as_i64();
    let before = last_read(held.row(&id));

    // Somebody else reads it, which only sweeps tell.
    let (status, answer) = desk.sandbox_call("POST", &format!("/companies/{id}/data/all"), json!({})).await;
    assert!(status < 300, "{status} {answer}");
    desk.eventually("the read to be seen", async |desk: &Desk| {
        desk.check_now().await;
        let row = desk.call("company", json!({ "id": id })).await.unwrap();
        (last_read(&row) > before).then_some(())
    })
    .await;
    held.catches_up().await;
    assert!(last_read(held.row(&id)) > before, "the row that is held has the new time");

    desk.call("renameCompany", json!({ "id": id, "name": "Northwind and Sons" })).await.unwrap();
    held.catches_up().await;
    assert_eq!(held.row(&id)["name"], "Northwind and Sons");

    let key = company["connections"][0]["integrationKey"].clone();
    let clock = json!({ "key": key, "kind": "idle", "days": 40, "source": "a test", "estimate": false });
    desk.call("setClock", clock).await.unwrap();
    held.catches_up().await;
    desk.call("resetClock", json!({ "id": key })).await.unwrap();
    held.catches_up().await;
}
