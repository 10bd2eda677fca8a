use jiff::SignedDuration;
use serde_json::json;

use crate::support::{Api, company_path};

const KEY: &str = "0f9d7c0e-6a0c-4f43-8a6c-2d3b0a7c1f11";

#[tokio::test]
async fn the_same_request_under_the_same_key_is_carried_out_once() {
    let api = Api::new().await;
    let before = api.companies().await.len();
    let body = json!({"name": "Once"});
    let first = api.keyed(KEY, "POST", "/companies", &body).await.expect(200);
    let again = api.keyed(KEY, "POST", "/companies", &body).await.expect(200);
    assert_eq!(first.body, again.body);
    assert_eq!(first.header("x-correlation-id"), again.header("x-correlation-id"), "it is the first answer");
    assert_eq!(api.companies().await.len(), before + 1);
}

#[tokio::test]
async fn a_kept_answer_is_forgotten_after_90_minutes() {
    let api = Api::new().await;
    let body = json!({"name": "Twice"});
    let first = api.keyed(KEY, "POST", "/companies", &body).await.json();
    api.advance(SignedDuration::from_mins(90) - SignedDuration::from_secs(1));
    assert_eq!(api.keyed(KEY, "POST", "/companies", &body).await.json(), first);
    api.advance(SignedDuration::from_secs(1));
    assert_ne!(api.keyed(KEY, "POST", "/companies", &body).await.json()["id"], first["id"]);
}

#[tokio::test]
async fn another_request_under_the_key_is_422() {
    let api = Api::new().await;
    api.keyed(KEY, "POST", "/companies", &json!({"name": "One"})).await.expect(200);
    api.keyed(KEY, "POST", "/companies", &json!({"name": "Two"})).await.expect(422).error();
    api.keyed(KEY, "POST", "/apiKeys", &json!({"name": "One"})).await.expect(422);
}

#[tokio::test]
async fn errors_are_given_again_too_but_429_releases_the_key() {
    let api = Api::new().await;
    let bad = json!({"name": ""});
    let first = api.keyed(KEY, "POST", "/companies", &bad).await.expect(400);
    assert_eq!(api.keyed(KEY, "POST", "/companies", &bad).await.expect(400).body, first.body);

    let body = json!({"name": "Stored failure"});
    api.post("/_sandbox/faults", &json!([{"status": 500, "times": 1}])).await.expect(201);
    let failed = api.keyed("b", "POST", "/companies", &body).await.expect(500);
    let again = api.keyed("b", "POST", "/companies", &body).await.expect(500);
    assert_eq!(again.body, failed.body, "a stored 500 is replayed though the fault is over");

    api.post("/_sandbox/faults", &json!([{"status": 429, "times": 1}])).await.expect(201);
    api.keyed("c", "POST", "/companies", &body).await.expect(429);
    api.keyed("c", "POST", "/companies", &body).await.expect(200);
}

#[tokio::test]
async fn while_the_first_runs_the_key_is_409() {
    let api = Api::new().await;
    let body = json!({"name": "Slow"});
    api.post("/_sandbox/faults", &json!([{"delayMs": 5_000, "times": 1}])).await.expect(201);
    let first = api.keyed(KEY, "POST", "/companies", &body).await.expect(200);
    api.advance(SignedDuration::from_secs(4));
    api.keyed(KEY, "POST", "/companies", &body).await.expect(409).error();
    api.advance(SignedDuration::from_secs(1));
    assert_eq!(api.keyed(KEY, "POST", "/companies", &body).await.expect(200).body, first.body);
}

#[tokio::test]
async fn a_lost_request_leaves_its_key_free_and_a_dropped_answer_is_kept() {
    let api = Api::new().await;
    let before = api.companies().await.len();
    let body = json!({"name": "Lost and found"});
    api.post("/_sandbox/faults", &json!([{"lost": true, "times": 1}, {"drop": true, "times": 1}]))
        .await
        .expect(201);
    api.keyed(KEY, "POST", "/companies", &body).await;
    assert_eq!(api.companies().await.len(), before, "never carried out; and this list took the second fault");
    api.post("/_sandbox/faults", &json!({"drop": true, "times": 1})).await.expect(201);
    api.keyed(KEY, "POST", "/companies", &body).await;
    api.keyed(KEY, "POST", "/companies", &body).await.expect(200);
    assert_eq!(api.companies().await.len(), before + 1, "carried out once");
}

#[tokio::test]
async fn keys_count_for_post_and_patch_alone() {
    let api = Api::new().await;
    let company = company_path(&api.company("Ochre Studio").await);
    api.keyed(KEY, "PUT", &company, &json!({"name": "A"})).await.expect(200);
    api.keyed(KEY, "PUT", &company, &json!({"name": "B"})).await.expect(200);
    api.keyed(KEY, "PATCH", &company, &json!({"name": "C"})).await.expect(200);
    api.keyed(KEY, "PATCH", &company, &json!({"name": "D"})).await.expect(422);
    assert_eq!(api.get(&company).await.json()["name"], "C");
}

#[tokio::test]
async fn a_409_on_purpose_leaves_the_key_free() {
    let api = Api::new().await;
    let before = api.companies().await.len();
    let body = json!({"name": "Still running"});
    api.post("/_sandbox/faults", &json!({"status": 409, "times": 1})).await.expect(201);
    api.keyed(KEY, "POST", "/companies", &body).await.expect(409);
    api.keyed(KEY, "POST", "/companies", &body).await.expect(200);
    assert_eq!(api.companies().await.len(), before + 1, "the refusal was not kept as the answer");
}

#[tokio::test]
async fn who_is_not_let_in_on_purpose_leaves_the_key_free() {
    let api = Api::new().await;
    let before = api.companies().await.len();
    for (number, status) in [401, 403, 407].into_iter().enumerate() {
        let body = json!({ "name": format!("Let in later {status}") });
        api.post("/_sandbox/faults", &json!({ "status": status, "times": 1 })).await.expect(201);
        let key = format!("door-{status}");
        api.keyed(&key, "POST", "/companies", &body).await.expect(status);
        api.keyed(&key, "POST", "/companies", &body).await.expect(200);
        assert_eq!(api.companies().await.len(), before + number + 1, "it is no answer to the request itself");
    }
}
