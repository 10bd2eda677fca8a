//! Statements that write companies and connections. Many rows are one JSON parameter.

use std::collections::BTreeMap;

use codat::{Company, CompanyId, Connection, ConnectionId, expiry::Clocks};
use serde::Serialize;
use sqlx::SqliteConnection;

use crate::{
    company_index::CompanyIndexRow,
    connection_expiry::{ConnectionExpiry, ExpiryEstimates},
    diff::ConnectionHistory,
    error::StoreError,
    fingerprints,
    record::StoredRecord,
    sql,
};

/// A company to write. The field names are JSON keys of the statements.
#[derive(Debug, Serialize)]
pub(crate) struct CompanyUpsert {
    #[serde(flatten)]
    pub(crate) index: CompanyIndexRow,
    /// The fingerprint of `raw`, unless connections are retained beside it.
    #[serde(rename = "print")]
    pub(crate) fingerprint: Option<i64>,
    #[serde(skip)]
    raw: String,
    /// Connections that `raw` lacks and that are not confirmed as gone.
    #[serde(skip)]
    retained: Vec<Connection>,
    /// Whether the stored row differs in its times only.
    #[serde(skip)]
    only_times_changed: bool,
}

/// The columns that change with every read, which are most of the writes.
#[derive(Debug, Serialize)]
struct TimesUpdate {
    id: CompanyId,
    last_read: Option<i64>,
    expires: Option<i64>,
    #[serde(rename = "print")]
    fingerprint: Option<i64>,
}

#[derive(Debug, Serialize)]
struct RecordUpsert<'r> {
    id: CompanyId,
    raw: &'r str,
    retained: &'r [Connection],
}

impl CompanyUpsert {
    pub(crate) fn new(index: CompanyIndexRow, raw: String, retained: Vec<Connection>) -> Self {
        let fingerprint = retained.is_empty().then(|| fingerprints::fingerprint(&raw));
        Self { index, fingerprint, raw, retained, only_times_changed: false }
    }

    /// Compares with the stored company, to write the times only if possible.
    pub(crate) fn compared_with(self, stored: &Company) -> Self {
        let only_times_changed = self.index.differs_only_in_times(stored);
        Self { only_times_changed, ..self }
    }

    fn times(&self) -> TimesUpdate {
        let CompanyIndexRow { id, last_read, expires, .. } = self.index;
        TimesUpdate { id, last_read, expires, fingerprint: self.fingerprint }
    }

    fn record(&self) -> RecordUpsert<'_> {
        RecordUpsert { id: self.index.id, raw: &self.raw, retained: &self.retained }
    }

    /// The stored company without one of its connections.
    pub(crate) fn without(
        stored: &StoredRecord,
        company: &Company,
        removed: ConnectionId,
        estimates: &ExpiryEstimates,
    ) -> Result<Self, StoreError> {
        let mut company = company.clone();
        company.data_connections.retain(|connection| connection.id != removed);
        let mut retained = stored.retained()?;
        let listed = retained.iter().all(|connection| connection.id != removed);
        retained.retain(|connection| connection.id != removed);
        let raw = if listed { without_connection(&stored.raw, removed)? } else { stored.raw.clone() };
        Ok(Self::new(
            CompanyIndexRow::from_company(&company, estimates.earliest_for(&company)),
            raw,
            retained,
        ))
    }
}

/// The record without one connection, otherwise unchanged.
fn without_connection(raw: &str, removed: ConnectionId) -> Result<String, StoreError> {
    let mut record: serde_json::Value =
        serde_json::from_str(raw).map_err(|why| StoreError::unreadable("a company", &why))?;
    let removed = removed.to_string();
    let is_gone = |connection: &serde_json::Value| {
        connection["id"].as_str().is_some_and(|id| id.trim().eq_ignore_ascii_case(&removed))
    };
    if let Some(connections) = record["dataConnections"].as_array_mut() {
        connections.retain(|connection| !is_gone(connection));
    }
    sql::json_parameter(&record)
}

/// A row of the table `connections`. The field names are JSON keys of the statement.
#[derive(Debug, Serialize)]
pub(crate) struct ConnectionUpsert {
    id: ConnectionId,
    company: CompanyId,
    integration_key: String,
    first_read: Option<i64>,
    deauthorized: Option<i64>,
    #[serde(rename = "brief")]
    is_brief: bool,
    pub(crate) one_time: bool,
    created: i64,
    last_read: Option<i64>,
    linked: Option<i64>,
    clock: Option<u8>,
    pub(crate) expires: Option<i64>,
    due: Option<i64>,
}

impl ConnectionUpsert {
    /// `offline`: whether the integration runs on the customer's own computer.
    pub(crate) fn new(
        company: CompanyId,
        connection: &Connection,
        history: ConnectionHistory,
        offline: bool,
        clocks: &Clocks,
    ) -> Self {
        let is_brief = history.ended_within_one_day(connection.created);
        let expiry = ConnectionExpiry::new(connection, history.linked, clocks);
        Self {
            id: connection.id,
            company,
            integration_key: connection.integration_key.clone(),
            first_read: history.first_read.map(jiff::Timestamp::as_millisecond),
            deauthorized: history.deauthorized.map(jiff::Timestamp::as_millisecond),
            is_brief,
            one_time: is_brief && offline,
            created: connection.created.as_millisecond(),
            last_read: connection.last_sync.map(jiff::Timestamp::as_millisecond),
            linked: history.linked.map(jiff::Timestamp::as_millisecond),
            clock: expiry.clock,
            expires: expiry.expires,
            due: expiry.due,
        }
    }
}

/// The histories of the connections of these companies.
pub(crate) async fn connection_histories(
    connection: &mut SqliteConnection,
    companies: impl IntoIterator<Item = CompanyId>,
) -> Result<BTreeMap<ConnectionId, ConnectionHistory>, StoreError> {
    let companies = sql::json_parameter(&companies.into_iter().collect::<Vec<_>>())?;
    let rows = sqlx::query!(
        r#"SELECT connection.id AS "id!: String", connection.first_read AS "first_read?: i64",
                  connection.deauthorized AS "deauthorized?: i64", connection.linked AS "linked?: i64",
                  connection.clock IS NOT NULL AS "is_linked!: bool"
           FROM json_each(?1) AS wanted
           CROSS JOIN companies AS company ON company.id = wanted.value
           CROSS JOIN connections AS connection ON connection.company = company.number"#,
        companies
    )
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let history = ConnectionHistory {
                first_read: row.first_read.map(sql::timestamp),
                deauthorized: row.deauthorized.map(sql::timestamp),
                linked: row.linked.map(sql::timestamp),
                is_linked: row.is_linked,
            };
            Ok((sql::parse_id(&row.id)?, history))
        })
        .collect()
}

/// Inserts or updates companies and their records.
pub(crate) async fn upsert_companies(
    connection: &mut SqliteConnection,
    rows: &[CompanyUpsert],
) -> Result<(), StoreError> {
    let (read, changed): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.only_times_changed);
    if !changed.is_empty() {
        upsert_index_rows(connection, &changed).await?;
    }
    if !read.is_empty() {
        update_times(connection, &read.into_iter().map(CompanyUpsert::times).collect::<Vec<_>>()).await?;
    }
    upsert_records(connection, &rows.iter().map(CompanyUpsert::record).collect::<Vec<_>>()).await
}

async fn upsert_index_rows(
    connection: &mut SqliteConnection,
    rows: &[&CompanyUpsert],
) -> Result<(), StoreError> {
    let rows = sql::json_parameter(&rows)?;
    sqlx::query!(
        "INSERT INTO companies (id, name, folded_name, text, products, description, created, last_read, expires,
                                colour, colours, parent_id, print)
         SELECT value ->> 'id', value ->> 'name', value ->> 'folded_name', value ->> 'text',
                value ->> 'products', value ->> 'description', value ->> 'created', value ->> 'last_read',
                value ->> 'expires', value ->> 'color', value ->> 'colors', value ->> 'parent',
                value ->> 'print'
         FROM jsonb_each(?1) WHERE true
         ON CONFLICT (id) DO UPDATE SET
             name = excluded.name, folded_name = excluded.folded_name, text = excluded.text,
             products = excluded.products, description = excluded.description, created = excluded.created,
             last_read = excluded.last_read, expires = excluded.expires, colour = excluded.colour,
             colours = excluded.colours, parent_id = excluded.parent_id, print = excluded.print",
        rows
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes only the indexes on these columns, not those on names and colors.
async fn update_times(connection: &mut SqliteConnection, rows: &[TimesUpdate]) -> Result<(), StoreError> {
    let rows = sql::json_parameter(&rows)?;
    sqlx::query!(
        "UPDATE companies SET last_read = incoming.value ->> 'last_read',
                              expires = incoming.value ->> 'expires', print = incoming.value ->> 'print'
         FROM jsonb_each(?1) AS incoming WHERE companies.id = incoming.value ->> 'id'",
        rows
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn upsert_records(
    connection: &mut SqliteConnection,
    rows: &[RecordUpsert<'_>],
) -> Result<(), StoreError> {
    let rows = sql::json_parameter(&rows)?;
    sqlx::query!(
        "INSERT INTO records (company, raw, retained)
         SELECT company.number, incoming.value ->> 'raw', nullif(incoming.value ->> 'retained', '[]')
         FROM jsonb_each(?1) AS incoming CROSS JOIN companies AS company ON company.id = incoming.value ->> 'id'
         WHERE true
         ON CONFLICT (company) DO UPDATE SET raw = excluded.raw, retained = excluded.retained",
        rows
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Inserts or updates connections. An unchanged one is not written.
pub(crate) async fn upsert_connections(
    connection: &mut SqliteConnection,
    connections: &BTreeMap<ConnectionId, ConnectionUpsert>,
) -> Result<(), StoreError> {
    let connections = sql::json_parameter(&connections.values().collect::<Vec<_>>())?;
    sqlx::query!(
        "INSERT INTO connections (id, company, integration_key, first_read, deauthorized, brief, one_time,
                                  created, last_read, linked, clock, expires, due)
         SELECT incoming.value ->> 'id', company.number, incoming.value ->> 'integration_key',
                incoming.value ->> 'first_read', incoming.value ->> 'deauthorized',
                incoming.value ->> 'brief', incoming.value ->> 'one_time', incoming.value ->> 'created',
                incoming.value ->> 'last_read', incoming.value ->> 'linked', incoming.value ->> 'clock',
                incoming.value ->> 'expires', incoming.value ->> 'due'
         FROM jsonb_each(?1) AS incoming
         CROSS JOIN companies AS company ON company.id = incoming.value ->> 'company'
         WHERE true
         ON CONFLICT (id) DO UPDATE SET
             company = excluded.company, integration_key = excluded.integration_key,
             first_read = excluded.first_read, deauthorized = excluded.deauthorized,
             brief = excluded.brief, one_time = excluded.one_time, created = excluded.created,
             last_read = excluded.last_read, linked = excluded.linked, clock = excluded.clock,
             expires = excluded.expires,
             -- What was seen to of an end that is still the same one is not due again.
             due = CASE WHEN expires IS excluded.expires AND clock IS excluded.clock
                        THEN due ELSE excluded.due END
         WHERE company <> excluded.company OR integration_key <> excluded.integration_key
            OR first_read IS NOT excluded.first_read OR deauthorized IS NOT excluded.deauthorized
            OR brief <> excluded.brief OR one_time <> excluded.one_time
            OR created IS NOT excluded.created OR last_read IS NOT excluded.last_read
            OR linked IS NOT excluded.linked OR clock IS NOT excluded.clock
            OR expires IS NOT excluded.expires",
        connections
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes a company with its record, its connections and cached answers. The journal, notes and actions stay,
/// because they are local data.
pub(crate) async fn remove_company(
    connection: &mut SqliteConnection,
    id: CompanyId,
) -> Result<(), StoreError> {
    let id = id.to_string();
    sqlx::query!("DELETE FROM companies WHERE id = ?1", id).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM answers WHERE company_id = ?1", id).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM operations WHERE company_id = ?1", id).execute(connection).await?;
    Ok(())
}

pub(crate) async fn remove_connection(
    connection: &mut SqliteConnection,
    id: ConnectionId,
) -> Result<(), StoreError> {
    let id = id.to_string();
    sqlx::query!("DELETE FROM connections WHERE id = ?1", id).execute(connection).await?;
    Ok(())
}
