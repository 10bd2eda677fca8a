//! Alerts: what the person was told, and how far in the journal it is decided. Exactly once each.

use codat::{CompanyId, ConnectionId};
use jiff::Timestamp;
use serde::Serialize;

use crate::{database::begin, error::StoreError, sql, store::Store};

/// Something to tell, decided from the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewAlert {
    /// The first change it is about.
    pub first_seq: i64,
    /// The last.
    pub last_seq: i64,
    /// What it says, in a form of the caller's choice.
    pub data: String,
}

/// An alert as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Its number.
    pub id: i64,
    /// When it was decided.
    pub at: Timestamp,
    /// The first change it is about.
    pub first_seq: i64,
    /// The last.
    pub last_seq: i64,
    /// How far it came.
    pub state: AlertState,
    /// What it says, as it was given.
    pub data: String,
}

/// An alert of a connection, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentAlert {
    /// The alert.
    pub alert: Alert,
    /// The connection that was lost.
    pub connection: ConnectionId,
    /// Whether it was no longer lost after it.
    pub is_healed: bool,
}

/// How far an alert came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertState {
    /// Decided; nobody shows it yet.
    New,
    /// About to be shown, or the app ended in the middle of showing it: it is not shown again.
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

struct AlertRow {
    id: i64,
    at: i64,
    first_seq: i64,
    last_seq: i64,
    state: String,
    data: String,
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
    /// Up to which `seq` of the journal it is decided what to tell.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn alert_cursor(&self) -> Result<i64, StoreError> {
        let row = sqlx::query!(r#"SELECT seq AS "seq!: i64" FROM alert_cursor WHERE only_row = 1"#)
            .fetch_one(self.database.readers())
            .await?;
        Ok(row.seq)
    }

    /// The places of the journal beyond the cursor that are decided too, in order.
    ///
    /// # Errors
    /// Those of the database.
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

    /// Keeps what was decided from the journal, in one transaction: everything up to `cursor`, and beyond it these
    /// alerts and what is passed over. Gives the alerts that are new: what was decided once is not decided again.
    ///
    /// # Errors
    /// Those of the database; then nothing was kept.
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
            r#"INSERT INTO alerts (at, first_seq, last_seq, data)
               SELECT ?1, value ->> 'first_seq', value ->> 'last_seq', value ->> 'data'
               FROM jsonb_each(?2)
               WHERE value ->> 'first_seq' > (SELECT seq FROM alert_cursor WHERE only_row = 1)
                 AND value ->> 'first_seq' NOT IN (SELECT seq FROM alert_decisions)
               RETURNING id AS "id!: i64", at AS "at!: i64", first_seq AS "first_seq!: i64",
                         last_seq AS "last_seq!: i64", state AS "state!: String", data AS "data!: String""#,
            at,
            alerts
        )
        .fetch_all(&mut *transaction)
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

    /// Takes alerts for showing in one notification, each once in its life; how many of them.
    ///
    /// # Errors
    /// Those of the database; then none is taken.
    pub async fn claim_alerts(&self, ids: &[i64], now: Timestamp) -> Result<u64, StoreError> {
        let (at, ids) = (now.as_millisecond(), sql::json_parameter(&ids)?);
        let mut writer = self.database.writer().await?;
        let claimed = sqlx::query!(
            "UPDATE alerts SET state = 'claimed', claimed_at = ?2,
                               digest = (SELECT min(value) FROM json_each(?1))
             WHERE id IN (SELECT value FROM json_each(?1)) AND state = 'new'",
            ids,
            at
        )
        .execute(&mut *writer)
        .await?;
        Ok(claimed.rows_affected())
    }

    /// Gives claimed alerts back: they were not shown.
    ///
    /// # Errors
    /// Those of the database; then they stay claimed.
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

    /// Keeps that claimed alerts were shown.
    ///
    /// # Errors
    /// Those of the database.
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

    /// Alerts that nobody has claimed, oldest first: decided before the app ended, say.
    ///
    /// # Errors
    /// Those of the database.
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

    /// Alerts of connections recorded since then, oldest first, and what came of each.
    ///
    /// # Errors
    /// Those of the database.
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

    /// The companies that the notification told of whose first alert has this number.
    ///
    /// # Errors
    /// Those of the database.
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
