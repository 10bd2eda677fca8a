//! Rows of a list, made from the records. Pure, but for the statement at the end.

use std::collections::BTreeSet;

use codat::{
    Colour, Company, CompanyId, Connection, ConnectionId, ConnectionStatus, expiry,
    status::{active_error, company_colour, connection_colour},
};
use jiff::Timestamp;
use sqlx::SqlitePool;

use crate::{
    error::StoreError,
    facts,
    fold::fold,
    record::{self, Kept},
    store::Store,
    view::{CompanyRow, ConnectionChip, ParentRef},
};

/// What a row shows that is not in the company's own record.
struct Around {
    parent_name: Option<String>,
    subsidiaries: u32,
    one_time: BTreeSet<ConnectionId>,
}

impl Store {
    /// One company as a list shows it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn company(&self, id: CompanyId) -> Result<Option<CompanyRow>, StoreError> {
        Ok(rows(self.database.readers(), &[(id, 0)]).await?.pop())
    }
}

/// The rows of these companies, in this order, each at its depth; those that are not kept are left out.
pub(crate) async fn rows(
    readers: &SqlitePool,
    wanted: &[(CompanyId, u8)],
) -> Result<Vec<CompanyRow>, StoreError> {
    let ids = record::json(&wanted.iter().map(|(id, _)| id).collect::<Vec<_>>())?;
    let found = sqlx::query!(
        r#"SELECT wanted.key + 0 AS "place!: i64", record.raw AS "raw!: String",
                  record.retained AS "retained?: String",
                  parent.name AS "parent_name?: String",
                  CASE WHEN parent.number IS NULL OR parent.number = company.number
                       THEN (SELECT count(*) FROM companies AS child
                             WHERE child.parent_id = company.id AND child.number <> company.number)
                       ELSE 0 END AS "subsidiaries!: u32",
                  (SELECT json_group_array(connection.id) FROM connections AS connection
                   WHERE connection.company = company.number AND connection.one_time = 1) AS "one_time!: String"
           FROM json_each(?1) AS wanted
           CROSS JOIN companies AS company ON company.id = wanted.value
           CROSS JOIN records AS record ON record.company = company.number
           LEFT JOIN companies AS parent ON parent.id = company.parent_id"#,
        ids
    )
    .fetch_all(readers)
    .await?;
    let mut rows: Vec<(i64, CompanyRow)> = Vec::with_capacity(found.len());
    for row in found {
        let company = match Kept::new(row.raw, row.retained).company() {
            Ok(company) => company,
            Err(error) => {
                tracing::warn!(%error, "a row is left out");
                continue;
            }
        };
        let one_time = serde_json::from_str(&row.one_time)
            .map_err(|why| StoreError::unreadable("one-time connections", &why))?;
        let around = Around { parent_name: row.parent_name, subsidiaries: row.subsidiaries, one_time };
        let depth = usize::try_from(row.place)
            .ok()
            .and_then(|place| wanted.get(place))
            .map_or(0, |(_, depth)| *depth);
        rows.push((row.place, company_row(&company, around, depth)));
    }
    rows.sort_by_key(|(place, _)| *place);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

fn company_row(company: &Company, around: Around, depth: u8) -> CompanyRow {
    let parent = company.reference_parent_company.as_ref();
    CompanyRow {
        id: company.id,
        name: company.name.clone(),
        description: company.description.clone().filter(|text| !text.is_empty()),
        created_by: company.created_by_user_name.clone().filter(|text| !text.is_empty()),
        created: company.created.as_millisecond(),
        last_read: company.last_sync.map(Timestamp::as_millisecond),
        colour: company_colour(company),
        connections: chips(company, &around.one_time),
        products: company.products.clone(),
        tags: company.tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
        expires: facts::expires(company).map(Timestamp::as_millisecond),
        parent: parent.map(|parent| ParentRef {
            id: parent.id,
            name: around.parent_name.unwrap_or_else(|| parent.name.clone()),
        }),
        subsidiaries: around.subsidiaries,
        depth,
    }
}

/// A company's connections, worst first, then by name.
pub(crate) fn chips(company: &Company, one_time: &BTreeSet<ConnectionId>) -> Vec<ConnectionChip> {
    let mut chips: Vec<ConnectionChip> = company
        .data_connections
        .iter()
        .map(|connection| chip(connection, one_time.contains(&connection.id)))
        .collect();
    chips.sort_by_cached_key(|chip| (chip.colour, fold(&chip.name), chip.id));
    chips
}

fn chip(connection: &Connection, one_time: bool) -> ConnectionChip {
    let colour = connection_colour(connection);
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
        colour,
        word: word(connection, colour).to_owned(),
        error: error(connection),
        created: connection.created.as_millisecond(),
        last_read: connection.last_sync.map(Timestamp::as_millisecond),
        expires: expiry::expires(connection).map(Timestamp::as_millisecond),
        one_time,
    }
}

fn word(connection: &Connection, colour: Colour) -> &str {
    match &connection.status {
        ConnectionStatus::Linked if colour == Colour::Red => "Error",
        ConnectionStatus::Linked => "Linked",
        ConnectionStatus::Deauthorized => "Deauthorized",
        ConnectionStatus::PendingAuth => "Pending",
        ConnectionStatus::Unlinked => "Unlinked",
        ConnectionStatus::Unrecognised(newer) => newer,
    }
}

fn error(connection: &Connection) -> Option<String> {
    let error = active_error(connection)?;
    let said = if error.error_message.is_empty() { &error.status_text } else { &error.error_message };
    (!said.is_empty()).then(|| said.clone())
}
