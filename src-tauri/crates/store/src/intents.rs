//! A write-ahead log of the user's actions: an intent is stored before its request, and the outcome after it.

use codat::CompanyId;
use jiff::Timestamp;

use crate::{error::StoreError, sql, store::Store};

/// An action without a known outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// Its ID.
    pub id: i64,
    /// When it was stored.
    pub at: Timestamp,
    /// The kind of action.
    pub act: String,
    /// The company, if there is one.
    pub company: Option<CompanyId>,
    /// What is needed to find out the outcome, in a format of the caller's choice.
    pub detail: String,
}

impl Store {
    /// Stores that an action is about to be sent. Returns its ID.
    ///
    /// # Errors
    /// Database errors; then the action must not be sent.
    pub async fn write_intent(
        &self,
        act: &str,
        company: Option<CompanyId>,
        detail: &str,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let (at, company) = (now.as_millisecond(), company.map(|id| id.to_string()));
        let mut writer = self.database.writer().await?;
        let done = sqlx::query!(
            "INSERT INTO intents (at, act, company_id, detail) VALUES (?1, ?2, ?3, ?4)",
            at,
            act,
            company,
            detail
        )
        .execute(&mut *writer)
        .await?;
        Ok(done.last_insert_rowid())
    }

    /// Stores the outcome of an action. The first outcome counts.
    ///
    /// # Errors
    /// Database errors.
    pub async fn write_outcome(&self, intent: i64, outcome: &str, now: Timestamp) -> Result<(), StoreError> {
        let at = now.as_millisecond();
        let mut writer = self.database.writer().await?;
        sqlx::query!(
            "UPDATE intents SET outcome = ?2, outcome_at = ?3 WHERE id = ?1 AND outcome IS NULL",
            intent,
            outcome,
            at
        )
        .execute(&mut *writer)
        .await?;
        Ok(())
    }

    /// Removes an intent for which nothing was sent.
    ///
    /// # Errors
    /// Database errors.
    pub async fn remove_intent(&self, intent: i64) -> Result<(), StoreError> {
        let mut writer = self.database.writer().await?;
        sqlx::query!("DELETE FROM intents WHERE id = ?1 AND outcome IS NULL", intent)
            .execute(&mut *writer)
            .await?;
        Ok(())
    }

    /// Intents of this kind without an outcome, oldest first, as a crash leaves them. Each is returned once only.
    ///
    /// # Errors
    /// Database errors; then they are returned the next time.
    pub async fn take_open_intents(&self, act: &str, now: Timestamp) -> Result<Vec<Intent>, StoreError> {
        let now = now.as_millisecond();
        let mut writer = self.database.writer().await?;
        let mut rows = sqlx::query!(
            r#"UPDATE intents SET outcome_at = ?2 WHERE act = ?1 AND outcome IS NULL AND outcome_at IS NULL
               RETURNING id AS "id!: i64", at AS "at!: i64", act AS "act!: String",
                         company_id AS "company_id?: String", detail AS "detail!: String""#,
            act,
            now
        )
        .fetch_all(&mut *writer)
        .await?;
        rows.sort_by_key(|row| row.id);
        rows.into_iter()
            .map(|row| {
                Ok(Intent {
                    id: row.id,
                    at: sql::timestamp(row.at),
                    act: row.act,
                    company: row.company_id.as_deref().map(sql::parse_id).transpose()?,
                    detail: row.detail,
                })
            })
            .collect()
    }
}
