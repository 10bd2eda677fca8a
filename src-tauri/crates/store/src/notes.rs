//! Private notes about companies, stored on this computer only.

use codat::CompanyId;
use jiff::Timestamp;

use crate::{error::StoreError, store::Store};

impl Store {
    /// The notes about a company; empty if there are none.
    ///
    /// # Errors
    /// Database errors.
    pub async fn notes(&self, company: CompanyId) -> Result<String, StoreError> {
        let id = company.to_string();
        let text =
            sqlx::query_scalar!(r#"SELECT text AS "text!: String" FROM notes WHERE company_id = ?1"#, id)
                .fetch_optional(self.database.readers())
                .await?;
        Ok(text.unwrap_or_default())
    }

    /// Replaces the notes about a company if they still equal `was`. Returns whether they were written.
    ///
    /// # Errors
    /// Database errors; then the notes are unchanged.
    pub async fn write_notes(
        &self,
        company: CompanyId,
        was: &str,
        text: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (id, at) = (company.to_string(), now.as_millisecond());
        let mut writer = self.database.writer().await?;
        let done = sqlx::query!(
            "INSERT INTO notes (company_id, text, at)
             SELECT ?1, ?2, ?3 WHERE coalesce((SELECT text FROM notes WHERE company_id = ?1), '') IN (?2, ?4)
             ON CONFLICT (company_id) DO UPDATE SET text = excluded.text, at = excluded.at",
            id,
            text,
            at,
            was
        )
        .execute(&mut *writer)
        .await?;
        Ok(done.rows_affected() > 0)
    }
}
