//! Companies, connections and stores to test with.

use std::collections::BTreeMap;

use codat::{
    Company, CompanyId, Connection, ConnectionId, ConnectionStatus, Item, Listed,
    model::{CompanyReference, DataConnectionError, ErrorStatus, SourceType},
};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use tempfile::TempDir;
use uuid::Uuid;

use crate::{CompaniesPage, Sort, SortColumn, Store, View};

/// The instant at which tests happen.
pub(super) fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().expect("an instant")
}

pub(super) fn hours_ago(hours: i64) -> Timestamp {
    now() - SignedDuration::from_hours(hours)
}

pub(super) fn days_ago(days: i64) -> Timestamp {
    hours_ago(24 * days)
}

pub(super) fn company_id(number: u128) -> CompanyId {
    CompanyId(Uuid::from_u128(0xc000_0000_0000_0000_0000_0000_0000_0000 + number))
}

pub(super) fn connection_id(number: u128) -> ConnectionId {
    ConnectionId(Uuid::from_u128(0xd000_0000_0000_0000_0000_0000_0000_0000 + number))
}

pub(super) fn company(number: u128, name: &str) -> Company {
    Company {
        id: company_id(number),
        name: name.to_owned(),
        description: None,
        redirect: "http://127.0.0.1/link".to_owned(),
        last_sync: None,
        created: days_ago(100),
        created_by_user_name: None,
        products: Vec::new(),
        tags: BTreeMap::new(),
        owner_user_ids: Vec::new(),
        reference_parent_company: None,
        reference_subsidiary_companies: Vec::new(),
        data_connections: Vec::new(),
    }
}

pub(super) fn under(mut company: Company, parent: u128) -> Company {
    company.reference_parent_company = Some(CompanyReference {
        id: company_id(parent),
        name: "As the child says it".to_owned(),
        description: None,
        links: BTreeMap::new(),
        tags: BTreeMap::new(),
    });
    company
}

pub(super) fn connected(mut company: Company, connections: impl IntoIterator<Item = Connection>) -> Company {
    company.data_connections.extend(connections);
    company
}

pub(super) fn connection(number: u128, key: &str, platform: &str, status: ConnectionStatus) -> Connection {
    Connection {
        id: connection_id(number),
        integration_id: String::new(),
        integration_key: key.to_owned(),
        source_id: String::new(),
        source_type: SourceType::Accounting,
        platform_name: platform.to_owned(),
        link_url: String::new(),
        status,
        last_sync: None,
        created: days_ago(90),
        data_connection_errors: Vec::new(),
        connection_info: serde_json::Map::new(),
    }
}

pub(super) fn xero(number: u128, status: ConnectionStatus) -> Connection {
    connection(number, "gbol", "Xero", status)
}

pub(super) fn with_error(mut connection: Connection, message: &str) -> Connection {
    connection.data_connection_errors.push(DataConnectionError {
        status_code: "401".to_owned(),
        status_text: "Unauthorized".to_owned(),
        error_message: message.to_owned(),
        errored_on_utc: Some(hours_ago(1)),
        status: Some(ErrorStatus::Active),
        resolved_on_utc: None,
    });
    connection
}

pub(super) fn item<T: Clone + Serialize>(value: &T) -> Item<T> {
    let raw = serde_json::value::to_raw_value(value).expect("JSON");
    Item { value: value.clone(), raw }
}

pub(super) fn items(companies: &[Company]) -> Vec<Item<Listed>> {
    companies.iter().map(|company| item(company).into()).collect()
}

/// A store of its own, in a folder that goes with it.
pub(super) async fn store() -> (TempDir, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("data/workspace.db"), now()).await.expect("a store");
    (folder, store)
}

/// A store with these companies in it.
pub(super) async fn store_of(companies: &[Company]) -> (TempDir, Store) {
    let (folder, store) = store().await;
    store.apply(&items(companies), domain::Cause::Sweep, None, now()).await.expect("applied");
    (folder, store)
}

/// Rows written since the store was opened.
pub(super) async fn rows_written(store: &Store) -> i64 {
    let mut writer = store.database.writer().await.expect("a writer");
    sqlx::query_scalar("SELECT total_changes()").fetch_one(&mut *writer).await.expect("a count")
}

/// A list of a search, by name.
pub(super) fn by_name(search: &str) -> View {
    let sort = Sort { column: SortColumn::Name, descending: false };
    View { search: search.to_owned(), sort, ..View::default() }
}

pub(super) fn names(page: &CompaniesPage) -> Vec<&str> {
    page.rows.iter().map(|row| row.name.as_str()).collect()
}

/// The names that a search finds, by name.
pub(super) async fn found(store: &Store, search: &str) -> Vec<String> {
    let page = store.companies(&by_name(search), now()).await.expect("a list");
    page.rows.into_iter().map(|row| row.name).collect()
}

/// Overwrites a file from the given part of its length on: 3 leaves the first third.
pub(super) fn damage_from(path: &std::path::Path, part: usize) {
    let mut bytes = std::fs::read(path).expect("a file");
    let from = bytes.len() / part;
    bytes[from..].fill(0xa5);
    std::fs::write(path, &bytes).expect("damaged");
}
