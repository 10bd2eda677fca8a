use sandbox::{Options, TimeScale};
use serde_json::{Value, json};

use crate::support::{Api, company_path, options, text};

fn stepped() -> Options {
    Options { time_scale: TimeScale::STEPPED, ..options() }
}

/// A state that has something of everything.
async fn lived_in(options: Options) -> Api {
    let api = Api::with(options).await;
    let company = api.new_company("Made").await;
    api.linked(&company, "exgd").await;
    api.post(&format!("{company}/data/all"), &Value::Null).await.expect(204);
    let daily = json!({"settings": [{"dataType": "commerce-orders", "syncSchedule": 24}]});
    api.post(&format!("{company}/syncSettings"), &daily).await.expect(204);
    api.post("/profile/syncSettings", &json!({"settings": [{"dataType": "bills", "syncSchedule": 168}]}))
        .await
        .expect(204);
    api.patch(&company_path(&api.company("Ochre Studio").await), &json!({"name": "Renamed"}))
        .await
        .expect(200);
    api.delete(&company_path(&api.company("Northwind Traders").await)).await.expect(204);
    api.call("PUT", "/profile", json!({"name": "P", "redirectUrl": "u"}).to_string()).await.expect(200);
    let gone = api.post("/apiKeys", &json!({"name": "gone"})).await.expect(201).json();
    api.delete(&format!("/apiKeys/{}", text(&gone["id"]))).await.expect(204);
    api.call("PUT", "/_sandbox/link", json!({"oneTimeUrls": false}).to_string()).await;
    api.post("/_sandbox/faults", &json!({"route": "/integrations", "status": 503})).await.expect(201);
    api.post("/_sandbox/clock", &json!({"advance": "70d"})).await.expect(200);
    api.keyed("key", "POST", "/companies", &json!({"name": "Replayed"})).await.expect(200);
    api
}

async fn looks(api: &Api) -> Vec<Value> {
    let company = company_path(&api.company("Made").await);
    let mut all = Vec::new();
    for target in [
        "/companies?pageSize=5000",
        "/apiKeys",
        "/profile",
        "/profile/syncSettings",
        "/_sandbox/clock",
        "/_sandbox/faults",
        "/_sandbox/link",
        &format!("{company}/data/history?pageSize=5000"),
        &format!("{company}/dataStatus"),
        &format!("{company}/syncSettings"),
    ] {
        all.push(api.get(target).await.expect(200).json());
    }
    all
}

async fn snapshot(api: &Api) -> String {
    api.get("/_sandbox/snapshot").await.expect(200).text()
}

#[tokio::test]
async fn a_state_is_taken_away_and_put_back() {
    let api = lived_in(stepped()).await;
    let (kept, before) = (snapshot(&api).await, looks(&api).await);
    api.delete(&company_path(&api.company("Renamed").await)).await.expect(204);
    api.delete("/_sandbox/faults").await.expect(204);
    api.post("/_sandbox/clock", &json!({"advance": "400d"})).await.expect(200);
    assert_ne!(looks(&api).await, before);
    api.call("PUT", "/_sandbox/snapshot", kept.clone()).await.expect(204);
    assert_eq!(looks(&api).await, before);
    assert_eq!(snapshot(&api).await, kept, "the same bytes");
    api.get("/integrations").await.expect(503);
    let count = api.companies().await.len();
    api.keyed("key", "POST", "/companies", &json!({"name": "Replayed"})).await.expect(200);
    assert_eq!(api.companies().await.len(), count, "kept answers come back too");
}

#[tokio::test]
async fn another_sandbox_takes_it_over_and_goes_on_alike() {
    let api = lived_in(stepped()).await;
    let other = Api::with(Options { seed: 7, companies: Some(5), ..stepped() }).await;
    other.call("PUT", "/_sandbox/snapshot", snapshot(&api).await).await.expect(204);
    assert_eq!(looks(&other).await, looks(&api).await);
    for api in [&api, &other] {
        api.post("/_sandbox/clock", &json!({"advance": "30d"})).await.expect(200);
        api.new_company("Next").await;
    }
    assert_eq!(looks(&other).await, looks(&api).await);
    assert_eq!(snapshot(&other).await, snapshot(&api).await);
}

#[tokio::test]
async fn it_is_in_the_file_too() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Options { db: Some(folder.path().join("sandbox.db")), ..stepped() };
    let source = lived_in(stepped()).await;
    let api = Api::with(Options { seed: 7, companies: Some(5), ..kept.clone() }).await;
    api.new_company("Forgotten").await;
    api.call("PUT", "/_sandbox/snapshot", snapshot(&source).await).await.expect(204);
    api.delete("/_sandbox/faults").await.expect(204);
    let before = looks(&api).await;
    api.endpoint.close().await;
    let api = Api::with(kept).await;
    assert_eq!(looks(&api).await, before);
}

#[tokio::test]
async fn the_key_of_the_start_opens_what_was_restored() {
    let api = lived_in(stepped()).await;
    let kept = snapshot(&api).await.replace("\"apiKey\":\"sandbox\"", "\"apiKey\":\"another\"");
    api.call("PUT", "/_sandbox/snapshot", kept).await.expect(204);
    api.get("/profile").await.expect(200);
    assert_eq!(api.get("/apiKeys").await.json()["results"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_no_state_is_refused_and_nothing_of_it_taken() {
    let api = lived_in(stepped()).await;
    let (kept, before) = (snapshot(&api).await, looks(&api).await);
    let with = |change: &dyn Fn(&mut Value)| {
        let mut json: Value = serde_json::from_str(&kept).unwrap();
        change(&mut json);
        json.to_string()
    };
    let bad = [
        String::new(),
        "{}".to_owned(),
        "[1]".to_owned(),
        kept[..kept.len() / 2].to_owned(),
        with(&|it| it["format"] = json!(2)),
        with(&|it| it["unknown"] = json!(1)),
        with(&|it| it["now"] = json!("1999-01-01T00:00:00Z")),
        with(&|it| it["now"] = json!("9999-01-01T00:00:00Z")),
        with(&|it| it["origin"]["companies"] = json!(4_000_000_000_u32)),
        with(&|it| it["origin"]["seed"] = json!(9)),
        with(&|it| it["changes"].as_array_mut().unwrap().push(json!({"company": [4_000_000_000_u32, null]}))),
        with(&|it| it["changes"].as_array_mut().unwrap().push(json!({"spaceship": 1}))),
        with(&|it| it["changes"].as_array_mut().unwrap().push(json!({"key": [u32::MAX, null]}))),
        with(&|it| it["faults"][0]["id"] = json!(u64::MAX)),
        with(&|it| {
            let changes = it["changes"].as_array_mut().unwrap();
            changes.iter_mut().find(|it| it.get("refresh").is_some()).unwrap()["refresh"]["number"] =
                json!(u64::MAX);
        }),
        with(&|it| {
            let changes = it["changes"].as_array_mut().unwrap();
            changes.iter_mut().find(|it| it["company"][1].is_object()).unwrap()["company"][1]["connections_made"] =
                json!(u32::MAX);
        }),
        with(&|it| {
            let changes = it["changes"].as_array_mut().unwrap();
            let twice = changes.iter().find(|it| it.get("refresh").is_some()).unwrap().clone();
            changes.push(twice);
        }),
        with(&|it| {
            let changes = it["changes"].as_array_mut().unwrap();
            let company =
                changes.iter_mut().find(|it| it["company"][1]["connections"][0].is_object()).unwrap();
            company["company"][1]["connections"][0]["key"] = json!("none");
        }),
    ];
    for bad in bad {
        api.call("PUT", "/_sandbox/snapshot", bad.clone()).await.expect(400).error();
    }
    assert_eq!(looks(&api).await, before);
    api.call("POST", "/_sandbox/snapshot", kept).await.expect(405);
}

#[tokio::test]
async fn a_snapshot_may_be_larger_than_other_bodies() {
    let api = Api::with(stepped()).await;
    let mut json: Value = serde_json::from_str(&snapshot(&api).await).unwrap();
    let company = api.company("Ochre Studio").await;
    api.patch(&company_path(&company), &json!({"description": "x"})).await.expect(200);
    let other: Value = serde_json::from_str(&snapshot(&api).await).unwrap();
    let changes = other["changes"].as_array().unwrap();
    let mut record = changes.iter().find(|it| it.get("company").is_some()).unwrap().clone();
    record["company"][1]["description"] = json!("x".repeat(3_000_000));
    json["changes"].as_array_mut().unwrap().push(record);
    api.call("PUT", "/_sandbox/snapshot", json.to_string()).await.expect(204);
    assert_eq!(text(&api.company("Ochre Studio").await["description"]).len(), 3_000_000);
}
