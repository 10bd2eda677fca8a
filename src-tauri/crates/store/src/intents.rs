//! Acts: what was about to be asked of the server, kept before, and what came of it, kept after.

use codat::CompanyId;
use jiff::Timestamp;

use crate::{error::StoreError, sql, store::Store};

/// An act whose outcome is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// Its number.
    pub id: i64,
    /// When it was written.
    pub at: Timestamp,
    /// Which act.
    pub act: String,
    /// On which company, where there is one.
    pub company: Option<CompanyId>,
    /// What the act needs to be asked about, in a form of the caller's choice.
    pub detail: String,
}

impl Store {
    /// Keeps that an act is about to be sent; gives its number.
    ///
    /// # Errors
    /// Those of the database; then the act must not be sent.
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

    /// Keeps what came of an act. The first outcome counts.
    ///
    /// # Errors
    /// Those of the database.
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

    /// Removes an act that turned out not to be needed: nothing was sent for it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn remove_intent(&self, intent: i64) -> Result<(), StoreError> {
        let mut writer = self.database.writer().await?;
        sqlx::query!("DELETE FROM intents WHERE id = ?1 AND outcome IS NULL", intent)
            .execute(&mut *writer)
            .await?;
        Ok(())
    }

    /// Acts of this kind without an outcome, oldest first: after a crash, nobody knows what came of them. Each is
    /// given once; that its outcome is not known stays so.
    ///
    /// # Errors
    /// Those of the database; then they are given the next time.
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
