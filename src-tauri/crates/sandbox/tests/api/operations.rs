//! The operations that stand by themselves: products, tokens, origins, writes, configurations (§2.9, §2.16,
//! §2.18).

use jiff::{SignedDuration, Timestamp};
use sandbox::Options;
use serde_json::{Value, json};

use crate::support::{Api, NOBODY, options, text};

#[tokio::test]
async fn products_come_and_go_and_only_own_ones_are_refreshed() {
    let api = Api::new().await;
    let company = api.new_company("Products").await;
    api.call("PUT", &format!("{company}/products/BANKING"), "").await.expect(204);
    api.call("PUT", &format!("{company}/products/banking"), "").await.expect(204);
    assert_eq!(api.get(&company).await.json()["products"], json!(["lending", "banking"]));
    api.delete(&format!("{company}/products/lending")).await.expect(204);
    api.delete(&format!("{company}/products/banking")).await.expect(204);
    assert_eq!(api.get(&company).await.json()["products"], json!([]), "the last one may go");
    api.call("PUT", &format!("{company}/products/spaceships"), "").await.expect(400);
    api.call("PUT", &format!("/companies/{NOBODY}/products/banking"), "").await.expect(404);
    api.get(&format!("{company}/products/banking")).await.expect(405);

    api.call("PUT", &format!("{company}/products/bank-feeds"), "").await.expect(204);
    let feeds = api.post(&format!("{company}/products/bank-feeds/refresh"), &json!({})).await.expect(400);
    assert!(feeds.error().starts_with("Bank Feeds doesn't support data refreshing."), "{}", feeds.error());
    api.call("PUT", &format!("{company}/products/custom-risk"), "").await.expect(204);
    api.linked(&company, "gbol").await;
    let refresh = format!("{company}/products/custom-risk/refresh");
    api.post(&refresh, &json!({ "dataTypes": ["invoices"] })).await.expect(202);
    let running = api.post(&refresh, &json!({})).await.expect(400);
    assert!(running.error().starts_with("Data cannot be refreshed while a read operation is in progress."));
    api.advance(SignedDuration::from_mins(5));
    assert_eq!(api.get(&format!("{company}/data/history")).await.json()["totalResults"], 1);
    api.post(&refresh, &Value::Null).await.expect(202);
}

#[tokio::test]
async fn tokens_live_for_a_day_and_the_old_twins_go() {
    let before: Option<Timestamp> = "2026-10-01T00:00:00Z".parse().ok();
    let api = Api::with(Options { now: before, ..options() }).await;
    let company = api.new_company("Embedded").await;
    let token = api.get(&format!("{company}/accessToken")).await.expect(200).json();
    assert_eq!((&token["expiresIn"], &token["tokenType"]), (&json!(86_400), &json!("Bearer")));
    let old = api.get(&format!("{company}/connectionManagement/accessToken")).await.expect(200).json();
    assert_eq!(old, json!({ "accessToken": token["accessToken"] }));
    let cors = json!({ "allowedOrigins": ["https://app.example.com", "http://localhost:3000"] });
    assert_eq!(api.post("/corsSettings", &cors).await.expect(200).json(), cors);
    assert_eq!(api.get("/connectionManagement/corsSettings").await.expect(200).json(), cors);
    api.post("/corsSettings", &json!({ "allowedOrigins": ["not an origin"] })).await.expect(400);
    api.post("/_sandbox/clock", &json!({ "to": "2026-10-13T00:00:00Z" })).await.expect(200);
    let gone = api.get("/connectionManagement/corsSettings").await.expect(404);
    assert_eq!(gone.error(), "NotFound");
    api.get(&format!("{company}/connectionManagement/accessToken")).await.expect(404);
    assert_eq!(api.get("/corsSettings").await.expect(200).json(), cors, "what took their place stays");
    let next = api.get(&format!("{company}/accessToken")).await.expect(200).json();
    assert_ne!(next["accessToken"], token["accessToken"]);
}

#[tokio::test]
async fn writes_of_every_status_are_there_and_can_be_asked_for() {
    let api = Api::new().await;
    let company = crate::support::company_path(&api.company("Harbour Lane Bakery").await);
    let all = api.get(&format!("{company}/push")).await.expect(200).json();
    let writes = all["results"].as_array().unwrap();
    for status in ["Pending", "Failed", "Success", "TimedOut"] {
        let of_it = writes.iter().find(|it| it["status"] == status).unwrap_or_else(|| panic!("no {status}"));
        assert_eq!(of_it["completedOnUtc"].is_string(), status != "Pending");
        assert_eq!(of_it["errorMessage"].is_string(), matches!(status, "Failed" | "TimedOut"));
        assert_eq!(of_it["validation"].is_object(), status == "Failed");
        let key = text(&of_it["pushOperationKey"]);
        assert_eq!(&api.get(&format!("{company}/push/{key}")).await.expect(200).json(), of_it);
    }
    let failed = api
        .get(&format!("{company}/push?query=status%3dFailed&orderBy=requestedOnUtc"))
        .await
        .expect(200)
        .json();
    assert!(failed["results"].as_array().unwrap().iter().all(|it| it["status"] == "Failed"));
    api.get(&format!("{company}/push/{NOBODY}")).await.expect(404);
    api.get(&format!("{company}/push?query=color%3dred")).await.expect(400);
    let fresh = api.new_company("Never written").await;
    assert_eq!(api.get(&format!("{fresh}/push")).await.json()["totalResults"], 0);
    api.advance(SignedDuration::from_hours(2));
    let later = api.get(&format!("{company}/push?query=status%3dPending")).await.expect(200).json();
    assert_eq!(later["totalResults"], 0, "a write has an hour");
}

#[tokio::test]
async fn what_may_be_written_is_told_by_type() {
    let api = Api::new().await;
    let company = api.new_company("Options").await;
    let connection = api.linked(&company, "gbol").await;
    let model = api.get(&format!("{connection}/options/invoices")).await.expect(200).json();
    assert_eq!((&model["type"], &model["required"]), (&json!("Object"), &json!(true)));
    assert_eq!(model["properties"]["lineItems"]["type"], "Array");
    assert_eq!(model["properties"]["lineItems"]["properties"]["accountRef"]["required"], true);
    api.get(&format!("{connection}/options/balanceSheet")).await.expect(404);
    api.get(&format!("{connection}/options/spaceships")).await.expect(400);
    let bank = api.linked(&company, "suuo").await;
    api.get(&format!("{bank}/options/invoices")).await.expect(404);
}

#[tokio::test]
async fn supplemental_and_custom_data_are_configured_and_custom_data_is_read() {
    let api = Api::new().await;
    let path = "/integrations/gbol/DATATYPES/invoices/supplementalDataConfig";
    assert_eq!(api.get(path).await.expect(200).json(), json!({ "supplementalDataConfig": {} }));
    let config = json!({ "supplementalDataConfig": { "orders": { "dataSource": "/Orders", "pullData": { "no": "Number" } } } });
    assert_eq!(api.call("PUT", path, config.to_string()).await.expect(200).json(), config);
    assert_eq!(api.get(path).await.json(), config);
    api.call("PUT", path, r#"{"supplementalDataConfig":{}}"#).await.expect(200);
    assert_eq!(api.get(path).await.json(), json!({ "supplementalDataConfig": {} }), "an empty object resets");
    api.get("/integrations/none/dataTypes/invoices/supplementalDataConfig").await.expect(404);

    let company = api.new_company("Custom").await;
    let connection = api.linked(&company, "gbol").await;
    let queue = format!("{connection}/data/queue/custom/risk");
    api.post(&queue, &Value::Null).await.expect(404);
    let custom =
        json!({ "dataSource": "api/risk", "requiredData": { "score": "$.score" }, "keyBy": ["$.id"] });
    assert_eq!(
        api.call("PUT", "/integrations/gbol/dataTypes/custom/risk", custom.to_string())
            .await
            .expect(200)
            .json(),
        custom
    );
    assert_eq!(api.get("/integrations/gbol/dataTypes/custom/risk").await.expect(200).json(), custom);
    let records = format!("{connection}/data/custom/risk?page=1&pageSize=5");
    api.get(&records).await.expect(409);
    let queued = api.post(&queue, &Value::Null).await.expect(200).json();
    assert_eq!((&queued["dataType"], &queued["status"]), (&json!("custom/risk"), &json!("Initial")));
    api.get(&format!("{connection}/data/custom/risk")).await.expect(400);
    api.advance(SignedDuration::from_secs(10));
    let page = api.get(&records).await.expect(200).json();
    assert_eq!((page["results"].as_array().unwrap().len(), &page["totalResults"]), (5, &json!(12)));
    assert!(page.get("_links").is_none(), "custom data has no links");
    assert!(page["results"][0]["content"]["score"]["value"].is_string());
}

#[tokio::test]
async fn the_identifier_and_the_secret_of_a_deleted_consumer_are_not_given_again() {
    let api = Api::new().await;
    let body = json!({ "url": "http://127.0.0.1:1/x", "eventTypes": ["company.created"] });
    let first = api.post("/webhooks", &body).await.expect(201).json();
    api.delete(&format!("/webhooks/{}", first["id"].as_str().unwrap())).await.expect(204);
    let second = api.post("/webhooks", &body).await.expect(201).json();
    assert_ne!(first["id"], second["id"], "messages to the one must not reach the other");
}
