//! The journal of changes: append-only, ordered by `seq`.

use domain::Cause;
use serde::Serialize;
use sqlx::SqliteConnection;

use crate::{
    change::{Change, ChangeKind},
    error::StoreError,
    sql,
    store::Store,
};

#[derive(Serialize)]
struct JournalEntry<'a> {
    seq: i64,
    at: i64,
    cause: &'a str,
    company_id: String,
    company_name: String,
    connection_id: Option<String>,
    integration_key: Option<String>,
    platform: Option<String>,
    kind: &'a str,
    was: Option<&'a str>,
    became: Option<&'a str>,
    one_time: bool,
}

/// Appends changes in their order and assigns each its `seq`.
pub(crate) async fn append(
    connection: &mut SqliteConnection,
    changes: &mut [Change],
) -> Result<(), StoreError> {
    if changes.is_empty() {
        return Ok(());
    }
    let last = last_seq(connection).await?;
    for (seq, change) in (last + 1..).zip(changes.iter_mut()) {
        change.seq = seq;
    }
    let entries = sql::json_parameter(&changes.iter().map(JournalEntry::new).collect::<Vec<_>>())?;
    sqlx::query!(
        "INSERT INTO journal (seq, at, cause, company_id, company_name, connection_id, integration_key,
                              platform, kind, was, became, one_time)
         SELECT value ->> 'seq', value ->> 'at', value ->> 'cause', value ->> 'company_id',
                value ->> 'company_name', value ->> 'connection_id', value ->> 'integration_key',
                value ->> 'platform', value ->> 'kind', value ->> 'was', value ->> 'became',
                value ->> 'one_time'
         FROM jsonb_each(?1)",
        entries
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn last_seq(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    let row = sqlx::query!(r#"SELECT coalesce(max(seq), 0) AS "seq!: i64" FROM journal"#)
        .fetch_one(connection)
        .await?;
    Ok(row.seq)
}

impl<'a> JournalEntry<'a> {
    fn new(change: &'a Change) -> Self {
        let (kind, was, became) = change.kind.columns();
        Self {
            seq: change.seq,
            at: change.at.as_millisecond(),
            cause: change.cause.as_str(),
            company_id: change.company.to_string(),
            company_name: sql::replace_nul(&change.company_name),
            connection_id: change.connection.map(|id| id.to_string()),
            integration_key: change.integration_key.as_deref().map(sql::replace_nul),
            platform: change.platform.as_deref().map(sql::replace_nul),
            kind,
            was,
            became,
            one_time: change.one_time,
        }
    }
}

impl Store {
    /// Entries after `seq` in order, at most `limit`. `0` starts at the first entry that was seen here.
    ///
    /// # Errors
    /// Database errors.
    pub async fn journal_after(&self, seq: i64, limit: u32) -> Result<Vec<Change>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT seq AS "seq!: i64", at AS "at!: i64", cause AS "cause!: String",
                      company_id AS "company_id!: String", company_name AS "company_name!: String",
                      connection_id AS "connection_id?: String", integration_key AS "integration_key?: String",
                      platform AS "platform?: String", kind AS "kind!: String", was AS "was?: String",
                      became AS "became?: String", one_time AS "one_time!: bool"
               FROM journal WHERE seq > ?1 ORDER BY seq LIMIT +?2"#,
            seq,
            limit
        )
        .fetch_all(self.database.readers())
        .await?;
        rows.into_iter()
            .map(|row| {
                let kind = ChangeKind::parse(&row.kind, row.was.as_deref(), row.became.as_deref());
                let unknown = || StoreError::unreadable("the journal", &format!("entry {}", row.seq));
                Ok(Change {
                    seq: row.seq,
                    at: sql::timestamp(row.at),
                    cause: Cause::parse(&row.cause).ok_or_else(unknown)?,
                    company: sql::parse_id(&row.company_id)?,
                    company_name: row.company_name,
                    connection: row.connection_id.as_deref().map(sql::parse_id).transpose()?,
                    integration_key: row.integration_key,
                    platform: row.platform,
                    kind: kind.ok_or_else(unknown)?,
                    one_time: row.one_time,
                })
            })
            .collect()
    }

    /// The `seq` of the newest entry; 0 if there is none.
    ///
    /// # Errors
    /// Database errors.
    pub async fn journal_end(&self) -> Result<i64, StoreError> {
        let row = sqlx::query!(r#"SELECT coalesce(max(seq), 0) AS "seq!: i64" FROM journal"#)
            .fetch_one(self.database.readers())
            .await?;
        Ok(row.seq)
    }
}
