use crate::support::{Api, text};

#[tokio::test]
async fn the_catalogue_is_listed_and_queried() {
    let api = Api::new().await;
    let enabled =
        api.get("/integrations?query=sourceType%3DAccounting%26%26enabled%3Dtrue").await.expect(200).json();
    let results = enabled["results"].as_array().unwrap();
    assert!(results.iter().all(|it| it["sourceType"] == "Accounting" && it["enabled"] == true));
    assert!(results.iter().any(|it| it["name"] == "Xero"));
    assert!(!results.iter().any(|it| it["name"] == "KashFlow"), "retired ones are not enabled");
}

#[tokio::test]
async fn an_integration_has_both_spellings_its_counts_and_its_pictures() {
    let api = Api::new().await;
    let xero = api.get("/integrations/gbol").await.expect(200).json();
    assert_eq!(xero["datatypeFeatures"][0]["datatype"], xero["datatypeFeatures"][0]["dataType"]);
    assert_eq!(xero["logoUrl"], "https://static.codat.io/public/platforms/gbol.png");
    assert!(xero["linkedConnectionsCount"].as_u64() <= xero["totalConnectionsCount"].as_u64());
    assert_eq!(api.get("/integrations/hbql").await.json()["isOfflineConnector"], true);
    let branding = api.get("/integrations/gbol/branding").await.expect(200).json();
    assert!(text(&branding["logo"]["square"]["image"]["src"]).starts_with("https://static.codat.io/"));
    assert_eq!(branding["button"], serde_json::json!({}));
    for path in ["/integrations/zzzz", "/integrations/zzzz/branding"] {
        assert_eq!(api.get(path).await.expect(404).error(), "No integration was found with key zzzz");
    }
}

#[tokio::test]
async fn counts_follow_the_connections() {
    let api = Api::new().await;
    let count =
        async || api.get("/integrations/rvam").await.json()["linkedConnectionsCount"].as_u64().unwrap();
    assert_eq!(count().await, 0);
    let company = api.new_company("Counted").await;
    api.linked(&company, "rvam").await;
    assert_eq!(count().await, 1);
    api.delete(&company).await.expect(204);
    assert_eq!(count().await, 0);
}
