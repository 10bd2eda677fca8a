//! Connections (§2.8).

use http::Method;
use serde_json::json;
use uuid::Uuid;

use super::{Client, Outcome, Write, call::Call};
use crate::{
    id::{CompanyId, ConnectionId},
    model::Connection,
    page::Item,
};

impl Client {
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
}

impl Write<Item<Connection>> {
    /// `POST /companies/{companyId}/connections`: creates a connection that is not authorized yet. 400 or 404 if there
    /// is no integration with this key.
    pub fn create_connection(company: CompanyId, platform_key: &str, key: Uuid) -> Self {
        let call = Call::new(Method::POST, format!("/companies/{company}/connections"))
            .json(&json!({ "platformKey": platform_key }))
            .once(key);
        Self::new(call, Item::read)
    }

    /// `PATCH /companies/{companyId}/connections/{connectionId}`: unlinks a linked connection.
    pub fn unlink_connection(company: CompanyId, connection: ConnectionId, key: Uuid) -> Self {
        let call = Call::new(Method::PATCH, path(company, connection))
            .json(&json!({ "status": "Unlinked" }))
            .once(key);
        Self::new(call, Item::read)
    }
}

impl Write<()> {
    /// `DELETE /companies/{companyId}/connections/{connectionId}`: irreversible. 404 if it was deleted already.
    pub fn delete_connection(company: CompanyId, connection: ConnectionId) -> Self {
        Self::without_response(Call::new(Method::DELETE, path(company, connection)))
    }
}

fn path(company: CompanyId, connection: ConnectionId) -> String {
    format!("/companies/{company}/connections/{connection}")
}
