//! Small values under a key: the engine's state, and the like.

use sqlx::SqliteConnection;

use crate::{database::begin, error::StoreError, store::Store};

/// A key under which nothing stays.
const PROBE_KEY: &str = "probe";

impl Store {
    /// The value under a key.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn load(&self, key: &str) -> Result<Option<String>, StoreError> {
        let row = sqlx::query!(r#"SELECT value AS "value!: String" FROM kept WHERE key = ?1"#, key)
            .fetch_optional(self.database.readers())
            .await?;
        Ok(row.map(|row| row.value))
    }

    /// Keeps a value under a key; the same value again is not written.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn save(&self, key: &str, value: &str) -> Result<(), StoreError> {
        write(&mut *self.database.writer().await?, key, value).await
    }

    /// Whether the database can be written, found out before anything depends on it: one that cannot is still
    /// good for reading. Nothing is kept by it.
    ///
    /// # Errors
    /// [`ReadOnly`](StoreError::ReadOnly) and others of the file.
    pub async fn check_writable(&self) -> Result<(), StoreError> {
        let mut writer = self.database.writer().await?;
        // SQLite begins a writing transaction on what it cannot write, and refuses the first write.
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
