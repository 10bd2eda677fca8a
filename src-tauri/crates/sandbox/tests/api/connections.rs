use serde_json::{Value, json};

use crate::support::{Api, NOBODY, company_path, text};

#[tokio::test]
async fn a_new_connection_is_pending_and_has_its_link_url() {
    let api = Api::new().await;
    let company = api.new_company("New").await;
    let made =
        api.post(&format!("{company}/connections"), &json!({"platformKey": "gbol"})).await.expect(200).json();
    assert_eq!(made["status"], "PendingAuth");
    assert_eq!(made["platformName"], "Xero");
    assert_eq!(made["integrationKey"], "gbol");
    assert_eq!(made["sourceType"], "Accounting");
    assert_eq!(made["integrationId"], "0f20c943-12d0-4800-9f6c-d218f62d494c");
    assert_eq!(made["dataConnectionErrors"], json!([]));
    assert!(made.get("lastSync").is_none());
    let path = format!("{company}/connections/{}", text(&made["id"]));
    assert_eq!(made["linkUrl"], format!("http://127.0.0.1:8787{path}/start"));
    assert_eq!(api.get(&path).await.expect(200).json(), made);
    assert_eq!(api.get(&company).await.json()["dataConnections"], json!([made]));
}

#[tokio::test]
async fn keys_that_are_wrong_unknown_or_retired_are_refused() {
    let api = Api::new().await;
    let company = api.new_company("New").await;
    let path = format!("{company}/connections");
    for (key, status, error) in [
        ("toolong", 400, "The specified PlatformKey (toolong) is not valid"),
        ("", 400, "The specified PlatformKey () is not valid"),
        ("zzzz", 404, "No integration was found with key zzzz"),
        ("wvzu", 400, "The integration with key wvzu is not enabled"),
    ] {
        let refused = api.post(&path, &json!({ "platformKey": key })).await.expect(status);
        assert_eq!(refused.error(), error);
    }
}

#[tokio::test]
async fn one_accounting_connection_and_many_others() {
    let api = Api::new().await;
    let company = api.new_company("New").await;
    let path = format!("{company}/connections");
    api.linked(&company, "gbol").await;
    let refused = api.post(&path, &json!({"platformKey": "qhyg"})).await.expect(400);
    assert!(refused.error().contains("already has an active Accounting connection"));
    for key in ["suuo", "upvr", "exgd", "fztf", "hcws"] {
        api.post(&path, &json!({ "platformKey": key })).await.expect(200);
    }
    api.post(&path, &json!({"platformKey": "olpr"})).await.expect(400);
    assert_eq!(api.get(&path).await.json()["totalResults"], 6);
}

#[tokio::test]
async fn only_a_linked_connection_can_be_unlinked() {
    let api = Api::new().await;
    let company = api.new_company("New").await;
    let pending = api.post(&format!("{company}/connections"), &json!({"platformKey": "suuo"})).await.json();
    let pending = format!("{company}/connections/{}", text(&pending["id"]));
    api.patch(&pending, &json!({"status": "Unlinked"})).await.expect(400).error();

    let linked = api.linked(&company, "gbol").await;
    for status in ["Linked", "Deauthorized", "PendingAuth", "nonsense"] {
        api.patch(&linked, &json!({ "status": status })).await.expect(400);
    }
    assert_eq!(api.patch(&linked, &json!({"status": null})).await.expect(200).json()["status"], "Linked");
    assert_eq!(
        api.patch(&linked, &json!({"status": "Unlinked"})).await.expect(200).json()["status"],
        "Unlinked"
    );
    api.patch(&linked, &json!({"status": "Unlinked"})).await.expect(400);
}

#[tokio::test]
async fn authorization_links_and_resolves_what_stood() {
    let api = Api::new().await;
    let company = api.company("Meridian Freight").await;
    let connection = &company["dataConnections"][0];
    assert_eq!(connection["status"], "Deauthorized");
    assert_eq!(connection["dataConnectionErrors"][0]["statusCode"], "401", "a text");
    assert_eq!(connection["dataConnectionErrors"][0]["status"], "Active");
    let path = format!("{}/connections/{}", company_path(&company), text(&connection["id"]));
    let linked =
        api.call("PUT", &format!("{path}/authorization"), r#"{"token":"t"}"#).await.expect(200).json();
    assert_eq!(linked["status"], "Linked");
    assert_eq!(linked["dataConnectionErrors"][0]["status"], "Resolved");
    assert_eq!(linked["dataConnectionErrors"][0]["resolvedOnUtc"], "2026-11-23T09:00:00.0000000Z");
    api.call("PUT", &format!("{path}/authorization"), r#"{"token":1}"#).await.expect(400);
}

#[tokio::test]
async fn an_unlinked_source_of_books_makes_room_but_cannot_come_back_beside_another() {
    let api = Api::new().await;
    let company = api.new_company("New").await;
    let xero = api.linked(&company, "gbol").await;
    api.patch(&xero, &json!({"status": "Unlinked"})).await.expect(200);
    let quickbooks = api.linked(&company, "qhyg").await;
    api.call("PUT", &format!("{xero}/authorization"), "{}").await.expect(400);
    api.delete(&quickbooks).await.expect(200);
    api.call("PUT", &format!("{xero}/authorization"), "{}").await.expect(200);
}

#[tokio::test]
async fn a_deleted_connection_is_gone_and_its_id_is_not_given_again() {
    let api = Api::new().await;
    let company = api.new_company("New").await;
    let path = api.linked(&company, "suuo").await;
    let deleted = api.delete(&path).await.expect(200);
    assert!(deleted.body.is_empty());
    let missing = api.get(&path).await.expect(404);
    assert!(missing.error().starts_with("Data connection ") && missing.error().ends_with(" not found"));
    assert_eq!(missing.json()["service"], "PublicApi");
    assert_eq!(api.get(&company).await.json()["dataConnections"], json!([]));
    assert_ne!(api.linked(&company, "suuo").await, path);
}

#[tokio::test]
async fn a_connection_is_found_under_its_own_company_alone() {
    let api = Api::new().await;
    let (one, two) = (api.new_company("One").await, api.new_company("Two").await);
    let path = api.linked(&one, "suuo").await;
    let elsewhere = path.replace(&one, &two);
    for (method, path) in [
        ("GET", elsewhere.clone()),
        ("DELETE", elsewhere.clone()),
        ("GET", format!("{one}/connections/{NOBODY}")),
    ] {
        api.call(method, &path, "").await.expect(404);
    }
    api.get(&format!("{one}/connections/nonsense")).await.expect(404);
    api.get(&format!("/companies/{NOBODY}/connections")).await.expect(404);
}

#[tokio::test]
async fn connections_are_queried_and_ordered() {
    let api = Api::new().await;
    let company = api.company("Everything Emporium").await;
    let path = format!("{}/connections", company_path(&company));
    let names = |page: Value| -> Vec<String> {
        page["results"].as_array().unwrap().iter().map(|it| text(&it["platformName"]).to_owned()).collect()
    };
    let unlinked = api.get(&format!("{path}?query=status%3Dunlinked")).await.expect(200).json();
    assert_eq!(names(unlinked), ["BigCommerce"]);
    let ordered = names(api.get(&format!("{path}?orderBy=-platformName&pageSize=3")).await.json());
    assert_eq!(ordered, ["Xero", "Stripe", "Square"]);
    api.get(&format!("{path}?query=dataConnectionErrors.status%3DActive")).await.expect(400);
}
