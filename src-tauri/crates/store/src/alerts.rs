//! Alerts: notifications about changes, and the position in the journal up to which changes were decided.
//!
//! *Invariant*: each change is decided once, and each alert is claimed for at most one notification.

use std::collections::BTreeMap;

use codat::{CompanyId, ConnectionId};
use jiff::Timestamp;
use serde::Serialize;

use crate::{database::begin, error::StoreError, sql, store::Store};

/// An alert to store, decided from the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewAlert {
    /// The `seq` of the first change it is about.
    pub first_seq: i64,
    /// The `seq` of the last change it is about.
    pub last_seq: i64,
    /// The content, in a format of the caller's choice.
    pub data: String,
    /// Whether the rules of the workspace hold its notification back. It is in the inbox, and counts as read.
    pub is_muted: bool,
    /// Whether nothing can follow, because the connection is gone.
    pub is_over: bool,
}

/// A stored alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Its ID.
    pub id: i64,
    /// When it was decided.
    pub at: Timestamp,
    /// The `seq` of the first change it is about.
    pub first_seq: i64,
    /// The `seq` of the last change it is about.
    pub last_seq: i64,
    /// Its state.
    pub state: AlertState,
    /// The content, as the caller gave it.
    pub data: String,
}

/// An alert about a connection, and whether the connection has recovered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentAlert {
    /// The alert.
    pub alert: Alert,
    /// The connection that was lost.
    pub connection: ConnectionId,
    /// Whether the connection recovered or was removed after the alert.
    pub is_healed: bool,
}

/// The state of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertState {
    /// Decided, and not claimed by a notification.
    New,
    /// Claimed for a notification, or held back by a rule or a snooze. If the app ended before it was shown, it is not
    /// shown again.
    Claimed,
    /// Shown.
    Shown,
}

impl AlertState {
    fn read(text: &str) -> Option<Self> {
        match text {
            "new" => Some(Self::New),
            "claimed" => Some(Self::Claimed),
            "shown" => Some(Self::Shown),
            _ => None,
        }
    }
}

pub(crate) struct AlertRow {
    pub(crate) id: i64,
    pub(crate) at: i64,
    pub(crate) first_seq: i64,
    pub(crate) last_seq: i64,
    pub(crate) state: String,
    pub(crate) data: String,
}

impl TryFrom<AlertRow> for Alert {
    type Error = StoreError;

    fn try_from(row: AlertRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            at: sql::timestamp(row.at),
            first_seq: row.first_seq,
            last_seq: row.last_seq,
            state: AlertState::read(&row.state)
                .ok_or_else(|| StoreError::unreadable("an alert", &row.state))?,
            data: row.data,
        })
    }
}

impl Store {
    /// The journal `seq` up to which all changes are decided.
    ///
    /// # Errors
    /// Database errors.
    pub async fn alert_cursor(&self) -> Result<i64, StoreError> {
        let row = sqlx::query!(r#"SELECT seq AS "seq!: i64" FROM alert_cursor WHERE only_row = 1"#)
            .fetch_one(self.database.readers())
            .await?;
        Ok(row.seq)
    }

    /// The journal entries beyond the cursor that are decided too, in order.
    ///
    /// # Errors
    /// Database errors.
    pub async fn alert_decisions(&self) -> Result<Vec<i64>, StoreError> {
        let after = self.alert_cursor().await?;
        let rows = sqlx::query!(
            r#"SELECT seq AS "seq!: i64" FROM alert_decisions WHERE seq > ?1 ORDER BY seq"#,
            after
        )
        .fetch_all(self.database.readers())
        .await?;
        Ok(rows.into_iter().map(|row| row.seq).collect())
    }

    /// Stores decisions in one transaction: everything up to `cursor`, and beyond it `alerts` and the skipped entries
    /// `passed`. Returns the alerts that are new. A change that was decided before is not decided again.
    ///
    /// A new alert closes the earlier ones of its connection. If one of them is snoozed until a time, the new alert is
    /// too, and is claimed without a notification.
    ///
    /// # Errors
    /// Database errors; then nothing is stored.
    pub async fn record_alerts(
        &self,
        cursor: i64,
        passed: &[i64],
        alerts: &[NewAlert],
        now: Timestamp,
    ) -> Result<Vec<Alert>, StoreError> {
        let decided: Vec<i64> =
            alerts.iter().map(|alert| alert.first_seq).chain(passed.iter().copied()).collect();
        let (at, alerts, decided) =
            (now.as_millisecond(), sql::json_parameter(&alerts)?, sql::json_parameter(&decided)?);
        let mut writer = self.database.writer().await?;
        let mut transaction = begin(&mut writer).await?;
        let mut rows = sqlx::query_as!(
            AlertRow,
            r#"INSERT INTO alerts (at, first_seq, last_seq, data, company_id, connection_id, muted, read_at,
                                   closed_at, snoozed_until, state)
               SELECT ?1, first_seq, last_seq, data, company_id, connection_id, muted,
                      iif(muted OR snoozed_until IS NOT NULL, ?1, NULL), iif(is_over, ?1, NULL), snoozed_until, iif(muted OR snoozed_until IS NOT NULL, 'claimed', 'new')
               FROM (SELECT value ->> 'first_seq' AS first_seq, value ->> 'last_seq' AS last_seq,
                            value ->> 'data' AS data, value ->> 'is_muted' AS muted,
                            value ->> 'is_over' AS is_over, lost.company_id,
                            lost.connection_id,
                            (SELECT max(earlier.snoozed_until) FROM alerts AS earlier
                             WHERE earlier.connection_id = lost.connection_id AND earlier.closed_at IS NULL
                               AND earlier.snoozed_until > ?1) AS snoozed_until
                     FROM jsonb_each(?2)
                     LEFT JOIN journal AS lost ON lost.seq = value ->> 'first_seq'
                     WHERE value ->> 'first_seq' > (SELECT seq FROM alert_cursor WHERE only_row = 1)
                       AND value ->> 'first_seq' NOT IN (SELECT seq FROM alert_decisions))
               RETURNING id AS "id!: i64", at AS "at!: i64", first_seq AS "first_seq!: i64",
                         last_seq AS "last_seq!: i64", state AS "state!: String", data AS "data!: String""#,
            at,
            alerts
        )
        .fetch_all(&mut *transaction)
        .await?;
        let new = sql::json_parameter(&rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
        sqlx::query!(
            "UPDATE alerts SET closed_at = ?1, read_at = coalesce(read_at, ?1), snoozed_until = NULL,
                               snoozed_until_change = 0
             FROM (SELECT id, connection_id FROM alerts WHERE id IN (SELECT value FROM json_each(?2))) AS newer
             WHERE alerts.connection_id = newer.connection_id AND alerts.closed_at IS NULL
               AND alerts.id < newer.id",
            at,
            new
        )
        .execute(&mut *transaction)
        .await?;
        // The connection may have recovered while the alert was decided.
        sqlx::query!(
            "UPDATE alerts SET closed_at = (
                 SELECT min(later.at) FROM journal AS later
                 WHERE later.company_id = alerts.company_id AND later.seq > alerts.first_seq
                   AND (later.kind = 'companyRemoved'
                        OR later.connection_id = alerts.connection_id
                           AND (later.kind = 'connectionRemoved'
                                OR later.kind = 'colourChanged' AND later.became NOT IN ('red', 'grey'))))
             WHERE id IN (SELECT value FROM json_each(?1)) AND closed_at IS NULL",
            new
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "INSERT OR IGNORE INTO alert_decisions (seq) SELECT value FROM json_each(?1) WHERE value > ?2",
            decided,
            cursor
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!("UPDATE alert_cursor SET seq = ?1 WHERE only_row = 1 AND seq < ?1", cursor)
            .execute(&mut *transaction)
            .await?;
        sqlx::query!("DELETE FROM alert_decisions WHERE seq <= ?1", cursor)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        rows.sort_by_key(|row| row.id);
        rows.into_iter().map(Alert::try_from).collect()
    }

    /// Claims alerts for one notification, under its number. Returns how many were claimed; an alert is claimed once
    /// only. Alerts that no notification shows have no number.
    ///
    /// # Errors
    /// Database errors; then none is claimed.
    pub async fn claim_alerts(
        &self,
        ids: &[i64],
        number: Option<i64>,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let (at, ids) = (now.as_millisecond(), sql::json_parameter(&ids)?);
        let mut writer = self.database.writer().await?;
        let claimed = sqlx::query!(
            "UPDATE alerts SET state = 'claimed', claimed_at = ?2, digest = ?3
             WHERE id IN (SELECT value FROM json_each(?1)) AND state = 'new'",
            ids,
            at,
            number
        )
        .execute(&mut *writer)
        .await?;
        Ok(claimed.rows_affected())
    }

    /// Returns claimed alerts to the state `New`, because they were not shown.
    ///
    /// # Errors
    /// Database errors; then they stay claimed.
    pub async fn release_alerts(&self, ids: &[i64]) -> Result<(), StoreError> {
        let ids = sql::json_parameter(&ids)?;
        let mut writer = self.database.writer().await?;
        sqlx::query!(
            "UPDATE alerts SET state = 'new', claimed_at = NULL, digest = NULL
             WHERE id IN (SELECT value FROM json_each(?1)) AND state = 'claimed'",
            ids
        )
        .execute(&mut *writer)
        .await?;
        Ok(())
    }

    /// Marks claimed alerts as shown.
    ///
    /// # Errors
    /// Database errors.
    pub async fn mark_shown(&self, ids: &[i64]) -> Result<(), StoreError> {
        let ids = sql::json_parameter(&ids)?;
        let mut writer = self.database.writer().await?;
        sqlx::query!(
            "UPDATE alerts SET state = 'shown'
             WHERE id IN (SELECT value FROM json_each(?1)) AND state = 'claimed'",
            ids
        )
        .execute(&mut *writer)
        .await?;
        Ok(())
    }

    /// Alerts that are not claimed, oldest first, for example because the app ended before it showed them.
    ///
    /// # Errors
    /// Database errors.
    pub async fn unclaimed_alerts(&self) -> Result<Vec<Alert>, StoreError> {
        let rows = sqlx::query_as!(
            AlertRow,
            r#"SELECT id AS "id!: i64", at AS "at!: i64", first_seq AS "first_seq!: i64",
                      last_seq AS "last_seq!: i64", state AS "state!: String", data AS "data!: String"
               FROM alerts WHERE state = 'new' ORDER BY id"#
        )
        .fetch_all(self.database.readers())
        .await?;
        rows.into_iter().map(Alert::try_from).collect()
    }

    /// Alerts about connections since `since`, oldest first, and whether each connection recovered.
    ///
    /// # Errors
    /// Database errors.
    pub async fn recent_alerts(&self, since: Timestamp) -> Result<Vec<RecentAlert>, StoreError> {
        let since = since.as_millisecond();
        let rows = sqlx::query!(
            r#"SELECT alert.id AS "id!: i64", alert.at AS "at!: i64", alert.first_seq AS "first_seq!: i64",
                      alert.last_seq AS "last_seq!: i64", alert.state AS "state!: String",
                      alert.data AS "data!: String", lost.connection_id AS "connection!: String",
                      EXISTS (SELECT 1 FROM journal AS later
                              WHERE later.company_id = lost.company_id AND later.seq > lost.seq
                                AND (later.kind = 'companyRemoved'
                                     OR later.connection_id = lost.connection_id
                                        AND (later.kind = 'connectionRemoved'
                                             OR later.kind = 'colourChanged'
                                                AND later.became NOT IN ('red', 'grey')))) AS "is_healed!: bool"
               FROM alerts AS alert
               CROSS JOIN journal AS lost ON lost.seq = alert.first_seq
               WHERE alert.at >= ?1 AND lost.connection_id IS NOT NULL
               ORDER BY alert.at, alert.id"#,
            since
        )
        .fetch_all(self.database.readers())
        .await?;
        rows.into_iter()
            .map(|row| {
                let alert = AlertRow {
                    id: row.id,
                    at: row.at,
                    first_seq: row.first_seq,
                    last_seq: row.last_seq,
                    state: row.state,
                    data: row.data,
                };
                let (connection, is_healed) = (sql::parse_id(&row.connection)?, row.is_healed);
                Ok(RecentAlert { alert: alert.try_into()?, connection, is_healed })
            })
            .collect()
    }

    /// How many connections that are not deauthorized the integration of each of these connections has. It reads all
    /// connections, which is done only when an alert is recorded.
    ///
    /// # Errors
    /// Database errors.
    pub async fn integration_sizes(
        &self,
        connections: &[ConnectionId],
    ) -> Result<BTreeMap<ConnectionId, u32>, StoreError> {
        if connections.is_empty() {
            return Ok(BTreeMap::new());
        }
        let connections = sql::json_parameter(&connections)?;
        let rows: Vec<(String, u32)> = sqlx::query_as(
            "SELECT lost.id, size.connections
             FROM connections AS lost
             JOIN (SELECT integration_key, count(*) AS connections FROM connections
                   WHERE deauthorized IS NULL GROUP BY integration_key) AS size USING (integration_key)
             WHERE lost.id IN (SELECT value FROM json_each(?1))",
        )
        .bind(connections)
        .fetch_all(self.database.readers())
        .await?;
        rows.into_iter().map(|(id, size)| Ok((sql::parse_id(&id)?, size))).collect()
    }

    /// The companies of the alerts that were claimed under this number.
    ///
    /// # Errors
    /// Database errors.
    pub(crate) async fn alert_companies(&self, number: i64) -> Result<Vec<CompanyId>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT lost.company_id AS "id!: String"
               FROM alerts AS alert
               CROSS JOIN journal AS lost ON lost.seq = alert.first_seq
               WHERE alert.digest = ?1"#,
            number
        )
        .fetch_all(self.database.readers())
        .await?;
        rows.iter().map(|row| sql::parse_id(&row.id)).collect()
    }
}
