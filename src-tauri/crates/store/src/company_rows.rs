//! Builds the rows of a list from stored records.

use std::collections::BTreeMap;

use codat::{
    Color, Company, CompanyId, Connection, ConnectionId, ConnectionStatus,
    expiry::{Clocks, Estimate},
    status::{Actor, active_error, company_color, connection_color},
};
use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    connection_expiry,
    error::StoreError,
    fold::fold,
    record::StoredRecord,
    sql,
    store::Store,
    view::{CompanyRow, ConnectionChip, Counts, ParentRef, Problem},
};

/// What a row shows that is not in the company's own record.
struct RowContext<'a> {
    parent_name: Option<String>,
    subsidiaries: Counts,
    unreadable_since: Option<i64>,
    connections: ConnectionContext<'a>,
}

/// What is shown of connections that is not in their record.
pub(crate) struct ConnectionContext<'a> {
    clocks: &'a Clocks,
    states: BTreeMap<ConnectionId, ConnectionState>,
}

/// The stored state of a connection. Connections without such a state are not in the JSON.
#[derive(Debug, Clone, Copy, Deserialize)]
struct ConnectionState {
    id: ConnectionId,
    /// 0 or 1.
    one_time: u8,
    linked: Option<i64>,
}

impl<'a> ConnectionContext<'a> {
    /// Parses a JSON array of states.
    pub(crate) fn parse(json: &str, clocks: &'a Clocks) -> Result<Self, StoreError> {
        let states: Vec<ConnectionState> = serde_json::from_str(json)
            .map_err(|why| StoreError::unreadable("what is remembered of connections", &why))?;
        Ok(Self { clocks, states: states.into_iter().map(|state| (state.id, state)).collect() })
    }

    fn is_one_time(&self, connection: &Connection) -> bool {
        self.states.get(&connection.id).is_some_and(|state| state.one_time == 1)
    }

    fn estimate(&self, connection: &Connection) -> Option<Estimate> {
        let linked = self.states.get(&connection.id).and_then(|state| state.linked);
        self.clocks.estimate(connection, linked.map(sql::timestamp))
    }

    /// When its access was or is expected to end, whatever its status.
    fn access_end(&self, connection: &Connection) -> Option<Estimate> {
        let linked = self.states.get(&connection.id).and_then(|state| state.linked);
        self.clocks.access_end(connection, linked.map(sql::timestamp))
    }

    fn is_estimate(&self, connection: &Connection) -> bool {
        self.clocks.rule(&connection.integration_key).is_some_and(|rule| rule.estimate)
    }
}

impl Store {
    /// One company as a list row.
    ///
    /// # Errors
    /// Database errors.
    pub async fn company(&self, id: CompanyId) -> Result<Option<CompanyRow>, StoreError> {
        Ok(self.load_rows(&[(id, 0)]).await?.pop())
    }

    /// A sample of stored companies: the `limit` oldest and the `limit` newest rows.
    ///
    /// # Errors
    /// Database errors.
    pub async fn sample_companies(&self, limit: u32) -> Result<Vec<CompanyId>, StoreError> {
        let ids = sqlx::query_scalar!(
            r#"SELECT id AS "id!: String" FROM
                   (SELECT id FROM companies WHERE number > 0 ORDER BY number LIMIT +?1)
               UNION SELECT id FROM (SELECT id FROM companies WHERE number > 0 ORDER BY number DESC LIMIT +?1)"#,
            limit
        )
        .fetch_all(self.database.readers())
        .await?;
        ids.iter().map(|id| sql::parse_id(id)).collect()
    }

    /// The rows of these companies in this order, with the given depths. Companies that are not stored are left out.
    pub(crate) async fn load_rows(&self, wanted: &[(CompanyId, u8)]) -> Result<Vec<CompanyRow>, StoreError> {
        let clocks = self.clocks();
        let ids = sql::json_parameter(&wanted.iter().map(|(id, _)| id).collect::<Vec<_>>())?;
        let found = sqlx::query!(
            r#"SELECT wanted.key + 0 AS "place!: i64", record.raw AS "raw!: String",
                      record.retained AS "retained?: String",
                      parent.name AS "parent_name?: String",
                      (SELECT since FROM unreadable WHERE company_id = company.id) AS "unreadable_since?: i64",
                      CASE WHEN parent.number IS NULL OR parent.number = company.number
                           THEN (SELECT json_array(count(*) FILTER (WHERE child.colour = 0),
                                                   count(*) FILTER (WHERE child.colour = 1),
                                                   count(*) FILTER (WHERE child.colour = 2),
                                                   count(*) FILTER (WHERE child.colour = 3),
                                                   count(*) FILTER (WHERE child.colour = 4))
                                 FROM companies AS child
                                 WHERE child.parent_id = company.id AND child.number <> company.number)
                           END AS "subsidiaries?: String",
                      (SELECT json_group_array(json_object('id', connection.id, 'one_time', connection.one_time,
                                                           'linked', connection.linked))
                       FROM connections AS connection
                       WHERE connection.company = company.number
                         AND (connection.one_time = 1 OR connection.linked IS NOT NULL)) AS "remembered!: String"
               FROM json_each(?1) AS wanted
               CROSS JOIN companies AS company ON company.id = wanted.value
               CROSS JOIN records AS record ON record.company = company.number
               LEFT JOIN companies AS parent ON parent.id = company.parent_id"#,
            ids
        )
        .fetch_all(self.database.readers())
        .await?;
        let mut rows: Vec<(i64, CompanyRow)> = Vec::with_capacity(found.len());
        for row in found {
            let company = match StoredRecord::new(row.raw, row.retained).company() {
                Ok(company) => company,
                Err(error) => {
                    self.report_unreadable_record(&error);
                    continue;
                }
            };
            let connections = ConnectionContext::parse(&row.remembered, &clocks)?;
            let subsidiaries = row.subsidiaries.as_deref().map(parse_counts).transpose()?.unwrap_or_default();
            let context = RowContext {
                parent_name: row.parent_name,
                subsidiaries,
                unreadable_since: row.unreadable_since,
                connections,
            };
            let depth = usize::try_from(row.place)
                .ok()
                .and_then(|place| wanted.get(place))
                .map_or(0, |(_, depth)| *depth);
            rows.push((row.place, company_row(&company, context, depth)));
        }
        rows.sort_by_key(|(place, _)| *place);
        Ok(rows.into_iter().map(|(_, row)| row).collect())
    }

    /// Logs that a stored record is unreadable. Clears the fingerprints, so that the next sweep writes the record
    /// again.
    pub(crate) fn report_unreadable_record(&self, error: &StoreError) {
        tracing::warn!(%error, "a company is left out");
        self.fingerprints.clear();
    }
}

/// Parses a JSON array of counts by color, worst first.
fn parse_counts(json: &str) -> Result<Counts, StoreError> {
    let counts = serde_json::from_str(json)
        .map_err(|why| StoreError::unreadable("the colors of subsidiaries", &why))?;
    Ok(Counts::from_array(counts))
}

fn company_row(company: &Company, context: RowContext<'_>, depth: u8) -> CompanyRow {
    let chips = connection_chips(company, &context.connections);
    let parent = company.reference_parent_company.as_ref();
    CompanyRow {
        id: company.id,
        name: company.name.clone(),
        description: company.description.clone().filter(|text| !text.is_empty()),
        created_by: company.created_by_user_name.clone().filter(|text| !text.is_empty()),
        created: company.created.as_millisecond(),
        last_read: company.last_sync.map(Timestamp::as_millisecond),
        unreadable_since: context.unreadable_since,
        color: company_color(company),
        products: company.products.clone(),
        tags: company.tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
        expires: chips.iter().filter_map(|chip| chip.expires).min(),
        connections: chips,
        parent: parent.map(|parent| ParentRef {
            id: parent.id,
            name: context.parent_name.unwrap_or_else(|| parent.name.clone()),
        }),
        subsidiaries: context.subsidiaries.total(),
        subsidiary_counts: context.subsidiaries,
        depth,
    }
}

/// The connections of a company, worst first, then by name.
pub(crate) fn connection_chips(
    company: &Company,
    connections: &ConnectionContext<'_>,
) -> Vec<ConnectionChip> {
    let mut chips: Vec<ConnectionChip> =
        company.data_connections.iter().map(|connection| connection_chip(connection, connections)).collect();
    chips.sort_by_cached_key(|chip| (chip.color, fold(&chip.name), chip.id));
    chips
}

pub(crate) fn connection_chip(
    connection: &Connection,
    connections: &ConnectionContext<'_>,
) -> ConnectionChip {
    let estimate = connections.estimate(connection);
    let color = connection_color(connection);
    let problem = Problem::new(connection, connections.access_end(connection));
    let name = if connection.platform_name.is_empty() {
        &connection.integration_key
    } else {
        &connection.platform_name
    };
    ConnectionChip {
        id: connection.id,
        integration_key: connection.integration_key.clone(),
        name: name.clone(),
        source_type: connection.source_type.as_str().to_owned(),
        status: connection.status.as_str().to_owned(),
        color,
        word: status_word(connection, color).to_owned(),
        error: error_text(connection),
        is_outage: problem.as_ref().is_some_and(|problem| problem.actor == Actor::Platform),
        problem,
        created: connection.created.as_millisecond(),
        last_read: connection.last_sync.map(Timestamp::as_millisecond),
        expires: estimate.map(|estimate| estimate.expires.as_millisecond()),
        rests_on: estimate.map(|estimate| {
            connection_expiry::estimate_basis(&estimate, connections.is_estimate(connection))
        }),
        one_time: connections.is_one_time(connection),
    }
}

fn status_word(connection: &Connection, color: Color) -> &str {
    match &connection.status {
        ConnectionStatus::Linked if color == Color::Red => "Error",
        ConnectionStatus::Linked => "Linked",
        ConnectionStatus::Deauthorized => "Deauthorized",
        ConnectionStatus::PendingAuth => "Pending",
        ConnectionStatus::Unlinked => "Unlinked",
        ConnectionStatus::Unrecognized(newer) => newer,
    }
}

fn error_text(connection: &Connection) -> Option<String> {
    let error = active_error(connection)?;
    let text = if error.error_message.is_empty() { &error.status_text } else { &error.error_message };
    (!text.is_empty()).then(|| text.clone())
}
