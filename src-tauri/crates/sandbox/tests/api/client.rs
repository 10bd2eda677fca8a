//! The project's own client, over the sandbox in process.

use std::collections::BTreeSet;

use codat::{
    Client, Color, Company, Page, Write,
    client::ApiKey,
    model::{CompanyPatch, ConnectionStatus, NewCompany},
    page::PageRequest,
    status,
};
use serde_json::json;
use uuid::Uuid;

use crate::support::Api;

fn client(api: &Api) -> Client {
    Client::new("http://127.0.0.1:8787", ApiKey::new("sandbox").unwrap(), api.endpoint.transport())
}

fn page(page_size: u32) -> PageRequest {
    PageRequest { page: 1, page_size, query: None, order_by: None }
}

#[tokio::test]
async fn it_reads_every_company_and_sees_every_color() {
    let api = Api::new().await;
    let read: Page<Company> = client(&api).list_companies(&page(5_000)).await.unwrap().value;
    assert!(read.unreadable.is_empty(), "{:?}", read.unreadable);
    assert_eq!(u64::try_from(read.results.len()).unwrap(), read.total_results);
    let colors: BTreeSet<Color> =
        read.results.iter().map(|item| status::company_color(&item.value)).collect();
    assert_eq!(colors, BTreeSet::from(Color::ALL));
}

#[tokio::test]
async fn every_call_of_it_is_understood() {
    let api = Api::new().await;
    let client = client(&api);
    let key = |n: u128| Uuid::from_u128(n);
    let new = NewCompany {
        name: "Client".to_owned(),
        description: None,
        tags: [("a".to_owned(), "b".to_owned())].into(),
    };
    let company = client.write(Write::create_company(&new, key(1))).await.unwrap().value.value;
    let patch = CompanyPatch { name: Some("Renamed".to_owned()), ..CompanyPatch::default() };
    assert_eq!(
        client.write(Write::update_company(company.id, &patch, key(2))).await.unwrap().value.value.name,
        "Renamed"
    );
    let connection =
        client.write(Write::create_connection(company.id, "suuo", key(3))).await.unwrap().value.value;
    assert_eq!(connection.status, ConnectionStatus::PendingAuth);
    api.post(&format!("/_sandbox/connections/{}/link", connection.id), &json!({})).await.expect(200);
    client.write(Write::refresh_company(company.id, key(4))).await.unwrap();
    api.advance(jiff::SignedDuration::from_secs(10));
    assert_eq!(client.data_status(company.id).await.unwrap().value.len(), 4);
    let history = client.data_history(company.id, &page(10)).await.unwrap().value;
    assert_eq!((history.results.len(), history.unreadable.len()), (4, 0));
    let queued = client
        .write(Write::refresh_data_type(company.id, "banking-accounts", Some(connection.id), key(5)))
        .await
        .unwrap()
        .value;
    client.pull_operation(company.id, queued.id).await.unwrap();
    assert_eq!(client.get_company(company.id).await.unwrap().value.value.data_connections.len(), 1);
    client.write(Write::unlink_connection(company.id, connection.id, key(6))).await.unwrap();
    client.write(Write::delete_connection(company.id, connection.id)).await.unwrap();
    client.get_connection(company.id, connection.id).await.unwrap_err();
    client.write(Write::delete_company(company.id)).await.unwrap();
    client.get_company(company.id).await.unwrap_err();
    let integrations = client.list_integrations(&page(500)).await.unwrap().value;
    assert!(integrations.unreadable.is_empty() && integrations.results.len() > 40);
    let profile = client.profile().await.unwrap();
    assert!(profile.meta.rate_limit.is_some() && profile.meta.correlation_id.is_some());
}

#[tokio::test]
async fn it_tells_the_failures_apart() {
    let api = Api::new().await;
    let client = client(&api);
    let faults = json!([{"wrongType": true, "times": 1}, {"cut": 500, "times": 1}, {"malformed": true, "times": 1}, {"html": true, "times": 1}]);
    api.post("/_sandbox/faults", &faults).await.expect(201);
    let spoiled: Page<Company> = client.list_companies(&page(10)).await.unwrap().value;
    assert_eq!(
        (spoiled.unreadable.len(), spoiled.results.len()),
        (1, 9),
        "one company is left out, not the page"
    );
    for _ in 0..3 {
        client.list_companies::<Company>(&page(10)).await.unwrap_err();
    }
    client.list_companies::<Company>(&page(10)).await.unwrap();
}
