use serde_json::{Value, json};

use crate::support::{Api, NOBODY, company_path, text};

#[tokio::test]
async fn a_new_company_answers_200_without_connections_or_last_read() {
    let api = Api::new().await;
    let company = api
        .post("/companies", &json!({"name": "Fresh Start", "description": "d", "tags": {"region": "uk"}}))
        .await
        .expect(200)
        .json();
    assert_eq!(company["dataConnections"], json!([]));
    assert_eq!(company["referenceSubsidiaryCompanies"], json!([]));
    assert_eq!(company["ownerUserIds"], json!([]));
    assert_eq!(company["platform"], "");
    assert_eq!(company["tags"], json!({"region": "uk"}));
    assert_eq!(company["created"], "2026-11-23T09:00:00Z");
    assert_eq!(company["redirect"], format!("http://127.0.0.1:8787/company/{}", text(&company["id"])));
    assert!(company.get("lastSync").is_none(), "left out, not null");
    let read = api.get(&company_path(&company)).await.expect(200).json();
    assert_eq!(read, company);
    assert_eq!(api.companies().await.last(), Some(&company), "new ones come last");
}

#[tokio::test]
async fn nothing_is_ever_null() {
    fn no_null(value: &Value) -> bool {
        match value {
            Value::Null => false,
            Value::Array(items) => items.iter().all(no_null),
            Value::Object(fields) => fields.values().all(no_null),
            Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
        }
    }
    let api = Api::new().await;
    for path in ["/companies?pageSize=5000", "/integrations", "/profile", "/apiKeys"] {
        assert!(no_null(&api.get(path).await.json()), "{path}");
    }
    for company in api.companies().await {
        let path = company_path(&company);
        for path in [format!("{path}/data/history"), format!("{path}/dataStatus")] {
            assert!(no_null(&api.get(&path).await.expect(200).json()), "{path}");
        }
    }
}

#[tokio::test]
async fn forbidden_characters_are_stripped_and_not_refused() {
    let api = Api::new().await;
    for (given, kept) in [
        ("Example Company (Codat[1])", "Example Company Codat1"),
        ("<b>Bold</b> & co", "bBoldb & co"),
        ("\u{1f950} Bakery\u{0}", " Bakery"),
        ("מאפייה", "מאפייה"),
        ("What? Yes! a-b'c@d.e,f", "What? Yes! a-b'c@d.e,f"),
    ] {
        let company = api.post("/companies", &json!({ "name": given })).await.expect(200).json();
        assert_eq!(company["name"], kept);
    }
    let long = "x".repeat(10_000);
    assert_eq!(api.post("/companies", &json!({ "name": long })).await.expect(200).json()["name"], long);
}

#[tokio::test]
async fn a_name_of_which_nothing_stays_is_refused_with_the_item() {
    let api = Api::new().await;
    let before = api.companies().await.len();
    for name in [json!(""), json!("()[]"), json!("  \t"), json!("\u{1f950}"), json!(17), Value::Null] {
        let refused = api.post("/companies", &json!({ "name": name })).await.expect(400);
        refused.error();
        assert_eq!(refused.json()["validation"]["errors"][0]["itemId"], "name", "{name}");
    }
    api.post("/companies", &json!({})).await.expect(400);
    assert_eq!(api.companies().await.len(), before);
}

#[tokio::test]
async fn tags_are_at_most_ten_texts_of_100_characters() {
    let api = Api::new().await;
    let tags = |n: usize| (0..n).map(|at| (format!("k{at}"), json!("v"))).collect::<serde_json::Map<_, _>>();
    let with = |tags: Value| json!({"name": "Tagged", "tags": tags});
    api.post("/companies", &with(tags(10).into())).await.expect(200);
    api.post("/companies", &with(json!({"k": "é".repeat(100)}))).await.expect(200);
    for bad in
        [tags(11).into(), json!({"k": "v".repeat(101)}), json!({"k": 1}), json!({"": "v"}), json!(["k"])]
    {
        let refused = api.post("/companies", &with(bad)).await.expect(400);
        assert_eq!(refused.json()["validation"]["errors"][0]["itemId"], "tags");
    }
}

#[tokio::test]
async fn put_replaces_and_patch_updates() {
    let api = Api::new().await;
    let body = json!({"name": "Before", "description": "d", "tags": {"a": "1"}});
    let path = company_path(&api.post("/companies", &body).await.json());
    let patched = api
        .patch(&path, &json!({"name": "After", "description": null, "tags": null}))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&patched["name"], &patched["description"], &patched["tags"]),
        (&json!("After"), &json!("d"), &json!({"a": "1"}))
    );
    let patched = api.patch(&path, &json!({"tags": {"b": "2"}})).await.expect(200).json();
    assert_eq!((&patched["name"], &patched["tags"]), (&json!("After"), &json!({"b": "2"})));
    let replaced = api.call("PUT", &path, json!({"name": "Anew"}).to_string()).await.expect(200).json();
    assert_eq!(replaced["name"], "Anew");
    assert_eq!(replaced["tags"], json!({}));
    assert!(replaced.get("description").is_none());
    api.call("PUT", &path, json!({"description": "no name"}).to_string()).await.expect(400);
    api.patch(&path, &json!({"name": "[]"})).await.expect(400);
    assert_eq!(api.get(&path).await.json(), replaced, "a refused change changes nothing");
}

#[tokio::test]
async fn a_rename_of_a_generated_company_leaves_its_connections() {
    let api = Api::new().await;
    let before = api.company("Harbour Lane Bakery").await;
    let after = api.patch(&company_path(&before), &json!({"name": "Harbour Lane"})).await.expect(200).json();
    assert_eq!(after["dataConnections"], before["dataConnections"]);
    assert_eq!(after["created"], before["created"]);
}

#[tokio::test]
async fn a_deleted_company_is_gone() {
    let api = Api::new().await;
    let company = api.company("Northwind Traders").await;
    let path = company_path(&company);
    let before = api.companies().await.len();
    let deleted = api.delete(&path).await.expect(204);
    assert!(deleted.body.is_empty());
    assert!(!deleted.headers.contains_key("content-type"));
    let missing = api.get(&path).await.expect(404);
    assert_eq!(missing.error(), format!("No company was found with ID {}", text(&company["id"])));
    assert_eq!(missing.json()["service"], "ClientsApi");
    api.delete(&path).await.expect(404);
    api.patch(&path, &json!({"name": "x"})).await.expect(404);
    api.get(&format!("{path}/connections")).await.expect(404);
    assert_eq!(api.companies().await.len(), before - 1);
}

#[tokio::test]
async fn subsidiaries_and_parent_refer_to_each_other() {
    let api = Api::new().await;
    let parent = api.company("Aurora Dental Group").await;
    let children = parent["referenceSubsidiaryCompanies"].as_array().unwrap();
    assert_eq!(children.len(), 4);
    let first = api.get(&company_path(&children[0])).await.expect(200).json();
    assert_eq!(first["referenceParentCompany"]["id"], parent["id"]);
    assert_eq!(first["referenceParentCompany"]["name"], "Aurora Dental Group");
    assert!(first["referenceParentCompany"]["links"]["portal"].is_string());

    api.delete(&company_path(&first)).await.expect(204);
    let parent = api.get(&company_path(&parent)).await.json();
    assert_eq!(
        parent["referenceSubsidiaryCompanies"].as_array().unwrap().len(),
        3,
        "the parent knows it no longer"
    );

    api.delete(&company_path(&parent)).await.expect(204);
    assert!(
        !api.companies().await.iter().any(|company| text(&company["name"]).starts_with("Aurora Dental")),
        "subsidiaries go with their parent"
    );
}

#[tokio::test]
async fn an_id_that_is_unknown_or_no_uuid_is_404() {
    let api = Api::new().await;
    for id in [NOBODY, "nonsense", "%00", "..%2f.."] {
        for method in ["GET", "PATCH", "PUT", "DELETE"] {
            api.call(method, &format!("/companies/{id}"), r#"{"name":"x"}"#).await.expect(404).error();
        }
    }
}
