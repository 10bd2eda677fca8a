//! Keep-alive: the idle connections that are due for a read, and a ledger of what was done.

use std::collections::BTreeMap;

use codat::{CompanyId, ConnectionId};
use domain::{IdleConnection, KeepAliveRead, NewRun, OpenRun};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;
use ts_rs::TS;

use crate::{
    database::begin, error::StoreError, integrations::OfflineKeys, runs::begin_optional_run, sql,
    store::Store,
};

/// A read that is not confirmed within this time counts as failed.
const OUTCOME_TIMEOUT: SignedDuration = SignedDuration::from_hours(48);

/// A ledger entry to store. The field names are JSON keys of the statement. Times are milliseconds since 1970, UTC.
#[derive(Serialize)]
struct NewEntry<'a> {
    company: CompanyId,
    company_name: &'a str,
    connection: ConnectionId,
    platform: &'a str,
    data_type: Option<&'a str>,
    expires: i64,
    again: i64,
}

impl<'a> From<&'a KeepAliveRead> for NewEntry<'a> {
    fn from(read: &'a KeepAliveRead) -> Self {
        Self {
            company: read.idle.company,
            company_name: &read.idle.company_name,
            connection: read.idle.connection,
            platform: &read.idle.platform,
            data_type: read.data_type.as_deref(),
            expires: read.idle.expires.as_millisecond(),
            again: read.next_due.as_millisecond(),
        }
    }
}

/// What came of a read that was to keep a connection alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum KeepAliveOutcome {
    /// It is to be read.
    Queued,
    /// It was read, by this read or another: its clock runs anew.
    Read,
    /// It was not.
    Failed,
    /// No data type is known that the integration supports, so nothing was asked.
    Unsupported,
}

/// A line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeepAliveEntry {
    /// Its number; the order of things.
    pub id: i64,
    /// When it was done; milliseconds since 1970, UTC.
    pub at: i64,
    /// The company.
    #[ts(as = "String")]
    pub company: CompanyId,
    /// Its name then.
    pub company_name: String,
    /// The connection.
    #[ts(as = "String")]
    pub connection: ConnectionId,
    /// The integration's name.
    pub platform: String,
    /// What was to be read.
    pub data_type: Option<String>,
    /// When the connection would have expired; milliseconds since 1970, UTC.
    pub expires: i64,
    /// What came of it.
    pub outcome: KeepAliveOutcome,
    /// Why, where it failed.
    pub detail: Option<String>,
}

impl Store {
    /// Connections whose idle clock is due for a read, soonest first, at most `limit`; and their total number.
    /// Offline connectors are excluded, because the customer would have to run the read. The readable data types of
    /// an unknown integration are empty.
    ///
    /// # Errors
    /// Database errors.
    pub async fn due_idle_connections(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<(Vec<IdleConnection>, u32), StoreError> {
        let now = now.as_millisecond();
        let mut reader = self.database.readers().acquire().await?;
        let offline = sql::json_parameter(&OfflineKeys::load(&mut reader).await?.keys())?;
        let rows = sqlx::query!(
            r#"SELECT connection.id AS "id!: String", connection.integration_key AS "key!: String",
                      connection.expires AS "expires!: i64", company.id AS "company!: String",
                      company.name AS "company_name!: String", integration.name AS "platform?: String"
               FROM (SELECT id AS due_id FROM connections
                     WHERE clock = 0 AND due <= ?1
                       AND integration_key NOT IN (SELECT value FROM json_each(?2))
                     ORDER BY expires, id LIMIT +?3)
               CROSS JOIN connections AS connection ON connection.id = due_id
               CROSS JOIN companies AS company ON company.number = connection.company
               LEFT JOIN integrations AS integration ON integration.key = connection.integration_key
               ORDER BY connection.expires, connection.id"#,
            now,
            offline,
            limit
        )
        .fetch_all(&mut *reader)
        .await?;
        let total = sqlx::query_scalar!(
            r#"SELECT count(*) AS "total!: u32" FROM connections
               WHERE clock = 0 AND due <= ?1 AND integration_key NOT IN (SELECT value FROM json_each(?2))"#,
            now,
            offline
        )
        .fetch_one(&mut *reader)
        .await?;
        drop(reader);
        // The integrations are needed only if a connection is due.
        let integrations = if rows.is_empty() { Vec::new() } else { self.integrations().await? };
        let readable: BTreeMap<_, Vec<_>> = integrations
            .iter()
            .map(|it| (it.key.as_str(), it.readable().map(str::to_owned).collect()))
            .collect();
        let idle = rows.into_iter().map(|row| {
            Ok(IdleConnection {
                company: sql::parse_id(&row.company)?,
                company_name: row.company_name,
                connection: sql::parse_id(&row.id)?,
                expires: sql::timestamp(row.expires),
                readable: readable.get(row.key.as_str()).cloned().unwrap_or_default(),
                platform: row.platform.unwrap_or(row.key),
            })
        });
        Ok((idle.collect::<Result<_, StoreError>>()?, total))
    }

    /// The number of linked connections with an idle clock, by integration, without those of `companies`. Offline
    /// connectors are excluded.
    ///
    /// # Errors
    /// Database errors.
    pub async fn idle_connection_counts_excluding(
        &self,
        companies: &[CompanyId],
    ) -> Result<BTreeMap<String, u64>, StoreError> {
        let companies = sql::json_parameter(&companies)?;
        let mut reader = self.database.readers().acquire().await?;
        let offline = sql::json_parameter(&OfflineKeys::load(&mut reader).await?.keys())?;
        let rows = sqlx::query!(
            r#"SELECT integration_key AS "key!: String", count(*) AS "many!: u32" FROM connections
               WHERE clock = 0 AND integration_key NOT IN (SELECT value FROM json_each(?1))
                 AND company NOT IN (SELECT company.number FROM json_each(?2) AS covered
                                     CROSS JOIN companies AS company ON company.id = covered.value)
               GROUP BY integration_key"#,
            offline,
            companies
        )
        .fetch_all(&mut *reader)
        .await?;
        Ok(rows.into_iter().map(|row| (row.key, row.many.into())).collect())
    }

    /// Stores what is read to keep connections alive and the next due times, updates earlier outcomes, and starts the run that reads. All in
    /// one transaction.
    ///
    /// # Errors
    /// Database errors; then nothing is stored, and nothing may be sent.
    pub async fn record_keep_alive(
        &self,
        reads: &[KeepAliveRead],
        run: Option<&NewRun>,
        now: Timestamp,
    ) -> Result<Option<OpenRun>, StoreError> {
        let entries: Vec<_> = reads.iter().map(NewEntry::from).collect();
        let (at, entries) = (now.as_millisecond(), sql::json_parameter(&entries)?);
        let run_reads = self.resolve_optional_reads(run, now).await?;
        let mut writer = self.database.writer().await?;
        let mut transaction = begin(&mut writer).await?;
        update_outcomes(&mut transaction, now).await?;
        // The `+` makes SQLite find the rows by ID instead of by the index on the clock.
        sqlx::query!(
            "UPDATE connections SET due = note.value ->> 'again'
             FROM jsonb_each(?1) AS note
             WHERE connections.id = note.value ->> 'connection' AND +connections.clock = 0",
            entries
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "INSERT INTO keep_alive (at, company_id, company_name, connection_id, platform, data_type, expires,
                                     was_read, outcome)
             SELECT ?1, note.value ->> 'company', note.value ->> 'company_name',
                    note.value ->> 'connection', note.value ->> 'platform', note.value ->> 'data_type',
                    note.value ->> 'expires', connection.last_read,
                    CASE WHEN note.value ->> 'data_type' IS NULL THEN 'unsupported' ELSE 'queued' END
             FROM jsonb_each(?2) AS note
             LEFT JOIN connections AS connection ON connection.id = note.value ->> 'connection'",
            at,
            entries
        )
        .execute(&mut *transaction)
        .await?;
        let open = begin_optional_run(&mut transaction, run, &run_reads, now).await?;
        transaction.commit().await?;
        Ok(open)
    }

    /// Updates the outcomes of queued reads from the connections.
    ///
    /// # Errors
    /// Database errors.
    pub async fn update_keep_alive_outcomes(&self, now: Timestamp) -> Result<(), StoreError> {
        let mut writer = self.database.writer().await?;
        let mut transaction = begin(&mut writer).await?;
        update_outcomes(&mut transaction, now).await?;
        Ok(transaction.commit().await?)
    }

    /// The ledger, newest first: at most `limit` entries before the entry `before`, or from the newest on.
    ///
    /// # Errors
    /// Database errors.
    pub async fn keep_alive_ledger(
        &self,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<KeepAliveEntry>, StoreError> {
        let before = before.unwrap_or(i64::MAX);
        let rows = sqlx::query!(
            r#"SELECT id AS "id!: i64", at AS "at!: i64", company_id AS "company!: String",
                      company_name AS "company_name!: String", connection_id AS "connection!: String",
                      platform AS "platform!: String", data_type AS "data_type?: String",
                      expires AS "expires!: i64", outcome AS "outcome!: String", detail AS "detail?: String"
               FROM keep_alive WHERE id < ?1 ORDER BY id DESC LIMIT +?2"#,
            before,
            limit
        )
        .fetch_all(self.database.readers())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(KeepAliveEntry {
                    id: row.id,
                    at: row.at,
                    company: sql::parse_id(&row.company)?,
                    company_name: row.company_name,
                    connection: sql::parse_id(&row.connection)?,
                    platform: row.platform,
                    data_type: row.data_type,
                    expires: row.expires,
                    outcome: KeepAliveOutcome::parse(&row.outcome)
                        .ok_or_else(|| StoreError::unreadable("the keep-alive ledger", &row.outcome))?,
                    detail: row.detail,
                })
            })
            .collect()
    }
}

/// Updates the outcomes of queued reads, as far as the connections show them.
async fn update_outcomes(connection: &mut SqliteConnection, now: Timestamp) -> Result<(), StoreError> {
    let at = now.as_millisecond();
    let timed_out = now.checked_sub(OUTCOME_TIMEOUT).unwrap_or(Timestamp::MIN).as_millisecond();
    sqlx::query!(
        "UPDATE keep_alive SET outcome = 'read', outcome_at = connection.last_read
         FROM connections AS connection
         WHERE keep_alive.outcome = 'queued' AND connection.id = keep_alive.connection_id
           AND connection.last_read > coalesce(keep_alive.was_read, 0)",
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE keep_alive SET outcome = 'failed', outcome_at = ?1,
                detail = CASE WHEN EXISTS (SELECT 1 FROM connections AS connection
                                           WHERE connection.id = keep_alive.connection_id
                                             AND connection.clock IS NOT NULL)
                              THEN 'No read was seen within two days.' ELSE 'It is no longer linked.' END
         WHERE outcome = 'queued'
           AND (at < ?2 OR NOT EXISTS (SELECT 1 FROM connections AS connection
                                       WHERE connection.id = keep_alive.connection_id
                                         AND connection.clock IS NOT NULL))",
        at,
        timed_out
    )
    .execute(connection)
    .await?;
    Ok(())
}

impl KeepAliveOutcome {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "queued" => Some(Self::Queued),
            "read" => Some(Self::Read),
            "failed" => Some(Self::Failed),
            "unsupported" => Some(Self::Unsupported),
            _ => None,
        }
    }
}
