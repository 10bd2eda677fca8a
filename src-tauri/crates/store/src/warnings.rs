//! Consents that expire: which warnings are due, and which were given.

use codat::{ConnectionId, expiry::next_warning};
use domain::EndingConsent;
use jiff::Timestamp;
use serde::Serialize;

use crate::{database::begin, error::StoreError, sql, store::Store};

/// The number of warnings that are skipped at a time.
const WARNINGS_PER_CHUNK: u32 = 1_000;

/// A warning to store. The field names are JSON keys of the statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewWarning {
    /// The connection.
    pub connection: ConnectionId,
    /// The expiry that it is about; milliseconds since 1970, UTC.
    pub expires: i64,
    /// When the next warning is due, if there is one; milliseconds since 1970, UTC.
    pub next: Option<i64>,
    /// The content, in a format of the caller's choice. `None` if the warning is skipped.
    pub data: Option<String>,
}

impl Store {
    /// Consents whose next warning is due, soonest first, at most `limit`.
    ///
    /// # Errors
    /// Database errors.
    pub async fn due_consents(&self, now: Timestamp, limit: u32) -> Result<Vec<EndingConsent>, StoreError> {
        let now = now.as_millisecond();
        let rows = sqlx::query!(
            r#"SELECT connection.id AS "id!: String", connection.integration_key AS "key!: String",
                      connection.expires AS "expires!: i64", company.id AS "company!: String",
                      company.name AS "company_name!: String", integration.name AS "platform?: String"
               FROM (SELECT id AS due_id FROM connections
                     WHERE clock = 1 AND due <= ?1 ORDER BY expires, id LIMIT +?2)
               CROSS JOIN connections AS connection ON connection.id = due_id
               CROSS JOIN companies AS company ON company.number = connection.company
               LEFT JOIN integrations AS integration ON integration.key = connection.integration_key
               ORDER BY connection.expires, connection.id"#,
            now,
            limit
        )
        .fetch_all(self.database.readers())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(EndingConsent {
                    company: sql::parse_id(&row.company)?,
                    company_name: row.company_name,
                    connection: sql::parse_id(&row.id)?,
                    platform: row.platform.unwrap_or(row.key),
                    expires: sql::timestamp(row.expires),
                })
            })
            .collect()
    }

    /// Stores warnings as alerts, and the next due times, in one transaction. A warning that was stored before, or
    /// whose expiry has changed, is ignored. Returns the IDs of the alerts.
    ///
    /// # Errors
    /// Database errors; then nothing is stored, and nothing may be shown.
    pub async fn record_warnings(
        &self,
        warnings: &[NewWarning],
        now: Timestamp,
    ) -> Result<Vec<i64>, StoreError> {
        let (at, warnings) = (now.as_millisecond(), sql::json_parameter(&warnings)?);
        let mut writer = self.database.writer().await?;
        let mut transaction = begin(&mut writer).await?;
        let ids = sqlx::query_scalar!(
            r#"INSERT INTO alerts (at, first_seq, last_seq, data, company_id, connection_id, consent_ends)
               SELECT ?1, 0, 0, warning.value ->> 'data', company.id, connection.id, connection.expires
               FROM jsonb_each(?2) AS warning
               CROSS JOIN connections AS connection ON connection.id = warning.value ->> 'connection'
               CROSS JOIN companies AS company ON company.number = connection.company
               WHERE connection.clock = 1 AND connection.due <= ?1
                 AND connection.expires = warning.value ->> 'expires'
                 AND warning.value ->> 'data' IS NOT NULL
               RETURNING id AS "id!: i64""#,
            at,
            warnings
        )
        .fetch_all(&mut *transaction)
        .await?;
        sqlx::query!(
            "UPDATE connections SET due = warning.value ->> 'next'
             FROM jsonb_each(?2) AS warning
             WHERE connections.id = warning.value ->> 'connection' AND +connections.clock = 1
               AND +connections.due <= ?1 AND connections.expires = warning.value ->> 'expires'",
            at,
            warnings
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(ids)
    }

    /// Skips all due warnings. With the first complete sweep the user is not warned of what was known before.
    ///
    /// # Errors
    /// Database errors.
    pub async fn skip_due_consents(&self, now: Timestamp) -> Result<(), StoreError> {
        loop {
            let due = self.due_consents(now, WARNINGS_PER_CHUNK).await?;
            if due.is_empty() {
                return Ok(());
            }
            let skipped: Vec<_> = due
                .into_iter()
                .map(|consent| NewWarning {
                    connection: consent.connection,
                    expires: consent.expires.as_millisecond(),
                    next: next_warning(consent.expires, now).map(Timestamp::as_millisecond),
                    data: None,
                })
                .collect();
            self.record_warnings(&skipped, now).await?;
        }
    }
}
