use jiff::{SignedDuration, Timestamp};
use sandbox::{Options, TimeScale};
use serde_json::{Value, json};

use crate::support::{Api, company_path, options, text};

async fn stepped() -> Api {
    Api::with(Options { time_scale: TimeScale::STEPPED, ..options() }).await
}

async fn pass(api: &Api, span: &str) {
    api.post("/_sandbox/clock", &json!({ "advance": span })).await.expect(200);
}

async fn until(api: &Api, instant: Timestamp) {
    api.post("/_sandbox/clock", &json!({ "to": instant.to_string() })).await.expect(200);
}

fn instant(value: &Value) -> Timestamp {
    text(value).parse().unwrap()
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

#[tokio::test]
async fn access_that_nobody_uses_runs_out_at_its_instant() {
    for (key, days) in [("gbol", 60), ("qhyg", 100), ("jcrp", 90), ("tgff", 30), ("knfz", 30)] {
        let api = stepped().await;
        let company = api.new_company("Unused").await;
        let path = api.linked(&company, key).await;
        api.post(&format!("{company}/data/queue/company"), &Value::Null).await.expect(200);
        pass(&api, "1m").await;
        let read = instant(&api.get(&path).await.json()["lastSync"]);
        let end = read + DAY * days;
        until(&api, end - SignedDuration::from_nanos(1)).await;
        assert_eq!(api.get(&path).await.json()["status"], "Linked", "{key}");
        until(&api, end).await;
        let connection = api.get(&path).await.json();
        assert_eq!(connection["status"], "Deauthorized", "{key} after {days} days");
        let error = &connection["dataConnectionErrors"][0];
        assert_eq!((&error["statusCode"], &error["status"]), (&json!("401"), &json!("Active")));
        assert_eq!(instant(&error["erroredOnUtc"]), end, "at that instant, whenever it is looked at");
        let embedded = &api.get(&company).await.json()["dataConnections"][0];
        assert_eq!(*embedded, connection, "the same wherever it is shown");
        let query = "/companies?query=dataConnections.status%3DDeauthorized&pageSize=5000";
        let listed = api.get(query).await.json();
        assert!(listed["results"].as_array().unwrap().iter().any(|it| it["name"] == "Unused"));
        api.post(&format!("{company}/data/queue/company"), &Value::Null).await.expect(400);
    }
}

#[tokio::test]
async fn looking_late_shows_the_same_instant() {
    let api = stepped().await;
    let company = api.new_company("Late").await;
    let path = api.linked(&company, "gbol").await;
    pass(&api, "300d").await;
    let error = api.get(&path).await.json()["dataConnectionErrors"][0].clone();
    assert_eq!(instant(&error["erroredOnUtc"]).to_string(), "2027-01-22T09:00:00Z");
}

#[tokio::test]
async fn a_monthly_schedule_keeps_access_alive_and_its_end_lets_it_run_out() {
    for key in ["gbol", "knfz"] {
        let api = stepped().await;
        let company = api.new_company("Kept").await;
        let path = api.linked(&company, key).await;
        let monthly = |hours: u32| json!({"settings": [{"dataType": "company", "syncSchedule": hours}]});
        api.post(&format!("{company}/syncSettings"), &monthly(720)).await.expect(204);
        pass(&api, "400d").await;
        assert_eq!(api.get(&path).await.json()["status"], "Linked", "{key}");
        api.post(&format!("{company}/syncSettings"), &monthly(0)).await.expect(204);
        pass(&api, "61d").await;
        assert_eq!(api.get(&path).await.json()["status"], "Deauthorized", "{key}");
    }
}

#[tokio::test]
async fn a_consent_runs_out_whatever_one_does_and_is_renewed_by_authorizing() {
    for key in ["suuo", "upvr"] {
        let api = stepped().await;
        let company = api.new_company("Consent").await;
        let path = api.linked(&company, key).await;
        let daily = json!({"settings": [{"dataType": "banking-accounts", "syncSchedule": 24}]});
        api.post(&format!("{company}/syncSettings"), &daily).await.expect(204);
        pass(&api, "50d").await;
        api.call("PUT", &format!("{path}/authorization"), "{}").await.expect(200);
        pass(&api, "89d").await;
        assert_eq!(api.get(&path).await.json()["status"], "Linked", "90 days from the renewal");
        pass(&api, "1d").await;
        let connection = api.get(&path).await.json();
        assert_eq!(connection["status"], "Deauthorized");
        let ended = connection["lastSync"].clone();
        pass(&api, "10d").await;
        assert_eq!(api.get(&path).await.json()["lastSync"], ended, "nothing is read without access");
        api.call("PUT", &format!("{path}/authorization"), "{}").await.expect(200);
        pass(&api, "1d").await;
        let healed = api.get(&path).await.json();
        assert_eq!(healed["status"], "Linked");
        assert_eq!(healed["dataConnectionErrors"][0]["status"], "Resolved");
        assert!(instant(&healed["lastSync"]) > instant(&ended), "the schedule goes on");
    }
}

#[tokio::test]
async fn platforms_without_a_known_end_never_run_out() {
    let api = stepped().await;
    let company = api.new_company("Forever").await;
    let path = api.linked(&company, "akxx").await;
    pass(&api, "3000d").await;
    assert_eq!(api.get(&path).await.json()["status"], "Linked");
}

#[tokio::test]
async fn skipping_95_days_runs_out_what_must_and_the_counts_follow() {
    let api = stepped().await;
    let linked = async || {
        let all = api.companies().await;
        let is =
            |it: &Value| it["dataConnections"].as_array().unwrap().iter().any(|c| c["status"] == "Linked");
        all.iter().filter(|it| is(it)).count() as u64
    };
    let limit = async || -> u64 { api.get("/profile").await.header("x-rate-limit-limit").parse().unwrap() };
    let before = linked().await;
    assert_eq!(limit().await, 1_000 * (1 + before));
    pass(&api, "95d").await;
    let after = linked().await;
    assert!(after < before, "{after} of {before}");
    assert_eq!(limit().await, 1_000 * (1 + after), "active companies are counted as they stand");
    for company in api.companies().await {
        for connection in company["dataConnections"].as_array().unwrap() {
            let (key, status) = (text(&connection["integrationKey"]), &connection["status"]);
            if ["gbol", "suuo", "upvr", "knfz", "tgff"].contains(&key) {
                assert_ne!(status, "Linked", "{connection}");
            }
        }
    }
    let integrations = api.get("/integrations?pageSize=100&query=key%3Dgbol").await.json();
    assert_eq!(integrations["results"][0]["linkedConnectionsCount"], 0);
}

#[tokio::test]
async fn what_runs_out_stays_so_through_changes_and_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let kept =
        Options { time_scale: TimeScale::STEPPED, db: Some(folder.path().join("sandbox.db")), ..options() };
    let api = Api::with(kept.clone()).await;
    let path = company_path(&api.company("Foxglove Interiors").await);
    pass(&api, "30d").await;
    let before = api.get(&path).await.json();
    assert_eq!(before["dataConnections"][0]["status"], "Deauthorized");
    let renamed = api.patch(&path, &json!({"name": "Foxglove"})).await.expect(200).json();
    assert_eq!(renamed["dataConnections"], before["dataConnections"], "a rename touches no connection");
    pass(&api, "100d").await;
    assert_eq!(api.get(&path).await.json(), renamed);
    api.endpoint.close().await;
    let api = Api::with(kept).await;
    assert_eq!(api.get(&path).await.json(), renamed);
}

#[tokio::test]
async fn a_world_begins_with_nothing_that_ran_out_unseen() {
    let api =
        Api::with(Options { companies: Some(2_000), time_scale: TimeScale::STEPPED, ..options() }).await;
    let all = api.companies().await;
    let now: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    let happened = api.get("/_sandbox/happenings?pageSize=5000&from=2020-01-01T00:00:00Z").await.json();
    for it in happened["results"].as_array().unwrap().iter().filter(|it| it["what"] == "deauthorized") {
        let company = all.iter().find(|company| company["id"] == it["companyId"]).unwrap();
        let mut connections = company["dataConnections"].as_array().unwrap().iter();
        let connection = connections.find(|c| c["id"] == it["connectionId"]).unwrap();
        let reads = connection.get("lastSync").map(instant);
        assert!(instant(&it["at"]) < now && reads.is_none_or(|at| at <= instant(&it["at"])), "{it}");
    }
    let broken = all.iter().flat_map(|it| it["dataConnections"].as_array().unwrap());
    let broken = broken.filter(|it| it["status"] == "Deauthorized").count();
    assert!(broken < 25, "those that were designed or drawn to be broken, no more: {broken}");
}

#[tokio::test]
async fn the_counts_are_right_after_what_ran_out_was_linked_again() {
    let api = stepped().await;
    let counts = async || {
        let plaid = api.get("/integrations/suuo").await.expect(200).json();
        let limit = api.get("/profile").await.header("x-rate-limit-limit").to_owned();
        (plaid["linkedConnectionsCount"].as_u64().unwrap(), plaid["totalConnectionsCount"].clone(), limit)
    };
    pass(&api, "95d").await;
    let before = counts().await;
    assert_eq!(before.0, 0, "every consent is over");
    let company = api.new_company("Again").await;
    let path = api.linked(&company, "suuo").await;
    let linked = counts().await;
    assert_eq!(linked.0, 1);
    pass(&api, "90d").await;
    assert_eq!(counts().await.0, 0);
    let errors = async || api.get(&path).await.json()["dataConnectionErrors"].as_array().unwrap().len();
    api.call("PUT", &format!("{path}/authorization"), "{}").await.expect(200);
    assert_eq!((counts().await.0, errors().await), (1, 1));
    pass(&api, "90d").await;
    assert_eq!((counts().await.0, errors().await), (0, 2));
    api.delete(&path).await.expect(200);
    assert_eq!(counts().await, (0, before.1, counts().await.2));
}
