//! Copies Link URLs to the clipboard.

use app::Code;
use serde_json::json;

use crate::test_app::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_link_url_is_fetched_fresh_and_is_the_one_that_was_asked_for() {
    let test_app = TestApp::start().await;
    let row = test_app.row("\"northwind traders\"").await;
    let company = row["id"].as_str().unwrap();
    let (address, _) = test_app.sandbox();

    let copied = test_app.call("copyLinkUrl", json!({ "company": company })).await.unwrap();
    assert_eq!(copied["text"], format!("{address}/company/{company}"));
    assert_eq!((&copied["copied"], &copied["asOf"]), (&json!(true), &json!(null)));
    assert_eq!(test_app.desktop.clipboard.lock().unwrap().as_deref(), copied["text"].as_str());

    let connection = row["connections"][0]["id"].as_str().unwrap();
    let copied =
        test_app.call("copyLinkUrl", json!({ "company": company, "connection": connection })).await.unwrap();
    assert_eq!(copied["text"], format!("{address}/companies/{company}/connections/{connection}/start"));

    let invite = test_app.call("copyInviteUrl", json!({})).await.unwrap();
    assert_eq!(invite["text"], format!("{address}/invite"));
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_the_last_known_one_is_copied_with_its_age() {
    let test_app = TestApp::start().await;
    let row = test_app.row("\"northwind traders\"").await;
    test_app.fault(json!({ "route": "/companies", "lost": true })).await;
    let copied = test_app.call("copyLinkUrl", json!({ "company": row["id"] })).await.unwrap();
    assert!(copied["asOf"].as_i64().is_some(), "{copied}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_connection_that_was_deleted_elsewhere_nothing_is_copied_and_the_list_follows() {
    let test_app = TestApp::start().await;
    let row = test_app.row("\"northwind traders\"").await;
    let (company, connection) = (row["id"].as_str().unwrap(), row["connections"][0]["id"].as_str().unwrap());
    let path = format!("/companies/{company}/connections/{connection}");
    let (status, answer) = test_app.sandbox_call("DELETE", &path, json!({})).await;
    assert!(status < 300, "{status} {answer}");
    let request = json!({ "company": company, "connection": connection });
    let error = test_app.call("copyLinkUrl", request.clone()).await.unwrap_err();
    assert_eq!(error.code, Code::NotFound);
    assert!(error.message.contains("no longer has this connection"), "{error}");
    assert_eq!(*test_app.desktop.clipboard.lock().unwrap(), None);
    let now = test_app.row("\"northwind traders\"").await;
    assert!(now["connections"].as_array().unwrap().iter().all(|it| it["id"] != connection), "{now}");
    assert!(test_app.call("openLinkUrl", request).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn why_a_link_url_could_not_be_fetched_fresh_is_said_as_it_is() {
    let test_app = TestApp::start().await;
    let row = test_app.row("\"northwind traders\"").await;
    for (status, says) in [(500, "(500)"), (401, "rejected the API key")] {
        test_app.fault(json!({ "status": status, "route": "/companies/", "times": 1 })).await;
        let copied = test_app.call("copyLinkUrl", json!({ "company": row["id"] })).await.unwrap();
        let reason = copied["reason"].as_str().unwrap();
        assert!(reason.contains(says) && !reason.contains("We can’t reach Codat"), "{reason}");
        test_app.no_faults().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_is_gone_there_is_none() {
    let test_app = TestApp::start().await;
    let id = "00000000-0000-4000-8000-000000000000";
    let error = test_app.call("copyLinkUrl", json!({ "company": id })).await.unwrap_err();
    assert_eq!(error.code, Code::NotFound);
    let row = test_app.row("\"northwind traders\"").await;
    let error =
        test_app.call("copyLinkUrl", json!({ "company": row["id"], "connection": id })).await.unwrap_err();
    assert_eq!(error.code, Code::LinkUrlUnknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_secure_web_address_is_neither_copied_nor_opened() {
    let test_app = TestApp::start().await;
    let row = test_app.row("\"northwind traders\"").await;
    let (company, connection) = (&row["id"], &row["connections"][0]["id"]);
    let path = format!("/companies/{}", company.as_str().unwrap());
    let (_, record) = test_app.sandbox_call("GET", &path, json!({})).await;
    for url in
        ["javascript:alert(1)", "file:///etc/passwd", "http://link.codat.io/x", "https://a:b@evil.test/"]
    {
        let mut said = record.clone();
        said["redirect"] = json!(url);
        said["dataConnections"][0]["linkUrl"] = json!(url);
        test_app.fault(json!({ "method": "GET", "route": path, "status": 200, "body": said })).await;
        for asked in [json!({ "company": company }), json!({ "company": company, "connection": connection })]
        {
            for command in ["copyLinkUrl", "openLinkUrl"] {
                let error = test_app.call(command, asked.clone()).await.unwrap_err();
                assert_eq!(error.code, Code::LinkUrlUnknown, "{command} {url}");
            }
        }
        test_app.no_faults().await;
    }
    assert_eq!(test_app.desktop.clipboard.lock().unwrap().as_deref(), None);
}
