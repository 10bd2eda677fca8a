use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Api, NOBODY, text};

const SECONDS: SignedDuration = SignedDuration::from_secs(1);

async fn bank() -> (Api, String, String) {
    let api = Api::new().await;
    let company = api.new_company("Read").await;
    let connection = api.linked(&company, "suuo").await;
    (api, company, connection)
}

#[tokio::test]
async fn a_queued_type_passes_its_stages_and_moves_last_sync_at_the_end() {
    let (api, company, connection) = bank().await;
    let queued =
        api.post(&format!("{company}/data/queue/banking-accounts"), &Value::Null).await.expect(200).json();
    assert_eq!((&queued["status"], &queued["progress"]), (&json!("Initial"), &json!(10)));
    assert_eq!((&queued["isCompleted"], &queued["isErrored"]), (&json!(false), &json!(false)));
    assert!(queued.get("completed").is_none());
    let path = format!("{company}/data/history/{}", text(&queued["id"]));
    let mut stages = Vec::new();
    for _ in 0..200 {
        let now = api.get(&path).await.expect(200).json();
        if stages.last() != Some(&now["status"]) {
            stages.push(now["status"].clone());
        }
        let synced = api.get(&connection).await.json().get("lastSync").cloned();
        assert_eq!(synced, now.get("completed").cloned(), "lastSync moves when the read completes");
        assert_eq!(api.get(&company).await.json().get("lastSync"), now.get("completed"));
        api.advance(SignedDuration::from_millis(50));
    }
    let expected = [
        "Initial",
        "Queued",
        "Fetching",
        "MapQueued",
        "Mapping",
        "ValidationQueued",
        "Validating",
        "ProcessingQueued",
        "Processing",
        "Complete",
    ];
    assert_eq!(stages, expected.map(Value::from));
    let done = api.get(&path).await.json();
    assert_eq!((&done["progress"], &done["isCompleted"]), (&json!(100), &json!(true)));
}

#[tokio::test]
async fn refreshing_all_queues_every_type_of_the_linked_connections() {
    let (api, company, _) = bank().await;
    let shop = api.linked(&company, "exgd").await;
    api.patch(&shop, &json!({"status": "Unlinked"})).await.expect(200);
    let all = api.post(&format!("{company}/data/all"), &Value::Null).await.expect(204);
    assert!(all.body.is_empty());
    let history = api.get(&format!("{company}/data/history")).await.expect(200).json();
    assert_eq!(history["totalResults"], 4, "four types of the bank, none of the unlinked shop");
    api.advance(SECONDS * 10);
    let status = api.get(&format!("{company}/dataStatus")).await.expect(200).json();
    assert_eq!(status.as_object().unwrap().len(), 4);
    let accounts = &status["banking-accounts"];
    assert_eq!(accounts["currentStatus"], "Complete");
    assert_eq!(accounts["latestSyncId"], accounts["latestSuccessfulSyncId"]);
    assert!(accounts["lastSuccessfulSync"].is_string());
}

#[tokio::test]
async fn a_type_that_is_being_read_is_not_queued_twice() {
    let (api, company, _) = bank().await;
    let path = format!("{company}/data/queue/banking-accounts");
    let first = api.post(&path, &Value::Null).await.expect(200).json();
    let refused = api.post(&path, &Value::Null).await.expect(400);
    let company_id = company.trim_start_matches("/companies/");
    assert_eq!(
        refused.error(),
        format!(
            "DatasetAlreadyInProgressException: Cannot queue banking-accounts sync for {company_id} as previous sync {} is still in progress",
            text(&first["id"])
        )
    );
    assert_eq!(refused.json()["service"], "PullApi");
    api.post(&format!("{company}/data/all"), &Value::Null).await.expect(204);
    let history = api.get(&format!("{company}/data/history?query=dataType%3Dbanking-accounts")).await.json();
    assert_eq!(history["totalResults"], 1, "one that runs is left alone");
    api.advance(SECONDS * 10);
    api.post(&path, &Value::Null).await.expect(200);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused() {
    let (api, company, connection) = bank().await;
    let id = connection.rsplit('/').next().unwrap();
    for path in [
        format!("{company}/data/queue/invoices"),
        format!("{company}/data/queue/spaceships"),
        format!("{company}/data/queue/invoices?connectionId={id}"),
    ] {
        api.post(&path, &Value::Null).await.expect(400).error();
    }
    api.post(&format!("{company}/data/queue/banking-accounts?connectionId={NOBODY}"), &Value::Null)
        .await
        .expect(404);
    api.patch(&connection, &json!({"status": "Unlinked"})).await.expect(200);
    api.post(&format!("{company}/data/queue/banking-accounts?connectionId={id}"), &Value::Null)
        .await
        .expect(400);
    api.post(&format!("{company}/data/all"), &Value::Null).await.expect(204);
    assert_eq!(api.get(&format!("{company}/data/history")).await.json()["totalResults"], 0);
    assert_eq!(
        api.get(&format!("{company}/dataStatus")).await.json(),
        json!({}),
        "never asked for: left out"
    );
    api.get(&format!("{company}/data/history/{NOBODY}")).await.expect(404);
    api.get(&format!("{company}/data/history?query=isCompleted%3Dtrue")).await.expect(400);
}

#[tokio::test]
async fn access_withdrawn_in_mid_read_ends_it_in_an_auth_error() {
    let (api, company, connection) = bank().await;
    api.post(&format!("{company}/data/queue/banking-accounts"), &Value::Null).await.expect(200);
    api.advance(SignedDuration::from_millis(500));
    let id = connection.rsplit('/').next().unwrap();
    api.post(&format!("/_sandbox/connections/{id}/deauthorize"), &Value::Null).await.expect(200);
    api.advance(SECONDS * 10);
    let history = api.get(&format!("{company}/data/history")).await.json();
    let read = &history["results"][0];
    assert_eq!(
        (&read["status"], &read["isErrored"], &read["isCompleted"]),
        (&json!("AuthError"), &json!(true), &json!(false))
    );
    let status = api.get(&format!("{company}/dataStatus")).await.json();
    assert!(status["banking-accounts"].get("lastSuccessfulSync").is_none());
    assert!(api.get(&connection).await.json().get("lastSync").is_none());
}

#[tokio::test]
async fn companies_that_were_read_before_have_a_history() {
    let api = Api::new().await;
    let company = api.company("Harbour Lane Bakery").await;
    let path = format!("/companies/{}/data/history", text(&company["id"]));
    let history =
        api.get(&format!("{path}?query=status%3DComplete&orderBy=-completed&pageSize=5000")).await.json();
    assert_eq!(history["results"][0]["completed"], company["lastSync"]);
    assert_eq!(history["totalResults"], 28 + 11 + 4);
}

/// The newest read of each type of a company's connection to a platform.
async fn newest(api: &Api, company: &str, key: &str) -> std::collections::BTreeMap<String, Value> {
    let company = api.company(company).await;
    let mut connections = company["dataConnections"].as_array().unwrap().iter();
    let connection = connections.find(|it| it["integrationKey"] == key).unwrap();
    let path = format!(
        "/companies/{}/data/history?pageSize=5000&query=connectionId%3D{}",
        text(&company["id"]),
        text(&connection["id"])
    );
    let history = api.get(&path).await.expect(200).json();
    let mut newest = std::collections::BTreeMap::new();
    for read in history["results"].as_array().unwrap() {
        newest.entry(text(&read["dataType"]).to_owned()).or_insert_with(|| read.clone());
    }
    newest
}

#[tokio::test]
async fn every_status_stage_and_error_occurs_when_the_world_begins() {
    let api = Api::new().await;
    let mut seen = std::collections::BTreeSet::new();
    let mut paused = 0;
    for company in api.companies().await {
        let path = format!("/companies/{}/data/history?pageSize=5000", text(&company["id"]));
        for read in api.get(&path).await.expect(200).json()["results"].as_array().unwrap() {
            let status = text(&read["status"]);
            seen.insert(status.to_owned());
            let neutral = ["Complete", "NotSupported", "Cancelled"].contains(&status);
            let over = read.get("completed").is_some();
            assert_eq!(read["isErrored"], json!(over && !neutral), "{read}");
            assert_eq!(read["isCompleted"], json!(status == "Complete"), "{read}");
            assert_eq!(
                read.get("errorMessage").is_some(),
                over && !["Complete", "NotSupported"].contains(&status)
            );
            paused += u32::from(read.get("statusDescription").is_some());
        }
    }
    let all = [
        "Initial",
        "Queued",
        "Fetching",
        "MapQueued",
        "Mapping",
        "ValidationQueued",
        "Validating",
        "ProcessingQueued",
        "Processing",
        "Complete",
        "NotSupported",
        "Cancelled",
        "FetchError",
        "MapError",
        "ValidationError",
        "ProcessingError",
        "InternalError",
        "AuthError",
        "RateLimitError",
        "PermissionsError",
        "PrerequisiteNotMet",
    ];
    assert_eq!(seen, all.into_iter().map(str::to_owned).collect());
    assert!(paused > 0, "one of them is paused");
}

#[tokio::test]
async fn troubled_books_fail_in_every_way_each_time_they_are_read() {
    let api = Api::new().await;
    let before = newest(&api, "Granite Peak Outfitters", "qhyg").await;
    let company = api.company("Granite Peak Outfitters").await;
    let path = format!("/companies/{}", text(&company["id"]));
    api.post(&format!("{path}/data/all"), &Value::Null).await.expect(204);
    api.advance(SECONDS * 30);
    let after = newest(&api, "Granite Peak Outfitters", "qhyg").await;
    for (data_type, expected) in [
        ("accountTransactions", "RateLimitError"),
        ("billPayments", "ProcessingError"),
        ("bills", "Complete"),
        ("customers", "Complete"),
        ("invoices", "ValidationError"),
        ("itemReceipts", "NotSupported"),
        ("journals", "InternalError"),
        ("payments", "MapError"),
        ("purchaseOrders", "PrerequisiteNotMet"),
        ("salesOrders", "PermissionsError"),
        ("trackingCategories", "FetchError"),
        ("transfers", "Cancelled"),
    ] {
        assert_eq!(before[data_type]["status"], expected, "{data_type}");
        assert_eq!(after[data_type]["status"], expected, "{data_type}");
        assert_ne!(before[data_type]["id"], after[data_type]["id"]);
    }
    let status = api.get(&format!("{path}/dataStatus")).await.expect(200).json();
    let invoices = &status["invoices"];
    assert_eq!(invoices["currentStatus"], "ValidationError");
    assert_ne!(invoices["latestSyncId"], invoices["latestSuccessfulSyncId"], "failed after a success");
    assert_eq!(invoices["latestSyncId"], after["invoices"]["id"]);
    assert!(invoices["lastSuccessfulSync"].is_string());
    let payments = &status["payments"];
    assert!(payments.get("lastSuccessfulSync").is_none() && payments.get("latestSuccessfulSyncId").is_none());
    assert_eq!(payments["latestSyncId"], after["payments"]["id"], "the first failed already");
}

#[tokio::test]
async fn validation_tells_errors_and_warnings() {
    let api = Api::new().await;
    let company = api.company("Granite Peak Outfitters").await;
    let path = format!("/companies/{}", text(&company["id"]));
    let reads = newest(&api, "Granite Peak Outfitters", "qhyg").await;
    let outcome = async |data_type: &str| {
        let id = text(&reads[data_type]["id"]);
        api.get(&format!("{path}/sync/{id}/validation")).await.expect(200).json()
    };
    let counts = |outcome: &Value| {
        let count = |list: &str| outcome[list].as_array().unwrap().len();
        (count("errors"), count("warnings"))
    };
    let invoices = outcome("invoices").await;
    assert_eq!(counts(&invoices), (2, 1));
    let item = &invoices["errors"][0];
    assert_eq!(item["ruleId"], "accounting-invoice-030");
    assert_eq!(item["validatorName"], "InvoiceValidator");
    assert!(item["itemId"].is_string() && text(&item["message"]).starts_with("The lines add up to "));
    assert_eq!(counts(&outcome("bills").await), (0, 3), "warnings block nothing");
    assert_eq!(outcome("customers").await, json!({"errors": [], "warnings": []}));
    let queued = api.post(&format!("{path}/data/queue/invoices"), &Value::Null).await.expect(200).json();
    let late = format!("{path}/sync/{}/validation", text(&queued["id"]));
    assert_eq!(counts(&api.get(&late).await.expect(200).json()), (0, 0), "nothing is known before");
    api.advance(SECONDS * 10);
    assert_eq!(counts(&api.get(&late).await.expect(200).json()), (2, 1));
    api.get(&format!("{path}/sync/{NOBODY}/validation")).await.expect(404).error();
    api.post(&format!("{path}/sync/{NOBODY}/validation"), &Value::Null).await.expect(405);
}

#[tokio::test]
async fn a_source_that_limits_its_readers_pauses_a_read_which_goes_on() {
    let api = Api::new().await;
    let company = api.company("Birch & Bloom Florists").await;
    let path = format!("/companies/{}", text(&company["id"]));
    let queued =
        api.post(&format!("{path}/data/queue/commerce-orders"), &Value::Null).await.expect(200).json();
    let read = async || api.get(&format!("{path}/data/history/{}", text(&queued["id"]))).await.json();
    let (mut stages, mut described) = (Vec::new(), Vec::new());
    for _ in 0..600 {
        let now = read().await;
        if stages.last() != Some(&now["status"]) {
            stages.push(now["status"].clone());
        }
        if let Some(text) = now.get("statusDescription") {
            assert_eq!(now["status"], "Fetching");
            described.push(text.as_str().unwrap().to_owned());
        }
        api.advance(SignedDuration::from_millis(100));
    }
    assert_eq!(stages.len(), 10, "every stage, once: {stages:?}");
    assert_eq!(stages.last().unwrap(), "Complete");
    assert!((390..=410).contains(&described.len()), "40 seconds: {}", described.len());
    described.dedup();
    assert_eq!(described.len(), 1);
    assert!(described[0].starts_with("Paused until 2026-11-23T09:00:4") && described[0].ends_with('Z'));
}

#[tokio::test]
async fn an_offline_connector_waits_in_the_queue_until_its_computer_is_on() {
    let api = Api::new().await;
    let company = api.new_company("Offline").await;
    let connection = api.linked(&company, "pqsw").await;
    let offline = api.get("/integrations/pqsw").await.json();
    assert_eq!(offline["isOfflineConnector"], true);
    let queued = api.post(&format!("{company}/data/queue/bills"), &Value::Null).await.expect(200).json();
    let path = format!("{company}/data/history/{}", text(&queued["id"]));
    api.advance(SignedDuration::from_hours(9) + SignedDuration::from_mins(59));
    let waiting = api.get(&path).await.json();
    assert_eq!((&waiting["status"], &waiting["progress"]), (&json!("Queued"), &json!(10)));
    api.post(&format!("{company}/data/queue/bills"), &Value::Null).await.expect(400);
    api.advance(SignedDuration::from_mins(1));
    assert_eq!(api.get(&path).await.json()["status"], "Fetching", "at 19:00");
    api.advance(SECONDS * 10);
    assert_eq!(api.get(&path).await.json()["status"], "Complete");
    assert!(api.get(&connection).await.json()["lastSync"].is_string());
}

#[tokio::test]
async fn a_read_that_finds_the_access_withdrawn_deauthorizes_the_connection() {
    let api = Api::new().await;
    let company = api.company("Cafe Noir").await;
    let path = format!("/companies/{}", text(&company["id"]));
    assert_eq!(company["dataConnections"][0]["status"], "Linked");
    let read = api.post(&format!("{path}/data/queue/bills"), &Value::Null).await.expect(200).json();
    api.advance(SECONDS * 10);
    let read = api.get(&format!("{path}/data/history/{}", text(&read["id"]))).await.json();
    assert_eq!(read["status"], "AuthError");
    let after = api.get(&path).await.json();
    let connection = &after["dataConnections"][0];
    assert_eq!(connection["status"], "Deauthorized");
    assert_eq!(connection["dataConnectionErrors"][0]["erroredOnUtc"], read["completed"], "at that instant");
    assert_eq!(connection["lastSync"], company["dataConnections"][0]["lastSync"], "success alone moves it");
    let one = format!("{path}/connections/{}", text(&connection["id"]));
    api.call("PUT", &format!("{one}/authorization"), "{}").await.expect(200);
    api.post(&format!("{path}/data/queue/bills"), &Value::Null).await.expect(200);
    api.advance(SECONDS * 10);
    let healed = api.get(&one).await.json();
    assert_eq!(
        (&healed["status"], &healed["dataConnectionErrors"][0]["status"]),
        (&json!("Linked"), &json!("Resolved"))
    );
    assert!(text(&healed["lastSync"]) > text(&read["completed"]));
}

#[tokio::test]
async fn unlinking_cancels_what_is_being_read() {
    let (api, company, connection) = bank().await;
    api.post(&format!("{company}/data/all"), &Value::Null).await.expect(204);
    api.advance(SECONDS);
    api.patch(&connection, &json!({"status": "Unlinked"})).await.expect(200);
    api.advance(SECONDS * 10);
    let history = api.get(&format!("{company}/data/history")).await.json();
    for read in history["results"].as_array().unwrap() {
        assert_eq!((&read["status"], &read["isErrored"]), (&json!("Cancelled"), &json!(false)));
    }
    assert!(api.get(&connection).await.json().get("lastSync").is_none());
}

#[tokio::test]
async fn busy_reads_move_on_by_themselves() {
    let api = Api::new().await;
    let before = newest(&api, "Old Mill Brewing", "qhyg").await;
    assert_eq!(before["transfers"]["status"], "Processing");
    let newest_of_all = async || {
        let page = api.get("/companies?orderBy=-lastSync&pageSize=1").await.expect(200).json();
        text(&page["results"][0]["name"]).to_owned()
    };
    assert_eq!(newest_of_all().await, "Harbour Lane Bakery");
    let company = api.company("Old Mill Brewing").await;
    api.advance(SignedDuration::from_hours(3));
    let after = newest(&api, "Old Mill Brewing", "qhyg").await;
    assert_eq!(after["transfers"]["status"], "Complete");
    assert_eq!(after["accountTransactions"]["status"], "Fetching");
    assert_eq!(api.company("Old Mill Brewing").await["lastSync"], after["transfers"]["completed"]);
    assert_ne!(company["lastSync"], after["transfers"]["completed"]);
    assert_eq!(newest_of_all().await, "Old Mill Brewing", "a kept order does not outlive a read");
}

#[tokio::test]
async fn what_happened_is_told_in_order() {
    let (api, company, connection) = bank().await;
    let from = "2026-11-23T09:00:00Z";
    api.post(&format!("{company}/data/all"), &Value::Null).await.expect(204);
    api.advance(SignedDuration::from_hours(95 * 24));
    let path = format!("/_sandbox/happenings?pageSize=5000&from={from}");
    let all = api.get(&path).await.expect(200).json();
    let all = all["results"].as_array().unwrap();
    assert!(all.windows(2).all(|it| text(&it[0]["at"]) <= text(&it[1]["at"])), "in order");
    let id = company.rsplit('/').next().unwrap();
    let ours: Vec<&Value> = all.iter().filter(|it| it["companyId"] == id).collect();
    let what: Vec<&str> = ours.iter().map(|it| text(&it["what"])).collect();
    assert_eq!(what, ["read", "read", "read", "read", "deauthorized"], "a consent of 90 days");
    assert!(ours[..4].iter().all(|it| it["status"] == "Complete"));
    let error = &api.get(&connection).await.json()["dataConnectionErrors"][0];
    assert_eq!(ours[4]["at"], error["erroredOnUtc"]);
    let split = text(&ours[1]["at"]);
    let first = api.get(&format!("{path}&to={split}")).await.json()["results"].as_array().unwrap().len();
    let second = format!("/_sandbox/happenings?pageSize=5000&from={split}");
    let second = api.get(&second).await.json()["results"].as_array().unwrap().len();
    assert_eq!(first + second, all.len(), "no instant is told twice or not at all");
    api.get("/_sandbox/happenings?from=once").await.expect(400);
}
