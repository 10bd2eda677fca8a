//! Connections (§2.8).

use http::Method;
use serde_json::json;
use uuid::Uuid;

use super::{Client, Outcome, call::Call};
use crate::{
    id::{CompanyId, ConnectionId},
    model::Connection,
    page::{Item, Page, PageRequest},
};

impl Client {
    /// `GET /companies/{companyId}/connections`
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn list_connections(
        &self,
        company: CompanyId,
        page: &PageRequest,
    ) -> Outcome<Page<Connection>> {
        let call = Call::page(format!("/companies/{company}/connections"), page);
        self.fetch(call, |bytes| Page::read(bytes, page)).await
    }

    /// `GET /companies/{companyId}/connections/{connectionId}`
    ///
    /// # Errors
    /// Those of §2.5; 404 if the company or connection was deleted.
    pub async fn get_connection(
        &self,
        company: CompanyId,
        connection: ConnectionId,
    ) -> Outcome<Item<Connection>> {
        self.fetch(Call::get(path(company, connection)), Item::read).await
    }

    /// `POST /companies/{companyId}/connections`: creates a connection that is not authorized yet.
    ///
    /// # Errors
    /// Those of §2.5; 400 or 404 if there is no integration with this key.
    pub async fn create_connection(
        &self,
        company: CompanyId,
        platform_key: &str,
        key: Uuid,
    ) -> Outcome<Item<Connection>> {
        let call = Call::new(Method::POST, format!("/companies/{company}/connections"))
            .json(&json!({ "platformKey": platform_key }))
            .once(key);
        self.fetch(call, Item::read).await
    }

    /// `PATCH /companies/{companyId}/connections/{connectionId}`: unlinks a linked connection.
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn unlink_connection(
        &self,
        company: CompanyId,
        connection: ConnectionId,
        key: Uuid,
    ) -> Outcome<Item<Connection>> {
        let call = Call::new(Method::PATCH, path(company, connection))
            .json(&json!({ "status": "Unlinked" }))
            .once(key);
        self.fetch(call, Item::read).await
    }

    /// `DELETE /companies/{companyId}/connections/{connectionId}`: irreversible.
    ///
    /// # Errors
    /// Those of §2.5; 404 if it was deleted already.
    pub async fn delete_connection(&self, company: CompanyId, connection: ConnectionId) -> Outcome<()> {
        self.accomplish(Call::new(Method::DELETE, path(company, connection))).await
    }
}

fn path(company: CompanyId, connection: ConnectionId) -> String {
    format!("/companies/{company}/connections/{connection}")
}
