//! Small values under a key: the engine's state, and the like.

use crate::{error::StoreError, store::Store};

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
        let mut writer = self.database.writer().await;
        sqlx::query!(
            "INSERT INTO kept (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value <> excluded.value",
            key,
            value
        )
        .execute(&mut *writer)
        .await?;
        Ok(())
    }
}
