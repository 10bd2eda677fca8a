//! What each call asks: method, path, query, headers and body (§2.6).

use codat::{
    Company, Write,
    model::{CompanyPatch, NewCompany},
    page::PageRequest,
};
use serde_json::{Value, json};

use super::scripted::{COMPANY, Scripted, company, connection, dataset, key, page, whole};

const CONNECTION: &str = "6f1e0a57-1c0d-4c8b-8d51-0e7c53b0a7b1";

/// Makes a call and says what was asked: the first line, the idempotency key, the body.
macro_rules! asked {
    ($call:ident $(::<$of:ty>)? ($($argument:expr),*)) => {{
        let server = Scripted::answering(|| whole(200, "{}"));
        let _ = server.client.$call $(::<$of>)? ($($argument),*).await;
        let request = server.asked();
        let line = format!("{} {}", request.method(), request.uri().path_and_query().unwrap());
        let key = request.headers().get("idempotency-key").map(|key| key.to_str().unwrap().to_owned());
        let body = serde_json::from_slice::<Value>(request.body()).ok();
        (line, key, body)
    }};
}

fn once() -> Option<String> {
    Some(key().to_string())
}

#[tokio::test]
async fn companies() {
    let at = format!("/companies/{COMPANY}");
    let new = NewCompany { name: "A & B".to_owned(), description: None, tags: Default::default() };
    let patch = CompanyPatch { name: Some("C".to_owned()), ..CompanyPatch::default() };

    let list = asked!(list_companies::<Company>(&page(2, 500)));
    assert_eq!(list, ("GET /companies?page=2&pageSize=500".to_owned(), None, None));
    assert_eq!(asked!(get_company(company())), (format!("GET {at}"), None, None));
    let created = asked!(write(Write::create_company(&new, key())));
    assert_eq!(created, ("POST /companies".to_owned(), once(), Some(json!({ "name": "A & B" }))));
    let updated = asked!(write(Write::update_company(company(), &patch, key())));
    assert_eq!(
        updated,
        (format!("PATCH {at}"), once(), Some(json!({ "name": "C" }))),
        "the rest stays as it is"
    );
    assert_eq!(asked!(write(Write::delete_company(company()))), (format!("DELETE {at}"), None, None));
}

#[tokio::test]
async fn connections() {
    let all = format!("/companies/{COMPANY}/connections");
    let at = format!("{all}/{CONNECTION}");
    assert_eq!(asked!(get_connection(company(), connection())), (format!("GET {at}"), None, None));
    let created = asked!(write(Write::create_connection(company(), "mqjo", key())));
    assert_eq!(created, (format!("POST {all}"), once(), Some(json!({ "platformKey": "mqjo" }))));
    let unlinked = asked!(write(Write::unlink_connection(company(), connection(), key())));
    assert_eq!(unlinked, (format!("PATCH {at}"), once(), Some(json!({ "status": "Unlinked" }))));
    assert_eq!(
        asked!(write(Write::delete_connection(company(), connection()))),
        (format!("DELETE {at}"), None, None)
    );
}

#[tokio::test]
async fn integrations() {
    let list = asked!(list_integrations(&page(1, 100)));
    assert_eq!(list.0, "GET /integrations?page=1&pageSize=100");
}

#[tokio::test]
async fn profile() {
    assert_eq!(asked!(profile()), ("GET /profile".to_owned(), None, None));
}

#[tokio::test]
async fn reads() {
    let at = format!("/companies/{COMPANY}");
    assert_eq!(
        asked!(write(Write::refresh_company(company(), key()))),
        (format!("POST {at}/data/all"), once(), None)
    );
    let all = asked!(write(Write::refresh_data_type(company(), "invoices", None, key())));
    assert_eq!(all, (format!("POST {at}/data/queue/invoices"), once(), None));
    let one =
        asked!(write(Write::refresh_data_type(company(), "banking-accounts", Some(connection()), key())));
    assert_eq!(one.0, format!("POST {at}/data/queue/banking-accounts?connectionId={CONNECTION}"));
    assert_eq!(asked!(data_status(company())).0, format!("GET {at}/dataStatus"));
    assert_eq!(
        asked!(data_history(company(), &page(3, 50))).0,
        format!("GET {at}/data/history?page=3&pageSize=50")
    );
    assert_eq!(
        asked!(pull_operation(company(), dataset())).0,
        format!("GET {at}/data/history/{}", dataset())
    );
}

#[tokio::test]
async fn queries_are_encoded_whole() {
    let request = PageRequest {
        query: Some("name~R&D && created>=2026-01-01T00:00:00+01:00||{a=é#%}".to_owned()),
        order_by: Some("-created".to_owned()),
        ..page(1, 100)
    };
    let line = asked!(list_companies::<Company>(&request)).0;
    assert_eq!(
        line,
        "GET /companies?page=1&pageSize=100&query=name%7ER%26D%20%26%26%20created%3E%3D2026-01-01T00%3A00%3A00\
         %2B01%3A00%7C%7C%7Ba%3D%C3%A9%23%25%7D&orderBy=-created"
    );
}

#[tokio::test]
async fn no_text_leads_to_another_path() {
    let path = |data_type: &str| format!("POST /companies/{COMPANY}/data/queue/{data_type}");
    for (data_type, encoded) in [("a/../b?c#d", "a%2F..%2Fb%3Fc%23d"), ("..", "%252E%252E"), (".", "%252E")] {
        let request = Write::refresh_data_type(company(), data_type, None, key());
        assert_eq!(asked!(write(request)).0, path(encoded));
    }
}

#[tokio::test]
async fn the_key_goes_as_base64_and_is_marked_as_a_secret() {
    let server = Scripted::answering(|| whole(200, "{}"));
    let _ = server.client.profile().await;
    let request = server.asked();
    let header = &request.headers()["authorization"];
    assert_eq!(header, "Basic c2VjcmV0LWtleQ==");
    assert!(header.is_sensitive());
    assert!(!format!("{request:?} {:?}", server.client).contains("c2VjcmV0"), "nor is it printed");
}

#[tokio::test]
async fn a_body_says_that_it_is_json_and_nothing_else_does() {
    let server = Scripted::answering(|| whole(200, "{}"));
    let _ = server.client.write(Write::create_connection(company(), "mqjo", key())).await;
    assert_eq!(server.asked().headers()["content-type"], "application/json; charset=utf-8");
    let _ = server.client.write(Write::refresh_company(company(), key())).await;
    let request = server.asked();
    assert!(request.body().is_empty() && !request.headers().contains_key("content-type"));
}

#[tokio::test]
async fn the_base_may_end_in_a_slash_and_may_have_a_path() {
    for base in ["http://127.0.0.1:8787", "http://127.0.0.1:8787/", "http://127.0.0.1:8787//"] {
        let server = Scripted::at(base, || whole(200, "{}"));
        let _ = server.client.profile().await;
        assert_eq!(server.asked().uri(), "http://127.0.0.1:8787/profile");
    }
    let server = Scripted::at("https://gate.test/codat/", || whole(200, "{}"));
    let _ = server.client.profile().await;
    assert_eq!(server.asked().uri(), "https://gate.test/codat/profile");
}
