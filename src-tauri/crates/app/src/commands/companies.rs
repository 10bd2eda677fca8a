//! The list of companies, answered from the local database.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use store::{CompaniesPage, CompanyRow, Rows, Store, Suggestion, View};
use ts_rs::TS;

use super::{ById, company_id};
use crate::{
    app::App,
    clock,
    error::WireError,
    names::{self, NamePreview},
};

/// The maximum number of rows in one answer.
const MAX_ROWS: u32 = 1_000;

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RowsRequest {
    /// The search, filters and sort order.
    pub view: View,
    /// The version of the list that the page has.
    pub version: u64,
    /// The index of the first row.
    pub offset: u32,
    /// The number of rows, at most 1,000.
    pub limit: u32,
}

/// The state of the search box.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct CompleteRequest {
    pub search: String,
    /// The cursor position in UTF-16 units.
    pub cursor: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct NameRequest {
    /// As entered.
    pub name: String,
}

impl App {
    pub(crate) async fn companies(&self, view: View) -> Result<CompaniesPage, WireError> {
        let workspace = self.command_workspace().await;
        let (store, now) = (workspace.store()?, workspace.now());
        // The system's time zone may have changed.
        store.set_time_zone(clock::zone());
        let page = store.companies(&view, now).await?;
        if !store.has_columns() {
            workspace.tasks().spawn(warm_lists(store));
        }
        Ok(page)
    }

    pub(crate) async fn rows(&self, request: RowsRequest) -> Result<Rows, WireError> {
        let workspace = self.command_workspace().await;
        let (store, now) = (workspace.store()?, workspace.now());
        let limit = request.limit.min(MAX_ROWS);
        Ok(store.rows(&request.view, request.version, request.offset, limit, now).await?)
    }

    pub(crate) async fn complete(&self, request: CompleteRequest) -> Result<Vec<Suggestion>, WireError> {
        let workspace = self.command_workspace().await;
        Ok(workspace.store()?.complete(&request.search, request.cursor, workspace.now()).await?)
    }

    pub(crate) async fn company(&self, by: ById) -> Result<Option<CompanyRow>, WireError> {
        let id = company_id(&by.id)?;
        let store = self.command_workspace().await.store()?;
        Ok(store.company(id).await?)
    }

    #[expect(clippy::unused_async, reason = "every command has the same shape")]
    pub(crate) async fn name_preview(&self, request: super::NameRequest) -> Result<NamePreview, WireError> {
        Ok(names::preview(&request.name))
    }
}

/// Prepares the list for the next query after the first page was returned.
async fn warm_lists(store: Arc<Store>) {
    if let Err(error) = store.load_columns().await {
        tracing::warn!(%error, "the lists are not ready; the next question tries again");
    }
}
