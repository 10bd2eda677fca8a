use sandbox::{Options, Plan, TimeScale};
use serde_json::{Value, json};

use crate::support::{Api, options, text};

async fn stepped() -> Api {
    Api::with(Options { time_scale: TimeScale::STEPPED, ..options() }).await
}

async fn pass(api: &Api, span: &str) {
    api.post("/_sandbox/clock", &json!({ "advance": span })).await.expect(200);
}

fn setting<'a>(settings: &'a Value, data_type: &str) -> &'a Value {
    let mut all = settings["settings"].as_array().unwrap().iter();
    all.find(|it| it["dataType"] == data_type).unwrap_or_else(|| panic!("no {data_type}: {settings}"))
}

/// The history of a company's reads of a type, newest first.
async fn history(api: &Api, company: &str, data_type: &str) -> Vec<Value> {
    let path = format!("{company}/data/history?pageSize=5000&query=dataType%3D{data_type}");
    api.get(&path).await.expect(200).json()["results"].as_array().unwrap().clone()
}

fn schedule(data_type: &str, hours: u32) -> Value {
    json!({"overridesDefaults": true, "settings": [
        {"dataType": data_type, "fetchOnFirstLink": true, "syncSchedule": hours, "syncOrder": 0}
    ]})
}

#[tokio::test]
async fn every_type_has_a_setting_and_none_is_read_by_itself() {
    let api = stepped().await;
    let client = api.get("/profile/syncSettings").await.expect(200).json();
    assert_eq!(client["settings"].as_array().unwrap().len(), 43);
    assert_eq!(client["overridesDefaults"], false);
    assert_eq!(text(&client["clientId"]).len(), 36);
    let expected = json!({"dataType": "balanceSheet", "fetchOnFirstLink": true, "syncSchedule": 0,
        "syncOrder": 1, "monthsToSync": 24, "isLocked": false});
    assert_eq!(*setting(&client, "balanceSheet"), expected);
    assert!(setting(&client, "bills").get("monthsToSync").is_none());
    let company = api.new_company("New").await;
    let own = api.get(&format!("{company}/syncSettings")).await.expect(200).json();
    assert_eq!(format!("/companies/{}", text(&own["companyId"])), company);
    assert_eq!(own["settings"], client["settings"]);
}

#[tokio::test]
async fn a_company_s_settings_come_before_the_client_s() {
    let api = stepped().await;
    let (one, other) = (api.new_company("One").await, api.new_company("Other").await);
    api.post("/profile/syncSettings", &schedule("bills", 168)).await.expect(204);
    api.call("PUT", &format!("{one}/syncSettings"), schedule("bills", 24).to_string()).await.expect(204);
    let hours = async |path: String| {
        setting(&api.get(&path).await.expect(200).json(), "bills")["syncSchedule"].clone()
    };
    assert_eq!(hours(format!("{one}/syncSettings")).await, 24);
    assert_eq!(hours(format!("{other}/syncSettings")).await, 168);
    assert_eq!(hours("/profile/syncSettings".to_owned()).await, 168);
    let off = json!({"settings": [], "overridesDefaults": false});
    api.post(&format!("{one}/syncSettings"), &off).await.expect(204);
    assert_eq!(hours(format!("{one}/syncSettings")).await, 168, "its own count no longer");
}

#[tokio::test]
async fn what_is_no_setting_is_refused_with_a_reason() {
    let api = stepped().await;
    let company = api.new_company("Refused").await;
    let one = |more: Value| {
        let mut setting =
            json!({"dataType": "bills", "fetchOnFirstLink": true, "syncSchedule": 24, "syncOrder": 0});
        setting.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"settings": [setting], "overridesDefaults": true})
    };
    for bad in [
        one(json!({"dataType": "spaceships"})),
        one(json!({"syncSchedule": -1})),
        one(json!({"syncSchedule": 1.5})),
        one(json!({"syncSchedule": 999_999})),
        one(json!({"syncOrder": "first"})),
        one(json!({"fetchOnFirstLink": "yes"})),
        one(json!({"monthsToSync": 12})),
        one(json!({"syncFromWindow": 3, "syncFromUtc": "2026-01-01T00:00:00Z"})),
        one(json!({"dataType": "balanceSheet", "syncFromWindow": 3})),
        one(json!({"syncFromUtc": "yesterday"})),
        json!({"settings": [{"dataType": "bills"}, {"dataType": "Bills"}]}),
        json!({"settings": "all"}),
        json!({"settings": [7]}),
        json!({"settings": [], "overridesDefaults": "no"}),
        json!({"settings": [], "companyId": "11111111-1111-1111-1111-111111111111"}),
        json!({}),
    ] {
        let refused = api.post(&format!("{company}/syncSettings"), &bad).await.expect(400);
        refused.error();
        assert!(!refused.json()["validation"]["errors"].as_array().unwrap().is_empty(), "{bad}");
    }
    let kept = api.get(&format!("{company}/syncSettings")).await.json();
    assert_eq!(setting(&kept, "bills")["syncSchedule"], 0, "nothing was kept of them");
    api.delete("/profile/syncSettings").await.expect(405);
    api.get("/companies/11111111-1111-1111-1111-111111111111/syncSettings").await.expect(404);
}

#[tokio::test]
async fn the_free_plan_has_no_hourly_schedule_and_room_for_fifty_companies() {
    let api = Api::with(Options { plan: Plan::Free, companies: Some(49), ..options() }).await;
    let refused = api.post("/profile/syncSettings", &schedule("bills", 1)).await.expect(402);
    assert_eq!(refused.error(), "SyncSettingsValidationException: Sync schedule not allowed");
    api.post("/profile/syncSettings", &schedule("bills", 24)).await.expect(204);
    api.post("/companies", &json!({"name": "The fiftieth"})).await.expect(200);
    let refused = api.post("/companies", &json!({"name": "One too many"})).await.expect(402);
    assert_eq!(refused.error(), "CompanyValidationException: Company limit exceeded");
    let item = &refused.json()["validation"]["errors"][0];
    assert_eq!((&item["itemId"], &item["validatorName"]), (&json!("Company"), &json!("CreateCompany")));
}

#[tokio::test]
async fn a_schedule_reads_again_its_hours_after_the_last_read_ended() {
    let api = stepped().await;
    let company = api.new_company("Scheduled").await;
    api.linked(&company, "exgd").await;
    api.post(&format!("{company}/syncSettings"), &schedule("commerce-orders", 24)).await.expect(204);
    pass(&api, "23h59m59s").await;
    assert!(history(&api, &company, "commerce-orders").await.is_empty(), "not yet");
    pass(&api, "10d").await;
    let reads = history(&api, &company, "commerce-orders").await;
    assert_eq!(reads.len(), 10);
    let instant = |value: &Value| text(value).parse::<jiff::Timestamp>().unwrap();
    for pair in reads.windows(2) {
        let gap = instant(&pair[0]["requested"]).duration_since(instant(&pair[1]["completed"]));
        assert_eq!(gap, jiff::SignedDuration::from_hours(24), "from the end of the one before");
    }
    assert!(history(&api, &company, "commerce-payments").await.is_empty(), "other types are not read");
    let status = api.get(&format!("{company}/dataStatus")).await.json();
    assert_eq!(status["commerce-orders"]["lastSuccessfulSync"], reads[0]["completed"]);
    assert_eq!(api.get(&company).await.json()["lastSync"], reads[0]["completed"]);
    let id = text(&reads[4]["id"]);
    assert_eq!(api.get(&format!("{company}/data/history/{id}")).await.expect(200).json(), reads[4]);
}

#[tokio::test]
async fn a_read_on_request_starts_the_schedule_anew() {
    let api = stepped().await;
    let company = api.new_company("Scheduled").await;
    api.linked(&company, "exgd").await;
    api.post(&format!("{company}/syncSettings"), &schedule("commerce-orders", 24)).await.expect(204);
    pass(&api, "12h").await;
    let asked = api.post(&format!("{company}/data/queue/commerce-orders"), &Value::Null).await.expect(200);
    pass(&api, "23h").await;
    let reads = history(&api, &company, "commerce-orders").await;
    assert_eq!(reads.len(), 1);
    assert_eq!(reads[0]["id"], asked.json()["id"]);
    pass(&api, "2h").await;
    assert_eq!(history(&api, &company, "commerce-orders").await.len(), 2);
}

#[tokio::test]
async fn a_schedule_ends_with_its_setting_and_with_the_link_and_what_was_read_stays_told() {
    let api = stepped().await;
    let company = api.new_company("Scheduled").await;
    let connection = api.linked(&company, "exgd").await;
    let set = async |hours: u32| {
        let body = schedule("commerce-orders", hours);
        drop(api.post(&format!("{company}/syncSettings"), &body).await.expect(204));
    };
    set(24).await;
    pass(&api, "3d1h").await;
    let three = history(&api, &company, "commerce-orders").await;
    assert_eq!(three.len(), 3);
    set(0).await;
    pass(&api, "30d").await;
    assert_eq!(history(&api, &company, "commerce-orders").await, three);
    set(168).await;
    pass(&api, "1m").await;
    let four = history(&api, &company, "commerce-orders").await;
    assert_eq!(four.len(), 4, "overdue by the new schedule: read at once");
    assert_eq!(four[1..], three[..]);
    api.patch(&connection, &json!({"status": "Unlinked"})).await.expect(200);
    pass(&api, "60d").await;
    assert_eq!(history(&api, &company, "commerce-orders").await, four);
}

#[tokio::test]
async fn what_is_not_fetched_on_first_link_is_left_out_of_a_refresh_of_all() {
    let api = stepped().await;
    let company = api.new_company("Some").await;
    api.linked(&company, "suuo").await;
    let off = json!({"settings": [{"dataType": "banking-transactions", "fetchOnFirstLink": false}]});
    api.post("/profile/syncSettings", &off).await.expect(204);
    api.post(&format!("{company}/data/all"), &Value::Null).await.expect(204);
    assert_eq!(api.get(&format!("{company}/data/history")).await.json()["totalResults"], 3);
    assert!(history(&api, &company, "banking-transactions").await.is_empty());
    api.post(&format!("{company}/data/queue/banking-transactions"), &Value::Null).await.expect(200);
}

#[tokio::test]
async fn a_year_of_schedules_keeps_nothing_and_its_history_is_paged() {
    let folder = tempfile::tempdir().unwrap();
    let db = Some(folder.path().join("sandbox.db"));
    let kept = Options { time_scale: TimeScale::STEPPED, companies: Some(200), db, ..options() };
    let api = Api::with(kept.clone()).await;
    let settings: Vec<Value> = ["bills", "invoices", "commerce-orders"]
        .map(|it| json!({"dataType": it, "syncSchedule": 24, "fetchOnFirstLink": true, "syncOrder": 1}))
        .into();
    let body = json!({"settings": settings, "overridesDefaults": true});
    api.post("/profile/syncSettings", &body).await.expect(204);
    pass(&api, "365d").await;
    let company = api.company("Vale Veterinary Clinic").await;
    let path = format!("/companies/{}/data/history", text(&company["id"]));
    let first = api.get(&format!("{path}?pageSize=10")).await.json();
    let total = first["totalResults"].as_u64().unwrap();
    assert!((28 + 728..=28 + 732).contains(&total), "two types a day for a year: {total}");
    let all = api.get(&format!("{path}?pageSize=5000")).await.json();
    let all = all["results"].as_array().unwrap();
    assert_eq!(all.len() as u64, total);
    assert_eq!(first["results"].as_array().unwrap()[..], all[..10]);
    let third = api.get(&format!("{path}?pageSize=10&page=3")).await.json();
    assert_eq!(third["results"].as_array().unwrap()[..], all[20..30]);
    let beyond = api.get(&format!("{path}?pageSize=10&page=5000")).await.expect(200).json();
    assert_eq!(beyond["results"], json!([]));
    assert!(all.windows(2).all(|it| text(&it[0]["requested"]) >= text(&it[1]["requested"])), "newest first");
    let sorted = api.get(&format!("{path}?pageSize=5000&orderBy=-requested")).await.json();
    assert_eq!(sorted["results"].as_array().unwrap().len(), all.len());
    api.endpoint.close().await;
    let size = std::fs::metadata(folder.path().join("sandbox.db")).unwrap().len();
    assert!(size < 200_000, "nothing is kept of a run: {size} bytes");
    let api = Api::with(kept).await;
    let again = api.get(&format!("{path}?pageSize=5000")).await.json();
    assert_eq!(again["results"].as_array().unwrap()[..], all[..], "the same after a restart");
}

#[tokio::test]
async fn hourly_schedules_over_a_century_are_told_as_far_as_anybody_looks() {
    let api = stepped().await;
    let company = api.new_company("Long").await;
    api.linked(&company, "akxx").await;
    let hourly: Vec<Value> =
        ["bills", "company", "invoices"].map(|it| json!({"dataType": it, "syncSchedule": 1})).into();
    api.post(&format!("{company}/syncSettings"), &json!({ "settings": hourly })).await.expect(204);
    pass(&api, "36000d").await;
    let history = api.get(&format!("{company}/data/history?pageSize=2")).await.expect(200).json();
    assert_eq!(history["totalResults"], 50_000, "of some 2.6 million");
    let last = api.get(&format!("{company}/data/history?pageSize=100&page=500")).await.expect(200).json();
    assert_eq!(last["results"].as_array().unwrap().len(), 100);
    let refused = api.get("/_sandbox/happenings?from=2026-01-01T00:00:00Z").await.expect(400);
    refused.error();
    let day = api.get("/_sandbox/happenings?pageSize=1").await.expect(200).json();
    assert!((70..=72).contains(&day["totalResults"].as_u64().unwrap()), "{}", day["totalResults"]);
}
