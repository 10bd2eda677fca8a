//! The dashboard at `/`, and what it is made of.

use serde_json::{Value, json};

use crate::support::{Api, text};

const HOST: (&str, &str) = ("host", "127.0.0.1:8787");

#[tokio::test]
async fn the_page_is_there_for_everybody_and_tells_nobody_the_key() {
    let api = Api::new().await;
    let open = async |target: &str| api.send("GET", target, &[HOST], "").await.expect(200);
    let page = open("/").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
    assert!(page.text().contains("http://127.0.0.1:8787/companies?pageSize=5"), "an example with curl");
    assert_eq!(open("/assets/sandbox.css").await.header("content-type"), "text/css; charset=utf-8");
    let script = open("/assets/dashboard.js").await;
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(script.header("x-content-type-options"), "nosniff");
    let panels = open("/assets/panels.js").await;
    for text in [page.text(), script.text(), panels.text()] {
        assert!(!text.contains("c2FuZGJveA") && !text.contains("innerHTML"), "neither key nor markup");
    }
    for path in
        ["clock", "companies", "requests", "reads", "faults", "link", "webhooks", "integrations", "snapshot"]
    {
        api.send("GET", &format!("/_sandbox/{path}"), &[HOST], "").await.expect(401);
    }
    api.get("/assets/other.js").await.expect(404);
    api.call("POST", "/", "").await.expect(405);
}

#[tokio::test]
async fn requests_are_told_with_their_bodies_and_without_secrets() {
    let api = Api::new().await;
    let log = async || -> Vec<Value> {
        api.get("/_sandbox/requests").await.expect(200).json()["results"].as_array().unwrap().clone()
    };
    assert!(log().await.is_empty());
    api.post("/companies", &json!({"name": "New", "password": "hush"})).await.expect(200);
    api.get("/companies?query=name%7Enew").await.expect(200);
    api.post("/apiKeys", &json!({"name": "Second"})).await;
    let entries = log().await;
    let brief: Vec<(&str, &str)> =
        entries.iter().map(|it| (text(&it["method"]), text(&it["target"]))).collect();
    let expected = [("POST", "/apiKeys"), ("GET", "/companies?query=name%7Enew"), ("POST", "/companies")];
    assert_eq!(brief, expected, "newest first; those that drive the sandbox are left out");
    assert_eq!(entries[2]["status"], 200);
    assert_eq!(entries[2]["requestBody"]["text"], r#"{"name":"New","password":"(hidden)"}"#);
    assert!(text(&entries[2]["responseBody"]["text"]).contains("\"New\""));
    let key = text(&entries[0]["responseBody"]["text"]).to_owned();
    assert!(key.contains(r#""apiKey":"(hidden)""#), "{key}");
    let whole = api.get("/_sandbox/requests").await.text();
    assert!(!whole.contains("Basic") && !whole.contains("hush"));

    for _ in 0..250 {
        api.get("/profile").await.expect(200);
    }
    let entries = log().await;
    assert_eq!(entries.len(), 200, "bounded");
    assert_eq!(entries[0]["number"], 253);
    let newer = api.get("/_sandbox/requests?after=251").await.expect(200).json();
    assert_eq!(
        (&newer["results"][0]["number"], newer["results"].as_array().unwrap().len()),
        (&json!(253), 2)
    );
    let few = api.get("/_sandbox/requests?limit=3").await.expect(200).json();
    assert_eq!(few["results"].as_array().unwrap().len(), 3);
    api.get("/_sandbox/requests?after=x").await.expect(400);
    api.delete("/_sandbox/requests").await.expect(204);
    assert!(log().await.is_empty());
}

#[tokio::test]
async fn long_answers_are_cut_and_faults_do_not_meet_the_dashboard() {
    let api = Api::new().await;
    api.post("/_sandbox/faults", &json!({"status": 500})).await.expect(201);
    api.get("/companies").await.expect(500);
    let listed =
        api.get("/_sandbox/companies?page=1&pageSize=3&query=name%7Eharbour").await.expect(200).json();
    assert_eq!(listed["totalResults"], 2);
    api.delete("/_sandbox/faults").await.expect(204);
    api.get("/companies?page=1&pageSize=100").await.expect(200);
    let log = api.get("/_sandbox/requests").await.json();
    let body = &log["results"][0]["responseBody"];
    assert_eq!(body["isCut"], true);
    assert!(text(&body["text"]).len() <= 4_000 && body["bytes"].as_u64().unwrap() > 4_000);
}

#[tokio::test]
async fn consumers_are_driven_from_the_dashboard_whatever_fault_is_set() {
    let api = Api::new().await;
    api.post("/_sandbox/faults", &json!({"status": 500})).await.expect(201);
    let consumer = json!({ "url": "http://127.0.0.1:9/hook", "eventTypes": ["company.created"] });
    let made = api.post("/_sandbox/webhooks", &consumer).await.expect(201).json();
    let log = api.get("/_sandbox/webhooks").await.expect(200).json();
    assert_eq!(log["consumers"][0]["id"], made["id"]);
    assert!(log["eventTypes"].as_array().unwrap().contains(&json!("connection.disconnected")));
    api.post("/_sandbox/webhooks", &json!({ "url": "nowhere" })).await.expect(400);
    let one = format!("/_sandbox/webhooks/{}", text(&made["id"]));
    api.get(&one).await.expect(405);
    api.delete(&one).await.expect(204);
    api.delete(&one).await.expect(404);
    let platforms = api.get("/_sandbox/integrations?pageSize=100&orderBy=name").await.expect(200).json();
    assert!(platforms["results"].as_array().unwrap().iter().any(|it| it["key"] == "gbol"));
    api.post("/_sandbox/integrations", &json!({})).await.expect(405);
}

#[tokio::test]
async fn live_reads_are_those_that_run_now() {
    let api = Api::new().await;
    let live = async || -> Vec<Value> {
        api.get("/_sandbox/reads").await.expect(200).json()["results"].as_array().unwrap().clone()
    };
    let before = live().await.len();
    let company = api.new_company("New").await;
    api.linked(&company, "suuo").await;
    api.post(&format!("{company}/data/all"), &Value::Null).await.expect(204);
    let running = live().await;
    assert_eq!(running.len(), before + 4, "the four types of a bank");
    let ours = running.iter().filter(|it| company.ends_with(text(&it["companyId"])));
    assert_eq!(ours.count(), 4);
    api.post("/_sandbox/clock", &json!({"advance": "1d"})).await.expect(200);
    assert!(!live().await.iter().any(|it| company.ends_with(text(&it["companyId"]))));
}
