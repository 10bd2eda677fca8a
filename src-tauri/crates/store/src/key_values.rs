//! Values by key, such as the engine's state.

use sqlx::SqliteConnection;

use crate::{database::begin, error::StoreError, store::Store};

/// A key whose value is always rolled back.
const PROBE_KEY: &str = "probe";

impl Store {
    /// The value of a key.
    ///
    /// # Errors
    /// Database errors.
    pub async fn load(&self, key: &str) -> Result<Option<String>, StoreError> {
        let row = sqlx::query!(r#"SELECT value AS "value!: String" FROM kept WHERE key = ?1"#, key)
            .fetch_optional(self.database.readers())
            .await?;
        Ok(row.map(|row| row.value))
    }

    /// Stores a value under a key. An unchanged value is not written.
    ///
    /// # Errors
    /// Database errors.
    pub async fn save(&self, key: &str, value: &str) -> Result<(), StoreError> {
        write(&mut *self.database.writer().await?, key, value).await
    }

    /// Checks that the database is writable, before anything depends on it. A read-only database is still usable for
    /// reading. Stores nothing.
    ///
    /// # Errors
    /// [`ReadOnly`](StoreError::ReadOnly) and other errors of the file.
    pub async fn check_writable(&self) -> Result<(), StoreError> {
        let mut writer = self.database.writer().await?;
        // SQLite starts a write transaction even on a read-only file, and refuses the first write.
        let mut transaction = begin(&mut writer).await?;
        write(&mut transaction, PROBE_KEY, "").await?;
        Ok(transaction.rollback().await?)
    }
}

pub(crate) async fn write(writer: &mut SqliteConnection, key: &str, value: &str) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO kept (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value <> excluded.value",
        key,
        value
    )
    .execute(writer)
    .await?;
    Ok(())
}
