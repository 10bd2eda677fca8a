//! Alerts: what the person was told, and how far in the journal it is decided. Exactly once each.

use jiff::Timestamp;
use serde::Serialize;

use crate::{change::instant, database::begin, error::StoreError, record, store::Store};

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
            at: instant(row.at),
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

    /// Keeps what was decided from the journal up to `cursor`, and the cursor, in one transaction. Does
    /// nothing when the cursor is there already: what was decided once is not decided again.
    ///
    /// # Errors
    /// Those of the database; then neither alerts nor cursor were kept.
    pub async fn record_alerts(
        &self,
        cursor: i64,
        alerts: &[NewAlert],
        now: Timestamp,
    ) -> Result<Vec<Alert>, StoreError> {
        let mut writer = self.database.writer().await?;
        let mut transaction = begin(&mut writer).await?;
        let moved = sqlx::query!("UPDATE alert_cursor SET seq = ?1 WHERE only_row = 1 AND seq < ?1", cursor)
            .execute(&mut *transaction)
            .await?;
        if moved.rows_affected() == 0 {
            return Ok(Vec::new());
        }
        let (at, alerts) = (now.as_millisecond(), record::json(&alerts)?);
        let mut rows = sqlx::query_as!(
            AlertRow,
            r#"INSERT INTO alerts (at, first_seq, last_seq, data)
               SELECT ?1, value ->> 'first_seq', value ->> 'last_seq', value ->> 'data' FROM jsonb_each(?2)
               RETURNING id AS "id!: i64", at AS "at!: i64", first_seq AS "first_seq!: i64",
                         last_seq AS "last_seq!: i64", state AS "state!: String", data AS "data!: String""#,
            at,
            alerts
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        rows.sort_by_key(|row| row.id);
        rows.into_iter().map(Alert::try_from).collect()
    }

    /// Takes alerts for showing, each once in its life; how many of them.
    ///
    /// # Errors
    /// Those of the database; then none is taken.
    pub async fn claim_alerts(&self, ids: &[i64], now: Timestamp) -> Result<u64, StoreError> {
        let (at, ids) = (now.as_millisecond(), record::json(&ids)?);
        let mut writer = self.database.writer().await?;
        let claimed = sqlx::query!(
            "UPDATE alerts SET state = 'claimed', claimed_at = ?2
             WHERE id IN (SELECT value FROM json_each(?1)) AND state = 'new'",
            ids,
            at
        )
        .execute(&mut *writer)
        .await?;
        Ok(claimed.rows_affected())
    }

    /// Keeps that claimed alerts were shown.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn mark_shown(&self, ids: &[i64]) -> Result<(), StoreError> {
        let ids = record::json(&ids)?;
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
}
