//! Stored records, byte for byte as the server sent them.

use std::collections::HashMap;

use codat::{Company, CompanyId, Connection, ConnectionId};
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::{error::StoreError, sql, store::Store};

/// A company's stored record.
#[derive(Debug)]
pub(crate) struct StoredRecord {
    pub(crate) raw: String,
    retained: Option<String>,
}

impl StoredRecord {
    pub(crate) fn new(raw: String, retained: Option<String>) -> Self {
        Self { raw, retained }
    }

    /// Whether the record is equal, either byte for byte or with its fields in another order.
    pub(crate) fn is_equivalent(&self, raw: &str) -> bool {
        if self.raw == raw {
            return true;
        }
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
        value(&self.raw).is_some_and(|stored| Some(stored) == value(raw))
    }

    /// Connections that the record lacks and that are not confirmed as gone.
    pub(crate) fn retained(&self) -> Result<Vec<Connection>, StoreError> {
        match &self.retained {
            Some(retained) => {
                serde_json::from_str(retained).map_err(|why| StoreError::unreadable("kept connections", &why))
            }
            None => Ok(Vec::new()),
        }
    }

    /// The company. `None`, with a log entry, if this version cannot parse it.
    pub(crate) fn parse_or_warn(&self, id: CompanyId) -> Option<Company> {
        let company = self.company();
        company
            .inspect_err(|error| tracing::warn!(%error, %id, "a kept company is replaced without comparing"))
            .ok()
    }

    /// The company with all its connections, the retained ones last.
    pub(crate) fn company(&self) -> Result<Company, StoreError> {
        let mut company: Company =
            serde_json::from_str(&self.raw).map_err(|why| StoreError::unreadable("a company", &why))?;
        company.data_connections.extend(self.retained()?);
        Ok(company)
    }
}

/// The stored records of these companies.
pub(crate) async fn load_records<'a>(
    connection: &mut SqliteConnection,
    ids: impl IntoIterator<Item = &'a CompanyId>,
) -> Result<HashMap<CompanyId, StoredRecord>, StoreError> {
    let ids = sql::json_parameter(&ids.into_iter().collect::<Vec<_>>())?;
    let rows = sqlx::query!(
        r#"SELECT company.id AS "id!: String", record.raw AS "raw!: String", record.retained AS "retained?: String"
           FROM json_each(?1) AS wanted
           CROSS JOIN companies AS company ON company.id = wanted.value
           CROSS JOIN records AS record ON record.company = company.number"#,
        ids
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| Ok((sql::parse_id(&row.id)?, StoredRecord::new(row.raw, row.retained))))
        .collect()
}

pub(crate) async fn find_company(
    executor: impl SqliteExecutor<'_>,
    id: CompanyId,
) -> Result<Option<Company>, StoreError> {
    find_record(executor, id).await?.map(|record| record.company()).transpose()
}

async fn find_record(
    executor: impl SqliteExecutor<'_>,
    id: CompanyId,
) -> Result<Option<StoredRecord>, StoreError> {
    let id = id.to_string();
    let row = sqlx::query!(
        r#"SELECT record.raw AS "raw!: String", record.retained AS "retained?: String"
           FROM companies AS company JOIN records AS record ON record.company = company.number
           WHERE company.id = ?1"#,
        id
    )
    .fetch_optional(executor)
    .await?;
    Ok(row.map(|row| StoredRecord::new(row.raw, row.retained)))
}

impl Store {
    /// The company as the server last sent it. Connections that it no longer lists and that are not confirmed as gone
    /// are last.
    ///
    /// # Errors
    /// Database errors.
    pub async fn company_record(&self, id: CompanyId) -> Result<Option<Company>, StoreError> {
        find_company(self.database.readers(), id).await
    }

    /// The companies of these IDs as the server last sent them. Companies that are not stored are left out.
    ///
    /// # Errors
    /// Database errors.
    pub async fn company_records(
        &self,
        ids: &[CompanyId],
    ) -> Result<HashMap<CompanyId, Company>, StoreError> {
        let mut connection = self.database.readers().acquire().await?;
        let records = load_records(&mut connection, ids).await?;
        records.into_iter().map(|(id, record)| Ok((id, record.company()?))).collect()
    }

    /// Whether a stored connection is missing from the company's latest record and is not confirmed as gone.
    ///
    /// # Errors
    /// Database errors.
    pub async fn is_unlisted(
        &self,
        company: CompanyId,
        connection: ConnectionId,
    ) -> Result<bool, StoreError> {
        let stored = find_record(self.database.readers(), company).await?;
        let retained = stored.map_or(Ok(Vec::new()), |record| record.retained())?;
        Ok(retained.iter().any(|known| known.id == connection))
    }
}
