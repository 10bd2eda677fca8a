//! The saved views of the list of companies.

use sqlx::SqliteConnection;

use crate::{error::StoreError, key_values, setting_keys::VIEWS, sql, store::Store, view::SavedView};

impl Store {
    /// The saved views in their order. None if none was ever saved.
    ///
    /// # Errors
    /// Database errors, and views that cannot be parsed.
    pub async fn saved_views(&self) -> Result<Option<Vec<SavedView>>, StoreError> {
        self.load(VIEWS).await?.map(|text| parse(&text)).transpose()
    }

    /// Replaces the saved views.
    ///
    /// # Errors
    /// Database errors; then the views are unchanged.
    pub async fn write_views(&self, views: &[SavedView]) -> Result<(), StoreError> {
        self.save(VIEWS, &sql::json_parameter(&views)?).await
    }
}

/// The saved views in their order.
pub(crate) async fn load(connection: &mut SqliteConnection) -> Result<Vec<SavedView>, StoreError> {
    let stored: Option<String> = sqlx::query_scalar("SELECT value FROM kept WHERE key = ?1")
        .bind(VIEWS)
        .fetch_optional(connection)
        .await?;
    stored.map_or(Ok(Vec::new()), |text| parse(&text))
}

/// Adds views behind the existing ones.
pub(crate) async fn add(connection: &mut SqliteConnection, added: &[&SavedView]) -> Result<(), StoreError> {
    if added.is_empty() {
        return Ok(());
    }
    let existing = load(connection).await?;
    let all: Vec<&SavedView> = existing.iter().chain(added.iter().copied()).collect();
    key_values::write(connection, VIEWS, &sql::json_parameter(&all)?).await
}

fn parse(text: &str) -> Result<Vec<SavedView>, StoreError> {
    serde_json::from_str(text).map_err(|why| StoreError::unreadable("the saved views", &why))
}
