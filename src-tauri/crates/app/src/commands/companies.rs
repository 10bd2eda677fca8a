//! The list: every answer is from the local database.

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

/// The most rows of one answer.
const MOST_ROWS: u32 = 1_000;

/// Further rows of a list.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RowsRequest {
    /// The list.
    pub view: View,
    /// The version the asker has.
    pub version: u64,
    /// Where to begin.
    pub offset: u32,
    /// How many, at most 1,000.
    pub limit: u32,
}

/// The search box at the moment.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct CompleteRequest {
    /// As typed.
    pub search: String,
    /// Where the cursor is, in UTF-16 units.
    pub cursor: u32,
}

/// A name as typed.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub(crate) struct NameRequest {
    /// As typed.
    pub name: String,
}

impl App {
    pub(crate) async fn companies(&self, view: View) -> Result<CompaniesPage, WireError> {
        let desk = self.desk().await;
        let store = desk.store()?;
        // The person may have travelled.
        store.set_zone(clock::zone());
        let page = store.companies(&view, clock::now()).await?;
        if !store.is_warm() {
            desk.tasks().spawn(make_ready(store));
        }
        Ok(page)
    }

    pub(crate) async fn rows(&self, request: RowsRequest) -> Result<Rows, WireError> {
        let store = self.desk().await.store()?;
        let limit = request.limit.min(MOST_ROWS);
        Ok(store.rows(&request.view, request.version, request.offset, limit, clock::now()).await?)
    }

    pub(crate) async fn complete(&self, request: CompleteRequest) -> Result<Vec<Suggestion>, WireError> {
        let store = self.desk().await.store()?;
        Ok(store.complete(&request.search, request.cursor, clock::now()).await?)
    }

    pub(crate) async fn company(&self, by: ById) -> Result<Option<CompanyRow>, WireError> {
        let id = company_id(&by.id)?;
        let store = self.desk().await.store()?;
        Ok(store.company(id).await?)
    }

    #[expect(clippy::unused_async, reason = "every command has the same shape")]
    pub(crate) async fn name_preview(&self, request: super::NameRequest) -> Result<NamePreview, WireError> {
        Ok(names::preview(&request.name))
    }
}

/// Makes a list ready for its next question, after its first page is on its way.
async fn make_ready(store: Arc<Store>) {
    if let Err(error) = store.warm().await {
        tracing::warn!(%error, "the lists are not ready; the next question tries again");
    }
}
