//! The connections that may expire, for the page *Expiry*.

use codat::{CompanyId, ConnectionId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    company_rows::{self, ConnectionContext},
    connection_expiry,
    error::StoreError,
    record::StoredRecord,
    sql,
    store::Store,
    view::{ClockKind, ConnectionChip},
};

/// Expiries are counted in quarters of an hour, because the days of every time zone consist of whole quarters.
const QUARTER_HOUR_MS: i64 = 15 * 60 * 1_000;

/// Which of the connections that may expire.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct ExpiryFilter {
    /// By which kind of clock; none: both.
    pub clock: Option<ClockKind>,
    /// Not before then; milliseconds since 1970, UTC.
    pub from: Option<i64>,
    /// Before then.
    pub until: Option<i64>,
}

/// Connections that may expire, by kind of clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Ending {
    /// If nothing is read.
    pub idle: u32,
    /// Whatever is read.
    pub consent: u32,
}

impl Ending {
    fn add(&mut self, clock: u8, connections: u32) {
        if clock == connection_expiry::clock_code(ClockKind::Idle) {
            self.idle += connections;
        } else {
            self.consent += connections;
        }
    }
}

/// How many may expire, day by day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Skyline {
    /// Those that should have expired before the first day, and are linked still.
    pub overdue: Ending,
    /// One for each day.
    pub days: Vec<Ending>,
    /// Those that may expire after the last day.
    pub later: Ending,
    /// Linked connections of which nothing can be said, by integration, most first.
    pub unknown: Vec<Uncounted>,
}

/// Linked connections whose integration has no clock that is counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Uncounted {
    /// Four letters.
    pub integration_key: String,
    /// The integration's name, or its key.
    pub name: String,
    /// How many.
    pub connections: u32,
}

/// A connection that may expire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExpiryRow {
    /// Whose it is.
    #[ts(as = "String")]
    pub company: CompanyId,
    /// That company's name.
    pub company_name: String,
    /// The connection, with when it may expire and what that rests on.
    pub connection: ConnectionChip,
    /// The link URL for the customer, from the record; empty if there was none.
    #[serde(skip)]
    pub link_url: String,
}

impl Store {
    /// The number of connections that may expire between each two neighboring `edges`, which are starts of days in
    /// the user's time zone in milliseconds since 1970 (UTC).
    ///
    /// # Errors
    /// Database errors.
    pub async fn skyline(&self, edges: &[i64]) -> Result<Skyline, StoreError> {
        let days = edges.len().saturating_sub(1);
        let mut skyline = Skyline { days: vec![Ending::default(); days], ..Skyline::default() };
        let rows = sqlx::query!(
            r#"SELECT expires / ?1 AS "quarter!: i64", clock AS "clock!: u8", count(*) AS "connections!: u32"
               FROM connections WHERE expires IS NOT NULL GROUP BY 1, 2"#,
            QUARTER_HOUR_MS
        )
        .fetch_all(self.database.readers())
        .await?;
        for row in rows {
            let at = row.quarter * QUARTER_HOUR_MS;
            match edges.partition_point(|edge| *edge <= at) {
                0 => skyline.overdue.add(row.clock, row.connections),
                place => skyline
                    .days
                    .get_mut(place - 1)
                    .unwrap_or(&mut skyline.later)
                    .add(row.clock, row.connections),
            }
        }
        skyline.unknown = self.connections_without_clock().await?;
        Ok(skyline)
    }

    /// Linked connections without a known clock, by integration.
    async fn connections_without_clock(&self) -> Result<Vec<Uncounted>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT connection.integration_key AS "key!: String",
                      (SELECT integration.name FROM integrations AS integration
                       WHERE integration.key = connection.integration_key) AS "name?: String",
                      count(*) AS "connections!: u32"
               FROM connections AS connection WHERE connection.clock = 2
               GROUP BY connection.integration_key ORDER BY 3 DESC, 1"#
        )
        .fetch_all(self.database.readers())
        .await?;
        let uncounted = rows.into_iter().map(|row| Uncounted {
            name: row.name.unwrap_or_else(|| row.key.clone()),
            integration_key: row.key,
            connections: row.connections,
        });
        Ok(uncounted.collect())
    }

    /// The number of linked connections of each integration, by key.
    ///
    /// # Errors
    /// Database errors.
    pub async fn linked_by_integration(&self) -> Result<Vec<(String, u32)>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT integration_key AS "key!: String", count(*) AS "connections!: u32"
               FROM connections WHERE clock IN (0, 1, 2) GROUP BY integration_key ORDER BY integration_key"#
        )
        .fetch_all(self.database.readers())
        .await?;
        Ok(rows.into_iter().map(|row| (row.key, row.connections)).collect())
    }

    /// The number of connections that match the filter.
    ///
    /// # Errors
    /// Database errors.
    pub async fn expiring_count(&self, filter: &ExpiryFilter) -> Result<u32, StoreError> {
        let (from, until, first_clock, last_clock) = filter.query_bounds();
        Ok(sqlx::query_scalar!(
            r#"SELECT count(*) AS "connections!: u32" FROM connections
               WHERE expires >= ?1 AND expires < ?2 AND clock BETWEEN ?3 AND ?4"#,
            from,
            until,
            first_clock,
            last_clock
        )
        .fetch_one(self.database.readers())
        .await?)
    }

    /// The connections that match the filter, soonest first: at most `limit` from `offset` on.
    ///
    /// # Errors
    /// Database errors.
    pub async fn expiring(
        &self,
        filter: &ExpiryFilter,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<ExpiryRow>, StoreError> {
        let (from, until, first_clock, last_clock) = filter.query_bounds();
        let ids = sqlx::query_scalar!(
            r#"SELECT id AS "id!: String" FROM connections
               WHERE expires >= ?1 AND expires < ?2 AND clock BETWEEN ?3 AND ?4
               ORDER BY expires, clock, id LIMIT +?5 OFFSET ?6"#,
            from,
            until,
            first_clock,
            last_clock,
            limit,
            offset
        )
        .fetch_all(self.database.readers())
        .await?;
        let ids = ids.iter().map(|id| sql::parse_id(id)).collect::<Result<Vec<_>, _>>()?;
        self.expiry_rows(&ids).await
    }

    /// These connections in this order. Those that are not stored or have no expiry are left out.
    ///
    /// # Errors
    /// Database errors.
    pub async fn expiry_rows(&self, ids: &[ConnectionId]) -> Result<Vec<ExpiryRow>, StoreError> {
        let wanted = sql::json_parameter(&ids)?;
        let rows = sqlx::query!(
            r#"SELECT connection.id AS "id!: String", record.raw AS "raw!: String",
                      record.retained AS "retained?: String",
                      json_array(json_object('id', connection.id, 'one_time', connection.one_time,
                                             'linked', connection.linked)) AS "remembered!: String"
               FROM json_each(?1) AS wanted
               CROSS JOIN connections AS connection ON connection.id = wanted.value
               CROSS JOIN records AS record ON record.company = connection.company
               WHERE connection.expires IS NOT NULL ORDER BY wanted.key + 0"#,
            wanted
        )
        .fetch_all(self.database.readers())
        .await?;
        let clocks = self.clocks();
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let context = ConnectionContext::parse(&row.remembered, &clocks)?;
            let id: ConnectionId = sql::parse_id(&row.id)?;
            let company = match StoredRecord::new(row.raw, row.retained).company() {
                Ok(company) => company,
                Err(error) => {
                    self.report_unreadable_record(&error);
                    continue;
                }
            };
            let Some(connection) = company.data_connections.iter().find(|connection| connection.id == id)
            else {
                continue;
            };
            found.push(ExpiryRow {
                company: company.id,
                company_name: company.name.clone(),
                connection: company_rows::connection_chip(connection, &context),
                link_url: connection.link_url.clone(),
            });
        }
        Ok(found)
    }
}

impl ExpiryFilter {
    /// The time range, and the range of clock codes.
    fn query_bounds(&self) -> (i64, i64, u8, u8) {
        let (from, until) = (self.from.unwrap_or(i64::MIN), self.until.unwrap_or(i64::MAX));
        let (first_clock, last_clock) = match self.clock.map(connection_expiry::clock_code) {
            Some(number) => (number, number),
            None => (
                connection_expiry::clock_code(ClockKind::Idle),
                connection_expiry::clock_code(ClockKind::Consent),
            ),
        };
        (from, until, first_clock, last_clock)
    }
}
