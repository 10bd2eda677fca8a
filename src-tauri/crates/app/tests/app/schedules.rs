//! Schedules against the sandbox: each due time runs once, and every miss has a reason.

use std::sync::Arc;

use app::{Code, Options};
use serde_json::{Value, json};
use store::Store;

use crate::test_app::{TestApp, change};

fn every_day() -> Value {
    json!({ "kind": "every", "hours": 24 })
}

/// Daily, at a time 12 hours ahead, so that it is never due during a test.
fn daily() -> Value {
    let then = app::clock::now() + jiff::SignedDuration::from_hours(12);
    json!({ "kind": "clock", "times": [then.strftime("%H:%M").to_string()], "days": 127 })
}

/// A company whose data is older than any due time of an hourly schedule in these tests.
async fn unread(test_app: &TestApp) -> Value {
    test_app.rows("stale:>2d is:green").await.swap_remove(0)
}

/// A schedule for this company only.
fn plan_for(company: &Value, timing: Value) -> Value {
    let mut plan = plan("", timing);
    plan["target"] = json!({ "kind": "companies", "ids": [company["id"]] });
    plan
}

fn plan(search: &str, timing: Value) -> Value {
    let target = if search.is_empty() {
        json!({ "kind": "all" })
    } else {
        json!({ "kind": "matching", "search": search })
    };
    json!({
        "target": target, "dataTypes": [], "timing": timing,
        "zone": "UTC", "blackouts": [], "spreadMinutes": 0,
    })
}

fn schedule(name: &str, on: bool, plan: &Value) -> Value {
    json!({ "id": null, "name": name, "on": on, "plan": plan })
}

async fn saved(test_app: &TestApp, name: &str, plan: Value) -> i64 {
    let all = test_app.call("saveSchedule", schedule(name, true, &plan)).await.unwrap();
    all["rows"].as_array().unwrap().last().unwrap()["id"].as_i64().unwrap()
}

/// The outcomes of the only schedule, once there are any.
async fn outcomes(test_app: &TestApp) -> Vec<Value> {
    test_app
        .eventually("an outcome", async |test_app: &TestApp| {
            let all = test_app.call("schedules", json!({})).await.unwrap();
            let outcomes = all["rows"][0]["outcomes"].as_array().unwrap().clone();
            (!outcomes.is_empty()).then_some(outcomes)
        })
        .await
}

/// The reads of this company that the sandbox knows.
async fn reads(test_app: &TestApp, company: &Value) -> u64 {
    let id = company["id"].as_str().unwrap();
    let path = format!("/companies/{id}/data/history?page=1&pageSize=1");
    test_app.sandbox_call("GET", &path, json!({})).await.1["totalResults"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn by_the_hour_what_is_old_is_read_once_and_a_run_tells_how_it_goes() {
    let test_app = TestApp::start().await;
    let old = unread(&test_app).await;
    let before = reads(&test_app, &old).await;
    saved(&test_app, "Daily", plan_for(&old, every_day())).await;
    let first = outcomes(&test_app).await;
    assert_eq!(first[0]["queued"], 1, "{first:?}");
    assert_eq!(first[0]["reason"], Value::Null);
    let run = first[0]["run"].as_i64().expect("a run");
    test_app
        .eventually("reads at the sandbox", async |test_app: &TestApp| {
            (reads(test_app, &old).await > before).then_some(())
        })
        .await;
    let runs = test_app.call("runs", json!({})).await.unwrap();
    assert!(
        runs.as_array().unwrap().iter().any(|one| one["id"] == run && one["cause"] == "schedule"),
        "{runs}"
    );
    test_app.call("refreshNow", json!({})).await.unwrap();
    test_app
        .eventually("a look that finds nothing due", async |test_app: &TestApp| {
            let all = test_app.call("schedules", json!({})).await.unwrap();
            (all["rows"][0]["forecast"]["due"] == 0).then_some(())
        })
        .await;
    assert_eq!(outcomes(&test_app).await.len(), 1, "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_while_the_app_was_off_is_caught_up_once_and_explained() {
    let test_app = TestApp::start().await;
    let old = unread(&test_app).await;
    let id = saved(&test_app, "Hourly", plan_for(&old, daily())).await;
    let every_hour: Vec<_> = (0..24).map(|hour| format!("{hour:02}:00")).collect();
    let hourly = plan_for(&old, json!({ "kind": "clock", "times": every_hour, "days": 127 }));
    test_app
        .call("saveSchedule", json!({ "id": id, "name": "Hourly", "on": true, "plan": hourly }))
        .await
        .unwrap();
    test_app.app.stop().await;
    // Simulates that the app was off for ten days.
    let path = test_app.folder.path().join("workspaces/sandbox.db");
    let store = Store::open(&path, app::clock::now()).await.unwrap();
    let kept = store.schedules().await.unwrap().remove(0);
    let then = app::clock::now() - jiff::SignedDuration::from_hours(240);
    let label = jiff::tz::TimeZone::UTC.to_datetime(then).to_string();
    store.put_schedule(Some(id), &kept.name, true, &kept.plan, Some(&label)).await.unwrap();
    store.close().await;

    let test_app = test_app.restarted().await;
    let caught_up = outcomes(&test_app).await;
    assert_eq!(caught_up.len(), 1, "{caught_up:?}");
    assert!(caught_up[0]["earlier"].as_u64().unwrap() >= 238, "{caught_up:?}");
    assert_eq!(caught_up[0]["reason"], "asleep");
    assert_eq!(caught_up[0]["queued"], 1, "{caught_up:?}");
    let counts = caught_up[0]["counts"].as_object().unwrap();
    let items: u64 = counts.values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(items, 1, "one run has it: {caught_up:?}");
    let test_app = test_app.restarted().await;
    test_app.call("refreshNow", json!({})).await.unwrap();
    assert_eq!(outcomes(&test_app).await[0]["at"], caught_up[0]["at"], "and not once more after a restart");
}

#[tokio::test(flavor = "multi_thread")]
async fn run_now_reads_whatever_was_read_when() {
    let test_app = TestApp::start().await;
    let bakery = test_app.row("\"harbour lane bakery\"").await;
    let chosen = json!({ "kind": "companies", "ids": [bakery["id"]] });
    let mut plan = plan("", daily());
    plan["target"] = chosen;
    plan["dataTypes"] = json!(["invoices"]);
    let id = saved(&test_app, "Invoices", plan).await;
    let before = reads(&test_app, &bakery).await;
    test_app.call("runSchedule", json!({ "id": id })).await.unwrap();
    let outcomes = outcomes(&test_app).await;
    assert_eq!((&outcomes[0]["due"], &outcomes[0]["queued"]), (&Value::Null, &json!(1)));
    test_app
        .eventually("the read", async |test_app: &TestApp| {
            (reads(test_app, &bakery).await == before + 1).then_some(())
        })
        .await;
    let error = test_app.call("runSchedule", json!({ "id": id + 7 })).await.unwrap_err();
    assert_eq!(error.code, Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_comes_to_and_what_overlaps_is_said_beforehand() {
    let test_app = TestApp::start().await;
    saved(&test_app, "Everything", plan("", daily())).await;
    let invoices = {
        let mut plan = plan("platform:xero", daily());
        plan["dataTypes"] = json!(["invoices"]);
        plan
    };
    let mut forecast =
        test_app.call("scheduleForecast", json!({ "id": null, "plan": invoices })).await.unwrap();
    let xero = test_app.rows("platform:xero").await.len() as u64;
    assert_eq!(forecast["companies"], xero);
    let readable = xero - forecast["unreadable"].as_u64().unwrap();
    assert_eq!(forecast["requestsADay"], readable, "one a day for each");
    assert_eq!(forecast["overlaps"][0]["companies"], readable);
    assert_eq!(forecast["upcoming"].as_array().unwrap().len(), 5);
    forecast["upcoming"] = json!("five times");
    insta::assert_json_snapshot!(forecast);

    let mut bills = invoices.clone();
    bills["dataTypes"] = json!(["bills"]);
    saved(&test_app, "Invoices", invoices).await;
    let forecast = test_app.call("scheduleForecast", json!({ "id": null, "plan": bills })).await.unwrap();
    let names: Vec<_> = forecast["overlaps"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["Everything"], "other types are no overlap");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_in_plain_words_and_a_removed_one_comes_back() {
    let test_app = TestApp::start().await;
    let code = async |save: Value| test_app.call("saveSchedule", save).await.map_err(|error| error.code);
    let good = plan("", daily());
    assert_eq!(code(schedule("  ", true, &good)).await.unwrap_err(), Code::NameEmpty);
    assert_eq!(code(schedule(&"x".repeat(200), true, &good)).await.unwrap_err(), Code::NameTooLong);
    let no_days = plan("", json!({ "kind": "clock", "times": ["09:00"], "days": 0 }));
    let error = test_app.call("saveSchedule", schedule("None", true, &no_days)).await.unwrap_err();
    assert_eq!(error.message, "Choose at least one day of the week.");
    let mut nowhere = good.clone();
    nowhere["zone"] = json!("Moon/Base");
    assert_eq!(code(schedule("Moon", true, &nowhere)).await.unwrap_err(), Code::BadArguments);
    let blue = plan("acme is:blue", daily());
    let error = test_app.call("saveSchedule", schedule("Blue", true, &blue)).await.unwrap_err();
    assert_eq!(error.code, Code::SearchInvalid);
    assert!(error.message.contains("blue"), "{error}");
    let asked = json!({ "id": null, "plan": blue });
    assert_eq!(test_app.call("scheduleForecast", asked).await.unwrap_err().code, Code::SearchInvalid);
    let mut empty = plan("x", daily());
    empty["target"]["search"] = json!(" ");
    assert_eq!(code(schedule("Whom", true, &empty)).await.unwrap_err(), Code::SearchInvalid);

    let id = saved(&test_app, "Nightly", good).await;
    let all = test_app.call("removeSchedule", json!({ "id": id })).await.unwrap();
    assert_eq!(all["rows"], json!([]));
    let all = test_app.call("restoreSchedule", json!({ "id": id })).await.unwrap();
    assert_eq!(all["rows"][0]["name"], "Nightly");
    let all = test_app.call("switchSchedule", json!({ "id": id, "on": false })).await.unwrap();
    assert_eq!(all["rows"][0]["on"], false);
    test_app.call("switchSchedule", json!({ "id": id, "on": true })).await.unwrap();
    test_app.call("setSafeMode", json!({ "id": "sandbox", "mode": "view" })).await.unwrap();
    let all = test_app.call("switchSchedule", json!({ "id": id, "on": false })).await.unwrap();
    assert_eq!(all["rows"][0]["on"], false, "off is allowed in every mode");
    let all = test_app.call("setSchedulesHere", json!({ "here": false })).await.unwrap();
    assert_eq!(all["here"], false);
    let here = test_app.call("setSchedulesHere", json!({ "here": true })).await.unwrap_err();
    assert_eq!(here.code, Code::SafeMode);
    let error = test_app.call("switchSchedule", json!({ "id": id, "on": true })).await.unwrap_err();
    assert_eq!(error.code, Code::SafeMode);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_whose_search_was_never_understood_reads_nobody_and_says_so() {
    let test_app = TestApp::start().await;
    let id = saved(&test_app, "Blue", plan("is:red", every_day())).await;
    outcomes(&test_app).await;
    let database = test_app.folder.path().join("workspaces/sandbox.db");
    test_app.app.stop().await;
    change(&database, "UPDATE schedules SET plan = replace(plan, 'is:red', 'is:blue')").await;
    let test_app = test_app.restarted().await;
    let all = test_app.call("schedules", json!({})).await.unwrap();
    assert!(all["rows"][0]["forecast"]["problem"].as_str().unwrap().contains("blue"), "{all}");
    let error = test_app.call("runSchedule", json!({ "id": id })).await.unwrap_err();
    assert_eq!(error.code, Code::SearchInvalid);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_codat_schedules_run_only_where_they_were_switched_on() {
    let options = sandbox::Options {
        port: 0,
        api_key: "a-key".to_owned(),
        companies: Some(70),
        seed: 3,
        ..sandbox::Options::default()
    };
    let codat = sandbox::Sandbox::start(options, Arc::new(app::clock::now)).await.unwrap();
    let test_app = TestApp::with(Options { codat_base: Some(codat.base_url()), ..Options::default() }).await;
    let sandbox = test_app.call("schedules", json!({})).await.unwrap();
    assert_eq!(sandbox["here"], true);
    let add = json!({ "name": "Production", "key": "a-key", "color": "orange", "sessionOnly": true });
    test_app.call("addWorkspace", add).await.unwrap();
    let codats = test_app.call("schedules", json!({})).await.unwrap();
    assert_eq!(codats["here"], false);
    saved(&test_app, "Daily", plan("", every_day())).await;
    test_app.call("refreshNow", json!({})).await.unwrap();
    test_app
        .eventually("the first sweep", async |test_app: &TestApp| {
            test_app.call("session", json!({})).await.unwrap()["health"]["firstSweepDone"]
                .as_bool()
                .filter(|done| *done)
        })
        .await;
    let all = test_app.call("schedules", json!({})).await.unwrap();
    assert_eq!(all["rows"][0]["outcomes"], json!([]), "not here");
    test_app.call("setSchedulesHere", json!({ "here": true })).await.unwrap();
    assert!(outcomes(&test_app).await[0]["queued"].as_u64().unwrap() > 0);
    codat.stop().await;
}
