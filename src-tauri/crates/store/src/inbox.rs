//! The inbox: the history of alerts and notices, with what the user read and snoozed.
//!
//! An alert is open until its connection recovers or a newer alert about it comes; the journal closes it in the same
//! transaction. A notice is about no single connection, such as an outage. It is open until its topic ends.

use codat::{CompanyId, ConnectionId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::{Row, sqlite::SqliteRow};
use ts_rs::TS;

use crate::{
    alerts::{Alert, AlertRow, AlertState},
    database::begin,
    error::StoreError,
    sql,
    store::Store,
};

/// The greatest number of unread entries that is counted.
pub const MAX_UNREAD: u32 = 1_000;

/// A part of the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum InboxFilter {
    /// Not over, and not snoozed.
    Open,
    /// Hidden for a while.
    Snoozed,
    /// Over.
    Closed,
    /// Everything.
    All,
}

impl InboxFilter {
    fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Snoozed => "snoozed",
            Self::Closed => "closed",
            Self::All => "all",
        }
    }
}

/// How long an entry is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Snooze {
    /// Until this time. Then the user is notified again, if it is still open. A notice only becomes unread again. The
    /// snooze ends when the connection recovers.
    Until(Timestamp),
    /// Until a newer alert about the connection comes.
    UntilChange,
}

/// An entry of the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxEntry {
    /// The alert.
    pub alert: Alert,
    /// The company, if it is about one.
    pub company: Option<CompanyId>,
    /// The connection, if it is about one.
    pub connection: Option<ConnectionId>,
    /// Whether the user has read it.
    pub is_read: bool,
    /// Whether a rule of the workspace held its notification back.
    pub is_muted: bool,
    /// Whether it is over.
    pub is_over: bool,
    /// When the connection recovered, or the notice ended.
    pub closed_at: Option<Timestamp>,
    /// How long it is hidden, if it is.
    pub snooze: Option<Snooze>,
}

/// The number of entries of each filter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct InboxCounts {
    /// Not over, and not snoozed.
    pub open: u32,
    /// Hidden for a while.
    pub snoozed: u32,
    /// Over.
    pub closed: u32,
    /// Everything.
    pub all: u32,
}

/// A notice to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotice<'a> {
    /// Its topic. A topic has at most one open notice.
    pub topic: &'a str,
    /// The content, in a format of the caller's choice.
    pub data: &'a str,
    /// Whether the topic ends with it.
    pub is_end: bool,
    /// The IDs of the alerts that are part of it. They are no entries of their own.
    pub parts: &'a [i64],
}

/// The entries, with whether each is over. A consent that has ended, or ends at another time now, is over.
const ENTRIES: &str = "
    SELECT alert.id, alert.at, alert.first_seq, alert.last_seq, alert.state, alert.data, alert.company_id,
           alert.connection_id, alert.read_at, alert.muted, alert.closed_at, alert.snoozed_until,
           alert.snoozed_until_change,
           alert.closed_at IS NOT NULL
               OR alert.consent_ends <= ?1
               OR alert.consent_ends <> coalesce((SELECT expires FROM connections
                                                  WHERE id = alert.connection_id), 0) AS is_over
    FROM alerts AS alert WHERE alert.part_of IS NULL";
/// The name of the filter of an entry, as an SQL expression.
const FILTER: &str = "CASE WHEN is_over THEN 'closed'
                           WHEN snoozed_until > ?1 OR snoozed_until_change THEN 'snoozed' ELSE 'open' END";

impl Store {
    /// Entries of the inbox, newest first, from `offset`, at most `limit`.
    ///
    /// # Errors
    /// Database errors.
    pub async fn inbox(
        &self,
        filter: InboxFilter,
        offset: u32,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<InboxEntry>, StoreError> {
        let statement = format!(
            "SELECT * FROM ({ENTRIES}) WHERE ?2 = 'all' OR {FILTER} = ?2 ORDER BY id DESC LIMIT +?3 OFFSET ?4"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(now.as_millisecond())
            .bind(filter.as_str())
            .bind(limit)
            .bind(offset)
            .fetch_all(self.database.readers())
            .await?;
        rows.iter().map(|row| entry(row, now)).collect()
    }

    /// The number of entries of each filter.
    ///
    /// # Errors
    /// Database errors.
    pub async fn inbox_counts(&self, now: Timestamp) -> Result<InboxCounts, StoreError> {
        let statement =
            format!("SELECT {FILTER} AS filter, count(*) AS entries FROM ({ENTRIES}) GROUP BY filter");
        let rows: Vec<(String, u32)> = sqlx::query_as(sqlx::AssertSqlSafe(statement))
            .bind(now.as_millisecond())
            .fetch_all(self.database.readers())
            .await?;
        let mut counts = InboxCounts::default();
        for (filter, entries) in rows {
            counts.all += entries;
            match filter.as_str() {
                "open" => counts.open = entries,
                "snoozed" => counts.snoozed = entries,
                _ => counts.closed = entries,
            }
        }
        Ok(counts)
    }

    /// The number of unread entries, at most [`MAX_UNREAD`].
    ///
    /// # Errors
    /// Database errors.
    pub async fn unread_alerts(&self) -> Result<u32, StoreError> {
        let unread = sqlx::query_scalar!(
            r#"SELECT count(*) AS "unread!: u32"
               FROM (SELECT id FROM alerts WHERE part_of IS NULL AND read_at IS NULL LIMIT +?1)"#,
            MAX_UNREAD
        )
        .fetch_one(self.database.readers())
        .await?;
        Ok(unread)
    }

    /// Marks entries as read or unread. `None`: all are marked as read.
    ///
    /// # Errors
    /// Database errors; then none is marked.
    pub async fn mark_alerts_read(
        &self,
        entries: Option<&[i64]>,
        is_read: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let at = is_read.then(|| now.as_millisecond());
        let mut writer = self.database.writer().await?;
        match entries {
            Some(entries) => {
                let entries = sql::json_parameter(&entries)?;
                sqlx::query!(
                    "UPDATE alerts SET read_at = ?2
                     WHERE id IN (SELECT value FROM json_each(?1)) AND (read_at IS NULL) <> (?2 IS NULL)",
                    entries,
                    at
                )
                .execute(&mut *writer)
                .await?;
            }
            None => {
                sqlx::query!("UPDATE alerts SET read_at = ?1 WHERE part_of IS NULL AND read_at IS NULL", at)
                    .execute(&mut *writer)
                    .await?;
            }
        }
        Ok(())
    }

    /// Hides open entries for a while, or shows them again. Entries that are over do not change.
    ///
    /// # Errors
    /// Database errors; then none changes.
    pub async fn snooze_alerts(
        &self,
        entries: &[i64],
        snooze: Option<Snooze>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (entries, at) = (sql::json_parameter(&entries)?, now.as_millisecond());
        let until = match snooze {
            Some(Snooze::Until(at)) => Some(at.as_millisecond()),
            Some(Snooze::UntilChange) | None => None,
        };
        let until_change = snooze == Some(Snooze::UntilChange);
        let is_snoozed = snooze.is_some();
        let mut writer = self.database.writer().await?;
        sqlx::query!(
            "UPDATE alerts SET snoozed_until = ?2, snoozed_until_change = ?3,
                               read_at = iif(?4, coalesce(read_at, ?5), read_at),
                               state = iif(?4 AND state = 'new', 'claimed', state)
             WHERE id IN (SELECT value FROM json_each(?1)) AND closed_at IS NULL",
            entries,
            until,
            until_change,
            is_snoozed,
            at
        )
        .execute(&mut *writer)
        .await?;
        Ok(())
    }

    /// The open entry about a connection, if there is one.
    ///
    /// # Errors
    /// Database errors.
    pub async fn open_alert(&self, connection: ConnectionId) -> Result<Option<i64>, StoreError> {
        let connection = connection.to_string();
        let id = sqlx::query_scalar!(
            r#"SELECT max(id) AS "id?: i64" FROM alerts
               WHERE connection_id = ?1 AND closed_at IS NULL AND part_of IS NULL"#,
            connection
        )
        .fetch_one(self.database.readers())
        .await?;
        Ok(id)
    }

    /// When the next snooze after this time ends.
    ///
    /// # Errors
    /// Database errors.
    pub async fn next_snooze_end(&self, after: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let after = after.as_millisecond();
        let end = sqlx::query_scalar!(
            r#"SELECT min(snoozed_until) AS "end?: i64" FROM alerts WHERE snoozed_until > ?1"#,
            after
        )
        .fetch_one(self.database.readers())
        .await?;
        Ok(end.map(sql::timestamp))
    }

    /// Ends the snoozes that are over. Returns the alerts to show again, which are unread and unclaimed. Alerts that a
    /// rule mutes, that are over, or that are part of an outage stay quiet.
    ///
    /// # Errors
    /// Database errors; then no snooze ends.
    pub async fn end_snoozes(&self, now: Timestamp) -> Result<Vec<Alert>, StoreError> {
        let now = now.as_millisecond();
        let mut writer = self.database.writer().await?;
        let rows = sqlx::query_as!(
            AlertRow,
            r#"UPDATE alerts
               SET snoozed_until = NULL, read_at = iif(is_quiet, read_at, NULL),
                   state = iif(is_quiet OR topic IS NOT NULL, state, 'new'),
                   claimed_at = iif(is_quiet, claimed_at, NULL), digest = iif(is_quiet, digest, NULL)
               FROM (SELECT id AS ended,
                            muted OR closed_at IS NOT NULL OR part_of IS NOT NULL OR coalesce(
                                consent_ends <= ?1
                                OR consent_ends <> coalesce((SELECT expires FROM connections
                                                             WHERE connections.id = connection_id), 0),
                                0) AS is_quiet
                     FROM alerts WHERE snoozed_until <= ?1)
               WHERE alerts.id = ended
               RETURNING alerts.id AS "id!: i64", alerts.at AS "at!: i64",
                         alerts.first_seq AS "first_seq!: i64", alerts.last_seq AS "last_seq!: i64",
                         alerts.state AS "state!: String", alerts.data AS "data!: String""#,
            now
        )
        .fetch_all(&mut *writer)
        .await?;
        let alerts = rows.into_iter().map(Alert::try_from);
        alerts
            .filter(|alert| !matches!(alert, Ok(Alert { state, .. }) if *state != AlertState::New))
            .collect()
    }

    /// Stores a notice, or updates the open one of its topic. The update keeps whether it is read; the end is unread
    /// again.
    ///
    /// # Errors
    /// Database errors; then nothing is stored.
    pub async fn record_notice(&self, notice: &NewNotice<'_>, now: Timestamp) -> Result<(), StoreError> {
        let (topic, data, is_end, at) = (notice.topic, notice.data, notice.is_end, now.as_millisecond());
        let parts = sql::json_parameter(&notice.parts)?;
        let mut writer = self.database.writer().await?;
        let mut transaction = begin(&mut writer).await?;
        let open = sqlx::query_scalar!(
            r#"SELECT id AS "id!: i64" FROM alerts WHERE topic = ?1 AND closed_at IS NULL"#,
            topic
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let id = match open {
            Some(id) => id,
            None => {
                sqlx::query_scalar!(
                    r#"INSERT INTO alerts (at, first_seq, last_seq, state, data, topic)
                       VALUES (?1, 0, 0, 'shown', ?2, ?3) RETURNING id AS "id!: i64""#,
                    at,
                    data,
                    topic
                )
                .fetch_one(&mut *transaction)
                .await?
            }
        };
        sqlx::query!(
            "UPDATE alerts SET data = ?2, closed_at = iif(?3, ?4, NULL), read_at = iif(?3, NULL, read_at),
                               snoozed_until = iif(?3, NULL, snoozed_until)
             WHERE id = ?1",
            id,
            data,
            is_end,
            at
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "UPDATE alerts SET part_of = ?1 WHERE id IN (SELECT value FROM json_each(?2))",
            id,
            parts
        )
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// Closes the open notice of a topic. Returns whether there was one.
    ///
    /// # Errors
    /// Database errors; then it stays open.
    pub async fn close_notice(&self, topic: &str, now: Timestamp) -> Result<bool, StoreError> {
        let at = now.as_millisecond();
        let mut writer = self.database.writer().await?;
        let closed = sqlx::query!(
            "UPDATE alerts SET closed_at = ?2, read_at = coalesce(read_at, ?2), snoozed_until = NULL
             WHERE topic = ?1 AND closed_at IS NULL",
            topic,
            at
        )
        .execute(&mut *writer)
        .await?;
        Ok(closed.rows_affected() > 0)
    }
}

fn entry(row: &SqliteRow, now: Timestamp) -> Result<InboxEntry, StoreError> {
    let alert = AlertRow {
        id: row.try_get("id")?,
        at: row.try_get("at")?,
        first_seq: row.try_get("first_seq")?,
        last_seq: row.try_get("last_seq")?,
        state: row.try_get("state")?,
        data: row.try_get("data")?,
    };
    let until: Option<i64> = row.try_get("snoozed_until")?;
    let until = until.map(sql::timestamp).filter(|until| *until > now).map(Snooze::Until);
    let until_change: bool = row.try_get("snoozed_until_change")?;
    let id = |column| -> Result<Option<String>, StoreError> { Ok(row.try_get(column)?) };
    Ok(InboxEntry {
        alert: alert.try_into()?,
        company: id("company_id")?.map(|id| sql::parse_id(&id)).transpose()?,
        connection: id("connection_id")?.map(|id| sql::parse_id(&id)).transpose()?,
        is_read: row.try_get::<Option<i64>, _>("read_at")?.is_some(),
        is_muted: row.try_get("muted")?,
        is_over: row.try_get::<Option<bool>, _>("is_over")?.unwrap_or_default(),
        closed_at: row.try_get::<Option<i64>, _>("closed_at")?.map(sql::timestamp),
        snooze: until.or_else(|| until_change.then_some(Snooze::UntilChange)),
    })
}
