use sandbox::Delivery;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::support::{Api, BASIC, NOBODY, company_path, text};

async fn connection_of(api: &Api, name: &str) -> (String, String) {
    let company = api.company(name).await;
    let id = text(&company["dataConnections"][0]["id"]).to_owned();
    (format!("{}/connections/{id}", company_path(&company)), id)
}

#[tokio::test]
async fn connections_are_broken_and_mended_on_purpose() {
    let api = Api::new().await;
    let (path, id) = connection_of(&api, "Ochre Studio").await;
    let act = async |act: &str| {
        api.post(&format!("/_sandbox/connections/{id}/{act}"), &Value::Null).await.expect(200).json()
    };
    let broken = act("deauthorize").await;
    assert_eq!(broken["status"], "Deauthorized");
    assert_eq!(broken["dataConnectionErrors"][0]["statusCode"], "401");
    assert_eq!(api.get(&path).await.json(), broken);
    let linked = act("link").await;
    assert_eq!(
        (&linked["status"], &linked["dataConnectionErrors"][0]["status"]),
        (&json!("Linked"), &json!("Resolved"))
    );
    let failing = act("error").await;
    assert_eq!(
        (&failing["status"], &failing["dataConnectionErrors"][1]["status"]),
        (&json!("Linked"), &json!("Active"))
    );
    assert_eq!(act("unlink").await["status"], "Unlinked");
    api.post(&format!("/_sandbox/connections/{NOBODY}/link"), &Value::Null).await.expect(404);
}

#[tokio::test]
async fn a_company_vanishes_as_if_somebody_else_deleted_it() {
    let api = Api::new().await;
    let company = api.company("Ochre Studio").await;
    let id = text(&company["id"]);
    api.post(&format!("/_sandbox/companies/{id}/vanish"), &Value::Null).await.expect(204);
    api.get(&company_path(&company)).await.expect(404);
}

#[tokio::test]
async fn a_status_fault_meets_its_route_method_and_count() {
    let api = Api::new().await;
    let fault = json!([{"route": "/Companies", "method": "get", "status": 503, "retryAfter": 7, "times": 2}]);
    let set = api.post("/_sandbox/faults", &fault).await.expect(201).json();
    assert_eq!(set["results"][0]["id"], 1);
    api.get("/profile").await.expect(200);
    api.post("/companies", &json!({"name": "Not met"})).await.expect(200);
    let failed = api.get("/companies").await.expect(503);
    assert_eq!(failed.error(), "There is a problem with our server. Please try again later.");
    assert_eq!(failed.header("retry-after"), "7");
    api.get("/companies").await.expect(503);
    api.get("/companies").await.expect(200);
    assert_eq!(api.get("/_sandbox/faults").await.json()["results"], json!([]));
}

#[tokio::test]
async fn a_status_fault_keeps_the_request_from_being_carried_out() {
    let api = Api::new().await;
    let before = api.companies().await.len();
    api.post("/_sandbox/faults", &json!({"status": 500, "method": "POST", "times": 1})).await.expect(201);
    api.post("/companies", &json!({"name": "x"})).await.expect(500);
    assert_eq!(api.companies().await.len(), before);
}

#[tokio::test]
async fn faults_take_a_date_a_body_and_are_taken_away() {
    let api = Api::new().await;
    let date = "Mon, 23 Nov 2026 09:00:30 GMT";
    let faults = json!([{"status": 429, "retryAfter": date}, {"route": "/profile", "status": 402, "body": {"error": "mine"}}]);
    api.post("/_sandbox/faults", &faults).await.expect(201);
    assert_eq!(api.get("/companies").await.expect(429).header("retry-after"), date);
    api.delete("/_sandbox/faults/1").await.expect(204);
    api.get("/companies").await.expect(200);
    assert_eq!(api.get("/profile").await.expect(402).json(), json!({"error": "mine"}));
    api.delete("/_sandbox/faults").await.expect(204);
    api.get("/profile").await.expect(200);
    api.delete("/_sandbox/faults/1").await.expect(404);
    api.delete("/_sandbox/faults").await.expect(204);
}

#[tokio::test]
async fn faults_that_are_none_are_refused() {
    let api = Api::new().await;
    for bad in
        [json!([{"stauts": 500}]), json!([{"status": 1000}]), json!(["x"]), json!(17), json!([{"times": -1}])]
    {
        api.post("/_sandbox/faults", &bad).await.expect(400).error();
    }
    assert_eq!(api.get("/_sandbox/faults").await.json()["results"], json!([]));
}

#[tokio::test]
async fn bodies_are_spoiled_in_each_way() {
    let api = Api::new().await;
    let set = async |fault: Value| drop(api.post("/_sandbox/faults", &fault).await.expect(201));

    set(json!({"wrongType": true, "times": 1})).await;
    let page = api.get("/companies?pageSize=5").await.expect(200).json();
    let odd: Vec<bool> =
        page["results"].as_array().unwrap().iter().map(|it| it["name"].is_number()).collect();
    assert_eq!(odd, [false, false, true, false, false], "one company of the page");

    set(json!({"malformed": true, "times": 1})).await;
    let half = api.get("/companies?pageSize=5").await.expect(200);
    assert!(serde_json::from_slice::<Value>(&half.body).is_err() && !half.body.is_empty());

    set(json!({"html": true, "status": 502, "times": 1})).await;
    let html = api.get("/companies").await.expect(502);
    assert_eq!(html.header("content-type"), "text/html; charset=utf-8");
    assert!(html.text().starts_with("<!doctype html>"));
}

#[tokio::test]
async fn delays_cuts_and_closings_are_data_for_whoever_delivers() {
    let api = Api::new().await;
    api.post("/_sandbox/faults", &json!({"delayMs": 250, "cut": 10, "drop": true})).await.expect(201);
    let request =
        http::Request::get("/companies").header("host", "localhost:8787").header("authorization", BASIC);
    let response = api.endpoint.answer(request.body("".into()).unwrap()).await;
    let delivery = *response.extensions().get::<Delivery>().unwrap();
    assert_eq!(delivery.delay, std::time::Duration::from_millis(250));
    assert_eq!((delivery.cut, delivery.drop), (Some(10), true));
}

#[tokio::test]
async fn the_transport_in_process_closes_and_cuts() {
    let api = Api::new().await;
    let request = || {
        let request = http::Request::get("http://127.0.0.1:8787/companies").header("authorization", BASIC);
        request.body(bytes::Bytes::new()).unwrap()
    };
    api.post("/_sandbox/faults", &json!([{"drop": true, "times": 1}, {"cut": 10, "times": 1}]))
        .await
        .expect(201);
    assert!(api.endpoint.transport().oneshot(request()).await.is_err(), "closed without an answer");
    let cut = api.endpoint.transport().oneshot(request()).await.unwrap();
    assert!(http_body_util::BodyExt::collect(cut.into_body()).await.is_err(), "cut in mid-body");
    let whole = api.endpoint.transport().oneshot(request()).await.unwrap();
    assert!(http_body_util::BodyExt::collect(whole.into_body()).await.is_ok());
}
